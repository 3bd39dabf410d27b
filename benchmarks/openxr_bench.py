"""What OpenXR's calls take in a frame: ours beside bare ctypes and beside pyopenxr's own functions, on the lab's null
compositor. Most of each is the runtime's answer from another process; the ratios tell what Python adds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks import Row

LAB = Path(__file__).resolve().parent.parent / "scripts" / "xr-lab"


def run() -> list[Row]:
    command = [
        sys.executable,
        str(LAB),
        "exec",
        "--remote",
        "0",
        "--",
        "python",
        "-m",
        "benchmarks.openxr_worker",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return [
            Row("OpenXR calls", float("nan"), "µs", f"no lab here: {done.stderr.strip().splitlines()[-1]}")
        ]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return [
        Row("OpenXR: head and eyes, bare ctypes", said["bare"], "µs", "xrLocateViews and xrLocateSpace"),
        Row("OpenXR: head and eyes, ours", said["ours"], "µs", f"{said['ours'] / said['bare']:.2f} of bare"),
        Row(
            "OpenXR: head and eyes, pyopenxr",
            said["wrapped"],
            "µs",
            f"{said['wrapped'] / said['bare']:.2f} of bare",
        ),
        Row("OpenXR: a whole sense", said["sense"], "µs", "with actions and both hands"),
    ]
