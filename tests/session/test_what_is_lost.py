"""Tracking, headset or display is lost: the scene is held, then left for the safe place, until a person resumes."""

from __future__ import annotations

import pytest

from tests.session.rig import DT_S, RAISES, at, capped
from vr_runtime.protocol.commands import AnyCommandBody, Resume, SetParameter
from vr_runtime.protocol.events import DemandMade, PhaseChanged
from vr_runtime.protocol.words import Cause, Phase, Refusal

RAISING = [(phase, body) for phase, bodies in RAISES.items() for body in bodies]
LOST = ["tracking", "headset_on", "display_ok"]
CAUSES = {
    "tracking": Cause.TRACKING_LOST,
    "headset_on": Cause.HEADSET_OFF,
    "display_ok": Cause.DISPLAY_LOST,
}


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_holds_after_half_a_second_and_leads_to_the_safe_place_after_two(name: str) -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(2 * DT_S)
    rig.wait(0.46, **{name: False})
    assert rig.phase is Phase.EXPOSURE
    rig.wait(0.06)
    assert (rig.phase, rig.last.held, rig.last.scene.frozen) == (Phase.PAUSED, True, True)
    rig.wait(1.4)
    assert rig.phase is Phase.PAUSED
    rig.wait(0.1)
    assert rig.phase is Phase.SAFE_PLACE
    assert rig.last.step == 3
    because = [body.because for body in rig.bodies(PhaseChanged)][-2:]
    assert because == [CAUSES[name].value] * 2


@pytest.mark.parametrize("name", LOST)
def test_a_loss_counts_from_the_last_frame_that_had_it_however_long_the_frame_in_between_took(
    name: str,
) -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(2 * DT_S)
    had_it_ns = rig.now_ns - round(DT_S * 1e9)  # the inputs of a frame hold what was sensed in the one before
    rig.frame(dt_s=1.2, **{name: False})
    while rig.phase is not Phase.SAFE_PLACE:
        rig.frame(**{name: False})
    assert 2.0 < (rig.now_ns - had_it_ns) / 1e9 <= 2.0 + 2 * DT_S


@pytest.mark.parametrize("name", LOST)
def test_a_moment_s_loss_changes_nothing(name: str) -> None:
    rig = at(Phase.EXPOSURE)
    for _ in range(10):
        rig.wait(0.4, **{name: False})
        rig.wait(0.1, **{name: True})
    assert rig.phase is Phase.EXPOSURE
    assert rig.bodies(DemandMade) == []


@pytest.mark.parametrize("lost_s", [1.0, 5.0])
@pytest.mark.parametrize("name", LOST)
def test_what_comes_back_resumes_nothing_by_itself(name: str, lost_s: float) -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(lost_s, **{name: False})
    phase = rig.phase
    rig.wait(20.0, dt_s=0.1, **{name: True})
    assert rig.phase is phase
    assert phase is not Phase.EXPOSURE
    rig.ok(Resume())
    assert rig.phase is Phase.EXPOSURE


@pytest.mark.parametrize(("phase", "body"), RAISING, ids=str)
@pytest.mark.parametrize("name", LOST)
def test_while_it_is_lost_every_way_up_is_refused_with_a_remedy(
    name: str, phase: Phase, body: AnyCommandBody
) -> None:
    rig = at(phase, plan=capped())
    rig.wait(0.6, **{name: False})
    if rig.phase is phase:
        answer = rig.do(body)
        assert answer.reason is Refusal.HELD
        assert "wait until" in answer.message


def test_resume_is_refused_while_the_headset_is_off_and_the_message_says_what_to_wait_for() -> None:
    rig = at(Phase.EXPOSURE)
    rig.wait(1.0, headset_on=False)
    answer = rig.do(Resume())
    assert (answer.reason, rig.phase) == (Refusal.HELD, Phase.PAUSED)
    assert "headset" in answer.message


@pytest.mark.parametrize("phase", [Phase.BASELINE, Phase.SAFE_PLACE, Phase.STOPPED])
def test_the_session_says_that_it_is_held_as_long_as_something_is_lost(phase: Phase) -> None:
    rig = at(phase)
    assert not rig.last.held
    assert rig.wait(0.6, tracking=False).held
    assert not rig.wait(0.1, tracking=True).held


def test_a_hold_stops_the_scene_s_time_and_its_sound_and_keeps_the_step() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=9.0))
    rig.wait(1.0, tracking=False)
    reached = rig.value("wind")
    rig.wait(0.5)
    assert rig.value("wind") == reached
    assert rig.last.scene.sound_gain == 0.0
    assert rig.last.step == 3
