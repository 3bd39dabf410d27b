"""The list of consoles is followed while the runtime runs: who is paired comes in, who is revoked is cut off at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.helpers.link import Console, Runtime, until
from vr_runtime.link.client import LinkClient
from vr_runtime.link.entries import LogEntry
from vr_runtime.link.guard import Guard, strangers_are_refused
from vr_runtime.link.keys import ensure_local_keys, load_console_keys
from vr_runtime.link.paired import RuntimeFile, admit, keep_runtime, keys_towards, read_runtime, revoke
from vr_runtime.link.status import LinkState
from vr_runtime.link.wire import CONSOLE_KINDS
from vr_runtime.protocol.answers import Answer, StopHeard
from vr_runtime.protocol.commands import Pause
from vr_runtime.protocol.events import ConsoleSeen

Keep = Callable[[Any], None]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vr_runtime.link.client_io.KNOCK_NS", 200_000_000)
    monkeypatch.setattr("vr_runtime.link.server_io.LOOK_S", 0.05)


class Far:
    """A console on another machine: its own folder of keys, and the runtime's key as pairing brought it."""

    def __init__(self, folder: Path, runtime: Runtime, name: str, *, lease: bool = False) -> None:
        self.folder = ensure_local_keys(folder)
        self.name = name
        connection = runtime.server.connection
        file = RuntimeFile(public=connection.server_key, host="127.0.0.1", port=connection.ports.control)
        keep_runtime(self.folder, "runtime", file)
        keys = keys_towards(self.folder, "runtime")
        self.public = keys.public
        self.entries: list[LogEntry] = []
        # the ports of the tests follow no order, so the place is the runtime's own
        self.client = LinkClient.connect(
            connection, name=name, want_lease=lease, on_entries=self.entries.extend, keys=keys
        )

    def admitted(self, runtime: Runtime) -> Far:
        admit(runtime.folder, self.name, self.public, "now")
        until(lambda: self.client.status().state is LinkState.CONNECTED)
        return self

    def close(self) -> None:
        self.client.close()


def shut_out(console: Far) -> bool:
    return console.client.status().code == "not_paired"


def test_a_console_that_is_paired_while_the_runtime_runs_gets_in(
    runtime: Runtime, tmp_path: Path, keep: Keep
) -> None:
    far = Far(tmp_path / "far", runtime, "laptop", lease=True)
    keep(far)
    until(lambda: shut_out(far))
    assert "vr-runtime pair" in far.client.status().why
    far.admitted(runtime)
    until(lambda: far.client.status().lease.mine)
    runtime.commit(5)
    until(lambda: len(far.entries) == 5)
    assert read_runtime(far.folder, "runtime").host == "127.0.0.1"


def test_a_console_that_is_revoked_is_cut_off_from_all_five_sockets(
    runtime: Runtime, tmp_path: Path, keep: Keep, caplog: pytest.LogCaptureFixture
) -> None:
    far = Far(tmp_path / "far", runtime, "laptop", lease=True)
    keep(far)
    far.admitted(runtime)
    until(lambda: far.client.status().lease.mine)
    own = Console(runtime)  # this machine's own, which watches
    keep(own)
    runtime.commit(3)
    until(lambda: len(far.entries) == len(own.entries) == 3)
    before = runtime.server.connection

    revoke(runtime.folder, "laptop")
    until(lambda: shut_out(far))
    assert far.client.status().state is LinkState.REFUSED
    # the other console takes over within the same run, misses nothing, and the first hears nothing more
    until(lambda: own.client.status().lease.mine)
    runtime.commit(200)
    until(lambda: len(own.entries) == 203)
    assert own.numbers() == list(range(1, 204))
    assert isinstance(own.answer_to(own.client.send(Pause())), Answer)
    assert own.epochs == ["epoch-of-the-test"]
    assert [one.seq for one in far.entries] == [1, 2, 3]
    assert far.client.telemetry() is None
    assert runtime.server.connection == before
    addresses = {before.address(name): kind for name, kind in CONSOLE_KINDS.items()}
    assert strangers_are_refused(addresses, before.server_key.encode())
    assert dict(runtime.server._io.ports) == before.ports.model_dump()
    assert runtime.loop is not None
    seen = [
        (one.console, one.what) for one in runtime.loop.of("console_seen") if isinstance(one, ConsoleSeen)
    ]
    assert seen.index(("laptop", "lease_lapsed")) < seen.index(("console", "lease_taken"))
    assert ("laptop", "lost") in seen
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


def test_what_a_revoked_console_still_sends_is_never_run(
    runtime: Runtime, tmp_path: Path, keep: Keep
) -> None:
    far = Far(tmp_path / "far", runtime, "laptop", lease=True)
    keep(far)
    far.admitted(runtime)
    until(lambda: far.client.status().lease.mine)
    revoke(runtime.folder, "laptop")
    until(lambda: shut_out(far))
    assert runtime.loop is not None
    ran = len(runtime.loop.ran)
    far.client.send(Pause(), ttl_ms=60_000)
    far.client.stop()
    own = Console(runtime)
    keep(own)
    until(lambda: own.client.status().lease.mine)
    stop = own.client.stop()
    until(lambda: any(isinstance(one, StopHeard) and one.id == stop for one in own.look()))
    own.answer_to(own.client.send(Pause()))
    assert len(runtime.loop.ran) == ran + 1
    assert [one.id for one in runtime.loop.of("stop_pressed")] == [stop]  # type: ignore[attr-defined]


def test_a_stop_of_another_console_gets_through_while_one_is_cut_off(
    runtime: Runtime, tmp_path: Path, keep: Keep
) -> None:
    own = Console(runtime)
    keep(own)
    for number in range(3):
        far = Far(tmp_path / f"far-{number}", runtime, f"laptop-{number}")
        keep(far)
        far.admitted(runtime)
        revoke(runtime.folder, f"laptop-{number}")
        stops = [own.client.stop() for _ in range(5)]
        heard = {one.id for one in own.look() if isinstance(one, StopHeard)}
        until(lambda: shut_out(far))  # noqa: B023

        def all_heard() -> bool:
            heard.update(one.id for one in own.client.events() if isinstance(one, StopHeard))  # noqa: B023
            return set(stops) <= heard  # noqa: B023

        until(all_heard)
    assert runtime.loop is not None
    pressed = [one.id for one in runtime.loop.of("stop_pressed")]  # type: ignore[attr-defined]
    assert len(pressed) == len(set(pressed)) == 15


def test_a_revoked_console_that_is_paired_anew_is_let_in_again(
    runtime: Runtime, tmp_path: Path, keep: Keep
) -> None:
    far = Far(tmp_path / "far", runtime, "laptop")
    keep(far)
    for _ in range(3):
        far.admitted(runtime)
        revoke(runtime.folder, "laptop")
        until(lambda: shut_out(far))
    far.admitted(runtime)


def test_to_revoke_a_console_that_was_never_there_disturbs_nobody(
    runtime: Runtime, tmp_path: Path, keep: Keep
) -> None:
    own = Console(runtime)
    keep(own)
    sockets = dict(runtime.server._io._sockets)
    public, _ = zmq.curve_keypair()
    admit(runtime.folder, "laptop", public, "now")
    until(lambda: public in runtime.server._io._guard.allowed)
    revoke(runtime.folder, "laptop")
    until(lambda: public not in runtime.server._io._guard.allowed)
    assert runtime.server._io._sockets == sockets
    assert own.client.status().state is LinkState.CONNECTED


# ------------------------------------------------------------------ the guard alone


@pytest.fixture
def guarded(tmp_path: Path) -> Any:
    folder = ensure_local_keys(tmp_path)
    context: zmq.Context[Any] = zmq.Context()
    guard = Guard(context, (), folder / "keys")
    yield folder, guard
    guard.close()
    context.term()


def test_an_unchanged_list_is_not_read_again(guarded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, guard = guarded
    reads: list[Path] = []
    monkeypatch.setattr("vr_runtime.link.guard.read_allowed", lambda keys: reads.append(keys) or frozenset())
    for _ in range(10):
        guard.look()
    assert reads == []
    admit(folder, "laptop", zmq.curve_keypair()[0], "now")
    guard.look()
    assert len(reads) == 1


def test_a_list_that_others_may_change_lets_nobody_new_in(guarded: Any) -> None:
    folder, guard = guarded
    own = load_console_keys(folder).public
    public, _ = zmq.curve_keypair()
    (folder / "keys" / "consoles").chmod(0o770)
    path = folder / "keys" / "consoles" / "intruder.public"
    path.write_text(f'{{"public": "{public.decode()}"}}')
    guard.look()
    assert guard.allowed == {own}
    (folder / "keys" / "consoles").chmod(0o700)
    path.chmod(0o600)
    guard.look()
    assert guard.allowed == {own, public}


def test_a_file_that_breaks_shuts_out_its_console_and_no_other(guarded: Any) -> None:
    folder, guard = guarded
    own = load_console_keys(folder).public
    public, _ = zmq.curve_keypair()
    admit(folder, "laptop", public, "now")
    guard.look()
    guard._came_in.update({own, public})
    (folder / "keys" / "consoles" / "laptop.public").write_text("nonsense")
    assert guard.look() == {public}
    assert guard.allowed == {own}
    assert guard.look() == frozenset()


def test_without_the_folder_nobody_is_let_in(guarded: Any) -> None:
    folder, guard = guarded
    own = load_console_keys(folder).public
    guard._came_in.add(own)
    (folder / "keys" / "consoles").rename(folder / "keys" / "elsewhere")
    assert guard.look() == {own}
    assert guard.allowed == set()
