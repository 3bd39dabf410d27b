"""The forecast of distress: honest with few data, drawn to what was rated, the same each time, and always on the scale."""

from __future__ import annotations

import math
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.forecasts import Course, course, evaluate, history, plan_of
from vr_runtime.protocol.course_events import ForecastMade
from vr_runtime.protocol.events import (
    PastRating,
)
from vr_runtime.session.forecast import MODEL, Forecast, Forecaster
from vr_runtime.session.regression import LEAST_WIDTH, within_scale

PLAN = plan_of(10)


def past(ago: int, step: int, on_step_s: float, value: float) -> PastRating:
    return PastRating(session=ago, step_id=f"step-{step}", on_step_s=on_step_s, value=value)


def width(forecast: Forecast) -> float:
    return forecast.high - forecast.low


def falling(model: Forecaster, step: int, values: list[float]) -> None:
    model.entered(step)
    for number, value in enumerate(values):
        model.rated(step, 60.0 * number, value)


# ------------------------------------------------------------------ honest with few data


def test_of_an_unknown_patient_the_interval_is_wide_and_says_so() -> None:
    told = Forecaster(PLAN).entering(5)
    assert width(told) > 45.0
    assert (told.based_on, told.model) == (0, MODEL)
    assert "Nothing is known" in told.reasons[0].text.en
    assert "ne sait encore rien" in told.reasons[0].text.fr


def test_each_rating_on_the_step_narrows_what_comes_next_and_what_was_rated_draws_it() -> None:
    model = Forecaster(PLAN)
    model.entered(4)
    widths = [width(model.ahead(0.0, 60.0))]
    for number, value in enumerate((80.0, 78.0, 76.0, 75.0, 74.0)):
        before = model.ahead(60.0 * number, 0.0).mean
        model.rated(4, 60.0 * number, value)
        after = model.ahead(60.0 * number, 0.0).mean
        assert abs(after - value) <= abs(before - value) + 0.5
        widths.append(width(model.ahead(60.0 * number, 60.0)))
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.6 * widths[0]


def test_earlier_sessions_narrow_how_a_step_begins_and_one_that_was_never_played_stays_wider() -> None:
    known = Forecaster(PLAN, [past(ago, 4, 60.0 * m, 50.0) for ago in (1, 2, 3) for m in range(5)])
    assert width(known.entering(4)) < 0.7 * width(Forecaster(PLAN).entering(4))
    assert width(known.entering(8)) > width(known.entering(4))


def test_further_ahead_is_less_certain() -> None:
    model = Forecaster(PLAN)
    falling(model, 3, [60.0, 55.0, 50.0])
    widths = [width(model.ahead(120.0, ahead)) for ahead in (0.0, 60.0, 300.0, 600.0)]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_a_patient_whose_ratings_jump_gets_wider_intervals_than_one_whose_do_not() -> None:
    def after(values: list[float]) -> float:
        model = Forecaster(PLAN)
        for step in (1, 2, 3):
            falling(model, step, values)
        return width(model.ahead(60.0 * len(values), 60.0))

    assert after([20.0, 90.0, 10.0, 80.0, 30.0, 95.0]) > 1.5 * after([50.0, 48.0, 46.0, 45.0, 44.0, 43.0])


# ------------------------------------------------------------------ what it says


def test_where_distress_falls_it_is_expected_to_be_lower_and_where_it_rises_higher() -> None:
    fell, rose = Forecaster(PLAN), Forecaster(PLAN)
    falling(fell, 4, [60.0, 54.0, 49.0, 45.0])
    falling(rose, 4, [60.0, 64.0, 67.0, 70.0])
    assert fell.ahead(180.0, 300.0).mean < 45.0
    assert rose.ahead(180.0, 300.0).mean > 60.0


def test_a_higher_step_is_expected_to_be_harder() -> None:
    model = Forecaster(PLAN)
    falling(model, 2, [30.0, 25.0, 22.0])
    means = [model.entering(step).mean for step in range(1, 11) if step != 2]
    assert means == sorted(means)


def test_the_reasons_are_the_ratings_themselves_in_both_languages() -> None:
    model = Forecaster(PLAN, [past(2, 4, 0.0, 75.0), past(1, 4, 10.0, 60.0), past(1, 4, 70.0, 55.0)])
    falling(model, 4, [70.0, 60.0, 55.0, 50.0, 48.0, 46.0, 45.0])
    first, second, third = model.ahead(360.0, 120.0).reasons
    assert first.text.en == "Distress fell from 70 to 45 in 6 min on this step."
    assert first.text.fr.startswith("La détresse est passée de 70 à 45 en 6 min")
    assert first.numbers == {"first": 70.0, "last": 45.0, "minutes": 6.0}
    assert second.text.en == "In the last session step 4 began at 60."
    assert third.numbers == {"ratings": 10.0}
    assert {reason.rule for reason in (first, second, third)} == {MODEL}


def test_a_stay_that_is_over_says_nothing_of_the_next_one_s_fall() -> None:
    model = Forecaster(PLAN)
    falling(model, 4, [70.0, 60.0])
    model.entered(5)
    assert all("on this step" not in reason.text.en for reason in model.ahead(0.0, 60.0).reasons)


def test_what_was_special_to_a_stay_ends_with_it() -> None:
    model = Forecaster(PLAN)
    falling(model, 4, [90.0, 40.0, 20.0, 10.0])
    before = model.entering(5)
    model.entered(5)
    after = model.ahead(0.0, 0.0)
    assert (after.mean, after.low, after.high) == pytest.approx((before.mean, before.low, before.high))


def test_it_fits_the_event_that_records_it() -> None:
    told = Forecaster(PLAN).entering(3)
    body = ForecastMade(
        step=told.step, ahead_s=told.ahead_s, mean=told.mean, low=told.low, high=told.high,
        model=told.model, based_on=told.based_on,
    )  # fmt: skip
    assert body.low <= body.mean <= body.high


def test_what_the_plan_does_not_have_is_refused_or_passed_over() -> None:
    model = Forecaster(PLAN, [PastRating(session=1, step_id="gone", on_step_s=0.0, value=90.0)])
    assert model.entering(1).based_on == 0
    with pytest.raises(ValueError, match="no step 11; it has 10"):
        model.entering(11)
    with pytest.raises(ValueError, match="no step has been entered"):
        model.ahead(0.0, 60.0)


# ------------------------------------------------------------------ the same each time

RATINGS = st.lists(
    st.tuples(st.integers(1, 10), st.floats(0.0, 3600.0), st.floats(0.0, 100.0)), min_size=0, max_size=25
)
PAST = st.lists(
    st.builds(past, st.integers(1, 6), st.integers(1, 10), st.floats(0.0, 3600.0), st.floats(0, 100))
)


@settings(max_examples=60, deadline=None)
@given(history=PAST, ratings=RATINGS, ahead=st.floats(0.0, 7200.0), step=st.integers(1, 10))
def test_every_forecast_lies_on_the_scale_is_never_too_sure_and_is_the_same_again(
    history: list[PastRating], ratings: list[tuple[int, float, float]], ahead: float, step: int
) -> None:
    def forecasts() -> list[Forecast]:
        model = Forecaster(PLAN, history)
        found = [model.entering(step)]
        for at, on_step_s, value in ratings:
            model.rated(at, on_step_s, value)
            found.append(model.ahead(on_step_s, ahead))
        return [*found, model.entering(step)]

    found = forecasts()
    assert found == forecasts()
    for told in found:
        assert 0.0 <= told.low <= told.mean <= told.high <= 100.0
        assert width(told) >= LEAST_WIDTH - 1e-9


def test_the_order_of_earlier_sessions_in_the_list_does_not_matter() -> None:
    first = [past(2, 1, 0.0, 40.0), past(2, 1, 60.0, 35.0), past(2, 2, 0.0, 55.0)]
    second = [past(1, 2, 0.0, 45.0), past(1, 3, 0.0, 60.0)]
    assert Forecaster(PLAN, [*first, *second]).entering(3) == Forecaster(PLAN, [*second, *first]).entering(3)


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=8), data=st.data())
def test_within_a_stay_the_order_in_which_ratings_are_told_does_not_matter(
    values: list[float], data: st.DataObject
) -> None:
    told = [(60.0 * number, value) for number, value in enumerate(values)]
    shuffled = data.draw(st.permutations(told))
    means: list[float] = []
    for order in (told, shuffled):
        model = Forecaster(PLAN)
        for on_step_s, value in order:
            model.rated(3, on_step_s, value)
        means.append(model.ahead(600.0, 60.0).mean)
    assert means[0] == pytest.approx(means[1], abs=1e-6)


@given(mean=st.floats(-500.0, 600.0), sd=st.floats(0.0, 100.0))
def test_what_lies_beyond_the_scale_counts_as_its_end(mean: float, sd: float) -> None:
    low, middle, high = within_scale(mean, sd)
    assert 0.0 <= low <= middle <= high <= 100.0
    assert high - low >= LEAST_WIDTH - 1e-9


def test_the_mean_of_what_is_cut_is_what_chance_gives() -> None:
    steps = 20_001
    for mean, sd in ((5.0, 20.0), (50.0, 15.0), (96.0, 30.0)):
        grid = [mean + sd * (-8.0 + 16.0 * (i + 0.5) / steps) for i in range(steps)]
        weights = [math.exp(-0.5 * ((x - mean) / sd) ** 2) for x in grid]
        cut = [min(100.0, max(0.0, x)) for x in grid]
        expected = sum(w * x for w, x in zip(weights, cut, strict=True)) / sum(weights)
        assert within_scale(mean, sd)[1] == pytest.approx(expected, abs=1e-3)


def test_a_bad_number_changes_nothing() -> None:
    model, other = Forecaster(PLAN), Forecaster(PLAN)
    model.rated(2, 0.0, 40.0)
    other.rated(2, 0.0, 40.0)
    other.rated(2, math.nan, 50.0)
    other.rated(2, 60.0, math.inf)
    assert model.ahead(0.0, 60.0) == other.ahead(0.0, 60.0)


# ------------------------------------------------------------------ on virtual patients


@pytest.fixture(scope="module")
def courses() -> list[Course]:
    return [course(seed, minutes=3.0, every_s=40.0, body=False) for seed in range(100, 106)]


def test_held_out_sessions_of_virtual_patients_fall_into_the_intervals(courses: list[Course]) -> None:
    scores = evaluate(courses)
    for horizon in ("entering", "next"):
        told = scores[horizon]["forecast"]
        assert len(told.errors) >= 20
        assert told.coverage >= 0.75
    assert scores["next"]["forecast"].loss < 1.1 * scores["next"]["last rating"].loss
    assert scores["entering"]["forecast"].loss < scores["entering"]["last rating"].loss


def test_on_average_a_higher_step_of_a_virtual_patient_is_forecast_as_harder(courses: list[Course]) -> None:
    models = [Forecaster(PLAN, history(one)) for one in courses]
    means = [fmean(model.entering(step).mean for model in models) for step in (1, 4, 7, 10)]
    assert means == sorted(means)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_proof_of_calibration_on_courses_of_treatment() -> None:
    """The figures of docs/forecast.md."""
    scores = evaluate(course(seed) for seed in range(16))
    lines = [
        f"{horizon:24} {name:12} {score}"
        for horizon, by in scores.items()
        for name, score in by.items()
        if score.errors
    ]
    print("\n" + "\n".join(lines))  # noqa: T201
    for horizon in ("entering", "next", "third"):
        told = scores[horizon]["forecast"]
        assert 0.75 <= told.coverage <= 0.97
        for name in ("last rating", "step mean"):
            assert told.loss < scores[horizon][name].loss
