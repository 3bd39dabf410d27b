"""What is seen of the baseline room. Everything stands still but the curtain, which the air moves a little."""

from __future__ import annotations

from math import sin
from typing import TYPE_CHECKING

from scenes.kit import stored

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material
    from vr_runtime.stage.mesh import Mesh

FOLDER = "textures/room"
RODS = {"curtain left": (-1.76, 2.89, 2.30), "curtain right": (-0.24, 2.89, 2.30)}
"""Where each half of the curtain hangs from, m."""
SURFACES: dict[str, tuple[str, bool, float, float]] = {
    # material: texture, has a normal map, roughness, strength of the normal map
    "boards": ("boards", True, 0.62, 1.0),
    "plaster": ("plaster", True, 0.95, 1.0),
    "rug": ("rug", False, 1.0, 0.0),
    "cloth": ("weave", True, 1.0, 1.0),
    "wool": ("wool", True, 1.0, 1.0),
    "wood": ("wood", False, 0.55, 0.0),
    "leaf": ("leaf", False, 0.45, 0.0),
    "painting": ("paintings", False, 0.7, 0.0),
    "curtain left": ("linen", False, 1.0, 0.0),
    "curtain right": ("linen", False, 1.0, 0.0),
}
OUTSIDE = {"garden": ("trees.png", True), "lawn": ("ground.jpg", False)}
PLAIN = {"matt": 0.75, "metal": 0.35, "glazed": 0.22, "paper": 1.0}


class RoomPicture:
    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        # what shiny things mirror: ceiling, walls, floor
        kitchen.sky((0.40, 0.39, 0.38), (0.42, 0.41, 0.39), (0.22, 0.19, 0.15))
        kitchen.sun((-0.52, 0.66, 0.54), (0.0, 0.0, 0.0))
        kitchen.exposure(0.55)
        self._outside()
        meshes, pictures = stored.load("models/baseline_room.npz")
        self._light = kitchen.texture("light of the room", pictures["light"], srgb=False, wrap="clamp")
        self._curtains: list[NodePath] = []
        for name, mesh in meshes.items():
            node = kitchen.mesh(name, mesh, self._material(name, mesh))
            if name in RODS:
                node.set_pos(*RODS[name])
                self._curtains.append(node)

    def _outside(self) -> None:
        """A bright sky over the garden; its light is not the room's."""
        sky = self._kitchen.sky_dome(clouds=0.42, cloud_colour=(1.3, 1.3, 1.3), sun_disc=False, seed=4)
        sky.set_shader_input("sky_zenith", (0.50, 0.78, 1.30, 0.0))
        sky.set_shader_input("sky_horizon", (1.25, 1.40, 1.55, 0.0))
        sky.set_shader_input("sun_colour", (1.6, 1.5, 1.35, 0.0))

    def _material(self, name: str, mesh: Mesh) -> Material:
        kitchen = self._kitchen
        charted = mesh.lightmap_uvs is not None
        light = {"lightmap": self._light} if charted else {"vertex_light": True}
        if name == "shade":
            return kitchen.material(
                name, colour=(0.5, 0.42, 0.3), roughness=1.0, emissive=(0.95, 0.68, 0.40), **light
            )
        if name in OUTSIDE:
            picture, cutout = OUTSIDE[name]
            texture = kitchen.texture_file(f"textures/calm/{picture}", wrap="clamp" if cutout else "repeat")
            return kitchen.material(
                name, colour=(1, 1, 1), roughness=1.0, texture=texture, cutout=cutout, vertex_light=True
            )
        if name in PLAIN:
            metallic = 0.9 if name == "metal" else 0.0
            return kitchen.material(name, colour=(1, 1, 1), roughness=PLAIN[name], metallic=metallic, **light)
        picture, bumpy, roughness, strength = SURFACES[name]
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=roughness,
            texture=kitchen.texture_file(f"{FOLDER}/{picture}.jpg"),
            normal=kitchen.texture_file(f"{FOLDER}/{picture}_n.jpg", srgb=False) if bumpy else None,
            normal_strength=strength,
            two_sided=name in RODS,
            **light,
        )

    def draw(self, t_s: float) -> None:
        for k, node in enumerate(self._curtains):
            # slower than breathing, and less than a centimetre at the hem
            node.set_shear(0.0, 0.0, 0.003 * sin(0.31 * t_s + 1.9 * k) + 0.0015 * sin(0.73 * t_s + k))
