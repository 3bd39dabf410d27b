"""Triangles as NumPy arrays, before they become nodes. No Panda3D here: meshes can be made, joined and tested
without graphics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.stage import assets

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Mesh:
    """A triangle mesh. Coordinates in metres, Z up; triangles run counter-clockwise seen from outside.

    Only ``positions``, ``normals`` and ``triangles`` are needed; what is None is drawn as stated here.
    """

    positions: Floats
    """(n, 3)."""
    normals: Floats
    """(n, 3), unit length."""
    triangles: NDArray[np.uint32]
    """(m, 3) indices into the vertices."""
    uvs: Floats | None = None
    """(n, 2) for textures, v = 0 at the picture's lower edge; None: zeros."""
    light: Floats | None = None
    """(n, 3) baked light arriving at the vertex, linear, such that a white matt surface shows this radiance
    (irradiance / pi); values above 4 are cut. None: 1. Used by materials with ``vertex_light``."""
    occlusion: Floats | None = None
    """(n,) 0 (buried) to 1 (open): dims reflections, and the sky's light on things that are lit live. None: 1."""
    tint: Floats | None = None
    """(n, 3) linear factor on the material's colour, so that one Geom may hold things of many colours. None: 1."""
    lightmap_uvs: Floats | None = None
    """(n, 2) for a material's light map; None: there is none."""
    member: Floats | None = None
    """(n,) which member of a flock the vertex belongs to (see ``Kitchen.flock``); None: no flock."""
    sway: Floats | None = None
    """(n,) 0 (held) to 1 (free): how far the vertex goes along with a material's ``sway``; None: all of it."""
    axle: Floats | None = None
    """(n, 4) of a flock whose material ``rolls``: y and z (m) of the axle that the vertex turns about, and the texture
    coordinates of the middle of its wheel; z = 0: it does not turn. None: nothing does."""

    def __post_init__(self) -> None:
        def keep(name: str, value: ArrayLike | None, width: int, kind: type = np.float32) -> None:
            if value is None:
                return
            array = np.ascontiguousarray(value, dtype=kind)
            array = array.reshape(-1) if width == 1 else array.reshape(-1, width)
            if name != "triangles" and len(array) != count:
                raise ValueError(f"mesh: {len(array)} {name} for {count} vertices")
            object.__setattr__(self, name, array)

        count = len(np.asarray(self.positions, dtype=np.float32).reshape(-1, 3))
        for name, width in (
            ("positions", 3),
            ("normals", 3),
            ("uvs", 2),
            ("light", 3),
            ("occlusion", 1),
            ("member", 1),
            ("sway", 1),
        ):
            keep(name, getattr(self, name), width)
        for name, width in (("tint", 3), ("lightmap_uvs", 2), ("axle", 4)):
            keep(name, getattr(self, name), width)
        keep("triangles", self.triangles, 3, np.uint32)
        if self.triangles.size and int(self.triangles.max()) >= count:
            raise ValueError(f"mesh: a triangle names vertex {int(self.triangles.max())} of {count}")

    @property
    def triangle_count(self) -> int:
        return len(self.triangles)

    def moved(
        self, x: float = 0.0, y: float = 0.0, z: float = 0.0, heading_deg: float = 0.0, scale: float = 1.0
    ) -> Mesh:
        """Scaled, then turned counter-clockwise (seen from above), then shifted."""
        c, s = cos(radians(heading_deg)), sin(radians(heading_deg))
        turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], dtype=np.float32)
        shift = np.array([x, y, z], dtype=np.float32)
        return replace(self, positions=self.positions @ turn * scale + shift, normals=self.normals @ turn)

    def transformed(self, matrix: ArrayLike) -> Mesh:
        """By a 4x4 matrix for column vectors (last column: the shift). A mirroring matrix turns the faces too."""
        m = np.asarray(matrix, dtype=np.float64)
        linear = m[:3, :3]
        normals = self.normals @ np.linalg.inv(linear)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        triangles = self.triangles if np.linalg.det(linear) > 0 else self.triangles[:, ::-1]
        return replace(
            self, positions=self.positions @ linear.T + m[:3, 3], normals=normals, triangles=triangles
        )

    def tinted(self, colour: Sequence[float]) -> Mesh:
        """With one tint (linear RGB) on every vertex."""
        return replace(self, tint=np.tile(np.asarray(colour, dtype=np.float32), (len(self.positions), 1)))

    def save(self, path: Path) -> None:
        """As a compressed ``.npz`` of plain arrays."""
        arrays = {name: value for name, value in vars(self).items() if value is not None}
        np.savez_compressed(path, **arrays)

    @staticmethod
    def load(path: Path) -> Mesh:
        """What ``save`` wrote.

        Raises:
            OSError, ValueError, TypeError: it is not such a file.
        """
        return Mesh(**assets.arrays(path))


_FILL = {
    "uvs": (2, 0.0),
    "light": (3, 1.0),
    "occlusion": (1, 1.0),
    "tint": (3, 1.0),
    "member": (1, 255.0),
    "sway": (1, 0.0),
    "axle": (4, 0.0),
}


def merge(meshes: Iterable[Mesh]) -> Mesh:
    """Many meshes as one, so that they are drawn by one Geom. What some lack is filled with its default;
    light-map coordinates are kept only where all have them."""
    parts = list(meshes)
    if not parts:
        raise ValueError("merge wants at least one mesh")
    offsets = np.cumsum([0, *(len(part.positions) for part in parts[:-1])])
    columns: dict[str, NDArray[np.float32] | None] = {}
    for name, (width, default) in _FILL.items():
        values = [getattr(part, name) for part in parts]
        if all(value is None for value in values):
            columns[name] = None
            continue
        columns[name] = np.concatenate(
            [
                np.full(
                    (len(part.positions), width) if width > 1 else len(part.positions), default, np.float32
                )
                if value is None
                else value
                for part, value in zip(parts, values, strict=True)
            ]
        )
    charts = [part.lightmap_uvs for part in parts if part.lightmap_uvs is not None]
    return Mesh(
        positions=np.concatenate([part.positions for part in parts]),
        normals=np.concatenate([part.normals for part in parts]),
        triangles=np.concatenate(
            [part.triangles + np.uint32(offset) for part, offset in zip(parts, offsets, strict=True)]
        ),
        lightmap_uvs=np.concatenate(charts) if len(charts) == len(parts) else None,
        **columns,
    )


def box(size: Sequence[float], centre: Sequence[float] = (0.0, 0.0, 0.0), uv_per_m: float = 1.0) -> Mesh:
    """An axis-aligned box seen from outside: 24 vertices, texture coordinates in metres times ``uv_per_m``."""
    positions: list[NDArray[np.float64]] = []
    normals: list[NDArray[np.float64]] = []
    uvs: list[list[float]] = []
    triangles: list[list[int]] = []
    half = np.asarray(size, dtype=np.float64) / 2
    for axis in range(3):
        for sign in (-1.0, 1.0):
            normal = np.zeros(3)
            normal[axis] = sign
            v = np.array([0.0, 1.0, 0.0]) if axis == 2 else np.array([0.0, 0.0, 1.0])
            u = np.cross(v, normal)
            first = len(positions)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                positions.append(normal * half + (u * a + v * b) * half + np.asarray(centre))
                normals.append(normal)
                uvs.append(
                    [(a + 1) * abs(float(u @ half)) * uv_per_m, (b + 1) * abs(float(v @ half)) * uv_per_m]
                )
            triangles += [[first, first + 1, first + 2], [first, first + 2, first + 3]]
    return Mesh(np.array(positions), np.array(normals), np.array(triangles), uvs=np.array(uvs))


def quad(corners: ArrayLike, uv: tuple[float, float] = (1.0, 1.0), rows: int = 1, columns: int = 1) -> Mesh:
    """A flat four-cornered patch from (4, 3) corners, counter-clockwise from its lower left, cut into a grid so
    that baked light can vary over it."""
    c = np.asarray(corners, dtype=np.float64)
    s, t = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    s, t = s.reshape(-1, 1), t.reshape(-1, 1)
    positions = (1 - s) * (1 - t) * c[0] + s * (1 - t) * c[1] + s * t * c[2] + (1 - s) * t * c[3]
    normal = np.cross(c[1] - c[0], c[3] - c[0])
    normal /= np.linalg.norm(normal)
    corner = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)[None, :]).reshape(-1, 1)
    up = columns + 1
    triangles = np.concatenate(
        [corner + np.array([0, 1, up + 1]), corner + np.array([0, up + 1, up])], axis=0
    )
    return Mesh(
        positions, np.tile(normal, (len(positions), 1)), triangles, uvs=np.hstack([s * uv[0], t * uv[1]])
    )
