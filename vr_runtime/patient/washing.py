"""How the virtual patient washes: it goes to the tap, turns it, and rubs its hands in the water.

Decisions only, at ticks; the movement that follows from them is in virtual.py. Where no tap is in reach, or no water
comes, it rubs its hands where it stands.
"""

from __future__ import annotations

import math
from enum import Enum

from vr_runtime.protocol.pose import WashPlace

Point = tuple[float, float, float]

STAND_M = 0.42
"""It stands so far before the water."""
THERE_M = 0.08
LONGEST_S = 12.0
"""So long it tries; then it rubs its hands where it stands."""
TURNS_S = 1.2
"""So long a hand takes to turn the tap."""
LIFTS_S, LIFT_M = 0.6, 0.16
"""Then it is lifted off: drawn back along the lever it would shut the tap again."""
STROKE_M, STROKE_HZ = 0.04, 1.3
"""Of hands that rub each other."""
WAITS_S = 0.6
"""So long it looks whether water comes."""


class Doing(Enum):
    NOTHING = "nothing"
    GOING = "going"
    """To the tap; a hand is drawn back meanwhile from where it was."""
    TAKING = "taking"
    """The right hand goes out to the tap."""
    TURNING = "turning"
    LIFTING = "lifting"
    WAITING = "waiting"
    """For the water, and the hand comes back."""
    RUBBING = "rubbing"


class Washing:
    """``tick`` once a tick; the rest is what follows from it."""

    def __init__(self) -> None:
        self.doing = Doing.NOTHING
        self._place: WashPlace | None = None
        self._since_s = 0.0
        self._turned = 0.0
        self._lifted = 0.0
        self._tried_s = 0.0
        self._water = False

    @property
    def rubs(self) -> bool:
        """Hands rub each other now, or come together to do so."""
        return self.doing is Doing.RUBBING

    @property
    def basin(self) -> Point | None:
        """Where hands rub each other, in the water; None: before the body."""
        return self._place.water if self._place is not None and self._water else None

    @property
    def stand(self) -> tuple[float, float] | None:
        """Where it goes to wash, and stays where no water comes: off the tap. None: nowhere in particular."""
        place = self._place
        if place is None or self.doing is Doing.NOTHING:
            return None
        dx, dy = place.water[0] - place.tap[0], place.water[1] - place.tap[1]
        length = max(1e-6, math.hypot(dx, dy))
        return place.water[0] + STAND_M * dx / length, place.water[1] + STAND_M * dy / length

    @property
    def hand(self) -> Point | None:
        """Where the right hand is to be: at the tap's lever, and along with it."""
        place = self._place
        if place is None or self.doing not in (Doing.TAKING, Doing.TURNING, Doing.LIFTING):
            return None
        x, y, z = (a + self._turned * (b - a) for a, b in zip(place.tap, place.opened, strict=True))
        return (x, y, z + LIFT_M * self._lifted)

    def tick(
        self, dt: float, wants: bool, place: WashPlace | None, at: tuple[float, float], grasp: float
    ) -> None:
        """``wants``: it gives in; ``at``: where it stands; ``grasp``: how far the right hand is out, 0 to 1."""
        if not wants:
            self.doing, self._place, self._water = Doing.NOTHING, None, False
            return
        if self.doing is Doing.NOTHING:
            self._turned = self._lifted = self._tried_s = 0.0
            self._begin(Doing.RUBBING if place is None else Doing.GOING)
        self._place = place
        if place is None:
            self._water = False
            self._begin(Doing.RUBBING)
        self._since_s += dt
        if self.rubs:
            self._water = self._water and place is not None and place.runs
            return
        self._tried_s += dt
        if self._tried_s > LONGEST_S:
            self._begin(Doing.RUBBING)
        elif place is not None:
            self._next(dt, place, at, grasp)

    def _next(self, dt: float, place: WashPlace, at: tuple[float, float], grasp: float) -> None:
        stand = self.stand or at
        there = math.dist(stand, at) < THERE_M
        if self.doing is Doing.GOING and there and grasp < 0.02:
            self._begin(Doing.WAITING if place.runs else Doing.TAKING)
        elif self.doing is Doing.TAKING and grasp > 0.97:
            self._begin(Doing.TURNING)
        elif self.doing is Doing.TURNING:
            self._turned = min(1.0, self._turned + dt / TURNS_S)
            if self._turned >= 1.0:
                self._begin(Doing.LIFTING)
        elif self.doing is Doing.LIFTING:
            self._lifted = min(1.0, self._lifted + dt / LIFTS_S)
            if self._lifted >= 1.0:
                self._begin(Doing.WAITING)
        elif self.doing is Doing.WAITING and self._since_s >= WAITS_S:
            self._water = place.runs
            self._begin(Doing.RUBBING)

    def _begin(self, doing: Doing) -> None:
        if doing is not self.doing:
            self.doing, self._since_s = doing, 0.0


def between(a: Point, b: Point, share: float) -> Point:
    """The point that lies ``share`` of the way from a to b."""
    x, y, z = (here + share * (there - here) for here, there in zip(a, b, strict=True))
    return (x, y, z)


def rubbing(at: Point, facing: tuple[float, float], t_s: float) -> tuple[Point, Point]:
    """Where the left and the right hand are that rub each other at a point: one goes up as the other goes down."""
    (x, y, z), (ux, uy) = at, facing
    stroke = STROKE_M * math.sin(2.0 * math.pi * STROKE_HZ * t_s)
    return (x - 0.05 * uy, y + 0.05 * ux, z + stroke), (x + 0.05 * uy, y - 0.05 * ux, z - stroke)
