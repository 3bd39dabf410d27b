"""What libzmq leaves without bounds, bounded below it: connections, and the bytes of each that nobody has read.

libzmq limits the size of a frame and the number of messages that wait, and neither the frames of one message, nor
what a subscriber subscribes to, nor how many strangers are at the door at once. The kernel counts the bytes of each
connection (``TCP_INFO``); one that brings more than is read of it is shut down, and libzmq takes that for a peer
that is gone. Linux only: elsewhere nothing is looked at, and :data:`LOOKS` says so.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

LOOKS = sys.platform == "linux"

MOST_UNREAD = 16 * 1024 * 1024
"""Bytes of one connection that may wait to be read: the queue of a socket and the kernel's buffers, full."""
MOST_SUBSCRIBED = 64 * 1024
"""The same where only subscriptions come in."""
FRAME_BYTES = 80
"""What encryption and framing add to a frame at most; more is forgiven than is needed."""
FORGIVEN_PER_S = 4096
"""For heartbeats of the connection itself, which are never handed over."""
MOST_YOUNG = 128
YOUNG_S = 6.0
"""A connection that has not shown its key is closed by libzmq before it is so old (``ZMQ_HANDSHAKE_IVL``)."""
FILES = 4096

_RECEIVED = struct.Struct("@Q")
_RECEIVED_AT = 128
"""Where ``tcpi_bytes_received`` lies in the kernel's ``struct tcp_info``."""


class Found(NamedTuple):
    """A connection as the kernel sees it."""

    fd: int
    name: str
    """Of the socket."""
    received: int


class Connection:
    def __init__(self, name: str, now_s: float) -> None:
        self.name = name
        self.since_s = now_s
        self.looked_s = now_s
        self.received = 0
        self.unread = 0.0
        self.taken = 0


class Ledger:
    """Which connections are to be shut down. Pure: the kernel's figures and times are passed in."""

    def __init__(self, subscribers: Iterable[str]) -> None:
        self._subscribers = frozenset(subscribers)
        self._there: dict[int, Connection] = {}

    def took(self, fd: int, frames: int, size: int) -> None:
        """So much was read of a connection."""
        one = self._there.get(fd)
        if one is not None:
            one.taken += size + frames * FRAME_BYTES

    def look(self, found: Iterable[Found], now_s: float) -> list[tuple[int, str]]:
        """File descriptors to shut down, each with why."""
        there: dict[int, Connection] = {}
        for fd, name, received in found:
            one = self._there.get(fd)
            if one is None or one.name != name or received < one.received:
                one = Connection(name, now_s)
            forgiven = FORGIVEN_PER_S * (now_s - one.looked_s)
            one.unread = max(0.0, one.unread + received - one.received - one.taken - forgiven)
            one.received, one.taken, one.looked_s = received, 0, now_s
            there[fd] = one
        self._there = there
        shut = [
            (fd, f"{one.unread / 1e6:.1f} MB on the {one.name} socket that are no whole message")
            for fd, one in there.items()
            if one.unread > (MOST_SUBSCRIBED if one.name in self._subscribers else MOST_UNREAD)
        ]
        young = [fd for fd, one in there.items() if now_s - one.since_s < YOUNG_S]
        young.sort(key=lambda fd: there[fd].since_s)
        many = f"more than {MOST_YOUNG} connections that have not shown their key"
        shut += [(fd, many) for fd in young[: max(0, len(young) - MOST_YOUNG)]]
        return shut


class Bounds:
    """Looks after the connections of the ports of one server, in the thread that owns its sockets."""

    def __init__(self, ports: Mapping[str, int], subscribers: Iterable[str]) -> None:
        self._names = {port: name for name, port in ports.items()}
        self._ledger = Ledger(subscribers)
        self.took = self._ledger.took

    def look(self, now_s: float) -> list[str]:
        """Shut down what goes beyond the bounds; says of each why."""
        if not LOOKS:
            return []
        shut = self._ledger.look(self._found(), now_s)
        for fd, _ in shut:
            # by its port once more: the number may be another file's by now
            with _Borrowed(fd) as one:
                if one is not None and self._name_of(one) is not None:
                    with suppress(OSError):
                        one.shutdown(socket.SHUT_RDWR)
        return [why for _, why in shut]

    def _found(self) -> Iterator[Found]:
        try:
            numbers = [int(name) for name in os.listdir("/proc/self/fd")]
        except OSError:
            return
        for fd in numbers:
            with _Borrowed(fd) as one:
                if one is None:
                    continue
                name = self._name_of(one)
                if name is None:
                    continue
                with suppress(OSError):
                    info = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _RECEIVED_AT + _RECEIVED.size)
                    if len(info) == _RECEIVED_AT + _RECEIVED.size:
                        yield Found(fd, name, _RECEIVED.unpack_from(info, _RECEIVED_AT)[0])

    def _name_of(self, one: socket.socket) -> str | None:
        """Which of the five sockets the connection belongs to; None where it is none of them."""
        try:
            if one.family != socket.AF_INET or one.type != socket.SOCK_STREAM:
                return None
            name = self._names.get(one.getsockname()[1])
            if name is not None:
                one.getpeername()  # a socket that listens has none
            return name
        except OSError:
            return None


class _Borrowed:
    """A file descriptor that belongs to somebody else, as a socket for a moment; None where it is none."""

    def __init__(self, fd: int) -> None:
        try:
            self._socket = socket.socket(fileno=fd)
        except OSError:
            self._socket = None

    def __enter__(self) -> socket.socket | None:
        return self._socket

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.detach()


def room_for_files() -> None:
    """Let this process hold more open files than some systems allow at first: a flood of connections must not take
    those that the record needs."""
    if not LOOKS:
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
