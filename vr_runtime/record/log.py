"""The table of entries: read in order, each checked against the chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from vr_runtime.record.database import Connection, database_error
from vr_runtime.record.entry import NO_HASH, Sealed, chain
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.layout import DATABASE

_TYPES = (int, int, str, bytes, bytes)


def read_entries(connection: Connection, from_seq: int = 1) -> Iterator[Sealed]:
    """The entries from ``from_seq`` on.

    Raises:
        RecordError: ALTERED at the first entry that is missing, does not fit the chain, or cannot be read.
    """
    first = max(from_seq, 1)
    previous = NO_HASH
    for (digest,) in read_rows(connection, "SELECT hash FROM log WHERE seq = ?", first - 1):
        previous = digest
    rows = read_rows(
        connection, "SELECT seq, t_ns, kind, body, hash FROM log WHERE seq >= ? ORDER BY seq", first
    )
    for expected, row in enumerate(rows, first):
        sealed = _sealed(row, expected)
        if chain(previous, sealed.seq, sealed.t_ns, sealed.kind, sealed.body) != sealed.hash:
            raise RecordError(
                RecordReason.ALTERED, f"entry {expected} was changed, or one before it: its hash does not fit"
            )
        yield sealed
        previous = sealed.hash


def read_last(connection: Connection) -> tuple[int, bytes]:
    """Number and hash of the last entry, unchecked; ``(0, 32 zero bytes)`` where there is none."""
    for seq, digest in read_rows(connection, "SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1"):
        return seq, digest
    return 0, NO_HASH


def read_rows(connection: Connection, sql: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
    try:
        # Not "yield from": it would close the cursor as well, which fails after the connection was closed.
        for row in connection.execute(sql, parameters):  # noqa: UP028
            yield row
    except database_error() as problem:
        raise RecordError(RecordReason.ALTERED, f"{DATABASE} is damaged or was changed: {problem}") from None


def _sealed(row: tuple[Any, ...], expected: int) -> Sealed:
    well_formed = len(row) == len(_TYPES) and all(map(isinstance, row, _TYPES))
    if not well_formed or row[0] != expected:
        raise RecordError(RecordReason.ALTERED, f"entry {expected} is missing or was changed")
    return Sealed(*cast(tuple[int, int, str, bytes, bytes], row))
