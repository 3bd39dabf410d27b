"""What is written is safe from a kill at once, and is called committed only when the disk has synced it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.records import closed, note, samples, until
from vr_runtime.record import FileKey, Reader, RecordState, Sealed, Writer, layout, verify
from vr_runtime.record.database import MOST_UNSYNCED
from vr_runtime.record.wal import FRAME_BYTES, FRAME_HEADER_BYTES, HEADER_BYTES

CHUNK = samples("head", 16)


class Slow:
    """A disk whose syncs of the log wait until they are let through, or fail."""

    def __init__(self) -> None:
        self.through = threading.Event()
        self.fails: Callable[[int], None] | None = None
        self._sync = layout.sync_handle

    def sync_handle(self, handle: int) -> None:
        if threading.current_thread().name == "palier-sync":
            assert self.through.wait(30)
            if self.fails is not None:
                self.fails(handle)
        self._sync(handle)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow()
    monkeypatch.setattr(layout, "sync_handle", slow.sync_handle)
    monkeypatch.setattr("vr_runtime.record.syncer.RETRY_S", 0.02)
    yield slow
    slow.through.set()


def in_the_files(folder: Path, key: FileKey) -> int:
    """The last entry that a kill now would leave."""
    with Reader.open(folder, key) as reader:
        last = reader.last()
    return last[0] if last else 0


def test_samples_lie_in_the_files_while_the_disk_syncs_and_nobody_is_told(
    folder: Path, key: FileKey, disk: Slow
) -> None:
    told: list[Sealed] = []
    with Writer.create(folder, key, told.extend) as writer:
        for seq in range(1, 9, 2):
            writer.append(note(seq))
            writer.append_samples(seq + 1, seq, "head", CHUNK)
            until(lambda seq=seq: in_the_files(folder, key) == seq + 1)
        assert (writer.health().committed_seq, writer.health().backlog) == (0, 8)
        assert writer.health().age_s > 0
        assert writer.history(1) == []
        assert told == []
        assert not writer.barrier(0.05)
        disk.through.set()
        assert writer.barrier(10)
        assert [one.seq for one in told] == list(range(1, 9))
        assert writer.history(1) == told
        writer.append(closed(9))
    assert verify(folder, key).state is RecordState.INTACT


def test_no_more_is_written_ahead_than_a_judge_of_the_log_forgives(
    folder: Path, key: FileKey, disk: Slow
) -> None:
    with Writer.create(folder, key) as writer:
        for seq in range(1, MOST_UNSYNCED + 1):
            writer.append_samples(seq, seq, "head", CHUNK)
            until(lambda seq=seq: in_the_files(folder, key) == seq)
        for seq in range(MOST_UNSYNCED + 1, MOST_UNSYNCED + 4):
            writer.append_samples(seq, seq, "head", CHUNK)
        with pytest.raises(AssertionError):
            until(lambda: in_the_files(folder, key) > MOST_UNSYNCED, 0.3)
        disk.through.set()
        assert writer.barrier(10)
        assert in_the_files(folder, key) == MOST_UNSYNCED + 3


def test_what_a_failed_sync_lost_is_written_again_before_the_next(
    folder: Path, key: FileKey, disk: Slow
) -> None:
    """A system may drop what it could not write, and call the next sync good."""
    told: list[Sealed] = []
    with Writer.create(folder, key, told.extend) as writer:
        disk.through.set()
        writer.append(note(1))
        assert writer.barrier(10)
        synced = (folder / layout.LOG).stat().st_size
        failures: list[int] = []

        def drop(handle: int) -> None:
            size = os.fstat(handle).st_size
            with (folder / layout.LOG).open("r+b") as log:
                log.seek(synced)
                log.write(bytes(size - synced))
            failures.append(size)
            if len(failures) == 3:
                disk.fails = None
            raise OSError(5, "Input/output error")

        disk.fails = drop
        writer.append_samples(2, 2, "head", CHUNK)
        until(lambda: "check the disk" in (writer.health().failed or "") or len(told) > 1)
        assert writer.barrier(10)
        assert len(failures) == 3
        assert writer.health().failed is None
        shutil.copytree(folder, folder.with_name("killed"))
        writer.append(closed(3))
    assert in_the_files(folder.with_name("killed"), key) == 2
    assert verify(folder, key).state is RecordState.INTACT


def test_a_record_that_cannot_be_synced_ends_in_time_and_promises_nothing(
    folder: Path, key: FileKey, disk: Slow
) -> None:
    told: list[Sealed] = []
    writer = Writer.create(folder, key, told.extend)

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    disk.fails = fail
    disk.through.set()
    writer.append(note(1))
    assert not writer.close(timeout_s=0.3)
    assert told == []
    assert writer.health().committed_seq == 0
    assert "free some space" in (writer.health().failed or "")
    assert verify(folder, key).state is RecordState.CUT


@pytest.mark.parametrize("back", [1, MOST_UNSYNCED, MOST_UNSYNCED + 1])
def test_a_hole_is_a_crash_only_where_the_disk_may_not_have_been_asked_yet(
    folder: Path, key: FileKey, back: int
) -> None:
    with Writer.create(folder, key) as writer:
        for seq in range(1, MOST_UNSYNCED + 5):
            writer.append(note(seq))
            assert writer.barrier(10)
        crashed = folder.with_name("crashed")
        shutil.copytree(folder, crashed)
    log = crashed / layout.LOG
    data = bytearray(log.read_bytes())
    ends = [
        at
        for at in range(HEADER_BYTES, len(data), FRAME_BYTES)
        if int.from_bytes(data[at + 4 : at + 8], "big")  # the frame that ends a transaction
    ]
    at = ends[-back] + FRAME_HEADER_BYTES + 2048
    data[at : at + 1024] = bytes(1024)
    log.write_bytes(data)
    verdict = verify(crashed, key)
    wanted = RecordState.CUT if back <= MOST_UNSYNCED else RecordState.ALTERED
    assert verdict.state is wanted, verdict.message
    assert verdict.last_seq == MOST_UNSYNCED + 4 - back
    # who knows how far it went sees that something is missing
    assert (
        "the other side has seen" in verify(crashed, key, (MOST_UNSYNCED + 4, bytes(32))).message
        or back > MOST_UNSYNCED
    )
