"""Damage is found and placed: what ``verify`` names lies where the damage is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.records import flip, interrupt, note, write
from vr_runtime.record import FileKey, Reader, RecordState, Verdict, Writer, chain, database, verify
from vr_runtime.record.database import PAGE_BYTES
from vr_runtime.record.keyfile import read_key_file
from vr_runtime.record.wal import FRAME_BYTES, HEADER_BYTES

STEPS = {"closed": 53, "crashed": 97}
"""One bit of every so many bytes, of a record of a few hundred kilobytes: primes, so that all places in a page and a
frame come up."""


def make(folder: Path, key: FileKey) -> None:
    """One record that was closed, and one with a log of many transactions beside older pages."""
    write(folder / "closed", key, 400, transactions=False)
    interrupt(folder / "half", key, [100])
    with Writer.resume(folder / "half", key) as writer:
        for seq in range(101, 125):
            writer.append(note(seq))
            assert writer.barrier(20)
        shutil.copytree(folder / "half", folder / "crashed")
    shutil.rmtree(folder / "half")
    assert verify(folder / "closed", key).state is RecordState.INTACT
    assert verify(folder / "crashed", key).state is RecordState.CUT


def placed(verdict: Verdict, path: Path, at: int) -> bool:
    """Whether the verdict names the file, and in it the page or frame, of a changed byte."""
    if path.name not in verdict.message:
        return False
    if path.name == "record.db":
        return f"page {at // PAGE_BYTES + 1}" in verdict.message
    if path.name == "record.db-wal" and at >= HEADER_BYTES:
        return f"frame {(at - HEADER_BYTES) // FRAME_BYTES + 1} " in verdict.message
    return True


def bytes_of(path: Path, step: int) -> Iterator[int]:
    """Places in a file: all of a small one, and of a large one every so many."""
    return iter(range(0, path.stat().st_size, 1 if path.name == "key.json" else step))


def damage(folder: Path, key: FileKey, factor: int) -> dict[str, int]:
    """One bit at a time, everywhere; how many in each file."""
    make(folder, key)
    tried: dict[str, int] = {}
    for name, step in STEPS.items():
        for path in sorted((folder / name).iterdir()):
            for at in bytes_of(path, step * factor):
                if path.name == "key.json" and at % factor:
                    continue
                bit = 8 * at + (at // 7) % 8
                flip(path, bit)
                verdict = verify(folder / name, key)
                flip(path, bit)
                where = f"{name}/{path.name}, byte {at}: {verdict.message}"
                assert verdict.state is RecordState.ALTERED, where
                assert placed(verdict, path, at), where
                tried[f"{name}/{path.name}"] = tried.get(f"{name}/{path.name}", 0) + 1
    assert verify(folder / "closed", key).state is RecordState.INTACT
    return tried


def test_a_flipped_bit_is_found_and_placed(tmp_path: Path, key: FileKey) -> None:
    tried = damage(tmp_path, key, 211)
    assert set(tried) == {
        "closed/key.json", "closed/record.db", "crashed/key.json", "crashed/record.db", "crashed/record.db-wal",
    }  # fmt: skip


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_flipped_bits_everywhere_are_found_and_placed(tmp_path: Path, key: FileKey) -> None:
    tried = damage(tmp_path, key, 1)
    words = ", ".join(f"{count} in {name}" for name, count in tried.items())
    print(f"{sum(tried.values())} bits flipped, one at a time ({words}): all found, all placed")  # noqa: T201


# ------------------------------------------------------------------ by someone who has the key


def change(folder: Path, key: FileKey, *statements: str) -> None:
    connection = database.open_writer(folder / "record.db", read_key_file(folder, key), fresh=False)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def rows(folder: Path, key: FileKey, work: Path, seqs: range) -> int:
    """A row deleted, two that follow one another exchanged: found at the first of them, whichever it is."""
    write(folder, key, max(seqs) + 3)
    tried = 0
    for seq in seqs:
        for statements in (
            [f"DELETE FROM log WHERE seq = {seq}"],
            [
                f"UPDATE log SET seq = -1 WHERE seq = {seq}",
                f"UPDATE log SET seq = {seq} WHERE seq = {seq + 1}",
                f"UPDATE log SET seq = {seq + 1} WHERE seq = -1",
            ],
        ):
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(folder, work)
            change(work, key, *statements)
            verdict = verify(work, key)
            assert (verdict.state, verdict.first_bad, verdict.last_seq) == (RecordState.ALTERED, seq, seq - 1)
            tried += 1
    return tried


def tails(folder: Path, key: FileKey, work: Path, lengths: range) -> int:
    """The last entries deleted: cut, at the place; the other side's last hash says that there was more, and where the
    chain was written anew behind the cut, that it is another."""
    write(folder, key, max(lengths) + 3)
    with Reader.open(folder, key) as reader:
        entries, anchor = list(reader.entries()), reader.last()
    tried = 0
    for length in lengths:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(folder, work)
        last = len(entries) - length
        change(work, key, f"DELETE FROM log WHERE seq > {last}")
        alone = verify(work, key)
        assert (alone.state, alone.last_seq) == (RecordState.CUT, last)
        assert "never closed" in alone.message
        known = verify(work, key, anchor)
        assert (known.state, known.last_seq) == (RecordState.CUT, last)
        assert f"has seen entry {anchor[0]}" in known.message
        # and closed again, as if it had ended there
        seen = entries[last]
        body = b'{"frame":1,"cause":null,"body":{"because":"test","frames":1,"late_frames":0}}'
        forged = chain(entries[last - 1].hash, last + 1, seen.t_ns, "closed", body)
        connection = database.open_writer(work / "record.db", read_key_file(work, key), fresh=False)
        connection.execute(
            "INSERT INTO log VALUES (?, ?, 'closed', ?, ?)", (last + 1, seen.t_ns, body, forged)
        )
        connection.close()
        assert verify(work, key).state is RecordState.INTACT  # nobody can know, alone
        assert verify(work, key, (seen.seq, seen.hash)).state is RecordState.ALTERED
        if length > 1:
            assert verify(work, key, anchor).state is RecordState.CUT
        tried += 1
    return tried


def test_a_row_deleted_or_exchanged_is_found_at_its_place(tmp_path: Path, key: FileKey) -> None:
    assert rows(tmp_path / "record", key, tmp_path / "work", range(2, 14, 3)) == 8


def test_a_tail_that_was_cut_shows_by_the_other_sides_last_hash(tmp_path: Path, key: FileKey) -> None:
    assert tails(tmp_path / "record", key, tmp_path / "work", range(1, 6)) == 5


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_every_row_and_every_tail(tmp_path: Path, key: FileKey) -> None:
    exchanged = rows(tmp_path / "record", key, tmp_path / "work", range(1, 301))
    cut = tails(tmp_path / "other", key, tmp_path / "work", range(1, 201))
    print(  # noqa: T201
        f"{exchanged} rows deleted or exchanged: each found at its entry; {cut} tails cut: each shown by the other "
        "side's last hash, also where the record was closed anew behind the cut"
    )


def test_half_a_record_is_no_record(tmp_path: Path, key: FileKey) -> None:
    """A file that is gone is not taken for a record without entries."""
    write(tmp_path / "record", key, 3)
    os.truncate(tmp_path / "record" / "record.db", 0)
    assert verify(tmp_path / "record", key).state is not RecordState.INTACT
