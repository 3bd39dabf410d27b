"""The comfort vignette: darkens the edge of sight of both eyes alike, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.helpers.looks import lit
from tests.helpers.rooms import Cue, Room, rooms, stage_of
from tests.helpers.two_eyes import LOOKS, WAYS, Looking, Subject, alike, seen, turned
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.stage.scene import Viewpoint
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import Stage
from vr_runtime.stage.turns import listener
from vr_runtime.stage.vignette import Vignette

pytestmark = pytest.mark.graphics

WIDE = GraphicsSettings(width=96, height=96)
AHEAD = Pose(z=1.6)


@dataclass
class Ride(Room):
    """A room that asks for a vignette."""

    strength: float = 0.0

    def vignette(self) -> float:
        return self.strength


class Show:
    def __init__(self) -> None:
        self.ride = Ride(heading=35.0)
        self.display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), WIDE)
        self.stage: Stage = stage_of({**rooms(), "room": self.ride}, WIDE)

    def see(self, strength: float, head: Pose = AHEAD, **cue: object) -> np.ndarray:
        self.ride.strength = strength
        frame = self.display.begin()
        assert frame is not None
        self.stage.play(replace(Cue(), **cue), 1 / 90, head, Hands())  # type: ignore[arg-type]
        self.display.show(frame, self.stage.picture(head))
        pixels = self.display.capture()
        assert pixels is not None
        return pixels.astype(int)


@pytest.fixture(scope="module")
def show() -> Iterator[Show]:
    made = Show()
    yield made
    made.stage.close()
    made.display.close()


def corners(pixels: np.ndarray) -> np.ndarray:
    return np.concatenate(
        [pixels[y, x] for y in (slice(0, 8), slice(-8, None)) for x in (slice(0, 8), slice(-8, None))]
    )


def middle(pixels: np.ndarray) -> np.ndarray:
    return pixels[40:56, 40:56]


def test_the_edge_gets_darker_with_its_strength_and_the_middle_stays_as_it_was(show: Show) -> None:
    bare = show.see(0.0)
    assert corners(bare).mean() > 60
    before = bare
    for strength in (0.3, 0.6, 1.0):
        dark = show.see(strength)
        assert dark.mean() < before.mean() - 0.5
        np.testing.assert_array_equal(middle(dark), middle(bare))
        assert corners(dark).mean() < 0.9 * corners(bare).mean()
        before = dark
    assert corners(before).mean() < 0.25 * corners(bare).mean()


def test_no_strength_draws_exactly_what_a_scene_without_a_vignette_draws(show: Show) -> None:
    bare = show.see(0.0)
    show.see(1.0)
    np.testing.assert_array_equal(show.see(0.0), bare)


@pytest.mark.parametrize(
    "head", [Pose(0.1, 0.0, 1.5, *turned(25, 12, 8)), Pose(0.0, 0.2, 1.4, *turned(-40, -20))]
)
def test_it_goes_with_the_head_wherever_that_looks(show: Show, head: Pose) -> None:
    dark, bare = show.see(1.0, head), show.see(0.0, head)
    np.testing.assert_array_equal(middle(dark), middle(bare))
    kept = [
        corner.mean() / max(1.0, other.mean())
        for corner, other in zip(np.split(corners(dark), 4), np.split(corners(bare), 4), strict=True)
    ]
    assert max(kept) < 0.35


def test_behind_the_closed_shell_and_in_other_places_there_is_none(show: Show) -> None:
    np.testing.assert_array_equal(show.see(1.0, shell=1.0), show.see(0.0, shell=1.0))
    calm = show.see(1.0, place=Place.CALM)
    np.testing.assert_array_equal(calm, show.see(0.0, place=Place.CALM))


def test_one_pass_and_two_passes_draw_the_same_ring(looking: Looking) -> None:
    space, head = Viewpoint(0.2, -0.3, 0.1, 8.0, 2.0, -3.0), Pose(z=1.6)

    def furnish(strength: float):
        def made(subject: Subject) -> None:
            lit(subject)
            Vignette(subject.world, subject.settings).show(strength, listener(space, head).forward)

        return made

    two, single = (seen(looking(way, 0), furnish(1.0), LOOKS) for way in WAYS)
    bare = seen(looking("two", 0), furnish(0.0), LOOKS)
    for one, other, before in zip(two, single, bare, strict=True):
        mean, apart = alike(one, other)
        assert mean < 1.0
        assert apart < 0.01
        for eye in range(2):  # and it is there, in each eye
            assert (one[eye] < before[eye] - 20).any(axis=-1).mean() > 0.2
