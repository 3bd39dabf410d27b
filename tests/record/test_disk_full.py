"""A full disk, or one that fails: nothing is lost, it is said, and the record goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from tests.helpers.records import closed, entry, note, until
from vr_runtime.protocol.events import NoteTaken
from vr_runtime.record import FileKey, Reader, RecordState, Sealed, Writer, database, verify


@pytest.fixture(autouse=True)
def retry_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vr_runtime.record.committer.RETRY_S", 0.02)


class Failing:
    """A connection whose statements can be made to fail."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.fail: dict[str, Exception] = {}

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Any:
        for start, problem in tuple(self.fail.items()):  # the writer's thread asks while the test changes it
            if sql.startswith(start):
                raise problem
        return self._real.execute(sql, parameters)

    def executemany(self, sql: str, rows: Any, /) -> Any:
        if (problem := self.fail.get("INSERT")) is not None:
            self._real.executemany(sql, list(rows)[:1])
            raise problem
        return self._real.executemany(sql, rows)

    def close(self) -> None:
        self._real.close()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Failing]:
    made: list[Failing] = []
    real = database.open_writer

    def open_writer(path: Path, key: bytes, *, fresh: bool) -> Failing:
        made.append(Failing(real(path, key, fresh=fresh)))
        return made[-1]

    monkeypatch.setattr(database, "open_writer", open_writer)
    return made


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("COMMIT", dbapi2.OperationalError("database or disk is full")),
        ("INSERT", dbapi2.OperationalError("database or disk is full")),
        ("BEGIN", dbapi2.OperationalError("disk I/O error")),
        ("COMMIT", OSError(5, "Input/output error")),
    ],
)
def test_what_cannot_be_written_is_kept_said_and_written_later(
    folder: Path, key: FileKey, failing: list[Failing], statement: str, problem: Exception
) -> None:
    told: list[Sealed] = []
    with Writer.create(folder, key, told.extend) as writer:
        writer.append(note(1))
        assert writer.barrier(10)
        failing[0].fail[statement] = problem
        for seq in range(2, 40):
            writer.append(note(seq))
        until(lambda: writer.health().failed is not None)
        health = writer.health()
        assert "cannot be written" in (health.failed or "")
        assert ("free some space" if "full" in str(problem) else "check the disk") in (health.failed or "")
        assert (health.committed_seq, health.backlog) == (1, 38)
        assert health.age_s > 0
        assert [one.seq for one in told] == [1]
        assert not writer.barrier(0.05)
        assert verify(folder, key).state is RecordState.CUT
        failing[0].fail.clear()
        assert writer.barrier(10)
        assert writer.health().failed is None
        writer.append(closed(40))
    assert [one.seq for one in told] == list(range(1, 41))
    verdict = verify(folder, key)
    assert (verdict.state, verdict.entries) == (RecordState.INTACT, 40)


def test_closing_a_record_that_cannot_be_written_ends_in_time_and_says_so(
    folder: Path, key: FileKey, failing: list[Failing]
) -> None:
    writer = Writer.create(folder, key)
    writer.append(note(1))
    assert writer.barrier(10)
    failing[0].fail["COMMIT"] = dbapi2.OperationalError("database or disk is full")
    writer.append(note(2))
    assert not writer.close(timeout_s=0.2)
    health = writer.health()
    assert (health.committed_seq, health.backlog) == (1, 1)
    assert "full" in (health.failed or "")
    verdict = verify(folder, key)
    assert (verdict.state, verdict.last_seq) == (RecordState.CUT, 1)


def test_a_log_that_cannot_be_folded_in_stays_beside_the_database_until_it_can(
    folder: Path, key: FileKey, failing: list[Failing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vr_runtime.record.committer.CHECKPOINT_BYTES", 50_000)
    with Writer.create(folder, key) as writer:
        failing[0].fail["PRAGMA wal_checkpoint"] = dbapi2.OperationalError("database or disk is full")
        for seq in range(1, 101):
            writer.append(entry(seq, NoteTaken(text="x" * 2000)))
            assert writer.barrier(10)
        assert (folder / "record.db-wal").stat().st_size > 500_000
        failing[0].fail.clear()
        writer.append(note(101))
        assert writer.barrier(10)
        until(lambda: (folder / "record.db-wal").stat().st_size < 50_000)
        writer.append(closed(102))
    assert verify(folder, key).state is RecordState.INTACT


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs the right to mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("may not mount a small disk here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_that_is_really_full_loses_nothing(small_disk: Path, key: FileKey) -> None:
    folder = small_disk / "record"
    told: list[Sealed] = []
    ballast = small_disk / "ballast"
    ballast.write_bytes(os.urandom(900_000))
    with Writer.create(folder, key, told.extend) as writer:
        seq = 0
        while writer.health().failed is None:
            seq += 1
            writer.append(entry(seq, NoteTaken(text="y" * 3000)))
            writer.barrier(0.05)
            assert seq < 1000
        for _ in range(20):
            seq += 1
            writer.append(note(seq))
        assert "is full" in (writer.health().failed or "")
        acknowledged = len(told)
        assert acknowledged < seq
        assert verify(folder, key).entries >= acknowledged
        assert verify(folder, key).state is RecordState.CUT
        ballast.unlink()
        assert writer.barrier(20)
        writer.append(closed(seq + 1))
    assert [one.seq for one in told] == list(range(1, seq + 2))
    assert verify(folder, key).state is RecordState.INTACT
    with Reader.open(folder, key) as reader:
        assert list(reader.entries()) == told
