"""The thread that makes what was written certain: a transaction that lies in the log counts as committed once the disk
has synced it.

What was written survives the end of the process, however it ends; only a power cut needs the sync. So the writing
thread goes on with the next samples while the disk takes its time, and this one waits for the disk: one sync serves all
transactions that were written before it began.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from vr_runtime.record import layout
from vr_runtime.record.entry import Sealed

log = logging.getLogger(__name__)

RETRY_S = 1.0
_REMEMBERED = 8
"""Syncs whose length is remembered."""


def cannot_write(folder: Path, problem: Exception) -> str:
    """What keeps a record from being written, for people, and what to do."""
    full = "full" in str(problem) or getattr(problem, "errno", None) == errno.ENOSPC
    what = f"the disk of {folder} is full: free some space" if full else f"{problem}: check the disk"
    return (
        f"the record cannot be written, {what}. Nothing is lost as long as the program runs: "
        "what waits is written as soon as that is possible"
    )


class Written(NamedTuple):
    """A transaction in the log. ``at_ns`` is when its oldest entry was appended; its bytes ``data`` lie at ``start``
    (None: they cannot be had)."""

    entries: Sequence[Sealed]
    at_ns: int
    start: int
    data: bytes | None


class Syncer:
    """The writing thread calls :meth:`put` and :meth:`settle`; other threads :meth:`wait_for` and read the attributes."""

    def __init__(
        self,
        folder: Path,
        *,
        tail: tuple[int, bytes],
        on_commit: Callable[[Sequence[Sealed]], None] | None,
        wake: Callable[[], None],
    ) -> None:
        """``wake`` is called after each sync: the writing thread may have waited for it."""
        self.committed = tail
        self.failed: str | None = None
        self._folder = folder
        self._told = tail[0]
        self._on_commit = on_commit
        self._wake = wake
        self._handle: int | None = None
        self._waiting: deque[Written] = deque()
        self._doubtful = False
        self._took_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._ending = False
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="palier-sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, written: Written) -> None:
        with self._changed:
            self._waiting.append(written)
            self._changed.notify_all()

    @property
    def behind(self) -> int:
        """How many transactions were written and are not synced."""
        return len(self._waiting)

    @property
    def longest_s(self) -> float:
        """How long the slowest of the last syncs took."""
        return max(tuple(self._took_s), default=0.0)

    def oldest_ns(self) -> int | None:
        """When the oldest entry that was written and is not synced was appended."""
        try:
            return self._waiting[0].at_ns
        except IndexError:
            return None

    def wait_for(self, seq: int, timeout_s: float) -> bool:
        """Wait until this entry is committed, and was told."""
        with self._changed:
            self._changed.wait_for(lambda: self._told >= seq or self._ended, timeout_s)
            return self._told >= seq

    def settle(self, timeout_s: float) -> bool:
        """Wait until all that was written is synced. False where that takes longer or fails."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting or self.failed is not None, timeout_s)
            return not self._waiting

    def stop(self, timeout_s: float) -> None:
        """End the thread, with what it is at. What is not synced by then never counts as committed."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def end(self) -> None:
        """Nobody needs to wait any longer: nothing is written any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        try:
            while self._work():
                pass
        except Exception:
            self.failed = (
                "the record's writer has failed: a fault of the software. End the session and report it"
            )
            log.exception("what syncs the record has failed")
        finally:
            if self._handle is not None:
                # Closing a file of the process lets go of all POSIX locks that the process has on it. SQLite holds
                # its locks on the database; on the log it has none, in exclusive mode or any other.
                os.close(self._handle)

    def _work(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            group = tuple(self._waiting)
            if self._ending and (not group or self._doubtful):
                return False
        if self._sync(group):
            self._tell(group)
            return True
        with self._changed:
            return not self._changed.wait_for(lambda: self._ending, RETRY_S)

    def _sync(self, group: Sequence[Written]) -> bool:
        begin = time.perf_counter()
        try:
            if self._handle is None:
                self._handle = os.open(self._folder / layout.LOG, os.O_RDWR | getattr(os, "O_BINARY", 0))
            if self._doubtful:
                self._write_again(self._handle, group)
            layout.sync_handle(self._handle)
        except OSError as problem:
            self._doubtful = True
            self.failed = cannot_write(self._folder, problem)
            with self._changed:
                self._changed.notify_all()
            return False
        self._took_s.append(time.perf_counter() - begin)
        self._doubtful = False
        self.failed = None
        return True

    def _write_again(self, handle: int, group: Sequence[Written]) -> None:
        """After a sync that failed. What it was to make certain may be gone although the system shows it still, and the
        next sync would know nothing of it: a sync says what became of what was written since the one before."""
        for one in group:
            if one.data is None:
                raise OSError(errno.EIO, "what could not be synced cannot be written again")
            os.lseek(handle, one.start, os.SEEK_SET)
            rest = memoryview(one.data)
            while rest:
                rest = rest[os.write(handle, rest) :]

    def _tell(self, group: Sequence[Written]) -> None:
        last = group[-1].entries[-1]
        for _ in group:
            self._waiting.popleft()
        self.committed = (last.seq, last.hash)
        self._wake()
        if self._on_commit is not None:
            try:
                self._on_commit([entry for one in group for entry in one.entries])
            except Exception:
                log.exception("what the record's writer calls after a commit has failed")
        with self._changed:
            self._told = last.seq
            self._changed.notify_all()
