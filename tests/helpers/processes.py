"""Runtime and console as two processes with the real link between them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.helpers.session import ROOT, environment

PATIENCE_S = 90.0
"""How long a condition is awaited on a busy machine before the test fails."""


def until(happened: Callable[[], Any], what: str) -> Any:
    """Wait for a condition; returns what it gave."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := happened()):
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.02)
    return found


class Commands:
    """Starts the commands in one folder, with one home; ends at the end whatever still runs."""

    def __init__(self, folder: Path, more: Mapping[str, str] | None = None) -> None:
        """``more``: of the commands' environment."""
        self.folder = folder
        self._more = dict(more or {})
        self.connection = folder / "connection.json"
        self.console_records = folder / "console"
        self.runtime_records = folder / "runtime"
        self._running: list[subprocess.Popen[str]] = []

    def runtime(self, *arguments: str | Path, rate: int = 30) -> subprocess.Popen[str]:
        """A headless runtime without pictures; returned when a console can reach it."""
        process = self._start(
            "vr_runtime", "run", "--display", "headless", "--patient", "virtual", "--heart", "simulated",
            "--seed", "5", "--rate", str(rate), "--duration", "300", "--records", self.runtime_records,
            "--connection", self.connection, *(arguments or ("--scene", "heights")),
        )  # fmt: skip
        until(lambda: self.connection.exists() or process.poll() is not None, "the runtime's sockets")
        return process

    def drive(self, acts: list[dict[str, Any]], *arguments: str | Path) -> subprocess.Popen[str]:
        """The scripted therapist."""
        script = self.folder / f"script-{len(self._running)}.toml"
        script.write_text(toml(acts))
        return self._start(
            "clinician_console", "drive", script, "--records", self.console_records,
            "--connection", self.connection, *arguments,
        )  # fmt: skip

    def fetch(self) -> subprocess.Popen[str]:
        """A console that copies what is handed over."""
        return self._start(
            "clinician_console", "fetch", "--records", self.console_records, "--connection", self.connection,
        )  # fmt: skip

    def start(self, module: str, *arguments: str | Path) -> subprocess.Popen[str]:
        """Any command, in this home."""
        return self._start(module, *arguments)

    def record(self) -> Path:
        (folder,) = self.runtime_records.iterdir()
        return folder

    def copy(self) -> Path:
        (folder,) = self.console_records.iterdir()
        return folder

    def close(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def _start(self, module: str, *arguments: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            env={**environment(self.folder / "home"), **self._more},
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._running.append(process)
        return process


def toml(acts: list[dict[str, Any]]) -> str:
    """A script file; values are written as JSON, which TOML reads alike."""
    lines = ['title = "test"', "linger_s = 0.2"]
    for act in acts:
        lines += ["[[steps]]", *(f"{key} = {_value(value)}" for key, value in act.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)
