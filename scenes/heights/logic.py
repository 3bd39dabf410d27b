"""The heights scene without its picture: plain Python, the same in a live session and in replay."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, pi
from random import Random

from scenes.heights import sounds, wind
from scenes.heights.places import EDGE_Y, PLACES, RAIL_IN_M, STOREY, WALL_Y, PlaceToStand
from scenes.heights.railing import LEAST_M, RAIL, Line, reach
from scenes.heights.ride import JUMP_M, Ride
from scenes.kit.touch import Contacts
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.deeds import TOUCHED, Deed
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.stage.scene import Moment, SoundCue, Viewpoint

__all__ = ["CARS", "EDGE_Y", "PEOPLE", "WALL_Y", "HeightsLogic"]

CHOICES = ("place", "rail_kind", "floor_kind")
SIDES_FROM_M, SIDES_FULL_M = 0.7, 1.2
"""Side rails would stand in the way on something narrow: they sink as it narrows from the second to the first."""
DOORS_S = (0.8, 2.8)
"""When the lift's doors begin to close and when they are closed, s after it was entered. It does not ride before."""
SWAYING = ("platform", "beam", "lift")
CARS = 44
PEOPLE = 72


class HeightsLogic:
    """State and motion. World frame: z = 0 on the street, x along it, y from the tower's wall out over the drop."""

    def __init__(self) -> None:
        self.begin(Random(0), {})

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        self.phase = rng.uniform(0.0, 2.0 * pi)
        self.t_s = 0.0
        self.gusts = 0
        self.gust_from_s = -wind.GUST_S
        self.place = "street"
        self.height = 0.0
        self.lift_speed = 0.0
        self.ride = Ride()
        self.rides = 0
        self.entered_s = -DOORS_S[1]
        """When the lift was entered: its doors close behind one."""
        self.arrivals = 0
        self.contacts = Contacts()
        self._deeds: tuple[Deed, ...] = ()
        self.touches = 0
        self.touched_s = -10.0
        """When a hand last came to a rail."""
        self.edge_distance = 1.5
        self.rail_kind = "solid"
        self.rail_height = 1.1
        self.floor_kind = "glass"
        self.floor_opacity = 1.0
        self.ledge_width = 3.0
        self.wind = 0.0
        self.sway = 0.0
        self.people = 0.8
        self.traffic = 0.7
        self._take(parameters)
        self.ride.jump(self.height)
        if self.place == "lift":
            self.entered_s = 0.0

    def apply(self, parameters: Mapping[str, Value]) -> None:
        place, height = self.place, self.height
        self._take(parameters)
        if self.place == "lift" and place != self.place:
            self.entered_s = self.t_s
        # what has changed behind a blink is there at once
        if self.place != "lift" or place != self.place or abs(self.height - height) > JUMP_M:
            self.ride.jump(self.height)

    def _take(self, parameters: Mapping[str, Value]) -> None:
        for name, value in parameters.items():
            setattr(self, name, str(value) if name in CHOICES else float(value))

    def fire(self, trigger: str) -> None:
        if trigger == "gust":
            self.gusts += 1
            self.gust_from_s = self.t_s

    def update(self, moment: Moment) -> None:
        self.t_s = moment.t_s
        if moment.dt_s > 0.0:
            self._ride_on(moment.dt_s)
            deeds = self.contacts.update(self.t_s, reach(moment.hands, self.rails()))
        else:
            self.ride.still()
            deeds = self.contacts.interrupt(self.t_s)
        self._deeds = tuple(deeds)
        if any(deed.what == TOUCHED for deed in deeds):
            self.touches += 1
            self.touched_s = self.t_s

    def deeds(self) -> tuple[Deed, ...]:
        """Touches of a rail that began or ended in the last ``update``."""
        return self._deeds

    def _ride_on(self, dt_s: float) -> None:
        if self.place != "lift" or self.doors > 0.0:
            return
        ride = self.ride
        rested = ride.speed == 0.0
        ride.follow(self.height, self.lift_speed, dt_s)
        self.rides += rested and ride.speed != 0.0
        self.arrivals += not rested and ride.speed == 0.0

    # ---- what follows from the state

    @property
    def gust(self) -> float:
        """The gust's strength now, 0 to 1."""
        return wind.gust(self.t_s - self.gust_from_s)

    @property
    def air(self) -> float:
        """How hard the wind blows now, 0 to 1: what flags and plants follow."""
        steady = self.wind * (0.75 + 0.25 * wind.breath(self.t_s, self.phase))
        return min(1.0, steady + self.gust * (0.35 + 0.4 * self.wind))

    @property
    def cars(self) -> int:
        return round(CARS * self.traffic)

    @property
    def pedestrians(self) -> int:
        return round(PEOPLE * self.people)

    @property
    def here(self) -> PlaceToStand:
        return PLACES[self.place]

    @property
    def sides(self) -> tuple[float, float]:
        """World x of the left and the right end of what one stands on, m."""
        here, half = self.here, self.ledge_width / 2.0
        return (-half if here.left is None else here.left, half if here.right is None else here.right)

    @property
    def level(self) -> float:
        """Height of the floor now, m: in the lift, where the cabin is."""
        if not self.here.raised:
            return 0.0
        return self.ride.height if self.place == "lift" else self.height

    @property
    def grip(self) -> str:
        """Which hands hold a rail: ``none``, ``left``, ``right`` or ``both``."""
        left, right = (self.contacts.holds(side, RAIL) for side in ("left", "right"))
        return "both" if left and right else "left" if left else "right" if right else "none"

    @property
    def doors(self) -> float:
        """How far the lift's doors are open, 1 to 0: they close behind whoever has entered, and stay closed."""
        begin, end = DOORS_S
        x = min(max((end - (self.t_s - self.entered_s)) / (end - begin), 0.0), 1.0)
        return x * x * (3.0 - 2.0 * x)

    @property
    def storey(self) -> int:
        """The storey that the lift's sign shows."""
        return int((self.level + 0.25) // STOREY)

    @property
    def side_rail_height(self) -> float:
        left, right = self.sides
        share = (right - left - SIDES_FROM_M) / (SIDES_FULL_M - SIDES_FROM_M)
        return self.rail_height * min(max(share, 0.0), 1.0)

    def rails(self) -> tuple[Line, ...]:
        """The rails that can be held, as lines in the tracked space."""
        here = self.here
        if self.rail_kind == "none" or self.rail_height < LEAST_M:
            return ()
        left, right = self.sides
        ahead, back = self.edge_distance - RAIL_IN_M, self.edge_distance + here.back_y - here.edge_y
        z, low = self.rail_height, self.side_rail_height
        made: list[Line] = []
        if "front" in here.rails:
            made.append(((left, ahead, z), (right, ahead, z)))
        for side, x in (("left", left + RAIL_IN_M), ("right", right - RAIL_IN_M)):
            if side in here.rails and low >= LEAST_M:
                made.append(((x, back, low), (x, ahead, low)))
        return tuple(made)

    def viewpoint(self) -> Viewpoint:
        # what stands on the ground, or is the ground's own storeys, does not sway
        swing = self.sway if self.place in SWAYING else 0.0
        roll, pitch = wind.sway(self.t_s, swing, self.gust, self.phase)
        return Viewpoint(0.0, self.here.edge_y - self.edge_distance, self.level, 0.0, pitch, roll)

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        """The front edge of what one stands on, a segment as long as it is wide, at floor height.

        ``distance_m`` is horizontal, from the head to the nearest point of that segment; 0 for a head beyond it.
        The sides are no part of it: on a narrow beam they are always near, so an approach would not show.
        """
        left, right = self.sides
        x = min(max(head.x, left), right)
        ahead = self.edge_distance - head.y
        distance = hypot(head.x - x, max(ahead, 0.0))
        return (StimulusReading(0, distance, (x, self.edge_distance, 0.0), True),)

    def state(self) -> Mapping[str, int | float | str]:
        return {
            "t_s": self.t_s,
            "gusts": self.gusts,
            "gust": self.gust,
            "air": self.air,
            "cars": self.cars,
            "pedestrians": self.pedestrians,
            "rail_kind": self.rail_kind,
            "place": self.place,
            "level": self.level,
            "lift_m_s": self.ride.speed,
            "doors": self.doors,
            "rail_grip": self.grip,
        }

    def sounds(self) -> tuple[SoundCue, ...]:
        return sounds.cues(self)
