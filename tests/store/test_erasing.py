"""Erased text is nowhere left in the file, not in its free pages and not in its log."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from clinician_console.clinic.entries import Patient, Session, StoredPlan
from clinician_console.store import database, erasing
from clinician_console.store.datakey import opened
from tests.helpers.stores import Place
from vr_runtime.record import RecordError, RecordReason

SECRET = "the bridge at Rumigny, on a windy day. "
AT = "2026-03-01T09:30:00+00:00"
RESERVED = 80
"""Bytes at the end of a page: 16 of IV, 64 of HMAC."""


def plain_pages(place: Place) -> bytes:
    """Everything in the file and its log, in the clear: used pages, free pages, what lies between rows."""
    path = Path(place.at)
    key = opened(Path(f"{path}.key.json").read_bytes(), place.key, "").file
    size = database.PAGE_BYTES
    pages = [path.read_bytes()[at : at + size] for at in range(0, path.stat().st_size, size)]
    log = Path(f"{path}-wal")
    if log.exists():
        frames = log.read_bytes()[32:]
        pages += [frames[at + 24 : at + 24 + size] for at in range(0, len(frames), 24 + size)]
    plain: list[bytes] = []
    for number, page in enumerate(pages):
        body = page[16 if number == 0 else 0 : -RESERVED]
        cipher = Cipher(algorithms.AES(key), modes.CBC(page[-RESERVED:][:16])).decryptor()
        plain.append(cipher.update(body) + cipher.finalize())
    return b"".join(plain)


def fill(place: Place) -> Patient:
    store = place.open()
    patient = store.save_patient(Patient("", "Blue Fox", notes=SECRET * 300))
    plan = store.save_plan(StoredPlan("", patient.id, SECRET, {"goal": SECRET * 300}))
    for number in range(8):
        run = Session(f"run-{number}", patient.id, plan.id, AT, summary={"said": SECRET * 40})
        kept = store.save_session(run)
        store.save_session(replace(kept, debrief={"said": SECRET}))
    store.close()
    return patient


def test_what_an_erased_patient_said_is_not_in_the_file(file_place: Place) -> None:
    patient = fill(file_place)
    assert plain_pages(file_place).count(b"Rumigny") > 8, "this test would find nothing anyway"
    other = file_place.open()  # another console that has it open
    other.count_patients()
    store = file_place.open()
    store.erase_patient(patient.id)
    left = plain_pages(file_place)
    assert b"Rumigny" not in left
    assert b"Blue Fox" not in left
    assert patient.id.encode() in left, "the audit trail keeps the id"
    store.close()
    other.close()


def test_what_was_written_over_or_deleted_is_not_in_the_file(file_place: Place) -> None:
    store = file_place.open()
    plan = store.save_plan(StoredPlan("", "", "", {"goal": SECRET * 200}))
    other = store.save_plan(StoredPlan("", "", "", {"goal": SECRET * 200}))
    store.save_plan(replace(plan, body={}))
    store.delete_plan(other.id)
    assert b"Rumigny" not in plain_pages(file_place)
    store.close()


def test_without_overwriting_it_would_be_there(file_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up = database.set_up

    def forgetful(connection: object, key: bytes) -> None:
        set_up(connection, key)
        connection.execute("PRAGMA secure_delete = OFF").fetchall()  # type: ignore[attr-defined]

    monkeypatch.setattr(database, "set_up", forgetful)
    patient = fill(file_place)
    store = file_place.open()
    store.erase_patient(patient.id)
    assert b"Rumigny" in plain_pages(file_place)
    store.close()


def test_a_record_that_fails_is_told_whatever_fails(
    file_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(folder: Path) -> None:
        raise RecordError(
            RecordReason.IN_USE, f"another process is writing the record {folder}: end it first"
        )

    monkeypatch.setattr(erasing, "erase", in_use)
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / "key.json").write_text("{}")
    store = file_place.open()
    patient = store.save_patient(Patient("", "Fox"))
    store.save_session(Session("run-1", patient.id, "", AT, record=str(folder)))
    done = store.erase_sessions(["run-1"])
    assert (done.sessions, done.records) == (0, ())
    assert "end it first" in done.failed[0]
    assert store.session("run-1").state == "running"
    assert folder.exists()
    store.close()


def test_a_record_on_another_computer_is_named_with_it(file_place: Place) -> None:
    one, other = file_place.open(), file_place.open()
    other._machine = "the other laptop"
    patient = other.save_patient(Patient("", "Fox"))
    folder = Path(file_place.at).parent / "not-here"
    other.save_session(Session("run-1", patient.id, "", AT, record=str(folder)))
    assert "the other laptop" in one.erase_sessions(["run-1"]).failed[0]
    assert one.session("run-1").state == "running"
    done = other.erase_sessions(["run-1"])  # there it is known to be gone
    assert (done.sessions, done.failed) == (1, ())
    one.close()
    other.close()


def test_a_record_whose_key_is_gone_already_counts_as_erased(file_place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / "record.db").write_bytes(b"x")
    store = file_place.open()
    patient = store.save_patient(Patient("", "Fox"))
    store.save_session(Session("run-1", patient.id, "", AT, record=str(folder)))
    done = store.erase_sessions(["run-1"])
    assert (done.sessions, done.records, done.failed) == (1, (), ())
    shutil.rmtree(folder)
    store.close()
