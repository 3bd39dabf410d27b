"""What is seen of the calm place: a meadow, a lake, woods and hills beyond it, a low sun, clouds that drift.

Clouds, water, leaves and the breathing guide move by the scene's time alone, and slowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenes.calm import air
from scenes.calm.guide import GuidePicture
from scenes.calm.land import JETTY, SUN, TO_SUN, WATER_Z
from scenes.kit import stored
from vr_runtime.stage.mesh import quad

if TYPE_CHECKING:
    from panda3d.core import Texture

    from scenes.calm.logic import CalmLogic
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

FOLDER = "textures/calm"
FIRST = ("wood", "timber", "ground")
"""Drawn before the rest: solid, near, and hiding much."""


class CalmPicture:
    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        kitchen.sun(TO_SUN, SUN)
        # one stands under a tree, whose leaves let some of the sun through
        kitchen.hands_in_shade(0.2)
        kitchen.sky(air.ZENITH, air.HORIZON, air.EARTH)
        kitchen.fog(air.FOG_COLOUR, air.FOG_M, start_m=air.FOG_START_M, sun_glow=0.5)
        kitchen.exposure(air.EXPOSURE)
        kitchen.sky_dome(
            clouds=0.30, cloud_colour=(1.25, 1.18, 1.10), cloud_drift=(0.0007, 0.0003), sun_disc=False, seed=6
        )
        meshes, pictures = stored.load("models/calm.npz")
        self._light = kitchen.texture("light of the meadow", pictures["light"], srgb=False, wrap="clamp")
        made: dict[str, Material] = {}
        for name, mesh in meshes.items():
            kind = name.split(" ")[0]
            if kind not in made:
                made[kind] = self._material(kind)
            node = kitchen.mesh(name, mesh, made[kind])
            if kind in FIRST:
                node.set_bin("background", 20)
        self._shade_of_jetty()
        self._guide = GuidePicture(kitchen)

    def _shade_of_jetty(self) -> None:
        """Under the jetty and before it, where it is mirrored, the lake is dark."""
        x, y0, y1, wide = JETTY
        across = np.clip(1.25 - np.abs(np.linspace(-1.25, 1.25, 32)), 0.0, 1.0)
        along = np.clip((1.0 - np.abs(np.linspace(-1.0, 1.0, 64))) * 8.0, 0.0, 1.0)
        soft = np.ones((64, 32, 4))
        soft[..., 3] = along[:, None] * across[None, :]
        dark = self._kitchen.material(
            "shade of the jetty",
            colour=(0.010, 0.014, 0.012),
            roughness=1.0,
            texture=self._kitchen.texture("shade of the jetty", soft, wrap="clamp"),
            opacity=0.62,
            transparent=True,
            shine=0.0,
        )
        half, near, far = 0.62 * wide, y0 - 1.2, y1 + 0.2
        z = WATER_Z + 0.012
        corners = [(x - half, near, z), (x + half, near, z), (x + half, far, z), (x - half, far, z)]
        self._kitchen.mesh("shade of the jetty", quad(corners), dark)

    def _texture(self, name: str, *, srgb: bool = True, clamp: bool = False) -> Texture:
        return self._kitchen.texture_file(f"{FOLDER}/{name}", srgb=srgb, wrap="clamp" if clamp else "repeat")

    def _material(self, kind: str) -> Material:
        kitchen, white = self._kitchen, (1.0, 1.0, 1.0)
        if kind == "ground":
            return kitchen.material(
                kind,
                colour=white,
                roughness=1.0,
                texture=self._texture("ground.jpg"),
                lightmap=self._light,
                shine=0.1,
            )
        if kind == "water":
            return kitchen.material(
                kind,
                colour=(0.020, 0.036, 0.030),
                roughness=0.16,
                vertex_light=True,
                normal_strength=0.10,
                ripples=self._texture("ripples.jpg", srgb=False),
                ripples_m=4.0,
                surroundings=self._texture("surroundings.png", clamp=True),
            )
        if kind == "hills":
            return kitchen.material(
                kind,
                colour=white,
                roughness=1.0,
                texture=self._texture("woods.jpg"),
                vertex_light=True,
                shine=0.0,
            )
        if kind in ("wood", "timber"):
            picture = "bark.jpg" if kind == "wood" else "planks.jpg"
            return kitchen.material(
                kind, colour=white, roughness=0.95, texture=self._texture(picture), vertex_light=True
            )
        if kind in ("blades", "stems"):
            return kitchen.material(
                kind, colour=white, roughness=0.8, vertex_light=True, two_sided=True, sway_m=0.02, shine=0.35
            )
        cards = {
            # picture, how far it sways in m
            "leaves": ("twigs.png", 0.05),
            "tufts": ("grass.png", 0.035),
            "reeds": ("grass.png", 0.06),
            "heads": ("flowers.png", 0.02),
            "far": ("trees.png", 0.0),
        }
        picture, sway = cards[kind]
        return kitchen.material(
            kind,
            colour=white,
            roughness=1.0,
            texture=self._texture(picture, clamp=True),
            vertex_light=True,
            cutout=True,
            two_sided=True,
            sway_m=sway,
            shine=0.25,
        )

    def draw(self, calm: CalmLogic) -> None:
        self._kitchen.sky_time(calm.t_s)
        self._guide.draw(calm.seen, calm.fullness)
