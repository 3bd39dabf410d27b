"""Writes a record: entries go in from the loop, one thread commits them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from vr_runtime.protocol.codec import CHUNK_PREFIX, encode_event_body
from vr_runtime.protocol.events import EventBody
from vr_runtime.record import database, keyfile, layout
from vr_runtime.record.chunks import Samples, encode_chunk
from vr_runtime.record.committer import Committer, Queued
from vr_runtime.record.entry import NO_HASH, Entry, Sealed, chain
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keys import KeySource
from vr_runtime.record.layout import check_folder
from vr_runtime.record.lock import FolderLock
from vr_runtime.record.verify import RecordState, verify

MIN_FREE_BYTES = 200_000_000
"""Free space on the disk below which :class:`Health` warns."""

HISTORY_BYTES = 256 * 1024

OnCommit = Callable[[Sequence[Sealed]], None]


class Health(NamedTuple):
    """How the record stands. ``backlog`` entries are not committed yet, the oldest since ``age_s``.
    ``failed`` says why nothing can be written and what to do; ``warning`` that it may soon be so."""

    committed_seq: int
    backlog: int
    age_s: float
    failed: str | None
    free_bytes: int
    warning: str | None


class Writer:
    """A record that is being written; the runtime's own, or the console's copy of it.

    One thread (not necessarily the one that made the writer) appends; ``seq`` rises by one from 1. Nothing
    here blocks or raises in the frame: what cannot be written is kept, tried again every second, and shown by
    :meth:`health`.
    """

    def __init__(
        self,
        folder: Path,
        key: bytes,
        lock: FolderLock,
        *,
        tail: tuple[int, bytes] = (0, NO_HASH),
        on_commit: OnCommit | None = None,
        min_free_bytes: int = MIN_FREE_BYTES,
    ) -> None:
        """Use :meth:`create` or :meth:`resume`."""
        self.folder = folder
        self._lock = lock
        self._appended_seq = tail[0]
        self._sealed_hash: bytes | None = tail[1]
        self._fault: str | None = None
        self._closed = False
        self._committer = Committer(
            folder, key, tail=tail, on_commit=on_commit, min_free_bytes=min_free_bytes
        )

    # ------------------------------------------------------------------ making

    @classmethod
    def create(
        cls,
        folder: Path,
        key: KeySource,
        on_commit: OnCommit | None = None,
        *,
        min_free_bytes: int = MIN_FREE_BYTES,
    ) -> Writer:
        """A new record in ``folder`` (made with mode 0700 where it is not there). Takes a tenth of a second
        with a passphrase. ``on_commit`` is called from the writer's thread with entries that are on the disk.

        Raises:
            RecordError: EXISTS where the folder holds a record, DISK where it cannot be written, LIBRARY, or
                what the key source raises.
        """
        folder = Path(folder)
        if any((folder / name).exists() for name in (layout.DATABASE, layout.LOG, layout.KEY_FILE)):
            raise RecordError(
                RecordReason.EXISTS,
                f"{folder} holds a record already; nothing is written over: name another folder",
            )
        try:
            layout.make_folder(folder)
            secret = keyfile.write_key_file(folder, key)
            lock = FolderLock(folder)
            try:
                database.make_database(folder, secret)
            except BaseException:
                lock.release()
                raise
        except RecordError:
            with contextlib.suppress(OSError):
                folder.rmdir()  # empty as yet
            raise
        except (OSError, database.database_error()) as problem:
            raise RecordError(
                RecordReason.DISK,
                f"no record can be made in {folder}: {getattr(problem, 'strerror', None) or problem}",
            ) from None
        return cls._start(folder, secret, lock, on_commit=on_commit, min_free_bytes=min_free_bytes)

    @classmethod
    def resume(
        cls,
        folder: Path,
        key: KeySource,
        on_commit: OnCommit | None = None,
        *,
        min_free_bytes: int = MIN_FREE_BYTES,
    ) -> Writer:
        """Go on with a record that was interrupted, after its last committed entry (:attr:`committed`): the
        console's copy, when the console comes back. Checks the whole record first.

        Raises:
            RecordError: ALTERED, CLOSED where it was closed in order, IN_USE where another process writes it,
                and what :func:`verify` and :meth:`create` raise.
        """
        folder = Path(folder)
        check_folder(folder)
        lock = FolderLock(folder)
        try:
            verdict = verify(folder, key)
            if verdict.state is RecordState.ALTERED:
                raise RecordError(
                    RecordReason.ALTERED, f"{folder} is not gone on with, it was altered: {verdict.message}"
                )
            if verdict.closed:
                raise RecordError(RecordReason.CLOSED, f"{folder} was closed: nothing can be added to it")
            secret = keyfile.read_key_file(folder, key)
        except BaseException:
            lock.release()
            raise
        tail = (verdict.last_seq, verdict.last_hash)
        return cls._start(folder, secret, lock, tail=tail, on_commit=on_commit, min_free_bytes=min_free_bytes)

    @classmethod
    def _start(
        cls,
        folder: Path,
        secret: bytes,
        lock: FolderLock,
        *,
        on_commit: OnCommit | None,
        min_free_bytes: int,
        tail: tuple[int, bytes] = (0, NO_HASH),
    ) -> Writer:
        writer = cls(folder, secret, lock, tail=tail, on_commit=on_commit, min_free_bytes=min_free_bytes)
        try:
            writer._committer.start()
        except BaseException:
            lock.release()
            raise
        return writer

    # ------------------------------------------------------------------ appending

    def append(self, entry: Entry) -> None:
        """Hand over an entry whose bytes are made already."""
        self._sealed_hash = None
        self._queue(entry.seq, entry.t_ns, entry.kind, entry.body)

    def append_event(
        self, seq: int, t_ns: int, body: EventBody, frame: int, cause: str | None = None
    ) -> None:
        """Hand over an event; the writer's thread turns it into bytes."""
        self._sealed_hash = None
        kind = str(getattr(body, "kind", ""))
        self._queue(seq, t_ns, kind, partial(encode_event_body, body, frame, cause))

    def append_samples(self, seq: int, t_ns: int, stream: str, array: Samples) -> None:
        """Hand over a chunk of samples, as :meth:`SampleBuffer.cut` gives it; the writer's thread encodes it.
        The array must not be changed afterwards."""
        self._sealed_hash = None
        self._queue(seq, t_ns, CHUNK_PREFIX + stream, partial(encode_chunk, stream, array))

    def append_sealed(self, sealed: Sealed) -> None:
        """Add an entry of another record to this copy of it.

        Raises:
            RecordError: CHAIN where it is not the next entry, or its hash does not continue this copy's
            chain.
        """
        if self._sealed_hash is None:
            raise RecordError(
                RecordReason.CHAIN, "this record makes its own entries: it is no copy of another"
            )
        due = self._appended_seq + 1
        if sealed.seq != due:
            raise RecordError(
                RecordReason.CHAIN, f"entry {sealed.seq} does not follow entry {due - 1}: ask for entry {due}"
            )
        if chain(self._sealed_hash, sealed.seq, sealed.t_ns, sealed.kind, sealed.body) != sealed.hash:
            raise RecordError(
                RecordReason.CHAIN,
                f"entry {sealed.seq} does not continue this copy: it is of another record, or one of the two "
                "was changed. Keep both and verify them",
            )
        self._sealed_hash = sealed.hash
        self._queue(sealed.seq, sealed.t_ns, sealed.kind, sealed.body)

    def _queue(self, seq: int, t_ns: int, kind: str, body: bytes | Callable[[], bytes]) -> None:
        if self._fault is not None:
            return
        if self._closed or seq != self._appended_seq + 1:
            self._fault = (
                f"entry {seq} ({kind}) came after the record was closed"
                if self._closed
                else f"entry {seq} ({kind}) came where {self._appended_seq + 1} was due"
            ) + ": a fault of the software; what came before is safe. End the session and report it"
            return
        self._appended_seq = seq
        self._committer.put(Queued(seq, t_ns, kind, body, time.perf_counter_ns()))

    # ------------------------------------------------------------------ asking

    @property
    def committed(self) -> tuple[int, bytes]:
        """Number and hash of the last committed entry."""
        return self._committer.committed

    def health(self) -> Health:
        """How the record stands now. Cheap: for every frame."""
        committer = self._committer
        committed = committer.committed[0]
        backlog = self._appended_seq - committed
        since = committer.oldest_ns() if backlog else None
        age_s = 0.0 if since is None else (time.perf_counter_ns() - since) / 1e9
        failed = committer.failed or self._fault
        return Health(committed, backlog, age_s, failed, committer.free_bytes, committer.warning)

    def barrier(self, timeout_s: float) -> bool:
        """Wait until everything appended so far is committed and ``on_commit`` was told. False: not in that
        time."""
        return self._committer.wait_for(self._appended_seq, timeout_s)

    def history(self, from_seq: int, max_bytes: int = HISTORY_BYTES, timeout_s: float = 2.0) -> list[Sealed]:
        """Committed entries from ``from_seq`` on, as many as fit in ``max_bytes`` of bodies but at least one
        where there is one; the writer's thread reads them between two commits. For the console's catch-up;
        not to be called from ``on_commit``.

        Raises:
            RecordError: CLOSED after the writer was closed, DISK where there was no answer in that time,
            ALTERED.
        """
        try:
            return self._committer.ask(from_seq, max_bytes).result(timeout_s)
        except TimeoutError:
            raise RecordError(
                RecordReason.DISK, f"the record {self.folder} is not readable now: the disk does not answer"
            ) from None

    def close(self, timeout_s: float = 5.0) -> bool:
        """Commit what is left, fold the log into the database, end the thread. True where everything was
        committed; where not, :meth:`health` says why. Append the ``closed`` event first."""
        self._closed = True
        if self._committer.stop(timeout_s):
            self._lock.release()
        return self._committer.committed[0] == self._appended_seq and self._fault is None

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
