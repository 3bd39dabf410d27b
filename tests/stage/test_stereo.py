"""One pass and two passes draw the same pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from panda3d.core import Camera, NodePath, RenderState

from tests.helpers.looks import SUBJECTS, people_with_shadows, plain_meshes, sky_dome
from tests.helpers.two_eyes import (
    EYES,
    HEADS,
    LOOKS,
    WAYS,
    Furnish,
    Looking,
    Subject,
    alike,
    seen,
    turned,
    views,
)
from vr_runtime.display import eyes, stereo
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage import shaders
from vr_runtime.stage.picture import Picture

pytestmark = pytest.mark.graphics


@pytest.fixture(scope="module", autouse=True)
def own_shaders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The shaders, and one more that draws several copies."""
    folder: Path = tmp_path_factory.mktemp("shaders")
    shutil.copytree(shaders.FOLDER, folder, dirs_exist_ok=True)
    (folder / "copies.vert.glsl").write_text(
        '#version 330\n#pragma include "eye.glsl"\nin vec4 p3d_Vertex;\nin vec3 p3d_Normal;\nout vec3 v_normal;\n'
        "void main() {\n    v_normal = p3d_Normal;\n    float which = float(copy_number());\n"
        "    gl_Position = eye_clip(world_position(p3d_Vertex) + vec3(0.6, 0.2, 0.05) * which);\n}\n"
    )
    (folder / "copies.frag.glsl").write_text(
        "#version 330\nin vec3 v_normal;\nout vec4 pixel;\n"
        "void main() {\n    pixel = vec4(0.5 + 0.5 * v_normal, 1.0);\n}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shaders, "FOLDER", folder)
        yield


@pytest.mark.parametrize("msaa", [0, 4])
@pytest.mark.parametrize("furnish", SUBJECTS, ids=lambda furnish: furnish.__name__)
def test_one_pass_and_two_passes_draw_the_same_pictures(
    looking: Looking, furnish: Furnish, msaa: int
) -> None:
    two, single = (seen(looking(way, msaa), furnish, LOOKS) for way in WAYS)
    for expected, found in zip(two, single, strict=True):
        for eye in (0, 1):
            mean, share = alike(expected[eye], found[eye])
            assert mean < 0.25, (eye, mean, share)
            # of limbs that throw their shadows on one place the nearer is a matter of rounding
            assert share < (0.008 if furnish is people_with_shadows else 0.004), (eye, mean, share)
        # and the comparison would notice the other eye's picture
        assert alike(expected[0], expected[1])[1] > 0.02
        assert alike(expected[0], found[1])[1] > 0.02


def test_pairs_of_frames_differ_by_what_moved(looking: Looking) -> None:
    """The eyes follow the head in both ways alike, frame by frame."""
    looks = [views(Pose(0.05 * i, 0.0, 1.6)) for i in range(4)]
    ways = [seen(looking(way, 0), plain_meshes, looks) for way in WAYS]
    for two, single in zip(*ways, strict=True):
        assert alike(two, single)[1] < 0.004
    for before, after in pairwise(ways[1]):
        assert alike(before, after)[1] > 0.005


def test_a_picture_made_for_the_other_way_is_refused(looking: Looking) -> None:
    for way in WAYS:
        graphics = looking(way, 0)
        world = NodePath("world")
        with pytest.raises(ValueError, match="the display's own settings"):
            graphics.render(Picture(world, world, Pose(), not graphics.settings.single_pass))
        with pytest.raises(ValueError, match="1 views for 2 eyes"):
            graphics.render(Picture(world, world, Pose(), graphics.settings.single_pass), views(HEADS[0])[:1])


def test_software_draws_two_passes_unless_asked_and_says_what_it_does(looking: Looking) -> None:
    left_open = Graphics(EYES, "offscreen")
    try:
        assert left_open.settings.stereo == "two"
        assert "two passes (faster in software)" in left_open.renderer
    finally:
        left_open.close()
    assert "single pass" in looking("single", 0).renderer
    assert "two passes (as asked for)" in looking("two", 0).renderer


@pytest.mark.parametrize(
    ("lies", "said"),
    [
        ("has_extension", "the driver lacks GL_ARB_shader_viewport_layer_array"),
        ("works", "the driver failed to draw them in one"),
    ],
)
def test_a_driver_that_cannot_gets_two_passes(monkeypatch: pytest.MonkeyPatch, lies: str, said: str) -> None:
    if lies == "works":
        monkeypatch.setattr(stereo, "works", lambda *_: False)
    else:
        monkeypatch.setattr(stereo, "NEEDS", ("GL_ARB_shader_viewport_layer_array_that_is_not",))
    graphics = Graphics(replace(EYES, stereo="single"), "offscreen")
    try:
        assert graphics.settings.stereo == "two"
        assert not graphics.settings.single_pass
        assert said in graphics.renderer
    finally:
        graphics.close()


@pytest.mark.parametrize("broken", ["one viewport", "scissor"])
def test_the_trial_notices_an_empty_or_wrong_eye(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    class Wrong(eyes.Eyes):
        def __init__(self, output, settings, *, whole=False):  # type: ignore[no-untyped-def]
            super().__init__(output, settings, whole=whole)
            region = output.get_display_region(output.get_num_display_regions() - 1)
            if broken == "scissor":
                region.set_scissor_enabled(True)
            else:
                region.set_num_regions(1)

    monkeypatch.setattr(stereo, "Eyes", Wrong)
    graphics = Graphics(replace(EYES, stereo="single", msaa=4), "offscreen")
    try:
        assert graphics.settings.stereo == "two"
    finally:
        graphics.close()


def test_graphics_that_are_open_side_by_side_each_give_their_own_pictures(looking: Looking) -> None:
    first, second = looking("two", 0), looking("single", 0)
    expected = seen(first, sky_dome, LOOKS)
    other = seen(second, plain_meshes, LOOKS)
    world = NodePath("world")
    sky_dome(Subject(world, world, first.settings))
    first.render(Picture(world, world, Pose(z=1.6)), LOOKS[0])
    seen(second, plain_meshes, LOOKS)
    late = first.capture()
    first.render(Picture(world, world, Pose(z=1.6)), LOOKS[0])
    soon = first.capture()
    assert late is not None
    assert soon is not None
    assert (late == soon).all()
    assert all((a == b).all() for a, b in zip(expected, seen(first, sky_dome, LOOKS), strict=True))
    assert all((a == b).all() for a, b in zip(other, seen(second, plain_meshes, LOOKS), strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_frames_with_moving_eyes_make_no_new_render_states(looking: Looking, way: str) -> None:
    graphics = looking(way, 0)
    looks = [views(Pose(0.01 * i, 0.0, 1.6, *turned(0.3 * i))) for i in range(60)]
    world = NodePath("world")
    plain_meshes(Subject(world, world, graphics.settings))
    counts = []
    for look in looks:
        graphics.render(Picture(world, world, Pose(z=1.6), graphics.settings.single_pass), look)
        counts.append(RenderState.get_num_states())
    assert counts[-1] <= counts[5]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_drawn_before_the_eyes_does_not_cut_them(looking: Looking, way: str) -> None:
    """A headset's hidden areas are drawn in regions of their own, each cut to its eye's half."""
    graphics = looking(way, 4)
    expected = seen(graphics, plain_meshes, LOOKS)
    regions = []
    for eye in (0, 1):
        region = graphics.output.make_display_region(eye / 2, (eye + 1) / 2, 0.0, 1.0)
        region.set_sort(-10)
        region.set_camera(NodePath("nothing").attach_new_node(Camera(f"before {eye}")))
        regions.append(region)
    try:
        found = seen(graphics, plain_meshes, LOOKS)
    finally:
        for region in regions:
            graphics.output.remove_display_region(region)
    for a, b in zip(expected, found, strict=True):
        assert (a == b).all()
