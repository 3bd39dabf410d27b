"""What is on the patient's hands: stains, water and foam where a scene says so, on each hand by itself, in both eyes."""

from __future__ import annotations

from collections.abc import Iterator
from math import radians, sin

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.helpers.looks import lit
from tests.helpers.rooms import Cue, Room, rooms, stage_of
from tests.helpers.two_eyes import LOOKS, WAYS, Looking, Subject, alike, seen
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.stage.hands import HandModels
from vr_runtime.stage.scene import HandLook, Viewpoint
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

HEAD = Pose(z=1.6)
SIZE = GraphicsSettings(width=240, height=120, fov_deg=70.0)
HALF = sin(radians(45.0))
# fingers up; the left hand shows its back, the right one its palm
HANDS = Hands(Pose(-0.15, 0.4, 1.58, HALF, HALF, 0.0, 0.0), Pose(0.15, 0.4, 1.58, HALF, HALF, 0.0, 0.0))
CLEAN = HandLook()
Picture = NDArray[np.int64]


class Washroom(Room):
    """A room in which hands get dirty."""

    looks = (CLEAN, CLEAN)

    def hand_looks(self) -> tuple[HandLook, HandLook]:
        return self.looks


class Theatre:
    def __init__(self) -> None:
        self.display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), SIZE)
        self.scenes = rooms()
        self.room = self.scenes["room"] = Washroom()
        self.stage = stage_of(self.scenes, SIZE)

    def see(self, left: HandLook, right: HandLook, cue: Cue = Cue(), hands: Hands = HANDS) -> Picture:  # noqa: B008
        self.room.looks = (left, right)
        frame = self.display.begin()
        assert frame is not None
        self.stage.play(cue, 1 / 90, HEAD, hands)
        self.display.show(frame, self.stage.picture(HEAD))
        pixels = self.display.capture()
        assert pixels is not None
        return pixels.astype(np.int64)


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    made = Theatre()
    yield made
    made.stage.close()
    made.display.close()


def differing(a: Picture, b: Picture) -> tuple[int, int]:
    """How many pixels differ clearly in the left and in the right half."""
    apart = np.abs(a - b).max(axis=2) > 8
    return int(apart[:, :120].sum()), int(apart[:, 120:].sum())


def test_each_hand_wears_its_own_stain_and_a_clean_one_none(theatre: Theatre) -> None:
    clean = theatre.see(CLEAN, CLEAN)
    left, right = differing(clean, theatre.see(HandLook(1.0), CLEAN))
    assert left > 150
    assert right == 0
    left, right = differing(clean, theatre.see(CLEAN, HandLook(1.0)))
    assert left == 0
    assert right > 150
    assert differing(clean, theatre.see(CLEAN, CLEAN)) == (0, 0)


def test_a_stain_grows_and_stays_where_it_was(theatre: Theatre) -> None:
    clean = theatre.see(CLEAN, CLEAN)
    before = np.zeros(clean.shape[:2], dtype=bool)
    areas: list[int] = []
    for stain in (0.2, 0.4, 0.6, 0.8, 1.0):
        apart = np.abs(theatre.see(HandLook(stain), HandLook(stain)) - clean).max(axis=2) > 20
        areas.append(int(apart.sum()))
        assert (before & ~apart).sum() <= 0.06 * max(1, before.sum())
        before = apart
    assert areas == sorted(areas)
    assert areas[0] > 0
    assert areas[-1] > 4 * areas[0]


def test_the_palm_gets_dirty_before_the_back(theatre: Theatre) -> None:
    clean = theatre.see(CLEAN, CLEAN)
    back, palm = differing(clean, theatre.see(HandLook(0.4), HandLook(0.4)))
    assert palm > 1.3 * back


def test_foam_is_light_and_water_is_dark(theatre: Theatre) -> None:
    clean = theatre.see(CLEAN, CLEAN)
    foam = theatre.see(HandLook(foam=1.0), HandLook(foam=1.0))
    wet = theatre.see(HandLook(wet=1.0), HandLook(wet=1.0))
    hands = np.abs(foam - clean).max(axis=2) > 8
    assert hands.sum() > 300
    assert foam[hands].mean() > clean[hands].mean() + 10
    assert wet[hands].mean() < clean[hands].mean() - 5


def test_in_another_place_hands_are_as_they_always_are(theatre: Theatre) -> None:
    calm = Cue(place=Place.CALM)
    before = theatre.see(CLEAN, CLEAN, calm)
    theatre.see(HandLook(1.0), HandLook(1.0))
    assert differing(before, theatre.see(HandLook(1.0), HandLook(1.0), calm)) == (0, 0)
    back = theatre.see(HandLook(1.0), HandLook(1.0))
    assert min(differing(theatre.see(CLEAN, CLEAN), back)) > 150, (
        "and the stain is there again on the way back"
    )


def stained(subject: Subject) -> None:
    hands = HandModels(subject.settings)
    hands.show(lit(subject).root, Viewpoint(), HANDS, (HandLook(0.7, 0.0, 0.3), HandLook(0.4, 1.0, 0.0)))


@pytest.mark.parametrize("msaa", [0, 4])
def test_one_pass_and_two_passes_draw_the_same_stains(looking: Looking, msaa: int) -> None:
    two, single = (seen(looking(way, msaa), stained, LOOKS) for way in WAYS)
    for expected, found in zip(two, single, strict=True):
        for eye in (0, 1):
            mean, share = alike(expected[eye], found[eye])
            assert mean < 0.25
            assert share < 0.004
