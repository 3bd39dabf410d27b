"""What the compositor shows: a marker in the world is seen where geometry says, in both eyes, wherever the head is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import tan
from typing import Any

import numpy as np
import pytest

from tests.helpers.processes import until
from tests.helpers.xr_lab import Lab, Program, open_lab
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.turns import turned

pytestmark = [pytest.mark.slow, pytest.mark.graphics]

MARKER = (0.0, 3.0, 1.6)
WITHIN = 0.012
"""Of an eye's width: what edges, the cube's depth and the compositor's resampling may cost."""


def quaternion(yaw: float, pitch: float, roll: float) -> tuple[float, float, float, float]:
    from vr_runtime.patient.motion import quaternion as made

    return made(yaw, pitch, roll)


HEADS = {
    "ahead": Pose(0.0, 0.0, 1.6),
    "nearer and to the right": Pose(0.4, 1.0, 1.6),
    "lower and to the left": Pose(-0.3, 0.2, 1.2),
    "turned to the left": Pose(0.0, 0.0, 1.6, *quaternion(0.35, 0.0, 0.0)),
    "looking down": Pose(0.1, 0.3, 1.7, *quaternion(0.0, -0.3, 0.0)),
    "head on the shoulder": Pose(0.0, 0.5, 1.6, *quaternion(0.0, 0.0, 0.4)),
    "all at once": Pose(-0.2, 0.8, 1.75, *quaternion(-0.2, -0.15, -0.25)),
}


class Patient:
    """The marker program, and the scripted head."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.program: Program = lab.start("-m", "tests.helpers.xr_marker")
        self._lines(1)

    def _lines(self, count: int) -> dict[str, Any]:
        process = self.program.process
        until(
            lambda: self.program.output.count("\n") >= count or process.poll() is not None,
            "the marker program's answer",
        )
        lines = self.program.output.splitlines()
        assert len(lines) >= count, self.program.errors[-3000:]
        return json.loads(lines[count - 1])

    def play(self, frames: int) -> dict[str, Any]:
        before = self.program.output.count("\n")
        assert self.program.process.stdin is not None
        self.program.process.stdin.write(f"{frames}\n".encode())
        self.program.process.stdin.flush()
        return self._lines(before + 1)


@pytest.fixture(scope="module")
def patient() -> Iterator[Patient]:
    with open_lab("window") as lab:
        yield Patient(lab)


def seen_at(view: list[Any], point: tuple[float, float, float]) -> tuple[float, float]:
    """Where a point lies in an eye's picture, in shares of its width and height from the upper left corner."""
    pose, left, right, up, down = view
    x, y, z, qx, qy, qz, qw = pose
    away = (point[0] - x, point[1] - y, point[2] - z)
    across, ahead, above = turned(Pose(0, 0, 0, -qx, -qy, -qz, qw), away)
    u = (across / ahead - tan(left)) / (tan(right) - tan(left))
    v = (tan(up) - above / ahead) / (tan(up) - tan(down))
    return u, v


def shown(screen: np.ndarray) -> np.ndarray:
    """The compositor's window on the black screen."""
    rows, columns = np.nonzero(screen.any(axis=2))
    return screen[: rows.max() + 1, : columns.max() + 1]


def green_middle(eye: np.ndarray) -> tuple[float, float, int]:
    """Middle and number of the pixels that glow green, in shares of the picture."""
    values = eye.astype(int)
    rows, columns = np.nonzero(values[..., 1] > np.maximum(values[..., 0], values[..., 2]) + 60)
    assert len(rows) > 20, "the marker is not to be seen"
    return (columns.mean() + 0.5) / eye.shape[1], (rows.mean() + 0.5) / eye.shape[0], len(rows)


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_the_marker_is_where_geometry_says_in_both_eyes(patient: Patient, head: Pose) -> None:
    patient.lab.remote.head(head)
    said = patient.play(12)
    assert said["head"][:3] == pytest.approx(head[:3], abs=1e-3)
    picture = shown(patient.lab.picture())
    half = picture.shape[1] // 2
    found = [green_middle(picture[:, :half]), green_middle(picture[:, half : 2 * half])]
    expected = [seen_at(view, MARKER) for view in said["views"]]
    for (u, v, _), (eu, ev) in zip(found, expected, strict=True):
        assert (u, v) == pytest.approx((eu, ev), abs=WITHIN)
    # nearer than infinity: what the left eye sees lies further right, by as much as the eyes' distance gives
    disparity = (found[0][0] - found[1][0]) - (expected[0][0] - expected[1][0])
    assert abs(disparity) < WITHIN / 2
    assert not said["guard"]


def test_the_eyes_are_as_far_apart_as_the_runtime_says(patient: Patient) -> None:
    left, right = (np.array(view[0][:3]) for view in patient.play(2)["views"])
    assert 0.05 < np.linalg.norm(right - left) < 0.075
