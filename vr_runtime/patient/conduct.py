"""What the virtual patient does about the fear: come nearer, hesitate, step back; look, look away.

Decisions only, at ticks; the movement that follows from them is in virtual.py.
"""

from __future__ import annotations

from enum import Enum
from random import Random

from vr_runtime.patient.traits import Traits

NEAREST_M = 0.15
"""Nobody is sent nearer to the edge than this: sway and overshoot stay well within the rest."""


class Going(Enum):
    STAND = "stand"
    NEARER = "nearer"
    BACK = "back"


class Gaze(Enum):
    AHEAD = "ahead"
    STIMULUS = "stimulus"
    AWAY = "away"
    AROUND = "around"


class Feet:
    """Chooses the distance to keep (m) and the speed to get there (m/s)."""

    def __init__(self, traits: Traits, random: Random) -> None:
        self._traits = traits
        self._random = random
        self._bears = 0.25 + 0.35 * traits.approach_tendency
        self.going = Going.STAND
        self.want_m: float | None = None
        self.speed = 0.3
        self._stand_s = 0.0

    def leave(self) -> None:
        """The stimulus is gone: no distance to keep."""
        self.going = Going.STAND
        self.want_m = None
        self._stand_s = self._random.uniform(0.8, 2.5)

    def comfortable_m(self, arousal: float) -> float:
        """The distance within which it gets too much: grows with arousal, steeply beyond what is borne."""
        bears = NEAREST_M + 0.35 * arousal + 1.3 * max(0.0, arousal - self._bears)
        return bears + self._traits.keeps_m

    def tick(self, dt: float, distance_m: float, arousal: float, reachable_m: float) -> None:
        """``reachable_m``: the smallest distance that the play area allows."""
        random = self._random
        limit = max(self.comfortable_m(arousal), reachable_m)
        if self.want_m is None:
            self.want_m = distance_m
        self._stand_s -= dt
        if self.going is not Going.BACK and self._flees(dt, distance_m, arousal, limit):
            return
        if self.going is Going.STAND:
            if self._stand_s <= 0.0:
                self._set_out(distance_m, arousal, limit)
        elif self.going is Going.NEARER:
            if distance_m - self.want_m < 0.03:
                self._stand(random.uniform(0.6, 2.0) * (1.0 + 2.0 * arousal))
            elif random.random() < 0.35 * arousal * dt:
                self.want_m = distance_m
                self._stand(random.uniform(0.8, 2.5))
        elif self.want_m - distance_m < 0.05 or self._stand_s < -4.0:
            self._stand(random.uniform(1.5, 4.0))

    def _flees(self, dt: float, distance_m: float, arousal: float, limit: float) -> bool:
        """Steps back when it gets too much, or of a sudden when the fear is high."""
        random = self._random
        eager = 1.2 - self._traits.approach_tendency
        sudden = 0.25 * max(0.0, arousal - 0.5) * eager if distance_m < 1.2 else 0.0
        if random.random() < sudden * dt:
            back = random.uniform(0.4, 0.7)
            self.speed = random.uniform(0.55, 0.75)
        elif distance_m < limit - 0.15:
            back = min(0.8, limit - distance_m + 0.05)
            self.speed = 0.3 + 0.25 * arousal
        else:
            return False
        self.going = Going.BACK
        self.want_m = distance_m + back
        self._stand_s = 0.0
        return True

    def _set_out(self, distance_m: float, arousal: float, limit: float) -> None:
        way = distance_m - limit
        if way < 0.06:
            self._stand(self._random.uniform(1.0, 3.0))
            return
        self.going = Going.NEARER
        self.want_m = max(limit, distance_m - self._random.uniform(0.2, 0.5) * (1.3 - arousal))
        self.speed = (0.2 + 0.2 * self._traits.approach_tendency) * (1.0 - 0.5 * arousal)

    def _stand(self, seconds: float) -> None:
        self.going = Going.STAND
        self._stand_s = seconds


class Reach:
    """Chooses when a hand goes out to touch what can be touched, and for how long."""

    def __init__(self, traits: Traits, random: Random) -> None:
        self._random = random
        self._bears = 0.45 + 0.45 * traits.approach_tendency
        self.out = False
        self._left_s = 1.5

    def leave(self) -> None:
        """There is nothing to touch."""
        self.out = False
        self._left_s = self._random.uniform(1.0, 2.5)

    def tick(self, dt: float, arousal: float, there: bool) -> None:
        """``there``: the hand has come to where it goes."""
        random = self._random
        self._left_s -= dt if there or not self.out else 0.3 * dt
        if self.out and random.random() < 0.5 * max(0.0, arousal - self._bears) * dt:
            self._left_s = 0.0  # it gets too much: the hand is drawn back
        if self._left_s > 0.0:
            return
        if self.out or arousal > self._bears + 0.1:
            self.out = False
            self._left_s = random.uniform(2.0, 5.0) * (1.0 + arousal)
        else:
            self.out = True
            self._left_s = random.uniform(2.0, 6.0) * (1.3 - arousal)


class Eyes:
    """Chooses where the head turns: an offset from straight ahead (degrees), or the stimulus."""

    def __init__(self, traits: Traits, random: Random) -> None:
        self._traits = traits
        self._random = random
        self._left_s = 0.0
        self.gaze = Gaze.AHEAD
        self.yaw = 0.0
        self.pitch = 0.0

    def tick(self, dt: float, stimulus: bool, arousal: float) -> None:
        self._left_s -= dt
        if self._left_s > 0.0 and (stimulus or self.gaze is not Gaze.STIMULUS):
            return
        random = self._random
        shy = self._traits.look_away_tendency * arousal
        if stimulus:
            weights = (0.3, 0.5 * (1.0 - 0.7 * shy), 0.04 + 0.6 * shy, 0.12)
        else:
            weights = (0.5, 0.0, 0.0, 0.5)
        self.gaze = random.choices(tuple(Gaze), weights)[0]
        side = random.choice((-1.0, 1.0))
        if self.gaze is Gaze.AHEAD:
            self.yaw, self.pitch = side * random.uniform(0.0, 12.0), random.uniform(-12.0, 3.0)
            self._left_s = random.uniform(1.0, 4.0)
        elif self.gaze is Gaze.AWAY:
            self.yaw, self.pitch = side * random.uniform(65.0, 105.0), random.uniform(-5.0, 12.0)
            self._left_s = random.uniform(1.5, 3.5)
        elif self.gaze is Gaze.AROUND:
            self.yaw, self.pitch = side * random.uniform(15.0, 45.0), random.uniform(-15.0, 10.0)
            self._left_s = random.uniform(0.8, 2.5)
        else:
            self.yaw = self.pitch = 0.0
            self._left_s = random.uniform(1.2, 4.5) * (1.0 - 0.5 * shy)
