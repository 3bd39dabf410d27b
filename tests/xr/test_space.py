"""The tracked space in the runtime's, and the axes between them."""

from __future__ import annotations

from math import cos, pi, sin
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.display.openxr.convert import to_pose, to_xr
from vr_runtime.display.openxr.space import (
    EYE_HEIGHT_M,
    LOCAL,
    LOCAL_FLOOR,
    STAGE,
    Base,
    Change,
    Origin,
    choose_base,
    moved,
)
from vr_runtime.display.tracked import HERE, Space, heading
from vr_runtime.protocol.pose import Pose

VIEW = 1
metres = st.floats(-5, 5)
turns = st.floats(-pi, pi)


def at(x: float, y: float, z: float = 1.6, turn: float = 0.0) -> Pose:
    return Pose(x, y, z, 0.0, 0.0, sin(turn / 2), cos(turn / 2))


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ((VIEW, LOCAL, LOCAL_FLOOR, STAGE), Base(STAGE, 0.0)),
        ((VIEW, LOCAL, STAGE), Base(STAGE, 0.0)),
        ((VIEW, LOCAL, LOCAL_FLOOR), Base(LOCAL_FLOOR, 0.0)),
        ((VIEW, LOCAL), Base(LOCAL, EYE_HEIGHT_M)),
    ],
)
def test_a_floor_that_was_measured_comes_first(offered: tuple[int, ...], chosen: Base) -> None:
    assert choose_base(offered) == chosen


def test_a_person_of_another_height_where_no_floor_is_known() -> None:
    assert choose_base((VIEW, LOCAL), 1.2) == Base(LOCAL, 1.2)


def test_a_space_that_we_are_not_in_moves_nothing() -> None:
    origin = Origin(Base(LOCAL, 1.6))
    origin.change(Change(STAGE, 0, at(1.0, 1.0)))
    origin.settle(10, at(0.3, 0.4))
    assert (origin.space, origin.changes) == (HERE, 0)


@pytest.mark.parametrize("base", [STAGE, LOCAL, LOCAL_FLOOR])
@pytest.mark.parametrize("kind", [LOCAL, LOCAL_FLOOR])
def test_the_headsets_own_recentring_recentres_when_its_time_has_come(base: int, kind: int) -> None:
    origin = Origin(Base(base, 0.0))
    origin.change(Change(kind, 100, None))
    origin.settle(99, at(1.0, 2.0))
    assert origin.space == HERE
    origin.settle(100, at(1.0, 2.0, turn=0.5))
    assert (origin.space.x, origin.space.y, origin.space.heading) == pytest.approx((1.0, 2.0, 0.5))
    origin.settle(200, at(3.0, 3.0))
    assert origin.space.x == pytest.approx(1.0)


def test_recentring_waits_for_a_head() -> None:
    origin = Origin(Base(STAGE, 0.0))
    origin.change(Change(LOCAL, 0, None))
    origin.settle(1, None)
    assert origin.space == HERE
    origin.settle(2, at(0.5, 0.0))
    assert origin.space.x == pytest.approx(0.5)


@given(metres, metres, turns, metres, metres, turns, metres, metres, turns)
def test_a_new_boundary_leaves_the_patient_where_they_are(
    x: float, y: float, turn: float, ox: float, oy: float, oturn: float, hx: float, hy: float, hturn: float
) -> None:
    origin = Origin(Base(STAGE, 0.0))
    origin.recentre(at(x, y, turn=turn))
    head = at(hx, hy, turn=hturn)
    before = origin.space.pose(head)
    # the stage moves: what was at `head` has other coordinates from now on
    new_origin = at(ox, oy, 0.0, oturn)
    origin.change(Change(STAGE, 5, new_origin))
    origin.settle(5, None)
    after = origin.space.pose(Space(ox, oy, oturn).pose(head))
    assert after[:3] == pytest.approx(before[:3], abs=1e-6)
    turned = (heading(after) - heading(before) + pi) % (2 * pi) - pi
    assert turned == pytest.approx(0.0, abs=1e-6)


def test_a_stage_that_moved_by_nobody_knows_how_much_recentres() -> None:
    origin = Origin(Base(STAGE, 0.0))
    origin.change(Change(STAGE, 5, None))
    origin.settle(5, at(2.0, 0.0))
    assert origin.space.x == pytest.approx(2.0)


def test_a_new_session_keeps_the_place_and_forgets_what_was_announced_in_the_old_one() -> None:
    origin = Origin(Base(STAGE, 0.0))
    origin.recentre(at(1.0, 0.0))
    origin.change(Change(LOCAL, 5, None))
    origin.rebase(Base(LOCAL, 1.6))
    origin.settle(10, at(3.0, 0.0))
    assert origin.space.x == pytest.approx(1.0)


def test_nothing_moves_by_a_move_of_nothing() -> None:
    space = Space(1.0, -2.0, 0.7)
    same = moved(space, Pose())
    assert (same.x, same.y, same.heading) == pytest.approx((1.0, -2.0, 0.7))


def test_the_axes() -> None:
    def posef(x: float, y: float, z: float) -> Any:
        return SimpleNamespace(
            position=SimpleNamespace(x=x, y=y, z=z), orientation=SimpleNamespace(x=0, y=0, z=0, w=1)
        )

    right, up, ahead = (to_pose(posef(*axis)) for axis in ((1, 0, 0), (0, 1, 0), (0, 0, -1)))
    assert (right[:3], up[:3], ahead[:3]) == ((1, 0, 0), (0, 0, 1), (0, 1, 0))


@given(metres, metres, metres, turns)
def test_there_and_back(x: float, y: float, z: float, turn: float) -> None:
    pose = at(x, y, z, turn)
    position, orientation = to_xr(pose)
    posef: Any = SimpleNamespace(
        position=SimpleNamespace(**dict(zip("xyz", position, strict=True))),
        orientation=SimpleNamespace(**dict(zip("xyzw", orientation, strict=True))),
    )
    back = to_pose(posef)
    assert back == pytest.approx(pose)
