"""Keys: where they come from, what is refused, and how a wrong key differs from a damaged file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringLocked

from tests.helpers.records import write
from vr_runtime.record import (
    FileKey,
    KeyringKey,
    PassphraseKey,
    Reader,
    RecordError,
    RecordReason,
    key_source_from,
)
from vr_runtime.record.keyfile import read_key_file, unwrap, write_key_file

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


class MemoryKeyring(KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("the keyring is locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


def reason_of(data: bytes, key: FileKey | PassphraseKey) -> RecordReason:
    with pytest.raises(RecordError) as caught:
        unwrap(data, key)
    assert isinstance(caught.value.reason, RecordReason)
    return caught.value.reason


# ------------------------------------------------------------------ key.json


def test_every_bit_of_the_key_file_counts(tmp_path: Path, key: FileKey) -> None:
    write_key_file(tmp_path, key)
    data = (tmp_path / "key.json").read_bytes()
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert reason_of(bytes(flipped), key) is RecordReason.ALTERED, f"bit {bit}"


def test_space_order_and_length_of_the_key_file_count(tmp_path: Path, key: FileKey) -> None:
    write_key_file(tmp_path, key)
    data = (tmp_path / "key.json").read_bytes()
    fields = json.loads(data)
    turned = json.dumps(dict(reversed(fields.items())), indent=1).encode() + b"\n"
    for changed in (
        data + b"\n",
        data[:-1],
        b" " + data,
        json.dumps(fields).encode(),
        turned,
        b"",
        b"[" * 60_000,
    ):
        assert reason_of(changed, key) is RecordReason.ALTERED


def test_who_repairs_the_digest_after_a_change_is_found_out_by_the_mac(tmp_path: Path, key: FileKey) -> None:
    write_key_file(tmp_path, key)
    data = (tmp_path / "key.json").read_bytes()
    fields = json.loads(data)
    for name in ("nonce", "wrapped", "mac"):
        changed = {**fields, name: fields[name][:-1] + ("0" if fields[name][-1] != "0" else "1")}
        assert reason_of(_with_new_digest(changed), key) is RecordReason.ALTERED
    salt = {**fields, "parameters": {**fields["parameters"], "salt": "00" * 16}}
    assert reason_of(_with_new_digest(salt), key) is RecordReason.WRONG_KEY


def _with_new_digest(fields: dict[str, object]) -> bytes:
    rest = {name: value for name, value in fields.items() if name != "sha256"}
    head = json.dumps(rest, indent=1).encode().removesuffix(b"\n}")
    return head + b',\n "sha256": "' + hashlib.sha256(head).hexdigest().encode() + b'"\n}\n'


def test_a_newer_key_file_says_to_update_and_a_damaged_version_does_not(tmp_path: Path, key: FileKey) -> None:
    write_key_file(tmp_path, key)
    data = (tmp_path / "key.json").read_bytes()
    newer = _with_new_digest({**json.loads(data), "version": 3})
    with pytest.raises(RecordError, match="update"):
        unwrap(newer, key)
    assert reason_of(data.replace(b'"version": 2', b'"version": 3'), key) is RecordReason.ALTERED


def test_a_forged_key_file_cannot_ask_for_all_memory(tmp_path: Path) -> None:
    write_key_file(tmp_path, PassphraseKey("open sesame"))
    fields = json.loads((tmp_path / "key.json").read_bytes())
    for name, value in (("memory_kib", 2**30), ("passes", 10**6), ("lanes", 10**4), ("salt", "xyz")):
        forged = _with_new_digest({**fields, "parameters": {**fields["parameters"], name: value}})
        assert reason_of(forged, PassphraseKey("open sesame")) is RecordReason.ALTERED


# ------------------------------------------------------------------ sources


def test_a_passphrase_opens_what_it_locked_and_another_does_not(tmp_path: Path) -> None:
    secret = write_key_file(tmp_path, PassphraseKey("corde à linge"))
    assert read_key_file(tmp_path, PassphraseKey("corde à linge")) == secret
    parameters = json.loads((tmp_path / "key.json").read_bytes())["parameters"]
    assert (parameters["kdf"], parameters["memory_kib"]) == ("argon2id", 65536)
    assert (parameters["passes"], parameters["lanes"]) == (3, 4)
    with pytest.raises(RecordError, match="not locked with this passphrase") as caught:
        read_key_file(tmp_path, PassphraseKey("corde a linge"))
    assert (caught.value.reason, caught.value.exit_status) == (RecordReason.WRONG_KEY, 6)


def test_a_key_of_another_kind_is_told_which_is_wanted(tmp_path: Path, key: FileKey) -> None:
    write_key_file(tmp_path, PassphraseKey("one"))
    with pytest.raises(RecordError, match="PALIER_PASSPHRASE") as caught:
        read_key_file(tmp_path, key)
    assert caught.value.reason is RecordReason.WRONG_KEY


def test_two_records_never_share_a_key(tmp_path: Path, key: FileKey) -> None:
    secrets = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        secrets.add(write_key_file(tmp_path / name, key))
    assert len(secrets) == 2


def test_the_key_itself_is_not_in_the_key_file(tmp_path: Path, key: FileKey) -> None:
    secret = write_key_file(tmp_path, key)
    data = (tmp_path / "key.json").read_bytes()
    for hidden in (secret, key.read()):
        assert hidden.hex().encode() not in data
        assert hidden not in data


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "shared.key"
    FileKey.create(path)
    path.chmod(mode)
    with pytest.raises(RecordError, match="chmod 600") as caught:
        key_source_from(path, {})
    assert caught.value.reason is RecordReason.KEY_FILE_OPEN_TO_OTHERS


@posix_only
def test_a_new_key_file_is_its_owner_s_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FileKey.create(tmp_path / "new.key")
    finally:
        os.umask(before)
    assert (tmp_path / "new.key").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "new.key").read_bytes()) == 32


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    first = FileKey.create(tmp_path / "k").read()
    with pytest.raises(RecordError, match="exists") as caught:
        FileKey.create(tmp_path / "k")
    assert caught.value.reason is RecordReason.EXISTS
    assert FileKey(tmp_path / "k").read() == first
    with pytest.raises(RecordError) as caught:
        FileKey.create(tmp_path / "missing" / "k")
    assert caught.value.reason is RecordReason.DISK


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33, b"x" * 1000])
def test_a_key_file_of_another_length_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "k"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(RecordError, match="32 random bytes") as caught:
        key_source_from(path, {})
    assert caught.value.reason is RecordReason.NO_KEY


def test_the_keyring_s_key_is_made_once_and_opens_every_record(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, KeyringKey(), 2)
    assert len(memory_keyring.kept) == 1
    for name in ("a", "b"):
        with Reader.open(tmp_path / name, KeyringKey()) as reader:
            assert reader.last()[0] == 3


def test_a_keyring_without_its_key_opens_nothing_and_makes_none(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    write(tmp_path / "a", KeyringKey(), 1)
    memory_keyring.kept.clear()
    with pytest.raises(RecordError, match="holds no key") as caught:
        Reader.open(tmp_path / "a", KeyringKey())
    assert caught.value.reason is RecordReason.NO_KEY
    assert memory_keyring.kept == {}


def test_a_locked_keyring_and_a_foreign_value_are_no_key(memory_keyring: MemoryKeyring) -> None:
    memory_keyring.kept["palier", "record-key"] = "not base64!"
    with pytest.raises(RecordError, match="no key of Palier's"):
        KeyringKey().new_parameters()
    memory_keyring.locked = True
    with pytest.raises(RecordError, match="no usable keyring") as caught:
        key_source_from(None, {})
    assert caught.value.reason is RecordReason.NO_KEY


# ------------------------------------------------------------------ which source is taken


def test_the_key_file_comes_first_then_the_passphrase_then_the_keyring(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    FileKey.create(tmp_path / "k")
    environ = {"PALIER_PASSPHRASE": "x"}
    assert key_source_from(tmp_path / "k", environ).kind == "key_file"
    assert key_source_from(None, environ).kind == "passphrase"
    assert key_source_from(None, {}).kind == "keyring"


def test_without_any_key_there_is_a_message_and_no_record(no_keyring: None) -> None:
    with pytest.raises(RecordError, match=r"--key-file.*PALIER_PASSPHRASE.*never kept unencrypted") as caught:
        key_source_from(None, {})
    assert (caught.value.reason, caught.value.exit_status) == (RecordReason.NO_KEY, 6)


def test_an_empty_passphrase_is_no_key() -> None:
    with pytest.raises(RecordError, match="empty"):
        key_source_from(None, {"PALIER_PASSPHRASE": ""})


def test_an_existing_record_says_which_key_it_wants(
    tmp_path: Path, key: FileKey, memory_keyring: MemoryKeyring
) -> None:
    with_file, with_words, with_keyring = (tmp_path / name for name in ("file", "words", "keyring"))
    write(with_file, key, 1)
    write(with_words, PassphraseKey("x"), 1)
    write(with_keyring, KeyringKey(), 1)
    environ = {"PALIER_PASSPHRASE": "x"}
    assert key_source_from(None, environ, existing=with_keyring).kind == "keyring"
    assert key_source_from(None, environ, existing=with_words).kind == "passphrase"
    with pytest.raises(RecordError, match="--key-file"):
        key_source_from(None, environ, existing=with_file)
    with pytest.raises(RecordError, match="set PALIER_PASSPHRASE"):
        key_source_from(None, {}, existing=with_words)
    with pytest.raises(RecordError) as caught:
        key_source_from(None, environ, existing=tmp_path)
    assert (caught.value.reason, caught.value.exit_status) == (RecordReason.NOT_A_RECORD, 7)
