"""The console's copy of a record: held while the session goes on, let go when the record was closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinician_console.store.copies import RecordCopy
from tests.helpers.made_record import KEY, make_record, played
from vr_runtime.record import Reader, RecordError, RecordReason, RecordState, erase, verify


def test_a_session_that_has_ended_can_be_erased_while_the_console_goes_on(tmp_path: Path) -> None:
    with Reader.open(make_record(tmp_path / "record", played()), KEY) as reader:
        entries = list(reader.entries())
    assert entries[-1].kind == "closed"
    told: list[int] = []
    copy = RecordCopy.open(tmp_path, KEY, "1")
    copy.begin(lambda seq, _hash: told.append(seq))
    copy.append(entries[:-1])
    with pytest.raises(RecordError) as held:
        erase(Path(copy.path))
    assert held.value.reason is RecordReason.IN_USE
    copy.append(entries[-1:])
    assert told[-1] == copy.last_seq == entries[-1].seq, "all of it was told to be on the disk"
    assert copy.failed() == ""
    assert verify(Path(copy.path), KEY).state is RecordState.INTACT
    erase(Path(copy.path))
    copy.append(entries)  # told again after a lost link
    copy.close()
    assert not (Path(copy.path) / "record.db").exists()
