"""The course over sessions: what is compared, how sure it is, and that no proposal comes without its reasons."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.clinic.entries import Answers, Session
from clinician_console.progress import course, from_json, summarise
from clinician_console.progress.errors import ProgressError, ProgressReason
from clinician_console.progress.estimate import between, rated, slope, within
from clinician_console.words import LANGUAGES, Words
from tests.helpers.made_record import KEY, NOTE, make_record
from vr_runtime.record import Reader

LADDER = [
    {"step_id": f"s{n}", "names": {"en": f"Step {n}", "fr": f"Palier {n}"}, "scene": "heights", "key": f"key-{n}", "minimum_s": 60.0}
    for n in range(1, 6)
]  # fmt: skip


def stay(step: int, peak: float, last: float, **more: Any) -> dict[str, Any]:
    return {
        **LADDER[step - 1], "step": step, "begin_s": 60.0, "exposed_s": 300.0, "first": peak, "peak": peak, "last": last,
        "count": 4, "longest_gap_s": 60.0, "exit_gap_s": 10.0, "left_by": "go_to_step", **more,
    }  # fmt: skip


def summary(*stays: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "version": 1, "started": "2026-03-01T09:00:00+00:00", "plan_id": "p", "plan_title": "P", "ladder": LADDER,
        "lasted_s": 600.0, "exposed_s": 300.0, "stays": [*stays], **more,
    }  # fmt: skip


def session(number: int, figures: dict[str, Any] | None, state: Any = "ended", **more: Any) -> Session:
    return Session(
        id=f"{number:032x}", patient="p", plan="", started=f"2026-03-{number:02d}T09:00:00+00:00", state=state,
        summary=figures or {}, **more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_record(tmp_path_factory.mktemp("summed") / "record")


# ------------------------------------------------------------------ the summary


def test_a_summary_has_the_records_figures_and_nothing_that_was_typed(record: Path) -> None:
    with Reader.open(record, KEY) as reader:
        kept = summarise(reader)
    found = from_json(json.loads(json.dumps(kept)))
    assert NOTE not in json.dumps(kept)
    assert "Mrs Example" not in json.dumps(kept)
    assert [one.step for one in found.stays][:3] == [1, 2, 3]
    first = found.stays[0]
    assert (first.first, first.peak, first.last, first.count) == (30.0, 45.0, 35.0, 3)
    assert first.exposed_s > 10
    assert sum(found.stops.values()) == 1
    assert found.stays[1].turned == ("wind",)
    assert found.stays[1].triggers == 1
    assert sum(one.missed for one in found.stays) >= 1
    assert found.alarms["link_silent"] == 1
    assert found.exposed_s == pytest.approx(sum(one.exposed_s for one in found.stays), abs=0.01)
    assert found.exposed_s < found.lasted_s
    assert first.figures["bat_min_distance"].value == pytest.approx(0.9)
    assert found.highest == 3


def test_steps_are_the_same_only_where_every_planned_parameter_is(record: Path) -> None:
    from clinician_console.progress.summary import step_keys

    with Reader.open(record, KEY) as reader:
        opened: Any = next(reader.events()).body
    keys = step_keys(opened)
    assert len(set(keys)) == len(keys) == len(opened.plan.steps)
    step = opened.plan.steps[1]
    values = opened.plan.values(2, next(one for one in opened.scenes if one.id == step.scene))
    name, value = next((name, value) for name, value in values.items() if isinstance(value, float | int))
    harder = step.model_copy(update={"preset": {**step.preset, name: float(value) + 0.5}})
    plan = opened.plan.model_copy(update={"steps": (opened.plan.steps[0], harder, *opened.plan.steps[2:])})
    changed = step_keys(opened.model_copy(update={"plan": plan}))
    assert [one == two for one, two in zip(keys, changed, strict=True)] == [True, False] + [True] * (
        len(keys) - 2
    )


def test_what_cannot_be_read_has_a_reason() -> None:
    for kept, reason in (
        ({}, ProgressReason.NOTHING),
        ({"version": 2}, ProgressReason.NEWER),
        ({"version": 1}, ProgressReason.BAD_VALUE),
    ):
        with pytest.raises(ProgressError) as caught:
            from_json(kept)
        assert caught.value.reason is reason


# ------------------------------------------------------------------ how sure


@given(st.floats(0, 100), st.floats(0, 5000), st.floats(0, 5000))
def test_who_asks_less_often_is_less_sure_and_never_surer_than_a_rating_is(
    value: float, gap: float, longer: float
) -> None:
    one, two = rated(value, min(gap, longer)), rated(value, max(gap, longer))
    assert 6.0 <= one.sd <= two.sd <= 10.0 + 1e-9
    assert 0 <= two.low <= one.low <= value <= one.high <= two.high <= 100


def test_the_interval_of_a_change_holds_what_did_not_change_eight_times_in_ten() -> None:
    rng = np.random.default_rng(1)
    true = 50.0
    inside = 0
    for _ in range(2000):
        sway = rng.normal(0, 7, 2)
        one, two = (rated(float(true + s + rng.normal(0, 6)), 0.0) for s in sway)
        change = between(one, two)
        inside += change.low <= 0 <= change.high
    assert 0.77 < inside / 2000 < 0.83


def test_the_slope_finds_the_true_one_eight_times_in_ten_and_none_from_three() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(1000):
        points = [(n, rated(float(60 - 4 * n + rng.normal(0, math.hypot(6, 7))), 0.0)) for n in range(1, 7)]
        found = slope(points)
        assert found is not None
        inside += found.low <= -4 <= found.high
    assert 0.78 < inside / 1000 < 0.97, "never too sure"
    assert slope([(n, rated(50, 0)) for n in (1, 2, 3)]) is None
    assert slope([(1, rated(50, 0))] * 9) is None


def test_within_a_stay_there_is_no_sway_between_sessions() -> None:
    one, two = rated(70, 60), rated(40, 60)
    assert within(one, two).value == between(one, two).value == -30
    assert within(one, two).high - within(one, two).low < between(one, two).high - between(one, two).low


# ------------------------------------------------------------------ the course


def test_one_session_has_no_change_two_a_difference_four_a_trend() -> None:
    for count, change, trend in ((1, False, False), (2, True, False), (3, True, False), (4, True, True)):
        found = course([session(n, summary(stay(2, 80 - 10 * n, 30))) for n in range(1, count + 1)])
        [step] = found.steps
        assert (step.change is not None, step.trend is not None) == (change, trend)


def test_only_the_same_step_untouched_is_compared() -> None:
    other = stay(2, 40, 10, key="another-plan")
    turned = stay(2, 40, 10, turned=["wind"])
    found = course(
        [
            session(1, summary(stay(2, 80, 40))),
            session(2, summary(turned)),
            session(3, summary(other)),
            session(4, summary(stay(2, 60, 30), stay(2, 20, 10))),
        ]
    )
    same = next(step for step in found.steps if step.key == "key-2")
    assert same.change is not None
    assert same.change.value == -20, "the first stay of the day, and not the turned one"
    assert same.change_from == (1, 4)
    assert [visit.left_out for visit in same.visits] == ["", "turned", "", ""]
    assert next(step for step in found.steps if step.key == "another-plan").change is None


def test_erased_sessions_keep_their_place_and_are_said() -> None:
    found = course(
        [
            session(1, summary(stay(1, 50, 20))),
            session(2, summary(stay(1, 50, 20)), "erased"),
            session(3, None),
        ]
    )
    assert [one.why_empty for one in found.sittings] == ["", "erased", "not_summed"]
    assert [(gap.kind, gap.sitting) for gap in found.gaps] == [("erased", 2), ("empty", 3)]
    assert found.told == 1
    assert found.steps[0].sessions == 1


def test_a_long_break_is_said() -> None:
    late = Session(id="x", patient="p", plan="", started="2026-06-01T09:00:00+00:00", state="ended")
    [gap] = [gap for gap in course([session(1, summary(stay(1, 50, 20))), late]).gaps if gap.kind == "break"]
    assert gap.days == pytest.approx(92)


def test_measures_made_otherwise_are_not_compared() -> None:
    def figure(value: float, algorithm: str) -> dict[str, Any]:
        made = {"value": value, "unit": "m", "quality": 1.0, "algorithm": algorithm}
        return stay(2, 50, 20, figures={"bat_min_distance": made})

    found = course(
        [session(n, summary(figure(n, name))) for n, name in ((1, "bat/1"), (2, "bat/2"), (3, "bat/2"))]
    )
    [measure] = found.behaviour
    assert [seen.comparable for seen in measure.seen] == [False, True, True]


def test_questionnaires_tell_published_thresholds_and_make_up_no_score() -> None:
    def filled(day: int, value: float | None, version: str = "2013") -> Answers:
        return Answers(
            id=str(day), patient="p", instrument="pcl5", instrument_version=version, language="en",
            date=f"2026-03-{day:02d}", respondent="patient", items={}, scores={"total": value},
        )  # fmt: skip

    [one] = course([], [filled(1, 50), filled(8, None), filled(15, 42)]).instruments
    assert [each.value for each in one.filled] == [50, None, 42]
    assert one.change == -8
    assert [limit.at_least for limit in one.reached] == [5]
    assert "National Center for PTSD" in one.reached[0].source
    assert course([], [filled(1, 50), filled(2, 42, "other")]).instruments[0].change is None


# ------------------------------------------------------------------ what comes next

HALF = stay(3, 80, 40)


@pytest.mark.parametrize(
    ("sessions", "what", "step", "key"),
    [
        ([], "none", 0, "nothing"),
        ([summary()], "none", 0, "no_ratings"),
        ([summary(HALF)], "same", 3, "again"),
        ([summary(HALF), summary(HALF)], "up", 4, "half"),
        ([summary(HALF), summary(stay(3, 80, 60))], "same", 3, "again"),
        ([summary(HALF), summary(HALF, ceiling=3)], "same", 3, "top"),
        ([summary(HALF), summary(stay(3, 95, 92))], "down", 2, "high"),
        ([summary(HALF), summary(stay(3, 80, 40, left_by="stop"), stops={"patient": 1})], "same", 3, "first_stop"),
        ([summary(stay(3, 10, 10)), summary(stay(3, 12, 9))], "up", 4, "low"),
        ([summary(stay(3, 80, 70, trials_met=1), treatment="inhibitory_learning")] * 2, "up", 4, "learned"),
        ([summary(HALF, treatment="inhibitory_learning")] * 2, "same", 3, "again"),
        ([summary(HALF), None], "none", 0, "latest_unknown"),
    ],
)  # fmt: skip
def test_the_rule(sessions: list[dict[str, Any] | None], what: str, step: int, key: str) -> None:
    proposal = course([session(n, one) for n, one in enumerate(sessions, 1)]).proposal
    assert (proposal.what, proposal.step) == (what, step)
    assert key in [why.key for why in proposal.why]


def test_what_the_debrief_said_comes_before_anything_harder() -> None:
    debrief = {"version": 1, "sickness": 14, "safe_to_go": True}
    proposal = course([session(1, summary(HALF)), session(2, summary(HALF), debrief=debrief)]).proposal
    assert proposal.what == "same"
    assert "first_sickness" in [why.key for why in proposal.why]


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.lists(
                st.builds(
                    lambda step, peak, last, extra: stay(step, max(peak, last), min(peak, last), **extra),
                    st.integers(1, 5), st.floats(0, 100), st.floats(0, 100),
                    st.fixed_dictionaries({}, optional={"exposed_s": st.floats(0, 900), "count": st.integers(0, 9)}),
                ),
                max_size=4,
            ),
        ),
        max_size=6,
    ),
    st.none() | st.integers(1, 9),
)  # fmt: skip
def test_no_proposal_is_above_the_ceiling_or_by_more_than_a_step_or_without_reasons(
    told: list[list[dict[str, Any]] | None], ceiling: int | None
) -> None:
    sessions = [
        session(n, None if stays is None else summary(*stays, ceiling=ceiling))
        for n, stays in enumerate(told, 1)
    ]
    proposal = course(sessions).proposal
    assert proposal.why
    for language in LANGUAGES:
        words = Words(language)
        for why in proposal.why:
            text = words(f"progress.why.{why.key}", **why.figures)
            assert "{" not in text
            assert not {"cured", "guéri", "healed", "disorder", "trouble"} & set(text.lower().split())
    if proposal.what == "up":
        latest = [stays for stays in told if stays is not None][-1]
        assert proposal.step == 1 + max(one["step"] for one in latest if one.get("count", 4))
        assert proposal.step <= min(ceiling or 5, 5)
