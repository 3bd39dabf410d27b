"""The runtime's five sockets: made, armed and bound, and how a message is taken from one and put into one."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import zmq

from vr_runtime.link.consoles import Peer
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.guard import arm
from vr_runtime.link.keys import ServerKeys
from vr_runtime.link.wire import RUNTIME_KINDS, set_common_options


def bind_all(
    context: zmq.Context[Any], host: str, ports: Mapping[str, int], keys: ServerKeys
) -> dict[str, zmq.Socket[Any]]:
    """Five sockets on ``ports`` (0: any), all of them or none. The guard of ``context`` must be there before.

    Raises:
        LinkError: PORT_IN_USE, HOST_UNUSABLE.
    """
    sockets: dict[str, zmq.Socket[Any]] = {}
    try:
        for name, port in ports.items():
            socket: zmq.Socket[Any] = context.socket(RUNTIME_KINDS[name])
            sockets[name] = socket
            set_common_options(socket, name, server=True)
            arm(socket, keys)
            bind(socket, host, port)
    except BaseException:
        for socket in sockets.values():
            socket.close(0)
        raise
    return sockets


def port_of(socket: zmq.Socket[Any]) -> int:
    endpoint = cast("bytes", socket.getsockopt(zmq.LAST_ENDPOINT))
    return int(endpoint.rstrip(b"\0").rpartition(b":")[2])


def bind(socket: zmq.Socket[Any], host: str, port: int) -> None:
    """Raises LinkError (PORT_IN_USE, HOST_UNUSABLE)."""
    try:
        socket.bind(f"tcp://{host}:{port or '*'}")
    except zmq.ZMQError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise LinkError(
                LinkReason.PORT_IN_USE,
                f"port {port} on {host} is in use by another program, perhaps another vr-runtime: end "
                "that one, or choose another first port of five in a row, or 0 for any that are free",
            ) from None
        raise LinkError(
            LinkReason.HOST_UNUSABLE,
            f"cannot listen on {host}, port {port or 'any'} ({problem.strerror}): name an address of "
            "this machine, such as 127.0.0.1, and a port above 1023",
        ) from None


MOST_FRAMES = 64
"""Of one message; what comes after them is thrown away."""


class Got(NamedTuple):
    """A message, and from which connection (the kernel's number) how much of it came."""

    peer: Peer
    parts: list[bytes]
    fd: int
    frames: int
    size: int


def receive(socket: zmq.Socket[Any]) -> Got | None:
    """The next message with who sent it, or None. The key is the one that the guard let in."""
    try:
        first = socket.recv(zmq.NOBLOCK, copy=False)
    except zmq.Again:
        return None
    route, frames, size, more = first.bytes, 0, 0, first.more
    parts: list[bytes] = []
    last = first
    while more:  # a message is there whole or not at all
        last = socket.recv(zmq.NOBLOCK, copy=False)
        frames, size, more = frames + 1, size + len(last), last.more
        if frames <= MOST_FRAMES:
            parts.append(last.bytes)
    key = str(last.get("User-Id"))
    return Got(Peer(route, key.encode()), parts, int(last.get(zmq.SRCFD)), frames, size)


def send(socket: zmq.Socket[Any], route: bytes, *parts: bytes) -> bool:
    """Send if the peer is there; False where its connection is closed. What it does not take is dropped: it
    will ask again."""
    try:
        socket.send_multipart([route, *parts], zmq.NOBLOCK)
    except zmq.Again:
        return True
    except zmq.ZMQError as problem:
        if problem.errno == errno.EHOSTUNREACH:
            return False
        raise
    return True
