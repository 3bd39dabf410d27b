"""Entries of the record on the wire: the record's own bytes and hashes, packed one behind the other.

Layout of a piece, little-endian, entry after entry::

    seq i64 | t_ns i64 | length of kind u16 | length of hash u16 | length of body u32 | kind | hash | body

Nothing is re-encoded on the way: the chain hash covers the body's bytes as they stand.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from vr_runtime.protocol.errors import ProtocolError, ProtocolReason

PIECE_BYTES = 256 * 1024
"""Most bytes that one message of the feed or the history carries; a single larger entry travels alone."""

_HEAD = struct.Struct("<qqHHI")


class LogEntry(NamedTuple):
    """One committed entry of the record: an event, or a chunk of samples (kind ``chunk:STREAM``)."""

    seq: int
    t_ns: int
    kind: str
    body: bytes
    hash: bytes


class EntryLike(Protocol):
    """Anything with an entry's five fields: the record's own entries need not be copied to be sent."""

    @property
    def seq(self) -> int: ...
    @property
    def t_ns(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def hash(self) -> bytes: ...


E = TypeVar("E", bound=EntryLike)


def entry_size(entry: EntryLike) -> int:
    """Bytes that the entry takes on the wire."""
    return _HEAD.size + len(entry.kind.encode()) + len(entry.hash) + len(entry.body)


def pack_entries(entries: Iterable[EntryLike]) -> bytes:
    parts: list[bytes] = []
    for entry in entries:
        kind = entry.kind.encode()
        parts += (
            _HEAD.pack(entry.seq, entry.t_ns, len(kind), len(entry.hash), len(entry.body)),
            kind,
            entry.hash,
            entry.body,
        )
    return b"".join(parts)


def unpack_entries(piece: bytes) -> list[LogEntry]:
    """The entries of a piece.

    Raises:
        ProtocolError: MALFORMED, where the bytes are cut or are no such piece.
    """
    found: list[LogEntry] = []
    at, end = 0, len(piece)
    try:
        while at < end:
            seq, t_ns, of_kind, of_hash, of_body = _HEAD.unpack_from(piece, at)
            at += _HEAD.size
            after = at + of_kind + of_hash + of_body
            if after > end:
                raise ValueError("cut in the middle of an entry")
            kind = piece[at : at + of_kind].decode()
            hash_ = piece[at + of_kind : at + of_kind + of_hash]
            found.append(LogEntry(seq, t_ns, kind, piece[at + of_kind + of_hash : after], hash_))
            at = after
    except (struct.error, ValueError) as problem:
        raise ProtocolError(ProtocolReason.MALFORMED, f"not a piece of the record: {problem}") from None
    return found


def pieces(entries: Sequence[E], limit: int = PIECE_BYTES) -> Iterator[Sequence[E]]:
    """Cut entries into runs of at most ``limit`` bytes, each of at least one entry, in order."""
    first, size = 0, 0
    for index, entry in enumerate(entries):
        more = entry_size(entry)
        if index > first and size + more > limit:
            yield entries[first:index]
            first, size = index, 0
        size += more
    if first < len(entries):
        yield entries[first:]
