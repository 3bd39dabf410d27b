"""Is there a headset on this computer? As ``vr-runtime doctor`` finds it, in a process of its own: an OpenXR runtime
that hangs or dies then takes nothing of who asks with it. ``vr-runtime wait`` and the console ask."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

from vr_runtime.protocol.waiting import Found

PATIENCE_S = 40.0
MOST_FINDINGS = 16
TEXT_LENGTH = 400


class HeadsetLook:
    """Looks in a thread; :meth:`found` is what is known so far. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looking = self._broken_off = self._silent = False
        self._found: tuple[Found, ...] = ()
        self._process: subprocess.Popen[str] | None = None

    def look(self) -> None:
        """Begin to look, unless somebody is looking already."""
        with self._lock:
            if self._looking:
                return
            self._looking, self._broken_off = True, False
        threading.Thread(target=self._look, name="headset", daemon=True).start()

    def give_way(self) -> None:
        """Break a look off. What it held of the headset is free at the return."""
        with self._lock:
            self._broken_off, process = True, self._process
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()

    def found(self) -> tuple[bool, tuple[Found, ...]]:
        with self._lock:
            return self._looking, self._found

    @property
    def silent(self) -> bool:
        """The last look got no answer in time: the headset's software hangs."""
        with self._lock:
            return self._silent

    def _look(self) -> None:
        said, silent = "", False
        try:
            with subprocess.Popen(
                [sys.executable, "-m", "vr_runtime", "doctor", "--headset", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            ) as process:
                with self._lock:
                    self._process, too_late = process, self._broken_off
                if too_late:
                    process.kill()
                try:
                    said, _ = process.communicate(timeout=PATIENCE_S)
                except subprocess.TimeoutExpired:
                    silent = True
                    process.kill()
        except OSError:
            pass
        with self._lock:
            self._process, self._looking, self._silent = None, False, silent
            self._found = understood(said) or self._found


def understood(said: str) -> tuple[Found, ...]:
    """What the doctor said as JSON; empty where that is nothing."""
    try:
        findings = json.loads(said)
        return tuple(
            Found(
                what=str(one["what"])[:TEXT_LENGTH],
                good=bool(one["good"]),
                found=str(one["found"])[:TEXT_LENGTH],
                remedy=str(one["remedy"])[:TEXT_LENGTH],
            )
            for one in findings[:MOST_FINDINGS]
        )
    except (ValueError, TypeError, KeyError):
        return ()
