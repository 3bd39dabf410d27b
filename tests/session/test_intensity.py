"""Steps, parameters, ceilings, slew limits, blinks: what a raise is, and how a change takes place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.rig import PLAN, SCENES, SETTLE_S, STEP_3, TOWER, at, capped, number
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    GoToStep,
    Pause,
    SafePlace,
    SetCeiling,
    SetParameter,
    Start,
)
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.events import (
    CeilingSet,
    CommandDecided,
    StepEntered,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase, Refusal
from vr_runtime.session.intensity import Track, Tracks
from vr_runtime.session.session import Session
from vr_runtime.session.veil import BLINK_PERIOD_S
from vr_runtime.session.view import LONGEST_STEP_S

# ------------------------------------------------------------------ what a raise is


@pytest.mark.parametrize(
    ("name", "harder", "easier"),
    [
        ("wind", 5.0, 1.0),  # harder: up
        ("rail", 0.2, 1.0),  # harder: down
        ("height", 50.0, 5.0),  # up, through a blink
        ("floor", "glass", "stone"),  # in order
    ],
)
def test_a_raise_is_what_the_manifest_calls_harder(
    name: str, harder: float | str, easier: float | str
) -> None:
    for value, raised in ((harder, True), (easier, False), (STEP_3[name], False)):
        rig = at(Phase.EXPOSURE)
        rig.ok(SetParameter(name=name, value=value))
        assert rig.bodies(CommandDecided)[-1].raised is raised
        assert rig.target(name) == value


@pytest.mark.parametrize(("name", "value"), [("hour", 6.0), ("hour", 22.0), ("weather", "cloud")])
def test_what_is_neither_harder_nor_easier_is_no_raise_either_way(name: str, value: float | str) -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(record_ok=False)
    rig.ok(SetParameter(name=name, value=value))
    assert not rig.bodies(CommandDecided)[-1].raised


def test_the_same_step_again_is_a_raise_only_where_it_makes_something_harder() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=3))
    assert not rig.bodies(CommandDecided)[-1].raised
    rig.ok(SetParameter(name="wind", value=0.0))
    rig.ok(GoToStep(step=3))
    assert rig.bodies(CommandDecided)[-1].raised
    assert rig.target("wind") == 2.0


def test_every_parameter_of_a_step_up_goes_to_that_step() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=5, confirmed=True))
    rig.wait(8.0)
    assert {name: rig.value(name) for name in ("height", "rail", "wind", "floor")} == {
        "height": 20.0,
        "rail": 0.5,
        "wind": 1.0,
        "floor": "glass",
    }


def test_a_step_down_leaves_what_the_therapist_made_easier_as_easy_as_it_is_until_the_commit() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="rail", value=1.2))
    rig.commits = False
    rig.frame(GoToStep(step=2))
    assert rig.target("rail") == 1.2


def test_going_up_by_two_steps_asks_for_confirmation_and_by_one_does_not() -> None:
    rig = at(Phase.EXPOSURE)
    answer = rig.do(GoToStep(step=5))
    assert answer.reason is Refusal.NEEDS_CONFIRMATION
    assert rig.last.step == 3
    rig.ok(GoToStep(step=5, confirmed=True))
    rig.ok(GoToStep(step=6))
    rig.ok(GoToStep(step=1))


def test_the_first_step_needs_no_confirmation_and_the_second_does() -> None:
    assert at(Phase.BASELINE).do(GoToStep(step=2)).reason is Refusal.NEEDS_CONFIRMATION
    assert at(Phase.BASELINE).do(GoToStep(step=1)).accepted


def test_confirmation_is_judged_from_where_the_session_stands_when_the_commit_has_come() -> None:
    rig = at(Phase.PAUSED)
    rig.frame(GoToStep(step=2), GoToStep(step=4))
    rig.frame()
    assert [answer.reason for answer in list(rig.answers.values())[-2:]] == [None, Refusal.NEEDS_CONFIRMATION]
    assert rig.last.step == 2


def test_intensity_is_the_share_of_the_ladder_while_the_scene_can_be_seen_and_0_otherwise() -> None:
    rig = at(Phase.EXPOSURE)
    assert rig.last.intensity == 3 / 7
    rig.ok(Pause())
    assert rig.last.intensity == 3 / 7
    rig.ok(SafePlace())
    rig.wait(2.0)
    assert rig.last.intensity == 0.0
    assert at(Phase.BASELINE).last.intensity == 0.0


# ------------------------------------------------------------------ ceilings


def test_no_step_above_the_ceiling_is_entered_even_when_confirmed() -> None:
    rig = at(Phase.EXPOSURE, plan=capped(3))
    answer = rig.do(GoToStep(step=4, confirmed=True))
    assert (answer.reason, rig.last.step) == (Refusal.ABOVE_CEILING, 3)
    assert "ceiling" in answer.message
    rig.ok(SetCeiling(step=4), GoToStep(step=4))


def test_a_lower_ceiling_brings_the_session_down_to_it_at_once() -> None:
    rig = at(Phase.EXPOSURE)
    rig.commits = False
    rig.frame(SetCeiling(step=1))
    assert (rig.last.step, rig.phase, rig.target("wind")) == (1, Phase.EXPOSURE, 0.0)
    assert rig.bodies(StepEntered)[-1].because == "set_ceiling"


@pytest.mark.parametrize(
    ("name", "ceiling", "above", "below"),
    [("wind", 4.0, 4.1, 4.0), ("rail", 0.6, 0.5, 0.6), ("floor", "mesh", "glass", "mesh")],
)
def test_no_parameter_goes_beyond_its_ceiling_whichever_way_is_harder(
    name: str, ceiling: float | str, above: float | str, below: float | str
) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetCeiling(name=name, value=ceiling))
    answer = rig.do(SetParameter(name=name, value=above))
    assert answer.reason is Refusal.ABOVE_CEILING
    rig.ok(SetParameter(name=name, value=below))
    rig.ok(GoToStep(step=5, confirmed=True))
    rig.wait(5.0)
    hardness = TOWER.parameter(name).hardness  # type: ignore[union-attr]
    assert hardness(rig.value(name)) <= hardness(ceiling)
    assert rig.session.parameters()[name].ceiling == ceiling


def test_a_ceiling_below_where_a_parameter_is_lowers_it_at_once_and_raising_the_ceiling_leaves_it_there() -> (
    None
):
    rig = at(Phase.EXPOSURE)
    rig.commits = False
    rig.frame(SetCeiling(name="wind", value=0.5))
    rig.commits = True
    rig.wait(3.0)
    assert rig.value("wind") == 0.5
    rig.ok(SetCeiling(name="wind", value=10.0))
    assert rig.bodies(CommandDecided)[-1].raised
    rig.wait(3.0)
    assert rig.value("wind") == 0.5


def test_a_ceiling_of_a_parameter_holds_for_its_scene_whenever_it_is_entered_again() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetCeiling(name="rail", value=0.9))
    rig.ok(GoToStep(step=4))
    rig.wait(4.0)
    rig.ok(GoToStep(step=5))
    rig.wait(4.0)
    assert (rig.value("rail"), rig.value("height")) == (0.9, 20.0)


def test_ceilings_are_set_before_the_first_step_too_and_recorded() -> None:
    rig = at(Phase.SETUP)
    rig.ok(SetCeiling(step=2), SetCeiling(name="height", value=3.0))
    assert [(body.step, body.name, body.value) for body in rig.bodies(CeilingSet)] == [
        (2, None, None),
        (None, "height", 3.0),
    ]
    rig.ok(Start(), GoToStep(step=1), GoToStep(step=2))
    rig.wait(3.0)
    assert rig.value("height") == 3.0
    assert rig.do(GoToStep(step=3)).reason is Refusal.ABOVE_CEILING


# ------------------------------------------------------------------ slew and blink


@pytest.mark.parametrize("dt_s", [0.005, 1 / 90, 0.05, 0.1, 0.7])
def test_a_parameter_never_moves_faster_than_its_slew_nor_further_than_its_target(dt_s: float) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=7.0), SetParameter(name="rail", value=0.1))
    for name, slew, target in (("wind", 1.0, 7.0), ("rail", 0.2, 0.1)):
        before = rig.value(name)
        while rig.value(name) != target:
            rig.frame(dt_s=dt_s)
            moved = rig.value(name) - before
            assert abs(moved) <= slew * min(dt_s, LONGEST_STEP_S) + 1e-9
            assert moved * (target - before) > 0
            before = rig.value(name)


def test_a_frame_that_hung_does_not_make_a_parameter_jump() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=9.0))
    before = rig.value("wind")
    rig.frame(dt_s=5.0)
    assert rig.value("wind") - before <= 1.0 * LONGEST_STEP_S + 1e-9
    assert LONGEST_STEP_S <= 0.1


def test_a_target_that_was_reached_stays_reached() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=2.5))
    rig.wait(1.0)
    for _ in range(20):
        assert rig.frame().scene.parameters["wind"] == 2.5


@pytest.mark.parametrize(("name", "value"), [("height", 30.0), ("floor", "glass"), ("weather", "cloud")])
def test_what_blinks_changes_at_the_darkest_moment_and_only_then(name: str, value: float | str) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name=name, value=value))
    assert rig.value(name) == STEP_3[name]
    changes: list[float] = []
    opacity: list[float] = []
    for _ in range(60):
        before = rig.value(name)
        decision = rig.frame()
        opacity.append(decision.scene.blink)
        if decision.scene.parameters[name] != before:
            changes.append(decision.scene.blink)
    assert changes == [1.0]
    assert rig.value(name) == value
    assert opacity[-1] == 0.0
    assert all(abs(later - earlier) <= 0.02 / 0.25 + 1e-9 for earlier, later in pairwise(opacity))


def test_several_parameters_share_one_blink() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=5, confirmed=True))
    dark = 0
    for _ in range(150):
        dark += rig.frame().scene.blink == 1.0
    assert dark == 1
    assert (rig.value("height"), rig.value("floor")) == (20.0, "glass")


def test_a_slider_that_is_dragged_does_not_make_the_picture_flash() -> None:
    rig = at(Phase.EXPOSURE, limits=SafetyLimits(blink_s=0.02))
    starts: list[int] = []
    for step in range(200):
        before = rig.last.scene.blink
        rig.frame(SetParameter(name="height", value=11.0 + step / 4), dt_s=0.01)
        if before == 0.0 and rig.last.scene.blink > 0.0:
            starts.append(rig.now_ns)
    assert len(starts) >= 3
    assert min(later - earlier for earlier, later in pairwise(starts)) >= BLINK_PERIOD_S * 1e9


# ------------------------------------------------------------------ the parts by themselves


def test_a_plan_that_cannot_be_played_is_refused_with_its_place() -> None:
    wrong = PLAN.steps[0].model_copy(update={"preset": {"height": 500.0}})
    plan = PLAN.model_copy(update={"steps": (wrong, *PLAN.steps[1:])})
    with pytest.raises(FileError, match=r"step 1 .*height = 500 lies outside 0 to 100 m") as problem:
        Session(plan, SCENES, SafetyLimits())
    assert problem.value.reason is FileReason.INVALID


@given(
    start=st.floats(0, 10),
    aims=st.lists(st.tuples(st.floats(0, 10), st.floats(0.001, 0.1)), min_size=1, max_size=30),
)
def test_a_track_stays_between_where_it_is_and_where_it_is_sent(
    start: float, aims: list[tuple[float, float]]
) -> None:
    track = Track(number("wind", 0, 10, 0, "up", slew=1.0), start)
    for target, dt_s in aims:
        track.target = target
        before = float(track.value)
        track.slew(dt_s)
        low, high = sorted((before, target))
        assert low <= float(track.value) <= high
        assert abs(float(track.value) - before) <= dt_s + 1e-9


@given(st.lists(st.sampled_from(["stone", "mesh", "glass"]), min_size=3, max_size=3))
def test_the_easier_of_several_is_never_harder_than_any(values: list[str]) -> None:
    tracks = Tracks(TOWER, TOWER.defaults())
    track = tracks.tracks["floor"]
    track.value, track.target = values[0], values[1]
    chosen = track.easier(values[2])
    hardness = track.parameter.hardness
    assert all(hardness(chosen) <= hardness(value) for value in values)
    assert chosen in values


@pytest.mark.parametrize("body", [SafePlace(), Pause(), SetCeiling(step=1)])
def test_calling_off_leaves_no_target_harder_than_the_value(body: AnyCommandBody) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=9.0), SetParameter(name="rail", value=0.0))
    rig.wait(0.3)
    rig.ok(body)
    rig.frame(record_ok=False)
    for name in ("wind", "rail"):
        hardness = TOWER.parameter(name).hardness  # type: ignore[union-attr]
        assert hardness(rig.target(name)) <= hardness(rig.value(name))


def test_two_steps_in_one_breath_end_at_the_second_with_what_is_easier_of_both() -> None:
    """Up to step 5 and down to step 3 in one frame: the wind stays no harder than step 5's, the easier one, and goes
    to step 3's once that is committed. (Found by a random course.)"""
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=1))
    rig.wait(SETTLE_S)
    rig.frame(GoToStep(step=5, confirmed=True), GoToStep(step=3, confirmed=True))
    rig.frame()
    assert rig.last.step == 3
    assert rig.target("wind") <= 1.0
    assert rig.target("height") <= 10.0
    rig.frame()
    assert rig.target("wind") == 2.0
