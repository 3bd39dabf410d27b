"""The clinic's data in a database: the implementation of :class:`clinician_console.clinic.port.ClinicStore`."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)

from clinician_console.clinic.entries import (
    Act,
    Answers,
    AuditEntry,
    Erased,
    Homework,
    Patient,
    PatientRow,
    Session,
    StoredPlan,
)
from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import erasing, queries, tables, trail, values
from clinician_console.store.chain import Chain
from clinician_console.store.conflicts import changes, conflict
from clinician_console.store.database import Database
from clinician_console.store.rows import ANSWERS, HOMEWORK, KINDS, PATIENT, PLAN, SESSION, Kind
from clinician_console.store.sealing import Seal
from clinician_console.store.witness import Witness
from vr_runtime.protocol.words import AgeBand

E = TypeVar("E", Patient, StoredPlan, Session, Answers, Homework)
PRACTICE = {"en": "Practice", "fr": "Entraînement"}
"""What the virtual patient is called, by the clinic's language."""


class DatabaseStore:
    """See :class:`clinician_console.clinic.port.ClinicStore`. Opened by :func:`clinician_console.store.opening.open_store`.

    Of several rows that were looked at together (the plans of a patient), the audit trail keeps one entry that names the
    patient and what was looked at.
    """

    def __init__(
        self,
        database: Database,
        chain: Chain,
        seal: Seal,
        who: str,
        witness: Witness,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        machine: str = "",
    ) -> None:
        self.who = values.name(who, "who", 64)
        self.database = database
        self.chain = chain
        self.seal = seal
        self._witness = witness
        self._clock = now
        self._machine = machine or platform.node() or "this computer"

    # ------------------------------------------------------------------ patients

    def patients(
        self, search: str = "", *, archived: bool = False, limit: int = 50, offset: int = 0
    ) -> list[PatientRow]:
        _not_negative(limit, offset)
        with self.database.reading() as connection:
            return [
                PatientRow(
                    row["id"],
                    row["pseudonym"],
                    AgeBand(row["age_band"]),
                    row["practice"],
                    row["archived"],
                    row["sessions"],
                    row["last_session"],
                )
                for row in connection.execute(
                    queries.list_patients(search, archived, limit, offset)
                ).mappings()
            ]

    def count_patients(self, search: str = "", *, archived: bool = False) -> int:
        wanted = select(func.count()).select_from(tables.patients).where(*queries.matching(search, archived))
        with self.database.reading() as connection:
            return connection.execute(wanted).scalar_one()

    def patient(self, patient: str) -> Patient:
        with self._writing() as writing:
            found = self._one(writing.connection, PATIENT, patient)
            writing.note("saw", "patient", patient, patient=patient)
        return found

    def save_patient(self, patient: Patient) -> Patient:
        entry = values.patient(patient)
        with self._writing() as writing:
            if entry.id:
                self._unchanged(writing.connection, PATIENT, entry)
            row = tables.patients.c
            taken = select(row.id).where(row.folded == values.folded(entry.pseudonym), row.id != entry.id)
            if writing.connection.execute(taken).first() is not None:
                raise StoreError(
                    StoreReason.TAKEN,
                    "this pseudonym belongs to another patient (small and capital letters and accents do not tell them "
                    "apart; the archived ones count): choose another",
                )
            return self._save(writing, PATIENT, entry)

    def practice_patient(self) -> Patient:
        row = tables.patients.c
        wanted = select(tables.patients).where(row.practice).order_by(row.created, row.id).limit(1)
        with self._writing() as writing:
            found = writing.connection.execute(wanted).mappings().first()
            if found is not None:
                return PATIENT.of(found, self.seal)
            language = "fr" if self._setting(writing.connection, "language") == "fr" else "en"
            number = 1
            pseudonym = PRACTICE[language]
            while writing.connection.execute(
                select(row.id).where(row.folded == values.folded(pseudonym))
            ).first():
                number += 1
                pseudonym = f"{PRACTICE[language]} {number}"
            entry = Patient(
                id="", pseudonym=pseudonym, age_band=AgeBand.FROM_26, language=language, practice=True
            )
            return self._save(writing, PATIENT, entry)

    # ------------------------------------------------------------------ plans

    def plans(self, patient: str) -> list[StoredPlan]:
        row = tables.plans.c
        order = (row.updated.desc(), row.id)
        if not patient:
            with self.database.reading() as connection:
                return self._all(connection, PLAN, row.patient.is_(None), *order)
        return self._of_patient(PLAN, patient, "plans", row.patient == patient, *order)

    def plan(self, plan: str) -> StoredPlan:
        with self._writing() as writing:
            found = self._one(writing.connection, PLAN, plan)
            if found.patient:
                writing.note("saw", "plan", plan, patient=found.patient)
        return found

    def save_plan(self, plan: StoredPlan) -> StoredPlan:
        entry = values.plan(plan)
        with self._writing() as writing:
            return self._save(writing, PLAN, replace(entry, updated=writing.now))

    def delete_plan(self, plan: str) -> None:
        self._delete(PLAN, plan)

    # ------------------------------------------------------------------ sessions

    def sessions(self, patient: str) -> list[Session]:
        row = tables.sessions.c
        return self._of_patient(SESSION, patient, "sessions", row.patient == patient, row.started, row.id)

    def recent_sessions(self, limit: int = 20) -> list[tuple[Session, str]]:
        _not_negative(limit)
        row = tables.sessions.c
        with self._writing() as writing:
            found = self._with_pseudonym(
                writing.connection,
                queries.sessions().order_by(row.started.desc(), row.id.desc()).limit(limit),
            )
            writing.note("saw", "store", "", "recent sessions")
        return found

    def session(self, session: str) -> Session:
        with self._writing() as writing:
            found = self._one(writing.connection, SESSION, session)
            writing.note("saw", "session", session, patient=found.patient)
        return found

    def save_session(self, session: Session) -> Session:
        entry = values.session(session)
        if entry.state == "erased":
            raise values.bad("a session is erased by erasing it, not by saying so")
        with self._writing() as writing:
            return self._save(writing, SESSION, entry)

    # ------------------------------------------------------------------ answers, homework

    def answers(self, patient: str, instrument: str = "") -> list[Answers]:
        row = tables.answers.c
        wanted = row.patient == patient
        if instrument:
            wanted = wanted & (row.instrument == values.identifier(instrument, "instrument"))
        return self._of_patient(ANSWERS, patient, "answers", wanted, row.date, row.id)

    def save_answers(self, answers: Answers) -> Answers:
        entry = values.answers(answers)
        with self._writing() as writing:
            return self._save(writing, ANSWERS, entry)

    def delete_answers(self, answers: str) -> None:
        self._delete(ANSWERS, answers)

    def homework(self, patient: str) -> list[Homework]:
        row = tables.homework.c
        return self._of_patient(HOMEWORK, patient, "homework", row.patient == patient, row.created, row.id)

    def save_homework(self, homework: Homework) -> Homework:
        entry = values.homework(homework)
        with self._writing() as writing:
            return self._save(writing, HOMEWORK, replace(entry, created=entry.created or writing.now))

    # ------------------------------------------------------------------ settings

    def settings(self) -> dict[str, str]:
        with self.database.reading() as connection:
            rows = connection.execute(select(tables.settings).order_by(tables.settings.c.name))
            return {name: value for name, value in rows}  # noqa: C416  (a row is no pair to pyright)

    def set_setting(self, name: str, value: str) -> None:
        name, value = values.setting(name, value)
        row = tables.settings.c
        with self._writing() as writing:
            kept = writing.connection.execute(select(row.value).where(row.name == name)).scalar_one_or_none()
            if kept == value:
                return
            if kept is None:
                writing.connection.execute(insert(tables.settings).values(name=name, value=value))
            else:
                writing.connection.execute(
                    update(tables.settings).where(row.name == name).values(value=value)
                )
            writing.note("changed", "store", name, "setting")

    # ------------------------------------------------------------------ audit

    def note_act(self, act: Act, kind: str, what: str, detail: str = "") -> None:
        act, kind, what, detail = values.act(act, kind, what, detail)
        with self._writing() as writing:
            writing.note(act, kind, what, detail, patient=self._owner(writing.connection, kind, what))

    def audit(self, *, patient: str = "", limit: int = 200, before: int | None = None) -> list[AuditEntry]:
        _not_negative(limit)
        with self.database.reading() as connection:
            return trail.latest(connection, patient, limit, before)

    def audit_fault(self) -> int | None:
        found = trail.fault(self.database, self.chain, self._witness.seen())
        if found is None:
            self._bear_witness()
        return found

    # ------------------------------------------------------------------ erasing

    def erase_sessions(self, sessions: Sequence[str]) -> Erased:
        with self._writing() as writing:
            for session in sessions:
                erasing.find_session(writing, session)
        report = erasing.Report()
        self._erase_each(list(dict.fromkeys(sessions)), report)
        self._overwrite()
        return report.result()

    def erase_patient(self, patient: str) -> Erased:
        with self._writing() as writing:
            _row(writing.connection, PATIENT, patient)
            sessions = erasing.sessions_of(writing, patient)
        report = erasing.Report()
        self._erase_each(sessions, report)
        with self._writing() as writing:
            erasing.erase_patient(writing, patient, self.seal, report)
        self._overwrite()
        return report.result()

    def _erase_each(self, sessions: list[str], report: erasing.Report) -> None:
        """Each in a transaction of its own: a record's files take a while, and others want to write meanwhile. What was
        erased when something interrupts it, is; it can be asked for again."""
        for session in sessions:
            with self._writing() as writing:
                row = erasing.find_session(writing, session)
                erasing.erase_session(writing, row, self.seal, self._machine, report)

    def overdue(self, today: str) -> list[tuple[Session, str]]:
        row = tables.sessions.c
        with self.database.reading() as connection:
            limit = values.retention_limit(self._setting(connection, "retention_years"), today)
            wanted = queries.sessions().where(row.started < limit, row.state != "erased")
            return self._with_pseudonym(connection, wanted.order_by(row.started, row.id)) if limit else []

    def close(self) -> None:
        if not self.database.closed:
            self._bear_witness()
            self.database.close()

    # ------------------------------------------------------------------ parts

    def _writing(self) -> AbstractContextManager[trail.Writing]:
        return trail.writing(self.database, self.chain, self.who, self._now)

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")

    def _one(self, connection: Connection, kind: Kind[E], wanted: str) -> E:
        return kind.of(_row(connection, kind, wanted), self.seal)

    def _all(self, connection: Connection, kind: Kind[E], where: Any, *order: Any) -> list[E]:
        found = connection.execute(select(kind.table).where(where).order_by(*order)).mappings()
        return [kind.of(row, self.seal) for row in found]

    def _of_patient(self, kind: Kind[E], patient: str, what: str, where: Any, *order: Any) -> list[E]:
        with self._writing() as writing:
            _row(writing.connection, PATIENT, patient)
            writing.note("saw", "patient", patient, what, patient=patient)
            return self._all(writing.connection, kind, where, *order)

    def _with_pseudonym(self, connection: Connection, wanted: Select[Any]) -> list[tuple[Session, str]]:
        found = connection.execute(wanted).mappings()
        return [(SESSION.of(row, self.seal), row["pseudonym"]) for row in found]

    def _save(self, writing: trail.Writing, kind: Kind[E], entry: E) -> E:
        connection = writing.connection
        kept = None
        if entry.id and (kind is not SESSION or entry.version):
            kept = self._unchanged(connection, kind, entry)
        elif kind is SESSION and _find(connection, kind, entry.id) is not None:
            raise self._conflict(connection, kind, entry)
        if isinstance(entry, Patient):
            entry = replace(entry, created=kept.created if isinstance(kept, Patient) else writing.now)
        elif entry.patient and kept is None:
            _row(connection, PATIENT, entry.patient)
        entry = replace(entry, id=entry.id or secrets.token_hex(8), version=entry.version + 1 if kept else 1)
        row = kind.row(entry, self.seal) | self._beside(kind, entry, kept)
        owner = entry.id if isinstance(entry, Patient) else entry.patient
        counts = isinstance(entry, Session) and not (
            isinstance(kept, Session) and kept.started == entry.started
        )
        if kept is None:
            connection.execute(insert(kind.table).values(row))
            writing.note("added", kind.name, entry.id, patient=owner)
        else:
            connection.execute(update(kind.table).where(kind.table.c.id == entry.id).values(row))
            fields = kind.differences(kept, entry)
            archived = isinstance(entry, Patient) and entry.archived and "archived" in fields
            writing.note(
                "archived" if archived else "changed",
                kind.name,
                entry.id,
                changes(entry.version, fields),
                patient=owner,
            )
        if counts:
            erasing.count_sessions(connection, owner)
        return entry

    def _beside(self, kind: Kind[E], entry: E, kept: E | None) -> dict[str, Any]:
        """Columns that the entry does not have."""
        if isinstance(entry, Patient):
            return {"folded": values.folded(entry.pseudonym)}
        if isinstance(entry, Session) and (not isinstance(kept, Session) or kept.record != entry.record):
            return {"machine": self._machine if entry.record else ""}
        return {}

    def _unchanged(self, connection: Connection, kind: Kind[E], entry: E) -> E:
        """What is kept of it. Raises StoreError CONFLICT where it is not what the change was begun on."""
        kept = self._one(connection, kind, entry.id)
        if kept.version != entry.version:
            raise self._conflict(connection, kind, entry)
        if isinstance(kept, Session) and kept.state == "erased":
            raise values.bad("this session was erased: nothing is kept of it any more")
        if not isinstance(kept, Patient) and not isinstance(entry, Patient) and kept.patient != entry.patient:
            raise values.bad(f"a {kind.name} stays with its patient: make a copy for the other one")
        return kept

    def _conflict(self, connection: Connection, kind: Kind[E], entry: E) -> StoreError:
        since = [one for one in trail.about(connection, kind.name, entry.id) if one.act != "saw"]
        return conflict(kind.name, entry.version, since)

    def _delete(self, kind: Kind[E], wanted: str) -> None:
        with self._writing() as writing:
            row = _row(writing.connection, kind, wanted)
            writing.connection.execute(delete(kind.table).where(kind.table.c.id == wanted))
            writing.note("erased", kind.name, wanted, patient=row["patient"] or "")
        self._overwrite()

    def _owner(self, connection: Connection, kind: str, what: str) -> str:
        """Whom it touches; empty where that is not known here."""
        if kind == "patient":
            return what
        for known in KINDS:
            if known.name == kind and (row := _find(connection, known, what)) is not None:
                return row["patient"] or ""
        return ""

    def _setting(self, connection: Connection, name: str) -> str:
        row = tables.settings.c
        return connection.execute(select(row.value).where(row.name == name)).scalar_one_or_none() or ""

    def _overwrite(self) -> None:
        """What was deleted leaves the log beside the file too, as soon as nobody reads there."""
        self.database.fold_log()

    def _bear_witness(self) -> None:
        with self.database.reading() as connection:
            head = trail.head(connection)
        if head is not None:
            self._witness.bear(head.seq, head.hash)


def _find(connection: Connection, kind: Kind[Any], wanted: str) -> RowMapping | None:
    return connection.execute(select(kind.table).where(kind.table.c.id == wanted)).mappings().first()


def _row(connection: Connection, kind: Kind[Any], wanted: str) -> RowMapping:
    row = _find(connection, kind, wanted)
    if row is None:
        raise StoreError(
            StoreReason.NOT_FOUND,
            f"there is no such {kind.name}; it may have been erased: load the list anew",
        )
    return row


def _not_negative(*numbers: int) -> None:
    if any(number < 0 for number in numbers):
        raise values.bad("limit and offset are not negative")
