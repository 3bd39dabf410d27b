"""Breathing that one can follow: how full the lungs should be now. Plain Python; the time is given."""

from __future__ import annotations

from math import cos, pi

PER_MIN = 6.0
INHALE = 0.4
COMES_S = 4.0
"""How long the guide takes to appear and to go."""


def fill(phase: float, inhale: float) -> float:
    """How full the lungs are, 0 to 1, at a phase of a breath (0 to 1); ``inhale`` is the share of it that one
    breathes in. Without a corner anywhere: it rests a moment when full, and longer when empty."""
    if phase < inhale:
        return 0.5 - 0.5 * cos(pi * phase / inhale)
    out = (phase - inhale) / (1.0 - inhale)
    # lets go at once and ends slowly
    return 0.5 + 0.5 * cos(pi * (out + 0.35 * out * (1.0 - out)))


class Breath:
    """Counts breaths. Between two changes of the rate the count follows from the time alone, so that an hour of
    frames adds no error; a change of the rate goes on from where the breath is."""

    __slots__ = ("_from", "_since_s", "per_min")

    def __init__(self, per_min: float = PER_MIN, t_s: float = 0.0) -> None:
        self.per_min = per_min
        self._since_s = t_s
        self._from = 0.0

    def begin(self, t_s: float) -> None:
        """Breathe in, from this moment on."""
        self._since_s, self._from = t_s, 0.0

    def turn(self, per_min: float, t_s: float) -> None:
        """Breathe at another rate from this moment on."""
        if per_min != self.per_min:
            self._from = self.count(t_s)
            self._since_s, self.per_min = t_s, per_min

    def count(self, t_s: float) -> float:
        """Breaths since it began; the whole ones are over, the rest is the phase."""
        return self._from + (t_s - self._since_s) * self.per_min / 60.0


class Level:
    """Comes and goes slowly, 0 to 1, and turns round wherever it is."""

    __slots__ = ("_from", "_since_s", "on")

    def __init__(self) -> None:
        self.on = False
        self._from = 0.0
        self._since_s = 0.0

    def switch(self, on: bool, t_s: float) -> None:
        if on != self.on:
            self._from, self._since_s, self.on = self.at(t_s), t_s, on

    def arrive(self) -> None:
        """Be there, or gone, at once."""
        self._from = 1.0 if self.on else 0.0

    def at(self, t_s: float) -> float:
        gone = (t_s - self._since_s) / COMES_S
        return min(1.0, self._from + gone) if self.on else max(0.0, self._from - gone)
