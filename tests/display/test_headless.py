"""The headless display: its patient, its errors, its names."""

from __future__ import annotations

import os
import subprocess
import sys
from math import cos, radians, sin

import pytest

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.display.port import Perception
from vr_runtime.display.registry import NAMES, open_display
from vr_runtime.protocol.events import PatientAnswered
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Reporter

LEFTWARDS = Pose(1.0, 2.0, 1.7, 0.0, 0.0, sin(radians(45)), cos(radians(45)))
ANSWER = PatientAnswered(prompt="p1", raw=40.0, reported_by=Reporter.VIRTUAL)


class Somebody:
    """Faces left, has a right hand ahead, keeps what is perceived, answers once."""

    headset_on = True

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.perceived: list[Perception] = []

    def pose(self, t_ns: int) -> tuple[Pose, Hands]:
        self.asked.append(t_ns)
        return LEFTWARDS, Hands(None, LEFTWARDS._replace(x=0.5))

    def perceive(self, perception: Perception) -> None:
        self.perceived.append(perception)

    def answers(self, t_ns: int) -> tuple[PatientAnswered, ...]:
        return (ANSWER,) if t_ns > 0 else ()


def test_the_pose_is_that_of_the_display_time() -> None:
    somebody = Somebody()
    display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), None, somebody)
    frame = display.begin()
    assert frame is not None
    assert display.sense(frame).head == LEFTWARDS
    assert somebody.asked == [frame.display_ns]


def test_answers_come_through_as_inputs() -> None:
    display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), None, Somebody())
    assert display.inputs() == ()
    display.begin()
    assert display.inputs() == ()
    display.begin()
    assert display.inputs() == (ANSWER,)


def test_after_recentring_hands_follow_and_directions_are_told_in_the_patients_own_space() -> None:
    somebody = Somebody()
    display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), None, somebody)
    frame = display.begin()
    assert frame is not None
    display.sense(frame)
    display.recentre()
    sensed = display.sense(frame)
    assert sensed.hands.right is not None
    assert tuple(sensed.hands.right[:3]) == pytest.approx((0.0, 0.5, 1.7))  # ahead of a head that faced left
    display.perceive(Perception(0, 0.5, 1.0, (0.0, 1.0, 0.0), True, None))
    display.perceive(Perception(0, 0.0, None, None, False, None))
    assert somebody.perceived[0].direction == pytest.approx((-1.0, 0.0, 0.0))
    assert somebody.perceived[1].direction is None


def test_an_unknown_display_is_answered_with_those_that_are_there() -> None:
    with pytest.raises(DisplayError, match="hologram") as caught:
        open_display("hologram", rate_hz=90.0, clock=RuntimeClock())
    assert caught.value.reason is DisplayReason.UNKNOWN
    assert all(name in str(caught.value) for name in NAMES)


NO_DRIVER = {"__EGL_VENDOR_LIBRARY_FILENAMES": "/nonexistent.json", "LIBGL_DRIVERS_PATH": "/nonexistent"}

PROGRAM = """
import sys
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.errors import DisplayError
from vr_runtime.display.registry import open_display
from vr_runtime.stage.settings import GraphicsSettings
try:
    open_display(sys.argv[1], rate_hz=90.0, clock=RuntimeClock(), graphics=GraphicsSettings())
except DisplayError as problem:
    print(problem.reason.name, problem)
"""


@pytest.mark.graphics
@pytest.mark.parametrize(
    ("display", "environment", "reason", "remedy"),
    [
        ("headless", NO_DRIVER, "NO_OPENGL", "--graphics off"),
        ("window", {"DISPLAY": ":997"}, "NO_WINDOW", "--display headless"),
    ],
)
def test_where_there_is_no_opengl_or_no_screen_the_error_says_what_to_do(
    display: str, environment: dict[str, str], reason: str, remedy: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, display],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(reason), done.stdout + done.stderr
    assert remedy in done.stdout
