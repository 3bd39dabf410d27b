"""Handing records over to a console after their session: what a cut link or a closed laptop kept it from copying.

The same link as in a session, with a log that no longer grows. A console that holds a part of the record goes on
with its copy; one that holds nothing begins one. When it has all of it, that is noted beside the record, and the
record may be forgotten here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from vr_runtime import __version__
from vr_runtime.link.consoles import Holder
from vr_runtime.link.server import LinkConfig, LinkServer, WelcomeFacts
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.codec import decode_event
from vr_runtime.protocol.events import Opened
from vr_runtime.protocol.words import Refusal
from vr_runtime.record import KeySource, Reader, RecordError, RecordReason, RecordState, Sealed, verify
from vr_runtime.record.receipts import Receipt, holders, note_receipts

TURN_S = 0.05
FLUSH_S = 2.0
"""How long a console has at the end to read what it was answered."""


@dataclass(frozen=True)
class Held:
    """A closed record, as far as handing it over takes."""

    folder: Path
    opened: Opened
    entries: Sequence[Sealed]
    """All of them: an hour's session takes some 45 MB."""

    @property
    def last(self) -> tuple[int, bytes]:
        return self.entries[-1].seq, self.entries[-1].hash

    @property
    def holders(self) -> list[Receipt]:
        return holders(self.folder, *self.last)

    def history(self, from_seq: int, max_bytes: int) -> list[Sealed]:
        """Entries from ``from_seq`` on, about ``max_bytes`` of them and at least one where there is one."""
        found: list[Sealed] = []
        size = 0
        for entry in islice(self.entries, max(0, from_seq - 1), None):
            size += len(entry.body)
            if found and size > max_bytes:
                break
            found.append(entry)
        return found


def look_at(folder: Path, key: KeySource) -> Held:
    """Check a record whole.

    Raises:
        RecordError: what :func:`verify` raises; NOT_COPIED where it is not intact: a copy of it could never be
            told to be whole.
    """
    verdict = verify(folder, key)
    if verdict.state is not RecordState.INTACT:
        raise RecordError(
            RecordReason.NOT_COPIED,
            f"{folder} is not handed over as it is ({verdict.message}): bring it into order first with "
            "`vr-runtime records recover`",
        )
    with Reader.open(folder, key) as reader:
        entries = list(reader.entries())
    first = entries[0]
    opened = decode_event(first.seq, first.t_ns, first.kind, first.body).body
    if not isinstance(opened, Opened):
        raise RecordError(RecordReason.NOT_A_RECORD, f"{folder} does not begin as a session's record does")
    return Held(folder, opened, entries)


def hand_over(
    held: Held, config: LinkConfig, *, interrupted: Callable[[], bool], timeout_s: float
) -> tuple[str, ...]:
    """Serve a record until a console holds all of it, the time is over or someone interrupts.

    Returns:
        Names of the consoles that hold it whole, after it was noted beside the record; empty: none yet.

    Raises:
        LinkError: what :meth:`LinkServer.start` raises. RecordError: DISK.
    """
    begun = time.perf_counter_ns()

    def clock() -> int:
        return time.perf_counter_ns() - begun

    facts = WelcomeFacts(
        software=__version__, plan=held.opened.plan, scenes=held.opened.scenes, last_seq=held.last[0]
    )
    server = LinkServer.start(
        config, epoch=held.opened.epoch, welcome=lambda: facts, history=held.history, clock=clock
    )
    with server:
        frame = 0
        while not server.holders(held.last[0]):
            if interrupted() or clock() > timeout_s * 1e9:
                return ()
            frame += 1
            server.frame_done(frame)
            for received in server.drain().commands:
                server.answer(
                    Answer(
                        command_id=received.command.id,
                        accepted=False,
                        reason=Refusal.CLOSED,
                        message="this session is over: its record is being handed over",
                    )
                )
            time.sleep(TURN_S)
        server.flush(FLUSH_S)
        return note_holders(server, held.folder, held.last)


def note_holders(server: LinkServer, folder: Path, last: tuple[int, bytes]) -> tuple[str, ...]:
    """Note beside a record who holds it up to its last entry; returns their names.

    Raises:
        RecordError: DISK.
    """
    seq, digest = last
    found = server.holders(seq)
    if found:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        note_receipts(folder, [_receipt(holder, digest, now) for holder in found])
    return tuple(holder.console for holder in found)


def _receipt(holder: Holder, digest: bytes, wall_utc: str) -> Receipt:
    return Receipt(holder.console, holder.key, holder.seq, digest.hex(), wall_utc)
