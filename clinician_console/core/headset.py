"""Is there a headset on this computer? Asked of ``vr-runtime doctor`` in a process of its own: an OpenXR runtime that
hangs or dies then takes nothing of the console with it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

PATIENCE_S = 40.0

Word = Literal["unknown", "looking", "found", "no_runtime", "no_headset"]


@dataclass(frozen=True)
class Headset:
    """``no_runtime``: no OpenXR software; ``no_headset``: software, but no headset that answers. ``detail``: the
    headset's name, or what to do, in the runtime's words."""

    word: Word = "unknown"
    detail: str = ""


class HeadsetLook:
    """Looks in a thread; :meth:`state` is what is known so far. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = Headset()
        self._process: subprocess.Popen[str] | None = None

    def state(self) -> Headset:
        with self._lock:
            return self._state

    def look(self) -> None:
        """Begin to look, unless somebody is looking already."""
        with self._lock:
            if self._state.word == "looking":
                return
            self._state = Headset("looking")
        threading.Thread(target=self._look, name="console-headset", daemon=True).start()

    def close(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()

    def _look(self) -> None:
        found = Headset("no_runtime")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "vr_runtime", "doctor", "--headset", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            said, _ = self._process.communicate(timeout=PATIENCE_S)
            found = understood(said)
        except subprocess.TimeoutExpired:
            if self._process is not None:
                self._process.kill()
            found = Headset("no_headset", "the headset's software does not answer: start it anew")
        except OSError as problem:
            found = Headset("no_runtime", str(problem))
        with self._lock:
            self._state = found


def understood(said: str) -> Headset:
    """What the doctor's answer means for somebody who wants to begin."""
    try:
        return meaning_of({str(one["what"]): one for one in json.loads(said)})
    except (ValueError, TypeError, KeyError):
        return Headset("no_runtime", "vr-runtime doctor gave no answer")


def meaning_of(findings: Mapping[str, Mapping[str, Any]]) -> Headset:
    """The doctor's findings of the headset's side, by what was looked for. Raises KeyError where one is none."""
    headset, software = findings.get("headset"), findings.get("OpenXR runtime")
    if headset is not None and headset["good"]:
        return Headset("found", str(headset["found"]).split(",")[0])
    if headset is not None:
        return Headset("no_headset", str(headset["remedy"]))
    if software is not None and software["good"]:
        return Headset("no_headset", str(software["remedy"]))
    return Headset("no_runtime", str(software["remedy"]) if software else "")
