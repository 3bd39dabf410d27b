"""``derived.db``: what was computed from a record afterwards, beside it and under its own key.

No part of the record: nothing in it is chained or verified with it, and the record is the same without it. One row a
run; earlier rows are kept. Destroying the record's key makes it unreadable too, and erasing the record removes it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple, cast

from vr_runtime.record import layout
from vr_runtime.record.database import Connection, database_error, open_beside
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keyfile import read_key_file
from vr_runtime.record.keys import KeySource
from vr_runtime.record.lock import FolderLock

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS derived (run INTEGER PRIMARY KEY, made_utc TEXT NOT NULL, software TEXT NOT NULL,"
    " algorithms TEXT NOT NULL, record_seq INTEGER NOT NULL, record_hash TEXT NOT NULL, markers TEXT NOT NULL)"
)
_COLUMNS = "made_utc, software, algorithms, record_seq, record_hash, markers"


class DerivedRun(NamedTuple):
    """One run over a record."""

    made_utc: str
    """ISO 8601, UTC."""
    software: str
    """Version of Palier that computed it."""
    algorithms: str
    """JSON: the algorithms (``name/version``) that made the markers, sorted."""
    record_seq: int
    record_hash: str
    """Number and hash (64 hexadecimal digits) of the record's last entry as it was read."""
    markers: str
    """JSON: the markers in order, as the events of kind ``marker`` in a record."""


def keep_derived(folder: Path, key: KeySource, run: DerivedRun) -> int:
    """Add a run; returns its number, from 1.

    Raises:
        RecordError: what opens no record; IN_USE while the record is written; ALTERED where ``derived.db`` is damaged or
            another file; DISK.
    """
    folder = Path(folder)
    layout.check_folder(folder)
    secret = read_key_file(folder, key)
    lock = FolderLock(folder)
    path = folder / layout.DERIVED
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        connection = open_beside(path, secret)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_SCHEMA)
            connection.execute(f"INSERT INTO derived ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", run)
            row = connection.execute("SELECT max(run) FROM derived").fetchone()
            connection.execute("COMMIT")
        finally:
            connection.close()
        layout.sync_folder(folder)
    except database_error() as problem:
        raise _damaged(path, problem) from None
    except OSError as problem:
        raise RecordError(RecordReason.DISK, f"{path} cannot be written: {problem.strerror}") from None
    finally:
        lock.release()
    return int(row[0]) if row else 0


def read_derived(folder: Path, key: KeySource) -> list[DerivedRun]:
    """The runs that were kept, the oldest first; none where there is no ``derived.db``.

    Raises:
        RecordError: what opens no record; ALTERED where ``derived.db`` is damaged or another file.
    """
    folder = Path(folder)
    layout.check_folder(folder)
    secret = read_key_file(folder, key)
    path = folder / layout.DERIVED
    if not path.exists() or path.stat().st_size == 0:
        return []
    try:
        connection = open_beside(path, secret)
        try:
            return [
                DerivedRun(*cast("tuple[str, str, str, int, str, str]", row)) for row in _rows(connection)
            ]
        finally:
            connection.close()
    except database_error() as problem:
        raise _damaged(path, problem) from None


def _rows(connection: Connection) -> list[tuple[object, ...]]:
    if not connection.execute("SELECT name FROM sqlite_master WHERE name = 'derived'").fetchall():
        return []
    return connection.execute(f"SELECT {_COLUMNS} FROM derived ORDER BY run").fetchall()


def _damaged(path: Path, problem: Exception) -> RecordError:
    return RecordError(
        RecordReason.ALTERED,
        f"{path} is damaged, in use or of another record ({problem}); the record itself is untouched: "
        f"end what uses the file, or move it away and compute again with --keep",
    )
