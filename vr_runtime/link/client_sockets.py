"""A console's five sockets: opened, closed, read and written by its link thread alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import zmq
import zmq.utils.monitor

from vr_runtime.link.connection import Reach
from vr_runtime.link.keys import ConsoleKeys
from vr_runtime.link.wire import (
    CONSOLE_KINDS,
    SOCKETS,
    TOPIC_LOG,
    TOPIC_PICTURE,
    TOPIC_TELEMETRY,
    set_common_options,
)

LET_IN = zmq.EVENT_HANDSHAKE_SUCCEEDED
SHUT_OUT = zmq.EVENT_HANDSHAKE_FAILED_AUTH
CUT = zmq.EVENT_DISCONNECTED
_BROKEN = CUT | SHUT_OUT | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
_TRIED_AGAIN = zmq.EVENT_CONNECT_RETRIED | zmq.EVENT_CONNECT_DELAYED | LET_IN

REVIVE_NS = 300_000_000


class ClientSockets:
    """``route`` is this console's routing id, the same on all sockets: the runtime knows it by that and its
    key.

    A key that was refused is noticed through the sockets' monitors alone; the sockets themselves would stay
    silent, and libzmq does not try again: :meth:`reopen` does. Nor does it after bytes that do not fit the
    encryption (a network that repeats or alters some, or somebody in it): :meth:`revive` does.
    """

    def __init__(self, keys: ConsoleKeys, route: bytes, wakeup: int) -> None:
        self._keys = keys
        self._route = route
        self._wakeup = wakeup
        self._context: zmq.Context[Any] = zmq.Context()
        self._sockets: dict[str, zmq.Socket[Any]] = {}
        self._monitors: dict[str, zmq.Socket[Any]] = {}
        self._given_up: dict[str, int] = {}
        """Sockets whose connection broke without libzmq having said that it tries again, and since when."""
        self._reach: Reach | None = None
        self._poller = zmq.Poller()
        self._poller.register(wakeup, zmq.POLLIN)

    def open(self, connection: Reach) -> None:
        self._poller = zmq.Poller()
        self._poller.register(self._wakeup, zmq.POLLIN)
        self._reach = connection
        for name in SOCKETS:
            self._open(name, connection)

    def _open(self, name: str, connection: Reach) -> None:
        socket: zmq.Socket[Any] = self._context.socket(CONSOLE_KINDS[name])
        self._sockets[name] = socket
        set_common_options(socket, name, server=False)
        socket.setsockopt(zmq.CURVE_SERVERKEY, self._keys.server_public)
        socket.setsockopt(zmq.CURVE_PUBLICKEY, self._keys.public)
        socket.setsockopt(zmq.CURVE_SECRETKEY, self._keys.secret)
        if CONSOLE_KINDS[name] == zmq.DEALER:
            socket.setsockopt(zmq.ROUTING_ID, self._route)
        elif name == "feed":
            socket.setsockopt(zmq.SUBSCRIBE, TOPIC_LOG)
        else:
            socket.setsockopt(zmq.SUBSCRIBE, TOPIC_TELEMETRY)
            socket.setsockopt(zmq.SUBSCRIBE, TOPIC_PICTURE)
        self._monitors[name] = socket.get_monitor_socket(_BROKEN | _TRIED_AGAIN)
        self._poller.register(self._monitors[name], zmq.POLLIN)
        self._poller.register(socket, zmq.POLLIN)
        socket.connect(connection.address(name))

    def reopen(self, connection: Reach) -> None:
        self._close_sockets(0)
        self.open(connection)

    def close(self, flush_ms: int) -> None:
        """What the control socket has not sent yet (a STOP, a lease given back) gets so long to leave."""
        self._close_sockets(flush_ms)
        self._context.term()

    def revive(self, now_ns: int) -> None:
        """Open anew what libzmq has given up."""
        for name, since_ns in list(self._given_up.items()):
            if now_ns - since_ns >= REVIVE_NS and self._reach is not None:
                self._poller.unregister(self._sockets[name])
                self._poller.unregister(self._monitors[name])
                self._close(name, 0)
                self._open(name, self._reach)

    def _close_sockets(self, flush_ms: int) -> None:
        for name in list(self._sockets):
            self._close(name, flush_ms if name == "control" else 0)

    def _close(self, name: str, flush_ms: int) -> None:
        socket = self._sockets.pop(name)
        self._given_up.pop(name, None)
        socket.disable_monitor()
        self._monitors.pop(name).close(0)
        socket.close(flush_ms)

    def poll(self, wait_ms: int) -> frozenset[str]:
        """Wait for something to read; gives names: the five, ``wakeup`` and ``monitor``."""
        names: dict[Any, str] = {socket: name for name, socket in self._sockets.items()}
        names[self._wakeup] = "wakeup"
        names.update(dict.fromkeys(self._monitors.values(), "monitor"))
        return frozenset(names[socket] for socket, _ in self._poller.poll(wait_ms))

    def monitored(self, now_ns: int) -> Iterator[int]:
        """What has become of the control connection since: LET_IN, SHUT_OUT, CUT."""
        for name, monitor in list(self._monitors.items()):
            while monitor.poll(0):
                event = zmq.utils.monitor.recv_monitor_message(monitor)["event"]
                if event & _BROKEN:
                    self._given_up.setdefault(name, now_ns)
                elif event & _TRIED_AGAIN:
                    self._given_up.pop(name, None)
                if name == "control" and event & (LET_IN | SHUT_OUT | CUT):
                    yield event

    def send(self, name: str, *parts: bytes) -> bool:
        """False where there is no connection or its small buffer is full: nothing is queued for later."""
        socket = self._sockets.get(name)
        if socket is None:
            return False
        try:
            socket.send_multipart(parts, zmq.NOBLOCK)
        except zmq.Again:
            return False
        return True

    def receive(self, name: str, most: int) -> list[list[bytes]]:
        found: list[list[bytes]] = []
        try:
            while len(found) < most:
                found.append(self._sockets[name].recv_multipart(zmq.NOBLOCK))
        except zmq.Again:
            pass
        return found
