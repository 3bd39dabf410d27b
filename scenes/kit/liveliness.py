"""How people live while they do nothing: when they blink, where they look, how their mouths move as they talk.

All of it is a pure function of time and of a seed for each person, so that the same moment always looks the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def chance(seeds: NDArray[np.uint64], index: NDArray[np.int64], salt: int) -> Array:
    """A random number in 0 to 1 for each seed and index, always the same (SplitMix64 of Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        x = seeds + index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt * 7919 + 1)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return x.astype(np.float64) / 2.0**64


@dataclass(frozen=True, eq=False)
class Moments:
    """Things that happen to each member now and then: ``index`` of the last one, ``since`` how long ago (s)."""

    index: NDArray[np.int64]
    since: Array


def moments(seeds: NDArray[np.uint64], t_s: float, every_s: float, salt: int) -> Moments:
    """On average every so often, at times of its own for each member, at least a fifth of that apart."""
    late = chance(seeds, np.zeros(len(seeds), dtype=np.int64), salt + 100)
    k = np.floor(t_s / every_s + late).astype(np.int64)

    def when(i: NDArray[np.int64]) -> Array:
        return (i - late + 0.8 * chance(seeds, i, salt)) * every_s

    index = np.where(when(k) > t_s, k - 1, k)
    return Moments(index, t_s - when(index))


BLINK_S = 4.0
GLANCE_S = 3.4
"""On average from one blink, one change of gaze to the next."""


def lids(seeds: NDArray[np.uint64], t_s: float) -> Array:
    """How far everybody's eyes are shut, 0 to 1: a blink closes in 0.07 s and opens in 0.16."""
    since = moments(seeds, t_s, BLINK_S, 1).since
    return np.clip(np.minimum(since / 0.07, (0.25 - since) / 0.16), 0.0, 1.0)


def _eased(since: Array, seconds: float) -> Array:
    u = np.clip(since / seconds, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def gaze(
    seeds: NDArray[np.uint64], t_s: float, towards: Array | None, attention: Array, wide: Array
) -> tuple[Array, Array]:
    """Head and eyes (n, 2 each: left, up; radians). ``towards`` (n, 2): where the patient is, seen from each;
    ``attention`` (n,): the share of glances that go there; ``wide`` (n,): how far the others stray."""
    now = moments(seeds, t_s, GLANCE_S, 2)

    def aim(index: NDArray[np.int64]) -> Array:
        left = (2.0 * chance(seeds, index, 3) - 1.0) * wide
        up = (2.0 * chance(seeds, index, 4) - 1.0) * 0.12 - 0.05
        stray = np.stack([left, up], axis=1)
        if towards is None:
            return stray
        at = chance(seeds, index, 5) < attention
        # who does not mean the patient does not happen to look there either
        near = np.abs(stray[:, 0] - towards[:, 0]) < 0.30
        stray[:, 0] += np.where(near, np.where(stray[:, 0] >= towards[:, 0], 0.4, -0.4), 0.0)
        return np.where(at[:, None], towards, stray)

    old, new = aim(now.index - 1), aim(now.index)
    look = old + _eased(now.since, 0.09)[:, None] * (new - old)
    head = 0.72 * (old + _eased(now.since - 0.05, 0.55)[:, None] * (new - old))
    head = np.clip(head, [-1.15, -0.5], [1.15, 0.5])
    eyes = np.clip(look - head, [-0.5, -0.30], [0.5, 0.30])
    # eyes never rest quite
    tiny = moments(seeds, t_s, 0.9, 6)
    eyes[:, 0] += 0.02 * (2.0 * chance(seeds, tiny.index, 7) - 1.0)
    return head, eyes


def jaws(seeds: NDArray[np.uint64], t_s: float) -> Array:
    """Mouths of people who talk: phrases and pauses, about four syllables a second."""
    phrase = moments(seeds, t_s, 3.1, 8)
    speaks = chance(seeds, phrase.index, 9) < 0.6
    long_s = 0.8 + 1.6 * chance(seeds, phrase.index, 10)
    within = np.clip(np.minimum(phrase.since, long_s - phrase.since) / 0.15, 0.0, 1.0)
    rate = 3.6 + 1.2 * chance(seeds, phrase.index, 11)
    beat = np.abs(np.sin(np.pi * rate * phrase.since)) * (0.6 + 0.4 * np.sin(7.3 * phrase.since))
    return np.where(speaks, within * beat, 0.0)
