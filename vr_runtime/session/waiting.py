"""The raises that wait until the record has committed them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vr_runtime.protocol.events import CommandReceived
from vr_runtime.protocol.words import Refusal
from vr_runtime.session.turn import Turn


@dataclass(frozen=True, slots=True)
class Waiting:
    """A raise that waits.

    ``rest``: the command was done and answered already, as a step down; what that step makes harder waits here.
    """

    received: CommandReceived
    since_ns: int
    rest: bool = False

    @property
    def id(self) -> str:
        return self.received.command.id


class WaitingRoom:
    """In the order in which they came. ``wait_s``: how long one may wait for its commit."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._waiting: list[Waiting] = []

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(each.id for each in self._waiting)

    def enter(self, received: CommandReceived, turn: Turn, *, rest: bool = False) -> None:
        self._waiting.append(Waiting(received, turn.now_ns, rest))
        turn.touched = True

    def committed(self, committed: frozenset[str], turn: Turn) -> Iterator[Waiting]:
        """Those whose commit has come, one by one, so that each is judged after what the one before it did; what has
        waited for too long is refused, the rest goes on waiting."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if (turn.now_ns - each.since_ns) / 1e9 > self._wait_s:
                text = f"the record did not take it within {self._wait_s:g} s; look at the disk, then send it again"
                _refuse(each, Refusal.RECORD_FAILING, text, turn)
            elif each.id not in committed:
                self._waiting.append(each)
            else:
                turn.touched = True
                yield each

    def clear(self, reason: Refusal, message: str, turn: Turn) -> None:
        """Refuse all that wait."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            _refuse(each, reason, message, turn)


def _refuse(each: Waiting, reason: Refusal, message: str, turn: Turn) -> None:
    turn.touched = True
    if not each.rest:
        turn.refuse(each.received, reason, message)
