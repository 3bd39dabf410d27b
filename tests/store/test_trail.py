"""The audit trail: altered, removed, reordered and cut entries show, and several consoles leave no gap."""

from __future__ import annotations

import json
import multiprocessing
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from clinician_console.clinic.entries import Patient
from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store.chain import Chain
from clinician_console.store.clinic import DatabaseStore
from tests.helpers.stores import Place
from vr_runtime.record import FileKey

TAMPERINGS = {
    "who was changed": ("UPDATE audit SET who = 'Dr B' WHERE seq = 4", 4),
    "when was changed": ("UPDATE audit SET at = '2025-03-01T09:30:00+00:00' WHERE seq = 4", 4),
    "whom it touches was changed": ("UPDATE audit SET patient = 'nobody' WHERE seq = 4", 4),
    "one was removed": ("DELETE FROM audit WHERE seq = 4", 4),
    "the first was removed": ("DELETE FROM audit WHERE seq = 1", 1),
    "two changed places": (
        "UPDATE audit SET seq = 1000 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; "
        "UPDATE audit SET seq = 5 WHERE seq = 1000",
        4,
    ),
    "the end was cut off": ("DELETE FROM audit WHERE seq > 6", 7),
    "all were removed": ("DELETE FROM audit", 1),
    "one was added": (
        "INSERT INTO audit SELECT 9, at, who, act, kind, what, detail, patient, hash FROM audit WHERE seq = 8",
        9,
    ),
    "the end was cut off and the head put back": (
        "DELETE FROM audit WHERE seq > 6; UPDATE audit_head SET (seq, hash) = "
        "(SELECT seq, hash FROM audit WHERE seq = 6)",
        7,
    ),
    "the head was removed": ("DELETE FROM audit_head", 9),
}


def eight_acts(store: DatabaseStore) -> None:
    patient = store.save_patient(Patient("", "Fox"))
    for _ in range(7):
        store.patient(patient.id)
    assert store.audit_fault() is None


def tamper(connection: Connection, statements: str) -> None:
    for statement in statements.split(";"):
        assert connection.execute(text(statement)).rowcount > 0, "nothing was altered"


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_trail_that_was_tampered_with_says_where(place: Place, what: str) -> None:
    store = place.open()
    eight_acts(store)
    statements, fault = TAMPERINGS[what]
    with store.database.migrating() as connection:
        tamper(connection, statements)
    assert store.audit_fault() == fault
    store.close()


def test_a_trail_cut_by_somebody_who_has_the_key_shows_where_it_was_seen_before(place: Place) -> None:
    store = place.open()
    eight_acts(store)
    store.close()
    again = place.open()
    with again.database.migrating() as connection:
        tamper(connection, "DELETE FROM audit WHERE seq > 6")
        head = Chain(again.chain._key)._head(6, again.audit(limit=1)[0].hash)  # as the software itself would
        values = {"seq": head.seq, "hash": head.hash, "seal": head.seal}
        connection.execute(text("UPDATE audit_head SET seq = :seq, hash = :hash, seal = :seal"), values)
    assert again.audit_fault() == 7
    again.close()
    once_more = place.open()
    assert once_more.audit_fault() == 7, "closing must not forget what was seen"
    once_more.close()


def test_what_this_computer_has_seen_is_no_condition(file_place: Place) -> None:
    store = file_place.open()
    eight_acts(store)
    store.close()
    seen = Path(f"{file_place.at}.seen.json")
    assert json.loads(seen.read_text())["seq"] == 8
    seen.write_text("}")
    store = file_place.open()
    assert store.audit_fault() is None
    store.close()


# ------------------------------------------------------------------ several consoles


def test_threads_and_consoles_lose_nothing_and_leave_no_gap(place: Place) -> None:
    one, other = place.open("Dr A"), place.open("Dr B")
    patient = one.save_patient(Patient("", "Fox"))
    lost: list[BaseException] = []

    def work(store: DatabaseStore, number: int) -> None:
        try:
            for _ in range(5):
                while True:
                    now = store.patient(patient.id)
                    try:
                        store.save_patient(replace(now, notes=f"{now.notes}{number}"))
                    except StoreError as problem:
                        if problem.reason is not StoreReason.CONFLICT:
                            raise
                    else:
                        break
        except BaseException as problem:  # noqa: BLE001
            lost.append(problem)

    threads = [threading.Thread(target=work, args=((one, other)[n % 2], n)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    kept = one.patient(patient.id)
    assert sorted(kept.notes) == sorted("0123" * 5)
    assert kept.version == 21
    trail = other.audit(limit=10_000)
    assert [entry.seq for entry in trail] == list(range(len(trail), 0, -1))
    assert {entry.who for entry in trail} == {"Dr A", "Dr B"}
    assert other.audit_fault() is None
    one.close()
    other.close()


def _many(at: str, key: Path, number: int) -> None:
    store = Place(at, FileKey(key)).open(f"Dr {number}")
    for n in range(6):
        store.save_patient(Patient("", f"Fox {number} {n}"))
    store.close()


def test_several_processes_that_make_and_fill_a_store_at_once(tmp_path: Path) -> None:
    """A file, since there it is the harder: a new store, no server between them."""
    key = FileKey.create(tmp_path / "key")
    at = tmp_path / "new" / "clinic.db"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_many, args=(str(at), tmp_path / "key", n)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    store = Place(at, key).open()
    assert store.count_patients() == 12
    trail = store.audit(limit=100)
    assert [entry.seq for entry in trail] == list(range(12, 0, -1))
    assert store.audit_fault() is None
    assert sorted(path.name for path in at.parent.iterdir() if "-" not in path.name) == [
        "clinic.db",
        "clinic.db.key.json",
        "clinic.db.seen.json",
    ]
    store.close()
