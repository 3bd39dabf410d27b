"""Which button of which controller does what: data, no OpenXR in it.

STOP lies where the thumb finds it without looking and does not rest: the upper of the two face buttons (Y and B), or
the menu button where there are none. It is the same on both hands. Triggers and grips, which a frightened hand
squeezes, never stop. Both STOP buttons held for two seconds end the session (after they have stopped it).

Bare hands have no button: both hands pinched (thumb on forefinger) for a second are STOP. A fist is not: fear makes
fists, and so does applied tension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

LEFT = "/user/hand/left"
RIGHT = "/user/hand/right"
HANDS = (LEFT, RIGHT)
EYES = "/user/eyes_ext"

Kind = Literal["pose", "boolean", "vector"]

ACTIONS: dict[str, tuple[Kind, str]] = {
    "grip": ("pose", "Hands"),
    "aim": ("pose", "Pointing"),
    "stop": ("boolean", "STOP"),
    "select": ("boolean", "Choose"),
    "stick": ("vector", "Move the marker"),
    "pad": ("vector", "Move the marker on a pad"),
    "pad_press": ("boolean", "Press the pad"),
    "pinch": ("boolean", "Pinch (both hands: STOP)"),
    "eye": ("pose", "Direction of gaze"),
}
"""Kind and the name that a runtime's own settings show, by action."""

HAND_INTERACTION = "XR_EXT_hand_interaction"
HAND_TRACKING = "XR_EXT_hand_tracking"
EYE_GAZE = "XR_EXT_eye_gaze_interaction"
PICO = "XR_BD_controller_interaction"


class Profile(NamedTuple):
    """An interaction profile: what it is called, the extension it needs (empty: none), and for each action the input
    of the left and of the right hand (``None``: that hand has none), below ``/user/hand/...``."""

    words: str
    extension: str
    inputs: Mapping[str, tuple[str | None, str | None]]


def _both(path: str) -> tuple[str, str]:
    return (path, path)


_POSES = {"grip": _both("input/grip/pose"), "aim": _both("input/aim/pose")}
_STICK = _both("input/thumbstick")
_UPPER = ("input/y/click", "input/b/click")
_MENU = _both("input/menu/click")

BINDINGS: dict[str, Profile] = {
    "/interaction_profiles/khr/simple_controller": Profile(
        "any other controller (KHR simple controller)",
        "",
        {**_POSES, "stop": _MENU, "select": _both("input/select/click")},
    ),
    "/interaction_profiles/oculus/touch_controller": Profile(
        "Meta/Oculus Touch",
        "",
        {**_POSES, "stop": _UPPER, "select": _both("input/trigger/value"), "stick": _STICK},
    ),
    "/interaction_profiles/valve/index_controller": Profile(
        "Valve Index",
        "",
        {
            **_POSES,
            "stop": _both("input/b/click"),
            "select": _both("input/trigger/click"),
            "stick": _STICK,
        },
    ),
    "/interaction_profiles/htc/vive_controller": Profile(
        "HTC Vive wand",
        "",
        {
            **_POSES,
            "stop": _MENU,
            "select": _both("input/trigger/click"),
            "pad": _both("input/trackpad"),
            "pad_press": _both("input/trackpad/click"),
        },
    ),
    "/interaction_profiles/microsoft/motion_controller": Profile(
        "Windows Mixed Reality",
        "",
        {**_POSES, "stop": _MENU, "select": _both("input/trigger/value"), "stick": _STICK},
    ),
    "/interaction_profiles/bytedance/pico4_controller": Profile(
        "Pico 4",
        PICO,
        {**_POSES, "stop": _UPPER, "select": _both("input/trigger/value"), "stick": _STICK},
    ),
    "/interaction_profiles/bytedance/pico_neo3_controller": Profile(
        "Pico Neo 3",
        PICO,
        {**_POSES, "stop": _UPPER, "select": _both("input/trigger/value"), "stick": _STICK},
    ),
    "/interaction_profiles/ext/hand_interaction_ext": Profile(
        "bare hands",
        HAND_INTERACTION,
        {**_POSES, "select": _both("input/pinch_ext/value"), "pinch": _both("input/pinch_ext/value")},
    ),
}
"""Everything that is suggested to a runtime, by interaction profile. (Gaze has a profile of its own, ``EYE_PROFILE``.)"""

EYE_PROFILE = "/interaction_profiles/ext/eye_gaze_interaction"
EYE_PATH = f"{EYES}/input/gaze_ext/pose"

WANTED_EXTENSIONS = (PICO, HAND_INTERACTION, HAND_TRACKING, EYE_GAZE)
"""Extensions that an instance should be made with where the runtime offers them."""

_WELL_FORMED = re.compile(r"(/[a-z0-9][a-z0-9_.\-]*)+")


def well_formed(path: str) -> bool:
    """Whether OpenXR's rules for paths allow this one (specification, section 6.1)."""
    return _WELL_FORMED.fullmatch(path) is not None and len(path) < 256


def paths(profile: str) -> Iterator[tuple[str, str]]:
    """The action and the full path of every binding of a profile."""
    for action, inputs in BINDINGS[profile].inputs.items():
        for hand, below in zip(HANDS, inputs, strict=True):
            if below is not None:
                yield action, f"{hand}/{below}"


def offered(extensions: frozenset[str]) -> tuple[str, ...]:
    """The profiles that may be suggested to a runtime with these extensions enabled."""
    return tuple(
        name for name, profile in BINDINGS.items() if not profile.extension or profile.extension in extensions
    )


_BUTTONS = {
    "menu": "menu",
    "a": "A",
    "b": "B",
    "x": "X",
    "y": "Y",
    "trigger": "trigger",
    "select": "main button",
    "thumbstick": "stick",
    "trackpad": "pad, pressed",
    "pinch_ext": "pinch",
    "aim": "pointing",
}


def in_words(profile: str, action: str) -> str:
    """How a person calls what does ``action``: "Y (left), B (right)"; empty where nothing does."""
    inputs = BINDINGS[profile].inputs.get(action)
    if inputs is None:
        return ""
    left, right = (None if below is None else _BUTTONS[below.split("/")[1]] for below in inputs)
    if left == right:
        return left or ""
    return ", ".join(f"{name} ({hand})" for name, hand in ((left, "left"), (right, "right")) if name)


def stop_in_words(profile: str) -> str:
    """How a person stops with it."""
    return in_words(profile, "stop") or ("both hands pinched for a second" if stops_by_pinch(profile) else "")


def stops_by_pinch(profile: str) -> bool:
    return "pinch" in BINDINGS[profile].inputs
