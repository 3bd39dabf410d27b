"""Pairing over TCP: a console gets through, and strangers neither learn, nor store, nor stand in the way for long."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.link import until
from tests.helpers.pairing import CODE, CONSOLE, OTHER, RUNTIME, Talk, Waiting
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ensure_local_keys
from vr_runtime.link.pairing import LIFE_NS, MOST_MESSAGE, TRIES, Card, ConsoleSide, Offer
from vr_runtime.link.pairing_sockets import (
    CALL_NS,
    MOST_AT_ONCE,
    PairingServer,
    framed,
    one_at_a_time,
    pair_with,
)

Keep = Callable[[Any], None]


def call(waiting: Waiting, code: str = CODE) -> Card:
    return pair_with("127.0.0.1", waiting.port, ConsoleSide(code, CONSOLE), patience_s=20)


def knock(waiting: Waiting, data: bytes = b"") -> socket.socket:
    one = socket.create_connection(("127.0.0.1", waiting.port), timeout=20)
    one.sendall(data)
    return one


def answer(one: socket.socket) -> bytes:
    """Everything until the other side hangs up."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while more := one.recv(4096):
            found += more
    one.close()
    return found


@pytest.fixture
def waiting(keep: Keep) -> Waiting:
    made = Waiting()
    keep(made)
    return made


def test_a_console_with_the_code_is_paired_and_the_runtime_stops_listening(waiting: Waiting) -> None:
    assert call(waiting) == RUNTIME
    waiting.join()
    assert waiting.paired == CONSOLE
    assert waiting.stored == [CONSOLE]
    with pytest.raises(LinkError) as caught:
        call(waiting)
    assert caught.value.reason is LinkReason.NOT_CONNECTED
    assert "run vr-runtime pair there" in str(caught.value)


def test_a_wrong_code_is_told_to_both_and_the_right_one_still_pairs(waiting: Waiting) -> None:
    with pytest.raises(LinkError) as caught:
        call(waiting, OTHER)
    assert caught.value.reason is LinkReason.CODE_WRONG
    assert call(waiting) == RUNTIME
    waiting.join()
    assert waiting.remarks == ["refused a caller from 127.0.0.1: a wrong code, 4 tries left"]


def test_five_wrong_codes_end_it(waiting: Waiting) -> None:
    for _ in range(TRIES):
        with pytest.raises(LinkError):
            call(waiting, OTHER)
    waiting.join()
    assert waiting.problem is not None
    assert waiting.problem.reason is LinkReason.PAIRING_OVER
    assert "tried 5 times" in str(waiting.problem)
    assert waiting.stored == []


def test_two_minutes_end_it(keep: Keep) -> None:
    now = [1]
    waiting = Waiting(clock=lambda: now[0])
    keep(waiting)
    stranger = knock(waiting)
    until(lambda: waiting.held == 1)
    now[0] = LIFE_NS
    waiting.join()
    assert waiting.problem is not None
    assert "minutes are over" in str(waiting.problem)
    assert answer(stranger) == b""


def test_it_can_be_broken_off(waiting: Waiting) -> None:
    waiting.interrupted = True
    waiting.join()
    assert waiting.problem is not None
    assert waiting.problem.reason is LinkReason.PAIRING_OVER


SAID = Talk(Offer(CODE, RUNTIME, 0)).said


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00\x00",
        struct.pack("<H", MOST_MESSAGE + 1) + bytes(MOST_MESSAGE + 1),
        b"\xff\xff" + bytes(100_000),
        framed(b"\x09"),
        framed(SAID[2]),
        framed(SAID[4]),
        framed(b"\x01\x01\x01A" + bytes(32)),
        framed(SAID[0][:-1]),
        framed(SAID[0]) + framed(SAID[0]),
        framed(SAID[0]) + framed(SAID[2]) + framed(SAID[4]),
    ],
    ids=["http", "empty", "oversized", "a flood", "no kind", "a proof", "a card", "a bad point", "cut", "twice",
         "a replay"],
)  # fmt: skip
def test_a_stranger_who_talks_nonsense_is_refused_and_the_console_still_pairs(
    waiting: Waiting, data: bytes
) -> None:
    stranger = socket.create_connection(("127.0.0.1", waiting.port), timeout=20)
    with contextlib.suppress(OSError):  # it may be hung up on before it has said all
        stranger.sendall(data)
    said = answer(stranger)
    until(lambda: len(waiting.remarks) == 1)
    assert "refused a caller from 127.0.0.1" in waiting.remarks[0]
    assert len(said) <= len(framed(SAID[1])) + 4  # at most an answer to a greeting, and a refusal
    assert call(waiting) == RUNTIME
    waiting.join()
    assert waiting.stored == [CONSOLE]


@pytest.mark.parametrize("after", range(3))
def test_a_caller_who_hangs_up_costs_nothing(waiting: Waiting, after: int) -> None:
    console = ConsoleSide(CODE, CONSOLE)
    one = knock(waiting)
    message: bytes | None = console.hello()
    for _ in range(after):
        assert message is not None
        one.sendall(framed(message))
        head = one.recv(2, socket.MSG_WAITALL)
        message = console.hear(one.recv(struct.unpack("<H", head)[0], socket.MSG_WAITALL))
    one.close()
    until(lambda: waiting.held == 0)
    assert waiting.offer.wrong == 0
    assert call(waiting) == RUNTIME


def test_callers_who_only_hold_the_line_do_not_keep_a_console_out(waiting: Waiting) -> None:
    idle = [knock(waiting, b"\x24") for _ in range(MOST_AT_ONCE * 3)]
    assert call(waiting) == RUNTIME
    waiting.join()
    for one in idle:
        answer(one)


def test_few_callers_are_held_at_a_time(waiting: Waiting) -> None:
    idle: list[socket.socket] = []
    for _ in range(MOST_AT_ONCE + 2):
        idle.append(knock(waiting))
        until(lambda: waiting.offer.calls == len(idle))
    assert waiting.held == MOST_AT_ONCE
    assert [answer(one) for one in idle[:2]] == [b"", b""]  # the first have made room
    for one in idle[2:]:
        one.close()


def test_a_conversation_has_a_time(keep: Keep) -> None:
    now = [1]
    waiting = Waiting(clock=lambda: now[0])
    keep(waiting)
    slow = knock(waiting, b"\x24\x00\x01")
    until(lambda: waiting.held == 1)
    now[0] = 1 + CALL_NS
    assert answer(slow) == b""
    assert call(waiting) == RUNTIME


def test_a_message_may_come_byte_by_byte(waiting: Waiting) -> None:
    console = ConsoleSide(CODE, CONSOLE)
    one = knock(waiting)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    message: bytes | None = console.hello()
    while message is not None:
        for byte in framed(message):
            one.sendall(bytes((byte,)))
        head = one.recv(2, socket.MSG_WAITALL)
        message = console.hear(one.recv(struct.unpack("<H", head)[0], socket.MSG_WAITALL))
    one.close()
    assert console.paired == RUNTIME


def test_what_cannot_be_stored_is_told_to_both(keep: Keep) -> None:
    def full(_card: Card) -> None:
        raise LinkError(LinkReason.NOT_STORED, "no space left on the device")

    waiting = Waiting(store=full)
    keep(waiting)
    with pytest.raises(LinkError) as caught:
        call(waiting)
    assert caught.value.reason is LinkReason.NOT_STORED
    waiting.join()
    assert waiting.problem is not None
    assert waiting.problem.reason is LinkReason.NOT_STORED


class Liar:
    """Answers each connection with some bytes and hangs up, or holds the line."""

    def __init__(self, data: bytes, hold: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._data, self._hold = data, hold
        self._held: list[socket.socket] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            while True:
                one, _ = self._listener.accept()
                one.recv(100)
                one.sendall(self._data)
                if self._hold:
                    self._held.append(one)
                else:
                    one.close()
        except OSError:
            pass

    def close(self) -> None:
        self._listener.close()
        for one in self._held:
            one.close()


@pytest.mark.parametrize(
    ("data", "hold", "reason"),
    [
        (b"", False, LinkReason.NOT_CONNECTED),
        (b"", True, LinkReason.NOT_CONNECTED),
        (framed(SAID[1])[:10], True, LinkReason.NOT_CONNECTED),
        (b"HTTP/1.1 400 Bad Request\r\n", False, LinkReason.PAIRING_BROKEN),
        (framed(SAID[5]), False, LinkReason.PAIRING_BROKEN),
        (framed(SAID[1]) + framed(SAID[3]), False, LinkReason.CODE_WRONG),
        (b"\xff\xff" + bytes(1000), False, LinkReason.PAIRING_BROKEN),
    ],
    ids=["gone", "mute", "cut", "web server", "other kind", "wrong code", "endless"],
)
def test_a_console_pairs_with_no_liar_and_waits_for_none(
    keep: Keep, data: bytes, hold: bool, reason: LinkReason
) -> None:
    liar = Liar(data, hold)
    keep(liar)
    with pytest.raises(LinkError) as caught:
        pair_with("127.0.0.1", liar.port, ConsoleSide(CODE, CONSOLE), patience_s=0.5 if hold else 20)
    assert caught.value.reason is reason


def test_a_place_that_is_none_is_named(waiting: Waiting) -> None:
    with pytest.raises(LinkError) as caught:
        pair_with("no.such.host.invalid", 1, ConsoleSide(CODE, CONSOLE))
    assert caught.value.reason is LinkReason.NOT_CONNECTED
    with pytest.raises(LinkError) as caught:
        PairingServer("203.0.113.1", 0)
    assert caught.value.reason is LinkReason.HOST_UNUSABLE
    with pytest.raises(LinkError) as caught:
        PairingServer("127.0.0.1", waiting.port)
    assert caught.value.reason is LinkReason.PORT_IN_USE


def test_one_pairing_at_a_time_on_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ensure_local_keys(tmp_path)
    with one_at_a_time(folder):
        with pytest.raises(LinkError) as caught, one_at_a_time(folder):
            raise AssertionError
        assert caught.value.reason is LinkReason.PAIRING_BUSY
    with one_at_a_time(folder):
        pass
    marks = one_at_a_time(folder)
    marks.__enter__()  # its program dies here
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 130)
    with one_at_a_time(folder):
        pass


@pytest.fixture(autouse=True)
def no_leftover(tmp_path: Path) -> Iterator[None]:
    """A mark of pairing never outlives it."""
    yield
    assert not (tmp_path / "keys" / "pairing").exists()
