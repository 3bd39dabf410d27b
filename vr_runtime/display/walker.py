"""A person at a desk in place of one in a headset: keys walk the head, the mouse turns it. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, exp, radians, sin
from typing import Final

from vr_runtime.protocol.pose import Hands, Pose

EYE_HEIGHT_M = 1.6
CROUCHED_M = 1.0
BENT_M = 0.75
"""Crouching, and reaching out: far enough down to touch the floor."""
WALK_M_S = 0.8
"""Slow: what a careful step is."""
REACH_M = 3.0
"""How far from the middle of the tracked space the keys walk."""
ARM_M = 0.6
"""How far ahead of the eyes an outstretched hand has its palm, at first;"""
ARMS_M = (0.3, 0.85)
"""at least and at most,"""
ARM_STEP_M = 0.05
"""and by so much more or less."""
RESTS: Final = (0.25, 0.12, -0.7)
"""Where the right hand comes from: right of, ahead of and below the eyes, m."""
PALM_DOWN: Final = (0.5, -0.5, 0.5, 0.5)
"""Turns a right grip from the axes of the head (fingers down) to fingers ahead, palm down."""
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
    reach: bool = False
    """The right hand goes out to where the head looks."""


class Walker:
    """Where the head is and looks."""

    def __init__(self) -> None:
        self._x = 0.0
        self._y = 0.0
        self._z = EYE_HEIGHT_M
        self._heading = 0.0
        self._pitch = 0.0
        self._reach = 0.0
        self._arm = ARM_M

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
        low = BENT_M if steps.reach else CROUCHED_M
        target = low if steps.crouch else EYE_HEIGHT_M
        self._z += (target - self._z) * (1.0 - exp(-6.0 * dt_s))
        self._reach += (float(steps.reach) - self._reach) * (1.0 - exp(-7.0 * dt_s))

    def pose(self) -> Pose:
        """Heading about Z after pitch about X."""
        h, p = radians(self._heading) / 2, radians(self._pitch) / 2
        return Pose(
            self._x, self._y, self._z, cos(h) * sin(p), sin(h) * sin(p), sin(h) * cos(p), cos(h) * cos(p)
        )

    def stretch(self, steps: int) -> None:
        """Reach farther, or less far where ``steps`` is negative."""
        self._arm = min(ARMS_M[1], max(ARMS_M[0], self._arm + ARM_STEP_M * steps))

    def hands(self) -> Hands:
        """The right hand while it reaches out, palm down, its fingers pointing where the head looks; else none."""
        reach = self._reach
        if reach < 0.02:
            return Hands()
        head = self.pose()
        ahead = head.forward()
        c, s = cos(radians(self._heading)), sin(radians(self._heading))
        right, before, above = RESTS
        rest = (c * right - s * before, s * right + c * before, above)
        x, y, z = (
            at + (1.0 - reach) * low + reach * self._arm * out
            for at, low, out in zip(head[:3], rest, ahead, strict=True)
        )
        return Hands(None, Pose(x, y, z, *_times(head[3:], PALM_DOWN)))


def _times(a: Sequence[float], b: Sequence[float]) -> tuple[float, float, float, float]:
    """The product of two quaternions (x, y, z, w): first b, then a."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def _between(value: float, bound: float) -> float:
    return max(-bound, min(bound, value))
