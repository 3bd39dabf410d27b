"""Hands and buttons through a real OpenXR runtime: Monado's remote driver, which plays Index controllers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.helpers.xr_lab import open_lab
from vr_runtime.display.openxr.palm import grip_of_palm
from vr_runtime.protocol.pose import Pose

INDEX = "/interaction_profiles/valve/index_controller"


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[str, Any]]:
    """What ``actions_target`` read, in one run; the remote driver's port is in its environment."""
    with open_lab("null", remote=True) as lab:
        done = lab.python("-m", "tests.xr.actions_target")
        assert done.returncode == 0, done.stderr[-3000:]
        yield json.loads(done.stdout.splitlines()[-1])


def test_the_runtime_takes_every_suggested_profile_and_binds_its_own(seen: dict[str, Any]) -> None:
    assert seen["refused"] == {}
    assert seen["profiles"] == [INDEX, INDEX]


def test_nothing_happens_by_itself(seen: dict[str, Any]) -> None:
    assert seen["at rest"]
    assert not any(seen["at rest"])


def test_the_grips_are_where_the_hands_are(seen: dict[str, Any]) -> None:
    """Within 1 mm and 0.1 degree, left and right."""
    assert len(seen["poses"]) >= 60
    for left_mm, left_deg, right_mm, right_deg in seen["poses"]:
        assert max(left_mm, right_mm) < 1.0
        assert max(left_deg, right_deg) < 0.1


def test_a_stop_button_stops_once_a_press_on_either_hand(seen: dict[str, Any]) -> None:
    assert seen["stop"] == {"left": 1, "right": 1}
    assert seen["twice"] == 2


def test_the_trigger_chooses_once_a_press_and_does_not_stop(seen: dict[str, Any]) -> None:
    assert seen["select"] == [1, 0]


def test_the_stick_that_is_pushed_further_is_read(seen: dict[str, Any]) -> None:
    assert seen["stick"] == pytest.approx([0.5, -0.25])


def test_a_hand_that_squeezes_its_controller_does_nothing(seen: dict[str, Any]) -> None:
    assert seen["squeezed"] == 0


def test_both_stop_buttons_stop_at_once_and_end_after_two_seconds(seen: dict[str, Any]) -> None:
    assert 1 <= seen["stops of the chord"] <= 2  # the two presses may be read in two frames
    (at_s,) = seen["end"]
    assert at_s >= 1.9


def test_a_controller_that_is_off_has_no_pose_and_the_other_keeps_its_own(seen: dict[str, Any]) -> None:
    assert seen["left off"] == [None, None, True]
    assert seen["left on again"][:3] == pytest.approx([0.1, 0.2, 1.3], abs=1e-3)


def test_bare_hands_are_read_by_their_joints(seen: dict[str, Any]) -> None:
    """Monado makes the joints from where it takes the controllers to be, so they lie within a hand's length."""
    for left, (controller, grip, palm) in zip((True, False), seen["bare"], strict=True):
        assert grip == pytest.approx(grip_of_palm(Pose(*palm), left), abs=1e-5)
        assert grip[:3] == pytest.approx(controller[:3], abs=0.12)
