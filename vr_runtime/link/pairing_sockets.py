"""Pairing over TCP: the runtime waits for a caller who knows the code, the console calls.

A message travels as its length (u16, little-endian) and its bytes. Strangers may call: each gets one short
conversation, few are held at a time, and a new caller takes the place of the one that has been there longest.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import struct
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import link_folder, write_private
from vr_runtime.link.pairing import (
    LIFE_NS,
    MOST_MESSAGE,
    SECOND,
    TRIES,
    Card,
    ConsoleSide,
    Kind,
    No,
    Offer,
    PairingRefused,
    RuntimeSide,
)

PAIR_PORT = 8430

MOST_AT_ONCE = 8
CALL_NS = 10 * SECOND
"""How long a conversation may take; nobody types during one."""
LOOK_S = 0.2
BACKLOG = 16

_LENGTH = struct.Struct("<H")

Store = Callable[[Card], None]


def framed(message: bytes) -> bytes:
    return _LENGTH.pack(len(message)) + message


class Inbox:
    """Puts messages together again; never holds more than one."""

    def __init__(self) -> None:
        self._data = bytearray()

    @property
    def room(self) -> int:
        """How many bytes may be taken from the socket now."""
        return _LENGTH.size + MOST_MESSAGE - len(self._data)

    def take(self, data: bytes) -> Iterator[bytes]:
        """The messages that are whole now.

        Raises:
            PairingRefused: PAIRING_BROKEN: a length that is none.
        """
        self._data += data
        while len(self._data) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._data)
            if not 0 < length <= MOST_MESSAGE:
                raise PairingRefused(LinkReason.PAIRING_BROKEN, "no message of pairing", No.MALFORMED)
            end = _LENGTH.size + length
            if len(self._data) < end:
                return
            message = bytes(self._data[_LENGTH.size : end])
            del self._data[:end]
            yield message


# ------------------------------------------------------------------ the runtime's side


class _Call:
    """A caller and what was said so far."""

    def __init__(self, near: socket.socket, who: str, side: RuntimeSide, until_ns: int) -> None:
        self.socket = near
        self.who = who
        self.side = side
        self.inbox = Inbox()
        self.until_ns = until_ns

    def send(self, message: bytes) -> None:
        """All at once or not at all: a message is far smaller than any socket's buffer."""
        data = framed(message)
        if self.socket.send(data) != len(data):
            raise OSError(errno.EPIPE, "it does not read")


class PairingServer:
    """A bound socket on which one code is waited for. Used in one thread.

    Raises:
        LinkError: PORT_IN_USE, HOST_UNUSABLE.
    """

    def __init__(self, host: str, port: int, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self.now_ns = clock
        """The clock on which offers run out."""
        try:
            self._listener = socket.create_server((host, port), backlog=BACKLOG)
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise LinkError(
                    LinkReason.PORT_IN_USE,
                    f"port {port} is in use by another program, perhaps another vr-runtime pair: end that one, or "
                    "choose another with --port and name it at the console (HOST:PORT)",
                ) from None
            raise LinkError(
                LinkReason.HOST_UNUSABLE,
                f"cannot listen on {host}, port {port} ({problem.strerror}): name an address of this machine",
            ) from None
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._calls: list[_Call] = []

    def __enter__(self) -> PairingServer:
        return self

    def __exit__(self, *_: object) -> None:
        for call in list(self._calls):
            self._hang_up(call)
        self._selector.close()
        self._listener.close()

    def wait(
        self,
        offer: Offer,
        store: Store,
        *,
        remark: Callable[[str], None] = lambda _: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> Card:
        """Wait for a console that knows the code. ``store`` keeps it, before it is told that it is paired.

        Raises:
            LinkError: PAIRING_OVER (tries, time or callers; or interrupted); what ``store`` raises.
        """
        while offer.paired is None:
            why = "it was broken off here" if interrupted() else offer.over(self.now_ns())
            if why:
                raise LinkError(
                    LinkReason.PAIRING_OVER, f"nothing was paired, {why}: run vr-runtime pair for a new code"
                )
            for key, _ in self._selector.select(min(LOOK_S, offer.left_ns(self.now_ns()) / SECOND)):
                if key.data is None:
                    self._accept(offer, self.now_ns())
                elif key.data in self._calls:
                    self._hear(key.data, offer, store, self.now_ns(), remark)
            for call in [call for call in self._calls if self.now_ns() >= call.until_ns]:
                self._hang_up(call)
        return offer.paired

    def _accept(self, offer: Offer, now_ns: int) -> None:
        try:
            near, address = self._listener.accept()
        except OSError:  # it has gone again
            return
        if len(self._calls) >= MOST_AT_ONCE:
            self._hang_up(self._calls[0])
        near.setblocking(False)
        call = _Call(near, str(address[0]), offer.call(), now_ns + CALL_NS)
        self._calls.append(call)
        self._selector.register(near, selectors.EVENT_READ, call)

    def _hear(
        self, call: _Call, offer: Offer, store: Store, now_ns: int, remark: Callable[[str], None]
    ) -> None:
        try:
            data = call.socket.recv(call.inbox.room)
            if not data:
                raise ConnectionError
            for message in call.inbox.take(data):
                call.send(call.side.hear(message, now_ns, store))
        except PairingRefused as refusal:
            tries = f", {TRIES - offer.wrong} tries left" if refusal.reason is LinkReason.CODE_WRONG else ""
            remark(f"refused a caller from {call.who}: {refusal}{tries}")
            self._hang_up(call, refusal.reply)
        except LinkError:
            self._hang_up(call, bytes((Kind.REFUSED, No.NOT_STORED)))
            raise
        except BlockingIOError:
            return
        except OSError:
            self._hang_up(call)

    def _hang_up(self, call: _Call, last: bytes | None = None) -> None:
        self._calls.remove(call)
        self._selector.unregister(call.socket)
        with contextlib.suppress(OSError):
            if last is not None:
                call.send(last)
            call.socket.shutdown(socket.SHUT_WR)
        call.socket.close()


@contextmanager
def one_at_a_time(folder: Path | None = None) -> Generator[None, None, None]:
    """While this holds, no other pairing can begin here. A mark that a crash left counts no longer than a code.

    Raises:
        LinkError: PAIRING_BUSY.
    """
    mark = (link_folder() if folder is None else folder) / "keys" / "pairing"
    with contextlib.suppress(OSError):
        if time.time() - mark.stat().st_mtime > LIFE_NS / SECOND + 5:
            mark.unlink()
    try:
        write_private(mark, f"{os.getpid()}\n".encode())
    except FileExistsError:
        raise LinkError(
            LinkReason.PAIRING_BUSY,
            f"another pairing is going on here: end it, or wait two minutes (its mark is {mark})",
        ) from None
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


# ------------------------------------------------------------------ the console's side


def pair_with(host: str, port: int, side: ConsoleSide, patience_s: float = CALL_NS / SECOND) -> Card:
    """Call the runtime and go through the exchange. Returns the runtime's card.

    Raises:
        LinkError: NOT_CONNECTED, CODE_WRONG, PAIRING_OVER, PAIRING_BROKEN.
    """
    until = time.monotonic() + patience_s
    try:
        with socket.create_connection((host, port), timeout=patience_s) as far:
            far.sendall(framed(side.hello()))
            inbox = Inbox()
            while True:
                far.settimeout(max(0.001, until - time.monotonic()))
                data = far.recv(inbox.room)
                if not data:
                    raise ConnectionResetError(errno.ECONNRESET, "it hung up")
                for message in inbox.take(data):
                    reply = side.hear(message)
                    if side.paired is not None:
                        return side.paired
                    if reply is not None:
                        far.sendall(framed(reply))
    except (ConnectionRefusedError, socket.gaierror) as problem:
        raise LinkError(
            LinkReason.NOT_CONNECTED,
            f"nothing answers at {host}, port {port} ({problem.strerror}): run vr-runtime pair there and leave it "
            "running; see that the two are on one network and no firewall stands between",
        ) from None
    except OSError as problem:
        raise LinkError(
            LinkReason.NOT_CONNECTED,
            f"the connection to {host}, port {port} was lost ({problem.strerror or 'too slow'}): try again with the "
            "code that vr-runtime pair shows there",
        ) from None
