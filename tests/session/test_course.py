"""The treatment beside the exposure: it gates, asks, counts and proposes, and it never moves the scene."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.session.quick_treatment import PROTOCOL, TEXT, TREATED, exposed, suds
from tests.session.rig import DT_S, PLAN, Rig, at
from vr_runtime.protocol.commands import (
    AnswerCheck,
    AnswerProposal,
    AskRating,
    CloseTrial,
    CloseWindow,
    End,
    GoToStep,
    Mark,
    OpenTrial,
    OpenWindow,
    Override,
    Pause,
    Rating,
    Resume,
    SetCeiling,
    SetParameter,
    Start,
    Stop,
    UseAid,
)
from vr_runtime.protocol.course_events import (
    EndedAtPeak,
    ForecastMade,
    PhaseCutShort,
    ProposalAnswered,
    ProposalMade,
    ProposalWithdrawn,
)
from vr_runtime.protocol.events import (
    DemandMade,
    ParameterMoved,
    PhaseChanged,
    RatingMissed,
    RatingPrompted,
    StepEntered,
    TriggerFired,
)
from vr_runtime.protocol.files.checklist import CheckItem, Checklist
from vr_runtime.protocol.files.treatment import (
    EndRules,
)
from vr_runtime.protocol.words import (
    AgeBand,
    Cause,
    Followed,
    Observed,
    Phase,
    ProposalKind,
    Rated,
    Refusal,
    Scale,
)
from vr_runtime.session.brief import Brief

# ------------------------------------------------------------------ the gate

CHECKS = Checklist(
    id="c",
    version=1,
    names=TEXT,
    items=(
        CheckItem(id="epilepsy", ask=TEXT, wanted=False, may_override=False),
        CheckItem(id="consent", ask=TEXT, wanted=True),
    ),
)


def gated() -> Rig:
    return Rig(brief=Brief(checklist=CHECKS, age=AgeBand.FROM_26))


def test_an_open_check_keeps_the_session_back_and_an_answer_lets_it_start() -> None:
    rig = gated()
    refused = rig.do(Start())
    assert (refused.reason, "check:epilepsy, check:consent" in refused.message) == (Refusal.CHECKS_OPEN, True)
    rig.ok(AnswerCheck(item="epilepsy", value=False), AnswerCheck(item="consent", value=True), Start())
    assert rig.phase is Phase.BASELINE


def test_a_gap_taken_on_by_name_and_reason_lets_it_start_and_stands_in_the_record() -> None:
    rig = gated()
    rig.ok(AnswerCheck(item="epilepsy", value=False), AnswerCheck(item="consent", value=False))
    assert rig.do(Start()).reason is Refusal.CHECKS_OPEN
    rig.ok(Override(gap="check:consent", by="Dr. A.", reason="assent by gestures"), Start())
    assert rig.phase is Phase.BASELINE


def test_what_cannot_be_overridden_never_lets_it_start() -> None:
    rig = gated()
    rig.ok(AnswerCheck(item="epilepsy", value=True), AnswerCheck(item="consent", value=True))
    refused = rig.do(Override(gap="check:epilepsy", by="Dr. A.", reason="the patient insists"))
    assert not refused.accepted
    assert rig.do(Start()).reason is Refusal.CHECKS_OPEN


def test_a_refused_answer_is_not_repeated_in_the_refusals_words() -> None:
    refused = gated().do(AnswerCheck(item="consent", value="Anna said yes"))
    assert not refused.accepted
    assert "wants true or false" in refused.message
    assert "Anna" not in refused.message


def test_the_checks_are_closed_once_the_session_has_begun() -> None:
    rig = at(Phase.BASELINE)
    assert rig.do(AnswerCheck(item="epilepsy", value=False)).reason is Refusal.NOT_NOW


def test_a_patient_too_young_for_a_scene_of_the_plan_does_not_start() -> None:
    rig = Rig(brief=Brief(checklist=Checklist(id="c", version=1, names=TEXT, items=()), age=AgeBand.FROM_8))
    assert "age:tower" in rig.do(Start()).message


def test_without_a_checklist_there_is_no_gate() -> None:
    assert at(Phase.BASELINE, brief=Brief()).phase is Phase.BASELINE


# ------------------------------------------------------------------ ratings and proposals


def test_ratings_are_asked_for_on_the_beat_of_a_clock_that_a_pause_stops() -> None:
    rig = exposed()
    rig.wait(21.0)
    asked = len(rig.bodies(RatingPrompted))
    assert asked >= 2
    rig.ok(suds(50.0), Pause())
    rig.wait(60.0, dt_s=0.1)
    assert len(rig.bodies(RatingPrompted)) == asked
    rig.ok(Resume())
    rig.wait(22.0)
    assert len(rig.bodies(RatingPrompted)) == asked + 1


def test_a_question_never_overtakes_one_that_is_open() -> None:
    rig = exposed()
    rig.ok(AskRating(what=Rated.SICKNESS, scale=Scale.FMS_20, wait_s=60.0))
    missed = len(rig.bodies(RatingMissed))
    rig.wait(45.0)
    assert len(rig.bodies(RatingMissed)) == missed
    assert rig.last.prompt is not None
    assert rig.last.prompt.what is Rated.SICKNESS


def proposed(rig: Rig) -> ProposalMade:
    """Let distress fall to less than half of its peak, twice."""
    rig.ok(suds(80.0))
    rig.wait(12.0)
    rig.ok(suds(40.0), suds(35.0))
    return rig.bodies(ProposalMade)[-1]


def test_a_proposal_is_made_with_its_reasons_and_nothing_is_done_by_it() -> None:
    rig = exposed()
    before = (rig.last.step, rig.session.parameters())
    made = proposed(rig)
    assert (made.what, made.step) == (ProposalKind.STEP_UP, 4)
    assert {reason.rule for reason in made.reasons} == {"time_on_step/1", "half_of_peak/1"}
    rig.wait(120.0, dt_s=0.1)
    assert (rig.last.step, rig.session.parameters()) == before
    assert len(rig.bodies(StepEntered)) == 1
    assert not rig.bodies(TriggerFired)


def test_the_command_that_names_the_proposal_follows_it() -> None:
    rig = exposed()
    made = proposed(rig)
    rig.frame(GoToStep(step=4), cause=made.proposal)
    rig.frame()
    (answered,) = rig.bodies(ProposalAnswered)
    assert (answered.proposal, answered.answer) == (made.proposal, Followed.FOLLOW)
    assert rig.last.step == 4


def test_an_answer_moves_nothing_and_is_recorded_with_its_reason() -> None:
    rig = exposed()
    made = proposed(rig)
    rig.ok(AnswerProposal(proposal=made.proposal, answer=Followed.HOLD, why="too fast for today"))
    (answered,) = rig.bodies(ProposalAnswered)
    assert (answered.answer, answered.why) == (Followed.HOLD, "too fast for today")
    assert rig.last.step == 3
    assert rig.do(AnswerProposal(proposal=made.proposal, answer=Followed.FOLLOW)).reason is (
        Refusal.UNKNOWN_PROPOSAL
    )


def test_a_stop_takes_every_proposal_away() -> None:
    rig = exposed()
    proposed(rig)
    rig.ok(Stop())
    assert rig.session.course.proposals.open == ()
    assert rig.bodies(ProposalWithdrawn)


def test_switched_off_the_aid_is_silent() -> None:
    rig = exposed()
    rig.ok(UseAid(on=False))
    rig.ok(suds(80.0))
    rig.wait(12.0)
    rig.ok(suds(40.0), suds(35.0))
    rig.wait(5.0)
    assert rig.bodies(ProposalMade) == []


# ------------------------------------------------------------------ phases


def test_a_phase_left_early_is_told_and_one_that_lasted_is_not() -> None:
    early, patient = at(Phase.BASELINE, brief=TREATED), at(Phase.BASELINE, brief=TREATED)
    patient.wait(20.0, dt_s=0.1)
    for rig in (early, patient):
        rig.ok(GoToStep(step=1))
    (cut,) = early.bodies(PhaseCutShort)
    assert (cut.phase, cut.minimum_s) == (Phase.BASELINE, 20.0)
    assert patient.bodies(PhaseCutShort) == []


def test_a_pause_is_not_the_end_of_an_exposure() -> None:
    rig = exposed()
    rig.ok(Pause())
    assert PhaseCutShort not in {
        type(body) for body, _ in rig.events if getattr(body, "phase", "") == "exposure"
    }
    rig.ok(Resume(), End(to=Phase.RECOVERY))
    assert [body.phase for body in rig.bodies(PhaseCutShort)][-1] is Phase.EXPOSURE


@pytest.mark.parametrize(("ratings", "told"), [((50.0, 80.0), True), ((80.0, 50.0), False), ((80.0,), False)])
def test_an_end_at_the_peak_is_told(ratings: tuple[float, ...], told: bool) -> None:
    rig = exposed()
    rig.ok(*(suds(raw) for raw in ratings))
    rig.ok(End(to=Phase.RECOVERY))
    assert bool(rig.bodies(EndedAtPeak)) is told


# ------------------------------------------------------------------ safety


def demands(rig: Rig, cause: Cause) -> list[tuple[str, bool]]:
    return [(d.demand.value, d.active) for d in rig.bodies(DemandMade) if d.cause is cause]


def test_sickness_blocks_the_way_up_until_a_lower_rating() -> None:
    rig = exposed()
    rig.ok(Rating(what=Rated.SICKNESS, scale=Scale.FMS_20, raw=16.0))
    rig.frame()
    assert rig.do(GoToStep(step=4)).reason is Refusal.HELD
    rig.ok(GoToStep(step=2))  # down is free
    rig.ok(Rating(what=Rated.SICKNESS, scale=Scale.FMS_20, raw=3.0))
    rig.wait(1.0)
    rig.ok(GoToStep(step=3))
    assert demands(rig, Cause.SICKNESS) == [
        ("alert", True),
        ("block_raise", True),
        ("block_raise", False),
        ("alert", False),
    ]


def test_distress_at_the_top_twice_blocks_the_way_up_and_proposes_down() -> None:
    rig = exposed()
    rig.ok(suds(95.0), suds(95.0))
    rig.wait(0.2)
    assert rig.do(SetParameter(name="wind", value=5.0)).reason is Refusal.HELD
    assert [made.what for made in rig.bodies(ProposalMade)] == [ProposalKind.STEP_DOWN]
    assert rig.last.step == 3  # proposed, not done
    rig.ok(suds(60.0))
    rig.wait(1.0)
    rig.ok(SetParameter(name="wind", value=5.0))


def test_a_marked_dissociation_leads_to_the_safe_place_and_nothing_resumes_by_itself() -> None:
    rig = exposed()
    rig.ok(Mark(what=Observed.DISSOCIATION))
    rig.wait(0.1)
    assert rig.phase is Phase.SAFE_PLACE
    assert rig.do(Resume()).reason is Refusal.HELD
    rig.ok(suds(60.0))
    rig.wait(10.0)
    assert rig.phase is Phase.SAFE_PLACE
    rig.ok(Resume())
    assert rig.phase is Phase.EXPOSURE


def test_two_prompts_without_an_answer_block_the_way_up() -> None:
    rig = exposed()
    for _ in range(2):
        rig.ok(AskRating(wait_s=1.0))
        rig.wait(1.2)
    assert rig.do(GoToStep(step=4)).reason is Refusal.HELD
    assert rig.phase is Phase.EXPOSURE


@pytest.mark.parametrize("blood_injection", [True, False])
def test_the_heart_never_moves_the_scene(blood_injection: bool) -> None:
    protocol = PROTOCOL.model_copy(update={"blood_injection": blood_injection, "questions": ()})
    rig = exposed(Brief(treatment=protocol))
    before = [body for body, _ in rig.events if isinstance(body, PhaseChanged | StepEntered | ParameterMoved)]
    for bpm in (100.0, 180.0, 60.0, 40.0, None, 200.0):
        rig.wait(70.0, dt_s=0.2, bpm=bpm)
    after = [body for body, _ in rig.events if isinstance(body, PhaseChanged | StepEntered | ParameterMoved)]
    assert after == before
    assert bool(demands(rig, Cause.HEART_FALL)) is blood_injection
    rig.ok(GoToStep(step=4))


def test_late_frames_are_told_after_a_while_and_block_nothing() -> None:
    rig = exposed()
    rig.wait(1.0, late=True)
    assert demands(rig, Cause.FRAMES_LATE) == []
    rig.wait(2.5, late=True)
    assert demands(rig, Cause.FRAMES_LATE) == [("alert", True)]
    rig.ok(GoToStep(step=4))
    rig.wait(2.0, late=False)
    assert demands(rig, Cause.FRAMES_LATE) == [("alert", True), ("alert", False)]


def test_every_alarm_says_what_it_is_what_to_do_and_how_it_ranks() -> None:
    rig = exposed()
    rig.ok(Rating(what=Rated.SICKNESS, scale=Scale.FMS_20, raw=16.0))
    rig.frame(tracking=False)
    rig.wait(1.0)
    for alarm in rig.session.alarms:
        assert alarm.message
        assert alarm.remedy
        assert alarm.priority in (1, 2, 3)
    assert {alarm.cause for alarm in rig.session.alarms} == {Cause.SICKNESS, Cause.TRACKING_LOST}


def test_the_sessions_time_and_the_headsets_are_told() -> None:
    protocol = PROTOCOL.model_copy(update={"end": EndRules(session_s=100.0, reserve_s=40.0), "questions": ()})
    rig = Rig(brief=Brief(treatment=protocol))
    rig.ok(Start())
    rig.wait(59.0, dt_s=0.2)
    assert demands(rig, Cause.SESSION_TIME) == []
    rig.wait(2.0, dt_s=0.2)
    assert demands(rig, Cause.SESSION_TIME) == [("alert", True)]
    rig.wait(2800.0, dt_s=5.0)
    assert demands(rig, Cause.TIME_ON_HEAD) == [("alert", True)]


# ------------------------------------------------------------------ variation


def visits(seed: int) -> list[Any]:
    step = PLAN.steps[0].model_copy(update={"vary": {"wind": (2.0, 6.0)}})
    plan = PLAN.model_copy(update={"steps": (step, *PLAN.steps[1:])})
    rig = at(Phase.EXPOSURE, plan=plan, brief=Brief(seed=seed))
    found: list[Any] = []
    for _ in range(6):
        rig.ok(GoToStep(step=1))
        rig.wait(3.0, dt_s=0.1)
        found.append(rig.target("wind"))
        rig.ok(GoToStep(step=2))
        rig.wait(3.0, dt_s=0.1)
    return found


def test_a_step_that_varies_is_drawn_anew_within_its_bounds_and_alike_for_a_seed() -> None:
    one = visits(1)
    assert one == visits(1)
    assert one != visits(2)
    assert len(set(one)) > 2
    assert all(2.0 <= value <= 6.0 for value in one)


def everything() -> Iterator[Any]:
    yield from (
        AnswerCheck(item="consent", value=True),
        Override(gap="check:consent", by="A", reason="because of it"),
    )
    yield from (OpenWindow(what="w"), CloseWindow(), OpenTrial(feared="f", belief=1.0, conditions="c"))
    yield from (CloseTrial(conditions_met=True, occurred=False, belief=2.0), UseAid(on=True))
    yield from (
        AnswerProposal(proposal="proposal-1", answer=Followed.FOLLOW),
        Mark(what=Observed.GOAL_REACHED),
    )


@pytest.mark.parametrize("phase", list(Phase))
def test_no_command_of_the_course_moves_the_scene_in_any_phase(phase: Phase) -> None:
    rig = at(phase, brief=Brief(treatment=PROTOCOL.model_copy(update={"questions": ()})))
    rig.wait(0.5)
    before = (rig.phase, rig.last.step, rig.session.parameters(), rig.last.intensity)
    for body in everything():
        rig.do(body)
    rig.wait(10 * DT_S)
    assert (rig.phase, rig.last.step, rig.session.parameters(), rig.last.intensity) == before


# ------------------------------------------------------------------ forecast


def test_after_a_rating_the_forecast_says_what_to_expect_here_and_on_the_next_step_and_moves_nothing() -> (
    None
):
    rig = exposed()
    before = (rig.last.step, rig.session.parameters())
    rig.ok(suds(60.0))
    here, there = rig.bodies(ForecastMade)
    assert (here.step, here.ahead_s, there.step, there.ahead_s) == (3, 300.0, 4, 0.0)
    for made in (here, there):
        assert 0.0 <= made.low <= made.mean <= made.high <= 100.0
        assert made.reasons
        assert made.based_on == 1
    assert (rig.last.step, rig.session.parameters()) == before


def test_below_the_ceiling_alone_is_forecast_and_with_the_aid_off_nothing_is() -> None:
    rig = exposed()
    rig.ok(SetCeiling(step=3), suds(60.0))
    assert [made.step for made in rig.bodies(ForecastMade)] == [3]
    rig.ok(UseAid(on=False), suds(50.0))
    assert len(rig.bodies(ForecastMade)) == 1
