"""Nothing starts over a gap that nobody closed or took on."""

from __future__ import annotations

import pytest

from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.commands import AnswerCheck, Override
from vr_runtime.protocol.course_events import OverrideGiven
from vr_runtime.protocol.events import PastRating
from vr_runtime.protocol.files.checklist import CheckItem, Checklist
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import Posture, Text
from vr_runtime.protocol.words import AgeBand
from vr_runtime.session.brief import Brief
from vr_runtime.session.checks import Gate, standing_gaps

TEXT = Text(en="?", fr="?")
PAST = PastRating(session=1, step_id="one", on_step_s=0.0, value=50.0)
LIST = Checklist(
    id="t",
    version=1,
    names=TEXT,
    items=(
        CheckItem(id="epilepsy", ask=TEXT, wanted=False, may_override=False),
        CheckItem(id="consent", ask=TEXT, wanted=True),
        CheckItem(id="sickness", ask=TEXT, kind="number", at_most=5.0),
        CheckItem(id="guardian", ask=TEXT, wanted=True, ages=(AgeBand.FROM_8,)),
        CheckItem(id="notes", ask=TEXT, kind="info", optional=True),
    ),
)


def gate(age: AgeBand = AgeBand.FROM_26) -> Gate:
    return Gate(LIST, (), age)


def answer(to: Gate, item: str, value: bool | float | str) -> str:
    body = AnswerCheck(item=item, value=value)
    assert to.problem_with_answer(body) is None
    return to.answer(body).gap


def test_every_item_is_open_until_it_is_answered() -> None:
    asked = gate()
    assert asked.names() == "check:epilepsy, check:consent, check:sickness"
    assert answer(asked, "epilepsy", False) == ""
    assert answer(asked, "consent", True) == ""
    assert answer(asked, "sickness", 2.0) == ""
    assert asked.open == ()


@pytest.mark.parametrize(("item", "value"), [("epilepsy", True), ("consent", False), ("sickness", 6.0)])
def test_an_answer_against_the_session_keeps_it_open(item: str, value: bool | float) -> None:
    asked = gate()
    assert answer(asked, item, value) == f"check:{item}"
    assert f"check:{item}" in asked.names()


def test_items_of_an_age_band_are_asked_of_that_band_alone() -> None:
    assert "check:guardian" in gate(AgeBand.FROM_8).names()
    assert "check:guardian" not in gate(AgeBand.FROM_26).names()


def test_an_override_closes_its_own_gap_and_a_changed_answer_opens_it_again() -> None:
    asked = gate()
    answer(asked, "sickness", 7.0)
    body = Override(gap="check:sickness", by="Dr. A.", reason="migraine, as always")
    assert asked.problem_with_override(body) is None
    asked.override(body)
    assert "check:sickness" not in asked.names()
    answer(asked, "sickness", 9.0)
    assert "check:sickness" in asked.names()


def test_what_may_not_be_overridden_is_not() -> None:
    asked = gate()
    answer(asked, "epilepsy", True)
    problem = asked.problem_with_override(
        Override(gap="check:epilepsy", by="Dr. A.", reason="the patient insists")
    )
    assert problem is not None
    assert "cannot be overridden" in problem


def test_an_override_of_nothing_is_a_mistake_and_says_what_is_open() -> None:
    problem = gate().problem_with_override(Override(gap="check:nothing", by="A", reason="for no reason"))
    assert problem is not None
    assert "check:consent" in problem


@pytest.mark.parametrize(
    ("item", "value"), [("epilepsy", "no"), ("sickness", "low"), ("nobody", True), ("notes", " ")]
)
def test_what_is_no_answer_is_said_to_be_none(item: str, value: bool | str) -> None:
    assert gate().problem_with_answer(AnswerCheck(item=item, value=value)) is not None


def test_a_scene_above_the_patients_age_is_a_gap_and_an_age_never_told_is_not_old_enough() -> None:
    scenes = {"heights": find_scenes()["heights"].manifest}
    for age, open_ in ((AgeBand.UNKNOWN, True), (AgeBand.FROM_8, True), (AgeBand.FROM_18, False)):
        cleared = [flag for manifest in scenes.values() for flag in manifest.content]
        gaps = standing_gaps(scenes, age, None, cleared, headset=False)
        assert ("age:heights" in [gap.id for gap in gaps]) is open_


@pytest.mark.parametrize(
    ("age", "gap"), [(AgeBand.FROM_3, False), (AgeBand.UNKNOWN, True), (AgeBand.FROM_26, None)]
)
def test_a_headset_on_a_small_child_cannot_be_overridden_and_on_nobody_knows_whom_must_be(
    age: AgeBand, gap: bool | None
) -> None:
    found = [one.may_override for one in standing_gaps({}, age, None, (), headset=True)]
    assert found == ([] if gap is None else [gap])
    assert standing_gaps({}, age, None, (), headset=False) == []


def test_content_that_was_not_agreed_to_and_a_posture_that_does_not_fit_are_gaps() -> None:
    manifest = find_scenes()["heights"].manifest.model_copy(
        update={"content": ("blood", "crash"), "posture": (Posture.SEATED,)}
    )
    gaps = standing_gaps({"heights": manifest}, AgeBand.FROM_26, Posture.STANDING, ["crash"], headset=True)
    assert [gap.id for gap in gaps] == ["posture:heights", "content:blood"]


@pytest.mark.parametrize(
    ("brief", "longest_s"),
    [
        (Brief(), 2700.0),  # nobody was checked
        (Brief(checklist=LIST), 1200.0),  # an age that was never told
        (Brief(age=AgeBand.FROM_26), 1200.0),  # a first session
        (Brief(age=AgeBand.FROM_26, history=(PAST,)), 2700.0),
    ],
)
def test_the_shorter_of_limit_and_age_bounds_the_time_with_the_headset_on(
    brief: Brief, longest_s: float
) -> None:
    assert brief.in_force(SafetyLimits()).head_on_s == longest_s
    assert brief.in_force(SafetyLimits(head_on_s=600.0)).head_on_s == 600.0


def test_what_is_not_in_the_list_is_refused_with_what_is() -> None:
    told = gate().problem_with_answer(AnswerCheck(item="nobody", value=True))
    assert told == "there is no check 'nobody' (there are: epilepsy, consent, sickness, notes)"
    none = Gate(None, (), AgeBand.FROM_26).problem_with_answer(AnswerCheck(item="nobody", value=True))
    assert none == "there is no check 'nobody' (there are: none)"


def test_a_posture_that_does_not_fit_may_be_overridden_and_the_override_is_an_event() -> None:
    manifest = find_scenes()["heights"].manifest.model_copy(update={"posture": (Posture.SEATED,)})
    cleared = manifest.content
    (gap,) = standing_gaps({"heights": manifest}, AgeBand.FROM_26, Posture.STANDING, cleared, headset=True)
    assert gap.may_override is True
    asked = Gate(None, (gap,), AgeBand.FROM_26)
    told = asked.override(Override(gap=gap.id, by="Dr. A.", reason="seated below"))
    assert told == OverrideGiven(gap="posture:heights", by="Dr. A.", reason="seated below")
    assert asked.open == ()
