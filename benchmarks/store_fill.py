"""A clinic of made-up patients, the same for the same seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from clinician_console.clinic.entries import Answers, Homework, Patient, Session, StoredPlan
from clinician_console.store import erasing, tables, trail, values
from clinician_console.store.clinic import DatabaseStore
from clinician_console.store.rows import ANSWERS, HOMEWORK, PATIENT, PLAN, SESSION
from vr_runtime.protocol.words import AgeBand

COLOURS = (
    "amber azure blue crimson élan grey green ivory jade lilac maroon olive pearl rouge teal violet".split()
)
ANIMALS = (
    "badger crane eagle fox heron ibis jay lynx marten otter owl pike raven seal stoat tern vole wren".split()
)
BEGIN = datetime(2016, 1, 4, 9, 0, tzinfo=UTC)
AT_ONCE = 2000


def fill(store: DatabaseStore, patients: int, sessions: int, seed: int = 1) -> tuple[str, str]:
    """Patients with a plan each, sessions, a questionnaire every second session, homework every third, and the trail
    that all of it leaves. Written in large pieces, past the store's own methods.

    Returns:
        Ids of one patient and of one of that patient's sessions.
    """
    chance = random.Random(seed)
    kept: dict[str, list[dict[str, Any]]] = {
        kind: [] for kind in ("patients", "plans", "sessions", "answers", "homework")
    }
    noted: list[tuple[str, str, str]] = []
    people = [f"p{seed}-{number:05d}" for number in range(patients)]
    for number, patient in enumerate(people):
        pseudonym = f"{chance.choice(COLOURS).title()} {chance.choice(ANIMALS).title()} {number}"
        entry = Patient(
            patient,
            pseudonym,
            age_band=chance.choice(list(AgeBand)),
            notes="noted. " * chance.randrange(60),
            archived=number % 10 == 9,
            created=BEGIN.isoformat(),
            version=1,
        )
        row = PATIENT.row(entry, store.seal) | {"folded": values.folded(pseudonym)}
        kept["patients"].append(row)
        plan = StoredPlan(f"plan-{patient}", patient, "Heights", _plan(chance), BEGIN.isoformat(), 1)
        kept["plans"].append(PLAN.row(plan, store.seal))
        noted += [("patient", patient, patient), ("plan", plan.id, patient)]
    last = (people[0], "")
    for number in range(sessions):
        # The first of them have many sessions, most have few: a patient of the bench has some dozens.
        patient = (
            people[number % patients] if number < patients else people[int(patients * chance.random() ** 2)]
        )
        started = BEGIN + timedelta(hours=2.9 * number)
        run = f"run-{seed}-{number:06d}"
        last = (patient, run)
        session = Session(
            run,
            patient,
            f"plan-{patient}",
            started.isoformat(timespec="seconds"),
            (started + timedelta(minutes=50)).isoformat(timespec="seconds"),
            "ended",
            treatment="heights",
            last_hash=f"{number:064x}",
            summary={
                "suds": [chance.randrange(100) for _ in range(40)],
                "steps": list(range(10)),
                "peak": 80,
            },
            debrief={"learned": "it passed. " * chance.randrange(20)},
            version=1,
        )
        kept["sessions"].append(SESSION.row(session, store.seal) | {"machine": ""})
        noted.append(("session", run, patient))
        if number % 2 == 0:
            items: dict[str, int | str | None] = {str(item): chance.randrange(4) for item in range(9)}
            answers = Answers(
                f"a-{run}",
                patient,
                "phq-9",
                "1",
                "fr",
                session.started[:10],
                "patient",
                items,
                {"total": 9},
                run,
                1,
            )
            kept["answers"].append(ANSWERS.row(answers, store.seal))
            noted.append(("answers", answers.id, patient))
        if number % 3 == 0:
            homework = Homework(
                f"h-{run}", patient, session.started, {"do": ["a bridge, three times"]}, {}, 1
            )
            kept["homework"].append(HOMEWORK.row(homework, store.seal))
            noted.append(("homework", homework.id, patient))
    with store.database.writing() as connection:
        for name, rows in kept.items():
            for at in range(0, len(rows), AT_ONCE):
                connection.execute(insert(tables.metadata.tables[name]), rows[at : at + AT_ONCE])
        erasing.count_sessions(connection, None)
        head = trail.head(connection) or store.chain.begun()
        trailed: list[dict[str, Any]] = []
        for kind, what, patient in noted:
            entry, head = store.chain.add(head, BEGIN.isoformat(), "Dr A", "added", kind, what, "", patient)
            trailed.append(trail.row(entry, patient))
        for at in range(0, len(trailed), AT_ONCE):
            connection.execute(insert(tables.audit), trailed[at : at + AT_ONCE])
        values_of_head = {"seq": head.seq, "hash": head.hash, "seal": head.seal}
        connection.execute(update(tables.audit_head).values(values_of_head))
    return last


def _plan(chance: random.Random) -> dict[str, Any]:
    return {
        "title": "Heights",
        "steps": [
            {"id": f"s{n}", "scene": "heights", "goal": "look down " * 8}
            for n in range(chance.randrange(6, 12))
        ],
    }
