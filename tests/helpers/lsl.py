"""The Lab Streaming Layer in tests: liblsl itself, kept to this machine and to a session of this process alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CONFIGURATION = """
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
[lab]
KnownPeers = {{127.0.0.1}}
SessionID = {session}
[log]
level = -3
"""
PATIENCE_S = 40.0


def _kept_to_this_machine() -> Any:
    """pylsl, after its configuration; the tests of a machine that cannot have it are skipped."""
    folder = tempfile.mkdtemp(prefix="palier-lsl-")
    path = Path(folder) / "lsl_api.cfg"
    path.write_text(CONFIGURATION.format(session=f"palier-test-{uuid.uuid4().hex[:12]}"), "utf-8")
    os.environ["LSLAPICFG"] = str(path)
    try:
        import pylsl  # pyright: ignore[reportMissingImports]
    except (ImportError, RuntimeError, OSError) as problem:
        pytest.skip(f"no Lab Streaming Layer here: {problem}", allow_module_level=True)
    return pylsl


pylsl = _kept_to_this_machine()


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}"


def outlet(
    name: str,
    kind: str,
    unit: str,
    rate_hz: float = 0.0,
    form: str = "float32",
    source_id: str = "",
    count: int = 1,
) -> Any:
    """An outlet with one described channel."""
    info = pylsl.StreamInfo(name, kind, count, rate_hz, form, source_id or unique("id"))
    channels = info.desc().append_child("channels")
    for _ in range(count):
        channel = channels.append_child("channel")
        channel.append_child_value("label", kind)
        if unit:
            channel.append_child_value("unit", unit)
    return pylsl.StreamOutlet(info)


class Sender:
    """A sender of RR intervals in a process of its own; with ``ahead_s`` in a time namespace, where the steady clock
    (LSL's) is so far ahead of ours."""

    def __init__(self, name: str, source_id: str, ahead_s: int = 0) -> None:
        apart = ["unshare", "--user", "--map-root-user", "--time", "--monotonic", str(ahead_s), "--fork"]
        command = [sys.executable, "-m", "tests.helpers.lsl_sender", name, source_id]
        self._process = subprocess.Popen(
            [*(apart if ahead_s else []), *command],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"

    def push(self, intervals_ms: list[float], pause_s: float) -> None:
        """Begin to send them, the same pause after each."""
        self._say({"intervals": intervals_ms, "pause": pause_s})

    def pushed(self) -> list[tuple[float, float, int, int]]:
        """Interval, stamp and the wall clock (ns) before and after the stamp was taken, of what was sent."""
        return [tuple(row) for row in json.loads(self._line())]  # pyright: ignore[reportReturnType]

    def kill(self) -> None:
        """No word of goodbye."""
        self._say({"die": True})
        self._process.wait(20)
        self._process.communicate()

    def _say(self, command: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def can_shift_clocks() -> bool:
    command = ["unshare", "--user", "--map-root-user", "--time", "--monotonic", "1000", "--fork", "true"]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0
    except OSError:
        return False


def until(holds: Callable[[], Any], what: str) -> Any:
    """Wait, and do not hurry."""
    end = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < end, f"waited {PATIENCE_S:g} s in vain for {what}"
        time.sleep(0.005)
    return found
