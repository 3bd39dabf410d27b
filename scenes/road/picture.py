"""What is seen of the road scene: the own car, the stretch that passes, traffic, weather, day and night."""

from __future__ import annotations

from math import ceil, radians
from typing import TYPE_CHECKING

import numpy as np

from scenes.kit import roads, stored
from scenes.road import cabin, places, shadows
from scenes.road.air import air
from scenes.road.driver import Driver
from scenes.road.fleet import PARKED_M, Fleet
from scenes.road.logic import RoadLogic
from scenes.road.own_car import OwnCar
from scenes.road.route import PERIOD_M, SIZES
from scenes.road.surroundings import Surroundings
from scenes.road.walkers import Walkers

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen

MODEL = "models/road.npz"
BEHIND_M = 200.0
"""A piece of the stretch is drawn until it lies so far behind, m."""
CLOUDS = 0.34


class RoadPicture:
    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        self._lamps = kitchen.lamps()
        self._mirror = kitchen.mirror()
        self._dome = kitchen.sky_dome(clouds=CLOUDS, cloud_colour=(1.5, 1.48, 1.45), seed=5, sun_disc=False)
        self._sun = kitchen.sun_strip(shadows.load())
        self._own_shadow = kitchen.thrown_shadow("own car's shadow", shadows.own_outline(), shadows.STRENGTH)
        self._lamps.panes(shadows.TO_SUN, cabin.panes())
        self.car = OwnCar(kitchen)
        self.fleet = Fleet(kitchen)
        self._around = Surroundings(kitchen)
        self._people = Walkers(kitchen)
        self._driver = Driver(kitchen)
        self._rain = kitchen.rain(1500, (15.0, 20.0, 7.0))
        self._rain.keep_out(0.95, 2.6, 1.6, 0.0)
        self._lit: list[NodePath] = []
        self._stand()
        self._place = ""
        self._seen: tuple[object, ...] = ()
        self._t_s = 0.0
        self._dash = (0.0, 0.0, 0.0)

    # ---- the stretches

    def _stand(self) -> None:
        kitchen = self._kitchen
        meshes, _ = stored.load(MODEL)
        materials = {}
        self.roots: dict[str, NodePath] = {}
        self.pieces: dict[str, list[NodePath]] = {}
        self._parked: dict[str, np.ndarray] = {}
        for name in places.LOOKS:
            self.roots[name] = kitchen.node(name)
            self.pieces[name] = [
                kitchen.node(f"piece {k}", self.roots[name]) for k in range(round(PERIOD_M / places.PIECE_M))
            ]
        for key, mesh in meshes.items():
            name, number, *rest = key.split(".")
            if number == "parked":
                self._parked[name] = np.array(mesh.positions, dtype=np.float64)[
                    np.argsort(mesh.positions[:, 1], kind="stable")
                ]
                continue
            kind = rest[0]
            if kind not in materials:
                materials[kind] = roads.material(kitchen, kind)
            node = kitchen.mesh(key, mesh, materials[kind], parent=self.pieces[name][int(number)])
            if kind == "lit":
                self._lit.append(node)
        for root in self.roots.values():
            root.hide()

    def _move_stretch(self, logic: RoadLogic, name: str, look: places.Look) -> None:
        if name != self._place:
            for other, root in self.roots.items():
                if other == name:
                    root.show()
                else:
                    root.hide()
            self._place = name
        own_x = logic.stretch.own_x
        at = logic.y_m % PERIOD_M
        self._sun.use(name)
        self._sun.place(own_x, at)
        self.roots[name].set_x(-own_x)
        for k, piece in enumerate(self.pieces[name]):
            y = k * places.PIECE_M - at
            rounds = ceil((-BEHIND_M - y) / PERIOD_M)
            piece.set_y(y + rounds * PERIOD_M)
        parked = self._parked.get(name)
        if parked is None:
            self.fleet.park(np.zeros((0, 3)), np.zeros(0, dtype=int))
        else:
            y = (parked[:, 1] - at - PARKED_M[0]) % PERIOD_M + PARKED_M[0]
            near = np.flatnonzero(y < PARKED_M[1])
            self.fleet.park(np.column_stack([parked[near, 0] - own_x, y[near], parked[near, 2]]), near)

    # ---- light

    def _light(self, logic: RoadLogic, look: places.Look) -> None:
        kitchen, lamps = self._kitchen, self._lamps
        tunnel = look.tube_m > 0.0
        now = air(logic.night, logic.rain, logic.fog, tunnel)
        kitchen.sun(shadows.TO_SUN, now.sun)
        sharp = shadows.sharpness(now.sun, now.zenith)
        if sharp > 0.02:
            self._own_shadow.show()
            self._own_shadow.set_color_scale(1.0, 1.0, 1.0, sharp)
        else:
            self._own_shadow.hide()
        self.fleet.shade(sharp)
        kitchen.sky(now.zenith, now.horizon, now.ground)
        clouds = CLOUDS * (1.0 - min(1.0, 1.6 * logic.fog))
        seen = (now.seen_zenith, now.seen_horizon, clouds)
        if seen != self._seen:
            self._seen = seen
            self._dome.set_shader_input("cloud_look", (clouds, 0.002, 0.001, 0.0))
            self._dome.set_shader_input("sky_zenith", (*now.seen_zenith, 0.0))
            self._dome.set_shader_input("sky_horizon", (*now.seen_horizon, 0.0))
        kitchen.fog(now.haze, now.haze_m, start_m=3.0)
        kitchen.exposure(now.stops)
        dark = 1.0 if tunnel else logic.night
        on = 1.0 if logic.lamps_on else 0.0
        driven = 0.0 if logic.place == "parked" else on
        lamps.headlights(
            cabin.HEADLIGHTS, (0.0, 1.0), driven * (0.25 if tunnel else 0.02 + 0.98 * logic.night) * 5.0
        )
        if look.lamps is not None:
            row = look.lamps
            first = (row.first_y - logic.y_m) % row.spacing_m
            share = min(1.0, max(0.0, (logic.night - 0.35) / 0.3))
            own_x = logic.stretch.own_x
            lamps.street(
                row.left_x - own_x,
                row.right_x - own_x,
                row.spacing_m,
                first,
                row.high_m,
                row.colour,
                2.1 * row.strength * share,
            )
        else:
            lamps.street(0.0, 0.0, 30.0, 0.0, 8.0, (1.0, 1.0, 1.0), 0.0)
        lamps.wet(0.0 if tunnel else min(1.0, 1.6 * logic.rain))
        x, y, z = cabin.CLUSTER
        lamps.cabin((x, y - 0.03, z), (0.85, 0.92, 1.0), 0.0012 + 0.0200 * dark, now.cabin)
        self._others(logic)
        lamps.send()
        level = shadows.TO_SUN[2] / float(np.linalg.norm(shadows.TO_SUN))
        self._dash = tuple(
            0.062 * (0.42 * now.cabin * bright + 0.8 * level * sun)
            for bright, sun in zip(now.horizon, now.sun, strict=True)
        )  # type: ignore[assignment]
        glow = 1.0 if tunnel else 0.36 * min(1.0, 1.5 * logic.night)
        for node in self._lit:
            # by day no lamp burns behind the panes
            if glow < 0.02:
                node.hide()
                continue
            node.show()
            node.set_color_scale(glow, glow, glow, 1.0)

    def _others(self, logic: RoadLogic) -> None:
        """The lamps of others that light what is near them: those nearest ahead."""
        lamps = self._lamps
        used = 0
        blue = logic.ambulance_lamp
        lit = logic.lamps_on
        for item in sorted(logic.vehicles(), key=lambda item: abs(item.y)):
            if used == lamps.OTHERS:
                break
            if item.kind == "ambulance":
                if blue > 0.01:
                    lamps.other(
                        used,
                        (item.x, item.y, 2.6),
                        (0.12, 0.35, 1.0),
                        0.9 * blue * (0.25 + 0.75 * logic.night),
                        5.0,
                    )
                    used += 1
            elif item.y > 2.0 and abs(item.x) < 9.0 and lit:
                half = SIZES[item.kind][0] / 2.0
                near = min(1.0, max(0.0, (75.0 - item.y) / 30.0))
                if near <= 0.0:
                    continue
                if abs(item.heading) < 45.0:
                    bright = near * (0.30 if item.braking else 0.07)
                    lamps.other(
                        used,
                        (item.x, item.y - half - 0.4, 0.8),
                        (1.0, 0.06, 0.03),
                        bright * (0.2 + 0.8 * logic.night),
                        2.5,
                    )
                else:
                    lamps.other(
                        used,
                        (item.x, item.y - half - 0.5, 0.66),
                        (1.0, 0.94, 0.84),
                        0.30 * near * (0.15 + 0.85 * logic.night),
                        4.0,
                    )
                used += 1
        for number in range(used, lamps.OTHERS):
            lamps.other(number, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 1.0)

    # ---- mirrors

    def _mirrors(self, logic: RoadLogic, look: places.Look) -> None:
        rows, mirror = self._mirror.rows, self._mirror
        now = air(logic.night, logic.rain, logic.fog, look.tube_m > 0.0)
        own_x = logic.stretch.own_x
        bright = now.horizon[1] * 1.25 + 0.35 * now.sun[1]
        rows[0] = (look.half_m, *look.walls)
        rows[1] = (0.125, 0.125, 0.125, bright)
        rows[2] = (*look.tones[0], look.dashes[0])
        rows[3] = (*look.tones[1], logic.y_m % PERIOD_M)
        rows[4] = look.lines
        rows[5] = (look.tube_m, 1.4 if look.tube_m else 0.0, look.dashes[1], 0.0)
        rows[20] = (-own_x, 0.0, 0.0, 0.0)
        lit = 1.0 if logic.lamps_on else 0.0
        behind = sorted((item for item in logic.vehicles() if item.y < -4.0), key=lambda item: -item.y)[
            : mirror.BEHIND
        ]
        for number in range(mirror.BEHIND):
            if number < len(behind):
                item = behind[number]
                heavy = item.kind in ("truck", "lorry", "bus")
                half, high = (
                    (1.25, 3.3)
                    if heavy
                    else (0.95, 2.5)
                    if item.kind in ("van", "ambulance")
                    else (0.88, 1.52)
                )
                tone = (0.30, 0.30, 0.30) if number % 2 else (0.16, 0.18, 0.22)
                ahead = abs(item.heading) < 45.0
                mirror.behind(
                    number, item.x + own_x, item.y + 2.0, half, high, tone, 2.2 * lit if ahead else 0.0
                )
            else:
                mirror.behind(number, 0.0, 0.0, 0.0, 1.0, (0.0, 0.0, 0.0), 0.0)
        mirror.send()

    def draw(self, logic: RoadLogic) -> None:
        name = "residential" if logic.place == "parked" else logic.place
        look = places.LOOKS[name]
        self._move_stretch(logic, name, look)
        self._light(logic, look)
        self._mirrors(logic, look)
        tunnel = look.tube_m > 0.0
        if tunnel:
            self._dome.hide()
        else:
            self._dome.show()
        self.fleet.draw(logic.vehicles(), logic.lamps_on, logic.ambulance_lamp, 0.0 if tunnel else logic.rain)
        self._around.move(logic, name, look)
        self._people.move(logic, name)
        steering = radians(logic.steering_deg)
        driven = logic.role == "passenger" and logic.place != "parked"
        self._driver.move(logic.clock_s, steering, driven)
        dt_s = max(0.0, logic.clock_s - self._t_s)
        self._t_s = logic.clock_s
        rain = 0.0 if tunnel else logic.rain
        bright = 1.0 - 0.80 * logic.night
        self._rain.fall((0.0, 3.0, 2.6), (0.5, -logic.speed_m_s, -8.0), dt_s, share=rain, brightness=bright)
        left = logic.indicator in ("left", "both") and logic.indicator_lit
        right = logic.indicator in ("right", "both") and logic.indicator_lit
        self.car.move(
            speed_km_h=logic.speed_m_s * 3.6,
            rev=logic.revs / 1000.0,
            steering=steering,
            wiper=logic.wipers.angle,
            wiper_way=1.0 if logic.wipers.phase < 0.5 else -1.0,
            indicator=(left, right),
            rain=rain,
            t_s=logic.clock_s,
            glow=0.55 if tunnel else 0.62 - 0.40 * logic.night,
            dash=self._dash,
        )
        self.car.seat(logic.role, logic.place != "parked")
        self._kitchen.sky_time(logic.clock_s)


__all__ = ["RoadPicture"]
