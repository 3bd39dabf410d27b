"""Keys walk the head slowly, the mouse turns it, crouching lowers it."""

from __future__ import annotations

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.display.tracked import heading
from vr_runtime.display.walker import (
    CROUCHED_M,
    EYE_HEIGHT_M,
    REACH_M,
    STEEPEST_DEG,
    WALK_M_S,
    Steps,
    Walker,
)


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
