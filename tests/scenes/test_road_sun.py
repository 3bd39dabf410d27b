"""The road's shadows lie where the sun throws them, and are as strong as the sun."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.road import places, shadows
from scenes.road.air import air
from scenes.road.route import PERIOD_M, SIZES
from vr_runtime.stage.sunstrip import TOP_M, SunStrip


def height(strip: SunStrip, x: float, y: float) -> float:
    """The highest thing, m, within a cell of where the sun's ray meets the ground."""
    i = int(y % PERIOD_M / shadows.CELL_M)
    j = int((x - strip.low_x_m) / shadows.CELL_M)
    rows = np.arange(i - 1, i + 2) % len(strip.heights)
    return float(strip.heights[rows, j - 1 : j + 2].max()) / 255.0 * TOP_M


def test_every_place_under_the_sky_has_shadows_and_the_tunnel_none() -> None:
    made = shadows.load()
    assert set(made) == {name for name, look in places.LOOKS.items() if look.tube_m == 0.0}
    for strip in made.values():
        shaded = float((strip.heights > 0).mean())
        assert 0.01 < shaded < 0.9


@pytest.mark.parametrize(("name", "x", "high"), [("residential", -6.1, 6.0), ("junction", -4.6, 7.8)])
def test_a_lamp_post_throws_its_shadow_along_the_suns_rays(name: str, x: float, high: float) -> None:
    strip = shadows.load()[name]
    sx, sy = shadows.TO_SUN[0] / shadows.TO_SUN[2], shadows.TO_SUN[1] / shadows.TO_SUN[2]
    lamps = places.LOOKS[name].lamps
    assert lamps is not None
    for z in (0.4 * high, 0.9 * high):
        # of the posts along the street: none is without its shadow
        for k in range(5):
            y = lamps.first_y + k * lamps.spacing_m
            assert height(strip, x - sx * z, y - sy * z) > z - 0.4


def test_shadows_that_are_thrown_go_with_the_sun() -> None:
    def sharp(night: float, rain: float, fog: float) -> float:
        now = air(night, rain, fog, False)
        return shadows.sharpness(now.sun, now.zenith)

    assert 0.8 < sharp(0.0, 0.0, 0.0) <= 1.05
    assert sharp(0.0, 1.0, 0.0) < 0.35
    assert sharp(0.0, 0.3, 0.0) < sharp(0.0, 0.0, 0.0)
    assert sharp(1.0, 0.0, 0.0) == 0.0


@pytest.mark.parametrize("kind", list(SIZES))
def test_a_vehicles_outline_is_as_large_as_the_vehicle(kind: str) -> None:
    at = shadows.outline(kind).positions
    long, wide = SIZES[kind]
    assert np.ptp(at[:, 1]) == pytest.approx(long, abs=0.05)
    assert wide - 0.4 < np.ptp(at[:, 0]) <= wide
    assert 1.4 < at[:, 2].max() < 4.0
