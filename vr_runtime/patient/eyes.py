"""The virtual patient's eyes and eyelids, and what it means to do with them.

Eyes lead and the head follows; between saccades the gaze keeps still in the world. What a tracker would tell of it is
off by an error that stays (accuracy) and one that does not (precision), and nothing while the lids are down.
"""

from __future__ import annotations

import math
from enum import Enum
from random import Random
from typing import NamedTuple

from vr_runtime.patient.conduct import Gaze
from vr_runtime.patient.motion import quaternion
from vr_runtime.patient.traits import Traits
from vr_runtime.protocol.pose import Pose

Vector = tuple[float, float, float]

IN_HEAD_DEG = 30.0
"""So far the eyes turn in the head; beyond, they wait for it."""
CLEAR_DEG = 12.0
"""What is meant to be away from the stimulus is at least so far from it."""
_THERE = math.cos(math.radians(3.0))
_BIAS_DEG, _NOISE_DEG = 0.6, 0.1
_NOSE_M = 0.08
_SHUT_S, _OPENS_S = 0.07, 0.12
"""Lids go down faster than up."""
_BLIND = 0.3
"""Lids lower than this hide the pupil from a tracker."""


class Meant(Enum):
    """What the eyes are for, at a moment."""

    STIMULUS = "stimulus"
    ELSEWHERE = "elsewhere"
    AWAY = "away"
    """On purpose, from the stimulus."""
    BLANK = "blank"
    """Nothing: they stand still."""


class Lids(Enum):
    OPEN = "open"
    BLINK = "blink"
    SHUT = "shut"
    """On purpose."""


class Intention(NamedTuple):
    """What it meant to do, apart from what it did: the truth that measures are held against."""

    head: Gaze
    eyes: Meant
    lids: Lids
    darts: int
    """How often, so far, the eyes fled from the stimulus soon after they had come to it."""


class Sight:
    """Chooses targets and lids in ``tick``, and is read in between."""

    def __init__(self, traits: Traits, random: Random) -> None:
        self._traits = traits
        self._random = random
        self.meant = Meant.ELSEWHERE
        self.lids = Lids.OPEN
        self.darts = 0
        self._left_s = 0.0
        self._head: Gaze | None = None
        self._flees_s: float | None = None
        self._target: Vector = (0.0, 1.0, 0.0)
        self._offset: Vector = (0.0, 0.0, 0.0)
        """From the stimulus, where the eyes are on it."""
        self._stimulus: Vector | None = None
        self._from: Vector = (0.0, 1.0, 0.0)
        self._began_s = self._moves_s = 0.0
        """When the saccade began, and how long it takes."""
        self._lid_from_s = self._lid_to_s = -1.0
        self._blinks_s = random.uniform(1.0, 5.0)
        self._bias = (random.gauss(0.0, _BIAS_DEG), random.gauss(0.0, _BIAS_DEG))
        self._noise = self._next_noise = (0.0, 0.0)

    def tick(
        self, t_s: float, dt: float, head: Gaze, stimulus: Vector | None, wanted: Vector, facing: Vector,
        arousal: float, absent: bool,
    ) -> None:  # fmt: skip
        """``stimulus``: unit vector to it, None where none is shown. ``wanted``: where the head is to face;
        ``facing``: where it does. ``absent``: it dissociates."""
        random = self._random
        self._noise = self._next_noise
        self._next_noise = (random.gauss(0.0, _NOISE_DEG), random.gauss(0.0, _NOISE_DEG))
        self._stimulus = stimulus
        self._close(t_s, dt, stimulus is not None and not absent, arousal)
        self._left_s -= dt
        if absent:
            if self.meant is not Meant.BLANK:
                self._turn(t_s, Meant.BLANK, facing, facing)
            return
        if self._flees_s is not None and stimulus is not None:
            there = _dot(self._direction(t_s, facing), stimulus) > _THERE
            if there and self.lids is Lids.OPEN:
                self._flees_s -= dt
            if self._flees_s <= 0.0:
                self._flees_s = None
                self.darts += 1
                self._left_s = random.uniform(0.5, 1.3)
                self._turn(t_s, Meant.AWAY, self._clear_of(stimulus, wanted, 16.0, 28.0), facing)
                return
        lost = stimulus is None and self.meant is Meant.STIMULUS
        if self._left_s > 0.0 and head is self._head and not lost:
            return
        came, self._head = head is not self._head, head
        self._choose(t_s, head, came, stimulus, wanted, facing, arousal)

    def intention(self, head: Gaze) -> Intention:
        return Intention(head, self.meant, self.lids, self.darts)

    def read(self, t_s: float, ahead: float, head: Pose) -> tuple[Pose | None, float]:
        """Gaze as a tracker tells it, in the head's space of reference, and the openness of the lids. ``ahead``:
        share of the tick that has passed."""
        openness = self._openness(t_s)
        if openness < _BLIND:
            return None, openness
        x, y, z = self._direction(t_s, head.forward())
        right, up = _across((x, y, z))
        a, b = (
            math.radians(bias + old + ahead * (new - old))
            for bias, old, new in zip(self._bias, self._noise, self._next_noise, strict=True)
        )
        x, y, z = _unit(tuple(d + a * r + b * u for d, r, u in zip((x, y, z), right, up, strict=True)))
        turned = quaternion(math.atan2(-x, y), math.asin(max(-1.0, min(1.0, z))), 0.0)
        fx, fy, fz = head.forward()
        return Pose(head.x + _NOSE_M * fx, head.y + _NOSE_M * fy, head.z + _NOSE_M * fz, *turned), openness

    # ---- what to look at

    def _choose(
        self, t_s: float, head: Gaze, came: bool, stimulus: Vector | None, wanted: Vector, facing: Vector,
        arousal: float,
    ) -> None:  # fmt: skip
        random = self._random
        shy = self._traits.look_away_tendency * arousal
        self._flees_s = None
        if stimulus is not None and (head is Gaze.STIMULUS or self._peeks(head, stimulus, facing, shy)):
            right, up = _across(stimulus)
            a, b = (math.radians(random.gauss(0.0, 0.8)) for _ in range(2))
            a, b = max(-0.03, min(0.03, a)), max(-0.03, min(0.03, b))
            self._offset = (
                a * right[0] + b * up[0],
                a * right[1] + b * up[1],
                a * right[2] + b * up[2],
            )
            fresh = self.meant is not Meant.STIMULUS
            self._turn(t_s, Meant.STIMULUS, stimulus, facing)
            self._left_s = random.uniform(0.4, 1.1)
            if fresh and random.random() < 0.8 * shy:
                # once there, no longer than it takes to see what it is
                self._flees_s = random.uniform(0.3, 0.4)
                self._left_s = 5.0
            return
        self._left_s = random.uniform(0.3, 0.9)
        if head is Gaze.AWAY and stimulus is not None:
            self._turn(t_s, Meant.AWAY, self._clear_of(stimulus, wanted, 0.0, 8.0), facing)
        else:
            self._turn(t_s, Meant.ELSEWHERE, self._clear_of(stimulus, wanted, 0.0, 12.0), facing)

    def _peeks(self, head: Gaze, stimulus: Vector, facing: Vector, shy: float) -> bool:
        if head is Gaze.AWAY or _dot(stimulus, facing) < math.cos(math.radians(IN_HEAD_DEG)):
            return False
        return self._random.random() < 0.3 * (1.0 - 0.7 * shy)

    def _clear_of(self, stimulus: Vector | None, around: Vector, least: float, most: float) -> Vector:
        """A direction so many degrees around another, and clear of the stimulus where that can be had."""
        random = self._random
        right, up = _across(around)
        found = around
        for tries in range(12):
            off = math.radians(random.uniform(least, most + 3.0 * tries))
            turn = random.uniform(0.0, 2.0 * math.pi)
            a, b = math.tan(off) * math.cos(turn), math.tan(off) * math.sin(turn)
            found = _unit(tuple(d + a * r + b * u for d, r, u in zip(around, right, up, strict=True)))
            if stimulus is None or _dot(found, stimulus) < math.cos(math.radians(CLEAR_DEG)):
                break
        return found

    # ---- how the eyes get there

    def _turn(self, t_s: float, meant: Meant, target: Vector, facing: Vector) -> None:
        self._from = self._direction(t_s, facing)
        self.meant, self._target = meant, target
        way = math.degrees(math.acos(max(-1.0, min(1.0, _dot(self._from, self._aim(facing))))))
        # the main sequence: a saccade lasts 21 ms and 2.2 ms a degree (Carpenter 1988)
        self._began_s, self._moves_s = t_s, 0.021 + 0.0022 * way

    def _aim(self, facing: Vector) -> Vector:
        """Where the eyes go, no further from the head's direction than they turn."""
        target = self._target
        if self.meant is Meant.STIMULUS and self._stimulus is not None:
            target = _unit(tuple(d + o for d, o in zip(self._stimulus, self._offset, strict=True)))
        angle = math.acos(max(-1.0, min(1.0, _dot(target, facing))))
        most = math.radians(IN_HEAD_DEG)
        if angle <= most:
            return target
        # along the great circle from the head's direction to the target
        k = math.sin(angle)
        if k < 1e-6:
            return facing
        a, b = math.sin(angle - most) / k, math.sin(most) / k
        return _unit(tuple(a * f + b * d for f, d in zip(facing, target, strict=True)))

    def _direction(self, t_s: float, facing: Vector) -> Vector:
        aim = self._aim(facing)
        share = (t_s - self._began_s) / self._moves_s if self._moves_s > 0.0 else 1.0
        if share >= 1.0:
            return aim
        share = max(0.0, share)
        # the smoothest way between two rests (Flash and Hogan 1985)
        share = share**3 * (10.0 - 15.0 * share + 6.0 * share * share)
        return _unit(tuple(a + share * (b - a) for a, b in zip(self._from, aim, strict=True)))

    # ---- lids

    def _close(self, t_s: float, dt: float, feared: bool, arousal: float) -> None:
        random = self._random
        if self.lids is not Lids.OPEN:
            if t_s >= self._lid_to_s:
                self.lids = Lids.OPEN
            return
        self._blinks_s -= dt
        if feared and random.random() < 0.15 * self._traits.closes_eyes * arousal * dt:
            self.lids = Lids.SHUT
            self._lid_from_s, self._lid_to_s = t_s, t_s + random.uniform(1.5, 4.0)
        elif self._blinks_s <= 0.0:
            self._blinks_s = random.uniform(1.5, 7.0)
            self.lids = Lids.BLINK
            self._lid_from_s, self._lid_to_s = t_s, t_s + random.uniform(0.22, 0.34)

    def _openness(self, t_s: float) -> float:
        if not self._lid_from_s <= t_s < self._lid_to_s:
            return 0.9
        shut = min(1.0, (t_s - self._lid_from_s) / _SHUT_S, (self._lid_to_s - t_s) / _OPENS_S)
        return 0.9 - 0.87 * shut


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _unit(v: tuple[float, ...]) -> Vector:
    x, y, z = v
    k = 1.0 / math.sqrt(x * x + y * y + z * z)
    return (k * x, k * y, k * z)


def _across(d: Vector) -> tuple[Vector, Vector]:
    """Two unit vectors across a direction."""
    x, y, z = d
    right = _unit((y, -x, 0.0)) if abs(z) < 0.99 else _unit((0.0, z, -y))
    rx, ry, rz = right
    return right, (ry * z - rz * y, rz * x - rx * z, rx * y - ry * x)
