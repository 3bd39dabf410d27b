"""The course of a treatment for :class:`FakeRuntime`: the session's own gate, windows and trials; proposals are put."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vr_runtime.protocol import events as ev
from vr_runtime.protocol.answers import ClockState, GapState
from vr_runtime.protocol.commands import AnyCommandBody, Command
from vr_runtime.protocol.course_events import Reason
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.words import AgeBand, Followed, Observed, Phase, ProposalKind, Refusal, WindowOutcome
from vr_runtime.session.checks import Gap, Gate
from vr_runtime.session.prevention import Windows
from vr_runtime.session.trials import Trials

if TYPE_CHECKING:
    from tests.helpers.fake_runtime import FakeRuntime

GAP = Gap(
    "content:height", Text(en="the plan shows 'height'", fr="le plan montre « height »"), may_override=True
)


STRAPS = (
    ev.SensorSeen(
        source="ble:24:AC:AC:01:02:03", name="Polar H10 0A1B2C3D", tells=("heart", "ecg"), signal=-58
    ),
    ev.SensorSeen(source="ble:24:AC:AC:99:02:03", name="HRM-Dual:123456", tells=("heart",), signal=-83),
    ev.SensorSeen(source="lsl:RR", name="RR", tells=("heart",)),
    ev.SensorSeen(source="lsl:skin", name="skin", tells=("eda",)),
)


class FakeCourse:
    def __init__(
        self, runtime: FakeRuntime, treatment: TreatmentProtocol | None, checklist: Checklist | None
    ) -> None:
        self.runtime = runtime
        self.gate = Gate(checklist, (GAP,) if checklist else (), AgeBand.UNKNOWN)
        self.windows = Windows(treatment.prevention if treatment else None)
        self.trials = Trials()
        self.proposals: dict[str, ev.ProposalMade] = {}
        self._count = 0

    def propose(self, what: ProposalKind, step: int) -> str:
        """A rule proposes, with two reasons."""
        self._count += 1
        made = ev.ProposalMade(
            proposal=f"proposal-{self._count}",
            what=what,
            step=step,
            reasons=(
                Reason(
                    rule="time_on_step/1",
                    text=Text(en="4 minutes on this step", fr="4 minutes à ce palier"),
                ),
                Reason(
                    rule="half_of_peak/1",
                    text=Text(
                        en="two ratings in a row at half of the peak (70) or below",
                        fr="deux cotations de suite à la moitié du maximum (70) ou moins",
                    ),
                ),
            ),
        )
        self.proposals[made.proposal] = made
        self.runtime.emit(made)
        return made.proposal

    def withdraw(self, proposal: str) -> None:
        del self.proposals[proposal]
        self.runtime.emit(ev.ProposalWithdrawn(proposal=proposal, because="its reasons no longer hold"))

    def forecast(self, mean: float, low: float, high: float) -> None:
        reason = Reason(
            rule="level/1",
            text=Text(en="One rating on this step so far: 60.", fr="Une seule cotation à ce palier : 60."),
        )
        for step, ahead_s, more in ((self.runtime.step, 300.0, 0.0), (self.runtime.step + 1, 0.0, 15.0)):
            self.runtime.emit(
                ev.ForecastMade(
                    step=step, ahead_s=ahead_s, mean=mean + more, low=low + more, high=min(100.0, high + more),
                    model="test/1", based_on=3, reasons=(reason,),
                )
            )  # fmt: skip

    def refusal(self, body: AnyCommandBody) -> tuple[Refusal | None, str] | None:
        match body.kind:
            case "start" if self.gate.open:
                return Refusal.CHECKS_OPEN, f"still open: {self.gate.names()}"
            case "answer_check" if problem := self.gate.problem_with_answer(body):
                return Refusal.OUT_OF_RANGE, problem
            case "override" if problem := self.gate.problem_with_override(body):
                return Refusal.OUT_OF_RANGE, problem
            case "answer_proposal" if body.proposal not in self.proposals:
                return Refusal.UNKNOWN_PROPOSAL, "it was withdrawn"
            case "open_window" if self.windows.open:
                return Refusal.NOT_NOW, "a window is open already"
            case "close_window" if not self.windows.open:
                return Refusal.NOT_NOW, "no window is open"
            case "open_trial" if self.trials.open:
                return Refusal.NOT_NOW, "a trial is open already"
            case "close_trial" if not self.trials.open:
                return Refusal.NOT_NOW, "no trial is open"
            case _:
                return None

    def apply(self, command: Command) -> None:
        body, runtime, cause = command.body, self.runtime, command.id
        seconds = runtime.now_ns / 1e9
        if command.cause in self.proposals:
            self._answered(command.cause, Followed.FOLLOW, "", cause)
        match body.kind:
            case "answer_check":
                runtime.emit(self.gate.answer(body), cause)
            case "override":
                runtime.emit(self.gate.override(body), cause)
            case "answer_proposal":
                self._answered(body.proposal, body.answer, body.why, cause)
            case "open_window":
                runtime.emit(self.windows.begin(body, runtime.step, seconds, runtime.now_ns), cause)
            case "close_window":
                self.windows.move(seconds)
                runtime.emit(self.windows.end(body.outcome), cause)
            case "open_trial":
                runtime.emit(self.trials.begin(body, runtime.step, seconds), cause)
            case "close_trial":
                runtime.emit(self.trials.end(body, seconds), cause)
            case "mark":
                runtime.emit(ev.Marked(what=body.what, text=body.text, step=runtime.step), cause)
                if body.what is Observed.COMPULSION and (
                    seen := self.windows.marked(body.text, runtime.now_ns)
                ):
                    runtime.emit(seen, cause)
            case "use_aid":
                runtime.emit(ev.AidUsed(on=body.on), cause)
            case "look_for_sensors":
                runtime.emit(ev.SensorsFound(sensors=STRAPS, over=True))
            case "use_heart":
                for state in ("chosen", "started"):
                    runtime.emit(ev.HeartSourceChanged(source=body.source, state=state))
            case _:
                pass

    def _answered(self, proposal: str, answer: Followed, why: str, cause: str) -> None:
        del self.proposals[proposal]
        self.runtime.emit(ev.ProposalAnswered(proposal=proposal, answer=answer, why=why, after_s=1.0), cause)

    def reset(self) -> None:
        """Nothing is proposed, no window and no trial is open."""
        for proposal in list(self.proposals):
            self.withdraw(proposal)
        if self.windows.open:
            self.windows.open = None
            self.runtime.emit(
                ev.WindowClosed(
                    window="window",
                    outcome=WindowOutcome.ENDED,
                    lasted_s=0,
                    compulsions=0,
                    prevented=0,
                    resisted_share=1,
                )
            )
        if closed := self.trials.leave_step(0.0):
            self.runtime.emit(closed)

    def gaps(self) -> tuple[GapState, ...]:
        if self.runtime.phase is not Phase.SETUP:
            return ()
        return tuple(
            GapState(id=gap.id, text=gap.text, may_override=gap.may_override) for gap in self.gate.open
        )

    def clocks(self) -> ClockState:
        now_s = self.runtime.now_ns / 1e9
        in_phase = now_s - self.runtime.phase_ns / 1e9
        on_step = now_s - self.runtime.step_ns / 1e9
        return ClockState(session_s=now_s, phase_s=in_phase, step_s=on_step, head_on_s=now_s)
