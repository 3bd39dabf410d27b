"""What the therapist turns in the safe place while the patient is there: its own parameters, nothing of the exposure."""

from __future__ import annotations

import pytest

from tests.session.rig import DT_S, PLAN, SCENES, Rig, at
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.commands import (
    GoToStep,
    Pause,
    Release,
    Resume,
    SafePlace,
    SetCeiling,
    SetParameter,
    Stop,
)
from vr_runtime.protocol.events import CommandDecided, ParameterMoved, PhaseChanged
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase, Place, Refusal
from vr_runtime.session.session import Session


def turn(name: str, value: Value) -> SetParameter:
    return SetParameter(name=name, value=value)


@pytest.mark.parametrize("phase", [each for each in Phase if each is not Phase.SAFE_PLACE])
def test_elsewhere_than_in_the_safe_place_its_parameters_are_refused(phase: Phase) -> None:
    rig = at(phase)
    before = dict(rig.last.scene.safe_place)
    answer = rig.do(turn("guide", "both"))
    assert not answer.accepted
    wanted = {Phase.CLOSED: Refusal.CLOSED, Phase.EXPOSURE: Refusal.UNKNOWN_PARAMETER}
    wanted[Phase.PAUSED] = Refusal.UNKNOWN_PARAMETER
    assert answer.reason is wanted.get(phase, Refusal.NOT_NOW)
    assert rig.wait(3.0).scene.safe_place == before


def test_in_the_safe_place_they_are_turned_at_once_and_as_no_raise() -> None:
    rig = at(Phase.SAFE_PLACE)
    rig.commits = False  # nothing waits for the record
    rig.frame(turn("guide", "both"))
    assert rig.bodies(CommandDecided)[-1].accepted
    assert not rig.bodies(CommandDecided)[-1].raised
    assert rig.last.scene.safe_place["guide"] == "both"
    assert rig.last.scene.place is Place.CALM
    moved = rig.bodies(ParameterMoved)[-1]
    assert (moved.name, moved.previous, moved.target, moved.because) == (
        "guide",
        "off",
        "both",
        "set_parameter",
    )


def test_they_are_turned_even_while_nothing_may_be_raised() -> None:
    rig = at(Phase.SAFE_PLACE)
    rig.frame(record_ok=False, link_age_s=2.0)
    assert rig.do(turn("guide", "seen")).accepted
    assert rig.last.scene.safe_place["guide"] == "seen"


def test_a_choice_comes_without_a_veil_and_a_number_at_its_slew() -> None:
    rig = at(Phase.SAFE_PLACE)
    rig.ok(turn("guide", "seen"), turn("pace", 4.0))
    paces = []
    for _ in range(round(5.0 / DT_S)):
        rig.frame()
        assert rig.last.scene.blink == 0.0
        paces.append(float(rig.last.scene.safe_place["pace"]))
    steps = [before - after for before, after in zip(paces[:-1], paces[1:], strict=True)]
    assert 0.0 <= min(steps) <= max(steps) <= 0.5 * DT_S + 1e-9
    assert paces[-1] == 4.0


def test_what_turns_the_view_there_still_changes_behind_a_blink() -> None:
    rig = at(Phase.SAFE_PLACE)
    rig.ok(turn("turned", 90.0))
    darkest = 0.0
    while rig.last.scene.safe_place["turned"] != 90.0:
        assert rig.index < 10_000
        darkest = max(darkest, rig.frame().scene.blink)
    assert darkest == 1.0


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("wind", 0.0, Refusal.NOT_NOW),
        ("wind", 9.0, Refusal.NOT_NOW),
        ("hour", 8.0, Refusal.NOT_NOW),
        ("dusk", 1.0, Refusal.NOT_NOW),
        ("dusk", 0.0, Refusal.NOT_NOW),
        ("nothing", 1.0, Refusal.UNKNOWN_PARAMETER),
        ("guide", "loud", Refusal.OUT_OF_RANGE),
        ("pace", 11.0, Refusal.OUT_OF_RANGE),
    ],
)
def test_the_exposure_s_parameters_stay_refused_there_and_whatever_could_be_harder(
    name: str, value: Value, reason: Refusal
) -> None:
    rig = at(Phase.SAFE_PLACE)
    before = rig.session.parameters(), rig.session.safe_place()
    answer = rig.do(turn(name, value))
    assert answer.reason is reason
    assert answer.message
    rig.wait(3.0)
    assert (rig.session.parameters(), rig.session.safe_place()) == before


def test_they_have_no_ceiling_and_a_ceiling_set_there_is_the_exposure_s() -> None:
    rig = at(Phase.SAFE_PLACE)
    assert rig.do(SetCeiling(name="guide", value="off")).reason is Refusal.UNKNOWN_PARAMETER
    assert rig.do(SetCeiling(name="wind", value=1.0)).accepted
    assert rig.do(turn("guide", "both")).accepted


def test_turning_them_changes_nothing_of_the_exposure_on_the_way_back() -> None:
    def after(*turns: SetParameter) -> tuple[object, ...]:
        rig = at(Phase.SAFE_PLACE)
        rig.ok(*turns)
        rig.wait(2.0)
        rig.ok(Resume())
        rig.wait(6.0)
        return rig.phase, rig.last.step, dict(rig.last.scene.parameters), rig.last.intensity

    assert after(turn("guide", "both"), turn("pace", 4.0)) == after()


def test_what_was_set_is_kept_for_the_session_after_a_stop_too() -> None:
    rig = at(Phase.SAFE_PLACE)
    rig.ok(turn("guide", "seen"), turn("pace", 5.0))
    rig.ok(GoToStep(step=1), Stop(), Release())
    rig.wait(6.0)
    assert rig.phase is Phase.SAFE_PLACE
    assert rig.last.scene.safe_place == {"guide": "seen", "pace": 5.0, "turned": 0.0, "dusk": 0.0}


def test_what_was_still_on_its_way_is_there_when_the_safe_place_comes_again() -> None:
    rig = at(Phase.SAFE_PLACE)
    rig.ok(turn("pace", 3.0), GoToStep(step=3))
    rig.wait(6.0)
    assert rig.phase is Phase.EXPOSURE
    assert float(rig.last.scene.safe_place["pace"]) > 3.0
    rig.ok(SafePlace())
    while rig.last.scene.place is not Place.CALM:
        assert rig.index < 10_000
        rig.frame()
    assert rig.last.scene.shell > 0.9
    assert rig.last.scene.safe_place["pace"] == 3.0


def test_the_plan_s_values_are_there_from_the_beginning() -> None:
    rig = Rig(plan=PLAN.model_copy(update={"safe_place": {"guide": "both", "pace": 5.0}}))
    assert rig.last.scene.safe_place == {"guide": "both", "pace": 5.0, "turned": 0.0, "dusk": 0.0}
    assert rig.session.safe_place()["guide"].ceiling is None


def test_the_state_tells_of_them_only_once_they_were_turned() -> None:
    """Records of versions that could not turn them keep their state hashes."""
    rig = at(Phase.SAFE_PLACE)
    assert not [key for key in rig.last.state if key.startswith("safe_place.")]
    rig.ok(turn("guide", "both"))
    told = {key: value for key, value in rig.last.state.items() if key.startswith("safe_place.")}
    assert told == {"safe_place.value.guide": "both", "safe_place.target.guide": "both"}


def test_a_session_without_a_safe_place_of_its_own_refuses_them() -> None:
    rig = Rig()
    rig.session = Session(
        PLAN, {name: each for name, each in SCENES.items() if name != "calm"}, SafetyLimits()
    )
    rig.index, rig.now_ns = 0, 0
    rig.frame()
    for body in (SetParameter(name="guide", value="both"), Pause()):
        assert not rig.do(body).accepted
    assert rig.session.safe_place() == {}
    assert rig.bodies(PhaseChanged) == []
