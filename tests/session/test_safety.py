"""What happens without the therapist: a silent link, a failing record, flashes. Only ever down."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.session.rig import DT_S, RAISES, ROOF, Rig, at, capped
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    End,
    FireTrigger,
    GoToStep,
    Pause,
    Release,
    Resume,
    SafePlace,
    SetParameter,
    Start,
)
from vr_runtime.protocol.events import DemandMade, ParameterMoved, ShellChanged, StepEntered
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Place, Refusal
from vr_runtime.session.supervisor import STRENGTH

RAISING = [(phase, body) for phase, bodies in RAISES.items() for body in bodies]


def no_harder_than(rig: Rig, before: dict[str, object]) -> bool:
    manifest = rig.session._ladder.manifest
    return all(
        item.hardness(rig.value(item.id)) <= item.hardness(before[item.id])  # type: ignore[arg-type]
        for item in manifest.parameters
    )


def values(rig: Rig) -> dict[str, object]:
    return {name: state.value for name, state in rig.session.parameters().items()}


# ------------------------------------------------------------------ a silent console


@pytest.mark.parametrize(("phase", "body"), RAISING, ids=str)
def test_nothing_may_be_raised_after_one_second_of_silence(phase: Phase, body: AnyCommandBody) -> None:
    rig = at(phase, plan=capped())
    rig.frame(link_age_s=1.0)
    assert rig.do(body).accepted
    rig = at(phase, plan=capped())
    rig.frame(link_age_s=1.01)
    answer = rig.do(body)
    assert answer.reason is Refusal.LINK_SILENT
    assert "heartbeat" in answer.message


def test_what_rises_stops_rising_after_one_second_of_silence_and_does_not_go_on_when_it_is_over() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=9.0))
    rig.wait(1.0)
    rig.silence(1.0)
    reached = rig.frame(link_age_s=1.01).scene.parameters["wind"]
    assert 3.0 < float(reached) < 5.0
    rig.wait(5.0, link_age_s=0.0)
    assert rig.value("wind") == rig.target("wind") == reached
    moved = rig.bodies(ParameterMoved)[-1]
    assert (moved.name, moved.previous, moved.target, moved.because) == ("wind", 9.0, reached, "link_silent")


def test_what_gets_easier_goes_on_getting_easier_in_silence() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="rail", value=1.2), SetParameter(name="wind", value=0.0))
    rig.silence(2.9)
    assert (rig.value("rail"), rig.value("wind")) == (1.2, 0.0)


def test_the_scene_is_held_after_three_seconds_of_silence() -> None:
    rig = at(Phase.EXPOSURE)
    rig.silence(3.0)
    assert (rig.phase, rig.last.scene.frozen) == (Phase.EXPOSURE, False)
    decision = rig.frame(link_age_s=3.01)
    assert (decision.phase, decision.scene.frozen, decision.held) == (Phase.PAUSED, True, True)


def test_after_eight_seconds_of_silence_everything_ramps_down_to_the_lowest_step() -> None:
    rig = at(Phase.EXPOSURE)
    rig.silence(8.0)
    assert rig.last.step == 3
    before = values(rig)
    rig.frame(link_age_s=8.01)
    assert (rig.last.step, rig.phase) == (1, Phase.PAUSED)
    reached = [float(rig.last.scene.parameters["wind"])]
    for number in range(150 + 15):
        rig.frame(link_age_s=8.02 + number * DT_S)
        reached.append(float(rig.last.scene.parameters["wind"]))
    assert all(later <= earlier for earlier, later in pairwise(reached))
    assert 0.0 < reached[75] < 2.0  # a ramp, no jump
    assert values(rig) == {
        "height": 1.0,
        "rail": 1.1,
        "wind": 0.0,
        "hour": 12.0,
        "floor": "stone",
        "weather": "sun",
    }
    assert no_harder_than(rig, before)


def test_the_ramp_down_takes_its_time_whatever_the_distance_and_the_slew() -> None:
    rig = at(Phase.EXPOSURE, limits=SafetyLimits(lower_ramp_s=2.0))
    rig.ok(SetParameter(name="wind", value=10.0))
    rig.wait(10.0)
    rig.silence(8.02)
    rig.silence(1.94, since_s=8.02)
    assert 0.0 < rig.value("wind") < 0.5
    rig.silence(0.1, since_s=9.96)
    assert rig.value("wind") == 0.0


def test_after_a_ramp_down_a_raise_keeps_to_its_slew_again() -> None:
    rig = at(Phase.EXPOSURE, limits=SafetyLimits(lower_ramp_s=1.0))
    rig.ok(SetParameter(name="wind", value=10.0))
    rig.wait(10.0)
    rig.silence(10.0)
    rig.frame(link_age_s=0.0)
    rig.ok(Resume(), SetParameter(name="wind", value=10.0))
    before = rig.value("wind")
    rig.frame()
    assert 0.0 < rig.value("wind") - before <= 1.0 * DT_S + 1e-9


def test_the_ramp_down_makes_nothing_harder_that_is_easier_than_the_lowest_step() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="height", value=0.0), SetParameter(name="rail", value=1.2))
    rig.wait(3.0)
    rig.silence(15.0)
    assert (rig.value("height"), rig.value("rail")) == (0.0, 1.2)


def test_the_ramp_down_from_another_scene_fades_to_the_scene_of_the_lowest_step() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    rig.wait(4.0)
    assert rig.last.scene.scene == "lift"
    rig.silence(12.0)
    assert (rig.last.scene.scene, rig.last.step, rig.phase) == ("tower", 1, Phase.PAUSED)
    assert rig.value("height") == 1.0


def test_after_twenty_seconds_of_silence_the_patient_is_in_the_safe_place() -> None:
    rig = at(Phase.EXPOSURE)
    rig.silence(20.0)
    assert rig.phase is Phase.PAUSED
    rig.silence(1.1, since_s=20.0)
    assert (rig.phase, rig.last.scene.place, rig.last.scene.shell) == (Phase.SAFE_PLACE, Place.CALM, 0.0)


def test_the_four_demands_of_a_silent_link_are_recorded_in_order_each_once_and_end_together() -> None:
    rig = at(Phase.EXPOSURE)
    rig.silence(25.0)
    made = [(body.demand, body.active) for body in rig.bodies(DemandMade)]
    kinds = [DemandKind.BLOCK_RAISE, DemandKind.HOLD, DemandKind.LOWER, DemandKind.SAFE_PLACE]
    assert made == [(kind, True) for kind in kinds]
    assert [alarm.cause for alarm in rig.session.alarms] == [Cause.LINK_SILENT]
    rig.frame(link_age_s=0.0)
    made = [(body.demand, body.active) for body in rig.bodies(DemandMade)][4:]
    assert made == [(kind, False) for kind in kinds]
    assert rig.session.alarms == ()


@pytest.mark.parametrize("silent_s", [1.5, 4.0, 9.0, 25.0])
def test_nothing_is_taken_up_again_by_itself_when_the_console_is_heard_again(silent_s: float) -> None:
    rig = at(Phase.EXPOSURE)
    rig.silence(silent_s)
    before = (rig.phase, rig.last.step, values(rig))
    rig.wait(30.0, dt_s=0.1, link_age_s=0.0)
    phase, step, reached = before
    assert (rig.phase, rig.last.step) == (phase, step)
    assert no_harder_than(rig, reached)
    assert rig.last.held == (silent_s == 4.0 or silent_s == 9.0)


def test_a_long_silence_that_is_noticed_at_once_goes_all_the_way_at_once() -> None:
    rig = at(Phase.EXPOSURE)
    decision = rig.frame(link_age_s=60.0, dt_s=1.0)
    assert (decision.phase, decision.step) == (Phase.SAFE_PLACE, 1)


def test_a_silent_console_leaves_a_patient_who_is_not_exposed_where_they_are() -> None:
    for phase in (Phase.SETUP, Phase.BASELINE, Phase.SAFE_PLACE, Phase.RECOVERY, Phase.DEBRIEF):
        rig = at(phase)
        rig.silence(30.0)
        assert rig.phase is phase


def test_in_virtual_time_there_is_no_link_to_be_silent() -> None:
    rig = at(Phase.EXPOSURE, link_age_s=None)
    rig.wait(60.0, dt_s=0.1)
    assert rig.phase is Phase.EXPOSURE
    assert rig.bodies(DemandMade) == []


def test_the_times_of_the_link_are_limits_of_the_plan() -> None:
    limits = SafetyLimits(link_no_raise_s=0.5, link_hold_s=1.0, link_lower_s=1.5, link_safe_place_s=2.0)
    rig = at(Phase.EXPOSURE, limits=limits)
    rig.silence(1.1)
    assert rig.phase is Phase.PAUSED
    rig.silence(0.5, since_s=1.1)
    assert rig.last.step == 1
    rig.silence(0.5, since_s=1.6)
    assert rig.phase is Phase.SAFE_PLACE


# ------------------------------------------------------------------ a way up that is called off


def cut(rig: Rig, **condition: object) -> None:
    rig.frame(**(condition or {"link_age_s": 1.5}))


@pytest.mark.parametrize("condition", [{"link_age_s": 1.5}, {"record_ok": False}, {"flash_guard": True}])
@pytest.mark.parametrize("phase", [Phase.BASELINE, Phase.SAFE_PLACE])
def test_a_way_in_whose_fade_is_not_half_over_is_turned_back(
    phase: Phase, condition: dict[str, object]
) -> None:
    rig = at(phase)
    step = rig.last.step
    rig.ok(GoToStep(step=3, confirmed=True))
    rig.wait(0.5)
    cut(rig, **condition)
    assert rig.phase is (Phase.SAFE_PLACE if "flash_guard" in condition else phase)
    assert rig.last.step == step
    rig.wait(5.0)
    assert rig.last.scene.place is not Place.SCENE
    rig.wait(5.0, link_age_s=0.0, record_ok=True, flash_guard=False)
    assert rig.last.scene.place is not Place.SCENE


def test_a_way_in_whose_darkest_moment_is_over_is_not_turned_back() -> None:
    rig = at(Phase.BASELINE)
    rig.ok(GoToStep(step=1))
    rig.wait(1.2)
    cut(rig)
    rig.wait(1.4)
    assert (rig.phase, rig.last.step, rig.last.scene.shell) == (Phase.EXPOSURE, 1, 0.0)


def test_a_step_up_into_another_scene_is_turned_back_to_the_scene_and_step_before() -> None:
    rig = at(Phase.EXPOSURE)
    before = values(rig)
    rig.ok(GoToStep(step=4))
    rig.wait(0.5)
    cut(rig)
    rig.wait(1.0)
    assert (rig.phase, rig.last.step, rig.last.scene.scene) == (Phase.EXPOSURE, 3, "tower")
    assert values(rig) == before
    last = rig.bodies(StepEntered)[-1]
    assert (last.step, last.previous, last.because) == (3, 4, "link_silent")


def test_calling_off_a_way_up_keeps_a_lower_step_that_was_asked_for_since() -> None:
    rig = Rig(plan=_mixed())
    rig.ok(Start(), GoToStep(step=3, confirmed=True))
    rig.wait(4.0)
    rig.ok(GoToStep(step=4))
    rig.wait(0.3)
    rig.ok(GoToStep(step=2))
    rig.wait(0.3)
    cut(rig)
    assert rig.last.step == 2
    rig.wait(3.0)
    assert (rig.last.step, rig.last.scene.scene) == (2, "roof")


@pytest.mark.parametrize("condition", [{"link_age_s": 1.5}, {"record_ok": False}])
def test_calling_off_a_way_up_does_not_end_a_pause(condition: dict[str, object]) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    rig.wait(0.3)
    rig.ok(Pause())
    rig.wait(0.1)
    cut(rig, **condition)
    assert (rig.phase, rig.last.step) == (Phase.PAUSED, 3)
    rig.wait(4.0)
    assert (rig.phase, rig.last.scene.frozen, rig.last.scene.scene) == (Phase.PAUSED, True, "tower")


def test_calling_off_a_step_taken_from_a_pause_leads_back_to_the_pause() -> None:
    rig = at(Phase.PAUSED)
    rig.ok(GoToStep(step=4))
    rig.wait(0.3)
    cut(rig)
    assert (rig.phase, rig.last.step) == (Phase.PAUSED, 3)


def test_after_a_way_in_was_turned_back_to_the_safe_place_resume_still_leads_to_the_baseline() -> None:
    rig = at(Phase.BASELINE)
    rig.ok(SafePlace())
    rig.wait(2.0)
    rig.ok(GoToStep(step=1))
    rig.wait(0.3)
    cut(rig)
    assert (rig.phase, rig.last.step) == (Phase.SAFE_PLACE, 0)
    rig.wait(2.0, link_age_s=0.0)
    rig.ok(Resume())
    assert (rig.phase, rig.last.step) == (Phase.BASELINE, 0)


# ------------------------------------------------------------------ flashes


@pytest.mark.parametrize("phase", list(Phase))
def test_the_flash_guard_makes_the_shell_opaque_in_the_same_frame(phase: Phase) -> None:
    rig = at(phase)
    decision = rig.frame(flash_guard=True)
    assert decision.scene.shell == 1.0
    assert decision.intensity == 0.0
    up = [body for body, _ in decision.events if isinstance(body, ShellChanged)]
    assert [(body.up, body.because) for body in up] == [(True, "flash_guard")]


@pytest.mark.parametrize("phase", [Phase.EXPOSURE, Phase.PAUSED])
def test_after_flashes_the_patient_is_in_the_safe_place_until_the_therapist_acts(phase: Phase) -> None:
    rig = at(phase)
    rig.frame(flash_guard=True)
    assert rig.phase is Phase.SAFE_PLACE
    for _ in range(400):
        decision = rig.frame(flash_guard=False)
        assert decision.scene.place is Place.CALM or decision.scene.shell == 1.0
    assert (rig.phase, rig.last.scene.shell) == (Phase.SAFE_PLACE, 0.0)


@pytest.mark.parametrize("phase", [Phase.SETUP, Phase.DEBRIEF, Phase.STOPPED, Phase.CLOSED])
def test_the_flash_guard_changes_no_phase_that_has_no_way_to_the_safe_place(phase: Phase) -> None:
    rig = at(phase)
    rig.frame(flash_guard=True)
    rig.wait(2.0, flash_guard=False)
    assert (rig.phase, rig.last.scene.shell) == (phase, 0.0)


def test_while_the_guard_is_tripped_nothing_may_be_raised() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(FireTrigger(trigger="gust"), flash_guard=True)
    rig.frame()
    assert rig.last.scene.fire == ()
    assert rig.do(Resume()).reason is Refusal.HELD


# ------------------------------------------------------------------ alerts, and several causes at once


def test_a_stale_heart_is_shown_with_its_age_and_blocks_nothing() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(heart_age_s=7.0)
    (alarm,) = rig.session.alarms
    assert (alarm.cause, alarm.demand) == (Cause.SENSOR_STALE, DemandKind.ALERT)
    assert alarm.since_ns == rig.now_ns - 7_000_000_000
    assert (rig.phase, rig.last.held) == (Phase.EXPOSURE, False)
    rig.ok(FireTrigger(trigger="gust"))


def test_the_heart_never_moves_the_scene() -> None:
    rig = at(Phase.EXPOSURE)
    before = rig.last.scene
    for age_s in (None, 0.1, 4.9, 5.1, 60.0, 0.2, None):
        assert rig.frame(heart_age_s=age_s).scene == before


def test_with_two_causes_the_hold_lasts_until_both_are_over() -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(1.0, tracking=False, headset_on=False)
    rig.frame(tracking=True)
    assert rig.do(Resume()).reason is Refusal.HELD
    rig.frame(headset_on=True)
    rig.ok(Resume())


def test_a_refusal_names_the_link_before_other_causes() -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(0.2, link_age_s=2.0, record_ok=False)
    assert rig.do(SetParameter(name="wind", value=9.0)).reason is Refusal.LINK_SILENT
    rig.frame(link_age_s=0.0)
    assert rig.do(SetParameter(name="wind", value=9.0)).reason is Refusal.RECORD_FAILING


def test_the_strongest_demand_of_each_cause_is_the_alarm() -> None:
    rig = at(Phase.EXPOSURE)
    rig.silence(9.0)
    rig.wait(0.1, record_ok=False, heart_age_s=9.0)
    assert {alarm.cause: alarm.demand for alarm in rig.session.alarms} == {
        Cause.LINK_SILENT: DemandKind.LOWER,
        Cause.RECORD_FAILING: DemandKind.BLOCK_RAISE,
        Cause.SENSOR_STALE: DemandKind.ALERT,
    }
    assert all(alarm.message for alarm in rig.session.alarms)


def test_a_level_once_reached_stays_until_the_whole_cause_is_over() -> None:
    rig = at(Phase.EXPOSURE)
    rig.silence(4.0)
    rig.wait(0.5, link_age_s=1.5)
    assert rig.do(Resume()).reason is Refusal.LINK_SILENT
    assert rig.session.alarms[0].demand is DemandKind.HOLD


def test_demands_are_ordered_from_mild_to_strong() -> None:
    assert sorted(DemandKind, key=STRENGTH.__getitem__) == list(DemandKind)


def test_a_session_that_is_held_can_still_be_ended_and_stopped() -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(1.0, tracking=False)
    rig.ok(End(to=Phase.RECOVERY))
    rig = at(Phase.STOPPED)
    rig.wait(1.0, tracking=False)
    assert rig.do(Release()).reason is Refusal.HELD
    rig.ok(End())


def _mixed():
    from tests.session.rig import PLAN, text
    from vr_runtime.protocol.files.plan import PlanStep

    steps = (
        PLAN.steps[0],
        PlanStep(id="roof-low", scene=ROOF.id, name=text("low roof"), preset={"drop": 1.0}),
        PLAN.steps[2],
        PLAN.steps[3],
    )
    return PLAN.model_copy(update={"steps": steps})
