"""A normal distribution that learns from one weighted sum after another: the arithmetic of the forecast."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

Prior = tuple[float, float]
"""Mean and standard deviation."""
LEAST_WIDTH: Final = 10.0
"""No interval is narrower: people rate in steps of 5 or 10."""
Z80: Final = 1.2815515655446004
"""A normal variable lies within so many deviations of its mean four times in five."""
SPREAD_RATINGS: Final = 20
SPREAD: Final = (0.5, 2.0)
"""Least and most of the factor on all deviations."""


class Beliefs:
    """A normal distribution over named terms. Terms come when they are first needed and go when they are over;
    leaving one out of a covariance is exact."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self._surprise = 0.0
        """Sum of the squares of what the ratings were off by, each by its own variance."""
        self._seen = 0
        self._mean: list[float] = []
        self._cov: list[list[float]] = []

    def need(self, name: str, prior: Prior) -> None:
        if name in self._at:
            return
        self._at[name] = len(self._mean)
        for row in self._cov:
            row.append(0.0)
        self._mean.append(prior[0])
        self._cov.append([0.0] * (len(self._mean) - 1) + [prior[1] ** 2])

    def forget(self, *names: str) -> None:
        for name in names:
            if (place := self._at.pop(name, None)) is None:
                continue
            del self._mean[place], self._cov[place]
            for row in self._cov:
                del row[place]
            self._at = {other: at - (at > place) for other, at in self._at.items()}

    def knows(self, name: str) -> bool:
        return name in self._at

    def predict(self, weights: Mapping[str, float]) -> tuple[float, float]:
        """Mean and variance of a weighted sum of terms, all of them known."""
        mean, gain = self._look(weights)
        return mean, max(0.0, math.fsum(weight * gain[self._at[name]] for name, weight in weights.items()))

    def learn(self, weights: Mapping[str, float], value: float, noise_sd: float) -> None:
        mean, gain = self._look(weights)
        variance = math.fsum(weight * gain[self._at[name]] for name, weight in weights.items())
        spread = max(0.0, variance) + noise_sd**2
        miss = value - mean
        self._surprise += miss * miss / spread
        self._seen += 1
        for place, own in enumerate(gain):
            share = own / spread
            self._mean[place] += share * miss
            row = self._cov[place]
            for other, its in enumerate(gain):
                row[other] -= share * its

    @property
    def spread(self) -> float:
        """The factor on all deviations: 1 before the first rating."""
        square = (SPREAD_RATINGS + self._surprise) / (SPREAD_RATINGS + self._seen)
        return min(SPREAD[1], max(SPREAD[0], math.sqrt(square)))

    def _look(self, weights: Mapping[str, float]) -> tuple[float, list[float]]:
        terms = [(self._at[name], weight) for name, weight in weights.items()]
        mean = math.fsum(weight * self._mean[place] for place, weight in terms)
        return mean, [math.fsum(weight * row[place] for place, weight in terms) for row in self._cov]


def within_scale(mean: float, sd: float) -> tuple[float, float, float]:
    """Low, mean and high of a normal variable whose excess beyond 0 and 100 counts as 0 and 100; the interval no
    narrower than ``LEAST_WIDTH``, the mean inside it."""
    low, high = (min(100.0, max(0.0, mean + side * Z80 * sd)) for side in (-1.0, 1.0))
    if high - low < LEAST_WIDTH:
        middle = min(100.0 - LEAST_WIDTH / 2, max(LEAST_WIDTH / 2, (low + high) / 2))
        low, high = middle - LEAST_WIDTH / 2, middle + LEAST_WIDTH / 2
    sd = max(sd, 1e-6)
    held = sd * (_excess(mean / sd) - _excess((mean - 100.0) / sd))
    return low, min(high, max(low, held)), high


def _excess(x: float) -> float:
    """Mean of the part above 0 of a normal variable of mean x and deviation 1."""
    return x * 0.5 * math.erfc(-x / math.sqrt(2.0)) + math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
