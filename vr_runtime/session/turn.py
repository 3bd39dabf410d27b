"""What one frame brings about, collected while it is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.events import CommandDecided, CommandReceived, EventBody, ParameterMoved, StepEntered
from vr_runtime.protocol.words import Refusal
from vr_runtime.session.intensity import Move
from vr_runtime.session.ladder import Ladder


@dataclass(slots=True)
class Turn:
    """Events with the id of the command that caused them, answers and effects, in the order they came about."""

    now_ns: int
    events: list[tuple[EventBody, str | None]] = field(default_factory=list[tuple[EventBody, str | None]])
    answers: list[Answer] = field(default_factory=list[Answer])
    applied: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    fire: list[str] = field(default_factory=list[str])
    restart: bool = False
    recentre: bool = False
    look_s: float | None = None
    """Look for sensors for so long."""
    use_heart: str | None = None
    """Take the heart rate from this source."""
    stopped: bool = False
    """A STOP was heard: what came in the same frame and can raise is refused."""
    touched: bool = False
    """Something changed that leaves no event: a raise began or ceased to wait, a value moved."""

    def emit(self, body: EventBody, cause: str | None = None) -> None:
        self.events.append((body, cause))

    def extend(self, events: Iterable[tuple[EventBody, str | None]]) -> None:
        self.events.extend(events)

    def stepped(self, ladder: Ladder, previous: int, because: str, cause_id: str | None) -> None:
        """The ladder stands on another step."""
        step = ladder.plan_step if ladder.step else None
        self.emit(
            StepEntered(
                step=ladder.step,
                step_id=step.id if step else "",
                scene=step.scene if step else "",
                previous=previous,
                because=because,
            ),
            cause_id,
        )

    def moved(self, moves: Iterable[Move], because: str, cause_id: str | None) -> None:
        """Parameters were given new targets."""
        for move in moves:
            self.emit(
                ParameterMoved(
                    name=move.parameter.id,
                    unit=move.parameter.unit.value,
                    previous=move.previous,
                    target=move.target,
                    because=because,
                ),
                cause_id,
            )

    def accept(self, received: CommandReceived, *, raised: bool) -> None:
        command = received.command
        kind = command.body.kind
        self.emit(
            CommandDecided(command_id=command.id, command_kind=kind, accepted=True, raised=raised), command.id
        )
        self.answers.append(Answer(command_id=command.id, accepted=True, received_ns=received.received_ns))
        self.applied.append((command.id, kind))

    def refuse(self, received: CommandReceived, reason: Refusal, message: str) -> None:
        command = received.command
        self.emit(
            CommandDecided(
                command_id=command.id,
                command_kind=command.body.kind,
                accepted=False,
                reason=reason,
                message=message,
            ),
            command.id,
        )
        self.answers.append(
            Answer(
                command_id=command.id,
                accepted=False,
                reason=reason,
                message=message,
                received_ns=received.received_ns,
            )
        )

    @property
    def quiet(self) -> bool:
        return not (self.events or self.touched or self.fire or self.restart or self.recentre)
