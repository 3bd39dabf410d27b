"""The clinic's data in three places: an encrypted file, a PostgreSQL server, and the memory of the tests of pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinician_console.store.opening import open_store
from tests.helpers.memory_store import MemoryStore
from tests.helpers.postgres import Server, programs
from tests.helpers.stores import NOW, AnyStore, Place
from vr_runtime.record import FileKey

FILLED = ("answers", "homework", "plans", "sessions", "patients", "settings", "audit")
KEPT = ("about", "audit_head", "alembic_version")
"""Tables of an empty store that are not empty."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This user's own folder is the test's."""
    monkeypatch.setenv("PALIER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PALIER_STORE", raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> FileKey:
    return FileKey.create(tmp_path_factory.mktemp("key") / "key")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if programs() is None:
        pytest.skip("no PostgreSQL on this machine: scripts/system-packages installs it")
    started = Server()
    yield started
    started.close()


@pytest.fixture(scope="session")
def ready_database(server: Server, key: FileKey, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server's database with an empty store in it."""
    name = server.new_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PALIER_HOME", str(tmp_path_factory.mktemp("home")))
        open_store(server.url(name), key, "Dr A").close()
    for table in KEPT:
        server.run(f"CREATE TABLE kept_{table} AS TABLE {table}", name)
    return name


@pytest.fixture(scope="session")
def ready_file(key: FileKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ready") / "clinic.db"
    open_store(path, key, "Dr A").close()
    return path.parent


@pytest.fixture
def file_place(ready_file: Path, key: FileKey, tmp_path: Path) -> Place:
    folder = tmp_path / "clinic"
    shutil.copytree(ready_file, folder)
    return Place(folder / "clinic.db", key)


@pytest.fixture
def server_place(server: Server, ready_database: str, key: FileKey) -> Place:
    """Always the same database, emptied: to make one takes half a second."""
    server.run(
        "".join(f"DELETE FROM {table};" for table in FILLED)
        + "".join(f"DELETE FROM {table}; INSERT INTO {table} TABLE kept_{table};" for table in KEPT),
        ready_database,
    )
    return Place(server.url(ready_database), key)


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest) -> Place:
    """Each of the two databases."""
    return request.getfixturevalue(f"{request.param}_place")


@pytest.fixture(params=["file", "server", "memory"])
def store(request: pytest.FixtureRequest) -> Iterator[AnyStore]:
    if request.param == "memory":
        opened: AnyStore = MemoryStore("Dr A", lambda: NOW)
    else:
        opened = request.getfixturevalue(f"{request.param}_place").open()
    yield opened
    opened.close()
