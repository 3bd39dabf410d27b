"""What is seen of the heights scene: the city, the platform at its height, street life, things in the wind."""

from __future__ import annotations

from math import sin
from typing import TYPE_CHECKING

import numpy as np

from scenes.heights import deck, street_life
from scenes.heights.logic import CARS, EDGE_Y, PEOPLE, HeightsLogic
from scenes.kit import baked, finish
from scenes.kit.city import TO_SUN
from scenes.kit.moving import PAINTS, car, far_car, person
from scenes.kit.quads import linear
from scenes.kit.town import KERB
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.sunmap import SunMap

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

STREET_Z = -KERB - 0.02
"""The city's road in the scene's world: its pavements lie just under a platform of no height."""
CITY = "models/city.npz"
SHADOW_REACH = 0.978
"""How far to the right the sun throws the shadow of a thing 1 m high, m."""
PAINTED_GREEN = linear((0.30, 0.42, 0.34))


class HeightsPicture:
    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        self._light()
        path = assets.path(CITY)
        try:
            meshes, sun = baked.load(path)
        except (OSError, ValueError, KeyError) as problem:
            raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as the city: {problem}") from None
        x, y, z = sun.middle
        kitchen.sun_map(SunMap(**{**vars(sun), "middle": (x, y, z + STREET_Z)}))
        self._town = kitchen.node("town")
        self._town.set_z(STREET_Z)
        for node in finish.stand(kitchen, meshes):
            node.reparent_to(self._town)
        self._streets()
        self._platform()
        self._flag = self._raise_flag()

    def _light(self) -> None:
        kitchen = self._kitchen
        kitchen.sun(TO_SUN, (3.7, 3.25, 2.65))
        kitchen.sky((0.50, 0.57, 0.70), (0.66, 0.72, 0.80), (0.40, 0.36, 0.31))
        kitchen.fog((0.60, 0.70, 0.83), 1450.0, start_m=40.0, sun_glow=0.2)
        dome = kitchen.sky_dome(clouds=0.45, cloud_colour=(1.45, 1.42, 1.38), seed=3)
        # what is seen is bluer than what streets and walls receive of it
        dome.set_shader_input("sky_zenith", (0.24, 0.42, 0.80, 0.0))
        dome.set_shader_input("sky_horizon", (0.66, 0.77, 0.90, 0.0))
        kitchen.exposure(-0.45)

    # ---- street life

    def _streets(self) -> None:
        kitchen = self._kitchen
        rng = np.random.default_rng(11)
        self._traffic = street_life.traffic(CARS, rng)
        self._walkers = street_life.walkers(PEOPLE, rng)
        kinds = rng.choice(["hatch", "sedan", "van", "bus"], CARS, p=(0.52, 0.30, 0.12, 0.06))
        paint = kitchen.material("cars", colour=(1, 1, 1), roughness=0.42, sun_map=True, flock=True)
        cars = [
            car(str(kind), PAINTED_GREEN if kind == "bus" else PAINTS[rng.integers(len(PAINTS))])
            for kind in kinds
        ]
        self._cars = kitchen.flock(
            "cars",
            cars,
            paint,
            parent=self._town,
            shadow=0.62,
            shadow_lift_m=0.03,
            outlines=[far_car(PAINTS[0])] * CARS,
        )
        cloth = kitchen.material("people", colour=(1, 1, 1), roughness=0.95, sun_map=True, flock=True)
        pavement = kitchen.node("pavement", self._town)
        pavement.set_z(KERB)
        people = [person(rng) for _ in range(PEOPLE)]
        self._people = kitchen.flock(
            "people", people, cloth, parent=pavement, shadow=0.62, shadow_lift_m=0.02
        )
        self._laps = np.full(CARS, -9999)
        self._driving = np.zeros(CARS, dtype=bool)
        self._order = rng.permutation(CARS)

    def _move_streets(self, logic: HeightsLogic) -> None:
        places, laps = self._traffic.places(logic.t_s)
        # a car comes or goes only at the end of its way, out of sight
        wanted = self._order < logic.cars
        fresh = laps != self._laps
        self._driving = np.where(fresh, wanted, self._driving)
        self._laps = laps
        places[:, 3] = np.where(self._driving, 0.0, street_life.HIDDEN)
        self._cars.place(places)
        people = self._walkers.places(logic.t_s)
        people[logic.pedestrians :, 3] = street_life.HIDDEN
        self._people.place(people)

    # ---- the platform

    def _platform(self) -> None:
        kitchen = self._kitchen
        self._wall = kitchen.node("wall behind")
        self._deck = kitchen.node("platform")
        self._deck.set_bin("background", 10)
        self._moved = kitchen.node("platform in its own frame", self._deck)
        tiles = kitchen.texture_file("textures/city/deck.jpg")
        bumps = kitchen.texture_file("textures/city/deck_n.jpg", srgb=False)
        self._tiles = kitchen.material(
            "tiles", colour=(1, 1, 1), roughness=0.95, texture=tiles, normal=bumps, sun_map=True
        )
        self._tiles_fading = kitchen.material(
            "fading tiles",
            colour=(1, 1, 1),
            roughness=0.95,
            texture=tiles,
            normal=bumps,
            sun_map=True,
            transparent=True,
        )
        steel = kitchen.material("steel", colour=(1, 1, 1), roughness=0.6, sun_map=True)
        walling = kitchen.material(
            "parapet",
            colour=(1, 1, 1),
            roughness=0.95,
            texture=kitchen.texture_file("textures/city/stucco.jpg"),
            sun_map=True,
        )
        glass = kitchen.material(
            "glass",
            colour=(0.02, 0.05, 0.045),
            roughness=0.06,
            opacity=0.10,
            transparent=True,
            two_sided=True,
        )
        trodden = kitchen.material(
            "glass floor", colour=(0.10, 0.14, 0.14), roughness=0.14, opacity=0.16, transparent=True
        )
        self._floors = [
            kitchen.mesh(f"floor {w:g}", deck.floor(w), self._tiles, parent=self._moved) for w in deck.WIDTHS
        ]
        self._pane = kitchen.mesh("glass floor", deck.pane(), trodden, parent=self._moved)
        self._across = kitchen.mesh("beams across", deck.beams_across(), steel, parent=self._moved)
        self._beams = [
            kitchen.mesh("beam", deck.beam_out(side), steel, parent=self._moved) for side in (-1.0, 1.0)
        ]
        self._rails = {
            "solid": self._rail("solid", ((deck.solid_wall, walling),), ((deck.coping, walling),)),
            "bars": self._rail("bars", ((deck.bars, steel),), ((deck.handrail, steel),)),
            "glass": self._rail(
                "glass",
                ((deck.glass_posts, steel), (deck.glass_rims, steel), (deck.glass_panes, glass)),
                ((deck.handrail, steel),),
            ),
        }
        self._shadows = {kind: self._shadow(kind) for kind in self._rails}
        matt, pane = deck.door()
        kitchen.mesh("door", matt, steel, parent=self._wall)
        kitchen.mesh("panes", pane, glass, parent=self._wall)
        pot, plant = deck.planter()
        self._pot = kitchen.mesh("pot", pot, steel, parent=self._moved)
        leaves = finish.material(kitchen, "leaves")
        self._plant = kitchen.mesh("plant", plant, leaves, parent=self._pot)
        self._plant.set_pos(-1.19, -1.14, 0.38)
        self._shown: tuple[object, ...] = ()

    def _rail(
        self,
        name: str,
        stretched: tuple[tuple[object, Material], ...],
        lifted: tuple[tuple[object, Material], ...],
    ) -> dict[str, list[NodePath]]:
        """One kind of rail on three sides: parts that are scaled to the height, parts that ride on top."""
        kitchen = self._kitchen
        root = kitchen.node(f"rail {name}", self._moved)
        made: dict[str, list[NodePath]] = {"root": [root]}
        for side, along in (("front", "x"), ("left", "y"), ("right", "y")):
            for group, parts in (("body", stretched), ("top", lifted)):
                made[f"{side} {group}"] = [
                    kitchen.mesh(f"{name} {side}", make(along), material, parent=root)  # type: ignore[operator]
                    for make, material in parts
                ]
        return made

    def _shadow(self, kind: str) -> NodePath:
        """The left rail's shadow on the floor, only where the sun comes past the tower."""
        mesh = deck.rail_shadow(kind)
        flat = self._kitchen.material("no thing", flock=True)
        thrown = self._kitchen.flock(
            f"shadow {kind}", [mesh], flat, parent=self._moved, shadow=0.5, shadow_lift_m=0.004
        )
        thrown.place(np.zeros((1, 4)))
        thrown.node.get_child(0).hide()
        return thrown.node

    def _move_platform(self, logic: HeightsLogic) -> None:
        view = logic.viewpoint()
        self._deck.set_pos_hpr(view.x, view.y, view.z, 0.0, view.pitch, view.roll)
        self._wall.set_z(view.z)
        self._moved.set_y(logic.edge_distance - EDGE_Y)
        look = (logic.ledge_width, logic.floor_opacity, logic.rail_kind, logic.rail_height)
        if look == self._shown:
            return
        self._shown = look
        width, half = logic.ledge_width, logic.ledge_width / 2
        best = max(k for k, w in enumerate(deck.WIDTHS) if w >= width - 1e-6)
        for k, node in enumerate(self._floors):
            if k == best and logic.floor_opacity > 0.003:
                node.show()
                node.set_sx(width / deck.WIDTHS[k])
                solid = logic.floor_opacity > 0.997
                self._kitchen.apply(node, self._tiles if solid else self._tiles_fading)
                if not solid:
                    node.set_color_scale(1, 1, 1, logic.floor_opacity)
                node.set_z(0.0 if solid else 0.004)
            else:
                node.hide()
        share = width / (2 * deck.HALF)
        self._pane.set_sx(share)
        self._across.set_sx(share)
        if logic.floor_opacity > 0.997:
            self._pane.hide()
        else:
            self._pane.show()
        self._beams[0].set_x(-half)
        self._beams[1].set_x(half)
        if width > 2.6:
            self._pot.show()
        else:
            self._pot.hide()
        self._set_rails(logic, half, share)

    def _set_rails(self, logic: HeightsLogic, half: float, share: float) -> None:
        high = logic.rail_height
        # side rails would stand in the way on a narrow beam: they sink as it narrows
        side_high = high * min(max((logic.ledge_width - 0.7) / 0.5, 0.0), 1.0)
        for kind, rail in self._rails.items():
            root, shadow = rail["root"][0], self._shadows[kind]
            if kind != logic.rail_kind or high < 0.02:
                root.hide()
                shadow.hide()
                continue
            root.show()
            for side, x, tall in (
                ("front", 0.0, high),
                ("left", -half, side_high),
                ("right", half, side_high),
            ):
                for group in ("body", "top"):
                    for node in rail[f"{side} {group}"]:
                        if tall < 0.02:
                            node.hide()
                            continue
                        node.show()
                        node.set_x(x + (0.07 if side == "left" else -0.07 if side == "right" else 0.0))
                        if side == "front":
                            node.set_sx(share)
                        if group == "body":
                            node.set_sz(tall)
                        else:
                            node.set_z(tall)
            if side_high > 0.02 and logic.floor_opacity > 0.5:
                shadow.show()
                shadow.set_x(-half + 0.07)
                shadow.set_sx(min(side_high * SHADOW_REACH, 2 * half - 0.2))
            else:
                shadow.hide()

    # ---- things in the wind

    def _raise_flag(self) -> list[NodePath]:
        """A flag on the front of a house across the street: a chain of strips."""
        kitchen = self._kitchen
        cloth = kitchen.material("flag", colour=(1, 1, 1), roughness=0.95, two_sided=True, sun_map=True)
        mast = kitchen.node("flag", self._town)
        mast.set_pos(-9.5, 17.1, 12.2)
        chain: list[NodePath] = []
        parent = mast
        strips = deck.flag()
        for k, mesh in enumerate(strips):
            node = kitchen.mesh("strip of the flag", mesh, cloth, parent=parent)
            if k:
                node.set_x(1.5 / len(strips))
            chain.append(node)
            parent = node
        return chain

    def _move_air(self, logic: HeightsLogic) -> None:
        air, t = logic.air, logic.t_s
        lively = 6.0 + 26.0 * air
        for k, node in enumerate(self._flag):
            bend = lively * sin(t * (2.0 + 3.0 * air) - 0.9 * k) * (0.3 + 0.14 * k)
            if k == 0:
                node.set_hpr(-20.0 + 10.0 * sin(0.7 * t) + bend * 0.4, 0.0, (1.0 - air) ** 2 * 58.0)
            else:
                node.set_hpr(bend, 0.0, 0.0)
        shiver = air * (4.0 + 5.0 * sin(3.7 * t) + 2.0 * sin(8.1 * t))
        self._plant.set_hpr(0.0, shiver * 0.6, 8.0 * air + shiver)

    def draw(self, logic: HeightsLogic) -> None:
        self._move_streets(logic)
        self._move_platform(logic)
        self._move_air(logic)
        self._kitchen.sky_time(logic.t_s)
