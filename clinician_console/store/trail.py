"""The audit trail in its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from clinician_console.clinic.entries import Act, AuditEntry
from clinician_console.store import tables
from clinician_console.store.chain import Chain, Follower, Head
from clinician_console.store.database import Database

_ROWS = tables.audit.c
_AT_ONCE = 2000
_LAST = 2**31 - 1


class Writing:
    """A transaction that writes, with the trail's end in hand."""

    def __init__(self, connection: Connection, chain: Chain, who: str, now: Callable[[], str]) -> None:
        self.connection = connection
        self.now = now()
        self._chain = chain
        self._who = who
        self._head = head(connection) or chain.begun()
        self._noted: list[dict[str, Any]] = []

    def note(self, act: Act, kind: str, what: str, detail: str = "", *, patient: str = "") -> None:
        entry, self._head = self._chain.add(
            self._head, self.now, self._who, act, kind, what, detail[:200], patient
        )
        self._noted.append(row(entry, patient))

    def keep(self) -> None:
        """Write down what was noted: last in the transaction."""
        if self._noted:
            self.connection.execute(insert(tables.audit), self._noted)
            row = {"seq": self._head.seq, "hash": self._head.hash, "seal": self._head.seal}
            self.connection.execute(update(tables.audit_head).values(row))
            self._noted = []


@contextmanager
def writing(database: Database, chain: Chain, who: str, now: Callable[[], str]) -> Iterator[Writing]:
    with database.writing() as connection:
        transaction = Writing(connection, chain, who, now)
        yield transaction
        transaction.keep()


def begin(connection: Connection, chain: Chain) -> None:
    """The head of an empty trail, where there is none yet."""
    if head(connection) is None:
        begun = chain.begun()
        row = {"id": 1, "seq": begun.seq, "hash": begun.hash, "seal": begun.seal}
        connection.execute(insert(tables.audit_head).values(row))


def head(connection: Connection) -> Head | None:
    row = connection.execute(select(*tables.audit_head.c["seq", "hash", "seal"])).first()
    return None if row is None else Head(*row)


def latest(connection: Connection, patient: str, limit: int, before: int | None) -> list[AuditEntry]:
    wanted = select(tables.audit).order_by(_ROWS.seq.desc()).limit(limit)
    wanted = wanted.where(_ROWS.seq < (_LAST if before is None else before))
    if patient:
        wanted = wanted.where(_ROWS.patient == patient)
    return [entry(row) for row in connection.execute(wanted).mappings()]


def about(connection: Connection, kind: str, what: str, limit: int = 50) -> list[AuditEntry]:
    """What was done to one thing, latest first."""
    wanted = select(tables.audit).where(_ROWS.kind == kind, _ROWS.what == what)
    found = connection.execute(wanted.order_by(_ROWS.seq.desc()).limit(limit)).mappings()
    return [entry(row) for row in found]


def fault(database: Database, chain: Chain, witness: tuple[int, str] | None) -> int | None:
    """Number of the first entry that does not continue the trail. ``witness``: number and hash of an entry that this
    computer has seen before; it must still be there."""
    follower = Follower(chain)
    seen = witness is None or witness[0] == 0
    with database.reading(snapshot=True) as connection:
        end = head(connection)
        wanted = select(tables.audit).order_by(_ROWS.seq)
        with connection.execution_options(yield_per=_AT_ONCE).execute(wanted) as found:
            for row in found.mappings():
                if not follower.take(entry(row), row["patient"]):
                    return follower.fault
                if witness is not None and row["seq"] == witness[0]:
                    if row["hash"] != witness[1]:
                        return witness[0]
                    seen = True
    at = follower.end(end)
    return follower.last.seq + 1 if at is None and not seen else at


def entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(
        row["seq"], row["at"], row["who"], row["act"], row["kind"], row["what"], row["detail"], row["hash"]
    )


def row(noted: AuditEntry, patient: str) -> dict[str, Any]:
    names = ("seq", "at", "who", "act", "kind", "what", "detail", "hash")
    return {**dict(zip(names, astuple(noted), strict=True)), "patient": patient}
