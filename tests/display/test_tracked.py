"""Recentring is a change of frame of reference: distances and heights stay."""

from __future__ import annotations

from math import cos, pi, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.display.tracked import Space, heading, space_at, turn_deg
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.turns import turned

metres = st.floats(-3.0, 3.0)
angles = st.floats(-pi, pi)


def head(x: float, y: float, z: float, yaw: float, pitch: float) -> Pose:
    h, p = yaw / 2, pitch / 2
    return Pose(x, y, z, cos(h) * sin(p), sin(h) * sin(p), sin(h) * cos(p), cos(h) * cos(p))


poses = st.builds(head, metres, metres, metres, angles, st.floats(-1.5, 1.5))


@given(poses)
def test_the_head_that_was_recentred_on_is_in_the_middle_facing_ahead(pose: Pose) -> None:
    here = space_at(pose).pose(pose)
    assert (here.x, here.y, here.z) == pytest.approx((0.0, 0.0, pose.z), abs=1e-9)
    assert heading(here) == pytest.approx(0.0, abs=1e-6)


@given(poses, poses)
def test_distances_between_head_and_hands_and_their_tilt_stay(pose: Pose, hand: Pose) -> None:
    space = space_at(head(1.0, -2.0, 1.6, 0.7, -0.3))
    a, b = space.pose(pose), space.hands(Hands(hand, None)).left
    assert b is not None
    before = sum((getattr(pose, k) - getattr(hand, k)) ** 2 for k in "xyz")
    after = sum((getattr(a, k) - getattr(b, k)) ** 2 for k in "xyz")
    assert after == pytest.approx(before, abs=1e-9)
    assert a.forward()[2] == pytest.approx(pose.forward()[2], abs=1e-9)
    assert turn_deg(a, b) == pytest.approx(turn_deg(pose, hand), abs=1e-3)


@given(poses, angles)
def test_a_direction_seen_from_the_new_space_points_the_same_way_outside(pose: Pose, yaw: float) -> None:
    space = Space(0.5, -0.25, yaw)
    assert space.outward(space.pose(pose).forward()) == pytest.approx(pose.forward(), abs=1e-9)
    assert space.outside(space.pose(pose)[:3]) == pytest.approx(pose[:3], abs=1e-9)


def test_heading_holds_for_somebody_who_looks_straight_down() -> None:
    assert heading(head(0, 0, 1.6, radians(70), radians(-89.9))) == pytest.approx(radians(70), abs=1e-6)
    assert heading(head(0, 0, 1.6, radians(70), radians(-90))) == pytest.approx(radians(70), abs=1e-6)


def test_turning_is_the_angle_between_two_heads() -> None:
    assert turn_deg(head(0, 0, 0, 0, 0), head(1, 1, 1, radians(30), 0)) == pytest.approx(30.0)
    assert turn_deg(Pose(), Pose(qw=-1.0)) == pytest.approx(0.0)


def test_forward_agrees_with_the_quaternion() -> None:
    pose = head(0, 0, 0, 0.4, -0.6)
    assert turned(pose, (0.0, 1.0, 0.0)) == pytest.approx(pose.forward())
