"""The construction edge and its beam: a storey without walls in the tower's strip, and what reaches out of it.

Frame: z = 0 on the beam's top and on the storey's floor. The beam is made 1 m wide and scaled to its width.
"""

from __future__ import annotations

import numpy as np

from scenes.heights.places import EDGE_Y, STOREY, WALL_Y
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import Furniture, board, leg, turned
from scenes.kit.tower import STRIP

HALF = STRIP / 2
DEEP_Y = WALL_Y - 5.2
RAW = (1.0, 1.0, 1.0)
OXIDE = linear((0.46, 0.21, 0.16))
ORANGE = linear((0.85, 0.38, 0.12))
YELLOW = linear((0.88, 0.70, 0.14))
RED = linear((0.74, 0.16, 0.12))
GALV = linear((0.60, 0.61, 0.61))
TIMBER = linear((0.70, 0.58, 0.42))
BLOCK = linear((0.62, 0.61, 0.58))
OPEN = 0.75
"""Half of the gap in the edge's guard, where the beam goes out, m."""


def storey() -> Furniture:
    """Slabs, columns, props, blockwork, what lies about; the guard beside the beam."""
    made = Furniture()
    raw = made.parts["concrete"]
    z1 = STOREY - 0.22

    def slab(low: tuple[float, float, float], high: tuple[float, float, float], sides: str) -> None:
        raw.boxes(low, high, metres=2.0, sides=sides)
        made.solid(low, high, BLOCK)

    slab((-HALF, DEEP_Y, -0.25), (HALF, WALL_Y + 0.05, 0.0), "YzZ")
    slab((-HALF, DEEP_Y, z1), (HALF, WALL_Y + 0.05, STOREY), "Yz")
    for x in (-HALF + 0.02, HALF - 0.36):
        slab((x, WALL_Y - 0.40, 0.0), (x + 0.34, WALL_Y - 0.06, z1), "xXyY")
        slab((x, DEEP_Y + 0.6, 0.0), (x + 0.34, DEEP_Y + 0.94, z1), "xXyY")
    # side and back walls of blocks, the back one unfinished
    wall = made.parts["wall_brick"]
    wall.rect((-HALF, DEEP_Y, 0.0), (0, WALL_Y - DEEP_Y, 0), (0, 0, z1), tint=BLOCK, metres=4.0)
    wall.rect((HALF, WALL_Y, 0.0), (0, DEEP_Y - WALL_Y, 0), (0, 0, z1), tint=BLOCK, metres=4.0)
    made.solid((-HALF - 0.2, DEEP_Y, 0.0), (-HALF, WALL_Y, z1), BLOCK)
    made.solid((HALF, DEEP_Y, 0.0), (HALF + 0.2, WALL_Y, z1), BLOCK)
    wall.rect((HALF, DEEP_Y + 0.02, 0.0), (-STRIP, 0, 0), (0, 0, z1), tint=BLOCK, metres=4.0)
    made.solid((-HALF, DEEP_Y - 0.2, 0.0), (HALF, DEEP_Y, z1), BLOCK)
    made.parts["matt"].rect(
        (0.9, DEEP_Y + 0.025, 0.0), (-1.0, 0, 0), (0, 0, 2.1), tint=linear((0.06, 0.06, 0.065))
    )
    _props(made, z1)
    _guard(made)
    _lying(made)
    _scaffold(made)
    # the tower itself
    for low, high in (
        ((-12.0, -20.0, -40.0), (12.0, WALL_Y, -0.26)),
        ((-12.0, -20.0, STOREY + 0.01), (12.0, WALL_Y, 60.0)),
    ):
        made.solid(low, high, BLOCK, tight=0.0)
    return made


def _props(made: Furniture, z1: float) -> None:
    for x, y in ((-2.1, -2.3), (2.0, -2.4), (-1.6, -4.2), (1.6, -4.3), (-2.5, -5.4)):
        metal = made.parts["metal"]
        leg(metal, (x, y, 0.0), (x, y, 1.5), 0.030, 0.030, ORANGE, 10)
        leg(metal, (x, y, 1.4), (x, y, z1), 0.024, 0.024, GALV, 10)
        turned(metal, [(0.045, 1.42), (0.045, 1.52)], (x, y), GALV, 10)
        for z in (0.0, z1 - 0.012):
            board(metal, (x - 0.07, y - 0.07, z), (x + 0.07, y + 0.07, z + 0.012), GALV, bevel=0.002)
        made.round_solid((x, y), 0.03, 0.0, z1, ORANGE)
    for y in (-2.35, -4.25):
        board(
            made.parts["matt"], (-HALF + 0.5, y - 0.05, z1 - 0.2), (HALF - 0.5, y + 0.05, z1 - 0.012), TIMBER
        )


def _guard(made: Furniture) -> None:
    """Yellow posts with two rails and a toe board along the slab's edge, open where the beam goes out."""
    y = WALL_Y - 0.03
    for side in (-1.0, 1.0):
        a, b = OPEN * side, (HALF - 0.42) * side
        for x in (a, (a + b) / 2, b):
            leg(made.parts["metal"], (x, y, 0.0), (x, y, 1.12), 0.02, 0.02, YELLOW, 10)
            board(
                made.parts["metal"],
                (x - 0.06, y - 0.06, 0.0),
                (x + 0.06, y + 0.06, 0.01),
                YELLOW,
                bevel=0.002,
            )
        for z in (0.55, 1.08):
            leg(made.parts["metal"], (a, y + 0.03, z), (b, y + 0.03, z), 0.017, 0.017, YELLOW, 10)
        low, high = sorted((a, b))
        made.block("matt", (low, y - 0.03, 0.0), (high, y, 0.15), TIMBER)
        # an orange net between the rails
        net = made.parts["net"]
        corners = [
            (low, y - 0.035, 0.1),
            (high, y - 0.035, 0.1),
            (high, y - 0.035, 1.02),
            (low, y - 0.035, 1.02),
        ]
        u = (high - low) / 0.4
        net.add(corners, [[0, 0], [u, 0], [u, 2.3], [0, 2.3]], ORANGE)
    # tape that has come loose, tied to the posts, red and white
    for side in (-1.0, 1.0):
        p, q = np.array([OPEN * side, y + 0.02, 0.98]), np.array([OPEN * side + 0.10 * side, y + 0.10, 0.38])
        for k in range(6):
            s, t = p + (q - p) * k / 6, p + (q - p) * (k + 1) / 6
            across = np.array([0.0, 0.02, 0.035])
            patch = np.array([s - across, t - across, t + across, s + across])
            tone = RED if k % 2 else linear((0.86, 0.85, 0.83))
            made.parts["matt"].add(patch, None, tone)
            made.parts["matt"].add(patch[::-1], None, tone)


def _lying(made: Furniture) -> None:
    """Boards, sacks, a bucket, a barrow's load of blocks, rebar."""
    for k in range(6):
        z = 0.05 * k
        made.block(
            "matt", (-2.7, -4.9 + 0.02 * (k % 3), z), (-1.95, -2.75 + 0.015 * (k % 2), z + 0.045), TIMBER
        )
    for k, (x, y, z) in enumerate(((2.35, -3.3, 0.0), (2.38, -3.72, 0.0), (2.34, -3.5, 0.13))):
        made.block(
            "matt",
            (x - 0.28, y - 0.19, z),
            (x + 0.28, y + 0.19, z + 0.13),
            linear((0.70, 0.67 - 0.01 * k, 0.60)),
            bevel=0.04,
        )
    turned(
        made.parts["matt"],
        [(0.11, 0.0), (0.15, 0.30), (0.155, 0.30), (0.155, 0.30), (0.14, 0.29), (0.10, 0.05), (0.0, 0.05)],
        (1.35, -2.15),
        linear((0.16, 0.16, 0.17)),
        20,
    )
    rng = np.random.default_rng(5)
    for row in range(3):
        for k in range(4 - row):
            x, z = 1.2 + 0.42 * k + 0.2 * row, 0.20 * row
            made.block(
                "matt",
                (x, -5.6, z),
                (x + 0.39, -5.4, z + 0.19),
                tuple(c * rng.uniform(0.9, 1.05) for c in BLOCK),
            )
    for k in range(9):
        x = -1.5 + 0.03 * k
        leg(
            made.parts["metal"],
            (x, -6.3, 0.02 + 0.012 * (k % 2)),
            (x + rng.uniform(-0.1, 0.1), -2.6, 0.02),
            0.007,
            0.007,
            linear((0.40, 0.26, 0.19)),
            6,
        )
    # rebar that stands out of the slab's front, to be gone on with
    for x in np.arange(-2.9, 3.0, 0.3):
        if abs(x) > 0.62:
            leg(
                made.parts["metal"],
                (float(x), WALL_Y, -0.12),
                (float(x), WALL_Y + 0.34, -0.11),
                0.008,
                0.008,
                linear((0.42, 0.25, 0.17)),
                6,
            )


def _scaffold(made: Furniture) -> None:
    """Tubes and boards on the front, left and right of the beam's way, over several storeys."""
    metal = made.parts["metal"]
    for side in (-1.0, 1.0):
        for x in (1.95 * side, 3.1 * side):
            for y in (WALL_Y + 0.25, WALL_Y + 1.15):
                leg(metal, (x, y, -12.2), (x, y, 3.4), 0.024, 0.024, GALV, 8)
        a, b = sorted((1.75 * side, 3.3 * side))
        for z in (-10.0, -8.0, -6.0, -4.0, -2.0):
            deck = made.parts["planks"]
            low, high = (a, WALL_Y + 0.22, z), (b, WALL_Y + 1.18, z + 0.04)
            deck.boxes(low, high, metres=2.4, sides="xXyYzZ")
            made.solid(low, high, TIMBER)
            for y in (WALL_Y + 0.25, WALL_Y + 1.15):
                leg(metal, (a, y, z - 0.03), (b, y, z - 0.03), 0.024, 0.024, GALV, 8)
            for h in (0.5, 1.0):
                leg(metal, (a, WALL_Y + 1.17, z + h), (b, WALL_Y + 1.17, z + h), 0.02, 0.02, GALV, 8)
            made.block("matt", (a, WALL_Y + 1.15, z + 0.04), (b, WALL_Y + 1.18, z + 0.19), TIMBER)
        for x in (1.95 * side, 3.1 * side):
            leg(metal, (x, WALL_Y + 0.25, -10.0), (x, WALL_Y + 1.15, -8.0), 0.02, 0.02, GALV, 8)
            leg(metal, (x, WALL_Y + 0.25, -6.0), (x, WALL_Y + 1.15, -4.0), 0.02, 0.02, GALV, 8)


def beam() -> Furniture:
    """A rolled steel beam, 1 m wide, from inside the storey to its end over the drop; bolts and chalk marks on it."""
    made = Furniture()
    metal = made.parts["primer"]
    y0, y1 = WALL_Y - 1.6, EDGE_Y
    n = 10
    for k in range(n):
        a, b = y0 + (y1 - y0) * k / n, y0 + (y1 - y0) * (k + 1) / n
        flat = np.array([(-0.5, a, 0.0), (0.5, a, 0.0), (0.5, b, 0.0), (-0.5, b, 0.0)])
        # half a metre of the picture lies across the flange, as at the usual width
        uvs = np.stack([flat[:, 0] * 0.5, flat[:, 1]], 1)
        for z, way in ((0.0, 1), (-0.022, -1), (-0.378, 1), (-0.40, -1)):
            metal.add((flat + (0.0, 0.0, z))[::way], [uvs[::way]])
        for x, way in ((-0.5, -1), (0.5, 1)):
            for z0, z1 in ((-0.022, 0.0), (-0.40, -0.378)):
                side = [(x, a, z0), (x, b, z0), (x, b, z1), (x, a, z1)]
                metal.add(side[::way], [[(0.1, a), (0.1, b), (0.12, b), (0.12, a)][::way]])
        metal.boxes((-0.02, a, -0.378), (0.02, b, -0.022), metres=1.0, sides="xX")
    # a plate closes the end and stands a little over the flange
    metal.boxes((-0.5, y1 - 0.012, -0.41), (0.5, y1, 0.028), metres=1.0, sides="xXyYzZ")
    made.solid((-0.5, y0, -0.40), (0.5, y1, -0.02), OXIDE)
    # stiffeners, and where the beam is bolted down on the slab
    for y in (y1 - 0.05, 0.45, -0.6, WALL_Y - 0.1):
        for side in (-1.0, 1.0):
            a, b = sorted((0.02 * side, 0.47 * side))
            metal.boxes((a, y - 0.006, -0.378), (b, y + 0.006, -0.022), metres=1.0, sides="yY")
    return made


def marks() -> Quads:
    """On the beam's top, not scaled: chalk lines, numbers' blots, bolt heads, a yellow end."""
    made = Quads()
    chalk = linear((0.80, 0.80, 0.78))
    for y in (-0.9, 0.1, 1.1):
        made.rect((-0.24, y, 0.002), (0.48, 0, 0), (0, 0.008, 0), tint=chalk)
    for y in (WALL_Y - 0.35, WALL_Y - 0.75):
        for x in (-0.16, 0.16):
            turned(
                made,
                [(0.022, 0.0), (0.022, 0.016), (0.018, 0.02), (0.018, 0.02), (0.0, 0.02)],
                (x, y),
                GALV,
                6,
            )
    return made


def end_paint() -> Quads:
    """Yellow and black at the very end, 1 m wide, to be scaled."""
    made = Quads()
    for k in range(10):
        tone = YELLOW if k % 2 == 0 else linear((0.10, 0.10, 0.10))
        made.rect((-0.5 + 0.1 * k, EDGE_Y - 0.09, 0.0015), (0.1, 0, 0), (0, 0.078, 0), tint=tone)
        made.rect((-0.5 + 0.1 * k, EDGE_Y - 0.0125, 0.002), (0.1, 0, 0), (0, 0, 0.026), tint=tone)
        made.rect((-0.5 + 0.1 * k, EDGE_Y - 0.012, 0.0285), (0.1, 0, 0), (0, 0.012, 0), tint=tone)
    return made
