"""The heights scene without its picture: plain Python, the same in a live session and in replay."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, pi
from random import Random

from scenes.heights import wind
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.stage.scene import Moment, SoundCue, Viewpoint

EDGE_Y = 1.5
"""World y (m) of the platform's front edge. The street runs along x, below and beyond it."""

WALL_Y = -1.6
"""World y (m) of the tower's facade, from which the platform reaches out."""

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
        self.height = 0.0
        self.edge_distance = 1.5
        self.rail_kind = "solid"
        self.rail_height = 1.1
        self.floor_opacity = 1.0
        self.ledge_width = 3.0
        self.wind = 0.0
        self.sway = 0.0
        self.people = 0.6
        self.traffic = 0.6
        self.apply(parameters)

    def apply(self, parameters: Mapping[str, Value]) -> None:
        for name, value in parameters.items():
            if name == "rail_kind":
                self.rail_kind = str(value)
            else:
                setattr(self, name, float(value))

    def fire(self, trigger: str) -> None:
        if trigger == "gust":
            self.gusts += 1
            self.gust_from_s = self.t_s

    def update(self, moment: Moment) -> None:
        self.t_s = moment.t_s

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

    def viewpoint(self) -> Viewpoint:
        roll, pitch = wind.sway(self.t_s, self.sway, self.gust, self.phase)
        return Viewpoint(0.0, EDGE_Y - self.edge_distance, self.height, 0.0, pitch, roll)

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        """The front edge of the platform, a segment as long as the platform is wide, at floor height.

        ``distance_m`` is horizontal, from the head to the nearest point of that segment; 0 for a head beyond it.
        The sides are no part of it: on a narrow beam they are always near, so an approach would not show.
        """
        half = self.ledge_width / 2.0
        x = min(max(head.x, -half), half)
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
        }

    def sounds(self) -> tuple[SoundCue, ...]:
        far = 1.0 / (1.0 + self.height / 45.0)
        cues = [
            SoundCue("wind", "sounds/wind.ogg", min(1.0, 0.04 + 0.004 * self.height + 0.75 * self.air), True),
            SoundCue("city", "sounds/city.ogg", (0.25 + 0.6 * self.traffic) * (0.35 + 0.65 * far), True),
        ]
        if self.gust > 0.0:
            cues.append(SoundCue(f"gust-{self.gusts}", "sounds/gust.ogg", 0.5 + 0.4 * self.wind, False))
        return tuple(cues)
