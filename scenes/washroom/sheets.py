"""Which part of the washroom each painted sheet of dirt or wear lies on: the painter (assets/scripts) and the scene
read the same table, so that a run of dirt hangs below its dispenser and dirt in the joints lies on the joints.

A sheet is a flat rectangle of the room and a rectangle of a picture. No Panda3D here.
"""

from __future__ import annotations

from typing import NamedTuple

from scenes.washroom import objects

Point = tuple[float, float, float]

X0, X1 = objects.ROOM_X
Y0, Y1 = objects.ROOM_Y
BEFORE = 0.001
"""Sheets lie so far before their surface, m; what is drawn lifts them a little more."""

LEAF_TURN_DEG = 97.0
LEAF_HINGE = (objects.CUBICLES_X[1] - 0.023, objects.CUBICLES_Y[0] + 0.253)
"""Where the first cubicle's open door turns, and how far it is open."""
LEAF_ALONG = (-0.99255, -0.12187, 0.0)
LEAF_OUT = (-0.12187, 0.99255, 0.0)
"""Along the leaf from its hinge, and out of its outer face."""


class Sheet(NamedTuple):
    """``corner``, ``u``, ``v``: lower left corner and sides as the patient sees them, m. ``cell``: left, upper, width,
    height in its picture, pixels. ``whose``: the dirt that makes it grow, the greatest of several; "": it is there."""

    picture: str
    whose: str
    corner: Point
    u: Point
    v: Point
    cell: tuple[int, int, int, int]


SIZES: dict[str, tuple[int, int]] = {
    "walls": (2048, 1024),
    "far_walls": (2048, 1024),
    "cubicle": (2048, 1024),
    "wear": (2048, 1024),
    "counter_dirt": (2048, 512),
}
"""Pictures by name: width and height, pixels."""

_LOW, _HIGH = objects.CUBICLES_Y[0] + 0.013, objects.CUBICLES_Y[1] - 0.013
_FRONT = objects.CUBICLES_X[1] - 0.026
_DUCT = objects.DUCT_X
_LEAF = (
    LEAF_HINGE[0] + LEAF_OUT[0] * 0.021 + LEAF_ALONG[0] * 0.01,
    LEAF_HINGE[1] + LEAF_OUT[1] * 0.021 + LEAF_ALONG[1] * 0.01,
    0.15,
)

SHEETS: dict[str, Sheet] = {
    # the wall of the basins: by the bin and the dryer, by the towels, and above the counter
    "bin_wall": Sheet(
        "walls", "bin_lid room", (X1 - BEFORE, 0.02, 0.10), (0, -1.5, 0), (0, 0, 1.45), (4, 4, 720, 696)
    ),
    "side_wall": Sheet(
        "walls", "room", (X1 - BEFORE, 3.585, 0.10), (0, -1.53, 0), (0, 0, 1.65), (730, 4, 734, 792)
    ),
    "door_wall": Sheet(
        "walls", "room", (0.72, Y0 + BEFORE, 0.10), (-1.2, 0, 0), (0, 0, 1.30), (1470, 4, 574, 622)
    ),
    "far_wall": Sheet(
        "far_walls", "room", (-0.36, Y1 - BEFORE, 0.10), (2.25, 0, 0), (0, 0, 1.375), (4, 4, 1080, 660)
    ),
    "left_wall": Sheet(
        "far_walls", "room", (X0 + BEFORE, -1.48, 0.10), (0, 2.65, 0), (0, 0, 1.45), (1090, 4, 954, 522)
    ),
    "above_counter": Sheet(
        "far_walls", "tap_2 room", (X1 - BEFORE, 2.38, 0.951), (0, -2.36, 0), (0, 0, 0.088), (4, 680, 1888, 70)
    ),
    # the first cubicle
    "cubicle_left": Sheet(
        "cubicle", "room", (_FRONT, _LOW + BEFORE, 0.15), (_DUCT - _FRONT, 0, 0), (0, 0, 1.84), (4, 4, 610, 884)
    ),
    "cubicle_right": Sheet(
        "cubicle", "room", (_DUCT, _HIGH - BEFORE, 0.15), (_FRONT - _DUCT, 0, 0), (0, 0, 1.84), (622, 4, 610, 884)
    ),
    "duct": Sheet(
        "cubicle", "flush room", (_DUCT + BEFORE, _LOW, 0.004), (0, _HIGH - _LOW, 0), (0, 0, 1.11), (1240, 4, 564, 533)
    ),
    "shelf": Sheet(
        "cubicle", "room", (_DUCT + 0.010, _LOW, 1.156), (0, _HIGH - _LOW, 0), (X0 + 0.005 - _DUCT - 0.010, 0, 0), (1240, 546, 564, 100)
    ),
    "cubicle_tiles": Sheet(
        "cubicle", "room", (X0 + BEFORE, _LOW, 1.16), (0, _HIGH - _LOW, 0), (0, 0, 0.72), (1240, 656, 564, 346)
    ),
    "leaf": Sheet(
        "cubicle", "room", _LEAF, tuple(0.68 * part for part in LEAF_ALONG), (0, 0, 1.82), (1812, 4, 232, 621)  # type: ignore[arg-type]
    ),
}  # fmt: skip

WEAR: dict[str, Sheet] = {
    name: SHEETS[name]._replace(picture="wear", whose="")
    for name in ("cubicle_left", "cubicle_right", "duct", "cubicle_tiles", "leaf")
}
"""What is there however clean the room is: scratches, scrubbed ink, notices; on the same rectangles of its picture."""
WEAR["list"] = Sheet(
    "wear", "", (-0.83, Y0 + 0.0015, 1.34), (-0.21, 0, 0), (0, 0, 0.297), (1812, 640, 210, 297)
)
WEAR["ceiling"] = Sheet(
    "wear", "", (-0.62, 2.02, objects.CEILING_Z - BEFORE), (1.1, 0, 0), (0, -1.1, 0), (4, 892, 128, 128)
)

COUNTER_AT = (objects.COUNTER_Y[1], objects.COUNTER_X[0])
COUNTER_M = (2.4, 0.6)
"""The counter's picture: its left end (y) and front edge (x), and what it spans along and across, m."""
BASINS = ("basin 1", "basin 2", "basin 3", "bowl")
"""The quarters of the bowls' picture, row by row: each bowl seen from above, its wall's side (+x; of the toilet -x) up,
unrolled so that one step outwards is one step along its wall."""
WASTE_X = objects.BASIN_X + 0.0158


def texture_part(sheet: Sheet) -> tuple[float, float, float, float]:
    """Lower left corner and size of a sheet's part of its picture, in texture coordinates (v upwards)."""
    width, height = SIZES[sheet.picture]
    x, y, w, h = sheet.cell
    return x / width, 1.0 - (y + h) / height, w / width, h / height
