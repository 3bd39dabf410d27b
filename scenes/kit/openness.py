"""How much of the sky small structures see: what stands near a point, as boxes, and how much light it sends on.

NumPy alone; made offline by a script. The result is a mesh's ``occlusion``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenes.kit.indoors import Solid, around

Floats = NDArray[np.float32]
BATCH = 4096


def openness(
    points: Floats,
    normals: Floats,
    solids: Sequence[Solid],
    *,
    rays: int = 64,
    reach_m: float = 12.0,
    sent_on: float = 0.3,
) -> Floats:
    """Share (n,) of the light from above each surface that arrives: 1 in the open. What is hidden by a box counts as
    ``sent_on``; boxes farther off than ``reach_m`` count as sky. Turned boxes are taken as they lie unturned."""
    low = np.array([s.low for s in solids], np.float32)
    high = np.array([s.high for s in solids], np.float32)
    k = np.arange(rays)
    spread = np.stack([(0.5 + k * 0.7548776662) % 1.0, (0.5 + k * 0.5698402910) % 1.0], axis=1)
    out = np.ones(len(points), np.float32)
    for begin in range(0, len(points), BATCH):
        rows = slice(begin, begin + BATCH)
        n = np.asarray(normals[rows], np.float32)
        # patches that are folded to nothing have no normal
        n = np.where(np.abs(n).sum(axis=1, keepdims=True) > 0.5, n, np.float32([[0, 0, 1]]))
        origin = np.asarray(points[rows], np.float32) + n * np.float32(0.004)
        seen = np.zeros(len(n), np.float32)
        for u, v in spread:
            way = around(n, float(u), float(v))
            inverse = 1.0 / np.where(np.abs(way) < 1e-6, 1e-6, way)
            a = (low[None] - origin[:, None]) * inverse[:, None]
            b = (high[None] - origin[:, None]) * inverse[:, None]
            enter = np.minimum(a, b).max(axis=2)
            leave = np.maximum(a, b).min(axis=2)
            met = (enter < leave) & (leave > 1e-4) & (enter < reach_m)
            # from inside a box nothing is hidden by it: such points lie in joints
            met &= enter > -1e-3
            seen += np.where(met.any(axis=1), np.float32(sent_on), np.float32(1.0))
        out[rows] = seen / rays
    return out
