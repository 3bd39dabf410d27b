"""The logic half: where the jar and the spider are. Plain Python, the same in a session and in replay.

World: the floor is z = 0; the jar stands on the table at x = y = 0, and the patient stands before it, at y < 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, pi
from random import Random

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.stage.scene import Moment, SoundCue, Viewpoint

TABLE_M = 0.74
"""Height of the table's top."""
JAR_M = 0.045
"""Radius of the jar."""
MIDDLE_M = TABLE_M + 0.03
"""Height at which the spider sits: what is looked at."""
STEP_RAD_S = 0.9
"""How fast the spider walks round the jar's bottom."""
WALK_RAD = pi
"""How far the trigger lets it walk."""
SHORT_RAD = 0.35
"""How far it goes when it stirs by itself."""
PAUSE_S = 14.0
"""Between two stirrings when it is most restless; at half, twice as long."""


class JarLogic:
    """State and motion of the spider."""

    def __init__(self) -> None:
        self.begin(Random(0), {})

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        self._rng = rng
        self.distance = 5.0
        self.restless = 0.0
        self.angle = rng.uniform(-pi, pi)
        self.left_to_walk = 0.0
        self.walks = 0
        self.rest = 0.5
        """How much of the pause before the next stirring has passed, 0 to 1."""
        self.apply(parameters)

    def apply(self, parameters: Mapping[str, Value]) -> None:
        self.distance = float(parameters.get("distance", self.distance))
        self.restless = float(parameters.get("restless", self.restless))

    def fire(self, trigger: str) -> None:
        if trigger == "walk":
            self.walks += 1
            self.left_to_walk = WALK_RAD

    def update(self, moment: Moment) -> None:
        step = min(self.left_to_walk, STEP_RAD_S * moment.dt_s)
        self.angle = (self.angle + step + pi) % (2.0 * pi) - pi
        self.left_to_walk -= step
        self.rest += moment.dt_s * self.restless / PAUSE_S
        if self.rest >= 1.0:
            self.rest = self._rng.uniform(0.0, 0.3)
            self.left_to_walk = max(self.left_to_walk, SHORT_RAD)

    @property
    def walking(self) -> bool:
        return self.left_to_walk > 0.0

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        """The jar. ``distance_m`` is horizontal, from the head to the glass; 0 for a head above it."""
        away = hypot(head.x, head.y - self.distance)
        point = (0.0, self.distance, MIDDLE_M)
        return (StimulusReading(0, max(0.0, away - JAR_M), point, True),)

    def viewpoint(self) -> Viewpoint:
        return Viewpoint(y=-self.distance)

    def state(self) -> Mapping[str, int | float | str]:
        return {
            "angle": self.angle,
            "left_to_walk": self.left_to_walk,
            "walks": self.walks,
            "rest": self.rest,
        }

    def sounds(self) -> tuple[SoundCue, ...]:
        made = [SoundCue("room", "sounds/room.ogg", 0.3, True)]
        if self.walking:
            # "spider_jar:" names the assets folder of this package
            steps = "spider_jar:sounds/steps.ogg"
            made.append(SoundCue("steps", steps, 0.5, True, position=(0.0, 0.0, MIDDLE_M), near_m=0.3))
        return tuple(made)
