"""When beats were, and how sure that is: the estimate covers the truth, and what is lost on the way shows."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.sensors.clock import MAX_SILENCE_NS, RADIO_NS, BeatClock

SECOND = 1_000_000_000


class Course(NamedTuple):
    beats: list[Beat]
    truth_ns: list[int]
    """Of each beat, on the runtime's clock."""
    clock: BeatClock

    def error_ms(self, after_s: float = 0.0) -> float:
        """Root mean square of what the times are off."""
        off = [
            (beat.t_ns - true_ns) / 1e6
            for beat, true_ns in zip(self.beats, self.truth_ns, strict=True)
            if true_ns > after_s * 1e9
        ]
        return math.sqrt(sum(value * value for value in off) / len(off))

    def estimate_ms(self, after_s: float = 0.0) -> float:
        told = [
            beat.error_ms or math.nan
            for beat, true_ns in zip(self.beats, self.truth_ns, strict=True)
            if true_ns > after_s * 1e9
        ]
        return math.sqrt(sum(value * value for value in told) / len(told))


def course(
    seed: int,
    *,
    bpm: float = 72.0,
    spread_ms: float = 30.0,
    seconds: float = 300.0,
    drift: float = 0.0,
    jitter_ms: float = 20.0,
    lost: frozenset[int] = frozenset(),
    stalls: frozenset[int] = frozenset(),
) -> Course:
    """A heart, a strap that speaks once a second, and a radio. ``stalls``: packets held up until the next one."""
    random = Random(seed)
    clock, beats, truth = BeatClock(), [], []
    t_s, number, notify_s, arrived, held = 0.0, 0, random.random(), 0, 0
    while t_s < seconds:
        notify_s += 1.0
        number += 1
        units: list[int] = []
        times: list[float] = []
        while True:
            if number == 1 and not units:
                coming = round(1024 * 60.0 / bpm)
            if t_s + coming / 1024 > notify_s:
                break
            t_s += coming / 1024
            units.append(coming)
            times.append(t_s)
            breath = 0.03 * math.sin(1.6 * t_s)
            coming = max(300, round(1024 * (60.0 / bpm + breath + random.gauss(0.0, spread_ms / 1000))))
        delay_s = 0.015 + random.expovariate(1000.0 / jitter_ms)
        if number in stalls:
            held = round((notify_s + 1.1) * (1.0 + drift) * SECOND)
        arrival = max(arrived, held, round((notify_s * (1.0 + drift) + delay_s) * SECOND))
        if number in lost or not units:
            continue
        arrived = arrival
        beats += clock.packet(arrival, [unit * 1000 / 1024 for unit in units], None)
        truth += [round(t * (1.0 + drift) * SECOND) for t in times]
    return Course(beats, truth, clock)


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"bpm": 50.0},
        {"bpm": 140.0, "spread_ms": 8.0},
        {"jitter_ms": 60.0},
        {"drift": 5e-5, "seconds": 1800.0},
        {"drift": -5e-5, "seconds": 1800.0},
    ],
    ids=str,
)
def test_the_estimated_error_is_of_the_size_of_the_error(kind: dict[str, float]) -> None:
    courses = [course(seed, **kind) for seed in range(4)]  # type: ignore[arg-type]
    error = math.sqrt(sum(one.error_ms(30.0) ** 2 for one in courses) / 4)
    estimate = math.sqrt(sum(one.estimate_ms(30.0) ** 2 for one in courses) / 4)
    assert error < 150.0
    assert 0.7 * error < estimate < 5.0 * error
    assert all(one.clock.lags == 0 and one.clock.segments == 1 for one in courses)


def test_a_heart_in_step_with_the_strap_leaves_the_times_unsure_and_that_is_said() -> None:
    """At 60 beats a minute every packet comes equally long after its beat: how long, nothing shows."""
    one = course(3, bpm=60.0, spread_ms=1.0)
    assert one.estimate_ms() > 150.0
    assert one.error_ms() < 2.0 * one.estimate_ms()


def test_the_first_beat_is_unsure_by_its_interval_and_surer_later() -> None:
    first = BeatClock().packet(SECOND, [900.0], None)[0]
    assert first.error_ms == pytest.approx(math.hypot(900.0 / math.sqrt(3.0), RADIO_NS / 1e6))
    later = course(1).beats[-1].error_ms
    assert later is not None
    assert later < 0.25 * (first.error_ms or 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_a_lost_packet_shows_as_a_gap_within_seconds(seed: int) -> None:
    whole, lossy = course(seed), course(seed, lost=frozenset({100}))
    gaps = [beat.arrival_ns for beat in lossy.beats if beat.flag == BeatFlag.GAP]
    assert (whole.clock.segments, whole.clock.lags) == (1, 0)
    assert (lossy.clock.segments, lossy.clock.lags) == (2, 1)
    assert 100.0 < gaps[1] / SECOND < 120.0
    # and afterwards the beats stand where they were again
    assert lossy.error_ms(125.0) < 100.0


@pytest.mark.parametrize("seed", range(6))
def test_packets_that_were_held_up_and_came_together_are_no_loss(seed: int) -> None:
    held = course(seed, stalls=frozenset({50, 120, 200}))
    assert sum(b.arrival_ns == a.arrival_ns for a, b in pairwise(held.beats)) >= 6
    assert held.clock.segments == 1
    assert held.error_ms(30.0) < 120.0


def test_a_burst_of_many_packets_is_no_loss_either() -> None:
    clock = BeatClock()
    arrivals = [400, 800, 1200, 3200, 3200, 3200, 3200, 3200, 3600, 4000]
    beats = [beat for ms in arrivals for beat in clock.packet(ms * 1_000_000, [400.0], 150.0)]
    assert [beat.t_ns for beat in beats] == [400_000_000 * (i + 1) for i in range(len(arrivals))]
    assert (clock.segments, clock.lags) == (1, 0)


def test_the_sensors_own_time_is_the_exact_sum_of_a_segments_intervals() -> None:
    clock = BeatClock()
    beats = [*clock.packet(1 * SECOND, [500.0], 70.0), *clock.packet(2 * SECOND, [812.5, 250.0], 70.0)]
    assert [beat.sensor_ns for beat in beats] == [500_000_000, 1_312_500_000, 1_562_500_000]
    again = clock.packet(2 * SECOND + MAX_SILENCE_NS + 1, [750.0, 800.0], 70.0)
    assert [beat.flag for beat in again] == [BeatFlag.GAP, BeatFlag.OK]
    assert [beat.sensor_ns for beat in again] == [750_000_000, 1_550_000_000]


def test_a_packet_that_comes_quicker_moves_the_times_and_not_the_sums() -> None:
    clock = BeatClock()
    first = clock.packet(1_500_000_000, [1000.0], None)[0]
    second = clock.packet(2_400_000_000, [1000.0], None)[0]
    assert second.t_ns - first.t_ns == 900_000_000
    assert second.sensor_ns - first.sensor_ns == 1_000_000_000


def test_a_rate_alone_is_no_beat_with_an_interval_and_what_follows_is_a_new_segment() -> None:
    clock = BeatClock()
    first = clock.rate(1 * SECOND, 71.0)
    assert (first.rr_ms, first.bpm, first.flag, first.error_ms) == (None, 71.0, BeatFlag.OK, None)
    lost = clock.rate(2 * SECOND, None, BeatFlag.CONTACT_LOST)
    assert (lost.rr_ms, lost.bpm, lost.flag) == (None, None, BeatFlag.CONTACT_LOST)
    beats = clock.packet(3 * SECOND, [600.0, 600.0], 100.0)
    assert [beat.flag for beat in beats] == [BeatFlag.GAP, BeatFlag.OK]
    assert [first.t_ns, lost.t_ns, beats[0].t_ns, beats[1].t_ns] == sorted(
        {first.t_ns, lost.t_ns, beats[0].t_ns, beats[1].t_ns}
    )


RR = st.floats(1.0, 64_000.0)


@given(st.lists(st.tuples(st.integers(0, 10 * SECOND), st.lists(RR, max_size=9), st.booleans()), max_size=60))
def test_whatever_a_strap_sends_times_rise_strictly_and_estimates_are_numbers(
    packets: list[tuple[int, list[float], bool]],
) -> None:
    clock, beats, arrival = BeatClock(), [], 0
    for wait_ns, rr, rate in packets:
        arrival += wait_ns
        if rate:
            beats.append(clock.rate(arrival, 70.0))
        beats += clock.packet(arrival, rr, None)
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(beats))
    for beat in beats:
        assert beat.error_ms is None or 0.0 <= beat.error_ms < math.inf
        assert (beat.error_ms is None) == (beat.rr_ms is None)


@pytest.mark.proof
def test_proof_of_the_estimated_error() -> None:
    """Over many hearts, straps and radios: what the times are off, what is said of it, and what a lost packet does."""
    kinds: dict[str, dict[str, Any]] = {
        "72/min": {},
        "50/min": {"bpm": 50.0},
        "140/min": {"bpm": 140.0, "spread_ms": 8.0},
        "60/min, in step": {"bpm": 60.0, "spread_ms": 1.0},
        "radio 60 ms": {"jitter_ms": 60.0},
        "drift +50 ppm": {"drift": 5e-5, "seconds": 3600.0},
        "drift -50 ppm": {"drift": -5e-5, "seconds": 3600.0},
    }
    for name, kind in kinds.items():
        courses = [course(seed, **kind) for seed in range(12 if "drift" in name else 60)]
        error = math.sqrt(sum(one.error_ms(30.0) ** 2 for one in courses) / len(courses))
        estimate = math.sqrt(sum(one.estimate_ms(30.0) ** 2 for one in courses) / len(courses))
        within = [
            abs(beat.t_ns - true_ns) / 1e6 < 2.0 * (beat.error_ms or 0.0)
            for one in courses
            for beat, true_ns in zip(one.beats, one.truth_ns, strict=True)
        ]
        share = 100.0 * sum(within) / len(within)
        print(f"{name}: off {error:.0f} ms, said {estimate:.0f} ms, within twice what was said {share:.1f} %")  # noqa: T201
        assert share > 80.0
    late: list[float] = []
    for seed in range(100):
        lossy = course(seed, lost=frozenset({100}))
        gaps = [beat.arrival_ns / SECOND for beat in lossy.beats if beat.flag == BeatFlag.GAP]
        late += [gap - 100.0 for gap in gaps[1:2]]
    late.sort()
    median, most = late[len(late) // 2], late[-1]
    print(f"a lost packet: noticed in {len(late)} of 100, after {median:.0f} s, {most:.0f} s at most")  # noqa: T201
    assert len(late) > 95
