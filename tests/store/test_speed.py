"""What is asked often is answered from indexes, on both databases: no figure of a clock, which a busy machine makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event, text

from benchmarks.store_fill import fill
from clinician_console.clinic.entries import Patient
from clinician_console.store.clinic import DatabaseStore
from tests.helpers.stores import Place

TABLES = ("patients", "plans", "sessions", "answers", "homework", "audit")
ASKED: dict[str, Callable[[DatabaseStore, str, str], object]] = {
    "patients": lambda store, *_: store.patients(),
    "patients searched": lambda store, *_: store.patients("a"),
    "count_patients": lambda store, *_: store.count_patients("a"),
    "patient": lambda store, patient, _: store.patient(patient),
    "save_patient": lambda store, *_: store.save_patient(Patient("", "Somebody new")),
    "practice_patient": lambda store, *_: store.practice_patient(),
    "plans": lambda store, patient, _: store.plans(patient),
    "plans of the clinic": lambda store, *_: store.plans(""),
    "sessions": lambda store, patient, _: store.sessions(patient),
    "recent_sessions": lambda store, *_: store.recent_sessions(),
    "session": lambda store, _, session: store.session(session),
    "answers": lambda store, patient, _: store.answers(patient),
    "homework": lambda store, patient, _: store.homework(patient),
    "audit": lambda store, *_: store.audit(limit=50),
    "audit of a patient": lambda store, patient, _: store.audit(patient=patient, limit=50),
    "audit before": lambda store, *_: store.audit(limit=50, before=30),
    "note_act": lambda store, _, session: store.note_act("exported", "session", session),
    "overdue": lambda store, *_: store.overdue("2026-06-01"),
    "erase_sessions": lambda store, _, session: store.erase_sessions([session]),
    "erase_patient": lambda store, patient, _: store.erase_patient(patient),
}


NEEDED = {
    "patients": "ix_patients_list",
    "practice_patient": "ix_patients_practice",
    "plans": "ix_plans_patient_updated",
    "sessions": "ix_sessions_patient_started",
    "recent_sessions": "ix_sessions_started_id",
    "answers": "ix_answers_patient_date",
    "homework": "ix_homework_patient_created",
    "audit of a patient": "ix_audit_patient_seq",
    "overdue": "ix_sessions_started_id",
    "erase_sessions": "ix_answers_session",
}
"""An index that the answer must come from. SQLite also reads a table whole by its primary key, and calls it a search."""


def plans(store: DatabaseStore, ask: Callable[[], object]) -> list[str]:
    """How the database would answer, in its own lines."""
    said: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().split()[0] in ("SELECT", "UPDATE", "DELETE"):
            said.append((statement, parameters))

    event.listen(store.database.engine, "before_cursor_execute", hear)
    try:
        ask()
    finally:
        event.remove(store.database.engine, "before_cursor_execute", hear)
    assert said, "nothing was asked"
    lines: list[str] = []
    with store.database.migrating() as connection:
        if not store.database.is_sqlite:
            # Small tables are read whole because they are small: what is asked here is whether they must be.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if store.database.is_sqlite else "EXPLAIN "
        for statement, parameters in said:
            lines += [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)]
        connection.rollback()
    return lines


def scans(lines: list[str]) -> list[str]:
    """Those that read a table whole which grows."""
    whole = rf"(?:SCAN|Seq Scan on) (?:{'|'.join(TABLES)})\b(?! USING)"
    return [line for line in lines if re.search(whole, line)]


def test_no_table_that_grows_is_read_whole(place: Place) -> None:
    store = place.open()
    patient, session = fill(store, patients=4, sessions=8)
    store.set_setting("retention_years", "1")
    said = {
        method: plans(store, lambda ask=ask: ask(store, patient, session)) for method, ask in ASKED.items()
    }
    assert {method: scans(lines) for method, lines in said.items() if scans(lines)} == {}
    if store.database.is_sqlite:  # PostgreSQL weighs what it finds; so small a clinic it reads in any way
        wrong = {method: said[method] for method, index in NEEDED.items() if index not in str(said[method])}
        assert wrong == {}
    store.close()


def test_a_query_without_an_index_would_be_found(place: Place) -> None:
    store = place.open()

    def ask() -> None:
        with store.database.reading() as connection:
            connection.execute(text("SELECT * FROM sessions WHERE treatment = 'x'"))

    assert len(scans(plans(store, ask))) == 1
    store.close()
