"""Meshes with their baked light as a small file: what a script makes once, a scene loads in a moment.

Positions are kept to a step given by the writer, directions to 1/127, texture coordinates to 1/1024, light and tints
as square roots in 8 bits. Vertices of one patch lie together, so differences along the rows are small.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.mesh import Mesh

UV_STEP = 1.0 / 1024.0
CHART_STEP = 1.0 / 65535.0
LIGHT_TOP = 4.0


def _planes(values: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Differences along the rows, bytes of equal weight together: what zlib likes."""
    steps = np.diff(values, axis=0, prepend=0).astype("<i4")
    return np.ascontiguousarray(np.moveaxis(steps[..., None].view(np.uint8), -1, 0))


def _values(planes: NDArray[np.uint8]) -> NDArray[np.int32]:
    steps = np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view("<i4")[..., 0]
    return np.cumsum(steps, axis=0, dtype=np.int32)


def _root(values: NDArray[np.float32], top: float) -> NDArray[np.uint8]:
    return np.rint(np.sqrt(np.clip(values / top, 0.0, 1.0)) * 255.0).astype(np.uint8)


def _square(values: NDArray[np.uint8], top: float) -> NDArray[np.float32]:
    return (values.astype(np.float32) / np.float32(255.0)) ** 2 * np.float32(top)


def save(
    path: Path, meshes: Mapping[str, Mesh], pictures: Mapping[str, NDArray[np.float32]], step_m: float = 0.001
) -> None:
    """Meshes by name, and light maps by name: linear, up to ``LIGHT_TOP``."""
    arrays: dict[str, NDArray[np.generic]] = {"step": np.array(step_m)}
    for name, mesh in meshes.items():
        arrays[f"{name}.p"] = _planes(np.rint(mesh.positions / step_m).astype(np.int32))
        arrays[f"{name}.n"] = np.rint(mesh.normals * 127.0).astype(np.int8)
        arrays[f"{name}.t"] = _planes(mesh.triangles.astype(np.int32))
        if mesh.uvs is not None:
            arrays[f"{name}.u"] = _planes(np.rint(mesh.uvs / UV_STEP).astype(np.int32))
        if mesh.lightmap_uvs is not None:
            arrays[f"{name}.c"] = _planes(np.rint(mesh.lightmap_uvs / CHART_STEP).astype(np.int32))
        if mesh.light is not None:
            arrays[f"{name}.l"] = _root(mesh.light, LIGHT_TOP)
        if mesh.tint is not None:
            arrays[f"{name}.k"] = _root(mesh.tint, 1.0)
        for key, value in (("o", mesh.occlusion), ("s", mesh.sway)):
            if value is not None:
                arrays[f"{name}.{key}"] = np.rint(np.clip(value, 0.0, 1.0) * 255.0).astype(np.uint8)
    for name, picture in pictures.items():
        arrays[f"picture.{name}"] = np.rint(np.sqrt(np.clip(picture / LIGHT_TOP, 0.0, 1.0)) * 4095.0).astype(
            np.uint16
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load(relative: str) -> tuple[dict[str, Mesh], dict[str, NDArray[np.float32]]]:
    """What ``save`` wrote, from an asset.

    Raises:
        FileError: NOT_FOUND or UNREADABLE.
    """
    path = assets.path(relative)
    try:
        held = assets.arrays(path)
        step = np.float32(held["step"])
        names = sorted(key[:-2] for key in held if key.endswith(".p"))
        meshes = {name: _mesh(held, name, step) for name in names}
        pictures = {
            key.removeprefix("picture."): (value.astype(np.float32) / np.float32(4095.0)) ** 2
            * np.float32(LIGHT_TOP)
            for key, value in held.items()
            if key.startswith("picture.")
        }
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as meshes: {problem}") from None
    return meshes, pictures


def _mesh(held: Mapping[str, NDArray[np.generic]], name: str, step: np.float32) -> Mesh:
    def column(key: str) -> NDArray[np.generic] | None:
        return held.get(f"{name}.{key}")

    uvs, charts, light, tint, open_, sway = (column(key) for key in "uclkos")
    return Mesh(
        positions=_values(held[f"{name}.p"]).astype(np.float32) * step,  # type: ignore[arg-type]
        normals=held[f"{name}.n"].astype(np.float32) / np.float32(127.0),
        triangles=_values(held[f"{name}.t"]).astype(np.uint32),  # type: ignore[arg-type]
        uvs=None if uvs is None else _values(uvs).astype(np.float32) * np.float32(UV_STEP),  # type: ignore[arg-type]
        lightmap_uvs=None if charts is None else _values(charts).astype(np.float32) * np.float32(CHART_STEP),  # type: ignore[arg-type]
        light=None if light is None else _square(light, LIGHT_TOP),  # type: ignore[arg-type]
        tint=None if tint is None else _square(tint, 1.0),  # type: ignore[arg-type]
        occlusion=None if open_ is None else open_.astype(np.float32) / np.float32(255.0),
        sway=None if sway is None else sway.astype(np.float32) / np.float32(255.0),
    )
