"""Single moments of the heart: a rise, a drop, a burst of artefacts, lost contact, the answer to an onset.

Definitions: docs/measures.md. Everything here is fed beat by beat, by the beats' own times (``heart_markers``).
"""

from __future__ import annotations

from collections import deque

from vr_runtime.measures.found import Found
from vr_runtime.measures.heart_base import Rate, mean_rate
from vr_runtime.measures.heart_sums import PER_MS, Interval, Sums, Window
from vr_runtime.measures.settings import Settings


class Rise:
    """The rate stays above the baseline by more than 15 a minute for 5 s; armed anew below 10."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._for_ns = round(settings.heart_rise_s * 1e9)
        self._refractory_ns = round(settings.heart_rise_refractory_s * 1e9)
        self._armed = True
        self._since_ns: int | None = None
        self._highest = 0.0
        self._last_ns: int | None = None

    def take(self, rate: Rate | None, change: float | None, out: list[tuple[str, Found]]) -> None:
        """The rate over the last seconds and its change; None where there is none to be used."""
        if rate is None or change is None:
            self._since_ns = None
            return
        t_ns = rate.t_off_ns
        self._armed = self._armed or change < self._settings.heart_rise_end_bpm
        if change <= self._settings.heart_rise_bpm:
            self._since_ns = None
            return
        if self._since_ns is None:
            self._since_ns, self._highest = t_ns, change
        self._highest = max(self._highest, change)
        rested = self._last_ns is None or t_ns - self._last_ns >= self._refractory_ns
        if self._armed and rested and t_ns - self._since_ns >= self._for_ns:
            self._armed, self._last_ns = False, t_ns
            found = Found("heart_rise", self._since_ns, t_ns, self._highest, rate.quality, rate.more)
            out.append(("", found))


class Drop:
    """The rate falls by at least 15 a minute within 30 s."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._within_ns = round(settings.heart_drop_within_s * 1e9)
        self._refractory_ns = round(settings.heart_drop_refractory_s * 1e9)
        self._highest: deque[tuple[int, float]] = deque()
        """Falling: each is the highest of all that came after it."""
        self._last_ns: int | None = None

    def take(self, rate: Rate, out: list[tuple[str, Found]]) -> None:
        t_ns, bpm, highest = rate.t_off_ns, rate.bpm, self._highest
        while highest and highest[0][0] < t_ns - self._within_ns:
            highest.popleft()
        while highest and highest[-1][1] <= bpm:
            highest.pop()
        highest.append((t_ns, bpm))
        from_ns, top = highest[0]
        rested = self._last_ns is None or t_ns - self._last_ns >= self._refractory_ns
        if rested and top - bpm >= self._settings.heart_drop_bpm:
            self._last_ns = t_ns
            more = (*rate.more, ("from", top), ("to", bpm))
            out.append(("", Found("heart_drop", from_ns, t_ns, top - bpm, rate.quality, more)))
            highest.clear()
            highest.append((t_ns, bpm))


class Burst:
    """More than 20 % of the last 20 beats flagged, until less than 10 % are."""

    def __init__(self, settings: Settings) -> None:
        self._on, self._off = settings.artefact_on, settings.artefact_off
        self._last: deque[tuple[int, bool]] = deque(maxlen=max(1, round(settings.artefact_beats)))
        self._flagged = 0
        self._on_ns: int | None = None
        self._off_ns = 0
        self._seen = self._bad = 0

    def take(self, t_ns: int, flagged: bool, out: list[tuple[str, Found]]) -> None:
        last = self._last
        if len(last) == last.maxlen:
            self._flagged -= last[0][1]
        last.append((t_ns, flagged))
        self._flagged += flagged
        share = self._flagged / len(last)
        if self._on_ns is None:
            if len(last) == last.maxlen and share > self._on:
                bad = [at for at, (_, odd) in enumerate(last) if odd]
                self._on_ns, self._off_ns = last[bad[0]][0], last[bad[-1]][0]
                self._seen, self._bad = len(last) - bad[0], len(bad)
            return
        self._seen += 1
        if flagged:
            self._off_ns = t_ns
            self._bad += 1
        if share < self._off:
            self._tell(0.0, out)
            self._on_ns = None

    def cut(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """The step is over: tell of what was so far; the rest belongs to the next."""
        if self._on_ns is not None:
            self._tell(1.0, out)
            self._on_ns = max(self._on_ns, t_ns)

    def _tell(self, cut: float, out: list[tuple[str, Found]]) -> None:
        if self._on_ns is not None and self._bad:
            off_ns = max(self._on_ns, self._off_ns)
            more = (("beats", float(self._seen)), ("flagged", float(self._bad)), ("cut", cut))
            out.append(("", Found("artefact_burst", self._on_ns, off_ns, self._bad / self._seen, 1.0, more)))
        self._seen = self._bad = 0


class Lost:
    """No good beat for longer than 5 s, until there is one again."""

    def __init__(self, settings: Settings) -> None:
        self._stale_ns = round(settings.stale_s * 1e9)
        self._last_ns: int | None = None
        """The last good beat."""
        self._told_ns: int | None = None
        """A step ended meanwhile; so far it was told of."""

    def take(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """A good beat."""
        if self._last_ns is None or t_ns > self._last_ns:
            self._tell(t_ns, 0.0, out)
            self._last_ns, self._told_ns = t_ns, None

    def cut(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        if self._last_ns is not None and self._tell(t_ns, 1.0, out):
            self._told_ns = t_ns

    def _tell(self, t_ns: int, censored: float, out: list[tuple[str, Found]]) -> bool:
        last_ns = self._last_ns
        if last_ns is None or t_ns - last_ns <= self._stale_ns:
            return False
        on_ns = last_ns if self._told_ns is None else self._told_ns
        if t_ns <= on_ns:
            return False
        seconds = (t_ns - on_ns) / 1e9
        out.append(("", Found("heart_lost", on_ns, t_ns, seconds, 1.0, (("censored", censored),))))
        return True


class Orienting:
    """The lowest momentary rate within 5 s after an onset, against the mean of the 5 s before it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._length_ns = round(settings.orienting_s * 1e9)
        self._recent = Window(2.0 * settings.orienting_s)
        self._onset_ns: int | None = None

    def onset(self, t_ns: int) -> None:
        """An onset before the last one was decided takes its place."""
        self._onset_ns = t_ns

    def forget(self) -> None:
        self._onset_ns = None

    def before(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """All that ended before ``t_ns`` has been taken."""
        onset_ns = self._onset_ns
        if onset_ns is None or t_ns <= onset_ns + self._length_ns:
            return
        self._onset_ns = None
        until_ns = onset_ns + self._length_ns
        early, late = Sums(), Sums()
        lowest: Interval | None = None
        for interval in self._recent.intervals:
            if onset_ns - self._length_ns < interval.t_ns <= onset_ns:
                early.add(interval)
            elif onset_ns < interval.t_ns <= until_ns:
                late.add(interval)
                if not interval.flagged and (lowest is None or interval.rr > lowest.rr):
                    lowest = interval
        before = mean_rate(early, onset_ns - self._length_ns, onset_ns, self._settings)
        after = mean_rate(late, onset_ns, until_ns, self._settings)
        if before is None or after is None or lowest is None:
            return
        low = 60_000 * PER_MS / lowest.rr
        more = (("before", before.bpm), ("lowest", low), ("valid", min(before.valid, after.valid)))
        quality = min(before.quality, after.quality)
        out.append(("", Found("orienting_drop", onset_ns, lowest.t_ns, before.bpm - low, quality, more)))

    def take(self, interval: Interval) -> None:
        self._recent.push(interval)
