"""What hands did is told of the exposure scene that is shown, and of nothing else."""

from __future__ import annotations

from tests.helpers.rooms import Cue, Room, rooms, stage_of
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.stage.scene import Deed
from vr_runtime.stage.stage import Stage

HEAD = Pose(z=1.6)
DEED = Deed("touched", "thing", "left", 0.1, 0.1)


class Handled(Room):
    """A room in which a hand touches something in every frame."""

    def deeds(self) -> tuple[Deed, ...]:
        return (DEED,)


def played(place: Place) -> Stage:
    stage = stage_of({name: Handled() for name in rooms()})
    stage.play(Cue(place=place), 0.1, HEAD, Hands())
    return stage


def test_an_exposure_scene_s_deeds_are_told() -> None:
    assert played(Place.SCENE).deeds() == (DEED,)


def test_neither_the_neutral_room_nor_the_safe_place_tells_any() -> None:
    assert played(Place.BASELINE_ROOM).deeds() == ()
    assert played(Place.CALM).deeds() == ()
    stage = played(Place.SCENE)
    stage.play(Cue(place=Place.CALM), 0.1, HEAD, Hands())
    assert stage.deeds() == ()


def test_a_scene_without_deeds_tells_none() -> None:
    stage = stage_of(rooms())
    stage.play(Cue(), 0.1, HEAD, Hands())
    assert stage.deeds() == ()
