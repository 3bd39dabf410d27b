"""The city as a file: meshes and sun maps packed small, so that a scene loads in a moment what takes long to make.

Positions are kept to 5 mm, directions to 1/127, texture coordinates to 1/512 of a repeat, light and tints to 8 bits; the
sun's depths to 1/65535 of their range, as second differences along the rows, which vanish on flat surfaces.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenes.kit.sunlight import SunDepths
from vr_runtime.stage.mesh import Mesh

STEP_M = 0.005
UV_STEP = 1.0 / 512.0
AXES = ("right", "up", "away", "middle")


def _planes(values: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Differences along the rows, bytes of equal weight together: what zlib likes."""
    steps = np.diff(values, axis=0, prepend=0).astype("<i4")
    return np.ascontiguousarray(np.moveaxis(steps[..., None].view(np.uint8), -1, 0))


def _values(planes: NDArray[np.uint8]) -> NDArray[np.int32]:
    steps = np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view("<i4")[..., 0]
    return np.cumsum(steps, axis=0, dtype=np.int32)


def save(path: Path, meshes: dict[str, Mesh], sun: SunDepths) -> None:
    """Meshes must be made of patches of four vertices, as ``Quads`` makes them."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, mesh in meshes.items():
        if len(mesh.triangles) * 2 != len(mesh.positions):
            raise ValueError(f"{name}: not made of patches")
        assert mesh.uvs is not None and mesh.tint is not None and mesh.occlusion is not None
        arrays[f"{name}.p"] = _planes(np.rint(mesh.positions / STEP_M).astype(np.int32))
        arrays[f"{name}.n"] = np.rint(mesh.normals * 127.0).astype(np.int8)
        arrays[f"{name}.u"] = _planes(np.rint(mesh.uvs / UV_STEP).astype(np.int32))
        light = np.column_stack([mesh.tint, mesh.occlusion])
        arrays[f"{name}.l"] = np.rint(np.sqrt(np.clip(light, 0.0, 1.0)) * 255.0).astype(np.uint8)
    for name in ("near", "far"):
        depths = np.rint(getattr(sun, name) * 65535.0).astype(np.int64)
        second = np.diff(np.diff(depths, axis=1, prepend=0), axis=1, prepend=0)
        arrays[f"sun.{name}"] = (second % 65536).astype("<u2").view(np.uint8).reshape(*second.shape, 2)
    arrays["sun.axes"] = np.array([getattr(sun, name) for name in AXES])
    arrays["sun.reach"] = np.array([sun.near_half_m, sun.far_half_m, sun.half_depth_m])
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load(path: Path) -> tuple[dict[str, Mesh], SunDepths]:
    """What ``save`` wrote.

    Raises:
        OSError, ValueError, KeyError: it is not such a file.
    """
    with np.load(path, allow_pickle=False) as arrays:
        names = sorted(key[:-2] for key in arrays.files if key.endswith(".p"))
        meshes = {name: _mesh(arrays, name) for name in names}
        maps: list[NDArray[np.float32]] = []
        for name in ("near", "far"):
            second = np.ascontiguousarray(arrays[f"sun.{name}"]).view("<u2")[..., 0]
            # sums wrap around at 16 bits, as the differences did
            first = np.cumsum(second, axis=1, dtype=np.uint16)
            maps.append(
                np.cumsum(first, axis=1, dtype=np.uint16).astype(np.float32) * np.float32(1.0 / 65535.0)
            )
        axes = [tuple(float(v) for v in row) for row in arrays["sun.axes"]]
        reach = [float(v) for v in arrays["sun.reach"]]
    return meshes, SunDepths(maps[0], maps[1], axes[0], axes[1], axes[2], axes[3], *reach)  # type: ignore[arg-type]


def _mesh(arrays: np.lib.npyio.NpzFile, name: str) -> Mesh:
    positions = _values(arrays[f"{name}.p"]).astype(np.float32) * np.float32(STEP_M)
    light = (arrays[f"{name}.l"].astype(np.float32) / np.float32(255.0)) ** 2
    count = len(positions) // 4
    first = (np.arange(count, dtype=np.uint32) * 4)[:, None, None]
    triangles = first + np.array([[[0, 1, 2], [0, 2, 3]]], dtype=np.uint32)
    return Mesh(
        positions=positions,
        normals=arrays[f"{name}.n"].astype(np.float32) / np.float32(127.0),
        triangles=triangles.reshape(-1, 3),
        uvs=_values(arrays[f"{name}.u"]).astype(np.float32) * np.float32(UV_STEP),
        tint=light[:, :3],
        occlusion=light[:, 3],
    )
