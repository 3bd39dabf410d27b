"""The main job between two processes: runtime and console, the encrypted link, a record on either side."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.processes import Commands, until
from tests.helpers.session import KEY, ROOT, act, command, events_of, runtime
from vr_runtime.protocol.events import (
    CommandDecided,
    CommandReceived,
    CommandShown,
    DemandMade,
    Event,
    PhaseChanged,
    RatingGiven,
    StopPressed,
    TriggerFired,
)
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.protocol.words import Cause, Phase
from vr_runtime.record import Reader, RecordError, verify

pytestmark = pytest.mark.slow

SESSION = [
    act(0.3, "start"),
    act(0.5, "go_to_step", step=1),
    act(0.5, "go_to_step", step=4, expect="refused", reason="needs_confirmation"),
    act(0.3, "go_to_step", step=2),
    act(0.5, "rating", raw=40.0),
    act(0.3, "fire_trigger", trigger="gust"),
    act(0.5, "set_parameter", name="wind", value=0.4),
    act(0.3, "pause"),
    act(0.5, "resume"),
    act(0.5, "safe_place"),
    act(0.5, "note", text="Breathes more slowly."),
    act(0.5, "resume"),
    act(1.5, "stop"),
    act(1.0, "release"),
    act(0.5, "end"),
]


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    made = Commands(tmp_path)
    yield made
    made.close()


class Played:
    """A whole session, and what it left."""

    def __init__(self, commands: Commands) -> None:
        runtime, console = commands.runtime(), commands.drive(SESSION)
        self.console_said = console.communicate(timeout=100)
        self.runtime_said = runtime.communicate(timeout=100)
        self.statuses = (console.returncode, runtime.returncode)
        self.home = commands.folder / "home"
        self.record, self.copy = commands.record(), commands.copy()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    commands = Commands(tmp_path_factory.mktemp("session"))
    yield Played(commands)
    commands.close()


def kinds(events: list[Event], kind: type) -> list[Event]:
    return [event for event in events if isinstance(event.body, kind)]


# ------------------------------------------------------------------ a session in order


def test_both_end_well_and_print_their_records_last(played: Played) -> None:
    assert played.statuses == (0, 0), (played.console_said, played.runtime_said)
    assert played.runtime_said[0].splitlines()[-1] == str(played.record)
    assert played.console_said[0].splitlines()[-1] == str(played.copy)


def test_the_consoles_copy_is_the_record_hash_for_hash(played: Played) -> None:
    with Reader.open(played.record, KEY) as ours, Reader.open(played.copy, KEY) as theirs:
        mine, copied = list(ours.entries()), list(theirs.entries())
    # the last entries (the end itself) may be written after the console has gone
    assert copied == mine[: len(copied)]
    assert len(mine) - len(copied) < 40
    assert verify(played.record, KEY).exit_status == 0
    assert verify(played.copy, KEY).exit_status in (0, 3)


def test_every_command_has_its_three_times_and_takes_effect_in_the_frame_it_says(played: Played) -> None:
    events = events_of(played.record)
    received = {event.body.command.id: event for event in kinds(events, CommandReceived)}
    decided = {event.body.command_id: event for event in kinds(events, CommandDecided)}
    shown = {event.body.command_id: event for event in kinds(events, CommandShown)}
    assert len(received) == len(SESSION) - 1  # STOP goes its own way
    for identity, event in received.items():
        command = event.body.command
        assert command.sent_ns > 0
        assert event.body.received_ns > 0
        assert decided[identity].body.accepted == (identity in shown)
        if identity in shown:
            assert shown[identity].body.shown_frame == shown[identity].frame
            assert shown[identity].body.shown_ns > event.body.received_ns
    refused = [event.body for event in decided.values() if not event.body.accepted]
    assert [body.reason.value for body in refused] == ["needs_confirmation"]


def test_what_can_raise_is_shown_in_the_first_frame_after_its_commit(played: Played) -> None:
    events = events_of(played.record)
    received = {event.body.command.id: event for event in kinds(events, CommandReceived)}
    with Reader.open(played.record, KEY) as reader:
        frames = reader.samples("frame")
    committed = dict(zip(frames["frame"].tolist(), frames["committed_seq"].tolist(), strict=True))
    checked = 0
    for event in kinds(events, CommandDecided):
        if event.body.accepted and event.body.raised:
            heard = received[event.body.command_id]
            first = min(frame for frame, seq in committed.items() if seq >= heard.seq)
            assert event.frame == max(first, heard.frame + 1)
            checked += 1
    assert checked >= 5


def test_the_frame_after_the_stops_receipt_shows_no_stimulus(played: Played) -> None:
    events = events_of(played.record)
    (stop,) = kinds(events, StopPressed)
    with Reader.open(played.record, KEY) as reader:
        frames = reader.samples("frame")
    after = frames[frames["t_ns"] >= stop.body.received_ns]
    before = frames[frames["t_ns"] < stop.body.received_ns]
    assert before[-1]["flags"] & FrameFlag.STIMULUS_SHOWN
    assert stop.frame == after[0]["frame"]
    assert after[0]["shell"] == 1.0
    left = next(e.frame for e in kinds(events, PhaseChanged) if e.body.previous is Phase.STOPPED)
    assert not np.any(after[after["frame"] < left]["flags"] & FrameFlag.STIMULUS_SHOWN)


def test_the_record_replays_identically(played: Played) -> None:
    done = runtime("replay", played.record, home=played.home)
    assert (done.returncode, done.stdout.split()[0]) == (0, "identical"), done.stdout + done.stderr


def test_the_report_opens_without_a_network_and_prints_latencies_and_the_final_hash(
    played: Played, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    done = command("clinician_console", "report", played.record, "--out", out, home=played.home)
    assert done.returncode == 0, done.stderr
    page = out.read_text()
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert "p50" in page
    assert "p99" in page
    with Reader.open(played.record, KEY) as reader:
        final = list(reader.entries())[-1].hash
    assert (final if isinstance(final, str) else final.hex()) in page
    assert "not a diagnosis" in page.lower()
    assert "Breathes more slowly" not in page  # notes may identify; they are asked for


EXPORTED = {
    "head.csv": "t_ns,frame,x,y,z,qx,qy,qz,qw",
    "heart.csv": "t_ns,rr_ms,bpm,flag",
    "commands.csv": "id,kind,sent_ns,received_ns,shown_ns,accepted,reason",
    "events.csv": None,
    "hands.csv": None,
    "markers.csv": None,
}


def test_the_export_has_every_table_with_its_columns(played: Played, tmp_path: Path) -> None:
    done = command(
        "clinician_console", "export", played.record, "--to", "csv", "--out", tmp_path, home=played.home
    )
    assert done.returncode == 0, done.stderr
    for name, columns in EXPORTED.items():
        with (tmp_path / name).open(newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) > 1, name
        assert columns is None or ",".join(rows[0]) == columns
    with (tmp_path / "commands.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["kind"] for row in rows if row["accepted"] == "0" or row["reason"]] == ["go_to_step"]
    assert "stop" in [row["kind"] for row in rows]


# ------------------------------------------------------------------ killed


def copied_events(commands: Commands) -> list[Event]:
    """What the console's copy holds at this moment; empty while there is none that can be read."""
    try:
        with Reader.open(commands.copy(), KEY, damaged=True) as reader:
            return list(reader.events())
    except (RecordError, ValueError, OSError):
        return []


ENDLESS = [act(0.2, "start"), act(0.3, "go_to_step", step=1), act(0.5, "go_to_step", step=2)]


def test_a_killed_runtime_leaves_a_record_with_every_event_that_the_console_had_seen(
    commands: Commands,
) -> None:
    process, console = commands.runtime(), commands.drive([*ENDLESS, act(60.0, "pause")])
    until(
        lambda: [event for event in copied_events(commands) if getattr(event.body, "step", 0) == 2],
        "the console to have seen step 2",
    )
    process.kill()
    process.wait()
    seen = copied_events(commands)
    console.terminate()
    said = console.communicate(timeout=60)
    assert "Traceback" not in said[1]
    verdict = verify(commands.record(), KEY)
    assert verdict.exit_status in (0, 3), verdict.message
    kept = {event.seq: event for event in events_of_damaged(commands.record())}
    assert len(seen) > 10
    for event in seen:
        assert kept[event.seq] == event


def events_of_damaged(record: Path) -> list[Event]:
    with Reader.open(record, KEY, damaged=True) as reader:
        return list(reader.events())


PLAN = """
id = "quick-limits"
title = "Link limits that a test can wait for"
[limits]
link_no_raise_s = 0.5
link_hold_s = 0.8
link_lower_s = 1.4
link_safe_place_s = 3.0
lower_ramp_s = 0.5
"""


def plan(folder: Path) -> Path:
    heights = (ROOT / "examples" / "heights_plan.toml").read_text()
    path = folder / "plan.toml"
    path.write_text(PLAN + heights[heights.index("[[steps]]") :])
    return path


def test_a_killed_console_is_missed_step_by_step_and_started_anew_it_lacks_nothing(
    commands: Commands,
) -> None:
    process = commands.runtime("--plan", plan(commands.folder))
    # step 2 is reached for good: a raise that is still on its way is taken back when the console falls silent
    console = commands.drive([*ENDLESS, act(3.0, "rating", raw=50.0), act(60.0, "pause")])
    until(lambda: kinds(copied_events(commands), RatingGiven), "the console to have seen the rating")
    console.kill()
    console.wait()
    record = commands.record()

    def phase(wanted: Phase) -> bool:
        changed = kinds(events_of_damaged(record), PhaseChanged)
        return bool(changed) and changed[-1].body.phase is wanted

    until(lambda: phase(Phase.SAFE_PLACE), "the safe place, by the runtime alone")
    again = commands.drive([act(0.2, "resume"), act(0.5, "end")])
    said = again.communicate(timeout=100)
    assert again.returncode == 0, said
    assert process.wait(60) == 0

    events = events_of(record)
    came_back = next(e for e in kinds(events, PhaseChanged) if e.body.phase is Phase.SAFE_PLACE)
    demands = [
        event.body.demand.value
        for event in kinds(events, DemandMade)
        if event.body.active and event.body.cause is Cause.LINK_SILENT and event.seq <= came_back.seq
    ]
    # a busy machine may have let the console seem silent for a moment before
    last = len(demands) - demands[::-1].index("block_raise") - 1
    assert demands[last:] == ["block_raise", "hold", "lower", "safe_place"]
    # nothing went up again before a person asked for it
    resumed = next(
        e
        for e in kinds(events, CommandReceived)
        if e.seq > came_back.seq and e.body.command.body.kind == "resume"
    )
    between = [event for event in events if came_back.seq < event.seq < resumed.seq]
    assert not kinds(between, PhaseChanged)
    assert not kinds(between, TriggerFired)
    # one copy, no gap, no twin
    with Reader.open(commands.copy(), KEY, damaged=True) as copy, Reader.open(record, KEY) as whole:
        copied, written = list(copy.entries()), list(whole.entries())
    assert [entry.seq for entry in copied] == list(range(1, len(copied) + 1))
    assert copied == written[: len(copied)]
    assert copied[-1].seq >= resumed.seq


def test_a_second_console_is_told_who_has_the_lease_and_changes_nothing(
    commands: Commands, tmp_path: Path
) -> None:
    commands.runtime()
    first = commands.drive([*ENDLESS, act(60.0, "pause")])
    until(lambda: copied_events(commands), "the first console's copy")
    other = command(
        "clinician_console",
        "drive",
        ROOT / "examples" / "heights_therapist.toml",
        "--records",
        tmp_path / "second",
        "--connection",
        commands.connection,
        home=commands.folder / "home",
    )
    assert other.returncode == 1
    assert "holds the right to command" in other.stderr
    assert "Traceback" not in other.stderr
    assert first.poll() is None
