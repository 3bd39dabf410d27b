"""The patient's hands in the picture: models that fit the grip's frame, drawn where the grips are and only there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import cos, radians, sin

import numpy as np
import pytest

from tests.helpers.rooms import Cue, rooms, stage_of
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.stage import geometry
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.settings import GraphicsSettings

HEAD = Pose(z=1.6)
SIZE = GraphicsSettings(width=160, height=120, fov_deg=90.0)
LEFT, RIGHT = Pose(-0.2, 0.5, 1.6), Pose(0.2, 0.5, 1.6)


@pytest.fixture(scope="module")
def meshes() -> tuple[Mesh, Mesh]:
    return geometry.load("models/hand_left.npz"), geometry.load("models/hand_right.npz")


def test_the_models_are_small_whole_and_each_others_mirror_image(meshes: tuple[Mesh, Mesh]) -> None:
    left, right = meshes
    for mesh in meshes:
        assert 1000 <= mesh.triangle_count <= 3000
        edges = np.sort(
            np.concatenate([mesh.triangles[:, [0, 1]], mesh.triangles[:, [1, 2]], mesh.triangles[:, [2, 0]]])
        )
        _, count = np.unique(edges, axis=0, return_counts=True)
        assert (count % 2 == 0).all(), "the surface is closed"
        assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-3)
        corners = mesh.positions[mesh.triangles]
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        outward = np.einsum("ij,ij->i", faces, mesh.normals[mesh.triangles[:, 0]])
        assert (outward > 0).mean() > 0.99
    assert np.allclose(left.positions * [-1, 1, 1], right.positions, atol=1e-6)


def test_the_models_lie_in_the_grip_as_a_hand_of_human_size_does(meshes: tuple[Mesh, Mesh]) -> None:
    """OpenXR's grip in Palier's axes: flat fingers along -Z, the thumb on the side of +Y, the origin on the palm's skin,
    the hand's back at +X on the right."""
    _, right = meshes
    low, high = right.positions.min(axis=0), right.positions.max(axis=0)
    assert low[2] == pytest.approx(-0.10, abs=0.02), "fingertips"
    assert high[2] == pytest.approx(0.083, abs=0.01), "cuff"
    assert high[1] == pytest.approx(0.068, abs=0.01), "thumb"
    assert low[1] == pytest.approx(-0.045, abs=0.01), "edge of the hand"
    fingers = right.positions[right.positions[:, 2] < -0.075]
    assert fingers[:, 0].mean() < -0.02, "bent towards the palm"
    distance = np.linalg.norm(right.positions, axis=1).min()
    assert distance < 0.008, "the palm's skin is at the origin"


class Theatre:
    def __init__(self, settings: GraphicsSettings = SIZE) -> None:
        self.display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), settings)
        self.stage = stage_of(rooms(), settings)

    def see(self, hands: Hands, cue: Cue = Cue(), head: Pose = HEAD) -> np.ndarray:  # noqa: B008
        frame = self.display.begin()
        assert frame is not None
        self.stage.play(cue, 1 / 90, head, hands)
        self.display.show(frame, self.stage.picture(head))
        pixels = self.display.capture()
        assert pixels is not None
        return pixels.astype(int)

    def close(self) -> None:
        self.stage.close()
        self.display.close()


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    made = Theatre()
    yield made
    made.close()


def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which pixels differ clearly."""
    return np.abs(a - b).max(axis=2) > 6


@pytest.mark.graphics
def test_each_hand_is_drawn_at_its_grip_and_not_without_one(theatre: Theatre) -> None:
    none = theatre.see(Hands())
    for hands, columns in ((Hands(left=LEFT), slice(0, 80)), (Hands(right=RIGHT), slice(80, 160))):
        changed = difference(theatre.see(hands), none)
        rows, seen = np.nonzero(changed)
        assert len(seen) > 150
        assert changed[:, columns].sum() == changed.sum()
        # 0.2 m aside at 0.5 m: 32 of 80 pixels from the middle
        assert abs(abs(seen.mean() - 79.5) - 32) < 8
        assert abs(rows.mean() - 59.5) < 14
    assert not difference(theatre.see(Hands()), none).any()


@pytest.mark.graphics
@pytest.mark.parametrize("place", list(Place))
def test_they_are_there_in_every_place(theatre: Theatre, place: Place) -> None:
    cue = Cue(place=place)
    assert difference(theatre.see(Hands(LEFT, RIGHT), cue), theatre.see(Hands(), cue)).sum() > 300


@pytest.mark.graphics
def test_they_stay_with_the_person_when_the_tracked_space_is_moved_in_the_scene() -> None:
    """A scene turns and tilts the tracked space; the hands stay before the eyes."""
    scenes = rooms()
    still = Theatre()
    plain = difference(still.see(Hands(right=RIGHT)), still.see(Hands()))
    still.close()
    for room in scenes.values():
        room.heading, room.sways_deg = 75.0, 2.0
    moved = Theatre.__new__(Theatre)
    moved.display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), SIZE)
    moved.stage = stage_of(scenes, SIZE)
    try:
        turned = difference(moved.see(Hands(right=RIGHT)), moved.see(Hands()))
    finally:
        moved.close()
    both = (plain & turned).sum()
    assert both > 0.8 * max(plain.sum(), turned.sum())


@pytest.mark.graphics
@pytest.mark.parametrize("cover", [{"shell": 1.0}, {"blink": 1.0}])
def test_behind_the_closed_shell_there_are_no_hands(theatre: Theatre, cover: dict[str, float]) -> None:
    hands = Hands(LEFT, RIGHT)
    theatre.see(hands)
    closed = replace(Cue(), **cover)
    assert not difference(theatre.see(hands, closed), theatre.see(Hands(), closed)).any()
    picture = theatre.stage.picture(HEAD)
    assert picture is not None
    picture.scene_root.find("**/shell").hide()
    frame = theatre.display.begin()
    assert frame is not None
    theatre.display.show(frame, picture)
    pixels = theatre.display.capture()
    assert pixels is not None
    assert np.ptp(pixels.reshape(-1, 3), axis=0).max() == 0, "nothing is drawn even without the shell"


@pytest.mark.graphics
def test_a_hand_turns_with_its_grip(theatre: Theatre) -> None:
    none = theatre.see(Hands())
    half = radians(90) / 2
    flat = RIGHT._replace(qy=sin(half), qw=cos(half))
    seen = [difference(theatre.see(Hands(right=grip)), none) for grip in (RIGHT, flat)]
    assert difference(*(s[:, :, None].astype(int) * 255 for s in seen)).sum() > 100
