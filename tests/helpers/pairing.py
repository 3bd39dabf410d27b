"""Two sides of a pairing in one process, and what passes between them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import zmq

from vr_runtime.link.errors import LinkError
from vr_runtime.link.pairing import Card, ConsoleSide, Offer, PairingRefused, RuntimeSide
from vr_runtime.link.pairing_sockets import PairingServer

CODE = "40719387"
"""Needs no true check digit: the exchange does not look at it."""
OTHER = "40719386"
RUNTIME = Card(name="room-3", public=zmq.curve_keypair()[0].decode(), port=8440)
CONSOLE = Card(name="laptop", public=zmq.curve_keypair()[0].decode())

Meddle = Callable[[int, bytes], bytes]
"""Given the number of a message (0: HELLO) and its bytes, what arrives."""


def as_it_is(_number: int, message: bytes) -> bytes:
    return message


class Talk:
    """One conversation, message by message, through somebody in the middle."""

    def __init__(
        self, offer: Offer, code: str = CODE, meddle: Meddle = as_it_is, now_ns: int = 1, card: Card = CONSOLE
    ) -> None:
        self.console = ConsoleSide(code, card)
        self.runtime: RuntimeSide = offer.call()
        self.stored: list[Card] = []
        self.said: list[bytes] = []
        self.refusals: list[PairingRefused] = []
        try:
            self._run(meddle, now_ns)
        except PairingRefused as refusal:
            self.refusals.append(refusal)
            if refusal.reply is not None:
                try:
                    self.console.hear(refusal.reply)
                except PairingRefused as told:
                    self.refusals.append(told)

    def _run(self, meddle: Meddle, now_ns: int) -> None:
        message: bytes | None = self.console.hello()
        number = 0
        while message is not None:
            self.said.append(message)
            reply = self.runtime.hear(meddle(number, message), now_ns, self.stored.append)
            self.said.append(reply)
            message = self.console.hear(meddle(number + 1, reply))
            number += 2

    @property
    def agreed(self) -> bool:
        return self.console.paired is not None and bool(self.stored)


class Waiting:
    """A runtime that waits for a console in a thread of its own, on a real socket."""

    def __init__(
        self,
        offer: Offer | None = None,
        store: Callable[[Card], None] | None = None,
        clock: Callable[[], int] = lambda: 1,
    ) -> None:
        self.stored: list[Card] = []
        self.remarks: list[str] = []
        self.offer = offer or Offer(CODE, RUNTIME, 0)
        self.paired: Card | None = None
        self.problem: LinkError | None = None
        self.interrupted = False
        self._server = PairingServer("127.0.0.1", 0, clock)
        self.port = self._server.port
        self._thread = threading.Thread(target=self._run, args=(store or self.stored.append,), daemon=True)
        self._thread.start()

    def _run(self, store: Callable[[Card], None]) -> None:
        with self._server:
            try:
                self.paired = self._server.wait(
                    self.offer, store, remark=self.remarks.append, interrupted=lambda: self.interrupted
                )
            except LinkError as problem:
                self.problem = problem

    @property
    def held(self) -> int:
        """Callers that are connected now."""
        return len(self._server._calls)

    def join(self) -> None:
        self._thread.join(20)
        assert not self._thread.is_alive()

    def close(self) -> None:
        self.interrupted = True
        self.join()


def contents(folder: Path) -> bytes:
    """Every file below a folder, one behind the other."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def free_row() -> int:
    """The first of five free ports in a row."""
    for first in range(21_000, 60_000, 7):
        held: list[socket.socket] = []
        try:
            for port in range(first, first + 5):
                held.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for one in held:
                one.close()
    raise AssertionError("no five free ports in a row")
