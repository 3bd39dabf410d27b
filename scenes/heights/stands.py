"""What one stands on and holds at each place, as nodes. Each stand hangs in a node that sways with the patient; within
it coordinates are the world's, but for the height: z = 0 is the floor."""

from __future__ import annotations

from math import sin
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scenes.heights import balcony, cabin
from scenes.heights.places import PLACES, RAIL_IN_M, WALL_Y
from scenes.heights.standing import Floor, Rails, set_shown, thrown

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.heights.logic import HeightsLogic
    from scenes.heights.looks import Looks
    from vr_runtime.stage.mesh import Mesh

Meshes = dict[str, "Mesh"]
OVER_SLAB_M = 0.004
"""The beam lies in the storey's slab, and this much over it."""
LEAF_M = 0.50
"""How far a leaf of the lift's door goes."""
WEIGHT_FROM_M = 96.0
"""Height of the counterweight over the cabin that stands on the ground, m: they meet at half of it."""


class Stand(Protocol):
    def draw(self, logic: HeightsLogic) -> None:
        """Bring it in line with the logic; called while it is shown."""
        ...


class Street:
    """Kerb, bollards, a bench: at the place on the ground there is nothing to hold."""

    def __init__(self, looks: Looks, meshes: Meshes, node: NodePath) -> None:
        looks.stand(meshes, "street", node)
        thrown(looks.kitchen, meshes["street.shadow"], node, 0.6)

    def draw(self, logic: HeightsLogic) -> None:
        """Nothing here moves."""


class Balcony:
    def __init__(self, looks: Looks, meshes: Meshes, node: NodePath) -> None:
        kitchen = looks.kitchen
        edge, half = PLACES["balcony"].edge_y, 1.5
        parts = looks.stand(meshes, "balcony", node)
        self._leaves = parts["leaves"]
        inside = kitchen.material("flat", colour=(1, 1, 1), roughness=0.9, vertex_light=True, shine=0.3)
        boards = kitchen.material(
            "boards of the flat",
            colour=(1, 1, 1),
            roughness=0.6,
            texture=kitchen.texture_file("textures/room/boards.jpg"),
            vertex_light=True,
            shine=0.4,
        )
        for name, material in (("matt", inside), ("boards", boards), ("shade", looks.of("shade"))):
            kitchen.mesh(f"flat {name}", meshes[f"flat.{name}"], material, parent=node)
        self._floor = Floor(looks, node, -half, half, WALL_Y, edge)
        self._shade = kitchen.node("shade of what stands here", node)
        for (bx, by), wide, long, strength in balcony.SHADED:
            kitchen.blob_shadow(self._shade, wide, length_m=long, strength=strength, lift_m=0.006).set_pos(
                bx, by, 0.006
            )
        thrown(kitchen, meshes["balcony.shadow"], self._shade)
        self._rails = Rails(looks, meshes, "balcony", node, shade=(RAIL_IN_M - half, WALL_Y, edge))

    def draw(self, logic: HeightsLogic) -> None:
        self._floor.show(logic.floor_kind, logic.floor_opacity)
        self._rails.show(logic.rail_kind, logic.rail_height, shaded=logic.floor_opacity > 0.5)
        set_shown(self._shade, logic.floor_opacity > 0.5)
        air, t = logic.air, logic.t_s
        self._leaves.set_hpr(0.0, air * 1.2 * sin(3.1 * t), air * (1.0 + 0.8 * sin(4.3 * t)))


class Roof:
    def __init__(self, looks: Looks, meshes: Meshes, node: NodePath) -> None:
        looks.stand(meshes, "roof", node)
        looks.stand(meshes, "clutter", node)
        thrown(looks.kitchen, meshes["roof.shadow"], node, 0.6)
        self._rails = Rails(looks, meshes, "roof", node)

    def draw(self, logic: HeightsLogic) -> None:
        self._rails.show(logic.rail_kind, logic.rail_height)


class Beam:
    def __init__(self, looks: Looks, meshes: Meshes, node: NodePath) -> None:
        looks.stand(meshes, "site", node)
        over = looks.kitchen.node("over the slab", node)
        over.set_z(OVER_SLAB_M)
        self._beam = looks.kitchen.node("beam", over)
        looks.stand({key: mesh for key, mesh in meshes.items() if key != "beam.marks"}, "beam", self._beam)
        looks.kitchen.mesh("marks", meshes["beam.marks"], looks.of("marks"), parent=over)
        self._wide = looks.kitchen.node("rail", node)
        self._rails = Rails(looks, meshes, "beam", self._wide)

    def draw(self, logic: HeightsLogic) -> None:
        self._beam.set_sx(logic.ledge_width)
        self._wide.set_sx(logic.ledge_width)
        self._rails.show(logic.rail_kind, logic.rail_height)


class Lift:
    """The cabin, whose walls are its rails; the guides stay behind on the tower."""

    def __init__(self, looks: Looks, meshes: Meshes, node: NodePath) -> None:
        kitchen = looks.kitchen
        looks.stand(meshes, "cabin", node)
        half, back, front = cabin.HALF, cabin.BACK, cabin.FRONT
        self._floor = Floor(looks, node, -half + 0.05, half - 0.05, back + 0.06, front - 0.06)
        self._rails = Rails(looks, meshes, "lift", node)
        self._walls = kitchen.node("glass walls", node)
        for name, mesh in cabin.walls().items():
            kitchen.mesh(f"wall {name}", mesh, looks.of(name), parent=self._walls)
        self._leaves = [kitchen.node("leaf", node) for _ in range(2)]
        for leaf, mirrored in zip(self._leaves, (1.0, -1.0), strict=True):
            mesh = meshes["leaf.metal"]
            if mirrored < 0.0:
                mesh = mesh.transformed(np.diag([-1.0, 1.0, 1.0, 1.0]))
            kitchen.mesh("leaf", mesh, looks.of("metal"), parent=leaf)
        self._landing = kitchen.node("landing", node)
        looks.stand(meshes, "landing", self._landing)
        self._weight = kitchen.node("counterweight", node)
        looks.stand(meshes, "weight", self._weight)
        self._signs = [self._sign(looks, node, *where) for where in cabin.SIGNS]
        self._shown = ""

    def _sign(
        self, looks: Looks, node: NodePath, x: float, y: float, z: float, high: float, turn: float
    ) -> list[dict[str, NodePath]]:
        sign = looks.kitchen.node("sign", node)
        sign.set_pos_hpr(x, y, z, turn, 0.0, 0.0)
        sign.set_scale(high)
        places = []
        for k in range(2):
            place = looks.kitchen.node("digit", sign)
            place.set_x(0.6 * k - 0.3)
            digits = {
                name: looks.kitchen.mesh(name, cabin.digit(name).mesh(), looks.of("sign"), parent=place)
                for name in cabin.SEGMENTS
            }
            for digit in digits.values():
                digit.hide()
            places.append(digits)
        return places

    def draw(self, logic: HeightsLogic) -> None:
        self._floor.show(logic.floor_kind, logic.floor_opacity)
        self._rails.show(logic.rail_kind, logic.rail_height)
        set_shown(self._walls, logic.rail_kind in ("glass", "solid"))
        for leaf, way in zip(self._leaves, (1.0, -1.0), strict=True):
            leaf.set_x(way * LEAF_M * logic.doors)
        set_shown(self._landing, logic.doors > 0.0)
        # the counterweight goes down as the cabin goes up
        self._weight.set_z(WEIGHT_FROM_M - 2.0 * logic.level)
        text = f"{logic.storey:2d}"[-2:]
        if text != self._shown:
            self._shown = text
            for sign in self._signs:
                for digits, wanted in zip(sign, text, strict=True):
                    for name, digit in digits.items():
                        set_shown(digit, name == wanted)
