"""What every installed scene takes: loading, frames of each step, and the worst frame while anything is turned.

``make bench ARGS=scene_bench`` draws at 640x360 with the driver that is there; on a machine with a graphics card
``python -m benchmarks.scene_bench --size 2064x2208 --eyes 2 --msaa 4 [SCENE...]`` draws as a headset does.

- *load*: from asking for the scene until it is ready to be shown, its rehearsal and its sounds included; budget 4 s.
- *frame*: the scene's logic, its picture, and the wait for the frame before. "CPU side alone": Mesa's driver is told to
  do nothing (``GALLIUM_NOOP=1``); what is left is Python and Panda3D on the main thread.
- *hitch*: each parameter from one end to the other and back; the longest frame of the main thread as a multiple of the
  median of those around it; budget 2. Each scene is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks import Row
from vr_runtime.catalogue import find_scenes

LOAD_S = 4.0
HITCH = 2.0
GEOMS, TRIANGLES = 150, 350_000
BUDGET_MS = 1000.0 / 90.0
"""Of a frame in a headset of 90 Hz."""


def worker(scene: str, *options: str, noop: bool = False) -> dict[str, Any]:
    environment = dict(os.environ) | ({"GALLIUM_NOOP": "1"} if noop else {})
    command = [
        sys.executable,
        "-m",
        "benchmarks.scene_worker",
        scene,
        *options,
        *(["--noop"] if noop else []),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-800:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def over(value: float, budget: float) -> str:
    return f"OVER {budget:,.4g}" if value > budget else f"budget {budget:,.4g}"


def rows_of(scene: str, options: Sequence[str], *, gpu: bool) -> list[Row]:
    drawn = worker(scene, *options)
    cpu = worker(scene, *options, noop=True) if not gpu else None
    small = worker(scene, *options, "--width", "64", "--height", "64") if gpu else None
    built, rehearsed, heard = drawn["load"]
    load = built + rehearsed + heard
    rows = [
        Row(
            f"{scene}: load",
            load,
            "s",
            f"{over(load, LOAD_S)}; built {built:.2f}, rehearsed {rehearsed:.2f}, sounds {heard:.2f}; {drawn['renderer']}",
        )
    ]
    for place, step in enumerate(drawn["steps"]):
        note = (
            f"p99 {step['wall_p99']:.1f}; {step['geoms']} Geoms, {step['triangles'] / 1000:.0f} k triangles"
        )
        if step["geoms"] >= GEOMS or step["triangles"] >= TRIANGLES:
            note += ", OVER"
        if gpu:
            note = f"{over(step['wall'], BUDGET_MS)} at 90 Hz; main thread {step['cpu']:.2f}; {note}"
        name = f"step {step['step']}" if step["step"] else "as it is"
        rows.append(Row(f"{scene}: frame, {name}, drawn", step["wall"], "ms", note))
        if small is not None:
            least = small["steps"][place]
            note = f"p99 {least['wall_p99']:.1f}"
            rows.append(Row(f"{scene}: frame, {name}, all but its pixels", least["wall"], "ms", note))
        if cpu is not None:
            alone = cpu["steps"][place]
            rows.append(Row(f"{scene}: frame, {name}, CPU side alone", alone["cpu"], "ms", ""))
    for way, found in (("drawn", drawn), ("CPU side alone", cpu)):
        if found is not None and found["hitch"] is not None:
            worst, where, times, once = found["hitch"]
            note = f"{over(worst, HITCH)}; {where}; {times} frames over {HITCH:g}, {once} the first time"
            rows.append(Row(f"{scene}: hitch, {way}", worst, "x", note))
    return rows


def run(scenes: Sequence[str] = (), options: Sequence[str] = (), *, gpu: bool = False) -> list[Row]:
    """Rows for each scene; an empty choice means all."""
    return [row for scene in scenes or find_scenes() for row in rows_of(scene, options, gpu=gpu)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenes", nargs="*", help="which (all)")
    parser.add_argument("--size", default="640x360", help="of one eye's picture, WIDTHxHEIGHT")
    parser.add_argument("--eyes", type=int, default=1, choices=(1, 2))
    parser.add_argument("--msaa", type=int, default=0)
    parser.add_argument("--stereo", default="auto", help="how two eyes are drawn: auto, single, two passes")
    parser.add_argument(
        "--no-cpu-alone", dest="gpu", action="store_true", help="a card of its own: no Mesa here"
    )
    chosen = parser.parse_args()
    width, height = chosen.size.lower().split("x")
    options = ["--width", width, "--height", height, "--eyes", str(chosen.eyes), "--msaa", str(chosen.msaa)]
    options += ["--stereo", chosen.stereo]
    for row in run(chosen.scenes, options, gpu=chosen.gpu):
        print(f"{row.name:48} {row.value:10,.4g} {row.unit:3} {row.note}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
