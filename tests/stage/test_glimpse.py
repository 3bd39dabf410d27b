"""What the therapist and the flash guard are shown of two eyes' pictures."""

from __future__ import annotations

import numpy as np
import pytest
from panda3d.core import NodePath

from tests.helpers.looks import plain_meshes
from tests.helpers.two_eyes import WAYS, WIDTH, Looking, Subject, a_marker, seen, turned, views
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics


@pytest.mark.parametrize("way", WAYS)
def test_a_glimpse_is_the_left_eyes_picture_of_the_frame_it_was_asked_in(looking: Looking, way: str) -> None:
    graphics = looking(way, 0)
    world = NodePath("world")
    plain_meshes(Subject(world, world, graphics.settings))
    heads = [Pose(0.1 * i, 0.0, 1.6) for i in range(6)]
    shown = []
    given = []
    graphics.render(Picture(world, world, Pose(z=1.6), graphics.settings.single_pass))
    while graphics.glimpse() is not None:
        pass
    for head in heads:
        graphics.render(Picture(world, world, head, graphics.settings.single_pass), views(head))
        given.append(graphics.glimpse())
        pixels = graphics.capture()
        assert pixels is not None
        shown.append(pixels[:, :WIDTH])
    # asked before the first, so the frame before that comes first; then every other call asks
    assert [glimpse is None for glimpse in given] == [False, True, False, True, False, True]
    for index in (2, 4):
        assert (given[index] == shown[index - 1]).all()


def test_a_glimpse_is_no_larger_than_the_preview_and_keeps_the_proportions() -> None:
    settings = GraphicsSettings(width=200, height=160, eyes=2, preview_width=80, preview_height=40)
    graphics = Graphics(settings, "offscreen")
    try:
        world = NodePath("world")
        plain_meshes(Subject(world, world, settings))
        picture = Picture(world, world, Pose(z=1.6))
        assert graphics.glimpse() is None
        assert not graphics.glimpse_due
        graphics.render(picture)
        assert graphics.glimpse() is None
        assert graphics.glimpse_due
        whole = graphics.capture()
        graphics.render(picture)
        small = graphics.glimpse()
        assert whole is not None
        assert small is not None
        assert small.shape == (40, 50, 3)
        blocks = whole[:, :200].reshape(40, 4, 50, 4, 3).astype(float).mean(axis=(1, 3))
        assert np.abs(blocks - small).max() <= 2
    finally:
        graphics.close()
    assert graphics.glimpse() is None


@pytest.mark.parametrize("way", WAYS)
def test_the_flash_guards_glance_holds_what_either_eye_sees(looking: Looking, way: str) -> None:
    graphics = looking(way, 0)
    glances = []
    for eye in (0, 1):
        look = list(views(Pose(0.0, 0.0, 1.6)))
        look[1 - eye] = look[1 - eye]._replace(pose=Pose(0.0, 0.0, 1.6, *turned(180.0)))
        seen(graphics, a_marker, [tuple(look), tuple(look)])
        glances.append(graphics.glance())
    for glance, half in zip(glances, (slice(0, 16), slice(16, 32)), strict=True):
        assert glance is not None
        assert glance.shape == (16, 32, 3)
        light = glance[..., 1] - glance[..., 0]
        assert light[:, half].max() > 0.004
        assert np.delete(light, np.r_[half], axis=1).max() < 0.002
