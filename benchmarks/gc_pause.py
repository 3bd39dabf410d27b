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
    """Times collections through ``gc.callbacks``: how long each works. (Beside software rendering the clock on the
    wall would tell how long the machine did something else.)"""

    def __init__(self) -> None:
        self.count = 0
        self.generations: dict[int, float] = {}
        """The longest of each generation, ms."""
        self._began = 0

    @property
    def longest_ms(self) -> float:
        return max(self.generations.values(), default=0.0)

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time_ns()
            return
        took_ms = (time.thread_time_ns() - self._began) / 1e6
        generation = info["generation"]
        self.count += 1
        self.generations[generation] = max(self.generations.get(generation, 0.0), took_ms)


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
    return [Row("longest garbage-collection pause", pauses.longest_ms, "ms", note)]


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
