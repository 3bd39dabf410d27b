"""The balcony's fixed parts: the slab's frame, the wall of its storey with a door, what stands on it.

Frame: x across, y out over the drop, z = 0 on the balcony's floor. The storey is open in the tower's strip (6.4 m wide)
and is filled by these parts, from the floor to the ceiling of its storey.
"""

from __future__ import annotations

import numpy as np

from scenes.heights.places import PLACES, STOREY, WALL_Y
from scenes.kit.facades import Plane
from scenes.kit.quads import Quads, X, Y, linear
from scenes.kit.shapes import Furniture, board, leg, turned
from scenes.kit.tower import SLAB, STRIP, WALL

EDGE = PLACES["balcony"].edge_y
HALF = 1.5
INSIDE_Y = WALL_Y - 0.26
DOOR = (-1.12, 1.12, 0.03, 2.24)
"""x0, x1, z0, z1 of the opening."""
FRAME = linear((0.23, 0.24, 0.25))
SHADED = (
    ((1.02, -0.80), 0.42, 0.40, 0.45),
    ((1.08, -0.14), 0.42, 0.42, 0.40),
    ((-1.25, -0.90), 0.34, 0.66, 0.55),
    ((1.20, -1.33), 0.36, 0.36, 0.55),
)
"""Where things stand close to the floor: middle, half width and half length (m), strength."""
POT = linear((0.62, 0.42, 0.32))
SOIL = linear((0.22, 0.18, 0.15))


def outside() -> Furniture:
    """What daylight falls on."""
    made = Furniture()
    _slab(made)
    _wall(made)
    _chair(made, 1.02, -0.80)
    _table(made, 1.08, -0.14)
    _planters(made)
    board(
        made.parts["matt"],
        (-0.42, WALL_Y + 0.06, 0.002),
        (0.42, WALL_Y + 0.50, 0.016),
        linear((0.46, 0.38, 0.28)),
    )
    # a wall lamp, and the house's number of storeys goes on behind: the light knows the tower as one box
    made.block("metal", (1.36, WALL_Y, 1.86), (1.48, WALL_Y + 0.11, 2.10), FRAME)
    made.parts["shade"].boxes((1.372, WALL_Y + 0.02, 1.88), (1.468, WALL_Y + 0.115, 2.06), sides="xXYz")
    made.solid((-12.0, -20.0, -40.0), (-1.14, WALL_Y - 0.01, 60.0), WALL, tight=0.0)
    made.solid((1.14, -20.0, -40.0), (12.0, WALL_Y - 0.01, 60.0), WALL, tight=0.0)
    made.solid((-1.14, -20.0, 2.26), (1.14, WALL_Y - 0.01, 60.0), WALL, tight=0.0)
    return made


def _slab(made: Furniture) -> None:
    """A concrete slab as a frame: what lies within it may turn to glass."""
    inner = 0.14
    for low, high, sides in (
        ((-HALF - 0.06, EDGE - inner, -0.20), (HALF + 0.06, EDGE + 0.03, -0.003), "xXyYzZ"),
        ((-HALF - 0.06, WALL_Y, -0.20), (-HALF + inner, EDGE - inner, -0.003), "xXzZ"),
        ((HALF - inner, WALL_Y, -0.20), (HALF + 0.06, EDGE - inner, -0.003), "xXzZ"),
        ((-HALF + inner, WALL_Y, -0.20), (HALF - inner, WALL_Y + inner, -0.003), "YzZ"),
    ):
        made.parts["concrete"].boxes(low, high, metres=2.0, sides=sides)
        made.solid(low, high, SLAB)
    for x in (-0.5, 0.5):
        made.parts["concrete"].boxes(
            (x - 0.07, WALL_Y + inner, -0.19), (x + 0.07, EDGE - inner, -0.02), metres=2.0, sides="xXzZ"
        )
    # a drip edge of metal all round, and a spout
    for low, high in (
        ((-HALF - 0.075, EDGE + 0.02, -0.035), (HALF + 0.075, EDGE + 0.045, 0.004)),
        ((-HALF - 0.075, WALL_Y, -0.035), (-HALF - 0.05, EDGE + 0.02, 0.004)),
        ((HALF + 0.05, WALL_Y, -0.035), (HALF + 0.075, EDGE + 0.02, 0.004)),
    ):
        board(made.parts["metal"], low, high, linear((0.58, 0.59, 0.59)), bevel=0.003)
    board(made.parts["metal"], (1.30, EDGE, -0.16), (1.36, EDGE + 0.22, -0.11), linear((0.50, 0.51, 0.51)))


def _wall(made: Furniture) -> None:
    """The storey's wall with two windows as in the strip, the door's frame, its glass and its reveals."""
    wall = made.parts["wall_stucco"]
    plane = Plane(np.array([STRIP / 2, WALL_Y, 0.0]), -X, Y)  # along it x falls
    z0, z1 = 0.75, 2.45
    mid = STRIP / 2
    a, b, low, high = mid + DOOR[0], mid + DOOR[1], DOOR[2], DOOR[3]
    for x0, x1 in ((0.0, 0.35), (1.35, a), (b, 5.05), (6.05, STRIP)):
        plane.rect(wall, x0, x1, 0.0, STOREY, tint=WALL)
    for x0, x1 in ((0.35, 1.35), (5.05, 6.05)):
        plane.rect(wall, x0, x1, 0.0, z0, tint=WALL)
        plane.rect(wall, x0, x1, z1, STOREY, tint=WALL)
        made.parts["windows"].add(
            np.stack([plane.at(x, z, -0.14)[0] for x, z in ((x0, z0), (x1, z0), (x1, z1), (x0, z1))]),
            [[0.629, 0.002], [0.746, 0.002], [0.746, 0.248], [0.629, 0.248]],
        )
        plane.slab(made.parts["matt"], x0 - 0.08, x1 + 0.08, z0 - 0.07, z0, -0.14, 0.07, tint=SLAB)
        reveal = tuple(0.9 * c for c in WALL)
        wall.rect(plane.at(x0, z0), -0.14 * Y, (0, 0, 1.7), tint=reveal, metres=4.0)
        wall.rect(plane.at(x1, z0, -0.14), 0.14 * Y, (0, 0, 1.7), tint=reveal, metres=4.0)
        wall.rect(plane.at(x0, z1, -0.14), -X, 0.14 * Y, tint=reveal, metres=4.0)
    plane.rect(wall, a, b, high, STOREY, tint=WALL)
    plane.rect(wall, a, b, 0.0, low, tint=SLAB)
    matt, deep = made.parts["matt"], 0.10
    x0, x1 = DOOR[0], DOOR[1]
    wall.rect((x1, WALL_Y, low), -deep * Y, (0, 0, high - low), tint=WALL, metres=4.0)
    wall.rect((x0, WALL_Y - deep, low), deep * Y, (0, 0, high - low), tint=WALL, metres=4.0)
    wall.rect((x1, WALL_Y, high), -2 * x1 * X, -deep * Y, tint=WALL, metres=4.0)
    board(
        matt, (x0 - 0.02, WALL_Y - 0.26, -0.01), (x1 + 0.02, WALL_Y + 0.04, low), linear((0.62, 0.62, 0.61))
    )
    y0, y1 = WALL_Y - 0.17, WALL_Y - 0.10
    for fx0, fx1, fz0, fz1 in (
        (x0, x0 + 0.06, low, high),
        (x1 - 0.06, x1, low, high),
        (x0 + 0.06, x1 - 0.06, high - 0.07, high),
    ):
        board(matt, (fx0, y0, fz0), (fx1, y1, fz1), FRAME)
    # two leaves: the right one stands closed, the left one is pushed behind it and leaves the way open
    for leaf, y in ((0.0, y0 + 0.045), (-0.06, y0 + 0.012)):
        l0, l1 = 0.0 + leaf, x1 - 0.05 + leaf
        for lx0, lx1, lz0, lz1 in (
            (l0, l0 + 0.055, low, high - 0.06),
            (l1 - 0.055, l1, low, high - 0.06),
            (l0 + 0.055, l1 - 0.055, low, low + 0.09),
            (l0 + 0.055, l1 - 0.055, high - 0.13, high - 0.06),
        ):
            board(matt, (lx0, y - 0.015, lz0), (lx1, y + 0.015, lz1), FRAME, bevel=0.003)
    made.parts["glass"].rect((x1 - 0.1, y0 + 0.045, low + 0.09), -(x1 - 0.16) * X, (0, 0, high - low - 0.22))
    board(made.parts["metal"], (0.02, y0 + 0.06, 1.0), (0.045, y0 + 0.10, 1.22), linear((0.6, 0.6, 0.6)))


def _chair(made: Furniture, x: float, y: float) -> None:
    """A folding chair of steel slats that looks out to the left."""
    metal, tone = made.parts["metal"], linear((0.26, 0.36, 0.33))
    for k in range(5):
        board(metal, (x - 0.2, y - 0.19 + 0.078 * k, 0.435), (x + 0.2, y - 0.125 + 0.078 * k, 0.45), tone)
    for k in range(3):
        z = 0.60 + 0.085 * k
        board(metal, (x + 0.20 + 0.02 * k, y - 0.19, z), (x + 0.215 + 0.02 * k, y + 0.19, z + 0.055), tone)
    for side in (-0.18, 0.18):
        leg(metal, (x - 0.22, y + side, 0.0), (x + 0.17, y + side, 0.44), 0.009, 0.009, tone)
        leg(metal, (x + 0.22, y + side, 0.0), (x - 0.16, y + side, 0.44), 0.009, 0.009, tone)
        leg(metal, (x + 0.17, y + side, 0.43), (x + 0.26, y + side, 0.86), 0.009, 0.009, tone)
    made.solid((x - 0.2, y - 0.2, 0.42), (x + 0.2, y + 0.2, 0.46), tone)
    made.solid((x + 0.19, y - 0.2, 0.6), (x + 0.27, y + 0.2, 0.86), tone)


def _table(made: Furniture, x: float, y: float) -> None:
    metal, tone = made.parts["metal"], linear((0.26, 0.36, 0.33))
    turned(
        metal,
        [
            (0.0, 0.70),
            (0.27, 0.70),
            (0.28, 0.705),
            (0.28, 0.72),
            (0.275, 0.725),
            (0.275, 0.725),
            (0.0, 0.725),
        ],
        (x, y),
        tone,
        28,
    )
    for k in range(3):
        a = 2.1 * k + 0.3
        leg(
            metal,
            (x + 0.24 * np.cos(a), y + 0.24 * np.sin(a), 0.0),
            (x - 0.06 * np.cos(a), y - 0.06 * np.sin(a), 0.70),
            0.01,
            0.01,
            tone,
        )
    made.round_solid((x, y), 0.28, 0.70, 0.725, tone)
    cup = linear((0.88, 0.86, 0.82))
    shift = np.array([x - 0.08, y + 0.06])
    made_cup = [
        (0.0, 0.727),
        (0.028, 0.727),
        (0.036, 0.75),
        (0.040, 0.80),
        (0.040, 0.80),
        (0.034, 0.80),
        (0.030, 0.74),
        (0.0, 0.735),
    ]
    turned(made.parts["matt"], made_cup, (float(shift[0]), float(shift[1])), cup, 16)


def _planters(made: Furniture) -> None:
    """A long box at the left end, a big pot at the back on the right, and what grows in them."""
    matt = made.parts["matt"]
    box = linear((0.42, 0.40, 0.37))
    board(matt, (-1.40, -1.34, 0.0), (-1.10, -0.46, 0.36), box, bevel=0.008)
    made.solid((-1.40, -1.34, 0.0), (-1.10, -0.46, 0.36), box)
    matt.rect((-1.38, -1.32, 0.364), (0.26, 0, 0), (0, 0.84, 0), tint=SOIL)
    turned(
        matt,
        [
            (0.12, 0.0),
            (0.17, 0.02),
            (0.21, 0.36),
            (0.225, 0.37),
            (0.225, 0.41),
            (0.225, 0.41),
            (0.20, 0.41),
            (0.19, 0.37),
            (0.0, 0.37),
        ],
        (1.20, -1.33),
        POT,
        24,
    )
    made.round_solid((1.20, -1.33), 0.2, 0.0, 0.4, POT)


def shadow() -> Quads:
    """Outlines of what stands here, for the shadow in the sun."""
    made = Quads()
    for low, high in (
        ((0.82, -1.0, 0.42), (1.22, -0.6, 0.46)),
        ((0.81, -0.41, 0.70), (1.35, 0.13, 0.73)),
        ((-1.40, -1.34, 0.0), (-1.10, -0.46, 0.36)),
        ((1.02, -1.51, 0.0), (1.38, -1.15, 0.41)),
    ):
        made.boxes(low, high, sides="xXyYzZ")
    return made


def bushes() -> Quads:
    """Leaf cards of the plants, and a small tree in the pot."""
    rng = np.random.default_rng(7)
    made = Quads()
    spots = [((-1.25, rng.uniform(-1.25, -0.55), 0.36), 0.20, 0.34) for _ in range(34)]
    spots += [
        (
            (1.20 + rng.normal(0, 0.10), -1.33 + rng.normal(0, 0.10), 1.0 + rng.uniform(-0.15, 0.35)),
            0.16,
            0.24,
        )
        for _ in range(30)
    ]
    for (x, y, z), wide, high in spots:
        foot = np.array([x + rng.uniform(-0.08, 0.08), y, z])
        a, lean = rng.uniform(0, np.pi), rng.normal(0.0, 0.10, 2)
        across = np.array([np.cos(a), np.sin(a), rng.normal(0, 0.2)]) * wide * rng.uniform(0.6, 1.0)
        up = np.array([*lean, high * rng.uniform(0.6, 1.2)])
        corners = np.stack([foot - across, foot + across, foot + across + up, foot - across + up])
        normal = np.array([lean[0] * 2 + across[1] * 0.6, lean[1] * 2 + 0.3, 0.8])
        normals = np.tile(normal / np.linalg.norm(normal), (4, 1))
        tint = np.array(linear((0.80, 0.88, 0.70))) * rng.uniform(0.45, 1.0)
        for order, uv in (
            ((0, 1, 2, 3), [[0, 0], [1, 0], [1, 1], [0, 1]]),
            ((1, 0, 3, 2), [[1, 0], [0, 0], [0, 1], [1, 1]]),
        ):
            made.add(corners[list(order)], uv, tint, normals)
    return made


def trunk() -> Quads:
    made = Quads()
    leg(made, (1.20, -1.33, 0.36), (1.21, -1.33, 1.05), 0.022, 0.014, linear((0.36, 0.28, 0.21)))
    return made
