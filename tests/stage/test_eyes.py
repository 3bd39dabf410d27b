"""Both eyes see what geometry says, whichever way they are drawn."""

from __future__ import annotations

from dataclasses import replace
from math import tan

import numpy as np
import pytest
from panda3d.core import NodePath

from tests.helpers.looks import plain_meshes
from tests.helpers.two_eyes import (
    EYES,
    HEADS,
    HEIGHT,
    POINT,
    WAYS,
    WIDTH,
    Looking,
    Subject,
    a_marker,
    found_at,
    glowing,
    green,
    projected,
    rotation,
    seen,
    turned,
    views,
)
from vr_runtime.display.eyes import EYE_APART_M, ahead, around
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.mesh import box
from vr_runtime.stage.picture import Picture

pytestmark = pytest.mark.graphics


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("canted_deg", [0.0, 8.0])
def test_a_point_lies_in_both_eyes_where_geometry_says(looking: Looking, way: str, canted_deg: float) -> None:
    looks = [views(head, canted_deg=canted_deg) for head in HEADS]
    for look, pictures in zip(looks, seen(looking(way, 4), a_marker, looks), strict=True):
        at = [found_at(pictures[eye]) for eye in (0, 1)]
        expected = [projected(look[eye], POINT) for eye in (0, 1)]
        np.testing.assert_allclose(at, expected, atol=0.3)
        np.testing.assert_allclose(at[0] - at[1], expected[0] - expected[1], atol=0.3)


@pytest.mark.parametrize("way", WAYS)
def test_disparity_grows_with_the_eyes_distance(looking: Looking, way: str) -> None:
    across = []
    for apart_m in (0.055, 0.075):
        look = views(HEADS[0], apart_m)
        ((left, right),) = seen(looking(way, 4), a_marker, [look])
        across.append(found_at(left)[0] - found_at(right)[0])
    # the frusta's own shift is the same for both
    shift = WIDTH * 0.02 / POINT[1] / (tan(0.75) + tan(0.95))
    assert across[1] - across[0] == pytest.approx(shift, abs=0.15)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("msaa", [0, 4])
def test_what_one_eye_alone_sees_is_not_in_the_others_picture(looking: Looking, way: str, msaa: int) -> None:
    def bars(subject: Subject) -> None:
        # wider than either picture: over every rim of the eye that sees it
        kitchen, glow = glowing(subject)
        for z in (0.6, 1.6, 2.4):
            kitchen.mesh("bar", box((9.0, 0.1, 0.2), (0.0, 1.5, z)), glow)

    for away in (0, 1):
        look = list(views(Pose(0.0, 0.0, 1.6)))
        look[away] = look[away]._replace(pose=Pose(0.0, 0.0, 1.6, *turned(180.0)))
        (pictures,) = seen(looking(way, msaa), bars, [tuple(look)])
        assert (green(pictures[1 - away]) > 0).sum() > 300
        assert (green(pictures[away]) > 0).sum() == 0


@pytest.mark.parametrize("way", WAYS)
def test_antialiasing_blends_edges_in_both_eyes(looking: Looking, way: str) -> None:
    def slanting(subject: Subject) -> None:
        kitchen, glow = glowing(subject)
        node = kitchen.mesh("slab", box((1.2, 0.1, 0.8)), glow)
        node.set_pos_hpr(0.0, 2.0, 1.5, 0.0, 0.0, 17.0)

    shades = []
    for msaa in (0, 4):
        ((left, right),) = seen(looking(way, msaa), slanting, [views(Pose(0.0, 0.0, 1.6))])
        full = green(left).max()
        assert full > 100
        shades.append([int(((green(e) > 0.1 * full) & (green(e) < 0.9 * full)).sum()) for e in (left, right)])
    for without, blended in zip(*shades, strict=True):
        assert without == 0
        assert blended > 20


def test_a_frustum_around_both_eyes_holds_all_that_either_sees() -> None:
    rng = np.random.default_rng(11)
    for _ in range(100):
        x, y, z, yaw, pitch, roll = (float(v) for v in rng.normal(0, 1, 6))
        head = Pose(x, y, z, *turned(90 * yaw, 90 * pitch, 90 * roll))
        look = views(head, rng.uniform(0.05, 0.3), rng.uniform(-15, 15))
        found = around(look)
        assert found is not None
        back = found.turn.conjugate()
        for view in look:
            for x in (tan(view.left), tan(view.right)):
                for z in (tan(view.down), tan(view.up)):
                    for depth in (0.05, 1.0, 2000.0):
                        at = np.array(view.pose[:3]) + rotation(view.pose) @ np.array([x, 1, z]) * depth
                        seen_at = back.xform(type(found.at)(*(float(v) for v in at)) - found.at)
                        slack = 1e-4 * (1 + depth)
                        assert seen_at[1] > 0.5 * depth
                        assert (
                            found.left * seen_at[1] - slack <= seen_at[0] <= found.right * seen_at[1] + slack
                        )
                        assert found.down * seen_at[1] - slack <= seen_at[2] <= found.up * seen_at[1] + slack


def test_a_usual_headsets_frustum_around_both_eyes_is_hardly_wider_than_one() -> None:
    found = around(views(Pose(0.0, 0.0, 1.6)))
    assert found is not None
    assert (found.left, found.right) == pytest.approx((tan(-0.95), tan(0.95)), abs=1e-6)
    assert found.at[1] == pytest.approx(-EYE_APART_M / (2 * tan(0.95)), abs=1e-3)


def test_eyes_that_look_far_apart_have_no_frustum_in_common() -> None:
    look = views(Pose(0.0, 0.0, 1.6), canted_deg=80.0)
    assert around(look) is None


@pytest.mark.parametrize("way", WAYS)
def test_without_views_both_eyes_look_ahead(looking: Looking, way: str) -> None:
    graphics = looking(way, 0)
    head = Pose(0.1, -0.2, 1.5, *turned(5, -3))
    world = NodePath("world")
    plain_meshes(Subject(world, world, graphics.settings))
    taken = []
    for look in (None, ahead(head, graphics.settings)):
        graphics.render(Picture(world, world, head, graphics.settings.single_pass), look)
        taken.append(graphics.capture())
    assert (taken[0] == taken[1]).all()
    left, right = ahead(head, graphics.settings)
    assert np.linalg.norm(np.subtract(left.pose[:3], right.pose[:3])) == pytest.approx(EYE_APART_M)


def test_one_eye_can_have_a_headsets_view() -> None:
    graphics = Graphics(replace(EYES, eyes=1), "offscreen")
    try:
        look = views(HEADS[2])[1]
        world = NodePath("world")
        a_marker(Subject(world, world, graphics.settings))
        graphics.render(Picture(world, world, HEADS[2]), [look])
        pixels = graphics.capture()
        assert pixels is not None
        np.testing.assert_allclose(found_at(pixels.astype(int)), projected(look, POINT), atol=0.6)
    finally:
        graphics.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("msaa", [0, 4])
def test_the_picture_can_be_found_by_its_opengl_name(looking: Looking, way: str, msaa: int) -> None:
    graphics = looking(way, msaa)
    seen(graphics, a_marker, [views(HEADS[0])])
    image = graphics.eye_image()
    assert image.texture > 0
    assert image.eyes == ((0, 0, WIDTH, HEIGHT), (WIDTH, 0, WIDTH, HEIGHT))
    assert graphics.eye_image() == image
