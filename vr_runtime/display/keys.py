"""Keys and mouse of a Panda3D window, without ShowBase."""

from __future__ import annotations

from panda3d.core import (
    ButtonHandle,
    ButtonThrower,
    DataGraphTraverser,
    EventQueue,
    GraphicsWindow,
    KeyboardButton,
    MouseAndKeyboard,
    MouseButton,
    MouseWatcher,
    NodePath,
)

from vr_runtime.display.walker import Steps

STOP_KEYS = ("escape", "f8", "space")
RATE_KEYS = {"wheel_up": 1, "wheel_down": -1}
"""Steps on the scale of a rating panel."""
ANSWER_KEY = "enter"
CAPTURE_KEY = "tab"
"""Holds the pointer in the window, so that the mouse always turns the head; again: lets it go."""
LOOK_DEG = 0.12
"""Degrees a pixel."""

_AHEAD = ("w", "arrow_up")
_BACK = ("s", "arrow_down")
_LEFT = ("a",)
_RIGHT = ("d",)
_TURN_LEFT = ("q", "arrow_left")
_TURN_RIGHT = ("e", "arrow_right")
_CROUCH = ("c", "shift", "lshift", "rshift")
_REACH = ("f",)

_PREFIX = "palier-window-"


def _button(name: str) -> ButtonHandle:
    return KeyboardButton.ascii_key(name) if len(name) == 1 else ButtonHandle(name)


class Keys:
    """Reads the window's devices once a frame."""

    def __init__(self, window: GraphicsWindow) -> None:
        self._window = window
        self._graph = NodePath("data graph")
        devices = self._graph.attach_new_node(MouseAndKeyboard(window, 0, "devices"))
        self._watcher = MouseWatcher("watcher")
        watched = devices.attach_new_node(self._watcher)
        thrower = ButtonThrower("thrower")
        thrower.set_prefix(_PREFIX)
        watched.attach_new_node(thrower)
        self._traverser = DataGraphTraverser()
        self._captured = False
        self._pointer: tuple[float, float] | None = None

    def read(self) -> tuple[str, ...]:
        """Take in what happened; returns the keys that were pressed since, by name."""
        self._traverser.traverse(self._graph.node())
        queue, pressed = EventQueue.get_global_event_queue(), list[str]()
        while not queue.is_queue_empty():
            name = queue.dequeue_event().get_name()
            # modifiers stand before the key's name (control-escape), what else happened to it behind (escape-up)
            if name.startswith(_PREFIX) and not name.startswith(_PREFIX + "raw-"):
                pressed.append(name[len(_PREFIX) :].rsplit("-", 1)[-1])
        if CAPTURE_KEY in pressed:
            self._captured = not self._captured
            self._pointer = None
        return tuple(pressed)

    def steps(self) -> Steps:
        """What the keys and the mouse ask of the walker now."""
        return Steps(
            ahead=self._down(_AHEAD) - self._down(_BACK),
            aside=self._down(_RIGHT) - self._down(_LEFT),
            turn=self._down(_TURN_LEFT) - self._down(_TURN_RIGHT),
            crouch=bool(self._down(_CROUCH)),
            reach=bool(self._down(_REACH)) or self._watcher.is_button_down(MouseButton.one()),
            look_deg=self._looked(),
        )

    def _down(self, names: tuple[str, ...]) -> int:
        return int(any(self._watcher.is_button_down(_button(name)) for name in names))

    def _looked(self) -> tuple[float, float]:
        """Degrees by the mouse since the last call, while the right button is held or the pointer is captured."""
        pointer = self._window.get_pointer(0)
        held = self._captured or self._watcher.is_button_down(MouseButton.three())
        if not held or not pointer.in_window:
            self._pointer = None
            return (0.0, 0.0)
        before, now = self._pointer, (pointer.x, pointer.y)
        self._pointer = now
        if self._captured:
            middle = (self._window.get_x_size() // 2, self._window.get_y_size() // 2)
            if self._window.move_pointer(0, *middle):
                self._pointer = (float(middle[0]), float(middle[1]))
        if before is None:
            return (0.0, 0.0)
        return ((before[0] - now[0]) * LOOK_DEG, (before[1] - now[1]) * LOOK_DEG)

    def close(self) -> None:
        self._graph.remove_node()
