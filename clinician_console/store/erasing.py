"""Erasing sessions and patients: records' keys first, then what was derived from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from clinician_console.clinic.entries import Erased
from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import tables
from clinician_console.store.rows import PATIENT, SESSION
from clinician_console.store.sealing import Seal
from clinician_console.store.trail import Writing
from vr_runtime.record import RecordError, RecordReason, erase

_SESSIONS = tables.sessions.c


@dataclass
class Report:
    """What was done so far."""

    patients: int = 0
    sessions: int = 0
    records: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])

    def result(self) -> Erased:
        return Erased(self.patients, self.sessions, tuple(self.records), tuple(self.failed))


def destroy_record(folder: str, machine: str, here: str) -> tuple[bool, str]:
    """Destroy a record's key, and the record.

    Returns:
        Whether it was there and is destroyed now; and where it may be there still, why it is not.
    """
    path = Path(folder)
    if not path.exists():
        if machine != here:
            return False, f"{folder} lies on the computer {machine}: erase the session there"
        if not path.parent.is_dir():
            return False, f"{path.parent} is not there: connect the disk that holds it, then erase again"
        return False, ""  # somebody erased it by hand
    try:
        erase(path)
    except RecordError as problem:
        gone = (
            problem.reason is RecordReason.NOT_A_RECORD and path.is_dir() and not (path / "key.json").exists()
        )
        return False, "" if gone else f"{folder}: {problem}"
    except OSError as problem:
        return False, f"{folder}: {problem.strerror or 'it cannot be erased'}"
    return True, ""


def find_session(writing: Writing, session: str) -> RowMapping:
    """Raises StoreError NOT_FOUND."""
    wanted = select(tables.sessions).where(_SESSIONS.id == session)
    row = writing.connection.execute(wanted).mappings().first()
    if row is None:
        raise StoreError(StoreReason.NOT_FOUND, f"there is no session {session}: load the list anew")
    return row


def sessions_of(writing: Writing, patient: str) -> list[str]:
    """Ids of a patient's sessions that are not erased yet."""
    wanted = select(_SESSIONS.id).where(_SESSIONS.patient == patient, _SESSIONS.state != "erased")
    return list(writing.connection.execute(wanted.order_by(_SESSIONS.started)).scalars())


def count_sessions(connection: Connection, patient: str | None) -> None:
    """Write down how many sessions a patient has, and when the last was; None: every patient."""
    row = tables.patients.c
    mine = select(func.count()).where(_SESSIONS.patient == row.id)
    last = select(func.coalesce(func.max(_SESSIONS.started), "")).where(_SESSIONS.patient == row.id)
    counted = {"sessions": mine.scalar_subquery(), "last_session": last.scalar_subquery()}
    every = update(tables.patients).values(counted)
    connection.execute(every if patient is None else every.where(row.id == patient))


def erase_session(writing: Writing, row: RowMapping, seal: Seal, here: str, report: Report) -> None:
    """What the session left is removed in any case; its row says ``erased`` only once its record cannot be read."""
    done, failure = destroy_record(row["record"], row["machine"], here) if row["record"] else (False, "")
    if done:
        report.records.append(row["record"])
    if failure:
        report.failed.append(failure)
    else:
        report.sessions += row["state"] != "erased"
    answers = tables.answers.c
    writing.connection.execute(delete(tables.answers).where(answers.session == row["id"]))
    version = row["version"] + 1
    bare: dict[str, Any] = {"summary": "{}", "debrief": "{}"}
    bare = {
        name: seal.close(text, SESSION.table.name, row["id"], name, version) for name, text in bare.items()
    }
    bare |= {"version": version, "treatment": ""}
    if not failure:
        bare |= {"state": "erased", "record": "", "machine": "", "last_hash": ""}
    writing.connection.execute(update(tables.sessions).where(_SESSIONS.id == row["id"]).values(bare))
    detail = "not wholly: its record could not be erased" if failure else ""
    writing.note("erased", "session", row["id"], detail, patient=row["patient"])


def erase_patient(writing: Writing, patient: str, seal: Seal, report: Report) -> None:
    """Everything of the person, whose sessions were erased before. Where a record could not be erased, its session stays,
    and of the patient the id alone, so that it can be tried again."""
    connection = writing.connection
    mine = tables.patients.c.id == patient
    version = connection.execute(select(tables.patients.c.version).where(mine)).scalar_one_or_none()
    if version is None:
        raise StoreError(StoreReason.NOT_FOUND, "there is no such patient: load the list anew")
    for table in (tables.plans, tables.answers, tables.homework):
        connection.execute(delete(table).where(table.c.patient == patient))
    connection.execute(
        delete(tables.sessions).where(_SESSIONS.patient == patient, _SESSIONS.state == "erased")
    )
    left = len(sessions_of(writing, patient))
    if left:
        bare = {
            "pseudonym": patient,
            "folded": patient.casefold(),
            "age_band": "unknown",
            "posture": None,
            "cleared": "[]",
            "notes": seal.close("", PATIENT.table.name, patient, "notes", version + 1),
            "consent_research": False,
            "archived": True,
            "version": version + 1,
        }
        connection.execute(update(tables.patients).where(mine).values(bare))
        count_sessions(connection, patient)
        writing.note("erased", "patient", patient, f"not wholly: {left} records are left", patient=patient)
        return
    connection.execute(delete(tables.patients).where(mine))
    report.patients += 1
    writing.note("erased", "patient", patient, patient=patient)
