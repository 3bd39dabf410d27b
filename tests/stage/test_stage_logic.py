"""The stage plays what the session says; without graphics it is plain Python."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from math import radians, sin

import pytest

from tests.helpers.rooms import Cue, Room, manifest, rooms, stage_of
from vr_runtime.protocol.files.manifest import Budget
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.session.frame import SceneFrame
from vr_runtime.stage.stage import Stage, StageError

HEAD = Pose(z=1.6)


def play(stage: Stage, cue: Cue, dt_s: float = 0.1) -> None:
    stage.play(cue, dt_s, HEAD, Hands())


def told(room: Room, what: str) -> list[tuple[object, ...]]:
    return [entry for entry in room.told if entry[0] == what]


def test_a_scene_begins_when_it_is_first_shown_and_only_then() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue(place=Place.BASELINE_ROOM))
    assert not scenes["room"].told
    play(stage, Cue())
    play(stage, Cue())
    assert len(told(scenes["room"], "begin")) == 1


def test_only_the_scene_shown_lives() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue())
    play(stage, Cue(place=Place.CALM))
    play(stage, Cue(place=Place.CALM))
    assert len(told(scenes["room"], "update")) == 1
    assert len(told(scenes["calm"], "update")) == 2


def test_a_frozen_exposure_scene_stands_still_and_the_calm_place_does_not() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue())
    play(stage, Cue(frozen=True))
    play(stage, Cue(place=Place.CALM, frozen=True))
    assert told(scenes["room"], "update") == [("update", 0.1, 0.1), ("update", 0.1, 0.0)]
    assert told(scenes["calm"], "update") == [("update", 0.1, 0.1)]


def test_parameters_are_applied_once_a_change_and_before_triggers_and_time() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue())
    play(stage, Cue(parameters={"distance": 2.0}, fire=("jump",)))
    play(stage, Cue(parameters={"distance": 2.0}))
    kinds = [entry[0] for entry in scenes["room"].told]
    assert kinds == ["begin", "update", "apply", "fire", "update", "update"]


def test_parameters_that_are_not_given_have_the_manifests_default() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue(parameters={}))
    assert scenes["room"].distance == 4.0


def test_a_change_made_while_another_place_is_shown_is_applied_on_return() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue())
    play(stage, Cue(place=Place.CALM, parameters={"distance": 2.0}))
    assert scenes["room"].distance == 4.0
    assert scenes["calm"].distance == 4.0
    play(stage, Cue(parameters={"distance": 2.0}))
    assert scenes["room"].distance == 2.0


def test_triggers_do_not_reach_the_calm_place() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue(place=Place.CALM, fire=("jump",)))
    assert scenes["calm"].jumps == 0


def test_restart_begins_the_exposure_scene_anew_with_the_same_chance() -> None:
    scenes = rooms()
    stage = stage_of(scenes)
    play(stage, Cue())
    play(stage, Cue(parameters={"distance": 2.0}, restart=True))
    first, second = told(scenes["room"], "begin")
    assert first[2] == second[2]
    assert second[1] == {"distance": 2.0}
    assert stage.state()["room.t_s"] == pytest.approx(0.1)


def test_chance_depends_on_the_seed_and_the_scene_alone() -> None:
    drawn = []
    for seed in (1, 1, 2):
        scenes = rooms()
        stage = stage_of(scenes, seed=seed)
        play(stage, Cue())
        play(stage, Cue(place=Place.CALM))
        drawn.append((scenes["room"].drawn_number, scenes["calm"].drawn_number))
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert drawn[0][0] != drawn[0][1]


def test_readings_are_of_the_exposure_scene_while_it_is_shown() -> None:
    stage = stage_of(rooms())
    assert stage.readings(HEAD) == ()
    play(stage, Cue(place=Place.BASELINE_ROOM))
    assert stage.readings(HEAD) == ()
    play(stage, Cue())
    assert [(reading.distance_m, reading.visible) for reading in stage.readings(HEAD)] == [(4.0, True)]
    play(stage, Cue(place=Place.CALM))
    assert stage.readings(HEAD) == ()


@pytest.mark.parametrize("cover", [{"shell": 1.0}, {"blink": 1.0}])
def test_behind_a_closed_shell_or_veil_no_stimulus_is_visible(cover: dict[str, float]) -> None:
    stage = stage_of(rooms())
    play(stage, replace(Cue(), **cover))
    assert [reading.visible for reading in stage.readings(HEAD)] == [False]


def test_the_state_names_place_and_scene_and_holds_each_begun_scenes_own() -> None:
    stage = stage_of(rooms())
    play(stage, Cue(fire=("jump",)))
    assert dict(stage.state()) == {
        "place": "scene",
        "shown": "room",
        "room.t_s": 0.1,
        "room.jumps": 1,
        "room.distance": 4.0,
    }


def test_a_scenes_tilt_stays_within_its_manifests_bounds() -> None:
    scenes = rooms() | {"room": Room(sways_deg=30.0)}
    stage = stage_of(scenes)
    play(stage, Cue())
    bound = manifest("room").motion.sway_deg
    _, forward, _ = stage.listener()
    assert forward[2] == pytest.approx(sin(radians(bound)), abs=1e-6)


def test_an_unknown_scene_is_named_with_those_that_are_there() -> None:
    with pytest.raises(StageError, match=r"no scene 'moon'.*baseline_room, calm, room"):
        play(stage_of(rooms()), Cue(scene="moon"))


def test_a_stage_without_a_calm_place_is_refused() -> None:
    scenes = rooms()
    del scenes["calm"]
    with pytest.raises(StageError, match="calm"):
        stage_of(scenes)


def test_the_sessions_own_frame_can_be_played() -> None:
    stage = stage_of(rooms())
    frame = SceneFrame(Place.SCENE, "room", {"distance": 3.0}, 0.0, 0.0, 1.0, frozen=False)
    stage.play(frame, 0.1, HEAD, Hands())
    assert stage.readings(HEAD)[0].distance_m == 3.0


def test_without_graphics_panda3d_is_never_imported() -> None:
    program = """
import sys
from tests.helpers.rooms import Cue, rooms, stage_of
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.registry import open_display
from vr_runtime.protocol.pose import Hands
display = open_display("headless", rate_hz=90.0, clock=RuntimeClock(virtual=True))
stage = stage_of(rooms())
for _ in range(3):
    frame = display.begin()
    sensed = display.sense(frame)
    stage.play(Cue(), 0.01, sensed.head, sensed.hands)
    stage.readings(sensed.head), stage.state(), stage.sounds(), stage.listener()
    display.show(frame, stage.picture(sensed.head))
stage.close()
display.close()
found = [name for name in sys.modules if name.split(".")[0] in ("panda3d", "direct", "PIL")]
sys.exit(f"imported: {found}" if found else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("budget", "share"),
    [
        (Budget(), 1.0),
        (Budget(sound_peak_dbfs=-12.0), 0.501),
        (Budget(sound_rms_dbfs=-40.0), 0.1),
        (Budget(sound_peak_dbfs=-12.0, sound_rms_dbfs=-40.0), 0.1),
    ],
)
def test_a_scene_is_no_louder_than_its_own_manifest_allows(budget: Budget, share: float) -> None:
    scenes = {
        name: (manifest(name).model_copy(update={"budget": budget if name == "room" else Budget()}), room)
        for name, room in rooms().items()
    }
    stage = Stage(scenes, 1, None)
    play(stage, Cue())
    assert stage.loudness == pytest.approx(share, abs=1e-3)
    play(stage, Cue(place=Place.CALM))
    assert stage.loudness == 1.0
