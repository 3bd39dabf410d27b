"""Hands take the light of where they are: a share of the sun under a tree, the cabin's daylight in a car."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from panda3d.core import LVecBase4f, NodePath, ShaderInput

from vr_runtime.display.snapshot import Camera
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.hands import CLOTH, IN_CABIN, HandModels
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.scene import Viewpoint
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SMALL = GraphicsSettings(width=32, height=32)
HANDS = Hands(Pose(-0.12, 0.35, 1.55), Pose(0.12, 0.35, 1.55))


@pytest.fixture
def hands() -> Iterator[HandModels]:
    camera = Camera(SMALL)
    made = HandModels(SMALL)
    yield made
    made.close()
    camera.close()


def lit(name: str, shade: float | None = None) -> tuple[NodePath, Kitchen]:
    root = NodePath(name)
    kitchen = Kitchen(root, SMALL)
    kitchen.sun((0.0, 0.0, 1.0), (2.0, 1.0, 0.5))
    if shade is not None:
        kitchen.hands_in_shade(shade)
    return root, kitchen


def test_in_the_shade_a_share_of_the_sun_reaches_the_hands_and_elsewhere_all_of_it(hands: HandModels) -> None:
    for shade, wanted in (
        (0.25, LVecBase4f(0.5, 0.25, 0.125, 0.0)),
        (None, None),
        (0.5, LVecBase4f(1, 0.5, 0.25, 0)),
    ):
        root, _ = lit(f"scene {shade}", shade)
        hands.show(root, Viewpoint(), HANDS)
        held = root.find("**/hands").get_shader_input("sun_colour")
        if wanted is None:
            assert held.get_value_type() == ShaderInput.M_invalid
        else:
            assert LVecBase4f(held.get_vector()) == wanted


def test_in_a_car_they_are_as_dim_as_what_is_in_it_and_out_of_it_again_as_bright_as_before(
    hands: HandModels,
) -> None:
    def colour(root: NodePath) -> float:
        hands.show(root, Viewpoint(), HANDS)
        held = root.find("**/hands").get_child(0).get_shader_input("surface_colour")
        return LVecBase4f(held.get_vector()).y

    outside, _ = lit("meadow")
    car, kitchen = lit("car")
    kitchen.lamps()
    assert colour(outside) == pytest.approx(CLOTH[1])
    assert colour(car) == pytest.approx(CLOTH[1] * IN_CABIN)
    assert colour(outside) == pytest.approx(CLOTH[1])
