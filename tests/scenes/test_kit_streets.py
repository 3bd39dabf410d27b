"""What stands and lies in the city's streets: shops that differ, people who stay clear of those who walk."""

from __future__ import annotations

import numpy as np

from scenes.heights import street_life
from scenes.heights.logic import PEOPLE
from scenes.kit import marks, shopfronts
from scenes.kit.facades import Parts, Plane
from scenes.kit.quads import X, Y
from scenes.kit.town import plan

FRONTS = (15.0, 18.0, 17.0, 16.0, 18.0)
"""Widths of neighbouring houses, m."""


def test_no_shop_comes_again_within_twelve_along_a_street_of_houses() -> None:
    street: list[int] = []
    at = -58.0
    for width in FRONTS:
        count = max(1, int(width / shopfronts.UNIT_M))
        street += shopfronts.numbers(Plane(np.array([at, 18.6, 0.12]), X, -Y), count).tolist()
        at += width
    assert len(street) == 15
    assert set(street) <= set(range(shopfronts.SHOPS))
    assert all(len(set(street[k : k + 12])) == 12 for k in range(len(street) - 11))


def test_who_stays_across_the_street_stands_clear_of_those_who_walk_and_of_each_other() -> None:
    stay = street_life.staying()
    assert len(stay.at) == street_life.STAYING == 6
    walkers = street_life.walkers(PEOPLE - 6, np.random.default_rng(12))
    nearest = min(
        float(np.linalg.norm(walkers.doing(t).at[:, None, :2] - stay.at[None, :, :2], axis=2).min())
        for t in np.arange(0.0, 300.0, 0.5)
    )
    assert nearest > 0.40
    apart = np.linalg.norm(stay.at[:, None] - stay.at[None], axis=2) + 9.0 * np.eye(6)
    assert apart.min() > 0.7


def test_marks_lie_on_the_ground_face_up_and_take_their_cells_of_the_picture() -> None:
    parts = Parts()
    marks.lay(parts, plan(np.random.default_rng(20)))
    mesh = parts["marks"].mesh()
    assert mesh.triangle_count > 400
    assert float(mesh.normals[:, 2].min()) > 0.999
    heights = np.unique(np.round(mesh.positions[:, 2].astype(float), 4))
    assert heights.tolist() == [0.005, 0.125], "on the road or on a pavement"
    assert mesh.uvs is not None
    cells = np.floor(mesh.uvs.reshape(-1, 4, 2) * 4.0)
    assert (cells == cells[:, :1]).all(), "a mark reaches over its cell"
