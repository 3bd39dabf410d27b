"""Reads a record: closed, live or left by a crash, without changing it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from vr_runtime.protocol.codec import CHUNK_PREFIX, decode_event
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.events import Event
from vr_runtime.record import database, layout
from vr_runtime.record.chunks import Samples, decode_chunks, stream_dtype
from vr_runtime.record.database import Connection
from vr_runtime.record.entry import NO_HASH, Sealed
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keyfile import read_key_file
from vr_runtime.record.keys import KeySource
from vr_runtime.record.layout import check_folder
from vr_runtime.record.log import read_entries, read_last
from vr_runtime.record.pages import PageCheck, salt_of
from vr_runtime.record.snapshot import Snapshot
from vr_runtime.record.wal import WalState, read_wal, scan_wal


class Reader:
    """An open record, seen as it stood when it was opened. Belongs to the thread that opened it.

    Every entry is checked against the chain as it is read; RecordError ALTERED is raised where it breaks,
    after all good entries were given.
    """

    def __init__(self, snapshot: Snapshot, connection: Connection | None) -> None:
        self._snapshot = snapshot
        self._connection = connection

    @classmethod
    def open(cls, folder: Path, key: KeySource, *, damaged: bool = False) -> Reader:
        """Open a record. ``damaged`` reads what can still be read of one whose log was changed.

        Raises:
            RecordError: NOT_A_RECORD, WRONG_KEY, NO_KEY, KEY_FILE_OPEN_TO_OTHERS, IN_USE; ALTERED where the
                log or the key file was changed (entries behind the change would be missing without a word).
        """
        folder = Path(folder)
        check_folder(folder)
        secret = read_key_file(folder, key)
        snapshot = Snapshot(folder)
        try:
            if not snapshot.whole and not damaged:
                _check_log(snapshot, secret)
            return cls(snapshot, open_connection(snapshot, secret))
        except BaseException:
            snapshot.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._snapshot.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def last(self) -> tuple[int, bytes]:
        """Number and hash of the last entry; ``(0, 32 zero bytes)`` for a record without any."""
        return read_last(self._connection) if self._connection else (0, NO_HASH)

    def entries(self, from_seq: int = 1) -> Iterator[Sealed]:
        """The entries from ``from_seq`` on, in order."""
        return read_entries(self._connection, from_seq) if self._connection else iter(())

    def events(self) -> Iterator[Event]:
        """The events, decoded, in order.

        Raises:
            RecordError: ALTERED; NOT_A_RECORD for an event that this version cannot read.
        """
        for entry in self.entries():
            if not entry.kind.startswith(CHUNK_PREFIX):
                try:
                    yield decode_event(entry.seq, entry.t_ns, entry.kind, entry.body)
                except ProtocolError as problem:
                    raise RecordError(RecordReason.NOT_A_RECORD, str(problem)) from None

    def samples(self, stream: str) -> Samples:
        """All samples of a stream as one structured array (empty where there are none).

        Raises:
            KeyError: for a name that is no recorded stream. RecordError: ALTERED.
        """
        stream_dtype(stream)
        kind = CHUNK_PREFIX + stream
        return decode_chunks(stream, [entry.body for entry in self.entries() if entry.kind == kind])


def open_connection(snapshot: Snapshot, key: bytes) -> Connection | None:
    """A connection to the snapshot, or None for a record whose making was interrupted before its first entry.

    Raises:
        RecordError: ALTERED where the database does not open.
    """
    if not salt_of(snapshot.database):
        return None
    connection = database.open_reader(snapshot.database, key, whole=snapshot.whole)
    try:
        if database.check_format(connection):
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _check_log(snapshot: Snapshot, key: bytes) -> None:
    scan = scan_wal(read_wal(snapshot.log), PageCheck(key, salt_of(snapshot.database)))
    if scan.state is WalState.ALTERED:
        raise RecordError(
            RecordReason.ALTERED,
            f"the log {layout.LOG} is damaged or was changed ({scan.what}), and what came after it is "
            "lost without a copy: verify the other side's copy of this record and read that one",
        )
