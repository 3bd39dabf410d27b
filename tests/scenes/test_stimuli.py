"""Where a scene says that its stimulus is, the picture shows that stimulus.

Approach, avoidance and looking are measured against ``stimuli()``. A point that is off by half a metre would make
every marker wrong, and no picture would show it. So for each step an eye looks closely, from where a person's eyes
are, at the point that is given: at a square around it, whose depth buffer is read back and turned into places in space.
It looks twice, at the whole scene and at the stimulus alone (the nodes that the scene has named by
``Kitchen.stimulus``). Three things have to hold.

- Some surface of the stimulus itself lies within ``NEAR_M`` of the point: not in front of it, not behind it, not only
  beside it. (A point may lie within a thing, such as a jar or a car.)
- Some surface of the whole scene does. Glass counts where the point lies in it, and is looked through where not.
- What lies around it is not one flat face. A stimulus is a thing or an edge; a point that has slid along a floor, a
  wall or a table shows nothing but that.

What is hidden behind another thing in one step is judged in the others. What cannot be told so: a point that has slid
along a thing longer than half a metre (an edge, a counter, a lorry) and is on it still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import hypot

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.helpers.depth import DepthEye, Point, only, see_glass
from tests.helpers.scene_alone import alone, steps_of
from tests.helpers.session import ROOT
from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.protocol.pose import Hands, Pose, StimulusReading
from vr_runtime.scene_views import cue_of, eyes_m, pose
from vr_runtime.stage.kitchen import STIMULUS
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import Stage

pytestmark = [pytest.mark.graphics, pytest.mark.slow]

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
NOT_THERE = "it is nowhere near (has the scene named its nodes by Kitchen.stimulus?)"
AWAY_M = 5.0
SLACK_M = 0.05
"""Within so much of ``NEAR_M`` it may be told either way."""
LIE_M = 0.5
LIES: tuple[Point, ...] = (
    (-LIE_M, 0.0, 0.0),
    (LIE_M, 0.0, 0.0),
    (0.0, -LIE_M, 0.0),
    (0.0, LIE_M, 0.0),
    (0.0, 0.0, -LIE_M),
    (0.0, 0.0, LIE_M),
)

EXAMPLE = ROOT / "examples" / "scene_pack"
PACKS = {name: pack for name, pack in find_scenes().items() if pack.manifest.stimuli}
PACKS["spider_jar"] = ScenePack(read_manifest(EXAMPLE / "spider_jar" / "scene.toml"), "spider_jar")


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

    def readings(self) -> tuple[StimulusReading, ...]:
        """All that are told of, visible or not."""
        return self._stage.readings(self.head)

    def name(self, reading: StimulusReading) -> str:
        return self.manifest.stimuli[reading.index].id

    def alone(self, stimulus: str, at: Point, half_m: float) -> NDArray[np.float64]:
        """The surfaces of the stimulus itself that lie around a point."""
        root = self._picture.scene_root
        see_glass(root, True)
        with only(root, f"{STIMULUS}{stimulus}"):
            return self._eye.around(self._picture, self.head, at, half_m)

    def wrong(self, stimulus: str, at: Point) -> str | None:
        """What speaks against a stimulus at this point of the tracked space; None: nothing. Glass may be the thing
        itself, or what one looks through."""
        away = float(np.linalg.norm(self.alone(stimulus, at, SQUARE_M), axis=-1).min())
        found: str | None = None
        for glass in (True, False):
            see_glass(self._picture.scene_root, glass)
            found = wrong_with(self._eye.around(self._picture, self.head, at, SQUARE_M))
            if found is None:
                break
        if found == HIDDEN or away <= NEAR_M:
            return found
        return f"its nearest surface is {away:.2f} m away" if away < AWAY_M else NOT_THERE

    def reaches(self, stimulus: str, at: Point) -> list[bool]:
        """Whether the stimulus at this point goes on to where each of ``LIES`` leads."""
        there = self.alone(stimulus, at, 2.0 * LIE_M).reshape(-1, 3)
        away = np.subtract(at, (self.head.x, self.head.y, self.head.z))
        ahead = away / np.linalg.norm(away)
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        own = there @ np.stack([right, ahead, np.cross(right, ahead)])
        return [bool((np.linalg.norm(own - lie, axis=1) < NEAR_M + SLACK_M).any()) for lie in LIES]

    def close(self) -> None:
        self._eye.close()
        self._stage.close()
        self._graphics.close()


def wrong_with(there: NDArray[np.float64]) -> str | None:
    """The same of what a depth eye has seen around the point, whatever it is."""
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
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLE))
        made = Looked(PACKS[request.param])
        yield made
        made.close()


def test_where_a_step_s_stimulus_is_said_to_be_it_is_seen(looked: Looked) -> None:
    seen: set[str] = set()
    told: set[str] = set()
    for number in steps_of(looked.manifest):
        for reading in looked.step(number):
            stimulus = looked.name(reading)
            told.add(stimulus)
            wrong = looked.wrong(stimulus, reading.point)
            if wrong == HIDDEN:
                continue
            assert wrong is None, (
                f"{looked.manifest.id}, step {number}, {stimulus} at {reading.point}: {wrong}"
            )
            seen.add(stimulus)
    assert told, "no step shows a stimulus"
    assert seen == told, "never seen, for something stands before it in every step"


def test_the_distance_that_is_told_is_the_one_to_the_point_over_the_floor(looked: Looked) -> None:
    """To its nearest side: less than to the point by half the thing's breadth at most."""
    for number in steps_of(looked.manifest):
        for reading in looked.step(number):
            far = over_the_floor(looked.head, reading.point)
            assert far - 0.6 <= reading.distance_m <= far + 1e-6, (number, reading)


def test_a_point_that_is_off_by_half_a_metre_is_noticed(looked: Looked) -> None:
    """In every direction in which the stimulus does not reach so far; and there are two of those at the least."""
    for number in steps_of(looked.manifest):
        for reading in looked.step(number):
            stimulus = looked.name(reading)
            if looked.wrong(stimulus, reading.point) == HIDDEN:
                continue
            x, y, z = reading.point
            noticed = [looked.wrong(stimulus, (x + dx, y + dy, z + dz)) is not None for dx, dy, dz in LIES]
            reached = looked.reaches(stimulus, reading.point)
            told = (number, stimulus, reading.point, list(zip(LIES, noticed, reached, strict=True)))
            assert all(seen or on for seen, on in zip(noticed, reached, strict=True)), told
            assert sum(noticed) >= 2, told


def test_readings_come_in_the_manifest_s_order_each_once(looked: Looked) -> None:
    for number in steps_of(looked.manifest):
        looked.step(number)
        told = [reading.index for reading in looked.readings()]
        assert told == sorted(set(told)), (number, told)
        assert all(0 <= index < len(looked.manifest.stimuli) for index in told), (number, told)


def over_the_floor(head: Pose, point: Point) -> float:
    return hypot(point[0] - head.x, point[1] - head.y)
