"""The picture half: a room in daylight, a table, a jar, a spider. Everything is made in ``build``; ``draw`` only moves."""

from __future__ import annotations

from dataclasses import replace
from math import cos, degrees, pi, sin
from typing import TYPE_CHECKING

import numpy as np

from spider_jar import shapes
from spider_jar.light import HIGH, LOW, WINDOW, Daylight
from spider_jar.logic import JAR_M, TABLE_M, JarLogic
from spider_jar.shapes import Point, block, panel
from vr_runtime.stage.mesh import Mesh, merge

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen

JAR_TALL_M = 0.125
ROUND_M = 0.024
"""Radius of the spider's way along the bottom of the jar."""
STRIDES = 9.0
"""Steps of a leg for each radian of that way."""
TOP = ((-0.75, -0.42, TABLE_M - 0.028), (0.75, 0.42, TABLE_M))
LEGS = tuple(
    ((x - 0.025, y - 0.025, 0.0), (x + 0.025, y + 0.025, TABLE_M - 0.028))
    for x in (-0.69, 0.69)
    for y in (-0.36, 0.36)
)
APRON = (
    ((-0.66, -0.372, TABLE_M - 0.11), (0.66, -0.352, TABLE_M - 0.028)),
    ((-0.66, 0.352, TABLE_M - 0.11), (0.66, 0.372, TABLE_M - 0.028)),
    ((-0.702, -0.33, TABLE_M - 0.11), (-0.682, 0.33, TABLE_M - 0.028)),
    ((0.682, -0.33, TABLE_M - 0.11), (0.702, 0.33, TABLE_M - 0.028)),
)
BOOKS = (
    ((0.36, -0.02, TABLE_M), (0.57, 0.26, TABLE_M + 0.032), (0.22, 0.05, 0.04)),
    ((0.375, 0.0, TABLE_M + 0.032), (0.56, 0.25, TABLE_M + 0.054), (0.05, 0.11, 0.17)),
)
JAR_BOX = ((-0.038, -0.038, TABLE_M), (0.038, 0.038, TABLE_M + JAR_TALL_M))
SIDEBOARD = ((1.86, -3.2, 0.0), (2.29, -1.7, 0.82))


class JarPicture:
    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        # what glass and lid mirror: ceiling, walls, floor; and what lights the spider, which moves
        kitchen.sky((0.62, 0.60, 0.57), (0.50, 0.48, 0.45), (0.16, 0.13, 0.10))
        kitchen.sun((-0.9, 0.1, 0.35), (0.0, 0.0, 0.0))
        kitchen.exposure(0.35)
        solids = [TOP, *LEGS, *APRON, *((low, high) for low, high, _ in BOOKS), SIDEBOARD, JAR_BOX]
        through = np.zeros(len(solids))
        through[-1] = 0.72
        self._daylight = Daylight(np.array(solids), through)
        self._room()
        self._furniture()
        self._spider = kitchen.node("spider")
        brown = kitchen.material("spider", colour=(1.0, 1.0, 1.0), roughness=0.7, fogged=False)
        kitchen.mesh("body", shapes.body(), brown, parent=self._spider)
        self._legs = [kitchen.mesh(f"legs {k}", shapes.legs(k), brown, parent=self._spider) for k in range(2)]
        self._jar()

    def _baked(
        self, name: str, mesh: Mesh, texture: str | None, roughness: float, scale: float = 1.0
    ) -> None:
        picture = self._kitchen.texture_file(f"textures/room/{texture}.jpg") if texture else None
        material = self._kitchen.material(
            name,
            colour=(1.0, 1.0, 1.0),
            roughness=roughness,
            texture=picture,
            uv_scale=(scale, scale),
            vertex_light=True,
        )
        self._kitchen.mesh(name, self._daylight.lit(mesh), material)

    def _room(self) -> None:
        (x0, y0, z0), (x1, y1, z1) = LOW, HIGH
        wide, deep, tall = x1 - x0, y1 - y0, z1 - z0
        (wy0, wy1), (wz0, wz1) = WINDOW
        self._baked("floor", panel((x0, y0, z0), (wide, 0, 0), (0, deep, 0), 0.12, 2.0), "boards", 0.55)
        left = (  # around the window
            ((x0, wy1, z0), (0, y1 - wy1, 0), (0, 0, tall)),
            ((x0, y0, z0), (0, wy0 - y0, 0), (0, 0, tall)),
            ((x0, wy0, z0), (0, wy1 - wy0, 0), (0, 0, wz0)),
            ((x0, wy0, wz1), (0, wy1 - wy0, 0), (0, 0, z1 - wz1)),
        )
        walls = [
            panel((x0, y1, z0), (wide, 0, 0), (0, 0, tall), 0.2),
            panel((x1, y1, z0), (0, -deep, 0), (0, 0, tall), 0.2),
            panel((x1, y0, z0), (-wide, 0, 0), (0, 0, tall), 0.3),
            *(panel(*side, 0.2) for side in left),
        ]
        self._baked("walls", merge(walls).tinted((0.86, 0.82, 0.74)), "plaster", 0.95)
        ceiling = panel((x0, y1, z1), (wide, 0, 0), (0, -deep, 0), 0.35)
        self._baked("ceiling", ceiling.tinted((0.80, 0.79, 0.76)), None, 1.0)
        self._baked("joinery", merge(_joinery()).tinted((0.72, 0.70, 0.66)), None, 0.5)
        self._curtain()

    def _curtain(self) -> None:
        """A net curtain, which glows: nothing outside has to be seen."""
        (y0, y1), (z0, z1) = WINDOW
        rng = np.random.default_rng(7)
        x = np.arange(256) / 256
        folds = sum(np.sin(2 * np.pi * (k * x + rng.uniform())) / k**0.6 for k in (7, 11, 16, 23, 31))
        height = np.linspace(1.0, 0.72, 128)[:, None]
        picture = (0.80 + 0.055 * folds)[None, :] * height
        cloth = self._kitchen.texture("net curtain", np.repeat(picture[:, :, None], 3, axis=2), wrap="clamp")
        glow = self._kitchen.material(
            "net curtain", colour=(0, 0, 0), roughness=1.0, emissive=(1.05, 1.08, 1.12), emissive_texture=cloth,
            shine=0.0,
        )  # fmt: skip
        net = panel((LOW[0] - 0.06, y0, z0), (0, y1 - y0, 0), (0, 0, z1 - z0), 9.0)
        self._kitchen.mesh("net curtain", replace(net, uvs=_once(net)), glow)

    def _furniture(self) -> None:
        parts = [block(*TOP, 0.04), *(block(*leg) for leg in LEGS), *(block(*board) for board in APRON)]
        self._baked("table", merge(parts).tinted((0.62, 0.40, 0.25)), "wood", 0.4)
        x0, y0, z1 = SIDEBOARD[0][0], SIDEBOARD[0][1], SIDEBOARD[1][2]
        doors = [
            block((x0 - 0.012, y0 + 0.03 + 0.725 * k, 0.10), (x0, y0 + 0.745 + 0.725 * k, z1 - 0.05))
            for k in range(2)
        ]
        board = block((x0 - 0.03, y0 - 0.02, z1), (2.29, y0 + 1.52, z1 + 0.025))
        self._baked(
            "sideboard", merge([block(*SIDEBOARD), *doors, board]).tinted((0.62, 0.50, 0.38)), "wood", 0.5
        )
        y, (px0, pz0), (px1, pz1) = HIGH[1], (-0.95, 1.28), (-0.25, 1.98)
        frame = [
            block((px0 - 0.03, y - 0.025, pz0 - 0.03), (px1 + 0.03, y, pz0)),
            block((px0 - 0.03, y - 0.025, pz1), (px1 + 0.03, y, pz1 + 0.03)),
            block((px0 - 0.03, y - 0.025, pz0), (px0, y, pz1)),
            block((px1, y - 0.025, pz0), (px1 + 0.03, y, pz1)),
        ]
        self._baked("frame", merge(frame).tinted((0.30, 0.20, 0.12)), "wood", 0.5)
        painting = panel((px0, y - 0.01, pz0), (px1 - px0, 0, 0), (0, 0, pz1 - pz0), 0.2)
        upper = _once(painting) * (1.0, 0.5) + (0.0, 0.5)  # of the two paintings in the file
        self._baked("painting", replace(painting, uvs=upper), "paintings", 0.8)
        books = []
        for low, high, colour in BOOKS:
            (a, b, c), (d, e, f) = low, high
            pages = block((a + 0.004, b + 0.004, c + 0.003), (d - 0.004, e - 0.004, f - 0.003), 0.05)
            covers = [block(low, (d, e, c + 0.003), 0.05), block((a, b, f - 0.003), high, 0.05)]
            back = block((a, b, c), (a + 0.004, e, f), 0.05)
            books += [pages.tinted((0.72, 0.68, 0.58)), *(part.tinted(colour) for part in (*covers, back))]
        self._baked("books", merge(books), None, 0.6)
        cloth = _cloth()
        runner = panel((-0.30, -0.26, TABLE_M + 0.0015), (0.52, 0, 0), (0, 0.46, 0), 0.02, 0.08)
        woven = self._kitchen.material(
            "runner", colour=(1, 1, 1), roughness=1.0, vertex_light=True, shine=0.1,
            texture=self._kitchen.texture("runner", cloth),
        )  # fmt: skip
        self._kitchen.mesh("runner", self._daylight.lit(runner), woven)

    def _jar(self) -> None:
        kitchen, z = self._kitchen, TABLE_M + 0.002
        r, top = JAR_M, JAR_TALL_M
        outside = [(0.030, 0.0), (r - 0.004, 0.001), (r, 0.006), (r, top - 0.030), (r - 0.006, top - 0.018),
                   (r - 0.008, top - 0.012)]  # fmt: skip
        clear = {"colour": (0.30, 0.35, 0.33), "roughness": 0.05, "transparent": True, "fogged": False}
        glass = kitchen.material("glass", opacity=0.15, **clear)
        jar = kitchen.mesh("jar", shapes.turned(outside).moved(z=z), glass)
        kitchen.stimulus(jar, "jar")
        thick = kitchen.material("thick glass", opacity=0.30, **clear)
        foot = [(r - 0.001, 0.0045), (r - 0.004, 0.004), (0.0, 0.004)]
        kitchen.mesh("foot of the jar", shapes.turned(foot[::-1]).moved(z=z), thick)
        lid = [(r - 0.010, top - 0.013), (r - 0.005, top - 0.013), (r - 0.005, top - 0.012), (r - 0.005, top - 0.001),
               (r - 0.006, top), (r - 0.012, top), (r - 0.014, top - 0.0015), (0.0, top - 0.0015)]  # fmt: skip
        tin = kitchen.material("lid", colour=(0.62, 0.50, 0.24), roughness=0.32, metallic=0.85, fogged=False)
        kitchen.mesh("lid", shapes.turned(lid).moved(z=z), tin)
        dark = kitchen.material("holes", colour=(0.01, 0.01, 0.01), roughness=1.0, fogged=False)
        holes = [
            shapes.turned([(0.0016, 0.0), (0.0, 0.0002)], 8).moved(
                0.016 * cos(a), 0.016 * sin(a), z + top - 0.0012
            )
            for a in np.arange(6) * pi / 3
        ]
        kitchen.mesh("holes", merge(holes), dark)
        table = kitchen.node("under the jar")
        table.set_pos(0.0, 0.0, TABLE_M + 0.002)
        kitchen.blob_shadow(table, 0.06, strength=0.35, lift_m=0.0005)

    def draw(self, logic: JarLogic) -> None:
        a = logic.angle
        self._spider.set_pos(ROUND_M * cos(a), ROUND_M * sin(a), TABLE_M + 0.0065)
        self._spider.set_h(degrees(a))
        swing = 9.0 * sin(STRIDES * a) if logic.walking else 0.0
        for legs, way in zip(self._legs, (1.0, -1.0), strict=True):
            legs.set_h(way * swing)


def _once(net: Mesh) -> np.ndarray:
    """Texture coordinates that fill the panel once."""
    assert net.uvs is not None
    return net.uvs / net.uvs.max(axis=0)


def _joinery() -> list[Mesh]:
    """Skirting, window frame and sill, and a door in the right wall."""
    (x0, y0, _), (x1, y1, _) = LOW, HIGH
    (wy0, wy1), (wz0, wz1) = WINDOW
    parts = [
        block((x0, y1 - 0.015, 0.0), (x1, y1, 0.09), 0.3),
        block((x0, y0, 0.0), (x0 + 0.015, y1, 0.09), 0.3),
        block((x1 - 0.015, -0.72, 0.0), (x1, y1, 0.09), 0.3),
        block((x1 - 0.015, y0, 0.0), (x1, -1.68, 0.09), 0.3),
        block((x0 - 0.05, wy0 - 0.03, wz0 - 0.03), (x0 + 0.12, wy1 + 0.03, wz0), 0.2),
    ]
    for low, high in (
        ((wy0 - 0.04, wz0), (wy0 + 0.05, wz1 + 0.04)),
        ((wy1 - 0.05, wz0), (wy1 + 0.04, wz1 + 0.04)),
        ((wy0, wz1 - 0.05), (wy1, wz1 + 0.04)),
        ((wy0, wz0), (wy1, wz0 + 0.05)),
        (((wy0 + wy1) / 2 - 0.025, wz0), ((wy0 + wy1) / 2 + 0.025, wz1)),
    ):
        parts.append(block((x0 - 0.07, *low), (x0 + 0.012, *high), 0.3))
    door: tuple[tuple[Point, Point], ...] = (
        ((x1 - 0.02, -1.60, 0.0), (x1, -0.80, 2.02)),
        ((x1 - 0.04, -1.68, 0.0), (x1, -1.60, 2.10)),
        ((x1 - 0.04, -0.80, 0.0), (x1, -0.72, 2.10)),
        ((x1 - 0.04, -1.60, 2.02), (x1, -0.80, 2.10)),
        ((x1 - 0.03, -1.48, 0.25), (x1 - 0.02, -0.92, 0.90)),
        ((x1 - 0.03, -1.48, 1.05), (x1 - 0.02, -0.92, 1.88)),
        ((x1 - 0.07, -1.55, 0.99), (x1 - 0.05, -1.43, 1.01)),
        ((x1 - 0.06, -1.55, 0.97), (x1 - 0.02, -1.53, 1.03)),
    )
    return parts + [block(low, high, 0.2) for low, high in door]


def _cloth() -> np.ndarray:
    """A linen weave, 64 x 64 pixels, with a blue stripe."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:64, 0:64]
    threads = 0.06 * np.sin(np.pi * x / 2) * np.sin(np.pi * y / 2) + 0.03 * rng.standard_normal((64, 64))
    linen = np.array([0.80, 0.77, 0.69]) + threads[:, :, None]
    stripe = ((x >= 24) & (x < 30)) | ((x >= 34) & (x < 37))
    linen[stripe] *= np.array([0.52, 0.62, 0.80])
    return np.clip(linen, 0.0, 1.0)
