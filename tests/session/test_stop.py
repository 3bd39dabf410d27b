"""STOP is stronger than everything else: from every phase, against every pending command, in the same frame."""

from __future__ import annotations

import pytest

from tests.session.rig import DT_S, PATHS, RAISES, Rig, at, capped
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    AskRating,
    End,
    FireTrigger,
    GoToStep,
    Note,
    Pause,
    Rating,
    Recentre,
    Release,
    Resume,
    SafePlace,
    SetCeiling,
    SetParameter,
    Start,
    Stop,
)
from vr_runtime.protocol.events import (
    CommandDecided,
    ParameterMoved,
    PhaseChanged,
    RatingMissed,
    ShellChanged,
    StepEntered,
    TriggerFired,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase, Place, Refusal
from vr_runtime.session.frame import Decision

OPEN = [phase for phase in Phase if phase is not Phase.CLOSED]
BY = ["pressed", "commanded"]

EVERY_COMMAND: tuple[AnyCommandBody, ...] = (
    Start(),
    GoToStep(step=1),
    GoToStep(step=4, confirmed=True),
    SetParameter(name="wind", value=9.0),
    SetParameter(name="wind", value=0.0),
    SetCeiling(step=7),
    SetCeiling(step=1),
    FireTrigger(trigger="gust"),
    Pause(),
    Resume(),
    SafePlace(),
    Release(),
    AskRating(),
    Rating(raw=50),
    Note(text="seen"),
    Recentre(),
    End(to=Phase.RECOVERY),
    End(to=Phase.DEBRIEF),
)


def stop(rig: Rig, by: str, *also: AnyCommandBody) -> Decision:
    """A STOP; other commands of the same frame are heard before and after it."""
    if by == "pressed":
        return rig.frame(*also, stops=1)
    return rig.frame(*also, Stop(), *also)


def nothing_of_the_scene_is_seen(decision: Decision) -> bool:
    return decision.scene.place is not Place.SCENE or decision.scene.shell == 1.0


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("phase", [phase for phase in OPEN if phase is not Phase.STOPPED])
def test_the_shell_is_opaque_in_the_very_frame_of_the_stop(phase: Phase, by: str) -> None:
    rig = at(phase)
    decision = stop(rig, by)
    assert decision.scene.shell == 1.0
    assert decision.phase is Phase.STOPPED
    assert decision.intensity == 0.0
    changed = [body for body, _ in decision.events if isinstance(body, ShellChanged)]
    assert [(body.up, body.because) for body in changed] == [(True, "stop")]


@pytest.mark.parametrize("pending", EVERY_COMMAND, ids=lambda body: f"{body.kind}")
@pytest.mark.parametrize("phase", OPEN)
def test_a_stop_wins_over_every_command_of_its_own_frame(phase: Phase, pending: AnyCommandBody) -> None:
    rig = at(phase)
    step, before = rig.last.step, set(rig.received)
    decision = stop(rig, "commanded", pending)
    given = set(rig.received) - before
    assert decision.phase is Phase.STOPPED
    assert nothing_of_the_scene_is_seen(decision)
    assert decision.scene.fire == ()
    for _ in range(100):
        decision = rig.frame()
        assert decision.phase is Phase.STOPPED
        assert nothing_of_the_scene_is_seen(decision)
        assert decision.scene.fire == ()
    assert decision.step == min(step, 1)
    mine = [name for name in given if _may_raise(rig, name)]
    assert all(not rig.answers[name].accepted for name in mine)


@pytest.mark.parametrize(
    ("phase", "pending"), [(phase, body) for phase in OPEN for body in RAISES[phase]], ids=str
)
@pytest.mark.parametrize("by", BY)
def test_a_stop_refuses_every_raise_that_waits_for_its_commit(
    phase: Phase, pending: AnyCommandBody, by: str
) -> None:
    rig = at(phase, plan=capped())
    rig.commits = False
    rig.frame(pending)
    assert len(rig.session.waiting) == 1
    (waiting,) = rig.session.waiting
    decision = stop(rig, by)
    assert decision.phase is Phase.STOPPED
    assert rig.answers[waiting].reason is Refusal.NOT_NOW
    assert "STOP" in rig.answers[waiting].message
    rig.commits = True
    assert rig.session.waiting == frozenset()
    rig.wait(2.0)
    assert rig.phase is Phase.STOPPED
    assert rig.bodies(TriggerFired) == []


def test_a_stop_wins_over_a_release_that_came_in_the_same_frame() -> None:
    for also in ((), (Release(),)):
        rig = at(Phase.STOPPED)
        rig.frame(Release(), *also, stops=1)
        rig.wait(1.0)
        assert rig.phase is Phase.STOPPED


@pytest.mark.parametrize("phase", [Phase.EXPOSURE, Phase.PAUSED, Phase.BASELINE, Phase.SAFE_PLACE])
@pytest.mark.parametrize("step_s", [0.005, 1 / 90, 0.05])
def test_sound_is_down_within_a_fifth_of_a_second(phase: Phase, step_s: float) -> None:
    rig = at(phase)
    pressed_ns = rig.now_ns + round(step_s * 1e9)
    gain = rig.last.scene.sound_gain
    decision = rig.frame(stops=1, dt_s=step_s)
    while rig.now_ns < pressed_ns + 200_000_000:
        assert decision.scene.sound_gain <= gain
        gain = decision.scene.sound_gain
        decision = rig.frame(dt_s=step_s)
    assert decision.scene.sound_gain == 0.0


@pytest.mark.parametrize("limits", [SafetyLimits(), SafetyLimits(stop_calm_after_s=0.0, stop_fade_s=0.5)])
@pytest.mark.parametrize("phase", [phase for phase in OPEN if phase is not Phase.STOPPED])
@pytest.mark.parametrize("step_s", [0.005, 1 / 90, 0.05, 0.6])
def test_the_safe_place_has_faded_in_within_half_a_second(
    phase: Phase, limits: SafetyLimits, step_s: float
) -> None:
    rig = at(phase, limits=limits)
    pressed_ns = rig.now_ns + round(step_s * 1e9)
    decision = rig.frame(stops=1, dt_s=step_s)
    while rig.now_ns < pressed_ns + 500_000_000:
        assert nothing_of_the_scene_is_seen(decision)
        if decision.scene.shell < 1.0:
            assert decision.scene.place is Place.CALM
        decision = rig.frame(dt_s=step_s)
    assert decision.scene.place is Place.CALM
    assert decision.scene.shell < 1e-9


@pytest.mark.parametrize("moment_s", [0.02, 0.2, 0.5, 0.98, 1.0, 1.02, 1.5, 1.98])
@pytest.mark.parametrize("way", [GoToStep(step=4), SafePlace(), End(to=Phase.RECOVERY)])
def test_a_stop_in_the_middle_of_a_fade_shows_nothing_of_either_place(
    way: AnyCommandBody, moment_s: float
) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(way)
    rig.wait(moment_s)
    assert rig.frame(stops=1).scene.shell == 1.0
    while rig.last.scene.shell == 1.0:
        rig.frame()
    assert rig.last.scene.place is Place.CALM


@pytest.mark.parametrize("body", [*EVERY_COMMAND, End(to=Phase.RECOVERY)], ids=lambda body: f"{body.kind}")
def test_a_stop_is_latched_against_every_command_but_release_and_the_end(body: AnyCommandBody) -> None:
    rig = at(Phase.STOPPED)
    answer = rig.do(body)
    rig.wait(3.0)
    if isinstance(body, Release):
        assert answer.accepted
        assert rig.phase is Phase.SAFE_PLACE
    else:
        assert rig.phase is Phase.STOPPED
        assert answer.accepted == (body.kind in ("ask_rating", "rating", "note", "recentre"))


def test_closing_is_the_only_other_way_out_of_a_stop_and_shows_the_neutral_room() -> None:
    rig = at(Phase.STOPPED)
    rig.ok(End())
    rig.wait(3.0)
    assert rig.phase is Phase.CLOSED
    assert rig.last.scene.place is Place.BASELINE_ROOM


def test_nothing_that_safety_demands_leaves_a_stop() -> None:
    rig = at(Phase.STOPPED)
    rig.wait(3.0, tracking=False, headset_on=False, display_ok=False, record_ok=False, flash_guard=True)
    rig.silence(25.0)
    assert rig.phase is Phase.STOPPED
    rig.wait(
        3.0,
        tracking=True,
        headset_on=True,
        display_ok=True,
        record_ok=True,
        flash_guard=False,
        link_age_s=0.0,
    )
    assert rig.phase is Phase.STOPPED


@pytest.mark.parametrize("phase", [Phase.EXPOSURE, Phase.PAUSED, Phase.SAFE_PLACE])
def test_a_release_leads_to_the_safe_place_at_the_lowest_step_and_stays_there(phase: Phase) -> None:
    rig = at(phase)
    rig.frame(stops=1)
    rig.wait(2.0)
    decision = rig.ok(Release())
    assert (decision.phase, decision.step) == (Phase.SAFE_PLACE, 1)
    decision = rig.wait(60.0, dt_s=0.1)
    assert (decision.phase, decision.step, decision.scene.place) == (Phase.SAFE_PLACE, 1, Place.CALM)
    assert decision.intensity == 0.0


def test_after_a_release_exposure_begins_anew_at_the_lowest_step_when_the_therapist_says_so() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(stops=1)
    rig.ok(Release())
    rig.wait(2.0)
    rig.ok(Resume())
    restarts = 0
    for _ in range(200):
        restarts += rig.frame().scene.restart
    assert rig.phase is Phase.EXPOSURE
    assert rig.last.step == 1
    assert restarts == 1
    assert rig.value("height") == 1.0
    assert rig.value("wind") == 0.0


@pytest.mark.parametrize("phase", [Phase.SETUP, Phase.BASELINE, Phase.RECOVERY, Phase.DEBRIEF])
def test_resume_after_a_release_is_no_way_round_into_an_exposure(phase: Phase) -> None:
    rig = at(phase)
    rig.frame(stops=1)
    rig.ok(Release())
    rig.wait(2.0)
    rig.ok(Resume())
    assert rig.phase is phase


def test_a_stop_leaves_nothing_harder_than_it_was() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(SetParameter(name="rail", value=1.2), SetParameter(name="hour", value=20.0))
    rig.wait(5.0)
    rig.frame(stops=1)
    assert rig.last.step == 1
    assert rig.value("rail") == 1.2  # easier than step 1 asks for
    assert rig.value("wind") == 0.0
    moved = [body for body, _ in rig.last.events if isinstance(body, ParameterMoved)]
    for body in moved:
        parameter = next(item for item in rig.session._ladder.manifest.parameters if item.id == body.name)
        assert parameter.hardness(body.target) <= parameter.hardness(body.previous)


def test_a_stop_is_acted_on_first_and_its_events_stand_first() -> None:
    rig = at(Phase.EXPOSURE)
    decision = rig.frame(Note(text="before"), SetParameter(name="wind", value=0.0), stops=1, flash_guard=True)
    kinds = [type(body) for body, _ in decision.events]
    assert kinds[:4] == [CommandDecided, ShellChanged, PhaseChanged, StepEntered]
    assert decision.applied[0] == (f"stop-{rig.index:06d}", "stop")
    causes = {cause for body, cause in decision.events if isinstance(body, ShellChanged | PhaseChanged)}
    assert causes == {f"stop-{rig.index:06d}"}


def test_a_second_stop_is_accepted_and_changes_nothing_but_what_waits() -> None:
    rig = at(Phase.STOPPED)
    before = rig.last
    decision = rig.frame(stops=2)
    assert [body.accepted for body, _ in decision.events if isinstance(body, CommandDecided)] == [True, True]
    assert decision.scene == before.scene
    rig.commits = False
    rig.frame(Release())
    rig.frame(stops=1)
    rig.commits = True
    rig.wait(1.0)
    assert rig.phase is Phase.STOPPED


def test_a_stop_closes_an_open_prompt_as_missed() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(AskRating())
    rig.frame(stops=1)
    assert len(rig.bodies(RatingMissed)) == 1
    assert rig.last.prompt is None


def test_a_stop_after_the_end_is_refused_and_says_why() -> None:
    rig = at(Phase.CLOSED)
    decision = rig.frame(Stop(), stops=1)
    refused = [body for body, _ in decision.events if isinstance(body, CommandDecided)]
    assert [(body.accepted, body.reason) for body in refused] == [(False, Refusal.CLOSED)] * 2
    assert decision.phase is Phase.CLOSED


@pytest.mark.parametrize("condition", ["tracking", "headset_on", "display_ok", "record_ok"])
def test_a_stop_needs_nothing_to_be_in_order(condition: str) -> None:
    rig = at(Phase.EXPOSURE)
    decision = rig.frame(stops=1, link_age_s=500.0, **{condition: False})
    assert decision.phase is Phase.STOPPED
    assert decision.scene.shell == 1.0


def test_a_stop_waits_for_no_commit() -> None:
    for by in BY:
        rig = at(Phase.EXPOSURE)
        rig.commits = False
        assert stop(rig, by).phase is Phase.STOPPED


def test_a_stop_in_the_frame_that_would_let_a_raise_through_wins() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(FireTrigger(trigger="gust"), GoToStep(step=4))
    decision = rig.frame(stops=1)
    assert decision.scene.fire == ()
    assert decision.step == 1


def test_every_phase_is_stopped_from_here() -> None:
    assert set(PATHS) == set(Phase)
    assert DT_S < 0.05


def _may_raise(rig: Rig, name: str) -> bool:
    body = rig.received[name].command.body
    return isinstance(body, Start | GoToStep | Resume | Release | FireTrigger | SetParameter | SetCeiling)
