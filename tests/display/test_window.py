"""The window under a real X server: its pixels, its keys, its mouse, its closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import degrees

import numpy as np
import pytest

from tests.helpers.rooms import Cue, rooms, stage_of
from tests.helpers.xtest import Fingers
from tests.helpers.xvfb import screen, xvfb  # noqa: F401  (fixtures)
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.tracked import heading
from vr_runtime.display.window import WindowDisplay
from vr_runtime.protocol.events import StopPressed
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import StoppedBy
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import Stage

pytestmark = pytest.mark.graphics

SIZE = GraphicsSettings(width=160, height=120)


class Desk:
    """A window with somebody's fingers on its keys."""

    def __init__(self, screen: str) -> None:  # noqa: F811
        self.display = WindowDisplay(200.0, RuntimeClock(), SIZE)
        self.stage: Stage = stage_of(rooms(), SIZE)
        self.fingers = Fingers(screen)
        self.head = Pose()
        self.hands = Hands()
        self.stops: list[StopPressed] = []
        self.alive = True
        self.turn()
        self.point(80, 60)
        for _ in range(3):
            self.turn()

    def point(self, x: int, y: int) -> None:
        """Move the pointer to a pixel of the window."""
        left, top = self.display._window.get_properties().get_origin()
        self.fingers.point(left + x, top + y)

    def turn(self) -> None:
        """One frame."""
        frame = self.display.begin()
        if frame is None:
            self.alive = False
            return
        self.stops += [body for body in self.display.inputs() if isinstance(body, StopPressed)]
        sensed = self.display.sense(frame)
        self.head, self.hands = sensed.head, sensed.hands
        self.stage.play(Cue(), 0.005, sensed.head, sensed.hands)
        self.display.show(frame, self.stage.picture(sensed.head))

    def until(self, happened: Callable[[], bool], frames: int = 400) -> bool:
        for _ in range(frames):
            if happened():
                return True
            self.turn()
        return happened()

    def close(self) -> None:
        self.fingers.close()
        self.stage.close()
        self.display.close()


@pytest.fixture
def desk(screen: str) -> Iterator[Desk]:  # noqa: F811
    made = Desk(screen)
    yield made
    made.close()


def test_the_scene_is_in_the_window(desk: Desk) -> None:
    pixels = desk.display.capture()
    assert pixels is not None
    assert pixels.shape == (120, 160, 3)
    green = pixels[..., 1].astype(int) > np.delete(pixels.astype(int), 1, axis=2).max(axis=2) + 60
    assert np.argwhere(green).mean(axis=0) == pytest.approx([59.5, 79.5], abs=1.5)


@pytest.mark.parametrize("key", ["Escape", "F8", "space"])
def test_a_stop_key_is_heard_once_a_press(desk: Desk, key: str) -> None:
    for presses in (1, 2):
        desk.fingers.key(key, down=True)
        desk.fingers.key(key, down=False)
        assert desk.until(lambda: len(desk.stops) == presses)  # noqa: B023
    for _ in range(5):
        desk.turn()
    assert [stop.by for stop in desk.stops] == [StoppedBy.WINDOW] * 2
    assert len({stop.id for stop in desk.stops}) == 2
    assert 0 < desk.stops[0].received_ns < desk.stops[1].received_ns


def test_stop_is_heard_with_other_keys_held(desk: Desk) -> None:
    desk.fingers.key("Shift_L", down=True)
    desk.fingers.key("w", down=True)
    desk.fingers.key("Escape", down=True)
    assert desk.until(lambda: len(desk.stops) == 1)
    for name in ("Escape", "w", "Shift_L"):
        desk.fingers.key(name, down=False)


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        ("w", lambda head: head.y > 0.02),
        ("Up", lambda head: head.y > 0.02),
        ("s", lambda head: head.y < -0.02),
        ("d", lambda head: head.x > 0.02),
        ("Left", lambda head: heading(head) > 0.02),
        ("e", lambda head: heading(head) < -0.02),
        ("c", lambda head: head.z < 1.5),
        ("Shift_L", lambda head: head.z < 1.5),
    ],
)
def test_keys_move_the_head(desk: Desk, key: str, moved: Callable[[Pose], bool]) -> None:
    assert not moved(desk.head)
    desk.fingers.key(key, down=True)
    assert desk.until(lambda: moved(desk.head))
    desk.fingers.key(key, down=False)
    assert desk.stops == []


def test_a_hand_reaches_out_while_its_key_is_held(desk: Desk) -> None:
    assert desk.hands == Hands()
    desk.fingers.key("f", down=True)
    assert desk.until(lambda: desk.hands.right is not None and desk.hands.right.y > 0.45)
    assert desk.hands.left is None
    desk.fingers.key("f", down=False)
    assert desk.until(lambda: desk.hands == Hands())


def test_the_mouse_looks_around_while_its_right_button_is_held(desk: Desk) -> None:
    desk.point(100, 60)
    for _ in range(5):
        desk.turn()
    assert heading(desk.head) == 0.0
    desk.fingers.button(3, down=True)
    for _ in range(5):
        desk.turn()
    desk.point(60, 90)
    assert desk.until(lambda: heading(desk.head) != 0.0)
    desk.fingers.button(3, down=False)
    # 40 pixels to the left and 30 down the window
    assert degrees(heading(desk.head)) == pytest.approx(4.8, abs=0.01)
    assert desk.head.forward()[2] < -0.05


def test_the_captured_pointer_always_looks_around(desk: Desk) -> None:
    desk.fingers.key("Tab", down=True)
    desk.fingers.key("Tab", down=False)
    for _ in range(5):
        desk.turn()
    desk.point(70, 60)
    assert desk.until(lambda: heading(desk.head) > 0.0)


def test_closing_the_window_ends_the_display(desk: Desk) -> None:
    from panda3d.core import WindowProperties

    wish = WindowProperties()
    wish.set_open(False)
    desk.display._window.request_properties(wish)
    assert desk.until(lambda: not desk.alive)
