"""Daylight in the room, worked out once while the scene is built: from the window, and once off walls and things.

The light of a vertex is what ``Mesh.light`` wants: irradiance over pi, linear.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh

Array = NDArray[np.float64]

LOW, HIGH = np.array([-2.3, -6.2, 0.0]), np.array([2.3, 1.5, 2.55])
"""Opposite corners of the room."""
WINDOW = ((-1.75, 0.15), (0.85, 2.15))
"""Where the window is in the left wall: from y to y, from z to z."""
SKY = np.array([4.6, 4.9, 5.3])
"""Radiance of the curtained window."""
AMBIENT = np.array([0.20, 0.185, 0.165])
"""What has been thrown to and fro more than once."""
WALLS = np.array([0.62, 0.59, 0.54])
FLOOR = np.array([0.26, 0.18, 0.11])
THINGS = np.array([0.35, 0.27, 0.19])


class Daylight:
    """``boxes``: (n, 2, 3) opposite corners of what stands in the way; ``through``: (n,) how much light each lets
    pass."""

    def __init__(self, boxes: Array, through: Array) -> None:
        self._boxes, self._through = boxes, through

    def lit(self, mesh: Mesh) -> Mesh:
        """The same mesh with the light that reaches it."""
        points, normals = mesh.positions.astype(float), mesh.normals.astype(float)
        start = points + normals * 4e-3
        return replace(mesh, light=self._window(start, normals) + self._bounced(start, normals))

    def _window(self, start: Array, normals: Array, across: int = 7) -> Array:
        (y0, y1), (z0, z1) = WINDOW
        total = np.zeros(len(start))
        share = (np.arange(across) + 0.5) / across
        for a in share:
            for b in share:
                to = np.array([LOW[0], y0 + (y1 - y0) * a, z0 + (z1 - z0) * b]) - start
                reach = np.linalg.norm(to, axis=1)
                way = to / reach[:, None]
                facing = np.maximum((normals * way).sum(axis=1), 0.0) * np.maximum(-way[:, 0], 0.0)
                total += facing / np.maximum(reach, 0.3) ** 2 * self._passes(start, way, reach)
        cell = (y1 - y0) * (z1 - z0) / across**2
        return total[:, None] * cell / np.pi * SKY

    def _bounced(self, start: Array, normals: Array, rays: int = 40) -> Array:
        """Light off walls, floor, ceiling and things, by rays spread evenly over the half sphere of each point."""
        side = np.cross(
            normals, np.where(np.abs(normals[:, [2]]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
        )
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        up = np.cross(normals, side)
        total = np.zeros_like(start)
        for k in range(rays):
            turn, height = 2.0 * np.pi * (k * 0.618034 % 1.0), np.sqrt((k + 0.5) / rays)
            flat = np.sqrt(1.0 - height * height)
            way = normals * height + (side * np.cos(turn) + up * np.sin(turn)) * flat
            total += self._seen(start, way)
        return total / rays

    def _seen(self, start: Array, way: Array) -> Array:
        """Radiance (n, 3) of what a ray meets."""
        with np.errstate(divide="ignore", invalid="ignore"):
            walls = np.where(way > 0.0, (HIGH - start) / way, (LOW - start) / way)
        walls[~np.isfinite(walls)] = np.inf
        reach = np.maximum(walls.min(axis=1), 1e-3)
        face = walls.argmin(axis=1)
        at = start + way * reach[:, None]
        # light from the window as if nothing stood in its way
        middle = np.array([LOW[0], np.mean(WINDOW[0]), np.mean(WINDOW[1])])
        off = middle - at
        far2 = (off**2).sum(axis=1) + 0.6
        inward = np.zeros_like(at)
        rows = np.arange(len(at))
        inward[rows, face] = -np.sign(way[rows, face])
        facing = np.maximum((inward * off).sum(axis=1), 0.0) * np.maximum(-off[:, 0], 0.0) / far2**2
        area = (WINDOW[0][1] - WINDOW[0][0]) * (WINDOW[1][1] - WINDOW[1][0])
        light = facing[:, None] * area / np.pi * SKY + AMBIENT
        colour = np.where(((face == 2) & (way[:, 2] < 0.0))[:, None], FLOOR, WALLS)
        free = self._passes(start, way, reach)[:, None]
        return colour * light * free + THINGS * AMBIENT * (1.0 - free)

    def _passes(self, start: Array, way: Array, reach: Array) -> Array:
        """Share (n,) of the light that comes through what stands between."""
        total = np.ones(len(start))
        with np.errstate(divide="ignore"):
            inverse = 1.0 / way
        for (low, high), through in zip(self._boxes, self._through, strict=True):
            with np.errstate(invalid="ignore"):
                a, b = (low - start) * inverse, (high - start) * inverse
            near = np.minimum(a, b).max(axis=1)
            far = np.maximum(a, b).min(axis=1)
            total *= np.where((near < far) & (far > 0.0) & (near < reach), through, 1.0)
        return total
