"""What a scene pack should test of itself: its manifest, its logic, and that what is random is repeated."""

from __future__ import annotations

from math import isfinite, pi
from pathlib import Path
from random import Random

import pytest
import spider_jar
from spider_jar.logic import JAR_M, WALK_RAD, JarLogic

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.plan import plan_of_scene
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage import assets
from vr_runtime.stage.scene import Moment

MANIFEST = read_manifest(Path(spider_jar.__file__).parent / "scene.toml")
HEAD = Pose(z=1.6)


def scene(preset: dict[str, Value] | None = None, seed: int = 1) -> JarLogic:
    logic = JarLogic()
    logic.begin(Random(seed), {**MANIFEST.defaults(), **(preset or {})})
    return logic


def play(logic: JarLogic, seconds: float, dt_s: float = 1 / 90) -> None:
    for frame in range(round(seconds / dt_s)):
        logic.update(Moment(frame * dt_s, dt_s, HEAD, Hands()))


def test_every_step_can_be_played_and_comes_nearer() -> None:
    plan = plan_of_scene(MANIFEST)
    assert plan.problems({MANIFEST.id: MANIFEST}) == []
    distances = [plan.values(number, MANIFEST)["distance"] for number in range(1, len(plan.steps) + 1)]
    assert distances == sorted(distances, reverse=True)


@pytest.mark.parametrize("distance", [0.6, 1.0, 5.0])
def test_the_distance_is_that_to_the_glass_over_the_floor(distance: float) -> None:
    logic = scene({"distance": distance})
    (reading,) = logic.stimuli(HEAD)
    assert reading.distance_m == pytest.approx(distance - JAR_M)
    (nearer,) = logic.stimuli(HEAD._replace(y=0.3))
    assert nearer.distance_m == pytest.approx(distance - JAR_M - 0.3)


def test_the_jar_stands_still_in_the_world_whatever_the_distance() -> None:
    for distance in (0.6, 2.0, 5.0):
        logic = scene({"distance": distance})
        (reading,) = logic.stimuli(HEAD)
        view = logic.viewpoint()
        assert (view.x + reading.point[0], view.y + reading.point[1]) == pytest.approx((0.0, 0.0))


def test_a_spider_that_is_not_restless_stirs_only_when_it_is_told_to() -> None:
    logic = scene({"restless": 0.0})
    before = logic.angle
    play(logic, 60.0)
    assert logic.angle == before
    logic.fire("walk")
    play(logic, 10.0)
    assert (logic.angle - before) % (2 * pi) == pytest.approx(WALK_RAD)
    assert not logic.walking


def test_a_restless_spider_stirs_by_itself_and_frozen_time_holds_it() -> None:
    logic = scene({"restless": 1.0})
    before = logic.angle
    for _ in range(1000):
        logic.update(Moment(1.0, 0.0, HEAD, Hands()))
    assert logic.angle == before
    play(logic, 30.0)
    assert logic.angle != before


def test_the_same_seed_gives_the_same_states() -> None:
    one, other, another = (
        scene({"restless": 0.7}, 4),
        scene({"restless": 0.7}, 4),
        scene({"restless": 0.7}, 5),
    )
    for logic in (one, other, another):
        play(logic, 40.0)
    assert one.state() == other.state() != another.state()
    assert all(isfinite(value) for value in one.state().values() if not isinstance(value, str))


def test_every_sound_is_there() -> None:
    logic = scene()
    logic.fire("walk")
    cues = logic.sounds()
    assert {cue.key for cue in cues} == {"room", "steps"}
    for cue in cues:
        assert assets.path(cue.file).is_file()
        assert 0.0 <= cue.gain <= 1.0
