"""The quiet scenes as they are drawn: the same picture for the same time, cheap, believably bright, and never lively."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians, sin

import numpy as np
import pytest

from scenes.baseline_room.scene import BaselineRoom
from scenes.calm.scene import CalmPlace
from scenes.kit.still import StillScene
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage import assets
from vr_runtime.stage.scene import Moment
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SMALL = GraphicsSettings(width=160, height=90)
HEADINGS = (0, 90, 180, 270)
SCENES = {"baseline_room": BaselineRoom, "calm": CalmPlace}


def head(heading_deg: float = 0.0) -> Pose:
    """Somebody standing, turned to the left by so much."""
    return Pose(z=1.6, qz=sin(radians(heading_deg) / 2), qw=cos(radians(heading_deg) / 2))


class Shown:
    """One scene under a display of its own."""

    def __init__(self, scene: StillScene | CalmPlace) -> None:
        from panda3d.core import NodePath

        from vr_runtime.stage.kitchen import Kitchen

        self.scene = scene
        self.display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), SMALL)
        self.root = NodePath("world")
        self.origin = self.root.attach_new_node("tracked space")
        scene.build(Kitchen(self.root, SMALL))

    def see(self, t_s: float, heading_deg: float = 0.0) -> np.ndarray:
        from vr_runtime.stage.picture import Picture

        frame = self.display.begin()
        assert frame is not None
        self.scene.update(Moment(t_s, 1 / 90, head(heading_deg), Hands()))
        self.scene.draw()
        self.display.show(frame, Picture(self.root, self.origin, head(heading_deg)))
        pixels = self.display.capture()
        assert pixels is not None
        return pixels.astype(float)

    def counts(self) -> tuple[int, int]:
        """Geoms and triangles."""
        geoms = [
            geom for path in self.root.find_all_matches("**/+GeomNode") for geom in path.node().get_geoms()
        ]
        return len(geoms), sum(geom.get_primitive(0).get_num_faces() for geom in geoms)


@pytest.fixture(scope="module", params=sorted(SCENES))
def shown(request: pytest.FixtureRequest) -> Iterator[Shown]:
    made = Shown(SCENES[request.param]())
    yield made
    made.root.remove_node()
    made.display.close()


def test_few_geoms_and_triangles(shown: Shown) -> None:
    geoms, triangles = shown.counts()
    assert geoms < 60
    assert triangles < 150_000


def test_the_same_time_gives_the_same_picture(shown: Shown) -> None:
    first = shown.see(4.0, 20.0)
    shown.see(31.0, 20.0)
    np.testing.assert_array_equal(shown.see(4.0, 20.0), first)


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_side_is_a_picture_neither_black_nor_glaring(shown: Shown, heading: int) -> None:
    pixels = shown.see(0.0, heading)
    light = pixels.mean(axis=2)
    assert 60 < light.mean() < 200
    assert light.std() > 8
    assert (light < 6).mean() < 0.02
    assert (light > 252).mean() < 0.05
    # no colour shouts
    assert np.ptp(pixels, axis=2).mean() < 90


@pytest.mark.parametrize("heading", HEADINGS)
def test_in_ten_seconds_little_changes(shown: Shown, heading: int) -> None:
    change = np.abs(shown.see(10.0, heading) - shown.see(0.0, heading)).mean()
    assert change < 8.0


def test_nothing_flashes(shown: Shown) -> None:
    """From frame to frame no part of the picture changes by more than a breath, and the whole hardly at all."""
    for heading in (0.0, 60.0):
        before = shown.see(20.0, heading)
        for i in range(1, 10):
            now = shown.see(20.0 + i / 10, heading)
            cells = (now - before).mean(axis=2).reshape(9, 10, 16, 10).mean(axis=(1, 3))
            assert np.abs(cells).max() < 10.0
            assert abs(now.mean() - before.mean()) < 1.0
            before = now


def test_the_calm_place_moves_at_all() -> None:
    made = Shown(CalmPlace())
    try:
        assert np.abs(made.see(10.0) - made.see(0.0)).mean() > 0.05
    finally:
        made.root.remove_node()
        made.display.close()


@pytest.mark.parametrize("name", sorted(SCENES))
def test_state_is_time_alone_and_sounds_exist(name: str) -> None:
    scene = SCENES[name]()
    scene.update(Moment(2.5, 1 / 90, head(), Hands()))
    assert scene.state()["t_s"] == 2.5
    again = SCENES[name]()
    again.update(Moment(2.5, 1 / 72, head(40.0), Hands()))
    assert again.state() == scene.state()
    assert scene.stimuli(head()) == ()
    for cue in scene.sounds():
        assert assets.path(cue.file).is_file()
