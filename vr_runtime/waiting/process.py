"""The session's process: ``vr-runtime run`` as a person would have typed it, with the order on its standard input.

Nothing of a patient or a plan is on a command line or on a disk: other users of the machine may read the one, and the
record encrypts what would lie on the other. What the process says is kept in memory for the same reason.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from vr_runtime.link.connection import EVERYWHERE, Connection, read_connection
from vr_runtime.link.errors import LinkError
from vr_runtime.protocol.files.order import STANDARD_INPUT, hand_over
from vr_runtime.protocol.waiting import Begin, SessionState
from vr_runtime.waiting.desk import Playing

KNOCK_S = 0.3
TAIL = 4000
LINE_LENGTH = 300


@dataclass(frozen=True)
class Place:
    """What the person at this machine decided for all sessions.

    ``display``: where frames go whatever is asked for; empty: as asked. ``more``: other options of ``vr-runtime run``,
    before those of the session, which count.
    """

    records: Path
    connection: Path
    """The connection file that each session writes."""
    host: str
    port: int
    key_file: Path | None = None
    display: str = ""
    forget: bool = True
    more: tuple[str, ...] = ()


def arguments_of(begin: Begin, place: Place) -> list[str]:
    """The arguments of ``vr-runtime run``. What is played and for whom is read from the standard input."""
    display = place.display or ("openxr" if begin.display == "headset" else "window")
    arguments = [*place.more, "--display", display, "--records", str(place.records)]
    arguments += ["--host", place.host, "--port", str(place.port), "--connection", str(place.connection)]
    arguments += ["--forget-when-copied"] if place.forget else []
    arguments += ["--key-file", str(place.key_file)] if place.key_file is not None else []
    arguments += ["--plan", str(STANDARD_INPUT)]
    if begin.practice:
        arguments += ["--patient", "virtual", "--heart", "simulated", "--checks", "none"]
    return arguments


class SessionProcess:
    """At most one at a time. It is asked to end and never killed: it has a patient to look after and a record to
    close. Should the waiting process die, it goes on alone: a runtime is safe alone."""

    def __init__(
        self, place: Place, command: Sequence[str] = (sys.executable, "-m", "vr_runtime", "run")
    ) -> None:
        self._place, self._command = place, tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._before: str | None = None
        self._epoch = ""

    def start(self, begin: Begin) -> None:
        """Raises OSError."""
        if self._log is not None:
            self._log.close()
        self._log = _in_memory()
        before = self._connection()
        self._before, self._epoch = (before.epoch if before else None), ""
        self._process = subprocess.Popen(
            [*self._command, *arguments_of(begin, self._place)],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            # A group of its own: Ctrl-C at the terminal must not end the session twice. Windows knows no other way to
            # tell it than that very Ctrl-C.
            start_new_session=sys.platform != "win32",
        )
        threading.Thread(
            target=hand_over, args=(begin.order, self._process.stdin), name="order", daemon=True
        ).start()

    def look(self) -> Playing:
        if self._process is None:
            return Playing()
        status = self._process.poll()
        if status is not None:
            return Playing(SessionState.ENDED, self._epoch, status, self._last_line())
        if not self._epoch:
            now = self._connection()
            self._epoch = now.epoch if now is not None and now.epoch != self._before else ""
        return Playing(SessionState.RUNNING if self._epoch else SessionState.STARTING, self._epoch)

    def taken(self) -> bool:
        """A session that was not begun here: it answers where the connection file says, or holds the link's port."""
        there = self._connection()
        if there is not None and _answers(there.host, there.ports.control):
            return True
        host = "0.0.0.0" if self._place.host in EVERYWHERE else self._place.host
        try:
            with socket.create_server((host, self._place.port)):
                return False
        except OSError as problem:
            return problem.errno == errno.EADDRINUSE

    def end(self) -> None:
        """As Ctrl-C would: once, in order; a second time, at once."""
        if self._process is not None and self._process.poll() is None and sys.platform != "win32":
            self._process.send_signal(signal.SIGINT)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _connection(self) -> Connection | None:
        try:
            return read_connection(self._place.connection)
        except LinkError:
            return None

    def _last_line(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read()[-TAIL:].decode(errors="replace").strip().splitlines()
        return lines[-1][:LINE_LENGTH] if lines else ""


def _in_memory() -> IO[bytes]:
    """A file that is on no disk, where the system has such; else one without a name."""
    if sys.platform == "linux":
        with suppress(OSError):
            return os.fdopen(os.memfd_create("session"), "w+b")
    return tempfile.TemporaryFile()


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=KNOCK_S).close()
    except OSError:
        return False
    return True
