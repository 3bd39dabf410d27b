"""The thread that owns the writing connection: takes what is queued, encodes it, chains it, writes it to the log.

An entry counts as committed once the syncing thread (:mod:`vr_runtime.record.syncer`) has made it certain. Until then
this thread does not stand still: samples go into the log as soon as they come, however long the disk takes to sync, for
what lies in the log survives the end of the process. Events wait for the sync before them: nobody may be told of them
earlier anyway, and one sync then serves many.
"""

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

from vr_runtime.protocol.codec import CHUNK_PREFIX
from vr_runtime.record import database, layout
from vr_runtime.record.database import MOST_UNSYNCED, Connection
from vr_runtime.record.entry import Sealed, chain
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.log import read_entries, read_last
from vr_runtime.record.logend import LogEnd
from vr_runtime.record.syncer import Syncer, Written, cannot_write

log = logging.getLogger(__name__)

BATCH_ENTRIES = 1000
"""Most entries of one transaction: after a long failure the backlog goes in pieces."""
CHECKPOINT_BYTES = 16 * 2**20
"""The log is folded into the database when it is longer than this..."""
MOST_LOG_BYTES = 128 * 2**20
"""...and the disk syncs fast enough to be done before the next samples come, or it is longer than this."""
FOLD_S = 0.15
"""What folding in may take: a little less than from one chunk of samples to the next."""
_FOLD_SYNCS = 5
SYNCER_PATIENCE_S = 5.0
CALM_S = 0.5
"""Without samples for so long, none are expected."""
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
        self._failed: str | None = None
        self.warning: str | None = None
        self.free_bytes = 0
        self._folder = folder
        self._key = key
        self._syncer = Syncer(folder, tail=tail, on_commit=on_commit, wake=self._wake)
        self._min_free_bytes = min_free_bytes
        self._incoming: deque[Queued] = deque()
        self._questions: deque[_Question] = deque()
        self._pending: deque[tuple[Sealed, int]] = deque()
        self._oldest_ns: int | None = None
        self._written = tail
        self._tail_hash = tail[1]
        self._samples_seq = 0
        self._samples_at: float | None = None
        self._end = LogEnd(folder)
        self._broken = False
        self._retry_at = 0.0
        self._look_at = 0.0
        self._checkpoint_at = 0.0
        self._stop_by: float | None = None
        self._ended = False
        self._awake = threading.Event()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="palier-record", daemon=True)

    # ------------------------------------------------------------------ from other threads

    @property
    def committed(self) -> tuple[int, bytes]:
        """Number and hash of the last entry that is certain."""
        return self._syncer.committed

    @property
    def failed(self) -> str | None:
        """Why nothing can be written, and what to do."""
        return self._failed or self._syncer.failed

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
        oldest = self._syncer.oldest_ns()
        if oldest is None:
            oldest = self._oldest_ns
        if oldest is None:
            try:
                oldest = self._incoming[0].at_ns
            except IndexError:
                return None
        return oldest

    def wait_for(self, seq: int, timeout_s: float) -> bool:
        return self._syncer.wait_for(seq, timeout_s)

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
        self._syncer.start()
        self._ready.set_result(None)
        try:
            self._work(connection)
        except Exception:
            self._failed = (
                "the record's writer has failed: a fault of the software. End the session and report it"
            )
            log.exception("the record's writer has failed")
        finally:
            self._syncer.stop(
                SYNCER_PATIENCE_S
            )  # it has the log open, which is removed when the connection is closed
            connection.close()
            self._ended = True
            self._refuse_questions()
            self._syncer.end()

    def _wake(self) -> None:
        self._awake.set()

    def _open(self) -> Connection:
        path = self._folder / layout.DATABASE
        connection = database.open_writer(path, self._key, fresh=not path.stat().st_size)
        try:
            if not database.check_format(connection):
                database.create_tables(connection)
            if read_last(connection) != self._written:
                raise RecordError(
                    RecordReason.IN_USE, f"{self._folder} changed while it was opened: try again"
                )
            # From here on the log is one unbroken run of frames that starts empty.
            self._fold_in(connection, begin_anew=True)
            self._end.begins_anew()
        except BaseException:
            connection.close()
            raise
        return connection

    def _work(self, connection: Connection) -> None:
        while True:
            self._awake.wait(self._wait_s())
            self._awake.clear()
            stop_by = self._stop_by
            samples_at = self._samples_at
            self._take()
            while self._may_write() and self._write(connection):
                self._take()
            self._answer(connection)
            now = time.monotonic()
            if self._end.size > CHECKPOINT_BYTES and now >= self._checkpoint_at:
                self._checkpoint_when_calm(connection, samples_at != self._samples_at)
            if now >= self._look_at:
                self._look_at_disk()
            if stop_by is not None and (
                now >= stop_by or self._broken or not (self._pending or self._incoming)
            ):
                if self._syncer.settle(max(0.0, stop_by - now)):
                    self._checkpoint(connection, begin_anew=False)
                return

    def _wait_s(self) -> float:
        now = time.monotonic()
        due = [self._look_at]
        if self._pending and now < self._retry_at:
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
                self._failed = (
                    f"entry {queued.seq} ({queued.kind}) cannot be written: {problem}. A fault of the "
                    "software; what came before is safe. End the session and report it"
                )
                log.error("%s", self._failed)
                return
            sealed = Sealed(queued.seq, queued.t_ns, queued.kind, body, self._tail_hash)
            self._pending.append((sealed, queued.at_ns))
            if queued.kind.startswith(CHUNK_PREFIX):
                self._samples_seq = queued.seq
            self._incoming.popleft()

    def _may_write(self) -> bool:
        if not self._pending or time.monotonic() < self._retry_at:
            return False
        behind = self._syncer.behind
        samples = self._samples_seq >= self._pending[0][0].seq
        return behind == 0 or (samples and behind < MOST_UNSYNCED)

    def _write(self, connection: Connection) -> bool:
        """One transaction into the log. Not synced: SQLite syncs no commit under synchronous=NORMAL."""
        batch = [self._pending[index][0] for index in range(min(len(self._pending), BATCH_ENTRIES))]
        try:
            self._end.cut()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_INSERT, batch)
            connection.execute("COMMIT")
        except (OSError, database.database_error()) as problem:
            self._fail(connection, problem)
            return False
        start = self._end.size
        self._syncer.put(Written(batch, self._pending[0][1], start, self._end.added()))
        for _ in batch:
            self._pending.popleft()
        self._oldest_ns = self._pending[0][1] if self._pending else None
        self._written = (batch[-1].seq, batch[-1].hash)
        if self._samples_seq >= batch[0].seq:
            self._samples_at = time.monotonic()
        if not self._broken:
            self._failed = None
        return True

    def _fail(self, connection: Connection, problem: Exception) -> None:
        self._failed = cannot_write(self._folder, problem)
        self._retry_at = time.monotonic() + RETRY_S
        try:
            connection.execute("ROLLBACK")
        except (OSError, database.database_error()):
            pass  # SQLite has rolled back by itself.
        self._end.failed()
        try:
            self._end.cut()
        except OSError as further:
            log.warning("the log of the record could not be cut: %s", further)

    def _checkpoint_when_calm(self, connection: Connection, samples_just_now: bool) -> None:
        """Nothing is written while the log is folded in, and a kill would take what waits. So it is done right after
        samples were written, and not on a disk that would take longer than until the next ones."""
        expected = self._samples_at is not None and time.monotonic() - self._samples_at < CALM_S
        may_wait = not expected or self._end.size > MOST_LOG_BYTES
        quick = samples_just_now and self._syncer.longest_s * _FOLD_SYNCS < FOLD_S
        if (may_wait or quick) and self._syncer.settle(1.0 if may_wait else FOLD_S / _FOLD_SYNCS):
            self._checkpoint(connection, begin_anew=True)

    def _checkpoint(self, connection: Connection, *, begin_anew: bool) -> None:
        try:
            self._fold_in(connection, begin_anew=begin_anew)
            self._end.begins_anew()
        except (OSError, database.database_error()) as problem:
            # What is committed is safe in the log; it is folded in when there is room again.
            log.warning("the log of the record could not be folded in: %s", problem)
            self._checkpoint_at = time.monotonic() + RETRY_S
            self._end.not_folded()

    def _fold_in(self, connection: Connection, *, begin_anew: bool) -> None:
        """Move what the log holds into the database and cut the log to nothing; that is on the disk before anything
        is written to the log anew, or a power cut could leave new frames over old ones.

        SQLite syncs the header of a new log before it writes a frame to it. So a first transaction, which changes
        nothing, is written here: samples would have to wait for it later.
        """
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        log_path = self._folder / layout.LOG
        if log_path.exists():
            layout.sync_file(log_path)
        if begin_anew:
            try:
                connection.execute("PRAGMA user_version = 0").fetchall()
            except BaseException:
                os.truncate(log_path, 0)  # nothing half-written may lie there
                raise
            layout.sync_file(log_path)

    def _answer(self, connection: Connection) -> None:
        """Only with what is certain: what the console holds, the record must never lose."""
        while self._questions:
            question = self._questions.popleft()
            if not question.answer.set_running_or_notify_cancel():
                continue
            try:
                question.answer.set_result(_piece(connection, question, self.committed[0]))
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


def _piece(connection: Connection, question: _Question, last_seq: int) -> list[Sealed]:
    entries: list[Sealed] = []
    size = 0
    for entry in read_entries(connection, question.from_seq):
        size += len(entry.body)
        if entry.seq > last_seq or (entries and size > question.max_bytes):
            break
        entries.append(entry)
    return entries
