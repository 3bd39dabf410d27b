"""The washroom in whole sessions: what the virtual patient's hand does comes into the record, into the measures, and
out of a replay again."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenes.washroom import objects
from tests.helpers.session import KEY, act, bodies, events_of, play, script
from vr_runtime.assemble import Options, play_session
from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.measures import DeedAt, LeftAt, StepFrom, observe_record
from vr_runtime.patient import Traits
from vr_runtime.protocol.course_events import (
    CompulsionSeen,
    WindowClosed,
    WindowOpened,
)
from vr_runtime.protocol.deeds import LET_GO, TOUCHED
from vr_runtime.protocol.events import (
    Marker,
    PatientDid,
    PhaseChanged,
    StepEntered,
    StopPressed,
)
from vr_runtime.protocol.files.plan import plan_of_scene
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.protocol.words import Phase
from vr_runtime.record import Reader
from vr_runtime.replay import replay

MANIFEST = read_manifest(Path(objects.__file__).with_name("scene.toml"))
PACKS = {**find_scenes(), "washroom": ScenePack(MANIFEST, "scenes.washroom")}
RATE_HZ = 30.0
FRAME_NS = round(1e9 / RATE_HZ) + 1
STORY = script(
    act(0.3, "start"),
    act(0.5, "go_to_step", step=1),
    act(1.0, "go_to_step", step=2),
    act(16.0, "go_to_step", step=3),
    act(16.0, "pause"),
    act(2.0, "resume"),
    act(2.0, "go_to_step", step=5, confirmed=True),
    act(16.0, "fire_trigger", trigger="cough"),
    act(1.0, "stop"),
    act(1.0, "release"),
    act(0.5, "end"),
)


def washroom(records: Path) -> Path:
    return play_session(
        Options(
            plan=plan_of_scene(MANIFEST),
            packs=PACKS,
            records=records,
            key=KEY,
            script=STORY,
            speed="max",
            rate_hz=RATE_HZ,
            seed=5,
            traits=Traits(fear=0.2),
        )
    ).record


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return washroom(tmp_path_factory.mktemp("records"))


def deeds(record: Path) -> list[tuple[int, int, PatientDid]]:
    return [(e.t_ns, e.frame, e.body) for e in events_of(record) if isinstance(e.body, PatientDid)]


def markers(record: Path) -> list[Marker]:
    return [body for body in bodies(record, Marker) if isinstance(body, Marker)]


def test_every_touch_stands_in_the_record_with_thing_hand_and_times(record: Path) -> None:
    found = deeds(record)
    touched = [deed for _, _, deed in found if deed.what == TOUCHED]
    assert {"counter", "door", "flush"} <= {deed.thing for deed in touched}
    for t_ns, _, deed in found:
        assert deed.scene == "washroom"
        assert deed.t_on_ns <= deed.t_off_ns <= t_ns
        if deed.what in (TOUCHED, LET_GO):
            assert deed.hand in ("left", "right")
            assert deed.t_off_ns - deed.t_on_ns >= 80_000_000
    for deed in (deed for _, _, deed in found if deed.what == LET_GO):
        apart = [abs(one.t_on_ns - deed.t_on_ns) for one in touched if one.thing == deed.thing]
        assert min(apart) <= FRAME_NS, "a touch that a pause ended is told in the frame after it"
    assert ("pressed", "flush") in {(deed.what, deed.thing) for _, _, deed in found}


def test_nothing_is_touched_while_the_scene_is_paused_or_gone(record: Path) -> None:
    events = events_of(record)
    phase = Phase.SETUP
    for event in events:
        if isinstance(event.body, PhaseChanged):
            phase = event.body.phase
        if isinstance(event.body, PatientDid) and event.body.what == TOUCHED:
            assert phase is Phase.EXPOSURE


def test_touches_are_summed_up_step_by_step(record: Path) -> None:
    counted = {(m.step, m.stimulus): m for m in markers(record) if m.marker == "touch_count"}
    begun: dict[tuple[int, str], int] = {}
    step = 0
    for event in events_of(record):
        if isinstance(event.body, StepEntered):
            step = event.body.step
        elif isinstance(event.body, PatientDid) and event.body.what == TOUCHED:
            begun[step, event.body.thing] = begun.get((step, event.body.thing), 0) + 1
    assert {(2, "counter"), (3, "door"), (5, "flush")} <= begun.keys()
    assert {key: marker.value for key, marker in counted.items() if marker.value} == begun
    assert all(marker.quality == pytest.approx(1.0) for marker in counted.values())


def test_replay_gives_identical_events_and_states(record: Path) -> None:
    result = replay(record, KEY, PACKS)
    assert result.difference is None, str(result.difference)
    assert result.frames > 1000


def test_the_measures_of_the_record_are_those_of_the_live_session(record: Path) -> None:
    steps: list[StepFrom] = []
    for event in events_of(record):
        if isinstance(event.body, StepEntered):
            steps.append(StepFrom(event.frame, event.body.step, None if steps else MANIFEST.stimuli))
    with Reader.open(record, KEY) as reader:
        frames, head, hands, stimulus, heart = (
            reader.samples(name) for name in ("frame", "head", "hands", "stimulus", "heart")
        )
    again = observe_record(
        frames, head, hands, stimulus, heart,
        stimuli=(), steps=steps, deeds=[DeedAt(frame, deed) for _, frame, deed in deeds(record)],
        left=[LeftAt(event.frame, "stop") for event in events_of(record) if isinstance(event.body, StopPressed)],
    )  # fmt: skip
    live = markers(record)
    assert {"touch", "touch_count", "touch_time", "touch_latency"} <= {marker.marker for marker in live}
    assert [m.model_dump_json() for m in again] == [m.model_dump_json() for m in live]


def test_the_same_seed_and_script_give_the_same_deeds(record: Path, tmp_path: Path) -> None:
    assert deeds(washroom(tmp_path)) == deeds(record)


def test_where_nothing_can_be_touched_nothing_is_told(tmp_path: Path) -> None:
    neutral = play(tmp_path, script(act(0.2, "start"), linger_s=2.0), rate_hz=RATE_HZ)
    assert not deeds(neutral)
    assert not [marker for marker in markers(neutral) if marker.source == "hand"]


WINDOW = script(
    act(0.3, "start"),
    act(0.5, "go_to_step", step=2, confirmed=True),
    act(2.0, "open_window", what="washing hands", mode="block", target_s=60.0),
    act(1.0, "mark", what="compulsion", text="asks whether it is clean"),
    act(2.0, "close_window", outcome="resisted"),
    act(0.5, "end"),
)


def test_a_window_of_response_prevention_stands_in_the_record_and_replays(tmp_path: Path) -> None:
    record = play(tmp_path, WINDOW, plan=plan_of_scene(MANIFEST), rate_hz=RATE_HZ)
    (opened,) = bodies(record, WindowOpened)
    (closed,) = bodies(record, WindowClosed)
    (seen,) = bodies(record, CompulsionSeen)
    assert (opened.mode.value, closed.outcome.value, closed.compulsions) == ("block", "resisted", 1)  # type: ignore[attr-defined]
    assert (seen.source, seen.prevented) == ("therapist", False)  # type: ignore[attr-defined]
    assert closed.lasted_s == pytest.approx(3.0, abs=0.2)  # type: ignore[attr-defined]
    assert replay(record, KEY, find_scenes()).identical
