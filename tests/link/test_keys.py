"""Key files and the connection file."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import threading
from pathlib import Path

import pytest

from tests.helpers.link import EPOCH
from vr_runtime.link.connection import (
    Connection,
    Ports,
    read_connection,
    remove_connection,
    write_connection,
)
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import (
    describe_curve,
    ensure_local_keys,
    link_folder,
    load_console_keys,
    load_server_keys,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="files have no mode there")


def reason(caught: pytest.ExceptionInfo[LinkError]) -> LinkReason:
    assert isinstance(caught.value.reason, LinkReason)
    return caught.value.reason


def test_both_sides_know_each_other_without_any_step(tmp_path: Path) -> None:
    ensure_local_keys(tmp_path)
    server, console = load_server_keys(tmp_path), load_console_keys(tmp_path)
    assert server.allowed == {console.public}
    assert console.server_public == server.public


@posix
def test_every_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ensure_local_keys(tmp_path / "link")
    finally:
        os.umask(before)
    for path in (tmp_path / "link").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_keys_are_made_once(tmp_path: Path) -> None:
    ensure_local_keys(tmp_path)
    before = load_server_keys(tmp_path)
    ensure_local_keys(tmp_path)
    assert load_server_keys(tmp_path) == before


def test_two_programs_that_start_at_once_get_the_same_keys(tmp_path: Path) -> None:
    barrier, found = threading.Barrier(8), []

    def start() -> None:
        barrier.wait()
        ensure_local_keys(tmp_path)
        found.append((load_server_keys(tmp_path).public, load_console_keys(tmp_path).public))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_a_console_that_was_shut_out_stays_out(tmp_path: Path) -> None:
    ensure_local_keys(tmp_path)
    (tmp_path / "keys" / "consoles" / "this-machine.public").unlink()
    ensure_local_keys(tmp_path)
    assert load_server_keys(tmp_path).allowed == frozenset()


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
@pytest.mark.parametrize("name", ["server.key", "console.key"])
def test_a_secret_that_others_may_read_is_refused_with_the_command_to_run(
    tmp_path: Path, name: str, mode: int
) -> None:
    ensure_local_keys(tmp_path)
    path = tmp_path / "keys" / name
    path.chmod(mode)
    with pytest.raises(LinkError) as caught:
        (load_server_keys if name == "server.key" else load_console_keys)(tmp_path)
    assert reason(caught) is LinkReason.KEYS_EXPOSED
    assert f"chmod go-rwx '{path}'" in str(caught.value)
    path.chmod(0o600)
    (load_server_keys if name == "server.key" else load_console_keys)(tmp_path)


@posix
@pytest.mark.parametrize("what", ["keys", "keys/consoles", "keys/consoles/this-machine.public"])
def test_a_list_of_consoles_that_others_may_change_is_refused(tmp_path: Path, what: str) -> None:
    ensure_local_keys(tmp_path)
    path = tmp_path / what
    path.chmod(path.stat().st_mode | 0o020)
    with pytest.raises(LinkError) as caught:
        load_server_keys(tmp_path)
    assert reason(caught) is LinkReason.KEYS_EXPOSED
    assert "chmod go-w" in str(caught.value)


@pytest.mark.parametrize("name", ["server.key", "console.key", "server.public"])
def test_a_missing_key_is_named(tmp_path: Path, name: str) -> None:
    ensure_local_keys(tmp_path)
    (tmp_path / "keys" / name).unlink()
    with pytest.raises(LinkError) as caught:
        (load_server_keys if name == "server.key" else load_console_keys)(tmp_path)
    assert reason(caught) is LinkReason.KEYS_MISSING
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"public": 7, "secret": 7}',
        '{"public": "short", "secret": "short"}',
        '{"public": "ééé"}',
    ],
)
def test_a_broken_key_file_is_named_with_what_to_do(tmp_path: Path, text: str) -> None:
    ensure_local_keys(tmp_path)
    path = tmp_path / "keys" / "server.key"
    path.write_text(text)
    with pytest.raises(LinkError) as caught:
        load_server_keys(tmp_path)
    assert reason(caught) is LinkReason.KEYS_BROKEN
    assert str(path) in str(caught.value)


def test_two_keys_that_do_not_belong_together_are_noticed(tmp_path: Path) -> None:
    ensure_local_keys(tmp_path)
    server, console = (tmp_path / "keys" / name for name in ("server.key", "console.key"))
    fields = json.loads(server.read_text())
    fields["secret"] = json.loads(console.read_text())["secret"]
    server.write_text(json.dumps(fields))
    with pytest.raises(LinkError) as caught:
        load_server_keys(tmp_path)
    assert reason(caught) is LinkReason.KEYS_BROKEN


def test_no_secret_shows_in_a_representation(tmp_path: Path) -> None:
    ensure_local_keys(tmp_path)
    for keys in (load_server_keys(tmp_path), load_console_keys(tmp_path)):
        assert keys.secret.decode() not in repr(keys)


def test_the_folder_can_be_chosen_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_HOME", str(tmp_path / "elsewhere"))
    assert link_folder() == tmp_path / "elsewhere" / "link"
    assert ensure_local_keys() == link_folder()
    assert load_server_keys().public == load_console_keys().server_public
    shutil.rmtree(tmp_path / "elsewhere")
    monkeypatch.delenv("PALIER_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if sys.platform not in ("win32", "darwin"):
        assert link_folder() == tmp_path / "data" / "palier" / "link"


def test_the_encryption_can_be_named() -> None:
    assert describe_curve().startswith("CURVE of libzmq ")


# ------------------------------------------------------------------ connection file


def connection(epoch: str = EPOCH) -> Connection:
    ports = Ports(control=1001, commands=1002, feed=1003, history=1004, preview=1005)
    return Connection(protocol="1.0", host="127.0.0.1", ports=ports, server_key="k" * 40, epoch=epoch, pid=7)


def test_the_connection_file_is_found_by_itself_and_by_its_folder(tmp_path: Path) -> None:
    path = write_connection(tmp_path, connection())
    assert read_connection(tmp_path) == read_connection(path) == connection()
    assert connection().address("feed") == "tcp://127.0.0.1:1003"
    assert [one.name for one in tmp_path.iterdir()] == ["runtime.json"]


def test_the_connection_file_may_have_another_name(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "here.json"
    assert write_connection(path, connection()) == path
    assert read_connection(path) == connection()
    remove_connection(path, EPOCH)
    assert not path.exists()


def test_another_runs_connection_file_is_not_removed(tmp_path: Path) -> None:
    path = write_connection(tmp_path, connection("a-later-run"))
    remove_connection(path, EPOCH)
    assert path.exists()


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"host":"x"}'])
def test_a_damaged_connection_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "runtime.json").write_text(text)
    with pytest.raises(LinkError) as caught:
        read_connection(tmp_path)
    assert reason(caught) is LinkReason.CONNECTION_BROKEN
    assert "restart vr-runtime" in str(caught.value)
