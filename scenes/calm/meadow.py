"""Grass, reeds and flowers of the calm place, as arrays. Used by the script that makes it, not while it is shown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scenes.calm import land
from vr_runtime.stage.mesh import Mesh

Array = NDArray[np.float64]
Light = Callable[[Array, Array], Array]
"""Share of the sun that reaches places on the ground (x, y)."""
BLADE = np.array([0.205, 0.235, 0.082])
STRAW = np.array([0.31, 0.255, 0.135])


def _triangles(count: int, one: list[tuple[int, int, int]], corners: int) -> NDArray[np.uint32]:
    first = (np.arange(count) * corners)[:, None, None]
    return (first + np.array(one)[None]).reshape(-1, 3).astype(np.uint32)


def scatter(
    rng: np.random.Generator, count: int, near: float, far: float, power: float, dry_m: float = 0.6
) -> tuple[Array, Array, Array]:
    """Places (x, y, height) around the person, thinning out as ``power`` grows; none in the water."""
    r = near + (far - near) * rng.uniform(0, 1, count) ** power
    a = rng.uniform(0, 2 * np.pi, count)
    x, y = r * np.sin(a), r * np.cos(a)
    keep = land.shore_distance(x, y) > dry_m
    x, y = x[keep], y[keep]
    return x, y, land.height(x, y)


def blades(rng: np.random.Generator, count: int, far: float, sunlit: Light) -> Mesh:
    """Single blades of grass, each bent, of three patches that come to a point."""
    x, y, z = scatter(rng, count, 0.12, far, 0.72)
    n = len(x)
    r = np.hypot(x, y)
    trodden = 0.45 + 0.55 * land.smooth(0.4, 1.3, r)
    tall = rng.uniform(0.10, 0.30, n) * trodden * (1.0 + 0.35 * land.patches(0.7 * x, 0.7 * y))
    turn, lean = rng.uniform(0, 2 * np.pi, n), rng.uniform(0.12, 0.75, n) * tall
    wide = rng.uniform(0.0022, 0.0046, n) * (1.0 + 0.12 * r)
    d = np.stack([np.cos(turn), np.sin(turn), 0 * turn], 1)
    side = np.stack([-d[:, 1], d[:, 0], d[:, 2]], 1)
    foot = np.stack([x, y, z - 0.01], 1)
    shares = np.array([0.0, 0.45, 0.78, 1.0])
    rows = []
    for s in shares:
        at = foot + d * (lean * s**1.7)[:, None] + np.array([0, 0, 1.0]) * (tall * (s - 0.14 * s**3))[:, None]
        w = (wide * (1.0 - 0.30 * s) if s < 1 else wide * 0.0)[:, None]
        rows += [at - side * w, at + side * w] if s < 1 else [at]
    positions = np.stack(rows, axis=1)
    up = np.array([0.0, 0.0, 1.0])
    normals = np.broadcast_to((0.45 * d + 0.9 * up)[:, None, :], positions.shape)
    normals = normals / np.linalg.norm(normals, axis=2, keepdims=True)
    height = np.array([0.0, 0.0, 0.45, 0.45, 0.78, 0.78, 1.0])[None, :, None]
    dry = (rng.uniform(size=n) < 0.20 + 0.12 * land.patches(x, y))[:, None]
    tone = np.where(dry, STRAW, BLADE * land.meadow_tint(x, y)) * rng.uniform(0.75, 1.2, (n, 1))
    tint = tone[:, None, :] * (0.75 + 0.45 * height)
    light = _blade_light(d, side, sunlit(x, y), height)
    return Mesh(
        positions=positions.reshape(-1, 3),
        normals=normals.reshape(-1, 3),
        triangles=_triangles(n, [(0, 1, 3), (0, 3, 2), (2, 3, 5), (2, 5, 4), (4, 5, 6)], 7),
        tint=np.clip(tint.reshape(-1, 3), 0, 1),
        light=light.reshape(-1, 3),
        sway=np.broadcast_to(height[..., 0] ** 1.6, (n, 7)).reshape(-1),
    )


def _blade_light(d: Array, side: Array, sun: Array, height: Array) -> Array:
    """Blades stand close: little light comes to their feet, and the sun shines through them."""
    broad = np.abs((d * 0.9 + np.array([0, 0, 0.4])) @ land.TO_SUN)
    direct = (0.30 + 0.50 * broad)[:, None] * land.SUN * (1.05, 1.0, 0.80)
    reach = 0.20 + 0.80 * height
    return (direct * sun[:, None])[:, None, :] * reach**1.5 + land.SKY * (0.25 + 0.62 * height)


def tufts(
    rng: np.random.Generator,
    places: tuple[Array, Array, Array],
    tall: Array,
    wide: Array,
    kinds: Array,
    sunlit: Light,
    bright: float = 1.0,
) -> Mesh:
    """Cards of painted grass that turn their faces to the person, more or less; ``kinds``: which quarter."""
    x, y, z = places
    n = len(x)
    facing = np.arctan2(x, y) + rng.normal(0, 0.5, n)
    across = np.stack([np.cos(facing), -np.sin(facing), 0 * x], 1) * (wide / 2)[:, None]
    lean = np.stack([rng.normal(0, 0.10, n), rng.normal(0, 0.10, n), np.ones(n)], 1) * tall[:, None]
    foot = np.stack([x, y, z - 0.02], 1)
    flip = rng.uniform(size=n) < 0.5
    u0, u1 = kinds / 4.0 + 0.003, (kinds + 1) / 4.0 - 0.003
    u0, u1 = np.where(flip, u1, u0), np.where(flip, u0, u1)
    positions = np.stack([foot - across, foot + across, foot + across + lean, foot - across + lean], axis=1)
    uvs = np.stack(
        [
            np.stack([u0, 0 * u0], 1),
            np.stack([u1, 0 * u0], 1),
            np.stack([u1, 0 * u0 + 0.995], 1),
            np.stack([u0, 0 * u0 + 0.995], 1),
        ],
        axis=1,
    )
    top = np.array([0.0, 0.0, 1.0, 1.0])[None, :, None]
    tint = np.repeat((land.meadow_tint(x, y) * rng.uniform(0.95, 1.25, (n, 1)))[:, None, :], 4, axis=1)
    sun = sunlit(x, y)[:, None, None]
    light = sun * land.SUN * (0.16 + 0.46 * top) * bright + land.SKY * (0.30 + 0.50 * top)
    return Mesh(
        positions=positions.reshape(-1, 3),
        normals=np.repeat(np.stack([-np.sin(facing), -np.cos(facing), 0 * facing], 1), 4, axis=0),
        triangles=_triangles(n, [(0, 1, 2), (0, 2, 3)], 4),
        uvs=uvs.reshape(-1, 2),
        tint=np.clip(tint.reshape(-1, 3), 0, 1),
        light=light.reshape(-1, 3),
        sway=np.tile([0.0, 0.0, 1.0, 1.0], n),
    )


def flowers(rng: np.random.Generator, count: int, far: float, sunlit: Light) -> tuple[Mesh, Mesh]:
    """Heads (cards) and their stems (two crossed slivers each)."""
    x, y, z = scatter(rng, count, 0.9, far, 0.75)
    # they stand in company
    kind = (
        np.floor(2.0 * (1.0 + land.patches(0.6 * x + 7.0, 0.6 * y)) + rng.normal(0, 0.6, len(x))).astype(int)
        % 4
    )
    keep = land.patches(0.8 * x, 0.8 * y + 3.0) + rng.normal(0, 0.25, len(x)) > -0.1
    x, y, z, kind = x[keep], y[keep], z[keep], kind[keep]
    n = len(x)
    tall = rng.uniform(0.16, 0.36, n)
    lean = rng.normal(0, 0.05, (n, 2))
    head = np.stack([x + lean[:, 0], y + lean[:, 1], z + tall], 1)
    size = (
        np.array([0.021, 0.015, 0.019, 0.014])[kind]
        * rng.uniform(0.8, 1.15, n)
        * (1.0 + 0.03 * np.hypot(x, y))
    )
    way = np.stack(
        [
            0.35 * land.TO_SUN[0] + rng.normal(0, 0.3, n),
            0.35 * land.TO_SUN[1] - 0.25 + rng.normal(0, 0.3, n),
            np.ones(n),
        ],
        1,
    )
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    a = np.cross(way, rng.standard_normal((n, 3)))
    a *= (size / np.linalg.norm(a, axis=1))[:, None]
    b = np.cross(way, a)
    u = kind / 4.0
    uvs = np.stack(
        [
            np.stack([u + du, 0 * u + v], 1)
            for du, v in ((0.004, 0.0), (0.246, 0.0), (0.246, 1.0), (0.004, 1.0))
        ],
        1,
    )
    sun = sunlit(x, y)[:, None]
    light = sun * land.SUN * 0.55 + land.SKY * 0.85
    heads = Mesh(
        positions=np.stack([head - a - b, head + a - b, head + a + b, head - a + b], 1).reshape(-1, 3),
        normals=np.repeat(way, 4, axis=0),
        triangles=_triangles(n, [(0, 1, 2), (0, 2, 3)], 4),
        uvs=uvs.reshape(-1, 2),
        light=np.repeat(light, 4, axis=0),
        sway=np.full(4 * n, 0.8),
    )
    foot = np.stack([x, y, z], 1)
    w = np.stack([rng.normal(0, 1, n), rng.normal(0, 1, n), np.zeros(n)], 1)
    w *= 0.0014 / np.linalg.norm(w, axis=1, keepdims=True)
    stems = Mesh(
        positions=np.stack([foot - w, foot + w, head], 1).reshape(-1, 3),
        normals=np.tile([0.0, 0.0, 1.0], (3 * n, 1)),
        triangles=_triangles(n, [(0, 1, 2)], 3),
        tint=np.tile(BLADE * 1.1, (3 * n, 1)),
        light=np.repeat(light, 3, axis=0) * np.tile([[0.4], [0.4], [0.9]], (n, 1)),
        sway=np.tile([0.0, 0.0, 0.8], n),
    )
    return heads, stems
