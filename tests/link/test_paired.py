"""Who is paired, on disk: names, keys, lists, and what is not written there."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
import zmq

from tests.helpers.pairing import CODE, CONSOLE, RUNTIME, Talk, contents
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ensure_local_keys, fingerprint, load_console_keys, load_server_keys
from vr_runtime.link.paired import (
    RuntimeFile,
    admit,
    consoles,
    forget,
    keep_runtime,
    keys_towards,
    moved,
    name_from,
    others_are_paired,
    read_runtime,
    revoke,
    runtimes,
)
from vr_runtime.link.pairing import Offer

posix = pytest.mark.skipif(sys.platform == "win32", reason="files have no mode there")
WHEN = "2026-11-26T01:00:00Z"


def key() -> bytes:
    return zmq.curve_keypair()[0]


def file(public: str = RUNTIME.public, host: str = "192.168.1.20", port: int = 8440) -> RuntimeFile:
    return RuntimeFile(public=public, host=host, port=port, paired=WHEN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return ensure_local_keys(tmp_path)


def test_a_console_that_is_admitted_is_let_in_and_listed(folder: Path) -> None:
    assert not others_are_paired(folder)
    public = key()
    assert admit(folder, "laptop", public, WHEN) == "laptop"
    assert public in load_server_keys(folder).allowed
    assert others_are_paired(folder)
    laptop, own = consoles(folder)
    assert (laptop.name, laptop.fingerprint, laptop.paired) == ("laptop", fingerprint(public), WHEN)
    assert (own.name, own.paired) == ("this-machine", "")


@posix
def test_what_pairing_writes_is_for_its_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        admit(folder, "laptop", key(), WHEN)
        keep_runtime(folder, "room-3", file())
    finally:
        os.umask(before)
    written = [folder / "keys/consoles/laptop.public", folder / "keys/runtimes/room-3.json"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in written] == [0o600, 0o600]
    assert stat.S_IMODE((folder / "keys/runtimes").stat().st_mode) == 0o700
    assert [path.name for path in (folder / "keys/consoles").iterdir() if path.name.startswith(".")] == []


def test_what_a_pairing_leaves_on_disk_holds_no_code_and_no_secret_of_it(folder: Path) -> None:
    talk = Talk(Offer(CODE, RUNTIME, 0))
    admit(folder, talk.stored[0].name, talk.stored[0].public.encode(), WHEN)
    assert talk.console.paired is not None
    keep_runtime(folder, "room-3", file(talk.console.paired.public))
    left = contents(folder)
    assert CODE.encode() not in left
    assert CONSOLE.public.encode() in left
    for message in talk.said:
        assert message[1:33] not in left


def test_a_name_that_is_taken_gets_a_number_and_shuts_nobody_out(folder: Path) -> None:
    first, second, third = key(), key(), key()
    assert [admit(folder, "laptop", one, WHEN) for one in (first, second, third)] == [
        "laptop", "laptop-2", "laptop-3",
    ]  # fmt: skip
    assert {first, second, third} < load_server_keys(folder).allowed
    assert admit(folder, "this-machine", key(), WHEN) == "this-machine-2"
    assert load_console_keys(folder).public in load_server_keys(folder).allowed
    assert len(admit(folder, "x" * 32, key(), WHEN)) == 32
    assert len(admit(folder, "x" * 32, key(), WHEN)) <= 32


def test_a_key_that_comes_again_keeps_its_name(folder: Path) -> None:
    public = key()
    admit(folder, "laptop", public, WHEN)
    assert admit(folder, "another-name", public, "2027-01-01T00:00:00Z") == "laptop"
    assert [(one.name, one.paired[:4]) for one in consoles(folder)] == [
        ("laptop", "2027"),
        ("this-machine", ""),
    ]


def test_a_console_that_is_revoked_is_shut_out(folder: Path) -> None:
    public = key()
    admit(folder, "laptop", public, WHEN)
    assert revoke(folder, "laptop").public == public
    assert public not in load_server_keys(folder).allowed
    with pytest.raises(LinkError) as caught:
        revoke(folder, "laptop")
    assert caught.value.reason is LinkReason.NO_SUCH_NAME
    assert "this-machine" in str(caught.value)


@pytest.mark.parametrize("name", ["../server", "/etc/passwd", "", "*", "this-machine.public"])
def test_only_what_is_listed_can_be_revoked_or_forgotten(folder: Path, name: str) -> None:
    before = contents(folder)
    for remove in (revoke, forget):
        with pytest.raises(LinkError) as caught:
            remove(folder, name)
        assert caught.value.reason is LinkReason.NO_SUCH_NAME
    assert contents(folder) == before


def test_a_broken_file_is_listed_with_its_trouble_and_can_be_revoked(folder: Path) -> None:
    (folder / "keys/consoles/laptop.public").write_text("nonsense")
    laptop, _ = consoles(folder)
    assert "not a key file" in laptop.trouble
    assert not others_are_paired(folder)
    revoke(folder, "laptop")
    assert [one.name for one in consoles(folder)] == ["this-machine"]


def test_a_runtime_is_found_by_its_name_with_its_key(folder: Path) -> None:
    assert runtimes(folder) == []
    assert keep_runtime(folder, "room-3", file()) == "room-3"
    reach = read_runtime(folder, "room-3")
    assert reach.address("control") == "tcp://192.168.1.20:8440"
    assert reach.address("preview") == "tcp://192.168.1.20:8444"
    keys = keys_towards(folder, "room-3")
    assert keys.server_public == RUNTIME.public.encode()
    assert keys.secret == load_console_keys(folder).secret
    (one,) = runtimes(folder)
    assert (one.place, one.paired, one.public) == ("192.168.1.20:8440", WHEN, RUNTIME.public.encode())
    assert keep_runtime(folder, "other", file(host="10.0.0.9")) == "room-3"  # paired again, elsewhere
    assert read_runtime(folder, "room-3").host == "10.0.0.9"
    assert keep_runtime(folder, "room-3", file(key().decode())) == "room-3-2"
    forget(folder, "room-3")
    assert [one.name for one in runtimes(folder)] == ["room-3-2"]


def test_a_runtime_that_moved_keeps_key_and_date(folder: Path) -> None:
    keep_runtime(folder, "room-3", file())
    moved(folder, "room-3", "10.1.1.1", 9000)
    (one,) = runtimes(folder)
    assert (one.place, one.paired, one.public) == ("10.1.1.1:9000", WHEN, RUNTIME.public.encode())


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"public":"short","host":"x","port":1}', f'{{"public":"{"~" * 40}","host":"x","port":1}}',
     f'{{"public":"{RUNTIME.public}","host":"x","port":65535}}'],
    ids=["empty", "list", "nothing", "short key", "no key", "last port"],
)  # fmt: skip
def test_a_damaged_runtime_file_says_what_to_do(folder: Path, text: str) -> None:
    keep_runtime(folder, "room-3", file())
    path = folder / "keys/runtimes/room-3.json"
    path.write_text(text)
    with pytest.raises(LinkError) as caught:
        read_runtime(folder, "room-3")
    assert caught.value.reason is LinkReason.KEYS_BROKEN
    assert runtimes(folder)[0].trouble


@posix
def test_a_runtime_file_that_others_may_change_is_refused(folder: Path) -> None:
    keep_runtime(folder, "room-3", file())
    (folder / "keys/runtimes/room-3.json").chmod(0o620)
    with pytest.raises(LinkError) as caught:
        keys_towards(folder, "room-3")
    assert caught.value.reason is LinkReason.KEYS_EXPOSED


@pytest.mark.parametrize(
    ("text", "name"),
    [("Room 3", "room-3"), ("ANNA's Mac.local", "anna-s-mac-local"), ("é", "runtime"), ("..", "runtime"),
     ("x" * 50, "x" * 32), ("-a-", "a")],
)  # fmt: skip
def test_any_text_makes_a_name_that_a_file_may_bear(text: str, name: str) -> None:
    assert name_from(text, "runtime") == name


def test_a_fingerprint_is_of_the_key_alone() -> None:
    public = key()
    assert fingerprint(public) == fingerprint(public) != fingerprint(key())
    assert len(fingerprint(public)) == 19
