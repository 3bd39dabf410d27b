"""The thread that owns the writing connection: takes what is queued, encodes it, chains it, commits it."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from vr_runtime.record import database, layout
from vr_runtime.record.database import Connection
from vr_runtime.record.entry import Sealed, chain
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.log import read_entries, read_last

log = logging.getLogger(__name__)

BATCH_ENTRIES = 1000
"""Most entries of one transaction: after a long failure the backlog goes in pieces."""
CHECKPOINT_BYTES = 4 * 2**20
"""The log is folded into the database when it is longer than this."""
RETRY_S = 1.0
LOOK_S = 1.0
"""How often the free space is looked at."""

_INSERT = "INSERT INTO log (seq, t_ns, kind, body, hash) VALUES (?, ?, ?, ?, ?)"


class Queued(NamedTuple):
    """An entry on its way. ``body`` is its bytes or what makes them; ``at_ns`` when it was appended."""

    seq: int
    t_ns: int
    kind: str
    body: bytes | Callable[[], bytes]
    at_ns: int


class _Question(NamedTuple):
    from_seq: int
    max_bytes: int
    answer: Future[list[Sealed]]


class Committer:
    """Other threads call :meth:`put`, :meth:`ask`, :meth:`wait_for`, :meth:`stop` and read the attributes;
    all the rest happens in its own thread."""

    def __init__(
        self,
        folder: Path,
        key: bytes,
        *,
        tail: tuple[int, bytes],
        on_commit: Callable[[Sequence[Sealed]], None] | None,
        min_free_bytes: int,
    ) -> None:
        self.committed = tail
        self._told = tail[0]
        self.failed: str | None = None
        self.warning: str | None = None
        self.free_bytes = 0
        self._folder = folder
        self._key = key
        self._on_commit = on_commit
        self._min_free_bytes = min_free_bytes
        self._incoming: deque[Queued] = deque()
        self._questions: deque[_Question] = deque()
        self._pending: deque[tuple[Sealed, int]] = deque()
        self._oldest_ns: int | None = None
        self._tail_hash = tail[1]
        self._log_bytes = 0
        self._broken = False
        self._retry_at = 0.0
        self._look_at = 0.0
        self._checkpoint_at = 0.0
        self._stop_by: float | None = None
        self._ended = False
        self._awake = threading.Event()
        self._progress = threading.Condition()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="palier-record", daemon=True)

    # ------------------------------------------------------------------ from other threads

    def start(self) -> None:
        """Start the thread and wait until the database is open. Raises RecordError."""
        self._look_at_disk()
        self._thread.start()
        self._ready.result()

    def put(self, queued: Queued) -> None:
        self._incoming.append(queued)
        if not self._awake.is_set():
            self._awake.set()

    def ask(self, from_seq: int, max_bytes: int) -> Future[list[Sealed]]:
        question = _Question(from_seq, max_bytes, Future())
        self._questions.append(question)
        self._awake.set()
        if self._ended:
            self._refuse_questions()
        return question.answer

    def oldest_ns(self) -> int | None:
        """When the oldest entry that is not committed was appended."""
        oldest = self._oldest_ns
        if oldest is None:
            try:
                oldest = self._incoming[0].at_ns
            except IndexError:
                return None
        return oldest

    def wait_for(self, seq: int, timeout_s: float) -> bool:
        with self._progress:
            self._progress.wait_for(lambda: self._told >= seq or self._ended, timeout_s)
            return self._told >= seq

    def stop(self, timeout_s: float) -> bool:
        """Commit what is left within that time, then end the thread. False where the disk holds it up."""
        if self._stop_by is None:
            self._stop_by = time.monotonic() + timeout_s
        self._awake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s + 5.0)
        return not self._thread.is_alive()

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        try:
            connection = self._open()
        except RecordError as problem:
            self._ready.set_exception(problem)
            return
        except (OSError, database.database_error()) as problem:
            self._ready.set_exception(
                RecordError(RecordReason.DISK, f"the record {self._folder} cannot be written: {problem}")
            )
            return
        self._ready.set_result(None)
        try:
            self._work(connection)
        except Exception:
            self.failed = (
                "the record's writer has failed: a fault of the software. End the session and report it"
            )
            log.exception("the record's writer has failed")
        finally:
            connection.close()
            self._ended = True
            self._refuse_questions()
            with self._progress:
                self._progress.notify_all()

    def _open(self) -> Connection:
        path = self._folder / layout.DATABASE
        connection = database.open_writer(path, self._key, fresh=not path.stat().st_size)
        try:
            if not database.check_format(connection):
                database.create_tables(connection)
            if read_last(connection) != self.committed:
                raise RecordError(
                    RecordReason.IN_USE, f"{self._folder} changed while it was opened: try again"
                )
            # From here on the log is one unbroken run of frames that starts empty.
            self._fold_in(connection)
            self._log_bytes = self._measure_log()
        except BaseException:
            connection.close()
            raise
        return connection

    def _work(self, connection: Connection) -> None:
        while True:
            self._awake.wait(self._wait_s())
            self._awake.clear()
            stop_by = self._stop_by
            self._take()
            while self._pending and time.monotonic() >= self._retry_at and self._commit(connection):
                self._take()
            self._answer(connection)
            now = time.monotonic()
            if self._log_bytes > CHECKPOINT_BYTES and now >= self._checkpoint_at:
                self._checkpoint(connection)
            if now >= self._look_at:
                self._look_at_disk()
            if stop_by is not None and (
                now >= stop_by or self._broken or not (self._pending or self._incoming)
            ):
                self._checkpoint(connection)
                return

    def _wait_s(self) -> float:
        now = time.monotonic()
        due = [self._look_at]
        if self._pending:
            due.append(self._retry_at)
        if self._stop_by is not None:
            due.append(self._stop_by)
        return max(0.0, min(due) - now)

    def _take(self) -> None:
        """Encode and chain what has come in. An entry that cannot be encoded stops the record there: the
        chain has no gaps."""
        while self._incoming and not self._broken:
            queued = self._incoming[0]
            if self._oldest_ns is None:
                self._oldest_ns = queued.at_ns
            try:
                body = queued.body if isinstance(queued.body, bytes) else queued.body()
                self._tail_hash = chain(self._tail_hash, queued.seq, queued.t_ns, queued.kind, body)
            except (ValueError, TypeError, KeyError, OverflowError) as problem:
                self._broken = True
                self.failed = (
                    f"entry {queued.seq} ({queued.kind}) cannot be written: {problem}. A fault of the "
                    "software; what came before is safe. End the session and report it"
                )
                log.error("%s", self.failed)
                return
            sealed = Sealed(queued.seq, queued.t_ns, queued.kind, body, self._tail_hash)
            self._pending.append((sealed, queued.at_ns))
            self._incoming.popleft()

    def _commit(self, connection: Connection) -> bool:
        batch = [self._pending[index][0] for index in range(min(len(self._pending), BATCH_ENTRIES))]
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_INSERT, batch)
            connection.execute("COMMIT")
        except (OSError, database.database_error()) as problem:
            self._fail(connection, problem)
            return False
        for _ in batch:
            self._pending.popleft()
        self._oldest_ns = self._pending[0][1] if self._pending else None
        self.committed = (batch[-1].seq, batch[-1].hash)
        if not self._broken:
            self.failed = None
        self._log_bytes = self._measure_log()
        if self._on_commit is not None:
            try:
                self._on_commit(batch)
            except Exception:
                log.exception("what the record's writer calls after a commit has failed")
        with self._progress:
            self._told = batch[-1].seq
            self._progress.notify_all()
        return True

    def _fail(self, connection: Connection, problem: Exception) -> None:
        full = "full" in str(problem)
        what = (
            f"the disk of {self._folder} is full: free some space" if full else f"{problem}: check the disk"
        )
        self.failed = (
            f"the record cannot be written, {what}. Nothing is lost as long as the program runs: "
            "what waits is written as soon as that is possible"
        )
        self._retry_at = time.monotonic() + RETRY_S
        try:
            connection.execute("ROLLBACK")
        except (OSError, database.database_error()):
            pass  # SQLite has rolled back by itself.
        self._cut_log()

    def _cut_log(self) -> None:
        """Take away frames of a transaction that failed, so that a crash before the next one leaves nothing
        odd."""
        path = self._folder / layout.LOG
        try:
            if path.stat().st_size > self._log_bytes:
                os.truncate(path, self._log_bytes)
                layout.sync_file(path)
        except OSError as problem:
            log.warning("the log of the record could not be cut: %s", problem)

    def _checkpoint(self, connection: Connection) -> None:
        try:
            self._fold_in(connection)
        except (OSError, database.database_error()) as problem:
            # What is committed is safe in the log; it is folded in when there is room again.
            log.warning("the log of the record could not be folded in: %s", problem)
            self._checkpoint_at = time.monotonic() + RETRY_S
        self._log_bytes = self._measure_log()

    def _fold_in(self, connection: Connection) -> None:
        """Move what the log holds into the database and cut the log to nothing; that is on the disk before anything
        is written to the log anew, or a power cut could leave new frames over old ones."""
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        log_path = self._folder / layout.LOG
        if log_path.exists():
            layout.sync_file(log_path)

    def _answer(self, connection: Connection) -> None:
        while self._questions:
            question = self._questions.popleft()
            if not question.answer.set_running_or_notify_cancel():
                continue
            try:
                question.answer.set_result(_piece(connection, question))
            except RecordError as problem:
                question.answer.set_exception(problem)

    def _refuse_questions(self) -> None:
        while self._questions:
            try:
                question = self._questions.popleft()
            except IndexError:
                return
            if question.answer.set_running_or_notify_cancel():
                question.answer.set_exception(
                    RecordError(RecordReason.CLOSED, f"{self._folder} was closed: open it with a Reader")
                )

    def _measure_log(self) -> int:
        try:
            return (self._folder / layout.LOG).stat().st_size
        except OSError:
            return 0

    def _look_at_disk(self) -> None:
        self._look_at = time.monotonic() + LOOK_S
        try:
            self.free_bytes = shutil.disk_usage(self._folder).free
        except OSError:
            return
        self.warning = None
        if self.free_bytes < self._min_free_bytes:
            self.warning = (
                f"{self.free_bytes // 1_000_000} MB are left on the disk of {self._folder}: free some space "
                "before the record cannot be written"
            )


def _piece(connection: Connection, question: _Question) -> list[Sealed]:
    entries: list[Sealed] = []
    size = 0
    for entry in read_entries(connection, question.from_seq):
        size += len(entry.body)
        if entries and size > question.max_bytes:
            break
        entries.append(entry)
    return entries
