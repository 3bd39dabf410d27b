"""One entry of the log, and the chain of hashes that ties each to all before it."""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

RECORD_FORMAT = 1
"""Version of the record's format; ``docs/record-format.md`` describes it."""

NO_HASH = bytes(32)
"""What stands for the hash before the first entry."""

_DOMAIN = b"palier-record-1"
_PLACE = struct.Struct("<QqH")


class Entry(NamedTuple):
    """What is appended. ``seq`` counts from 1 without gaps; ``t_ns`` is the runtime's clock since the record
    was opened; ``kind`` is an event's kind or ``chunk:<stream>``; ``body`` is kept and hashed as it
    stands."""

    seq: int
    t_ns: int
    kind: str
    body: bytes


class Sealed(NamedTuple):
    """An entry that is committed, with its place in the chain (32 bytes)."""

    seq: int
    t_ns: int
    kind: str
    body: bytes
    hash: bytes


def chain(previous: bytes, seq: int, t_ns: int, kind: str, body: bytes) -> bytes:
    """SHA-256 over the entry and the hash of the one before it."""
    name = kind.encode()
    return hashlib.sha256(
        b"".join((_DOMAIN, previous, _PLACE.pack(seq, t_ns, len(name)), name, body))
    ).digest()
