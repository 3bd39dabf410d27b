"""Meshes made of rectangles, collected with one call for many, and joined at the end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.stage.mesh import Mesh

Array = NDArray[np.float64]

X = np.array([1.0, 0.0, 0.0])
Y = np.array([0.0, 1.0, 0.0])
Z = np.array([0.0, 0.0, 1.0])


class Quads:
    """Collects four-cornered patches. Corners run counter-clockwise seen from outside, from the lower left."""

    def __init__(self) -> None:
        self._corners: list[Array] = []
        self._uvs: list[Array] = []
        self._tints: list[Array] = []
        self._smooth: list[tuple[int, Array]] = []
        """Normals that are not flat: the first patch that has them, and they."""

    def add(
        self,
        corners: ArrayLike,
        uvs: ArrayLike | None = None,
        tint: ArrayLike = (1.0, 1.0, 1.0),
        normals: ArrayLike | None = None,
    ) -> None:
        """``corners`` (n, 4, 3) or (4, 3); ``uvs`` (n, 4, 2), default 0 to 1; ``tint`` (3,) or (n, 3); ``normals``
        (n, 4, 3), default flat."""
        c = np.asarray(corners, dtype=np.float64).reshape(-1, 4, 3)
        if uvs is None:
            uvs = [[0, 0], [1, 0], [1, 1], [0, 1]]
        if normals is not None:
            self._smooth.append((self.count, np.asarray(normals, dtype=np.float64).reshape(-1, 4, 3)))
        self._corners.append(c)
        self._uvs.append(np.broadcast_to(np.asarray(uvs, dtype=np.float64).reshape(-1, 4, 2), (len(c), 4, 2)))
        self._tints.append(np.broadcast_to(np.asarray(tint, dtype=np.float64).reshape(-1, 3), (len(c), 3)))

    def rect(
        self,
        origin: ArrayLike,
        across: ArrayLike,
        up: ArrayLike,
        *,
        tint: ArrayLike = (1.0, 1.0, 1.0),
        metres: float | None = None,
        shift: ArrayLike = (0.0, 0.0),
    ) -> None:
        """Rectangles from their lower left corners and two edges, each (3,) or (n, 3), facing ``across x up``.
        ``metres``: the texture repeats every so many; None: it fills each rectangle once."""
        o, a, b = np.broadcast_arrays(
            *(np.asarray(value, dtype=np.float64).reshape(-1, 3) for value in (origin, across, up))
        )
        corners = np.stack([o, o + a, o + a + b, o + b], axis=1)
        if metres is None:
            self.add(corners, None, tint)
            return
        w = np.linalg.norm(a, axis=1) / metres
        h = np.linalg.norm(b, axis=1) / metres
        zero = np.zeros_like(w)
        uvs = np.stack(
            [np.stack([zero, zero], 1), np.stack([w, zero], 1), np.stack([w, h], 1), np.stack([zero, h], 1)],
            1,
        )
        self.add(corners, uvs + np.asarray(shift, dtype=np.float64).reshape(-1, 1, 2), tint)

    def boxes(
        self,
        low: ArrayLike,
        high: ArrayLike,
        *,
        tint: ArrayLike = (1.0, 1.0, 1.0),
        metres: float | None = 1.0,
        sides: str = "xXyYZ",
    ) -> None:
        """Axis-parallel boxes by opposite corners, (3,) or (n, 3); ``sides`` names the faces that are drawn
        (lower case: the low side). The underside is left out by default."""
        lo, hi = np.broadcast_arrays(
            np.asarray(low, dtype=np.float64).reshape(-1, 3),
            np.asarray(high, dtype=np.float64).reshape(-1, 3),
        )
        size = hi - lo
        dx, dy, dz = (size[:, [i]] * axis for i, axis in enumerate((X, Y, Z)))
        faces = {
            "x": (lo + dy, -dy, dz),
            "X": (lo + dx, dy, dz),
            "y": (lo, dx, dz),
            "Y": (lo + dx + dy, -dx, dz),
            "z": (lo + dy, dx, -dy),
            "Z": (lo + dz, dx, dy),
        }
        for side in sides:
            self.rect(*faces[side], tint=tint, metres=metres)

    @property
    def count(self) -> int:
        return sum(len(c) for c in self._corners)

    def corners(self) -> Array:
        """All patches so far, (n, 4, 3)."""
        return np.concatenate(self._corners) if self._corners else np.zeros((0, 4, 3))

    def normals(self) -> Array:
        """Their unit normals at each corner, (n, 4, 3)."""
        normals = np.repeat(normals_of(self.corners())[:, None, :], 4, axis=1)
        for at, given in self._smooth:
            normals[at : at + len(given)] = given
        return normals

    def extend(self, other: Quads) -> None:
        """Everything of another collection too."""
        before = self.count
        self._smooth += [(before + first, given) for first, given in other._smooth]
        self._corners += other._corners
        self._uvs += other._uvs
        self._tints += other._tints

    def mesh(self) -> Mesh:
        corners = self.corners()
        n = len(corners)
        first = (np.arange(n, dtype=np.uint32) * 4)[:, None]
        triangles = np.concatenate([first + np.array([[0, 1, 2]]), first + np.array([[0, 2, 3]])], axis=1)
        return Mesh(
            positions=corners.reshape(-1, 3),
            normals=self.normals().reshape(-1, 3),
            triangles=triangles.reshape(-1, 3),
            uvs=np.concatenate(self._uvs).reshape(-1, 2),
            tint=np.repeat(np.concatenate(self._tints), 4, axis=0),
        )


def normals_of(corners: Array) -> Array:
    """Unit normals (n, 3) of patches (n, 4, 3), from their diagonals (right for triangles given as patches too)."""
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def linear(colour: Sequence[float]) -> tuple[float, float, float]:
    """A display colour (sRGB, 0 to 1) as linear light, as tints want it."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return r, g, b
