"""What is known of the patient, and the alarms that follow from it."""

from __future__ import annotations

import pytest

from vr_runtime.protocol.course_events import Marked
from vr_runtime.protocol.events import (
    RatingGiven,
    RatingMissed,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import AgeBand, Observed, Rated, Reporter, Scale
from vr_runtime.session.felt import Felt

S = 1_000_000_000


def rating(what: Rated, raw: float, scale: Scale, by: Reporter = Reporter.PATIENT) -> RatingGiven:
    return RatingGiven(what=what, scale=scale, raw=raw, value=raw / scale.top * 100, reported_by=by, step=1)


def sick(raw: float) -> RatingGiven:
    return rating(Rated.SICKNESS, raw, Scale.FMS_20)


def suds(raw: float, by: Reporter = Reporter.PATIENT) -> RatingGiven:
    return rating(Rated.DISTRESS, raw, Scale.SUDS_100, by)


def felt(**more: object) -> Felt:
    return Felt(SafetyLimits(), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ratings", "level"),
    [
        ([(0, 9.0)], 0),
        ([(0, 10.0)], 1),
        ([(0, 14.9)], 1),
        ([(0, 15.0)], 2),
        ([(0, 3.0), (120, 8.0)], 2),  # five more within two minutes
        ([(0, 3.0), (121, 8.0)], 0),
        ([(0, 3.0), (60, 7.9)], 0),
        ([(0, 16.0), (60, 4.0)], 0),  # a person's word takes it back
    ],
)
def test_sickness_warns_and_blocks_at_its_limits(ratings: list[tuple[int, float]], level: int) -> None:
    known = felt()
    for at_s, raw in ratings:
        known.hear([sick(raw)], at_s * S)
    assert known.sickness == level


def test_distress_at_the_top_takes_two_ratings_in_a_row() -> None:
    known = felt()
    known.hear([suds(95.0)], 0)
    assert not known.distress_at_top
    known.hear([suds(89.0), suds(90.0)], S)
    assert not known.distress_at_top
    known.hear([suds(90.0)], 2 * S)
    assert known.distress_at_top
    known.hear([suds(80.0)], 3 * S)
    assert not known.distress_at_top


def test_a_marked_panic_stands_until_something_lower_was_rated() -> None:
    known = felt()
    known.hear([Marked(what=Observed.PANIC, step=1)], 0)
    known.hear([suds(95.0)], S)
    assert known.distress_at_top
    known.hear([suds(60.0)], 2 * S)
    assert not known.distress_at_top


def test_two_prompts_in_a_row_that_nobody_answered_and_a_word_of_the_patient() -> None:
    known = felt()
    missed = RatingMissed(prompt="p", what=Rated.DISTRESS)
    known.hear([missed], 0)
    known.hear([suds(50.0)], S)
    known.hear([missed], 2 * S)
    assert not known.unanswered
    known.hear([missed], 3 * S)
    assert known.unanswered
    known.hear([suds(50.0, Reporter.OBSERVER)], 4 * S)
    assert known.unanswered  # what an observer estimates is no answer of the patient's
    known.hear([suds(50.0)], 5 * S)
    assert not known.unanswered


def test_dissociation_is_marked_by_a_person_and_cleared_by_the_patients_word() -> None:
    known = felt()
    known.hear([Marked(what=Observed.DISSOCIATION, step=1)], 0)
    known.hear([suds(50.0, Reporter.OBSERVER)], S)
    assert known.dissociated
    known.hear([suds(50.0)], 2 * S)
    assert not known.dissociated


def beat(known: Felt, *rates: float | None) -> Felt:
    for second, bpm in enumerate(rates):
        known.heart(bpm, second * S)
    return known


def test_a_fall_of_the_heart_rate_is_looked_for_in_blood_and_injection_alone() -> None:
    falling = [90.0] * 10 + [85.0, 80.0, 75.0, 69.0]
    assert beat(felt(blood_injection=True), *falling).heart_falls
    assert not beat(felt(), *falling).heart_falls


def test_a_fall_that_took_longer_than_half_a_minute_is_none_unless_it_is_low() -> None:
    slow = [95.0 - 0.6 * second for second in range(60)]
    assert not beat(felt(blood_injection=True), *slow).heart_falls
    assert beat(felt(blood_injection=True), 51.0, 50.0, 49.0).heart_falls


def test_a_rate_that_cannot_be_trusted_is_no_fall() -> None:
    assert not beat(felt(blood_injection=True), 90.0, 90.0, None, 66.0).heart_falls


def test_a_very_high_rate_is_told_after_a_minute_and_by_age() -> None:
    high = 0.85 * (208 - 0.7 * 26) + 1
    assert not beat(felt(age=AgeBand.FROM_26), *[high] * 59).heart_high
    assert beat(felt(age=AgeBand.FROM_26), *[high] * 60).heart_high
    assert not beat(felt(age=AgeBand.FROM_8), *[high] * 60).heart_high
    assert not beat(felt(age=AgeBand.FROM_26), *[high] * 40, 100.0, *[high] * 40).heart_high


def test_one_value_a_second_is_kept_however_often_the_rate_is_told() -> None:
    known, high = felt(), 250.0
    for half in range(119):
        assert not known.heart_high
        known.heart(high, half * S // 2)
    assert known.heart_high  # sixty values, from second 0 to second 59


def test_a_rate_at_the_limit_is_not_above_it_and_one_above_it_is() -> None:
    limit = 0.85 * (208.0 - 0.7 * AgeBand.FROM_26.youngest)
    assert not beat(felt(age=AgeBand.FROM_26), *[limit] * 70).heart_high
    assert beat(felt(age=AgeBand.FROM_26), *[limit + 0.01] * 60).heart_high


@pytest.mark.parametrize(
    ("rates", "falls"),
    [
        ((90.0, 70.0), True),
        ((90.0, 70.1), False),
        ((60.0, 50.0), False),
        ((60.0, 49.9), True),
        ((90.0, *[75.0] * 29, 70.0), True),
        ((90.0, *[75.0] * 30, 70.0), False),
        ((), False),
    ],
)
def test_a_fall_is_twenty_beats_within_thirty_seconds_or_below_fifty(
    rates: tuple[float, ...], falls: bool
) -> None:
    assert beat(felt(blood_injection=True), *rates).heart_falls is falls


def test_a_rate_that_cannot_be_trusted_begins_the_minute_anew() -> None:
    assert not beat(felt(), *[250.0] * 40, None, *[250.0] * 59).heart_high
    assert beat(felt(), *[250.0] * 40, None, *[250.0] * 60).heart_high


def test_at_first_nothing_is_known_and_nothing_is_wrong() -> None:
    known = felt(blood_injection=True)
    assert known.sickness == 0
    assert not any((known.panic, known.dissociated, known.distress_at_top))
    assert not any((known.unanswered, known.heart_falls, known.heart_high))


def test_a_mark_of_something_else_takes_nothing_back() -> None:
    known = felt()
    known.hear([Marked(what=Observed.PANIC, step=1), Marked(what=Observed.DISSOCIATION, step=1)], 0)
    known.hear([Marked(what=Observed.GOAL_REACHED, step=1)], S)
    assert known.panic
    assert known.dissociated
