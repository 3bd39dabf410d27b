"""One bit changed anywhere in a record's files: ``verify`` says so. A crash alone is not called a change."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.records import closed, flip, interrupt, note, write
from vr_runtime.record import (
    FileKey,
    PassphraseKey,
    Reader,
    RecordError,
    RecordReason,
    RecordState,
    Writer,
    chain,
    database,
    verify,
)
from vr_runtime.record.database import PAGE_BYTES
from vr_runtime.record.keyfile import read_key_file
from vr_runtime.record.wal import FRAME_BYTES, FRAME_HEADER_BYTES, HEADER_BYTES

RESET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
MANY = settings(RESET, max_examples=200)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, key: FileKey) -> Path:
    """Closed; a few pages, one of them free (a table was dropped)."""
    folder = tmp_path_factory.mktemp("whole") / "record"
    write(folder, key, 60)
    connection = database.open_writer(folder / "record.db", read_key_file(folder, key), fresh=False)
    connection.execute("CREATE TABLE gone (text BLOB)")
    connection.execute("INSERT INTO gone VALUES (randomblob(30000))")
    connection.execute("DROP TABLE gone")
    connection.close()
    assert verify(folder, key).state is RecordState.INTACT
    return folder


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory, key: FileKey) -> Path:
    """Interrupted, with several transactions in its log and the older ones in the database."""
    folder = tmp_path_factory.mktemp("crashed") / "record"
    interrupt(folder, key, [20])
    with Writer.resume(folder, key) as writer:
        for seq in range(21, 29):
            writer.append(note(seq))
            assert writer.barrier(10)
        copy = folder.with_name("copy")
        shutil.copytree(folder, copy)
    verdict = verify(copy, key)
    assert (verdict.state, verdict.entries) == (RecordState.CUT, 28)
    return copy


def altered(folder: Path, key: FileKey, target: Path, name: str, change: Callable[[Path], None]) -> bool:
    """Whether a change to a file of a copy of the record is found."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    change(target / name)
    return verify(target, key).state is RecordState.ALTERED


def size(path: Path) -> int:
    return path.stat().st_size


# ------------------------------------------------------------------ verdicts


def test_a_closed_record_is_intact_and_its_last_hash_is_named(folder: Path, key: FileKey) -> None:
    write(folder, key, 4)
    verdict = verify(folder, key)
    with Reader.open(folder, key) as reader:
        assert (verdict.last_seq, verdict.last_hash) == reader.last()
    assert (verdict.state, verdict.entries, verdict.closed) == (RecordState.INTACT, 5, True)
    assert (verdict.first_bad, verdict.exit_status) == (None, 0)


def test_a_record_without_its_end_is_cut(folder: Path, key: FileKey) -> None:
    interrupt(folder, key, [3, 3])
    verdict = verify(folder, key)
    assert (verdict.state, verdict.last_seq, verdict.closed) == (RecordState.CUT, 6, False)
    assert (verdict.exit_status, verdict.first_bad) == (3, None)


def test_a_record_that_was_closed_but_whose_log_is_still_there_is_intact(folder: Path, key: FileKey) -> None:
    interrupt(folder, key, [3], end=True)
    assert (folder / "record.db-wal").exists()
    assert verify(folder, key).state is RecordState.INTACT


def test_the_other_side_s_last_entry_shows_a_cut_tail_and_another_record(folder: Path, key: FileKey) -> None:
    write(folder, key, 4)
    with Reader.open(folder, key) as reader:
        hashes = {one.seq: one.hash for one in reader.entries()}
    for seq, digest in hashes.items():
        assert verify(folder, key, (seq, digest)).state is RecordState.INTACT
        assert verify(folder, key, (seq, bytes(32))).state is RecordState.ALTERED
    assert verify(folder, key, (0, bytes(32))).state is RecordState.INTACT
    beyond = verify(folder, key, (6, bytes(32)))
    assert (beyond.state, beyond.exit_status) == (RecordState.CUT, 3)
    assert "has seen entry 6" in beyond.message


def test_a_wrong_key_is_not_a_verdict(folder: Path, key: FileKey, tmp_path: Path) -> None:
    write(folder, key, 2)
    for wrong in (FileKey.create(tmp_path / "other"), PassphraseKey("x")):
        with pytest.raises(RecordError) as caught:
            verify(folder, wrong)
        assert (caught.value.reason, caught.value.exit_status) == (RecordReason.WRONG_KEY, 6)


# ------------------------------------------------------------------ one bit


@MANY
@given(share=st.floats(0, 1, exclude_max=True))
def test_no_bit_of_a_closed_database_can_change_unseen(
    whole: Path, key: FileKey, tmp_path: Path, share: float
) -> None:
    bit = int(share * 8 * size(whole / "record.db"))
    assert altered(whole, key, tmp_path / "copy", "record.db", lambda path: flip(path, bit))


def test_no_kind_of_byte_of_any_page_can_change_unseen(whole: Path, key: FileKey, tmp_path: Path) -> None:
    """Salt, header, cells, unused space, IV and HMAC of used and free pages, first and last bits of each."""
    places = (0, 15, 16, 24, 100, 1000, PAGE_BYTES - 81, PAGE_BYTES - 80, PAGE_BYTES - 64, PAGE_BYTES - 1)
    for page in range(size(whole / "record.db") // PAGE_BYTES):
        for place in places:
            for bit in (0, 7):
                at = 8 * (page * PAGE_BYTES + place) + bit
                assert altered(whole, key, tmp_path / "copy", "record.db", lambda path, at=at: flip(path, at))


@settings(MANY, max_examples=100)
@given(share=st.floats(0, 1, exclude_max=True))
def test_no_bit_of_the_key_file_can_change_unseen(
    whole: Path, key: FileKey, tmp_path: Path, share: float
) -> None:
    bit = int(share * 8 * size(whole / "key.json"))
    assert altered(whole, key, tmp_path / "copy", "key.json", lambda path: flip(path, bit))


@MANY
@given(share=st.floats(0, 1, exclude_max=True))
def test_no_bit_of_a_crashed_record_s_log_can_change_unseen(
    crashed: Path, key: FileKey, tmp_path: Path, share: float
) -> None:
    bit = int(share * 8 * size(crashed / "record.db-wal"))
    assert altered(crashed, key, tmp_path / "copy", "record.db-wal", lambda path: flip(path, bit))


def test_no_bit_of_the_log_s_headers_can_change_unseen(crashed: Path, key: FileKey, tmp_path: Path) -> None:
    frames = (size(crashed / "record.db-wal") - HEADER_BYTES) // FRAME_BYTES
    assert frames > 5
    bits = list(range(8 * HEADER_BYTES))
    for frame in (0, frames - 1):
        start = HEADER_BYTES + frame * FRAME_BYTES
        bits += range(8 * start, 8 * (start + FRAME_HEADER_BYTES))
        bits += range(8 * (start + FRAME_BYTES - 1), 8 * (start + FRAME_BYTES))
    for bit in bits:
        assert altered(
            crashed, key, tmp_path / "copy", "record.db-wal", lambda path, bit=bit: flip(path, bit)
        )


@settings(MANY, max_examples=150)
@given(share=st.floats(0, 1, exclude_max=True))
def test_no_bit_of_a_crashed_record_s_database_can_change_unseen(
    crashed: Path, key: FileKey, tmp_path: Path, share: float
) -> None:
    """Also in pages that the log holds anew, which SQLite would not look at."""
    bit = int(share * 8 * size(crashed / "record.db"))
    assert altered(crashed, key, tmp_path / "copy", "record.db", lambda path: flip(path, bit))


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_every_byte_of_every_file_of_a_small_record(tmp_path: Path, key: FileKey) -> None:
    """One bit of each byte, taking turns: some ten minutes. (Of key.json and the log's headers every bit is tried
    by the tests above and in test_keys.py.)"""
    write(tmp_path / "closed", key, 2)
    interrupt(tmp_path / "crashed", key, [1, 1])
    tried = 0
    for folder in (tmp_path / "closed", tmp_path / "crashed"):
        for path in sorted(folder.iterdir()):
            for at in range(size(path)):
                flip(path, 8 * at + at % 8)
                assert verify(folder, key).state is RecordState.ALTERED, f"{path}, byte {at}"
                flip(path, 8 * at + at % 8)
                tried += 1
    print(f"{tried} bytes changed by one bit, one at a time: each was found")  # noqa: T201


# ------------------------------------------------------------------ more than one bit


@pytest.mark.parametrize("extra", [1, 100, PAGE_BYTES, 3 * PAGE_BYTES + 5])
@pytest.mark.parametrize("zeros", [True, False])
def test_bytes_after_the_end_are_found(
    whole: Path, key: FileKey, tmp_path: Path, extra: int, zeros: bool
) -> None:
    def append(path: Path) -> None:
        with path.open("ab") as file:
            file.write(bytes(extra) if zeros else os.urandom(extra))

    assert altered(whole, key, tmp_path / "copy", "record.db", append)


@pytest.mark.parametrize("missing", [1, 64, PAGE_BYTES, 2 * PAGE_BYTES])
def test_a_database_that_is_cut_short_is_found(
    whole: Path, key: FileKey, tmp_path: Path, missing: int
) -> None:
    assert altered(
        whole, key, tmp_path / "copy", "record.db", lambda path: os.truncate(path, size(path) - missing)
    )


def test_pages_that_change_places_or_turn_to_zeros_are_found(
    whole: Path, key: FileKey, tmp_path: Path
) -> None:
    pages = size(whole / "record.db") // PAGE_BYTES

    def swap(path: Path, one: int, other: int) -> None:
        data = path.read_bytes()
        parts = [data[at : at + PAGE_BYTES] for at in range(0, len(data), PAGE_BYTES)]
        parts[one], parts[other] = parts[other], parts[one]
        path.write_bytes(b"".join(parts))

    def clear(path: Path, page: int) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: page * PAGE_BYTES] + bytes(PAGE_BYTES) + data[(page + 1) * PAGE_BYTES :])

    for page in range(pages):
        assert altered(whole, key, tmp_path / "copy", "record.db", lambda path, page=page: clear(path, page))
        if page:
            assert altered(
                whole, key, tmp_path / "copy", "record.db", lambda path, page=page: swap(path, page, page - 1)
            )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log SET body = replace(body, 'railing', 'ceiling') WHERE seq = 5",
        "UPDATE log SET t_ns = t_ns + 1 WHERE seq = 5",
        "UPDATE log SET kind = 'rating' WHERE seq = 5",
        "UPDATE log SET kind = CAST(kind AS BLOB) WHERE seq = 5",
        "UPDATE log SET hash = zeroblob(32) WHERE seq = 5",
        "DELETE FROM log WHERE seq = 5",
        "UPDATE log SET seq = 1000 WHERE seq = 5",
    ],
)
def test_who_has_the_key_but_not_the_chain_is_found_out_at_the_very_entry(
    folder: Path, key: FileKey, sql: str
) -> None:
    write(folder, key, 20)
    _execute(folder, key, sql)
    verdict = verify(folder, key)
    assert (verdict.state, verdict.first_bad, verdict.last_seq) == (RecordState.ALTERED, 5, 4)
    assert verdict.exit_status == 4
    with Reader.open(folder, key) as reader:
        seqs: list[int] = []
        with pytest.raises(RecordError) as caught:
            seqs.extend(one.seq for one in reader.entries())
        assert caught.value.reason is RecordReason.ALTERED


def test_who_writes_the_chain_anew_is_found_out_by_the_other_side_s_hash(folder: Path, key: FileKey) -> None:
    write(folder, key, 20)
    with Reader.open(folder, key) as reader:
        anchor = reader.last()
        entries = list(reader.entries())
    previous = entries[3].hash
    connection = database.open_writer(folder / "record.db", read_key_file(folder, key), fresh=False)
    for one in entries[4:]:
        body = one.body.replace(b"railing", b"ceiling")
        previous = chain(previous, one.seq, one.t_ns, one.kind, body)
        connection.execute("UPDATE log SET body = ?, hash = ? WHERE seq = ?", (body, previous, one.seq))
    connection.close()
    assert verify(folder, key).state is RecordState.INTACT
    assert verify(folder, key, anchor).state is RecordState.ALTERED


def test_a_tail_deleted_with_the_key_is_cut(folder: Path, key: FileKey) -> None:
    write(folder, key, 20)
    with Reader.open(folder, key) as reader:
        anchor = reader.last()
    _execute(folder, key, "DELETE FROM log WHERE seq > 15")
    verdict = verify(folder, key, anchor)
    assert (verdict.state, verdict.last_seq) == (RecordState.CUT, 15)


def _execute(folder: Path, key: FileKey, sql: str) -> None:
    connection = database.open_writer(folder / "record.db", read_key_file(folder, key), fresh=False)
    connection.execute(sql)
    connection.close()


# ------------------------------------------------------------------ what a crash leaves


@settings(MANY, max_examples=150)
@given(share=st.floats(0, 1))
def test_a_log_that_ends_anywhere_is_cut_and_what_was_committed_before_is_there(
    crashed: Path, key: FileKey, tmp_path: Path, share: float
) -> None:
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(crashed, copy)
    log = copy / "record.db-wal"
    os.truncate(log, int(share * size(log)))
    verdict = verify(copy, key)
    assert verdict.state is RecordState.CUT
    assert 20 <= verdict.entries <= 28
    with Reader.open(copy, key) as reader:
        assert reader.last() == (verdict.last_seq, verdict.last_hash)


@settings(RESET, max_examples=60)
@given(blocks=st.integers(1, 12))
def test_blocks_that_never_reached_the_disk_are_a_crash(
    crashed: Path, key: FileKey, tmp_path: Path, blocks: int
) -> None:
    """A power cut: the log has grown, and its last blocks read as zeros."""
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(crashed, copy)
    log = copy / "record.db-wal"
    data = log.read_bytes()
    end = len(data) // 512 * 512
    log.write_bytes(data[: end - 512 * blocks] + bytes(len(data) - end + 512 * blocks))
    verdict = verify(copy, key)
    assert (verdict.state, verdict.entries) == (RecordState.CUT, 27)


def test_a_checkpoint_that_was_torn_is_a_crash_and_loses_nothing(
    crashed: Path, key: FileKey, tmp_path: Path
) -> None:
    """The log's newest version of a page lies half over the database's."""
    copy = tmp_path / "copy"
    shutil.copytree(crashed, copy)
    log = (copy / "record.db-wal").read_bytes()
    newest: dict[int, bytes] = {}
    for at in range(HEADER_BYTES, len(log), FRAME_BYTES):
        newest[int.from_bytes(log[at : at + 4], "big")] = log[at + FRAME_HEADER_BYTES : at + FRAME_BYTES]
    database_bytes = (copy / "record.db").read_bytes()
    for page, content in newest.items():
        start = (page - 1) * PAGE_BYTES
        for torn in (512, PAGE_BYTES // 2, PAGE_BYTES - 512):
            for changed in (
                database_bytes[:start] + content[:torn] + database_bytes[start + torn :],
                database_bytes[: start + torn] + content[torn:] + database_bytes[start + PAGE_BYTES :],
            ):
                (copy / "record.db").write_bytes(changed)
                verdict = verify(copy, key)
                assert (verdict.state, verdict.entries) == (RecordState.CUT, 28)
        # The same page whole, but for one bit.
        whole_page = bytearray(database_bytes[:start] + content + database_bytes[start + PAGE_BYTES :])
        whole_page[start + 700] ^= 4
        (copy / "record.db").write_bytes(whole_page)
        assert verify(copy, key).state is RecordState.ALTERED


def test_a_closed_record_s_log_cannot_go_on(folder: Path, key: FileKey) -> None:
    interrupt(folder, key, [3], end=True)
    with (folder / "record.db-wal").open("ab") as file:
        file.write(os.urandom(500))
    assert verify(folder, key).state is RecordState.ALTERED


def test_a_foreign_log_beside_a_closed_record_is_found(
    whole: Path, crashed: Path, key: FileKey, folder: Path
) -> None:
    shutil.copytree(whole, folder)
    shutil.copy(crashed / "record.db-wal", folder / "record.db-wal")
    assert verify(folder, key).state is RecordState.ALTERED


def test_an_interrupted_record_goes_on_after_its_last_whole_transaction(
    crashed: Path, key: FileKey, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(crashed, copy)
    log = copy / "record.db-wal"
    os.truncate(log, size(log) - 10)
    with Writer.resume(copy, key) as writer:
        assert writer.committed[0] == 27
        writer.append(closed(28))
    verdict = verify(copy, key)
    assert (verdict.state, verdict.entries) == (RecordState.INTACT, 28)


def test_an_altered_record_is_not_gone_on_with(crashed: Path, key: FileKey, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(crashed, copy)
    flip(copy / "record.db-wal", 8 * (HEADER_BYTES + 2 * FRAME_BYTES + 99))
    with pytest.raises(RecordError, match="altered") as caught:
        Writer.resume(copy, key)
    assert caught.value.reason is RecordReason.ALTERED
