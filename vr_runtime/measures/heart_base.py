"""The heart against its baseline: the baseline itself, windows of 10 s, slots of a step, recovery.

Definitions: docs/measures.md. Everything here is fed beat by beat, by the beats' own times (``heart_markers``).
"""

from __future__ import annotations

import math
from collections import deque
from statistics import stdev
from typing import NamedTuple

from vr_runtime.measures.found import Found
from vr_runtime.measures.heart_sums import Interval, Sums, Window
from vr_runtime.measures.heart_window import validity
from vr_runtime.measures.settings import Settings

NOT_EVER = -(2**62)


class Rate(NamedTuple):
    """A mean rate with what it rests on. Only made of what is covered well enough and not too much flagged."""

    t_on_ns: int
    t_off_ns: int
    bpm: float
    covered_s: float
    flagged_share: float
    quality: float
    valid: float
    """1 or 0.5, as ``heart_window.validity`` says."""

    @property
    def more(self) -> tuple[tuple[str, float], ...]:
        return (
            ("covered_s", self.covered_s),
            ("flagged_share", self.flagged_share),
            ("valid", self.valid),
        )


def mean_rate(sums: Sums, t_on_ns: int, t_off_ns: int, settings: Settings) -> Rate | None:
    """Of the intervals in ``sums``, which ended in this span; None where it is not to be used."""
    seconds = (t_off_ns - t_on_ns) / 1e9
    if not sums.n or seconds <= 0.0:
        return None
    coverage = min(1.0, sums.covered_s / seconds)
    share = sums.flagged_share
    valid = validity(coverage, share, settings)
    if not valid:
        return None
    return Rate(t_on_ns, t_off_ns, sums.rate, sums.covered_s, share, coverage * (1.0 - share), valid)


def window_rate(window: Window, end_ns: int, settings: Settings) -> Rate | None:
    return mean_rate(window, end_ns - window.length_ns, end_ns, settings)


class Base(NamedTuple):
    """The baseline: mean and standard deviation (n - 1) of mean rates over 10 s, 1/min."""

    bpm: float
    sd: float
    """0 with a single window."""

    def change(self, rate: Rate) -> float:
        return rate.bpm - self.bpm

    def percent(self, change: float) -> float:
        return 100.0 * change / self.bpm

    def z(self, change: float, settings: Settings) -> float | None:
        """None where the baseline hardly varied: a rate that stands still is no measure of what is much."""
        return change / self.sd if self.sd >= settings.heart_sd_floor_bpm else None


class Bins:
    """Mean rates over windows of 10 s that follow one another, counted from the opening of the record."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._length_ns = round(settings.heart_rate_window_s * 1e9)
        self._number = NOT_EVER
        self._sums = Sums()

    def take(self, interval: Interval) -> Rate | None:
        """The window that this interval closes, where it is to be used."""
        closed = self.close(interval.t_ns)
        self._number = interval.t_ns // self._length_ns
        self._sums.add(interval)
        return closed

    def close(self, until_ns: int) -> Rate | None:
        """The window under way, if it is over by then and is to be used."""
        end_ns = (self._number + 1) * self._length_ns
        if self._number == NOT_EVER or end_ns > until_ns:
            return None
        rate = mean_rate(self._sums, end_ns - self._length_ns, end_ns, self._settings)
        self._number, self._sums = NOT_EVER, Sums()
        return rate


class Baseline:
    """Collects windows of the neutral room until the first step or the first stimulus; then it is what it is for the
    whole session. The set-up before, and a safe place in between, are left out."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: deque[Rate] = deque(
            maxlen=max(1, int(settings.heart_base_s / settings.heart_rate_window_s))
        )
        self._since_ns: int | None = None
        """Since when the session has been in the neutral room; None: it is not there."""
        self._stays: list[tuple[int, int]] = []
        """When it was there before: begin and end."""
        self.open = True
        self.base: Base | None = None

    def rest(self, t_ns: int, on: bool) -> None:
        """From ``t_ns`` on the session is in the neutral room, or not."""
        if on and self._since_ns is None:
            self._since_ns = t_ns
        elif not on and self._since_ns is not None:
            self._stays.append((self._since_ns, t_ns))
            self._since_ns = None

    def add(self, rate: Rate) -> None:
        """A window that is over; one that lies in the neutral room with all of its time is kept."""
        if self._since_ns is not None and rate.t_on_ns >= self._since_ns:
            self._kept.append(rate)

    def close(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """At ``t_ns`` the exposure begins."""
        self.open = False
        settings = self._settings
        from_ns = self._last_of(round(settings.heart_base_s * 1e9), t_ns)
        kept = [rate for rate in self._kept if rate.t_on_ns >= from_ns]
        covered = sum(rate.covered_s for rate in kept)
        if not kept or covered < settings.heart_base_minimum_s:
            return
        rates = [rate.bpm for rate in kept]
        base = Base(math.fsum(rates) / len(rates), stdev(rates) if len(rates) > 1 else 0.0)
        self.base = base
        share = math.fsum(rate.flagged_share * rate.covered_s for rate in kept) / covered
        coverage = min(1.0, covered / settings.heart_base_s)
        more = (
            ("sd", base.sd),
            ("windows", float(len(kept))),
            ("covered_s", covered),
            ("flagged_share", share),
            ("valid", 1.0 if share <= settings.flagged_warn else 0.5),
        )
        begin_ns, end_ns = kept[0].t_on_ns, kept[-1].t_off_ns
        out.append(("", Found("heart_baseline", begin_ns, end_ns, base.bpm, coverage * (1.0 - share), more)))

    def _last_of(self, length_ns: int, t_ns: int) -> int:
        """Since when the session has been in the neutral room for so long, all its stays up to ``t_ns`` together."""
        stays = self._stays if self._since_ns is None else [*self._stays, (self._since_ns, t_ns)]
        for begin_ns, end_ns in reversed(stays):
            if end_ns - begin_ns >= length_ns:
                return end_ns - length_ns
            length_ns -= end_ns - begin_ns
        return NOT_EVER


def changes(rate: Rate, base: Base, settings: Settings, out: list[tuple[str, Found]]) -> None:
    """The markers of one window of 10 s against the baseline."""
    change = base.change(rate)
    more = (*rate.more, ("baseline", base.bpm), ("baseline_sd", base.sd))
    for name, value in (
        ("heart_change", change),
        ("heart_change_pct", base.percent(change)),
        ("heart_change_z", base.z(change, settings)),
    ):
        if value is not None:
            out.append(("", Found(name, rate.t_on_ns, rate.t_off_ns, value, rate.quality, more)))


class Slots:
    """First 30 s, peak and last 30 s of a step, of the time in which a stimulus was shown."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slot_ns = round(settings.heart_slot_s * 1e9)
        self.begin_step(NOT_EVER)

    def begin_step(self, from_ns: int) -> None:
        """Forget the step before. What happened until ``from_ns`` belongs to it, however late it comes."""
        self._from_ns = from_ns
        self._onset_ns: int | None = None
        self._first = Sums()
        self._last = Window(self._settings.heart_slot_s)
        self._ten = Window(self._settings.heart_rate_window_s)
        self._last_ns = from_ns
        self._peak: Rate | None = None

    def shown(self, t_ns: int) -> None:
        if self._onset_ns is None and t_ns >= self._from_ns:
            self._onset_ns = t_ns

    def take(self, interval: Interval) -> Rate | None:
        """An interval that ended while a stimulus was shown; the mean rate of the 10 s up to it, if they were so."""
        onset_ns = self._onset_ns
        t_ns = interval.t_ns
        if onset_ns is None or t_ns <= onset_ns:
            return None
        if t_ns <= onset_ns + self._slot_ns:
            self._first.add(interval)
        self._last.push(interval)
        self._ten.push(interval)
        self._last_ns = t_ns
        if t_ns - self._ten.length_ns < onset_ns:
            return None
        rate = window_rate(self._ten, t_ns, self._settings)
        if rate is not None and (self._peak is None or rate.bpm > self._peak.bpm):
            self._peak = rate
        return rate

    def summary(self, until_ns: int, base: Base | None, out: list[tuple[str, Found]]) -> None:
        """``until_ns``: so far all beats have been taken."""
        onset_ns, settings = self._onset_ns, self._settings
        if base is None or onset_ns is None:
            return
        first = last = None
        if until_ns - onset_ns >= self._slot_ns:
            first = mean_rate(self._first, onset_ns, onset_ns + self._slot_ns, settings)
            last = window_rate(self._last, self._last_ns, settings)
        for name, rate in (("heart_first30", first), ("heart_peak", self._peak), ("heart_last30", last)):
            if rate is None:
                continue
            change = base.change(rate)
            z = base.z(change, settings)
            more = (*rate.more, ("rate", rate.bpm), ("baseline", base.bpm), ("percent", base.percent(change)))
            more += () if z is None else (("z", z),)
            out.append(("", Found(name, rate.t_on_ns, rate.t_off_ns, change, rate.quality, more)))
        if (peak := self._peak) is not None:
            change = base.change(peak)
            held = 1.0 if change > settings.heart_rise_bpm else 0.0
            more = (*peak.more, ("peak", change))
            out.append(("", Found("took_hold", onset_ns, self._last_ns, held, peak.quality, more)))


class Recovery:
    """After the exposure: how far the rate has come down within a minute, and how long half the way took."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._minute_ns = round(settings.recovery_s * 1e9)
        self._limit_ns = round(settings.half_recovery_limit_s * 1e9)
        self._ten = Window(settings.heart_rate_window_s)
        self._peak: float | None = None
        """Highest change of a mean rate over 10 s since the exposure began."""
        self._end_ns: int | None = None
        self._end: Rate | None = None
        self._half_ns: int | None = None
        self._told_minute = self._told_half = False

    def exposed(self, change: float) -> None:
        """The change against the baseline over 10 s of exposure."""
        self._peak = change if self._peak is None else max(self._peak, change)

    def begin(self, t_ns: int) -> None:
        """The last stimulus has gone."""
        if self._end_ns is None:
            self._end_ns = t_ns
            self._ten.advance(t_ns)
            self._end = window_rate(self._ten, t_ns, self._settings)
            self._half_ns, self._told_minute, self._told_half = None, False, False

    def stop(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """A stimulus is shown again, or the session ends. What was shorter than a minute was but a pause."""
        end_ns = self._end_ns
        if end_ns is None:
            return
        if t_ns - end_ns >= self._minute_ns:
            self._minute(end_ns, out)
            self._half(end_ns, t_ns, out)
            self._peak = None
        self._end_ns = None

    def before(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """All that ended before ``t_ns`` has been taken, and a beat at ``t_ns`` comes next."""
        end_ns = self._end_ns
        if end_ns is None or t_ns - end_ns <= self._minute_ns:
            return
        self._minute(end_ns, out)
        if self._half_ns is not None or t_ns - end_ns >= self._limit_ns:
            self._half(end_ns, min(t_ns, end_ns + self._limit_ns), out)

    def take(self, interval: Interval, change: float | None) -> None:
        """``change``: of the mean rate over the last seconds against the baseline; None where there is none."""
        self._ten.push(interval)
        if self._end_ns is None or self._half_ns is not None or change is None or self._peak is None:
            return
        if change <= 0.5 * self._peak:
            self._half_ns = interval.t_ns

    def _minute(self, end_ns: int, out: list[tuple[str, Found]]) -> None:
        if self._told_minute:
            return
        self._told_minute = True
        then_ns = end_ns + self._minute_ns
        self._ten.advance(then_ns)
        then, end = window_rate(self._ten, then_ns, self._settings), self._end
        if then is None or end is None:
            return
        more = (("end", end.bpm), ("then", then.bpm), ("valid", min(end.valid, then.valid)))
        quality = min(end.quality, then.quality)
        out.append(("", Found("heart_recovery60", end_ns, then_ns, end.bpm - then.bpm, quality, more)))

    def _half(self, end_ns: int, until_ns: int, out: list[tuple[str, Found]]) -> None:
        peak, end = self._peak, self._end
        if self._told_half or peak is None or end is None:
            return
        self._told_half = True
        if peak < self._settings.heart_rise_end_bpm:
            return
        censored = self._half_ns is None
        at_ns = until_ns if self._half_ns is None else self._half_ns
        more = (("censored", float(censored)), ("peak", peak), ("valid", end.valid))
        seconds = (at_ns - end_ns) / 1e9
        out.append(("", Found("heart_half_recovery", end_ns, at_ns, seconds, end.quality, more)))
