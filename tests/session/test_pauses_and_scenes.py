"""Pauses, other scenes, triggers: what stands still, what goes on, and what comes only when it may."""

from __future__ import annotations

from tests.session.rig import STEP_3, at
from vr_runtime.protocol.commands import (
    FireTrigger,
    GoToStep,
    Pause,
    Resume,
    SafePlace,
    SetParameter,
)
from vr_runtime.protocol.events import (
    ParameterMoved,
    ShellChanged,
    TriggerFired,
)
from vr_runtime.protocol.words import Phase, Place, Refusal

# ------------------------------------------------------------------ pauses


def test_in_a_pause_nothing_rises_and_the_scene_s_time_stands_still() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=9.0), SetParameter(name="height", value=40.0))
    rig.wait(0.1)
    rig.ok(Pause())
    before = {name: rig.value(name) for name in STEP_3}
    for _ in range(200):
        decision = rig.frame()
        assert decision.scene.frozen
        assert {name: rig.value(name) for name in STEP_3} == before
    assert rig.last.scene.sound_gain == 0.0
    assert rig.last.scene.blink == 0.0


def test_what_was_under_way_goes_on_after_the_pause_from_where_it_was() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=5.0))
    rig.wait(1.0)
    rig.ok(Pause())
    reached = rig.value("wind")
    rig.wait(10.0, dt_s=0.1)
    rig.ok(Resume())
    rig.frame()
    assert reached < rig.value("wind") < reached + 0.1
    rig.wait(5.0)
    assert rig.value("wind") == 5.0


def test_in_a_pause_what_is_made_easier_gets_easier_and_nothing_can_be_made_harder() -> None:
    rig = at(Phase.PAUSED)
    answer = rig.do(SetParameter(name="wind", value=5.0))
    assert answer.reason is Refusal.NOT_NOW
    assert "resume" in answer.message
    rig.ok(SetParameter(name="wind", value=0.5), SetParameter(name="height", value=2.0))
    rig.wait(3.0)
    assert (rig.value("wind"), rig.value("height")) == (0.5, 2.0)
    assert rig.last.scene.frozen


def test_in_a_pause_a_target_that_is_lowered_but_still_above_the_value_waits_for_the_end_of_the_pause() -> (
    None
):
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=9.0))
    rig.wait(1.0)
    rig.ok(Pause())
    reached = rig.value("wind")
    rig.ok(SetParameter(name="wind", value=5.0))
    rig.wait(3.0)
    assert rig.value("wind") == reached
    rig.ok(Resume())
    rig.wait(4.0)
    assert rig.value("wind") == 5.0


def test_what_was_made_easier_in_one_pause_stands_still_in_the_next() -> None:
    rig = at(Phase.PAUSED)
    rig.ok(SetParameter(name="wind", value=0.0))
    rig.wait(0.5)
    rig.ok(Resume(), Pause())
    reached = rig.value("wind")
    assert 1.0 < reached < 2.0
    rig.wait(3.0)
    assert rig.value("wind") == reached


# ------------------------------------------------------------------ scenes


def test_a_step_in_another_scene_is_reached_behind_the_opaque_shell_and_begins_anew() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    scene, restarts = "tower", 0
    for _ in range(150):
        decision = rig.frame()
        restarts += decision.scene.restart
        if decision.scene.scene != scene:
            assert decision.scene.shell == 1.0
            assert decision.scene.restart
            scene = decision.scene.scene
    assert (scene, restarts, rig.last.scene.shell) == ("lift", 1, 0.0)
    assert rig.last.scene.parameters == {"speed": 1.0, "room": 3.0}


def test_the_scene_that_is_left_stands_still_while_the_shell_closes() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="wind", value=9.0))
    rig.wait(0.5)
    rig.ok(GoToStep(step=4))
    left = rig.last.scene.parameters
    while rig.last.scene.scene == "tower":
        assert rig.last.scene.parameters == left
        rig.frame()


def test_what_a_new_scene_asks_for_is_recorded_from_its_defaults() -> None:
    rig = at(Phase.EXPOSURE)
    before = len(rig.bodies(ParameterMoved))
    rig.ok(GoToStep(step=4))
    moved = rig.bodies(ParameterMoved)[before:]
    assert [(body.name, body.previous, body.target, body.unit) for body in moved] == [
        ("speed", 0.0, 1.0, "m")
    ]


def test_fades_to_the_safe_place_take_no_longer_than_the_limit() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(SafePlace())
    rig.wait(0.98)
    assert (rig.last.scene.place, rig.last.scene.shell < 1e-9) == (Place.CALM, True)


def test_the_shell_s_going_up_and_away_is_recorded_with_its_reason() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    rig.wait(3.0)
    rig.ok(SafePlace())
    rig.wait(2.0)
    assert [(body.up, body.because) for body in rig.bodies(ShellChanged)][-4:] == [
        (True, "go_to_step"),
        (False, "go_to_step"),
        (True, "safe_place"),
        (False, "safe_place"),
    ]


def test_sound_comes_back_slower_than_it_goes() -> None:
    rig = at(Phase.PAUSED)
    rig.ok(Resume())
    gains = [rig.frame().scene.sound_gain for _ in range(60)]
    assert gains[0] < 0.1
    assert gains[40] < 1.0
    assert gains[-1] == 1.0


# ------------------------------------------------------------------ triggers


def test_a_trigger_fires_once_in_one_frame_when_the_therapist_says_so() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(FireTrigger(trigger="gust"))
    fired = [rig.frame().scene.fire for _ in range(100)]
    assert fired[0] == ("gust",)
    assert set(fired[1:]) == {()}
    assert [(body.trigger, body.scene) for body in rig.bodies(TriggerFired)] == [("gust", "tower")]


def test_a_trigger_rests_for_its_cooldown_and_the_message_says_how_long() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(FireTrigger(trigger="gust"))
    rig.wait(4.0)
    answer = rig.do(FireTrigger(trigger="gust"))
    assert answer.reason is Refusal.COOLING_DOWN
    assert "2.0 s" in answer.message
    rig.wait(2.1)
    rig.ok(FireTrigger(trigger="gust"))


def test_triggers_come_one_at_a_time_with_a_gap_between_any_two() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(FireTrigger(trigger="gust"))
    assert rig.do(FireTrigger(trigger="horn")).reason is Refusal.COOLING_DOWN
    rig.wait(3.0)
    rig.ok(FireTrigger(trigger="horn"))


def test_no_trigger_is_fired_into_a_fade() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=4))
    rig.wait(0.3)
    assert rig.do(FireTrigger(trigger="jolt")).reason is Refusal.NOT_NOW
