"""The table of bindings, what becomes of buttons over time, and the palm's pose: data and arithmetic, no OpenXR."""

from __future__ import annotations

import math

import pytest

from vr_runtime.display.openxr import bindings
from vr_runtime.display.openxr.bindings import (
    ACTIONS,
    BINDINGS,
    EYE_PATH,
    EYE_PROFILE,
    HANDS,
    in_words,
    offered,
    paths,
    stop_in_words,
    stops_by_pinch,
    well_formed,
)
from vr_runtime.display.openxr.buttons import END_AFTER_NS, Long, Pinch, Press, further
from vr_runtime.display.openxr.palm import INTO_THE_HAND_M, grip_of_palm
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.turns import turned

SECOND = 1_000_000_000


@pytest.mark.parametrize("profile", BINDINGS)
def test_every_path_is_well_formed_and_of_an_action_that_there_is(profile: str) -> None:
    assert well_formed(profile)
    found = list(paths(profile))
    assert len(found) == len(set(found))
    for action, path in found:
        assert action in ACTIONS
        assert well_formed(path)
        assert path.startswith(HANDS)
        kind = ACTIONS[action][0]
        assert path.endswith("/pose") == (kind == "pose")
        if kind == "vector":
            assert path.rsplit("/", 1)[1] in ("thumbstick", "trackpad")


def test_the_paths_of_gaze_and_the_names_of_actions_are_well_formed() -> None:
    assert well_formed(EYE_PROFILE)
    assert well_formed(EYE_PATH)
    for name, (_, words) in ACTIONS.items():
        assert well_formed(f"/{name}")
        assert len(name) < 64
        assert words
        assert len(words) < 128


def test_a_path_that_is_not_well_formed_is_told() -> None:
    for path in ("", "/", "user/hand/left", "/User/hand", "/user//left", "/user/hand/left/", "/a b", "/../x"):
        assert not well_formed(path)


@pytest.mark.parametrize("profile", BINDINGS)
def test_every_profile_can_stop_with_either_hand_and_tells_how(profile: str) -> None:
    """Bare hands have no button: both of them pinched."""
    stops = [
        path for action, path in paths(profile) if action == ("pinch" if stops_by_pinch(profile) else "stop")
    ]
    assert {path.rsplit("/input", 1)[0] for path in stops} == set(HANDS)
    assert stop_in_words(profile)
    assert in_words(profile, "select")


@pytest.mark.parametrize("profile", BINDINGS)
def test_the_button_that_stops_does_nothing_else_and_is_none_that_a_grip_presses(profile: str) -> None:
    stops = [path for action, path in paths(profile) if action == "stop"]
    others = [path for action, path in paths(profile) if action != "stop"]
    for path in stops:
        assert path not in others
        assert not any(word in path for word in ("trigger", "squeeze", "grasp", "thumbstick", "trackpad"))


@pytest.mark.parametrize("profile", BINDINGS)
def test_both_hands_can_be_shown_point_and_answer(profile: str) -> None:
    for action in ("grip", "aim", "select"):
        assert len([path for bound, path in paths(profile) if bound == action]) == 2


def test_profiles_of_extensions_are_suggested_only_where_they_are_offered() -> None:
    without = offered(frozenset())
    assert "/interaction_profiles/khr/simple_controller" in without
    assert all(not BINDINGS[profile].extension for profile in without)
    assert set(offered(frozenset(bindings.WANTED_EXTENSIONS))) == set(BINDINGS)


def test_words_name_the_hands_apart_only_where_they_differ() -> None:
    assert in_words("/interaction_profiles/oculus/touch_controller", "stop") == "Y (left), B (right)"
    assert in_words("/interaction_profiles/valve/index_controller", "stop") == "B"
    assert in_words("/interaction_profiles/khr/simple_controller", "stick") == ""


def test_a_press_is_told_once() -> None:
    press = Press()
    downs = [False, True, True, False, False, True]
    assert [press.went_down(down) for down in downs] == [False, True, False, False, False, True]


def test_the_end_chord_takes_two_whole_seconds_and_comes_once() -> None:
    chord = Long(END_AFTER_NS)
    assert not chord.completed(True, 5 * SECOND)
    assert not chord.completed(True, 7 * SECOND - 1)
    assert chord.completed(True, 7 * SECOND)
    assert not chord.completed(True, 30 * SECOND)


def test_letting_go_for_a_single_frame_starts_the_chord_anew() -> None:
    chord = Long(END_AFTER_NS)
    chord.completed(True, 0)
    assert not chord.completed(False, SECOND)
    assert not chord.completed(True, SECOND + 1)
    assert not chord.completed(True, 3 * SECOND)
    assert chord.completed(True, 3 * SECOND + 1)


def test_a_pinch_holds_until_the_fingers_are_clearly_apart() -> None:
    pinch = Pinch()
    apart = [0.05, 0.02, 0.015, 0.02, 0.027, 0.03, 0.02, None, 0.01, None]
    assert [pinch.pinched(metres) for metres in apart] == [
        False, False, True, True, True, False, False, False, True, False,
    ]  # fmt: skip


def test_the_stick_that_is_pushed_further_counts() -> None:
    assert further(None, None) == (0.0, 0.0)
    assert further((0.1, 0.0), None) == (0.1, 0.0)
    assert further((0.1, 0.0), (0.0, -0.9)) == (0.0, -0.9)


@pytest.mark.parametrize("left", [True, False])
def test_the_grip_of_a_bare_hand_is_that_of_a_controller_in_it(left: bool) -> None:
    """OpenXR, grip pose: the fingers of the flat hand, the thumb's side and the palm; here in Palier's axes. A hand
    that lies flat on a table (the joint's +Z, the back of the hand, is up) points ahead."""
    half = math.radians(30) / 2
    for palm in (Pose(0.1, 0.2, 0.9), Pose(0.1, 0.2, 0.9, math.sin(half), 0.0, 0.0, math.cos(half))):
        grip = grip_of_palm(palm, left)
        back, ahead, right = turned(palm, (0, 0, 1)), turned(palm, (0, 1, 0)), turned(palm, (1, 0, 0))
        assert turned(grip, (0, 0, -1)) == pytest.approx(ahead)  # fingers
        inward = right if left else tuple(-part for part in right)
        assert turned(grip, (0, 1, 0)) == pytest.approx(inward)  # from the little finger to the thumb
        out_of_the_palm = tuple(-part for part in back)
        sideways = turned(grip, (1, 0, 0))
        assert sideways == pytest.approx(out_of_the_palm if left else back)
        shift = [there - here for there, here in zip(grip[:3], palm[:3], strict=True)]
        assert shift == pytest.approx([INTO_THE_HAND_M * part for part in out_of_the_palm])
