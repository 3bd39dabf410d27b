"""The longest pause by garbage collection in 20,000 frames, with the heap frozen as a session freezes it."""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path

from benchmarks import Row
from vr_runtime.assemble import Live, Options, plan_for_scene
from vr_runtime.catalogue import find_scenes
from vr_runtime.record import PassphraseKey

FRAMES = 20_000


class Pauses:
    """Times collections through ``gc.callbacks``."""

    def __init__(self) -> None:
        self.longest_ns = 0
        self.count = 0
        self._began = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter_ns()
        else:
            self.count += 1
            self.longest_ns = max(self.longest_ns, time.perf_counter_ns() - self._began)


def run() -> list[Row]:
    """Play 20,000 frames in virtual time and report the longest pause."""
    packs = find_scenes()
    with tempfile.TemporaryDirectory() as folder:
        options = Options(
            plan=plan_for_scene(packs, "heights"),
            packs=packs,
            records=Path(folder),
            key=PassphraseKey("benchmark"),
            speed="max",
            duration_s=FRAMES / 90.0,
        )
        live = Live(options)
        pauses = _Started()
        gc.callbacks.append(pauses)
        try:
            live.run(lambda: False, (pauses,))
        finally:
            gc.callbacks.remove(pauses)
            live.close()
    note = f"{pauses.count} collections in {FRAMES} frames; budget 1 ms"
    return [Row("longest garbage-collection pause", pauses.longest_ns / 1e6, "ms", note)]


class _Started(Pauses):
    """Counts only from the first frame on: the full collection before it is meant."""

    def __init__(self) -> None:
        super().__init__()
        self._counting = False

    def frame_done(self, rooms: object, turn: object) -> None:
        self._counting = True

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if self._counting:
            super().__call__(phase, info)
