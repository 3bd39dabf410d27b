"""Heart measures on series of RR intervals: time domain and artefact flags.

Time-domain definitions after the Task Force 1996 (doi:10.1161/01.CIR.93.5.1043); where implementations
differ, the choice made here is stated at the field and held by tests against published figures.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.measures.series import check_series as _series
from vr_runtime.measures.series import check_starts as _starts
from vr_runtime.protocol.streams import BeatFlag

RR_MIN_MS = 300.0
RR_MAX_MS = 2000.0
"""Range gate for adults: an interval outside is no RR interval (a beat missed, or one too many)."""

RR_GATE = 0.2
"""An interval that differs from the one before by more than this share is flagged (Malik's criterion)."""


class RRMeasures(NamedTuple):
    """Time-domain measures of a series. NaN where the series is too short for it."""

    mean_nn: float
    """Mean interval, ms."""
    sdnn: float
    """Standard deviation of the intervals, n - 1 in the denominator, ms."""
    rmssd: float
    """Root of the mean squared difference of successive intervals, ms."""
    sdsd: float
    """Standard deviation of the successive differences, n - 1 in the denominator, ms."""
    nn50: int
    """Successive differences of more than 50 ms either way."""
    pnn50: float
    """100 * nn50 / number of differences, %."""
    mean_hr: float
    """60000 / mean_nn, 1/min (not the mean of the momentary rates, which is higher)."""


def rr_measures(rr_ms: ArrayLike, starts: ArrayLike | None = None) -> RRMeasures:
    """Time-domain measures of the intervals ``rr_ms`` (shape (n,), ms), all of them, flagged or not.

    ``starts`` (shape (n,), bool) is true where an interval begins a new segment: the difference to the one
    before it is no physiological difference and is left out.

    Raises:
        ValueError: not one-dimensional, not finite, not positive, longer than a minute, or ``starts`` of another
            length.
    """
    rr = _series(rr_ms)
    differences = np.diff(rr)
    if starts is not None:
        differences = differences[~_starts(starts, rr.size)[1:]]
    n, m = rr.size, differences.size
    mean_nn = float(rr.mean()) if n else math.nan
    nn50 = int(np.count_nonzero(np.abs(differences) > 50.0))
    return RRMeasures(
        mean_nn=mean_nn,
        sdnn=float(rr.std(ddof=1)) if n > 1 else math.nan,
        rmssd=float(np.sqrt(np.mean(differences**2))) if m else math.nan,
        sdsd=float(differences.std(ddof=1)) if m > 1 else math.nan,
        nn50=nn50,
        pnn50=100.0 * nn50 / m if m else math.nan,
        mean_hr=60_000.0 / mean_nn if n else math.nan,
    )


def rr_flags(rr_ms: ArrayLike, starts: ArrayLike | None = None) -> NDArray[np.uint8]:
    """A :class:`BeatFlag` for each interval (shape (n,)); nothing is dropped or corrected.

    OUT_OF_RANGE outside 300 to 2000 ms; ECTOPIC where it is more than 20 % off the interval before it
    in the same segment. The 20 % gate is coarse: it also flags healthy people with a strong respiratory
    arrhythmia, so it is a figure of quality and not a diagnosis.
    """
    rr = _series(rr_ms)
    fresh = _starts(starts, rr.size) if starts is not None else np.zeros(rr.size, np.bool_)
    flags = np.zeros(rr.size, np.uint8)
    previous: float | None = None
    for i, value in enumerate(rr.tolist()):
        flags[i] = beat_flag(value, None if fresh[i] else previous)
        previous = None if flags[i] == BeatFlag.OUT_OF_RANGE else value
    return flags


def beat_flag(rr_ms: float, previous_ms: float | None) -> int:
    """The flag of one interval, given the one before it in its segment (None: it is the first)."""
    if not RR_MIN_MS <= rr_ms <= RR_MAX_MS:
        return BeatFlag.OUT_OF_RANGE
    if previous_ms is not None and abs(rr_ms - previous_ms) > RR_GATE * previous_ms:
        return BeatFlag.ECTOPIC
    return BeatFlag.OK
