"""The wall clock of a running session is stepped, by hours and days, both ways: nothing follows from it.

A machine that stands still for a second makes the console silent for a second, and safety rightly says so; only what a
step would make of it, an age of an hour or more, is of the wall clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.processes import PATIENCE_S, Commands, until
from tests.helpers.session import KEY, act
from tests.helpers.wall_clock import WallClock
from vr_runtime.protocol.events import CommandDecided, DemandMade, Event, Opened, StepEntered
from vr_runtime.protocol.words import Cause, Refusal
from vr_runtime.record import Reader, RecordState, verify

STEPS_S = (3600.0, -86_400.0 * 365, 0.3, 86_400.0 * 365)


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path)


@pytest.fixture
def commands(tmp_path: Path, clock: WallClock) -> Iterator[Commands]:
    made = Commands(tmp_path, clock.environment)
    yield made
    made.close()


def events(record: Path) -> list[Event]:
    with Reader.open(record, KEY, damaged=True) as reader:
        return list(reader.events())


def reached(record: Path, step: int) -> bool:
    return any(isinstance(event.body, StepEntered) and event.body.step == step for event in events(record))


@pytest.mark.slow
def test_a_stepped_wall_clock_demands_nothing_refuses_nothing_and_moves_no_time(
    commands: Commands, clock: WallClock
) -> None:
    clock.ahead(-86_400.0)
    commands.runtime("--scene", "heights")
    acts = [
        act(0.2, "start"),
        act(0.4, "go_to_step", step=1),
        *(
            act(3.0, "set_parameter", name="wind", value=0.1 * turn, expect="any")
            for turn in range(1, len(STEPS_S) + 1)
        ),
        act(0.5, "end"),
    ]
    console = commands.drive(acts)
    record = until(lambda: commands.runtime_records.exists() and commands.record(), "the record")
    until(lambda: reached(record, 1), "step 1")
    decided = len(decisions(record))
    for turn, step_s in enumerate(STEPS_S, 1):
        clock.ahead(step_s)
        wanted = decided + turn
        until(
            lambda wanted=wanted: len(decisions(record)) >= wanted,
            f"command {turn} after a step of the clock",
        )
    assert console.wait(60) == 0, console.communicate()
    found = events(record)
    assert {one.reason for one in decisions(record) if not one.accepted} <= {Refusal.LINK_SILENT}
    demands = [event.body for event in found if isinstance(event.body, DemandMade)]
    assert all(one.cause is Cause.LINK_SILENT and one.age_s < PATIENCE_S for one in demands), demands
    opened = found[0].body
    assert isinstance(opened, Opened)
    behind = datetime.now().astimezone() - datetime.fromisoformat(opened.wall_utc)
    assert behind.total_seconds() > 80_000.0, "the shim was not under the runtime"
    with Reader.open(record, KEY) as reader:
        times = reader.samples("frame")["t_ns"]
    assert np.all(np.diff(times) > 0)
    assert np.max(np.diff(times)) < 30e9, "a step of the wall clock is in the frames' times"
    assert verify(record, KEY).state is RecordState.INTACT


def decisions(record: Path) -> list[CommandDecided]:
    return [event.body for event in events(record) if isinstance(event.body, CommandDecided)]
