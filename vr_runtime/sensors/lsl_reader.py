"""From the samples of one LSL stream to beats or samples of a channel, and what is odd about them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.protocol.streams import BeatFlag, ChannelFlag
from vr_runtime.sensors.clock import BeatClock
from vr_runtime.sensors.file import LONGEST_MS, SHORTEST_MS
from vr_runtime.sensors.lsl_clock import Placement
from vr_runtime.sensors.lsl_meaning import Meaning

RANGE = {"ecg": (-1e6, 1e6), "eda": (0.05, 60.0), "respiration": (-1e30, 1e30)}
"""Values (record's unit) that the body and its amplifiers can have. EDA: Boucsein 2012; ECG: an electrode's own
voltage may be 300 mV."""

HOLE_S = 0.25
HOLE_SAMPLES = 5
"""Even samples: a hole longer than both is a gap."""

SILENCE_NS = 5_000_000_000
"""Irregular samples of a channel: a gap."""

BEAT_SILENCE_NS = 3_000_000_000
"""Longer without a beat, and one may have been missed."""

MISSED = 1.5
"""Beats whose stamps lie apart by so many of their interval: one is missing between them."""

PACKET_NS = 60_000_000
"""Intervals whose stamps lie no farther apart came in one packet."""

Tell = Callable[[str, str], None]
"""``tell(trouble, message)``: a trouble begins; an empty message: it is over."""


class Reader(Protocol):
    """Takes samples in the order in which they came; what it makes of them has the same order."""

    def take(self, row: Sequence[Any], stamp_s: float, arrival_ns: int) -> None:
        """One sample; ``arrival_ns`` does not fall."""
        ...

    def settle(self, now_ns: int) -> None:
        """Called between pulls: nothing more comes for what is older than a moment."""
        ...

    def new_segment(self) -> None:
        """What comes next does not follow on what came before."""
        ...


class ChannelReader:
    """Samples of a plain channel."""

    def __init__(
        self,
        channel: str,
        meaning: Meaning,
        placement: Placement,
        out: Callable[[ChannelSample], None],
        tell: Tell,
    ) -> None:
        self._channel = channel
        self._meaning = meaning
        self._placement = placement
        self._out = out
        self._placed = _Placed(meaning, placement, tell)
        self._low, self._high = RANGE[channel]
        self._hole_ns = (
            max(HOLE_S, HOLE_SAMPLES / meaning.rate_hz) * 1e9 if meaning.rate_hz > 0.0 else SILENCE_NS
        )
        self._before_ns: int | None = None

    def take(self, row: Sequence[Any], stamp_s: float, arrival_ns: int) -> None:
        t_ns = self._placed.place(stamp_s, arrival_ns)
        if t_ns is None:
            self._before_ns = None
            return
        value = float(row[self._meaning.column]) * self._meaning.factor
        flag = ChannelFlag.OK
        if self._before_ns is None or t_ns - self._before_ns > self._hole_ns:
            flag = ChannelFlag.GAP
        if not self._low <= value <= self._high:  # not a number neither
            flag = ChannelFlag.OUT_OF_RANGE
            value = value if abs(value) < 3e38 else math.nan
        self._before_ns = t_ns
        self._out(ChannelSample(self._channel, t_ns, arrival_ns, round(stamp_s * 1e9), value, flag))

    def settle(self, now_ns: int) -> None:
        pass

    def new_segment(self) -> None:
        self._before_ns = None


class BeatReader:
    """Beats without intervals (marks, R peaks): an interval is what lies between two stamps of the sender."""

    def __init__(
        self, meaning: Meaning, placement: Placement, out: Callable[[Beat], None], tell: Tell
    ) -> None:
        self._meaning = meaning
        self._out = out
        self._placed = _Placed(meaning, placement, tell)
        self._placement = placement
        self._before: tuple[int, float] | None = None

    def take(self, row: Sequence[Any], stamp_s: float, arrival_ns: int) -> None:
        if self._meaning.marker and str(row[self._meaning.column]).strip() != self._meaning.marker:
            return
        t_ns = self._placed.place(stamp_s, arrival_ns)
        if t_ns is None:
            self._before = None
            return
        before, rr_ms = self._before, None
        if before is not None and 0 < t_ns - before[0] <= BEAT_SILENCE_NS:
            at_arrival = self._meaning.stamp == "arrival"
            rr_ms = (t_ns - before[0]) / 1e6 if at_arrival else (stamp_s - before[1]) * 1e3
            if not SHORTEST_MS <= rr_ms <= LONGEST_MS:
                rr_ms = None
        flag = BeatFlag.GAP if rr_ms is None else BeatFlag.OK
        error_ms = None if self._meaning.stamp == "arrival" else self._placement.error_ms
        self._out(Beat(min(t_ns, arrival_ns), arrival_ns, rr_ms, None, flag, round(stamp_s * 1e9), error_ms))
        self._before = (t_ns, stamp_s)

    def settle(self, now_ns: int) -> None:
        pass

    def new_segment(self) -> None:
        self._before = None


class IntervalReader:
    """RR intervals. Where the stamp is the beat's, it is used; where it is the packet's (or the arrival is all that
    is known), beats are rebuilt from the intervals, as from a chest strap."""

    def __init__(
        self, meaning: Meaning, placement: Placement, out: Callable[[Beat], None], tell: Tell
    ) -> None:
        self._meaning = meaning
        self._out = out
        self._placement = placement
        self._placed = _Placed(meaning, placement, tell)
        self._tell = tell
        self._clock = BeatClock()
        self._packet: list[tuple[float, float, int, int]] = []
        self._before_ns: int | None = None
        self._odd = 0

    def take(self, row: Sequence[Any], stamp_s: float, arrival_ns: int) -> None:
        rr_ms = float(row[self._meaning.column]) * self._meaning.factor
        if not SHORTEST_MS <= rr_ms <= LONGEST_MS:  # not a number neither
            self._odd += 1
            self.new_segment()
            self._tell(
                "interval",
                f"{rr_ms:g} ms is no RR interval, and was left out ({self._odd} so far); is the unit right?",
            )
            return
        t_ns = self._placed.place(stamp_s, arrival_ns)
        if t_ns is None:
            self.new_segment()
            return
        self._tell("interval", "")
        if self._meaning.stamp == "sample":
            self._beat(t_ns, stamp_s, arrival_ns, rr_ms)
            return
        if self._packet and t_ns - self._packet[0][2] > PACKET_NS:
            self._end_packet()
        self._packet.append((rr_ms, stamp_s, t_ns, arrival_ns))

    def settle(self, now_ns: int) -> None:
        if self._packet and now_ns - self._packet[-1][3] > PACKET_NS:
            self._end_packet()

    def new_segment(self) -> None:
        self._end_packet()
        self._clock.new_segment()
        self._before_ns = None

    def _beat(self, t_ns: int, stamp_s: float, arrival_ns: int, rr_ms: float) -> None:
        before = self._before_ns
        follows = before is not None and t_ns - before <= min(BEAT_SILENCE_NS, MISSED * rr_ms * 1e6)
        self._before_ns = t_ns
        flag = BeatFlag.OK if follows else BeatFlag.GAP
        stamp_ns = round(stamp_s * 1e9)
        error_ms = self._placement.error_ms
        self._out(Beat(min(t_ns, arrival_ns), arrival_ns, rr_ms, None, flag, stamp_ns, error_ms))

    def _end_packet(self) -> None:
        if not self._packet:
            return
        packet, self._packet = self._packet, []
        told_ns = min(packet[-1][2], packet[-1][3])
        beats = self._clock.packet(told_ns, [rr_ms for rr_ms, *_ in packet], None)
        for beat, (_, stamp_s, _, arrival_ns) in zip(beats, packet, strict=True):
            error_ms = beat.error_ms
            if error_ms is not None and self._meaning.stamp == "packet":
                error_ms = math.hypot(error_ms, self._placement.error_ms)
            arrival_ns = max(arrival_ns, beat.t_ns)
            self._out(beat._replace(arrival_ns=arrival_ns, sensor_ns=round(stamp_s * 1e9), error_ms=error_ms))


def reader_of(
    wanted: str, meaning: Meaning, placement: Placement, out: Callable[[Any], None], tell: Tell
) -> ChannelReader | BeatReader | IntervalReader:
    if meaning.kind == "channel":
        return ChannelReader(wanted, meaning, placement, out, tell)
    if meaning.kind == "beat":
        return BeatReader(meaning, placement, out, tell)
    return IntervalReader(meaning, placement, out, tell)


class _Placed:
    """Places samples and tells of stamps that cannot be."""

    def __init__(self, meaning: Meaning, placement: Placement, tell: Tell) -> None:
        self._at_arrival = meaning.stamp == "arrival"
        self._placement = placement
        self._tell = tell

    def place(self, stamp_s: float, arrival_ns: int) -> int | None:
        placement = self._placement
        if self._at_arrival:
            return placement.at_arrival(arrival_ns)
        refused = placement.refused
        t_ns = placement.place(stamp_s, arrival_ns)
        if t_ns is not None:
            self._tell("stamp", "")
        elif placement.refused > refused:
            self._tell(
                "stamp",
                f"its time stamps are not of LSL's clock (off by {placement.off_ns / 1e9:.6g} s): samples are left "
                "out; let the sender push without stamps or with those of local_clock(), or give stamp=arrival",
            )
        else:
            self._tell("stamp", "its time stamps go back: samples are left out until they go on")
        return t_ns
