"""Bodies that rooms and fixtures are made of, with smooth normals: bevelled boxes, turned and swept bodies, skins.

All sizes in metres, Z up. A colour is the mesh's tint (linear RGB).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh, merge

Array = NDArray[np.float64]
Colour = Sequence[float]
Point = Sequence[float]
WHITE = (1.0, 1.0, 1.0)


def skin(rings: Array, *, closed: bool = True, tint: Colour = WHITE, flip: bool = False) -> Mesh:
    """A smooth skin over rings (r, p, 3) of points. ``closed``: each ring is a loop (its first point is not given
    twice). Counter-clockwise rings seen from the last one give a skin seen from outside; ``flip`` turns it."""
    r, p = rings.shape[:2]
    right = np.roll(rings, -1, 1) if closed else np.concatenate([rings[:, 1:], rings[:, -1:]], 1)
    columns = p if closed else p - 1
    a, b = rings[:-1, :columns], right[:-1, :columns]
    c, d = right[1:, :columns], rings[1:, :columns]
    face = np.cross(c - a, d - b)
    normals = np.zeros_like(rings)
    index = (np.arange(columns) + 1) % p
    normals[:-1, :columns] += face
    normals[1:, :columns] += face
    np.add.at(normals[:-1], (slice(None), index), face)
    np.add.at(normals[1:], (slice(None), index), face)
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    row = np.arange(r - 1)[:, None] * p
    i = (row + np.arange(columns)[None, :]).reshape(-1)
    j = (row + index[None, :]).reshape(-1)
    triangles = np.concatenate([np.stack([i, j, j + p], 1), np.stack([i, j + p, i + p], 1)])
    made = Mesh(rings.reshape(-1, 3), normals.reshape(-1, 3), triangles).tinted(tint)
    return turned_over(made) if flip else made


def turned_over(mesh: Mesh) -> Mesh:
    """Seen from the other side."""
    return replace(mesh, normals=-mesh.normals, triangles=mesh.triangles[:, ::-1])


def fan(ring: Array, tint: Colour = WHITE, flip: bool = False) -> Mesh:
    """A flat lid over one counter-clockwise ring (p, 3)."""
    middle = ring.mean(axis=0)
    p = len(ring)
    normal = np.cross(ring[1] - ring[0], middle - ring[0])
    normal /= max(float(np.linalg.norm(normal)), 1e-12)
    i = np.arange(p)
    made = Mesh(
        np.vstack([ring, middle]), np.tile(normal, (p + 1, 1)), np.stack([i, (i + 1) % p, np.full(p, p)], 1)
    ).tinted(tint)
    return turned_over(made) if flip else made


def circle(radius: float, sides: int, centre: Point = (0, 0, 0)) -> Array:
    a = 2 * np.pi * np.arange(sides) / sides
    return np.stack([radius * np.cos(a), radius * np.sin(a), 0 * a], 1) + np.asarray(centre)


def turned(profile: Sequence[tuple[float, float]], tint: Colour = WHITE, sides: int = 24) -> Mesh:
    """A body of revolution about Z from (radius, height) pairs going up its outside; an edge is sharp where a pair
    stands twice."""
    runs: list[list[tuple[float, float]]] = [[]]
    for pair in profile:
        if runs[-1] and runs[-1][-1] == pair:
            runs.append([])
        runs[-1].append(pair)
    parts = []
    for run in runs:
        if len(run) > 1:
            rings = np.stack([circle(max(radius, 1e-4), sides, (0, 0, z)) for radius, z in run])
            parts.append(skin(rings, tint=tint))
    return merge(parts)


def placed(mesh: Mesh, at: Point, axis: Point = (0, 0, 1)) -> Mesh:
    """A body made along Z, its foot at ``at``, its Z along ``axis``."""
    z = np.asarray(axis, dtype=np.float64)
    z /= np.linalg.norm(z)
    x = np.cross([0.0, 1.0, 0.0] if abs(z[1]) < 0.9 else [1.0, 0.0, 0.0], z)
    x /= np.linalg.norm(x)
    m = np.eye(4)
    m[:3, 0], m[:3, 1], m[:3, 2], m[:3, 3] = x, np.cross(z, x), z, at
    return mesh.transformed(m)


def tube(
    path: Array,
    radius: float | Array,
    tint: Colour = WHITE,
    sides: int = 12,
    *,
    flat: float = 1.0,
    caps: bool = True,
) -> Mesh:
    """A round rod along a path (n, 3); ``radius`` one or n; ``flat`` squeezes it along its own up."""
    path = np.asarray(path, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(path))
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.array([0.0, 0.0, 1.0]) if abs(along[0, 2]) < 0.9 else np.array([0.0, 1.0, 0.0])
    rings = []
    a = 2 * np.pi * np.arange(sides) / sides
    for at, tangent, r in zip(path, along, radii, strict=True):
        side = np.cross(tangent, up)
        side /= np.linalg.norm(side)
        up = np.cross(side, tangent)
        rings.append(at + r * (np.cos(a)[:, None] * side + flat * np.sin(a)[:, None] * up))
    ring = np.stack(rings)[:, ::-1]
    parts = [skin(ring, tint=tint)]
    if caps:
        parts += [fan(ring[-1], tint), fan(ring[0], tint, flip=True)]
    return merge(parts)


def arc(points: Sequence[Point], steps: int = 24) -> Array:
    """A smooth path (steps + 1, 3) through points (Catmull-Rom)."""
    p = np.asarray(points, dtype=np.float64)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    spans = len(p) - 3
    made = []
    for t in np.linspace(0, spans, steps + 1):
        k = min(int(t), spans - 1)
        f = t - k
        a, b, c, d = p[k : k + 4]
        made.append(
            0.5 * (2 * b + (c - a) * f + (2 * a - 5 * b + 4 * c - d) * f**2 + (3 * b - a - 3 * c + d) * f**3)
        )
    return np.array(made)


def rounded(size: tuple[float, float], corner: float, steps: int = 5) -> Array:
    """A rectangle with round corners around the origin, counter-clockwise (4 * (steps + 1), 2)."""
    hx, hy = size[0] / 2, size[1] / 2
    corner = min(corner, hx, hy)
    made = []
    for k, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        a = np.pi / 2 * (k + np.linspace(0, 1, steps + 1))
        made.append(
            np.stack([sx * (hx - corner) + corner * np.cos(a), sy * (hy - corner) + corner * np.sin(a)], 1)
        )
    return np.concatenate(made)


def block(
    low: Point, high: Point, corner: float, edge: float = 0.004, tint: Colour = WHITE, axis: int = 2
) -> Mesh:
    """A box with round upright corners and round rims; ``axis``: which way is up for it."""
    low_, high_ = np.asarray(low, float), np.asarray(high, float)
    order = [(axis + 1) % 3, (axis + 2) % 3, axis]
    size, middle = (high_ - low_)[order], ((low_ + high_) / 2)[order]
    rings = []
    for k in range(4):
        a = np.pi / 2 * k / 3
        rings.append((edge * (1 - np.sin(a)), -size[2] / 2 + edge * (1 - np.cos(a))))
    rings += [(inset, -z) for inset, z in rings[::-1]]
    skinned = []
    for inset, z in rings:
        flat = rounded((size[0] - 2 * inset, size[1] - 2 * inset), max(corner - inset, 1e-4))
        skinned.append(np.column_stack([flat, np.full(len(flat), z)]))
    ring = np.stack(skinned) + middle
    made = merge([skin(ring, tint=tint), fan(ring[-1], tint), fan(ring[0], tint, flip=True)])
    back = np.zeros((4, 4))
    for row, source in enumerate(order):
        back[source, row] = 1.0
    back[3, 3] = 1.0
    return made.transformed(back)


def bevelled(low: Point, high: Point, bevel: float = 0.002, tint: Colour = WHITE) -> Mesh:
    """A box with narrow rounded edges (one strip each, normals run over it)."""
    lo, hi = np.asarray(low, float), np.asarray(high, float)
    bevel = min(bevel, float((hi - lo).min()) * 0.45)
    corners, normals, triangles = [], [], []
    index: dict[tuple[int, int, int, int], int] = {}
    for face in range(3):
        for signs in np.ndindex(2, 2, 2):
            point = np.where(np.array(signs) == 1, hi, lo)
            for other in range(3):
                if other != face:
                    point[other] += -bevel if signs[other] else bevel
            index[(face, *signs)] = len(corners)  # type: ignore[index]
            normal = np.zeros(3)
            normal[face] = 1.0 if signs[face] else -1.0
            corners.append(point)
            normals.append(normal)

    def quad(a: int, b: int, c: int, d: int) -> None:
        out = np.mean([normals[k] for k in (a, b, c, d)], axis=0)
        side = np.cross(corners[b] - corners[a], corners[c] - corners[a])
        order = (a, b, c, d) if side @ out > 0 else (d, c, b, a)
        triangles.extend([order[:3], (order[0], order[2], order[3])])

    for face in range(3):
        p, q = (face + 1) % 3, (face + 2) % 3
        for sign in (0, 1):
            got = []
            for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
                s = [0, 0, 0]
                s[face], s[p], s[q] = sign, u, v
                got.append(index[(face, *s)])  # type: ignore[index]
            quad(*got)
        for u in (0, 1):  # the edges along ``face`` between the faces p and q
            for v in (0, 1):
                ends = []
                for t in (0, 1):
                    s = [0, 0, 0]
                    s[face], s[p], s[q] = t, u, v
                    ends.append((index[(p, *s)], index[(q, *s)]))  # type: ignore[index]
                quad(ends[0][0], ends[1][0], ends[1][1], ends[0][1])
    for signs in np.ndindex(2, 2, 2):
        a, b, c = (index[(face, *signs)] for face in range(3))  # type: ignore[index]
        out = normals[a] + normals[b] + normals[c]
        side = np.cross(corners[b] - corners[a], corners[c] - corners[a])
        triangles.append((a, b, c) if side @ out > 0 else (c, b, a))
    return Mesh(np.array(corners), np.array(normals), np.array(triangles)).tinted(tint)
