"""What each phase of a frame costs, without graphics: a session with a virtual patient, driven by a script."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import Row
from vr_runtime.assemble import Live, Options, plan_for_scene
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.files.toml import read_script
from vr_runtime.record import PassphraseKey
from vr_runtime.runtime import run as run_loop

SCRIPT = Path(__file__).resolve().parent.parent / "examples" / "heights_therapist.toml"
PHASES = ("begin", "hear", "decide", "sense", "play", "observe", "record", "show")


class Stopwatch:
    """Phase times of every frame, in ns; preallocated, so that measuring makes no garbage."""

    def __init__(self, frames: int) -> None:
        self.times = np.zeros((frames, len(PHASES)), np.int64)
        self._frame = 0
        self._phase = 0
        self._last = time.perf_counter_ns()

    def mark(self, phase: str) -> None:
        now = time.perf_counter_ns()
        if self._frame < len(self.times):
            self.times[self._frame, self._phase] = now - self._last
        self._phase += 1
        if self._phase == len(PHASES):
            self._phase = 0
            self._frame += 1
        self._last = time.perf_counter_ns()

    def finished(self) -> np.ndarray:
        return self.times[: self._frame]


def run() -> list[Row]:
    """Median and p99 of each phase, in microseconds, over the demo's script at 90 Hz in virtual time."""
    packs = find_scenes()
    with tempfile.TemporaryDirectory() as folder:
        options = Options(
            plan=plan_for_scene(packs, "heights"),
            packs=packs,
            records=Path(folder),
            key=PassphraseKey("benchmark"),
            speed="max",
            script=read_script(SCRIPT),
        )
        live = Live(options)
        watch = Stopwatch(20_000)
        try:
            run_loop(live.rooms, phases=watch)
        finally:
            live.close()
    times = watch.finished()[100:] / 1000.0
    rows = [
        Row(f"frame: {name}", float(np.median(times[:, column])), "µs", f"p99 {_p99(times[:, column]):.0f}")
        for column, name in enumerate(PHASES)
        if name != "begin"
    ]
    whole = times[:, 1:].sum(axis=1)
    note = f"p99 {_p99(whole):.0f}; budget 500, p99 1000; commits waited for in `record`"
    return [*rows, Row("frame: everything but rendering", float(np.median(whole)), "µs", note)]


def _p99(values: np.ndarray) -> float:
    return float(np.percentile(values, 99))
