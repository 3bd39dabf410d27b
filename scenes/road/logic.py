"""The road scene without its picture: plain Python, the same in a live session and in replay.

For the picture:

- The scene's world is the own car's frame: x to the right, y ahead, z up, the road's surface at z = 0, the driver's
  eyes above (-SEAT_X, 0). The car never moves in it; the road is moved past. A point of the route (see ``route.py``)
  lies at ``(x - stretch.own_x, y - y_m)``, and the stretch repeats every ``route.PERIOD_M``, so draw it at
  ``k * PERIOD_M - y_m % PERIOD_M``. ``y_m`` jumps behind a blink only.
- ``vehicles()`` gives every other vehicle in that frame; ``(kind, slot)`` stays with one vehicle for as long as it is
  there, ``slot < route.POOL[kind]``.
- What goes to and fro is a number that runs by the scene's own clock: it stands still when the scene does.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, pi, sin
from random import Random

from scenes.road import driving, sounds
from scenes.road.cabin import SEAT_X
from scenes.road.crossing import GREEN_S, Crossing, Lights, in_box, lights
from scenes.road.driving import Wipers
from scenes.road.route import (
    KM_H,
    OWN_FRONT_M,
    PERIOD_M,
    PLACES,
    SIGNALS,
    STOP_M,
    Stretch,
    near_junction,
)
from scenes.road.traffic import Body, OwnCar, Row, Traffic
from scenes.road.triggers import Triggers
from scenes.road.vehicle import Vehicle, nearest_point, told
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.stage.scene import Moment, SoundCue, Viewpoint

__all__ = ["RoadLogic", "Vehicle"]

CHOICES = ("place", "role", "ambulance")
TICK_S = 0.07
"""Longer frames are taken in pieces."""
EASE_M_S2 = 1.5
"""After a pause the scene's time runs up to its full pace so gently that nothing seems to speed up harder than this."""
SLOW_HZ = 0.5
"""Of the ambulance's lamps in ``slow``."""
HALT_M = 14.0
"""From the own nose to the ambulance when the car has stopped for it."""
APPROACH_M = 85.0
"""From where the car begins its way to the ambulance."""
REVS_S = 0.35
"""How long the engine takes to follow a change of gear."""
RED_AHEAD_M = 62.0
"""So far before the first stop line the car is when its lights turn amber."""
INSIDE_M, DOOR_Z, POST_Z = 0.25, 0.75, 1.8
"""How far inside its outline the point of a vehicle lies, at which height, and that of a post, m."""
FAR_M = 300.0
"""Told as the distance of a stimulus that is not there."""


class RoadLogic:
    """State and motion."""

    def __init__(self) -> None:
        self.begin(Random(0), {})

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        self._rng = rng
        self.clock_s = 0.0
        self.tempo = 1.0
        self.moving = False
        self._pull_m_s2 = 0.0
        self.place = "parked"
        self.role = "passenger"
        self.ambulance = "none"
        self.speed = 30.0
        self.density = 0.0
        self.lorries = 0.0
        self.following = 3.0
        self.rain = 0.0
        self.fog = 0.0
        self.night = 0.0
        self.event_distance = 120.0
        self.event_strength = 0.6
        self.loudness = 0.5
        self.vignette_strength = 0.0
        self.wipers = Wipers()
        self.triggers = Triggers()
        self._take(parameters)
        self._enter(self.wanted_m_s)

    def apply(self, parameters: Mapping[str, Value]) -> None:
        place, ambulance = self.place, self.ambulance
        self._take(parameters)
        # behind a blink
        if place != self.place or (ambulance == "none") != (self.ambulance == "none"):
            self._enter(min(self.own.v, self.wanted_m_s))

    def _take(self, parameters: Mapping[str, Value]) -> None:
        for name, value in parameters.items():
            if name == "vignette":
                self.vignette_strength = float(value)
            else:
                setattr(self, name, str(value) if name in CHOICES else float(value))

    def _enter(self, speed_m_s: float) -> None:
        """Begin on a stretch with its traffic all about. Never seen: at the start, or behind a blink."""
        stretch = self.stretch
        start = stretch.start_y
        if self.stops_for_ambulance and stretch.ambulance is not None:
            start = stretch.ambulance[1] - HALT_M - OWN_FRONT_M - APPROACH_M
            speed_m_s = min(speed_m_s, 11.0)
        self.triggers.leave()
        self.traffic = Traffic(stretch, self._rng)
        self.own = OwnCar(start, speed_m_s)
        self._tell_traffic()
        if self.traffic.own_row is not None:
            self.traffic.own_row.put(self.own)
        self.traffic.fill(start)
        self.crossing = (
            Crossing(self.traffic, self._rng, near_junction(start)) if stretch.crossroads else None
        )
        self._lights_from_s = self._first_red() - self.clock_s
        self.revs = self._driven_revs()
        """Of the engine, 1/min; 0 in the parked car, whose engine is off."""
        self._hold_m_s: float | None = None
        self._seen: tuple[Vehicle, ...] | None = None

    def _first_red(self) -> float:
        """Where in their round the lights are at the start: so that the first ones turn red before the car."""
        way = near_junction(self.own.p) - STOP_M - OWN_FRONT_M - self.own.p - RED_AHEAD_M
        return GREEN_S - way / max(self.wanted_m_s, 3.0) + self._rng.uniform(-1.0, 1.0)

    def _tell_traffic(self) -> None:
        traffic = self.traffic
        traffic.density, traffic.lorries, traffic.wanted = self.density, self.lorries, self.wanted_m_s

    def fire(self, trigger: str) -> None:
        self.triggers.fire(trigger, self.clock_s, self.event_distance)

    # ---- time

    def update(self, moment: Moment) -> None:
        self.moving = moment.dt_s > 0.0
        if not self.moving:
            self.tempo = 0.0
            self.triggers.silence()
            return
        self._seen = None
        left = moment.dt_s
        while left > 1e-9:
            real = min(left, TICK_S)
            left -= real
            spare = EASE_M_S2 - max(0.0, self._pull_m_s2) * self.tempo**2
            self.tempo = min(1.0, self.tempo + real * min(0.5, max(spare, 0.1) / max(self.own.v, 0.1)))
            before = self.own.v
            self._tick(real * self.tempo)
            self._pull_m_s2 = (self.own.v - before) / max(real * self.tempo, 1e-6)

    def _tick(self, dt_s: float) -> None:
        self.clock_s += dt_s
        self._tell_traffic()
        fright = self.triggers.update(dt_s, self.clock_s, self.traffic, self.own)
        if not fright:
            self._hold_m_s = None
        elif self._hold_m_s is None:
            self._hold_m_s = self.triggers.slowed(self.own)
        self._roll(dt_s)
        self.traffic.tend(self.own.p)
        self.wipers.update(dt_s, self.rain)
        self.revs += (self._driven_revs() - self.revs) * min(1.0, dt_s / REVS_S)

    def _driven_revs(self) -> float:
        return 0.0 if self.place == "parked" else driving.revs(self.own.v)

    def _roll(self, dt_s: float) -> None:
        crossing, traffic = self.crossing, self.traffic
        stop = False
        if crossing is not None:
            crossing.move_to(near_junction(self.own.p))
            lamps = self.lights
            stop = lamps.own != "green" or crossing.occupied()
            crossing.advance(dt_s, lamps, self._own_road_occupied(crossing))
        halt = self.halt_y
        for row in traffic.rows:
            line = None
            if crossing is not None and stop:
                line = crossing.middle_y * row.lane.way - STOP_M
            headway = self.following if row.lane.own else 1.8
            row.advance(dt_s, headway, lambda body, row=row: self._wish(body, row), line, halt)

    def _own_road_occupied(self, crossing: Crossing) -> bool:
        return any(
            in_box(body, crossing.middle_y * row.lane.way) for row in self.traffic.rows for body in row.bodies
        )

    def _wish(self, body: Body, row: Row) -> float:
        if body is self.own:
            wanted = self.wanted_m_s
            return wanted if self._hold_m_s is None else min(wanted, self._hold_m_s)
        return self.traffic.wish(body, row.lane)

    # ---- what follows from the state

    @property
    def stretch(self) -> Stretch:
        return PLACES[self.place]

    @property
    def wanted_m_s(self) -> float:
        """How fast the own car goes where nothing hinders it."""
        return min(self.speed, self.stretch.limit_km_h) * KM_H

    @property
    def y_m(self) -> float:
        """Where the own car is along the route."""
        return self.own.p

    @property
    def speed_m_s(self) -> float:
        return self.own.v

    @property
    def steering_deg(self) -> float:
        """Of the steering wheel, to the left."""
        return driving.steering(self.own.way_m, self.own.v)

    @property
    def lamps_on(self) -> bool:
        """Everyone drives with their lights on."""
        return self.place == "tunnel" or max(self.night, self.rain, self.fog) > 0.3

    @property
    def stops_for_ambulance(self) -> bool:
        return self.ambulance != "none" and self.place in ("residential", "country", "junction")

    @property
    def halt_y(self) -> float | None:
        """p of the line at which the own car stops for the ambulance; None: it does not."""
        place = self.stretch.ambulance
        if not self.stops_for_ambulance or place is None:
            return None
        rounds = round((self.own.p + HALT_M - place[1]) / PERIOD_M)
        return place[1] + rounds * PERIOD_M - HALT_M + 1.0

    @property
    def indicator(self) -> str:
        """``off``, ``left``, ``right``, or ``both``: warning lights, when the car stops for the ambulance."""
        return "both" if self.stops_for_ambulance and self.own.v < 6.0 else "off"

    @property
    def indicator_lit(self) -> bool:
        return self.indicator != "off" and driving.lit(self.clock_s)

    @property
    def lights(self) -> Lights:
        """The traffic lights of the crossroads: for the own road and for the crossing one."""
        return lights(self.clock_s + self._lights_from_s)

    @property
    def junction_y(self) -> float | None:
        """Where the middle of the crossroads nearest to the car is, own frame; None where there is none."""
        return None if self.crossing is None else self.crossing.middle_y - self.own.p

    @property
    def ambulance_lamp(self) -> float:
        """How bright the ambulance's blue lamps are, 0 to 1. They swell and fade, never flash."""
        if self.ambulance == "none":
            return 0.0
        if self.ambulance == "steady":
            return 1.0
        return 0.5 - 0.5 * sin(2.0 * pi * SLOW_HZ * self.clock_s + pi / 2.0)

    def vignette(self) -> float:
        """How strongly the edge of sight is darkened for comfort, 0 to 1: not at all in a car that stands."""
        share = min(1.0, self.own.v / 6.0)
        return self.vignette_strength * share * share * (3.0 - 2.0 * share)

    def vehicles(self) -> tuple[Vehicle, ...]:
        """All other vehicles."""
        if self._seen is None:
            self._seen = tuple(self._all_vehicles())
        return self._seen

    def ahead(self) -> Vehicle | None:
        """The next vehicle ahead in the own lane."""
        mine = [
            item for item in self.vehicles() if item.heading == 0.0 and abs(item.x) < 1.2 and item.y > 0.0
        ]
        return min(mine, key=lambda item: item.y, default=None)

    def _all_vehicles(self) -> list[Vehicle]:
        own, own_x = self.own, self.stretch.own_x
        found: list[Vehicle] = []
        for row in self.traffic.rows:
            lane = row.lane
            heading = 0.0 if lane.way > 0 else 180.0
            for body in row.bodies:
                if body is not own:
                    x, y = lane.x + body.drift - own_x, body.p * lane.way - own.p
                    found.append(told(body, x, y, heading))
        if self.crossing is not None:
            for row in self.crossing.rows:
                lane = row.lane
                y = self.crossing.middle_y + lane.x - own.p
                heading = -90.0 if lane.way > 0 else 90.0
                found += [told(body, body.p * lane.way - own_x, y, heading) for body in row.bodies]
        out = self.triggers.pulling_out
        if out is not None:
            found.append(told(out.body, out.x - own_x, out.y - own.p, 90.0))
        place = self.stretch.ambulance
        if self.ambulance != "none" and place is not None:
            y = place[1] + round((own.p - place[1]) / PERIOD_M) * PERIOD_M - own.p
            found.append(Vehicle("ambulance", 0, 0, place[0] - own_x, y, 0.0, 0.0, False, 0.0))
        return found

    # ---- the stage's questions

    @property
    def seat_x(self) -> float:
        return SEAT_X if self.role == "passenger" else -SEAT_X

    def viewpoint(self) -> Viewpoint:
        """The floor of the tracked space lies on the road: a seated head is then at the height of a driver's."""
        return Viewpoint(self.seat_x, 0.0, 0.0)

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        """The nearest vehicle, the crossroads (the nearest of its posts), the ambulance: horizontal distances to the
        nearest point of each outline. The point that is given lies a little inside, where there is metal."""
        eye = (head.x + self.seat_x, head.y)
        cars = [item for item in self.vehicles() if item.kind != "ambulance"]
        ambulance = next((item for item in self.vehicles() if item.kind == "ambulance"), None)
        nearest = min(cars, key=lambda item: nearest_point(item, eye, 0.0)[0], default=None)
        return (
            self._of_vehicle(0, nearest, eye),
            self._of_crossroads(1, eye),
            self._of_vehicle(2, ambulance, eye),
        )

    def _of_vehicle(self, index: int, item: Vehicle | None, eye: tuple[float, float]) -> StimulusReading:
        if item is None:
            return _nowhere(index)
        distance, _, _ = nearest_point(item, eye, 0.0)
        _, x, y = nearest_point(item, eye, INSIDE_M)
        return StimulusReading(index, distance, (x - self.seat_x, y, DOOR_Z), True)

    def _of_crossroads(self, index: int, eye: tuple[float, float]) -> StimulusReading:
        middle = self.junction_y
        if middle is None:
            return _nowhere(index)
        posts = [(x - self.stretch.own_x, middle + y) for x, y in SIGNALS]
        x, y = min(posts, key=lambda post: hypot(post[0] - eye[0], post[1] - eye[1]))
        return StimulusReading(index, hypot(x - eye[0], y - eye[1]), (x - self.seat_x, y, POST_Z), True)

    def state(self) -> Mapping[str, int | float | str]:
        own, triggers = self.own, self.triggers
        lamps = self.lights if self.crossing is not None else Lights("none", "none")
        state: dict[str, int | float | str] = {
            "clock_s": self.clock_s,
            "place": self.place,
            "role": self.role,
            "ambulance": self.ambulance,
            "y_m": own.p,
            "speed_m_s": own.v,
            "vehicles": len(self.vehicles()),
            "lights": lamps.own,
            "indicator": self.indicator,
            "sweeps": self.wipers.sweeps,
            "sounding": len(triggers.shots),
            "pulled_out": int(triggers.pulling_out is not None and triggers.pulling_out.standing),
        }
        return state | {f"fired_{name}": count for name, count in triggers.counts.items()}

    def sounds(self) -> tuple[SoundCue, ...]:
        return sounds.cues(self)


def _nowhere(index: int) -> StimulusReading:
    return StimulusReading(index, FAR_M, (0.0, FAR_M, 1.0), False)
