"""Patches keep the normals they were given, wherever they are collected."""

from __future__ import annotations

import numpy as np

from scenes.kit.quads import Quads

FLOOR = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
WALL = np.array([[0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1]])
ROUND = np.array([[-0.6, -0.8, 0], [0.6, -0.8, 0], [0.6, -0.8, 0], [-0.6, -0.8, 0]])
UP, SOUTH = (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)


def test_a_patch_without_normals_is_flat_and_one_with_normals_keeps_them() -> None:
    made = Quads()
    made.add(FLOOR)
    made.add(WALL, normals=ROUND)
    made.add(WALL)
    normals = made.mesh().normals.reshape(-1, 4, 3)
    np.testing.assert_allclose(normals[0], np.tile(UP, (4, 1)))
    np.testing.assert_allclose(normals[1], ROUND)
    np.testing.assert_allclose(normals[2], np.tile(SOUTH, (4, 1)))


def test_normals_stay_with_their_patches_in_a_larger_collection() -> None:
    first, second = Quads(), Quads()
    first.add([FLOOR, WALL])
    second.add(FLOOR)
    second.add(WALL, normals=ROUND)
    first.extend(second)
    first.add(FLOOR)
    normals = first.normals()
    assert normals.shape == (first.count, 4, 3)
    np.testing.assert_allclose(normals[3], ROUND)
    np.testing.assert_allclose(normals[[0, 2, 4]], np.tile(UP, (3, 4, 1)))
    np.testing.assert_allclose(normals[1], np.tile(SOUTH, (4, 1)))
