"""Reading changes nothing, whatever state the record is in, and gives what was committed or an error."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from pathlib import Path

import pytest

from tests.helpers.records import closed, flip, interrupt, note, samples, write
from vr_runtime.protocol.events import Closed, NoteTaken
from vr_runtime.record import FileKey, Reader, RecordError, RecordReason, RecordState, Writer, verify


def state_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.mark.parametrize("kind", ["closed", "interrupted", "torn"])
def test_reading_and_verifying_change_nothing(folder: Path, key: FileKey, kind: str) -> None:
    if kind == "closed":
        write(folder, key, 10)
    else:
        interrupt(folder, key, [5, 5])
    if kind == "torn":
        log = folder / "record.db-wal"
        os.truncate(log, log.stat().st_size - 100)
    before = state_of(folder)
    with Reader.open(folder, key) as reader:
        assert len(list(reader.events())) >= 5
        assert len(reader.samples("head")) == 0
    verify(folder, key)
    assert state_of(folder) == before


def test_nothing_is_left_in_the_temporary_folder(
    folder: Path, key: FileKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    interrupt(folder, key, [3])
    with Reader.open(folder, key):
        (copy,) = temporary.iterdir()
        if os.name == "posix":
            assert copy.stat().st_mode & 0o777 == 0o700
        assert b"railing" not in b"".join(path.read_bytes() for path in copy.iterdir())
    verify(folder, key)
    other = FileKey.create(tmp_path / "other")
    with pytest.raises(RecordError):
        Reader.open(folder, other)
    assert list(temporary.iterdir()) == []


def test_a_live_record_can_be_read_while_it_grows(
    folder: Path, key: FileKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vr_runtime.record.committer.CHECKPOINT_BYTES", 200_000)
    seen: list[int] = []
    failures: list[BaseException] = []
    done = threading.Event()

    def watch() -> None:
        try:
            while not done.is_set():
                with Reader.open(folder, key) as reader:
                    seqs = [one.seq for one in reader.entries()]
                assert seqs == list(range(1, len(seqs) + 1))
                seen.append(len(seqs))
        except BaseException as problem:  # noqa: BLE001  (handed to the test)
            failures.append(problem)

    with Writer.create(folder, key) as writer:
        watcher = threading.Thread(target=watch)
        watcher.start()
        seq = 0
        while len(set(seen)) < 12 and not failures and seq < 20_000:
            seq += 1
            writer.append(note(seq))
            if seq % 5 == 0:
                assert writer.barrier(10)
        done.set()
        watcher.join(30)
    assert not failures, failures
    assert seen == sorted(seen)


def test_a_reader_sees_the_record_as_it_stood_when_it_was_opened(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        assert writer.barrier(10)
        with Reader.open(folder, key) as reader:
            writer.append(note(2))
            assert writer.barrier(10)
            assert reader.last()[0] == 1
            assert [one.seq for one in reader.entries()] == [1]


def test_entries_can_be_read_from_anywhere(folder: Path, key: FileKey) -> None:
    write(folder, key, 10)
    with Reader.open(folder, key) as reader:
        everything = list(reader.entries())
        for first in (-3, 0, 1, 2, 7, 11, 12, 100):
            assert list(reader.entries(first)) == everything[max(first, 1) - 1 :]
        assert reader.last() == (11, everything[-1].hash)


def test_samples_of_a_stream_are_all_its_chunks_in_order(folder: Path, key: FileKey) -> None:
    chunks = [samples("head", rows, rows) for rows in (22, 23, 1, 22)]
    with Writer.create(folder, key) as writer:
        seq = 0
        for chunk in chunks:
            writer.append_samples(seq + 1, 1, "head", chunk)
            writer.append_samples(seq + 2, 1, "eye", samples("eye", 5))
            writer.append(note(seq + 3))
            seq += 3
        writer.append(closed(seq + 1))
    with Reader.open(folder, key) as reader:
        assert reader.samples("head").tobytes() == b"".join(chunk.tobytes() for chunk in chunks)
        assert len(reader.samples("eye")) == 20
        assert [type(event.body) for event in reader.events()] == [NoteTaken] * 4 + [Closed]
        with pytest.raises(KeyError):
            reader.samples("telemetry")


@pytest.mark.parametrize("missing", ["record.db", "key.json", None])
def test_what_is_no_record_is_said_to_be_none(folder: Path, key: FileKey, missing: str | None) -> None:
    write(folder, key, 1)
    if missing is None:
        shutil.rmtree(folder)
        folder.write_text("a file")
    else:
        (folder / missing).unlink()
    for open_it in (Reader.open, verify, Writer.resume):
        with pytest.raises(RecordError, match=missing or "no folder") as caught:
            open_it(folder, key)
        assert (caught.value.reason, caught.value.exit_status) == (RecordReason.NOT_A_RECORD, 7)


def test_a_record_whose_making_was_interrupted_is_cut_not_broken(folder: Path, key: FileKey) -> None:
    Writer.create(folder, key).close()
    empty_tables = verify(folder, key)
    (folder / "record.db").write_bytes(b"")
    for verdict in (empty_tables, verify(folder, key)):
        assert (verdict.state, verdict.entries, verdict.last_hash) == (RecordState.CUT, 0, bytes(32))
    with Reader.open(folder, key) as reader:
        assert reader.last() == (0, bytes(32))
        assert list(reader.events()) == []
    with Writer.resume(folder, key) as writer:
        writer.append(closed(1))
    assert verify(folder, key).state is RecordState.INTACT


def test_a_changed_log_is_an_error_to_read_and_can_be_read_up_to_there_on_request(
    folder: Path, key: FileKey
) -> None:
    interrupt(folder, key, [1] * 10)
    flip(folder / "record.db-wal", 8 * (32 + 8216 * 9 + 300))
    with pytest.raises(RecordError, match="other side's copy") as caught:
        Reader.open(folder, key)
    assert caught.value.reason is RecordReason.ALTERED
    with Reader.open(folder, key, damaged=True) as reader:
        assert 0 < reader.last()[0] < 10
        assert [one.seq for one in reader.entries()] == list(range(1, reader.last()[0] + 1))


def test_a_planted_rollback_journal_is_not_played_back(folder: Path, key: FileKey) -> None:
    write(folder, key, 3)
    (folder / "record.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    with pytest.raises(RecordError, match=r"record\.db-journal"):
        Reader.open(folder, key)
    assert verify(folder, key).state is RecordState.ALTERED
