"""The record on its way out: the feed of what was just committed, and the history for those who lack
something.

Lives in the runtime's link thread. One piece of history is read and sent at a time, so that STOP and
heartbeats never wait for more than one.
"""

from __future__ import annotations

import errno
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import zmq

from vr_runtime.link.entries import PIECE_BYTES, EntryLike, pack_entries, pieces
from vr_runtime.link.queues import History
from vr_runtime.link.wire import (
    MOST_CREDIT,
    TOPIC_LOG,
    PieceHead,
    pack_piece_head,
    unpack_want,
)
from vr_runtime.protocol.errors import ProtocolError

log = logging.getLogger(__name__)

MOST_RUNS = 64
HASHES_KEPT = 4096


@dataclass
class _Run:
    """One console that reads the history: what it gets next, and how many pieces it will take."""

    token: int
    next_seq: int
    credit: int


class LogServer:
    """``epoch`` goes with every piece, so that entries of two runs can never be mixed up."""

    def __init__(
        self, epoch: str, history: History, feed: zmq.Socket[Any], history_socket: zmq.Socket[Any]
    ) -> None:
        self._epoch = epoch.encode()
        self._history = history
        self._feed = feed
        self._socket = history_socket
        self._runs: OrderedDict[bytes, _Run] = OrderedDict()
        self._hashes: OrderedDict[int, bytes] = OrderedDict()

    def use(self, feed: zmq.Socket[Any], history_socket: zmq.Socket[Any]) -> None:
        """Other sockets from now on; who was reading the history asks again."""
        self._feed, self._socket = feed, history_socket
        self._runs.clear()

    # -------------------------------------------------------------- feed

    def publish(self, entries: Sequence[EntryLike]) -> None:
        """Send committed entries to whoever listens; who misses one asks the history."""
        for piece in pieces(entries):
            self._feed.send_multipart([TOPIC_LOG, self._epoch, pack_entries(piece)], zmq.NOBLOCK)
        for entry in entries[-HASHES_KEPT:]:
            self._hashes[entry.seq] = entry.hash
        while len(self._hashes) > HASHES_KEPT:
            self._hashes.popitem(last=False)

    def hash_at(self, seq: int) -> bytes | None:
        """The chain hash of a committed entry; None if it cannot be found."""
        known = self._hashes.get(seq)
        if known is not None:
            return known
        found = self._history(seq, 1)
        return found[0].hash if found and found[0].seq == seq else None

    # -------------------------------------------------------------- history

    @property
    def busy(self) -> bool:
        """Whether some console waits for a piece that could be sent now."""
        return any(run.credit > 0 for run in self._runs.values())

    def hear(self, route: bytes, parts: Sequence[bytes]) -> None:
        """A console's request. What is none is passed over."""
        try:
            want = unpack_want(parts[0]) if len(parts) == 1 else None
        except ProtocolError:
            want = None
        if want is None:
            return
        run = self._runs.get(route)
        if want.from_seq > 0:
            self._runs[route] = _Run(want.token, want.from_seq, want.credit)
            while len(self._runs) > MOST_RUNS:
                self._runs.popitem(last=False)
        elif run is not None and run.token == want.token:
            run.credit = min(MOST_CREDIT, run.credit + want.credit)

    def serve_one(self) -> None:
        """Read and send the next piece of the console whose turn it is."""
        route = next((route for route, run in self._runs.items() if run.credit > 0), None)
        if route is None:
            return
        run = self._runs[route]
        self._runs.move_to_end(route)
        try:
            found = self._history(run.next_seq, PIECE_BYTES)
        except Exception:
            log.exception("the record could not be read for a console; it will ask again")
            del self._runs[route]
            return
        piece = next(iter(pieces(found)), ())
        head = pack_piece_head(PieceHead(run.token, end=not piece))
        try:
            self._socket.send_multipart([route, head, self._epoch, pack_entries(piece)], zmq.NOBLOCK)
        except zmq.Again:
            run.credit = 0  # it does not read what it asked for; it may ask again
            return
        except zmq.ZMQError as problem:
            if problem.errno != errno.EHOSTUNREACH:
                log.warning("history: %s", problem)
            del self._runs[route]
            return
        if not piece:
            del self._runs[route]
            return
        run.next_seq = piece[-1].seq + 1
        run.credit -= 1
