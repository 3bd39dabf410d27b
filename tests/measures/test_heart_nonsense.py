"""Nonsense from a sensor is counted and left out; nothing falls over, and no figure is made of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.hearts import beats_at, session
from tests.helpers.walks import named, observe, only
from vr_runtime.measures import Observer
from vr_runtime.measures.beats import BeatGate, Nonsense
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Beat, Hands, Pose
from vr_runtime.protocol.streams import BeatFlag

SECOND = 10**9
NUMBERS = st.one_of(
    st.none(),
    st.floats(),
    st.sampled_from(
        [0.0, -0.0, -800.0, math.nan, math.inf, -math.inf, 1e9, 1e39, 5e-324, 800.0, 820.0, 2500.0]
    ),
)
TIMES = st.one_of(st.integers(-(2**62), 2**62), st.integers(-5 * SECOND, 60 * SECOND))


STRANGE = st.builds(Beat, TIMES, TIMES, NUMBERS, NUMBERS, st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 200, -1]))
TOLD = st.lists(st.lists(st.one_of(st.none(), STRANGE), max_size=2), min_size=1, max_size=30)
"""What frames of half a second each heard of; None: a good beat."""


def heard(told: list[list[Beat | None]]) -> list[tuple[int, tuple[Beat, ...]]]:
    found = []
    for at, beats in enumerate(told):
        now_ns = at * SECOND // 2
        good = Beat(now_ns, now_ns, 800.0, 75.0, BeatFlag.OK)
        found.append((now_ns, tuple(beat or good for beat in beats)))
    return found


@given(TOLD)
@settings(max_examples=80, deadline=None)
def test_whatever_a_sensor_tells_every_number_is_finite_and_of_this_world(
    told: list[list[Beat | None]],
) -> None:
    observer, markers = Observer(), list[Marker]()
    for now_ns, beats in heard(told):
        at = now_ns // SECOND
        markers += observer.update(now_ns, Pose(z=1.6), Hands(), (), beats, at // 5, at > 5, True)
        live = observer.live()
        assert live.bpm is None or 0.0 < live.bpm <= 300.0
        assert live.rmssd_ms is None or 0.0 <= live.rmssd_ms <= 1700.0
        assert 0.0 <= live.heart_quality <= 1.0
        assert live.beat_age_s is None or math.isfinite(live.beat_age_s)
    markers += observer.finish(len(told) * SECOND // 2)
    for marker in markers:
        assert math.isfinite(marker.value)
        assert all(math.isfinite(value) for value in marker.parameters.values())
        assert marker.t_off_ns >= marker.t_on_ns


@given(TOLD)
@settings(max_examples=80, deadline=None)
def test_what_is_let_through_rises_in_time_and_the_rest_is_counted(told: list[list[Beat | None]]) -> None:
    gate, last_ns = BeatGate(), -math.inf
    for now_ns, beats in heard(told):
        before = gate.count
        kept = gate.admit(beats, now_ns)
        good = [beat for beat in kept if beat.rr_ms is not None]
        for beat in good:
            assert beat.rr_ms is not None
            assert 0.0 < beat.rr_ms <= 60_000.0
            assert beat.t_ns > last_ns
            last_ns = beat.t_ns
        usable = sum(beat.rr_ms is not None or beat.bpm is not None or beat.flag in (1, 4) for beat in kept)
        assert gate.count - before == len(beats) - usable


@pytest.mark.parametrize(
    ("beat", "why"),
    [
        (Beat(20 * SECOND, 20 * SECOND, 0.0, None, BeatFlag.OK), Nonsense.NO_INTERVAL),
        (Beat(20 * SECOND, 20 * SECOND, -800.0, None, BeatFlag.OK), Nonsense.NO_INTERVAL),
        (Beat(20 * SECOND, 20 * SECOND, 1e9, None, BeatFlag.OK), Nonsense.NO_INTERVAL),
        (Beat(20 * SECOND, 20 * SECOND, math.inf, None, BeatFlag.OK), Nonsense.NO_INTERVAL),
        (Beat(20 * SECOND, 20 * SECOND, math.nan, None, BeatFlag.OK), Nonsense.NO_INTERVAL),
        (Beat(20 * SECOND, 20 * SECOND, None, -5.0, BeatFlag.OK), Nonsense.NO_INTERVAL),
        (Beat(20 * SECOND, 20 * SECOND, 800.0, None, 77), Nonsense.UNKNOWN_FLAG),
        (Beat(9 * SECOND, 20 * SECOND, 800.0, None, BeatFlag.OK), Nonsense.TIME_BACK),
        (Beat(10 * SECOND, 20 * SECOND, 800.0, None, BeatFlag.OK), Nonsense.DOUBLED),
        (Beat(22 * SECOND, 20 * SECOND, 800.0, None, BeatFlag.OK), Nonsense.FUTURE),
        (Beat(-601 * SECOND, 20 * SECOND, 800.0, None, BeatFlag.OK), Nonsense.LONG_AGO),
    ],
)  # fmt: skip
def test_each_kind_of_nonsense_is_told_apart(beat: Beat, why: Nonsense) -> None:
    gate = BeatGate()
    gate.admit((Beat(10 * SECOND, 10 * SECOND, 800.0, None, BeatFlag.OK),), 10 * SECOND)
    gate.admit((beat,), 20 * SECOND)
    assert gate.nonsense == {why: 1}


def test_a_beat_from_the_future_does_not_silence_those_that_follow() -> None:
    good = beats_at(lambda t: 75.0, 60.0)
    mad = Beat(10**18, 30 * SECOND, 800.0, None, BeatFlag.OK)
    markers = observe(Observer(), session((*good, mad), 60.0, 100.0, 100.0))
    assert only(markers, "heart_nonsense").parameters["future"] == 1.0
    assert only(markers, "step_heart_rate").value == pytest.approx(75.0)


def test_beats_told_twice_change_no_figure_and_are_counted() -> None:
    beats = beats_at(lambda t: 70.0 + 5.0 * math.sin(t), 90.0)
    twice = tuple(beat for beat in beats for _ in range(2))
    once = observe(Observer(), session(beats, 90.0, 100.0, 100.0))
    again = observe(Observer(), session(twice, 90.0, 100.0, 100.0))
    counted = only(again, "heart_nonsense")
    heard = sum(beat.arrival_ns < 90 * SECOND for beat in beats)
    assert (counted.value, counted.parameters["doubled"]) == (heard, heard)
    assert tuple(marker for marker in again if marker is not counted) == once
    assert not named(once, "heart_nonsense")


def test_no_difference_is_taken_across_what_was_left_out() -> None:
    rr = [800.0] * 30 + [0.0] + [860.0] * 30
    beats, t_ns = [], 0
    for value in rr:
        t_ns += round((value or 800.0) * 1e6)
        beats.append(Beat(t_ns, t_ns, value, None, BeatFlag.OK))
    markers = observe(Observer(), session(tuple(beats), 51.0, 100.0, 100.0))
    assert only(markers, "step_rmssd").value == 0.0
    assert only(markers, "heart_nonsense").value == 1.0
