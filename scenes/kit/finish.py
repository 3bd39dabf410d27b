"""How the city's materials look: what each mesh of ``city`` is drawn with. Used by a scene's ``build``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

FOLDER = "textures/city"
TEXTURED = {
    # mesh: picture, roughness
    "wall_stucco": ("stucco", 0.95),
    "wall_ashlar": ("ashlar", 0.95),
    "wall_brick": ("brick", 0.95),
    "wall_concrete": ("concrete", 0.95),
    "roof_flat": ("roof_flat", 0.97),
    "roof_tile": ("roof_tile", 0.92),
    "roof_zinc": ("zinc", 0.62),
    "road": ("road", 0.92),
    "side_road": ("side_road", 0.92),
    "junction": ("junction", 0.92),
    "crossing": ("crossing", 0.92),
    "pavement": ("pavement", 0.95),
    "kerb": ("kerb", 0.9),
    "bark": ("bark", 0.97),
    "grass": ("grass", 1.0),
}
RELIEF = ("pavement",)
"""Of those, what has a picture of normals too."""
PLAIN = {"plain": 0.85, "paint": 0.42, "haze": 1.0, "pane": 0.12}
CUTOUT = {"leaves": "leaves", "bars": "bars"}
GLAZED = (
    "windows",
    "wide",
    "shops",
    "facade_stone",
    "facade_stucco",
    "facade_brick",
    "facade_ribbon",
    "facade_glass",
    "facade_loggia",
)


SHINES = {"shops": (0.62, 0.60, 0.58), "wide": (0.40, 0.42, 0.44)}
"""Of those, what is seen through their glass and on it shines by a picture of its own, as far as this: rooms are lit
from within, and glass in the shade mirrors the sky."""


def material(kitchen: Kitchen, name: str) -> Material:
    """The material of one of the city's meshes."""
    if name in TEXTURED:
        picture, roughness = TEXTURED[name]
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=roughness,
            texture=kitchen.texture_file(f"{FOLDER}/{picture}.jpg"),
            normal=kitchen.texture_file(f"{FOLDER}/{picture}_n.jpg", srgb=False) if name in RELIEF else None,
            sun_map=True,
        )
    if name == "marks":
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=0.95,
            texture=kitchen.texture_file(f"{FOLDER}/marks.png"),
            transparent=True,
            sun_map=True,
            shine=0.0,
        )
    if name in CUTOUT:
        texture = kitchen.texture_file(f"{FOLDER}/{CUTOUT[name]}.png")
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=1.0,
            texture=texture,
            cutout=True,
            cards=name == "leaves",
            two_sided=True,
            shine=0.0 if name == "leaves" else 1.0,
            sun_map=True,
        )
    if name in GLAZED:
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=0.9,
            texture=kitchen.texture_file(f"{FOLDER}/{name}.jpg"),
            normal=kitchen.texture_file(f"{FOLDER}/{name}_n.jpg", srgb=False),
            emissive=SHINES.get(name, (0.0, 0.0, 0.0)),
            emissive_texture=kitchen.texture_file(f"{FOLDER}/{name}_e.jpg") if name in SHINES else None,
            sun_map=True,
        )
    return kitchen.material(name, colour=(1, 1, 1), roughness=PLAIN[name], sun_map=True)


GROUND = ("road", "side_road", "junction", "crossing", "pavement", "kerb")
NEAR_M = 70.0
"""What stands nearer to the tower's foot is drawn first, so that what it hides costs little."""


def stand(kitchen: Kitchen, meshes: Mapping[str, Mesh]) -> list[NodePath]:
    """The city's nodes: one or two Geoms a material, near and far."""
    nodes: list[NodePath] = []
    for name, mesh in meshes.items():
        made = material(kitchen, name.rpartition(".")[2])
        centres = mesh.positions.reshape(-1, 4, 3).mean(axis=1)
        near = np.hypot(centres[:, 0], centres[:, 1] - 10.0) < NEAR_M
        for part, pick in (("near", near), ("far", ~near)):
            if not pick.any():
                continue
            node = kitchen.mesh(f"{name} {part}", patches(mesh, pick), made)
            kind = name.rpartition(".")[2]
            # what lies on the ground comes after all of it, and before all that stands or throws shadows on it
            if kind == "marks":
                node.set_bin("background", 23)
                node.set_depth_offset(1)
            elif part == "near" and kind not in CUTOUT:
                node.set_bin("background", 20)
            elif kind in GROUND:
                node.set_bin("background", 22)
            nodes.append(node)
    return nodes


def patches(mesh: Mesh, pick: NDArray[np.bool_]) -> Mesh:
    """Some of a mesh's patches of four vertices."""
    rows = np.repeat(pick, 4)
    first = (np.arange(int(pick.sum()), dtype=np.uint32) * 4)[:, None, None]
    triangles = (first + np.array([[[0, 1, 2], [0, 2, 3]]], dtype=np.uint32)).reshape(-1, 3)
    columns = {
        name: value[rows] for name, value in vars(mesh).items() if value is not None and name != "triangles"
    }
    return Mesh(triangles=triangles, **columns)
