"""Heart rate and RMSSD as beats come in: a window for the gauges, sums for the step. Bounded memory."""

from __future__ import annotations

import math
from collections import deque
from struct import Struct
from typing import NamedTuple

from vr_runtime.measures.heart import beat_flag
from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

_F4 = Struct("<f")
_MOST_BEATS = 1024


class _Kept(NamedTuple):
    t_ns: int
    rr_ms: float
    flagged: bool
    difference: float | None
    """To the interval before it in the same segment."""
    gated: bool
    """Neither this interval nor the one before it is flagged."""


class HeartValue(NamedTuple):
    """A value with what it rests on. ``covered_s``: sum of the intervals; shares are 0 to 1."""

    value: float
    quality: float
    covered_s: float
    flagged_share: float
    t_on_ns: int
    t_off_ns: int
    enough: bool
    """The window is covered well enough for a marker."""


class HeartWindow:
    """Feed it every beat once, in order; ask at any time. Values are rounded to what the record can hold."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keep_ns = round(max(settings.rmssd_window_s, settings.heart_rate_window_s) * 1e9)
        self._kept: deque[_Kept] = deque(maxlen=_MOST_BEATS)
        self._rates: deque[tuple[int, float]] = deque(maxlen=_MOST_BEATS)
        self._previous: _Kept | None = None
        self.last_ns: int | None = None
        """Time of the last good beat."""
        self.begin_step()

    def begin_step(self) -> None:
        self._step_n = 0
        self._step_flagged = 0
        self._step_sum_ms = 0.0
        self._step_squares = 0.0
        self._step_differences = 0
        self._gated_squares = 0.0
        self._gated_differences = 0

    def add(self, beat: Beat) -> None:
        rr = beat.rr_ms
        if beat.flag == BeatFlag.CONTACT_LOST:
            self._previous = None
            return
        if rr is None or not math.isfinite(rr):
            self._previous = None
            if beat.bpm is not None and math.isfinite(beat.bpm) and beat.bpm > 0.0:
                self._rates.append((beat.t_ns, float(_F4.unpack(_F4.pack(beat.bpm))[0])))
                self._heard(beat.t_ns)
            return
        if beat.flag == BeatFlag.GAP:
            self._previous = None
            self._heard(beat.t_ns)
            return
        rr = float(_F4.unpack(_F4.pack(rr))[0])
        before = self._previous
        flag = beat_flag(rr, before.rr_ms if before else None)
        if BeatFlag.OUT_OF_RANGE in (flag, beat.flag):
            self._previous = None
            return
        flagged = BeatFlag.ECTOPIC in (flag, beat.flag)
        kept = _Kept(
            beat.t_ns,
            rr,
            flagged,
            rr - before.rr_ms if before else None,
            before is not None and not flagged and not before.flagged,
        )
        self._previous = kept
        self._kept.append(kept)
        self._count(kept)
        self._heard(beat.t_ns)

    def heart_rate(self, now_ns: int) -> HeartValue | None:
        """Mean rate over the seconds up to the last beat, 1/min; None where none is known or all is stale.

        From the RR intervals; where the sensor gives none, the mean of the rates that it tells (quality 0.5:
        how it came by them is not known).
        """
        end_ns = self._end(now_ns)
        if end_ns is None:
            return None
        window_s = self._settings.heart_rate_window_s
        start_ns = end_ns - round(window_s * 1e9)
        n = flagged = 0
        total_ms = 0.0
        for kept in reversed(self._kept):
            if kept.t_ns <= start_ns:
                break
            n += 1
            flagged += kept.flagged
            total_ms += kept.rr_ms
        if n >= 2:
            covered = total_ms / 1000.0
            share = flagged / n
            coverage = min(1.0, covered / window_s)
            return HeartValue(
                60_000.0 * n / total_ms,
                coverage * (1.0 - share),
                covered,
                share,
                start_ns,
                end_ns,
                coverage >= self._settings.coverage,
            )
        rates = [bpm for t_ns, bpm in self._rates if t_ns > start_ns]
        if not rates:
            return None
        return HeartValue(sum(rates) / len(rates), 0.5, 0.0, 0.0, start_ns, end_ns, len(rates) >= 2)

    def rmssd(self, now_ns: int) -> HeartValue | None:
        """RMSSD over the last minute, ms; None with too few intervals, too many flagged, or stale."""
        end_ns = self._end(now_ns)
        if end_ns is None:
            return None
        settings = self._settings
        start_ns = end_ns - round(settings.rmssd_window_s * 1e9)
        n = flagged = differences = 0
        total_ms = squares = 0.0
        for kept in reversed(self._kept):
            if kept.t_ns <= start_ns:
                break
            n += 1
            flagged += kept.flagged
            total_ms += kept.rr_ms
            if kept.difference is not None:
                differences += 1
                squares += kept.difference * kept.difference
        if not differences or total_ms < settings.rmssd_minimum_s * 1000.0:
            return None
        share = flagged / n
        if share > settings.flagged_limit:
            return None
        coverage = min(1.0, total_ms / 1000.0 / settings.rmssd_window_s)
        return HeartValue(
            math.sqrt(squares / differences),
            coverage * (1.0 - share / settings.flagged_limit),
            total_ms / 1000.0,
            share,
            start_ns,
            end_ns,
            coverage >= settings.coverage,
        )

    def step_values(self, t_on_ns: int, t_off_ns: int) -> tuple[tuple[str, HeartValue], ...]:
        """The step's heart rate and RMSSD under their marker names, as far as there are enough intervals."""
        if self._step_n < 2:
            return ()
        settings = self._settings
        covered = self._step_sum_ms / 1000.0
        share = self._step_flagged / self._step_n
        span = (t_off_ns - t_on_ns) / 1e9
        coverage = min(1.0, covered / span) if span > 0.0 else 0.0
        rate = 60_000.0 * self._step_n / self._step_sum_ms
        quality = coverage * (1.0 - share)
        found = [("step_heart_rate", HeartValue(rate, quality, covered, share, t_on_ns, t_off_ns, True))]
        if covered >= settings.rmssd_minimum_s:
            quality = coverage * max(0.0, 1.0 - share / settings.flagged_limit)
            for name, squares, n in (
                ("step_rmssd", self._step_squares, self._step_differences),
                ("step_rmssd_gated", self._gated_squares, self._gated_differences),
            ):
                if n:
                    value = math.sqrt(squares / n)
                    found.append((name, HeartValue(value, quality, covered, share, t_on_ns, t_off_ns, True)))
        return tuple(found)

    def _count(self, kept: _Kept) -> None:
        self._step_n += 1
        self._step_flagged += kept.flagged
        self._step_sum_ms += kept.rr_ms
        if kept.difference is None:
            return
        square = kept.difference * kept.difference
        self._step_squares += square
        self._step_differences += 1
        if kept.gated:
            self._gated_squares += square
            self._gated_differences += 1

    def _heard(self, t_ns: int) -> None:
        self.last_ns = t_ns
        before_ns = t_ns - self._keep_ns
        while self._kept and self._kept[0].t_ns <= before_ns:
            self._kept.popleft()
        while self._rates and self._rates[0][0] <= before_ns:
            self._rates.popleft()

    def _end(self, now_ns: int) -> int | None:
        """The windows end at the last beat, not now: a strap tells of its beats up to a second late."""
        if self.last_ns is None or now_ns - self.last_ns > self._settings.stale_s * 1e9:
            return None
        return self.last_ns
