"""Light worked out beforehand from the city's bulk: where the sun reaches, and how much sky a point sees.

NumPy alone. The sun map is filled by drawing every big surface into two pictures seen from the sun; the view of the
sky comes from a map of heights, by the horizon in several directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SunDepths:
    """What ``vr_runtime.stage.sunmap.SunMap`` is made of."""

    near: NDArray[np.float32]
    far: NDArray[np.float32]
    right: tuple[float, float, float]
    up: tuple[float, float, float]
    away: tuple[float, float, float]
    middle: tuple[float, float, float]
    near_half_m: float
    far_half_m: float
    half_depth_m: float


def axes(to_sun: ArrayLike) -> tuple[Array, Array, Array]:
    """Right, up, away (unit vectors) of the view from the sun."""
    s = np.asarray(to_sun, dtype=np.float64)
    s = s / np.linalg.norm(s)
    right = np.cross((0.0, 0.0, 1.0), s)
    right /= np.linalg.norm(right)
    return right, np.cross(s, right), -s


def sun_depths(
    casters: Array,
    to_sun: ArrayLike,
    middle: tuple[float, float, float],
    *,
    size: int = 2048,
    near_half_m: float = 130.0,
    far_half_m: float = 1000.0,
    half_depth_m: float = 1200.0,
    discs: Array | None = None,
    rng: np.random.Generator | None = None,
) -> SunDepths:
    """Both maps. ``casters`` (n, 4, 3): convex patches, in metres; only those that face the sun are drawn, so solid
    things must be closed. ``discs`` (m, 4): x, y, z, radius of leafy balls, drawn as speckled discs."""
    right, up, away = axes(to_sun)
    corners = casters - np.asarray(middle)
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    corners = corners[normals @ away < 0.0]
    flat = np.stack([corners @ right, corners @ up, corners @ away / (2.0 * half_depth_m) + 0.5], axis=-1)
    maps: list[NDArray[np.float32]] = []
    for half in (near_half_m, far_half_m):
        picture = np.ones((size, size), dtype=np.float32)
        _draw(picture, flat, half)
        if discs is not None and rng is not None:
            middle_of = discs[:, :3] - np.asarray(middle)
            seen = np.stack(
                [middle_of @ right, middle_of @ up, middle_of @ away / (2.0 * half_depth_m) + 0.5], 1
            )
            _draw_discs(picture, seen, discs[:, 3], half, rng)
        maps.append(picture)
    as_tuple = [tuple(float(value) for value in axis) for axis in (right, up, away)]
    return SunDepths(
        maps[0],
        maps[1],
        as_tuple[0],
        as_tuple[1],
        as_tuple[2],
        middle,
        near_half_m,
        far_half_m,
        half_depth_m,  # type: ignore[arg-type]
    )


def _draw(picture: NDArray[np.float32], flat: Array, half: float) -> None:
    size = len(picture)
    pixels = flat.copy()
    pixels[..., :2] = (flat[..., :2] / (2.0 * half) + 0.5) * size - 0.5
    low = np.maximum(np.ceil(pixels[..., :2].min(axis=1)), 0).astype(int)
    high = np.minimum(np.floor(pixels[..., :2].max(axis=1)), size - 1).astype(int)
    inside = np.all(high >= low, axis=1)
    for patch, (x0, y0), (x1, y1) in zip(pixels[inside], low[inside], high[inside], strict=True):
        x = np.arange(x0, x1 + 1)[None, :]
        y = np.arange(y0, y1 + 1)[:, None]
        covered = np.ones((y1 - y0 + 1, x1 - x0 + 1), dtype=bool)
        for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
            ex, ey = patch[b, 0] - patch[a, 0], patch[b, 1] - patch[a, 1]
            if ex == 0.0 and ey == 0.0:
                continue
            covered &= ex * (y - patch[a, 1]) - ey * (x - patch[a, 0]) >= -1e-6
        # the plane of depth through three corners
        e1, e2 = patch[1] - patch[0], patch[2] - patch[0]
        e3 = patch[3] - patch[0]
        area = e1[0] * e2[1] - e1[1] * e2[0]
        if abs(area) < 1e-9:
            e1, area = e3, e3[0] * e2[1] - e3[1] * e2[0]
            if abs(area) < 1e-9:
                continue
        gx = (e1[2] * e2[1] - e2[2] * e1[1]) / area
        gy = (e2[2] * e1[0] - e1[2] * e2[0]) / area
        depth = patch[0, 2] + gx * (x - patch[0, 0]) + gy * (y - patch[0, 1])
        window = picture[y0 : y1 + 1, x0 : x1 + 1]
        np.minimum(window, np.where(covered, depth, 1.0), out=window)


def _draw_discs(
    picture: NDArray[np.float32], seen: Array, radii: Array, half: float, rng: np.random.Generator
) -> None:
    size = len(picture)
    scale = size / (2.0 * half)
    for (u, v, depth), radius in zip(seen, radii, strict=True):
        r = radius * scale
        px, py = (u / (2.0 * half) + 0.5) * size - 0.5, (v / (2.0 * half) + 0.5) * size - 0.5
        x0, x1 = max(int(px - r), 0), min(int(px + r) + 1, size - 1)
        y0, y1 = max(int(py - r), 0), min(int(py + r) + 1, size - 1)
        if x1 <= x0 or y1 <= y0:
            continue
        x = np.arange(x0, x1 + 1)[None, :] - px
        y = np.arange(y0, y1 + 1)[:, None] - py
        distance = np.hypot(x, y) / max(r, 1e-6)
        leafy = rng.uniform(size=distance.shape) < np.clip(1.5 - 1.05 * distance**2, 0.0, 0.92)
        window = picture[y0 : y1 + 1, x0 : x1 + 1]
        np.minimum(window, np.where((distance < 1.0) & leafy, depth, 1.0), out=window)


@dataclass(frozen=True, eq=False)
class Heights:
    """How high the bulk stands: (n, n) metres on square cells; ``low`` is the outer corner of cell (0, 0)."""

    cells: NDArray[np.float32]
    low: tuple[float, float]
    cell_m: float


def heights(low: tuple[float, float], high: tuple[float, float], cell_m: float, blocks: Array) -> Heights:
    """From boxes (n, 5): x0, y0, x1, y1, top."""
    shape = (int((high[1] - low[1]) / cell_m), int((high[0] - low[0]) / cell_m))
    cells = np.zeros(shape, dtype=np.float32)
    for x0, y0, x1, y1, top in blocks:
        i0, i1 = int(round((x0 - low[0]) / cell_m)), int(round((x1 - low[0]) / cell_m))
        j0, j1 = int(round((y0 - low[1]) / cell_m)), int(round((y1 - low[1]) / cell_m))
        if i1 > 0 and j1 > 0 and i0 < shape[1] and j0 < shape[0]:
            part = cells[max(j0, 0) : j1, max(i0, 0) : i1]
            np.maximum(part, top, out=part)
    return Heights(cells, low, cell_m)


def _height_at(bulk: Heights, points: Array) -> Array:
    rows, columns = bulk.cells.shape
    i = ((points[:, 0] - bulk.low[0]) / bulk.cell_m).astype(int)
    j = ((points[:, 1] - bulk.low[1]) / bulk.cell_m).astype(int)
    known = (i >= 0) & (j >= 0) & (i < columns) & (j < rows)
    return np.where(known, bulk.cells[np.clip(j, 0, rows - 1), np.clip(i, 0, columns - 1)], 0.0)


def _outside(bulk: Heights, points: Array) -> Array:
    """Points that lie inside the bulk (ends of sills, sides of openings) moved out of it by up to a cell."""
    moved = points.copy()
    inside = _height_at(bulk, moved) > points[:, 2]
    for dx, dy in ((0, -1), (-1, 0), (1, 0), (0, 1)):
        tried = points + np.array([dx, dy, 0.0]) * bulk.cell_m
        better = inside & (_height_at(bulk, tried) <= points[:, 2])
        moved[better] = tried[better]
        inside &= ~better
    return moved


def sky_view(
    bulk: Heights, points: Array, normals: Array, *, directions: int = 8, reach_m: float = 60.0
) -> Array:
    """Share (n,) of its half of the sky that each point sees, weighted as a matt surface receives it.

    For each direction the steepest line to the bulk's top is found; what lies above it is sky. Ground in front of a
    wall counts as a fifth of the sky that it hides, for the light that it sends back.
    """
    steps = np.geomspace(bulk.cell_m * 0.9, reach_m, 9)
    start = _outside(bulk, points + normals * (bulk.cell_m * 0.75))
    total = np.zeros(len(points))
    weight = np.zeros(len(points))
    for k in range(directions):
        a = 2.0 * np.pi * (k + 0.5) / directions
        dx, dy = np.cos(a), np.sin(a)
        steep = np.zeros(len(points))
        for step in steps:
            top = _height_at(bulk, start + (dx * step, dy * step, 0.0))
            steep = np.maximum(steep, (top - start[:, 2]) / step)
        # light from one slice of the sky above the angle h: for flat ground cos^2(h), for a wall facing it
        # the mean over what is in front
        sin_h = steep / np.hypot(1.0, steep)
        facing = normals[:, 0] * dx + normals[:, 1] * dy
        upward = np.maximum(normals[:, 2], 0.0)
        share = upward + np.maximum(facing, 0.0)
        level = upward * (1.0 - sin_h**2) + np.maximum(facing, 0.0) * (1.0 - sin_h) * 1.0
        total += level
        weight += share
    return np.where(weight > 1e-6, total / np.maximum(weight, 1e-6), 0.5)
