"""Bring a record that a crash or a damage left into order, as far as it can be proven, and say what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from vr_runtime.protocol.codec import CHUNK_PREFIX
from vr_runtime.protocol.events import Closed
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.record.chunks import decode_chunk
from vr_runtime.record.entry import Sealed
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keys import KeySource
from vr_runtime.record.reader import Reader
from vr_runtime.record.verify import RecordState, Verdict, verify
from vr_runtime.record.writer import Writer

Progress = Callable[[int, int], None]
"""Told (entries done, entries in all)."""

AT_ONCE = 2000
"""Entries between two waits for the disk."""
PATIENCE_S = 60.0


class Recovered(NamedTuple):
    record: Path
    """The record that is in order now."""
    verdict: Verdict
    """What was found."""
    entries: int
    """How many entries it holds, without the one that closes it."""
    of_other: int
    """How many of them came from the other side's copy."""
    frames: int
    """The last recorded frame's number."""
    until_ns: int
    """The time of the last entry."""
    closed: bool
    """Whether its end was found; otherwise one was written that says so."""


class _Seen:
    """What the closing event has to tell, gathered from the entries that go by."""

    def __init__(self) -> None:
        self.entries = self.frames = self.late = self.until_ns = 0
        self.closed = False

    def __call__(self, entry: Sealed) -> None:
        self.entries, self.until_ns = entry.seq, entry.t_ns
        self.closed = entry.kind == "closed"
        if entry.kind == f"{CHUNK_PREFIX}frame" and len(rows := decode_chunk("frame", entry.body)):
            self.frames = int(rows["frame"][-1])
            self.late += int(((rows["flags"] & FrameFlag.LATE) > 0).sum())


def recover(
    folder: Path,
    key: KeySource,
    *,
    out: Path | None = None,
    other: Path | None = None,
    other_key: KeySource | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Recovered:
    """Bring a record into order.

    One that was interrupted is closed where it lies: its log is folded in, and a last event says that it was
    recovered. One that was altered is left as it is; what can be proven of it, from its beginning to the first entry
    that does not fit, becomes a new record in ``out``. In both cases ``other``, the other side's copy, continues it
    where the two chains agree. An intact record is left alone.

    Raises:
        RecordError: what :func:`~vr_runtime.record.verify.verify` raises; EXISTS where ``out`` is needed and not given,
            or is there already; CHAIN where the other copy is one of another session; ALTERED where nothing at all can
            be read; DISK.
    """
    found = verify(folder, key)
    if found.state is RecordState.INTACT:
        seen = _Seen()
        with Reader.open(folder, key) as reader:
            for entry in reader.entries():
                seen(entry)
        return Recovered(folder, found, found.entries - 1, 0, seen.frames, seen.until_ns, True)
    if found.state is RecordState.ALTERED and out is None:
        raise RecordError(
            RecordReason.EXISTS,
            f"{folder} was altered ({found.message}) and is left as it is: name a folder for what can be proven of it",
        )
    seen = _Seen()
    with Reader.open(folder, key, damaged=True) as reader:
        if found.state is RecordState.CUT:
            for entry in reader.entries():
                seen(entry)
            writer, target = Writer.resume(folder, key), folder
        else:
            assert out is not None
            writer, target = Writer.create(out, key), out
    with writer:
        if target != folder:
            with Reader.open(folder, key, damaged=True) as reader:
                _copy(_provable(reader.entries()), writer, seen, found.entries, progress)
        own = seen.entries
        if other is not None and not seen.closed:
            with Reader.open(other, other_key or key, damaged=True) as reader:
                _copy(_provable(reader.entries(own + 1)), writer, seen, reader.last()[0], progress)
        result = Recovered(
            target, found, seen.entries, seen.entries - own, seen.frames, seen.until_ns, seen.closed
        )
        if not seen.closed:
            because = f"recovered: {found.message}"
            writer.append_event(
                seen.entries + 1,
                seen.until_ns,
                Closed(because=because, frames=seen.frames, late_frames=seen.late),
                seen.frames,
            )
        else:
            result = result._replace(entries=seen.entries - 1)
    if failed := writer.health().failed:
        raise RecordError(RecordReason.DISK, f"{target} could not be written: {failed}")
    return result


def _provable(entries: Iterable[Sealed]) -> Iterator[Sealed]:
    """Up to the first that does not fit."""
    try:
        yield from entries
    except RecordError as problem:
        if problem.reason is not RecordReason.ALTERED:
            raise


def _copy(entries: Iterable[Sealed], writer: Writer, seen: _Seen, total: int, progress: Progress) -> None:
    for number, entry in enumerate(entries, 1):
        writer.append_sealed(entry)
        seen(entry)
        if number % AT_ONCE == 0:
            writer.barrier(PATIENCE_S)
            progress(entry.seq, max(total, entry.seq))
    writer.barrier(PATIENCE_S)
