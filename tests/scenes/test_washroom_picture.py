"""The washroom's picture stands where its logic has things, shows dirt and water only where there are some, and keeps
within its budget."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from scenes.kit import stored
from scenes.washroom import objects
from scenes.washroom.objects import BY_ID, THINGS
from scenes.washroom.picture import WashroomPicture
from scenes.washroom.scene import WashroomScene
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

SIZE = GraphicsSettings(width=96, height=64)
LOOKING_DOWN = Pose(z=1.6, qx=-0.34, qw=0.94)
MOVING = [thing.id for thing in THINGS if thing.motion is not None]
DIRTY = dict.fromkeys(
    ("dirt_room", "dirt_door", "dirt_tap", "dirt_flush", "dirt_seat", "dirt_bin", "dirt_floor"), 1.0
)


class Drawn:
    """The scene with its picture, and a camera."""

    def __init__(self) -> None:
        from panda3d.core import NodePath

        self.graphics = Graphics(SIZE, "offscreen")
        self.world = NodePath("world")
        self.root = self.world.attach_new_node("scene")
        self.scene = WashroomScene()
        self.scene.build(Kitchen(self.root, SIZE))
        self.origin = self.world.attach_new_node("origin")

    def show(self, **parameters: float | str) -> None:
        self.scene.begin(Random(1), parameters)
        self.scene.draw()

    @property
    def picture(self) -> WashroomPicture:
        assert self.scene._picture is not None
        return self.scene._picture

    def take(self) -> np.ndarray:
        view = self.scene.viewpoint()
        self.origin.set_pos_hpr(view.x, view.y, view.z, view.heading, 0, 0)
        self.graphics.render(Picture(self.world, self.origin, LOOKING_DOWN))
        pixels = self.graphics.capture()
        assert pixels is not None
        return pixels.astype(float)


@pytest.fixture(scope="module")
def drawn() -> Iterator[Drawn]:
    made = Drawn()
    yield made
    made.graphics.close()


def test_every_thing_lies_where_the_table_says() -> None:
    meshes, _ = stored.load("models/washroom.npz")
    for thing in THINGS:
        if thing.kind == "surface":
            continue
        points = meshes[thing.id].positions
        low, high = (
            np.array(thing.centre) - np.array(thing.size) / 2,
            np.array(thing.centre) + np.array(thing.size) / 2,
        )
        inside = ((points > low - 0.02) & (points < high + 0.02)).all(axis=1)
        assert inside.mean() > 0.6, thing.id
        if thing.kind == "take":  # of these the box holds the roll and the dispenser's mouth too
            continue
        # and it fills its box: what hands feel is what is seen
        missing = np.maximum(points.min(axis=0) - low, high - points.max(axis=0))
        assert missing.max() < 0.035, thing.id


@pytest.mark.graphics
@pytest.mark.parametrize("name", MOVING)
def test_parts_move_as_the_logic_has_them(drawn: Drawn, name: str) -> None:
    motion = BY_ID[name].motion
    assert motion is not None
    x, y, z = (float(v) for v in np.array(BY_ID[name].centre) + np.array(BY_ID[name].size) / 2)
    corner = (x, y, z)
    drawn.show()
    node = drawn.picture.parts[name]
    at_rest = node.get_relative_point(drawn.root, corner)
    drawn.scene.parts[name].value = 0.8 * motion.travel
    drawn.scene.draw()
    seen = drawn.root.get_relative_point(node, at_rest)
    assert tuple(seen) == pytest.approx(motion.moved(corner, 0.8 * motion.travel), abs=1e-4)  # type: ignore[arg-type]
    assert tuple(seen) != pytest.approx(corner, abs=5e-3)


@pytest.mark.graphics
def test_a_clean_dry_room_draws_no_dirt_and_a_soiled_one_does(drawn: Drawn) -> None:
    drawn.show(place="cubicle")
    assert not [node for node, _ in drawn.picture.dirt.layers if not node.is_hidden()]
    clean = drawn.take()
    drawn.show(place="cubicle", **DIRTY, wetness=1.0)
    # what starts clean takes dirt from hands alone
    still = [node.name for node, _ in drawn.picture.dirt.layers if node.is_hidden()]
    assert set(still) == {"counter prints", "dirt on phone", *(f"dirt on soap_{k}" for k in (1, 2, 3))}
    soiled = drawn.take()
    assert (np.abs(clean - soiled).max(axis=2) > 6.0).mean() > 0.05
    drawn.show(place="cubicle")
    assert (drawn.take() == clean).all()


@pytest.mark.graphics
def test_water_is_seen_only_while_it_runs(drawn: Drawn) -> None:
    def running() -> int:
        return sum(not node.is_hidden() for node in drawn.root.find_all_matches("**/running"))

    drawn.show(sink="on")
    dry = running()
    drawn.scene._latches["tap_2"].on = True
    drawn.scene.draw()
    wet = running()
    drawn.show(sink="off")
    drawn.scene._latches["tap_2"].on = True
    drawn.scene.draw()
    assert running() == dry == 0
    assert wet > 0


@pytest.mark.graphics
@pytest.mark.parametrize("place", sorted(objects.PLACES))
def test_the_shader_of_running_water_is_used_before_a_tap_is_opened(drawn: Drawn, place: str) -> None:
    """Else the first drop would make the picture stop while the driver compiles it."""
    drawn.show(place=place)
    drawn.take()
    drawn.scene.draw()
    specks = drawn.root.find("**/specks")
    stream = drawn.root.find("**/running/stream")
    assert not specks.is_hidden()
    assert specks.get_state() == stream.get_state()
    view = drawn.graphics.sees()[0]
    specks.hide()
    drawn.take()
    assert drawn.graphics.sees()[0] == view - 1
    specks.show()


@pytest.mark.graphics
@pytest.mark.parametrize("place", sorted(objects.PLACES))
def test_the_budget_holds_with_everything_in_view(drawn: Drawn, place: str) -> None:
    drawn.show(place=place, **DIRTY, wetness=1.0, sink="on", others="two")
    drawn.take()
    geoms, triangles = drawn.graphics.sees()
    assert 5 < geoms < 150
    assert 10_000 < triangles < 350_000


@pytest.mark.graphics
def test_frames_that_change_everything_make_no_lasting_states(drawn: Drawn) -> None:
    from panda3d.core import RenderState

    def frame(k: int) -> None:
        drawn.show(**dict.fromkeys(DIRTY, 0.5 + 0.4 * (k % 2)), sink="on", wetness=0.1 * (k % 3))
        drawn.scene.parts["seat"].value = float(k % 4)
        drawn.scene.draw()
        drawn.take()

    for k in range(12):
        frame(k)
    before = RenderState.get_num_states()
    for k in range(24):
        frame(k)
    assert RenderState.get_num_states() <= before
