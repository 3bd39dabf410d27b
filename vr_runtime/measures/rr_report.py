"""The heart measures of a plain list of RR intervals, as they are given, with how far each can be trusted.

Nothing is corrected and nothing left out: artefacts are counted beside the figures and lower their quality. A value that
the series is too short for is withheld, and a word says why.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.measures.artefacts import (
    WINDOW_BEATS,
    Artefact,
    count_kinds,
    lipponen_tarvainen_offline,
    malik,
    out_of_range,
)
from vr_runtime.measures.heart import rr_measures
from vr_runtime.measures.series import check_series
from vr_runtime.measures.spectrum import rr_spectrum

SHORT_S = 300.0
"""Measures of variability from less are labelled ultra-short."""
MINIMUM_S = {"mean_nn": 10.0, "mean_hr": 10.0, "rmssd": 30.0, "pnn50": 60.0, "sdnn": 120.0}
"""Below these a figure is told, labelled ``below_minimum``, its quality lowered in proportion. (LF, HF and their ratio
are withheld: see :mod:`vr_runtime.measures.spectrum`.)"""
WARN_SHARE = 0.05
LIMIT_SHARE = 0.2
"""Share of artefacts from which a figure is labelled, and from which its quality is 0 (LF, HF and their ratio: from the
lower one on, for a curve drawn through an artefact swings)."""
UNITS = {
    "mean_nn": "ms",
    "sdnn": "ms",
    "rmssd": "ms",
    "pnn50": "%",
    "lf": "ms^2",
    "hf": "ms^2",
    "lf_hf": "1",
    "mean_hr": "1/min",
}
"""The measures of a report in their order, and their units."""
_LEVELS = ("mean_nn", "mean_hr")
_SPECTRAL = ("lf", "hf", "lf_hf")


class Rated(NamedTuple):
    """A measure and how far it can be trusted. ``value`` None: withheld, the quality is 0 and a label says why."""

    value: float | None
    quality: float
    """0 to 1."""
    labels: tuple[str, ...]
    """Of ``ultra_short``, ``below_minimum``, ``artefacts`` (5 to 20 % of the intervals), ``many_artefacts`` (more),
    ``few_beats`` (artefacts were looked for in less than 91 intervals), and of a value that is withheld
    ``no_intervals``, ``one_interval``, or the words of :class:`~vr_runtime.measures.spectrum.Spectrum`."""


class Artefacts(NamedTuple):
    """Intervals counted by three rules. ``lipponen_tarvainen``: by class, ``unjudged`` among them."""

    range: int
    malik: int
    lipponen_tarvainen: dict[str, int]


class RRReport(NamedTuple):
    """``measures`` has the keys of :data:`UNITS`, in their order."""

    measures: dict[str, Rated]
    artefacts: Artefacts
    artefact_share: float
    """Of the intervals, 0 to 1: what lowers the qualities. Out of range, or an artefact after Lipponen and Tarvainen;
    where they do not judge, after Malik."""
    intervals: int
    seconds: float


def rr_report(rr_ms: ArrayLike, *, child: bool = False) -> RRReport:
    """Report on the intervals ``rr_ms`` (shape (n,), ms), one uninterrupted series. ``child``: of the range gate.

    With s the share of artefacts, quality is 1 - s for mean NN and mean heart rate, which a few artefacts hardly move,
    1 - s / 20 % for SDNN, RMSSD and pNN50, 1 - s / 5 % for LF, HF and their ratio, not below 0; below its minimum
    length, times length / minimum.

    Raises:
        ValueError: not one-dimensional, not finite, not positive or longer than a minute.
    """
    rr = check_series(rr_ms)
    seconds = float(rr.sum()) / 1000.0
    none, gated, kinds = out_of_range(rr, child=child), malik(rr, child=child), lipponen_tarvainen_offline(rr)
    share = artefact_share(none, gated, kinds)
    plain, spectrum = rr_measures(rr), rr_spectrum(rr)
    found: dict[str, float | None] = {
        "mean_nn": plain.mean_nn,
        "sdnn": plain.sdnn,
        "rmssd": plain.rmssd,
        "pnn50": plain.pnn50,
        "lf": spectrum.lf,
        "hf": spectrum.hf,
        "lf_hf": spectrum.lf_hf,
        "mean_hr": plain.mean_hr,
    }
    measures: dict[str, Rated] = {}
    for name, value in found.items():
        if value is None or not math.isfinite(value):
            why = spectrum.why.get(name) or ("one_interval" if rr.size else "no_intervals")
            measures[name] = Rated(None, 0.0, (why,))
        else:
            measures[name] = rated(name, value, seconds, share, rr.size)
    counted = Artefacts(int(np.count_nonzero(none)), int(np.count_nonzero(gated)), count_kinds(kinds))
    return RRReport(measures, counted, share, int(rr.size), seconds)


def artefact_share(none: NDArray[np.bool_], gated: NDArray[np.bool_], kinds: NDArray[np.uint8]) -> float:
    """Share of intervals that are out of range (``none``), or artefacts by ``kinds``; where those are unjudged, by
    ``gated``. 0 of none."""
    unjudged = kinds == Artefact.UNJUDGED
    bad = none | (gated & unjudged) | ((kinds != Artefact.NONE) & ~unjudged)
    return float(np.count_nonzero(bad)) / bad.size if bad.size else 0.0


def rated(name: str, value: float, seconds: float, share: float, intervals: int) -> Rated:
    """A measure with its quality and labels; ``seconds``: of intervals; ``share``: of artefacts, 0 to 1."""
    level = name in _LEVELS
    limit = 1.0 if level else WARN_SHARE if name in _SPECTRAL else LIMIT_SHARE
    quality = max(0.0, 1.0 - share / limit)
    labels: list[str] = []
    if seconds < SHORT_S and not level:
        labels.append("ultra_short")
    minimum = MINIMUM_S.get(name, 0.0)
    if seconds < minimum:
        labels.append("below_minimum")
        quality *= seconds / minimum
    if share > WARN_SHARE:
        labels.append("many_artefacts" if share > LIMIT_SHARE else "artefacts")
    if intervals < WINDOW_BEATS:
        labels.append("few_beats")
    return Rated(value, round(quality, 4), tuple(labels))
