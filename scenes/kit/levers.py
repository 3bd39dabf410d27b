"""Parts that a hand moves: levers, lids and buttons. Plain arithmetic; lengths in metres, angles in degrees."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, radians, remainder, sin, sqrt, tau
from typing import Literal, NamedTuple

from scenes.kit.touch import ENTER_M

Point = tuple[float, float, float]

TOO_NEAR_M = 0.015
"""Nearer to the axis than this, a hand turns nothing: its angle means nothing there."""


class Motion(NamedTuple):
    """How a part moves, from 0 at rest to ``travel``.

    ``turn``: about ``axis`` (a unit vector) through ``pivot``, in degrees, counter-clockwise seen against the axis;
    it follows the hand that holds it. ``push``: along ``axis``, in metres; it gives way under the hand. Let go, it
    goes back by ``back`` a second (0: it stays), but stays where it is beyond ``stays_from``.
    """

    kind: Literal["turn", "push"]
    axis: Point
    pivot: Point
    travel: float
    back: float = 0.0
    stays_from: float = float("inf")

    def at_rest(self, point: Point, value: float) -> Point:
        """Where a point of the part, or one that is seen from it, would lie if the part were at rest."""
        if value == 0.0:
            return point
        if self.kind == "push":
            x, y, z = (p - value * a for p, a in zip(point, self.axis, strict=True))
            return (x, y, z)
        return self._about(point, -value)

    def moved(self, point: Point, value: float) -> Point:
        """Where a point of the part at rest is with the part at ``value``."""
        if self.kind == "push":
            x, y, z = (p + value * a for p, a in zip(point, self.axis, strict=True))
            return (x, y, z)
        return self._about(point, value)

    def angle(self, point: Point) -> float | None:
        """Where around the axis a point is, degrees from an arbitrary zero; None too near to the axis."""
        ax, ay, az = self.axis
        x, y, z = (p - q for p, q in zip(point, self.pivot, strict=True))
        # two directions square to the axis and to each other
        ux, uy, uz = (0.0, az, -ay) if abs(ax) < 0.9 else (-az, 0.0, ax)
        length = sqrt(ux * ux + uy * uy + uz * uz)
        ux, uy, uz = ux / length, uy / length, uz / length
        vx, vy, vz = ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
        across, along = x * ux + y * uy + z * uz, x * vx + y * vy + z * vz
        if hypot(across, along) < TOO_NEAR_M:
            return None
        return degrees(atan2(along, across))

    def _about(self, point: Point, value: float) -> Point:
        c, s = cos(radians(value)), sin(radians(value))
        ax, ay, az = self.axis
        x, y, z = (p - q for p, q in zip(point, self.pivot, strict=True))
        along = (ax * x + ay * y + az * z) * (1.0 - c)
        return (
            self.pivot[0] + x * c + (ay * z - az * y) * s + ax * along,
            self.pivot[1] + y * c + (az * x - ax * z) * s + ay * along,
            self.pivot[2] + z * c + (ax * y - ay * x) * s + az * along,
        )


class Part:
    """One moving part; ``value`` is where it stands, 0 to ``motion.travel``."""

    def __init__(self, motion: Motion) -> None:
        self.motion = motion
        self.value = 0.0
        self._from: tuple[float, float] | None = None
        """The hand's angle and the part's value when the hand took hold."""

    @property
    def share(self) -> float:
        """0 at rest, 1 at the end of its way."""
        return self.value / self.motion.travel

    def hold(self, point: Point, distance_m: float, *, lifts: bool = True) -> None:
        """A hand is on it: ``point`` is where, ``distance_m`` how far its skin is from the part at rest (for what
        is pushed). A hand that has not hooked in (``lifts``) pushes a part back and does not take it along."""
        if self.motion.kind == "push":
            deep = 1.0 - min(1.0, max(0.0, distance_m / ENTER_M))
            self.value = self.motion.travel * deep
            return
        angle = self.motion.angle(point)
        if angle is None:
            return
        if self._from is None:
            self._from = (angle, self.value)
        began, value = self._from
        wanted = min(self.motion.travel, max(0.0, value + degrees(remainder(radians(angle - began), tau))))
        self.value = wanted if lifts else min(self.value, wanted)

    def free(self, dt_s: float) -> None:
        """No hand is on it."""
        self._from = None
        motion = self.motion
        if self.value > 0.0 and motion.back > 0.0 and self.value < motion.stays_from:
            self.value = max(0.0, self.value - motion.back * dt_s)


class Latch:
    """On above one share of the way, off below another: a lever at the rim switches once."""

    def __init__(self, on: float, off: float) -> None:
        self._on_at, self._off_at = on, off
        self.on = False

    def update(self, share: float) -> bool:
        """Whether it changed."""
        before = self.on
        if share >= self._on_at:
            self.on = True
        elif share <= self._off_at:
            self.on = False
        return self.on != before
