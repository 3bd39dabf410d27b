"""Artefacts in a finished series of RR intervals: range gate, Malik's 20 %, Lipponen and Tarvainen.

Offline only. Lipponen and Tarvainen's method (2019, doi:10.1080/03091902.2019.1640306) judges a beat by the 45 before
and the 45 after it and by two intervals that are yet to come: no live measure can be made with it. Written from the
paper's formulas; what the paper leaves open is stated where it is chosen.

An interval is named by the beat that ends it. Nothing is dropped without being counted.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.measures.heart import RR_GATE, RR_MAX_MS, RR_MIN_MS
from vr_runtime.measures.series import check_series as _series
from vr_runtime.measures.series import check_starts as _starts

RR_MIN_CHILD_MS = 200.0
"""Lower end of the range gate for children, whose hearts go faster."""

ALPHA = 5.2
"""Thresholds are this many quartile deviations: 99.95 % of a normal distribution lies within."""
WINDOW_BEATS = 91
MEDIAN_BEATS = 11
SLOPE, OFFSET = 0.13, 0.17
"""c1 and c2: the edges of the regions of ectopic beats."""
MEDIAN_LIMIT = 3.0
"""So many thresholds off the median of eleven, an interval is long or short whatever its neighbours are."""
FEWEST_BEATS = MEDIAN_BEATS
"""Below this a segment is not judged (chosen here: one window of the median)."""
LEAST_DEVIATION_MS = 1.0
"""The quartile deviation counts as no less than this (chosen here: sensors tell intervals in 1/1024 s). In a series
without any variation it would be zero, and every threshold with it."""

_BLOCK = 8192

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Artefact(IntEnum):
    """What Lipponen and Tarvainen's method makes of an interval."""

    NONE = 0
    ECTOPIC = 1
    """A premature beat's interval, or the pause after it."""
    LONG = 2
    SHORT = 3
    MISSED = 4
    """The interval of two beats: the one between them was not detected."""
    EXTRA = 5
    """This interval and the one after it are one: the beat between them is none."""
    UNJUDGED = 6
    """In a segment of too few intervals to say."""


class Corrected(NamedTuple):
    """A series after correction, and what was found in it.

    ``kinds`` (shape (n,), :class:`Artefact`) belongs to the series as it was given; the others (shape (m,)) to the
    corrected one. After an EXTRA the interval after it is a part of the same finding, and NONE.
    """

    rr_ms: Floats
    starts: Flags
    """Begins a new segment."""
    source: NDArray[np.intp]
    """Which interval of the given series it ends in."""
    changed: Flags
    """Not as it was given."""
    kinds: NDArray[np.uint8]

    def counts(self) -> dict[str, int]:
        """How many intervals of each class, by its name."""
        return count_kinds(self.kinds)

    @property
    def artefact_share(self) -> float:
        """Share of the given intervals that are artefacts, 0 to 1; unjudged ones are not counted as such."""
        found = (self.kinds != Artefact.NONE) & (self.kinds != Artefact.UNJUDGED)
        return float(np.count_nonzero(found)) / found.size if found.size else 0.0


def count_kinds(kinds: NDArray[np.uint8]) -> dict[str, int]:
    """How many of each class but NONE, by its name in small letters."""
    return {
        kind.name.lower(): int(np.count_nonzero(kinds == kind))
        for kind in Artefact
        if kind is not Artefact.NONE
    }


def out_of_range(rr_ms: ArrayLike, *, child: bool = False) -> Flags:
    """True (shape (n,)) where an interval lies outside 300 to 2000 ms (a child's: 200 to 2000 ms).

    Raises:
        ValueError: not one-dimensional, not finite or not positive.
    """
    rr = _series(rr_ms)
    return (rr < (RR_MIN_CHILD_MS if child else RR_MIN_MS)) | (rr > RR_MAX_MS)


def malik(rr_ms: ArrayLike, starts: ArrayLike | None = None, *, child: bool = False) -> Flags:
    """True (shape (n,)) where an interval is more than 20 % off the one before it in its segment.

    Intervals out of range are not judged, nor is anything by them. Coarse: young and relaxed people have many such
    intervals, so it is a figure of quality and no reason to leave something out.

    Raises:
        ValueError: as :func:`out_of_range`, or ``starts`` of another length.
    """
    rr = _series(rr_ms)
    none = out_of_range(rr, child=child)
    found = np.zeros(rr.size, np.bool_)
    if rr.size < 2:
        return found
    comparable = ~none[1:] & ~none[:-1]
    if starts is not None:
        comparable &= ~_starts(starts, rr.size)[1:]
    found[1:] = comparable & (np.abs(np.diff(rr)) > RR_GATE * rr[:-1])
    return found


def lipponen_tarvainen_offline(rr_ms: ArrayLike, starts: ArrayLike | None = None) -> NDArray[np.uint8]:
    """The class of every interval (shape (n,), :class:`Artefact`). Not causal: it looks 45 beats ahead.

    With dRR the difference to the interval before, Th1 = 5.2 quartile deviations of |dRR| over the 91 beats around,
    mRR the difference to the median of the 11 around (doubled where it is negative) and Th2 the same of mRR, both in
    units of their threshold. |dRR| <= 1 is normal. Else a beat is ectopic where its neighbours' dRR lie on the other
    side of it far enough; long or short where a jump back follows within two beats, or |mRR| > 3; a long one of twice
    the median was missed, a short one that makes the median together with the next is extra.

    ``starts`` (shape (n,), bool): begins a new segment; each segment is judged by itself. At a segment's ends the
    windows are cut off, and a dRR that there is not counts as 0 (chosen here).

    Raises:
        ValueError: as :func:`out_of_range`, or ``starts`` of another length.
    """
    rr = _series(rr_ms)
    kinds = np.zeros(rr.size, np.uint8)
    for begin, end in _segments(rr.size, starts):
        kinds[begin:end] = _judge(rr[begin:end])
    return kinds


def correct_offline(rr_ms: ArrayLike, starts: ArrayLike | None = None) -> Corrected:
    """The series with its artefacts corrected: a missed beat is put in the middle, an extra one taken out, ectopic, long
    and short intervals are replaced.

    They are replaced by a straight line between the nearest good intervals of their segment (chosen here: a cubic
    overshoots beside artefacts); at a segment's ends by the nearest good one. A segment without any good interval, and
    what is unjudged, stay as they are.

    Raises:
        ValueError: as :func:`lipponen_tarvainen_offline`.
    """
    rr = _series(rr_ms)
    kinds = lipponen_tarvainen_offline(rr, starts)
    parts: list[tuple[Floats, NDArray[np.intp], Flags]] = []
    fresh: list[Flags] = []
    for begin, end in _segments(rr.size, starts):
        values, source, changed = _mend(rr[begin:end], kinds[begin:end])
        parts.append((values, source + begin, changed))
        first = np.zeros(values.size, np.bool_)
        first[:1] = True
        fresh.append(first)
    if not parts:
        empty = np.zeros(0, np.bool_)
        return Corrected(np.zeros(0), empty, np.zeros(0, np.intp), empty, kinds)
    return Corrected(
        np.concatenate([values for values, _, _ in parts]),
        np.concatenate(fresh),
        np.concatenate([source for _, source, _ in parts]),
        np.concatenate([changed for _, _, changed in parts]),
        kinds,
    )


def _segments(n: int, starts: ArrayLike | None) -> list[tuple[int, int]]:
    """Begin and end (exclusive) of each segment."""
    if n == 0:
        return []
    begins = [0]
    if starts is not None:
        begins += [int(i) for i in np.flatnonzero(_starts(starts, n)) if i > 0]
    return list(zip(begins, [*begins[1:], n], strict=True))


def _judge(rr: Floats) -> NDArray[np.uint8]:
    """One segment."""
    n = rr.size
    if n < FEWEST_BEATS:
        return np.full(n, Artefact.UNJUDGED, np.uint8)
    difference = np.diff(rr, prepend=rr[0])
    difference = difference / _threshold(difference)
    median = _around(rr, MEDIAN_BEATS, _median)
    off = rr - median
    off = np.where(off < 0.0, 2.0 * off, off)
    limit = _threshold(off)
    off = off / limit
    kinds = np.zeros(n, np.uint8)
    # the next two differences of the last interval do not exist: 0
    ahead = np.concatenate((difference, np.zeros(3)))
    skip = -1
    for i in np.flatnonzero(np.abs(difference) > 1.0).tolist():
        if i == skip:
            continue
        d = ahead[i]
        before, after, later = (ahead[i - 1] if i else 0.0), ahead[i + 1], ahead[i + 2]
        if (d > 0.0 and max(before, after) < -SLOPE * d - OFFSET) or (
            d < 0.0 and min(before, after) > -SLOPE * d + OFFSET
        ):
            kinds[i] = Artefact.ECTOPIC
            continue
        long = d > 0.0 and min(after, later) < -1.0
        short = d < 0.0 and max(after, later) > 1.0
        if short and i + 1 < n and abs(rr[i] + rr[i + 1] - median[i]) < limit[i]:
            kinds[i], skip = Artefact.EXTRA, i + 1
        elif long and abs(rr[i] / 2.0 - median[i]) < limit[i]:
            kinds[i] = Artefact.MISSED
        elif long or short or abs(off[i]) > MEDIAN_LIMIT:
            kinds[i] = Artefact.LONG if off[i] > 0.0 else Artefact.SHORT
            # of a run of two the second differs little from the first: only the median shows it
            if i + 1 < n and abs(after) <= 1.0 and abs(after) < abs(later) and abs(off[i + 1]) > MEDIAN_LIMIT:
                kinds[i + 1] = Artefact.LONG if off[i + 1] > 0.0 else Artefact.SHORT
    return kinds


def _mend(rr: Floats, kinds: NDArray[np.uint8]) -> tuple[Floats, NDArray[np.intp], Flags]:
    """One segment: its corrected intervals, where they come from, which were changed."""
    values: list[float] = []
    source: list[int] = []
    state: list[int] = []
    kept, mended, open_ = 0, 1, 2
    i = 0
    while i < rr.size:
        kind = kinds[i]
        if kind == Artefact.EXTRA:
            values.append(float(rr[i] + rr[i + 1]))
            i += 1
            source.append(i)
            state.append(mended)
        elif kind == Artefact.MISSED:
            values += [float(rr[i]) / 2.0] * 2
            source += [i, i]
            state += [mended, mended]
        else:
            values.append(float(rr[i]))
            source.append(i)
            state.append(kept if kind in (Artefact.NONE, Artefact.UNJUDGED) else open_)
        i += 1
    result = np.array(values)
    states = np.array(state)
    bad = states == open_
    good = np.flatnonzero(~bad)
    if bad.any() and good.size:
        result[bad] = np.interp(np.flatnonzero(bad), good, result[good])
    return result, np.array(source, np.intp), states != kept


def _threshold(values: Floats) -> Floats:
    """5.2 quartile deviations of the magnitudes over the 91 beats around each."""
    return ALPHA * np.maximum(_around(np.abs(values), WINDOW_BEATS, _quartile_deviation), LEAST_DEVIATION_MS)


def _median(windows: NDArray[Any]) -> Floats:
    return np.median(windows, axis=-1)


def _quartile_deviation(windows: NDArray[Any]) -> Floats:
    low, high = np.percentile(windows, (25.0, 75.0), axis=-1)
    return (high - low) / 2.0


def _around(values: Floats, width: int, figure: Callable[[NDArray[Any]], Floats]) -> Floats:
    """``figure`` of the ``width`` values around each; of those that there are, at the ends."""
    n, half = values.size, width // 2
    result = np.empty(n)
    inner = range(half, n - half)
    for i in (i for i in range(n) if i not in inner):
        result[i] = figure(values[max(0, i - half) : i + half + 1][np.newaxis])[0]
    if len(inner):
        windows = np.lib.stride_tricks.sliding_window_view(values, width)
        for at in range(0, len(windows), _BLOCK):
            result[half + at : half + at + _BLOCK][: len(windows) - at] = figure(windows[at : at + _BLOCK])
    return result
