"""The session: what was heard and sensed in a frame goes in, what to show and what happened comes out.

Pure: no clock, no chance, no input or output. The same inputs give the same decisions and the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vr_runtime.protocol.answers import AlarmState, ParameterState
from vr_runtime.protocol.commands import (
    AskRating,
    End,
    FireTrigger,
    GoToStep,
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
)
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.events import (
    CeilingSet,
    CommandDecided,
    CommandReceived,
    DemandMade,
    NoteTaken,
    PhaseChanged,
    Recentred,
    StopPressed,
    TriggerFired,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Place, Refusal
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.intensity import Tracks
from vr_runtime.session.ladder import Ladder
from vr_runtime.session.machine import PLACES, SAFETY, called_off, next_phase, origin, verb
from vr_runtime.session.ratings import Prompts
from vr_runtime.session.rules import Standing, judge
from vr_runtime.session.state import logical_state
from vr_runtime.session.supervisor import Supervisor
from vr_runtime.session.triggers import Triggers
from vr_runtime.session.turn import Turn
from vr_runtime.session.view import View
from vr_runtime.session.waiting import Waiting, WaitingRoom

_STOP_FIRST = "a STOP came first"
_EXPOSED = (Phase.EXPOSURE, Phase.PAUSED)


class _Before(NamedTuple):
    """Where the session stood before a way up whose fade is not yet over."""

    phase: Phase
    came_from: Phase
    step: int
    arriving: Tracks | None


class Session:
    """One session of one patient.

    Raises:
        FileError: INVALID, where the plan asks for a scene, a step or a value that is not there.
    """

    def __init__(self, plan: Plan, scenes: Mapping[str, SceneManifest], limits: SafetyLimits) -> None:
        if problems := plan.problems(scenes):
            raise FileError(FileReason.INVALID, f"plan {plan.id} cannot be played: {'; '.join(problems)}")
        self._limits = limits
        self._ladder = Ladder(plan, scenes)
        self._supervisor = Supervisor(limits)
        self._prompts = Prompts()
        self._triggers = Triggers(limits.trigger_gap_s)
        self._view = View(self._ladder, limits)
        self._phase = Phase.SETUP
        self._came_from = Phase.SETUP
        self._waiting = WaitingRoom(limits.record_wait_s)
        self._before: _Before | None = None
        self._held_by: Cause | None = None
        self._still: Decision | None = None

    # ------------------------------------------------------------------ to look at, for telemetry

    @property
    def phase(self) -> Phase:
        return self._phase

    @property
    def alarms(self) -> tuple[AlarmState, ...]:
        """The safety causes in force, each with its strongest demand."""
        return self._supervisor.alarms

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
        self._obey(self._supervisor.update(inputs), inputs, turn)
        for received in inputs.commands:
            if not isinstance(received.command.body, Stop):
                self._hear(received, turn)
        if self._waiting:
            for each in self._waiting.committed(inputs.committed, turn):
                self._let_through(each, turn)
        if self._prompts.open is not None:
            turn.extend(self._prompts.expire(inputs.now_ns))
        self._view.move(inputs, self._phase, turn)
        if self._before is not None and not self._on_the_way_up:
            self._before = None
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
        self._call_off(block.cause, turn)
        if inputs.flash_guard:
            self._view.slam(turn.now_ns)
            self._view.because = Cause.FLASH_GUARD.value
            self._demand("flash_guard", Cause.FLASH_GUARD, turn)
        for change in changes:
            if change.active and self._phase in _EXPOSED:
                self._act(change.demand, change.cause, turn)

    def _act(self, demand: DemandKind, cause: Cause, turn: Turn) -> None:
        if demand is DemandKind.HOLD:
            self._demand("hold", cause, turn)
            self._held_by = cause
        elif demand is DemandKind.LOWER:
            self._to_lowest(cause.value, None, turn, ramp_s=self._limits.lower_ramp_s)
        elif demand is DemandKind.SAFE_PLACE:
            self._demand("safe_place", cause, turn)

    def _demand(self, asked: str, cause: Cause, turn: Turn) -> None:
        phase = SAFETY[asked].get(self._phase)
        if phase is not None:
            self._enter(phase, cause.value, None, turn)

    def _call_off(self, cause: Cause, turn: Turn) -> None:
        """Nothing goes on rising while raising is blocked, nor starts again by itself when the block is over."""
        ladder, before = self._ladder, self._before
        if before is not None and self._on_the_way_up:
            previous = ladder.step
            if previous >= before.step:  # otherwise a lower step was asked for since, and stays
                ladder.step, ladder.arriving = before.step, before.arriving
            phase = called_off(self._phase, before.phase)
            if phase is not self._phase:
                self._enter(phase, cause.value, None, turn)
                self._came_from = before.came_from
            if previous != ladder.step:
                turn.stepped(self._ladder, previous, cause.value, None)
        self._before = None
        for tracks in (ladder.tracks, ladder.arriving):
            if tracks is not None and not tracks.settled:
                turn.moved(tracks.call_off(), cause.value, None)

    def _hear_stop(self, pressed: StopPressed, turn: Turn) -> None:
        closed = self._phase is Phase.CLOSED
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
        if self._phase is Phase.STOPPED:
            self._waiting.clear(Refusal.NOT_NOW, _STOP_FIRST, turn)
            return
        self._view.stop(cause_id, turn)
        self._enter(Phase.STOPPED, "stop", cause_id, turn)
        self._to_lowest("stop", cause_id, turn)
        if self._ladder.ahead is not None:
            self._ladder.ahead.snap()
        self._waiting.clear(Refusal.NOT_NOW, _STOP_FIRST, turn)
        turn.extend(self._prompts.close())

    def _to_lowest(self, because: str, cause_id: str | None, turn: Turn, ramp_s: float | None = None) -> None:
        """The lowest step, with nothing harder than it is already."""
        previous = self._ladder.step
        if previous == 0:
            return
        moves = self._ladder.enter(1, easier_only=True, while_frozen=True, ramp_s=ramp_s)
        if previous != 1:
            turn.stepped(self._ladder, previous, because, cause_id)
        turn.moved(moves, because, cause_id)

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
            if (
                isinstance(body, GoToStep)
                and self._phase is Phase.EXPOSURE
                and body.step == self._ladder.step
            ):
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
        before = _Before(self._phase, self._came_from, self._ladder.step, self._ladder.arriving)
        turn.accept(received, raised=raised)
        match body:
            case Stop():
                self._stop(cause_id, turn)
            case GoToStep():
                self._go_to_step(body, received, raised, turn)
            case SetParameter():
                self._set_parameter(body, cause_id, raised, turn)
            case SetCeiling():
                self._set_ceiling(body, cause_id, raised, turn)
            case FireTrigger():
                self._fire(body, cause_id, turn)
            case Pause() | SafePlace() | End():
                self._waiting.clear(Refusal.NOT_NOW, f"a {body.kind} came first", turn)
                self._follow(body, cause_id, turn)
                if self._phase is Phase.CLOSED:
                    turn.extend(self._prompts.close())
            case Start() | Resume() | Release():
                self._follow(body, cause_id, turn)
            case AskRating():
                turn.extend(self._prompts.ask(body, cause_id, turn.now_ns))
            case Rating():
                turn.extend(self._prompts.rate(body, cause_id, self._ladder.step))
            case Note():
                turn.emit(NoteTaken(text=body.text), cause_id)
            case Recentre():
                turn.recentre = True
                turn.emit(Recentred(), cause_id)
        if raised and self._before is None and self._on_the_way_up:
            self._before = before

    def _follow(
        self,
        body: Start | Pause | Resume | SafePlace | Release | End | GoToStep,
        cause_id: str,
        turn: Turn,
    ) -> None:
        phase = next_phase(self._phase, verb(body), self._came_from)
        if phase is not None and phase is not self._phase:
            self._enter(phase, body.kind, cause_id, turn)

    def _go_to_step(self, body: GoToStep, received: CommandReceived, raised: bool, turn: Turn) -> None:
        ladder, cause_id = self._ladder, received.command.id
        previous = ladder.step
        self._view.because = body.kind
        harder = ladder.harder(body.step)
        if not raised or body.step < previous:
            self._waiting.clear(Refusal.NOT_NOW, f"step {body.step} came first", turn)
        self._follow(body, cause_id, turn)
        moves = ladder.enter(body.step, easier_only=not raised)
        turn.stepped(self._ladder, previous, body.kind, cause_id)
        turn.moved(moves, body.kind, cause_id)
        if harder and not raised and self._supervisor.block is None:
            self._waiting.enter(received, turn, rest=True)

    def _set_parameter(self, body: SetParameter, cause_id: str, raised: bool, turn: Turn) -> None:
        in_safe_place = self._phase is Phase.SAFE_PLACE
        tracks = self._ladder.safe_place if in_safe_place else self._ladder.ahead
        assert tracks is not None
        if not raised and tracks.tracks[body.name].parameter.harder != "neither":
            self._waiting.clear(Refusal.NOT_NOW, f"an easier {body.name} came first", turn)
        move = tracks.aim(body.name, body.value, while_frozen=self._phase is Phase.PAUSED)
        if move is not None:
            turn.moved([move], body.kind, cause_id)

    def _set_ceiling(self, body: SetCeiling, cause_id: str, raised: bool, turn: Turn) -> None:
        ladder, frozen = self._ladder, self._phase is Phase.PAUSED
        if not raised:
            self._waiting.clear(Refusal.NOT_NOW, "a lower ceiling came first", turn)
        turn.emit(CeilingSet(step=body.step, name=body.name, value=body.value), cause_id)
        if body.step is not None:
            previous, ladder.ceiling = ladder.step, body.step
            if previous > body.step:
                self._view.because = body.kind
                moves = ladder.enter(body.step, easier_only=True, while_frozen=frozen)
                turn.stepped(self._ladder, previous, body.kind, cause_id)
                turn.moved(moves, body.kind, cause_id)
        elif body.name is not None and body.value is not None:
            ladder.set_ceiling(body.name, body.value)
            tracks = ladder.ahead
            if tracks is not None and ladder.step > 0:
                track = tracks.tracks[body.name]
                if ladder.above_ceiling(track.parameter, track.target):
                    target = track.easier(body.value)
                    move = tracks.aim(body.name, target, while_frozen=frozen)
                    turn.moved([move] if move else [], body.kind, cause_id)

    def _fire(self, body: FireTrigger, cause_id: str, turn: Turn) -> None:
        manifest = self._ladder.manifest
        trigger = manifest.trigger(body.trigger)
        assert trigger is not None
        self._triggers.fired(manifest.id, trigger, turn.now_ns)
        turn.fire.append(trigger.id)
        turn.emit(TriggerFired(trigger=trigger.id, scene=manifest.id), cause_id)

    # ------------------------------------------------------------------ changes and their events

    def _enter(self, phase: Phase, because: str, cause_id: str | None, turn: Turn) -> None:
        previous, self._phase = self._phase, phase
        if phase in (Phase.SAFE_PLACE, Phase.STOPPED):
            self._came_from = origin(previous, self._came_from)
        if phase is Phase.PAUSED and self._ladder.ahead is not None:
            self._ladder.ahead.freeze()
        self._held_by = None
        self._view.because = because
        turn.emit(
            PhaseChanged(previous=previous, phase=phase, place=PLACES[phase], because=because), cause_id
        )

    # ------------------------------------------------------------------ the decision

    @property
    def _on_the_way_up(self) -> bool:
        """A fade into a scene is under way and its darkest moment has not come."""
        return PLACES[self._phase] is Place.SCENE and self._view.leaving(self._phase)

    def _standing(self, turn: Turn) -> Standing:
        phase, view = self._phase, self._view
        scene_shown = view.place is Place.SCENE and not view.leaving(phase)
        return Standing(phase, self._came_from, self._ladder, self._triggers, scene_shown, turn.now_ns)

    def _decision(self, turn: Turn) -> Decision:
        ladder, supervisor = self._ladder, self._supervisor
        held = supervisor.holding is not None or (self._phase is Phase.PAUSED and self._held_by is not None)
        scene = self._view.frame(self._phase, turn)
        return Decision(
            events=tuple(turn.events),
            answers=tuple(turn.answers),
            applied=tuple(turn.applied),
            scene=scene,
            phase=self._phase,
            step=ladder.step,
            intensity=ladder.share() if self._view.exposed else 0.0,
            held=held,
            prompt=self._prompts.open,
            state=logical_state(
                self._phase,
                self._came_from,
                scene,
                ladder,
                supervisor,
                self._prompts,
                len(self._waiting),
                held,
            ),
        )
