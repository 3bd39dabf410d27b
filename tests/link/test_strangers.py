"""Who is not paired gets nothing, who listens reads nothing, and who talks nonsense does no harm."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zmq
import zmq.utils.monitor
import zmq.utils.z85
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.link import EPOCH, Console, Proxy, Runtime, entry, until
from vr_runtime.link import guard, server_io
from vr_runtime.link.client import LinkClient
from vr_runtime.link.connection import Connection
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.guard import Guard
from vr_runtime.link.keys import ConsoleKeys, ensure_local_keys, load_console_keys
from vr_runtime.link.status import LinkState
from vr_runtime.link.wire import CONSOLE_KINDS, TOPIC_LOG, Want, pack_want
from vr_runtime.protocol.answers import Beat, Hello, StopNow
from vr_runtime.protocol.codec import MAX_COMMAND_BYTES, decode_to_console, encode
from vr_runtime.protocol.commands import Note, Pause
from vr_runtime.protocol.version import PROTOCOL_VERSION

Keep = Callable[[Any], None]


class Caller:
    """A bare socket that speaks to one of the runtime's five, with any keys or none."""

    def __init__(self, connection: Connection, name: str, keys: ConsoleKeys | None) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.socket: zmq.Socket[Any] = self.context.socket(CONSOLE_KINDS[name])
        self.socket.setsockopt(zmq.LINGER, 0)
        if keys is not None:
            self.socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
            self.socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
            self.socket.setsockopt(zmq.CURVE_SERVERKEY, keys.server_public)
        if CONSOLE_KINDS[name] == zmq.SUB:
            self.socket.setsockopt(zmq.SUBSCRIBE, b"")
        self.monitor: zmq.Socket[Any] = self.socket.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED
            | zmq.EVENT_HANDSHAKE_FAILED_AUTH
            | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
            | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
            | zmq.EVENT_DISCONNECTED
        )
        self.socket.connect(connection.address(name))

    def verdict(self) -> int:
        """What became of the handshake."""
        assert self.monitor.poll(20_000), "no handshake within 20 s"
        return zmq.utils.monitor.recv_monitor_message(self.monitor)["event"]

    def ask(self, *parts: bytes) -> list[bytes]:
        self.socket.send_multipart(parts)
        assert self.socket.poll(20_000), "no reply within 20 s"
        return self.socket.recv_multipart()

    def close(self) -> None:
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close(0)
        self.context.term()


def stranger(runtime: Runtime) -> ConsoleKeys:
    """Someone who knows the runtime's public key and has a pair of his own."""
    public, secret = zmq.curve_keypair()
    return ConsoleKeys(public, secret, load_console_keys(runtime.folder).server_public)


def paired(runtime: Runtime) -> ConsoleKeys:
    return load_console_keys(runtime.folder)


@pytest.mark.parametrize("name", CONSOLE_KINDS)
def test_a_strangers_key_is_refused_by_every_socket(runtime: Runtime, keep: Keep, name: str) -> None:
    caller = Caller(runtime.server.connection, name, stranger(runtime))
    keep(caller)
    assert caller.verdict() == zmq.EVENT_HANDSHAKE_FAILED_AUTH


@pytest.mark.parametrize("name", CONSOLE_KINDS)
def test_without_encryption_nobody_comes_in(runtime: Runtime, keep: Keep, name: str) -> None:
    caller = Caller(runtime.server.connection, name, None)
    keep(caller)
    assert caller.verdict() != zmq.EVENT_HANDSHAKE_SUCCEEDED


def test_a_stranger_gets_neither_reply_nor_feed_and_cannot_stop(runtime: Runtime, keep: Keep) -> None:
    keys = stranger(runtime)
    control = Caller(runtime.server.connection, "control", keys)
    feed = Caller(runtime.server.connection, "feed", keys)
    keep(control)
    keep(feed)
    control.socket.send(encode(StopNow(id="stranger-stop")))
    assert control.verdict() == feed.verdict() == zmq.EVENT_HANDSHAKE_FAILED_AUTH
    console = Console(runtime)
    keep(console)
    for _ in range(5):
        runtime.commit(10)
        until(lambda: len(console.entries) == len(runtime.log.entries))
    assert not control.socket.poll(100)
    assert not feed.socket.poll(0)
    assert runtime.loop is not None
    assert runtime.loop.of("stop_pressed") == []


def test_a_console_that_is_not_paired_is_told_so_and_let_in_once_it_is(
    tmp_path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vr_runtime.link.client_io.KNOCK_NS", 200_000_000)
    runtime = Runtime(tmp_path / "there")
    keep(runtime)
    here = tmp_path / "here"
    ensure_local_keys(here)
    (here / "keys" / "server.public").write_bytes(
        (tmp_path / "there" / "keys" / "server.public").read_bytes()
    )
    client = LinkClient.connect(runtime.server.connection, here)
    keep(client)
    status = client.wait_connected(20)
    assert status.state is LinkState.REFUSED
    assert status.code == "not_paired"
    assert "not paired" in status.why
    runtime.server._io._guard.allowed.add(load_console_keys(here).public)
    until(lambda: client.status().state is LinkState.CONNECTED)


def test_another_runtimes_key_is_noticed_before_anything_is_sent(tmp_path: Path, keep: Keep) -> None:
    runtime = Runtime(tmp_path / "one", loop=False)
    keep(runtime)
    with pytest.raises(LinkError) as caught:
        LinkClient.connect(runtime.server.connection, tmp_path / "two")
    assert caught.value.reason is LinkReason.KEY_MISMATCH


def test_an_eavesdropper_reads_nothing(runtime: Runtime, keep: Keep) -> None:
    secret = "the patient told of the bridge near home"
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    console = Console(runtime, proxy.connection)
    keep(console)
    console.answer_to(console.client.send(Note(text=secret)))
    body = b'{"frame":1,"cause":null,"body":{"text":"' + secret.encode() + b'"}}'
    spoken = entry(1)._replace(body=body)
    runtime.log.entries.append(spoken)  # what is published and what a catch-up reads are one
    runtime.server.publish([spoken])
    until(lambda: len(console.entries) == 1)
    assert console.entries[0].body == body
    assert b"CURVE" in proxy.seen  # the greeting alone travels in the open
    assert len(proxy.seen) > 3000
    for plain in (
        secret.encode(),
        b"bridge",
        b"hello",
        b"command",
        b"lease",
        EPOCH.encode(),
        TOPIC_LOG + b" ",
    ):
        assert plain not in proxy.seen


def test_without_a_working_guard_the_server_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Guard, "check", lambda _self, frames: zmq.utils.z85.encode(frames[6]))
    with pytest.raises(LinkError) as caught:
        Runtime(tmp_path, loop=False)
    assert caught.value.reason is LinkReason.NOT_GUARDED
    assert not (tmp_path / "runtime.json").exists()


def test_without_an_authenticator_nobody_is_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """libzmq lets everybody in where no authenticator runs, unless it is told that one must."""
    monkeypatch.setattr(guard, "_ENDPOINT", "inproc://elsewhere")
    monkeypatch.setattr(guard, "strangers_are_refused", lambda *_: True)
    runtime = Runtime(tmp_path, loop=False)
    caller = Caller(runtime.server.connection, "control", paired(runtime))
    try:
        assert caller.verdict() != zmq.EVENT_HANDSHAKE_SUCCEEDED
    finally:
        caller.close()
        runtime.close()


@pytest.mark.parametrize("field", [0, 2, 5, 6])
def test_the_guard_refuses_questions_of_another_form(field: int) -> None:
    public, _ = zmq.curve_keypair()
    context: zmq.Context[Any] = zmq.Context()
    own = Guard(context, [public])
    try:
        frames = [b"1.0", b"1", b"palier", b"127.0.0.1", b"", b"CURVE", zmq.utils.z85.decode(public)]
        assert own.check(frames) == public
        assert own.check([*frames[:field], b"other", *frames[field + 1 :]]) is None
        assert own.check(frames[:-1]) is None
    finally:
        own.close()
        context.term()


# ------------------------------------------------------------------ nonsense from someone who is paired


def nonsense(seed: int) -> list[list[bytes]]:
    chance = random.Random(seed)
    hello = encode(Hello(protocol=PROTOCOL_VERSION, console="x", lease=False))
    beat = encode(Beat(console_ns=1))
    found: list[list[bytes]] = []
    for _ in range(60):
        start = bytearray(chance.choice([hello, beat, b'{"kind":"stop_now"}', pack_want(Want(1, 1, 1)), b""]))
        for _ in range(chance.randrange(4)):
            start.insert(chance.randrange(len(start) + 1), chance.randrange(256))
            del start[chance.randrange(len(start))]
        found.append(
            [bytes(start), *(chance.randbytes(chance.randrange(50)) for _ in range(chance.randrange(3)))]
        )
        found.append([chance.randbytes(chance.randrange(400))])
    return [
        *found,
        [b""],
        [b"[" * 10_000],
        [b'{"kind":' * 1000],
        [b'{"kind":"beat","console_ns":' + b"9" * 4000 + b"}"],
        [b'{"kind":"beat","console_ns":1,"page_age_ms":' + b"9" * 400 + b"}"],
        [b'{"kind":"beat","console_ns":1,"copied_seq":' + b"9" * 400 + b',"copied_hash":"00"}'],
        [b'{"id":"\\ud800aaaaaaaaa","body":{"kind":"\\ud800"}}'],
        [b"\xff\xfe"],
        [b"a"] * 40,
    ]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["control", "commands", "history"])
def test_nonsense_on_any_socket_leaves_the_runtime_working(
    runtime: Runtime,
    keep: Keep,
    name: str,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    taken: list[object] = []
    receive = server_io.receive

    def counting(socket: zmq.Socket[Any]) -> Any:
        got = receive(socket)
        taken.extend([] if got is None else [got])
        return got

    monkeypatch.setattr(server_io, "receive", counting)
    caller = Caller(runtime.server.connection, name, paired(runtime))
    keep(caller)
    messages = nonsense(seed)
    for parts in messages:
        caller.socket.send_multipart(parts)
    until(lambda: len(taken) >= len(messages))
    console = Console(runtime)
    keep(console)
    command_id = console.client.send(Pause())
    assert console.answer_to(command_id)
    assert console.answer_to(console.client.stop())
    runtime.commit(5)
    until(lambda: len(console.entries) == 5)
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


def test_a_message_beyond_the_limit_costs_its_sender_the_connection_and_nothing_else(
    runtime: Runtime, keep: Keep
) -> None:
    caller = Caller(runtime.server.connection, "commands", paired(runtime))
    keep(caller)
    assert caller.verdict() == zmq.EVENT_HANDSHAKE_SUCCEEDED
    caller.socket.send(b"x" * (MAX_COMMAND_BYTES * 4))
    assert caller.verdict() == zmq.EVENT_DISCONNECTED
    console = Console(runtime)
    keep(console)
    assert console.answer_to(console.client.send(Pause()))


def test_a_malformed_message_is_answered_in_plain_words(runtime: Runtime, keep: Keep) -> None:
    caller = Caller(runtime.server.connection, "control", paired(runtime))
    keep(caller)
    for data, code, word in (
        (b"nonsense", "malformed", "control message"),
        (b'{"kind":"dance"}', "malformed", "control message"),
        (encode(Beat(console_ns=1)), "say_hello", "hello"),
        (b'{"kind":"hello","protocol":"9.3","dialect":"new"}', "version", "9.3"),
        (b'{"kind":"hello","protocol":"","console":"x"}', "version", "version"),
    ):
        reply: Any = decode_to_console(caller.ask(data)[0])
        assert reply.kind == "trouble"
        assert reply.code == code
        assert word in reply.message


def test_one_console_cannot_speak_for_another_under_its_routing_id(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    until(lambda: console.client.status().lease.mine)
    public, secret = zmq.curve_keypair()
    runtime.server._io._guard.allowed.add(public)
    holder = runtime.server._io._admission.consoles.holder
    assert holder is not None
    caller = Caller(runtime.server.connection, "control", None)
    keep(caller)
    caller.socket.close(0)
    caller.socket = caller.context.socket(zmq.DEALER)
    caller.socket.setsockopt(zmq.ROUTING_ID, holder.peer.route)
    caller.socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
    caller.socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    caller.socket.setsockopt(zmq.CURVE_SERVERKEY, paired(runtime).server_public)
    caller.socket.connect(runtime.server.connection.address("control"))
    hello = encode(Hello(protocol=PROTOCOL_VERSION, console="impostor"))
    reply: Any = decode_to_console(caller.ask(hello)[0])
    assert reply.kind == "trouble"
    assert reply.code == "refused"


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
@settings(max_examples=300)
def test_the_guard_lets_nobody_in_by_chance(frames: list[bytes]) -> None:
    own = Guard.__new__(Guard)
    own.allowed = {b"x" * 40}
    assert own.check([b"1.0", b"1", b"palier", *frames]) is None
