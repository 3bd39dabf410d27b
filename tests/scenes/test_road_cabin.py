"""The inside of the own car: the sun reaches where it would, and whoever sits there wears a belt."""

from __future__ import annotations

import numpy as np
import pytest
from panda3d.core import NodePath

from scenes.kit import stored
from scenes.road import cabin, fleet, shadows
from scenes.road.own_car import OwnCar
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.lamps import Lamps
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    lamps = Lamps(NodePath("root"))
    lamps.panes(shadows.TO_SUN, cabin.panes())
    return np.array(lamps._panes.rows, dtype=np.float64)


def inside(rows: np.ndarray, point: tuple[float, float, float]) -> float:
    """As ``cabin.glsl`` works it out: how far inside the nearest pane the sun's ray passes, m; below 0: none."""
    at = rows[:2, :3] @ np.asarray(point)
    edges = rows[2:].reshape(4, 4, 4)
    return float((edges[..., :2] @ at - edges[..., 2]).min(axis=1).max())


def ray_meets_windscreen(point: tuple[float, float, float]) -> bool:
    """The same by following the ray, for the windscreen alone."""
    sun = np.asarray(shadows.TO_SUN)
    corners = np.array(
        [cabin.windscreen(*at) for at in ((-0.93, 0.02), (0.93, 0.02), (0.93, 0.985), (-0.93, 0.985))]
    )
    for a, b, c in ((0, 1, 2), (0, 2, 3)):
        matrix = np.column_stack([corners[b] - corners[a], corners[c] - corners[a], -sun])
        u, v, t = np.linalg.solve(matrix, np.asarray(point) - corners[a])
        if u >= 0 and v >= 0 and u + v <= 1 and t > 0:
            return True
    return False


def test_the_sun_falls_on_the_dashboard_and_not_on_the_floor(rows: np.ndarray) -> None:
    assert inside(rows, (0.1, 0.95, 0.972)) > 0.02
    assert inside(rows, (-0.36, 0.20, 0.66)) > 0.02, "through the driver's window on the lap"
    for x in (-0.36, 0.36):
        assert inside(rows, (x, 0.55, 0.30)) < -0.02
    assert inside(rows, (0.0, -0.2, 1.40)) < 0.0, "nor on the lining of the roof"


def test_it_is_the_same_sun_that_a_ray_through_the_windscreen_finds(rows: np.ndarray) -> None:
    met = [
        (x, y)
        for x in np.linspace(-0.6, 0.6, 7)
        for y in np.linspace(0.66, 1.1, 5)
        if ray_meets_windscreen((float(x), float(y), 0.972))
    ]
    assert len(met) > 20
    assert all(inside(rows, (x, y, 0.972)) > -0.02 for x, y in met)


def test_without_panes_no_sun_shines_in() -> None:
    lamps = Lamps(NodePath("root"))
    assert inside(np.array(lamps._panes.rows, dtype=np.float64), (0.1, 0.95, 0.972)) < -100.0


@pytest.mark.parametrize(
    ("role", "driven", "worn"),
    [
        ("driver", True, {"lap_left", "worn_left", "hung_right"}),
        ("passenger", True, {"lap_right", "worn_right"}),
        ("passenger", False, {"lap_right", "worn_right", "hung_left"}),
    ],
)
def test_who_sits_in_the_car_wears_a_belt_and_the_patient_has_one_lap(
    role: str, driven: bool, worn: set[str]
) -> None:
    root = NodePath("root")
    car = OwnCar(Kitchen(root, GraphicsSettings(width=32, height=18)))
    car.seat(role, driven)
    assert {name for name, node in car._body.items() if not node.is_hidden()} == worn


def test_the_lap_is_under_the_patients_eyes_and_out_of_the_wheel() -> None:
    meshes, _ = stored.load("models/own_car.npz")
    for name, x in (("lap_left", -cabin.SEAT_X), ("lap_right", cabin.SEAT_X)):
        at = meshes[name].positions
        assert abs(at[:, 0].mean() - x) < 0.05
        assert at[:, 2].max() < cabin.EYE_Z - 0.25, "a head that bends forward does not look out of a chest"
        assert at[:, 2].min() > 0.25
        assert at[:, 1].max() < 1.05


@pytest.mark.parametrize("kind", ["hatch", "suv", "van"])
def test_one_sees_through_a_cars_panes_who_drives(kind: str) -> None:
    parts, _ = stored.load(fleet.MODEL)
    gloss, panes = parts[f"{kind}.gloss"], parts[f"{kind}.panes"]
    last = gloss.positions[gloss.triangles[-panes.triangle_count :]]
    assert np.allclose(last, panes.positions[panes.triangles], atol=1e-3), (
        "the last of the gloss are the panes"
    )
    driven, dull, clear = fleet.bodies(parts, kind, 1)
    _, parked, _ = fleet.bodies(parts, kind, 1, driven=False)
    assert clear is panes
    assert dull.triangle_count - parked.triangle_count == parts[f"{kind}.driver"].triangle_count
    assert driven.triangle_count < gloss.triangle_count + parts[f"{kind}.paint"].triangle_count
