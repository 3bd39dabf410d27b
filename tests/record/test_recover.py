"""What a crash or a damage left is brought into order, as far as it can be proven, and no further."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.helpers.records import flip, interrupt, note, samples, write
from vr_runtime.protocol.events import Closed
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.record import (
    FileKey,
    Reader,
    RecordError,
    RecordReason,
    RecordState,
    Sealed,
    Writer,
    recover,
    verify,
)
from vr_runtime.record.layout import DATABASE


def entries(folder: Path, key: FileKey) -> list[Sealed]:
    with Reader.open(folder, key) as reader:
        return list(reader.entries())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def damaged(folder: Path, key: FileKey) -> list[Sealed]:
    """A closed record with a bit flipped in its middle; returns what it held before."""
    with Writer.create(folder, key) as writer:
        for seq in range(1, 401):
            writer.append(note(seq, "x" * 200))
        writer.append_event(401, 401_000, Closed(because="test", frames=1, late_frames=0), 1)
        assert writer.barrier(10)
    whole = entries(folder, key)
    flip(folder / DATABASE, 8 * ((folder / DATABASE).stat().st_size * 2 // 3))
    assert verify(folder, key).state is RecordState.ALTERED
    return whole


def test_an_interrupted_record_is_closed_where_it_lies_and_nothing_else_about_it_changes(
    folder: Path, key: FileKey
) -> None:
    interrupt(folder, key, [3, 4])
    before = entries(folder, key)
    result = recover(folder, key)
    after = entries(folder, key)
    assert after[:-1] == before
    assert (result.record, result.entries, result.closed, result.of_other) == (folder, 7, False, 0)
    with Reader.open(folder, key) as reader:
        body = list(reader.events())[-1].body
    assert isinstance(body, Closed)
    assert body.because.startswith("recovered: after entry 7")
    assert verify(folder, key).state is RecordState.INTACT
    assert sorted(contents(folder)) == ["key.json", "record.db"]


def test_the_end_tells_the_frames_that_were_recorded(folder: Path, key: FileKey) -> None:
    live = folder.with_name("live")
    with Writer.create(live, key) as writer:
        for chunk in range(2):
            rows = samples("frame", 3)
            rows["frame"] = range(3 * chunk + 1, 3 * chunk + 4)
            rows["flags"] = [FrameFlag.LATE, 0, FrameFlag.TRACKING]
            writer.append_samples(chunk + 1, 1000 * chunk, "frame", rows)
        assert writer.barrier(10)
        shutil.copytree(live, folder)
    result = recover(folder, key)
    with Reader.open(folder, key) as reader:
        body = list(reader.events())[-1].body
    assert isinstance(body, Closed)
    assert (body.frames, body.late_frames, result.frames, result.until_ns) == (6, 2, 6, 1000)


def test_an_intact_record_is_left_alone(folder: Path, key: FileKey) -> None:
    write(folder, key, 3)
    before = contents(folder)
    result = recover(folder, key)
    assert (result.verdict.state, result.entries, result.closed) == (RecordState.INTACT, 3, True)
    assert contents(folder) == before


def test_of_an_altered_record_everything_before_the_damage_is_kept_in_another_folder(
    folder: Path, key: FileKey, tmp_path: Path
) -> None:
    whole, before = damaged(folder, key), None
    before = contents(folder)
    with pytest.raises(RecordError, match="name a folder") as caught:
        recover(folder, key)
    assert caught.value.reason is RecordReason.EXISTS
    result = recover(folder, key, out=tmp_path / "out")
    assert contents(folder) == before, "the altered record is evidence: it is left as it was found"
    kept = entries(tmp_path / "out", key)
    assert 100 < result.entries < 400
    assert kept[:-1] == whole[: result.entries]
    assert verify(tmp_path / "out", key).state is RecordState.INTACT
    with pytest.raises(RecordError) as caught:
        recover(folder, key, out=tmp_path / "out")
    assert caught.value.reason is RecordReason.EXISTS


def test_the_other_side_s_copy_fills_in_what_is_missing(folder: Path, key: FileKey, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    whole = damaged(folder, key)
    with Writer.create(copy, key) as writer:
        for sealed in whole:
            writer.append_sealed(sealed)
        assert writer.barrier(10)
    result = recover(folder, key, out=tmp_path / "out", other=copy)
    assert entries(tmp_path / "out", key) == whole
    assert result.closed
    assert 0 < result.of_other < 301


def test_a_copy_of_another_session_is_refused(folder: Path, key: FileKey, tmp_path: Path) -> None:
    damaged(folder, key)
    write(tmp_path / "stranger", key, 500)
    with pytest.raises(RecordError) as caught:
        recover(folder, key, out=tmp_path / "out", other=tmp_path / "stranger")
    assert caught.value.reason is RecordReason.CHAIN


def test_a_cut_record_goes_on_with_the_other_side_s_copy(folder: Path, key: FileKey, tmp_path: Path) -> None:
    write(tmp_path / "copy", key, 9)
    whole = entries(tmp_path / "copy", key)
    with Writer.create(folder, key) as writer:
        for sealed in whole[:4]:
            writer.append_sealed(sealed)
        assert writer.barrier(10)
    result = recover(folder, key, other=tmp_path / "copy")
    assert entries(folder, key) == whole
    assert (result.of_other, result.entries, result.closed) == (6, 9, True)


def test_a_record_that_is_being_written_is_not_touched(folder: Path, key: FileKey) -> None:
    with Writer.create(folder, key) as writer:
        writer.append(note(1))
        assert writer.barrier(10)
        with pytest.raises(RecordError) as caught:
            recover(folder, key)
        assert caught.value.reason is RecordReason.IN_USE


def test_a_record_without_its_key_file_cannot_be_recovered_and_says_so(
    folder: Path, key: FileKey, tmp_path: Path
) -> None:
    write(folder, key, 2)
    flip(folder / "key.json", 900)
    with pytest.raises(RecordError) as caught:
        recover(folder, key, out=tmp_path / "out")
    assert caught.value.reason is RecordReason.ALTERED
    assert not (tmp_path / "out").exists()
