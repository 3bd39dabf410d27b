"""Heart measures of spans of a finished record (a phase, a step), as heard and after correction. Offline only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vr_runtime.measures.artefacts import Artefact, correct_offline, count_kinds, malik, out_of_range
from vr_runtime.measures.heart import rr_measures
from vr_runtime.measures.rr_report import UNITS, Rated, rated
from vr_runtime.measures.series import LONGEST_MS
from vr_runtime.measures.spectrum import rr_spectrum
from vr_runtime.protocol.streams import BeatFlag

COVERAGE = 0.8
"""Less of a span's time in intervals is labelled ``low_coverage``."""

Piece = tuple[int, int]
"""Begin and end on the runtime's clock, ns: a beat belongs to it that came after the begin and not after the end."""


class HeartSeries(NamedTuple):
    """RR intervals of a record, each at the beat that ended it (shapes (n,))."""

    t_ns: NDArray[np.int64]
    rr_ms: NDArray[np.float64]
    starts: NDArray[np.bool_]
    """Begins a new segment: contact was lost before it, a gap lay there, or time went back."""
    bad: NDArray[np.bool_]
    """An artefact: out of range, or after Lipponen and Tarvainen (Malik where they do not judge); or, in a corrected
    series, not as it was heard."""

    @classmethod
    def of_beats(cls, heart: NDArray[Any]) -> HeartSeries:
        """As heard, from the rows of the stream ``heart``. An interval that is none, and that of a gap, is left out."""
        t_ns: list[int] = []
        rr_ms: list[float] = []
        starts: list[bool] = []
        fresh = True
        rows = zip(heart["t_ns"].tolist(), heart["rr_ms"].tolist(), heart["flag"].tolist(), strict=True)
        for at_ns, rr, flag in rows:
            usable = math.isfinite(rr) and 0.0 < rr <= LONGEST_MS
            if not usable or flag in (BeatFlag.CONTACT_LOST, BeatFlag.GAP):
                fresh = True
                continue
            t_ns.append(at_ns)
            rr_ms.append(rr)
            starts.append(fresh or (len(t_ns) > 1 and at_ns <= t_ns[-2]))
            fresh = False
        return cls(
            np.array(t_ns, np.int64),
            np.array(rr_ms, np.float64),
            np.array(starts, np.bool_),
            np.zeros(len(t_ns), np.bool_),
        )

    def judged(self) -> tuple[HeartSeries, HeartSeries, dict[str, int]]:
        """As heard, with its artefacts marked; after correction; and how many artefacts of each class.

        What is out of range is no interval: it is left out of both, after it was counted, and a new segment begins.
        """
        corrected = correct_offline(self.rr_ms, self.starts)
        kinds = corrected.kinds
        none, gated = out_of_range(self.rr_ms), malik(self.rr_ms, self.starts)
        bad = (kinds != Artefact.NONE) & (kinds != Artefact.UNJUDGED) | (gated & (kinds == Artefact.UNJUDGED))
        heard = self._replace(bad=bad | none)._without(none)
        mended = HeartSeries(
            self.t_ns[corrected.source], corrected.rr_ms, corrected.starts, corrected.changed
        )
        return heard, mended._without(out_of_range(mended.rr_ms)), count_kinds(kinds)

    def within(self, pieces: Iterable[Piece]) -> HeartSeries:
        """What belongs to these pieces; no difference is taken from one to the next."""
        inside = np.zeros(self.t_ns.size, np.bool_)
        for begin, end in pieces:
            inside |= (self.t_ns > begin) & (self.t_ns <= end)
        return self._without(~inside)

    def in_order(self) -> HeartSeries:
        """By time, whatever order the beats were heard of in."""
        order = np.argsort(self.t_ns, kind="stable")
        return HeartSeries(self.t_ns[order], self.rr_ms[order], self.starts[order], self.bad[order])

    def longest(self) -> NDArray[np.float64]:
        """The intervals of the longest uninterrupted segment, ms."""
        begins = [*np.flatnonzero(self.starts).tolist(), self.rr_ms.size]
        runs = [self.rr_ms[a:b] for a, b in zip(begins, begins[1:], strict=False)]
        return max(runs, key=lambda run: float(run.sum()), default=self.rr_ms)

    def _without(self, left_out: NDArray[np.bool_]) -> HeartSeries:
        after = np.zeros(left_out.size, np.bool_)
        after[1:] = left_out[:-1]
        keep = ~left_out
        starts = (self.starts | after)[keep]
        starts[:1] = True
        return HeartSeries(self.t_ns[keep], self.rr_ms[keep], starts, self.bad[keep])


class SpanMeasures(NamedTuple):
    """Of one span. ``measures`` has the keys of ``rr_report.UNITS``; ``coverage`` is the share of the span's time that
    its intervals fill, 0 to 1."""

    measures: dict[str, Rated]
    intervals: int
    seconds: float
    coverage: float
    artefact_share: float


def span_measures(series: HeartSeries, pieces: Sequence[Piece]) -> SpanMeasures:
    """Heart measures of the beats in these pieces. LF and HF are of the longest segment without a break; their minimum
    lengths are asked of it. Quality as in a report, times the coverage."""
    part = series.within(pieces)
    rr = part.rr_ms
    seconds = float(rr.sum()) / 1000.0
    span_s = sum(max(0, end - begin) for begin, end in pieces) / 1e9
    coverage = min(1.0, seconds / span_s) if span_s > 0.0 else 0.0
    share = float(np.count_nonzero(part.bad)) / rr.size if rr.size else 0.0
    plain, longest = rr_measures(rr, part.starts), part.longest()
    spectrum = rr_spectrum(longest)
    found = {**plain._asdict(), **spectrum._asdict()}
    measures: dict[str, Rated] = {}
    for name in UNITS:
        value = found[name]
        if value is None or not math.isfinite(value):
            why = spectrum.why.get(name) or ("one_interval" if rr.size else "no_intervals")
            measures[name] = Rated(None, 0.0, (why,))
            continue
        length_s = float(longest.sum()) / 1000.0 if name in ("lf", "hf", "lf_hf") else seconds
        one = rated(name, value, length_s, share, int(rr.size))
        low = ("low_coverage",) if coverage < COVERAGE else ()
        measures[name] = Rated(value, round(one.quality * coverage, 4), (*one.labels, *low))
    return SpanMeasures(measures, int(rr.size), seconds, coverage, share)
