"""Who is let in: the answers to libzmq's question about each key (ZAP, RFC 27), and the check that they
count.

Answered by the I/O thread itself from a set in memory, so there is no thread more and no certificate folder
to be read late. Two doors, both shut by default: the sockets demand an authenticator
(``ZAP_ENFORCE_DOMAIN``), so without one nobody is let in, and :func:`strangers_are_refused` tries every
socket with an unknown key at start.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import zmq
import zmq.utils.monitor
import zmq.utils.z85

from vr_runtime.link.keys import ServerKeys
from vr_runtime.link.wire import ZAP_DOMAIN

_ENDPOINT = "inproc://zeromq.zap.01"


class Guard:
    """The authenticator of one context. Made, asked and closed by the thread that owns the sockets."""

    def __init__(self, context: zmq.Context[Any], allowed: Iterable[bytes]) -> None:
        self.allowed: set[bytes] = set(allowed)
        """Public keys as z85, 40 bytes each. Taking one out shuts out its next connection, not the
        present."""
        self.socket: zmq.Socket[Any] = context.socket(zmq.REP)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.bind(_ENDPOINT)

    def answer(self) -> None:
        """Answer every question that waits."""
        while True:
            try:
                frames = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            request = frames[1] if len(frames) > 1 else b""
            user = self.check(frames)
            if user is None:
                reply = [b"1.0", request, b"400", b"this key is not paired with the runtime", b"", b""]
            else:
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

    def close(self) -> None:
        self.socket.close()


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
