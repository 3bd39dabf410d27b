"""Shapes that the inside of a car is made of, as indexed meshes with smooth normals. NumPy alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from vr_runtime.stage.mesh import Mesh, box, merge  # noqa: E402

Array = NDArray[np.float64]
Colour = Sequence[float]


class Parts:
    """Meshes by the material that they are drawn with."""

    def __init__(self) -> None:
        self.by: dict[str, list[Mesh]] = {}

    def add(self, material: str, mesh: Mesh, colour: Colour) -> None:
        self.by.setdefault(material, []).append(mesh.tinted(colour))

    def meshes(self) -> dict[str, Mesh]:
        return {name: merge(made) for name, made in self.by.items()}


def grid(points: ArrayLike, *, flip: bool = False, uvs: ArrayLike | None = None) -> Mesh:
    """A sheet from (rows, columns, 3) points; its front is where columns x rows points, or the other side."""
    p = np.asarray(points, dtype=np.float64)
    rows, columns = p.shape[:2]
    a, b, c, d = p[:-1, :-1], p[:-1, 1:], p[1:, 1:], p[1:, :-1]
    face = np.cross(c - a, d - b)
    normals = np.zeros_like(p)
    for part in (normals[:-1, :-1], normals[:-1, 1:], normals[1:, 1:], normals[1:, :-1]):
        part += face
    if np.allclose(p[:, 0], p[:, -1]):
        normals[:, 0] = normals[:, -1] = normals[:, 0] + normals[:, -1]
    if np.allclose(p[0], p[-1]):
        normals[0] = normals[-1] = normals[0] + normals[-1]
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    i, j = (v.ravel() for v in np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij"))
    k = i * columns + j
    triangles = np.concatenate(
        [np.stack([k, k + 1, k + columns + 1], 1), np.stack([k, k + columns + 1, k + columns], 1)]
    )
    if flip:
        triangles, normals = triangles[:, ::-1], -normals
    n = normals.reshape(-1, 3)
    flat = p.reshape(-1, 3)
    return Mesh(flat, n, triangles, uvs=boxed(flat, n) if uvs is None else np.asarray(uvs).reshape(-1, 2))


def inward(points: ArrayLike, *, out: bool = False, uvs: ArrayLike | None = None) -> Mesh:
    """A sheet whose front looks to the middle of the car's inside, or away from it."""
    made = grid(points, uvs=uvs)
    towards = float(((np.array([0.0, -0.1, 0.95]) - made.positions) * made.normals).sum())
    return made if (towards > 0) != out else grid(points, flip=True, uvs=uvs)


def boxed(points: Array, normals: Array) -> Array:
    """Texture coordinates in metres, seen along the axis that the surface faces most."""
    axis = np.abs(normals).argmax(axis=1)
    u = np.where(axis == 0, points[:, 1], points[:, 0])
    v = np.where(axis == 2, points[:, 1], points[:, 2])
    return np.stack([u, v], axis=1)


def steps(half: float, radius: float, inner: int, around: int = 4) -> Array:
    """Places along an edge, close together where it is rounded."""
    bend = half - radius + radius * np.tan(np.linspace(0.0, np.pi / 4, around))
    return np.concatenate([-bend[::-1], np.linspace(-half + radius, half - radius, inner + 1)[1:-1], bend])


def rounded(
    size: Sequence[float],
    centre: Sequence[float] = (0.0, 0.0, 0.0),
    radius: float = 0.01,
    *,
    cell: float = 0.05,
    around: int | None = None,
    turn: Array | None = None,
) -> Mesh:
    """A box with rounded edges. ``turn``: a 3x3 rotation about its middle."""
    if around is None:
        around = 3 if radius > 0.011 and max(size) > 0.06 else 2
    half = np.asarray(size, dtype=np.float64) / 2
    radius = min(radius, 0.49 * float(min(size)))
    core = half - radius
    made: list[Mesh] = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        along_u = steps(half[u], radius, max(1, round(2 * core[u] / cell)), around)
        along_v = steps(half[v], radius, max(1, round(2 * core[v] / cell)), around)
        for sign in (-1.0, 1.0):
            p = np.zeros((len(along_v), len(along_u), 3))
            p[..., u], p[..., v] = along_u[None, :], along_v[:, None]
            p[..., axis] = sign * half[axis]
            inner = np.clip(p, -core, core)
            out = p - inner
            out /= np.linalg.norm(out, axis=2, keepdims=True)
            sheet = grid(inner + radius * out, flip=sign < 0)
            made.append(Mesh(sheet.positions, out.reshape(-1, 3), sheet.triangles, uvs=sheet.uvs))
    box = merge(made)
    if turn is not None:
        matrix = np.eye(4)
        matrix[:3, :3] = turn
        box = box.transformed(matrix)
    return box.moved(*centre)


def chip(size: Sequence[float], centre: Sequence[float], turn: Array | None = None) -> Mesh:
    """A sharp little box, for stitches."""
    made = box(size)
    if turn is not None:
        matrix = np.eye(4)
        matrix[:3, :3] = turn
        made = made.transformed(matrix)
    return made.moved(*centre)


def about(axis: str, angle: float) -> Array:
    """A rotation, radians."""
    c, s = np.cos(angle), np.sin(angle)
    if axis == "x":
        return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    if axis == "y":
        return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def smooth(points: ArrayLike, count: int, *, closed: bool = False) -> Array:
    """A curve through points (Catmull and Rom), ``count`` of them, evenly along it."""
    p = np.asarray(points, dtype=np.float64)
    if closed:
        p = np.concatenate([p, p[:1]])
    ends = (p[-2], p[1]) if closed else (2 * p[0] - p[1], 2 * p[-1] - p[-2])
    q = np.concatenate([[ends[0]], p, [ends[1]]])
    t = np.linspace(0, 1, 17)[:-1, None]
    run = []
    for k in range(len(p) - 1):
        a, b, c, d = q[k : k + 4]
        run.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    fine = np.concatenate([*run, p[-1:]])
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))])
    at = np.linspace(0, way[-1], count)
    return np.stack([np.interp(at, way, fine[:, k]) for k in range(fine.shape[1])], axis=1)


def tube(
    line: ArrayLike,
    radius: ArrayLike,
    sides: int = 12,
    *,
    flat: float = 1.0,
    closed: bool = False,
    caps: bool = True,
) -> Mesh:
    """A round body along a line (n, 3); ``flat`` squeezes it across."""
    p = np.asarray(line, dtype=np.float64)
    r = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(p))
    way = np.gradient(p, axis=0)
    if closed:
        way[0] = way[-1] = p[1] - p[-2]
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    hint = np.array([0.0, 0.0, 1.0]) if np.abs(way[:, 2]).max() < 0.95 else np.array([0.0, 1.0, 0.05])
    side = np.cross(way, hint)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(side, way)
    a = np.linspace(0, 2 * np.pi, sides + 1)
    rings = p[:, None] + r[:, None, None] * (
        side[:, None] * np.cos(a)[None, :, None] + flat * up[:, None] * np.sin(a)[None, :, None]
    )
    if caps and not closed:
        rings = np.concatenate(
            [
                np.tile(p[0], (1, sides + 1, 1)),
                rings[:1],
                rings,
                rings[-1:],
                np.tile(p[-1], (1, sides + 1, 1)),
            ]
        )
    return grid(rings, flip=True)


def turned(profile: Sequence[tuple[float, float]], sides: int = 28) -> Mesh:
    """A body of revolution about +y from (radius, y) pairs; sharp where a pair is given twice."""
    a = np.linspace(0, 2 * np.pi, sides + 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for pair in profile:
        if runs[-1] and runs[-1][-1] == pair:
            runs.append([])
        runs[-1].append(pair)
    made = []
    for run in runs:
        if len(run) > 1:
            made.append(grid(np.array([[(r * np.cos(t), y, -r * np.sin(t)) for t in a] for r, y in run])))
    return merge(made)


def sheet(
    make: Callable[[Array, Array], tuple[Array, Array, Array]], rows: int, columns: int, *, flip: bool = False
) -> Mesh:
    """A sheet from a function of (s, t), each 0 to 1: s along the columns, t along the rows."""
    t, s = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
    return grid(np.stack(np.broadcast_arrays(*make(s, t)), axis=-1), flip=flip)


def swept(
    profile: ArrayLike, xs: ArrayLike, shift: Callable[[Array], Array] | None = None, *, flip: bool = False
) -> Mesh:
    """A profile (n, 2) of (y, z) carried along x; ``shift`` gives (m, 2) to add at each x."""
    p, x = np.asarray(profile, dtype=np.float64), np.asarray(xs, dtype=np.float64)
    off = np.zeros((len(x), 2)) if shift is None else shift(x)
    points = np.zeros((len(p), len(x), 3))
    points[..., 0] = x[None, :]
    points[..., 1:] = p[:, None] + off[None, :]
    return grid(points, flip=flip)


def soft(
    size: Sequence[float],
    centre: Sequence[float],
    power: float = 4.5,
    rows: int = 14,
    columns: int = 32,
    turn: Array | None = None,
) -> Mesh:
    """A cushion (superellipsoid)."""
    half = np.asarray(size, dtype=np.float64) / 2
    v = (np.pi / 2 * np.sin(np.linspace(-np.pi / 2, np.pi / 2, rows + 1)))[:, None]
    u = np.linspace(-np.pi, np.pi, columns + 1)[None, :]

    def bent(value: Array) -> Array:
        return np.sign(value) * np.abs(value) ** (2.0 / power)

    p = np.stack(
        [
            bent(np.cos(v)) * bent(np.cos(u)),
            bent(np.cos(v)) * bent(np.sin(u)),
            bent(np.sin(v)) * np.ones_like(u),
        ],
        -1,
    )
    p = p * half
    if turn is not None:
        p = p @ turn.T
    return grid(p + np.asarray(centre))
