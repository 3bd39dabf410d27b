"""Keys that change, a key on paper, a record that is destroyed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.helpers.records import write
from vr_runtime.record import (
    FileKey,
    PassphraseKey,
    Reader,
    RecordError,
    RecordReason,
    RecordState,
    RecoveryKey,
    Writer,
    erase,
    key_source_for_new_records,
    key_source_from,
    rekey,
    verify,
)
from vr_runtime.record.keyfile import read_key_file, unwrap
from vr_runtime.record.recovery import keep_public, kept_public


def other_key(folder: Path) -> FileKey:
    return FileKey.create(folder / "other.key")


def last(folder: Path, key: FileKey | RecoveryKey) -> int:
    with Reader.open(folder, key) as reader:
        return reader.last()[0]


# ------------------------------------------------------------------ another key


def test_after_rekey_the_new_key_opens_the_same_record_and_the_old_one_does_not(
    tmp_path: Path, key: FileKey
) -> None:
    record, other = tmp_path / "record", other_key(tmp_path)
    write(record, key, 3)
    secret, database = read_key_file(record, key), (record / "record.db").read_bytes()
    rekey(record, key, other)
    assert read_key_file(record, other) == secret
    assert (record / "record.db").read_bytes() == database
    assert verify(record, other).state is RecordState.INTACT
    with pytest.raises(RecordError) as caught:
        Reader.open(record, key)
    assert caught.value.reason is RecordReason.WRONG_KEY
    assert sorted(path.name for path in record.iterdir()) == ["key.json", "record.db"]
    if os.name == "posix":
        assert (record / "key.json").stat().st_mode & 0o777 == 0o600


def test_a_wrong_key_or_a_record_in_use_changes_nothing(tmp_path: Path, key: FileKey) -> None:
    record, other = tmp_path / "record", other_key(tmp_path)
    write(record, key, 1)
    before = (record / "key.json").read_bytes()
    with pytest.raises(RecordError) as caught:
        rekey(record, other, other)
    assert caught.value.reason is RecordReason.WRONG_KEY
    live = tmp_path / "live"
    writer = Writer.create(live, key)
    for attempt in (lambda: rekey(live, key, other), lambda: erase(live)):
        with pytest.raises(RecordError) as caught:
            attempt()
        assert caught.value.reason is RecordReason.IN_USE
    writer.close()
    assert (record / "key.json").read_bytes() == before
    assert verify(live, key).last_seq == 0


def test_what_an_interrupted_rekey_left_is_in_nobody_s_way(tmp_path: Path, key: FileKey) -> None:
    record, other = tmp_path / "record", other_key(tmp_path)
    write(record, key, 1)
    (record / "key.json.new").write_bytes(b"half a fi")
    assert last(record, key) == 2
    rekey(record, key, other)
    assert last(record, other) == 2
    assert not (record / "key.json.new").exists()


# ------------------------------------------------------------------ a key on paper


def test_the_printed_key_opens_what_was_made_since_whatever_locked_it(tmp_path: Path, key: FileKey) -> None:
    paper = RecoveryKey.new()
    keep_public(tmp_path / "home", paper)
    source = key_source_for_new_records(tmp_path / "records.key", {}, tmp_path / "home")
    write(tmp_path / "since", source, 4)
    write(tmp_path / "before", key, 1)
    (tmp_path / "records.key").unlink()
    found = key_source_from(
        None, {"PALIER_RECOVERY_KEY": paper.words.lower().replace("-", " ")}, existing=tmp_path / "since"
    )
    with Reader.open(tmp_path / "since", found) as reader:
        assert reader.last()[0] == 5
    assert verify(tmp_path / "since", found).state is RecordState.INTACT
    with pytest.raises(RecordError, match="without a recovery key"):
        Reader.open(tmp_path / "before", found)
    with pytest.raises(RecordError, match="another recovery key") as caught:
        Reader.open(tmp_path / "since", RecoveryKey.new())
    assert caught.value.reason is RecordReason.WRONG_KEY


def test_a_lost_passphrase_is_replaced_with_the_paper_in_hand(tmp_path: Path, key: FileKey) -> None:
    paper = RecoveryKey.new()
    forgotten = PassphraseKey("what was it")
    forgotten.recovery_public = paper.public
    write(tmp_path / "record", forgotten, 2)
    rekey(tmp_path / "record", paper, key)
    assert last(tmp_path / "record", key) == 3
    assert last(tmp_path / "record", RecoveryKey.of(paper.words)) == 3, "the paper still opens it"


def test_one_wrong_letter_is_found_and_letters_that_look_alike_are_not_wrong() -> None:
    paper = RecoveryKey(bytes(range(20)))
    words = paper.words
    assert len(words.split("-")) == 9
    assert RecoveryKey.of(words.replace("0", "o").replace("1", "l")).public == paper.public
    for at, letter in enumerate(words):
        if letter == "-":
            continue
        wrong = words[:at] + ("7" if letter != "7" else "8") + words[at + 1 :]
        with pytest.raises(RecordError, match="wrong: compare"):
            RecoveryKey.of(wrong)
    for no_key in ("", words[:-1], words + "0", words[:-1] + "U"):
        with pytest.raises(RecordError, match="no recovery key") as caught:
            RecoveryKey.of(no_key)
        assert caught.value.reason is RecordReason.NO_KEY


def test_the_computer_keeps_nothing_that_could_open_a_record(tmp_path: Path) -> None:
    paper = RecoveryKey.new()
    path = keep_public(tmp_path / "home", paper)
    assert path.read_text().strip() == paper.public.hex()
    assert kept_public(tmp_path / "home") == paper.public
    assert paper.words not in path.read_text()
    with pytest.raises(RecordError, match="--replace") as caught:
        keep_public(tmp_path / "home", RecoveryKey.new())
    assert caught.value.reason is RecordReason.EXISTS
    other = RecoveryKey.new()
    keep_public(tmp_path / "home", other, replace=True)
    assert kept_public(tmp_path / "home") == other.public
    assert kept_public(tmp_path) is None
    path.write_text("0123")
    with pytest.raises(RecordError, match="damaged"):
        kept_public(tmp_path / "home")


def test_every_bit_sealed_for_recovery_counts(tmp_path: Path, key: FileKey) -> None:
    paper = RecoveryKey.new()
    source = other_key(tmp_path)
    source.recovery_public = paper.public
    write(tmp_path / "record", source, 1)
    data = (tmp_path / "record" / "key.json").read_bytes()
    for at in range(data.index(b'"recovery"'), len(data), 3):
        for opener in (paper, source):
            with pytest.raises(RecordError) as caught:
                unwrap(data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :], opener)
            assert caught.value.reason is RecordReason.ALTERED


# A key file as version 1 wrote it, over the 32 bytes 00 01 02 ... 1f as key file.
OF_VERSION_1 = Path(__file__).with_name("key-1.json")


def test_a_key_file_of_version_1_still_opens(tmp_path: Path) -> None:
    old = tmp_path / "old.key"
    old.write_bytes(bytes(range(32)))
    old.chmod(0o600)
    fields = json.loads(OF_VERSION_1.read_bytes())
    assert fields["version"] == 1
    assert unwrap(OF_VERSION_1.read_bytes(), FileKey(old)) == bytes(range(100, 132))
    with pytest.raises(RecordError, match="without a recovery key"):
        unwrap(OF_VERSION_1.read_bytes(), RecoveryKey.new())


# ------------------------------------------------------------------ the end of a record


def test_an_erased_record_is_gone_and_a_copy_of_its_database_tells_nothing(
    tmp_path: Path, key: FileKey
) -> None:
    record, kept = tmp_path / "record", tmp_path / "kept"
    write(record, key, 3)
    secret, database = read_key_file(record, key), (record / "record.db").read_bytes()
    erase(record)
    assert not record.exists()
    kept.mkdir()
    (kept / "record.db").write_bytes(database)
    for hidden in (secret, secret.hex().encode(), b"SQLite format", b"CREATE TABLE"):
        assert hidden not in database
    with pytest.raises(RecordError, match="its key was destroyed") as caught:
        Reader.open(kept, key)
    assert caught.value.reason is RecordReason.NOT_A_RECORD
    # a key file of another record does not help
    write(tmp_path / "another", key, 1)
    (kept / "key.json").write_bytes((tmp_path / "another" / "key.json").read_bytes())
    assert verify(kept, key).state is RecordState.ALTERED


def test_the_wrapped_key_is_written_over_before_it_is_removed(
    tmp_path: Path, key: FileKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an undelete finds where the key file lay is random."""
    record = tmp_path / "record"
    write(record, key, 1)
    before = (record / "key.json").read_bytes()
    (tmp_path / "same bytes").hardlink_to(record / "key.json")
    erase(record)
    after = (tmp_path / "same bytes").read_bytes()
    assert len(after) == len(before)
    assert sum(a == b for a, b in zip(before, after, strict=True)) < len(before) / 8


def test_what_an_interrupted_erasing_left_cannot_be_read_and_can_be_erased_again(
    tmp_path: Path, key: FileKey
) -> None:
    record = tmp_path / "record"
    write(record, key, 1)
    (record / "key.json").write_bytes(os.urandom(600))
    assert verify(record, key).state is RecordState.ALTERED
    erase(record)
    assert not record.exists()
