"""Where the head points: shares, stretches, turning away. Never called gaze of the eyes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.helpers.walks import Moment, frames, named, observe, only
from vr_runtime.measures import DEFINITIONS, Observer
from vr_runtime.protocol.events import Marker

RATES = (30.0, 72.0, 90.0)


def looked(angle: Callable[[float], float], seconds: float, hz: float = 90.0) -> tuple[Marker, ...]:
    return observe(Observer(["edge"]), frames(lambda t: Moment(1.0, angle(t)), seconds, hz))


@pytest.mark.parametrize("hz", RATES)
def test_the_dwell_share_counts_the_time_within_the_cone_of_the_time_in_view(hz: float) -> None:
    markers = looked(lambda t: 5.0 if t < 4.0 else (30.0 if t < 8.0 else 120.0), 16.0, hz)
    assert only(markers, "head_gaze_dwell").value == pytest.approx(0.5, abs=0.02)
    assert only(markers, "head_in_view").value == pytest.approx(0.5, abs=0.02)
    assert only(markers, "head_away_share").value == pytest.approx(0.5, abs=0.02)
    assert only(markers, "head_gaze").value == pytest.approx(4.0, abs=0.1)


def test_narrow_and_wide_cones_bracket_the_tolerance() -> None:
    def angle(t: float) -> float:
        return (5.0, 12.0, 18.0, 30.0)[int(t / 2.0)]

    markers = looked(angle, 8.0)
    assert only(markers, "head_gaze_dwell_narrow").value == pytest.approx(0.25, abs=0.02)
    assert only(markers, "head_gaze_dwell").value == pytest.approx(0.5, abs=0.02)
    assert only(markers, "head_gaze_dwell_wide").value == pytest.approx(0.75, abs=0.02)


def test_glances_shorter_than_the_minimum_dwell_are_not_looking() -> None:
    markers = looked(lambda t: 5.0 if t % 1.0 < 0.4 else 40.0, 10.0)
    assert only(markers, "head_gaze_dwell").value == 0.0
    assert not named(markers, "head_gaze")
    longer = looked(lambda t: 5.0 if t % 1.0 < 0.7 else 40.0, 10.0)
    assert only(longer, "head_gaze_dwell").value == pytest.approx(0.7, abs=0.03)
    assert len(named(longer, "head_gaze")) == 10


@pytest.mark.parametrize("hz", RATES)
def test_turning_away_needs_a_second_beyond_sixty_degrees_after_having_faced_it(hz: float) -> None:
    def turns(t: float) -> float:
        return 10.0 if t < 3.0 else (80.0 if t < 5.0 else 10.0)

    away = only(looked(turns, 8.0, hz), "head_turn_away")
    assert away.value == pytest.approx(2.0, abs=0.05)
    assert away.t_on_ns / 1e9 == pytest.approx(3.0, abs=0.05)
    glance = looked(lambda t: 80.0 if 3.0 <= t < 3.8 else 10.0, 8.0, hz)
    assert not named(glance, "head_turn_away")
    assert only(glance, "head_away_share").value == 0.0
    never_faced = looked(lambda t: 80.0, 8.0, hz)
    assert not named(never_faced, "head_turn_away")
    assert only(never_faced, "head_away_share").value == pytest.approx(1.0, abs=0.02)


def test_trembling_at_the_threshold_is_one_turn_and_not_many() -> None:
    def trembles(t: float) -> float:
        return 10.0 if t < 2.0 else (10.0 if t > 8.0 else 58.0 + 4.0 * (int(t * 10) % 2))

    assert len(named(looked(trembles, 10.0), "head_turn_away")) == 1


def test_trembling_at_the_rim_of_the_cone_is_one_look_and_not_many() -> None:
    def trembles(t: float) -> float:
        return 10.0 if t < 1.0 else (40.0 if t > 9.0 else 15.0 + 1.0 * (-1.0) ** int(t / 0.7))

    assert len(named(looked(trembles, 10.0), "head_gaze")) == 1


def test_what_is_hidden_can_neither_be_looked_at_nor_away_from() -> None:
    walk = frames(lambda t: Moment(1.0, 5.0, visible=t < 4.0), 12.0)
    markers = observe(Observer(["edge"]), walk)
    assert only(markers, "head_gaze_dwell").value == pytest.approx(1.0, abs=0.02)
    assert only(markers, "head_in_view").parameters["visible_s"] == pytest.approx(4.0, abs=0.05)
    hidden = observe(Observer(["edge"]), frames(lambda t: Moment(1.0, 90.0, visible=False), 8.0))
    assert not named(hidden, "head_away_share")


def test_losing_tracking_ends_a_turn_away_where_it_was_last_seen() -> None:
    def lost(t: float) -> Moment:
        return Moment(1.0, 10.0 if t < 2.0 else 90.0, tracking=t < 5.0)

    away = only(observe(Observer(["edge"]), frames(lost, 9.0)), "head_turn_away")
    assert away.t_off_ns / 1e9 == pytest.approx(5.0, abs=0.05)


def test_no_measure_of_the_head_is_called_gaze_alone() -> None:
    for name, definition in DEFINITIONS.items():
        if "gaze" in name and definition.source != "eye":
            assert name.startswith("head_gaze")
            assert definition.source == "head"
        if name.startswith("gaze"):
            assert definition.source == "eye"
        if definition.source == "eye":
            assert not name.startswith("head")
