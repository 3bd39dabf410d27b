"""Treated sessions under any course of commands, ratings, marks, losses and clock jumps: promise.py and treated.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.session.promise import Witness
from tests.session.rig import PLAN, SCENES, Rig
from tests.session.test_properties import (
    CEILINGS,
    HOLDS,
    RARE,
    STEPS,
    VALUES,
    WAITS,
    WAYS_ON,
    Action,
    Course,
    all_limits,
    change,
    courses,
    stopped,
)
from tests.session.treated import TreatedWitness
from vr_runtime.protocol.commands import (
    AnswerCheck,
    AnswerProposal,
    AnyCommandBody,
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
    SafePlace,
    SetCeiling,
    Start,
    Stop,
    UseAid,
)
from vr_runtime.protocol.course_events import (
    ForecastMade,
    ProposalAnswered,
    ProposalMade,
    ProposalWithdrawn,
)
from vr_runtime.protocol.events import (
    CommandDecided,
    DemandMade,
    EventBody,
    PatientDid,
)
from vr_runtime.protocol.files.checklist import CheckItem, Checklist
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Plan, Variability
from vr_runtime.protocol.files.treatment import (
    Advance,
    EndRules,
    PhasePlan,
    Prevention,
    Question,
    RuleUse,
    TreatmentProtocol,
)
from vr_runtime.protocol.words import (
    AgeBand,
    Followed,
    Observed,
    Phase,
    PreventionMode,
    ProposalKind,
    Rated,
    Refusal,
    Scale,
    WindowOutcome,
)
from vr_runtime.session.brief import Brief
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.session import Session

TEXT = Text(en="a text", fr="un texte")
PROTOCOL = TreatmentProtocol(
    id="hasty",
    version=1,
    names=TEXT,
    summary=TEXT,
    sources=("made up",),
    blood_injection=True,
    phases={Phase.BASELINE: PhasePlan(minimum_s=2.0), Phase.EXPOSURE: PhasePlan(minimum_s=30.0)},
    questions=(
        Question(
            what=Rated.DISTRESS, every_s=20.0, at=("step_entered",), wait_s=3.0, phases=(Phase.EXPOSURE,)
        ),
        Question(what=Rated.SICKNESS, scale=Scale.FMS_20, every_s=25.0, wait_s=2.0, phases=(Phase.EXPOSURE,)),
    ),
    advance=Advance(
        require=(RuleUse(rule="time_on_step", numbers={"minimum_s": 0.5}),),
        any_of=(
            RuleUse(rule="half_of_peak", numbers={"times": 1}),
            RuleUse(rule="low", numbers={"times": 1}),
        ),
        lower=(RuleUse(rule="lower_at_ceiling"),),
        more=(RuleUse(rule="under_engaged", numbers={"after_s": 1.0}),),
    ),
    prevention=Prevention(
        mode=PreventionMode.DELAY, delay_s=1.0, target_s=6.0, urge_at_s=(0.0, 2.0), urge_every_s=30.0
    ),
    end=EndRules(session_s=700.0, reserve_s=600.0),
)
CHECKS = Checklist(
    id="c",
    version=1,
    names=TEXT,
    items=(
        CheckItem(id="epilepsy", ask=TEXT, wanted=False, may_override=False),
        CheckItem(id="consent", ask=TEXT, wanted=True),
    ),
)
BRIEFS = {
    "treated": Brief(treatment=PROTOCOL),
    "checked": Brief(treatment=PROTOCOL, checklist=CHECKS, age=AgeBand.FROM_26, headset=True),
    "alone": Brief(treatment=PROTOCOL, aid=False),
}
PASSED: list[AnyCommandBody] = [
    AnswerCheck(item="epilepsy", value=False),
    AnswerCheck(item="consent", value=True),
]
VARIED = PLAN.model_copy(
    update={
        "variability": Variability(lowest=2, highest=6),
        "steps": tuple(
            step.model_copy(update={"vary": {"wind": (0.0, 4.0)}}) if step.scene == "tower" else step
            for step in PLAN.steps
        ),
    }
)
"""As the seven steps, with the wind drawn anew and the next step drawn too."""

RATINGS: list[AnyCommandBody] = [
    *(Rating(raw=raw) for raw in (0, 10, 25, 50, 80, 95, 100)),
    *(Rating(what=Rated.SICKNESS, scale=Scale.FMS_20, raw=raw) for raw in (0, 8, 12, 17)),
    Rating(what=Rated.URGE, scale=Scale.PERCENT, raw=70),
]
MARKS: list[AnyCommandBody] = [Mark(what=what) for what in Observed]
CHECKING: list[AnyCommandBody] = [
    AnswerCheck(item="epilepsy", value=True),
    AnswerCheck(item="consent", value=False),
    Override(gap="check:consent", by="Dr. A.", reason="assent by gestures"),
    Override(gap="check:epilepsy", by="Dr. A.", reason="the patient insists"),
    Start(),
    *PASSED,
]
BESIDE: list[AnyCommandBody] = [
    *(OpenWindow(what="washing", mode=mode) for mode in (None, *PreventionMode)),
    CloseWindow(outcome=WindowOutcome.RESISTED),
    OpenTrial(feared="it falls", belief=80.0, conditions="a minute"),
    CloseTrial(conditions_met=True, occurred=False, belief=20.0),
    UseAid(on=False),
    UseAid(on=True),
    *(AnswerProposal(proposal=f"proposal-{number}", answer=Followed.HOLD) for number in (1, 2, 3)),
]
commands: st.SearchStrategy[AnyCommandBody] = st.sampled_from(
    [
        STEPS,
        VALUES,
        HOLDS,
        WAYS_ON,
        WAYS_ON,
        CEILINGS,
        RARE,
        RATINGS,
        RATINGS,
        MARKS,
        BESIDE,
        BESIDE,
        CHECKING,
    ]
).flatmap(st.sampled_from)

MORE: list[Action] = [
    ("deed", None),
    ("deed", None),
    ("frame", 0.0),
    ("frame", 5.0),
    ("frame", 3600.0),
    *(("bpm", bpm) for bpm in (None, 45.0, 80.0, 130.0, 210.0)),
    ("set", ("late", True)),
    ("set", ("late", False)),
    ("follow", None),
    ("answer", 0.0),
    ("answer", 15.0),
    ("answer", 95.0),
]
say = st.lists(commands, min_size=1, max_size=2).map(lambda bodies: [("say", bodies)])
wait = st.sampled_from(WAITS).map(lambda action: [action])
more = st.sampled_from(MORE).map(lambda action: [action])
# What makes a rule hold: some time on a step, and distress that falls.
fallen: st.SearchStrategy[list[Action]] = st.sampled_from([80, 95]).map(
    lambda raw: [
        ("say", [Rating(raw=raw)]),
        ("wait", (12, 0.1)),
        ("say", [Rating(raw=10)]),
        ("wait", (2, 0.1)),
    ]
)
# A window, and what may be done in it.
within: st.SearchStrategy[list[Action]] = st.tuples(
    st.sampled_from([None, *PreventionMode]), st.one_of(say, wait, more, change), st.one_of(wait, more)
).map(
    lambda parts: [
        ("say", [OpenWindow(what="washing", mode=parts[0])]),
        *parts[1],
        ("deed", None),
        *parts[2],
        ("wait", (7, 0.1)),
    ]
)
rarely = st.integers(0, 9).flatmap(lambda number: stopped if number == 0 else say)
story: st.SearchStrategy[list[Action]] = st.lists(
    st.one_of(say, say, wait, more, more, change, fallen, within, rarely), min_size=6, max_size=25
).map(lambda parts: [action for part in parts for action in part])
openings: st.SearchStrategy[list[AnyCommandBody]] = st.sampled_from(
    [
        [],
        [Start()],
        *([Start(), GoToStep(step=step, confirmed=True)] for step in (1, 3, 4, 4, 5)),
    ]
)
names = st.sampled_from(["treated", "treated", "checked", "alone"])
plans = st.sampled_from([PLAN, VARIED])


class Treated(Course):
    """As any course, of a treated session."""

    def __init__(self, limits: SafetyLimits, plan: Plan = PLAN, brief: Brief | None = None) -> None:
        super().__init__(limits)
        self.brief = brief or BRIEFS["treated"]
        self.rig = Rig(plan=plan, limits=limits, brief=self.brief)
        self.rig.watchers.append(self._keep)

    def begin(self, opening: list[AnyCommandBody]) -> None:
        if opening and self.brief.checklist is not None:
            self.rig.ok(*PASSED)
        super().begin(opening)

    def play(self, action: Action) -> None:
        what, value = action
        rig = self.rig
        if what == "frame":
            self._frame(dt_s=value)
        elif what == "bpm":
            rig.conditions["bpm"] = value
        elif what == "deed":
            since_ns = max(0, rig.now_ns - 10_000_000)
            self._frame(
                deeds=(
                    PatientDid(
                        scene="lift", what="washed", thing="hands", t_on_ns=since_ns, t_off_ns=rig.now_ns
                    ),
                )
            )
        elif what == "follow":
            for made in rig.session.course.proposals.open[:1]:
                self._frame(GoToStep(step=made.step), cause=made.proposal)
        else:
            super().play(action)


def _played(course: Course, opening: list[AnyCommandBody], tale: list[Action]) -> None:
    course.begin(opening)
    for action in tale:
        course.play(action)


class _NoPresets(Witness):
    """The witness does not know what a varied step draws: a value that the step asks for by chance is its own."""

    def _asked(self, step: int, name: str) -> Any:
        planned = self.plan.steps[max(step, 1) - 1]
        if name in planned.vary:
            low, high = planned.vary[name]
            return max(low, high, key=self.parameters[name].hardness)
        return super()._asked(step, name)


treated_courses = settings(courses, max_examples=max(20, courses.max_examples // 4))
twice = settings(courses, max_examples=max(10, courses.max_examples // 12))


@treated_courses
@given(limits=all_limits, plan=plans, name=names, opening=openings, tale=story)
def test_whatever_a_treatment_brings_it_gates_counts_and_proposes_and_moves_nothing(
    limits: SafetyLimits, plan: Plan, name: str, opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    course = Treated(limits, plan, BRIEFS[name])
    promise = _NoPresets(course.rig.session, plan, SCENES, limits)
    promise.last, promise.last_ceiling = course.rig.last, 7
    treated = TreatedWitness(course.rig.session, 7, limits)
    course.rig.watchers += [promise.watch, treated.watch]
    _played(course, opening, tale)
    event(f"proposals: {min(treated.made, 3)}")
    event(f"windows: {min(treated.windows, 2)}")


@twice
@given(limits=all_limits, plan=plans, name=names, opening=openings, tale=story)
def test_a_treated_session_decides_the_same_when_it_is_told_the_same(
    limits: SafetyLimits, plan: Plan, name: str, opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    course = Treated(limits, plan, BRIEFS[name])
    _played(course, opening, tale)
    again = Session(plan, SCENES, limits, BRIEFS[name])
    again.update(Inputs(now_ns=0, frame=1, dt_s=0.02, link_age_s=0.0))
    for inputs, decision in zip(course.inputs, course.decisions, strict=True):
        repeated = again.update(inputs)
        assert repeated == decision
        assert list(repeated.state.items()) == list(decision.state.items())
    for body, _ in course.rig.events:
        assert body.ORIGIN == "derived"
        assert type(body).model_validate_json(body.model_dump_json()) == body


def _seen(decision: Decision) -> tuple[Any, ...]:
    """What reaches the patient, and where the session stands."""
    return (decision.scene, decision.phase, decision.step, decision.intensity, decision.held, decision.prompt)


def _told(decision: Decision, *left_out: type[EventBody]) -> list[EventBody]:
    return [body for body, _ in decision.events if not isinstance(body, left_out)]


@twice
@given(plan=plans, opening=openings, tale=story)
def test_the_heart_rate_changes_no_phase_step_parameter_or_question(
    plan: Plan, opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    """The same course, once with the heart rate and once without."""
    limits = SafetyLimits()
    course = Treated(limits, plan)
    _played(course, opening, tale)
    without = Session(plan, SCENES, limits, BRIEFS["treated"])
    without.update(Inputs(now_ns=0, frame=1, dt_s=0.02, link_age_s=0.0))
    for inputs, decision in zip(course.inputs, course.decisions, strict=True):
        other = without.update(_replaced(inputs, bpm=None, heart_age_s=None))
        assert _seen(other) == _seen(decision)
        assert other.answers == decision.answers
        assert _told(other, DemandMade) == _told(decision, DemandMade)


@twice
@given(plan=plans, opening=openings, tale=story)
def test_proposals_move_nothing(plan: Plan, opening: list[AnyCommandBody], tale: list[Action]) -> None:
    """The same course, once with the rules and once with none that could find anything."""
    limits = SafetyLimits()
    course = Treated(limits, plan)
    _played(course, opening, tale)
    silent = Session(plan, SCENES, limits, Brief(treatment=PROTOCOL, rules={}))
    silent.update(Inputs(now_ns=0, frame=1, dt_s=0.02, link_age_s=0.0))
    beside = (ProposalMade, ProposalAnswered, ProposalWithdrawn, ForecastMade, CommandDecided)
    for inputs, decision in zip(course.inputs, course.decisions, strict=True):
        other = silent.update(inputs)
        assert _seen(other) == _seen(decision)
        assert _told(other, *beside) == _told(decision, *beside)
        assert {a.reason for a in other.answers} - {a.reason for a in decision.answers} <= {
            Refusal.UNKNOWN_PROPOSAL
        }


def _replaced(inputs: Inputs, **how: Any) -> Inputs:
    return Inputs(**{**{name: getattr(inputs, name) for name in inputs.__dataclass_fields__}, **how})


# ------------------------------------------------------------------ what these found, each by itself


def _proposed(plan: Plan = PLAN, step: int = 3) -> Rig:
    """A rig with a proposal to go up."""
    course = Treated(SafetyLimits(), plan)
    course.begin([Start(), GoToStep(step=step, confirmed=True)])
    rig = course.rig
    rig.ok(Rating(raw=80))
    rig.wait(1.5)
    rig.ok(Rating(raw=10))
    assert [made.what for made in rig.session.course.proposals.open] == [ProposalKind.STEP_UP]
    return rig


def _because(rig: Rig) -> list[str]:
    return [body.because for body in rig.bodies(ProposalWithdrawn)]


@pytest.mark.parametrize("body", [Stop(), End(to=Phase.RECOVERY), End()])
def test_no_proposal_outlives_the_exposure_on_the_lowest_step_either(body: AnyCommandBody) -> None:
    rig = _proposed(step=1)
    rig.ok(body)
    assert rig.session.course.proposals.open == ()
    assert _because(rig) == ["the exposure is over"]


@pytest.mark.parametrize("body", [Pause(), SafePlace()])
def test_a_proposal_waits_through_a_pause_and_the_safe_place(body: AnyCommandBody) -> None:
    rig = _proposed()
    rig.ok(body)
    rig.wait(5.0)
    assert len(rig.session.course.proposals.open) == 1


def test_the_aid_switched_off_takes_what_was_proposed_with_it_in_a_pause_too() -> None:
    rig = _proposed()
    rig.ok(Pause(), UseAid(on=False))
    assert rig.session.course.proposals.open == ()
    assert _because(rig) == ["the aid is off"]


def test_the_aid_switched_on_again_keeps_what_is_proposed() -> None:
    rig = _proposed()
    rig.ok(UseAid(on=True))
    assert len(rig.session.course.proposals.open) == 1


@pytest.mark.parametrize("plan", [PLAN, VARIED])
def test_a_lower_ceiling_takes_what_lies_above_it_off_the_table_in_a_pause_too(plan: Plan) -> None:
    rig = _proposed(plan)
    rig.ok(Pause(), SetCeiling(step=3))
    assert rig.session.course.proposals.open == ()
    assert _because(rig) == ["the ceiling lies lower"]


def test_a_ceiling_on_the_proposed_step_leaves_it_proposed() -> None:
    rig = _proposed()
    rig.ok(SetCeiling(step=4))
    assert [made.step for made in rig.session.course.proposals.open] == [4]
