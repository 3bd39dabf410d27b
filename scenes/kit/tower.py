"""The tower that the platform hangs on: a slab of flats with columns of balconies beside a bare strip of wall."""

from __future__ import annotations

import numpy as np

from scenes.kit.facades import Parts, Plane, painted
from scenes.kit.quads import X, Y, linear
from scenes.kit.town import KERB, TOWER, TOWER_TOP

STOREY = 3.0
GROUND = 4.5
WALL = linear((0.78, 0.75, 0.70))
SLAB = linear((0.72, 0.71, 0.69))
PANEL = linear((0.56, 0.55, 0.53))
STRIP = 6.4
"""Width (m) of the bare strip at the left corner, in whose middle the platform hangs."""


def raise_tower(parts: Parts, rng: np.random.Generator) -> None:
    x0, y0, x1, y1 = TOWER
    front = Plane(np.array([x1, y1, KERB]), -X, Y)
    wide = x1 - x0
    top = TOWER_TOP - KERB
    # the strip of the platform: wall with a seam a storey; the rest: windows behind balconies
    strip = parts["wall_stucco"]
    rows = np.arange(0.0, top, STOREY)
    front.rect(strip, wide - STRIP, wide, rows, np.minimum(rows + STOREY, top), tint=WALL)
    levels = GROUND + STOREY * np.arange(int((top - GROUND) / STOREY))
    front.slab(parts["plain"], wide - STRIP, wide, levels - 0.16, levels, 0.0, 0.05, tint=SLAB, ends=False)
    for a in (wide - STRIP + 0.35, wide - 1.35):
        z0, column = levels + 0.75, np.full(len(levels), a)
        pick = rng.integers(4, 8, len(levels))
        u0 = pick / 8.0
        uvs = np.stack(
            [
                np.stack([u0 + du, 0 * u0 + v], 1)
                for du, v in ((0.004, 0.002), (0.121, 0.002), (0.121, 0.248), (0.004, 0.248))
            ],
            1,
        )
        corners = np.stack(
            [front.at(column + x, z0 + z, 0.012) for x, z in ((0, 0), (1.0, 0), (1.0, 1.7), (0, 1.7))], 1
        )
        parts["windows"].add(corners, uvs)
        front.slab(parts["plain"], column - 0.08, column + 1.08, z0 - 0.08, z0, 0.0, 0.06, tint=SLAB)
        front.slab(parts["plain"], column - 0.08, column + 1.08, z0 + 1.7, z0 + 1.76, 0.0, 0.06, tint=SLAB)
        for side in (column - 0.06, column + 1.0):
            front.slab(parts["plain"], side, side + 0.06, z0, z0 + 1.7, 0.0, 0.06, tint=SLAB, ends=True)
    rest = Plane(front.origin, -X, Y)
    painted(
        parts,
        Plane(rest.origin + (0, 0, GROUND), -X, Y),
        wide - STRIP,
        0.0,
        top - GROUND,
        "ribbon",
        WALL,
        rng,
        storey=STOREY,
    )
    front.rect(parts["wall_concrete"], 0.0, wide - STRIP, 0.0, GROUND, tint=PANEL)
    columns = np.array([0.9, 5.1, 9.3, 13.5])
    cx, cz = (v.ravel() for v in np.meshgrid(columns, levels))
    front.slab(parts["plain"], cx, cx + 3.6, cz - 0.18, cz, 0.0, 1.35, tint=SLAB)
    front.slab(parts["plain"], cx, cx + 3.6, cz, cz + 1.02, 1.29, 1.35, tint=PANEL)
    for side in (cx, cx + 3.55):
        front.slab(parts["plain"], side, side + 0.05, cz, cz + 1.02, 0.0, 1.30, tint=PANEL, ends=True)
    # chairs, pots, washing: some balconies are lived on
    for x, z in zip(cx, cz, strict=True):
        for _ in range(int(rng.integers(0, 4))):
            a, size = x + rng.uniform(0.15, 2.9), rng.uniform(0.25, 0.55)
            tone = linear(
                (
                    (0.62, 0.40, 0.30),
                    (0.30, 0.40, 0.24),
                    (0.80, 0.78, 0.72),
                    (0.45, 0.36, 0.28),
                    (0.36, 0.42, 0.50),
                )[rng.integers(5)]
            )
            deep = rng.uniform(0.15, 0.6)
            front.slab(
                parts["plain"], a, a + size, z, z + rng.uniform(0.3, 1.15), deep, deep + size, tint=tone
            )
    left = Plane(np.array([x0, y1, KERB]), -Y, -X)
    right = Plane(np.array([x1, y0, KERB]), Y, X)
    back = Plane(np.array([x0, y0, KERB]), X, -Y)
    for plane, width in ((left, y1 - y0), (right, y1 - y0), (back, wide)):
        painted(
            parts,
            Plane(plane.origin + (0, 0, GROUND), plane.along, plane.out),
            width,
            0.0,
            top - GROUND,
            "ribbon",
            WALL,
            rng,
            storey=STOREY,
        )
        plane.rect(parts["wall_concrete"], 0.0, width, 0.0, GROUND, tint=PANEL)
    parts["roof_flat"].rect((x0, y0, TOWER_TOP), (wide, 0, 0), (0, y1 - y0, 0), metres=8.0)
    # a portal and its canopy on the ground, to the right of the strip
    front.slab(parts["plain"], 8.2, 13.2, 2.9, 3.15, 0.0, 2.2, tint=SLAB)
    parts["pane"].rect(front.at(8.6, 0.05, 0.02), 4.2 * -X, (0, 0, 2.8), tint=linear((0.20, 0.23, 0.26)))
