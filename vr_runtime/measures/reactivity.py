"""How the heart answered: change against a baseline, recovery, slots of an exposure, orienting, a manipulation check.

Pure functions on beats: ``t_s`` (shape (n,), seconds on any one clock, not falling) and ``rr_ms`` (shape (n,), the
interval that ended with each beat, ms). Rates are 60000 / mean interval, 1/min. A rate of a window wants 80 % of it
filled with intervals; where there are not, there is no value. All but recovery look only backwards.

The heart also answers to standing up, walking and talking (docs/measures.md): none of these figures is fear.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.measures.artefacts import malik, out_of_range
from vr_runtime.measures.series import check_series

BASELINE_S = 180.0
"""The last three minutes of the neutral room."""
WINDOW_S = 10.0
"""Of a mean rate at a moment."""
SLOT_S = 30.0
"""First and last slot of an exposure."""
RECOVERY_S = 60.0
COVERAGE = 0.8
FEWEST_WINDOWS = 6
"""Of ten seconds, for a standard deviation of the baseline (chosen here: a minute)."""
ORIENTING_S = 5.0
FEWEST_BEATS = 3
"""Before and after an onset, for an orienting drop (chosen here)."""
SUDS_RISE = 30.0
HR_RISE = 15.0
"""Walshe and others 2003 took a rise of distress by more than 3 (of 10) or of the heart rate by more than 15 /min as the
sign that a driver in VR was immersed. Here on 0 to 100."""

Floats = NDArray[np.float64]


class Baseline(NamedTuple):
    """None where there is too little."""

    mean_hr: float | None
    """1/min, over the last three minutes, or what there is of them."""
    sd: float | None
    """Standard deviation (n - 1) of the means of its full windows of ten seconds, 1/min."""
    quality: float
    """Intervals in seconds divided by the three minutes, 0 to 1, times the share that is in range."""


class Change(NamedTuple):
    """Of a mean rate against the baseline; None where the baseline lacks what it takes."""

    d_hr: float | None
    """1/min."""
    pct: float | None
    """100 * d_hr / baseline, %."""
    z: float | None
    """d_hr / SD of the baseline's means of ten seconds."""


class Slots(NamedTuple):
    """Mean rates of an exposure, 1/min; None where its beats do not fill the slot."""

    first: float | None
    """First 30 s."""
    peak: float | None
    """The highest mean of ten seconds that lie in it."""
    peak_s: float | None
    """When those ten seconds ended."""
    last: float | None
    """Last 30 s."""


class Recovery(NamedTuple):
    """After an exposure's end."""

    hrr60: float | None
    """Rate of the last 10 s before the end minus that of the 10 s up to 60 s after it, 1/min."""
    half_s: float | None
    """Seconds from the end until the mean of ten seconds is halfway from the peak to the baseline; with ``censored`` the
    time observed, which it took longer than. None where the peak was not above the baseline, or nothing was observed."""
    censored: bool


class Orienting(NamedTuple):
    """``drop``: how far the rate fell, 1/min; negative where even its lowest was above the rate before."""

    drop: float | None
    after_s: float | None
    """From the onset to the beat of the lowest rate."""
    quality: float
    """Share of the intervals used that are neither out of range nor 20 % off the one before, 0 to 1: a premature beat's
    pause looks like a drop."""


class TookHold(NamedTuple):
    """None: neither rise is known. ``by``: ``suds``, ``heart``."""

    took_hold: bool | None
    by: tuple[str, ...]


def mean_rate(t_s: ArrayLike, rr_ms: ArrayLike, begin_s: float, end_s: float) -> float | None:
    """Mean rate of the intervals that ended after ``begin_s`` and not after ``end_s``, 1/min; None where they fill less
    than 80 % of it.

    Raises:
        ValueError: no series of beats, or not finite.
    """
    t, rr = _beats(t_s, rr_ms)
    _finite(begin_s, end_s)
    return _rate(t, rr, begin_s, end_s)


def baseline(t_s: ArrayLike, rr_ms: ArrayLike, begin_s: float, end_s: float) -> Baseline:
    """Of the neutral room, which was shown from ``begin_s`` to ``end_s``. Of a shorter stay all of it is taken; below
    a minute of intervals there is no baseline.

    Raises:
        ValueError: no series of beats, or not finite.
    """
    t, rr = _beats(t_s, rr_ms)
    _finite(begin_s, end_s)
    begin_s = max(begin_s, end_s - BASELINE_S)
    inside = (t > begin_s) & (t <= end_s)
    covered_s = float(rr[inside].sum()) / 1000.0
    if covered_s < FEWEST_WINDOWS * WINDOW_S * COVERAGE:
        return Baseline(None, None, 0.0)
    good = 1.0 - float(np.count_nonzero(out_of_range(rr[inside]))) / float(np.count_nonzero(inside))
    count = int((end_s - begin_s) // WINDOW_S)
    means = [_rate(t, rr, end_s - (i + 1) * WINDOW_S, end_s - i * WINDOW_S) for i in range(count)]
    known = np.array([mean for mean in means if mean is not None])
    sd = float(known.std(ddof=1)) if known.size >= FEWEST_WINDOWS else None
    return Baseline(60_000.0 / float(rr[inside].mean()), sd, min(1.0, covered_s / BASELINE_S) * good)


def change(rate: float | None, of: Baseline) -> Change:
    """A mean rate (1/min) against a baseline.

    Raises:
        ValueError: a rate that is not finite and positive.
    """
    if rate is not None and not (math.isfinite(rate) and rate > 0.0):
        raise ValueError(f"a heart rate of {rate} is none; give one in beats a minute, or None")
    if rate is None or of.mean_hr is None:
        return Change(None, None, None)
    d_hr = rate - of.mean_hr
    steady = of.sd is None or of.sd < 1e-6  # nothing to measure a change with
    return Change(d_hr, 100.0 * d_hr / of.mean_hr, None if of.sd is None or steady else d_hr / of.sd)


def slots(t_s: ArrayLike, rr_ms: ArrayLike, begin_s: float, end_s: float) -> Slots:
    """First 30 s, peak and last 30 s of an exposure from ``begin_s`` to ``end_s``. Below 30 s there is no first and no
    last slot, below 10 s no peak.

    Raises:
        ValueError: no series of beats, or not finite.
    """
    t, rr = _beats(t_s, rr_ms)
    _finite(begin_s, end_s)
    whole = end_s - begin_s >= SLOT_S
    ends, means = _running(t, rr, begin_s + WINDOW_S, end_s)
    at = int(means.argmax()) if means.size else None
    return Slots(
        _rate(t, rr, begin_s, begin_s + SLOT_S) if whole else None,
        None if at is None else float(means[at]),
        None if at is None else float(ends[at]),
        _rate(t, rr, end_s - SLOT_S, end_s) if whole else None,
    )


def recovery(
    t_s: ArrayLike, rr_ms: ArrayLike, end_s: float, baseline_hr: float | None, peak_hr: float | None
) -> Recovery:
    """After an exposure that ended at ``end_s``. Looks at what comes afterwards: offline, or late.

    Raises:
        ValueError: no series of beats, or not finite.
    """
    t, rr = _beats(t_s, rr_ms)
    _finite(end_s, *(rate for rate in (baseline_hr, peak_hr) if rate is not None))
    before = _rate(t, rr, end_s - WINDOW_S, end_s)
    later = _rate(t, rr, end_s + RECOVERY_S - WINDOW_S, end_s + RECOVERY_S)
    hrr60 = None if before is None or later is None else before - later
    if baseline_hr is None or peak_hr is None or peak_hr <= baseline_hr:
        return Recovery(hrr60, None, False)
    ends, means = _running(t, rr, end_s, math.inf)
    halfway = np.flatnonzero(means <= baseline_hr + 0.5 * (peak_hr - baseline_hr))
    if halfway.size:
        return Recovery(hrr60, float(ends[halfway[0]]) - end_s, False)
    return Recovery(hrr60, float(ends[-1]) - end_s if ends.size else None, bool(ends.size))


def orienting(t_s: ArrayLike, rr_ms: ArrayLike, onset_s: float) -> Orienting:
    """The fall of the heart rate as a stimulus appears: the mean rate of the 5 s before the onset minus the lowest rate
    of one interval that ended in the 5 s after it.

    The heart slows for some seconds when something new is taken in (Graham and Clifton 1966, doi:10.1037/h0023258;
    Bradley 2009, doi:10.1111/j.1469-8986.2008.00702.x); a start or a defence speeds it up. Both windows, and taking the
    lowest, are chosen here. No value with less than three intervals on either side, or less than 80 % of the 5 s before.

    Raises:
        ValueError: no series of beats, or not finite.
    """
    t, rr = _beats(t_s, rr_ms)
    _finite(onset_s)
    before = _rate(t, rr, onset_s - ORIENTING_S, onset_s)
    after = np.flatnonzero((t > onset_s) & (t <= onset_s + ORIENTING_S))
    ahead = np.flatnonzero((t > onset_s - ORIENTING_S) & (t <= onset_s))
    if before is None or after.size < FEWEST_BEATS or ahead.size < FEWEST_BEATS:
        return Orienting(None, None, 0.0)
    longest = int(after[rr[after].argmax()])
    used = np.concatenate((ahead, after))
    odd = (out_of_range(rr) | malik(rr))[used]
    quality = 1.0 - float(np.count_nonzero(odd)) / odd.size
    return Orienting(before - 60_000.0 / float(rr[longest]), float(t[longest]) - onset_s, quality)


def took_hold(
    suds_before: float | None, suds_peak: float | None, hr_before: float | None, hr_peak: float | None
) -> TookHold:
    """Whether the exposure took hold: distress rose by more than 30 (of 0 to 100), or the heart rate by more than 15 /min,
    or both (Walshe and others 2003).

    A check whether the scene did anything, no diagnosis and no measure of the patient: who is not afraid any more is not
    taken hold of either. Where one rise is not known, the other decides.

    Raises:
        ValueError: distress outside 0 to 100, or a rate that is not finite and positive.
    """
    for suds in (suds_before, suds_peak):
        if suds is not None and not 0.0 <= suds <= 100.0:
            raise ValueError(f"distress of {suds} lies outside 0 to 100; give the normalised rating, or None")
    for rate in (hr_before, hr_peak):
        if rate is not None and not (math.isfinite(rate) and rate > 0.0):
            raise ValueError(f"a heart rate of {rate} is none; give one in beats a minute, or None")
    rises: dict[str, bool] = {}
    if suds_before is not None and suds_peak is not None:
        rises["suds"] = suds_peak - suds_before > SUDS_RISE
    if hr_before is not None and hr_peak is not None:
        rises["heart"] = hr_peak - hr_before > HR_RISE
    by = tuple(name for name, rose in rises.items() if rose)
    return TookHold(bool(by) if rises else None, by)


def _beats(t_s: ArrayLike, rr_ms: ArrayLike) -> tuple[Floats, Floats]:
    rr = check_series(rr_ms)
    t = np.asarray(t_s, np.float64)
    if t.shape != rr.shape:
        raise ValueError(f"t_s has shape {t.shape}; give one time for each of the {rr.size} intervals")
    if not np.all(np.isfinite(t)) or np.any(np.diff(t) < 0.0):
        raise ValueError("t_s goes back or is not finite; give the beats in order, each with its time")
    return t, rr


def _finite(*values: float) -> None:
    if not all(math.isfinite(value) for value in values):
        raise ValueError("a time or rate is not finite; leave out what is not known")


def _rate(t: Floats, rr: Floats, begin_s: float, end_s: float) -> float | None:
    first, last = np.searchsorted(t, (begin_s, end_s), side="right").tolist()
    total = float(rr[first:last].sum())
    span_ms = 1000.0 * (end_s - begin_s)
    if last - first < 2 or total < COVERAGE * span_ms:
        return None
    return 60_000.0 * (last - first) / total


def _running(t: Floats, rr: Floats, from_s: float, until_s: float) -> tuple[Floats, Floats]:
    """Beats between, and the mean rate of the ten seconds up to each, where they are filled well enough."""
    ends = t[(t >= from_s) & (t <= until_s)]
    sums = np.concatenate(([0.0], np.cumsum(rr)))
    first = np.searchsorted(t, ends - WINDOW_S, side="right")
    last = np.searchsorted(t, ends, side="right")
    totals, counts = sums[last] - sums[first], last - first
    enough = (counts >= 2) & (totals >= COVERAGE * WINDOW_S * 1000.0)
    return ends[enough], 60_000.0 * counts[enough] / totals[enough]
