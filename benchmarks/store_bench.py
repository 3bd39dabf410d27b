"""What the clinic's data costs: every method of the port with 2,000 patients and 30,000 sessions, on both databases.

The PostgreSQL server is one of the system's own package on this machine, with its usual care for the disk
(``fsync`` on); where there is none, the encrypted file is measured alone. A method is called with other patients each
time.
"""

from __future__ import annotations

import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import Row
from benchmarks.store_fill import fill
from clinician_console.clinic.entries import Answers, Homework, Patient, Session, StoredPlan
from clinician_console.store.clinic import DatabaseStore
from clinician_console.store.opening import open_store
from vr_runtime.record import FileKey

PATIENTS = 2_000
SESSIONS = 30_000
CALLS = 60
AT = "2026-03-01T09:30:00+00:00"


def run() -> list[Row]:
    """The 95th percentile of every method, and what stands beside: about two minutes."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="palier-bench-") as name:
        os.environ["PALIER_HOME"] = name
        key = FileKey.create(Path(name) / "key")
        path = Path(name) / "clinic" / "clinic.db"
        rows += _measured(open_store(path, key, "Dr A"), "file")
        rows.append(Row("store, file: size", path.stat().st_size / 1e6, "MB", "everything in it"))
        # Only here are the tests' helpers wanted.
        from tests.helpers.postgres import Server, programs

        if programs() is not None:
            server = Server(careful=True)
            try:
                rows += _measured(open_store(server.url(), key, "Dr A"), "server")
            finally:
                server.close()
    return rows


def _measured(store: DatabaseStore, where: str) -> list[Row]:
    fill(store, PATIENTS, SESSIONS)
    analysed = "ANALYZE"
    with store.database.migrating() as connection:
        connection.exec_driver_sql(analysed)
    chance = random.Random(2)
    with store.database.reading() as connection:
        people = [row[0] for row in connection.exec_driver_sql("SELECT id FROM patients ORDER BY id")]
        runs = [row[0] for row in connection.exec_driver_sql("SELECT id FROM sessions ORDER BY id")]
    chance.shuffle(people)
    chance.shuffle(runs)
    patients, sessions, number = itertools.cycle(people[:-CALLS]), itertools.cycle(runs), itertools.count()
    doomed = iter(people[-CALLS:])
    plans: list[str] = []
    given: list[str] = []

    def save_plan() -> None:
        plans.append(store.save_plan(StoredPlan("", next(patients), "Heights", {"steps": [1] * 50})).id)

    def save_answers() -> None:
        items: dict[str, int | str | None] = {str(n): 1 for n in range(9)}
        entry = Answers("", next(patients), "phq-9", "1", "fr", AT[:10], "patient", items, {"total": 9})
        given.append(store.save_answers(entry).id)

    def save_session() -> None:
        store.save_session(Session(f"new-{next(number)}", next(patients), "", AT, summary={"a": [1] * 50}))

    methods: dict[str, Callable[[], object]] = {
        "patients": store.patients,
        "patients, searched": lambda: store.patients(chance.choice("elan fox blu 17 zz".split())),
        "patients, last page": lambda: store.patients(offset=1750),
        "count_patients": lambda: store.count_patients("e"),
        "patient": lambda: store.patient(next(patients)),
        "save_patient, new": lambda: store.save_patient(Patient("", f"New {next(number)}")),
        "patient and save_patient": lambda: store.save_patient(
            replace(store.patient(next(patients)), notes=f"{next(number)}" * 50)
        ),
        "practice_patient": store.practice_patient,
        "plans": lambda: store.plans(next(patients)),
        "save_plan": save_plan,
        "plan": lambda: store.plan(chance.choice(plans)),
        "delete_plan": lambda: store.delete_plan(plans.pop()),
        "sessions": lambda: store.sessions(next(patients)),
        "recent_sessions": store.recent_sessions,
        "session": lambda: store.session(next(sessions)),
        "save_session": save_session,
        "answers": lambda: store.answers(next(patients)),
        "save_answers": save_answers,
        "delete_answers": lambda: store.delete_answers(given.pop()),
        "homework": lambda: store.homework(next(patients)),
        "save_homework": lambda: store.save_homework(Homework("", next(patients), "", {"do": ["x"]})),
        "settings": store.settings,
        "set_setting": lambda: store.set_setting("clinic_name", f"{next(number)}"),
        "note_act": lambda: store.note_act("exported", "session", next(sessions)),
        "audit": store.audit,
        "audit of a patient": lambda: store.audit(patient=next(patients)),
        "overdue": lambda: store.overdue("2026-03-01"),
        "erase_sessions": lambda: store.erase_sessions([next(sessions)]),
        "erase_patient": lambda: store.erase_patient(next(doomed)),
    }
    store.set_setting("retention_years", "10")  # some hundreds are overdue
    rows: list[Row] = []
    for name, call in methods.items():
        took: list[float] = []
        work: list[float] = []
        for _ in range(CALLS):
            begin, worked = time.perf_counter(), time.process_time()
            call()
            took.append((time.perf_counter() - begin) * 1000)
            work.append((time.process_time() - worked) * 1000)
        p95 = statistics.quantiles(took, n=20)[-1]
        note = f"p95 of {CALLS}; median {statistics.median(took):.2g}, of it computing here {statistics.median(work):.2g}"
        rows.append(Row(f"store, {where}: {name}", p95, "ms", note))
    begin = time.perf_counter()
    assert store.audit_fault() is None
    entries = store.audit(limit=1)[0].seq
    took_ms = (time.perf_counter() - begin) * 1000
    rows.append(Row(f"store, {where}: audit_fault", took_ms, "ms", f"{entries} entries, all of them read"))
    store.close()
    return rows
