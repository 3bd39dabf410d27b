"""The steel platform that hangs on the tower at any height, as nodes: its width changes, its sides go with it."""

from __future__ import annotations

from math import sin
from typing import TYPE_CHECKING

from scenes.heights import deck, floors, railings
from scenes.heights.places import EDGE_Y, RAIL_IN_M, WALL_Y
from scenes.heights.standing import CLEAR, LEAST, SHADOW_REACH, SOLID, rail, set_shown, thrown

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.heights.logic import HeightsLogic
    from scenes.heights.looks import Looks
    from vr_runtime.stage.mesh import Mesh

WIDE_ENOUGH = 2.6
"""A platform narrower than this has no room for the pot, m."""


class Platform:
    def __init__(self, looks: Looks, meshes: dict[str, Mesh], node: NodePath) -> None:
        kitchen = looks.kitchen
        self._looks = looks
        metal = looks.of("metal")
        self._floors = []
        for w in deck.WIDTHS:
            x0, x1 = -w / 2, w / 2
            slab = kitchen.mesh(
                f"floor {w:g}", floors.slabs(x0, x1, WALL_Y, EDGE_Y), looks.of("tiles"), parent=node
            )
            mesh = kitchen.node(f"mesh floor {w:g}", node)
            kitchen.mesh("frame", floors.grating_frame(x0, x1, WALL_Y, EDGE_Y - 0.02), metal, parent=mesh)
            for layer in floors.grating(x0, x1, WALL_Y, EDGE_Y - 0.02):
                kitchen.mesh("grating", layer, looks.grating, parent=mesh)
            self._floors.append((slab, mesh))
        self._glass = kitchen.node("glass floor", node)
        half = deck.HALF
        kitchen.mesh(
            "panes", floors.panes(-half, half, WALL_Y, EDGE_Y - 0.02), looks.trodden, parent=self._glass
        )
        dust = kitchen.mesh(
            "dust", floors.panes(-half, half, WALL_Y, EDGE_Y - 0.02), looks.dust, parent=self._glass
        )
        dust.set_z(0.002)
        kitchen.mesh("rims", floors.rims(-half, half, WALL_Y, EDGE_Y - 0.02), metal, parent=self._glass)
        self._across = kitchen.mesh("beams across", deck.beams_across(), metal, parent=node)
        self._beams = [kitchen.mesh("beam", deck.beam_out(side), metal, parent=node) for side in (-1.0, 1.0)]
        self._rails = {
            kind: {side: rail(looks, meshes, side, kind, node) for side in ("front", "left", "right")}
            for kind in railings.KINDS
        }
        self._shadows = {kind: thrown(kitchen, deck.rail_shadow(kind), node) for kind in railings.KINDS}
        matt, glow = deck.door()
        kitchen.mesh("door", matt, looks.of("matt"), parent=node)
        kitchen.mesh("lamp over the door", glow, looks.of("shade"), parent=node)
        pot, plant = deck.planter()
        self._pot = kitchen.mesh("pot", pot, looks.of("matt"), parent=node)
        self._plant = kitchen.mesh("plant", plant, looks.of("leaves"), parent=self._pot)
        self._plant.set_pos(-1.19, -1.14, 0.38)
        self._shown: tuple[object, ...] = ()

    def draw(self, logic: HeightsLogic) -> None:
        self._blow(logic)
        look = (logic.ledge_width, logic.floor_opacity, logic.floor_kind, logic.rail_kind, logic.rail_height)
        if look == self._shown:
            return
        self._shown = look
        width, half = logic.ledge_width, logic.ledge_width / 2
        share = width / (2 * deck.HALF)
        self._show_floor(logic, width)
        for node in (self._glass, self._across):
            node.set_sx(share)
        self._beams[0].set_x(-half)
        self._beams[1].set_x(half)
        set_shown(self._pot, width > WIDE_ENOUGH)
        self._show_rails(logic, half, share)

    def _show_floor(self, logic: HeightsLogic, width: float) -> None:
        best = max(k for k, w in enumerate(deck.WIDTHS) if w >= width - 1e-6)
        clear = logic.floor_opacity <= SOLID
        for k, (slab, mesh) in enumerate(self._floors):
            set_shown(slab, k == best and logic.floor_opacity > CLEAR)
            set_shown(mesh, k == best and clear and logic.floor_kind == "mesh")
            if k == best:
                for node in (slab, mesh):
                    node.set_sx(width / deck.WIDTHS[k])
                tiles = self._looks.fading_tiles if clear else self._looks.of("tiles")
                self._looks.kitchen.apply(slab, tiles)
                slab.set_color_scale(1, 1, 1, logic.floor_opacity if clear else 1.0)
                slab.set_z(0.004 if clear else 0.0)
        set_shown(self._glass, clear and logic.floor_kind == "glass")

    def _show_rails(self, logic: HeightsLogic, half: float, share: float) -> None:
        high, low = logic.rail_height, logic.side_rail_height
        for kind, sides in self._rails.items():
            for side, (root, body, top) in sides.items():
                tall = high if side == "front" else low
                here = kind == logic.rail_kind and tall >= LEAST
                set_shown(root, here)
                if not here:
                    continue
                body.set_sz(tall)
                top.set_z(tall)
                if side == "front":
                    root.set_sx(share)
                else:
                    root.set_x((half - RAIL_IN_M) * (1.0 if side == "right" else -1.0))
            shadow = self._shadows[kind]
            shaded = kind == logic.rail_kind and low >= LEAST and logic.floor_opacity > 0.5
            set_shown(shadow, shaded)
            if shaded:
                shadow.set_x(-half + RAIL_IN_M)
                shadow.set_sx(min(low * SHADOW_REACH, 2 * half - 0.2))

    def _blow(self, logic: HeightsLogic) -> None:
        air, t = logic.air, logic.t_s
        shiver = air * (4.0 + 5.0 * sin(3.7 * t) + 2.0 * sin(8.1 * t))
        self._plant.set_hpr(0.0, shiver * 0.6, 8.0 * air + shiver)
