"""What became of each command that this console sent: sent, accepted, refused with its reason, or unknown.

An unanswered command is *unknown*, never *failed*: it may have been carried out. The record settles it later.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Literal

from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.commands import AnyCommandBody
from vr_runtime.protocol.events import CommandDecided, CommandTurnedAway
from vr_runtime.protocol.words import Refusal

CommandWord = Literal["sent", "accepted", "refused", "unknown"]

GRACE_S = 1.0
"""Beyond a command's life: the time that an answer may take on its way back."""

MAX_KEPT = 200


@dataclass(frozen=True)
class CommandState:
    """Times in seconds on the console's clock."""

    id: str
    kind: str
    detail: str
    """What it was about, for the page: a step's number, a parameter's id."""
    sent_at: float
    life_s: float
    word: CommandWord = "sent"
    reason: Refusal | None = None
    message: str = ""
    answered_at: float | None = None

    def at(self, now: float) -> CommandState:
        """The state as it is to be shown at ``now``."""
        if self.word == "sent" and now - self.sent_at > self.life_s + GRACE_S:
            return replace(self, word="unknown")
        return self


class CommandBook:
    """Not thread-safe: the core holds its lock. Answers may come before :meth:`sent` has been called."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, CommandState] = OrderedDict()
        self._early: dict[str, Answer] = {}

    def sent(self, identity: str, kind: str, detail: str, now: float, life_s: float) -> None:
        self._states[identity] = CommandState(identity, kind, detail, now, life_s)
        while len(self._states) > MAX_KEPT:
            self._states.popitem(last=False)
        if (early := self._early.pop(identity, None)) is not None:
            self.answered(early, now)

    def answered(self, answer: Answer, now: float) -> None:
        if answer.command_id not in self._states:
            self._early[answer.command_id] = answer
            while len(self._early) > MAX_KEPT:
                self._early.pop(next(iter(self._early)))
            return
        self._settle(answer.command_id, answer.accepted, answer.reason, answer.message, now)

    def unknown(self, identity: str, message: str) -> None:
        """The link has given up waiting for the answer."""
        state = self._states.get(identity)
        if state is not None and state.word == "sent":
            self._states[identity] = replace(state, word="unknown", message=message)

    def recorded(self, body: CommandDecided | CommandTurnedAway, now: float) -> None:
        """The record says what was decided; it settles what no answer settled."""
        accepted = body.accepted if isinstance(body, CommandDecided) else False
        if body.command_id in self._states and self._states[body.command_id].word in ("sent", "unknown"):
            self._settle(body.command_id, accepted, body.reason, body.message, now)

    def get(self, identity: str, now: float) -> CommandState | None:
        state = self._states.get(identity)
        return state.at(now) if state else None

    def latest(self, count: int, now: float) -> tuple[CommandState, ...]:
        """The newest first."""
        newest = list(self._states.values())[-count:]
        return tuple(state.at(now) for state in reversed(newest))

    def _settle(
        self, identity: str, accepted: bool, reason: Refusal | None, message: str, now: float
    ) -> None:
        self._states[identity] = replace(
            self._states[identity],
            word="accepted" if accepted else "refused",
            reason=reason,
            message=message,
            answered_at=now,
        )


def detail_of(body: AnyCommandBody) -> str:
    """The one word that tells a command apart from others of its kind: a step's number, a parameter's id."""
    for name in ("step", "name", "trigger", "raw", "to", "item", "gap", "proposal", "what"):
        value = getattr(body, name, None)
        if value is not None and not (
            body.kind in ("open_window", "ask_rating", "rating") and name == "what"
        ):
            return f"{value:g}" if isinstance(value, float) else str(getattr(value, "value", value))
    return ""
