"""Hair: the edges of its strands cover pixels in part where the picture is multisampled, and are cut where not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from panda3d.core import NodePath

from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.mesh import quad
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SIZE = GraphicsSettings(width=64, height=48)


@pytest.fixture(scope="module")
def graphics() -> Iterator[dict[int, Graphics]]:
    """By samples; none is closed while another is in use."""
    made = {msaa: Graphics(replace(SIZE, msaa=msaa), "offscreen") for msaa in (0, 4)}
    yield made
    for one in made.values():
        one.close()


@pytest.mark.parametrize(("msaa", "strands", "soft"), [(4, True, True), (4, False, False), (0, True, False)])
def test_edges_of_strands_are_soft_where_the_picture_is_multisampled(
    graphics: dict[int, Graphics], msaa: int, strands: bool, soft: bool
) -> None:
    world = NodePath("world")
    origin = world.attach_new_node("origin")
    kitchen = Kitchen(world.attach_new_node("scene"), graphics[msaa].settings)
    kitchen.sky((0.1,) * 3, (0.1,) * 3, (0.1,) * 3)
    fade = np.full((4, 64, 4), 255, dtype=np.uint8)
    fade[..., 3] = np.arange(64) * 4
    hair = kitchen.material(
        "hair",
        colour=(0, 0, 0),
        emissive=(0.6, 0, 0),
        texture=kitchen.texture("fade", fade, wrap="clamp"),
        cutout=True,
        strands=strands,
    )
    green = kitchen.material("wall", colour=(0, 0, 0), emissive=(0, 0.6, 0))
    for name, y, material in (("wall", 2.0, green), ("hair", 1.5, hair)):
        kitchen.mesh(name, quad([[-4, y, -2], [4, y, -2], [4, y, 4], [-4, y, 4]]), material)
    graphics[msaa].render(Picture(world, origin, Pose(z=1.0)))
    pixels = graphics[msaa].capture()
    world.remove_node()
    assert pixels is not None
    row = pixels[24, :, :2].astype(int)
    assert row[2].argmax() != row[-3].argmax()
    assert bool((row.min(axis=1) > 60).any()) is soft
