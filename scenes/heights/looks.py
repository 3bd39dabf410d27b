"""The materials of what one stands on and holds, made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenes.kit import finish

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material
    from vr_runtime.stage.mesh import Mesh

FOLDER = "textures/heights"
TEXTURED = {
    # part: picture, roughness, strength of its relief
    "concrete": (f"{FOLDER}/raw_concrete", 0.95, 0.8),
    "gravel": (f"{FOLDER}/gravel", 1.0, 1.0),
    "planks": (f"{FOLDER}/planks", 0.95, 0.8),
    "tiles": ("textures/city/deck", 0.95, 1.0),
    "primer": (f"{FOLDER}/primer", 0.62, 0.7),
    "render": (f"{FOLDER}/render", 0.97, 0.8),
}
PLAIN = {
    "matt": 0.88,
    "metal": 0.48,
    "trunk": 0.95,
    "marks": 0.8,
    "crane": 0.6,
    "end": 0.7,
    "ground": 0.92,
    "dome": 0.25,
}


@dataclass(frozen=True)
class Looks:
    """How parts are drawn, by their names in the assets."""

    kitchen: Kitchen
    made: dict[str, Material]
    glass: Material
    trodden: Material
    dust: Material
    fading_tiles: Material
    grating: Material

    def of(self, part: str) -> Material:
        """A part's material; those of the city are made when they are asked for."""
        if part not in self.made:
            self.made[part] = finish.material(self.kitchen, part)
        return self.made[part]

    def stand(self, meshes: dict[str, Mesh], group: str, parent: NodePath) -> dict[str, NodePath]:
        """All parts of a group under a node, by part; ``shadow`` is left to the caller."""
        return {
            name: self.kitchen.mesh(f"{group} {name}", mesh, self.of(name), parent=parent)
            for key, mesh in meshes.items()
            for kind, _, name in (key.partition("."),)
            if kind == group and name != "shadow"
        }


def make(kitchen: Kitchen) -> Looks:
    made: dict[str, Material] = {}
    for part, (picture, roughness, strength) in TEXTURED.items():
        made[part] = kitchen.material(
            part,
            colour=(1, 1, 1),
            roughness=roughness,
            texture=kitchen.texture_file(f"{picture}.jpg"),
            normal=kitchen.texture_file(f"{picture}_n.jpg", srgb=False),
            normal_strength=strength,
            sun_map=True,
        )
    for part, roughness in PLAIN.items():
        made[part] = kitchen.material(part, colour=(1, 1, 1), roughness=roughness, sun_map=True)
    made["lamp"] = kitchen.material("lamp", colour=(0, 0, 0), emissive=(2.2, 2.0, 1.7), roughness=1.0)
    made["shade"] = kitchen.material("shade", colour=(0, 0, 0), emissive=(1.5, 1.1, 0.66), roughness=1.0)
    made["sign"] = kitchen.material("sign", colour=(0, 0, 0), emissive=(1.1, 0.42, 0.10), roughness=1.0)
    glass = kitchen.material(
        "glass", colour=(0.02, 0.05, 0.045), roughness=0.06, opacity=0.10, transparent=True, two_sided=True
    )
    made["glass"] = glass
    grating_picture = kitchen.texture_file(f"{FOLDER}/grating.png")
    grating = kitchen.material(
        "grating",
        colour=(1, 1, 1),
        roughness=0.8,
        texture=grating_picture,
        transparent=True,
        two_sided=True,
        sun_map=True,
        shine=0.0,
    )
    made["net"] = kitchen.material(
        "net",
        colour=(1, 1, 1),
        roughness=1.0,
        texture=grating_picture,
        transparent=True,
        two_sided=True,
        shine=0.0,
    )
    tiles, bumps = (kitchen.texture_file(f"textures/city/deck{end}.jpg", srgb=not end) for end in ("", "_n"))
    return Looks(
        kitchen,
        made,
        glass,
        trodden=kitchen.material(
            "glass floor", colour=(0.10, 0.14, 0.14), roughness=0.14, opacity=0.12, transparent=True
        ),
        dust=kitchen.material(
            "dust on glass",
            colour=(1, 1, 1),
            roughness=1.0,
            texture=kitchen.texture_file("textures/city/dust.png"),
            transparent=True,
            sun_map=True,
            shine=0.0,
        ),
        fading_tiles=kitchen.material(
            "fading tiles",
            colour=(1, 1, 1),
            roughness=0.95,
            texture=tiles,
            normal=bumps,
            sun_map=True,
            transparent=True,
        ),
        grating=grating,
    )
