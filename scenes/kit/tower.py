"""The tower that the platform hangs on: a slab of flats with columns of balconies beside a strip of wall and windows.

It is made in three parts, so that a scene can set its floors where it needs them: the ``shaft`` with all that lies
beside the strip, the ``strip`` in whose middle a balcony or a platform stands, and the ``plinth`` at the street, which
hides where a shifted shaft goes into the ground. Only what can be seen from before its front and from above is made.
"""

from __future__ import annotations

import numpy as np

from scenes.kit import shopfronts
from scenes.kit.facades import Parts, Plane, painted
from scenes.kit.quads import X, Y, Z, linear
from scenes.kit.town import KERB, TOWER, TOWER_TOP

STOREY = 3.0
GROUND = 3.02
WALL = linear((0.78, 0.75, 0.70))
SLAB = linear((0.72, 0.71, 0.69))
PANEL = linear((0.56, 0.55, 0.53))
FRAME = linear((0.34, 0.34, 0.35))
OCHRE = linear((0.72, 0.60, 0.42))
SAGE = linear((0.54, 0.60, 0.54))
STRIP = 6.4
"""Width (m) of the strip at the left corner, in whose middle the platform hangs."""
WINDOWS = ((0.35, 1.35), (5.05, 6.05))
"""Where the strip's windows stand, m from its right end (seen from outside: its left)."""


def raise_tower(rng: np.random.Generator) -> dict[str, Parts]:
    """The three parts, in the town's frame."""
    made = {name: Parts() for name in ("shaft", "strip", "plinth")}
    x0, _, x1, y1 = TOWER
    front = Plane(np.array([x1, y1, KERB]), -X, Y)
    wide = x1 - x0
    top = TOWER_TOP - KERB
    levels = GROUND + STOREY * np.arange(round((top - GROUND) / STOREY))
    _strip(made["strip"], front, wide - STRIP, levels, rng)
    _flats(made["shaft"], front, wide - STRIP, levels, top, rng)
    _plinth(made["plinth"], front, wide)
    return made


def _strip(parts: Parts, front: Plane, at: float, levels: np.ndarray, rng: np.random.Generator) -> None:
    """Wall with a slab's edge a storey, and windows that lie back in it."""
    wall, plain = parts["wall_stucco"], parts["plain"]
    low, high, deep = levels + 0.75, levels + 2.45, 0.14
    edges = [at, *(at + x for pair in WINDOWS for x in pair), at + STRIP]
    for k in range(0, len(edges) - 1, 2):
        front.rect(wall, edges[k], edges[k + 1], levels, levels + STOREY, tint=WALL)
    for a, b in WINDOWS:
        x0, x1 = at + a, at + b
        front.rect(wall, x0, x1, levels, low, tint=WALL)
        front.rect(wall, x0, x1, high, levels + STOREY, tint=WALL)
        n = len(levels)
        up, over, back = np.tile(1.7 * Z, (n, 1)), np.tile((b - a) * front.along, (n, 1)), -deep * front.out
        reveal = tuple(0.9 * c for c in WALL)
        wall.rect(front.at(x0, low), back, up, tint=reveal, metres=4.0)
        wall.rect(front.at(x1, low, -deep), -back, up, tint=reveal, metres=4.0)
        wall.rect(front.at(x0, high, -deep), over, -back, tint=reveal, metres=4.0)
        pick = rng.integers(4, 8, n) / 8.0
        uvs = np.stack(
            [
                np.stack([pick + du, 0 * pick + v], 1)
                for du, v in ((0.004, 0.002), (0.121, 0.002), (0.121, 0.248), (0.004, 0.248))
            ],
            1,
        )
        corners = np.stack(
            [front.at(x0 + x, low + z, -deep) for x, z in ((0, 0), (b - a, 0), (b - a, 1.7), (0, 1.7))], 1
        )
        parts["windows"].add(corners, uvs)
        front.slab(plain, x0 - 0.08, x1 + 0.08, low - 0.07, low, -deep, 0.07, tint=SLAB)
        front.slab(plain, x0 - 0.05, x1 + 0.05, high, high + 0.05, 0.0, 0.04, tint=FRAME)
    front.slab(plain, at, at + STRIP, levels - 0.16, levels, 0.0, 0.05, tint=SLAB, ends=False)
    # a downpipe near the corner, with a clamp a storey
    pipe = at + STRIP - 0.18
    front.slab(plain, pipe, pipe + 0.09, levels, levels + STOREY, 0.05, 0.14, tint=FRAME)
    front.slab(plain, pipe - 0.02, pipe + 0.11, levels + 1.4, levels + 1.46, 0.0, 0.16, tint=FRAME)


def _flats(
    parts: Parts, front: Plane, wide: float, levels: np.ndarray, top: float, rng: np.random.Generator
) -> None:
    """Windows behind columns of balconies, on which people live."""
    above = Plane(front.origin + (0, 0, GROUND), front.along, front.out)
    painted(parts, above, wide, 0.0, top - GROUND, "ribbon", WALL, rng, storey=STOREY)
    plain, rough = parts["plain"], parts["wall_concrete"]
    cx, cz = (v.ravel() for v in np.meshgrid(np.array([0.9, 5.1, 9.3, 13.5]), levels))
    front.slab(rough, cx, cx + 3.6, cz - 0.18, cz, 0.0, 1.35, tint=SLAB)
    # fronts of three panels with gaps between them, coloured by column; their inner sides, a cap that catches the light
    colours = np.array([PANEL, OCHRE, PANEL, SAGE])[(cx / 4.2).astype(int)]
    inner = Plane(front.at(0.0, 0.0, 1.29)[0] + wide * front.along, -front.along, -front.out)
    for k in range(3):
        a, b = cx + 0.02 + 1.2 * k, cx + 1.18 + 1.2 * k
        front.slab(plain, a, b, cz + 0.06, cz + 0.98, 1.30, 1.335, tint=colours, caps=False)
        inner.rect(plain, wide - b, wide - a, cz + 0.06, cz + 0.98, d=-0.01, tint=0.8 * colours)
    for post in (cx, cx + 1.18, cx + 2.38, cx + 3.56):
        front.slab(plain, post, post + 0.04, cz - 0.1, cz + 1.02, 1.28, 1.32, tint=FRAME, caps=False)
    front.slab(plain, cx - 0.03, cx + 3.63, cz + 1.02, cz + 1.06, 1.26, 1.37, tint=FRAME)
    for side in (cx, cx + 3.56):
        front.slab(plain, side, side + 0.04, cz + 0.06, cz + 1.0, 0.0, 1.28, tint=0.9 * colours, caps=False)
    tones = [
        linear(c)
        for c in (
            (0.62, 0.40, 0.30),
            (0.30, 0.40, 0.24),
            (0.80, 0.78, 0.72),
            (0.45, 0.36, 0.28),
            (0.36, 0.42, 0.50),
            (0.70, 0.62, 0.30),
        )
    ]
    for x, z in zip(cx, cz, strict=True):
        # chairs, pots, boxes
        for _ in range(int(rng.integers(0, 4))):
            a, size = x + rng.uniform(0.15, 2.9), rng.uniform(0.25, 0.55)
            deep = rng.uniform(0.15, 0.6)
            high = z + rng.uniform(0.3, 0.95)
            front.slab(plain, a, a + size, z, high, deep, deep + size, tint=tones[rng.integers(len(tones))])
        if rng.uniform() < 0.22:  # an awning that is let down
            a, tone = x + 0.2, tones[rng.integers(len(tones))]
            cloth = np.stack(
                [front.at(a + u, z + v, d)[0] for u, v, d in ((0, 2.15, 1.5), (3.2, 2.15, 1.5), (3.2, 2.7, 0.05), (0, 2.7, 0.05))]
            )  # fmt: skip
            plain.add(cloth, None, tone)
            plain.add(cloth[[1, 0, 3, 2]], None, tuple(0.6 * c for c in tone))


def _plinth(parts: Parts, front: Plane, wide: float) -> None:
    """Shops and a portal at the street; a plain wall under the strip."""
    out = Plane(front.at(0.0, 0.0, 0.30)[0], front.along, front.out)
    rest = wide - STRIP
    shopfronts.ground_floor(parts, out, rest, GROUND, parts["wall_concrete"], PANEL, False)
    front.slab(parts["plain"], 0.0, rest, GROUND - 0.05, GROUND + 0.06, 0.0, 0.42, tint=SLAB)
    front.slab(parts["wall_concrete"], rest - 0.4, rest, 0.0, GROUND, 0.0, 0.30, tint=PANEL)
    front.slab(parts["plain"], 8.2, 13.2, 2.5, 2.72, 0.3, 2.2, tint=SLAB)
