"""How the city's materials look: what each mesh of ``city`` is drawn with. Used by a scene's ``build``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

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
    "grass": ("grass", 1.0),
}
PLAIN = {"plain": 0.85, "paint": 0.42, "haze": 1.0, "pane": 0.12}
CUTOUT = {"leaves": "leaves", "bars": "bars"}
GLAZED = (
    "windows",
    "shops",
    "facade_stone",
    "facade_stucco",
    "facade_brick",
    "facade_ribbon",
    "facade_glass",
    "facade_loggia",
)


def material(kitchen: Kitchen, name: str) -> Material:
    """The material of one of the city's meshes."""
    if name in TEXTURED:
        picture, roughness = TEXTURED[name]
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=roughness,
            texture=kitchen.texture_file(f"{FOLDER}/{picture}.jpg"),
            sun_map=True,
        )
    if name in CUTOUT:
        texture = kitchen.texture_file(f"{FOLDER}/{CUTOUT[name]}.png")
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=1.0,
            texture=texture,
            cutout=True,
            two_sided=name == "bars",
            sun_map=True,
        )
    if name in GLAZED:
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=0.9,
            texture=kitchen.texture_file(f"{FOLDER}/{name}.jpg"),
            normal=kitchen.texture_file(f"{FOLDER}/{name}_n.jpg", srgb=False),
            sun_map=True,
        )
    return kitchen.material(name, colour=(1, 1, 1), roughness=PLAIN[name], sun_map=True)


def stand(kitchen: Kitchen, meshes: Mapping[str, Mesh]) -> dict[str, NodePath]:
    """The city's nodes, one Geom a material."""
    return {name: kitchen.mesh(name, mesh, material(kitchen, name)) for name, mesh in meshes.items()}
