"""``python -m tests.helpers.watched_run run ...``: vr-runtime, which writes its longest garbage collection, in ms, to
the file that PALIER_TEST_PAUSES names."""

from __future__ import annotations

import gc
import json
import os
import time
from pathlib import Path

from vr_runtime.cli import main


class Pauses:
    """Watches Python's garbage collector: how long a collection works. (Beside software rendering the clock on the wall
    tells how long the machine did something else.)"""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self.generations: dict[int, float] = {}
        """The longest of each generation, ms."""
        self.count = 0
        self._began = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time_ns()
        else:
            took_ms = (time.thread_time_ns() - self._began) / 1e6
            generation = info["generation"]
            self.count += 1
            self.longest_ms = max(self.longest_ms, took_ms)
            self.generations[generation] = max(self.generations.get(generation, 0.0), took_ms)


class FromTheFirstFrame(Pauses):
    """Collections before ``gc.freeze`` (while things are loaded) do not count."""

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            # counting what is frozen takes as long as a collection of it: outside of what is timed
            self._frozen = gc.get_freeze_count() > 0
        if self._frozen:
            super().__call__(phase, info)

    _frozen = False


if __name__ == "__main__":
    pauses = FromTheFirstFrame()
    gc.callbacks.append(pauses)
    try:
        main()
    finally:
        said = {"longest_ms": pauses.longest_ms, "count": pauses.count, "generations": pauses.generations}
        Path(os.environ["PALIER_TEST_PAUSES"]).write_text(json.dumps(said))
