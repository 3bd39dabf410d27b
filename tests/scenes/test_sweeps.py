"""Every installed scene bears whatever can be turned, fired and done in it, for as long as one likes.

A course (``tests/helpers/scene_alone.py``) takes each parameter to its limits, then all of them at random, with
triggers, pauses, long frames, a head that wanders and hands that come and go. ``make test`` plays 2,000 frames of it
without graphics and some with; ``make proof`` plays all of them with.
"""

from __future__ import annotations

import gc
import resource
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import isfinite
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.helpers.scene_alone import Course, Turn, alone, ends
from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.journal import state_hash
from vr_runtime.protocol.words import Place
from vr_runtime.scene_views import Cue, cue_of
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import Act, Stage

if TYPE_CHECKING:
    from panda3d.core import NodePath

FRAMES = 2_000
DRAWN = 60
SMALL = GraphicsSettings(width=160, height=90)
PACKS = find_scenes()

scenes = pytest.mark.parametrize("pack", PACKS.values(), ids=list(PACKS))


def played(pack: ScenePack, seed: int, turns: Iterable[Turn]) -> Iterator[tuple[Act, Turn]]:
    """The scene's logic on its course."""
    act = Act(pack.manifest, pack.create(), seed)
    act.begin({})
    for turn in turns:
        act.play(turn.parameters, turn.fire, turn.dt_s, turn.head, turn.hands)
        yield act, turn


def told(act: Act, turn: Turn) -> str | None:
    """What is wrong with what a scene says of itself in a frame; None: nothing."""
    manifest, scene = act.manifest, act.scene
    for name, value in scene.state().items():
        if type(value) not in (int, float, str):
            return f"state {name} is {type(value).__name__}"
        if isinstance(value, float) and not isfinite(value):
            return f"state {name} = {value}"
    if not all(isfinite(value) for value in scene.viewpoint()):
        return f"viewpoint {scene.viewpoint()}"
    readings = scene.stimuli(turn.head)
    indices = [reading.index for reading in readings]
    if indices != sorted(set(indices)) or not set(indices) <= set(range(len(manifest.stimuli))):
        return f"readings {indices} of {len(manifest.stimuli)} stimuli"
    if manifest.stimuli and not readings:
        return "no reading of any stimulus"
    for reading in readings:
        if not all(isfinite(value) for value in (reading.distance_m, *reading.point)):
            return f"{reading}"
        if reading.distance_m < 0.0:
            return f"{reading}"
    cues = scene.sounds()
    if len({cue.key for cue in cues}) != len(cues):
        return "two sounds of one key"
    for cue in cues:
        numbers = (cue.gain, cue.near_m, cue.damp, cue.start or 0.0, *(cue.position or ()))
        if not all(isfinite(value) for value in numbers) or not 0.0 <= cue.gain <= 1.0 or cue.near_m <= 0.0:
            return f"{cue}"
    return None


@scenes
def test_whatever_is_turned_a_scene_says_nothing_that_is_not_finite_and_whole(pack: ScenePack) -> None:
    for number, (act, turn) in enumerate(played(pack, 1, Course(pack.manifest, 1).turns(FRAMES))):
        wrong = told(act, turn)
        assert wrong is None, f"frame {number}: {wrong} with {dict(turn.parameters)}, fired {turn.fire}"


@scenes
def test_the_same_seed_and_course_give_the_same_states_and_sounds(pack: ScenePack) -> None:
    courses = (played(pack, 5, Course(pack.manifest, 2).turns(FRAMES // 2)) for _ in range(2))
    for number, ((one, turn), (other, _)) in enumerate(zip(*courses, strict=True)):
        assert state_hash(one.scene.state()) == state_hash(other.scene.state()), number
        assert one.scene.viewpoint() == other.scene.viewpoint(), number
        assert one.scene.stimuli(turn.head) == other.scene.stimuli(turn.head), number
        assert one.scene.sounds() == other.scene.sounds(), number


GROWTH_MIB = 4.0
"""Of the process over 1,500 frames that are drawn: less than 3 kB a frame, as a mesh or texture made anew would leave."""
GROWTH_BYTES = 24_000
"""More than caches that fill late; far less than one kept object a frame (1,400 frames of 24 bytes and more)."""


@scenes
def test_a_scene_keeps_nothing_of_the_frames_that_have_passed(pack: ScenePack) -> None:
    assert growth(pack, Course(pack.manifest, 3)) < GROWTH_BYTES


def growth(pack: ScenePack, course: Course) -> int:
    """Bytes that the scene holds more after ``FRAMES`` than after the first 600."""
    turns = list(course.turns(600))
    act = Act(pack.manifest, pack.create(), 1)
    act.begin({})
    held: list[int] = [0, 0]
    tracemalloc.start()
    try:
        # the same turns again and again, so that what grows is the scene and not what it has not yet met
        for number in range(FRAMES + 1):
            if number in (600, FRAMES):
                gc.collect()
                held[number == FRAMES] = tracemalloc.get_traced_memory()[0]
            turn = turns[number % 600]
            act.play(turn.parameters, turn.fire, turn.dt_s, turn.head, turn.hands)
            told(act, turn)
    finally:
        tracemalloc.stop()
    return held[1] - held[0]


def test_a_course_meets_every_limit_every_choice_every_trigger_pauses_and_missing_hands() -> None:
    for pack in PACKS.values():
        manifest = pack.manifest
        turns = list(Course(manifest, 1).turns(FRAMES))
        met = {(name, value) for turn in turns for name, value in turn.parameters.items()}
        assert {(item.id, end) for item in manifest.parameters for end in ends(item)} <= met
        assert {name for turn in turns for name in turn.fire} == {item.id for item in manifest.triggers}
        assert {turn.dt_s == 0.0 for turn in turns} == {True, False}
        assert {turn.hands.left is None for turn in turns} == {True, False}
        for turn in turns:
            assert manifest.problems(turn.parameters) == []


class Leaky:
    """What ``growth`` has to notice: a scene that keeps one number a frame."""

    def __init__(self) -> None:
        from vr_runtime.film import Empty

        self._empty = Empty()
        self._kept: list[float] = []

    def update(self, moment: object) -> None:
        self._kept.append(Random().random())

    def __getattr__(self, name: str) -> object:
        return getattr(self._empty, name)


@dataclass(frozen=True)
class LeakyPack(ScenePack):
    def create(self) -> Leaky:  # type: ignore[override]
        return Leaky()


def test_one_number_kept_a_frame_is_noticed() -> None:
    manifest = PACKS["calm"].manifest
    assert growth(LeakyPack(manifest, ""), Course(manifest, 3)) > GROWTH_BYTES


# ------------------------------------------------------------------ with graphics


def nodes(root: NodePath) -> list[NodePath]:
    return list(root.find_all_matches("**"))


class Drawn(NamedTuple):
    """What a course left behind that was drawn."""

    nodes: int
    states: str
    """Digest of the scene's state in every frame."""
    held_mib: tuple[float, ...]
    """Memory of the process after each quarter of the frames."""


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def drawn(pack: ScenePack, frames: int, every: int) -> Drawn:
    """Play a course on a stage with graphics, draw every so many of its frames, and look at the nodes."""
    from vr_runtime.display.snapshot import Camera

    manifest = pack.manifest
    camera = Camera(SMALL)
    scenes = {name: (each.manifest, each.create()) for name, each in alone(pack).items()}
    stage = Stage(scenes, 1, camera.graphics)
    states = blake2b(digest_size=8)
    held: list[float] = []
    assert cue_of(manifest, 0).place in (Place.SCENE, Place.BASELINE_ROOM, Place.CALM)
    try:
        count = None
        for number, turn in enumerate(Course(manifest, 1).turns(frames)):
            place = cue_of(manifest, 0).place
            cue = Cue(
                place, manifest.id, turn.parameters, fire=turn.fire, sound_gain=1.0, restart=number == 0
            )
            stage.play(cue, turn.dt_s, turn.head, turn.hands)
            states.update(repr(state_hash(scenes[manifest.id][1].state())).encode("ascii"))
            picture = stage.picture(turn.head)
            assert picture is not None
            if number % every == 0:
                pixels = camera.take(picture)
                assert pixels.shape == (SMALL.height, SMALL.width, 3)
            there = nodes(picture.scene_root)
            # hands come and go under the scene's root: they are counted by themselves
            scenes_own = [path for path in there if "hand" not in str(path)]
            count = count or len(scenes_own)
            assert len(scenes_own) == count, (
                f"frame {number}: nodes came or went with {dict(turn.parameters)}"
            )
            if number % 10 == 0:
                for path in there:
                    assert not path.get_mat().is_nan(), f"frame {number}: {path} with {dict(turn.parameters)}"
            if (number + 1) % (frames // 4) == 0:
                gc.collect()
                held.append(resident_mib())
        return Drawn(count or 0, states.hexdigest(), tuple(held))
    finally:
        stage.close()
        camera.close()


@pytest.mark.graphics
@scenes
def test_whatever_is_turned_a_scene_can_be_drawn_and_makes_no_node_anew(pack: ScenePack) -> None:
    drawn(pack, DRAWN, 4)


@pytest.mark.proof
@pytest.mark.graphics
@pytest.mark.timeout(3600)
@scenes
def test_a_whole_course_can_be_drawn_twice_alike_and_leaves_nothing_behind(pack: ScenePack) -> None:
    """The second time in the same process, so that what the driver and Python keep once is there already."""
    first, again = (drawn(pack, FRAMES, 1) for _ in range(2))
    print(  # noqa: T201
        f"\n{pack.manifest.id}: {FRAMES} frames drawn twice, every state alike ({first.states}), {first.nodes} nodes "
        f"throughout; memory after each quarter of the second time "
        f"{', '.join(f'{mib:.1f}' for mib in again.held_mib)} MiB",
        flush=True,
    )
    assert (again.nodes, again.states) == (first.nodes, first.states)
    assert again.held_mib[-1] - again.held_mib[0] < GROWTH_MIB
