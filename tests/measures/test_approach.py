"""Approach, retreat, hesitation and the minimum distance with its dwell."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.walks import Moment, frames, named, observe, only
from vr_runtime.measures import Observer
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.files.manifest import Stimulus, Text

NAME = Text(en="the edge", fr="le bord")
EDGE = Stimulus(id="edge", name=NAME, near_m=1.0, goal_m=0.1)
RATES = (30.0, 72.0, 90.0)


def path(*corners: tuple[float, float]) -> Callable[[float], float]:
    """Distance over time by straight lines between (second, metre)."""

    def at(t: float) -> float:
        for (t0, d0), (t1, d1) in itertools.pairwise(corners):
            if t <= t1:
                return d0 + (d1 - d0) * (t - t0) / (t1 - t0)
        return corners[-1][1]

    return at


def walked(way: Callable[[float], float], seconds: float, hz: float = 90.0) -> tuple[Marker, ...]:
    return observe(Observer([EDGE]), frames(lambda t: Moment(way(t)), seconds, hz))


@pytest.mark.parametrize("hz", RATES)
def test_a_short_touch_of_the_edge_is_not_the_minimum_that_was_borne(hz: float) -> None:
    way = path((0, 2.0), (2, 1.0), (4, 1.0), (4.4, 0.4), (4.8, 1.0), (8, 1.0))
    marker = only(walked(way, 8.0, hz), "bat_min_distance")
    assert marker.value == pytest.approx(0.9, abs=0.11)
    staying = path((0, 2.0), (2, 1.0), (4, 1.0), (5, 0.4), (6.5, 0.4), (8, 1.0))
    assert only(walked(staying, 8.0, hz), "bat_min_distance").value == pytest.approx(0.4, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.05, 3.0), min_size=3, max_size=9))
def test_the_minimum_with_dwell_is_what_a_search_through_all_windows_finds(metres: list[float]) -> None:
    corners = [(1.5 * i, d) for i, d in enumerate(metres)]
    way, seconds, hz = path(*corners), 1.5 * (len(metres) - 1), 60.0
    heard = list(frames(lambda t: Moment(way(t)), seconds, hz))
    track = [(f.t_ns, f.readings[0].distance_m) for f in heard]
    best = None
    for i, (end, _) in enumerate(track):
        if end < 10**9:
            continue
        window = [d for t, d in track[: i + 1] if t >= end - 10**9]
        stayed = max(min(window), max(window) - 0.1)
        best = stayed if best is None else min(best, stayed)
    found = named(observe(Observer([EDGE]), iter(heard)), "bat_min_distance")
    assert best is not None
    assert found[0].value == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("hz", RATES)
def test_an_approach_has_its_velocity_and_its_latency(hz: float) -> None:
    markers = walked(path((0, 3.0), (4, 3.0), (8, 1.8), (12, 1.8)), 12.0, hz)
    approach = only(markers, "approach_velocity")
    assert approach.value == pytest.approx(0.3, abs=0.03)
    assert approach.quality == pytest.approx(1.0, abs=0.05)
    assert approach.t_on_ns / 1e9 == pytest.approx(4.0, abs=0.2)
    assert approach.t_off_ns / 1e9 == pytest.approx(8.0, abs=0.4)
    latency = only(markers, "approach_latency")
    assert latency.value == pytest.approx(4.0, abs=0.2)
    assert "censored" not in latency.parameters


def test_who_never_approaches_has_a_censored_latency_and_no_zero() -> None:
    latency = only(walked(path((0, 3.0), (20, 2.5)), 20.0), "approach_latency")
    assert latency.parameters["censored"] == 1.0
    assert latency.value == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize("hz", RATES)
def test_a_step_back_is_a_retreat_and_a_slow_drift_is_not(hz: float) -> None:
    back = walked(path((0, 2.0), (5, 0.5), (7, 0.5), (8, 1.1), (12, 1.1)), 12.0, hz)
    retreat = only(back, "retreat")
    assert retreat.value == pytest.approx(0.6, abs=0.05)
    assert retreat.t_on_ns / 1e9 == pytest.approx(7.0, abs=0.2)
    assert (retreat.unit, retreat.source, retreat.stimulus) == ("m", "head", "edge")
    for seconds in (3.0, 6.0):
        drift = path((0, 0.5), (3, 0.5), (3 + seconds, 1.1), (12, 1.1))
        assert not named(walked(drift, 12.0, hz), "retreat")


def test_two_retreats_within_the_refractory_time_are_one() -> None:
    way = path((0, 0.5), (2, 0.5), (2.8, 1.0), (3.3, 0.7), (4.0, 1.1), (9, 1.1))
    assert len(named(walked(way, 9.0), "retreat")) == 1
    apart = path((0, 0.5), (2, 0.5), (2.8, 1.0), (7, 0.5), (8, 0.5), (8.8, 1.0), (12, 1.0))
    assert len(named(walked(apart, 12.0), "retreat")) == 2


def test_hesitation_is_the_share_of_standing_still_near_and_short_of_the_goal() -> None:
    way = path((0, 2.0), (4, 0.8), (14, 0.8), (18, 0.3), (18.1, 0.3))
    hesitation = only(walked(way, 18.0), "hesitation")
    near = 18.0 - 4.0 * (2.0 - 1.0) / (2.0 - 0.8)
    assert hesitation.value == pytest.approx(10.0 / near, abs=0.04)
    far = walked(path((0, 2.0), (20, 2.0)), 20.0)
    assert not named(far, "hesitation")
    there = walked(path((0, 1.2), (4, 0.05), (20, 0.05)), 20.0)
    assert only(there, "hesitation").value < 0.1


def test_the_normalised_distance_runs_from_start_to_goal() -> None:
    half = only(walked(path((0, 2.1), (10, 1.1), (15, 1.1)), 15.0), "bat_normalised")
    assert half.value == pytest.approx(0.5, abs=0.01)
    assert (half.parameters["start_m"], half.parameters["goal_m"]) == (pytest.approx(2.1), 0.1)
    beyond = only(walked(path((0, 2.1), (10, 0.05), (15, 0.05)), 15.0), "bat_normalised")
    assert beyond.value == 1.0
    away = only(walked(path((0, 1.0), (5, 2.0), (15, 2.0)), 15.0), "bat_normalised")
    assert away.value <= 0.15


def test_a_stimulus_that_comes_by_itself_is_no_approach_of_the_patient() -> None:
    way = path((0, 3.0), (2, 3.0), (6, 1.8), (9, 1.8))
    moved = observe(Observer([EDGE]), frames(lambda t: Moment(way(t), own=False), 9.0))
    assert only(moved, "approach_velocity").quality == pytest.approx(0.0, abs=0.01)


def test_a_viewpoint_that_jumps_is_neither_approach_nor_retreat() -> None:
    def jumps(t: float) -> Moment:
        return Moment(0.5 if int(t / 2.0) % 2 else 2.5)

    markers = observe(Observer([EDGE]), frames(jumps, 20.0))
    assert not named(markers, "approach_velocity")
    assert not named(markers, "retreat")


def test_what_was_not_tracked_is_not_measured_and_lowers_the_quality() -> None:
    def half(t: float) -> Moment:
        lost = 5.0 <= t < 10.0
        return Moment(0.2 if lost else 2.0, tracking=not lost)

    marker = only(observe(Observer([EDGE]), frames(half, 10.0)), "bat_min_distance")
    assert marker.value == pytest.approx(2.0, abs=1e-6)
    assert marker.quality == pytest.approx(0.5, abs=0.01)


def test_a_stimulus_that_is_not_shown_is_not_approached() -> None:
    way = path((0, 3.0), (4, 1.0), (9, 1.0))
    markers = observe(Observer([EDGE]), frames(lambda t: Moment(way(t), exposed=False), 9.0))
    assert not [marker for marker in markers if marker.source == "head"]
