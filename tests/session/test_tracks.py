"""Tracks by themselves: what a mutant of intensity.py could change without a whole session noticing it."""

from __future__ import annotations

import pytest

from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.session.intensity import Tracks

HEIGHTS = find_scenes()["heights"].manifest


def tracks(**values: float | str) -> Tracks:
    return Tracks(HEIGHTS, {**HEIGHTS.defaults(), **values})


def slewing(manifest: SceneManifest) -> str:
    return next(p.id for p in manifest.parameters if p.kind == "number" and p.slew is not None)


NAME = slewing(HEIGHTS)


def test_a_ramp_takes_its_time_from_wherever_to_wherever() -> None:
    parameter = HEIGHTS.parameter(NAME)
    assert parameter is not None
    assert parameter.kind == "number"
    low = parameter.min + 0.25 * (parameter.max - parameter.min)
    moving = tracks(**{NAME: parameter.max})
    moving.aim(NAME, low, ramp_s=4.0)
    for _ in range(39):
        moving.move(0.1, frozen=False)
    assert moving.tracks[NAME].value != low
    half = tracks(**{NAME: parameter.max})
    half.aim(NAME, low, ramp_s=4.0)
    half.move(2.0, frozen=False)
    assert half.tracks[NAME].value == pytest.approx((parameter.max + low) / 2)
    moving.move(0.1001, frozen=False)
    assert moving.tracks[NAME].value == low


def test_a_frame_in_which_nothing_moves_says_so() -> None:
    still = tracks()
    assert not still.move(0.1, frozen=False)
    parameter = still.tracks[NAME].parameter
    assert parameter.kind == "number"
    still.aim(NAME, parameter.max)
    assert not still.move(0.1, frozen=True), "a frozen scene moves nothing"
    assert still.move(0.1, frozen=False)


def test_what_has_arrived_is_settled_and_not_before() -> None:
    moving = tracks()
    parameter = moving.tracks[NAME].parameter
    assert parameter.kind == "number"
    moving.aim(NAME, parameter.max)
    assert not moving.settled
    moving.move(1e6, frozen=False)
    assert moving.settled
    assert moving.tracks[NAME].value == parameter.max


def test_what_is_called_off_stays_and_is_settled() -> None:
    moving = tracks()
    parameter = moving.tracks[NAME].parameter
    assert parameter.kind == "number"
    easy, hard = sorted((parameter.min, parameter.max), key=parameter.hardness)
    moving.tracks[NAME].value = moving.tracks[NAME].target = easy
    moving.aim(NAME, hard)
    moving.move(0.05, frozen=False)
    here = moving.tracks[NAME].value
    assert easy != here != hard
    (move,) = moving.call_off()
    assert (move.previous, move.target) == (hard, here)
    assert moving.settled
    assert not moving.move(1.0, frozen=False)
    assert moving.call_off() == []


def lift(speed: float) -> Tracks:
    """In the lift, on its way from 10 m to 20 m."""
    moving = tracks(place="lift", lift_speed=speed, height=10.0)
    moving.aim("height", 20.0)
    return moving


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_what_the_scene_carries_goes_at_the_carriers_speed_and_does_not_blink(speed: float) -> None:
    moving = lift(speed)
    assert moving.move(2.0, frozen=False)
    assert moving.tracks["height"].value == pytest.approx(10.0 + 2.0 * speed)
    assert not moving.wants_blink(frozen=False)


def test_a_carrier_that_stands_blinks_and_one_that_is_still_to_appear_is_waited_for() -> None:
    standing = lift(0.0)
    assert not standing.move(1.0, frozen=False)
    assert standing.wants_blink(frozen=False)
    coming = tracks(place="balcony", lift_speed=1.0, height=10.0)
    coming.aim("place", "lift")
    coming.aim("height", 20.0)
    coming.move(1.0, frozen=False)
    assert coming.tracks["height"].value == 10.0
    coming.turn(frozen=False)
    assert coming.tracks["place"].value == "lift"
    coming.move(1.0, frozen=False)
    assert coming.tracks["height"].value == 11.0
