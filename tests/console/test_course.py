"""What the console makes of the course of a treatment, without a browser."""

import dataclasses

import pytest

from clinician_console.core.course import CourseBook
from clinician_console.core.timeline import TimeLine
from clinician_console.pages.checks import number_of, word_of
from clinician_console.pages.clocks import bounds
from clinician_console.pages.proposals import SETTLE_S, Place, followed_by
from tests.console.conftest import Bench
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.answers import AlarmState
from vr_runtime.protocol.commands import (
    AnswerCheck,
    CloseTrial,
    CloseWindow,
    GoToStep,
    Mark,
    OpenTrial,
    OpenWindow,
    Override,
    Pause,
    Start,
    UseAid,
)
from vr_runtime.protocol.course_events import Reason
from vr_runtime.protocol.files.checklist import CheckItem
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.treatments import find_treatments
from vr_runtime.protocol.words import (
    Cause,
    DemandKind,
    Followed,
    Observed,
    Phase,
    PreventionMode,
    ProposalKind,
    WindowOutcome,
)


def in_exposure(bench: Bench) -> None:
    bench.core.send(Start())
    bench.core.send(GoToStep(step=1))
    bench.settle()


def made(name: str, what: ProposalKind = ProposalKind.STEP_UP, step: int = 2) -> ev.ProposalMade:
    return ev.ProposalMade(
        proposal=name, what=what, step=step, reasons=(Reason(rule="low/1", text=Text(en="low", fr="bas")),)
    )


def test_a_proposal_keeps_its_place_and_a_new_one_cannot_be_answered_at_once() -> None:
    place, first, second = Place(), made("one"), made("two", ProposalKind.STEP_DOWN, 1)
    place.look((first,), 0.0)
    assert not place.settled(SETTLE_S / 2)
    assert place.settled(SETTLE_S)
    place.look((second, first), 5.0)
    assert place.shown is first, "what is shown stays as long as it is open"
    assert place.settled(5.0)
    place.look((second,), 6.0)
    assert place.shown is second
    assert not place.settled(6.0), "a press that was meant for the first is not taken for the second"
    place.look((), 7.0)
    assert place.shown is None
    assert not place.settled(99.0)


def test_following_never_goes_up_by_more_than_one_step_unconfirmed() -> None:
    assert followed_by(made("a", step=3), 2) == GoToStep(step=3)
    assert followed_by(made("a", ProposalKind.OTHER_STEP, 6), 2) == GoToStep(step=6, confirmed=True)
    assert followed_by(made("a", ProposalKind.STEP_DOWN, 1), 2) == GoToStep(step=1)
    assert followed_by(made("a", ProposalKind.PAUSE, 1), 1) == Pause()
    assert followed_by(made("a", ProposalKind.STRONGER_CUE, 2), 2) is None


def test_a_command_that_follows_a_proposal_names_it_and_closes_it(bench: Bench) -> None:
    in_exposure(bench)
    identity = bench.runtime.course.propose(ProposalKind.STEP_UP, 2)
    bench.settle()
    assert [one.proposal for one in bench.core.snapshot().course.proposals] == [identity]
    bench.core.send(GoToStep(step=2), cause=identity)
    bench.settle()
    assert bench.link.sent[-1].cause == identity
    assert bench.core.snapshot().course.proposals == ()


def test_a_withdrawn_proposal_is_gone(bench: Bench) -> None:
    in_exposure(bench)
    identity = bench.runtime.course.propose(ProposalKind.STEP_UP, 2)
    bench.settle()
    bench.runtime.course.withdraw(identity)
    bench.settle()
    assert bench.core.snapshot().course.proposals == ()


def test_a_window_runs_on_the_exposure_s_time_and_counts_compulsions(bench: Bench) -> None:
    in_exposure(bench)
    bench.core.send(OpenWindow(what="washing", mode=PreventionMode.BLOCK))
    bench.link.advance(10.0)
    bench.core.send(Mark(what=Observed.COMPULSION))
    bench.core.send(Pause())
    bench.link.advance(60.0)
    bench.settle()
    window = bench.core.snapshot().course.window
    assert window is not None
    assert window.lasted_s == pytest.approx(10.0, abs=0.1), "a pause does not count"
    assert (window.compulsions, window.prevented) == (1, 0)
    bench.core.send(CloseWindow(outcome=WindowOutcome.GAVE_IN))
    bench.settle()
    course = bench.core.snapshot().course
    assert course.window is None
    assert course.last_window is not None
    assert course.last_window.outcome is WindowOutcome.GAVE_IN


def test_a_trial_is_open_until_it_is_closed(bench: Bench) -> None:
    in_exposure(bench)
    bench.core.send(OpenTrial(feared="I fall", belief=80, conditions="five minutes"))
    bench.settle()
    trial = bench.core.snapshot().course.trial
    assert trial is not None
    assert trial.opened.feared == "I fall"
    bench.core.send(CloseTrial(conditions_met=True, occurred=False, belief=20))
    bench.settle()
    course = bench.core.snapshot().course
    assert course.trial is None
    assert course.last_trial is not None
    assert course.last_trial.change == -60


def test_a_forecast_holds_for_its_step_alone_and_goes_with_the_aid(bench: Bench) -> None:
    in_exposure(bench)
    bench.runtime.course.forecast(40, 25, 60)
    bench.settle()
    assert [one.ahead_s for one in bench.core.snapshot().course.forecasts] == [300.0, 0.0]
    bench.core.send(GoToStep(step=2))
    bench.settle()
    assert bench.core.snapshot().course.forecasts == ()
    bench.runtime.course.forecast(40, 25, 60)
    bench.core.send(UseAid(on=False))
    bench.settle()
    course = bench.core.snapshot().course
    assert (course.aid, course.forecasts) == (False, ())


def event(body: ev.EventBody, t_s: float = 0.0) -> ev.Event:
    return ev.Event(seq=1, t_ns=round(t_s * 1e9), frame=0, body=body)


def test_an_answer_that_changes_voids_its_override() -> None:
    book = CourseBook()
    book.event(event(ev.CheckAnswered(item="sleep", value=2.0, gap="check:sleep")))
    book.event(event(ev.OverrideGiven(gap="check:sleep", by="AB", reason="slept by day")))
    book.event(event(ev.CheckAnswered(item="sleep", value=2.0, gap="check:sleep")))
    assert book.state(0).overrides == {"check:sleep": "AB"}
    book.event(event(ev.CheckAnswered(item="sleep", value=1.0, gap="check:sleep")))
    assert book.state(0).overrides == {}


def test_a_row_says_how_its_check_stands(bench: Bench) -> None:
    item = CheckItem(id="consent", ask=Text(en="Agreed?", fr="Accord ?"), wanted=True)
    asked = dataclasses.replace(bench.core.snapshot(), course=CourseBook().state(0))

    def stands(*bodies: ev.EventBody) -> str:
        book = CourseBook()
        for body in bodies:
            book.event(event(body))
        return word_of("check:consent", item, dataclasses.replace(asked, course=book.state(0)))

    against = ev.CheckAnswered(item="consent", value=False, gap="check:consent")
    assert stands() == "open"
    assert stands(ev.CheckAnswered(item="consent", value=True)) == "ok"
    assert stands(against) == "against"
    assert (
        stands(against, ev.OverrideGiven(gap="check:consent", by="AB", reason="because of it")) == "taken_on"
    )


def test_answers_and_overrides_reach_the_runtime_and_come_back(bench: Bench) -> None:
    bench.core.send(AnswerCheck(item="nothing", value=True))
    bench.core.send(Override(gap="content:height", by="AB", reason="seen with the patient"))
    bench.settle()
    words = [(one.kind, one.word) for one in bench.core.snapshot().commands]
    assert words == [("override", "refused"), ("answer_check", "refused")], (
        "without a checklist nothing is open"
    )


def test_clocks_are_measured_by_the_plan_the_protocol_and_the_limits(bench: Bench) -> None:
    in_exposure(bench)
    now = bench.core.snapshot()
    treatment = find_treatments()["response_prevention"].treatment
    now = dataclasses.replace(now, course=dataclasses.replace(now.course, treatment=treatment))
    plan = treatment.phases[Phase.EXPOSURE]
    assert bounds("step", now) == (120.0, None)
    assert bounds("phase", now) == (plan.minimum_s, plan.maximum_s)
    assert bounds("session", now) == (None, treatment.end.session_s)
    assert bounds("head_on", now) == (None, 2700.0)


def test_alarms_come_by_their_priority(bench: Bench) -> None:
    bench.runtime.alarms = (
        AlarmState(cause=Cause.TIME_ON_HEAD, since_ns=0, priority=3),
        AlarmState(cause=Cause.SICKNESS, demand=DemandKind.BLOCK_RAISE, since_ns=0, priority=2),
        AlarmState(cause=Cause.DISSOCIATION, since_ns=0, priority=1, remedy="ground the patient"),
    )
    bench.settle()
    alarms = bench.core.snapshot().alarms
    assert [alarm.key for alarm in alarms] == ["dissociation", "sickness", "time_on_head"]
    assert alarms[0].severity == "danger", (
        "what is to be looked at once is shown as such, though nothing is held"
    )
    assert alarms[0].remedy == "ground the patient"


def test_the_time_line_tells_the_course_and_no_free_text() -> None:
    line = TimeLine()
    secret = "Mrs Example"
    bodies: list[ev.EventBody] = [
        ev.CheckAnswered(item="supervised_by", value=secret),
        ev.OverrideGiven(gap="age:heights", by=secret, reason=secret),
        made("proposal-1"),
        ev.ProposalAnswered(proposal="proposal-1", answer=Followed.FOLLOW, why=secret, after_s=1.0),
        ev.WindowOpened(window="w", what=secret, mode=PreventionMode.BLOCK, delay_s=0, target_s=60, step=1),
        ev.CompulsionSeen(window="w", what=secret, source="therapist", latency_s=1, prevented=False),
        ev.WindowClosed(
            window="w",
            outcome=WindowOutcome.GAVE_IN,
            lasted_s=2,
            compulsions=1,
            prevented=0,
            resisted_share=0.5,
        ),
        ev.TrialOpened(trial="t", step=1, feared=secret, belief=80, conditions=secret, conditions_s=0),
        ev.Marked(what=Observed.PANIC, text=secret, step=1),
        ev.PhaseCutShort(phase=Phase.BASELINE, lasted_s=5, minimum_s=60),
        ev.EndedAtPeak(step=1, value=80, peak=80),
    ]
    for index, body in enumerate(bodies):
        line.event(event(body, float(index)))
    assert [point.kind for point in line.points] == [
        "check", "override", "proposal", "answer", "window", "compulsion", "window", "trial", "mark", "cut_short",
        "at_peak",
    ]  # fmt: skip
    assert secret not in str(list(line.points))


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7.0), ("7,5", 7.5), ("7.5", 7.5), ("", None), ("a", None), ("nan", None), ("inf", None)],
)
def test_numbers_are_read_as_people_type_them(text: str, value: float | None) -> None:
    assert number_of(text) == value
