"""A console's five sockets: opened, closed, read and written by its link thread alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import zmq
import zmq.utils.monitor

from vr_runtime.link.connection import Connection
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


class ClientSockets:
    """``route`` is this console's routing id, the same on all sockets: the runtime knows it by that and its
    key.

    A key that was refused is noticed through the control socket's monitor alone; the sockets themselves would
    stay silent, and libzmq does not try again: :meth:`reopen` does.
    """

    def __init__(self, keys: ConsoleKeys, route: bytes, wakeup: int) -> None:
        self._keys = keys
        self._route = route
        self._wakeup = wakeup
        self._context: zmq.Context[Any] = zmq.Context()
        self._sockets: dict[str, zmq.Socket[Any]] = {}
        self._monitor: zmq.Socket[Any] | None = None
        self._poller = zmq.Poller()
        self._poller.register(wakeup, zmq.POLLIN)

    def open(self, connection: Connection) -> None:
        self._poller = zmq.Poller()
        self._poller.register(self._wakeup, zmq.POLLIN)
        for name in SOCKETS:
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
            if name == "control":
                self._monitor = socket.get_monitor_socket(LET_IN | SHUT_OUT | CUT)
                self._poller.register(self._monitor, zmq.POLLIN)
            self._poller.register(socket, zmq.POLLIN)
            socket.connect(connection.address(name))

    def reopen(self, connection: Connection) -> None:
        self._close_sockets(0)
        self.open(connection)

    def close(self, flush_ms: int) -> None:
        """What the control socket has not sent yet (a STOP, a lease given back) gets so long to leave."""
        self._close_sockets(flush_ms)
        self._context.term()

    def _close_sockets(self, flush_ms: int) -> None:
        if self._monitor is not None:
            self._sockets["control"].disable_monitor()
            self._monitor.close(0)
            self._monitor = None
        for name, socket in self._sockets.items():
            socket.close(flush_ms if name == "control" else 0)
        self._sockets.clear()

    def poll(self, wait_ms: int) -> frozenset[str]:
        """Wait for something to read; gives names: the five, ``wakeup`` and ``monitor``."""
        names: dict[Any, str] = {socket: name for name, socket in self._sockets.items()}
        names[self._wakeup] = "wakeup"
        names[self._monitor] = "monitor"
        return frozenset(names[socket] for socket, _ in self._poller.poll(wait_ms))

    def monitored(self) -> Iterator[int]:
        """What has become of the control connection since: LET_IN, SHUT_OUT, CUT."""
        while self._monitor is not None and self._monitor.poll(0):
            yield zmq.utils.monitor.recv_monitor_message(self._monitor)["event"]

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
