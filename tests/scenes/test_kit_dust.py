"""Dust in the air is drawn, comes and goes without a flash, and nothing of it comes near the patient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from panda3d.core import NodePath

from scenes.kit import dust
from vr_runtime.display.snapshot import Camera
from vr_runtime.scene_views import pose
from vr_runtime.stage.flash_analysis import analyse
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.mesh import box, quad
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SMALL = GraphicsSettings(width=160, height=90)
RATE_HZ = 30.0
FULL_S = 1.0
"""As fast as a therapist's slider could turn it."""
HAZE, REACH_M, SUN, SKY = (0.62, 0.71, 0.81), 1300.0, (2.0, 1.8, 1.5), (0.58, 0.62, 0.66)


class Yard:
    """Pillars on a plain, near and far, in daylight."""

    def __init__(self) -> None:
        self.camera = Camera(SMALL)
        self.world = NodePath("yard")
        self.origin = self.world.attach_new_node("eye's space")
        self.kitchen = kitchen = Kitchen(self.world, SMALL)
        kitchen.sky_dome(clouds=0.3)
        floor = quad([[-90, -90, 0], [90, -90, 0], [90, 90, 0], [-90, 90, 0]], rows=8, columns=8)
        kitchen.mesh("ground", floor, kitchen.material("ground", colour=(0.3, 0.29, 0.27)))
        dark = kitchen.material("pillars", colour=(0.12, 0.10, 0.10))
        self.pillars = {
            y: kitchen.mesh(f"pillar {y}", box((1.0 + y / 30, 1.0, 6.0), (x, y, 3.0)), dark)
            for x, y in ((-4, 9), (3, 20), (-9, 35), (8, 60), (-2, 80))
        }
        self.dust = dust.Dust(kitchen)

    def seen(self, t_s: float, amount: float, *, drifting: bool = True) -> np.ndarray:
        kitchen = self.kitchen
        kitchen.sun((-0.4, -0.3, 0.6), dust.light(amount, SUN))
        kitchen.sky(dust.sky(amount, (0.44, 0.51, 0.63)), dust.sky(amount, SKY), (0.26, 0.25, 0.21))
        kitchen.fog(*dust.air(amount, HAZE, REACH_M))
        self.dust.draw(t_s, amount if drifting else 0.0)
        head = pose(0.0, 0.0)._replace(x=0.0, y=0.0, z=1.6)
        return self.camera.take(
            Picture(self.world, self.origin, head, self.camera.graphics.single_pass)
        ).copy()


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    made = Yard()
    yield made
    made.world.remove_node()
    made.camera.close()


def test_dust_hides_what_is_far_more_than_what_is_near_and_warms_the_picture(yard: Yard) -> None:
    clear, dusty = (yard.seen(3.0, amount).astype(float) for amount in (0.0, 0.8))
    assert dusty[..., 0].mean() - dusty[..., 2].mean() > clear[..., 0].mean() - clear[..., 2].mean() + 15.0

    def stands_out(y: int, amount: float) -> np.ndarray:
        """What a pillar changes in the picture."""
        shown = yard.seen(3.0, amount, drifting=False).astype(float)
        yard.pillars[y].hide()
        gone = yard.seen(3.0, amount, drifting=False)
        yard.pillars[y].show()
        return np.abs(shown - gone).mean(axis=-1)

    left = {}
    for y in (9, 80):
        clear_by, dusty_by = stands_out(y, 0.0), stands_out(y, 0.8)
        there = clear_by > 15.0
        assert there.sum() > 10
        left[y] = dusty_by[there].mean() / clear_by[there].mean()
    assert left[80] < 0.6 * left[9]


def test_what_drifts_is_seen_and_moves_and_is_the_same_at_the_same_time(yard: Yard) -> None:
    without = yard.seen(3.0, 0.8, drifting=False)
    first, later, again = (yard.seen(t_s, 0.8) for t_s in (3.0, 5.0, 3.0))
    assert (np.abs(first.astype(int) - without).max(axis=-1) > 6).mean() > 0.01
    assert (np.abs(first.astype(int) - later).max(axis=-1) > 4).mean() > 0.005
    assert (first == again).all()


def test_none_is_as_it_was(yard: Yard) -> None:
    assert dust.air(0.0, HAZE, REACH_M) == (pytest.approx(HAZE), pytest.approx(REACH_M))
    assert dust.light(0.0, SUN) == pytest.approx(SUN)
    assert dust.sky(0.0, SKY) == pytest.approx(SKY)
    assert (yard.seen(1.0, 0.0) == yard.seen(1.0, 0.0, drifting=False)).all()


def test_night_stays_night() -> None:
    night = (0.019, 0.020, 0.025)
    haze, _ = dust.air(1.0, night, 700.0)
    assert sum(haze) < 1.05 * sum(night)


def test_turned_up_and_down_at_once_it_does_not_flash(yard: Yard) -> None:
    """Up, held, and down, as fast as it could be turned: one change and its opposite, none of them in a single frame."""
    frames, steps = [], int(RATE_HZ * FULL_S)
    amounts = [*np.linspace(0, 1, steps), *np.ones(steps), *np.linspace(1, 0, steps), *np.zeros(steps)]
    for k, amount in enumerate(amounts):
        frames.append(yard.seen(k / RATE_HZ, float(amount)))
    found = analyse(iter(frames), RATE_HZ, SMALL.fov_deg, False)
    assert found.general_per_s <= 1.0
    assert found.red_per_s == 0.0
    means = np.array([frame.mean() for frame in frames])
    assert np.ptp(means) > 4.0, "nothing changed"
    assert np.abs(np.diff(means)).max() < 8.0


def test_held_it_does_not_flicker(yard: Yard) -> None:
    frames = [yard.seen(10.0 + k / RATE_HZ, 1.0) for k in range(int(4 * RATE_HZ))]
    found = analyse(iter(frames), RATE_HZ, SMALL.fov_deg, False)
    assert found.general_per_s <= 1.0
    assert found.red_per_s == 0.0


def test_nothing_comes_near_the_patient_and_nothing_jumps_in_the_middle(yard: Yard) -> None:
    at, dt_s = (2.0, -3.0), 0.05
    before = None
    for k in range(1200):
        veils, motes = yard.dust.places(k * dt_s, at)
        away = [np.hypot(*(here - at).T) for here in (veils, motes)]
        assert away[0].min() > dust.NEAREST_M - 1e-6
        assert away[1].min() > dust.ASIDE_M - 0.13
        if before is not None:
            moved = np.hypot(*(veils - before).T)
            far = np.hypot(*(before - at).T) > 0.9 * dust.FARTHEST_M
            assert moved[~far].max() < 1.0
        before = veils
