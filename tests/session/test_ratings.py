"""Ratings keep the raw value, its scale and the normalised value; what is missed is an event, never a zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.rig import at
from vr_runtime.protocol.commands import AskRating, End, Pause, Rating
from vr_runtime.protocol.events import PatientAnswered, RatingGiven, RatingMissed, RatingPrompted
from vr_runtime.protocol.words import Phase, Rated, Reporter, Scale


@given(scale=st.sampled_from(list(Scale)), share=st.floats(0, 1))
def test_a_rating_keeps_its_raw_value_and_scale_and_gets_a_value_from_0_to_100(
    scale: Scale, share: float
) -> None:
    rig = at(Phase.SETUP, settle_s=0.1)
    raw = share * scale.top
    rig.ok(Rating(raw=raw, scale=scale, what=Rated.URGE, reported_by=Reporter.OBSERVER))
    (given_,) = rig.bodies(RatingGiven)
    assert (given_.raw, given_.scale, given_.what) == (raw, scale, Rated.URGE)
    assert given_.reported_by is Reporter.OBSERVER
    assert given_.value == pytest.approx(100.0 * share)
    assert 0.0 <= given_.value <= 100.0


def test_a_rating_knows_the_step_it_was_given_on() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(Rating(raw=55))
    assert rig.bodies(RatingGiven)[0].step == 3
    rig = at(Phase.BASELINE)
    rig.ok(Rating(raw=5))
    assert rig.bodies(RatingGiven)[0].step == 0


def test_an_answer_in_the_headset_closes_the_prompt_and_is_caused_by_the_question() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating(scale=Scale.SUDS_10, wait_s=20))
    prompt = rig.last.prompt
    assert prompt is not None
    (prompted,) = rig.bodies(RatingPrompted)
    assert (prompted.prompt, prompted.until_ns) == (prompt.id, rig.now_ns + 20_000_000_000)
    decision = rig.frame(answered=(rig.rate(prompt.id, 7.0),))
    ((body, cause),) = decision.events
    assert isinstance(body, RatingGiven)
    assert (body.raw, body.value, body.scale) == (7.0, 70.0, Scale.SUDS_10)
    assert (body.prompt, body.reported_by) == (prompt.id, Reporter.PATIENT_HEADSET)
    assert cause == f"command-{len(rig.received):04d}"
    assert decision.prompt is None
    rig.wait(30.0, dt_s=0.1)
    assert rig.bodies(RatingMissed) == []


def test_a_prompt_that_goes_unanswered_is_missed_once_and_leaves_no_rating() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating(what=Rated.BELIEF, wait_s=5))
    rig.wait(4.9)
    assert rig.last.prompt is not None
    rig.wait(10.0)
    assert rig.last.prompt is None
    (missed,) = rig.bodies(RatingMissed)
    assert missed.what is Rated.BELIEF
    assert rig.bodies(RatingGiven) == []


def test_an_answer_that_comes_too_late_is_no_rating() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating(wait_s=1))
    prompt = rig.last.prompt
    assert prompt is not None
    rig.wait(2.0)
    rig.frame(answered=(rig.rate(prompt.id, 50.0),))
    assert rig.bodies(RatingGiven) == []


@pytest.mark.parametrize("raw", [-0.1, 10.1, float("nan"), float("inf"), float("-inf")])
def test_an_answer_off_its_scale_is_passed_over_and_the_prompt_stays_open(raw: float) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating(scale=Scale.SUDS_10))
    prompt = rig.last.prompt
    assert prompt is not None
    answer = PatientAnswered.model_construct(prompt=prompt.id, raw=raw, reported_by=Reporter.PATIENT_HEADSET)
    rig.frame(answered=(answer,))
    assert rig.bodies(RatingGiven) == []
    assert rig.last.prompt == prompt


def test_an_answer_to_another_prompt_is_passed_over() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(answered=(rig.rate("rating-nobody-asked", 50.0),))
    rig.ok(AskRating())
    rig.frame(answered=(rig.rate("rating-nobody-asked", 50.0),))
    assert rig.bodies(RatingGiven) == []


def test_a_new_question_makes_the_open_one_a_missed_one() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating(), AskRating(what=Rated.DISGUST))
    (missed,) = rig.bodies(RatingMissed)
    assert missed.what is Rated.DISTRESS
    assert rig.last.prompt is not None
    assert rig.last.prompt.what is Rated.DISGUST


def test_what_the_therapist_types_answers_the_open_question_for_the_same_thing_only() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating(what=Rated.URGE))
    rig.ok(Rating(raw=30, what=Rated.DISTRESS))
    assert rig.last.prompt is not None
    rig.ok(Rating(raw=60, what=Rated.URGE))
    assert rig.last.prompt is None
    assert [body.prompt is not None for body in rig.bodies(RatingGiven)] == [False, True]


def test_a_question_stays_open_through_a_pause_and_its_time_goes_on() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating(wait_s=3))
    rig.ok(Pause())
    rig.wait(2.0)
    assert rig.last.prompt is not None
    rig.wait(1.2)
    assert len(rig.bodies(RatingMissed)) == 1


def test_closing_the_session_closes_the_question() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating())
    rig.ok(End())
    assert len(rig.bodies(RatingMissed)) == 1
