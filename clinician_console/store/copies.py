"""The console's own copy of a record: a replica in a folder of its own, found again by the run it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from clinician_console.core.port import Entry
from vr_runtime.record import KeySource, Reader, RecordError, RecordReason, Sealed, Writer, clear_unmade
from vr_runtime.record.verify import CLOSED_KIND


class RecordCopy:
    """A copy that is being written. ``append`` belongs to one thread.

    Raises nothing while it runs but what :meth:`append` says; what the disk does not take is told by :meth:`failed`.
    """

    def __init__(self, folder: Path, key: KeySource, writer: Writer | None, last: tuple[int, bytes]) -> None:
        self._folder = folder
        self._key = key
        self._writer = writer
        self._last = last
        self._on_committed: Callable[[int, str], None] = lambda _seq, _hash: None

    @classmethod
    def open(cls, records: Path, key: KeySource, epoch: str) -> RecordCopy:
        """The copy of that run of the runtime: an earlier one is continued, else a new one is begun.

        Raises:
            RecordError: what the record's own reader and writer raise (wrong key, altered, in use, disk).
        """
        folder = records / f"copy-{epoch}"
        copy = cls(folder, key, None, (0, bytes(32)))
        if not (folder / "record.db").exists():
            clear_unmade(folder)  # the console was killed while it made this copy
            copy._writer = Writer.create(folder, key, copy._committed)
            return copy
        try:
            copy._writer = Writer.resume(folder, key, copy._committed)
            copy._last = copy._writer.committed
        except RecordError as problem:
            if problem.reason is not RecordReason.CLOSED:
                raise
            with Reader.open(folder, key) as reader:  # complete: nothing is to be added
                copy._last = reader.last()
        return copy

    @property
    def path(self) -> str:
        return str(self._folder)

    @property
    def last_seq(self) -> int:
        return self._last[0]

    def begin(self, on_committed: Callable[[int, str], None]) -> None:
        self._on_committed = on_committed
        if self._last[0]:
            on_committed(self._last[0], self._last[1].hex())

    def old_entries(self) -> Iterable[Entry]:
        return self._read() if self._last[0] else ()

    def _read(self) -> Iterator[Entry]:
        with Reader.open(self._folder, self._key) as reader:
            yield from reader.entries()

    def append(self, entries: Sequence[Entry]) -> None:
        """The entry that closes the record ends the copy as well: nothing holds it any more, so that it can be erased
        while the console goes on. This waits for the disk, once, when nothing more of that session is to come.

        Raises RecordError CHAIN where an entry does not continue the copy: it is of another record."""
        if self._writer is None:
            return
        for entry in entries:
            if entry.seq > self._last[0]:
                self._writer.append_sealed(Sealed(entry.seq, entry.t_ns, entry.kind, entry.body, entry.hash))
                self._last = (entry.seq, entry.hash)
        if entries and entries[-1].kind == CLOSED_KIND:
            self._writer.close()

    def failed(self) -> str:
        if self._writer is None:
            return ""
        return self._writer.health().failed or ""

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _committed(self, entries: Sequence[Sealed]) -> None:
        if entries:
            self._on_committed(entries[-1].seq, entries[-1].hash.hex())
