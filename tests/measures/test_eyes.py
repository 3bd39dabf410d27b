"""Measures of the eyes on plans of looking whose answer is known, at any frame rate, with late and missing frames."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.gaze_plans import ELSEWHERE, STIMULUS, Film, Stay, films, plans, script, seconds
from tests.helpers.gazes import Angles, Glance, Script, looks, times, watched
from tests.helpers.walks import named, only
from vr_runtime.measures import DEFINITIONS
from vr_runtime.protocol.events import Marker

BEGIN_S = 1.0
"""When the first frame of a script is, on the runtime's clock."""
EYE = {name for name, definition in DEFINITIONS.items() if definition.source == "eye"}


def filmed(what: Script, length_s: float, film: Film) -> tuple[Marker, ...]:
    return watched(looks(what, times(length_s, film.hz, film.jitter, film.drops, film.seed)))


def filmed_at(what: Script, length_s: float, hz: float = 90.0) -> tuple[Marker, ...]:
    return filmed(what, length_s, Film(hz, 0.0, 0.0, 0))


def value(markers: tuple[Marker, ...], name: str) -> float:
    return only(markers, name).value


# ---- shares and looks


@settings(max_examples=60, deadline=None)
@given(plan=plans(), film=films, mirrored=st.booleans())
def test_share_of_dwell_looks_and_fixations_are_those_of_the_plan(
    plan: list[Stay], film: Film, mirrored: bool
) -> None:
    length = seconds(plan)
    markers = filmed(script(plan, mirrored), length, film)
    on = sum(stay.seconds for stay in plan if stay.on)
    visits = [stay for stay in plan if stay.on]
    slack = film.slack_s
    assert value(markers, "gaze_dwell") == pytest.approx(on / length, abs=(len(plan) + 1) * slack / length)
    assert value(markers, "gaze_in_view") == 1.0
    assert (
        value(markers, "gaze_dwell_narrow")
        <= value(markers, "gaze_dwell")
        <= value(markers, "gaze_dwell_wide")
    )
    told = named(markers, "gaze_look")
    assert len(told) == len(visits)
    for marker, stay in zip(told, visits, strict=True):
        assert marker.value == pytest.approx(stay.seconds, abs=2.0 * slack)
        assert marker.stimulus == "dog"
    assert value(markers, "fixation_count") == len(plan)
    assert value(markers, "fixation_duration") == pytest.approx(length / len(plan), abs=2.0 * slack + 0.06)


@settings(max_examples=40, deadline=None)
@given(plan=plans(), film=films)
def test_the_first_fixation_comes_when_the_gaze_first_came(plan: list[Stay], film: Film) -> None:
    markers = filmed(script(plan), seconds(plan), film)
    first = only(markers, "gaze_ttff")
    assert first.parameters["censored"] == 0.0
    assert first.value == pytest.approx(0.0 if plan[0].on else plan[0].seconds, abs=0.06 + film.slack_s)
    assert first.t_on_ns / 1e9 == pytest.approx(BEGIN_S, abs=film.slack_s)


@settings(max_examples=40, deadline=None)
@given(plan=plans(), film=films)
def test_darts_away_are_the_short_visits_that_end_of_a_sudden(plan: list[Stay], film: Film) -> None:
    markers = filmed(script(plan), seconds(plan), film)
    ends, t = [], BEGIN_S
    for stay in plan:
        t += stay.seconds
        if stay.on and stay.seconds < 0.5:
            ends.append(t)
    told = named(markers, "saccade_away")
    assert [m.t_on_ns / 1e9 for m in told] == pytest.approx(ends, abs=film.slack_s + 0.01)
    for marker in told:
        assert 100.0 < marker.value < 900.0
        assert marker.parameters["after_s"] <= 0.5
    if seconds(plan) > 11.0 and film.drops == 0.0:
        assert only(markers, "saccade_away_rate").parameters["count"] == len(ends)


@settings(max_examples=30, deadline=None)
@given(
    first=st.floats(0.0, 2.0),
    on=st.floats(0.6, 2.0),
    film=films,
)
def test_vigilance_is_the_share_of_the_half_second_and_of_what_follows_to_two_seconds(
    first: float, on: float, film: Film
) -> None:
    plan = [Stay(ELSEWHERE[0], first, False), Stay(STIMULUS, on, True), Stay(ELSEWHERE[1], 3.0, False)]
    markers = filmed(script(plan), seconds(plan), film)

    def share(low: float, high: float) -> float:
        return max(0.0, min(high, first + on) - max(low, first)) / (high - low)

    # at 45 Hz a frame is a twentieth of the first window
    early, late = only(markers, "gaze_vigilance_early"), only(markers, "gaze_vigilance_late")
    assert early.value == pytest.approx(share(0.0, 0.5), abs=0.08 + 2.0 * film.slack_s)
    assert late.value == pytest.approx(share(0.5, 2.0), abs=0.03 + 2.0 * film.slack_s)
    assert (late.t_off_ns - early.t_on_ns) / 1e9 == pytest.approx(2.0)
    assert early.quality > 0.9


def test_each_minute_since_the_onset_has_its_own_share() -> None:
    def script_of(t: float) -> Glance:
        share = (0.25, 0.75, 0.5)[int(t // 60.0)]
        return Glance(gaze=STIMULUS if t % 2.0 < 2.0 * share else ELSEWHERE[0], stimulus=STIMULUS)

    markers = filmed_at(script_of, 150.0, 45.0)
    told = named(markers, "gaze_dwell_minute")
    assert [m.parameters["minute"] for m in told] == [1.0, 2.0, 3.0]
    assert [m.value for m in told] == pytest.approx([0.25, 0.75, 0.5], abs=0.03)
    assert [(m.t_off_ns - m.t_on_ns) / 1e9 for m in told] == pytest.approx([60.0, 60.0, 30.0], abs=0.05)


# ---- what each measure leaves out


def test_a_stimulus_that_nobody_looks_at_is_a_bound_and_no_latency() -> None:
    markers = filmed_at(lambda t: Glance(gaze=ELSEWHERE[int(t / 0.7) % 5], stimulus=STIMULUS), 6.0)
    first = only(markers, "gaze_ttff")
    assert first.parameters["censored"] == 1.0
    assert first.value == pytest.approx(6.0, abs=0.05)
    assert value(markers, "gaze_dwell") == 0.0


def test_each_appearance_has_its_own_onset_and_a_flicker_is_none() -> None:
    def script_of(t: float) -> Glance:
        hidden = 5.0 <= t < 9.0 or 12.0 <= t < 12.5
        return Glance(gaze=STIMULUS if t % 5.0 > 2.0 else ELSEWHERE[0], stimulus=STIMULUS, visible=not hidden)

    markers = filmed_at(script_of, 15.0)
    first = named(markers, "gaze_ttff")
    assert [m.t_on_ns / 1e9 - BEGIN_S for m in first] == pytest.approx([0.0, 9.0], abs=0.03)
    assert [m.value for m in first] == pytest.approx([2.0, 0.0], abs=0.05)


def test_what_is_behind_the_patient_has_not_appeared_to_the_eyes() -> None:
    def script_of(t: float) -> Glance:
        turned = 0.0 if t < 4.0 else 120.0
        return Glance(gaze=(turned, 0.0), head=(turned, 0.0), stimulus=(120.0, 0.0))

    markers = filmed_at(script_of, 8.0)
    assert only(markers, "gaze_ttff").t_on_ns / 1e9 == pytest.approx(BEGIN_S + 4.0, abs=0.03)
    assert value(markers, "gaze_dwell") == pytest.approx(1.0, abs=0.01)
    assert value(markers, "gaze_in_view") == pytest.approx(0.5, abs=0.02)


def test_a_stimulus_that_moves_is_fixated_by_following_it() -> None:
    def script_of(t: float) -> Glance:
        at = (40.0 * math.sin(0.8 * t), -5.0)
        return Glance(gaze=at, head=(0.6 * at[0], 0.0), stimulus=at)

    markers = filmed_at(script_of, 8.0)
    first = only(markers, "gaze_ttff")
    assert (first.value, first.parameters["fixated"]) == (pytest.approx(0.0, abs=0.02), 1.0)
    # in the world the same eyes hardly ever keep still
    assert value(markers, "fixation_share") < 0.4


def test_a_tracker_too_noisy_for_fixations_still_tells_of_a_stay() -> None:
    def script_of(t: float) -> Glance:
        shakes = 1.2 * (-1.0) ** round(t * 90.0)
        return Glance(gaze=(STIMULUS[0] + shakes, STIMULUS[1]), stimulus=STIMULUS)

    first = only(filmed_at(script_of, 3.0), "gaze_ttff")
    assert (first.value, first.parameters["fixated"]) == (pytest.approx(0.0, abs=0.02), 0.0)


def test_a_slow_way_off_the_stimulus_is_no_dart() -> None:
    def script_of(t: float) -> Glance:
        return Glance(
            gaze=(STIMULUS[0] + min(20.0, 60.0 * max(0.0, t - 0.3)), STIMULUS[1]), stimulus=STIMULUS
        )

    assert not named(filmed_at(script_of, 3.0), "saccade_away")


def test_trembling_at_the_rim_is_one_look_and_not_many() -> None:
    def script_of(t: float) -> Glance:
        return Glance(gaze=(STIMULUS[0] + 5.0 + math.sin(9.0 * t), STIMULUS[1]), stimulus=STIMULUS)

    markers = filmed_at(script_of, 20.0)
    assert len(named(markers, "gaze_look")) <= 1
    assert not named(markers, "saccade_away")


@settings(max_examples=25, deadline=None)
@given(
    centre=st.floats(0.0, 12.0),
    swing=st.floats(0.0, 12.0),
    rate=st.floats(0.1, 40.0),
    film=films,
)
def test_no_way_of_looking_makes_a_storm_of_markers(
    centre: float, swing: float, rate: float, film: Film
) -> None:
    def script_of(t: float) -> Glance:
        return Glance(
            gaze=(centre + swing * math.sin(rate * t), 0.0),
            stimulus=(0.0, 0.0),
            openness=0.25 + 0.05 * math.sin(rate * t),
        )

    markers = filmed(script_of, 10.0, film)
    # a look takes a quarter of a second and its end a tenth
    for name in ("gaze_look", "saccade_away", "fixed_stare", "head_stare", "eye_closure"):
        assert len(named(markers, name)) <= 10.0 / 0.33, name


# ---- eyelids


@settings(max_examples=40, deadline=None)
@given(
    lids=st.lists(
        st.tuples(
            st.floats(0.5, 2.0), st.one_of(st.floats(0.12, 0.28), st.floats(0.55, 0.85), st.floats(1.15, 3.0))
        ),
        min_size=3,
        max_size=7,
    ),
    film=films,
)
def test_closed_eyes_and_blinks_are_told_apart(lids: list[tuple[float, float]], film: Film) -> None:
    def script_of(t: float) -> Glance:
        for open_s, shut_s in lids:
            if t < open_s:
                return Glance(openness=0.9)
            if t < open_s + shut_s:
                return Glance(openness=0.05)
            t -= open_s + shut_s
        return Glance(openness=0.9)

    length = 12.0 + sum(sum(pair) for pair in lids)
    markers = filmed(script_of, length, film)
    closures = [shut for _, shut in lids if shut > 1.0]
    assert [m.value for m in named(markers, "eye_closure")] == pytest.approx(closures, abs=film.slack_s)
    rate = only(markers, "blink_rate")
    assert rate.parameters["count"] == sum(shut < 0.4 for _, shut in lids)
    assert rate.parameters["longer"] == sum(0.4 < shut < 1.0 for _, shut in lids)
    share = sum(closures) / length
    assert value(markers, "eye_closure_share") == pytest.approx(
        share, abs=0.01 + len(closures) * film.slack_s / length
    )


def test_without_a_signal_of_the_eyelids_nothing_is_said_of_them() -> None:
    markers = filmed_at(script([Stay(STIMULUS, 12.0, True)]), 12.0)
    assert {m.marker for m in markers}.isdisjoint({"eye_closure", "eye_closure_share", "blink_rate"})
    assert named(markers, "gaze_dwell")


def test_lids_at_the_threshold_close_once() -> None:
    def script_of(t: float) -> Glance:
        return Glance(openness=0.22 + 0.06 * math.sin(20.0 * t) if 2.0 < t < 6.0 else 0.9)

    assert len(named(filmed_at(script_of, 9.0), "eye_closure")) == 1


# ---- staring


@pytest.mark.parametrize("hz", [45.0, 90.0, 120.0])
def test_eyes_that_rest_on_a_far_point_stare_and_eyes_on_the_stimulus_do_not(hz: float) -> None:
    def script_of(t: float) -> Glance:
        blinks = t % 3.0 < 0.2
        at: Angles = ELSEWHERE[0] if t < 10.0 else (STIMULUS if t < 20.0 else ELSEWHERE[int(t / 0.8) % 5])
        return Glance(gaze=None if blinks else at, stimulus=STIMULUS)

    markers = filmed_at(script_of, 30.0, hz)
    stare = only(markers, "fixed_stare")
    assert stare.value == pytest.approx(9.8, abs=0.1)
    assert stare.stimulus == ""
    # 9.2 of 28 s seen, without the blinks
    assert value(markers, "fixed_stare_share") == pytest.approx(9.4 / 28.0, abs=0.03)


def test_a_head_that_keeps_still_past_the_stimulus_is_told_as_the_heads() -> None:
    def script_of(t: float) -> Glance:
        head: Angles = (70.0, 0.0) if t < 12.0 else (5.0, 0.0)
        return Glance(head=(head[0] + 0.8 * math.sin(t), head[1]))

    markers = filmed_at(script_of, 30.0)
    stare = only(markers, "head_stare")
    assert stare.source == "head"
    assert stare.value == pytest.approx(12.0, abs=0.1)
    assert value(markers, "head_stare_share") == pytest.approx(0.4, abs=0.02)
    assert EYE.isdisjoint({m.marker for m in markers})


# ---- eyes and head are two things


def test_without_an_eye_tracker_nothing_is_said_of_the_eyes() -> None:
    markers = filmed_at(lambda t: Glance(head=(20.0 * math.sin(t), 0.0)), 12.0)
    assert {m.marker for m in markers}.isdisjoint(EYE)
    assert named(markers, "head_first_look")


def test_the_head_moves_no_measure_of_where_the_eyes_rest() -> None:
    plan = [Stay(ELSEWHERE[0], 1.0, False), Stay(STIMULUS, 2.0, True), Stay(ELSEWHERE[1], 2.0, False)]

    def with_head(head: Angles) -> list[tuple[str, float]]:
        markers = filmed_at(script(plan, head=head), seconds(plan))
        return [(m.marker, m.value) for m in markers if m.marker in EYE]

    assert with_head((0.0, 0.0)) == with_head((-20.0, 10.0))


def test_steps_are_told_apart() -> None:
    def script_of(t: float) -> Glance:
        return Glance(gaze=STIMULUS if t < 5.0 else ELSEWHERE[0], stimulus=STIMULUS, step=1 if t < 5.0 else 2)

    markers = filmed_at(script_of, 10.0)
    assert [(m.step, m.value) for m in named(markers, "gaze_dwell")] == [(1, 1.0), (2, 0.0)]
    assert [(m.step, m.parameters["censored"]) for m in named(markers, "gaze_ttff")] == [(1, 0.0), (2, 1.0)]
    assert [m.step for m in named(markers, "fixation_count")] == [1, 2]
