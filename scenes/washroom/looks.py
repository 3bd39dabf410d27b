"""How the washroom's surfaces look."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from panda3d.core import Texture

    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

FOLDER = "textures/washroom"
LAMP = (14.0, 13.6, 12.6)
WARM_LAMP = (13.0, 11.3, 8.4)
SKY = (2.6, 2.75, 3.0)
"""Radiance of the lit panels and of the window, as they were when the light was baked."""

TEXTURED: dict[str, tuple[float, float, float]] = {
    # roughness (times the relief's blue), metallic, strength of the relief
    "tile": (0.5, 0.0, 1.0),
    "floor": (0.75, 0.0, 1.0),
    "plaster": (0.95, 0.0, 1.0),
    "ceiling": (1.0, 0.0, 1.0),
    "laminate": (0.62, 0.0, 1.0),
    "counter": (0.5, 0.0, 1.0),
    "veneer": (0.6, 0.0, 1.0),
    "metalwork": (0.5, 0.9, 0.25),
}
PLAIN: dict[str, tuple[float, float]] = {
    # roughness, metallic
    "ceramic": (0.13, 0.0),
    "chrome": (0.10, 1.0),
    "steel": (0.34, 1.0),
    "plastic": (0.5, 0.0),
    "gloss": (0.22, 0.0),
    "paper": (1.0, 0.0),
    "screen": (0.08, 0.0),
}
OF: dict[str, str] = {
    "paper_still": "paper",
    "litter_some": "paper",
    "litter_much": "paper",
    "towels": "paper",
    "paper": "paper",
    "phone": "screen",
    "flush": "steel",
    "door_handle": "steel",
    "seat": "gloss",
    "bin_lid": "plastic",
    **{f"tap_{number}": "chrome" for number in (1, 2, 3)},
    **{f"soap_{number}": "gloss" for number in (1, 2, 3)},
}
"""The look of things that are no kind of surface themselves."""


def material(kitchen: Kitchen, look: str, light: Texture | None) -> Material:
    """``light``: the light map of what has one."""
    if look in ("lamp", "lamp_warm"):
        glow = LAMP if look == "lamp" else WARM_LAMP
        return kitchen.material(look, colour=(0, 0, 0), roughness=1.0, emissive=glow, vertex_light=True)
    if look == "pane":
        picture = kitchen.texture_file(f"{FOLDER}/pane.jpg", wrap="clamp")
        return kitchen.material(
            look,
            colour=(0.1, 0.1, 0.1),
            roughness=0.5,
            emissive=SKY,
            emissive_texture=picture,
            vertex_light=True,
        )
    if look in PLAIN:
        roughness, metallic = PLAIN[look]
        return kitchen.material(
            look, colour=(1, 1, 1), roughness=roughness, metallic=metallic, vertex_light=True
        )
    roughness, metallic, relief = TEXTURED[look]
    return kitchen.material(
        look,
        colour=(1, 1, 1),
        roughness=roughness,
        metallic=metallic,
        texture=kitchen.texture_file(f"{FOLDER}/{look}.jpg"),
        normal=kitchen.texture_file(f"{FOLDER}/{look}_n.jpg", srgb=False),
        normal_strength=relief,
        lightmap=light,
    )


def glass(kitchen: Kitchen) -> Material:
    """What is on the mirror's glass: what lies behind it is drawn as it is."""
    return kitchen.material(
        "glass",
        colour=(1, 1, 1),
        roughness=0.6,
        texture=kitchen.texture_file(f"{FOLDER}/film.png"),
        uv_scale=(4.4, 2.1),
        opacity=0.42,
        transparent=True,
        spreading=0.5,
        probed=True,
        shine=0.3,
    )
