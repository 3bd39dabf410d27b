"""Keeping still: head and hands that hardly move, and whether the heart slowed down with it (docs/measures.md).

Without a heart rate it is never more than ``still``: people also stand still to look, to listen and to wait.
"""

from __future__ import annotations

from collections import deque
from struct import Struct
from typing import NamedTuple

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.heart import beat_flag
from vr_runtime.measures.moment import Moment
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.smoothing import Rate
from vr_runtime.measures.spans import Span, Watched
from vr_runtime.protocol.pose import Beat, Pose
from vr_runtime.protocol.streams import BeatFlag

_STILL = (
    "still_head_m_s",
    "still_turn_deg_s",
    "still_hand_m_s",
    "still_s",
    "still_release",
    "still_filter_s",
)
_FREEZE = ("freeze_fall_bpm", "freeze_window_s", "freeze_wait_s", "coverage")

DEFINITIONS = {
    "still": Definition(
        "s", "head", "still/1", (*_STILL, "still_refractory_s", *_FREEZE), "each stretch of keeping still"
    ),
    "freeze_like": Definition(
        "s",
        "head",
        "still/1",
        (*_STILL, "still_refractory_s", *_FREEZE),
        "instead of `still`, where the heart fell",
    ),
    "immobility": Definition("1", "head", "still/1", _STILL),
}

_TO_DEG = 2.0 * 57.29577951308232
"""A unit quaternion that turns at w rad/s changes at w / 2 per second."""
_MOST_BEATS = 128
_F4 = Struct("<f")

_Rates = tuple[float | None, float | None]
"""Before and during, 1/min."""


class _Interval(NamedTuple):
    t_ns: int
    """Its end: the beat."""
    rr_ms: float


class _Waiting(NamedTuple):
    """A stretch that has ended, until the beats that belong to it have come."""

    t_on_ns: int
    t_off_ns: int
    quality: float
    step: int
    rates: _Rates | None


class _Part:
    """Head or hand: its speed, whatever the frame rate."""

    def __init__(self, tau_s: float) -> None:
        self.place = Rate(tau_s)
        self.turn = Rate(tau_s)
        self._q: tuple[float, float, float, float] | None = None

    def lost(self) -> None:
        self.place.restart()
        self.turn.restart()
        self._q = None

    def move(self, gain: float, dt_s: float, pose: Pose) -> None:
        self.place.step(gain, dt_s, pose[:3])

    def turned(self, gain: float, dt_s: float, pose: Pose) -> None:
        """Of the two quaternions of one attitude the one that is nearer to the last."""
        _, _, _, x, y, z, w = pose
        last = self._q
        if last is not None and last[0] * x + last[1] * y + last[2] * z + last[3] * w < 0.0:
            x, y, z, w = -x, -y, -z, -w
        self._q = (x, y, z, w)
        self.turn.step(gain, dt_s, self._q)


class Stillness:
    """``update`` once a frame; speeds are kept while nothing is shown too, so that they are known at an onset."""

    def __init__(self, settings: Settings) -> None:
        self._s = settings
        tau_s = settings.still_filter_s
        self._head, self._left, self._right = _Part(tau_s), _Part(tau_s), _Part(tau_s)
        self._span = Span(settings.still_s, settings.still_refractory_s)
        self._watched = Watched()
        self._run_s = 0.0
        self._hands_s = 0.0
        self._beats: deque[_Interval] = deque(maxlen=_MOST_BEATS)
        self._previous_ms: float | None = None
        self._rates: _Rates | None = None
        """Of the stretch under way, once they are known: its first beats are not kept for as long as it lasts."""
        self._waiting: list[_Waiting] = []
        self._step = 0
        self._window_ns = round(settings.freeze_window_s * 1e9)
        self._wait_ns = round(settings.freeze_wait_s * 1e9)

    def begin_step(self) -> None:
        self._watched.begin_step()
        self._span.total_s = 0.0

    def leave_scene(self) -> None:
        """The body is the same."""

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        t_ns, dt_s = moment.t_ns, moment.dt_s
        self._step = moment.step
        for beat in moment.beats:
            self._hear(beat)
        if dt_s <= 0.0:
            self._interrupt()
            for part in (self._head, self._left, self._right):
                part.lost()
        gain = dt_s / (self._s.still_filter_s + dt_s)
        left, right = moment.hands
        for part, pose in ((self._left, left), (self._right, right)):
            if pose is None:
                part.lost()
            else:
                part.move(gain, dt_s, pose)
        head = moment.head
        if head is None:
            self._head.lost()
            self._interrupt()
        else:
            self._head.move(gain, dt_s, head)
            self._head.turned(gain, dt_s, head)
        if not moment.exposed:
            self._interrupt()
        else:
            self._watched.see(t_ns, dt_s, head is not None)
            if head is not None and dt_s > 0.0:
                self._see(t_ns, dt_s)
        since_ns = self._span.since_ns
        if since_ns is not None and self._rates is None:
            end_ns = since_ns + self._window_ns
            if t_ns >= end_ns and self._come(t_ns, end_ns):
                self._rates = self._rates_of(since_ns, end_ns)
        if self._waiting:
            self._decide(t_ns, out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        self._interrupt()
        watched = self._watched
        if watched.onset_ns is None or watched.tracked_s <= 0.0:
            return
        share = watched.share(self._span.total_s)
        more = (("tracked_s", round(watched.tracked_s, 3)),)
        out.append(("", Found("immobility", watched.onset_ns, t_off_ns, share, watched.quality, more)))

    def finish(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        for waiting in self._waiting:
            self._tell(waiting, out)
        self._waiting.clear()

    def _see(self, t_ns: int, dt_s: float) -> None:
        s, span = self._s, self._span
        speed, turn = self._head.place.speed, self._head.turn.speed
        if speed is None or turn is None:
            return
        more = s.still_release if span.open else 1.0
        holds = speed < s.still_head_m_s * more and turn * _TO_DEG < s.still_turn_deg_s * more
        hands = 0
        for part in (self._left, self._right):
            moves = part.place.speed
            if moves is not None:
                hands += 1
                holds = holds and moves < s.still_hand_m_s * more
        was_open = span.open
        ended = span.see(t_ns, holds)
        if ended is not None:
            self._ended(ended)
        elif span.open:
            if not was_open:
                self._run_s = self._hands_s = 0.0
                self._rates = None
            else:
                self._run_s += dt_s
                self._hands_s += 0.5 * hands * dt_s

    def _interrupt(self) -> None:
        ended = self._span.interrupt()
        if ended is not None:
            self._ended(ended)

    def _ended(self, stretch: tuple[int, int]) -> None:
        """Quality: a third for the head, a third for each hand, by the share of the stretch in which each was seen."""
        hands = min(1.0, self._hands_s / self._run_s) if self._run_s > 0.0 else 0.0
        self._waiting.append(_Waiting(*stretch, (1.0 + 2.0 * hands) / 3.0, self._step, self._rates))
        self._rates = None

    # ------------------------------------------------------------------ the heart

    def _hear(self, beat: Beat) -> None:
        if beat.rr_ms is None or beat.flag in (BeatFlag.GAP, BeatFlag.CONTACT_LOST):
            self._previous_ms = None
            return
        rr = float(_F4.unpack(_F4.pack(beat.rr_ms))[0])
        own = beat_flag(rr, self._previous_ms)
        self._previous_ms = None if own == BeatFlag.OUT_OF_RANGE else rr
        if BeatFlag.OK == beat.flag == own and (not self._beats or beat.t_ns > self._beats[-1].t_ns):
            self._beats.append(_Interval(beat.t_ns, rr))

    def _come(self, now_ns: int, end_ns: int) -> bool:
        """Whether the beats up to ``end_ns`` have come, or have been waited for long enough."""
        heard = bool(self._beats) and self._beats[-1].t_ns >= end_ns
        return heard or not -self._wait_ns < now_ns - end_ns < self._wait_ns

    def _decide(self, now_ns: int, out: list[tuple[str, Found]]) -> None:
        left: list[_Waiting] = []
        for waiting in self._waiting:
            if waiting.rates is not None or self._come(now_ns, self._end_of_window(waiting)):
                self._tell(waiting, out)
            else:
                left.append(waiting)
        self._waiting = left

    def _end_of_window(self, stretch: _Waiting) -> int:
        return min(stretch.t_off_ns, stretch.t_on_ns + self._window_ns)

    def _tell(self, stretch: _Waiting, out: list[tuple[str, Found]]) -> None:
        before, during = stretch.rates or self._rates_of(stretch.t_on_ns, self._end_of_window(stretch))
        name, more = "still", (("heart_known", 0.0),)
        if before is not None and during is not None:
            more = (("heart_known", 1.0), ("bpm_before", before), ("bpm_during", during))
            if before - during >= self._s.freeze_fall_bpm:
                name = "freeze_like"
        seconds = (stretch.t_off_ns - stretch.t_on_ns) / 1e9
        found = Found(name, stretch.t_on_ns, stretch.t_off_ns, seconds, stretch.quality, more, stretch.step)
        out.append(("", found))

    def _rates_of(self, begin_ns: int, end_ns: int) -> _Rates:
        return self._rate(begin_ns - self._window_ns, begin_ns), self._rate(begin_ns, end_ns)

    def _rate(self, begin_ns: int, end_ns: int) -> float | None:
        """Mean rate in a window, 1/min: beats by their share in it, over the time that their intervals cover."""
        covered_ns, beats = 0.0, 0.0
        for t_ns, rr_ms in reversed(self._beats):
            if t_ns <= begin_ns:
                break
            rr_ns = rr_ms * 1e6
            within = min(t_ns, end_ns) - max(t_ns - rr_ns, begin_ns)
            if within > 0.0:
                covered_ns += within
                beats += within / rr_ns
        if end_ns <= begin_ns or covered_ns < self._s.coverage * (end_ns - begin_ns):
            return None
        return 60e9 * beats / covered_ns
