"""Markers of the heart: against a baseline, at single moments, after the exposure. None of them moves a scene.

Beats are heard of late and out of packets, so nothing here looks at when they were heard of: beats and onsets are
put into the order of their own times and looked at when they are ``heart_late_s`` old. The same beats give the same
markers at any rate of frames, and whether a strap speaks once a second or once a beat. Definitions: docs/measures.md.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from vr_runtime.measures.found import Found
from vr_runtime.measures.heart_base import Baseline, Bins, Recovery, Slots, changes, window_rate
from vr_runtime.measures.heart_moments import Burst, Drop, Lost, Orienting, Rise
from vr_runtime.measures.heart_sums import Intervals, Window
from vr_runtime.measures.moment import Moment
from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

_MOST_WAITING = 1024


class _Turned(NamedTuple):
    """From this moment on."""

    t_ns: int
    shown: bool
    step: int
    resting: bool


class HeartMarkers:
    """A ``moment.Measure``. Its beats have passed ``beats.BeatGate``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._late_ns = round(settings.heart_late_s * 1e9)
        self._waiting: deque[Beat] = deque(maxlen=_MOST_WAITING)
        self._turns: deque[_Turned] = deque(maxlen=_MOST_WAITING)
        self._seen: tuple[bool, int, bool] | None = None
        """What the last frame showed; None: to be told anew."""
        self._step_from_ns = 0
        # ---- as it was ``heart_late_s`` ago
        self._shown = False
        self._step = 0
        self._intervals = Intervals()
        self._now = Window(settings.heart_now_s)
        self._bins = Bins(settings)
        self._baseline = Baseline(settings)
        self._since_ns = 0
        """Begin of the first exposure."""
        self._slots = Slots(settings)
        self._recovery = Recovery(settings)
        self._rise = Rise(settings)
        self._drop = Drop(settings)
        self._burst = Burst(settings)
        self._lost = Lost(settings)
        self._orienting = Orienting(settings)

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        if moment.beats:
            self._waiting.extend(moment.beats)
        seen = (moment.exposed, moment.step, moment.resting)
        if seen != self._seen:
            self._seen = seen
            self._turns.append(_Turned(moment.t_ns, *seen))
        self._advance(moment.t_ns - self._late_ns, out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        until_ns = t_off_ns - self._late_ns
        self._advance(until_ns, out)
        self._slots.summary(until_ns, self._baseline.base, out)
        self._burst.cut(until_ns, out)
        self._lost.cut(until_ns, out)
        self._step_from_ns = t_off_ns

    def begin_step(self) -> None:
        self._slots.begin_step(self._step_from_ns)
        self._orienting.forget()
        self._seen = None

    def leave_scene(self) -> None:
        pass

    def finish(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """The session is over."""
        self._advance(t_ns - self._late_ns, out)
        self._recovery.stop(t_ns - self._late_ns, out)

    def _advance(self, until_ns: int, out: list[tuple[str, Found]]) -> None:
        waiting, turns = self._waiting, self._turns
        while True:
            turn_ns = turns[0].t_ns if turns else until_ns + 1
            if waiting and waiting[0].t_ns <= min(turn_ns, until_ns):
                self._beat(waiting.popleft(), out)
            elif turn_ns <= until_ns:
                self._turn(turns.popleft(), out)
            else:
                return

    def _turn(self, turn: _Turned, out: list[tuple[str, Found]]) -> None:
        t_ns = turn.t_ns
        if self._baseline.open:
            begins = turn.shown or turn.step > 0
            if (begins or not turn.resting) and (rate := self._bins.close(t_ns)) is not None:
                self._baseline.add(rate)
            self._baseline.rest(t_ns, turn.resting)
            if begins:
                self._baseline.close(t_ns, out)
                self._since_ns = t_ns
        if turn.shown:
            if not self._shown or turn.step > self._step:
                self._orienting.onset(t_ns)
            self._slots.shown(t_ns)
            self._recovery.stop(t_ns, out)
        elif self._shown:
            self._recovery.begin(t_ns)
            self._orienting.forget()
        self._shown, self._step = turn.shown, turn.step

    def _beat(self, beat: Beat, out: list[tuple[str, Found]]) -> None:
        t_ns = beat.t_ns
        interval = self._intervals.take(beat)
        told_rate = beat.rr_ms is None and beat.bpm is not None
        if interval is None:
            if beat.flag == BeatFlag.GAP or (told_rate and beat.flag != BeatFlag.CONTACT_LOST):
                self._lost.take(t_ns, out)
            else:
                self._burst.take(t_ns, True, out)
            return
        self._lost.take(t_ns, out)
        self._burst.take(t_ns, interval.flagged, out)
        self._orienting.before(t_ns, out)
        self._recovery.before(t_ns, out)
        self._orienting.take(interval)
        base = self._baseline.base
        if (closed := self._bins.take(interval)) is not None:
            if self._baseline.open:
                self._baseline.add(closed)
            elif base is not None and closed.t_on_ns >= self._since_ns:
                changes(closed, base, self._settings, out)
        self._now.push(interval)
        rate = window_rate(self._now, t_ns, self._settings)
        change = None if rate is None or base is None else base.change(rate)
        self._rise.take(rate, change, out)
        if rate is not None:
            self._drop.take(rate, out)
        self._recovery.take(interval, change)
        if self._shown:
            ten = self._slots.take(interval)
            if ten is not None and base is not None:
                self._recovery.exposed(base.change(ten))
