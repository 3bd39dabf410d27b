"""What is computed afterwards lies beside the record, under its key, and is no part of it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.helpers.records import write
from vr_runtime.record import (
    DerivedRun,
    FileKey,
    PassphraseKey,
    RecordError,
    RecordReason,
    RecordState,
    erase,
    keep_derived,
    read_derived,
    rekey,
    verify,
)
from vr_runtime.record.lock import FolderLock

SECRET = "retreat of a known patient"


def run(number: int) -> DerivedRun:
    return DerivedRun(
        f"2026-01-0{number}T00:00:00+00:00",
        "0.1.0",
        '["heart_rate/1"]',
        4,
        "ab" * 32,
        f'[{{"what": "{SECRET}"}}]',
    )


@pytest.fixture
def key(tmp_path: Path) -> FileKey:
    return FileKey.create(tmp_path / "key")


@pytest.fixture
def record(tmp_path: Path, key: FileKey) -> Path:
    write(tmp_path / "record", key, 3)
    return tmp_path / "record"


def test_runs_are_kept_in_order_and_earlier_ones_stay(record: Path, key: FileKey) -> None:
    assert read_derived(record, key) == []
    assert [keep_derived(record, key, run(n)) for n in (1, 2)] == [1, 2]
    assert read_derived(record, key) == [run(1), run(2)]


def test_nothing_of_it_can_be_read_without_the_key_or_by_others(
    record: Path, key: FileKey, tmp_path: Path
) -> None:
    keep_derived(record, key, run(1))
    file = record / "derived.db"
    data = file.read_bytes()
    assert SECRET.encode() not in data
    assert b"SQLite" not in data
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = FileKey.create(tmp_path / "other")
    for what in (lambda: read_derived(record, other), lambda: keep_derived(record, other, run(2))):
        with pytest.raises(RecordError) as caught:
            what()
        assert caught.value.reason is RecordReason.WRONG_KEY


def test_the_record_is_as_intact_as_before(record: Path, key: FileKey) -> None:
    before = (record / "record.db").read_bytes()
    keep_derived(record, key, run(1))
    assert (record / "record.db").read_bytes() == before
    assert verify(record, key).state is RecordState.INTACT
    assert sorted(path.name for path in record.iterdir()) == ["derived.db", "key.json", "record.db"]


def test_another_lock_opens_it_still_and_erasing_takes_it_along(record: Path, key: FileKey) -> None:
    keep_derived(record, key, run(1))
    fresh = PassphraseKey("four words of one's own")
    rekey(record, key, fresh)
    assert read_derived(record, fresh) == [run(1)]
    erase(record)
    assert not record.exists()


def test_without_the_records_key_it_opens_for_nobody(record: Path, key: FileKey, tmp_path: Path) -> None:
    keep_derived(record, key, run(1))
    kept = (record / "derived.db").read_bytes()
    erase(record)
    write(record, key, 3)
    (record / "derived.db").write_bytes(kept)
    with pytest.raises(RecordError, match="of another record") as caught:
        read_derived(record, key)
    assert caught.value.reason is RecordReason.ALTERED
    with pytest.raises(RecordError, match="of another record"):
        keep_derived(record, key, run(2))
    assert (record / "derived.db").read_bytes() == kept


def test_any_changed_byte_shows(record: Path, key: FileKey) -> None:
    keep_derived(record, key, run(1))
    file = record / "derived.db"
    data = bytearray(file.read_bytes())
    for at in (3, 20, 4000, 8000, 8192 + 5000):
        changed = data.copy()
        changed[at] ^= 1
        file.write_bytes(changed)
        with pytest.raises(RecordError) as caught:
            read_derived(record, key)
        assert caught.value.reason is RecordReason.ALTERED, at


def test_a_record_that_is_being_written_gets_none(record: Path, key: FileKey) -> None:
    lock = FolderLock(record)
    try:
        with pytest.raises(RecordError) as caught:
            keep_derived(record, key, run(1))
        assert caught.value.reason is RecordReason.IN_USE
    finally:
        lock.release()
    assert read_derived(record, key) == []
