"""Shops on the ground floor: piers, fronts that lie back, awnings, signs that stand out. Pictures: ``shops.jpg``, whose
sixteen shops are those of ``assets/scripts/make_city_shops.py``, in their order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import WALL_M, Parts, Plane
from scenes.kit.quads import Quads, Z, linear

Array = NDArray[np.float64]

SHOPS = 16
PHARMACY, CAFE = 1, 2
UNIT_M = 4.6
"""A shop takes at least so much of the front."""
DEEP_M = 0.30
SIGN_M = 0.13
"""How far the boards with the names stand out of the wall."""
SIGN_TOP, SIGN_LOW = 0.024, 0.156
"""Where they lie in a shop's picture and on its front, shares from the top."""
DARK = linear((0.22, 0.22, 0.22))

Colour = tuple[float, float, float]

CLOTHS: tuple[tuple[Colour, Colour | None], ...] = (
    (linear((0.62, 0.31, 0.28)), linear((0.90, 0.87, 0.80))),
    (linear((0.22, 0.36, 0.30)), None),
    (linear((0.86, 0.82, 0.72)), None),
    (linear((0.24, 0.31, 0.46)), linear((0.88, 0.88, 0.86))),
    (linear((0.74, 0.54, 0.22)), None),
    (linear((0.30, 0.44, 0.26)), linear((0.88, 0.87, 0.80))),
    (linear((0.44, 0.16, 0.20)), None),
)
"""Of awnings: the cloth, and the other colour of those that are striped."""
GREEN_LIGHT = linear((0.10, 0.72, 0.36))
IRON = linear((0.16, 0.17, 0.18))


def numbers(plane: Plane, count: int) -> NDArray[np.int_]:
    """Which shops stand in a front: along a street sixteen pass before any comes again."""
    first = round(float(plane.origin @ plane.along) / UNIT_M)
    return np.asarray((5 * (first + np.arange(count)) + 7) % SHOPS)


def ground_floor(
    parts: Parts, plane: Plane, width: float, high: float, wall: Quads, tint: Colour, awnings: bool
) -> None:
    """All shops of one front, ``high`` metres high."""
    count = max(1, int(width / UNIT_M))
    unit = width / count
    i = np.arange(count)
    x0, x1 = i * unit + 0.35, (i + 1) * unit - 0.35
    darker = tuple(0.86 * c for c in tint)
    plane.rect(wall, i * unit, x0, 0.0, high, tint=darker)
    plane.rect(wall, x1, (i + 1) * unit, 0.0, high, tint=darker)
    back, up, over = -DEEP_M * plane.out, high * Z, (x1 - x0)[:, None] * plane.along
    wall.rect(plane.at(x0, 0.0), back, up, tint=darker, metres=WALL_M)
    wall.rect(plane.at(x1, 0.0, -DEEP_M), -back, up, tint=darker, metres=WALL_M)
    wall.rect(plane.at(x0, high, -DEEP_M), over, -back, tint=darker, metres=WALL_M)
    which = numbers(plane, count)
    u0, v0 = which % 4 / 4.0, 1.0 - (which // 4 + 1) / 4.0
    uvs = np.stack(
        [np.stack([u0 + a * 0.25, v0 + b * 0.25], 1) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))], 1
    )
    corners = np.stack(
        [
            plane.at(x, z, -DEEP_M)
            for x, z in ((x0, 0 * x0), (x1, 0 * x0), (x1, 0 * x0 + high), (x0, 0 * x0 + high))
        ],
        1,
    )
    parts["shops"].add(corners, uvs)
    # the board with the name stands out, so that it is read from above too
    a, b, low, top = x0 - 0.04, x1 + 0.04, high * (1.0 - SIGN_LOW), high * (1.0 - SIGN_TOP)
    board = np.stack([plane.at(x, z, SIGN_M) for x, z in ((a, low), (b, low), (b, top), (a, top))], 1)
    v1, v2 = v0 + 0.25 * (1.0 - SIGN_LOW), v0 + 0.25 * (1.0 - SIGN_TOP)
    parts["shops"].add(
        board,
        np.stack([np.stack([u0 + u, v], 1) for u, v in ((0.0, v1), (0.25, v1), (0.25, v2), (0.0, v2))], 1),
    )
    out, rise = np.tile((SIGN_M + DEEP_M) * plane.out, (count, 1)), np.tile((top - low) * Z, (count, 1))
    for quads, at, p, q in (
        (parts["plain"], plane.at(a, low, -DEEP_M), (b - a)[:, None] * plane.along, out),
        (parts["plain"], plane.at(a, top, SIGN_M), (b - a)[:, None] * plane.along, -out),
        (parts["plain"], plane.at(a, low, -DEEP_M), out, rise),
        (parts["plain"], plane.at(b, low, SIGN_M), -out, rise),
    ):
        quads.rect(at, p, q, tint=DARK)
    # foot of the piers: darker stone, which takes the splashes
    plane.slab(
        parts["plain"], i * unit - 0.02, x0 + 0.02, 0.0, 0.42, 0.0, 0.03, tint=linear((0.50, 0.49, 0.47))
    )
    if not awnings:
        return
    for shop, a, b in zip(which, x0, x1, strict=True):
        if shop == PHARMACY:
            _cross(parts, plane, b + 0.18, high - 0.75)
        if shop in (0, CAFE, 4, 6, 11, 13):
            _awning(parts, plane, a - 0.06, b + 0.06, high - 0.66, CLOTHS[(shop * 3 + 2) % len(CLOTHS)], shop)
        elif shop in (3, 5, 12):
            _blade(parts, plane, b + 0.18, high - 0.70, CLOTHS[shop % len(CLOTHS)][0])


def _awning(
    parts: Parts, plane: Plane, a: float, b: float, top: float, cloth: tuple[Colour, Colour | None], shop: int
) -> None:
    """A cloth let out over the pavement, striped or plain, with a valance and its arms."""
    out, fall = (1.45, 0.50) if shop == CAFE else (1.05 + 0.06 * (shop % 4), 0.40)
    strips = max(1, round((b - a) / 0.38)) if cloth[1] else 1
    edges = np.linspace(a, b, strips + 1)
    x0, x1 = edges[:-1], edges[1:]
    tint = np.array([cloth[k % 2] if cloth[1] else cloth[0] for k in range(strips)])
    low, quads = top - fall, parts["plain"]
    corners = np.stack(
        [plane.at(x, z, d) for x, z, d in ((x0, low, out), (x1, low, out), (x1, top, 0.0), (x0, top, 0.0))], 1
    )
    quads.add(corners, None, tint)
    quads.add(corners[:, [1, 0, 3, 2]], None, 0.55 * tint)
    plane.rect(quads, x0, x1, low - 0.22, low, out, tint=0.92 * tint)
    side = np.array([plane.at(x, z, d)[0] for x, z, d in ((a, low, 0.0), (a, low, out), (a, top, 0.0))])
    for ends in ([side[0], side[1], side[2], side[2]], [side[1], side[0], side[2], side[2]]):
        quads.add(ends, None, 0.8 * tint[0])
        quads.add(np.array(ends)[[0, 1, 2, 3]] + (b - a) * plane.along, None, 0.8 * tint[0])


def _cross(parts: Parts, plane: Plane, x: float, z: float) -> None:
    """A pharmacy's cross, which stands out from the wall."""
    bar = parts["plain"]
    plane.slab(bar, x - 0.02, x + 0.02, z - 0.02, z + 0.02, 0.0, 0.35, tint=IRON)
    plane.slab(bar, x - 0.06, x + 0.06, z - 0.13, z + 0.13, 0.25, 1.03, tint=GREEN_LIGHT)
    plane.slab(bar, x - 0.06, x + 0.06, z - 0.39, z + 0.39, 0.51, 0.77, tint=GREEN_LIGHT)


def _blade(parts: Parts, plane: Plane, x: float, z: float, tint: Colour) -> None:
    """A board on an arm."""
    plane.slab(parts["plain"], x - 0.015, x + 0.015, z + 0.30, z + 0.33, 0.0, 0.85, tint=IRON)
    plane.slab(parts["plain"], x - 0.02, x + 0.02, z - 0.30, z + 0.26, 0.20, 0.80, tint=tint)
    plane.slab(
        parts["plain"], x - 0.026, x + 0.026, z - 0.20, z + 0.16, 0.30, 0.70, tint=linear((0.86, 0.82, 0.70))
    )
