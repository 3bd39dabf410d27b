"""``python -m tests.helpers.watched_run run ...``: vr-runtime, which writes its longest garbage collection, in ms, to
the file that PALIER_TEST_PAUSES names."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path

from benchmarks.gc_pause import Pauses
from vr_runtime.cli import main


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
