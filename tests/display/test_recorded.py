"""A recorded display gives back what the record holds, bit for bit, and what is missing as missing."""

from __future__ import annotations

import numpy as np

from vr_runtime.display.recorded import RecordedDisplay
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.streams import LEFT, RIGHT, STREAMS, FrameFlag

ALL_WELL = FrameFlag.TRACKING | FrameFlag.HEADSET_ON | FrameFlag.DISPLAY_OK


def rows(stream: str, count: int) -> np.ndarray:
    return np.zeros(count, dtype=list(STREAMS[stream].columns))


def poses(array: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    for name in ("x", "y", "z", "qx", "qy", "qz", "qw"):
        array[name] = rng.normal(size=len(array))
    return array


def record(count: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    frames, head = rows("frame", count), poses(rows("head", count), 1)
    frames["frame"] = head["frame"] = np.arange(1, count + 1)
    head["valid"] = 1
    frames["t_ns"] = np.arange(count) * 11_111_111 + np.arange(count) % 3
    frames["display_ns"] = frames["t_ns"] + 11_000_000
    frames["flags"] = ALL_WELL
    hands = poses(rows("hands", 3), 2)
    hands["frame"], hands["hand"], hands["valid"] = [2, 2, 5], [LEFT, RIGHT, RIGHT], [1, 1, 0]
    eye = poses(rows("eye", 1), 3)
    eye["frame"], eye["valid"] = 3, 1
    return frames, head, hands, eye


def pose_of(row: np.void) -> Pose:
    return Pose(*(float(row[name]) for name in ("x", "y", "z", "qx", "qy", "qz", "qw")))


def test_frames_and_poses_come_back_exactly() -> None:
    frames, head, hands, eye = record()
    frames["flags"][3] |= FrameFlag.LATE
    display = RecordedDisplay(frames, head, hands, eye, 90.0)
    seen = []
    while (frame := display.begin()) is not None:
        seen.append((frame, display.sense(frame)))
    assert [tuple(frame[:3]) for frame, _ in seen] == [
        (int(row["frame"]), int(row["t_ns"]), int(row["display_ns"])) for row in frames
    ]
    assert [frame.late for frame, _ in seen] == [False, False, False, True, False, False]
    assert [sensed.head for _, sensed in seen] == [pose_of(row) for row in head]
    assert seen[1][1].hands.left == pose_of(hands[0])
    assert seen[1][1].hands.right == pose_of(hands[1])
    assert seen[0][1].hands == (None, None)
    assert seen[4][1].hands == (None, None)  # recorded as not valid
    assert [sensed.eye for _, sensed in seen] == [None, None, pose_of(eye[0]), None, None, None]


def test_flags_come_back_one_by_one() -> None:
    frames, head, hands, eye = record(4)
    frames["flags"] = [ALL_WELL, ALL_WELL & ~FrameFlag.TRACKING, FrameFlag.TRACKING, 0]
    display = RecordedDisplay(frames, head, hands, eye, 90.0)
    flags = []
    while (frame := display.begin()) is not None:
        sensed = display.sense(frame)
        flags.append((sensed.tracking, sensed.headset_on, sensed.display_ok))
    assert flags == [(True, True, True), (False, True, True), (True, False, False), (False, False, False)]


def test_a_frame_without_a_head_keeps_the_last_one() -> None:
    frames, head, hands, eye = record()
    head = head[head["frame"] != 3]
    display = RecordedDisplay(frames, head, hands, eye, 90.0)
    heads = []
    while (frame := display.begin()) is not None:
        heads.append(display.sense(frame).head)
    assert heads[2] == heads[1]
    assert heads[3] == pose_of(head[2])


def test_recentring_changes_nothing_since_the_recorded_poses_hold_it() -> None:
    frames, head, hands, eye = record()
    display = RecordedDisplay(frames, head, hands, eye, 90.0)
    display.begin()
    display.recentre()
    frame = display.begin()
    assert frame is not None
    assert display.sense(frame).head == pose_of(head[1])
