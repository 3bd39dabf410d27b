"""What light in a room was baked to: pictures of the room for reflections, and light at places in its air. NumPy and
files alone, so that scripts without Panda3D write them.

Radiance is in the stage's units (see kitchen.py), places in the scene's world, m.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets

Floats = NDArray[np.float32]
Point = tuple[float, float, float]
FINE = 4095
"""Steps of the square root of a stored value."""


@dataclass(frozen=True, eq=False)
class CubeMap:
    """What a place in a room sees all around, sharp and blurred, and the box that the room is taken for."""

    levels: tuple[Floats, ...]
    """(6, n, n, 3) each, n halved from level to level down to 1: faces +x, -x, +y, -y, +z, -z with rows and columns
    as OpenGL has them (:func:`directions`); level k is blurred for roughness k / (levels - 3), the rest as it comes.
    """
    at: Point
    low: Point
    high: Point
    """Corners of the box."""

    def __post_init__(self) -> None:
        size = self.levels[0].shape[1] if self.levels else 0
        if size < 4 or [level.shape for level in self.levels] != [
            (6, size >> k, size >> k, 3) for k in range(size.bit_length())
        ]:
            raise ValueError("cube map: levels of 6 square faces, halved down to 1x1, are wanted")
        if not all(a < b for a, b in zip(self.low, self.high, strict=True)):
            raise ValueError("cube map: its box is empty")

    def save(self, path: Path) -> None:
        whole = np.concatenate([level.reshape(-1, 3) for level in self.levels])
        values, top = shrunk(whole)
        _write(path, kind="cube", size=self.levels[0].shape[1], values=values, top=top,
               places=np.array([self.at, self.low, self.high]))  # fmt: skip

    @staticmethod
    def load(relative: str) -> CubeMap:
        """Raises:
        FileError: the asset is missing, or is no cube map.
        """
        held = _read(relative, "cube")
        size, whole = int(held["size"]), grown(held["values"], held["top"])
        levels, start = [], 0
        while size:
            levels.append(whole[start : start + 6 * size * size].reshape(6, size, size, 3))
            start += 6 * size * size
            size >>= 1
        return CubeMap(tuple(levels), *_places(held))


@dataclass(frozen=True, eq=False)
class ProbeGrid:
    """Light in a room's air at the corners of a grid: what a matt surface facing ``n`` receives there (over pi) is
    ``values[..., 0] + values[..., 1:] . n`` (first-order spherical harmonics)."""

    values: Floats
    """(z, y, x, 3 colours, 4)."""
    low: Point
    high: Point
    """The places of the first and the last probe."""

    def __post_init__(self) -> None:
        if self.values.ndim != 5 or self.values.shape[3:] != (3, 4) or min(self.values.shape) < 2:
            raise ValueError(f"probes: shape {self.values.shape}; wanted (z, y, x, 3, 4), 2 or more a side")

    def light(self, at: Point, normal: Point) -> Floats:
        """(3,) at a place; outside the grid as at its nearest side. What the shader works out."""
        count = np.array(self.values.shape[2::-1])
        share = (np.asarray(at) - self.low) / (np.asarray(self.high) - self.low)
        spot = np.clip(share, 0.0, 1.0) * (count - 1)
        first = np.minimum(spot.astype(int), count - 2)
        f = spot - first
        held = np.zeros((3, 4))
        for corner in np.ndindex(2, 2, 2):
            i, j, k = first + corner
            held += np.prod(np.where(corner, f, 1.0 - f)) * self.values[k, j, i]
        return np.maximum(held[:, 0] + held[:, 1:] @ np.asarray(normal), 0.0).astype(np.float32)

    def save(self, path: Path) -> None:
        _write(path, kind="probes", values=self.values.astype(np.float16),
               places=np.array([self.low, self.high]))  # fmt: skip

    @staticmethod
    def load(relative: str) -> ProbeGrid:
        """Raises:
        FileError: the asset is missing, or holds no probes.
        """
        held = _read(relative, "probes")
        return ProbeGrid(held["values"].astype(np.float32), *_places(held))


def save_light_map(path: Path, picture: Floats) -> None:
    """Light arriving at surfaces, (height, width, 4), first row uppermost: linear, and how open the place is."""
    values, top = shrunk(picture)
    _write(path, kind="light map", values=values, top=top)


def load_light_map(relative: str) -> Floats:
    """Raises:
    FileError: the asset is missing, or is no light map.
    """
    held = _read(relative, "light map")
    return grown(held["values"], held["top"])


def directions(size: int) -> Floats:
    """Which way each texel of a cube map's level looks: (6, size, size, 3), not normalised."""
    t, s = np.meshgrid(*[(np.arange(size) + 0.5) / size * 2.0 - 1.0] * 2, indexing="ij")
    one = np.ones_like(s)
    faces = [(one, -t, -s), (-one, -t, s), (s, one, t), (s, -one, -t), (s, -t, one), (-s, -t, -one)]
    return np.stack([np.stack(face, axis=-1) for face in faces]).astype(np.float32)


def shrunk(values: Floats) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Values of 0 and more (..., channels) as square roots in 12 bits, differences along the rows, bytes of equal
    weight together (what zlib likes); and the value that the greatest root stands for."""
    top = max(float(values.max()), 1e-6)
    roots = np.rint(np.sqrt(np.clip(values / top, 0.0, 1.0)) * FINE).astype(np.int32)
    axis = max(values.ndim - 2, 0)
    steps = np.diff(roots, axis=axis, prepend=0).astype("<i2")
    return np.ascontiguousarray(np.moveaxis(steps[..., None].view(np.uint8), -1, 0)), np.array(
        [top], np.float32
    )


def grown(planes: NDArray[np.generic], top: NDArray[np.generic]) -> Floats:
    """What :func:`shrunk` made small."""
    steps = np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view("<i2")[..., 0]
    roots = np.cumsum(steps, axis=max(steps.ndim - 2, 0), dtype=np.int16).astype(np.float32)
    return (roots / np.float32(FINE)) ** 2 * np.float32(top[0])


def _write(path: Path, **arrays: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def _read(relative: str, kind: str) -> dict[str, NDArray[np.generic]]:
    path = assets.path(relative)
    try:
        held = assets.arrays(path)
        if str(held["kind"]) != kind:
            raise ValueError(f"it holds {held['kind']}, not {kind}")
    except (OSError, ValueError, KeyError) as problem:
        raise FileError(
            FileReason.UNREADABLE, f"{path}: cannot be read as light of a room: {problem}"
        ) from None
    return held


def _places(held: dict[str, NDArray[np.generic]]) -> list[Point]:
    return [(float(x), float(y), float(z)) for x, y, z in held["places"]]  # type: ignore[misc]
