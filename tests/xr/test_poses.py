"""The record's poses are those of the headset: several hundred distinct ones of head and hands, through everything."""

from __future__ import annotations

from math import degrees, pi
from pathlib import Path
from random import Random

import numpy as np
import pytest

from tests.helpers.processes import until
from tests.helpers.session import KEY, runtime
from tests.helpers.xr_lab import Lab
from tests.helpers.xr_treatment import Treatment
from vr_runtime.patient.motion import quaternion
from vr_runtime.protocol.pose import Pose
from vr_runtime.record import Reader

pytestmark = [pytest.mark.slow, pytest.mark.graphics]

COUNT = 240
MOST_M, MOST_DEG = 1e-3, 0.1


def random_pose(random: Random, low: float, high: float) -> Pose:
    turned = quaternion(random.uniform(-pi, pi), random.uniform(-1.2, 1.2), random.uniform(-0.6, 0.6))
    return Pose(random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(low, high), *turned)


def nearest(rows: np.ndarray, pose: Pose) -> tuple[float, float]:
    """Distance (m) and angle (degrees) of the recorded pose that is closest to one that was sent."""
    away = np.sqrt(sum((rows[axis] - value) ** 2 for axis, value in zip("xyz", pose[:3], strict=True)))
    best = int(away.argmin())
    row = rows[best]
    dot = abs(
        sum(float(row[name]) * value for name, value in zip(("qx", "qy", "qz", "qw"), pose[3:], strict=True))
    )
    return float(away[best]), degrees(2 * np.arccos(min(1.0, dot)))


def test_every_pose_that_was_sent_stands_in_the_record(null_lab: Lab, tmp_path: Path) -> None:
    treatment = Treatment(null_lab, tmp_path)
    until(treatment.tracked, "tracking")
    random = Random(20)
    sent: list[tuple[Pose, Pose, Pose]] = []
    for _ in range(COUNT):
        head = random_pose(random, 1.0, 1.9)
        left, right = random_pose(random, 0.5, 1.6), random_pose(random, 0.5, 1.6)
        with null_lab.remote.together():
            null_lab.remote.head(head)
            null_lab.remote.hand("left", left)
            null_lab.remote.hand("right", right)
        sent.append((head, left, right))
        until(lambda: treatment.head_is_at(head), "the head to arrive")  # noqa: B023
    record = treatment.end()
    with Reader.open(record, KEY) as reader:
        heads, hands, frames = (reader.samples(name) for name in ("head", "hands", "frame"))
    assert (np.diff(frames["display_ns"].astype(np.int64)) > 0).all()
    assert heads["valid"].all()
    for head, left, right in sent:
        for rows, pose in (
            (heads, head),
            (hands[hands["hand"] == 0], left),
            (hands[hands["hand"] == 1], right),
        ):
            metres, angle = nearest(rows, pose)
            assert metres < MOST_M
            assert angle < MOST_DEG
    done = runtime("replay", record, home=tmp_path / "home")
    assert (done.returncode, done.stdout.split()[0]) == (0, "identical"), done.stdout + done.stderr
