"""How long it takes from a fault to what safety demands, with the limits as they are shipped: `make proof`.

The fault's moment is taken outside, on the wall clock; the demand's from the record, whose first event names the wall
time of its zero. The figures stand in docs/safety.md.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.helpers.processes import Commands, until
from tests.helpers.session import KEY, act
from vr_runtime.protocol.events import DemandMade, Event, Opened, PhaseChanged, StepEntered
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Phase
from vr_runtime.record import Reader, RecordError

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900)]

ROUNDS = 5
SLACK_S = 0.5
"""A frame, a heartbeat's interval (250 ms) and what a busy machine adds."""
LIMITS = SafetyLimits()
EXPOSED = [
    act(0.2, "start"),
    act(0.3, "go_to_step", step=1),
    act(0.5, "go_to_step", step=2),
    act(90.0, "pause"),
]


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    made = Commands(tmp_path)
    yield made
    made.close()


def events(record: Path) -> list[Event]:
    try:
        with Reader.open(record, KEY, damaged=True) as reader:
            return list(reader.events())
    except (RecordError, ValueError, OSError):
        return []


def wall_of(found: list[Event], event: Event) -> float:
    """The event's moment in seconds of the wall clock."""
    opened = found[0].body
    assert isinstance(opened, Opened)
    return datetime.fromisoformat(opened.wall_utc).timestamp() + event.t_ns / 1e9


def exposed(commands: Commands) -> Path:
    record = commands.record()
    until(
        lambda: any(isinstance(e.body, StepEntered) and e.body.step == 2 for e in events(record)),
        "step 2",
    )
    return record


def demanded(record: Path, cause: Cause, kind: DemandKind) -> Callable[[], Event | None]:
    def look() -> Event | None:
        return next(
            (
                event
                for event in reversed(events(record))
                if isinstance(event.body, DemandMade)
                and (event.body.cause, event.body.demand, event.body.active) == (cause, kind, True)
            ),
            None,
        )

    return look


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_a_console_that_falls_silent(tmp_path: Path, how: str) -> None:
    wanted = {
        DemandKind.BLOCK_RAISE: LIMITS.link_no_raise_s,
        DemandKind.HOLD: LIMITS.link_hold_s,
        DemandKind.LOWER: LIMITS.link_lower_s,
        DemandKind.SAFE_PLACE: LIMITS.link_safe_place_s,
    }
    took: dict[DemandKind, list[float]] = {kind: [] for kind in wanted}
    for round_ in range(ROUNDS):
        commands = Commands(tmp_path / str(round_))
        commands.folder.mkdir()
        commands.runtime()
        console = commands.drive(EXPOSED)
        record = exposed(commands)
        console.send_signal(signal.SIGKILL if how == "killed" else signal.SIGSTOP)
        fault = time.time()
        until(demanded(record, Cause.LINK_SILENT, DemandKind.SAFE_PLACE), "the safe place")
        found = events(record)
        for kind in wanted:
            event = demanded(record, Cause.LINK_SILENT, kind)()
            assert event is not None
            took[kind].append(wall_of(found, event) - fault)
        safe = next(e for e in reversed(found) if isinstance(e.body, PhaseChanged))
        assert safe.body.phase is Phase.SAFE_PLACE  # type: ignore[attr-defined]
        commands.close()
    for kind, limit in wanted.items():
        print(f"console {how}: {kind.value} after {_told(took[kind])} s (limit {limit:g} s)")  # noqa: T201
        assert max(took[kind]) < limit + SLACK_S
        assert min(took[kind]) > limit - SLACK_S


def test_a_heart_sensor_that_falls_silent(commands: Commands, tmp_path: Path) -> None:
    beats = tmp_path / "beats.txt"
    beats.write_text("\n".join(["800"] * 12) + "\n")
    commands.runtime("--scene", "heights", "--heart", f"file:{beats}")
    commands.drive(EXPOSED)
    record = exposed(commands)
    until(demanded(record, Cause.SENSOR_STALE, DemandKind.ALERT), "the alert")
    found = events(record)
    alert = demanded(record, Cause.SENSOR_STALE, DemandKind.ALERT)()
    assert alert is not None
    with Reader.open(record, KEY, damaged=True) as reader:
        last_beat_s = float(reader.samples("heart")["arrival_ns"].max()) / 1e9
    after_s = alert.t_ns / 1e9 - last_beat_s
    print(f"heart sensor silent: alert after {after_s:.2f} s (limit {LIMITS.heart_stale_s:g} s)")  # noqa: T201
    assert LIMITS.heart_stale_s <= after_s < LIMITS.heart_stale_s + SLACK_S
    changed = [e for e in found if isinstance(e.body, PhaseChanged) and e.t_ns >= alert.t_ns]
    assert changed == []


def _told(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{ordered[len(ordered) // 2]:.2f} (longest {ordered[-1]:.2f}, {len(ordered)} times)"
