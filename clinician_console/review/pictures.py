"""What the patient saw at a moment, drawn by the runtime from the record: one at a time, the newest asked for.

The console draws nothing itself (it never reaches Panda3D): ``python -m vr_runtime picture`` plays the session
through to that moment without drawing it, then draws one frame. The later the moment, the longer that takes
(docs/after.md has figures), so it tells how far it is and can be called off. The picture lies in a private folder of
its own for as long as it takes to read it, in memory where the system has a file system for that; afterwards it is kept
in memory alone, and no film is ever made. The key goes to it as it came to the console: a key file by its name,
a passphrase in the environment, the keyring by itself.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

KEPT = 24
"""Pictures that are kept in memory; the oldest go first."""
SIZE = "960x540"
LONGEST_S = 900.0
"""After so long a picture is given up."""
IN_MEMORY = Path("/dev/shm")

PREFIX = "palier-seen-"

Word = Literal["none", "looking", "there", "failed", "stopped"]


@dataclass(frozen=True)
class Looked:
    """Where the search for a picture stands. ``share`` 0 to 1 of the way; ``for_s``: how long it has gone on."""

    word: Word = "none"
    at_s: float = 0.0
    share: float = 0.0
    for_s: float = 0.0
    png: bytes = b""
    why: str = ""


Command = Callable[[Path, float, Path], Sequence[str]]


def command(key_file: Path | None) -> Command:
    """How the runtime is asked for a picture of a record at a second, to be written to a file."""

    def of(record: Path, at_s: float, out: Path) -> Sequence[str]:
        asked = [
            sys.executable, "-m", "vr_runtime", "picture", "--record", str(record), "--at", f"{at_s:.2f}",
            "--out", str(out), "--size", SIZE, "--tell",
        ]  # fmt: skip
        return asked + (["--key-file", str(key_file)] if key_file else [])

    return of


def where() -> Path:
    """Under which the private folders are made: in memory where that is possible."""
    return IN_MEMORY if IN_MEMORY.is_dir() else Path(tempfile.gettempdir())


def sweep() -> None:
    """Take away what a console that was killed has left."""
    for left in where().glob(f"{PREFIX}*"):
        if left.is_dir() and left.stat().st_uid == os.getuid():
            shutil.rmtree(left, ignore_errors=True)


class Pictures:
    """Safe to call from several threads. Close it at the end: what is drawn then is called off."""

    def __init__(self, ask: Command, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, float], bytes] = OrderedDict()
        self._wanted = 0
        """Number of the newest wish; a run for an older one is over."""
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._state = Looked()
        self._begun = 0.0

    def state(self) -> Looked:
        with self._lock:
            if self._state.word == "looking":
                return replace(self._state, for_s=self._clock() - self._begun)
            return self._state

    def look(self, record: Path, at_s: float) -> None:
        """Ask for a moment; one that is being drawn is called off. Comes back at once: see :meth:`state`."""
        at_s = round(max(0.0, at_s), 2)
        with self._lock:
            self._end()
            kept = self._kept.get((str(record), at_s))
            if kept is not None:
                self._kept.move_to_end((str(record), at_s))
                self._state = Looked("there", at_s, 1.0, png=kept)
                return
            number, self._begun = self._wanted, self._clock()
            self._state = Looked("looking", at_s)
        threading.Thread(
            target=self._draw, args=(number, record, at_s), name="what the patient saw", daemon=True
        ).start()

    def kept(self, record: Path, at_s: float) -> bytes:
        """The picture of a moment that was drawn before; empty where it is gone."""
        with self._lock:
            return self._kept.get((str(record), round(at_s, 2)), b"")

    def stop(self) -> None:
        """Call off what is being drawn."""
        with self._lock:
            if self._state.word == "looking":
                self._end()
                self._state = Looked("stopped", self._state.at_s)

    def forget(self) -> None:
        """Let all pictures go: the page that showed them was left."""
        with self._lock:
            self._end()
            self._kept.clear()
            self._state = Looked()

    close = forget

    # ---- the thread of a wish

    def _end(self) -> None:
        self._wanted += 1
        if self._process is not None:
            self._process.kill()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _draw(self, number: int, record: Path, at_s: float) -> None:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where()))
        with self._lock:
            if number != self._wanted:
                folder.rmdir()
                return
            self._folder = folder
        try:
            png, why = self._run(number, self._ask(record, at_s, folder / "seen.png"), folder / "seen.png")
        except OSError as problem:
            png, why = b"", str(problem.strerror or problem)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        with self._lock:
            if number != self._wanted:
                return
            self._process = self._folder = None
            if not png:
                self._state = Looked("failed", at_s, why=why)
                return
            self._kept[str(record), at_s] = png
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            self._state = Looked("there", at_s, 1.0, self._clock() - self._begun, png)

    def _run(self, number: int, asked: Sequence[str], out: Path) -> tuple[bytes, str]:
        with self._lock:
            if number != self._wanted:
                return b"", ""
            process = self._process = subprocess.Popen(
                [*asked],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        giving_up = threading.Timer(LONGEST_S, process.kill)
        giving_up.daemon = True
        giving_up.start()
        last = ""
        try:
            assert process.stderr is not None
            for raw in process.stderr:
                text = raw.decode("utf-8", "replace").strip()
                told = re.fullmatch(r"reached ([\d.]+) of ([\d.]+) s", text)
                if told is None:
                    last = text or last
                    continue
                with self._lock:
                    if number == self._wanted:
                        share = min(1.0, float(told[1]) / max(0.01, float(told[2])))
                        self._state = replace(self._state, share=share)
            status = process.wait()
        finally:
            giving_up.cancel()
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stderr is not None:
                process.stderr.close()
        if status == 0 and out.is_file():
            return out.read_bytes(), ""
        return b"", last[:300] or f"the runtime ended with status {status}"
