"""What is told of the heart, before anything is computed from it: nonsense is taken out and counted.

An odd interval is no nonsense: it is flagged and kept (``heart.beat_flag``). Nonsense is what no sensor can have
measured: an interval that is no positive number or longer than a minute, a rate above 300 a minute, a flag that
does not exist, a beat that was already told, a time that goes back or lies long ago, a beat that is yet to come.
"""

from __future__ import annotations

import math
from enum import Enum
from struct import Struct

from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

_F4 = Struct("<f")

LONGEST_RR_MS = 60_000.0
HIGHEST_BPM = 300.0
AHEAD_NS = 250_000_000
"""A beat may lie so far after the begin of the frame that hears of it: the loop's own time goes on meanwhile."""

LONG_AGO_NS = 600_000_000_000


class Nonsense(Enum):
    """Why something was taken out."""

    NO_INTERVAL = "no_interval"
    """Neither a finite positive interval of at most a minute, nor a rate up to 300 a minute."""
    UNKNOWN_FLAG = "unknown_flag"
    TIME_BACK = "time_back"
    DOUBLED = "doubled"
    """At the very time of the beat before it."""
    FUTURE = "future"
    LONG_AGO = "long_ago"


class BeatGate:
    """Feed it what each frame heard of. ``nonsense`` counts, by reason, since ``begin_step``."""

    def __init__(self) -> None:
        self._beat_ns: int | None = None
        self._rate_ns: int | None = None
        self.begin_step()

    def begin_step(self) -> None:
        self.nonsense: dict[Nonsense, int] = {}

    @property
    def count(self) -> int:
        return sum(self.nonsense.values())

    def admit(self, beats: tuple[Beat, ...], now_ns: int) -> tuple[Beat, ...]:
        """The beats with their numbers rounded to the record's precision.

        In the place of one that was taken out stands a beat without interval and rate, flagged out of range, so
        that no difference is taken across it; of one told twice the second is left out.
        """
        return tuple([kept for beat in beats if (kept := self._one(beat, now_ns)) is not None])

    def _one(self, beat: Beat, now_ns: int) -> Beat | None:
        if beat.flag == BeatFlag.CONTACT_LOST:
            # it tells no beat; its time is that of the packet
            first_ns = now_ns - LONG_AGO_NS if self._beat_ns is None else self._beat_ns
            return beat._replace(t_ns=min(max(beat.t_ns, first_ns), now_ns), rr_ms=None, bpm=None)
        rr, bpm = _as_recorded(beat.rr_ms), _as_recorded(beat.bpm)
        why: Nonsense | None = None
        if not 0 <= beat.flag < len(BeatFlag.NAMES):
            why = Nonsense.UNKNOWN_FLAG
        elif rr is not None:
            # what a gap has cut is not used, so it may be any number
            if not 0.0 < rr <= LONGEST_RR_MS:
                if beat.flag != BeatFlag.GAP:
                    why = Nonsense.NO_INTERVAL
                rr = None
        elif bpm is None or not 0.0 < bpm <= HIGHEST_BPM:
            why = Nonsense.NO_INTERVAL
        told_ns = self._rate_ns if rr is None and beat.flag != BeatFlag.GAP else self._beat_ns
        if why is None and beat.t_ns > now_ns + AHEAD_NS:
            why = Nonsense.FUTURE
        elif why is None and beat.t_ns < now_ns - LONG_AGO_NS:
            why = Nonsense.LONG_AGO
        elif why is None and told_ns is not None and beat.t_ns <= told_ns:
            why = Nonsense.DOUBLED if beat.t_ns == told_ns else Nonsense.TIME_BACK
        if why is not None:
            self.nonsense[why] = self.nonsense.get(why, 0) + 1
            if why is Nonsense.DOUBLED:
                return None
            at_ns = now_ns if self._beat_ns is None else min(self._beat_ns, now_ns)
            return Beat(at_ns, beat.arrival_ns, None, None, BeatFlag.OUT_OF_RANGE)
        if rr is None and beat.flag != BeatFlag.GAP:
            self._rate_ns = beat.t_ns
        else:
            self._beat_ns = beat.t_ns
        return beat._replace(rr_ms=rr, bpm=bpm if bpm is not None and 0.0 < bpm <= HIGHEST_BPM else None)


def _as_recorded(value: float | None) -> float | None:
    """Rounded to 32 bits, where not a number is no value; what is too large for them is nonsense in any case."""
    if value is None or math.isnan(value):
        return None
    return float(_F4.unpack(_F4.pack(value))[0]) if abs(value) < 1e38 else value
