"""A chest strap in software: takes true beats, speaks once a second, and is heard through the beat clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from vr_runtime.protocol.pose import Beat
from vr_runtime.sensors.clock import BeatClock

NOTIFY_NS = 1_000_000_000
RADIO_NS = 30_000_000
"""From the strap's decision to speak to the arrival of the packet."""

_AVERAGED = 8
"""A strap tells a rate averaged over its last beats."""


class Strap:
    """``next_rr(t_ns)`` gives the interval that begins at ``t_ns`` (ms), or None when there are no more.

    What comes out depends on ``now_ns`` only in when it comes: the beats and their times are those of the
    intervals, however often and at whatever moments ``poll`` is called, as far as ``next_rr`` is so.
    """

    def __init__(
        self, start_ns: int, next_rr: Callable[[int], float | None], clock: BeatClock | None = None
    ) -> None:
        self._clock = clock or BeatClock()
        self._next_rr = next_rr
        self._true_ns = start_ns
        self._notify_ns = start_ns + NOTIFY_NS
        self._coming: tuple[int, float] | None = None
        self._recent: deque[float] = deque(maxlen=_AVERAGED)
        self._waiting: list[float] = []
        self.ended = False

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        if self._notify_ns + RADIO_NS > now_ns:
            return ()
        beats: list[Beat] = []
        while not self.ended and self._notify_ns + RADIO_NS <= now_ns:
            self._collect(self._notify_ns)
            if self._waiting:
                bpm = float(round(60_000.0 * len(self._recent) / sum(self._recent)))
                beats += self._clock.packet(self._notify_ns + RADIO_NS, self._waiting, bpm)
                self._waiting.clear()
            self._notify_ns += NOTIFY_NS
        return tuple(beats)

    def again(self) -> Strap:
        """A strap that goes on from where this one ended, in a new segment."""
        self._clock.new_segment()
        return Strap(self._notify_ns - NOTIFY_NS, self._next_rr, self._clock)

    def _collect(self, until_ns: int) -> None:
        """The intervals that ended at or before ``until_ns``."""
        while True:
            if self._coming is None:
                rr = self._next_rr(self._true_ns)
                if rr is None:
                    self.ended = True
                    return
                self._coming = (self._true_ns + round(rr * 1e6), rr)
            ends_ns, rr = self._coming
            if ends_ns > until_ns:
                return
            self._true_ns = ends_ns
            self._coming = None
            self._waiting.append(rr)
            self._recent.append(rr)
