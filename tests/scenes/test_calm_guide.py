"""The breathing guide of the safe place: where the breath is follows from the time, and nobody is hurried."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.calm.breath import COMES_S, Breath, Level, fill
from scenes.calm.logic import LAKE, TONE_GAIN, CalmLogic
from tests.helpers.session import KEY, act, bodies, play, script
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.events import CommandDecided, ParameterMoved
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan, plan_of_scene
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place, Refusal
from vr_runtime.record import Reader
from vr_runtime.replay import replay
from vr_runtime.scene_views import Cue
from vr_runtime.stage import assets
from vr_runtime.stage.scene import Moment
from vr_runtime.stage.stage import Stage

PACKS = find_scenes()
MANIFEST = PACKS["calm"].manifest
rates = st.floats(3.0, 10.0)
shares = st.floats(0.25, 0.6)
moments = st.floats(0.0, 7200.0)


def calm(t_s: float = 0.0, **parameters: Value) -> CalmLogic:
    logic = CalmLogic()
    logic.begin(Random(1), {**MANIFEST.defaults(), **parameters})
    advance(logic, t_s)
    return logic


def advance(logic: CalmLogic, t_s: float) -> None:
    logic.update(Moment(t_s, 0.0, Pose(z=1.6), Hands()))


# ------------------------------------------------------------------ the breath


@given(rate=rates, t_s=moments)
def test_the_count_of_breaths_follows_from_the_time_alone(rate: float, t_s: float) -> None:
    breath = Breath(rate, 3.0)
    assert breath.count(3.0 + t_s) == pytest.approx(t_s * rate / 60.0, abs=1e-9)


def test_an_hour_of_frames_adds_no_error() -> None:
    logic = calm(guide="seen")
    for frame in range(1, 3600 * 9 + 1):
        advance(logic, frame / 9)
    assert logic.state()["breaths"] == pytest.approx(360.0, abs=1e-9)


@given(before=rates, after=rates, t_s=moments)
def test_another_rate_goes_on_from_where_the_breath_is(before: float, after: float, t_s: float) -> None:
    breath = Breath(before)
    count = breath.count(t_s)
    breath.turn(after, t_s)
    assert breath.count(t_s) == pytest.approx(count, abs=1e-9)
    assert breath.count(t_s + 6.0) == pytest.approx(count + after / 10.0, abs=1e-9)


@given(changes=st.lists(st.tuples(rates, shares), min_size=1, max_size=30))
def test_what_is_seen_of_the_breath_never_jumps_while_its_rate_slews(
    changes: list[tuple[float, float]],
) -> None:
    """As the session turns it: no faster than the manifest's slew."""
    slews = {item.id: float(item.slew or 0.0) for item in MANIFEST.parameters if item.kind == "number"}
    rate, share, t_s, dt_s = 6.0, 0.4, 0.0, 1 / 30
    logic = calm(guide="both")
    before = logic.fullness
    for wanted_rate, wanted_share in changes:
        for _ in range(20):
            rate += float(np.clip(wanted_rate - rate, -1, 1)) * slews["breaths_per_min"] * dt_s
            share += float(np.clip(wanted_share - share, -1, 1)) * slews["inhale"] * dt_s
            t_s += dt_s
            logic.apply({"breaths_per_min": rate, "inhale": share})
            advance(logic, t_s)
            # at ten a minute half the way takes 0.75 s and more
            assert abs(logic.fullness - before) < 0.12
            before = logic.fullness


@given(share=shares)
def test_one_breathes_in_for_the_share_that_is_asked_for_and_the_lungs_are_full_then(share: float) -> None:
    course = [fill(k / 1000, share) for k in range(1000)]
    full = int(np.argmax(course))
    assert full / 1000 == pytest.approx(share, abs=2e-3)
    assert course[0] == 0.0
    assert max(course) == pytest.approx(1.0, abs=1e-4)
    assert min(course) >= 0.0
    assert course[: full + 1] == sorted(course[: full + 1])
    assert course[full:] == sorted(course[full:], reverse=True)
    assert course[-1] < 0.01


def test_by_default_it_is_six_a_minute_with_four_tenths_in() -> None:
    assert MANIFEST.defaults() == {"guide": "off", "breaths_per_min": 6.0, "inhale": 0.4}
    logic = calm(guide="seen")
    advance(logic, 4.0)
    assert logic.fullness == pytest.approx(1.0)
    advance(logic, 10.0)
    assert logic.fullness == pytest.approx(0.0, abs=1e-9)


# ------------------------------------------------------------------ coming and going


def test_nothing_of_it_is_there_unless_it_is_asked_for() -> None:
    logic = calm(100.0)
    assert (logic.seen, logic.heard) == (0.0, 0.0)
    assert logic.sounds() == LAKE


@pytest.mark.parametrize(("guide", "seen", "heard"), [("seen", 1, 0), ("heard", 0, 1), ("both", 1, 1)])
def test_it_is_seen_or_heard_or_both_as_asked_for(guide: str, seen: int, heard: int) -> None:
    logic = calm(guide=guide)
    advance(logic, 2.0)
    assert (logic.seen, logic.heard) == (seen, heard)
    assert (len(logic.sounds()) > len(LAKE)) == bool(heard)


def test_switched_on_later_it_comes_slowly_and_begins_with_a_breath_in() -> None:
    logic = calm(57.0)
    logic.apply({"guide": "both"})
    assert (logic.seen, logic.heard, logic.phase) == (0.0, 0.0, 0.0)
    advance(logic, 57.0 + COMES_S / 2)
    assert logic.seen == pytest.approx(0.5)
    advance(logic, 57.0 + COMES_S)
    assert logic.seen == logic.heard == 1.0
    logic.apply({"guide": "heard"})
    advance(logic, 57.0 + 1.5 * COMES_S)
    assert logic.seen == pytest.approx(0.5)
    assert logic.heard == 1.0


@given(switches=st.lists(st.tuples(st.booleans(), st.floats(0.01, 6.0)), max_size=20))
def test_switched_to_and_fro_it_never_jumps(switches: list[tuple[bool, float]]) -> None:
    level, t_s = Level(), 0.0
    for on, dt_s in switches:
        before = level.at(t_s)
        level.switch(on, t_s)
        assert level.at(t_s) == pytest.approx(before)
        assert abs(level.at(t_s + dt_s) - before) <= dt_s / COMES_S + 1e-9
        t_s += dt_s


# ------------------------------------------------------------------ what is heard


@given(rate=rates, share=shares, t_s=moments)
def test_a_tone_for_each_breath_in_and_out_and_none_louder_than_it_should(
    rate: float, share: float, t_s: float
) -> None:
    logic = calm(t_s, guide="heard", breaths_per_min=rate, inhale=share)
    tone = logic.sounds()[-1]
    into = logic.phase < share
    assert tone.key.startswith("in-" if into else "out-")
    assert tone.file == ("sounds/breath_in.ogg" if into else "sounds/breath_out.ogg")
    assert 0.0 <= tone.gain <= TONE_GAIN
    assert 0.8 <= tone.rate <= 1.25
    assert assets.path(tone.file).is_file()


def test_a_tone_is_gone_when_the_breath_turns() -> None:
    logic = calm(guide="heard")
    for number in range(3):
        for turn in (4.0, 10.0):
            for off in (-0.001, 0.001):
                advance(logic, 10.0 * number + turn + off)
                assert logic.sounds()[-1].gain < 0.06
    assert len({tone_key(logic, t_s / 2) for t_s in range(60)}) == 6


def tone_key(logic: CalmLogic, t_s: float) -> str:
    advance(logic, t_s)
    return logic.sounds()[-1].key


# ------------------------------------------------------------------ how it gets into the safe place


def manifests() -> dict[str, SceneManifest]:
    return {name: pack.manifest for name, pack in PACKS.items()}


def with_guide(**values: Value) -> Plan:
    return plan_of_scene(PACKS["heights"].manifest).model_copy(update={"safe_place": values})


def test_nothing_about_it_is_ever_harder() -> None:
    assert {item.harder for item in MANIFEST.parameters} == {"neither"}


def test_a_plan_says_whether_it_is_on_in_the_safe_place_and_a_wrong_value_is_told() -> None:
    assert with_guide(guide="both", breaths_per_min=5.0).problems(manifests()) == []
    for values, said in (({"guide": "loud"}, "guide wants"), ({"gide": "seen"}, "no parameter 'gide'")):
        (problem,) = with_guide(**values).problems(manifests())  # type: ignore[arg-type]
        assert problem.startswith("safe_place: ")
        assert said in problem


def test_what_is_said_of_the_safe_place_reaches_it_and_no_other_place() -> None:
    scenes = {
        name: (PACKS[name].manifest, PACKS[name].create()) for name in ("baseline_room", "calm", "heights")
    }
    stage = Stage(scenes, 1, None)
    for place, scene in ((Place.BASELINE_ROOM, ""), (Place.SCENE, "heights"), (Place.CALM, "heights")):
        stage.play(Cue(place, scene, {}, safe_place={"guide": "both"}), 0.1, Pose(z=1.6), Hands())
    assert stage.state()["calm.guide"] == "both"
    assert "guide" not in " ".join(key for key in stage.state() if not key.startswith("calm."))
    # played as a scene of the plan, it has the values of its step
    stage.play(Cue(Place.SCENE, "calm", {"guide": "heard"}), 0.1, Pose(z=1.6), Hands())
    assert stage.state()["calm.guide"] == "heard"


def test_the_therapist_turns_it_in_the_safe_place_and_it_is_recorded_and_replayed(tmp_path: Path) -> None:
    acts = script(
        act(0.5, "start"),
        act(0.5, "go_to_step", step=1),
        act(2.0, "set_parameter", name="guide", value="both", expect="refused", reason="unknown_parameter"),
        act(0.5, "safe_place"),
        act(2.0, "set_parameter", name="guide", value="seen"),
        act(0.5, "set_parameter", name="breaths_per_min", value=5.0),
        act(0.5, "set_parameter", name="wind", value=0.0, expect="refused", reason="not_now"),
        act(4.0, "resume"),
        act(3.0, "end"),
    )
    record = play(tmp_path, acts, plan=with_guide())
    result = replay(record, KEY, PACKS)
    assert result.difference is None
    decided = [
        (body.accepted, body.reason)
        for body in bodies(record, CommandDecided)
        if body.command_kind == "set_parameter"
    ]
    assert decided == [
        (False, Refusal.UNKNOWN_PARAMETER),
        (True, None),
        (True, None),
        (False, Refusal.NOT_NOW),
    ]
    moved = [
        (body.name, body.target) for body in bodies(record, ParameterMoved) if body.because == "set_parameter"
    ]
    assert moved == [("guide", "seen"), ("breaths_per_min", 5.0)]


def test_a_session_with_it_is_recorded_and_replayed_and_after_a_stop_it_is_off_unless_the_plan_says_on(
    tmp_path: Path,
) -> None:
    acts = script(
        act(0.5, "start"),
        act(0.5, "go_to_step", step=1),
        act(2.0, "stop"),
        act(4.0, "release"),
        act(1.0, "end"),
    )
    states: list[np.ndarray] = []
    for plan in (with_guide(), with_guide(guide="both")):
        record = play(tmp_path, acts, plan=plan)
        result = replay(record, KEY, PACKS)
        assert result.difference is None
        with Reader.open(record, KEY) as reader:
            states.append(reader.samples("frame")["state"].copy())
    count = min(len(each) for each in states)
    differ = states[0][:count] != states[1][:count]
    assert not differ[: count // 4].any(), "before the stop nothing differs"
    assert differ.any()
