"""The runtime of the headset dies and comes back, again and again, under one running session with its console."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from tests.helpers.processes import until
from tests.helpers.session import KEY, events_of, runtime
from tests.helpers.xr_lab import Lab, open_lab
from tests.helpers.xr_treatment import Treatment
from vr_runtime.protocol.commands import GoToStep, Resume, Start
from vr_runtime.protocol.events import Closed, DemandMade, PhaseChanged
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.protocol.words import Cause, Phase
from vr_runtime.record import Reader, verify

pytestmark = [pytest.mark.slow, pytest.mark.graphics]

LIMIT_S = SafetyLimits().tracking_safe_place_s


def lose_again_and_again(lab: Lab, folder: Path, times: int) -> dict[str, list[float]]:
    """Kill the service in exposure, wait for the safe place, bring it back, go on; returns what it took."""
    treatment = Treatment(lab, folder)
    took: dict[str, list[float]] = {"back_s": [], "kib": [], "files": [], "threads": []}
    until(treatment.tracked, "tracking")
    treatment.do(Start())
    treatment.do(GoToStep(step=1))
    treatment.do(GoToStep(step=2))
    for _ in range(times):
        until(treatment.exposed, "exposure")
        lab.service.kill()
        until(lambda: treatment.phase() is Phase.SAFE_PLACE, "the safe place")
        assert treatment.program.process.poll() is None, treatment.program.errors[-3000:]
        lab.restart()
        returned = time.monotonic()
        until(treatment.tracked, "tracking after the return")
        took["back_s"].append(time.monotonic() - returned)
        assert treatment.phase() is Phase.SAFE_PLACE  # never by itself
        treatment.do(Resume())
        for name, value in treatment.held().items():
            took[name].append(value)
    record = treatment.end()
    took["safe_s"] = safe_place_after(record)
    check(record, folder / "home", times)
    return took


def safe_place_after(record: Path) -> list[float]:
    """For each loss, the seconds from the begin of the last frame that the headset got to the first in the safe
    place: never less than since the kill."""
    with Reader.open(record, KEY) as reader:
        frames = reader.samples("frame")
    shown = (frames["flags"] & FrameFlag.DISPLAY_OK) > 0
    lost_at = frames["t_ns"][:-1][shown[:-1] & ~shown[1:]]
    safe = [
        event.t_ns
        for event in events_of(record)
        if isinstance(event.body, PhaseChanged)
        and event.body.phase is Phase.SAFE_PLACE
        and event.body.because == Cause.DISPLAY_LOST.value
    ]
    assert len(lost_at) == len(safe)
    return [(there - lost) / 1e9 for lost, there in zip(lost_at, safe, strict=True)]


def check(record: Path, home: Path, times: int) -> None:
    events = events_of(record)
    demands = [
        e.body for e in events if isinstance(e.body, DemandMade) and e.body.cause is Cause.DISPLAY_LOST
    ]
    assert sum(body.active and body.demand.value == "safe_place" for body in demands) == times
    assert isinstance(events[-1].body, Closed)
    with Reader.open(record, KEY) as reader:
        frames = reader.samples("frame")
    assert (np.diff(frames["display_ns"].astype(np.int64)) > 0).all()
    assert (np.diff(frames["frame"].astype(np.int64)) == 1).all()
    assert verify(record, KEY).exit_status == 0
    done = runtime("replay", record, home=home)
    assert (done.returncode, done.stdout.split()[0]) == (0, "identical"), done.stdout + done.stderr


def test_a_killed_runtime_means_the_safe_place_and_its_return_lets_the_session_go_on(tmp_path: Path) -> None:
    with open_lab("null") as lab:
        took = lose_again_and_again(lab, tmp_path, 2)
    assert LIMIT_S <= max(took["safe_s"]) < LIMIT_S + 1.0  # frames without a display draw nothing


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_twenty_losses_leave_no_trace_in_the_process(tmp_path: Path) -> None:
    with open_lab("null") as lab:
        took = lose_again_and_again(lab, tmp_path, 20)
    print(  # noqa: T201
        f"20 losses: safe place after {median(took['safe_s']):.2f} s (longest {max(took['safe_s']):.2f}), tracking "
        f"back {median(took['back_s']):.2f} s (longest {max(took['back_s']):.2f}) after the service; memory "
        f"{took['kib'][1] / 1024:.0f} -> {took['kib'][-1] / 1024:.0f} MiB, files {took['files'][1]:.0f} -> "
        f"{took['files'][-1]:.0f}, threads {took['threads'][1]:.0f} -> {took['threads'][-1]:.0f}"
    )
    assert max(took["safe_s"]) < LIMIT_S + 0.1
    assert max(took["back_s"]) < 2.0
    assert took["files"][-1] <= took["files"][1]
    assert took["threads"][-1] <= took["threads"][1]
    assert took["kib"][-1] < took["kib"][1] * 1.03
