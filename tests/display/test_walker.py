"""Keys walk the head slowly, the mouse turns it, crouching lowers it."""

from __future__ import annotations

from itertools import pairwise
from math import dist, hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.display.tracked import heading
from vr_runtime.display.walker import (
    ARM_M,
    ARM_STEP_M,
    ARMS_M,
    CROUCHED_M,
    EYE_HEIGHT_M,
    REACH_M,
    STEEPEST_DEG,
    WALK_M_S,
    Steps,
    Walker,
)
from vr_runtime.protocol.pose import Hands, Pose


def walked(steps: Steps, seconds: float, walker: Walker | None = None) -> Walker:
    walker = walker or Walker()
    for _ in range(round(seconds * 50)):
        walker.move(0.02, steps)
    return walker


def test_at_first_somebody_stands_in_the_middle_and_looks_ahead() -> None:
    pose = Walker().pose()
    assert pose[:3] == (0.0, 0.0, EYE_HEIGHT_M)
    assert pose.forward() == pytest.approx((0.0, 1.0, 0.0))


def test_ahead_is_where_one_looks() -> None:
    pose = walked(Steps(ahead=1), 1.0).pose()
    assert pose[:2] == pytest.approx((0.0, WALK_M_S))
    turned = Walker()
    turned.move(0.02, Steps(look_deg=(90.0, 0.0)))
    pose = walked(Steps(ahead=1), 1.0, turned).pose()
    assert pose[:2] == pytest.approx((-WALK_M_S, 0.0), abs=1e-6)
    assert heading(pose) == pytest.approx(3.14159 / 2, abs=1e-4)


def test_aside_is_to_the_right_and_two_keys_are_no_faster_than_one() -> None:
    assert walked(Steps(aside=1), 1.0).pose()[:2] == pytest.approx((WALK_M_S, 0.0))
    pose = walked(Steps(ahead=1, aside=1), 1.0).pose()
    assert hypot(pose.x, pose.y) == pytest.approx(WALK_M_S)


def test_crouching_lowers_the_head_and_rising_brings_it_back() -> None:
    walker = walked(Steps(crouch=True), 2.0)
    assert walker.pose().z == pytest.approx(CROUCHED_M, abs=0.01)
    assert walked(Steps(), 2.0, walker).pose().z == pytest.approx(EYE_HEIGHT_M, abs=0.01)


@given(
    st.lists(
        st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.booleans(), st.floats(-500, 500)),
        max_size=60,
    )
)
def test_nobody_leaves_the_space_tips_over_or_grows(
    moves: list[tuple[float, float, float, bool, float]],
) -> None:
    walker = Walker()
    for ahead, aside, turn, crouch, look in moves:
        walker.move(5.0, Steps(ahead, aside, turn, crouch, (look, look)))
        pose = walker.pose()
        assert abs(pose.x) <= REACH_M
        assert abs(pose.y) <= REACH_M
        assert CROUCHED_M - 1e-6 <= pose.z <= EYE_HEIGHT_M + 1e-6
        assert pose.qx**2 + pose.qy**2 + pose.qz**2 + pose.qw**2 == pytest.approx(1.0)
        assert pose.forward()[2] ** 2 <= 1.0 - 1e-4
        assert STEEPEST_DEG < 90.0


def test_a_hand_is_there_while_it_reaches_out_and_comes_to_where_the_head_looks() -> None:
    walker = walked(Steps(look_deg=(40.0, -30.0)), 0.02)
    assert walker.hands() == Hands()
    for _ in range(100):
        walker.move(0.02, Steps(reach=True))
    left, right = walker.hands()
    head = walker.pose()
    assert left is None
    assert right is not None
    ahead = [at + ARM_M * out for at, out in zip(head[:3], head.forward(), strict=True)]
    assert right[:3] == pytest.approx(ahead, abs=0.01)
    # the back of the hand is up, and its fingers (the grip's -Z) point ahead
    assert swung(right, (0.0, 0.0, -1.0)) == pytest.approx(head.forward(), abs=1e-6)
    assert swung(right, (1.0, 0.0, 0.0))[2] > 0.8
    for _ in range(100):
        walker.move(0.02, Steps())
    assert walker.hands() == Hands()


def test_an_arm_is_stretched_within_its_length() -> None:
    walker = walked(Steps(reach=True), 2.0)
    for steps, length in ((2, ARM_M + 2 * ARM_STEP_M), (-50, ARMS_M[0]), (100, ARMS_M[1])):
        walker.stretch(steps)
        right = walker.hands().right
        assert right is not None
        assert dist(right[:3], walker.pose()[:3]) == pytest.approx(length, abs=0.01)


def test_a_hand_moves_no_faster_than_an_arm_does() -> None:
    walker = Walker()
    places: list[tuple[float, ...]] = []
    for frame in range(200):
        walker.move(1 / 90, Steps(reach=frame < 100))
        right = walker.hands().right
        if right is not None:
            places.append(right[:3])
    assert len(places) > 100
    assert max(dist(a, b) for a, b in pairwise(places)) * 90 < 8.0


def swung(pose: Pose, vector: tuple[float, float, float]) -> tuple[float, float, float]:
    """A vector turned by the pose's quaternion."""
    x, y, z, w = pose[3:]
    vx, vy, vz = vector
    tx, ty, tz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    return (vx + w * tx + y * tz - z * ty, vy + w * ty + z * tx - x * tz, vz + w * tz + x * ty - y * tx)
