"""Meshes are kept whole through moving, joining, saving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vr_runtime.stage.mesh import Mesh, box, merge, quad


def outward(mesh: Mesh) -> np.ndarray:
    """For each triangle, its winding's normal times its vertices' normal."""
    a, b, c = (mesh.positions[mesh.triangles[:, i]] for i in range(3))
    faces = np.cross(b - a, c - a)
    return (faces * mesh.normals[mesh.triangles[:, 0]]).sum(axis=1)


def test_a_box_is_closed_and_seen_from_outside() -> None:
    made = box((2, 3, 4), (1, 1, 1))
    assert made.triangle_count == 12
    assert (outward(made) > 0).all()
    np.testing.assert_allclose(made.positions.min(axis=0), [0, -0.5, -1])
    np.testing.assert_allclose(made.positions.max(axis=0), [2, 2.5, 3])
    # outward also from the middle
    assert ((made.positions - np.array([1, 1, 1])) * made.normals).sum(axis=1).min() > 0


def test_a_boxs_walls_have_upright_textures() -> None:
    made = box((2, 3, 4))
    assert made.uvs is not None
    for face in range(6):
        rows = slice(face * 4, face * 4 + 4)
        normal = made.normals[face * 4]
        if abs(normal[2]) < 0.5:
            z = made.positions[rows, 2]
            np.testing.assert_allclose(made.uvs[rows, 1], z - z.min(), atol=1e-6)


def test_a_quad_is_cut_into_a_grid_facing_its_normal() -> None:
    made = quad([[0, 0, 0], [4, 0, 0], [4, 2, 0], [0, 2, 0]], uv=(4, 2), rows=2, columns=4)
    assert made.triangle_count == 16
    assert (outward(made) > 0).all()
    np.testing.assert_allclose(made.normals, np.tile([0, 0, 1], (15, 1)))
    np.testing.assert_allclose(made.uvs, made.positions[:, :2], atol=1e-6)


def test_moving_turns_counter_clockwise_seen_from_above() -> None:
    mesh = Mesh(np.array([[0, 1, 0]]), np.array([[0, 1, 0]]), np.zeros((0, 3)))
    moved = mesh.moved(10, 0, 0, heading_deg=90.0, scale=2.0)
    np.testing.assert_allclose(moved.positions, [[8, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(moved.normals, [[-1, 0, 0]], atol=1e-6)


def test_a_mirroring_matrix_keeps_faces_outward() -> None:
    mirrored = box((1, 2, 3)).transformed(np.diag([-2.0, 1.0, 0.5, 1.0]))
    assert (outward(mirrored) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(mirrored.normals, axis=1), 1.0, atol=1e-6)


def test_joining_fills_what_some_lack() -> None:
    one, two = box((1, 1, 1)), box((1, 1, 1)).moved(5).tinted((0.5, 0.2, 0.1))
    both = merge([one, two])
    assert both.triangle_count == 24
    assert (outward(both) > 0).all()
    assert both.tint is not None
    np.testing.assert_allclose(both.tint[:24], 1.0)
    np.testing.assert_allclose(both.tint[24:], np.tile([0.5, 0.2, 0.1], (24, 1)), atol=1e-6)
    assert both.light is None


def test_a_mesh_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = box((1, 2, 3)).tinted((0.1, 0.2, 0.3))
    made.save(tmp_path / "box.npz")
    back = Mesh.load(tmp_path / "box.npz")
    for name in ("positions", "normals", "triangles", "uvs", "tint"):
        np.testing.assert_array_equal(getattr(made, name), getattr(back, name))
    assert back.light is None


def test_columns_of_another_length_and_triangles_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="2 normals for 3 vertices"):
        Mesh(np.zeros((3, 3)), np.zeros((2, 3)), np.zeros((0, 3)))
    with pytest.raises(ValueError, match="vertex 3 of 3"):
        Mesh(np.zeros((3, 3)), np.zeros((3, 3)), np.array([[0, 1, 3]]))
