"""Opening: only with its key, only what it is, and every refusal says what to do without a secret."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from clinician_console.clinic.entries import Patient, StoredPlan
from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import database
from clinician_console.store.opening import default_place, open_store
from tests.helpers.postgres import PASSWORD, Server
from tests.helpers.stores import Place
from vr_runtime.record import FileKey, PassphraseKey, RecoveryKey

SECRET = "she is afraid of the bridge at Rumigny"


def refusal(at: str | Path, key: FileKey | PassphraseKey | RecoveryKey) -> StoreError:
    with pytest.raises(StoreError) as caught:
        open_store(at, key, "Dr A")
    assert caught.value.__cause__ is None
    assert PASSWORD not in str(caught.value)
    assert len(str(caught.value)) > 40
    return caught.value


def filled(place: Place) -> None:
    store = place.open()
    patient = store.save_patient(Patient("", "Fox", notes=SECRET))
    store.save_plan(StoredPlan("", patient.id, SECRET, {"goal": SECRET * 20}))
    store.close()


def test_nothing_of_the_file_can_be_read_without_the_key(file_place: Place) -> None:
    filled(file_place)
    folder = Path(file_place.at).parent
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"Rumigny" not in everything
    assert b"Fox" not in everything
    assert not Path(file_place.at).read_bytes().startswith(b"SQLite")
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir() if path.suffix != ".seen")


def test_another_key_is_told_from_a_damaged_one(place: Place, tmp_path: Path) -> None:
    filled(place)
    other = FileKey.create(tmp_path / "other")
    found = refusal(place.at, other)
    assert found.reason is StoreReason.WRONG_KEY
    assert "give the one it was made with" in str(found)
    found = refusal(place.at, PassphraseKey("wrong kind"))
    assert found.reason is StoreReason.WRONG_KEY
    assert "key file" in str(found)
    if isinstance(place.at, Path):
        wrapped = Path(f"{place.at}.key.json")
        data = bytearray(wrapped.read_bytes())
        data[len(data) // 2] ^= 1
        wrapped.write_bytes(data)
    else:
        store = place.open()
        with store.database.migrating() as connection:
            connection.execute(
                text("UPDATE about SET value = replace(value, 'a', 'b') WHERE name = 'wrapped_key'")
            )
        store.close()
    found = refusal(place.at, place.key)  # pyright: ignore[reportArgumentType]
    assert found.reason is StoreReason.NOT_REACHABLE
    assert "damaged or was changed" in str(found)
    assert "backup" in str(found)


def test_a_damaged_file_is_told_from_a_wrong_key(file_place: Place) -> None:
    filled(file_place)
    path = Path(file_place.at)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\0" * 50)
    before = path.read_bytes()
    found = refusal(path, file_place.key)  # pyright: ignore[reportArgumentType]
    assert found.reason is StoreReason.NOT_REACHABLE
    assert "damaged" in str(found)
    assert path.read_bytes() == before


def test_a_file_without_its_key_and_a_file_that_is_not_encrypted_are_left_alone(
    file_place: Place, tmp_path: Path
) -> None:
    Path(f"{file_place.at}.key.json").unlink()
    found = refusal(file_place.at, file_place.key)  # pyright: ignore[reportArgumentType]
    assert found.reason is StoreReason.WRONG_KEY
    assert "clinic.db.key.json" in str(found)
    plain = tmp_path / "plain.db"
    with sqlite3.connect(plain) as connection:
        connection.execute("CREATE TABLE x (y)")
    connection.close()
    before = plain.read_bytes()
    assert "not encrypted" in str(refusal(plain, file_place.key))  # pyright: ignore[reportArgumentType]
    assert plain.read_bytes() == before
    assert not Path(f"{plain}.key.json").exists()


def test_an_emptied_file_is_not_taken_for_a_new_clinic(file_place: Place) -> None:
    Path(file_place.at).write_bytes(b"")
    found = refusal(file_place.at, file_place.key)  # pyright: ignore[reportArgumentType]
    assert found.reason is StoreReason.NOT_REACHABLE
    assert "it is empty" in str(found)
    assert Path(file_place.at).read_bytes() == b""


def test_what_a_crash_left_of_the_making_is_no_hindrance(tmp_path: Path, key: FileKey) -> None:
    path = tmp_path / "clinic.db"
    store = open_store(path, key, "Dr A")
    store.close()
    path.unlink()  # as if the power went after the key was written
    store = open_store(path, key, "Dr A")
    assert store.count_patients() == 0
    store.close()


def test_a_recovery_key_opens_what_was_made_since(tmp_path: Path) -> None:
    printed = RecoveryKey.new()
    source = FileKey.create(tmp_path / "key")
    source.recovery_public = printed.public
    open_store(tmp_path / "clinic.db", source, "Dr A").close()
    store = open_store(tmp_path / "clinic.db", RecoveryKey.of(printed.words), "Dr A")
    assert store.patients() == []
    store.close()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://a:{}@h/d",
        "postgresql://a:{}@h",
        "postgresql://a:{}@h:port/d",
        "http://{}",
        "://{}",
        "sqlite:///x",
    ],
)
def test_a_wrong_address_is_not_repeated(address: str, key: FileKey) -> None:
    found = refusal(address.replace("{}", "geheim"), key)
    assert found.reason is StoreReason.BAD_VALUE
    assert "geheim" not in str(found)
    assert "postgresql://USER@HOST/DATABASE" in str(found)


def test_a_server_that_is_not_there_or_refuses_says_so(server: Server, key: FileKey) -> None:
    found = refusal("postgresql://palier:geheim@127.0.0.1:9/clinic", key)
    assert found.reason is StoreReason.NOT_REACHABLE
    assert "127.0.0.1:9" in str(found)
    assert "geheim" not in str(found)
    found = refusal(server.url(password="geheim"), key)
    assert "password" in str(found) and "PALIER_STORE" in str(found)  # noqa: PT018
    assert "geheim" not in str(found)
    found = refusal(server.url("nowhere"), key)
    assert "have the server's administrator make it" in str(found)
    found = refusal(f"postgresql://stranger:x@/postgres?host={server.folder}", key)
    assert found.reason is StoreReason.NOT_REACHABLE


def test_another_programs_database_is_left_alone(server: Server, key: FileKey) -> None:
    name = server.new_database()
    server.run("CREATE TABLE theirs (x int)", name)
    assert "not Palier's" in str(refusal(server.url(name), key))
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    assert server.run(tables, name) == [("theirs",)]
    server.run(f"DROP DATABASE {name}")


def test_a_locked_file_says_who_holds_it(file_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    one, other = file_place.open(), file_place.open()
    with one.database.writing(), pytest.raises(StoreError) as caught:
        other.save_patient(Patient("", "Fox"))
    assert "Another console is writing" in str(caught.value)
    assert other.save_patient(Patient("", "Fox")).version == 1
    one.close()
    other.close()


def test_a_folder_that_may_not_be_written_says_so(tmp_path: Path, key: FileKey) -> None:
    (tmp_path / "file").write_text("x")
    found = refusal(tmp_path / "file" / "clinic.db", key)
    assert found.reason is StoreReason.NOT_REACHABLE


def test_the_place_is_the_users_own_file_or_the_one_that_is_named(home: Path) -> None:
    assert default_place({}) == home / "console" / "clinic.db"
    assert default_place({"PALIER_STORE": "postgresql://h/d"}) == "postgresql://h/d"


def test_a_server_that_restarts_is_met_again(server_place: Place, server: Server) -> None:
    store = server_place.open()
    store.count_patients()
    name = store.database.engine.url.database
    server.run(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    assert store.count_patients() == 0
    store.close()


# ------------------------------------------------------------------ what a server's administrator can see and do


def test_a_servers_administrator_reads_no_free_text(server_place: Place, server: Server) -> None:
    filled(server_place)
    name = server_place.database
    dump = "\n".join(
        str(row)
        for table in ("patients", "plans", "audit", "about")
        for row in server.run(f"TABLE {table}", name)
    )
    assert "Fox" in dump, "pseudonyms are looked for, so they are readable"
    assert "Rumigny" not in dump
    assert "afraid" not in dump


def test_a_text_that_was_moved_or_put_back_does_not_open(server_place: Place, server: Server) -> None:
    store = server_place.open()
    one = store.save_patient(Patient("", "One", notes="first"))
    other = store.save_patient(Patient("", "Other", notes="second"))
    name = server_place.database
    server.run(
        f"UPDATE patients SET notes = (SELECT notes FROM patients WHERE id = '{one.id}') WHERE id = '{other.id}'",
        name,
    )
    server.run(f"UPDATE patients SET version = 7 WHERE id = '{one.id}'", name)
    for patient in (one, other):
        with pytest.raises(StoreError) as caught:
            store.patient(patient.id)
        assert "changed outside Palier" in str(caught.value)
    store.close()


def test_a_copy_of_the_folder_opens_elsewhere(file_place: Place, tmp_path: Path) -> None:
    filled(file_place)
    shutil.copytree(Path(file_place.at).parent, tmp_path / "moved")
    store = Place(tmp_path / "moved" / "clinic.db", file_place.key).open()
    assert [row.pseudonym for row in store.patients()] == ["Fox"]
    store.close()
