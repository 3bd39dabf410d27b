"""From the command line to the first tracked frame in the headset: a session of a moment in the OpenXR lab, several times
a scene, each in a process of its own.

The beginning is this machine's wall clock just before the process is started; the frame's is the record's, whose first
event says what the wall clock was when its own clock began. ``PALIER_STARTS``: how many times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from statistics import median

from benchmarks import Row
from benchmarks.openxr_bench import LAB

STARTS = int(os.environ.get("PALIER_STARTS", "5"))
SCENES = ("baseline_room", "heights", "road", "washroom")
BUDGET_S = 4.0


def run() -> list[Row]:
    return [row for scene in SCENES for row in _rows(scene)]


def _rows(scene: str) -> list[Row]:
    name = f"start: {scene}, command line to first tracked frame"
    command = [sys.executable, str(LAB), "exec", "--remote", "0", "--", "python", "-m"]
    done = subprocess.run(
        [*command, "benchmarks.start_worker", scene, str(STARTS)], capture_output=True, text=True
    )
    if done.returncode != 0:
        return [Row(name, float("nan"), "s", f"no lab here: {done.stderr.strip().splitlines()[-1]}")]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    tracked, opened = median(said["tracked_s"]), median(said["opened_s"])
    slowest = f"slowest of {len(said['tracked_s'])}: {max(said['tracked_s']):.2f}; budget {BUDGET_S:g}"
    return [
        Row(name, tracked, "s", slowest),
        Row(f"start: {scene}, of it until the record is open", opened, "s", "programs, scenes, headset"),
    ]
