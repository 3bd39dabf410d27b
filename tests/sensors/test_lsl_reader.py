"""Samples of a stream become beats and samples of a channel; what is odd is flagged, counted and told."""

from __future__ import annotations

import math
from typing import Any

import pytest

from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.protocol.streams import BeatFlag, ChannelFlag
from vr_runtime.sensors.lsl_clock import ClockMap, Correction, Placement
from vr_runtime.sensors.lsl_meaning import Meaning
from vr_runtime.sensors.lsl_reader import Reader, reader_of

SECOND = 1_000_000_000
AHEAD_S = 1000.0


class Bench:
    """A reader of a sender whose clock is a thousand seconds ahead; what comes out, and what is told."""

    def __init__(self, wanted: str, meaning: Meaning) -> None:
        correction = Correction()
        correction.heard(-AHEAD_S, 0.0, 1.0, 1.0)
        self.out: list[Any] = []
        self.told: list[str] = []
        placement = Placement(ClockMap(lambda: 0, lambda: 0.0), correction)
        self.reader: Reader = reader_of(wanted, meaning, placement, self.out.append, self._tell)

    def _tell(self, trouble: str, message: str) -> None:
        if message:
            self.told.append(trouble)

    def take(self, value: Any, true_s: float, delay_s: float = 0.02) -> None:
        self.reader.take([value], true_s + AHEAD_S, round((true_s + delay_s) * 1e9))

    def beats(self) -> list[Beat]:
        return self.out

    def samples(self) -> list[ChannelSample]:
        return self.out


def channel(rate_hz: float = 130.0, factor: float = 1.0) -> Meaning:
    return Meaning("channel", 0, factor, "sample", rate_hz=rate_hz)


def rr(stamp: Any, factor: float = 1.0) -> Meaning:
    return Meaning("rr", 0, factor, stamp)


def test_samples_have_both_times_and_the_records_unit() -> None:
    bench = Bench("ecg", channel(factor=1000.0))
    bench.take(0.25, 10.0)
    assert bench.samples() == [
        ChannelSample("ecg", 10 * SECOND, 10_020_000_000, 1010 * SECOND, 250.0, ChannelFlag.GAP)
    ]


def test_a_hole_among_even_samples_and_a_lost_sender_are_gaps() -> None:
    bench = Bench("ecg", channel())
    for i in [*range(10), *range(60, 65)]:
        bench.take(1.0, 10.0 + i / 130.0)
    bench.reader.new_segment()
    bench.take(1.0, 10.0 + 66 / 130.0)
    assert [i for i, sample in enumerate(bench.samples()) if sample.flag == ChannelFlag.GAP] == [0, 10, 15]


def test_values_that_no_body_has_are_flagged_and_kept() -> None:
    bench = Bench("eda", channel(4.0))
    values = (2.0, 0.05, 0.04, 60.0, 61.0, math.nan, math.inf, -1.0, 1e39)
    for i, value in enumerate(values):
        bench.take(value, 10.0 + i / 4.0)
    flags = [sample.flag for sample in bench.samples()]
    odd = ChannelFlag.OUT_OF_RANGE
    assert flags == [ChannelFlag.GAP, 0, odd, 0, odd, odd, odd, odd, odd]
    kept = [sample.value for sample in bench.samples()]
    assert kept[2] == 0.04
    assert all(math.isnan(kept[i]) for i in (5, 6, 8)), "what is no number is kept as none"


def test_a_sample_whose_stamp_cannot_be_is_left_out_told_and_followed_by_a_gap() -> None:
    bench = Bench("eda", channel(4.0))
    bench.take(2.0, 10.0)
    bench.take(2.0, 10.25 + 5000.0, delay_s=-5000.0)
    bench.take(2.0, 10.5)
    assert [sample.flag for sample in bench.samples()] == [ChannelFlag.GAP, ChannelFlag.GAP]
    assert bench.told == ["stamp"]


def test_arrivals_stand_in_for_stamps_where_that_is_asked_for() -> None:
    bench = Bench("eda", Meaning("channel", 0, 1.0, "arrival", rate_hz=4.0))
    bench.reader.take([2.0], 1.7e9, 10 * SECOND)
    bench.reader.take([3.0], 1.7e9, 10 * SECOND)
    assert [(sample.t_ns, sample.value) for sample in bench.samples()] == [
        (10 * SECOND, 2.0),
        (10 * SECOND + 1, 3.0),
    ]
    assert bench.told == []


def test_intervals_with_the_beats_own_stamps_keep_them() -> None:
    bench = Bench("heart", rr("sample", 1000.0))
    for interval, at in ((0.8, 10.0), (0.8, 10.8), (0.75, 11.55), (0.8, 13.15), (0.8, 13.95)):
        bench.take(interval, at)
    beats = bench.beats()
    assert [beat.t_ns for beat in beats] == [
        10_000_000_000,
        10_800_000_000,
        11_550_000_000,
        13_150_000_000,
        13_950_000_000,
    ]
    assert [beat.rr_ms for beat in beats] == pytest.approx([800.0, 800.0, 750.0, 800.0, 800.0])
    gap = BeatFlag.GAP
    assert [beat.flag for beat in beats] == [gap, 0, 0, gap, 0], "a beat is missing before the fourth"
    assert all(beat.sensor_ns == beat.t_ns + 1000 * SECOND for beat in beats)
    assert all(beat.error_ms is not None and beat.error_ms < 0.1 for beat in beats)


def test_intervals_with_the_packets_stamps_are_placed_by_their_sum() -> None:
    """Packets once a second, late by 20 to 60 ms, two intervals in one of them, pulled apart."""
    bench = Bench("heart", rr("packet"))
    intervals = [700.0, 650.0, 600.0, 640.0, 700.0, 720.0]
    packets: list[tuple[float, list[int]]] = [
        (11.0, [0]),
        (12.0, [1, 2]),
        (13.0, [3]),
        (14.0, [4]),
        (15.0, [5]),
    ]
    for i, (sent, which) in enumerate(packets):
        for k, beat in enumerate(which):
            bench.take(intervals[beat], sent + (0.02, 0.05, 0.03, 0.06, 0.04)[i] + 0.0002 * k)
            bench.reader.settle(round((sent + 0.08) * 1e9))
        bench.reader.settle(round((sent + 0.5) * 1e9))
    beats = bench.beats()
    assert [beat.rr_ms for beat in beats] == intervals
    distances = [later.t_ns - earlier.t_ns for earlier, later in zip(beats[1:], beats[2:], strict=False)]
    assert distances == [600_000_000, 640_000_000, 700_000_000, 720_000_000]
    assert all(beat.t_ns <= beat.arrival_ns for beat in beats)
    stamps = [beat.sensor_ns for beat in beats]
    assert stamps[0] == 1_011_020_000_000
    assert stamps[2] == pytest.approx(1_012_050_200_000, abs=200)


def test_what_is_no_interval_is_left_out_counted_and_begins_a_new_segment() -> None:
    bench = Bench("heart", rr("sample"))
    at = 10.0
    for interval in (800.0, 800.0, 0.0, math.nan, 800.0, 800.0):
        at += 0.8
        bench.take(interval, at)
    assert [beat.flag for beat in bench.beats()] == [BeatFlag.GAP, 0, BeatFlag.GAP, 0]
    assert bench.told == ["interval", "interval"]


def test_seconds_called_milliseconds_are_told_and_never_recorded() -> None:
    bench = Bench("heart", rr("packet"))
    bench.take(0.8, 10.0)
    bench.reader.settle(20 * SECOND)
    assert bench.beats() == []
    assert bench.told == ["interval"]


def test_marks_of_beats_tell_intervals_by_their_stamps() -> None:
    bench = Bench("heart", Meaning("beat", 0, 1.0, "sample", marker="R"))
    for word, at in (("R", 10.0), ("T", 10.3), ("R", 10.8), (" R ", 11.7), ("R", 15.0), ("R", 15.9)):
        bench.take(word, at)
    beats = bench.beats()
    assert [beat.t_ns / SECOND for beat in beats] == pytest.approx([10.0, 10.8, 11.7, 15.0, 15.9])
    assert [beat.rr_ms for beat in beats] == [
        None,
        pytest.approx(800.0),
        pytest.approx(900.0),
        None,
        pytest.approx(900.0),
    ]
    assert [beat.flag for beat in beats] == [BeatFlag.GAP, 0, 0, BeatFlag.GAP, 0]
    bench.reader.new_segment()
    bench.take("R", 16.8)
    assert bench.beats()[-1].flag == BeatFlag.GAP
