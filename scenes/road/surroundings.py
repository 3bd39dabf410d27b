"""What does not pass: the wood and the hills at the horizon; and what stands at one place only: traffic lights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenes.kit import roads
from scenes.kit.quads import Quads
from scenes.road import places
from scenes.road.route import JUNCTION_Y
from vr_runtime.stage.mesh import Mesh

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.road.logic import RoadLogic
    from vr_runtime.stage.kitchen import Kitchen

COLOURS = {"red": (2.6, 0.10, 0.05), "amber": (2.4, 0.95, 0.06), "green": (0.10, 1.9, 0.75)}
HEIGHTS = {"red": 2.95, "amber": 2.65, "green": 2.35}


def wood(radius: float, rng: np.random.Generator) -> Mesh:
    """Two rings of far trees as cards that face the middle."""
    quads = Quads()
    for r, count, low, high in ((radius, 260, 9.0, 17.0), (radius + 30.0, 220, 13.0, 22.0)):
        az = 2 * np.pi * (np.arange(count) + rng.uniform(-0.4, 0.4, count)) / count
        for a in az:
            tall = float(rng.uniform(low, high))
            column = int(rng.choice([0, 1, 3, 5, 0, 6]))
            foot = np.array([r * np.sin(a), r * np.cos(a), -0.6])
            across = np.array([np.cos(a), -np.sin(a), 0.0]) * tall * 0.62
            u, v = column / 8.0 + 0.001, 1.0 - (int(rng.integers(2, 4)) + 1) / 4.0 + 0.002
            uvs = [[u + s * 0.123, v + t * 0.246] for s, t in ((0, 0), (1, 0), (1, 1), (0, 1))]
            up = np.array([0, 0, tall])
            tone = rng.uniform(0.6, 0.85)
            normal = np.array([-np.sin(a) * 0.4, -np.cos(a) * 0.4, 0.9])
            quads.add(
                [foot - across, foot + across, foot + across + up, foot - across + up],
                uvs,
                (tone, tone, tone),
                np.tile(normal, (4, 1)),
            )
    return quads.mesh()


def hills(rng: np.random.Generator) -> Mesh:
    """Ground out to the wood, and two lines of hills behind it."""
    quads = Quads()
    for radius, high, base in ((1150.0, 34.0, 0.0), (1700.0, 78.0, 1.0)):
        a = np.linspace(0, 2 * np.pi, 140)
        phase = rng.uniform(0, 6, 5)
        rough = sum(np.sin(a * f + phase[k]) / (k + 1.4) for k, f in enumerate((2, 3, 5, 9, 14)))
        top = np.maximum(high * (0.8 + 0.45 * rough), 8.0)
        x, y = radius * np.sin(a), radius * np.cos(a)
        low = np.stack([x, y, np.full_like(x, -20.0)], 1)
        up = np.stack([x, y, top], 1)
        out = np.stack([-np.sin(a) * 0.3, -np.cos(a) * 0.3, np.full_like(a, 0.95)], 1)
        corners = np.stack([low[:-1], low[1:], up[1:], up[:-1]], 1)
        normals = np.stack([out[:-1], out[1:], out[1:], out[:-1]], 1)
        quads.add(corners, None, (0.055 + 0.01 * base, 0.085, 0.045 + 0.01 * base), normals)
    ring = np.linspace(0, 2 * np.pi, 33)
    inner = np.stack([200.0 * np.sin(ring), 200.0 * np.cos(ring), np.full_like(ring, -0.75)], 1)
    outer = np.stack([1200.0 * np.sin(ring), 1200.0 * np.cos(ring), np.full_like(ring, -0.75)], 1)
    quads.add(
        np.stack([outer[1:], outer[:-1], inner[:-1], inner[1:]], 1)[:, ::-1],
        None,
        (0.10, 0.125, 0.055),
        np.tile((0.0, 0.0, 1.0), (32, 4, 1)),
    )
    return quads.mesh()


def lens(x: float, y: float, z: float, back: bool, aside: bool) -> list[tuple[float, float, float]]:
    """Eight corners of a round glass that faces -y, or as told."""
    a = np.linspace(0, 2 * np.pi, 9)[:-1]
    r = 0.095
    if aside:
        way = -1.0 if back else 1.0
        return [(x + 0.125 * way, y + way * r * np.cos(t), z + r * np.sin(t)) for t in a]
    way = 1.0 if back else -1.0
    return [(x - way * r * np.cos(t), y + 0.125 * way, z + r * np.sin(t)) for t in a]


class Surroundings:
    def __init__(self, kitchen: Kitchen) -> None:
        rng = np.random.default_rng(3)
        self._far = kitchen.node("far")
        kitchen.mesh("wood", wood(640.0, rng), roads.material(kitchen, "leaves"), parent=self._far)
        kitchen.mesh(
            "hills",
            hills(rng),
            kitchen.material("hills", colour=(1, 1, 1), roughness=1.0, shine=0.0),
            parent=self._far,
        )
        self._end = kitchen.mesh(
            "end of the tube", self._disc(), kitchen.material("end", colour=(0.5, 0.48, 0.44), roughness=1.0)
        )
        self._end.set_y(560.0)
        self._signals(kitchen)

    @staticmethod
    def _disc() -> Mesh:
        quads = Quads()
        quads.rect((-6.0, 0.0, -1.0), (12.0, 0, 0), (0, 0, 8.0))
        return quads.mesh()

    def _signals(self, kitchen: Kitchen) -> None:
        look = places.LOOKS["junction"]
        body = Quads()
        self._lights = kitchen.node("traffic lights")
        kitchen.stimulus(self._lights, "junction")
        self._lenses: dict[tuple[bool, str], NodePath] = {}
        glass: dict[tuple[bool, str], Quads] = {(own, c): Quads() for own in (True, False) for c in COLOURS}
        for k, (x, y, own) in enumerate(look.signals):
            y -= JUNCTION_Y
            body.boxes(
                (x - 0.13, y - 0.12, 2.18),
                (x + 0.13, y + 0.12, 3.12),
                tint=(0.012, 0.012, 0.013),
                metres=None,
                sides="xXyYzZ",
            )
            body.boxes(
                (x - 0.05, y - 0.05, 0.0), (x + 0.05, y + 0.05, 2.2), tint=(0.10, 0.105, 0.11), metres=None
            )
            back = k % 2 == 1
            for colour, z in HEIGHTS.items():
                ring = np.array(lens(x, y, z, back, not own))
                if not own and not back:
                    ring = ring[::1]
                middle = ring.mean(axis=0)
                for i in range(8):
                    corners = np.array([middle, ring[i], ring[(i + 1) % 8], ring[(i + 1) % 8]])
                    glass[(own, colour)].add(corners, np.zeros((4, 2)))
        kitchen.mesh("signal heads", body.mesh(), roads.material(kitchen, "plain"), parent=self._lights)
        for (own, colour), quads in glass.items():
            material = kitchen.material(
                f"{colour} light", colour=(0.02, 0.02, 0.02), emissive=COLOURS[colour], two_sided=True
            )
            self._lenses[(own, colour)] = kitchen.mesh(
                f"{colour} {own}", quads.mesh(), material, parent=self._lights
            )

    def move(self, logic: RoadLogic, name: str, look: places.Look) -> None:
        if look.tube_m > 0.0:
            self._far.hide()
            self._end.show()
        else:
            self._far.show()
            self._end.hide()
        middle = logic.junction_y
        if middle is None:
            self._lights.hide()
            return
        self._lights.show()
        self._lights.set_pos(-logic.stretch.own_x, middle, 0.0)
        now = logic.lights
        for (own, colour), node in self._lenses.items():
            lit = colour == (now.own if own else now.cross)
            if lit:
                node.show()
            else:
                node.hide()


__all__ = ["Surroundings"]
