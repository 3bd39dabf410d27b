"""Where the session stands, and how that changes: phase, step, view. Every change leaves its event.

Whether something may change, and at whose word, is decided elsewhere (rules.py, supervisor.py, session.py).
"""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.protocol.commands import AnyCommandBody, SetCeiling
from vr_runtime.protocol.events import CeilingSet, PhaseChanged
from vr_runtime.protocol.words import Cause, Phase, Place
from vr_runtime.session.course import Course
from vr_runtime.session.intensity import Tracks
from vr_runtime.session.ladder import Ladder
from vr_runtime.session.machine import PLACES, SAFETY, called_off, next_phase, origin, verb
from vr_runtime.session.turn import Turn
from vr_runtime.session.view import View


class Before(NamedTuple):
    """Where the session stood before a way up whose fade is not yet over."""

    phase: Phase
    came_from: Phase
    step: int
    arriving: Tracks | None


class Stand:
    """``came_from`` is where a resume leads from the safe place; ``held_by`` what the scene was held for."""

    def __init__(self, ladder: Ladder, view: View, course: Course) -> None:
        self.ladder, self.view = ladder, view
        self.phase = Phase.SETUP
        self.came_from = Phase.SETUP
        self.held_by: Cause | None = None
        self._course = course
        self._before: Before | None = None

    # ------------------------------------------------------------------ to look at

    @property
    def on_the_way_up(self) -> bool:
        """A fade into a scene is under way and its darkest moment has not come."""
        return PLACES[self.phase] is Place.SCENE and self.view.leaving(self.phase)

    @property
    def scene_shown(self) -> bool:
        """The current step's scene is shown and no fade to another place is under way."""
        return self.view.place is Place.SCENE and not self.view.leaving(self.phase)

    @property
    def exposed(self) -> bool:
        """Something of the scene can be seen, and its time runs."""
        return self.view.exposed and not self.view.frozen(self.phase)

    # ------------------------------------------------------------------ phases

    def enter(self, phase: Phase, because: str, cause_id: str | None, turn: Turn) -> None:
        previous, self.phase = self.phase, phase
        if phase in (Phase.SAFE_PLACE, Phase.STOPPED):
            self.came_from = origin(previous, self.came_from)
        if phase is Phase.PAUSED and self.ladder.ahead is not None:
            self.ladder.ahead.freeze()
        self.held_by = None
        self.view.because = because
        self._course.phase_left(previous, phase, turn)
        turn.emit(
            PhaseChanged(previous=previous, phase=phase, place=PLACES[phase], because=because), cause_id
        )

    def follow(self, body: AnyCommandBody, cause_id: str, turn: Turn) -> None:
        """Go where a command leads from this phase, if it leads anywhere else."""
        phase = next_phase(self.phase, verb(body), self.came_from)
        if phase is not None and phase is not self.phase:
            self.enter(phase, body.kind, cause_id, turn)

    def demand(self, asked: str, cause: Cause, turn: Turn) -> None:
        """Go where a demand of safety leads from this phase, if it leads anywhere."""
        phase = SAFETY[asked].get(self.phase)
        if phase is not None:
            self.enter(phase, cause.value, None, turn)

    # ------------------------------------------------------------------ steps

    def stepped(self, previous: int, because: str, cause_id: str | None, turn: Turn) -> None:
        """The ladder stands on another step, or on the same one anew."""
        turn.stepped(self.ladder, previous, because, cause_id)
        self._course.step_entered(self.phase, turn)

    def to_lowest(self, because: str, cause_id: str | None, turn: Turn, ramp_s: float | None = None) -> None:
        """The lowest step, with nothing harder than it is already."""
        previous = self.ladder.step
        if previous == 0:
            return
        moves = self.ladder.enter(1, easier_only=True, while_frozen=True, ramp_s=ramp_s)
        if previous != 1:
            self.stepped(previous, because, cause_id, turn)
        turn.moved(moves, because, cause_id)

    def set_ceiling(self, body: SetCeiling, cause_id: str, turn: Turn) -> None:
        """A ceiling, and what lies above it brought down."""
        ladder, frozen = self.ladder, self.phase is Phase.PAUSED
        turn.emit(CeilingSet(step=body.step, name=body.name, value=body.value), cause_id)
        if body.step is not None:
            previous, ladder.ceiling = ladder.step, body.step
            if previous > body.step:
                self.view.because = body.kind
                moves = ladder.enter(body.step, easier_only=True, while_frozen=frozen)
                self.stepped(previous, body.kind, cause_id, turn)
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

    # ------------------------------------------------------------------ a way up

    def here(self) -> Before:
        return Before(self.phase, self.came_from, self.ladder.step, self.ladder.arriving)

    def set_out(self, before: Before) -> None:
        """A raise was done: while its fade is under way, it can still be called off, back to ``before``."""
        if self._before is None and self.on_the_way_up:
            self._before = before

    def forget_the_way(self) -> None:
        """The darkest moment of the fade is over: there is no way back."""
        if self._before is not None and not self.on_the_way_up:
            self._before = None

    def call_off(self, cause: Cause, turn: Turn) -> None:
        """Nothing goes on rising while raising is blocked, nor starts again by itself when the block is over."""
        ladder, before = self.ladder, self._before
        if before is not None and self.on_the_way_up:
            previous = ladder.step
            if previous >= before.step:  # otherwise a lower step was asked for since, and stays
                ladder.step, ladder.arriving = before.step, before.arriving
            phase = called_off(self.phase, before.phase)
            if phase is not self.phase:
                self.enter(phase, cause.value, None, turn)
                self.came_from = before.came_from
            if previous != ladder.step:
                self.stepped(previous, cause.value, None, turn)
        self._before = None
        for tracks in (ladder.tracks, ladder.arriving):
            if tracks is not None and not tracks.settled:
                turn.moved(tracks.call_off(), cause.value, None)
