"""A sender's stamps on the runtime's clock: corrected within a millisecond, never back in time, never a guess."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

import pytest

from vr_runtime.sensors.lsl_clock import ClockMap, Correction, Placement

SECOND = 1_000_000_000


class Machine:
    """A runtime's clock and LSL's on one machine; reading either takes time."""

    def __init__(self, lsl_ahead_s: float, seed: int = 1) -> None:
        self.t_ns = 5 * SECOND
        self.lsl_ahead_s = lsl_ahead_s
        self._random = Random(seed)

    def now_ns(self) -> int:
        self._read()
        return self.t_ns

    def lsl_clock(self) -> float:
        self._read()
        return self.t_ns / 1e9 + self.lsl_ahead_s

    def _read(self) -> None:
        self.t_ns += self._random.choice(
            (200, 400, 900, 3_000_000)
        )  # now and then somebody else has the core


def test_the_two_clocks_of_the_machine_are_compared_within_the_error_that_is_told() -> None:
    machine = Machine(37_000.25)
    clocks = ClockMap(machine.now_ns, machine.lsl_clock)
    true_ns = -round(37_000.25 * SECOND)
    assert abs(clocks.offset_ns - true_ns) <= clocks.error_ns + 1_000
    for _ in range(40):
        assert not clocks.measure()
        assert abs(clocks.offset_ns - true_ns) <= clocks.error_ns + 1_000
    assert clocks.error_ns < 20_000
    assert clocks.runtime_ns(clocks.lsl_s(123 * SECOND)) == pytest.approx(123 * SECOND, abs=100)


def test_clocks_that_part_are_noticed_and_followed() -> None:
    machine = Machine(100.0)
    clocks = ClockMap(machine.now_ns, machine.lsl_clock)
    machine.lsl_ahead_s += 0.5
    assert clocks.measure()
    assert abs(clocks.offset_ns + round(100.5 * SECOND)) <= clocks.error_ns + 1_000
    assert not clocks.measure()


def still() -> ClockMap:
    """The runtime's clock and LSL's are one."""
    return ClockMap(lambda: 0, lambda: 0.0)


@pytest.mark.parametrize("ahead_s", [0.0, 3600.123, -86_400.5, 1e6])
@pytest.mark.parametrize("drift", [0.0, 1e-4, -1e-4])
def test_a_shifted_and_drifting_clock_is_corrected_within_a_millisecond(ahead_s: float, drift: float) -> None:
    """130 samples a second for ten minutes; liblsl's estimates every 2 s, off by up to half a round trip of 1 ms."""
    random = Random(f"{ahead_s} {drift}")
    correction = Correction()
    placement = Placement(still(), correction)
    told_s, worst_ms, times = -10.0, 0.0, []
    for i in range(600 * 130):
        true_s = 50.0 + i / 130.0
        stamp_s = true_s + ahead_s + drift * i / 130.0
        if true_s - told_s >= 2.0:
            told_s = true_s
            trip_s = random.uniform(1e-4, 1e-3)
            estimate = true_s - stamp_s + random.uniform(-0.5, 0.5) * trip_s
            assert not correction.heard(estimate, trip_s, stamp_s, true_s)
        t_ns = placement.place(stamp_s, round((true_s + 0.005) * 1e9))
        assert t_ns is not None
        times.append(t_ns)
        worst_ms = max(worst_ms, abs(t_ns / 1e6 - true_s * 1e3))
    assert worst_ms < 1.0
    assert placement.error_ms < 1.0
    gaps = [later - earlier for earlier, later in pairwise(times)]
    even = SECOND / 130.0
    assert min(gaps) > 0
    assert max(abs(gap - even) for gap in gaps) < 0.0025 * even, "a correction bent the curve"


def test_the_error_that_is_told_is_the_error() -> None:
    """Round trips of 20 ms: one standard deviation told, two thirds of the times within it, nearly all within three."""
    random = Random(4)
    correction = Correction()
    within = {1: 0, 3: 0}
    for i in range(2_000):
        correction.heard(2.0 + random.uniform(-0.01, 0.01), 0.02, float(i), 2.0 * i)
        for times in within:
            within[times] += abs(correction.offset_s - 2.0) <= times * correction.sd_s
    assert within[1] > 0.6 * 2_000
    assert within[3] > 0.99 * 2_000


def test_an_estimate_that_is_told_again_counts_once_and_nonsense_not_at_all() -> None:
    correction = Correction()
    assert not correction.heard(math.nan, 0.001, 1.0, 1.0)
    assert not correction.known
    correction.heard(1.0, 0.001, 1.0, 1.0)
    sd = correction.sd_s
    correction.heard(1.0, 0.001, 1.0, 1.5)
    assert correction.sd_s == sd
    correction.heard(1.0, None, None, 3.0)
    assert correction.known


def test_a_sender_whose_clock_is_set_is_a_step_and_nothing_is_smoothed_over_it() -> None:
    correction = Correction()
    placement = Placement(still(), correction)
    correction.heard(0.0, 0.001, 1.0, 1.0)
    assert placement.place(10.0, 10 * SECOND) == 10 * SECOND
    assert placement.place(13.0, 11 * SECOND) is None, "two seconds ahead of its arrival"
    assert placement.refused == 1
    assert correction.heard(-2.0, 0.001, 2.0, 12.0)
    placement.jump()
    assert placement.place(14.5, 12_600_000_000) == 12_500_000_000
    assert correction.steps == 1


def test_stamps_that_go_back_a_little_follow_on_and_those_that_go_back_far_are_counted() -> None:
    correction = Correction()
    correction.heard(0.0, 0.0, 1.0, 1.0)
    placement = Placement(still(), correction)
    first = placement.place(5.0, 5 * SECOND)
    assert first is not None
    assert placement.place(4.99, 5 * SECOND) == first + 1
    assert placement.place(4.0, 5 * SECOND) is None
    assert placement.backwards == 1
    assert placement.place(5.1, 6 * SECOND) == round(5.1 * SECOND)


@pytest.mark.parametrize("stamp", [0.0, 1.7e9, math.nan, math.inf, -math.inf, 1e300])
def test_stamps_of_another_clock_are_refused_and_counted(stamp: float) -> None:
    correction = Correction()
    correction.heard(0.0, 0.0, 1.0, 1.0)
    placement = Placement(still(), correction)
    assert placement.place(stamp, 40_000 * SECOND) is None
    assert placement.refused == 1
    assert placement.place(40_000.0, 40_000 * SECOND) == 40_000 * SECOND
