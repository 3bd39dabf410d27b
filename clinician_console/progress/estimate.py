"""How sure a figure is that comes from a few ratings. The model, its constants and its limits: docs/progress.md.

A rating stands for what was felt with a standard deviation of 6 points (people rate in steps of 5 or 10). Where
nobody asked for a while, what was felt wanders by 8 · √(gap / 600 s) points, at most 8. Both constants are those of
the forecast (docs/forecast.md), are our own choice, and were not fitted to people. From one session to the next a
person's distress sways by 7 points without any lasting change. Intervals are the central 80 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

NOISE = 6.0
WANDER = 8.0
WANDER_S = 600.0
SWAY = 7.0
"""Of a session as a whole, standard deviation in points."""
Z80 = 1.2815515655446004
FEWEST_FOR_TREND = 4

_T90 = (
    3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341, 1.337,
    1.333, 1.330, 1.328, 1.325, 1.323, 1.321, 1.319, 1.318, 1.316, 1.315, 1.314, 1.313, 1.311, 1.310,
)  # fmt: skip
"""90 % quantile of Student's t for 1 to 30 degrees of freedom."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard deviation and the central 80 %. ``low`` and ``high`` may end at the scale's ends."""

    value: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """Later less earlier. ``beyond``: the 80 % interval does not hold 0; no more is meant by it."""

    value: float
    low: float
    high: float

    @property
    def beyond(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Slope:
    """Per session, with the central 80 %; ``n`` sessions went in."""

    value: float
    low: float
    high: float
    n: int


def rated(value: float, gap_s: float) -> Estimate:
    """A rating that stands for a time in which nobody asked for ``gap_s`` seconds. Distress, 0 to 100."""
    sd = math.hypot(NOISE, WANDER * math.sqrt(min(max(gap_s, 0.0), WANDER_S) / WANDER_S))
    return Estimate(value, sd, max(0.0, value - Z80 * sd), min(100.0, value + Z80 * sd))


def within(earlier: Estimate, later: Estimate) -> Change:
    """In one stay."""
    return _change(earlier, later, 0.0)


def between(earlier: Estimate, later: Estimate) -> Change:
    """From one session to another: each sways as a whole besides."""
    return _change(earlier, later, SWAY)


def slope(points: Sequence[tuple[int, Estimate]]) -> Slope | None:
    """Weighted line through (number of the session, figure): None for fewer than four sessions.

    The spread is the known one, or the one seen where that is larger (Birge 1932), with Student's t of n - 2.
    """
    if len({number for number, _ in points}) < FEWEST_FOR_TREND:
        return None
    weights = [1.0 / (estimate.sd**2 + SWAY**2) for _, estimate in points]
    total = math.fsum(weights)
    mean_x = math.fsum(w * number for w, (number, _) in zip(weights, points, strict=True)) / total
    mean_y = math.fsum(w * one.value for w, (_, one) in zip(weights, points, strict=True)) / total
    spread = math.fsum(w * (number - mean_x) ** 2 for w, (number, _) in zip(weights, points, strict=True))
    value = (
        math.fsum(
            w * (number - mean_x) * (one.value - mean_y)
            for w, (number, one) in zip(weights, points, strict=True)
        )
        / spread
    )
    misses = math.fsum(
        w * (one.value - mean_y - value * (number - mean_x)) ** 2
        for w, (number, one) in zip(weights, points, strict=True)
    )
    free = len(points) - 2
    sd = math.sqrt(max(1.0, misses / free) / spread)
    reach = sd * (_T90[free - 1] if free <= len(_T90) else Z80)
    return Slope(value, value - reach, value + reach, len(points))


def _change(earlier: Estimate, later: Estimate, sway: float) -> Change:
    value = later.value - earlier.value
    reach = Z80 * math.sqrt(earlier.sd**2 + later.sd**2 + 2 * sway**2)
    return Change(value, value - reach, value + reach)
