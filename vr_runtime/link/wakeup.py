"""Wakes an I/O thread out of its poll from any other thread, without a socket of ZeroMQ crossing threads."""

from __future__ import annotations

import contextlib
import socket


class Wakeup:
    """A pair of system sockets of which the poll watches one. Many calls before a wake cost one byte."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._rung = False

    def fileno(self) -> int:
        return self._reader.fileno()

    def ring(self) -> None:
        """Wake the thread; from any thread, never blocks, harmless after :meth:`close`."""
        if self._rung:
            return
        self._rung = True
        with contextlib.suppress(OSError):  # full: it will wake anyway; closed: nobody sleeps
            self._writer.send(b"!")

    def clear(self) -> None:
        """Called by the woken thread before it looks at its queues, so that no ring is lost."""
        with contextlib.suppress(OSError):
            while self._reader.recv(64):
                pass
        self._rung = False

    def close(self) -> None:
        self._reader.close()
        self._writer.close()
