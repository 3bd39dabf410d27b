"""What drawing both eyes takes of the main thread: in one pass, in two, and in the peer panda3d-openxr; and what a
picture for the console takes.

Each figure comes from a process of its own (``stage_worker``), in turns, so that a busy moment of the machine meets
all alike. "CPU side alone": Mesa's driver is told to do nothing (``GALLIUM_NOOP=1``), what is left is Panda3D's cull
and draw and the driver's front end. "Drawn": by the driver that is there; software where there is no card.

Where the OpenXR lab is (``make xr-lab``), both are drawn in real sessions too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from benchmarks import Row, peer

ROUNDS = 3
LAB = "scripts/xr-lab"


@contextmanager
def screen() -> Iterator[str | None]:
    """DISPLAY of an X server in memory; None where there is no Xvfb."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        yield None
        return
    read, write = os.pipe()
    options = ["-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    server = subprocess.Popen([xvfb, *options], pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def worker(display: str | None, *options: str, noop: bool = False) -> dict[str, Any]:
    environment = dict(os.environ)
    if display is not None:
        environment["DISPLAY"] = display
    if noop:
        environment["GALLIUM_NOOP"] = "1"
        options = (*options, "--noop")
    if options[0] != "peer":
        options = (*options, "--where", "offscreen" if display is None else "hidden")
    return _answer([sys.executable, "-m", "benchmarks.stage_worker", *options], environment)


def _answer(command: Sequence[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-800:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compared(display: str | None, *, noop: bool, with_peer: bool) -> list[Row]:
    what = "CPU side alone" if noop else "drawn"
    size = () if noop else ("--width", "320", "--height", "240", "--frames", "80")
    ways: dict[str, tuple[str, ...]] = {
        "two passes": ("two", *size),
        "single pass": ("single", *size),
        "single pass, flash guard": ("single", "--watched", *size),
        "two passes, flash guard": ("two", "--watched", *size),
    }
    if with_peer:
        ways = {"peer": ("peer", *size)} | ways
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, options in ways.items():
            taken[name].append(worker(display, *options, noop=noop))
    cpu = {name: median(found["cpu"] for found in runs) for name, runs in taken.items()}
    drawn = [share for runs in taken.values() for found in runs for share in found.get("drawn", ())]
    if drawn and max(drawn) - min(drawn) > 0.02:
        raise RuntimeError(f"not all drew the same picture: shares of {min(drawn):.3f} to {max(drawn):.3f}")
    rows = []
    for name, value in cpu.items():
        ratios = [
            f"{value / cpu[other]:.2f} of {other}"
            for other in ("peer", "two passes")
            if other in cpu and other != name
        ]
        p99 = median(found["cpu_p99"] for found in taken[name])
        rows.append(
            Row(f"stereo, {what}: {name}", value, "µs", f"{', '.join(ratios)}; p99 {p99:.0f}".lstrip("; "))
        )
    return rows


def run() -> list[Row]:
    """Main thread's time a frame, medians; the peer's OpenXR calls are left out, as ours are."""
    with screen() as display:
        with_peer = display is not None and peer.fetched() is not None
        rows = [
            *compared(display, noop=True, with_peer=with_peer),
            *compared(display, noop=False, with_peer=with_peer),
        ]
        found = worker(
            display, "preview", "--width", "896", "--height", "1008", "--frames", "20", "--pause", "0.15"
        )
    note = "more than a frame without, two eyes of 896x1008, waiting included"
    rows += [
        Row("preview: capture", found["capture"] / 1000.0, "ms", note),
        Row(
            "preview: glimpse",
            found["glimpse"] / 1000.0,
            "ms",
            f"{found['glimpse'] / found['capture']:.2f} of capture",
        ),
    ]
    if with_peer:
        rows += in_sessions()
    else:
        rows.append(
            Row(
                "stereo: peer",
                float("nan"),
                "",
                "not measured: needs Xvfb, and panda3d-openxr 0.1.2 to be had",
            )
        )
    return rows


def in_sessions() -> list[Row]:
    """In the lab, whose Mesa is newer; whole frames, with the OpenXR calls and, on our side, the flash guard."""
    if subprocess.run([LAB, "where"], capture_output=True, check=False).returncode:
        return [Row("stereo, in OpenXR", float("nan"), "", "not measured: there is no lab (make xr-lab)")]
    start = (LAB, "exec", "--compositor", "window", "--", "python", "-m", "benchmarks.stage_worker")
    cpu = {
        way: _answer([*start, way, "--openxr", "--frames", "100"], dict(os.environ))["cpu"]
        for way in ("peer", "two", "single")
    }
    return [
        Row(f"stereo, in OpenXR, drawn: {name}", cpu[way], "µs", f"{cpu[way] / cpu['peer']:.2f} of peer")
        for way, name in (("peer", "peer"), ("two", "two passes"), ("single", "single pass"))
    ]
