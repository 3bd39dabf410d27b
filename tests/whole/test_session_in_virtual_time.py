"""A whole session without graphics: what the record tells, the same again each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.session import KEY, act, bodies, events_of, play, script
from vr_runtime.catalogue import find_scenes
from vr_runtime.ears import ScriptError
from vr_runtime.protocol.events import (
    Closed,
    CommandDecided,
    CommandReceived,
    CommandShown,
    Marker,
    ParameterMoved,
    PhaseChanged,
    RatingGiven,
    StepEntered,
    StopPressed,
    TriggerFired,
)
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.protocol.words import Phase, Refusal
from vr_runtime.record import Reader, verify
from vr_runtime.replay import replay

STORY = script(
    act(0.5, "start"),
    act(1.0, "ask_rating"),
    act(5.0, "go_to_step", step=1),
    act(2.0, "go_to_step", step=4, expect="refused", reason="needs_confirmation"),
    act(0.5, "go_to_step", step=2),
    act(4.0, "fire_trigger", trigger="gust"),
    act(1.0, "ask_rating"),
    act(5.0, "pause"),
    act(1.0, "resume"),
    act(1.0, "safe_place"),
    act(2.0, "resume"),
    act(3.0, "go_to_step", step=3),
    act(4.0, "stop"),
    act(2.0, "go_to_step", step=1, expect="refused", reason="not_now"),
    act(1.0, "release"),
    act(1.0, "end"),
)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("records"), STORY, heart="simulated")


def test_the_record_tells_the_whole_story_in_order(record: Path) -> None:
    phases = [body.phase for body in bodies(record, PhaseChanged)]
    assert phases == [
        Phase.BASELINE,
        Phase.EXPOSURE,
        Phase.PAUSED,
        Phase.EXPOSURE,
        Phase.SAFE_PLACE,
        Phase.EXPOSURE,
        Phase.STOPPED,
        Phase.SAFE_PLACE,
        Phase.CLOSED,
    ]
    assert [body.step for body in bodies(record, StepEntered)][:3] == [1, 2, 3]
    assert len(bodies(record, TriggerFired)) == 1
    assert len(bodies(record, RatingGiven)) >= 2
    assert len(bodies(record, Marker)) > 0
    assert len(bodies(record, Closed)) == 1


def test_every_command_is_decided_once_and_every_accepted_one_has_its_three_times(record: Path) -> None:
    received = {body.command.id: body for body in bodies(record, CommandReceived)}
    decided = [body for body in bodies(record, CommandDecided) if body.command_id in received]
    shown = {body.command_id: body for body in bodies(record, CommandShown)}
    assert sorted(body.command_id for body in decided) == sorted(received)
    for body in decided:
        assert body.accepted == (body.command_id in shown), body
        if body.accepted:
            assert received[body.command_id].received_ns <= shown[body.command_id].shown_ns


def test_refusals_give_their_reasons(record: Path) -> None:
    reasons = [body.reason for body in bodies(record, CommandDecided) if not body.accepted]
    assert reasons == [Refusal.NEEDS_CONFIRMATION, Refusal.NOT_NOW]


def test_what_can_raise_is_applied_in_the_frame_after_its_commit(record: Path) -> None:
    events = events_of(record)
    received = {
        event.body.command.id: event
        for event in events
        if isinstance(event.body, CommandReceived) and type(event.body.command.body).CAN_RAISE
    }
    with Reader.open(record, KEY) as reader:
        frames = reader.samples("frame")
    for event in events:
        if isinstance(event.body, CommandDecided) and event.body.accepted and event.body.raised:
            heard = received[event.body.command_id]
            committed_when_applied = frames["committed_seq"][frames["frame"] == event.frame][0]
            assert committed_when_applied >= heard.seq
            assert event.frame > heard.frame


def test_the_frame_after_a_stop_and_all_until_the_release_show_no_stimulus(record: Path) -> None:
    events = events_of(record)
    stop = next(event for event in events if isinstance(event.body, StopPressed))
    release = next(
        event
        for event in events
        if isinstance(event.body, PhaseChanged) and event.body.previous is Phase.STOPPED
    )
    with Reader.open(record, KEY) as reader:
        frames = reader.samples("frame")
    before = frames[frames["frame"] == stop.frame - 1]
    stopped = frames[(frames["frame"] >= stop.frame) & (frames["frame"] <= release.frame)]
    assert before["flags"][0] & FrameFlag.STIMULUS_SHOWN
    assert not np.any(stopped["flags"] & FrameFlag.STIMULUS_SHOWN)
    assert stopped["shell"][0] == 1.0


def test_what_a_step_down_makes_harder_follows_once_the_record_holds_it(tmp_path: Path) -> None:
    """Step 7 has wind and step 8 has too; calmed by hand and gone down, the wind of step 7 is wanted again."""
    story = script(
        act(0.2, "start"),
        act(0.5, "go_to_step", step=1),
        act(0.5, "go_to_step", step=8, confirmed=True),
        act(5.0, "set_parameter", name="wind", value=0.0),
        act(2.0, "go_to_step", step=7),
        linger_s=3.0,
    )
    moved = [body for body in bodies(play(tmp_path, story), ParameterMoved) if body.name == "wind"]
    assert moved[-1].target == 0.2
    assert replay(next(tmp_path.iterdir()), KEY, find_scenes()).difference is None


def test_the_record_verifies_as_intact(record: Path) -> None:
    verdict = verify(record, KEY)
    assert verdict.exit_status == 0, verdict.message


def test_replay_gives_identical_events_and_states(record: Path) -> None:
    result = replay(record, KEY, find_scenes())
    assert result.difference is None, str(result.difference)
    assert result.frames > 1000
    assert result.events == len([event for event in events_of(record) if event.frame > 0]) - 1


def test_the_same_seed_and_script_give_the_same_events_and_states(record: Path, tmp_path: Path) -> None:
    again = play(tmp_path, STORY, heart="simulated")
    ours, theirs = _story(record), _story(again)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other
    with Reader.open(record, KEY) as one, Reader.open(again, KEY) as two:
        np.testing.assert_array_equal(one.samples("frame")["state"], two.samples("frame")["state"])
        np.testing.assert_array_equal(one.samples("head"), two.samples("head"))


def test_another_seed_gives_another_session(record: Path, tmp_path: Path) -> None:
    other = play(tmp_path, STORY, heart="simulated", seed=4)
    assert _story(record) != _story(other)


def test_a_script_that_is_answered_otherwise_than_it_says_ends_with_an_error_and_a_whole_record(
    tmp_path: Path,
) -> None:
    with pytest.raises(ScriptError, match=r"act 1 .* was refused"):
        play(tmp_path, script(act(0.1, "resume")))
    (folder,) = tmp_path.iterdir()
    assert verify(folder, KEY).exit_status == 0


def _story(record: Path) -> list[tuple[int, int, str]]:
    """Events without what may differ between two runs: wall time and the epoch."""
    found: list[tuple[int, int, str]] = []
    for event in events_of(record):
        body = event.body.model_dump(mode="json")
        body.pop("wall_utc", None)
        body.pop("epoch", None)
        body.get("command", {}).pop("epoch", None)
        found.append((event.t_ns, event.frame, str(body)))
    return found
