"""The washroom's shell and joinery: what takes the light map. Places come from ``scenes/washroom/objects.py``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bake.bodies import skin
from bake.charts import Array, Surfaces

from scenes.washroom import objects as place
from vr_runtime.stage.mesh import Mesh, merge

REPEAT = {
    "tile": 1.2,
    "floor": 2.4,
    "plaster": 1.6,
    "ceiling": 1.2,
    "laminate": 0.8,
    "counter": 0.6,
    "veneer": 0.9,
    "metalwork": 0.5,
}
X0, X1 = place.ROOM_X
Y0, Y1 = place.ROOM_Y
TOP = place.CEILING_Z
TILED = 2.1
BAND = (1.35, 1.5)
GREEN = (0.16, 0.36, 0.35)
PETROL = (0.15, 0.255, 0.275)
SKIRTING = (0.42, 0.42, 0.42)
MIRROR = (0.06, 2.04, 1.05, 2.0)
"""y from, to, z from, to, of the glass on the wall of the basins."""
WINDOW = (0.25, 1.45, 1.5, 2.2)
"""x from, to, z from, to, in the far wall."""
RECESS = 0.14
LAMPS = ((0.45, 0.15), (0.45, 2.55), (-1.35, 1.35))
"""Middles of the lit panels in the ceiling; each is as large as a ceiling tile."""
PANEL = 0.6
DOOR_EDGES = (place.DOOR_X - place.DOOR_SIZE[0] / 2, place.DOOR_X + place.DOOR_SIZE[0] / 2)


def grid(low: float, high: float, cuts: Sequence[float]) -> list[tuple[float, float]]:
    marks = sorted({low, high, *(cut for cut in cuts if low < cut < high)})
    return list(zip(marks[:-1], marks[1:], strict=True))


def wall(
    room: Surfaces,
    origin: tuple[float, float, float],
    u: tuple[float, float, float],
    length: float,
    holes: Sequence[tuple[float, float, float, float]] = (),
) -> None:
    """A tiled wall with a band, plaster above; holes in (u from, to, z from, to)."""
    chart = room.chart(origin, u, (0, 0, 1), (length, TOP))
    across = [edge for hole in holes for edge in hole[:2]]
    upright = [TILED, *BAND, *(edge for hole in holes for edge in hole[2:])]
    for u0, u1 in grid(0.0, length, across):
        for z0, z1 in grid(0.0, TOP, upright):
            middle = ((u0 + u1) / 2, (z0 + z1) / 2)
            if any(a < middle[0] < b and c < middle[1] < d for a, b, c, d in holes):
                continue
            if middle[1] > TILED:
                room.cell("plaster", chart, (u0, u1), (z0, z1), (0.80, 0.79, 0.75))
            else:
                tint = GREEN if BAND[0] < middle[1] < BAND[1] else (1, 1, 1)
                room.cell("tile", chart, (u0, u1), (z0, z1), tint)


def shell(room: Surfaces) -> None:
    deep, long = X1 - X0, Y1 - Y0
    floor = room.chart((X0, Y0, 0), (1, 0, 0), (0, 1, 0), (deep, long))
    room.cell("floor", floor, (0, deep), (0, long))
    ceiling = room.chart((X0, Y1, TOP), (1, 0, 0), (0, -1, 0), (deep, long))
    xs = [x - X0 + side * PANEL / 2 for x, _ in LAMPS for side in (-1, 1)]
    ys = [Y1 - y + side * PANEL / 2 for _, y in LAMPS for side in (-1, 1)]
    for u0, u1 in grid(0, deep, xs):
        for v0, v1 in grid(0, long, ys):
            x, y = X0 + (u0 + u1) / 2, Y1 - (v0 + v1) / 2
            if not any(abs(x - a) < PANEL / 2 and abs(y - b) < PANEL / 2 for a, b in LAMPS):
                room.cell("ceiling", ceiling, (u0, u1), (v0, v1), (0.86, 0.86, 0.84))
    glass = (Y1 - MIRROR[1], Y1 - MIRROR[0], MIRROR[2], MIRROR[3])
    wall(room, (X1, Y1, 0), (0, -1, 0), long, [glass])
    wall(room, (X0, Y0, 0), (0, 1, 0), long)
    wall(room, (X0, Y1, 0), (1, 0, 0), deep, [(WINDOW[0] - X0, WINDOW[1] - X0, WINDOW[2], WINDOW[3])])
    wall(
        room,
        (X1, Y0, 0),
        (-1, 0, 0),
        deep,
        [(X1 - DOOR_EDGES[1], X1 - DOOR_EDGES[0], 0.0, place.DOOR_SIZE[1])],
    )
    # the window's recess
    x0, x1, z0, z1 = WINDOW
    for origin, u, v, size in (
        ((x0, Y1, z0), (0, 1, 0), (0, 0, 1), (RECESS, z1 - z0)),
        ((x1, Y1 + RECESS, z0), (0, -1, 0), (0, 0, 1), (RECESS, z1 - z0)),
        ((x0, Y1, z0), (1, 0, 0), (0, 1, 0), (x1 - x0, RECESS)),
        ((x0, Y1 + RECESS, z1), (1, 0, 0), (0, -1, 0), (x1 - x0, RECESS)),
    ):
        chart = room.chart(origin, u, v, size)
        room.cell("plaster", chart, (0, size[0]), (0, size[1]), (0.8, 0.8, 0.78))
    # skirting, cut where the door, the duct and the partitions stand
    for low, high in (
        ((X0, Y0, 0), (DOOR_EDGES[0] - 0.06, Y0 + 0.012, 0.1)),
        ((DOOR_EDGES[1] + 0.06, Y0, 0), (X1, Y0 + 0.012, 0.1)),
        ((X1 - 0.012, Y0, 0), (X1, Y1, 0.1)),
        ((X0, Y0, 0), (X0 + 0.012, place.CUBICLES_Y[0], 0.1)),
        ((place.DUCT_X, Y1 - 0.012, 0), (X1, Y1, 0.1)),
    ):
        room.slab("floor", low, high, 0.004, (0.62, 0.62, 0.62), weight=0.6)
    # a line of metal where the tiles end
    for low, high in (
        ((X0, Y0, TILED - 0.006), (X1, Y0 + 0.006, TILED + 0.006)),
        ((X1 - 0.006, Y0, TILED - 0.006), (X1, Y1, TILED + 0.006)),
        ((X0, Y0, TILED - 0.006), (X0 + 0.006, Y1, TILED + 0.006)),
    ):
        room.slab("metalwork", low, high, 0.002, weight=0.4)
    x0, x1 = WINDOW[:2]
    for a, b in ((X0, x0), (x1, X1)):
        room.slab("metalwork", (a, Y1 - 0.006, TILED - 0.006), (b, Y1, TILED + 0.006), 0.002, weight=0.4)


def entrance(room: Surfaces) -> None:
    """The leaf, its frame of painted steel, its kick plate and the plate behind the handle."""
    a, b = DOOR_EDGES
    top = place.DOOR_SIZE[1]
    grey = (0.30, 0.31, 0.32)
    room.slab("veneer", (a + 0.004, Y0 - 0.044, 0.006), (b - 0.004, Y0, top - 0.004), 0.003)
    for low, high in (
        ((a - 0.06, Y0 - 0.02, 0), (a, Y0 + 0.022, top + 0.06)),
        ((b, Y0 - 0.02, 0), (b + 0.06, Y0 + 0.022, top + 0.06)),
        ((a - 0.06, Y0 - 0.02, top), (b + 0.06, Y0 + 0.022, top + 0.06)),
    ):
        room.slab("laminate", low, high, 0.004, grey)
    room.slab("metalwork", (a + 0.02, Y0, 0.02), (b - 0.02, Y0 + 0.0025, 0.26), 0.001)
    room.slab("metalwork", (b - 0.16, Y0, 0.90), (b - 0.03, Y0 + 0.0025, 1.14), 0.001)
    # black beyond the gap
    behind = room.chart((b, Y0 - 0.05, 0), (-1, 0, 0), (0, 0, 1), (b - a, top), 0.1)
    room.cell("laminate", behind, (0, b - a), (0, top), (0.02, 0.02, 0.02))


def cubicles(room: Surfaces) -> None:
    front = place.CUBICLES_X[1]
    y0, y1, y2 = place.CUBICLES_Y
    low, high, thick = 0.14, 2.0, 0.026
    for y in (y0, y1):
        room.slab("laminate", (X0, y - thick / 2, low), (front - thick, y + thick / 2, high), 0.003, PETROL)
    for a, b in ((y0 - thick / 2, y0 + 0.25), (y0 + 0.95, y1 + 0.25), (y1 + 0.95, y2)):
        room.slab("laminate", (front - thick, a, low), (front, b, high), 0.003, PETROL)
    for hinge, degrees in ((y0 + 0.25, 97.0), (y1 + 0.25, 20.0)):
        room.slab(
            "laminate",
            (front - thick + 0.003, hinge + 0.003, low),
            (front - 0.003, hinge + 0.697, high - 0.012),
            0.003,
            PETROL,
            turn=((front - thick + 0.003, hinge + 0.003), degrees),
        )
    room.slab("metalwork", (front - 0.040, y0 - 0.02, high), (front + 0.010, y2, high + 0.035), 0.006)
    # the duct in front of the cisterns, of panels, the middle one to be taken off; a shelf on it, with a nosing
    x = place.DUCT_X
    gap = 0.0015
    for first, last in ((y0 + thick / 2, y1 - thick / 2), (y1 + thick / 2, y2)):
        marks = [first, (y0 if first < y1 else y1) + 0.335, (y0 if first < y1 else y1) + 0.865, last]
        for a, b in zip(marks[:-1], marks[1:], strict=True):
            room.slab("laminate", (x - 0.02, a + gap, 0.0), (x, b - gap, 1.13), 0.002, (0.47, 0.485, 0.47))
        room.slab(
            "laminate",
            (x - 0.024, first, 0.0),
            (x - 0.021, last, 1.13),
            0.001,
            (0.03, 0.03, 0.03),
            weight=0.1,
        )
        room.slab("laminate", (X0, first, 1.13), (x + 0.014, last, 1.155), 0.004, (0.33, 0.335, 0.33))
        room.slab(
            "laminate",
            (x + 0.0145, first, 1.118),
            (x + 0.018, last, 1.156),
            0.0015,
            (0.12, 0.125, 0.13),
            weight=0.5,
        )


def hole(points: int, half: tuple[float, float], power: float = 2.6) -> Array:
    """A loop between an ellipse and a rectangle, counter-clockwise (points, 2)."""
    a = 2 * np.pi * np.arange(points) / points
    c, s = np.cos(a), np.sin(a)
    return np.stack(
        [half[0] * np.sign(c) * np.abs(c) ** (2 / power), half[1] * np.sign(s) * np.abs(s) ** (2 / power)], 1
    )


BOWL = (0.163, 0.207)
"""Half the size of a basin's opening, x and y."""


def counter(room: Surfaces) -> None:
    x0, x1 = place.COUNTER_X
    y0, y1 = place.COUNTER_Y
    z = place.COUNTER_Z
    charts = room.slab("counter", (x0, y0, z - 0.04), (x1, y1, z), 0.004, leave_out=[(2, 0), (2, 1)])
    top = charts[2, 1]
    edge, parts = 0.004, []

    def flat(a: tuple[float, float], b: tuple[float, float]) -> None:
        corners = [(a[0], a[1], z), (b[0], a[1], z), (b[0], b[1], z), (a[0], b[1], z)]
        parts.append(Mesh(np.array(corners), np.tile([0, 0, 1.0], (4, 1)), np.array([[0, 1, 2], [0, 2, 3]])))

    marks = [y0 + edge]
    for y in place.BASINS_Y:
        a, b = y - 0.25, y + 0.25
        flat((x0 + edge, marks[-1]), (x1 - edge, a))
        marks.append(b)
        ring = hole(64, BOWL) + [place.BASIN_X, y]
        rel = ring - [place.BASIN_X, y]
        reach = np.array([x1 - edge - place.BASIN_X, 0.25])
        back = np.array([place.BASIN_X - x0 - edge, 0.25])
        limit = np.where(rel > 0, reach, back)
        outer = rel * (limit / np.maximum(np.abs(rel), 1e-9)).min(axis=1, keepdims=True) + [place.BASIN_X, y]
        # the corners of the piece belong to it
        for corner in ((reach[0], 0.25), (-back[0], 0.25), (-back[0], -0.25), (reach[0], -0.25)):
            aim = np.asarray(corner) + [place.BASIN_X, y]
            outer[np.linalg.norm(outer - aim, axis=1).argmin()] = aim
        loops = np.stack([outer, ring])
        made = skin(np.dstack([loops, np.full(loops.shape[:2], z)]))
        parts.append(Mesh(made.positions, np.tile([0, 0, 1.0], (len(made.positions), 1)), made.triangles))
    flat((x0 + edge, marks[-1]), (x1 - edge, y1 - edge))
    room.add("counter", top, merge(parts).tinted((1, 1, 1)))
    room.slab("counter", (x1 - 0.02, y0, z), (x1, y1, z + 0.10), 0.003)
    room.slab("laminate", (x0 + 0.035, y0 + 0.01, 0.60), (x0 + 0.055, y1 - 0.01, z - 0.04), 0.002, PETROL)
    for y in (y0 + 0.02, y1 - 0.04):
        room.slab("laminate", (x0 + 0.055, y, 0.60), (x1, y + 0.02, z - 0.04), 0.002, PETROL)


def made() -> Surfaces:
    room = Surfaces(REPEAT)
    shell(room)
    entrance(room)
    cubicles(room)
    counter(room)
    # the mirror's frame
    y0, y1, z0, z1 = MIRROR
    for low, high in (
        ((X1 - 0.012, y0 - 0.012, z0 - 0.012), (X1 + 0.004, y1 + 0.012, z0 + 0.006)),
        ((X1 - 0.012, y0 - 0.012, z1 - 0.006), (X1 + 0.004, y1 + 0.012, z1 + 0.012)),
        ((X1 - 0.012, y0 - 0.012, z0), (X1 + 0.004, y0 + 0.006, z1)),
        ((X1 - 0.012, y1 - 0.006, z0), (X1 + 0.004, y1 + 0.012, z1)),
    ):
        room.slab("metalwork", low, high, 0.003, weight=0.7)
    # the frames of the lamps
    for x, y in LAMPS:
        for low, high in (
            ((-0.31, -0.31), (0.31, -0.288)),
            ((-0.31, 0.288), (0.31, 0.31)),
            ((-0.31, -0.288), (-0.288, 0.288)),
            ((0.288, -0.288), (0.31, 0.288)),
        ):
            room.slab(
                "metalwork",
                (x + low[0], y + low[1], TOP - 0.012),
                (x + high[0], y + high[1], TOP + 0.002),
                0.002,
                weight=0.5,
            )
    return room
