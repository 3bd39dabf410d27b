"""Rims turn about their own axles, nothing else of a vehicle does, and at speed they blur instead of seeming to turn back."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from scenes.kit import stored, wheels
from scenes.road import fleet
from vr_runtime.stage.flock import BLURRED_TO, TURNS_PER_BLUR, rolling
from vr_runtime.stage.mesh import Mesh, merge

KINDS = ("bus", "hatch", "lorry", "suv", "truck", "van")
AXLES = {"bus": 2, "hatch": 2, "lorry": 5, "suv": 2, "truck": 3, "van": 2}


@cache
def parts() -> dict[str, Mesh]:
    return stored.load(fleet.MODEL)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_rims_turn_about_their_axles_and_nothing_else_does(kind: str) -> None:
    gloss, tyres = parts()[f"{kind}.gloss"], parts()[f"{kind}.tyres"]
    made = wheels.turning(gloss, tyres)
    assert made.axle is not None
    turns = made.axle[:, 1] > 0.0
    there = wheels.wheels(tyres)
    assert len(there) == 2 * AXLES[kind]
    away = np.hypot(made.positions[:, 1] - made.axle[:, 0], made.positions[:, 2] - made.axle[:, 1])
    assert away[turns].max() < 0.82 * max(wheel.radius_m for wheel in there)
    for wheel in there:
        own = turns & (np.sign(made.positions[:, 0]) == wheel.side) & (made.axle[:, 0] == np.float32(wheel.y))
        # all round
        at = made.positions[own]
        angles = np.arctan2(at[:, 2] - wheel.radius_m, at[:, 1] - wheel.y)
        assert len(np.unique(np.round(angles, 1))) >= 20
    # a triangle turns whole or not at all
    whole = turns[made.triangles]
    assert (whole.all(axis=1) == whole.any(axis=1)).all()
    # what turns carries no shade around
    assert made.occlusion is not None
    assert np.ptp(made.occlusion[turns]) == 0.0


def test_joined_with_what_has_no_wheels_they_still_turn() -> None:
    shiny, *_ = fleet.bodies(parts(), "hatch", 0)
    assert shiny.axle is not None
    assert 0 < (shiny.axle[:, 1] > 0.0).sum() < len(shiny.axle)
    assert merge([parts()["hatch.matt"], parts()["hatch.tyres"]]).axle is None


def test_a_wheel_turns_once_in_its_circumference_and_blurs_with_speed() -> None:
    radius = np.array([0.32])
    once = 2.0 * np.pi * radius
    for share in (0.0, 0.25, 0.9):
        for way in (share * once, (40.0 + share) * once, (-7.0 + share) * once):
            turned = rolling(way, np.zeros(1), radius)
            assert turned == pytest.approx(share, abs=1e-6) or turned == pytest.approx(share + 1.0 - 1e-4)
    levels = [float(np.floor(rolling(once, np.array([v]), radius))[0]) for v in (0.0, 1.0, 4.0, 13.9, 36.0)]
    assert levels == sorted(levels)
    assert levels[0] == 0.0
    assert levels[-1] == BLURRED_TO
    # in town: blurred over more than the tenth of a turn from spoke to spoke
    assert levels[3] * TURNS_PER_BLUR > 2.0 * np.pi / 10.0
    assert (rolling(np.array([-0.0, 1e9]), np.full(2, 36.0), np.full(2, 0.32)) < BLURRED_TO + 1.0).all()
