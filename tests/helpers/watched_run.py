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
    """Watches Python's garbage collector."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self.count = 0
        self._began = 0

    def __call__(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter_ns()
        else:
            self.count += 1
            self.longest_ms = max(self.longest_ms, (time.perf_counter_ns() - self._began) / 1e6)


class FromTheFirstFrame(Pauses):
    """Collections before ``gc.freeze`` (while things are loaded) do not count."""

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if gc.get_freeze_count() > 0:
            super().__call__(phase, info)


if __name__ == "__main__":
    pauses = FromTheFirstFrame()
    gc.callbacks.append(pauses)
    try:
        main()
    finally:
        said = {"longest_ms": pauses.longest_ms, "count": pauses.count}
        Path(os.environ["PALIER_TEST_PAUSES"]).write_text(json.dumps(said))
