"""A console's call at the door of a waiting machine: one request, one answer, and nothing left behind.

Nothing is queued: without an answer in time the socket is closed with what it held, so that no session begins minutes
after somebody gave up.
"""

from __future__ import annotations

import secrets
import socket as plain
import time
from pathlib import Path
from typing import Any

import zmq
import zmq.utils.monitor

from vr_runtime.link.connection import Reach
from vr_runtime.link.door import door_port
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ConsoleKeys, fingerprint
from vr_runtime.link.paired import keys_towards, moved, read_runtime
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.waiting import (
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    WAITING_VERSION,
    Answer,
    Look,
    Request,
    decode_answer,
    encode,
)

REACH_S = 3.0
ANSWER_S = 5.0
AGAIN_S = 0.2
SEEK_S = 2.0


class _CutOff(LinkError):
    """The connection ended before an answer came."""


def call(
    folder: Path | None, name: str, request: Request, *, reach_s: float = REACH_S, answer_s: float = ANSWER_S
) -> Answer:
    """Ask the paired runtime's machine of that name. Blocks for at most about the two times together, twice where the connection is cut.

    Raises:
        LinkError: UNREACHABLE, NOBODY_WAITS, NOT_PAIRED, NO_ANSWER, TOO_LARGE; NO_SUCH_NAME and the keys' own.
    """
    if len(encode(request)) > MAX_REQUEST_BYTES:
        raise LinkError(
            LinkReason.TOO_LARGE,
            f"the plan is larger than the {MAX_REQUEST_BYTES >> 10} KiB that are taken: shorten its texts",
        )
    reach, keys = read_runtime(folder, name), keys_towards(folder, name)
    port = door_port(first_port(reach))
    _knock(reach.host, port, reach_s)
    try:
        return _ask(reach.host, port, keys, request, answer_s)
    except _CutOff:  # as when another console is shut out this moment: a request may be said twice
        time.sleep(AGAIN_S)
        return _ask(reach.host, port, keys, request, answer_s)


def sought(folder: Path | None, name: str, seconds: float = SEEK_S) -> bool:
    """Look on the local network for the announcement of that runtime's key. Where one says another place and a machine
    with the key is there, that place is kept from now on: True. Blocks for the time and a little more."""
    from vr_runtime.link.discovery import look

    try:
        known, found = read_runtime(folder, name), look(seconds)
    except (LinkError, OSError):
        return False
    mark = fingerprint(known.server_key.encode())
    for one in found:
        if one.fingerprint == mark and (one.host, one.port) != (known.host, first_port(known)):
            try:
                _ask(one.host, door_port(one.port), keys_towards(folder, name), _nothing(), SEEK_S)
                moved(folder, name, one.host, one.port)
            except LinkError:
                continue
            return True
    return False


def _nothing() -> Request:
    return Request(version=WAITING_VERSION, id=secrets.token_hex(16), body=Look())


def first_port(reach: Reach) -> int:
    """Of the link's five. What pairing keeps always has them in a row."""
    return reach.ports.control


def _knock(host: str, port: int, patience_s: float) -> None:
    """Is anybody there? libzmq would try again and again, and not tell a closed port from a machine that is off."""
    try:
        plain.create_connection((host, port), timeout=patience_s).close()
    except ConnectionRefusedError:
        raise LinkError(
            LinkReason.NOBODY_WAITS,
            f"nobody waits at {host}, port {port}: run vr-runtime wait on that computer",
        ) from None
    except OSError as problem:
        raise LinkError(
            LinkReason.UNREACHABLE,
            f"{host}, port {port} cannot be reached ({problem.strerror or 'no answer'}): is that computer on, on this "
            "network, and does its firewall let the port through?",
        ) from None


def _ask(host: str, port: int, keys: ConsoleKeys, request: Request, patience_s: float) -> Answer:
    context: zmq.Context[Any] = zmq.Context()
    socket: zmq.Socket[Any] = context.socket(zmq.DEALER)
    monitor: zmq.Socket[Any] | None = None
    try:
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.IPV6, 0)
        socket.setsockopt(zmq.IMMEDIATE, 1)
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_ANSWER_BYTES + 1024)
        socket.setsockopt(zmq.RECONNECT_IVL, -1)
        socket.setsockopt(zmq.SNDTIMEO, 1000)
        socket.setsockopt(zmq.CURVE_SERVERKEY, keys.server_public)
        socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
        socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
        monitor = socket.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED
            | zmq.EVENT_HANDSHAKE_FAILED_AUTH
            | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
            | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
            | zmq.EVENT_DISCONNECTED
        )
        socket.connect(f"tcp://{host}:{port}")
        return _talk(socket, monitor, request, time.monotonic() + patience_s)
    finally:
        socket.disable_monitor()
        if monitor is not None:
            monitor.close(0)
        socket.close(0)
        context.term()


def _talk(socket: zmq.Socket[Any], monitor: zmq.Socket[Any], request: Request, until_s: float) -> Answer:
    poller = zmq.Poller()
    poller.register(monitor, zmq.POLLIN)
    poller.register(socket, zmq.POLLIN)
    while (left_s := until_s - time.monotonic()) > 0:
        ready = {one for one, _ in poller.poll(int(left_s * 1000) + 1)}
        if monitor in ready:
            event = zmq.utils.monitor.recv_monitor_message(monitor)["event"]
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                try:
                    socket.send(encode(request))
                except zmq.Again:
                    break
            elif event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                raise LinkError(
                    LinkReason.NOT_PAIRED,
                    "this console is not paired with that computer, or was shut out there: pair the two (vr-runtime "
                    "pair there, its code on Settings here)",
                )
            elif socket not in ready:
                raise _CutOff(LinkReason.NO_ANSWER, "the connection was cut before an answer came: ask again")
        if socket in ready:
            answer = _answer(socket.recv_multipart(zmq.NOBLOCK))
            if answer.to in (request.id, ""):
                return answer
    raise LinkError(
        LinkReason.NO_ANSWER,
        "no answer came in time, or another program has that port: see what vr-runtime wait says there, and ask again",
    )


def _answer(parts: list[bytes]) -> Answer:
    try:
        return decode_answer(parts[0] if len(parts) == 1 else b"")
    except ProtocolError as problem:
        raise LinkError(
            LinkReason.NO_ANSWER,
            f"its answer cannot be read ({problem}): bring Palier to the same version on both computers",
        ) from None
