"""Where the session stands: what a change of phase, a lower ceiling and a way up that is called off leave behind."""

from __future__ import annotations

import pytest

from tests.session.rig import Rig, at
from vr_runtime.protocol.commands import (
    End,
    FireTrigger,
    GoToStep,
    Pause,
    Resume,
    SafePlace,
    SetCeiling,
    SetParameter,
    Stop,
)
from vr_runtime.protocol.events import CeilingSet, ParameterMoved, PhaseChanged, ShellChanged, StepEntered
from vr_runtime.protocol.words import Phase, Place, Refusal


def _changed(rig: Rig) -> list[tuple[str, str, str, str]]:
    return [
        (each.previous.value, each.phase.value, each.place.value, each.because)
        for each in rig.bodies(PhaseChanged)
    ]


def test_every_change_of_phase_says_from_where_to_where_and_why() -> None:
    rig = at(Phase.BASELINE)
    rig.ok(GoToStep(step=1), Pause(), Resume(), SafePlace(), Stop())
    assert _changed(rig)[1:] == [
        ("baseline", "exposure", "scene", "go_to_step"),
        ("exposure", "paused", "scene", "pause"),
        ("paused", "exposure", "scene", "resume"),
        ("exposure", "safe_place", "calm", "safe_place"),
        ("safe_place", "stopped", "calm", "stop"),
    ]


def test_what_safety_did_says_its_cause_and_no_command() -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(3.0, tracking=False)
    caused = [(body.because, cause) for body, cause in rig.events if isinstance(body, PhaseChanged)]
    assert caused[-2:] == [("tracking_lost", None), ("tracking_lost", None)]
    assert rig.phase is Phase.SAFE_PLACE


def test_the_hold_of_a_cause_that_is_over_lasts_until_the_therapist_acts() -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(1.0, tracking=False)
    rig.wait(1.0, tracking=True)
    assert (rig.phase, rig.last.held) == (Phase.PAUSED, True)
    rig.ok(Resume())
    assert (rig.phase, rig.last.held) == (Phase.EXPOSURE, False)
    rig.ok(Pause())
    assert not rig.last.held  # a pause of the therapist's is no hold


def test_a_pause_keeps_what_is_under_way_where_it_is_until_it_is_over() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="rail", value=1.2))  # easier, and slow
    rig.wait(0.4)
    rig.ok(Pause())
    stood = rig.value("rail")
    rig.wait(3.0)
    assert 0.8 < stood < 1.2
    assert rig.value("rail") == stood
    rig.ok(Resume())
    rig.wait(3.0)
    assert rig.value("rail") == 1.2


@pytest.mark.parametrize("phase", [Phase.EXPOSURE, Phase.PAUSED])
def test_a_ceiling_below_the_step_lowers_it_and_says_so_once(phase: Phase) -> None:
    rig = at(phase)
    before = len(rig.events)
    rig.ok(SetCeiling(step=2))
    identity = f"command-{len(rig.received):04d}"
    told = [(body, cause) for body, cause in rig.events[before:]]
    assert all(cause == identity for _, cause in told)
    kinds = [type(body) for body, _ in told if isinstance(body, CeilingSet | StepEntered | ParameterMoved)]
    assert kinds[:2] == [CeilingSet, StepEntered]
    assert {body.because for body, _ in told if isinstance(body, StepEntered | ParameterMoved)} == {
        "set_ceiling"
    }
    (entered,) = [body for body, _ in told if isinstance(body, StepEntered)]
    assert (entered.previous, entered.step) == (3, 2)
    moved = {body.name: body.target for body, _ in told if isinstance(body, ParameterMoved)}
    assert moved == {"height": 5.0, "rail": 1.0, "wind": 0.0, "floor": "stone"}
    rig.wait(4.0)  # what is lowered gets easier in a pause too
    assert rig.value("wind") == 0.0
    assert (rig.phase, rig.last.step) == (phase, 2)


def test_a_ceiling_on_the_step_moves_nothing() -> None:
    rig = at(Phase.EXPOSURE)
    before = len(rig.events)
    rig.ok(SetCeiling(step=3))
    assert not [body for body, _ in rig.events[before:] if isinstance(body, StepEntered | ParameterMoved)]
    assert rig.last.state["ceiling"] == 3


@pytest.mark.parametrize(("value", "target"), [(1.0, 1.0), (2.0, 2.0), (3.0, 2.0)])
def test_a_ceiling_of_a_parameter_brings_it_down_and_never_up(value: float, target: float) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetCeiling(name="wind", value=value))
    assert rig.target("wind") == target
    assert rig.session.parameters()["wind"].ceiling == value
    moved = [body for body in rig.bodies(ParameterMoved) if body.because == "set_ceiling"]
    assert [body.target for body in moved] == ([target] if value < 2.0 else [])


def test_a_ceiling_before_the_first_step_moves_nothing_and_holds_from_then_on() -> None:
    rig = at(Phase.BASELINE)
    rig.ok(SetCeiling(name="wind", value=1.0))
    assert not rig.bodies(ParameterMoved)
    rig.ok(GoToStep(step=3, confirmed=True))
    assert rig.target("wind") == 1.0


def test_the_lowest_step_is_entered_once_and_from_itself_not_at_all() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(Stop())
    assert [body.step for body in rig.bodies(StepEntered)] == [3, 1]
    assert (rig.bodies(StepEntered)[-1].previous, rig.bodies(StepEntered)[-1].because) == (3, "stop")
    low = at(Phase.BASELINE)
    low.ok(GoToStep(step=1))
    low.wait(5.0)
    low.ok(SetParameter(name="wind", value=4.0))
    low.wait(5.0)
    low.ok(Stop())
    assert [body.step for body in low.bodies(StepEntered)] == [1]
    assert low.target("wind") == 0.0  # nor does what was turned up stay up
    none = at(Phase.BASELINE)
    none.ok(Stop())
    assert none.bodies(StepEntered) == []
    assert none.last.step == 0


def test_a_way_up_that_is_called_off_says_what_it_went_back_to_and_why() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    rig.wait(0.3)
    before = len(rig.events)
    rig.frame(record_ok=False)
    entered = [body for body, _ in rig.events[before:] if isinstance(body, StepEntered)]
    assert [(body.previous, body.step, body.because) for body in entered] == [(4, 3, "record_failing")]
    assert rig.phase is Phase.EXPOSURE
    rig.wait(3.0, record_ok=True)
    assert (rig.last.step, rig.last.scene.scene, rig.last.scene.place) == (3, "tower", Place.SCENE)


def test_a_second_block_after_a_way_up_was_called_off_calls_nothing_off_again() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    rig.wait(0.3)
    rig.frame(record_ok=False)
    rig.wait(2.0, record_ok=True)
    rig.ok(GoToStep(step=4))
    rig.wait(6.0)
    before = len(rig.events)
    rig.wait(1.0, record_ok=False)
    assert rig.last.step == 4
    assert not [body for body, _ in rig.events[before:] if isinstance(body, StepEntered | PhaseChanged)]


def test_a_way_up_goes_back_to_where_the_first_of_two_raises_set_out() -> None:
    rig = at(Phase.BASELINE)
    rig.ok(GoToStep(step=1))
    rig.wait(0.2)
    rig.ok(GoToStep(step=2))
    rig.wait(0.2)
    rig.frame(record_ok=False)
    assert rig.phase is Phase.BASELINE
    assert rig.last.step == 0
    rig.wait(3.0)
    assert rig.last.scene.place is Place.BASELINE_ROOM


def test_what_rises_when_the_way_up_is_blocked_stays_and_says_so() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=8.0))
    rig.wait(1.0)
    rig.frame(record_ok=False)
    moved = rig.bodies(ParameterMoved)[-1]
    assert (moved.name, moved.because, moved.previous) == ("wind", "record_failing", 8.0)
    assert moved.target == rig.value("wind") == rig.target("wind") < 8.0


def test_the_end_from_the_safe_place_leads_to_recovery_and_the_safe_place_back_to_it() -> None:
    rig = at(Phase.SAFE_PLACE)
    rig.ok(End(to=Phase.RECOVERY), SafePlace(), Stop())
    assert rig.last.state["came_from"] == "recovery"


def test_before_anything_else_a_session_stands_in_its_setup() -> None:
    state = at(Phase.SETUP).last.state
    assert (state["phase"], state["came_from"], state["step"]) == ("setup", "setup", 0)


def test_no_trigger_is_fired_into_a_scene_that_is_being_left_or_not_there_yet() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    for _ in range(4):
        rig.wait(0.2)
        assert rig.do(FireTrigger(trigger="jolt")).reason is Refusal.NOT_NOW
    rig.wait(3.0)
    rig.ok(FireTrigger(trigger="jolt"))


def test_what_was_made_easier_in_one_pause_waits_in_the_next_one() -> None:
    rig = at(Phase.PAUSED)
    rig.ok(SetParameter(name="rail", value=1.2))
    rig.wait(0.4)
    rig.ok(Resume())
    rig.wait(0.4)
    rig.ok(Pause())
    stood = rig.value("rail")
    rig.wait(3.0)
    assert 0.8 < stood < 1.2
    assert rig.value("rail") == stood


def test_the_way_in_is_no_time_on_the_step() -> None:
    rig = at(Phase.BASELINE)
    rig.ok(GoToStep(step=1))
    clocks = rig.session.course.clocks
    while rig.last.scene.place is not Place.SCENE:
        assert (clocks.step_s, clocks.in_phase[Phase.EXPOSURE]) == (0.0, 0.0)
        rig.frame()
    rig.wait(3.0)
    assert 2.9 < clocks.step_s <= 3.1


def test_a_stop_tells_each_parameter_that_it_takes_back() -> None:
    rig = at(Phase.EXPOSURE)
    before = len(rig.events)
    rig.ok(Stop())
    told = [(body, cause) for body, cause in rig.events[before:] if isinstance(body, ParameterMoved)]
    # never harder than it was: the rail of the lowest step is as high as it can be
    assert {body.name: body.target for body, _ in told} == {
        "height": 1.0,
        "rail": 1.1,
        "wind": 0.0,
        "floor": "stone",
    }
    identity = f"command-{len(rig.received):04d}"
    assert {(body.because, cause) for body, cause in told} == {("stop", identity)}


def test_a_ceiling_that_leads_into_another_scene_is_told_as_the_cause_of_the_fade() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    rig.wait(6.0)
    before = len(rig.events)
    rig.ok(SetCeiling(step=2))
    rig.wait(4.0)
    shells = [body for body, _ in rig.events[before:] if isinstance(body, ShellChanged)]
    assert [(body.up, body.because) for body in shells] == [(True, "set_ceiling"), (False, "set_ceiling")]
    assert (rig.last.step, rig.last.scene.scene) == (2, "tower")


def test_a_lower_ceiling_makes_nothing_harder_where_the_lower_step_asks_for_more() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=5, confirmed=True))
    rig.wait(6.0)
    assert rig.target("wind") == 1.0
    rig.ok(SetCeiling(step=3))  # step 3 asks for a wind of 2
    assert (rig.last.step, rig.target("wind")) == (3, 1.0)
    rig.wait(3.0)
    assert rig.value("wind") == 1.0


def test_a_ceiling_brings_down_what_was_turned_up_on_the_lowest_step_too() -> None:
    rig = at(Phase.BASELINE)
    rig.ok(GoToStep(step=1))
    rig.wait(4.0)
    rig.ok(SetParameter(name="wind", value=4.0))
    rig.wait(5.0)
    rig.ok(SetCeiling(name="wind", value=2.0))
    assert rig.target("wind") == 2.0
