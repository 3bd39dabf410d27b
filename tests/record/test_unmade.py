"""Killed while it makes a record: nothing of it counts, and it can be made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinician_console.store.copies import RecordCopy
from tests.helpers.records import note, write
from vr_runtime.record import (
    FileKey,
    RecordError,
    RecordReason,
    RecordState,
    Writer,
    clear_unmade,
    database,
    verify,
)


class Killed(BaseException):
    """Where the process was killed."""


@pytest.mark.parametrize("after", ["the key file", "half of the database", "the whole database"])
def test_a_copy_whose_making_was_interrupted_is_made_anew(
    tmp_path: Path, key: FileKey, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    folder = tmp_path / "copy-1"
    with monkeypatch.context() as patch:

        def killed(*_: object, **__: object) -> None:
            raise Killed

        where = {
            "the key file": (database, "make_database"),
            "half of the database": (database, "create_tables"),
            "the whole database": (database.os, "rename"),
        }
        patch.setattr(*where[after], killed)
        with pytest.raises(Killed):
            Writer.create(folder, key)
    assert (folder / "key.json").exists()
    assert not (folder / "record.db").exists()
    with pytest.raises(RecordError) as caught:
        verify(folder, key)
    assert caught.value.reason is RecordReason.NOT_A_RECORD
    copy = RecordCopy.open(tmp_path, key, "1")
    copy.close()
    assert verify(folder, key).state is RecordState.CUT
    assert sorted(path.name for path in folder.iterdir()) == ["key.json", "record.db"]


def test_what_is_a_record_is_never_cleared(folder: Path, key: FileKey) -> None:
    write(folder, key, 2)
    clear_unmade(folder)
    assert verify(folder, key).state is RecordState.INTACT


def test_a_new_record_leaves_no_draft(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        assert writer.barrier(20)
        assert sorted(path.name for path in folder.iterdir()) == ["key.json", "record.db", "record.db-wal"]
