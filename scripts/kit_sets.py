"""Where scripts/kit_pictures.py draws: a plain ground in daylight, and the city by day."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from panda3d.core import NodePath

from scenes.kit import dust, finish
from vr_runtime.display.snapshot import Camera
from vr_runtime.protocol.pose import Pose
from vr_runtime.scene_views import pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.mesh import Mesh, quad
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.sunmap import SunMap

DRAWN = (1280, 720)
Eye = tuple[float, float, float, float, float]
"""x, y, z (m), heading to the left and pitch (degrees)."""


class Set:
    """A ground, a sky, a sun and a camera."""

    def __init__(self, fov_deg: float = 55.0, *, ground: bool = True, wide_m: float = 60.0) -> None:
        settings = GraphicsSettings(width=DRAWN[0], height=DRAWN[1], msaa=4, quality="high", fov_deg=fov_deg)
        self.camera = Camera(settings)
        self.world = NodePath("set")
        self.origin = self.world.attach_new_node("eye's space")
        self.kitchen = kitchen = Kitchen(self.world, self.camera.graphics)
        kitchen.sun((-0.5, -0.62, 0.72), (1.5, 1.38, 1.2))
        kitchen.sky((0.34, 0.44, 0.62), (0.62, 0.68, 0.74), (0.30, 0.28, 0.25))
        self.dome = kitchen.sky_dome(clouds=0.35, seed=3)
        if ground:
            w = wide_m
            floor = quad([[-w, -w, 0], [w, -w, 0], [w, w, 0], [-w, w, 0]], uv=(w, w), rows=8, columns=8)
            slabs = kitchen.texture_file("textures/city/pavement.jpg")
            kitchen.mesh("ground", floor, kitchen.material("ground", colour=(0.9, 0.9, 0.9), texture=slabs))

    def plain(self, name: str, mesh: Mesh, roughness: float = 0.6) -> NodePath:
        return self.kitchen.mesh(
            name, mesh, self.kitchen.material(name, colour=(1, 1, 1), roughness=roughness)
        )

    def take(self, eye: Eye) -> Image.Image:
        x, y, z, heading, pitch = eye
        head: Pose = pose(heading, pitch)._replace(x=x, y=y, z=z)
        pixels = self.camera.take(Picture(self.world, self.origin, head, self.camera.graphics.single_pass))
        return Image.fromarray(pixels)

    def close(self) -> None:
        self.world.remove_node()
        self.camera.close()


class Daylit(Set):
    """The city by day, with a sun map."""

    def __init__(self, sun: SunMap, meshes: dict[str, Mesh]) -> None:
        super().__init__(62.0, ground=False)
        kitchen = self.kitchen
        kitchen.sun_map(sun)
        self.to_sun = tuple(-np.array(sun.away))
        kitchen.exposure(-0.45)
        self.stood = finish.stand(kitchen, meshes)
        self.dust = dust.Dust(kitchen)
        self.dusty(0.0)

    def dusty(self, amount: float, eye: Eye = (0.0, 0.0, 0.0, 0.0, 0.0)) -> None:
        """The light of a fine day, through so much dust."""
        kitchen = self.kitchen
        kitchen.sun(self.to_sun, dust.light(amount, (3.7, 3.25, 2.65)))
        zenith, horizon, ground = (
            dust.sky(amount, colour)
            for colour in ((0.50, 0.57, 0.70), (0.66, 0.72, 0.80), (0.40, 0.36, 0.31))
        )
        kitchen.sky(zenith, horizon, ground)
        haze, reach = dust.air(amount, (0.60, 0.70, 0.83), 1450.0)
        kitchen.fog(haze, reach, start_m=40.0 * (1.0 - amount), sun_glow=0.2)
        self.dome.set_shader_input("cloud_look", (dust.clouds(amount, 0.35), 0.002, 0.001, 0.0))
        self.dust.draw(12.0, amount, eye[:2])


def beside(*pictures: Image.Image) -> Image.Image:
    """Several of them in one, side by side, the middle of each; a thin line between."""
    wide = (DRAWN[0] - 8 * (len(pictures) - 1)) / len(pictures)
    whole = Image.new("RGB", DRAWN, (255, 255, 255))
    for k, each in enumerate(pictures):
        left = (each.width - wide) / 2
        whole.paste(each.crop((int(left), 0, int(left + wide), DRAWN[1])), (int(k * (wide + 8)), 0))
    return whole
