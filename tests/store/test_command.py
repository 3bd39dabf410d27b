"""``clinician-console store``: checked, audited, erased, without a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from clinician_console.cli import app
from clinician_console.clinic.entries import Patient, Session
from clinician_console.clinic.port import StoreError, StoreReason
from tests.helpers.records import write
from tests.helpers.stores import Place
from vr_runtime.protocol.errors import PalierError
from vr_runtime.record import FileKey, RecoveryKey

Run = Callable[..., Result]


@pytest.fixture
def run(place: Place, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Run:
    key_file = place.key._path  # type: ignore[attr-defined]
    monkeypatch.setenv("PALIER_STORE", str(place.at))

    def ask(*arguments: str) -> Result:
        who = () if arguments[0] == "rekey" else ("--who", "Dr C")
        return CliRunner().invoke(app, ["store", *arguments, "--key-file", str(key_file), *who])

    return ask


def filled(place: Place, records: Path, key: FileKey) -> Patient:
    store = place.open()
    patient = store.save_patient(Patient("", "Blue Fox", notes="a secret"))
    for number, started in enumerate(("2010-01-01", "2020-01-01")):
        folder = records / f"record-{number}"
        write(folder, key, 1)
        at = f"{started}T09:00:00+00:00"
        store.save_session(Session(f"run-{number}", patient.id, "", at, state="ended", record=str(folder)))
    store.close()
    return patient


def test_check_counts_and_finds_what_was_altered(
    place: Place, run: Run, tmp_path: Path, key: FileKey
) -> None:
    filled(place, tmp_path, key)
    good = run("check")
    assert (good.exit_code, good.stdout.splitlines()[-1]) == (0, "whole")
    assert "1 patient, 0 plan, 2 session" in good.stdout
    store = place.open()
    with store.database.migrating() as connection:
        connection.execute(text("UPDATE patients SET sessions = 7, cleared = '{'"))
        connection.execute(text("UPDATE audit SET who = 'nobody' WHERE seq = 2"))
    store.close()
    bad = run("check")
    assert bad.exit_code == 4
    assert "entry 2 does not continue" in bad.stdout
    assert "cannot be read" in bad.stdout
    assert bad.stdout.splitlines()[-1].startswith("3 faults")
    assert run("audit").exit_code == 4


def test_check_finds_a_changed_page_of_the_file(file_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_STORE", str(file_place.at))
    path = Path(file_place.at)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 2000)
        file.write(b"\0\0\0\0")
    key_file = str(file_place.key._path)  # type: ignore[attr-defined]
    found = CliRunner().invoke(app, ["store", "check", "--key-file", key_file])
    assert found.exit_code == 4 or isinstance(found.exception, PalierError)


def test_audit_lists_who_did_what_without_what_was_written(
    place: Place, run: Run, tmp_path: Path, key: FileKey
) -> None:
    patient = filled(place, tmp_path, key)
    listed = run("audit", "--patient", patient.id)
    assert listed.exit_code == 0
    first = listed.stdout.splitlines()[-1].split("\t")
    assert first[2:6] == ["Dr A", "added", "patient", patient.id]
    assert "secret" not in listed.stdout
    assert "Fox" not in listed.stdout


def test_erasing_wants_to_be_meant(place: Place, run: Run, tmp_path: Path, key: FileKey) -> None:
    patient = filled(place, tmp_path, key)
    for arguments in (
        (),
        ("--patient", patient.id),
        ("--patient", patient.id, "--session", "run-0", "--yes"),
    ):
        refused = run("erase", *arguments)
        assert refused.exit_code != 0
        assert isinstance(refused.exception, PalierError)
    assert (tmp_path / "record-0").exists()
    done = run("erase", "--session", "run-0", "--yes")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "erased: 0 patients, 1 sessions, 1 records",
        f"  {tmp_path / 'record-0'}",
    ]
    done = run("erase", "--patient", patient.id, "--yes")
    assert done.stdout.startswith("erased: 1 patients, 1 sessions, 1 records")
    assert not (tmp_path / "record-1").exists()


def test_retention_lists_first_and_erases_when_told_twice(
    place: Place, run: Run, tmp_path: Path, key: FileKey
) -> None:
    filled(place, tmp_path, key)
    assert "without end" in run("retention").stderr
    listed = run("retention", "--years", "10")
    assert listed.stdout == "run-0\t2010-01-01T09:00:00+00:00\tBlue Fox\n"
    assert isinstance(run("retention", "--erase").exception, PalierError)
    assert (tmp_path / "record-0").exists()
    assert run("retention", "--erase", "--yes").exit_code == 0
    assert not (tmp_path / "record-0").exists()
    assert (tmp_path / "record-1").exists()
    store = place.open()
    assert store.audit(limit=1)[0].act == "retained"
    assert store.audit(limit=1)[0].who == "Dr C"
    store.close()


def test_a_command_makes_no_store(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "clinic.db"
    refused = CliRunner().invoke(app, ["store", "check", "--store", str(missing)])
    assert isinstance(refused.exception, PalierError)
    assert not missing.parent.exists()


def test_another_lock_opens_the_same_data(
    place: Place, run: Run, tmp_path: Path, key: FileKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(place, tmp_path, key)
    new = tmp_path / "new-key"
    done = run("rekey", "--new-key-file", str(new))
    assert done.exit_code == 0
    with pytest.raises(StoreError) as caught:
        place.open()
    assert caught.value.reason is StoreReason.WRONG_KEY
    store = Place(place.at, FileKey(new)).open()
    assert [row.pseudonym for row in store.patients()] == ["Blue Fox"]
    assert store.audit_fault() is None
    store.close()
    printed = RecoveryKey.new()
    monkeypatch.setenv("PALIER_RECOVERY_KEY", printed.words)
    refused = run("rekey", "--new-key-file", str(tmp_path / "third"))
    assert isinstance(refused.exception, StoreError), "a recovery key that it was not sealed to"
