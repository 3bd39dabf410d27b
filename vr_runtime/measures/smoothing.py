"""Causal filters whose outcome does not hang on the frame rate: cascades of first-order low-passes.

Both give derivatives without taking differences of samples, so that white tracking noise is low-passed as often as
the cascade has stages. Frames may come at any distance from each other; a hole is for the caller to see.
"""

from __future__ import annotations

import math


class Rate:
    """Velocity of a vector: two stages by backward Euler, s' = (x - s) / tau; the rate is that of the second.

    A ramp is met exactly at any frame rate, whatever the jitter; the lag is 2 tau. White noise of standard deviation
    sigma at f frames a second leaves sigma / (2 tau^1.5 f^0.5) on each axis.
    """

    __slots__ = ("_first", "_second", "_tau", "_warm_s", "speed")

    def __init__(self, tau_s: float) -> None:
        self._tau = tau_s
        self._first: list[float] | None = None
        self._second: list[float] = []
        self._warm_s = 0.0
        self.speed: float | None = None
        """Length of the velocity, unit per second; None until 4 tau after a restart."""

    def restart(self) -> None:
        self._first = None
        self.speed = None

    def step(self, gain: float, dt_s: float, values: tuple[float, ...]) -> None:
        """``gain``: dt / (tau + dt)."""
        first = self._first
        if first is None:
            self._first, self._second = list(values), list(values)
            self._warm_s = 0.0
            return
        second = self._second
        total = 0.0
        for i, value in enumerate(values):
            first[i] = one = first[i] + gain * (value - first[i])
            two = second[i]
            two += gain * (one - two)
            second[i] = two
            total += (one - two) * (one - two)
        self._warm_s += dt_s
        if self._warm_s >= 4.0 * self._tau:
            self.speed = math.sqrt(total) / self._tau


class Jerk:
    """Third derivative of a place in space: four stages, the input taken as straight between frames.

    Stage k obeys s_k' = (s_(k-1) - s_k) / tau, so the last one's third derivative is
    (s_1 - 3 s_2 + 3 s_3 - s_4) / tau^3. The lag is 4 tau; ``place`` lags as much and belongs to ``squared``.
    White noise of sigma leaves sigma * (5 / (32 tau^7 f))^0.5 on each axis.
    """

    __slots__ = ("_axes", "_cube", "_place", "_tau", "_warm_s")

    def __init__(self, tau_s: float) -> None:
        self._tau = tau_s
        self._cube = tau_s**3
        self._axes: list[list[float]] | None = None
        """Of each axis: the input and the four stages, as of the last frame."""
        self._warm_s = 0.0

    def restart(self) -> None:
        self._axes = None

    @property
    def warm(self) -> bool:
        return self._axes is not None and self._warm_s >= 8.0 * self._tau

    @property
    def place(self) -> tuple[float, float, float]:
        """The smoothed place; only where ``warm``."""
        axes = self._axes
        assert axes is not None
        return axes[0][4], axes[1][4], axes[2][4]

    def coefficients(self, dt_s: float) -> tuple[float, float, float]:
        """Of s, of the input before and of the input now, for a frame of this length."""
        kept = math.exp(-dt_s / self._tau)
        half = self._tau * (1.0 - kept) / dt_s
        return kept, half - kept, 1.0 - half

    def step(self, coefficients: tuple[float, float, float], dt_s: float, place: tuple[float, float, float]) -> float:
        """The squared length of the jerk, (unit/s3)^2."""
        axes = self._axes
        if axes is None:
            self._axes = [[value] * 5 for value in place]
            self._warm_s = 0.0
            return 0.0
        self._warm_s += dt_s
        kept, before, now = coefficients
        total = 0.0
        for axis, x in zip(axes, place, strict=True):
            x0, s1, s2, s3, s4 = axis
            n1 = kept * s1 + before * x0 + now * x
            n2 = kept * s2 + before * s1 + now * n1
            n3 = kept * s3 + before * s2 + now * n2
            n4 = kept * s4 + before * s3 + now * n3
            axis[:] = (x, n1, n2, n3, n4)
            jerk = n1 - 3.0 * n2 + 3.0 * n3 - n4
            total += jerk * jerk
        return total / (self._cube * self._cube)
