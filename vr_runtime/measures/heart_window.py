"""Heart rate and its variability as beats come in: windows for the gauges, sums for the step.

Bounded memory, and a cost that does not grow: see ``heart_sums``. Fed with what ``beats.BeatGate`` admits.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from vr_runtime.measures.heart_sums import Intervals, Sums, Window
from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

_MOST_RATES = 256


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
    valid: float = 1.0
    """1: covered and clean; 0.5: with caution; 0: too many flagged or too little covered (:func:`validity`)."""


def validity(coverage: float, flagged_share: float, settings: Settings) -> float:
    """1 from 80 % coverage on with at most 5 % flagged, 0.5 up to 20 % flagged, else 0."""
    if coverage < settings.coverage or flagged_share > settings.flagged_limit:
        return 0.0
    return 1.0 if flagged_share <= settings.flagged_warn else 0.5


class HeartWindow:
    """Feed it every beat once, in order; ask at any time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._intervals = Intervals()
        self._short = Window(settings.heart_rate_window_s)
        self._minute = Window(settings.rmssd_window_s)
        self._long = Window(settings.sdnn_window_s)
        self._windows = (self._short, self._minute, self._long)
        self._rates: deque[tuple[int, float]] = deque(maxlen=_MOST_RATES)
        self.last_ns: int | None = None
        """Time of the last good beat."""
        self.begin_step()

    def begin_step(self) -> None:
        self._step = Sums()

    def add(self, beat: Beat) -> None:
        interval = self._intervals.take(beat)
        if interval is not None:
            for window in self._windows:
                window.push(interval)
            self._step.add(interval)
        elif beat.flag == BeatFlag.CONTACT_LOST:
            return
        elif beat.flag != BeatFlag.GAP:
            if beat.rr_ms is not None or beat.bpm is None:
                return  # no interval between two beats
            self._rates.append((beat.t_ns, beat.bpm))
        self._heard(beat.t_ns)

    def heart_rate(self, now_ns: int) -> HeartValue | None:
        """Mean rate over the seconds up to the last beat, 1/min; None where none is known or all is stale.

        From the RR intervals; where the sensor gives none, the mean of the rates that it tells (quality 0.5:
        how it came by them is not known).
        """
        end_ns = self._end(now_ns)
        if end_ns is None:
            return None
        window = self._short
        start_ns = end_ns - window.length_ns
        if window.n >= 2:
            return self._value(window, window.rate, 1.0 - window.flagged_share, end_ns)
        rates = [bpm for t_ns, bpm in self._rates if t_ns > start_ns]
        if not rates:
            return None
        value = sum(rates) / len(rates)
        return HeartValue(value, 0.5, 0.0, 0.0, start_ns, end_ns, len(rates) >= 2, 0.5)

    def rmssd(self, now_ns: int) -> HeartValue | None:
        """RMSSD over the last minute, ms; None with too few intervals, too many flagged, or stale."""
        return self._variability(self._minute, self._minute.rmssd, self._settings.rmssd_minimum_s, now_ns)

    def pnn50(self, now_ns: int) -> HeartValue | None:
        """pNN50 over the last minute, %; None with less than 80 % of it, too many flagged, or stale."""
        least_s = self._settings.coverage * self._settings.rmssd_window_s
        return self._variability(self._minute, self._minute.pnn50, least_s, now_ns)

    def sdnn(self, now_ns: int) -> HeartValue | None:
        """SDNN over the last four minutes, ms; None with too few intervals, too many flagged, or stale."""
        return self._variability(self._long, self._long.sdnn, self._settings.sdnn_minimum_s, now_ns)

    def step_values(self, t_on_ns: int, t_off_ns: int) -> tuple[tuple[str, HeartValue], ...]:
        """The step's heart rate and its variability under their marker names, as far as there are enough intervals."""
        settings, step = self._settings, self._step
        if step.n < 2:
            return ()
        covered, share = step.covered_s, step.flagged_share
        span = (t_off_ns - t_on_ns) / 1e9
        coverage = min(1.0, covered / span) if span > 0.0 else 0.0
        valid = validity(coverage, share, settings)

        def value(figure: float, clean: float) -> HeartValue:
            return HeartValue(figure, coverage * clean, covered, share, t_on_ns, t_off_ns, True, valid)

        found = [("step_heart_rate", value(step.rate, 1.0 - share))]
        clean = max(0.0, 1.0 - share / settings.flagged_limit)
        if covered >= settings.rmssd_minimum_s:
            if step.differences:
                found.append(("step_rmssd", value(step.rmssd, clean)))
            if step.gated_differences:
                found.append(("step_rmssd_gated", value(step.gated_rmssd, clean)))
        if covered >= settings.rmssd_window_s and step.differences:
            found.append(("step_pnn50", value(step.pnn50, clean)))
        if covered >= settings.sdnn_minimum_s:
            found.append(("step_sdnn", value(step.sdnn, clean)))
        return tuple(found)

    def _variability(self, window: Window, figure: float, least_s: float, now_ns: int) -> HeartValue | None:
        end_ns = self._end(now_ns)
        if end_ns is None or not window.differences or window.covered_s < least_s:
            return None
        share, limit = window.flagged_share, self._settings.flagged_limit
        return None if share > limit else self._value(window, figure, 1.0 - share / limit, end_ns)

    def _value(self, window: Window, figure: float, clean: float, end_ns: int) -> HeartValue:
        settings, coverage = self._settings, window.coverage
        return HeartValue(
            figure,
            coverage * clean,
            window.covered_s,
            window.flagged_share,
            end_ns - window.length_ns,
            end_ns,
            coverage >= settings.coverage,
            validity(coverage, window.flagged_share, settings),
        )

    def _heard(self, t_ns: int) -> None:
        if self.last_ns is not None and t_ns <= self.last_ns:
            return
        self.last_ns = t_ns
        for window in self._windows:
            window.advance(t_ns)
        before_ns = t_ns - self._short.length_ns
        while self._rates and self._rates[0][0] <= before_ns:
            self._rates.popleft()

    def _end(self, now_ns: int) -> int | None:
        """The windows end at the last beat, not now: a strap tells of its beats up to a second late."""
        if self.last_ns is None or now_ns - self.last_ns > self._settings.stale_s * 1e9:
            return None
        return self.last_ns
