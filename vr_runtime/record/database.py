"""The encrypted database of a record: how it is opened, and its tables.

SQLCipher 4 with a raw key. The writer's connection holds the file exclusively: no other connection can come
between (SQLite's WAL-reset bug needs two), no shared-memory file lies in the folder, and the log beside the
database is always one unbroken run of frames, which is what lets :mod:`vr_runtime.record.wal` tell a torn end
from a changed byte.
"""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

from vr_runtime.record.entry import RECORD_FORMAT
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.layout import DATABASE, UNMADE, sync_folder

PAGE_BYTES = 8192
MOST_UNSYNCED = 16
"""Most transactions in the log that no sync has made certain: a power cut can leave holes in as many, and whoever judges
a log must know in how many. The writer waits beyond that."""

_MIN_SQLITE = (3, 51, 3)
_MIN_SQLCIPHER3 = (0, 6, 4)
_SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, kind TEXT NOT NULL,"
    " body BLOB NOT NULL, hash BLOB NOT NULL)",
)

Row = tuple[Any, ...]


class Cursor(Protocol):
    def fetchone(self) -> Row | None: ...
    def fetchall(self) -> list[Row]: ...
    def __iter__(self) -> Iterator[Row]: ...


class Connection(Protocol):
    """The part of DB-API 2 that is used here (sqlcipher3 has no types of its own)."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Cursor: ...
    def close(self) -> None: ...


@functools.cache
def _dbapi() -> ModuleType:
    """The driver, once it is known to be new enough.

    Raises:
        RecordError: LIBRARY. SQLite before 3.51.3 can lose committed pages when a log is reset
            (sqlite.org/wal.html, "The WAL-Reset Bug").
    """
    module = importlib.import_module("sqlcipher3.dbapi2")
    check_versions(str(module.sqlite_version), importlib.metadata.version("sqlcipher3"))
    return module


def check_versions(sqlite: str, sqlcipher3: str) -> None:
    """Raises RecordError LIBRARY for versions that cannot be trusted with a record."""
    if _numbers(sqlite) < _MIN_SQLITE or _numbers(sqlcipher3) < _MIN_SQLCIPHER3:
        raise RecordError(
            RecordReason.LIBRARY,
            f"sqlcipher3 {sqlcipher3} with SQLite {sqlite} can lose committed entries: "
            "install sqlcipher3 0.6.4 or newer",
        )


def describe_sqlcipher() -> str:
    """What encrypts the records here, for people. Raises RecordError LIBRARY where it is too old."""
    module = _dbapi()
    connection = cast(Connection, module.connect(":memory:"))
    try:
        row = connection.execute("PRAGMA cipher_version").fetchone()
    finally:
        connection.close()
    if row is None:
        raise RecordError(
            RecordReason.LIBRARY, "this sqlcipher3 cannot encrypt: install it anew (pip install sqlcipher3)"
        )
    binding = importlib.metadata.version("sqlcipher3")
    return f"SQLCipher {row[0]}, SQLite {module.sqlite_version} (sqlcipher3 {binding})"


def database_error() -> type[Exception]:
    """The root of the driver's errors, to be caught."""
    return cast(type[Exception], _dbapi().Error)


def make_database(folder: Path, key: bytes) -> None:
    """A record's database without entries. It is there whole or not at all, also after a power cut: SQLite writes the
    first page of a new file without a log, so the file has another name until all of it is on the disk."""
    draft = folder / UNMADE
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = _open_writer(draft, key, fresh=True)
    try:
        create_tables(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    os.rename(draft, folder / DATABASE)
    sync_folder(folder)


def open_writer(path: Path, key: bytes, *, fresh: bool) -> Connection:
    """The one connection that writes, in the thread that calls this. ``path`` exists: empty where ``fresh``,
    else with a record, whose log is played back first."""
    return _open_writer(path, key, fresh=fresh)


def _open_writer(path: Path, key: bytes, *, fresh: bool) -> Connection:
    connection = _connect(str(path), key, uri=False)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        if fresh:
            # WAL is turned on by a write under the journal before it: in memory, it leaves no file behind.
            connection.execute("PRAGMA journal_mode = MEMORY").fetchall()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",  # commits are synced by vr_runtime.record.syncer
            "fullfsync = 1",
            "checkpoint_fullfsync = 1",
            "wal_autocheckpoint = 0",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def create_tables(connection: Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('format', ?)", (str(RECORD_FORMAT),))
    connection.execute("COMMIT")


def open_reader(path: Path, key: bytes, *, whole: bool) -> Connection:
    """A connection that reads. ``whole``: the file is closed and is opened as it lies, without touching it;
    else it is a private copy whose log SQLite may play back."""
    if whole:
        return _connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", key, uri=True)
    connection = _connect(str(path), key, uri=False)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    return connection


def open_beside(path: Path, key: bytes) -> Connection:
    """Another database under a record's key, beside it: opened to read and write, with a journal of its own while it is
    written. A file of no bytes is a new one."""
    connection = _connect(str(path), key, uri=False)
    try:
        connection.execute("PRAGMA synchronous = FULL").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def check_format(connection: Connection) -> bool:
    """True for a record, False for a database without any table: its making was interrupted.

    Raises:
        RecordError: NOT_A_RECORD for a database of a format that is not known here, ALTERED for one that the
            key does not open.
    """
    try:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
        if not tables:
            return False
        row = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    except database_error() as problem:
        raise RecordError(RecordReason.ALTERED, f"{DATABASE} is damaged or was changed: {problem}") from None
    if row is None or row[0] != str(RECORD_FORMAT):
        found = None if row is None else row[0]
        raise RecordError(
            RecordReason.NOT_A_RECORD,
            f"the record has format {found}, this version of Palier reads {RECORD_FORMAT}: update it",
        )
    return True


def _connect(name: str, key: bytes, *, uri: bool) -> Connection:
    connection = cast(Connection, _dbapi().connect(name, uri=uri, isolation_level=None, timeout=0.0))
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"").fetchall()
        # What goes wrong is raised here; SQLCipher would also write it to the standard error.
        connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
        connection.execute("PRAGMA cipher_compatibility = 4").fetchall()
        connection.execute(f"PRAGMA cipher_page_size = {PAGE_BYTES}").fetchall()
        connection.execute("PRAGMA temp_store = MEMORY").fetchall()
        connection.execute("PRAGMA trusted_schema = OFF").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _numbers(version: str) -> tuple[int, ...]:
    digits = ("".join(c for c in part if c.isdigit()) for part in version.split(".")[:3])
    return tuple(int(d) if d else 0 for d in digits)
