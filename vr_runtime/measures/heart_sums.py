"""Running sums of RR intervals in whole numbers: exact, so that a window's figures never drift from its beats.

An interval between 300 and 2000 ms in 32-bit floats is a whole number of 2^-15 ms. Sums and sums of squares of such
numbers are exact in Python, whatever the order in which intervals come and go; each figure is rounded once.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from vr_runtime.measures.heart import beat_flag
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

PER_MS = 2**15
_MINUTE = 60_000 * PER_MS
_NN50 = 50 * PER_MS
MOST_BEATS = 2048
"""More than any window can hold of true beats: 4 minutes of the shortest intervals are 800."""


class Interval(NamedTuple):
    """An RR interval within range. Lengths in units of 2^-15 ms."""

    t_ns: int
    """Of the beat that ended it."""
    rr: int
    flagged: bool
    difference: int | None
    """To the interval before it in the same segment."""
    gated: bool
    """Neither this interval nor the one before it is flagged."""


class Intervals:
    """From beats to intervals: segments and flags (docs/measures.md). Feed it every admitted beat once, in order."""

    def __init__(self) -> None:
        self._before: Interval | None = None

    def take(self, beat: Beat) -> Interval | None:
        """The interval that ended with ``beat``; None where it has none that enters a figure."""
        before, rr = self._before, beat.rr_ms
        self._before = None
        if rr is None or beat.flag in (BeatFlag.CONTACT_LOST, BeatFlag.GAP):
            return None
        flag = beat_flag(rr, before.rr / PER_MS if before else None)
        if BeatFlag.OUT_OF_RANGE in (flag, beat.flag):
            return None
        flagged = BeatFlag.ECTOPIC in (flag, beat.flag)
        length = int(rr * PER_MS)
        difference = length - before.rr if before else None
        gated = before is not None and not flagged and not before.flagged
        self._before = Interval(beat.t_ns, length, flagged, difference, gated)
        return self._before


class Sums:
    """Of a set of intervals, which may come and go. Figures in ms, 1/min and %; NaN where there are too few."""

    __slots__ = ("_gated_squares", "_length", "_nn50", "_square_differences", "_squares", "differences",
                 "flagged", "gated_differences", "n")  # fmt: skip

    def __init__(self) -> None:
        self.n = 0
        self.flagged = 0
        self.differences = 0
        self.gated_differences = 0
        self._length = 0
        self._squares = 0
        self._square_differences = 0
        self._gated_squares = 0
        self._nn50 = 0

    def add(self, interval: Interval) -> None:
        self._count(interval, 1)

    def take_off(self, interval: Interval) -> None:
        """One that was added before."""
        self._count(interval, -1)

    @property
    def covered_s(self) -> float:
        """Sum of the intervals."""
        return self._length / (1000 * PER_MS)

    @property
    def flagged_share(self) -> float:
        return self.flagged / self.n if self.n else 0.0

    @property
    def rate(self) -> float:
        """60000 / mean NN."""
        return _MINUTE * self.n / self._length if self.n else math.nan

    @property
    def sdnn(self) -> float:
        """n - 1 in the denominator."""
        n = self.n
        if n < 2:
            return math.nan
        return math.sqrt((n * self._squares - self._length * self._length) / (n * (n - 1))) / PER_MS

    @property
    def rmssd(self) -> float:
        return _root_mean(self._square_differences, self.differences)

    @property
    def gated_rmssd(self) -> float:
        return _root_mean(self._gated_squares, self.gated_differences)

    @property
    def pnn50(self) -> float:
        """Of the number of differences."""
        return 100 * self._nn50 / self.differences if self.differences else math.nan

    def _count(self, interval: Interval, by: int) -> None:
        rr, difference = interval.rr, interval.difference
        self.n += by
        self.flagged += by * interval.flagged
        self._length += by * rr
        self._squares += by * rr * rr
        if difference is None:
            return
        square = by * difference * difference
        self.differences += by
        self._square_differences += square
        self._nn50 += by * (abs(difference) > _NN50)
        if interval.gated:
            self.gated_differences += by
            self._gated_squares += square


class Window(Sums):
    """The intervals that ended in the last ``seconds``. What a beat costs does not grow with the window."""

    __slots__ = ("_kept", "length_ns", "seconds")

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.length_ns = round(seconds * 1e9)
        self._kept: deque[Interval] = deque()

    def push(self, interval: Interval) -> None:
        """The newest; times rise."""
        self._kept.append(interval)
        self.add(interval)
        self.advance(interval.t_ns)
        if len(self._kept) > MOST_BEATS:
            self.take_off(self._kept.popleft())

    def advance(self, end_ns: int) -> None:
        """The window ends here now: it holds what ended after ``end_ns - length`` and no later than ``end_ns``."""
        kept, before_ns = self._kept, end_ns - self.length_ns
        while kept and kept[0].t_ns <= before_ns:
            self.take_off(kept.popleft())

    def clear(self) -> None:
        while self._kept:
            self.take_off(self._kept.popleft())

    @property
    def intervals(self) -> tuple[Interval, ...]:
        return tuple(self._kept)

    @property
    def coverage(self) -> float:
        return min(1.0, self.covered_s / self.seconds)


def _root_mean(squares: int, n: int) -> float:
    return math.sqrt(squares / n) / PER_MS if n else math.nan
