"""What the washroom's fixtures have in common: their colours, and how meshes are gathered by name."""

from __future__ import annotations

from scenes.washroom import objects as place
from vr_runtime.stage.mesh import Mesh

WHITE = (0.86, 0.86, 0.84)
PORCELAIN = (0.87, 0.87, 0.85)
GREY = (0.42, 0.43, 0.43)
DARK = (0.035, 0.035, 0.037)
METAL = (0.80, 0.80, 0.79)
UP = (0.0, 0.0, 1.0)
X0, X1 = place.ROOM_X
Y0, Y1 = place.ROOM_Y
Parts = dict[str, list[Mesh]]


def add(parts: Parts, name: str, *meshes: Mesh) -> None:
    parts.setdefault(name, []).extend(meshes)


def moved(mesh: Mesh, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
    return mesh.moved(x, y, z)
