"""A beat and a visible event made at one instant on purpose: how far apart the record puts them.

The runtime plays headless at 90 Hz on the wall clock, and a script goes to another step every 0.5 to 0.8 s. When
that is about to be seen, its instant (the frame's predicted display time) is told to another process, which waits
for that very instant and pushes a beat by the Lab Streaming Layer. A record without error has both at one time:
the beat's ``t_ns``, after liblsl's clock correction and the map of this machine's clocks, and the step's
``command_shown``. The distance is reported as bias and 95 % limits of agreement (Bland and Altman 1986,
doi:10.1016/S0140-6736(86)90837-8). How late the sender woke up is no error of the record; it is in the first rows and
taken out of the second.

The last rows are a chest strap in software at the same instants: intervals in 1/1024 s, told once a
second, with a radio that takes 30 ms, up to a connection interval of 50 ms more, and now and then a second try. Its
beats are rebuilt by ``BeatClock``, as they are for a real strap; the sensor's own lag, from the heart to its
electronics, is in neither.

``PALIER_BEATS``: how many.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import numpy as np

from benchmarks import Row
from benchmarks.xdf_peer import CONFIGURATION
from vr_runtime.assemble import Live, Options, plan_for_scene
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.commands import GoToStep, Start
from vr_runtime.protocol.events import CommandShown
from vr_runtime.protocol.files.script import Script, ScriptStep
from vr_runtime.record import PassphraseKey, Reader
from vr_runtime.runtime import Rooms, Turn
from vr_runtime.sensors.clock import BeatClock

BEATS = int(os.environ.get("PALIER_BEATS", "120"))
STREAM = "palier-beat-bench"
KEY = PassphraseKey("a passphrase for measuring")
KIND = "go_to_step"
SETTLED = 15
"""Beats of a strap in which the quickest packet is still looked for (about ten seconds)."""
RADIO_S, INTERVAL_S, AGAIN = 0.030, 0.050, 0.05
"""The radio: what it always takes, the connection interval, the share of packets that need a second try."""

SENDER = """
import sys, time, pylsl
info = pylsl.StreamInfo(sys.argv[1], "RPeaks", 1, 0.0, "int32", sys.argv[1])
outlet = pylsl.StreamOutlet(info)
print("ready", flush=True)
late = []
for line in sys.stdin:
    instant = int(line)
    while time.perf_counter_ns() < instant:
        pass
    before = time.perf_counter_ns()
    stamp = pylsl.local_clock()
    late.append((before + time.perf_counter_ns()) // 2 - instant)
    outlet.push_sample([1], stamp)
print(*late, flush=True)
"""


class Instants:
    """Listener of the loop: tells the sender when the step that is entered in this frame will be seen."""

    def __init__(self, live: Live, sender: subprocess.Popen[str]) -> None:
        self._opened_ns = time.perf_counter_ns() - live.clock.now_ns()
        self._sender = sender

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        seen = any(kind == KIND for _, kind in turn.decision.applied)
        if seen and self._sender.stdin is not None:
            self._sender.stdin.write(f"{turn.frame.display_ns + self._opened_ns}\n")
            self._sender.stdin.flush()


def run() -> list[Row]:
    try:
        import pylsl  # pyright: ignore[reportMissingImports]  # noqa: F401
    except (ImportError, RuntimeError, OSError):
        return []
    with tempfile.TemporaryDirectory() as made:
        configuration = Path(made) / "lsl_api.cfg"
        configuration.write_text(CONFIGURATION)
        os.environ["LSLAPICFG"] = str(configuration)
        beats_ns, shown_ns, late_ns = _session(Path(made))
    settled = (strap(shown_ns) - shown_ns)[SETTLED:]
    return [
        *_rows("beat by LSL less visible event", beats_ns - shown_ns, "with the sender's lateness"),
        *_rows(
            "the same without the sender's lateness", beats_ns - late_ns - shown_ns, "the record's own error"
        ),
        *_rows("beat by strap less visible event", settled, f"simulated radio, from beat {SETTLED + 1} on"),
    ]


def _session(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """When the record has the beats and the visible events (ns), and how late the sender was (ns)."""
    packs = find_scenes()
    plan = plan_for_scene(packs, "heights")
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, STREAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert sender.stdin is not None
    assert sender.stdout is not None
    try:
        assert sender.stdout.readline().strip() == "ready"
        live = Live(
            Options(
                plan=plan,
                packs=packs,
                records=folder,
                key=KEY,
                patient="none",
                heart=f"lsl:{STREAM}",
                rate_hz=90.0,
                script=script(),
            )
        )
        try:
            live.run(lambda: False, (Instants(live, sender),))
        finally:
            live.close()
        sender.stdin.close()
        late_ns = np.array([int(word) for word in sender.stdout.readline().split()], np.int64)
    finally:
        sender.kill()
        sender.wait()
    with Reader.open(live.folder, KEY) as reader:
        beats_ns = reader.samples("heart")["t_ns"].astype(np.int64)
        bodies = [event.body for event in reader.events()]
    shown = [body.shown_ns for body in bodies if isinstance(body, CommandShown) and body.command_kind == KIND]
    assert len(beats_ns) == len(shown) == BEATS, f"{len(beats_ns)} beats, {len(shown)} events of {BEATS}"
    return beats_ns, np.array(shown, np.int64), late_ns


def script() -> Script:
    """Up a step and down again at uneven times, so that they fall anywhere between a strap's packets."""
    random = Random(5)
    goes = (
        ScriptStep(after=2.0 if i == 0 else round(random.uniform(0.5, 0.8), 3), do=GoToStep(step=1 + i % 2))
        for i in range(BEATS)
    )
    return Script(title="A beat with every step", steps=(ScriptStep(after=1.0, do=Start()), *goes))


def strap(true_ns: np.ndarray) -> np.ndarray:
    """The same beats, told by a strap over a simulated radio and rebuilt: times in ns."""
    random = Random(6)
    clock = BeatClock()
    rebuilt: list[int] = []
    arrived_ns = 0
    at, before, speaks_ns = 0, int(true_ns[0]) - 650_000_000, int(true_ns[0]) + 300_000_000
    while at < len(true_ns):
        told: list[float] = []
        while at < len(true_ns) and true_ns[at] <= speaks_ns:
            raw = round((int(true_ns[at]) - before) / 1e9 * 1024)
            told.append(raw * 1000.0 / 1024.0)
            before += round(raw / 1024 * 1e9)  # what is rounded off goes into the next interval
            at += 1
        tries = 1 + (random.random() < AGAIN)
        delay_s = RADIO_S + random.uniform(0.0, INTERVAL_S) + (tries - 1) * INTERVAL_S
        arrived_ns = max(arrived_ns, speaks_ns + round(delay_s * 1e9))
        rebuilt += [beat.t_ns for beat in clock.packet(arrived_ns, told, None)]
        speaks_ns += 1_000_000_000
    return np.array(rebuilt, np.int64)


def _rows(name: str, distances_ns: np.ndarray, note: str) -> list[Row]:
    distances_ms = distances_ns / 1e6
    bias, spread = float(distances_ms.mean()), float(distances_ms.std(ddof=1))
    return [
        Row(f"{name}: bias", bias, "ms", f"{len(distances_ms)} events, {note}"),
        Row(f"{name}: 95 % limit below", bias - 1.96 * spread, "ms"),
        Row(f"{name}: 95 % limit above", bias + 1.96 * spread, "ms"),
        Row(f"{name}: farthest", float(np.abs(distances_ms).max()), "ms"),
    ]
