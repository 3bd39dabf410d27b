"""The course of the treatment beside the exposure itself: clocks, checks, questions, trials, windows, proposals.

It asks, counts, compares and proposes. It shows nothing and moves nothing: that is the session's, at the therapist's
word.
"""

from __future__ import annotations

from collections.abc import Iterable

from vr_runtime.protocol.commands import (
    AnswerCheck,
    AnswerProposal,
    CloseTrial,
    CloseWindow,
    Mark,
    OpenTrial,
    OpenWindow,
    Override,
    UseAid,
)
from vr_runtime.protocol.course_events import (
    AidUsed,
    EndedAtPeak,
    ForecastMade,
    Marked,
    PhaseCutShort,
    WindowClosed,
)
from vr_runtime.protocol.events import (
    EventBody,
    PatientDid,
    RatingGiven,
)
from vr_runtime.protocol.files.treatment import Advance
from vr_runtime.protocol.words import Followed, Observed, Phase, Rated, Refusal, Scale, WindowOutcome
from vr_runtime.session.advance import StepFacts
from vr_runtime.session.asking import Schedule
from vr_runtime.session.brief import Brief
from vr_runtime.session.checks import Gate, standing_gaps
from vr_runtime.session.clocks import Clocks
from vr_runtime.session.forecast import Forecaster
from vr_runtime.session.frame import Inputs
from vr_runtime.session.ladder import Ladder
from vr_runtime.session.prevention import Windows
from vr_runtime.session.proposals import Proposals
from vr_runtime.session.ratings import Prompts
from vr_runtime.session.trials import Trials
from vr_runtime.session.turn import Turn

CourseBody = (
    AnswerCheck
    | Override
    | AnswerProposal
    | OpenWindow
    | CloseWindow
    | OpenTrial
    | CloseTrial
    | Mark
    | UseAid
)
URGE_WAIT_S = 30.0
AHEAD_S = 300.0
"""How far ahead distress on the present step is forecast."""


class Course:
    """Told each frame what was decided and what happened; asked whether a command of its own may be done."""

    def __init__(self, brief: Brief, ladder: Ladder) -> None:
        treatment = brief.treatment
        self.clocks = Clocks()
        self.treatment = treatment
        gaps = standing_gaps(
            ladder.scenes, brief.age, brief.posture, brief.content_cleared, headset=brief.headset
        )
        self.gate = Gate(brief.checklist, gaps if brief.checklist is not None else (), brief.age)
        self.schedule = Schedule(treatment.questions if treatment else ())
        self.windows = Windows(treatment.prevention if treatment else None)
        self.trials = Trials()
        self.proposals = Proposals(
            treatment.advance if treatment else Advance(),
            brief.rules,
            steps=ladder.length,
            variability=ladder.plan.variability,
            seed=brief.seed,
        )
        self.proposals.on = brief.aid
        self._forecaster = Forecaster(ladder.plan, brief.history)
        self._ladder = ladder
        self._ratings: list[float] = []
        self._baseline: float | None = None
        self._goal_reached = False
        self._looked_s: int = -1
        self._prevents = False
        self._new = False
        """Something was rated, marked or closed since the rules last looked."""

    @property
    def prevents(self) -> bool:
        """What serves a compulsion is inert now."""
        window = self.windows.open
        return window is not None and window.prevents

    # ------------------------------------------------------------------ commands

    def problem(self, body: CourseBody) -> tuple[Refusal, str] | None:
        """Why a command of the course cannot be done now, or None. The phase was looked at before."""
        match body:
            case AnswerCheck():
                wrong = self.gate.problem_with_answer(body)
                return (Refusal.OUT_OF_RANGE, wrong) if wrong else None
            case Override():
                wrong = self.gate.problem_with_override(body)
                return (Refusal.OUT_OF_RANGE, wrong) if wrong else None
            case AnswerProposal():
                if self.proposals.find(body.proposal) is None:
                    return (
                        Refusal.UNKNOWN_PROPOSAL,
                        f"no proposal '{body.proposal}' is open; it was withdrawn",
                    )
                return None
            case OpenWindow():
                return _one_at_a_time("window", self.windows.open)
            case CloseWindow():
                return _none_open("window", self.windows.open)
            case OpenTrial():
                return _one_at_a_time("trial", self.trials.open)
            case CloseTrial():
                return _none_open("trial", self.trials.open)
            case Mark() | UseAid():
                return None

    def apply(self, body: CourseBody, cause_id: str, phase: Phase, turn: Turn) -> None:
        """Do it; :meth:`problem` had none."""
        step, clocks = self._ladder.step, self.clocks
        match body:
            case AnswerCheck():
                turn.emit(self.gate.answer(body), cause_id)
            case Override():
                turn.emit(self.gate.override(body), cause_id)
            case AnswerProposal():
                answered = self.proposals.answer(
                    body.proposal, body.answer, body.why, len(self._ratings), turn.now_ns
                )
                turn.emit(answered, cause_id)
            case OpenWindow():
                exposure_s = clocks.in_phase[Phase.EXPOSURE]
                turn.emit(self.windows.begin(body, step, exposure_s, turn.now_ns), cause_id)
                self.schedule.moment("window", phase)
            case CloseWindow():
                self._window_closed(self.windows.end(body.outcome), turn, cause_id)
            case OpenTrial():
                turn.emit(self.trials.begin(body, step, clocks.step_s), cause_id)
            case CloseTrial():
                turn.emit(self.trials.end(body, clocks.step_s), cause_id)
            case Mark():
                turn.emit(Marked(what=body.what, text=body.text, step=step), cause_id)
                self._goal_reached = self._goal_reached or body.what is Observed.GOAL_REACHED
                if body.what is Observed.COMPULSION and (seen := self.windows.marked(body.text, turn.now_ns)):
                    turn.emit(seen, cause_id)
                    self._after_compulsion(seen.prevented, seen.what, turn)
            case UseAid():
                self.proposals.on = body.on
                turn.emit(AidUsed(on=body.on), cause_id)
                if not body.on:
                    turn.extend((gone, None) for gone in self.proposals.withdraw_all("the aid is off"))
        self._new = True

    def followed(self, cause: str | None, command_id: str, turn: Turn) -> None:
        """A command that names a proposal as its cause: the therapist followed it."""
        if cause is not None and self.proposals.find(cause) is not None:
            turn.emit(
                self.proposals.answer(cause, Followed.FOLLOW, "", len(self._ratings), turn.now_ns), command_id
            )

    # ------------------------------------------------------------------ what the session does

    def step_entered(self, phase: Phase, turn: Turn) -> None:
        """The ladder stands on another step, or on the same one anew."""
        if (closed := self.trials.leave_step(self.clocks.step_s)) is not None:
            turn.emit(closed)
        turn.extend((body, None) for body in self.proposals.enter_step())
        self.clocks.enter_step()
        self._ratings.clear()
        self._goal_reached = False
        self.schedule.moment("step_entered", phase)
        if self._ladder.step:
            self._forecaster.entered(self._ladder.step)

    def phase_left(self, left: Phase, entered: Phase, turn: Turn) -> None:
        """Tell of a phase that was left before its minimum, and of an exposure that ended at its peak."""
        if entered in (Phase.STOPPED, Phase.CLOSED):
            self.schedule.forget()
        ended = entered in (Phase.RECOVERY, Phase.DEBRIEF, Phase.CLOSED)
        if ended or entered is Phase.STOPPED:
            turn.extend((body, None) for body in self.proposals.withdraw_all("the exposure is over"))
        if ended and self.windows.open is not None:
            self._window_closed(self.windows.end(WindowOutcome.ENDED), turn)
        if entered is Phase.CLOSED and (given_up := self.trials.give_up(self.clocks.step_s)) is not None:
            turn.emit(given_up)
        if self.treatment is None:
            return
        plan = self.treatment.phases.get(left)
        lasted_s = self.clocks.in_phase[left]
        # a pause or a visit to the safe place does not end the exposure
        ends = ended or left is not Phase.EXPOSURE
        if ends and plan is not None and lasted_s < plan.minimum_s and left is not Phase.SAFE_PLACE:
            turn.emit(PhaseCutShort(phase=left, lasted_s=round(lasted_s, 3), minimum_s=plan.minimum_s))
        exposed = left in (Phase.EXPOSURE, Phase.PAUSED)
        if ended and exposed and self.treatment.end.not_at_peak and len(self._ratings) > 1:
            peak, last = max(self._ratings), self._ratings[-1]
            if last >= peak:
                turn.emit(EndedAtPeak(step=self._ladder.step, value=last, peak=peak))

    # ------------------------------------------------------------------ a frame

    def update(self, inputs: Inputs, phase: Phase, exposed: bool, prompts: Prompts, turn: Turn) -> None:
        """Let time pass, hear what happened in this frame, ask and propose."""
        clocks = self.clocks
        clocks.move(inputs.now_ns, phase, exposed=exposed, headset_on=inputs.headset_on)
        self._hear(turn, phase)
        for deed in inputs.deeds:
            self._did(deed, turn)
        urge_due, closed = self.windows.move(clocks.in_phase[Phase.EXPOSURE])
        if urge_due:
            self.schedule.ask(Rated.URGE, Scale.PERCENT, URGE_WAIT_S)
        if closed is not None:
            self._window_closed(closed, turn)
        if self.prevents is not self._prevents:
            self._prevents, turn.touched = self.prevents, True
        self.schedule.move(phase, clocks.in_phase[phase])
        if prompts.open is None and phase is not Phase.STOPPED and (ask := self.schedule.take()) is not None:
            turn.extend(prompts.ask_on_schedule(ask, inputs.now_ns))
        turn.extend((body, None) for body in self.proposals.keep_under(self._ladder.ceiling))
        second = int(clocks.step_s)
        if self._new or second != self._looked_s:
            self._new, self._looked_s = False, second
            if phase is Phase.EXPOSURE:
                found = self.proposals.look(self.facts(), self._ladder.ceiling, inputs.now_ns)
                turn.extend((body, None) for body in found)

    def facts(self) -> StepFacts:
        """What the rules may look at now."""
        ladder = self._ladder
        return StepFacts(
            step=ladder.step,
            step_s=self.clocks.step_s,
            minimum_s=ladder.plan_step.minimum_s,
            ratings=tuple(self._ratings),
            baseline=self._baseline,
            goal_reached=self._goal_reached,
            trial=self.trials.last,
        )

    def _hear(self, turn: Turn, phase: Phase) -> None:
        for body, _ in tuple(turn.events):
            if not isinstance(body, RatingGiven):
                continue
            self._new = True
            if body.prompt is None:
                self.schedule.answered(body.what)
            if body.what is Rated.DISTRESS:
                if phase is Phase.BASELINE:
                    self._baseline = body.value
                elif body.step == self._ladder.step and self._ladder.step:
                    self._ratings.append(body.value)
                    self._forecast(body.value, turn)
            elif body.what is Rated.URGE:
                self.windows.urge(body.value)

    def _forecast(self, rated: float, turn: Turn) -> None:
        """What to expect after this rating: on this step in a while, and on entering the next one. Information, and
        nothing is done by it."""
        ladder, forecaster = self._ladder, self._forecaster
        forecaster.rated(ladder.step, self.clocks.step_s, rated)
        if not self.proposals.on or self.treatment is None:
            return
        expected = [forecaster.ahead(self.clocks.step_s, AHEAD_S)]
        if ladder.step < min(ladder.ceiling, ladder.length):
            expected.append(forecaster.entering(ladder.step + 1))
        for each in expected:
            turn.emit(
                ForecastMade(
                    step=each.step,
                    ahead_s=each.ahead_s,
                    mean=round(each.mean, 3),
                    low=round(each.low, 3),
                    high=round(each.high, 3),
                    model=each.model,
                    based_on=each.based_on,
                    reasons=each.reasons,
                )
            )

    def _window_closed(self, closed: WindowClosed, turn: Turn, cause_id: str | None = None) -> None:
        """With the window its proposal ends: there is nothing left to offer anew."""
        turn.emit(closed, cause_id)
        turn.extend((body, None) for body in self.proposals.withdraw_anew())

    def _did(self, deed: PatientDid, turn: Turn) -> None:
        if deed.what in self._ladder.manifest.compulsions and (seen := self.windows.did(deed)) is not None:
            turn.emit(seen)
            self._after_compulsion(seen.prevented, seen.what, turn)

    def _after_compulsion(self, prevented: bool, what: str, turn: Turn) -> None:
        """An urge is rated at once, resisted or not; a window that re-exposes proposes to."""
        self.schedule.ask(Rated.URGE, Scale.PERCENT, URGE_WAIT_S)
        window = self.windows.open
        if window is not None and not prevented and window.re_exposes:
            offered = self.proposals.offer_anew(self._ladder.step, what, turn.now_ns)
            turn.extend((body, None) for body in offered)


def events_of(turn: Turn) -> Iterable[EventBody]:
    return (body for body, _ in turn.events)


def _one_at_a_time(what: str, there: object) -> tuple[Refusal, str] | None:
    return (Refusal.NOT_NOW, f"a {what} is open already: close it first") if there is not None else None


def _none_open(what: str, there: object) -> tuple[Refusal, str] | None:
    return (Refusal.NOT_NOW, f"no {what} is open") if there is None else None
