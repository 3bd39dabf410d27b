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
    """Third derivative of a place in space: four stages, the input taken between frames as the parabola through the
    last three. Of that input the stages are exact, so that neither the frame rate nor its jitter comes through.

    Stage k obeys s_k' = (s_(k-1) - s_k) / tau, so the last one's third derivative is
    (s_1 - 3 s_2 + 3 s_3 - s_4) / tau^3. The lag is 4 tau; ``place`` lags as much and belongs to the jerk.
    White noise of sigma leaves about sigma * (5 / (32 tau^7 f))^0.5 on each axis.
    """

    __slots__ = ("_axes", "_sixth", "_tau", "_warm_s")

    def __init__(self, tau_s: float) -> None:
        self._tau = tau_s
        self._sixth = tau_s**6
        self._axes: list[list[float]] | None = None
        """Of each axis: the input, its slope over the frame before, and the four stages."""
        self._warm_s = 0.0

    def restart(self) -> None:
        self._axes = None

    @property
    def running(self) -> bool:
        return self._axes is not None

    @property
    def warm(self) -> bool:
        return self._axes is not None and self._warm_s >= 8.0 * self._tau

    @property
    def place(self) -> tuple[float, float, float]:
        """The smoothed place; only where ``warm``."""
        axes = self._axes
        assert axes is not None
        return axes[0][5], axes[1][5], axes[2][5]

    def start(self, place: tuple[float, float, float]) -> None:
        """The first frame of a run."""
        self._axes = [[value, 0.0, value, value, value, value] for value in place]
        self._warm_s = 0.0

    def step(self, frame: Frame, place: tuple[float, float, float]) -> float:
        """The squared length of the jerk, (unit/s3)^2. ``start`` came before."""
        axes = self._axes
        assert axes is not None
        dt_s, bend, w0, w1, w2, w3, *rows = frame
        (a1, b1, c1), (a2, b2, c2), (a3, b3, c3), (a4, b4, c4) = rows
        if self._warm_s == 0.0:
            bend = 0.0
        self._warm_s += dt_s
        total = 0.0
        for axis, x in zip(axes, place, strict=True):
            x0, slope, s1, s2, s3, s4 = axis
            now = (x - x0) / dt_s
            q = bend * (now - slope)
            n1 = a1 * x0 + b1 * x + c1 * q + w0 * s1
            n2 = a2 * x0 + b2 * x + c2 * q + w0 * s2 + w1 * s1
            n3 = a3 * x0 + b3 * x + c3 * q + w0 * s3 + w1 * s2 + w2 * s1
            n4 = a4 * x0 + b4 * x + c4 * q + w0 * s4 + w1 * s3 + w2 * s2 + w3 * s1
            axis[:] = (x, now, n1, n2, n3, n4)
            jerk = n1 - 3.0 * n2 + 3.0 * n3 - n4
            total += jerk * jerk
        return total / self._sixth


Row = tuple[float, float, float]
Frame = tuple[float, float, float, float, float, float, Row, Row, Row, Row]
"""Length, s; what a change of slope is multiplied by to be a curvature; four weights of the stages; and for each stage
those of the input before, the input now and the curvature."""


def frame_of(dt_s: float, before_s: float, tau_s: float) -> Frame:
    """For all places of one frame. ``before_s``: length of the frame before.

    The cascade's k-th stage answers a parabola p with P_k = p - k tau p' + k (k + 1) / 2 tau^2 p'', and what it was off
    from that dies away as w_m = e^-u u^m / m! with u = dt / tau.
    """
    u = dt_s / tau_s
    w0 = math.exp(-u)
    w1 = w0 * u
    w2 = 0.5 * w1 * u
    w3 = w2 * u / 3.0
    square = tau_s * tau_s
    each = 1.0 / u
    half = 0.5 * u
    # sums over the stages j up to k of w_(k - j) times 1, j and j (j + 1) / 2
    o1, f1, g1 = w0, w0, w0
    o2, f2, g2 = o1 + w1, 2.0 * w0 + w1, 3.0 * w0 + w1
    o3, f3, g3 = o2 + w2, 3.0 * w0 + 2.0 * w1 + w2, 6.0 * w0 + 3.0 * w1 + w2
    o4, f4 = o3 + w3, 4.0 * w0 + 3.0 * w1 + 2.0 * w2 + w3
    g4 = 10.0 * w0 + 6.0 * w1 + 3.0 * w2 + w3
    return (
        dt_s,
        2.0 / (dt_s + before_s) if before_s > 0.0 else 0.0,
        w0,
        w1,
        w2,
        w3,
        ((1.0 - f1) * each - o1, 1.0 - (1.0 - f1) * each, square * (1.0 - half - half * f1 - g1)),
        ((2.0 - f2) * each - o2, 1.0 - (2.0 - f2) * each, square * (3.0 - u - half * f2 - g2)),
        ((3.0 - f3) * each - o3, 1.0 - (3.0 - f3) * each, square * (6.0 - 3.0 * half - half * f3 - g3)),
        ((4.0 - f4) * each - o4, 1.0 - (4.0 - f4) * each, square * (10.0 - 2.0 * u - half * f4 - g4)),
    )
