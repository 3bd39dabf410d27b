"""The virtual patient's eyes: as eyes move, through the display into the record, and back in a replay."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.gazes import patient_looks
from tests.helpers.session import KEY, act, bodies, play, script
from vr_runtime.catalogue import find_scenes
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.measures import DEFINITIONS
from vr_runtime.patient import Traits, VirtualPatient
from vr_runtime.patient.eyes import IN_HEAD_DEG, Lids
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Pose
from vr_runtime.record import Reader
from vr_runtime.replay import replay

SHY = Traits(fear=0.9, look_away_tendency=0.9, closes_eyes=1.0, learning_rate=0.0)


def test_eyes_move_as_eyes_can_and_stay_in_the_head() -> None:
    lived = patient_looks(2, SHY, 60.0, 120.0)
    told = [frame for frame in lived.frames if frame.eye is not None]
    assert len(told) > 0.5 * len(lived.frames)
    gaze = np.array([frame.eye.forward() for frame in told if frame.eye is not None])
    head = np.array([frame.head.forward() for frame in told])
    off_deg = np.degrees(np.arccos(np.clip(np.sum(gaze * head, axis=1), -1.0, 1.0)))
    # the tracker's own error and the head's nodding come on top
    assert off_deg.max() < IN_HEAD_DEG + 6.0
    t_s = np.array([frame.t_ns for frame in told]) / 1e9
    turned = np.degrees(np.arccos(np.clip(np.sum(gaze[1:] * gaze[:-1], axis=1), -1.0, 1.0)))
    joined = np.diff(t_s) < 0.01
    speed = turned[joined] / np.diff(t_s)[joined]
    # saccades of 50 degrees and more, which the head completes in people, are the fastest
    assert np.quantile(speed, 0.995) < 900.0
    assert np.median(speed) < 30.0


def test_shut_eyes_tell_no_gaze_and_blinks_are_short() -> None:
    lived = patient_looks(2, SHY, 60.0, 90.0)
    shut = [
        f
        for f, i in zip(lived.frames, lived.meant, strict=True)
        if f.openness is not None and f.openness < 0.2
    ]
    assert shut
    assert all(frame.eye is None for frame in shut)
    assert {intention.lids for intention in lived.meant} == set(Lids)


def test_the_headless_display_tells_gaze_in_the_tracked_space() -> None:
    patient = VirtualPatient(1, start=Pose(x=0.3, y=0.2, z=1.6), eye_tracking=True)
    display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), None, patient)
    frame = display.begin()
    assert frame is not None
    before = display.sense(frame)
    display.recentre()
    after = display.sense(frame)
    assert before.eye is not None
    assert after.eye is not None
    assert after.openness == before.openness == pytest.approx(0.9)
    # the eyes lie where they lay with respect to the head
    for sensed in (before, after):
        assert sensed.eye is not None
        assert math.dist(sensed.eye[:3], sensed.head[:3]) == pytest.approx(0.08, abs=1e-6)
    assert math.dist(before.eye[:2], after.eye[:2]) == pytest.approx(math.hypot(0.3, 0.2), abs=0.1)
    blind = HeadlessDisplay(90.0, RuntimeClock(virtual=True), None, VirtualPatient(1))
    first = blind.begin()
    assert first is not None
    assert (blind.sense(first).eye, blind.sense(first).openness) == (None, None)


def test_a_session_with_eyes_is_recorded_with_its_markers_and_replays(tmp_path: Path) -> None:
    acts = script(
        act(0.5, "start"),
        act(1.0, "go_to_step", step=1),
        act(15.0, "go_to_step", step=2),
        act(15.0, "end"),
    )
    record = play(tmp_path, acts, eye_tracking=True, traits=SHY)
    made = {body.marker for body in bodies(record, Marker) if isinstance(body, Marker)}
    assert {"gaze_dwell", "fixation_count", "eye_closure_share"} <= made
    with Reader.open(record, KEY) as reader:
        assert len(reader.samples("eye")) > 500
        assert len(reader.samples("eyelid")) > 500
    assert replay(record, KEY, find_scenes()).difference is None


def test_a_session_without_eye_tracking_says_nothing_of_eyes(tmp_path: Path) -> None:
    acts = script(act(0.5, "start"), act(1.0, "go_to_step", step=1), act(5.0, "end"))
    record = play(tmp_path, acts)
    eye = {name for name, definition in DEFINITIONS.items() if definition.source == "eye"}
    assert {body.marker for body in bodies(record, Marker) if isinstance(body, Marker)}.isdisjoint(eye)
