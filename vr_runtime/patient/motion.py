"""Smooth movement: values that glide to their targets, a body that walks, sway that never stops."""

from __future__ import annotations

import math
from random import Random

_TAU = 2.0 * math.pi


class Glide:
    """Follows a target as a critically damped spring does: no jump in value or rate, no overshoot."""

    __slots__ = ("_pull", "acceleration", "rate", "target", "value")

    def __init__(self, value: float, pull: float) -> None:
        """``pull``: natural frequency, rad/s; the target is all but reached after 5 / pull seconds."""
        self._pull = pull
        self.value = value
        self.target = value
        self.rate = 0.0
        self.acceleration = 0.0

    def tick(self, dt: float) -> None:
        """First the stretch with the acceleration found last, then a new one: ``at`` reads the same curve."""
        self.value += dt * (self.rate + 0.5 * dt * self.acceleration)
        self.rate += dt * self.acceleration
        pull = self._pull
        self.acceleration = pull * pull * (self.target - self.value) - 2.0 * pull * self.rate

    def at(self, ahead_s: float) -> float:
        """The value so long after the last tick (less than one tick)."""
        return self.value + ahead_s * (self.rate + 0.5 * ahead_s * self.acceleration)


class Walk:
    """A place on the floor that walks to a target at no more than a given speed, with bounded jerk."""

    __slots__ = ("ax", "ay", "vx", "vy", "x", "y")

    PULL = 1.2
    """Speed wished for, per metre still to go, 1/s."""
    STIFF = 5.0
    """How quickly the speed follows the wish, rad/s."""

    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = x, y
        self.vx = self.vy = self.ax = self.ay = 0.0

    def wish(self, x: float, y: float, speed: float) -> tuple[float, float]:
        """The velocity wished for to get to (x, y), at most ``speed``."""
        wx, wy = self.PULL * (x - self.x), self.PULL * (y - self.y)
        size = math.hypot(wx, wy)
        return (wx, wy) if size <= speed else (wx * speed / size, wy * speed / size)

    def tick(self, dt: float, wx: float, wy: float) -> None:
        stiff = self.STIFF
        self.x += dt * (self.vx + 0.5 * dt * self.ax)
        self.y += dt * (self.vy + 0.5 * dt * self.ay)
        self.vx += dt * self.ax
        self.vy += dt * self.ay
        self.ax += dt * (stiff * stiff * (wx - self.vx) - 2.0 * stiff * self.ax)
        self.ay += dt * (stiff * stiff * (wy - self.vy) - 2.0 * stiff * self.ay)

    def at(self, ahead_s: float) -> tuple[float, float]:
        half = 0.5 * ahead_s
        return (
            self.x + ahead_s * (self.vx + half * self.ax),
            self.y + ahead_s * (self.vy + half * self.ay),
        )


class Sway:
    """One axis of postural sway: a few sines of seeded frequency and phase.

    Slow parts are always there; quick ones and tremor grow with arousal: fearful people on heights sway
    faster, with less power below 0.5 Hz and more above (doi:10.3389/fnhum.2021.773091).
    """

    def __init__(self, random: Random, size: float) -> None:
        """``size``: amplitude of the slowest part; its unit is the unit of the value."""

        def part(low_hz: float, high_hz: float, share: float) -> tuple[float, float, float]:
            return _TAU * random.uniform(low_hz, high_hz), random.uniform(0.0, _TAU), size * share

        self._slow = (part(0.12, 0.22, 1.0), part(0.3, 0.45, 0.5))
        self._quick = (part(0.7, 1.0, 0.25), part(1.1, 1.5, 0.15))
        self._tremor = part(7.0, 9.0, 0.02)

    def at(self, t_s: float, arousal: float) -> float:
        (w1, p1, a1), (w2, p2, a2) = self._slow
        (w3, p3, a3), (w4, p4, a4) = self._quick
        w5, p5, a5 = self._tremor
        return (
            (1.0 - 0.4 * arousal) * (a1 * math.sin(w1 * t_s + p1) + a2 * math.sin(w2 * t_s + p2))
            + (0.4 + 1.6 * arousal) * (a3 * math.sin(w3 * t_s + p3) + a4 * math.sin(w4 * t_s + p4))
            + (0.3 + arousal) * a5 * math.sin(w5 * t_s + p5)
        )


def quaternion(yaw: float, pitch: float, roll: float) -> tuple[float, float, float, float]:
    """(x, y, z, w) of a head turned left by yaw, up by pitch, to the right shoulder by roll (radians).

    The turns are about +Z, +X and +Y in this order, so that the forward direction is
    (-sin yaw cos pitch, cos yaw cos pitch, sin pitch).
    """
    sz, cz = math.sin(0.5 * yaw), math.cos(0.5 * yaw)
    sx, cx = math.sin(0.5 * pitch), math.cos(0.5 * pitch)
    sy, cy = math.sin(0.5 * roll), math.cos(0.5 * roll)
    x, y, z, w = cz * sx, sz * sx, sz * cx, cz * cx
    return (x * cy - z * sy, w * sy + y * cy, x * sy + z * cy, w * cy - y * sy)


def forward(yaw: float, pitch: float) -> tuple[float, float, float]:
    """Unit vector of a head turned left by yaw and up by pitch (radians)."""
    c = math.cos(pitch)
    return (-math.sin(yaw) * c, math.cos(yaw) * c, math.sin(pitch))
