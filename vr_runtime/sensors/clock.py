"""From packets to beats: when each beat was, rebuilt from the RR intervals.

A chest strap speaks about once a second and tells of the intervals that ended since it last spoke. The
arrival of its packet is not the beat's time; the sum of the intervals is, up to a constant. That constant is
taken from the packet that took the least time to arrive: no beat can lie after the packet that told of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

MAX_SILENCE_NS = 3_000_000_000
"""Longer without an interval, and a beat may have been missed: a new segment begins."""

MAX_DRIFT_NS = 2_000_000_000
"""The summed intervals and the arrivals may part by no more than this."""


class BeatClock:
    """Rebuilds beat times (ns on the runtime's clock), strictly rising, never after a packet's arrival."""

    def __init__(self) -> None:
        self._beat_ns = 0
        self._arrival_ns: int | None = None
        self._fresh = True

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
        if fresh or last_ns > arrival_ns:
            last_ns = arrival_ns
        times = [last_ns] * len(steps)
        for i in range(len(steps) - 2, -1, -1):
            times[i] = times[i + 1] - steps[i + 1]
        beats: list[Beat] = []
        for i, (t_ns, rr) in enumerate(zip(times, rr_ms, strict=True)):
            if self._arrival_ns is not None and t_ns <= self._beat_ns:
                t_ns = self._beat_ns + 1
            self._beat_ns = t_ns
            beats.append(Beat(t_ns, arrival_ns, rr, bpm, BeatFlag.GAP if fresh and i == 0 else flag))
        self._arrival_ns = arrival_ns
        self._fresh = False
        return tuple(beats)
