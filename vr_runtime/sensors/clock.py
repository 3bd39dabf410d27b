"""From packets to beats: when each beat was, rebuilt from the RR intervals, and how sure that is.

A chest strap speaks about once a second and tells of the intervals that ended since it last spoke. The
arrival of its packet is not the beat's time; the sum of the intervals is, up to a constant, the offset. Two
things are known of the offset from every packet:

- no beat can lie after the packet that told of it, so the offset is at most arrival minus sum;
- the beat after the last one told was not over when the strap spoke, or it would have been told of: so the
  offset is at least arrival minus sum minus the next interval (and minus what the radio took).

Beats are placed by the first, from the packet that took the least time. The second says how far that can be
off, and shows when the sums lag because a packet was lost: then a new segment begins.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

MAX_SILENCE_NS = 3_000_000_000
"""Longer without an interval, and a beat may have been missed: a new segment begins."""

MAX_DRIFT_NS = 2_000_000_000
"""The summed intervals and the arrivals may part by no more than this."""

LAG_NS = 100_000_000
"""The sums lag if they are behind what they can be by more than this, ..."""

LAG_PACKETS = 3
"""... in so many packets with intervals one after the other (one or two may just have come late)."""

BURST_NS = 250_000_000
"""A packet that another follows within so little time was held up on the way: it says nothing of a lag."""

RADIO_NS = 30_000_000
"""What even the quickest packet takes on its way; nothing in the packets shows it. In every estimated error."""

WINDOW = 60
"""Packets whose bounds say how sure the offset is: about a minute, so that drift between the clocks shows."""


class BeatClock:
    """Rebuilds beat times (ns on the runtime's clock), strictly rising, never after a packet's arrival."""

    def __init__(self) -> None:
        self._beat_ns = 0
        self._told = False
        self._arrival_ns: int | None = None
        self._fresh = True
        self._sensor_ns = 0
        self._delays: deque[int] = deque(maxlen=WINDOW)
        self._overdue: deque[int] = deque(maxlen=WINDOW)
        self._late = 0
        self.segments = 0
        """Segments so far; a new one begins at every gap."""
        self.lags = 0
        """Of them those that began because the sums lagged behind: packets were lost on the way."""

    def new_segment(self) -> None:
        """The next interval does not follow on the last one (strap lost, recording started again)."""
        self._fresh = True

    def packet(
        self,
        arrival_ns: int,
        rr_ms: Sequence[float],
        bpm: float | None,
        flag: int = BeatFlag.OK,
    ) -> tuple[Beat, ...]:
        """The beats of one packet, oldest first. ``arrival_ns`` must not fall from packet to packet."""
        if not rr_ms:
            return ()
        steps = [round(rr * 1e6) for rr in rr_ms]
        last_ns = self._beat_ns + sum(steps)
        silent = self._arrival_ns is None or arrival_ns - self._arrival_ns > MAX_SILENCE_NS
        fresh = self._fresh or silent or abs(arrival_ns - last_ns) > MAX_DRIFT_NS
        if not fresh and self._lags(arrival_ns, steps[0]):
            fresh = True
            self.lags += 1
        if fresh:
            self._begin()
        if fresh or last_ns > arrival_ns:
            self._moved(last_ns - arrival_ns)
            last_ns = arrival_ns
        self._delays.append(arrival_ns - last_ns)
        error_ms = self._error_ms(steps[-1])
        times = [last_ns] * len(steps)
        for i in range(len(steps) - 2, -1, -1):
            times[i] = times[i + 1] - steps[i + 1]
        beats: list[Beat] = []
        for i, (t_ns, rr) in enumerate(zip(times, rr_ms, strict=True)):
            if self._told and t_ns <= self._beat_ns:
                t_ns = self._beat_ns + 1
            self._beat_ns, self._told = t_ns, True
            self._sensor_ns += steps[i]
            of_beat = BeatFlag.GAP if fresh and i == 0 else flag
            beats.append(Beat(t_ns, arrival_ns, rr, bpm, of_beat, self._sensor_ns, error_ms))
        self._arrival_ns = arrival_ns
        self._fresh = False
        return tuple(beats)

    def rate(self, arrival_ns: int, bpm: float | None, flag: int = BeatFlag.OK) -> Beat:
        """What a packet without intervals tells: a rate, or that contact is lost, at its arrival."""
        self._beat_ns = max(arrival_ns, self._beat_ns + 1) if self._told else arrival_ns
        self._told = self._fresh = True
        return Beat(self._beat_ns, arrival_ns, None, bpm, flag, self._sensor_ns, None)

    # ------------------------------------------------------------------ parts

    def _begin(self) -> None:
        self.segments += 1
        self._sensor_ns = 0
        self._late = 0
        self._delays.clear()
        self._overdue.clear()

    def _moved(self, earlier_ns: int) -> None:
        """The offset becomes smaller: what was known of it is told from its new place."""
        if earlier_ns > 0:
            self._delays = deque((delay + earlier_ns for delay in self._delays), WINDOW)
            self._overdue = deque((bound + earlier_ns for bound in self._overdue), WINDOW)

    def _lags(self, arrival_ns: int, first_ns: int) -> bool:
        """Take note of how the packet before fits with the interval that followed on it; whether the sums lag."""
        if self._arrival_ns is None or not self._delays or arrival_ns - self._arrival_ns < BURST_NS:
            return False
        overdue = self._delays[-1] - first_ns
        self._overdue.append(overdue)
        self._late = self._late + 1 if overdue > LAG_NS else 0
        return self._late >= LAG_PACKETS

    def _error_ms(self, last_ns: int) -> float:
        """Root mean square error of the offset in use (0 here), if the true one is anywhere between its bounds."""
        high = min(self._delays)
        # of packets that came late the lower bound is too high, and shows it where it lies above the upper one
        bounds = [*self._overdue, self._delays[-1] - last_ns]
        low = max((bound for bound in bounds if bound < high), default=high - last_ns)
        if self._late:
            high = max(high, self._overdue[-1])
        return math.hypot(math.sqrt((high**3 - low**3) / (3 * (high - low))), RADIO_NS) / 1e6
