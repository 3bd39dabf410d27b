"""A long session: nothing grows, nothing stops the world. For ``make proof``; the figures go to docs/measurements.md."""

from __future__ import annotations

import gc
import json
import os
import time
from pathlib import Path

import pytest

from tests.helpers.processes import until
from tests.helpers.session import KEY, act, runtime, script
from tests.helpers.watched_run import FromTheFirstFrame
from tests.helpers.xr_lab import open_lab
from tests.helpers.xr_treatment import Treatment
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    AskRating,
    FireTrigger,
    GoToStep,
    Resume,
    SafePlace,
    Start,
)
from vr_runtime.record import verify

pytestmark = [pytest.mark.proof, pytest.mark.timeout(7200)]

MINUTES = float(os.environ.get("PALIER_SOAK_MINUTES", "45"))
FRAMES = 45 * 60 * 90
MOST_GROWTH = 1.01
LONGEST_PAUSE_MS = 1.0


def resident_kib() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def test_as_many_frames_as_forty_five_minutes_hold(tmp_path: Path) -> None:
    """In virtual time, without pictures: the loop, the session, the measures, the record."""
    acts = [act(1.0, "start"), act(2.0, "go_to_step", step=1)]
    for minute in range(43):
        acts += [
            act(20.0, "go_to_step", step=2 + minute % 3, confirmed=True),
            act(10.0, "ask_rating"),
            act(15.0, "fire_trigger", trigger="gust"),
            act(13.0, "go_to_step", step=1),
        ]
    memory: list[int] = []

    class Scales:
        """Weighs the process every 10,000 frames."""

        def frame_done(self, _rooms: object, turn: object) -> None:
            if turn.frame.index % 10_000 == 0:  # type: ignore[attr-defined]
                memory.append(resident_kib())

    from vr_runtime.assemble import Options, plan_for_scene, play_session
    from vr_runtime.catalogue import find_scenes

    packs = find_scenes()
    pauses = FromTheFirstFrame()
    gc.callbacks.append(pauses)
    try:
        result = play_session(
            Options(
                plan=plan_for_scene(packs, "heights"),
                packs=packs,
                records=tmp_path,
                key=KEY,
                speed="max",
                rate_hz=90.0,
                heart="simulated",
                script=script(*acts),
                duration_s=FRAMES / 90.0,
            ),
            listeners=(Scales(),),
        )
    finally:
        gc.callbacks.remove(pauses)
    half = memory[len(memory) // 2]
    print(  # noqa: T201
        f"{result.ending.frames} frames: memory {memory[0] / 1024:.1f} MiB after 10,000, {half / 1024:.1f} after half "
        f"(the database's cache fills), {memory[-1] / 1024:.1f} at the end; "
        f"{pauses.count} collections, the longest {pauses.longest_ms:.2f} ms"
    )
    assert result.ending.frames >= FRAMES
    assert memory[-1] < half * MOST_GROWTH
    assert pauses.longest_ms < LONGEST_PAUSE_MS
    assert verify(result.record, KEY).exit_status == 0


STORY: tuple[AnyCommandBody, ...] = (
    GoToStep(step=2), AskRating(), FireTrigger(trigger="gust"), GoToStep(step=3), AskRating(), SafePlace(), Resume(),
    GoToStep(step=1),
)  # fmt: skip


def test_forty_five_minutes_by_the_clock_in_the_headset(tmp_path: Path) -> None:
    """Drawn in software on the null compositor, driven by a console; PALIER_SOAK_MINUTES shortens it for a trial."""
    with open_lab("null") as lab:
        pauses = tmp_path / "pauses.json"
        treatment = Treatment(lab, tmp_path, "tests.helpers.watched_run", PALIER_TEST_PAUSES=str(pauses))
        until(treatment.tracked, "tracking")
        treatment.do(Start())
        treatment.do(GoToStep(step=1))
        began, kept = time.monotonic(), list[dict[str, int]]()
        while time.monotonic() - began < MINUTES * 60:
            for body in STORY:
                treatment.do(body)
                time.sleep(min(5.0, MINUTES * 60 / 20))
            kept.append(treatment.held())
            assert treatment.program.process.poll() is None
        record = treatment.end()
    said = json.loads(pauses.read_text())
    early = kept[len(kept) // 2]
    print(  # noqa: T201
        f"{(time.monotonic() - began) / 60:.1f} minutes: memory {early['kib'] / 1024:.0f} -> "
        f"{kept[-1]['kib'] / 1024:.0f} MiB, files {early['files']} -> {kept[-1]['files']}, threads "
        f"{early['threads']} -> {kept[-1]['threads']}; {said['count']} collections, the longest "
        f"{said['longest_ms']:.2f} ms (by generation: {said['generations']})"
    )
    assert kept[-1]["kib"] < early["kib"] * MOST_GROWTH
    assert kept[-1]["files"] <= early["files"]
    assert kept[-1]["threads"] <= early["threads"]
    assert verify(record, KEY).exit_status == 0
    done = runtime("replay", record, home=tmp_path / "home")
    assert (done.returncode, done.stdout.split()[0]) == (0, "identical"), done.stdout + done.stderr
