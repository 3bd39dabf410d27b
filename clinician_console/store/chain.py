"""The chain of the audit trail: each entry's hash covers the entry before it.

The hash is an HMAC-SHA-256 under a key that only the clinic's data key gives. So whoever can write to the database
and has not that key (an administrator of a PostgreSQL server) can neither change an entry nor add one unseen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

from clinician_console.clinic.entries import Act, AuditEntry

NO_HASH = "0" * 64


@dataclass(frozen=True)
class Head:
    """Where the trail ends: number and hash of its last entry, and a seal over both. Who cuts entries off the end
    would have to forge it."""

    seq: int
    hash: str
    seal: str


class Chain:
    """Hashes under one key (32 bytes)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def begun(self) -> Head:
        """The head of a trail without entries."""
        return self._head(0, NO_HASH)

    def add(
        self, head: Head, when: str, who: str, act: Act, kind: str, what: str, detail: str, patient: str
    ) -> tuple[AuditEntry, Head]:
        """The next entry and the new head. ``patient``: id of the person whom it touches; kept beside the entry."""
        seq = head.seq + 1
        plain = AuditEntry(seq, when, who, act, kind, what, detail)
        digest = self.hash(head.hash, plain, patient)
        return AuditEntry(seq, when, who, act, kind, what, detail, digest), self._head(seq, digest)

    def hash(self, before: str, entry: AuditEntry, patient: str) -> str:
        fields = [entry.seq, entry.when, entry.who, entry.act, entry.kind, entry.what, entry.detail, patient]
        body = json.dumps([before, *fields], separators=(",", ":")).encode()
        return hmac.new(self._key, b"palier-audit-1" + body, hashlib.sha256).hexdigest()

    def holds(self, head: Head) -> bool:
        return hmac.compare_digest(self._head(head.seq, head.hash).seal, head.seal)

    def _head(self, seq: int, digest: str) -> Head:
        body = json.dumps([seq, digest], separators=(",", ":")).encode()
        seal = hmac.new(self._key, b"palier-audit-head-1" + body, hashlib.sha256).hexdigest()
        return Head(seq, digest, seal)


class Follower:
    """Follows a trail entry by entry, from its first.

    ``fault``: number of the first entry that does not continue it; None while all do.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self.last = chain.begun()
        self.fault: int | None = None

    def take(self, entry: AuditEntry, patient: str) -> bool:
        """Whether it continues the trail; what comes after the first that does not is not looked at."""
        if self.fault is None:
            wanted = self.last.seq + 1
            if entry.seq != wanted or not hmac.compare_digest(
                self._chain.hash(self.last.hash, entry, patient), entry.hash
            ):
                self.fault = wanted
            else:
                self.last = Head(entry.seq, entry.hash, "")
        return self.fault is None

    def end(self, head: Head | None) -> int | None:
        """The fault, once all entries were taken: also where the trail ends before or after its head says."""
        if self.fault is None and (
            head is None
            or not self._chain.holds(head)
            or (head.seq, head.hash) != (self.last.seq, self.last.hash)
        ):
            shorter = head is not None and head.seq < self.last.seq
            self.fault = head.seq + 1 if head is not None and shorter else self.last.seq + 1
        return self.fault
