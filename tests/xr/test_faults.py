"""What goes wrong with a headset on a head, each recorded and handled as the safety table says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.processes import until
from tests.helpers.session import KEY, events_of, runtime
from tests.helpers.xr_lab import Lab
from tests.helpers.xr_layer import Faults, SessionState, Tracking, Validation
from tests.helpers.xr_treatment import Treatment
from vr_runtime.protocol.commands import GoToStep, Release, Resume, Start
from vr_runtime.protocol.events import Closed, DemandMade, PhaseChanged, StopPressed
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.protocol.words import Cause, DemandKind, Phase, StoppedBy
from vr_runtime.record import Reader, verify

pytestmark = [pytest.mark.slow, pytest.mark.graphics]


class Worn(Treatment):
    """A session whose headset fails on request, under the eyes of the validation layer."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.faults = Faults(folder / "faults")
        self.validation = Validation(folder / "validation.txt")
        super().__init__(
            lab,
            folder,
            "tests.helpers.xr_run",
            **self.faults.environment(),
            **self.validation.environment(),
        )
        until(self.tracked, "tracking")
        self.do(Start())
        self.do(GoToStep(step=1))
        until(self.exposed, "exposure")

    def ended(self) -> Path:
        record = self.end()
        self.validation.check()
        assert verify(record, KEY).exit_status == 0
        return record


@pytest.fixture
def worn(null_lab: Lab, tmp_path: Path) -> Worn:
    return Worn(null_lab, tmp_path)


def demands(record: Path, cause: Cause) -> list[DemandKind]:
    return [
        event.body.demand
        for event in events_of(record)
        if isinstance(event.body, DemandMade) and event.body.cause is cause and event.body.active
    ]


def flags(record: Path) -> np.ndarray:
    with Reader.open(record, KEY) as reader:
        return reader.samples("frame")["flags"]


def test_lost_tracking_holds_then_leads_to_the_safe_place_and_waits_for_a_person(worn: Worn) -> None:
    worn.faults.views = Tracking.LOST
    until(lambda: worn.phase() is Phase.SAFE_PLACE, "the safe place")
    worn.faults.views = Tracking.AS_IT_IS
    until(worn.tracked, "tracking")
    assert worn.phase() is Phase.SAFE_PLACE
    worn.do(Resume())
    record = worn.ended()
    assert demands(record, Cause.TRACKING_LOST)[-2:] == [DemandKind.HOLD, DemandKind.SAFE_PLACE]
    lost = (flags(record) & FrameFlag.TRACKING) == 0
    assert lost.any()
    assert not lost.all()
    assert runtime("replay", record, home=worn.folder / "home").returncode == 0


def test_a_taken_focus_counts_as_the_headset_off(worn: Worn) -> None:
    worn.faults.state(SessionState.VISIBLE)
    until(lambda: worn.phase() is Phase.SAFE_PLACE, "the safe place")
    worn.faults.state(SessionState.FOCUSED)
    worn.do(Resume())
    record = worn.ended()
    assert demands(record, Cause.HEADSET_OFF)[-2:] == [DemandKind.HOLD, DemandKind.SAFE_PLACE]
    off = (flags(record) & FrameFlag.HEADSET_ON) == 0
    assert off.any()
    assert not off.all()


def test_a_loss_that_is_announced_is_a_loss_and_a_new_session_is_taken_up(worn: Worn) -> None:
    """The runtime is there at once for the next session: that may be quicker than the hold."""
    worn.faults.instance_loss_pending()
    until(lambda: not worn.tracked(), "the loss")
    until(worn.tracked, "a new session")
    record = worn.ended()
    shown = (flags(record) & FrameFlag.DISPLAY_OK) > 0
    assert not shown.all()
    assert shown[-1]
    phases = [e.body.phase for e in events_of(record) if isinstance(e.body, PhaseChanged)]
    assert phases.count(Phase.EXPOSURE) == 1  # whatever became of it, it did not begin again by itself


def test_a_controller_that_is_off_leaves_no_hand_and_nothing_else_changes(worn: Worn, null_lab: Lab) -> None:
    null_lab.remote.hand("left", None)
    null_lab.remote.head(Pose(0.1, 0.0, 1.6))
    until(lambda: worn.head_is_at(Pose(0.1, 0.0, 1.6)), "the head")
    frame = worn.core.snapshot().telemetry.frame  # type: ignore[union-attr]
    until(lambda: worn.core.snapshot().telemetry.frame > frame + 5, "frames")  # type: ignore[union-attr]
    assert worn.phase() is Phase.EXPOSURE
    record = worn.ended()
    with Reader.open(record, KEY) as reader:
        hands = reader.samples("hands")
    after = hands[hands["frame"] > frame]
    assert set(after["hand"].tolist()) == {1}
    assert set(hands["hand"].tolist()) == {0, 1}


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_patients_own_stop_clears_the_picture_in_the_next_frame(
    worn: Worn, null_lab: Lab, side: str
) -> None:
    null_lab.remote.press(side, "b")  # type: ignore[arg-type]
    until(lambda: worn.phase() is Phase.STOPPED, "the stop")
    null_lab.remote.press(side, "b", down=False)  # type: ignore[arg-type]
    worn.do(Release())
    record = worn.ended()
    events = events_of(record)
    (stop,) = [event for event in events if isinstance(event.body, StopPressed)]
    assert stop.body.by is StoppedBy.PATIENT
    (left,) = [e for e in events if isinstance(e.body, PhaseChanged) and e.body.previous is Phase.STOPPED]
    with Reader.open(record, KEY) as reader:
        frames = reader.samples("frame")
    stopped = frames[(frames["frame"] >= stop.frame) & (frames["frame"] < left.frame)]
    assert stopped["shell"][0] == 1.0
    assert not np.any(stopped["flags"] & FrameFlag.STIMULUS_SHOWN)
    assert frames[frames["frame"] == stop.frame - 1]["flags"][0] & FrameFlag.STIMULUS_SHOWN


def test_both_stop_buttons_held_for_two_seconds_end_the_session_after_stopping_it(
    worn: Worn, null_lab: Lab
) -> None:
    with null_lab.remote.together():
        null_lab.remote.press("left", "b")
        null_lab.remote.press("right", "b")
    assert worn.program.wait(60) == 0, worn.program.errors[-3000:]
    worn.core.close()
    record = Path(worn.program.output.strip().splitlines()[-1])
    assert verify(record, KEY).exit_status == 0
    events = events_of(record)
    assert isinstance(events[-1].body, Closed)
    assert events[-1].body.because == "display ended"
    stops = [event.body for event in events if isinstance(event.body, StopPressed)]
    assert {stop.by for stop in stops} == {StoppedBy.PATIENT}
    # times are those of frames, twenty a second
    assert events[-1].t_ns - stops[0].received_ns >= 1_900_000_000
