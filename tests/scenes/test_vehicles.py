"""The vehicles of the street and the road stand on round tyres of dark rubber, and nothing bright stands where rubber is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scenes.heights import vehicles
from scenes.kit import stored
from scenes.road import fleet
from scenes.road.route import POOL
from vr_runtime.stage import assets
from vr_runtime.stage.mesh import Mesh, merge

Array = NDArray[np.floating]
KINDS = ("bus", "hatch", "lorry", "suv", "truck", "van")
AXLES = {"bus": 2, "hatch": 2, "lorry": 5, "suv": 2, "truck": 3, "van": 2}
RUBBER = 0.06
"""The most that the rubber of a tyre reflects, linear."""


class Wheel(NamedTuple):
    y: float
    radius: float
    low_x: float
    high_x: float
    sides: int


@cache
def parts() -> dict[str, Mesh]:
    return stored.load(fleet.MODEL)[0]


@cache
def picture() -> Array:
    shown = np.asarray(Image.open(assets.path(vehicles.PICTURE)).convert("RGB")) / 255.0
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)


def reflected(mesh: Mesh) -> Array:
    """(m,) what each triangle reflects in its middle: the picture there times the tint, linear luminance."""
    assert mesh.uvs is not None
    assert mesh.tint is not None
    u, v = mesh.uvs[mesh.triangles].mean(axis=1).T
    high, wide, _ = picture().shape
    texel = picture()[
        np.clip(((1.0 - v) * high).astype(int), 0, high - 1), np.clip((u * wide).astype(int), 0, wide - 1)
    ]
    return (texel * mesh.tint[mesh.triangles].mean(axis=1)) @ (0.2126, 0.7152, 0.0722)


def wheels(kind: str) -> list[Wheel]:
    """From the tyres alone: where they touch the ground, and how far they go up above that place."""
    mesh = parts()[f"{kind}.tyres"]
    at = mesh.positions
    ground = at[at[:, 2] < 0.006]
    found = []
    for side in (-1, 1):
        ys = np.sort(ground[np.sign(ground[:, 0]) == side, 1])
        for touching in np.split(ys, np.flatnonzero(np.diff(ys) > 0.4) + 1):
            y = float(touching.mean())
            own = at[(np.sign(at[:, 0]) == side) & (np.abs(at[:, 1] - y) < 0.05)]
            radius = float(own[:, 2].max()) / 2
            near = at[
                (np.sign(at[:, 0]) == side) & (np.hypot(at[:, 1] - y, at[:, 2] - radius) < 1.01 * radius)
            ]
            rim = near[np.hypot(near[:, 1] - y, near[:, 2] - radius) > 0.985 * radius]
            turns = np.degrees(np.arctan2(rim[:, 2] - radius, rim[:, 1] - y)) % 360.0
            sides = len(np.unique(np.round(turns / 4.0)))
            found.append(Wheel(y, radius, float(near[:, 0].min()), float(near[:, 0].max()), sides))
    return found


def test_every_vehicle_that_drives_is_looked_at() -> None:
    assert {name.split(".")[0] for name in parts()} == set(KINDS)
    assert set(POOL) - {"ambulance"} | set(vehicles.KINDS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_wheel_has_a_round_tyre_on_the_ground(kind: str) -> None:
    found = wheels(kind)
    assert len(found) == 2 * AXLES[kind]
    for wheel in found:
        assert 0.29 < wheel.radius < 0.56
        assert wheel.sides >= 20
        assert 0.15 < wheel.high_x - wheel.low_x < 0.65


@pytest.mark.parametrize("kind", KINDS)
def test_where_a_tyre_is_all_that_is_drawn_is_dark(kind: str) -> None:
    """Whichever part it belongs to: a face of another part that shows the wrong corner of the picture is found too."""
    every = [mesh for name, mesh in parts().items() if name.startswith(f"{kind}.")]
    whole = merge(every)
    bright = reflected(whole)
    corners = whole.positions[whole.triangles]
    middle = corners.mean(axis=1)
    for wheel in wheels(kind):
        away = np.hypot(corners[..., 1] - wheel.y, corners[..., 2] - wheel.radius).max(axis=1)
        out = np.hypot(middle[:, 1] - wheel.y, middle[:, 2] - wheel.radius) / wheel.radius
        within = (corners[..., 0] > wheel.low_x - 0.02) & (corners[..., 0] < wheel.high_x + 0.02)
        there = within.all(axis=1) & (away < 1.01 * wheel.radius)
        rubber = there & (out > 0.82)
        assert rubber.sum() > 60
        assert bright[rubber].max() < RUBBER
        # and the rim is no rubber
        assert bright[there & (out < 0.5)].max() > 1.5 * RUBBER


@pytest.mark.parametrize("kind", KINDS)
def test_the_scenes_draw_the_tyres(kind: str) -> None:
    tyres = parts()[f"{kind}.tyres"].triangle_count

    def drawn(meshes: Sequence[Mesh | None]) -> int:
        return sum(mesh.triangle_count for mesh in meshes if mesh is not None)

    def stored_in(*leave_out: str) -> int:
        return sum(
            mesh.triangle_count
            for name, mesh in parts().items()
            if name.split(".")[0] == kind and name.split(".")[1] not in leave_out
        )

    # panes are in the gloss too; who looks through them draws them apart, and what is behind them
    assert 0 < tyres < stored_in("panes", "inside", "driver")
    assert drawn(fleet.bodies(parts(), kind, 0)) == stored_in("panes")
    if kind in vehicles.KINDS:
        every = stored_in("panes", "inside", "driver")
        assert drawn(vehicles.body(parts(), kind, (1.0, 1.0, 1.0))) == every
