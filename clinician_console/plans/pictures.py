"""Pictures of scenes' steps for the plan builder, drawn in the background by ``vr-runtime picture`` and kept.

One process at a time, at the lowest priority, and none while a runtime plays on this computer: its frame rate comes
first. A picture is kept under the software's version and the hash of its scene's manifest, so that a scene that was
changed is drawn anew. Whoever asks gets what is there, or nothing yet: nobody waits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import vr_runtime
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.treatments import hash_of

logger = logging.getLogger(__name__)

SIZE = "320x180"
WAIT_S = 120.0
"""A picture that takes longer than this is given up."""
LOOK_S = 0.25
PNG = b"\x89PNG\r\n\x1a\n"

Start = Callable[[list[str]], "subprocess.Popen[bytes]"]


class Pictures:
    """The shelf of pictures, and the one worker that fills it.

    Args:
        folder: where they are kept; made on demand.
        busy: whether a runtime plays on this computer now.
        start: starts a process; replaced in tests.
    """

    def __init__(
        self, folder: Path, busy: Callable[[], bool] = lambda: False, start: Start | None = None
    ) -> None:
        self._folder = folder
        self._busy = busy
        self._start = start or start_quietly
        self._wanted: deque[tuple[SceneManifest, int]] = deque()
        self._failed: set[str] = set()
        self._change = threading.Condition()
        self._closed = False
        self._worker: threading.Thread | None = None
        self._hashes: dict[str, tuple[SceneManifest, str]] = {}

    def path(self, scene: SceneManifest, step: int) -> Path:
        """Where the picture of a step (from 1; 0: the scene's defaults) lies or will lie."""
        return self._folder / vr_runtime.__version__ / f"{scene.id}-{step}-{self._hash(scene)[:16]}.png"

    def get(self, scene: SceneManifest, step: int) -> Path | None:
        """The picture, where it is there; otherwise it is drawn as soon as may be."""
        path = self.path(scene, step)
        if path.exists():
            return path
        self.want(scene, step)
        return None

    def want(self, scene: SceneManifest, step: int) -> None:
        """Have it drawn, after those that were asked for before."""
        with self._change:
            if self._closed or str(self.path(scene, step)) in self._failed:
                return
            wish = (scene, step)
            if wish in self._wanted:
                return
            self._wanted.append(wish)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="pictures", daemon=True)
                self._worker.start()
            self._change.notify()

    @property
    def waiting(self) -> int:
        """How many are still to be drawn."""
        with self._change:
            return len(self._wanted)

    def close(self) -> None:
        """End the worker and its process."""
        with self._change:
            self._closed = True
            self._wanted.clear()
            self._change.notify()
        if self._worker is not None:
            self._worker.join(timeout=10)

    # ------------------------------------------------------------- the worker

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._closed and (not self._wanted or self._busy()):
                    # Nothing tells when a runtime has ended: looked at now and then.
                    self._change.wait(1.0 if self._wanted else None)
                if self._closed:
                    return
                scene, step = self._wanted[0]
            done = self._draw(scene, step)
            with self._change:
                if done and self._wanted and self._wanted[0] == (scene, step):
                    self._wanted.popleft()

    def _draw(self, scene: SceneManifest, step: int) -> bool:
        """False where it was broken off for a runtime, and is to be tried again."""
        path = self.path(scene, step)
        if path.exists():
            return True
        part = path.with_suffix(".part.png")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            process = self._start(
                [sys.executable, "-m", "vr_runtime", "picture", "--scene", scene.id, "--step", str(step), "--size", SIZE, "--out", str(part)]
            )  # fmt: skip
        except OSError as problem:
            self._give_up(path, f"could not be started: {problem}")
            return True
        end = time.monotonic() + WAIT_S
        while process.poll() is None:
            with self._change:
                closed = self._closed or self._change.wait_for(lambda: self._closed, LOOK_S)
            late = time.monotonic() > end
            if closed or late or self._busy():
                stop(process)
                part.unlink(missing_ok=True)
                if late:
                    self._give_up(path, f"took longer than {WAIT_S:g} s")
                return late
        try:
            drawn = process.returncode == 0 and part.read_bytes()[:8] == PNG
            if drawn:
                part.replace(path)
        except OSError:
            drawn = False
        if not drawn:
            self._give_up(path, f"ended with {process.returncode}")
        return True

    def _give_up(self, path: Path, why: str) -> None:
        logger.warning("no picture %s: %s", path.name, why)
        self._failed.add(str(path))

    def _hash(self, scene: SceneManifest) -> str:
        known = self._hashes.get(scene.id)
        if known is None or known[0] is not scene:
            known = self._hashes[scene.id] = (scene, hash_of(scene))
        return known[1]


def start_quietly(command: list[str]) -> subprocess.Popen[bytes]:
    """A child at the lowest priority, in a session of its own, so that Ctrl-C at the console does not reach it twice."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, 19)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """It holds nothing that could be lost."""
    process.terminate()
    try:
        process.wait(2.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
