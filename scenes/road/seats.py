"""The driver's seat, which a driver with shorter arms than the patient's moves ahead. Shared by the script that makes
her and the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh

SEAT_AHEAD_M = 0.11
"""How far she has moved her seat ahead of where the patient has it when the patient drives."""
SEAT_BOX = ((-0.625, -0.52, 0.34), (-0.095, 0.33, 1.31))


def seat_and_rest(cloth: Mesh) -> tuple[Mesh, Mesh]:
    """The driver's seat, and what else is upholstered."""
    low, high = np.array(SEAT_BOX)
    inside = ((cloth.positions > low) & (cloth.positions < high)).all(axis=1)[cloth.triangles].all(axis=1)
    return _cut(cloth, cloth.triangles[inside]), _cut(cloth, cloth.triangles[~inside])


def _cut(mesh: Mesh, triangles: NDArray[np.uint32]) -> Mesh:
    used, back = np.unique(triangles, return_inverse=True)
    columns = {
        name: None if value is None else value[used]
        for name, value in vars(mesh).items()
        if name != "triangles"
    }
    return Mesh(triangles=back.reshape(-1, 3).astype(np.uint32), **columns)
