"""Who is let in: the answers to libzmq's question about each key (ZAP, RFC 27), and the check that they
count.

Answered by the I/O thread itself from a set in memory, so there is no thread more and no certificate folder
to be read late. Two doors, both shut by default: the sockets demand an authenticator
(``ZAP_ENFORCE_DOMAIN``), so without one nobody is let in, and :func:`strangers_are_refused` tries every
socket with an unknown key at start.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import zmq
import zmq.utils.monitor
import zmq.utils.z85

from vr_runtime.link.errors import LinkError
from vr_runtime.link.keys import ServerKeys, read_allowed, read_public
from vr_runtime.link.wire import ZAP_DOMAIN

log = logging.getLogger(__name__)

_ENDPOINT = "inproc://zeromq.zap.01"
MOST_ANSWERS = 32


class Guard:
    """The authenticator of one context. Made, asked and closed by the thread that owns the sockets.

    With ``keys``, the folder of the keys, it lets in who is listed there, and :meth:`look` follows the list while
    the runtime runs.
    """

    def __init__(self, context: zmq.Context[Any], allowed: Iterable[bytes], keys: Path | None = None) -> None:
        self.allowed: set[bytes] = set(allowed)
        """Public keys as z85, 40 bytes each. Taking one out shuts out its next connection, not the
        present."""
        self._keys = keys
        self._seen = _listing(keys)
        if keys is not None:
            self.allowed = set(read_allowed(keys))
        self._came_in: set[bytes] = set()
        self.socket: zmq.Socket[Any] = context.socket(zmq.REP)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.bind(_ENDPOINT)

    def answer(self) -> None:
        """Answer the questions that wait, so many at a time: a flood of handshakes must not hold up a STOP."""
        for _ in range(MOST_ANSWERS):
            try:
                frames = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            request = frames[1] if len(frames) > 1 else b""
            user = self.check(frames)
            if user is None:
                reply = [b"1.0", request, b"400", b"this key is not paired with the runtime", b"", b""]
            else:
                self._came_in.add(user)
                reply = [b"1.0", request, b"200", b"", user, b""]
            self.socket.send_multipart(reply)

    def check(self, frames: Sequence[bytes]) -> bytes | None:
        """The z85 key of the asker if it may come in, else None.

        Frames: version, request, domain, address, identity, mechanism, the key's 32 raw bytes.
        """
        if len(frames) != 7 or frames[0] != b"1.0" or frames[2] != ZAP_DOMAIN or frames[5] != b"CURVE":
            return None
        if len(frames[6]) != 32:
            return None
        key = zmq.utils.z85.encode(frames[6])
        return key if key in self.allowed else None

    def look(self) -> frozenset[bytes]:
        """Read the list of consoles anew if its files have changed. Returns the keys that were let in before and
        are no longer on it: their connections stand until the sockets are closed.

        If the list cannot be used as it is (others may change it, a file is broken), nobody new is let in, and
        who is not on it for certain is shut out.
        """
        seen = _listing(self._keys)
        if self._keys is None or seen == self._seen:
            return frozenset()
        self._seen = seen
        try:
            listed = read_allowed(self._keys)
        except LinkError as problem:
            log.warning("link: the list of consoles: %s", problem)
            listed = frozenset(self.allowed) & _readable(self._keys)
        gone = frozenset(self._came_in - listed)
        self.allowed = set(listed)
        self._came_in -= gone
        return gone

    def close(self) -> None:
        self.socket.close()


def _listing(keys: Path | None) -> tuple[tuple[str, int, int, int], ...]:
    """Changes whenever a console's file comes, goes or is written; costs no reading."""
    if keys is None:
        return ()
    try:
        with os.scandir(keys / "consoles") as entries:
            facts = [(entry.name, entry.stat()) for entry in entries]
    except OSError:  # one went this moment, or the folder is gone: look again next time
        return (("?", 0, 0, 0),)
    return tuple(sorted((name, one.st_mtime_ns, one.st_size, one.st_mode) for name, one in facts))


def _readable(keys: Path) -> frozenset[bytes]:
    found: set[bytes] = set()
    for path in (keys / "consoles").glob("*.public"):
        with contextlib.suppress(LinkError):
            found.add(read_public(path))
    return frozenset(found)


def arm(socket: zmq.Socket[Any], keys: ServerKeys) -> None:
    """Make a socket of the runtime speak CURVE, and demand an authenticator. Before it is bound."""
    socket.setsockopt(zmq.CURVE_SERVER, 1)
    socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
    socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
    socket.setsockopt(zmq.ZAP_DOMAIN, ZAP_DOMAIN)
    socket.setsockopt(zmq.ZAP_ENFORCE_DOMAIN, 1)


def strangers_are_refused(
    addresses: Mapping[str, int], server_public: bytes, timeout_s: float = 10.0
) -> bool:
    """Knock at every address with a key made up for the purpose. True if each of them refused it by its key.

    ``addresses`` says with which type of socket to knock (``zmq.DEALER``, ``zmq.SUB``) at which address.
    False where one let it in, or did not say within ``timeout_s`` that the key was refused: no proof, no
    start.
    """
    context: zmq.Context[Any] = zmq.Context()
    waiting: dict[zmq.Socket[Any], zmq.Socket[Any]] = {}
    poller = zmq.Poller()
    try:
        public, secret = zmq.curve_keypair()
        for address, kind in addresses.items():
            socket: zmq.Socket[Any] = context.socket(kind)
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.CURVE_SERVERKEY, server_public)
            socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
            socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
            monitor: zmq.Socket[Any] = socket.get_monitor_socket(
                zmq.EVENT_HANDSHAKE_SUCCEEDED
                | zmq.EVENT_HANDSHAKE_FAILED_AUTH
                | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
            )
            waiting[monitor] = socket
            poller.register(monitor, zmq.POLLIN)
            socket.connect(address)
        left = len(waiting)
        until = time.monotonic() + timeout_s
        while left and (wait := until - time.monotonic()) > 0:
            for monitor, _ in poller.poll(int(wait * 1000) + 1):
                event = zmq.utils.monitor.recv_monitor_message(monitor)["event"]
                if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                    return False
                if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                    poller.unregister(monitor)
                    left -= 1
        return left == 0
    finally:
        for socket in waiting.values():
            socket.disable_monitor()
            socket.close(0)
        for monitor in waiting:
            monitor.close(0)
        context.term()
