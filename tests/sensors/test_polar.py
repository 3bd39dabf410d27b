"""The H10's ECG: frames are read to the letter, and its samples lie on the runtime's clock where they belong."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.protocol.pose import ChannelSample
from vr_runtime.protocol.streams import ChannelFlag
from vr_runtime.sensors import polar_packet as polar
from vr_runtime.sensors.sampled import SampledClock

SECOND = 1_000_000_000
EPOCH_NS = 599_616_000 * SECOND
"""Some day in 2019, as an H10 counts."""


def frame(sensor_ns: int, values: list[int]) -> bytes:
    head = b"\x00" + sensor_ns.to_bytes(8, "little") + b"\x00"
    return head + b"".join(value.to_bytes(3, "little", signed=True) for value in values)


def test_requests_are_those_of_the_specification() -> None:
    assert bytes.fromhex("01 00") == polar.ASK_SETTINGS
    assert bytes.fromhex("02 00 00 01 82 00 01 01 0E 00") == polar.START_ECG
    assert bytes.fromhex("03 00") == polar.STOP_ECG


def test_a_frame_is_read_with_its_signs_and_its_last_samples_time() -> None:
    data = bytes.fromhex("00 EA 54 A2 42 8B 45 52 08 00 FF FF FF 04 00 00 00 00 80 FF FF 7F")
    read = polar.parse_ecg_frame(data)
    assert read == polar.EcgFrame(0x0852458B42A254EA, (-1, 4, -8_388_608, 8_388_607), ())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"\x00", "truncated"),
        (frame(5, []), "empty"),
        (frame(5, [1, 2])[:-1], "truncated"),
        (b"\x02" + frame(5, [1])[1:], "not_ecg"),
        (frame(5, [1])[:9] + b"\x80" + b"\x01\x00\x00", "frame_type"),
        (frame(1 << 62, [1]), "time"),
    ],
)
def test_frames_that_are_none_are_named_and_give_no_sample(data: bytes, problem: str) -> None:
    read = polar.parse_ecg_frame(data)
    assert read.problems == (problem,)
    assert read.microvolts == ()


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_no_bytes_raise(data: bytes, answer: bytes) -> None:
    read = polar.parse_ecg_frame(data)
    assert bool(read.microvolts) != bool(read.problems)
    assert polar.parse_answer(answer).error in range(256)
    assert polar.settings_fit(answer) in (True, False)
    assert polar.offers_ecg(answer) in (True, False)


def test_answers_of_the_control_point() -> None:
    offered = polar.parse_answer(bytes.fromhex("F0 01 00 00 00 00 01 82 00 01 01 0E 00"))
    assert (offered.request, offered.trouble) == (1, "")
    assert polar.settings_fit(offered.settings)
    assert not polar.settings_fit(bytes.fromhex("00 01 C8 00 01 01 0E 00"))
    assert polar.parse_answer(bytes.fromhex("F0 02 00 00 00")) == (2, 0, b"")
    assert "charging" in polar.parse_answer(bytes.fromhex("F0 02 00 0C 00")).trouble
    assert polar.parse_answer(bytes.fromhex("F0 02 02 00 00")).request is None
    assert polar.offers_ecg(bytes.fromhex("0F 05"))
    assert not polar.offers_ecg(bytes.fromhex("0F 04"))


# ------------------------------------------------------------------ times


def play(clock: SampledClock, seconds: float, *, drift: float = 0.0, seed: int = 1) -> list[ChannelSample]:
    """130 Hz in frames of 73 samples, taken by a clock that runs ``drift`` too quick, through a radio."""
    random, out, arrived, at = Random(seed), [], 0, 73
    while at / 130 < seconds:
        true_s = at / 130 / (1.0 + drift)
        arrived = max(arrived, round((10.0 + true_s + 0.02 + random.expovariate(30.0)) * SECOND))
        out += clock.frame(arrived, EPOCH_NS + round(at / 130 * SECOND), list(range(at - 73, at)))
        at += 73
    return out


@pytest.mark.parametrize("drift", [0.0, 5e-5, -5e-5])
def test_samples_lie_on_the_runtimes_clock_within_the_radios_delay(drift: float) -> None:
    samples = play(SampledClock("ecg", 130), 900.0, drift=drift)
    assert [sample.value for sample in samples] == list(range(len(samples)))
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(samples))
    assert all(sample.t_ns <= sample.arrival_ns for sample in samples)
    for sample in samples[130 * 120 :]:
        true_ns = (10.0 + (sample.value + 1) / 130 / (1.0 + drift)) * SECOND
        assert 0 < sample.t_ns - true_ns < 60_000_000
    # the clocks' drift is followed without bending the curve
    steps = [later.t_ns - earlier.t_ns for earlier, later in pairwise(samples[130 * 120 :])]
    assert max(steps) < 1.05 * SECOND / 130 + 200_000


def test_the_sensors_own_times_are_kept_to_the_nanosecond() -> None:
    samples = play(SampledClock("ecg", 130), 60.0)
    for sample in samples:
        assert abs(sample.sensor_ns - EPOCH_NS - (sample.value + 1) * SECOND / 130) < 2


def test_a_lost_frame_is_a_gap_and_a_frame_told_twice_is_told_once() -> None:
    clock = SampledClock("ecg", 130)
    period = SECOND / 130
    flags: list[int] = []
    for number in (1, 2, 2, 4, 5):
        end = EPOCH_NS + round(73 * number * period)
        flags += [sample.flag for sample in clock.frame(number * SECOND, end, [0] * 73)]
    assert len(flags) == 4 * 73
    assert [i for i, flag in enumerate(flags) if flag == ChannelFlag.GAP] == [0, 2 * 73]
    assert (clock.gaps, clock.ignored) == (1, 1)


def test_a_clock_that_was_set_anew_begins_a_segment_and_times_go_on_rising() -> None:
    clock = SampledClock("ecg", 130)
    first = clock.frame(10 * SECOND, EPOCH_NS, [0] * 10)
    second = clock.frame(11 * SECOND, 5 * SECOND, [0] * 10)
    assert second[0].flag == ChannelFlag.GAP
    assert second[-1].t_ns == 11 * SECOND
    assert second[0].t_ns > first[-1].t_ns
