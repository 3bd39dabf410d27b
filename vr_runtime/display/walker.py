"""A person at a desk in place of one in a headset: keys walk the head, the mouse turns it. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, radians, sin

from vr_runtime.protocol.pose import Hands, Pose

EYE_HEIGHT_M = 1.6
CROUCHED_M = 1.0
WALK_M_S = 0.8
"""Slow: what a careful step is."""
REACH_M = 3.0
"""How far from the middle of the tracked space the keys walk."""
TURN_DEG_S = 60.0
STEEPEST_DEG = 85.0


@dataclass(frozen=True)
class Steps:
    """What is asked of the walker now."""

    ahead: float = 0.0
    """-1 to 1."""
    aside: float = 0.0
    """-1 to 1, right is positive."""
    turn: float = 0.0
    """-1 to 1, left (counter-clockwise) is positive; by keys."""
    crouch: bool = False
    look_deg: tuple[float, float] = (0.0, 0.0)
    """Turned by the mouse since the last time: to the left, and up."""


class Walker:
    """Where the head is and looks."""

    def __init__(self) -> None:
        self._x = 0.0
        self._y = 0.0
        self._z = EYE_HEIGHT_M
        self._heading = 0.0
        self._pitch = 0.0

    def move(self, dt_s: float, steps: Steps) -> None:
        """Let time pass."""
        dt_s = min(dt_s, 0.1)
        self._heading += steps.look_deg[0] + steps.turn * TURN_DEG_S * dt_s
        self._pitch = _between(self._pitch + steps.look_deg[1], STEEPEST_DEG)
        length = max(1.0, (steps.ahead**2 + steps.aside**2) ** 0.5)
        ahead, aside = (value / length * WALK_M_S * dt_s for value in (steps.ahead, steps.aside))
        c, s = cos(radians(self._heading)), sin(radians(self._heading))
        self._x = _between(self._x + c * aside - s * ahead, REACH_M)
        self._y = _between(self._y + s * aside + c * ahead, REACH_M)
        target = CROUCHED_M if steps.crouch else EYE_HEIGHT_M
        self._z += (target - self._z) * (1.0 - exp(-6.0 * dt_s))

    def pose(self) -> Pose:
        """Heading about Z after pitch about X."""
        h, p = radians(self._heading) / 2, radians(self._pitch) / 2
        return Pose(
            self._x, self._y, self._z, cos(h) * sin(p), sin(h) * sin(p), sin(h) * cos(p), cos(h) * cos(p)
        )

    def hands(self) -> Hands:
        return Hands()


def _between(value: float, bound: float) -> float:
    return max(-bound, min(bound, value))
