"""Hands take the light of where they are: dim under a tree and in a car, as the day outside goes."""

from __future__ import annotations

import numpy as np
import pytest
from panda3d.core import LVecBase4f, NodePath, ShaderInput

from vr_runtime.display.snapshot import Camera
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.hands import HandModels
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.scene import Viewpoint
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SMALL = GraphicsSettings(width=96, height=96)
HEAD = Pose(z=1.6)
HANDS = Hands(Pose(-0.12, 0.35, 1.55), Pose(0.12, 0.35, 1.55))
Y = np.array([0.2126, 0.7152, 0.0722])


def bright(camera: Camera, shade: float | None = None, cabin: float | None = None, sun: float = 2.4) -> float:
    """How bright the hands' brightest tenth is, 0 to 255, in this light."""
    world = NodePath("world")
    root = world.attach_new_node("scene")
    kitchen = Kitchen(root, SMALL)
    kitchen.sun((0.0, -1.0, 0.6), (sun, sun, sun))
    kitchen.sky((0.2, 0.2, 0.2), (0.2, 0.2, 0.2), (0.1, 0.1, 0.1))
    if shade is not None:
        kitchen.hands_in_shade(shade)
    if cabin is not None:
        lamps = kitchen.lamps()
        lamps.cabin((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), 0.0, cabin)
        lamps.send()
    hands = HandModels(SMALL)
    hands.show(root, Viewpoint(), HANDS)
    origin = world.attach_new_node("tracked space")
    pixels = camera.take(Picture(world, origin, HEAD, SMALL.single_pass))
    hands.close()
    return float(np.sort((pixels @ Y).ravel())[-(len(pixels) ** 2) // 60 :].mean())


def test_hands_are_as_bright_as_the_light_that_reaches_them() -> None:
    camera = Camera(SMALL)
    try:
        in_sun = bright(camera)
        under_tree = bright(camera, shade=0.2)
        # sun and sky outside are kept off by the roof, whatever they are
        by_day, at_dusk = bright(camera, cabin=1.9), bright(camera, cabin=0.4)
        same = bright(camera, cabin=1.9, sun=0.0)
    finally:
        camera.close()
    assert under_tree < 0.8 * in_sun
    assert by_day < 0.75 * in_sun
    assert at_dusk < 0.8 * by_day
    assert same == pytest.approx(by_day, abs=2.0)


def test_a_scene_without_shade_leaves_the_sun_to_the_hands_as_it_is() -> None:
    camera = Camera(SMALL)
    try:
        shaded, sunny = NodePath("shaded"), NodePath("sunny")
        for root, share in ((shaded, 0.25), (sunny, None)):
            kitchen = Kitchen(root, SMALL)
            kitchen.sun((0.0, 0.0, 1.0), (2.0, 1.0, 0.5))
            if share is not None:
                kitchen.hands_in_shade(share)
        hands = HandModels(SMALL)
        hands.show(shaded, Viewpoint(), HANDS)
        found = shaded.find("**/hands")
        held = found.get_shader_input("sun_colour")
        assert LVecBase4f(held.get_vector()) == LVecBase4f(0.5, 0.25, 0.125, 0.0)
        hands.show(sunny, Viewpoint(), HANDS)
        held = sunny.find("**/hands").get_shader_input("sun_colour")
        assert held.get_value_type() == ShaderInput.M_invalid
        hands.close()
    finally:
        camera.close()
