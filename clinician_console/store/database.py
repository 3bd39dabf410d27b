"""The two databases: connections, transactions, and what their errors mean for people.

All that writes goes through one lock: SQLite's own (``BEGIN IMMEDIATE``), or the row of the audit trail's head on a
server. So every write sees what the one before it left, the trail has no gaps, and nothing can deadlock.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import tables
from vr_runtime.record import describe_sqlcipher

BUSY_S = 10.0
"""How long a console waits for another that writes."""
CONNECT_S = 5
PAGE_BYTES = 4096
CACHE_KIB = 16_384
_WRITES = "palier_writes"
_MIGRATION_LOCK = 0x70616C696572
"""Of PostgreSQL's advisory locks, the one of this software: "palier"."""


class Database:
    """One database, from any thread. ``where``: what it is called in messages, without a secret."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where
        self._closed = False
        self._turn = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self, *, snapshot: bool = False) -> Iterator[Connection]:
        """``snapshot``: everything that is read is of one moment (on SQLite it always is)."""
        with self._told(), self._connection() as connection:
            if snapshot and not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of it is kept, or nothing; others wait meanwhile. Not one within another."""
        # In line here, the threads of one console take turns; between consoles SQLite asks again and again.
        in_turn = self._turn.acquire(timeout=BUSY_S)
        try:
            with self._told(), self._connection() as connection:
                connection = connection.execution_options(**{_WRITES: True})
                with connection.begin():
                    if not self.is_sqlite:
                        connection.execute(select(tables.audit_head.c.seq).with_for_update())
                    yield connection
        finally:
            if in_turn:
                self._turn.release()

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """As :meth:`writing`, before there is a head to lock."""
        with self._told(), self._connection() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                yield connection

    def use_log(self) -> None:
        """A new file of SQLite keeps a write-ahead log from now on: readers and a writer do not wait for each other."""
        with self._told(), self._connection() as connection:
            connection.connection.cursor().execute("PRAGMA journal_mode = WAL").fetchall()

    def fold_log(self) -> None:
        """Write SQLite's log into the file and empty it, where nobody reads there just now; else it happens later.
        With ``secure_delete`` nothing deleted is left in either then."""
        if self.is_sqlite:
            with self._told(), self._connection() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True
        self.engine.dispose()

    def _connection(self) -> Connection:
        if self._closed:
            raise StoreError(StoreReason.NOT_REACHABLE, f"{self.where} was closed: open it again")
        return self.engine.connect()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as problem:
            raise told(problem, self.where) from None


def sqlite(path: Path, key: bytes) -> Database:
    """The encrypted file; it is there and opens with the key, or every use says why not."""
    describe_sqlcipher()  # refuses a SQLite that can lose what was committed
    driver: Any = importlib.import_module("sqlcipher3.dbapi2")

    def connect() -> Any:
        connection = driver.connect(str(path), timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            set_up(connection, key)
        except BaseException:
            connection.close()
            raise
        return connection

    # An engine of its own driver; the file's path goes to `connect` alone.
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=connect,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
        pool_timeout=BUSY_S,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return Database(engine, str(path))


def set_up(connection: Any, key: bytes) -> None:
    """What each connection to the file is told first."""
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"").fetchall()
    for pragma in (
        # What goes wrong is raised here; SQLCipher would also write it to the standard error.
        "cipher_log_level = NONE",
        "cipher_compatibility = 4",
        f"cipher_page_size = {PAGE_BYTES}",
        "temp_store = MEMORY",
        "trusted_schema = OFF",
        "foreign_keys = ON",
        "secure_delete = ON",
        f"cache_size = -{CACHE_KIB}",
        "synchronous = FULL",
        "fullfsync = 1",
        "checkpoint_fullfsync = 1",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def postgresql(url: URL) -> Database:
    """The server; it is first asked when the first connection is wanted.

    Raises:
        StoreError: NOT_REACHABLE where psycopg is not installed.
    """
    try:
        import psycopg  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        raise StoreError(
            StoreReason.NOT_REACHABLE,
            "PostgreSQL needs the package psycopg: install palier with its extra, pip install 'palier[postgresql]'",
        ) from None
    waits = f"-c lock_timeout={int(BUSY_S * 1000)} -c statement_timeout=60000"
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=4,
        max_overflow=12,
        pool_timeout=BUSY_S,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_S,
            "application_name": "palier",
            # A console that hangs in the middle of a write frees the others after half a minute.
            "options": f"{waits} -c idle_in_transaction_session_timeout=30000 -c timezone=UTC",
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        },
    )
    return Database(engine, shown(url))


def shown(url: URL) -> str:
    """A server's address without user, password and parameters."""
    host = url.host or str(url.query.get("host", "")) or "local socket"
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL at {host}{port}, database {url.database or '(none named)'}"


def told(problem: Exception, where: str) -> StoreError:
    """The error in words, without values and secrets."""
    if isinstance(problem, PoolTimeout):
        return unreachable(where, "too many requests at once", "wait a moment and try again")
    state = ""
    cause: BaseException = problem
    if isinstance(problem, DBAPIError) and problem.orig is not None:
        cause = problem.orig
        state = str(getattr(cause, "sqlstate", None) or "")
    text = next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)
    if state.startswith("23"):
        # The server's sentence would repeat the value.
        return unreachable(where, "what was written contradicts what is there", "load it anew and try again")
    for marks, advice in _ADVICE:
        if state in marks or any(mark in text for mark in marks):
            return unreachable(where, text, advice)
    return unreachable(where, text, "is it running, and may this computer reach it? Then try again")


def unreachable(where: str, what: str, advice: str) -> StoreError:
    return StoreError(StoreReason.NOT_REACHABLE, f"{where}: {what}. {advice[0].upper()}{advice[1:]}")


_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("database is locked", "55P03", "57014"),
        f"another console is writing and has not finished within {BUSY_S:g} s; nothing was changed: try again",
    ),
    (
        ("not a database", "malformed", "disk I/O error", "XX001", "XX002"),
        "the file is damaged, or is not the one that this key belongs to: keep it as it is and restore a backup",
    ),
    (("disk is full", "53100"), "the disk is full and nothing was changed: make room, then try again"),
    (
        ("readonly database", "unable to open", "Permission denied", "42501", "25006"),
        "this user may not write there: see to its rights",
    ),
    (
        ("28P01", "28000", "password authentication failed", "no password supplied", "fe_sendauth"),
        "user or password is not the server's: look at PALIER_STORE (a password is better kept in ~/.pgpass)",
    ),
    (
        ("3D000", "does not exist"),
        "the database or the user is not there: have the server's administrator make it (docs/store.md)",
    ),
    (
        ("certificate", "SSL", "no pg_hba.conf entry"),
        "the server's certificate or its rules do not allow this connection: see docs/store.md, TLS",
    ),
)
