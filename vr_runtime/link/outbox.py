"""Commands that wait for their answer: repeated with the same id until answered or too old. Pure.

A command that was sent and never answered is *unknown*, not failed: it may have run. One that never left this
machine is known not to have run.
"""

from __future__ import annotations

from dataclasses import dataclass

RETRY_NS = 300_000_000
GRACE_NS = 1_500_000_000
"""After its time to live a command is not repeated any more, but its answer may still be on the way."""


@dataclass
class Waiting:
    """One command, as the bytes that go out each time. Times on the console's clock."""

    id: str
    kind: str
    data: bytes
    made_ns: int
    expires_ns: int
    due_ns: int
    sends: int = 0
    pending: bool = False
    """The runtime has it and has not decided it yet."""


@dataclass(frozen=True)
class CommandUnknown:
    """No answer came. ``sent`` False: it never left this machine, so it did not run; else nobody here can
    know until the record's feed tells."""

    id: str
    kind: str
    sent: bool
    message: str


class Outbox:
    """In the order of their numbers, since the runtime refuses one that comes behind a later one."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, command_id: str, kind: str, data: bytes, now_ns: int, ttl_ms: int) -> None:
        expires = now_ns + ttl_ms * 1_000_000
        self._waiting[command_id] = Waiting(command_id, kind, data, now_ns, expires, now_ns)

    def due(self, now_ns: int) -> list[Waiting]:
        """What is to be sent now, in order. After a refusal by the socket the rest has to wait too."""
        return [one for one in self._waiting.values() if one.due_ns <= now_ns < one.expires_ns]

    def sent(self, one: Waiting, now_ns: int) -> None:
        one.sends += 1
        one.due_ns = now_ns + RETRY_NS

    def blocked(self, one: Waiting, now_ns: int, wait_ns: int = 20_000_000) -> None:
        """The socket did not take it: everything from it on is tried again a little later, in order."""
        for other in self._waiting.values():
            if other.made_ns >= one.made_ns:
                other.due_ns = max(other.due_ns, now_ns + wait_ns)

    def pending(self, command_id: str) -> None:
        one = self._waiting.get(command_id)
        if one is not None:
            one.pending = True

    def answered(self, command_id: str) -> bool:
        """Whether it was waited for; it is no longer."""
        return self._waiting.pop(command_id, None) is not None

    def all_due(self, now_ns: int) -> None:
        """A new connection: repeat everything at once, in order."""
        for one in self._waiting.values():
            one.due_ns = min(one.due_ns, now_ns)

    def give_up(self, now_ns: int) -> list[CommandUnknown]:
        """Those for which no answer is to be expected any more."""
        gone: list[CommandUnknown] = []
        for one in list(self._waiting.values()):
            if now_ns < one.expires_ns or (one.sends and now_ns < one.expires_ns + GRACE_NS):
                continue
            del self._waiting[one.id]
            if not one.sends:
                why = "it could not be sent: there was no connection during its time to live; it did not run"
            elif one.pending:
                why = "the runtime has it, but did not say what became of it: look at the session's time line"
            else:
                why = "no answer came: it may have run or not; look at the session's time line"
            gone.append(CommandUnknown(one.id, one.kind, bool(one.sends), why))
        return gone

    def abandon(self, why: str) -> list[CommandUnknown]:
        """Give up everything at once (the runtime was restarted)."""
        gone = [CommandUnknown(one.id, one.kind, bool(one.sends), why) for one in self._waiting.values()]
        self._waiting.clear()
        return gone

    def next_due_ns(self) -> int | None:
        """When there will be something to do."""
        if not self._waiting:
            return None
        return min(
            one.due_ns if one.due_ns < one.expires_ns else self._gone_ns(one)
            for one in self._waiting.values()
        )

    @staticmethod
    def _gone_ns(one: Waiting) -> int:
        return one.expires_ns + (GRACE_NS if one.sends else 0)
