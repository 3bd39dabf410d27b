"""Who drives when the patient does not: her hands stay on the rim, and she lives."""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
import pytest

from scenes.kit import stored
from scenes.road import cabin, driver
from scenes.road.seats import SEAT_AHEAD_M, seat_and_rest


@pytest.fixture(scope="module")
def bones() -> driver.Skeleton:
    return driver.load()[1]


def moved(bodies: driver.Bodies, matrices: np.ndarray) -> np.ndarray:
    shares = bodies.shares / 255.0
    rows = (matrices[bodies.bones] * shares[..., None, None]).sum(axis=1)
    return np.einsum("nij,nj->ni", rows[..., :3], bodies.mesh.positions) + rows[..., 3]


def from_rim(points: np.ndarray) -> np.ndarray:
    """How far points are from the middle line of the wheel's rim, m."""
    c, s = cos(cabin.WHEEL_TILT), sin(cabin.WHEEL_TILT)
    at = points - np.array(cabin.WHEEL)
    across, up, ahead = at[:, 0], at @ [0.0, s, c], at @ [0.0, c, -s]
    return np.hypot(np.hypot(across, up) - cabin.WHEEL_RADIUS, ahead)


@pytest.mark.parametrize("steering_deg", [-12.0, 0.0, 12.0])
@pytest.mark.parametrize("side", ["l", "r"])
def test_her_hands_are_closed_round_the_rim_wherever_the_wheel_is(
    bones: driver.Skeleton, side: str, steering_deg: float
) -> None:
    body = driver.load()[0]["body"]
    hand = body.bones[:, 0] == bones.index[f"hand_{side}"]
    at = moved(body, bones.posed(3.0, radians(steering_deg)))[hand]
    gap = from_rim(at)
    assert np.sum(gap < 0.024) > 20, "palm and fingers touch it"
    assert np.quantile(gap, 0.02) > 0.008, "and do not go through it"


def test_the_hands_go_with_the_wheel(bones: driver.Skeleton) -> None:
    turned, straight = bones.posed(3.0, 0.2), bones.posed(3.0, 0.0)
    for side, up in (("r", 1.0), ("l", -1.0)):
        i = bones.index[f"hand_{side}"]
        rise = (turned[i] - straight[i]) @ np.array([*bones.joints[i], 1.0])
        assert up * rise[2] > 0.02, "to the left: the right hand rises"


def test_she_looks_at_the_road_most_of_the_time_and_at_mirrors_and_the_patient_now_and_then() -> None:
    times = np.arange(0.0, 400.0, 0.1)
    aim = np.array([np.add(*driver.look(float(t))) for t in times])
    road = np.abs(aim[:, 0]) < 0.15
    assert 0.6 < road.mean() < 0.95
    mirror = (np.abs(aim[:, 0] + 0.84) < 0.15) & (aim[:, 1] > 0.05)
    patient = aim[:, 0] < -1.2
    assert 0.005 < mirror.mean() < 0.2
    assert 0.001 < patient.mean() < 0.06, "for a moment"
    steps = np.abs(np.diff(np.array([driver.look(float(t))[0] for t in times]), axis=0)).max()
    assert steps < 0.45, "heads do not jump"


def test_she_breathes_and_blinks(bones: driver.Skeleton) -> None:
    chest, lid, head = (bones.index[name] for name in ("spine3", "lid_r", "head"))
    poses = [bones.posed(float(t), 0.0) for t in np.arange(0.0, 12.0, 0.05)]
    assert np.ptp([pose[chest, 2, 1] for pose in poses]) > 0.01
    shut = [
        np.arccos(np.clip((np.trace(pose[head, :, :3].T @ pose[lid, :, :3]) - 1) / 2, -1, 1))
        for pose in poses
    ]
    assert max(shut) > 0.5


def test_she_is_a_pure_function_of_time_and_wheel(bones: driver.Skeleton) -> None:
    assert np.array_equal(bones.posed(7.3, 0.1), bones.posed(7.3, 0.1))


def test_her_seat_is_cut_out_of_the_upholstery_whole() -> None:
    cloth = stored.load("models/own_car.npz")[0]["cloth"]
    seat, rest = seat_and_rest(cloth)
    assert seat.triangle_count + rest.triangle_count == cloth.triangle_count
    assert seat.triangle_count > 6000
    x = seat.positions[:, 0]
    assert abs(x.min() + x.max() + 2 * cabin.SEAT_X) < 0.03, "as much on its left as on its right"
    assert 0.0 < SEAT_AHEAD_M < 0.15


def test_her_back_lies_in_the_backrest() -> None:
    cloth = stored.load("models/own_car.npz")[0]["cloth"]
    seat, _ = seat_and_rest(cloth)
    body = driver.load()[0]["body"].mesh.positions
    back = body[(np.abs(body[:, 0] + cabin.SEAT_X) < 0.06) & (np.abs(body[:, 2] - 0.90) < 0.05), 1].min()
    rest = seat.positions + [0.0, SEAT_AHEAD_M, 0.0]
    near = rest[(np.abs(rest[:, 0] + cabin.SEAT_X) < 0.06) & (np.abs(rest[:, 2] - 0.90) < 0.05), 1]
    assert -0.05 < back - near.max() < 0.01
