"""A runtime on this machine that the console starts itself, so that a therapist starts one thing."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.core.snapshot import LocalRuntime
from vr_runtime.protocol.files.order import SessionOrder, hand_over

END_S = 10.0


class LocalRuntimeProcess:
    """``python -m vr_runtime run ...`` as a child. It is asked to end in order when the console ends, never killed:
    a runtime is safe alone, and it has a record to close."""

    def __init__(self, arguments: str, connection: Path | None) -> None:
        try:
            self._arguments = shlex.split(arguments)
        except ValueError as problem:
            raise ConsoleError(
                ConsoleReason.NOT_STARTED, f"--start-runtime cannot be read ({problem}): check its quotes"
            ) from None
        self._connection = connection
        self._order: SessionOrder | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._tail = ""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object

    def start(self, arguments: Sequence[str] | None = None, order: SessionOrder | None = None) -> None:
        """Start it, unless it is running. ``arguments``: others than those that it was made with, and what it reads
        from its standard input; they are kept, so that what has died is started again as it was.

        Raises:
            ConsoleError: NOT_STARTED; also where one that plays something else is still running.
        """
        if self._process is not None and self._process.poll() is None:
            if arguments is None:
                return
            raise ConsoleError(
                ConsoleReason.NOT_STARTED,
                "a session is open on this computer: end it before you open another",
            )
        if arguments is not None:
            self._arguments, self._order = [*arguments], order
        if self._connection is not None and "--connection" not in self._arguments:
            self._arguments += ["--connection", str(self._connection)]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "vr_runtime", "run", *self._arguments],
                stdin=subprocess.DEVNULL if self._order is None else subprocess.PIPE,
                stdout=self._log,
                stderr=self._log,
                # A group of its own: Ctrl-C at the console must not end the runtime twice.
                start_new_session=True,
            )
        except OSError as problem:
            raise ConsoleError(
                ConsoleReason.NOT_STARTED, f"vr-runtime could not be started: {problem}"
            ) from None
        if self._order is not None:
            threading.Thread(
                target=hand_over, args=(self._order, self._process.stdin), name="order", daemon=True
            ).start()

    def state(self) -> LocalRuntime:
        if self._process is None:
            return LocalRuntime()
        status = self._process.poll()
        if status is None:
            return LocalRuntime("running")
        return LocalRuntime("ended", status, self._last_line())

    def close(self) -> bool:
        """Ask it to end and wait a while; False where it is still busy (it goes on alone, safely)."""
        try:
            if self._process is None or self._process.poll() is not None:
                return True
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(END_S)
            return True
        except subprocess.TimeoutExpired:
            return False
        finally:
            self._tail = self._last_line()
            self._log.close()

    def _last_line(self) -> str:
        if self._log.closed:
            return self._tail
        self._log.seek(0)
        lines = self._log.read()[-4000:].decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""
