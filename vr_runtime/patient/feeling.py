"""Fear of the virtual patient: threat, inhibition, arousal, distress. Source: docs/virtual-patient.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from vr_runtime.patient.memory import LEVELS, Memory
from vr_runtime.patient.traits import Traits

THREAT_POWER = 0.6
FAR_SHARE = 0.6
NEAR_M = 1.0
INHIBITION_LIMIT = 0.7
"""Inhibition never undoes the fear altogether: what was learned first stays (Craske et al. 2014)."""
GENERALISATION = 0.12
"""Width, in intensity, over which what is learned at one intensity helps at another."""
ARISE_S = 3.0
CALM_S = 15.0
DISTRESS_S = 5.0
STARTLE_S = 25.0
STARTLE_GAIN = 0.6
STARTLE_MOST = 0.3
WHIM_S = 20.0
WHIM_SD = 0.025
OVERPREDICTED = 0.2
"""So much worse is expected than comes, by one who is sure that it ends badly (Rachman and Bichard 1988)."""

_LEVELS = LEVELS
_LEARN_EVERY = 20


class Feeling:
    """Advances by ticks of one length; ``arousal`` and ``distress`` are 0 to 1."""

    def __init__(self, traits: Traits, random: Random, tick_s: float, memory: Memory | None = None) -> None:
        """``memory``: of the sessions before; part of what was learned is lost since (``recovery``)."""
        self._traits = traits
        self._random = random
        self._tick_s = tick_s
        self._rest = 0.04 + 0.1 * traits.fear
        self._reactivity = 0.1 + 0.95 * traits.fear
        self._learned = [0.0] * _LEVELS
        if memory is not None:
            self._learned = [value * (1.0 - traits.recovery) for value in memory.learned]
        self._inhibited = 0.0
        self._intensity = 0.0
        self._startle = 0.0
        self._whim = 0.0
        self._since_learned = 0
        self._attended_s = 0.0
        self._arise = _share(tick_s, ARISE_S)
        self._calm = _share(tick_s, CALM_S)
        self._feel = _share(tick_s, DISTRESS_S)
        self._startle_left = math.exp(-tick_s / STARTLE_S)
        self._whim_left = math.exp(-tick_s / WHIM_S)
        self._whim_kick = WHIM_SD * math.sqrt(1.0 - self._whim_left**2)
        self.threat = 0.0
        """Of what is shown now, 0 to 1."""
        self.arousal = self._rest
        self.distress = self._rest

    def tick(
        self,
        exposed: bool,
        intensity: float,
        distance_m: float | None,
        attention: float,
        surge: float = 0.0,
    ) -> None:
        """``attention``: 0 to 1, how far the stimulus is attended to; without it nothing is learned. ``surge``: the
        arousal that a panic adds."""
        intensity = min(1.0, max(0.0, intensity)) if exposed else 0.0
        if intensity != self._intensity:
            if intensity > self._intensity:
                kick = STARTLE_GAIN * self._traits.fear * (intensity - self._intensity)
                self._startle = min(STARTLE_MOST, self._startle + kick)
            self._learn()
            self._intensity = intensity
            self._inhibited = self._inhibition(intensity)
        threat = 0.0
        if exposed:
            near = math.exp(-max(0.0, distance_m) / NEAR_M) if distance_m is not None else 0.0
            threat = intensity**THREAT_POWER * (FAR_SHARE + (1.0 - FAR_SHARE) * near)
            self._attended_s += self._tick_s * attention
            self._since_learned += 1
            if self._since_learned >= _LEARN_EVERY:
                self._learn()
        fear = self._rest + self._reactivity * threat * (1.0 - INHIBITION_LIMIT * self._inhibited)
        goal = min(1.0, fear + (self._startle if exposed else 0.0) + surge)
        self.threat = threat
        self._startle *= self._startle_left
        self.arousal += (goal - self.arousal) * (self._arise if goal > self.arousal else self._calm)
        self.distress += (self.arousal - self.distress) * self._feel
        self._whim = self._whim * self._whim_left + self._random.gauss(0.0, self._whim_kick)

    def suds(self) -> float:
        """Subjective units of distress, 0 to 100 in steps of 5, with the whim of the moment."""
        return 5.0 * round(self.told(self.distress) * 20.0)

    def told(self, felt: float) -> float:
        """What is said of something felt, 0 to 1: with the whim of the moment."""
        return min(1.0, max(0.0, felt + self._whim))

    def expected(self, intensity: float, belief: float) -> float:
        """How bad it would be, as the patient sees it: close by, with what was learned, and worse by its belief."""
        threat = min(1.0, max(0.0, intensity)) ** THREAT_POWER
        fear = self._rest + self._reactivity * threat * (1.0 - INHIBITION_LIMIT * self._inhibition(intensity))
        return min(1.0, fear + OVERPREDICTED * belief)

    @property
    def learned(self) -> tuple[float, ...]:
        """Inhibition by intensity."""
        return tuple(self._learned)

    @property
    def inhibited(self) -> float:
        """At the present intensity."""
        return self._inhibited

    def _learn(self) -> None:
        attended, self._attended_s = self._attended_s, 0.0
        self._since_learned = 0
        if attended <= 0.0:
            return
        most = self._traits.learning_rate / 60.0 * attended
        for level in range(_LEVELS):
            apart = (level / (_LEVELS - 1) - self._intensity) / GENERALISATION
            share = 1.0 - math.exp(-most * math.exp(-0.5 * apart * apart))
            self._learned[level] += share * (1.0 - self._learned[level])
        self._inhibited = self._inhibition(self._intensity)

    def _inhibition(self, intensity: float) -> float:
        return between(self._learned, intensity)


def between(levels: Sequence[float], intensity: float) -> float:
    """A value kept by level, read at an intensity of 0 to 1."""
    place = intensity * (_LEVELS - 1)
    below = min(int(place), _LEVELS - 2)
    rest = place - below
    return levels[below] * (1.0 - rest) + levels[below + 1] * rest


def _share(tick_s: float, constant_s: float) -> float:
    return 1.0 - math.exp(-tick_s / constant_s)
