"""The roof's fixed parts: gravel within low walls, a path of slabs along the front edge, and what stands on roofs.

Frame: as in the world, z = 0 on the path. The tower ends under it.
"""

from __future__ import annotations

import numpy as np

from scenes.heights.places import WALL_Y
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import Furniture, board, leg, turned
from scenes.kit.town import TOWER

LEFT, BACK, RIGHT, _ = TOWER
FRONT = WALL_Y
PATH = 1.8
"""Width of the path of slabs along the front edge, m."""
STONE = linear((0.72, 0.70, 0.67))
ZINC = linear((0.62, 0.64, 0.66))
GALV = linear((0.66, 0.67, 0.67))
DARK = linear((0.24, 0.25, 0.26))
WHITE = linear((0.80, 0.80, 0.78))
YELLOW = linear((0.86, 0.68, 0.16))
WALLING = linear((0.78, 0.75, 0.70))


def flat() -> Furniture:
    """Ground and edges: what does not throw a shadow on it."""
    made = Furniture()
    x0, x1, y0, y1 = LEFT + 0.26, RIGHT - 0.26, BACK + 0.26, FRONT
    slab = made.parts["tiles"]
    step = 0.6
    rng = np.random.default_rng(9)
    for x in np.arange(x0, x1 - 0.01, step):
        wide = min(step, x1 - x)
        for k in range(3):
            y = y1 - 0.10 - (k + 1) * step
            corners = [(x, y, 0.0), (x + wide, y, 0.0), (x + wide, y + step, 0.0), (x, y + step, 0.0)]
            tone = rng.uniform(0.84, 1.0) * np.array([1.0, rng.uniform(0.985, 1.0), rng.uniform(0.95, 0.99)])
            uvs = [((a - x0) / 2.4, (b - y1 + 0.10) / 2.4) for a, b, _ in corners]
            slab.add(corners, [uvs], tone)
    _moss_and_leaves(made.parts["matt"], rng, x0, x1)
    made.parts["gravel"].rect((x0, y0, -0.045), (x1 - x0, 0, 0), (0, y1 - 0.10 - PATH - y0, 0), metres=1.5)
    # where slabs end: the side of the last row
    made.parts["tiles"].rect(
        (x1, y1 - 0.10 - PATH, -0.05), (x0 - x1, 0, 0), (0, 0, 0.05), tint=(0.5, 0.5, 0.5), metres=2.4
    )
    # the front edge: a low kerb with a metal cap that hangs over
    made.parts["concrete"].boxes((LEFT, y1 - 0.10, -0.3), (RIGHT, y1, 0.02), metres=2.0, sides="yYZ")
    cap = made.parts["metal"]
    for x in np.arange(LEFT, RIGHT - 0.01, 2.5):
        board(
            cap, (x + 0.002, y1 - 0.115, 0.02), (min(x + 2.498, RIGHT), y1 + 0.045, 0.036), ZINC, bevel=0.004
        )
        board(
            cap, (x + 0.002, y1 + 0.028, -0.075), (min(x + 2.498, RIGHT), y1 + 0.045, 0.02), ZINC, bevel=0.003
        )
    # walls on the other sides, rendered, with a cap
    for low, high in (
        ((LEFT, BACK, -0.4), (LEFT + 0.26, FRONT - 0.10, 0.85)),
        ((RIGHT - 0.26, BACK, -0.4), (RIGHT, FRONT - 0.10, 0.85)),
        ((LEFT + 0.26, BACK, -0.4), (RIGHT - 0.26, BACK + 0.26, 0.85)),
    ):
        made.parts["wall_stucco"].boxes(low, high, tint=WALLING, metres=4.0, sides="xXyY")
        made.solid(low, high, WALLING)
        a, b = (low[0] - 0.03, low[1] - 0.03, 0.85), (high[0] + 0.03, high[1] + 0.03, 0.89)
        board(cap, a, b, ZINC, bevel=0.004)
    made.solid((LEFT, BACK, -1.0), (RIGHT, FRONT, -0.045), STONE)
    # a strip of sheet where gravel meets the walls
    for x in (x0, x1 - 0.35):
        made.parts["matt"].rect(
            (x, y0, -0.035), (0.35, 0, 0), (0, y1 - 0.10 - PATH - y0, 0), tint=linear((0.40, 0.40, 0.40))
        )
    return made


def _moss_and_leaves(matt: Quads, rng: np.random.Generator, x0: float, x1: float) -> None:
    """In the joints, and where the wind left them at the kerb."""
    for _ in range(140):
        x, y, long = rng.uniform(x0, x1), FRONT - 0.10 - 0.6 * rng.integers(1, 4), rng.uniform(0.03, 0.22)
        high = rng.uniform(0.006, 0.014)
        matt.rect((x, y - 0.006, 0.001), (long, 0, 0), (0, high, 0), tint=linear((0.27, 0.31, 0.17)))
    for _ in range(70):
        leaf(matt, rng, (rng.uniform(x0, x1), FRONT - 0.12 - abs(rng.normal(0.0, 0.10)), 0.0014))


def leaf(matt: Quads, rng: np.random.Generator, at: tuple[float, float, float]) -> None:
    """A fallen leaf, a few centimetres long."""
    a, r = rng.uniform(0, np.pi), rng.uniform(0.014, 0.032)
    u = np.array([np.cos(a), np.sin(a), 0.02]) * r
    v = np.array([-np.sin(a), np.cos(a), 0.01]) * r * 0.6
    p = np.asarray(at)
    tone = linear((0.48, 0.36, 0.16)) if rng.uniform() < 0.6 else linear((0.38, 0.38, 0.16))
    matt.add([p - u, p - v, p + u, p + v], None, tone)


def things() -> Furniture:
    """What stands on it and throws shadows."""
    made = Furniture()
    _stairs(made)
    _machines(made)
    _vents(made)
    _aerials(made)
    _lifeline(made)
    return made


def _stairs(made: Furniture) -> None:
    """The house of the stairs, its door, a lamp, a ladder up its side."""
    x0, x1, y0, y1 = 4.2, 7.4, -10.6, -6.6
    made.parts["wall_stucco"].boxes((x0, y0, -0.05), (x1, y1, 2.6), tint=WALLING, metres=4.0, sides="xXyY")
    made.solid((x0, y0, -0.05), (x1, y1, 2.6), WALLING)
    made.block("metal", (x0 - 0.15, y0 - 0.15, 2.6), (x1 + 0.15, y1 + 0.15, 2.74), ZINC)
    door = linear((0.32, 0.40, 0.42))
    board(made.parts["metal"], (4.7, y1, 0.0), (5.7, y1 + 0.03, 2.08), door)
    for low, high in (
        ((4.62, y1, 0.0), (4.7, y1 + 0.05, 2.16)),
        ((5.7, y1, 0.0), (5.78, y1 + 0.05, 2.16)),
        ((4.62, y1, 2.08), (5.78, y1 + 0.05, 2.16)),
    ):
        board(made.parts["metal"], low, high, GALV)
    board(made.parts["metal"], (4.80, y1 + 0.03, 1.02), (4.95, y1 + 0.08, 1.05), GALV)
    board(made.parts["metal"], (5.1, y1, 2.25), (5.35, y1 + 0.12, 2.36), WHITE)
    for y in np.arange(0.2, 2.9, 0.3):
        board(made.parts["metal"], (x0 - 0.16, -8.25, y), (x0 - 0.13, -7.85, y + 0.025), GALV, bevel=0.002)
    for y in (-8.25, -7.87):
        board(made.parts["metal"], (x0 - 0.17, y, 0.0), (x0 - 0.13, y + 0.03, 3.4), GALV, bevel=0.002)


def _machines(made: Furniture) -> None:
    """Air conditioning on rails, a duct that leads to it, a tray of cables."""
    for x, y, wide in ((-1.6, -9.4, 1.7), (0.6, -9.4, 1.7), (11.5, -7.2, 2.4)):
        for dy in (-0.25, 0.25):
            board(
                made.parts["metal"],
                (x - wide / 2, y + dy - 0.04, -0.05),
                (x + wide / 2, y + dy + 0.04, 0.12),
                DARK,
            )
        made.block(
            "metal", (x - wide / 2, y - 0.42, 0.12), (x + wide / 2, y + 0.42, 1.15), WHITE, bevel=0.012
        )
        for k in range(9):
            z = 0.25 + 0.09 * k
            board(
                made.parts["metal"],
                (x - wide / 2 + 0.08, y + 0.42, z),
                (x + wide / 2 - 0.08, y + 0.435, z + 0.05),
                GALV,
                bevel=0.003,
            )
        for cx in np.arange(x - wide / 2 + 0.42, x + wide / 2, 0.8):
            turned(
                made.parts["metal"],
                [(0.34, 1.15), (0.34, 1.20), (0.31, 1.20), (0.31, 1.16), (0.0, 1.16)],
                (float(cx), y),
                DARK,
                24,
            )
            turned(made.parts["metal"], [(0.08, 1.17), (0.07, 1.21), (0.0, 1.21)], (float(cx), y), GALV, 12)
            for k in range(4):
                a = k * np.pi / 4
                u = np.array([np.cos(a), np.sin(a)]) * 0.31
                board(
                    made.parts["metal"],
                    (float(cx) - abs(u[0]) - 0.004, y - abs(u[1]) - 0.004, 1.195),
                    (float(cx) + abs(u[0]) + 0.004, y + abs(u[1]) + 0.004, 1.203),
                    GALV,
                    bevel=0.001,
                ) if k in (0, 2) else None
    for x in np.arange(-2.5, 4.0, 1.6):
        board(made.parts["metal"], (x, -11.3, -0.05), (x + 0.08, -10.7, 0.34), DARK)
    made.block("metal", (-2.8, -11.3, 0.34), (4.2, -10.75, 0.84), GALV, bevel=0.01)
    for x in np.arange(-1.8, 4.0, 1.2):
        board(made.parts["metal"], (x, -11.32, 0.32), (x + 0.04, -10.73, 0.86), ZINC, bevel=0.003)
    board(made.parts["metal"], (1.9, -10.4, 0.02), (2.15, -4.2, 0.09), GALV)
    board(made.parts["metal"], (1.9, -4.45, 0.02), (4.3, -4.2, 0.09), GALV)


def _vents(made: Furniture) -> None:
    """Pipes with hoods, a turning cowl, a skylight, drains."""
    for x, y, r, high in (
        (-2.3, -5.1, 0.07, 0.55),
        (-1.95, -5.15, 0.05, 0.42),
        (2.9, -5.4, 0.11, 0.7),
        (8.9, -4.9, 0.09, 0.6),
        (9.4, -5.0, 0.06, 0.45),
        (13.8, -5.6, 0.12, 0.8),
    ):
        turned(
            made.parts["metal"],
            [(r + 0.10, -0.045), (r + 0.02, 0.04), (r, 0.05), (r, high)],
            (x, y),
            GALV,
            14,
        )
        turned(
            made.parts["metal"],
            [(r * 1.9, high + 0.03), (r * 1.9, high + 0.06), (r * 0.4, high + 0.16), (0.0, high + 0.17)],
            (x, y),
            ZINC,
            14,
        )
        turned(made.parts["metal"], [(r * 0.2, high), (r * 1.9, high + 0.03)], (x, y), DARK, 14)
        made.round_solid((x, y), r * 1.3, 0.0, high + 0.1, GALV)
    x, y = -0.9, -6.6
    turned(made.parts["metal"], [(0.24, -0.045), (0.18, 0.10), (0.16, 0.12), (0.16, 0.62)], (x, y), GALV, 18)
    for k in range(18):
        a, b = 2 * np.pi * k / 18, 2 * np.pi * (k + 0.8) / 18
        p = [
            (x + 0.23 * np.cos(t) * f, y + 0.23 * np.sin(t) * f, z)
            for t, f, z in ((a, 0.75, 0.62), (b, 0.75, 0.62), (b, 1.0, 0.78), (a, 1.0, 0.78))
        ]
        q = [
            (x + 0.23 * np.cos(t) * f, y + 0.23 * np.sin(t) * f, z)
            for t, f, z in ((a, 1.0, 0.78), (b, 1.0, 0.78), (b, 0.5, 0.96), (a, 0.5, 0.96))
        ]
        for patch in (p, q):
            made.parts["metal"].add(patch, None, ZINC)
    turned(made.parts["metal"], [(0.12, 0.955), (0.0, 0.98)], (x, y), ZINC, 18)
    made.round_solid((x, y), 0.2, 0.0, 0.95, GALV)
    for low, high in (((8.6, -9.4, -0.05), (10.2, -7.8, 0.34)), ((14.5, -12.0, -0.05), (16.1, -10.4, 0.34))):
        made.block("metal", low, high, ZINC, bevel=0.01)
        ax, ay = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
        turned(
            made.parts["dome"],
            [(0.72, 0.34), (0.66, 0.48), (0.45, 0.60), (0.0, 0.66)],
            (ax, ay),
            linear((0.62, 0.68, 0.70)),
            20,
        )


def _aerials(made: Furniture) -> None:
    """A mast with two aerials and a dish, held by wires; a whip farther back."""
    metal = made.parts["metal"]
    x, y = -2.0, -7.6
    board(metal, (x - 0.22, y - 0.22, -0.05), (x + 0.22, y + 0.22, 0.06), linear((0.5, 0.5, 0.49)))
    leg(metal, (x, y, 0.0), (x, y, 4.6), 0.028, 0.022, GALV, 10)
    for z, turn, long in ((4.35, 0.5, 1.5), (3.7, 1.1, 1.1)):
        u = np.array([np.cos(turn), np.sin(turn), 0.0])
        v = np.array([-u[1], u[0], 0.0])
        a, b = np.array([x, y, z]) - 0.4 * long * u, np.array([x, y, z]) + 0.6 * long * u
        leg(metal, tuple(a), tuple(b), 0.010, 0.010, GALV, 6)
        for k in range(9):
            p = a + (b - a) * (k + 0.4) / 9
            half = (0.30 - 0.014 * k) * long / 1.5
            leg(metal, tuple(p - half * v), tuple(p + half * v), 0.004, 0.004, GALV, 5)
    dish = np.array([x + 0.16, y + 0.12, 2.5])
    a = np.linspace(0, 2 * np.pi, 25)
    axis = np.array([0.55, 0.70, 0.46]) / np.linalg.norm([0.55, 0.70, 0.46])
    side = np.cross(axis, (0, 0, 1))
    side /= np.linalg.norm(side)
    up = np.cross(side, axis)
    rings = [
        dish + r * (np.cos(a)[:, None] * side + np.sin(a)[:, None] * up) + d * axis
        for r, d in ((0.42, 0.10), (0.28, 0.03), (0.0, 0.0))
    ]
    for one, two in zip(rings[:-1], rings[1:], strict=True):
        patch = np.stack([one[:-1], one[1:], two[1:], two[:-1]], 1)
        metal.add(patch, None, WHITE)
        metal.add(patch[:, ::-1], None, WHITE)
    leg(metal, tuple(dish), (x, y, 2.4), 0.02, 0.02, GALV, 6)
    leg(metal, tuple(dish - 0.38 * up), tuple(dish + 0.42 * axis), 0.008, 0.008, DARK, 6)
    for angle in (0.4, 2.5, 4.6):
        leg(
            metal,
            (x + 1.6 * np.cos(angle), y + 1.6 * np.sin(angle), -0.04),
            (x, y, 3.2),
            0.004,
            0.004,
            DARK,
            4,
        )
    leg(metal, (12.5, -13.0, 0.0), (12.5, -13.0, 6.0), 0.03, 0.012, GALV, 8)
    leg(metal, (5.0, -9.9, 2.7), (5.0, -9.9, 4.4), 0.02, 0.015, GALV, 8)


def _lifeline(made: Furniture) -> None:
    """Posts with a wire along the path, for those who work at the edge: far enough behind it to help nobody."""
    y = FRONT - 0.10 - PATH - 0.12
    for x in np.arange(-2.4, 21.0, 4.0):
        turned(
            made.parts["metal"],
            [
                (0.09, -0.045),
                (0.09, -0.02),
                (0.022, 0.0),
                (0.022, 0.34),
                (0.03, 0.35),
                (0.03, 0.38),
                (0.0, 0.39),
            ],
            (float(x), y),
            YELLOW,
            12,
        )
        if x + 4.0 < 21.0:
            leg(made.parts["metal"], (float(x), y, 0.345), (float(x) + 4.0, y, 0.345), 0.005, 0.005, GALV, 5)


def shadows() -> Quads:
    """Outlines of what stands on the roof, for the shadow on it."""
    made = Quads()
    for solid in things().solids:
        made.boxes((*solid.low[:2], max(solid.low[2], 0.0)), solid.high, sides="xXyYzZ")
    leg(made, (-2.0, -7.6, 0.0), (-2.0, -7.6, 4.6), 0.03, 0.03, DARK, 6)
    return made
