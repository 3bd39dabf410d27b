"""Fronts of houses: with real openings where they are seen from near, painted ones farther away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scenes.kit.quads import Quads, Z, linear

Array = NDArray[np.float64]

KINDS = ("stone", "stucco", "brick", "ribbon", "glass", "loggia")
WALLS = {
    "stone": "ashlar",
    "stucco": "stucco",
    "brick": "brick",
    "ribbon": "concrete",
    "glass": "concrete",
    "loggia": "concrete",
}
WALL_M = 4.0
"""Size of the wall textures, m."""

GREY = linear((0.55, 0.55, 0.54))
IRON = linear((0.16, 0.17, 0.18))


@dataclass
class Parts:
    """Quads by the material that they are drawn with."""

    by: dict[str, Quads] = field(default_factory=lambda: defaultdict(Quads))

    def __getitem__(self, material: str) -> Quads:
        return self.by[material]


@dataclass(frozen=True)
class Plane:
    """A wall's plane: its lower left corner seen from outside, the unit vector along it (to the right), outwards."""

    origin: Array
    along: Array
    out: Array

    def at(self, x: Array | float, z: Array | float, d: Array | float = 0.0) -> Array:
        """Points (n, 3) from metres along, up and outwards."""
        x, z, d = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (x, z, d)))
        return self.origin + x[:, None] * self.along + z[:, None] * Z + d[:, None] * self.out

    def rect(
        self,
        quads: Quads,
        x0: Array | float,
        x1: Array | float,
        z0: Array | float,
        z1: Array | float,
        d: Array | float = 0.0,
        *,
        tint: Array | tuple[float, float, float] = (1.0, 1.0, 1.0),
        metres: float | None = WALL_M,
    ) -> None:
        """Upright rectangles parallel to the wall, facing outwards; textures run on across neighbours."""
        x0, x1, z0, z1, d = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (x0, x1, z0, z1, d))
        )
        shift = np.stack([x0, z0], axis=1) / metres if metres else (0.0, 0.0)
        quads.rect(
            self.at(x0, z0, d),
            (x1 - x0)[:, None] * self.along,
            (z1 - z0)[:, None] * Z,
            tint=tint,
            metres=metres,
            shift=shift,
        )

    def slab(
        self,
        quads: Quads,
        x0: Array | float,
        x1: Array | float,
        z0: Array | float,
        z1: Array | float,
        d0: float,
        d1: float,
        *,
        tint: Array | tuple[float, float, float] = (1.0, 1.0, 1.0),
        ends: bool = True,
        caps: bool = True,
        metres: float = WALL_M,
    ) -> None:
        """Boxes that stand out of the wall from ``d0`` to ``d1``: front, top and underside (caps), ends."""
        x0, x1, z0, z1 = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (x0, x1, z0, z1))
        )
        wide, high, deep = (x1 - x0)[:, None] * self.along, (z1 - z0)[:, None] * Z, (d1 - d0) * self.out
        quads.rect(self.at(x0, z0, d1), wide, high, tint=tint, metres=metres)
        if caps:
            quads.rect(self.at(x0, z1, d1), wide, -deep, tint=tint, metres=metres)
            quads.rect(self.at(x0, z0, d0), wide, deep, tint=tint, metres=metres)
        if ends:
            quads.rect(self.at(x0, z0, d0), deep, high, tint=tint, metres=metres)
            quads.rect(self.at(x1, z0, d1), -deep, high, tint=tint, metres=metres)


def painted(
    parts: Parts,
    plane: Plane,
    width: float,
    base: float,
    top: float,
    kind: str,
    tint: tuple[float, float, float],
    rng: np.random.Generator,
    *,
    storey: float = 3.05,
) -> None:
    """A wall with painted windows from ``base`` to ``top`` metres, in pieces of two storeys for the light's sake."""
    bays = max(1, round(width / 3.1))
    storeys = max(1, round((top - base) / storey))
    rows = np.arange(0, storeys, 2)
    z0 = base + (top - base) * rows / storeys
    z1 = base + (top - base) * np.minimum(rows + 2, storeys) / storeys
    at_u, at_v = rng.integers(4) / 4.0, rng.integers(4) / 4.0
    u0, u1 = np.full(len(rows), at_u), np.full(len(rows), at_u + bays / 4.0)
    v0, v1 = at_v + rows / 4.0, at_v + np.minimum(rows + 2, storeys) / 4.0
    uvs = np.stack(
        [np.stack([u0, v0], 1), np.stack([u1, v0], 1), np.stack([u1, v1], 1), np.stack([u0, v1], 1)], 1
    )
    zero, wide = np.zeros(len(rows)), np.full(len(rows), width)
    corners = np.stack(
        [plane.at(zero, z0), plane.at(wide, z0), plane.at(wide, z1), plane.at(zero, z1)], axis=1
    )
    parts[f"facade_{kind}"].add(corners, uvs, tint)


def _window_uvs(cells: NDArray[np.int_]) -> Array:
    """Corners in the picture of windows: eight columns, four rows from the top."""
    column, row = cells % 8, cells // 8
    u0, u1 = column / 8.0 + 0.004, (column + 1) / 8.0 - 0.004
    v0, v1 = 1.0 - (row + 1) / 4.0 + 0.002, 1.0 - row / 4.0 - 0.002
    return np.stack(
        [np.stack([u0, v0], 1), np.stack([u1, v0], 1), np.stack([u1, v1], 1), np.stack([u0, v1], 1)], 1
    )


WIDE = ("ribbon", "glass", "loggia")
"""Kinds of houses whose windows slide."""


def _wide_uvs(cells: NDArray[np.int_]) -> Array:
    """Corners in the picture of wide windows: four dark columns, four white ones, four rows."""
    column, row = cells % 8, cells // 8
    u0, u1 = column / 8.0 + 0.002, (column + 1) / 8.0 - 0.002
    v0, v1 = 1.0 - (row + 1) / 4.0 + 0.003, 1.0 - row / 4.0 - 0.003
    return np.stack(
        [np.stack([u0, v0], 1), np.stack([u1, v0], 1), np.stack([u1, v1], 1), np.stack([u0, v1], 1)], 1
    )


@dataclass(frozen=True, eq=False)
class Openings:
    """Where a front's openings lie, (n,) each: metres along and up on its plane; how far back their panes stand."""

    x0: Array
    x1: Array
    z0: Array
    z1: Array
    deep: float


FRAME_GROUPS = ((0, 1, 2, 3), (0, 1, 2, 3), (4, 5), (6, 7))


def _cells(kind: str, count: int, rng: np.random.Generator) -> NDArray[np.int_]:
    if kind in WIDE:
        return rng.integers(4, size=count) * 8 + rng.integers(4, size=count) + 4 * int(rng.integers(2))
    columns = np.array(FRAME_GROUPS[rng.integers(4)])
    rows = {"brick": (1, 2)}.get(kind, (0, 1))
    return rng.choice(np.array(rows), count) * 8 + rng.choice(columns, count)


def modelled(
    parts: Parts,
    plane: Plane,
    width: float,
    storeys: int,
    kind: str,
    tint: tuple[float, float, float],
    rng: np.random.Generator,
    *,
    ground: float = 4.2,
    storey: float = 3.05,
) -> Openings:
    """A front with openings that lie back in the wall, sills, cornices, balconies; above the ground floor.

    ``storeys`` counts the ground floor, which is ``ground`` metres high.
    """
    wall = parts[f"wall_{WALLS[kind]}"]
    bays = max(1, round(width / (2.75 if kind in ("stone", "stucco", "brick") else 3.4)))
    bay = width / bays
    column, row = (v.ravel() for v in np.meshgrid(np.arange(bays), np.arange(storeys - 1)))
    x, z = column * bay, ground + row * storey
    share, low, high = {
        "stone": (0.44, 0.45, 2.65),
        "stucco": (0.42, 0.95, 2.55),
        "brick": (0.46, 0.85, 2.55),
        "ribbon": (0.94, 0.95, 2.45),
        "glass": (0.95, 0.15, 2.75),
        "loggia": (0.80, 0.12, 2.55),
    }[kind]
    half = bay * share / 2.0
    x0, x1 = x + bay / 2 - half, x + bay / 2 + half
    z0, z1 = z + low, z + high
    deep = {"stone": 0.28, "stucco": 0.24, "brick": 0.20, "ribbon": 0.14, "glass": 0.10, "loggia": 1.1}[kind]
    plane.rect(wall, x, x0, z, z + storey, tint=tint)
    plane.rect(wall, x1, x + bay, z, z + storey, tint=tint)
    plane.rect(wall, x0, x1, z, z0, tint=tint)
    plane.rect(wall, x0, x1, z1, z + storey, tint=tint)
    back = -deep * plane.out
    up, over = (z1 - z0)[:, None] * Z, (x1 - x0)[:, None] * plane.along
    reveal = tuple(0.92 * c for c in tint)
    wall.rect(plane.at(x0, z0), back, up, tint=reveal, metres=WALL_M)
    wall.rect(plane.at(x1, z0, -deep), -back, up, tint=reveal, metres=WALL_M)
    wall.rect(plane.at(x0, z1, -deep), over, -back, tint=reveal, metres=WALL_M)
    wall.rect(plane.at(x0, z0), over, back, tint=reveal, metres=WALL_M)
    corners = np.stack(
        [plane.at(x0, z0, -deep), plane.at(x1, z0, -deep), plane.at(x1, z1, -deep), plane.at(x0, z1, -deep)],
        1,
    )
    cells = _cells(kind, len(x0), rng)
    if kind in WIDE:
        parts["wide"].add(corners, _wide_uvs(cells))
    else:
        parts["windows"].add(corners, _window_uvs(cells))
    trim = tuple(min(1.0, 1.06 * c) for c in tint)
    if kind in ("stone", "stucco", "brick"):
        plane.slab(wall, x0 - 0.10, x1 + 0.10, z0 - 0.10, z0, 0.0, 0.10, tint=trim)
    if kind == "stone":
        plane.slab(wall, x0 - 0.12, x1 + 0.12, z1, z1 + 0.22, 0.0, 0.07, tint=trim)
        for k in (1, storeys - 2):
            if 0 < k < storeys - 1:
                _long_balcony(parts, plane, 0.0, width, ground + k * storey)
        single = row[(row != 1) & (row != storeys - 2)]
        if len(single):
            pick = (row != 1) & (row != storeys - 2)
            _guard(parts, plane, x0[pick], x1[pick], z0[pick] + 0.05, 0.75, 0.06)
    if kind == "stucco" and rng.uniform() < 0.75:
        shutter = linear(
            ((0.36, 0.42, 0.40), (0.45, 0.40, 0.34), (0.38, 0.42, 0.48), (0.62, 0.60, 0.56))[rng.integers(4)]
        )
        wide = half * 0.95
        for a, b in ((x0 - wide - 0.03, x0 - 0.03), (x1 + 0.03, x1 + wide + 0.03)):
            plane.slab(parts["plain"], a, b, z0 + 0.02, z1, 0.01, 0.06, tint=shutter)
    if kind == "loggia":
        rail = np.asarray(tint) * 0.95
        plane.slab(
            wall,
            x0 - 0.05,
            x1 + 0.05,
            z - 0.18,
            z + 1.0,
            -0.02,
            0.06,
            tint=tuple(np.minimum(1.6 * rail, 1.0)),
        )
    if kind in ("ribbon", "glass"):
        posts = np.arange(bays + 1) * bay
        plane.slab(
            parts["plain"],
            posts - 0.05,
            posts + 0.05,
            ground,
            ground + (storeys - 1) * storey,
            0.0,
            0.09,
            tint=GREY,
        )
    if kind == "brick" and rng.uniform() < 0.6:
        pick = column % 2 == int(rng.integers(2))
        _balconies(parts, plane, x0[pick] - 0.35, x1[pick] + 0.35, z[pick], 1.1, rng)
    top = ground + (storeys - 1) * storey
    if kind in ("stone", "stucco", "brick"):
        plane.slab(wall, 0.0, width, ground - 0.28, ground, 0.0, 0.16, tint=trim)
        plane.slab(wall, 0.0, width, top - 0.42, top - 0.16, 0.0, 0.22, tint=trim)
        plane.slab(wall, 0.0, width, top - 0.16, top, 0.0, 0.42, tint=trim)
    else:
        plane.slab(wall, 0.0, width, top - 0.25, top + 0.05, 0.0, 0.05, tint=trim)
    return Openings(x0, x1, z0, z1, deep)


def _guard(parts: Parts, plane: Plane, x0: Array, x1: Array, z: Array, high: float, out: float) -> None:
    """Iron bars in front of openings: a cut-out picture of bars, and a rail."""
    wide = x1 - x0
    n = len(wide)
    u = wide / 1.0
    zero, one = np.zeros(n), np.ones(n)
    uvs = np.stack(
        [np.stack([zero, zero], 1), np.stack([u, zero], 1), np.stack([u, one], 1), np.stack([zero, one], 1)],
        1,
    )
    corners = np.stack(
        [
            plane.at(x0, z, out),
            plane.at(x1, z, out),
            plane.at(x1, z + high, out),
            plane.at(x0, z + high, out),
        ],
        1,
    )
    parts["bars"].add(corners, uvs)
    plane.slab(
        parts["plain"], x0, x1, z + high, z + high + 0.04, out - 0.03, out + 0.03, tint=IRON, ends=False
    )


def _long_balcony(parts: Parts, plane: Plane, x0: float, x1: float, z: float) -> None:
    plane.slab(
        parts["wall_ashlar"], x0 + 0.05, x1 - 0.05, z - 0.16, z, 0.0, 0.75, tint=linear((0.80, 0.77, 0.71))
    )
    _guard(parts, plane, np.array([x0 + 0.08]), np.array([x1 - 0.08]), np.array([z]), 0.95, 0.72)


def _balconies(
    parts: Parts, plane: Plane, x0: Array, x1: Array, z: Array, deep: float, rng: np.random.Generator
) -> None:
    plane.slab(parts["plain"], x0, x1, z - 0.16, z, 0.0, deep, tint=linear((0.66, 0.65, 0.63)))
    _guard(parts, plane, x0, x1, z, 0.98, deep - 0.03)
    n = len(x0)
    for side in (x0, x1):
        a, b = plane.at(side, z, 0.0), plane.at(side, z, deep - 0.03)
        uv = np.array([[0, 0], [deep, 0], [deep, 1], [0, 1]], dtype=float)
        parts["bars"].add(np.stack([a, b, b + 0.98 * Z, a + 0.98 * Z], 1), np.tile(uv, (n, 1, 1)))
        parts["bars"].add(np.stack([b, a, a + 0.98 * Z, b + 0.98 * Z], 1), np.tile(uv, (n, 1, 1)))
