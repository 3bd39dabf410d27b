"""What is appended is committed in order, chained, encrypted, and reported only then."""

from __future__ import annotations

import hashlib
import logging
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from benchmarks.record_bench import ALL, motion, write_motion
from tests.helpers.records import NOTE, closed, entry, note, samples, until, write
from vr_runtime.protocol.events import Closed, NoteTaken, Unknown
from vr_runtime.record import (
    Entry,
    FileKey,
    PassphraseKey,
    Reader,
    RecordError,
    RecordReason,
    RecordState,
    Sealed,
    Writer,
    chain,
    describe_sqlcipher,
    verify,
)
from vr_runtime.record.database import check_versions

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


def entries_of(folder: Path, key: FileKey) -> list[Sealed]:
    with Reader.open(folder, key) as reader:
        return list(reader.entries())


def test_entries_are_read_as_they_were_appended(folder: Path, key: FileKey) -> None:
    given = [note(seq) for seq in range(1, 50)]
    with Writer.create(folder, key) as writer:
        for one in given:
            writer.append(one)
    assert [Entry(*sealed[:4]) for sealed in entries_of(folder, key)] == given


def test_the_chain_is_the_one_that_the_format_says(folder: Path, key: FileKey) -> None:
    write(folder, key, 3)
    previous = bytes(32)
    for sealed in entries_of(folder, key):
        kind = sealed.kind.encode()
        head = struct.pack("<QqH", sealed.seq, sealed.t_ns, len(kind))
        previous = hashlib.sha256(b"palier-record-1" + previous + head + kind + sealed.body).digest()
        assert sealed.hash == previous


def test_events_and_samples_that_the_thread_encodes_are_the_same_as_ready_bytes(
    folder: Path, key: FileKey
) -> None:
    array = samples("hands", 44)
    with Writer.create(folder, key) as writer:
        writer.append_event(1, 10, NoteTaken(text="é"), 7, "cause")
        writer.append_samples(2, 20, "hands", array)
        writer.append_event(3, 30, Closed(because="x", frames=1, late_frames=0), 8)
    with Reader.open(folder, key) as reader:
        first, last = reader.events()
        assert (first.seq, first.t_ns, first.frame, first.cause) == (1, 10, 7, "cause")
        assert first.body == NoteTaken(text="é")
        assert isinstance(last.body, Closed)
        assert reader.samples("hands").tobytes() == array.tobytes()
        assert len(reader.samples("eye")) == 0


def test_on_commit_is_told_every_entry_once_in_order_after_it_is_on_the_disk(
    folder: Path, key: FileKey
) -> None:
    told: list[Sealed] = []
    readable: list[bool] = []
    threads: set[str] = set()

    def on_commit(sealed: object) -> None:
        assert isinstance(sealed, list)
        told.extend(sealed)
        threads.add(threading.current_thread().name)
        with Reader.open(folder, key) as reader:
            readable.append(told == list(reader.entries())[: len(told)])

    with Writer.create(folder, key, on_commit) as writer:
        for seq in range(1, 100):
            writer.append(note(seq))
        assert writer.barrier(10)
        assert [one.seq for one in told] == list(range(1, 100))
        assert writer.committed == (99, told[-1].hash)
    assert all(readable)
    assert threads == {"palier-sync"}
    assert told == entries_of(folder, key)


def test_a_failing_listener_stops_neither_the_record_nor_the_next_call(
    folder: Path, key: FileKey, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    def on_commit(sealed: object) -> None:
        calls.append(1)
        raise RuntimeError("the listener's own fault")

    with caplog.at_level(logging.ERROR), Writer.create(folder, key, on_commit) as writer:
        for seq in (1, 2, 3):
            writer.append(note(seq))
            assert writer.barrier(10)
        assert writer.health().failed is None
    assert len(calls) == 3
    assert "the listener's own fault" in caplog.text


def test_health_counts_what_waits(folder: Path, key: FileKey) -> None:
    gate = threading.Event()
    with Writer.create(folder, key, lambda sealed: gate.wait(10) and None) as writer:
        assert writer.health()[:4] == (0, 0, 0.0, None)
        writer.append(note(1))
        until(lambda: writer.health().committed_seq == 1)  # the thread now waits in the listener
        writer.append(note(2))
        writer.append(note(3))
        health = writer.health()
        assert (health.committed_seq, health.backlog) == (1, 2)
        older = writer.health().age_s
        assert 0.0 < health.age_s <= older
        assert not writer.barrier(0.01)
        gate.set()
        assert writer.barrier(10)
        health = writer.health()
        assert (health.committed_seq, health.backlog, health.age_s) == (3, 0, 0.0)
        assert health.free_bytes > 0


def test_little_room_is_a_warning_before_it_is_a_failure(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key, min_free_bytes=2**62) as writer:
        assert "free some space" in (writer.health().warning or "")
        assert writer.health().failed is None
    with Writer.create(folder.with_name("other"), key, min_free_bytes=0) as writer:
        assert writer.health().warning is None


def test_an_entry_out_of_order_stops_the_record_there_and_says_so(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        writer.append(note(3))
        writer.append(note(2))
        assert "came where 2 was due" in (writer.health().failed or "")
        assert not writer.close()
    assert [one.seq for one in entries_of(folder, key)] == [1]


def test_an_entry_that_cannot_be_encoded_stops_the_record_there_and_says_so(
    folder: Path, key: FileKey
) -> None:
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        writer.append_event(2, 2, Unknown(kind="odd", data={"value": float("nan")}), 1)
        writer.append(note(3))
        assert not writer.barrier(0.3)
        health = writer.health()
        assert "entry 2 (odd) cannot be written" in (health.failed or "")
        assert (health.committed_seq, health.backlog) == (1, 2)
        writer.append_samples(4, 4, "head", samples("eye", 3)["x"])
        assert not writer.close(1)
    assert verify(folder, key).state is RecordState.CUT


def test_nothing_is_added_after_closing(folder: Path, key: FileKey) -> None:
    writer = Writer.create(folder, key)
    writer.append(closed(1))
    assert writer.close()
    assert writer.close()
    writer.append(note(2))
    assert "after the record was closed" in (writer.health().failed or "")
    with pytest.raises(RecordError) as caught:
        writer.history(1)
    assert caught.value.reason is RecordReason.CLOSED
    assert verify(folder, key).state is RecordState.INTACT


def test_a_folder_that_holds_a_record_is_refused_and_left_as_it_is(folder: Path, key: FileKey) -> None:
    write(folder, key, 2)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(RecordError, match="holds a record already") as caught:
        Writer.create(folder, key)
    assert caught.value.reason is RecordReason.EXISTS
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path, key: FileKey) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordError, match="no record can be made") as caught:
        Writer.create(tmp_path / "file" / "record", key)
    assert caught.value.reason is RecordReason.DISK


def test_a_key_that_cannot_be_had_leaves_no_folder_behind(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordError) as caught:
        Writer.create(folder, FileKey(tmp_path / "missing"))
    assert caught.value.reason is RecordReason.NO_KEY
    assert not folder.exists()


@posix_only
def test_files_are_their_owner_s_alone_whatever_the_umask(folder: Path, key: FileKey) -> None:
    before = os.umask(0)
    try:
        with Writer.create(folder, key) as writer:
            writer.append(note(1))
            assert writer.barrier(10)
            names = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert names == {"record.db": 0o600, "record.db-wal": 0o600, "key.json": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_closed_record_is_two_files(folder: Path, key: FileKey) -> None:
    write(folder, key, 5)
    assert sorted(path.name for path in folder.iterdir()) == ["key.json", "record.db"]


def test_no_text_of_the_record_can_be_found_in_its_files(folder: Path) -> None:
    words = [word.encode() for word in (*NOTE.split(), NOTE, "closed", "note", "chunk:head", "SQLite")]
    words = [word for word in words if len(word) >= 6 or word in (b"note",)]
    passphrase = PassphraseKey("a rather particular passphrase")

    def found() -> set[bytes]:
        content = b"".join(path.read_bytes() for path in folder.iterdir() if path.name != "key.json")
        content16 = content.replace(b"\x00", b"")
        keys = (folder / "key.json").read_bytes()
        hits = {word for word in words if len(word) >= 6 and (word in content or word in content16)}
        return hits | {word for word in (b"particular", NOTE.encode()) if word in keys}

    with Writer.create(folder, passphrase) as writer:
        for seq in range(1, 400):
            writer.append(note(seq))
        writer.append_samples(400, 1, "head", samples("head", 22))
        writer.append(closed(401))
        assert writer.barrier(10)
        assert (folder / "record.db-wal").stat().st_size > 50_000
        assert found() == set()
    assert found() == set()


# ------------------------------------------------------------------ the log is folded in


def test_a_long_record_keeps_its_log_short(
    folder: Path, key: FileKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vr_runtime.record.committer.CHECKPOINT_BYTES", 100_000)
    sizes: list[int] = []
    with Writer.create(folder, key) as writer:
        for seq in range(1, 301):
            writer.append(entry(seq, NoteTaken(text="x" * 3000)))
            if seq % 10 == 0:
                assert writer.barrier(10)
                sizes.append((folder / "record.db-wal").stat().st_size)
                assert verify(folder, key).state is RecordState.CUT
        writer.append(closed(301))
    assert max(sizes) < 400_000
    verdict = verify(folder, key)
    assert (verdict.state, verdict.entries) == (RecordState.INTACT, 301)


@pytest.mark.parametrize(("streams", "megabytes"), [(("head",), 15), (ALL, 45)])
def test_an_hour_of_noisy_motion_fits_the_budget(
    folder: Path, key: FileKey, streams: tuple[str, ...], megabytes: int
) -> None:
    write_motion(folder, key, {name: rows for name, rows in motion(1.0).items() if name in streams})
    assert 60 * sum(path.stat().st_size for path in folder.iterdir()) < megabytes * 1_000_000


# ------------------------------------------------------------------ history


def test_history_gives_committed_entries_in_pieces_without_a_gap(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key) as writer:
        assert writer.history(1) == []
        for seq in range(1, 101):
            writer.append(note(seq))
        assert writer.barrier(10)
        got: list[Sealed] = []
        pieces = 0
        while piece := writer.history(len(got) + 1, max_bytes=1500):
            assert sum(len(one.body) for one in piece) <= 1500
            got += piece
            pieces += 1
        assert pieces > 5
        assert [one.seq for one in got] == list(range(1, 101))
        assert len(writer.history(7, max_bytes=1)) == 1
    assert got == entries_of(folder, key)


# ------------------------------------------------------------------ a copy


def test_a_copy_has_the_same_chain_under_a_key_of_its_own(folder: Path, key: FileKey) -> None:
    write(folder, key, 30)
    copy = folder.with_name("copy")
    other = FileKey.create(folder.with_name("other.key"))
    with Writer.create(copy, other) as writer:
        for sealed in entries_of(folder, key):
            writer.append_sealed(sealed)
    assert entries_of(copy, other) == entries_of(folder, key)
    assert verify(copy, other).state is RecordState.INTACT
    with pytest.raises(RecordError):
        Reader.open(copy, key)


def test_a_copy_takes_only_the_next_entry_of_the_same_record(folder: Path, key: FileKey) -> None:
    write(folder, key, 5)
    given = entries_of(folder, key)
    with Writer.create(folder.with_name("copy"), key) as copy:
        copy.append_sealed(given[0])
        copy.append_sealed(given[1])
        third = given[2]
        body = third.body.replace(b"railing", b"ceiling")
        wrong = [
            given[3],
            given[1],
            third._replace(body=body),
            third._replace(t_ns=third.t_ns + 1),
            third._replace(kind="rating"),
            third._replace(body=body, hash=chain(bytes(32), 3, third.t_ns, third.kind, body)),
        ]
        for sealed in wrong:
            with pytest.raises(RecordError) as caught:
                copy.append_sealed(sealed)
            assert caught.value.reason is RecordReason.CHAIN
        copy.append_sealed(third)
        assert copy.barrier(10)
        assert copy.committed == (3, third.hash)


def test_a_record_of_its_own_takes_no_copied_entries(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        with pytest.raises(RecordError, match="no copy"):
            writer.append_sealed(Sealed(2, 2, "note", b"{}", bytes(32)))


def test_an_interrupted_copy_is_gone_on_with(folder: Path, key: FileKey) -> None:
    write(folder, key, 20)
    given = entries_of(folder, key)
    path = folder.with_name("copy")
    with Writer.create(path, key) as copy:
        for sealed in given[:7]:
            copy.append_sealed(sealed)
    with Writer.resume(path, key) as copy:
        assert copy.committed == (7, given[6].hash)
        with pytest.raises(RecordError):
            copy.append_sealed(given[6])
        for sealed in given[7:]:
            copy.append_sealed(sealed)
    assert entries_of(path, key) == given
    with pytest.raises(RecordError) as caught:
        Writer.resume(path, key)
    assert caught.value.reason is RecordReason.CLOSED


def test_a_record_has_one_writer(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        assert writer.barrier(10)
        with pytest.raises(RecordError, match="end it first") as caught:
            Writer.resume(folder, key)
        assert caught.value.reason is RecordReason.IN_USE
        # Another process, after this one has opened and closed the same files, as a reader does.
        with Reader.open(folder, key):
            pass
        code = (
            "import sys; from pathlib import Path; from vr_runtime.record import *\n"
            "try: Writer.resume(Path(sys.argv[1]), FileKey(Path(sys.argv[2])))\n"
            "except RecordError as problem: print(problem.reason.name)"
        )
        key_path = str(key._path)  # pyright: ignore[reportPrivateUsage]
        result = subprocess.run(
            [sys.executable, "-c", code, str(folder), key_path], capture_output=True, text=True, timeout=60
        )
        assert result.stdout.strip() == "IN_USE", result.stderr
        writer.append(note(2))
        assert writer.barrier(10)
    with Writer.resume(folder, key) as writer:
        assert writer.committed[0] == 2


@pytest.mark.parametrize(
    ("sqlite", "binding"), [("3.51.2", "0.6.4"), ("3.51.1", "0.5.7"), ("3.53.4", "0.6.3")]
)
def test_a_library_that_can_lose_entries_is_refused(sqlite: str, binding: str) -> None:
    with pytest.raises(RecordError, match=r"0\.6\.4") as caught:
        check_versions(sqlite, binding)
    assert caught.value.reason is RecordReason.LIBRARY
    check_versions("3.51.3", "0.6.4")
    check_versions("4.0", "1.0.0.post1")


def test_what_encrypts_is_named() -> None:
    assert "SQLCipher 4" in describe_sqlcipher()
