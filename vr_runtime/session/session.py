"""The session: what was heard and sensed in a frame goes in, what to show and what happened comes out.

Pure: no clock, no chance, no input or output. The same inputs give the same decisions and the same state.
"""

from __future__ import annotations

from collections.abc import Mapping

from vr_runtime.protocol.answers import AlarmState, ParameterState
from vr_runtime.protocol.commands import (
    AskRating,
    End,
    FireTrigger,
    GoToStep,
    LookForSensors,
    Note,
    Pause,
    Rating,
    Recentre,
    Release,
    Resume,
    SafePlace,
    SetCeiling,
    SetParameter,
    Start,
    Stop,
    UseHeart,
)
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.events import (
    CommandDecided,
    CommandReceived,
    DemandMade,
    NoteTaken,
    Recentred,
    StopPressed,
    TriggerFired,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Refusal
from vr_runtime.session.brief import Brief
from vr_runtime.session.course import Course, events_of
from vr_runtime.session.felt import Felt
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.ladder import Ladder
from vr_runtime.session.ratings import Prompts
from vr_runtime.session.rules import Standing, judge
from vr_runtime.session.stand import Stand
from vr_runtime.session.state import logical_state
from vr_runtime.session.supervisor import Supervisor
from vr_runtime.session.triggers import Triggers
from vr_runtime.session.turn import Turn
from vr_runtime.session.view import View
from vr_runtime.session.waiting import Waiting, WaitingRoom

_STOP_FIRST = "a STOP came first"
_EXPOSED = (Phase.EXPOSURE, Phase.PAUSED)


class Session:
    """One session of one patient.

    Raises:
        FileError: INVALID, where the plan asks for a scene, a step or a value that is not there.
    """

    def __init__(
        self,
        plan: Plan,
        scenes: Mapping[str, SceneManifest],
        limits: SafetyLimits,
        brief: Brief | None = None,
    ) -> None:
        brief = brief or Brief()
        limits = brief.in_force(limits)
        treatment = brief.treatment
        if problems := plan.problems(scenes):
            raise FileError(FileReason.INVALID, f"plan {plan.id} cannot be played: {'; '.join(problems)}")
        self._limits = limits
        self._ladder = Ladder(plan, scenes, brief.seed)
        self._course = Course(brief, self._ladder)
        session_s = None if treatment is None else treatment.end.session_s - treatment.end.reserve_s
        self._supervisor = Supervisor(limits, session_s)
        self._felt = Felt(
            limits, blood_injection=treatment is not None and treatment.blood_injection, age=brief.age
        )
        self._prompts = Prompts()
        self._triggers = Triggers(limits.trigger_gap_s)
        self._view = View(self._ladder, limits)
        self._stand = Stand(self._ladder, self._view, self._course)
        self._waiting = WaitingRoom(limits.record_wait_s)
        self._still: Decision | None = None

    # ------------------------------------------------------------------ to look at, for telemetry

    @property
    def phase(self) -> Phase:
        return self._stand.phase

    @property
    def alarms(self) -> tuple[AlarmState, ...]:
        """The safety causes in force, each with its strongest demand."""
        return self._supervisor.alarms

    @property
    def course(self) -> Course:
        """Clocks, checks, proposals, windows and trials: for telemetry."""
        return self._course

    @property
    def waiting(self) -> frozenset[str]:
        """Ids of the commands whose commit the session waits for (see ``Inputs.committed``)."""
        return self._waiting.ids

    def parameters(self) -> dict[str, ParameterState]:
        """The parameters of the current step's scene, with target and ceiling; empty before the first step."""
        tracks = self._ladder.ahead
        return tracks.states(self._ladder.ceiling_of) if tracks is not None else {}

    def safe_place(self) -> dict[str, ParameterState]:
        """The safe place's own parameters; they have no ceilings."""
        tracks = self._ladder.safe_place
        return tracks.states() if tracks is not None else {}

    # ------------------------------------------------------------------ one frame

    def update(self, inputs: Inputs) -> Decision:
        """Decide one frame. ``now_ns`` must not fall from call to call."""
        turn = Turn(inputs.now_ns)
        for answered in inputs.answered:
            turn.extend(self._prompts.answer(answered, self._ladder.step))
        for pressed in inputs.stops:
            self._hear_stop(pressed, turn)
        for received in inputs.commands:
            if isinstance(received.command.body, Stop):
                self._hear(received, turn)
        self._felt.heart(inputs.bpm, inputs.now_ns)
        self._obey(self._supervisor.update(inputs, self._felt, self._course.clocks), inputs, turn)
        for received in inputs.commands:
            if not isinstance(received.command.body, Stop):
                self._hear(received, turn)
        if self._waiting:
            for each in self._waiting.committed(inputs.committed, turn):
                self._let_through(each, turn)
        if self._prompts.open is not None:
            turn.extend(self._prompts.expire(inputs.now_ns))
        self._course.update(inputs, self.phase, self._stand.exposed, self._prompts, turn)
        if turn.events:
            self._felt.hear(events_of(turn), inputs.now_ns)
        self._view.move(inputs, self.phase, turn)
        self._stand.forget_the_way()
        if turn.quiet:
            if self._still is None:
                self._still = self._decision(turn)
            return self._still
        self._still = None
        return self._decision(turn)

    # ------------------------------------------------------------------ safety

    def _obey(self, changes: list[DemandMade], inputs: Inputs, turn: Turn) -> None:
        for change in changes:
            turn.emit(change)
        block = self._supervisor.block
        if block is None:
            return
        if self._waiting:
            self._waiting.clear(block.reason, block.message, turn)
        self._stand.call_off(block.cause, turn)
        if inputs.flash_guard:
            self._view.slam(turn.now_ns)
            self._view.because = Cause.FLASH_GUARD.value
            self._stand.demand("flash_guard", Cause.FLASH_GUARD, turn)
        for change in changes:
            if change.active and self.phase in _EXPOSED:
                self._act(change.demand, change.cause, turn)

    def _act(self, demand: DemandKind, cause: Cause, turn: Turn) -> None:
        if demand is DemandKind.HOLD:
            self._stand.demand("hold", cause, turn)
            self._stand.held_by = cause
        elif demand is DemandKind.LOWER:
            self._stand.to_lowest(cause.value, None, turn, ramp_s=self._limits.lower_ramp_s)
        elif demand is DemandKind.SAFE_PLACE:
            self._stand.demand("safe_place", cause, turn)

    def _hear_stop(self, pressed: StopPressed, turn: Turn) -> None:
        closed = self.phase is Phase.CLOSED
        turn.emit(
            CommandDecided(
                command_id=pressed.id,
                command_kind="stop",
                accepted=not closed,
                reason=Refusal.CLOSED if closed else None,
                message="the session is closed: nothing is shown that could be stopped" if closed else "",
            ),
            pressed.id,
        )
        if not closed:
            turn.applied.append((pressed.id, "stop"))
            self._stop(pressed.id, turn)

    def _stop(self, cause_id: str, turn: Turn) -> None:
        turn.stopped = True
        if self.phase is Phase.STOPPED:
            self._waiting.clear(Refusal.NOT_NOW, _STOP_FIRST, turn)
            return
        self._view.stop(cause_id, turn)
        self._stand.enter(Phase.STOPPED, "stop", cause_id, turn)
        self._stand.to_lowest("stop", cause_id, turn)
        if self._ladder.ahead is not None:
            self._ladder.ahead.snap()
        self._waiting.clear(Refusal.NOT_NOW, _STOP_FIRST, turn)
        turn.extend(self._prompts.close())

    # ------------------------------------------------------------------ commands

    def _hear(self, received: CommandReceived, turn: Turn) -> None:
        body = received.command.body
        verdict = judge(body, self._standing(turn))
        if verdict.reason is not None:
            turn.refuse(received, verdict.reason, verdict.message)
            # What holds, holds back what waits also where it is itself not needed: two hands, one second.
            if isinstance(body, Pause | SafePlace | End):
                self._waiting.clear(Refusal.NOT_NOW, f"a {body.kind} came first", turn)
        elif not verdict.raises:
            self._apply(received, turn, raised=False)
        elif turn.stopped:
            turn.refuse(received, Refusal.NOT_NOW, _STOP_FIRST)
        elif (block := self._supervisor.block) is not None:
            turn.refuse(received, block.reason, block.message)
        else:
            self._waiting.enter(received, turn)

    def _let_through(self, each: Waiting, turn: Turn) -> None:
        body = each.received.command.body
        if each.rest:
            if isinstance(body, GoToStep) and self.phase is Phase.EXPOSURE and body.step == self._ladder.step:
                turn.moved(self._ladder.enter(body.step), body.kind, each.id)
            return
        # Judged again: what was applied since it arrived may have changed what it means.
        verdict = judge(body, self._standing(turn))
        if verdict.reason is not None:
            turn.refuse(each.received, verdict.reason, verdict.message)
        else:
            self._apply(each.received, turn, raised=verdict.raises)

    def _apply(self, received: CommandReceived, turn: Turn, *, raised: bool) -> None:
        """Do what was judged possible, and say so first."""
        command = received.command
        body, cause_id = command.body, command.id
        before = self._stand.here()
        turn.accept(received, raised=raised)
        self._course.followed(command.cause, cause_id, turn)
        match body:
            case Stop():
                self._stop(cause_id, turn)
            case GoToStep():
                self._go_to_step(body, received, raised, turn)
            case SetParameter():
                self._set_parameter(body, cause_id, raised, turn)
            case SetCeiling():
                if not raised:
                    self._waiting.clear(Refusal.NOT_NOW, "a lower ceiling came first", turn)
                self._stand.set_ceiling(body, cause_id, turn)
            case FireTrigger():
                self._fire(body, cause_id, turn)
            case Pause() | SafePlace() | End():
                self._waiting.clear(Refusal.NOT_NOW, f"a {body.kind} came first", turn)
                self._stand.follow(body, cause_id, turn)
                if self.phase is Phase.CLOSED:
                    turn.extend(self._prompts.close())
            case Start() | Resume() | Release():
                self._stand.follow(body, cause_id, turn)
            case AskRating():
                turn.extend(self._prompts.ask(body, cause_id, turn.now_ns))
            case Rating():
                turn.extend(self._prompts.rate(body, cause_id, self._ladder.step))
            case Note():
                turn.emit(NoteTaken(text=body.text), cause_id)
            case Recentre():
                turn.recentre = True
                turn.emit(Recentred(), cause_id)
            case LookForSensors():
                turn.look_s = body.for_s
            case UseHeart():
                turn.use_heart = body.source
            case _:
                self._course.apply(body, cause_id, self.phase, turn)
        if raised:
            self._stand.set_out(before)

    def _go_to_step(self, body: GoToStep, received: CommandReceived, raised: bool, turn: Turn) -> None:
        ladder, cause_id = self._ladder, received.command.id
        previous = ladder.step
        self._view.because = body.kind
        harder = ladder.harder(body.step)
        if not raised or body.step < previous:
            self._waiting.clear(Refusal.NOT_NOW, f"step {body.step} came first", turn)
        self._stand.follow(body, cause_id, turn)
        moves = ladder.enter(body.step, easier_only=not raised)
        self._stand.stepped(previous, body.kind, cause_id, turn)
        turn.moved(moves, body.kind, cause_id)
        if harder and not raised and self._supervisor.block is None:
            self._waiting.enter(received, turn, rest=True)

    def _set_parameter(self, body: SetParameter, cause_id: str, raised: bool, turn: Turn) -> None:
        in_safe_place = self.phase is Phase.SAFE_PLACE
        tracks = self._ladder.safe_place if in_safe_place else self._ladder.ahead
        assert tracks is not None
        if not raised and tracks.tracks[body.name].parameter.harder != "neither":
            self._waiting.clear(Refusal.NOT_NOW, f"an easier {body.name} came first", turn)
        move = tracks.aim(body.name, body.value, while_frozen=self.phase is Phase.PAUSED)
        if move is not None:
            turn.moved([move], body.kind, cause_id)

    def _fire(self, body: FireTrigger, cause_id: str, turn: Turn) -> None:
        manifest = self._ladder.manifest
        trigger = manifest.trigger(body.trigger)
        assert trigger is not None
        self._triggers.fired(manifest.id, trigger, turn.now_ns)
        turn.fire.append(trigger.id)
        turn.emit(TriggerFired(trigger=trigger.id, scene=manifest.id), cause_id)

    # ------------------------------------------------------------------ the decision

    def _standing(self, turn: Turn) -> Standing:
        stand = self._stand
        return Standing(
            stand.phase,
            stand.came_from,
            self._ladder,
            self._triggers,
            stand.scene_shown,
            turn.now_ns,
            self._course,
        )

    def _decision(self, turn: Turn) -> Decision:
        ladder, supervisor = self._ladder, self._supervisor
        held = supervisor.holding is not None or (
            self.phase is Phase.PAUSED and self._stand.held_by is not None
        )
        scene = self._view.frame(self.phase, turn, prevented=self._course.prevents)
        return Decision(
            events=tuple(turn.events),
            answers=tuple(turn.answers),
            applied=tuple(turn.applied),
            scene=scene,
            phase=self.phase,
            step=ladder.step,
            intensity=ladder.share() if self._view.exposed else 0.0,
            held=held,
            prompt=self._prompts.open,
            look_s=turn.look_s,
            use_heart=turn.use_heart,
            state=logical_state(
                self.phase,
                self._stand.came_from,
                scene,
                ladder,
                supervisor,
                self._prompts,
                len(self._waiting),
                held,
            ),
        )
