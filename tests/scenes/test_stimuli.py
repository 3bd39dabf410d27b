"""Where a scene says that its stimulus is, there is something to be seen.

Approach, avoidance and looking are measured against ``stimuli()``. A point that is off by half a metre would make
every marker wrong, and no picture would show it. So for each step an eye looks closely, from where a person's eyes
are, at the point that is given: at a square of half a metre around it, whose depth buffer is read back and turned
into places in space. Two things have to hold.

- Some surface lies within ``NEAR_M`` of the point: not in front of it, not behind it, not only beside it. (A point may
  lie within a thing, such as a jar, a person, or the edge of a floor under a low parapet.)
- What lies around it is not one flat face. A stimulus is a thing or an edge; a point that has slid along a floor, a
  wall or a table shows nothing but that.

Glass counts as a surface where the point lies in it, and is looked through where it does not. What is hidden behind
another thing in one step is judged in the others. What cannot be told so: a point that has slid along an edge and is
on it still (the distance to a long edge does not change by that), and one that has come to lie on another thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import hypot

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.helpers.depth import DepthEye, Point, see_glass
from tests.helpers.scene_alone import alone, steps_of
from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Hands, Pose, StimulusReading
from vr_runtime.scene_views import cue_of, eyes_m, pose
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import Stage

pytestmark = pytest.mark.graphics

NEAR_M = 0.20
AROUND_M = 0.35
"""How far from the point a surface may be to count as lying around it."""
FLAT_M = 0.002
"""What departs from one plane by less is flat."""
TELLING = 8
"""Pixels (of 96 x 96) that have to depart."""
SQUARE_M = 0.25
HIDDEN_M = 2.0
"""Something that much nearer than the point is another thing that stands before it, such as a car in traffic."""
HIDDEN = "something stands before it"
LIE_M = 0.5
LIES: tuple[Point, ...] = (
    (-LIE_M, 0.0, 0.0),
    (LIE_M, 0.0, 0.0),
    (0.0, -LIE_M, 0.0),
    (0.0, LIE_M, 0.0),
    (0.0, 0.0, -LIE_M),
    (0.0, 0.0, LIE_M),
)

PACKS = {name: pack for name, pack in find_scenes().items() if pack.manifest.stimuli}


class Looked:
    """A scene on a stage, with an eye for depth."""

    def __init__(self, pack: ScenePack) -> None:
        self.manifest = pack.manifest
        self._graphics = Graphics(GraphicsSettings(width=32, height=32), "offscreen")
        packs = alone(pack)
        self._stage = Stage(
            {name: (each.manifest, each.create()) for name, each in packs.items()}, 1, self._graphics.settings
        )
        self._eye = DepthEye(self._graphics)
        self.head = pose(0.0, 0.0, 0.0, eyes_m(pack.manifest))

    def step(self, number: int) -> tuple[StimulusReading, ...]:
        """Play a step for two seconds; what is visible then."""
        cue = cue_of(self.manifest, number)
        self._stage.play(replace(cue, restart=True), 0.0, self.head, Hands())
        for _ in range(20):
            self._stage.play(cue, 0.1, self.head, Hands())
        picture = self._stage.picture(self.head)
        assert picture is not None
        self._picture: Picture = picture
        return tuple(reading for reading in self._stage.readings(self.head) if reading.visible)

    def wrong(self, at: Point) -> str | None:
        """What speaks against a stimulus at this point of the tracked space; None: nothing. Glass may be the thing
        itself, or what one looks through."""
        found: str | None = None
        for glass in (True, False):
            see_glass(self._picture.scene_root, glass)
            found = wrong_with(self._eye.around(self._picture, self.head, at, SQUARE_M))
            if found is None:
                return None
        return found

    def close(self) -> None:
        self._eye.close()
        self._stage.close()
        self._graphics.close()


def wrong_with(there: NDArray[np.float64]) -> str | None:
    """The same of what a depth eye has seen around the point."""
    away = np.linalg.norm(there, axis=-1)
    if (there[..., 1] < -HIDDEN_M).all():
        return HIDDEN
    if away.min() > NEAR_M:
        return f"the nearest surface is {away.min():.2f} m away"
    patch = there[away < AROUND_M]
    centred = patch - patch.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    off = np.sort(np.abs(centred @ axes[2]))[::-1]
    if len(off) <= TELLING or off[TELLING] < FLAT_M:
        return "there is nothing but a flat face"
    return None


@pytest.fixture(scope="module", params=list(PACKS))
def looked(request: pytest.FixtureRequest) -> Iterator[Looked]:
    made = Looked(PACKS[request.param])
    yield made
    made.close()


def test_where_a_step_s_stimulus_is_said_to_be_there_is_a_thing_or_an_edge(looked: Looked) -> None:
    seen: set[str] = set()
    for number in steps_of(looked.manifest):
        for reading in looked.step(number):
            wrong = looked.wrong(reading.point)
            stimulus = looked.manifest.stimuli[reading.index].id
            if wrong == HIDDEN:
                continue
            assert wrong is None, (
                f"{looked.manifest.id}, step {number}, {stimulus} at {reading.point}: {wrong}"
            )
            seen.add(stimulus)
    assert seen, "no step shows a stimulus"


def test_the_distance_that_is_told_is_the_one_to_the_point_over_the_floor(looked: Looked) -> None:
    """To its nearest side: less than to the point by half the thing's breadth at most."""
    for number in steps_of(looked.manifest):
        for reading in looked.step(number):
            far = over_the_floor(looked.head, reading.point)
            assert far - 0.6 <= reading.distance_m <= far + 1e-6, (number, reading)


def test_a_point_that_is_off_by_half_a_metre_is_noticed(looked: Looked) -> None:
    """In three directions of six at the least; in one at the least in a small room, where half a metre beside a thing is
    another thing; in two on the road, where half a metre along a vehicle's side is its side still. Off the edge of the heights scene: of the four that lead off it, in three, for half a metre above it
    a low rail may be."""
    least = {"washroom": 1, "road": 2}.get(looked.manifest.id, 3)
    for number in steps_of(looked.manifest):
        for reading in looked.step(number):
            if looked.wrong(reading.point) == HIDDEN:
                continue
            x, y, z = reading.point
            noticed = {
                (dx, dy, dz): looked.wrong((x + dx, y + dy, z + dz)) is not None for dx, dy, dz in LIES
            }
            assert sum(noticed.values()) >= least, (number, reading, noticed)
            if looked.manifest.id == "heights":
                assert sum(noticed[lie] for lie in LIES if lie[0] == 0.0) >= 3, (number, reading, noticed)


def over_the_floor(head: Pose, point: Point) -> float:
    return hypot(point[0] - head.x, point[1] - head.y)
