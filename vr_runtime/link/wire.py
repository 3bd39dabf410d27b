"""How bytes lie on the five sockets: frames, topics and small headers, and the options that every socket
gets.

Models travel as the JSON of ``vr_runtime.protocol``; only the record's pieces, the pictures' headers and the
history's requests are binary. Everything here is pure but :func:`set_common_options`.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import zmq

from vr_runtime.protocol.codec import MAX_COMMAND_BYTES
from vr_runtime.protocol.errors import ProtocolError, ProtocolReason

SOCKETS = ("control", "commands", "feed", "history", "preview")
"""Names of the five sockets, in the order of their ports."""

CONSOLE_KINDS: dict[str, int] = {
    "control": zmq.DEALER,
    "commands": zmq.DEALER,
    "feed": zmq.SUB,
    "history": zmq.DEALER,
    "preview": zmq.SUB,
}
RUNTIME_KINDS: dict[str, int] = {
    name: zmq.ROUTER if kind == zmq.DEALER else zmq.PUB for name, kind in CONSOLE_KINDS.items()
}

ZAP_DOMAIN = b"palier"

# ------------------------------------------------------------------ topics and marks

TOPIC_LOG = b"log"
TOPIC_TELEMETRY = b"tel"
TOPIC_PICTURE = b"pic"

ANSWER = b"answer"
"""Commands socket, runtime to console: [ANSWER, Answer as JSON]."""
PENDING = b"pending"
"""Commands socket, runtime to console: [PENDING, id]: a repeated command that is not decided yet."""

# ------------------------------------------------------------------ history

_WANT = struct.Struct("<4sIqB")
_PIECE = struct.Struct("<4sIB")

MOST_CREDIT = 8


class Want(NamedTuple):
    """Console to runtime. ``from_seq`` > 0 begins a run of pieces there; 0 gives the run ``token`` more
    credit."""

    token: int
    from_seq: int
    credit: int


class PieceHead(NamedTuple):
    """Runtime to console, before the epoch and the packed entries. ``end``: nothing more is committed now."""

    token: int
    end: bool


def pack_want(want: Want) -> bytes:
    return _WANT.pack(b"want", want.token, want.from_seq, want.credit)


def unpack_want(data: bytes) -> Want:
    """Raises ProtocolError (MALFORMED)."""
    try:
        mark, token, from_seq, credit = _WANT.unpack(data)
    except struct.error:
        mark, token, from_seq, credit = b"", 0, 0, 0
    if mark != b"want" or from_seq < 0 or not 1 <= credit <= MOST_CREDIT:
        raise ProtocolError(ProtocolReason.MALFORMED, "not a request for history")
    return Want(token, from_seq, credit)


def pack_piece_head(head: PieceHead) -> bytes:
    return _PIECE.pack(b"part", head.token, head.end)


def unpack_piece_head(data: bytes) -> PieceHead:
    """Raises ProtocolError (MALFORMED)."""
    try:
        mark, token, end = _PIECE.unpack(data)
    except struct.error:
        mark, token, end = b"", 0, 0
    if mark != b"part":
        raise ProtocolError(ProtocolReason.MALFORMED, "not a piece of history")
    return PieceHead(token, bool(end))


# ------------------------------------------------------------------ pictures

_PICTURE = struct.Struct("<qIHH")


class Picture(NamedTuple):
    """The patient's view: a JPEG of ``width`` x ``height`` pixels, rendered in ``frame`` at ``t_ns``."""

    t_ns: int
    frame: int
    width: int
    height: int
    jpeg: bytes


def pack_picture(picture: Picture) -> list[bytes]:
    head = _PICTURE.pack(picture.t_ns, picture.frame & 0xFFFF_FFFF, picture.width, picture.height)
    return [TOPIC_PICTURE, head, picture.jpeg]


def unpack_picture(head: bytes, jpeg: bytes) -> Picture:
    """Raises ProtocolError (MALFORMED)."""
    try:
        t_ns, frame, width, height = _PICTURE.unpack(head)
    except struct.error:
        raise ProtocolError(ProtocolReason.MALFORMED, "not a picture of the preview") from None
    return Picture(t_ns, frame, width, height, jpeg)


# ------------------------------------------------------------------ options


def set_common_options(socket: zmq.Socket[Any], name: str, *, server: bool) -> None:
    """What each of the five sockets gets on either side, keys apart.

    Small buffers on the runtime's side, so that what is late is lost and asked for again rather than delivered
    late; a limit on the size of what a console may send; on the console's side ZMTP heartbeats, which break a
    half-open connection (they prove nothing about the other process) and quick reconnects. The runtime's side
    beats none: a connection that is gone there was closed by the console or by its death, which is what frees
    a lease early.
    """
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.HANDSHAKE_IVL, 5000)
    socket.setsockopt(zmq.IPV6, 0)
    if name == "preview":
        socket.setsockopt(zmq.SNDHWM, 3)
        socket.setsockopt(zmq.RCVHWM, 3)
    elif name == "feed":
        socket.setsockopt(zmq.SNDHWM, 2000)
        socket.setsockopt(zmq.RCVHWM, 2000)
    elif name == "history":
        socket.setsockopt(zmq.SNDHWM, MOST_CREDIT * 2)
        socket.setsockopt(zmq.RCVHWM, MOST_CREDIT * 2)
    else:
        socket.setsockopt(zmq.SNDHWM, 1000 if server else 8)
        socket.setsockopt(zmq.RCVHWM, 256 if server else 1000)
    if server:
        # to a publisher come topics and the handshake alone
        subscribed = socket.type == zmq.PUB
        socket.setsockopt(zmq.MAXMSGSIZE, 1024 if subscribed else MAX_COMMAND_BYTES + 1024)
        if socket.type == zmq.ROUTER:
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
            socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
    else:
        # No end to what may lie here unread: where a full buffer met a lost connection, libzmq (to 4.3.5 at least)
        # would end the whole process (its issue 3937). This side's thread reads all there is, and keeps the newest.
        socket.setsockopt(zmq.RCVHWM, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, 64 * 1024 * 1024)
        socket.setsockopt(zmq.RECONNECT_IVL, 100)
        socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
        socket.setsockopt(zmq.CONNECT_TIMEOUT, 2000)
        socket.setsockopt(zmq.HEARTBEAT_IVL, 300)
        socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 1500)
        if socket.type == zmq.DEALER:
            socket.setsockopt(zmq.IMMEDIATE, 1)
