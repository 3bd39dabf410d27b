"""The ground: roadways, crossings, kerbs, pavements, yards, parks, cut finely enough for light to vary over them."""

from __future__ import annotations

import numpy as np

from scenes.kit.facades import Parts
from scenes.kit.quads import Quads, linear
from scenes.kit.town import (
    COLUMNS,
    KERB,
    MAIN_ROAD,
    MAIN_WIDE,
    MAIN_Y0,
    PITCH_X,
    PITCH_Y,
    ROWS,
    SIDE_ROAD,
    SIDE_WIDE,
    SIDE_X0,
    Town,
    block,
)


def _sheet(
    quads: Quads,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    z: float,
    step: float,
    u: tuple[float, float, float, float],
    turned: bool,
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> None:
    """Flat ground in pieces of about ``step`` m. ``u``: texture coordinates at x0, x1, y0, y1 (swapped if turned)."""
    nx, ny = max(1, round((x1 - x0) / step)), max(1, round((y1 - y0) / step))
    i, j = (v.ravel() for v in np.meshgrid(np.arange(nx), np.arange(ny)))
    corners, uvs = [], []
    for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)):
        s, t = (i + a) / nx, (j + b) / ny
        corners.append(np.stack([x0 + (x1 - x0) * s, y0 + (y1 - y0) * t, np.full(len(s), z)], 1))
        su, tu = u[0] + (u[1] - u[0]) * s, u[2] + (u[3] - u[2]) * t
        uvs.append(np.stack([tu, su] if turned else [su, tu], 1))
    quads.add(np.stack(corners, 1), np.stack(uvs, 1), tint)


def metres(
    quads: Quads,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    z: float,
    step: float,
    size: float,
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> None:
    """Flat ground whose texture repeats every ``size`` m, aligned to the world."""
    _sheet(quads, x0, y0, x1, y1, z, step, (x0 / size, x1 / size, y0 / size, y1 / size), False, tint)


def _step(x0: float, y0: float, x1: float, y1: float) -> float:
    near = np.hypot((x0 + x1) / 2, (y0 + y1) / 2 - 8.0)
    return 3.0 if near < 90 else 8.0 if near < 180 else 25.0


KERB_WIDE = 0.30


def _kerb(parts: Parts, a: tuple[float, float], b: tuple[float, float], step: float) -> None:
    """Kerb stones from a to b, top and face; what lies to the right of the way is the road."""
    p, q = np.array([*a, 0.0]), np.array([*b, 0.0])
    way = q - p
    long = float(np.linalg.norm(way))
    along = way / long
    inward = np.array([-along[1], along[0], 0.0])
    n = max(1, round(long / step))
    s = np.linspace(0.0, long, n + 1)
    u0, u1 = s[:-1] / 4.0, s[1:] / 4.0
    x0, x1 = p + s[:-1, None] * along, p + s[1:, None] * along
    up, over = np.array([0.0, 0.0, KERB]), inward * KERB_WIDE
    # corners are mitred
    cut = np.zeros((n, 3)), np.zeros((n, 3))
    cut[0][0], cut[1][-1] = along * KERB_WIDE, -along * KERB_WIDE
    for corners, v0, v1 in (
        (np.stack([x0, x1, x1 + up, x0 + up], 1), 0.0, 0.25),
        (np.stack([x0 + up, x1 + up, x1 + up + over + cut[1], x0 + up + over + cut[0]], 1), 0.25, 1.0),
    ):
        uvs = np.stack(
            [np.stack([u, np.full(n, v)], 1) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))], 1
        )
        parts["kerb"].add(corners, uvs)


def lay(parts: Parts, town: Town) -> None:
    """All of the ground within the grid."""
    half_main, half_side = MAIN_ROAD / 2, SIDE_ROAD / 2
    for row in ROWS:
        y = MAIN_Y0 + PITCH_Y * row
        for column in COLUMNS:
            x0, _, x1, _ = block(column, row)
            _main(parts, x0 - (SIDE_WIDE - SIDE_ROAD) / 2, x1 + (SIDE_WIDE - SIDE_ROAD) / 2, y, half_main)
            cx = SIDE_X0 + PITCH_X * column
            metres(
                parts["junction"],
                cx - half_side,
                y - half_main,
                cx + half_side,
                y + half_main,
                0.0,
                _step(cx, y, cx, y),
                12.0,
            )
            _side(parts, cx, y + half_main, y + PITCH_Y - half_main, half_side)
            _pavements(parts, column, row)
    for x0, y0, x1, y1 in town.yards:
        metres(
            parts["pavement"],
            x0,
            y0,
            x1,
            y1,
            KERB,
            max(6.0, _step(x0, y0, x1, y1)),
            4.0,
            linear((0.84, 0.83, 0.80)),
        )
        metres(parts["grass"], x0 + 7, y0 + 6, x1 - 7, y1 - 6, KERB + 0.04, 8.0, 6.0)
    for x0, y0, x1, y1 in town.parks:
        metres(parts["grass"], x0, y0, x1, y1, KERB, 8.0, 6.0)
        mx, my = (x0 + x1) / 2, (y0 + y1) / 2
        sand = linear((0.86, 0.80, 0.68))
        metres(parts["wall_stucco"], x0, my - 2, x1, my + 2, KERB + 0.05, 10.0, 4.0, sand)
        metres(parts["wall_stucco"], mx - 2, y0, mx + 2, y1, KERB + 0.06, 10.0, 4.0, sand)
        metres(parts["wall_stucco"], mx - 9, my - 9, mx + 9, my + 9, KERB + 0.07, 6.0, 4.0, sand)


def _main(parts: Parts, x0: float, x1: float, y: float, half: float) -> None:
    """Roadway along x between two junctions, with a crossing at each end."""
    step = _step(x0, y - half, x1, y + half)
    a, b = x0 + 0.6, x1 - 0.6
    # bars of 1.25 m: eight of them over the roadway, each picture holds four
    for lo, hi in ((a, a + 3.4), (b - 3.4, b)):
        _sheet(parts["crossing"], lo, y - half, hi, y + half, 0.0, step, (0.0, 1.0, 0.0, 2.0), True)
    for lo, hi in ((x0, a), (b, x1)):
        metres(parts["junction"], lo, y - half, hi, y + half, 0.0, step, 12.0)
    _sheet(
        parts["road"],
        a + 3.4,
        y - half,
        b - 3.4,
        y + half,
        0.0,
        step,
        (0.0, round((b - a - 6.8) / 12.0), 1.0, 0.0),
        True,
    )


def _side(parts: Parts, x: float, y0: float, y1: float, half: float) -> None:
    step = _step(x, y0, x, y1)
    pave = (MAIN_WIDE - MAIN_ROAD) / 2
    a, b = y0 + pave - 3.9, y1 - pave + 3.9
    for lo, hi in ((a, a + 3.2), (b - 3.2, b)):
        _sheet(parts["crossing"], x - half, lo, x + half, hi, 0.0, step, (0.0, 2.0, 0.0, 1.0), False)
    for lo, hi in ((y0, a), (b, y1)):
        metres(parts["junction"], x - half, lo, x + half, hi, 0.0, step, 12.0)
    _sheet(
        parts["side_road"],
        x - half,
        a + 3.2,
        x + half,
        b - 3.2,
        0.0,
        step,
        (0.0, 1.0, 0.0, round((b - a - 6.4) / 12.0)),
        False,
    )


def _pavements(parts: Parts, column: int, row: int) -> None:
    """The ring of pavement around one block, and its kerb."""
    x0, y0, x1, y1 = block(column, row)
    wx, wy = (SIDE_WIDE - SIDE_ROAD) / 2, (MAIN_WIDE - MAIN_ROAD) / 2
    step = _step(x0, y0, x1, y1) if abs(column) + abs(row) > 1 else 2.4
    walk, k = parts["pavement"], KERB_WIDE
    metres(walk, x0 - wx + k, y0 - wy + k, x1 + wx - k, y0, KERB, step, 4.0)
    metres(walk, x0 - wx + k, y1, x1 + wx - k, y1 + wy - k, KERB, step, 4.0)
    metres(walk, x0 - wx + k, y0, x0, y1, KERB, step, 4.0)
    metres(walk, x1, y0, x1 + wx - k, y1, KERB, step, 4.0)
    ring = ((x0 - wx, y0 - wy), (x1 + wx, y0 - wy), (x1 + wx, y1 + wy), (x0 - wx, y1 + wy))
    for side in range(4):
        _kerb(parts, ring[side], ring[(side + 1) % 4], 8.0 if step < 3.5 else 120.0)
