"""What is seen of the heights scene: the city, the tower and the place on it, street life, things in the wind."""

from __future__ import annotations

from math import sin
from typing import TYPE_CHECKING

import numpy as np

from scenes.heights import deck, looks, stands, street_life
from scenes.heights.logic import CARS, PEOPLE, HeightsLogic
from scenes.heights.places import PLACES
from scenes.heights.platform import Platform
from scenes.heights.standing import set_shown
from scenes.heights.tower_view import TowerView
from scenes.heights.vehicles import NearCars
from scenes.kit import baked, finish, stored
from scenes.kit.city import BEHIND, PARTS_OF_TOWER, TO_SUN
from scenes.kit.moving import PAINTS, car, far_car
from scenes.kit.people import FAR, MIDDLE, Folk, cast, together
from scenes.kit.quads import linear
from scenes.kit.sunlight import SunDepths
from scenes.kit.town import KERB, MAIN_Y0
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.sunmap import SunMap

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.heights.stands import Meshes, Stand
    from vr_runtime.stage.kitchen import Kitchen

STREET_Z = -KERB - 0.02
"""The city's road in the scene's world: its pavements lie just under a platform of no height."""
CITY, LOW_SUN, STRUCTURES = "models/city.npz", "models/city_low_sun.npz", "models/heights.npz"
NEAR_CARS = 10
MIDDLE_BELOW_M = 10.0
"""People are drawn finer while one stands lower than this."""
PAINTED_GREEN = linear((0.30, 0.42, 0.34))


class HeightsPicture:
    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        self._light()
        meshes, sun = self._load(CITY)
        _, low = self._load(LOW_SUN)
        self._low_sun = kitchen.sun_map(self._placed(SunDepths(**{**vars(low), "far": sun.far})))
        self._sun = kitchen.sun_map(self._placed(sun))
        self._town = kitchen.node("town")
        self._town.set_z(STREET_Z)
        self._behind = kitchen.node("behind the tower", self._town)
        self._looks = looks.make(kitchen)
        for group, under in (("", self._town), (BEHIND, self._behind)):
            some = {key: mesh for key, mesh in meshes.items() if key.rpartition(".")[0] == group.rstrip(".")}
            for node in finish.stand(kitchen, some):
                node.reparent_to(under)
        tower = {key: mesh for key, mesh in meshes.items() if key.startswith(PARTS_OF_TOWER)}
        self._tower = TowerView(self._looks, tower, self._town, STREET_Z)
        made, _ = stored.load(STRUCTURES)
        self._streets()
        self._places(made)
        self._flag = self._raise_flag()

    def _load(self, relative: str) -> tuple[Meshes, SunDepths]:
        path = assets.path(relative)
        try:
            return baked.load(path)
        except (OSError, ValueError, KeyError) as problem:
            raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as the city: {problem}") from None

    def _placed(self, sun: SunDepths) -> SunMap:
        """The town's sun in the scene's world."""
        x, y, z = sun.middle
        return SunMap(**{**vars(sun), "middle": (x, y, z + STREET_Z)})

    def _light(self) -> None:
        kitchen = self._kitchen
        kitchen.sun(TO_SUN, (3.6, 3.16, 2.58))
        # with the light that sunlit fronts throw back into the shade
        kitchen.sky((0.78, 0.84, 0.96), (0.92, 0.95, 0.98), (0.52, 0.47, 0.41))
        kitchen.fog((0.60, 0.70, 0.83), 1450.0, start_m=40.0, sun_glow=0.2)
        dome = kitchen.sky_dome(clouds=0.45, cloud_colour=(1.45, 1.42, 1.38), seed=3)
        # what is seen is bluer than what streets and walls receive of it
        dome.set_shader_input("sky_zenith", (0.24, 0.42, 0.80, 0.0))
        dome.set_shader_input("sky_horizon", (0.66, 0.77, 0.90, 0.0))
        kitchen.exposure(-0.55)

    # ---- street life

    def _streets(self) -> None:
        kitchen = self._kitchen
        rng = np.random.default_rng(11)
        self._traffic = street_life.traffic(CARS, rng)
        self._walkers = street_life.walkers(PEOPLE - street_life.STAYING, np.random.default_rng(12))
        self._staying = street_life.staying()
        # cars in the street before the tower are seen from near: some of them are drawn finer
        before = np.flatnonzero((self._traffic.along == 0) & (np.abs(self._traffic.across - MAIN_Y0) < 4.0))
        self._near, self._rest = before[:NEAR_CARS], np.setdiff1d(np.arange(CARS), before[:NEAR_CARS])
        self._near_cars = NearCars(kitchen, self._town, len(self._near), rng)
        kinds = rng.choice(["hatch", "sedan", "van", "bus"], len(self._rest), p=(0.52, 0.30, 0.12, 0.06))
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
            outlines=[far_car(PAINTS[0])] * len(cars),
        )
        pavement = kitchen.node("pavement", self._town)
        pavement.set_z(KERB)
        self._people = Folk(
            kitchen,
            "people",
            cast(PEOPLE, rng),
            rng,
            parent=pavement,
            levels=(MIDDLE, FAR),
            clips=("stroll", "walk", "hurry", *street_life.STAY_CLIPS),
            sun_map=True,
            shadow=0.62,
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
        self._cars.place(places[self._rest])
        near = self._near
        self._near_cars.place(places[near], self._traffic.way(logic.t_s)[near], self._traffic.speed[near])
        self._people.people.show_level(MIDDLE if logic.viewpoint().z < MIDDLE_BELOW_M else FAR)
        hidden = np.arange(PEOPLE) >= logic.pedestrians
        everybody = together([self._staying, self._walkers.doing(logic.t_s)])
        self._people.draw(logic.t_s, everybody, hidden=hidden)

    # ---- places

    def _places(self, meshes: Meshes) -> None:
        kitchen, looks = self._kitchen, self._looks
        self._sway = kitchen.node("where one stands")
        self._sway.set_bin("background", 10)
        self._nodes = {name: kitchen.node(name, self._sway) for name in PLACES}
        self._stands: dict[str, Stand] = {
            "street": stands.Street(looks, meshes, self._nodes["street"]),
            "balcony": stands.Balcony(looks, meshes, self._nodes["balcony"]),
            "roof": stands.Roof(looks, meshes, self._nodes["roof"]),
            "platform": Platform(looks, meshes, self._nodes["platform"]),
            "beam": stands.Beam(looks, meshes, self._nodes["beam"]),
            "lift": stands.Lift(looks, meshes, self._nodes["lift"]),
        }
        for node in self._nodes.values():
            kitchen.stimulus(node, "edge")
        self._place = ""

    def _move_places(self, logic: HeightsLogic) -> None:
        view, place = logic.viewpoint(), logic.place
        if place != self._place:
            self._place = place
            for name, node in self._nodes.items():
                set_shown(node, name == place)
            set_shown(self._behind, place == "roof")
            (self._low_sun if place == "roof" else self._sun).use()
        self._sway.set_pos_hpr(view.x, view.y, view.z, 0.0, view.pitch, view.roll)
        self._nodes[place].set_y(-view.y)
        self._stands[place].draw(logic)
        self._tower.draw(logic)

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

    def draw(self, logic: HeightsLogic) -> None:
        self._move_streets(logic)
        self._move_places(logic)
        self._move_air(logic)
        self._kitchen.sky_time(logic.t_s)
