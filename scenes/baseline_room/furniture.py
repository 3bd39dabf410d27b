"""What stands and hangs in the room: armchair, table, lamp, plant, shelf, sideboard, pictures, rug.

Frame: the person sits or stands at the origin and looks along +y at the front wall; metres. Used by the script that
makes the room, not while it is shown.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.baseline_room.shell import HIGH, LOW, WHITE, shell
from scenes.baseline_room.storage import CERAMIC, OAK, WALNUT, basket, pouf, shelf, sideboard
from scenes.kit.moving import loft
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import Furniture, board, leg, soft_box, turned

Array = NDArray[np.float64]

CLOTH = linear((0.52, 0.57, 0.54))
OCHRE = linear((0.76, 0.62, 0.42))
LAMP = np.array([0.50, 2.58, 1.03])
SHADE = 0.165


def armchair(made: Furniture) -> None:
    """To the right of the middle, turned towards the person."""
    cx, cy, turn = 1.28, 1.95, -0.42
    pivot = (cx, cy)
    quads = made.parts["cloth"]
    dark = (0.92 * CLOTH[0], 0.92 * CLOTH[1], 0.92 * CLOTH[2])
    for low, high, power, colour, lean in (
        ((cx - 0.35, cy - 0.36, 0.20), (cx + 0.35, cy + 0.34, 0.33), 10.0, dark, 0.0),
        ((cx - 0.285, cy - 0.42, 0.315), (cx + 0.285, cy + 0.24, 0.475), 5.0, CLOTH, 0.0),
        ((cx - 0.36, cy + 0.12, 0.22), (cx + 0.36, cy + 0.33, 0.90), 6.0, CLOTH, 0.14),
        ((cx - 0.28, cy + 0.03, 0.45), (cx + 0.28, cy + 0.19, 0.86), 4.5, CLOTH, 0.14),
        ((cx - 0.44, cy - 0.40, 0.20), (cx - 0.28, cy + 0.32, 0.61), 6.0, CLOTH, 0.0),
        ((cx + 0.28, cy - 0.40, 0.20), (cx + 0.44, cy + 0.32, 0.61), 6.0, CLOTH, 0.0),
    ):
        soft_box(quads, low, high, colour, power=power, turn=turn, pivot=pivot, lean=lean)
    soft_box(
        made.parts["wool"],
        (cx - 0.20, cy - 0.10, 0.465),
        (cx + 0.19, cy + 0.04, 0.81),
        OCHRE,
        power=3.0,
        turn=turn - 0.10,
        pivot=pivot,
        lean=0.30,
    )
    c, s = np.cos(turn), np.sin(turn)
    for dx, dy in ((-0.34, -0.30), (0.34, -0.30), (-0.34, 0.32), (0.34, 0.32)):
        x, y = cx + c * dx - s * dy, cy + s * dx + c * dy
        fx, fy = cx + c * dx * 1.08 - s * dy * 1.08, cy + s * dx * 1.08 + c * dy * 1.08
        leg(made.parts["wood"], (fx, fy, 0.0), (x, y, 0.24), 0.013, 0.022, WALNUT)
    for low, high in (
        ((cx - 0.35, cy - 0.40, 0.20), (cx + 0.35, cy + 0.30, 0.45)),
        ((cx - 0.35, cy + 0.20, 0.20), (cx + 0.35, cy + 0.38, 0.86)),
        ((cx - 0.43, cy - 0.38, 0.20), (cx - 0.29, cy + 0.31, 0.59)),
        ((cx + 0.29, cy - 0.38, 0.20), (cx + 0.43, cy + 0.31, 0.59)),
    ):
        made.solid(low, high, CLOTH, tight=0.012, turn=turn, pivot=pivot)


def table_and_lamp(made: Furniture) -> None:
    x, y = 0.46, 2.52
    wood, matt = made.parts["wood"], made.parts["matt"]
    rim = [
        (0.0, 0.52),
        (0.235, 0.52),
        (0.235, 0.52),
        (0.25, 0.53),
        (0.25, 0.545),
        (0.245, 0.55),
        (0.245, 0.55),
        (0.0, 0.55),
    ]
    turned(wood, rim, (x, y), WALNUT, 36)
    for k in range(3):
        a = 2 * np.pi * k / 3 + 0.4
        foot = (x + 0.21 * np.cos(a), y + 0.21 * np.sin(a), 0.0)
        leg(wood, foot, (x + 0.13 * np.cos(a), y + 0.13 * np.sin(a), 0.525), 0.012, 0.020, WALNUT)
    made.round_solid((x, y), 0.25, 0.522, 0.548, WALNUT)
    lx, ly, lz = LAMP
    foot = [
        (0.0, 0.551),
        (0.078, 0.551),
        (0.082, 0.556),
        (0.080, 0.566),
        (0.045, 0.60),
        (0.058, 0.66),
        (0.066, 0.72),
    ]
    foot += [(0.058, 0.78), (0.030, 0.835), (0.013, 0.85), (0.011, 0.94)]
    turned(made.parts["glazed"], foot, (lx, ly), linear((0.62, 0.68, 0.67)), 28)
    made.round_solid((lx, ly), 0.05, 0.56, 0.83, linear((0.62, 0.68, 0.67)))
    shade = made.parts["shade"]
    for profile in (
        [(SHADE, lz - 0.115), (0.115, lz + 0.115)],
        [(0.113, lz + 0.115), (SHADE - 0.002, lz - 0.115)],
    ):
        turned(shade, profile, (lx, ly), (1, 1, 1), 36)
    # a cup, a book with its ribbon
    cup = [
        (0.0, 0.551),
        (0.026, 0.551),
        (0.034, 0.572),
        (0.038, 0.632),
        (0.036, 0.634),
        (0.034, 0.632),
        (0.030, 0.58),
        (0.0, 0.575),
    ]
    turned(made.parts["glazed"], cup, (x - 0.13, y - 0.04), CERAMIC, 24)
    board(matt, (x - 0.07, y - 0.20, 0.551), (x + 0.12, y - 0.07, 0.573), linear((0.43, 0.49, 0.55)))
    board(
        matt,
        (x - 0.066, y - 0.204, 0.555),
        (x + 0.117, y - 0.199, 0.569),
        linear((0.88, 0.86, 0.80)),
        bevel=0.0,
    )


def plant(made: Furniture) -> None:
    x, y = -2.05, 2.50
    pot = [
        (0.0, 0.0),
        (0.125, 0.0),
        (0.13, 0.005),
        (0.17, 0.30),
        (0.178, 0.32),
        (0.170, 0.325),
        (0.158, 0.32),
        (0.15, 0.28),
    ]
    turned(made.parts["glazed"], pot, (x, y), CERAMIC, 32)
    turned(made.parts["matt"], [(0.152, 0.285), (0.0, 0.29)], (x, y), linear((0.24, 0.19, 0.15)), 20)
    made.round_solid((x, y), 0.16, 0.0, 0.29, CERAMIC)
    made.solid(
        (x - 0.2, y - 0.2, 0.75), (x + 0.22, y + 0.2, 1.25), linear((0.30, 0.38, 0.24)), lets_through=0.45
    )
    rng = np.random.default_rng(5)
    for k in range(46):
        a = k * 2.39996
        rise, lean = 0.22 + 1.05 * rng.uniform() ** 0.8, rng.uniform(0.06, 0.34)
        foot = np.array([x + 0.03 * np.cos(a), y + 0.03 * np.sin(a), 0.28])
        tip = np.array([x + lean * np.cos(a), y + lean * np.sin(a), 0.32 + rise])
        _leaf(made, foot, tip, rng)


def _leaf(made: Furniture, foot: Array, tip: Array, rng: np.random.Generator) -> None:
    """A stem and a broad leaf that hangs from its end."""
    out = tip - foot
    out[2] = 0.0
    out /= max(np.linalg.norm(out), 1e-6)
    side = np.array([-out[1], out[0], 0.0])
    tint = np.array(linear((0.86, 0.88, 0.80))) * rng.uniform(0.75, 1.15)
    stem = made.parts["matt"]
    line = foot + np.linspace(0, 1, 5)[:, None] ** [[1.6, 1.6, 1.0]] * (tip - foot)
    for ring in (-1.0, 1.0):
        rings = np.stack([line - ring * 0.004 * side, line + ring * 0.004 * side], axis=1)
        loft(stem, rings, np.broadcast_to(np.array(linear((0.36, 0.44, 0.26))), (4, 1, 3)))
    long, wide = rng.uniform(0.19, 0.30), rng.uniform(0.048, 0.075)
    s = np.linspace(0.0, 1.0, 8)
    droop = rng.uniform(0.3, 1.0)
    spine = tip + np.outer(s * long, out) + np.outer(long * (0.40 * s - droop * s**2), (0, 0, 1))
    breadth = wide * np.sin(np.pi * np.clip(s * 0.95 + 0.04, 0, 1)) ** 0.75
    lift = np.array([0, 0, 0.16]) * breadth[:, None]
    left, right = spine - breadth[:, None] * side + lift, spine + breadth[:, None] * side + lift
    rings = np.stack([left, spine, right], axis=1)
    rings[..., 0] = np.maximum(rings[..., 0], LOW[0] + 0.02)
    rings[..., 1] = np.minimum(rings[..., 1], HIGH[1] - 0.03)
    uvs = np.stack(np.broadcast_arrays(s[:, None], np.array([0.0, 0.5, 1.0])[None, :]), axis=-1)
    leaf = made.parts["leaf"]
    loft(leaf, rings, np.broadcast_to(tint, (7, 2, 3)), uvs)
    loft(leaf, rings[:, ::-1], np.broadcast_to(tint * 0.92, (7, 2, 3)), uvs[:, ::-1])


PRINTS = {
    "hills": (0.0, 1.0, 0.0, 1 / 3),
    "fern": (0.0, 0.5, 1 / 3, 2 / 3),
    "twig": (0.5, 1.0, 1 / 3, 2 / 3),
    "dunes": (0.0, 1.0, 2 / 3, 1.0),
}
"""Where each painting lies in the picture of paintings: u and v, from and to."""


def pictures(made: Furniture) -> None:
    """A landscape over the armchair, leaves on paper on the other walls."""
    _framed(made, "Y", HIGH[1], (0.66, 1.86), (1.28, 2.08), "hills")
    for name, a in (("fern", 0.02), ("twig", 0.66)):
        _framed(made, "x", LOW[0], (a, a + 0.50), (1.22, 1.86), name)
    _framed(made, "X", HIGH[0], (-0.36, 0.06), (1.24, 1.78), "twig")
    _framed(made, "y", LOW[1], (-1.42, -0.34), (1.26, 1.98), "dunes")


def _framed(
    made: Furniture, side: str, wall: float, span: tuple[float, float], rise: tuple[float, float], name: str
) -> None:
    """``side``: the wall's axis, lower case where the room lies above it."""
    out = 1.0 if side.islower() else -1.0
    (a0, a1), (z0, z1), t, deep = span, rise, 0.028, 0.028

    def place(a: float, d: float, z: float) -> tuple[float, float, float]:
        return (a, wall + out * d, z) if side in "yY" else (wall + out * d, a, z)

    drawn = "xXyYzZ".replace({"x": "x", "X": "X", "y": "y", "Y": "Y"}[side], "")
    for b0, b1, y0, y1 in (
        (a0, a1, z0, z0 + t),
        (a0, a1, z1 - t, z1),
        (a0, a0 + t, z0 + t, z1 - t),
        (a1 - t, a1, z0 + t, z1 - t),
    ):
        ends = np.array([place(b0, 0.0, y0), place(b1, deep, y1)])
        board(made.parts["wood"], ends.min(axis=0), ends.max(axis=0), OAK, sides=drawn, bevel=0.003)
    a0, a1, z0, z1 = a0 + t, a1 - t, z0 + t, z1 - t
    # from the lower left corner as seen from the room
    first, last = (a0, a1) if side in "xY" else (a1, a0)
    u0, u1, v0, v1 = PRINTS[name]
    corners = [
        place(first, 0.012, z0),
        place(last, 0.012, z0),
        place(last, 0.012, z1),
        place(first, 0.012, z1),
    ]
    made.parts["painting"].add(corners, [[u0, v0], [u1, v0], [u1, v1], [u0, v1]])
    ends = np.array([place(a0, 0.0, z0), place(a1, 0.02, z1)])
    low, high = (tuple(float(v) for v in ends.min(axis=0)), tuple(float(v) for v in ends.max(axis=0)))
    made.solid(low, high, linear((0.7, 0.7, 0.66)), tight=0.0)  # type: ignore[arg-type]


def rug_edges(made: Furniture) -> None:
    x0, x1, y0, y1 = RUG
    board(
        made.parts["wool"],
        (x0 - 0.008, y0 - 0.008, 0.0),
        (x1 + 0.008, y1 + 0.008, 0.0115),
        linear((0.72, 0.66, 0.57)),
        sides="xXyYZ",
        bevel=0.004,
    )


RUG = (-1.05, 1.05, 0.30, 1.75)


def furnish() -> Furniture:
    made = Furniture()
    for add in (shell, armchair, table_and_lamp, plant, pictures, shelf, sideboard, rug_edges, pouf, basket):
        made.group = "" if add is shell else add.__name__
        add(made)
    return made


def curtain(side: float) -> Quads:
    """One half, hanging in folds from x = 0 outwards to ``side``; its top at z = 0."""
    quads = Quads()
    n, rows, wide, tall = 72, 10, 0.42, 2.19
    s, h = np.linspace(0.0, 1.0, n + 1)[None, :], np.linspace(0.0, 1.0, rows + 1)[:, None]
    depth = 0.026 * (0.75 + 0.25 * np.sin(9.0 * s + 1.3)) * (0.6 + 0.4 * h)
    fold = depth * np.sin(s * 2 * np.pi * 6.5 + 0.5 * np.sin(h * 2.4 + 3.0 * s))
    x = side * (s * wide * (1.0 + 0.07 * h) + 0.003 * np.sin(s * 2 * np.pi * 13.0))
    rings = np.stack([np.broadcast_to(x, fold.shape), fold, np.broadcast_to(-tall * h, fold.shape)], axis=-1)
    rings = rings[::-1] if side > 0 else rings[::-1, ::-1]
    uvs = np.stack(np.broadcast_arrays(s * 1.3 * side, -tall * h / 0.5), axis=-1)
    uvs = uvs[::-1] if side > 0 else uvs[::-1, ::-1]
    loft(quads, rings, np.broadcast_to(np.array(WHITE) * (0.93, 0.91, 0.86), (rows, n, 3)), uvs)
    return quads
