"""Faults of beat detection, put into a clean series at places that are known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS = ("missed", "extra", "ectopic")
APART = 6
"""Beats from one fault to the next, at least."""


class Injected(NamedTuple):
    rr_ms: NDArray[np.float64]
    faults: list[tuple[int, ...]]
    """Of each fault, the intervals that it made or changed."""

    def untouched(self) -> NDArray[np.bool_]:
        """Intervals that no fault made or changed, nor lies beside."""
        good = np.ones(self.rr_ms.size, np.bool_)
        for fault in self.faults:
            good[max(0, min(fault) - 1) : max(fault) + 2] = False
        return good


def inject(rr_ms: NDArray[np.float64], kind: str, rate: float, seed: int) -> Injected:
    """``rate``: faults a beat. A missed beat is not there, an extra one lies between two at 0.3 to 0.7 of the way, an
    ectopic one comes by 25 to 45 % of its interval too early, and the one after it is in time."""
    rng = np.random.default_rng(seed)
    beats = np.concatenate(([0.0], np.cumsum(rr_ms))).tolist()
    wanted = max(1, round(rate * len(beats)))
    places: list[int] = []
    for at in rng.permutation(np.arange(APART, len(beats) - APART)).tolist():
        if len(places) == wanted:
            break
        if all(abs(at - other) >= APART for other in places):
            places.append(at)
    made: list[float] = []
    faults: list[tuple[int, ...]] = []
    for at, beat in enumerate(beats):
        if at not in places:
            made.append(beat)
            continue
        # interval k ends with beat k + 1 of the series that is made
        if kind == "missed":
            faults.append((len(made) - 1,))
        elif kind == "extra":
            made += [beats[at - 1] + rng.uniform(0.3, 0.7) * (beat - beats[at - 1]), beat]
            faults.append((len(made) - 3, len(made) - 2))
        else:
            made.append(beat - rng.uniform(0.25, 0.45) * (beat - beats[at - 1]))
            faults.append((len(made) - 2, len(made) - 1))
    return Injected(np.diff(made), faults)


class Score(NamedTuple):
    sensitivity: float
    """Share of the faults of which at least one interval is found to be an artefact."""
    named: float
    """Share of the faults that are found under their name (an ectopic beat: as ectopic, long or short)."""
    specificity: float
    """Share of the untouched intervals that are found to be none."""


def score(injected: Injected, kind: str, found: dict[str, set[int]]) -> Score:
    """``found``: places in the series by class; of long and short ones under ``longshort``."""
    anything = set().union(*found.values())
    own = found[kind] | (found["longshort"] if kind == "ectopic" else set())
    good = set(np.flatnonzero(injected.untouched()).tolist())
    n = len(injected.faults)
    return Score(
        sum(bool(anything.intersection(fault)) for fault in injected.faults) / n,
        sum(bool(own.intersection(fault)) for fault in injected.faults) / n,
        1.0 - len(good & anything) / len(good),
    )
