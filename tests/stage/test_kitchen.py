"""What materials, light and air do to pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.mesh import Mesh, quad
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SIZE = GraphicsSettings(width=64, height=48)
Set = Callable[[Kitchen], Any]


@pytest.fixture(scope="module")
def graphics() -> Iterator[Graphics]:
    made = Graphics(SIZE, "offscreen")
    yield made
    made.close()


@pytest.fixture
def shot(graphics: Graphics) -> Callable[[Set], np.ndarray]:
    from panda3d.core import NodePath

    def take(build: Set) -> np.ndarray:
        world = NodePath("world")
        origin = world.attach_new_node("origin")
        kitchen = Kitchen(world.attach_new_node("scene"), SIZE)
        build(kitchen)
        graphics.render(Picture(world, origin, Pose(z=1.0)))
        pixels = graphics.capture()
        assert pixels is not None
        world.remove_node()
        return pixels.astype(float)

    return take


def wall(**columns: Any) -> Mesh:
    """Two metres ahead, filling the picture, facing the eye."""
    made = quad([[-4, 2, -2], [4, 2, -2], [4, 2, 4], [-4, 2, 4]], rows=12, columns=16)
    count = len(made.positions)
    filled = {name: np.broadcast_to(value, (count, *np.shape(value))) for name, value in columns.items()}
    return Mesh(made.positions, made.normals, made.triangles, made.uvs, **filled)


def middle(pixels: np.ndarray) -> np.ndarray:
    return pixels[16:32, 24:40].reshape(-1, 3).mean(axis=0)


def even(light: float = 0.5) -> Set:
    return lambda kitchen: kitchen.sky((light,) * 3, (light,) * 3, (light,) * 3)


def test_middle_grey_light_on_white_is_middle_grey(shot: Callable[[Set], np.ndarray]) -> None:
    def build(kitchen: Kitchen) -> None:
        kitchen.mesh(
            "wall", wall(), kitchen.material("m", colour=(0, 0, 0), emissive=(0.18, 0.18, 0.18), roughness=1)
        )

    assert middle(shot(build)) == pytest.approx([117, 117, 117], abs=6)


def test_baked_light_on_the_vertices_is_all_the_light_there_is(shot: Callable[[Set], np.ndarray]) -> None:
    def build(light: tuple[float, float, float], **more: Any) -> Set:
        def do(kitchen: Kitchen) -> None:
            even(0.0)(kitchen)
            material = kitchen.material("m", colour=(0.5, 0.5, 0.5), roughness=1.0, vertex_light=True, **more)
            kitchen.mesh("wall", wall(light=light), material)

        return do

    dark, dim, bright = (middle(shot(build((v, v, v)))) for v in (0.0, 0.3, 1.2))
    assert dark.max() < 8 < dim.min() < bright.min() - 60
    warm = middle(shot(build((0.6, 0.3, 0.1))))
    assert warm[0] > warm[1] + 20 > warm[2] + 40


def test_a_light_map_lies_where_its_own_coordinates_say(shot: Callable[[Set], np.ndarray]) -> None:
    def build(kitchen: Kitchen) -> None:
        even(0.0)(kitchen)
        picture = np.zeros((2, 2, 3), dtype=np.float32)
        picture[0, 1] = (1.0, 1.0, 1.0)  # upper right
        chart = kitchen.texture("light", picture, srgb=False, wrap="clamp")
        base = quad([[-4, 2, -2], [4, 2, -2], [4, 2, 4], [-4, 2, 4]])
        mesh = Mesh(base.positions, base.normals, base.triangles, base.uvs, lightmap_uvs=base.uvs)
        kitchen.mesh("wall", mesh, kitchen.material("m", colour=(0.6,) * 3, roughness=1.0, lightmap=chart))

    pixels = shot(build).mean(axis=2)
    # the picture shows the middle of the chart, where light and dark run into each other
    corners = [pixels[:8, 52:].mean(), pixels[:8, :12].mean(), pixels[40:, 52:].mean()]
    assert corners[0] > 100 > 60 > max(corners[1:])


def test_a_texture_is_the_right_way_up_and_its_colours_are_kept(shot: Callable[[Set], np.ndarray]) -> None:
    def build(kitchen: Kitchen) -> None:
        even(1.0)(kitchen)
        picture = np.zeros((8, 8, 3), dtype=np.uint8)
        picture[:4, :4], picture[:4, 4:], picture[4:] = (220, 30, 30), (30, 220, 30), (30, 30, 220)
        texture = kitchen.texture("t", picture, wrap="clamp")
        kitchen.mesh("wall", wall(), kitchen.material("m", colour=(1, 1, 1), texture=texture, roughness=1.0))

    pixels = shot(build)
    red, green, blue = pixels[8, 12], pixels[8, 52], pixels[40, 32]
    assert red.argmax() == 0
    assert green.argmax() == 1
    assert blue.argmax() == 2


def test_tint_and_colour_scale_multiply_the_colour(shot: Callable[[Set], np.ndarray]) -> None:
    def build(kitchen: Kitchen) -> None:
        even(0.8)(kitchen)
        node = kitchen.mesh(
            "w", wall(tint=(1.0, 0.1, 1.0)), kitchen.material("m", colour=(0.7,) * 3, roughness=1.0)
        )
        node.set_color_scale(1.0, 1.0, 0.1, 1.0)

    red, green, blue = middle(shot(build))
    assert red > green + 50
    assert red > blue + 50


def test_live_light_comes_from_the_suns_side(shot: Callable[[Set], np.ndarray]) -> None:
    def build(direction: tuple[float, float, float]) -> Set:
        def do(kitchen: Kitchen) -> None:
            even(0.05)(kitchen)
            kitchen.sun(direction, (1.0, 1.0, 1.0))
            kitchen.mesh("wall", wall(), kitchen.material("m", colour=(0.5,) * 3, roughness=1.0))

        return do

    facing, slanting, behind = (middle(shot(build(d))) for d in ((0, -1, 0), (0, -0.5, 0.87), (0, 1, 0)))
    assert facing.mean() > slanting.mean() + 10 > behind.mean() + 40


def test_occlusion_dims_the_skys_light(shot: Callable[[Set], np.ndarray]) -> None:
    def build(occlusion: float) -> Set:
        def do(kitchen: Kitchen) -> None:
            even(0.6)(kitchen)
            kitchen.mesh(
                "w", wall(occlusion=occlusion), kitchen.material("m", colour=(0.5,) * 3, roughness=1.0)
            )

        return do

    assert middle(shot(build(1.0))).mean() > middle(shot(build(0.2))).mean() + 50


def test_fog_takes_what_is_far_and_leaves_what_is_marked(shot: Callable[[Set], np.ndarray]) -> None:
    def build(*, fogged: bool) -> Set:
        def do(kitchen: Kitchen) -> None:
            even(0.5)(kitchen)
            kitchen.fog((0.0, 0.0, 0.6), 0.5)
            kitchen.mesh(
                "w", wall(), kitchen.material("m", colour=(0.6, 0.1, 0.1), roughness=1.0, fogged=fogged)
            )

        return do

    assert middle(shot(build(fogged=True))).argmax() == 2
    assert middle(shot(build(fogged=False))).argmax() == 0


def test_exposure_brightens(shot: Callable[[Set], np.ndarray]) -> None:
    def build(stops: float) -> Set:
        def do(kitchen: Kitchen) -> None:
            even(0.3)(kitchen)
            kitchen.exposure(stops)
            kitchen.mesh("w", wall(), kitchen.material("m", colour=(0.4,) * 3, roughness=1.0))

        return do

    levels = [middle(shot(build(stops))).mean() for stops in (-2.0, 0.0, 2.0)]
    assert levels[0] + 30 < levels[1] < levels[2] - 30


def test_glass_lets_through_what_is_behind_and_opacity_can_be_changed(
    shot: Callable[[Set], np.ndarray],
) -> None:
    def build(alpha: float) -> Set:
        def do(kitchen: Kitchen) -> None:
            even(0.4)(kitchen)
            kitchen.mesh("w", wall(), kitchen.material("m", colour=(0, 0, 0), emissive=(0.0, 0.6, 0.0)))
            pane = kitchen.material("p", colour=(0.8, 0.0, 0.0), opacity=1.0, transparent=True, roughness=1.0)
            node = kitchen.mesh("pane", wall().moved(y=-1.0), pane)
            node.set_color_scale(1, 1, 1, alpha)

        return do

    clear, half, full = (middle(shot(build(alpha))) for alpha in (0.0, 0.5, 1.0))
    assert clear[1] > clear[0] + 60
    assert full[0] > full[1] + 60
    assert clear[0] + 15 < half[0] < full[0]


def test_cutout_drops_what_its_texture_leaves_out(shot: Callable[[Set], np.ndarray]) -> None:
    def build(kitchen: Kitchen) -> None:
        even(0.4)(kitchen)
        leaf = np.full((8, 8, 4), 255, dtype=np.uint8)
        leaf[:, :4, 3] = 0
        texture = kitchen.texture("leaf", leaf, wrap="clamp")
        kitchen.mesh("w", wall(), kitchen.material("m", colour=(0, 0, 0), emissive=(0.0, 0.6, 0.0)))
        material = kitchen.material("l", colour=(0.8, 0, 0), texture=texture, cutout=True, roughness=1.0)
        kitchen.mesh("leaf", wall().moved(y=-1.0), material)

    pixels = shot(build)
    assert pixels[24, 8].argmax() == 1
    assert pixels[24, 56].argmax() == 0


def test_a_normal_map_turns_the_light_towards_its_slope(shot: Callable[[Set], np.ndarray]) -> None:
    def build(red: int, green: int) -> Set:
        def do(kitchen: Kitchen) -> None:
            even(0.02)(kitchen)
            kitchen.sun((0.8, -0.6, 0.0), (1.0, 1.0, 1.0))  # from the right
            relief = kitchen.texture("n", np.full((4, 4, 3), (red, green, 255), dtype=np.uint8), srgb=False)
            kitchen.mesh("w", wall(), kitchen.material("m", colour=(0.5,) * 3, roughness=1.0, normal=relief))

        return do

    left, flat, right = (middle(shot(build(red, 128))).mean() for red in (64, 128, 192))
    assert left + 15 < flat < right - 15


def test_a_blob_shadow_darkens_the_ground_in_its_middle_alone(shot: Callable[[Set], np.ndarray]) -> None:
    def build(kitchen: Kitchen) -> None:
        even(0.6)(kitchen)
        ground = quad([[-9, 0.2, 0], [9, 0.2, 0], [9, 9, 0], [-9, 9, 0]])
        kitchen.mesh("ground", ground, kitchen.material("g", colour=(0.5,) * 3, roughness=1.0))
        kitchen.blob_shadow(kitchen.node("mover"), 0.6).get_parent().set_pos(0, 2.0, 0)

    pixels = shot(build).mean(axis=2)
    assert pixels[40, 32] < pixels[40, 4] - 40
    assert pixels[40, 32] < pixels[46, 32] - 20


def test_the_sky_lies_behind_everything_and_is_brighter_at_the_horizon(
    shot: Callable[[Set], np.ndarray],
) -> None:
    def build(*, with_wall: bool) -> Set:
        def do(kitchen: Kitchen) -> None:
            kitchen.sky((0.05, 0.1, 0.4), (0.5, 0.5, 0.5), (0.1, 0.1, 0.1))
            kitchen.sky_dome(clouds=0.0)
            if with_wall:
                far = wall().transformed(np.diag([700.0, 700.0, 700.0, 1.0]))
                kitchen.mesh("w", far, kitchen.material("m", colour=(0, 0, 0), emissive=(0.5, 0.0, 0.0)))

        return do

    sky = shot(build(with_wall=False))
    assert sky[2].mean(axis=0).argmax() == 2
    assert sky[22].mean() > sky[2].mean() + 20
    assert middle(shot(build(with_wall=True))).argmax() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"vertex_light": True, "lightmap": True}, "choose one"),
        ({"cutout": True}, "needs a texture"),
        ({"strands": True}, "need cutout=True"),
        ({"opacity": 0.5}, "transparent=True"),
    ],
)
def test_materials_that_contradict_themselves_are_refused(
    graphics: Graphics, wrong: dict[str, Any], said: str
) -> None:
    from panda3d.core import NodePath

    kitchen = Kitchen(NodePath("root"), SIZE)
    if wrong.get("lightmap"):
        wrong = wrong | {"lightmap": kitchen.texture("l", np.zeros((2, 2, 3), dtype=np.uint8))}
    with pytest.raises(ValueError, match=said):
        kitchen.material("m", **wrong)


def test_light_that_does_not_change_makes_no_new_state(graphics: Graphics) -> None:
    from panda3d.core import NodePath

    root = NodePath("root")
    kitchen = Kitchen(root, SIZE)
    kitchen.sun((0, 0, 1), (1, 1, 1))
    before = root.get_state()
    kitchen.sun((0, 0, 2), (1, 1, 1))
    kitchen.exposure(0.0)
    assert root.get_state() == before
    kitchen.exposure(0.5)
    assert root.get_state() != before
