"""Is a record intact, was it cut short, or was it changed?"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import NamedTuple

from vr_runtime.record import layout
from vr_runtime.record.entry import NO_HASH, Sealed
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keyfile import read_key_file
from vr_runtime.record.keys import KeySource
from vr_runtime.record.layout import check_folder
from vr_runtime.record.log import read_entries, read_rows
from vr_runtime.record.pages import PageCheck, salt_of, scan_database
from vr_runtime.record.reader import open_connection
from vr_runtime.record.snapshot import Snapshot
from vr_runtime.record.wal import WalState, read_wal, scan_wal

CLOSED_KIND = "closed"
"""Kind of the last event of a record that was closed in order."""


class RecordState(Enum):
    INTACT = "intact"
    CUT = "cut"
    """Good as far as it goes, but its end is missing: interrupted, or cut off."""
    ALTERED = "altered"


class Verdict(NamedTuple):
    """``first_bad`` is the number of the first entry that is wrong or cannot be read, where that is known;
    ``last_seq`` and ``last_hash`` are those of the last good one."""

    state: RecordState
    first_bad: int | None
    entries: int
    last_seq: int
    last_hash: bytes
    closed: bool
    message: str

    @property
    def exit_status(self) -> int:
        return {RecordState.INTACT: 0, RecordState.CUT: 3, RecordState.ALTERED: 4}[self.state]


def verify(folder: Path, key: KeySource, anchor: tuple[int, bytes] | None = None) -> Verdict:
    """Check every byte of a record. ``anchor`` is the last entry (number and hash) that the other side has
    seen.

    What no check can see: a bit inside a half-written transaction at the end of a crashed record (it is no
    part of the record), and, without an anchor, whole transactions cut off the end of one that was never
    closed (it is ``CUT`` either way).

    Raises:
        RecordError: NOT_A_RECORD, WRONG_KEY, NO_KEY, KEY_FILE_OPEN_TO_OTHERS, IN_USE.
    """
    folder = Path(folder)
    check_folder(folder)
    try:
        secret = read_key_file(folder, key)
        with Snapshot(folder) as snapshot:
            verdict = _judge(snapshot, secret, anchor)
        if verdict.state is RecordState.ALTERED and snapshot.whole and (folder / layout.LOG).exists():
            # Someone has begun to go on with the record while it was read in place.
            with Snapshot(folder) as snapshot:
                verdict = _judge(snapshot, secret, anchor)
        return verdict
    except RecordError as problem:
        if problem.reason is not RecordReason.ALTERED:
            raise
        return _altered(_Chain(), str(problem))


class _Chain(NamedTuple):
    """What could be read: ``entries`` good ones up to ``last``; ``broken`` says why it stops there.
    ``pages``: what the database says its size is, where there is no log."""

    entries: int = 0
    last: Sealed | None = None
    at_anchor: bytes | None = None
    broken: str | None = None
    pages: int | None = None

    @property
    def seq(self) -> int:
        return self.last.seq if self.last else 0

    @property
    def closed(self) -> bool:
        return self.last is not None and self.last.kind == CLOSED_KIND


def _judge(snapshot: Snapshot, secret: bytes, anchor: tuple[int, bytes] | None) -> Verdict:
    check = PageCheck(secret, salt_of(snapshot.database))
    content = b"" if snapshot.whole else read_wal(snapshot.log)
    log = scan_wal(content, check)
    scan = scan_database(snapshot.database, check, content, log.held)
    found = _read(snapshot, secret, anchor[0] if anchor else 0)
    after = found.seq + 1
    if scan.none_holds:
        # Pages of the log are checked with the same salt, so they do not hold either: it is not the log.
        return _altered(
            found,
            f"{layout.DATABASE} is damaged or was changed in page 1: no page fits its first 16 bytes, the salt",
            after,
        )
    if log.state is WalState.ALTERED:
        return _altered(found, f"{layout.LOG} is damaged or was changed: {log.what}", after)
    if scan.bad:
        pages = ", ".join(str(number) for number in scan.bad[:5])
        return _altered(
            found,
            f"{layout.DATABASE} is damaged or was changed in page {pages}",
            after if found.broken else None,
        )
    if scan.stray_bytes:
        return _altered(found, f"{layout.DATABASE} has {scan.stray_bytes} bytes that do not belong to it")
    if found.broken:
        return _altered(found, found.broken, after)
    if found.pages is not None and found.pages != scan.pages:
        return _altered(found, f"{layout.DATABASE} has {scan.pages} pages where it should have {found.pages}")
    if log.state is WalState.TORN and found.closed:
        return _altered(found, f"{layout.LOG} goes on after the record was closed")
    if anchor is not None and anchor[0] > found.seq:
        return _cut(found, f"the other side has seen entry {anchor[0]}")
    if anchor is not None and anchor[0] > 0 and found.at_anchor != anchor[1]:
        return _altered(found, f"entry {anchor[0]} is not the one that the other side has seen")
    if not found.closed:
        torn = f" ({log.what})" if log.state is WalState.TORN else ""
        return _cut(found, f"it was never closed: interrupted, or still being written{torn}")
    return _verdict(RecordState.INTACT, found, None, f"{found.entries} entries, closed in order")


def _read(snapshot: Snapshot, secret: bytes, anchor_seq: int) -> _Chain:
    count, last, at_anchor, broken = 0, None, None, None
    connection = None
    try:
        connection = open_connection(snapshot, secret)
        if connection is not None:
            for last in read_entries(connection):
                count += 1
                if last.seq == anchor_seq:
                    at_anchor = last.hash
            if snapshot.whole:
                ((pages,),) = read_rows(connection, "PRAGMA page_count")
                return _Chain(count, last, at_anchor, None, pages)
    except RecordError as problem:
        if problem.reason is not RecordReason.ALTERED:
            raise
        broken = str(problem)
    finally:
        if connection is not None:
            connection.close()
    return _Chain(count, last, at_anchor, broken)


def _cut(found: _Chain, why: str) -> Verdict:
    return _verdict(RecordState.CUT, found, None, f"after entry {found.seq}: {why}")


def _altered(found: _Chain, why: str, first_bad: int | None = None) -> Verdict:
    return _verdict(RecordState.ALTERED, found, first_bad, why)


def _verdict(state: RecordState, found: _Chain, first_bad: int | None, message: str) -> Verdict:
    digest = found.last.hash if found.last else NO_HASH
    return Verdict(state, first_bad, found.entries, found.seq, digest, found.closed, message)
