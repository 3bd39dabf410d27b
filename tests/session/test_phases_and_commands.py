"""Every phase, every command: what is accepted, what is refused and why, and where it leads."""

from __future__ import annotations

import pytest

from tests.session.rig import PATHS, RAISES, Rig, at, capped
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
from vr_runtime.protocol.events import CommandDecided, PhaseChanged, Recentred, StepEntered
from vr_runtime.protocol.words import Phase, Place, Refusal
from vr_runtime.session import machine

S, B, E, P = Phase.SETUP, Phase.BASELINE, Phase.EXPOSURE, Phase.PAUSED
SP, R, D, C, X = Phase.SAFE_PLACE, Phase.RECOVERY, Phase.DEBRIEF, Phase.CLOSED, Phase.STOPPED

COMMANDS: dict[str, AnyCommandBody] = {
    "start": Start(),
    "go_to_step up": GoToStep(step=4),
    "go_to_step up by two": GoToStep(step=5, confirmed=True),
    "go_to_step same": GoToStep(step=3, confirmed=True),
    "go_to_step down": GoToStep(step=1),
    "set_parameter harder": SetParameter(name="wind", value=5.0),
    "set_parameter easier": SetParameter(name="wind", value=0.5),
    "set_parameter neither": SetParameter(name="hour", value=8.0),
    "set_ceiling higher": SetCeiling(step=7),
    "set_ceiling lower": SetCeiling(step=2),
    "set_ceiling of wind": SetCeiling(name="wind", value=1.0),
    "fire_trigger": FireTrigger(trigger="gust"),
    "pause": Pause(),
    "resume": Resume(),
    "safe_place": SafePlace(),
    "stop": Stop(),
    "release": Release(),
    "ask_rating": AskRating(),
    "rating": Rating(raw=40),
    "note": Note(text="a note"),
    "recentre": Recentre(),
    "end recovery": End(to=R),
    "end debrief": End(to=D),
    "end": End(),
}

ALWAYS = {"ask_rating", "rating", "note", "recentre"}
CEILINGS = {"set_ceiling higher", "set_ceiling lower", "set_ceiling of wind"}
EXPECTED: dict[Phase, dict[str, Phase]] = {
    S: {"start": B, "stop": X, "end": C, **dict.fromkeys(ALWAYS | CEILINGS, S)},
    B: {
        "go_to_step up": E,
        "go_to_step up by two": E,
        "go_to_step same": E,
        "go_to_step down": E,
        "safe_place": SP,
        "stop": X,
        "end": C,
        **dict.fromkeys(ALWAYS | CEILINGS, B),
    },
    E: {
        "go_to_step up": E,
        "go_to_step up by two": E,
        "go_to_step same": E,
        "go_to_step down": E,
        "set_parameter harder": E,
        "set_parameter easier": E,
        "set_parameter neither": E,
        "fire_trigger": E,
        "pause": P,
        "safe_place": SP,
        "stop": X,
        "end recovery": R,
        "end": C,
        **dict.fromkeys(ALWAYS | CEILINGS, E),
    },
    P: {
        "go_to_step up": E,
        "go_to_step up by two": E,
        "go_to_step same": E,
        "go_to_step down": E,
        "set_parameter easier": P,
        "set_parameter neither": P,
        "resume": E,
        "safe_place": SP,
        "stop": X,
        "end recovery": R,
        "end": C,
        **dict.fromkeys(ALWAYS | CEILINGS, P),
    },
    SP: {
        "go_to_step up": E,
        "go_to_step up by two": E,
        "go_to_step same": E,
        "go_to_step down": E,
        "resume": E,
        "stop": X,
        "end recovery": R,
        "end": C,
        **dict.fromkeys(ALWAYS | CEILINGS, SP),
    },
    R: {"safe_place": SP, "stop": X, "end debrief": D, "end": C, **dict.fromkeys(ALWAYS, R)},
    D: {"stop": X, "end": C, **dict.fromkeys(ALWAYS, D)},
    X: {"release": SP, "stop": X, "end": C, **dict.fromkeys(ALWAYS, X)},
    C: {},
}

LOWEST = {S, B}
"""Phases of the rig in which no step was entered yet: going to step 4 is up by more than one there."""


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("phase", Phase)
def test_each_command_in_each_phase_is_accepted_or_refused_as_the_table_says(phase: Phase, name: str) -> None:
    rig = at(phase, plan=capped())
    body = COMMANDS[name]
    if phase in LOWEST and isinstance(body, GoToStep):
        body = GoToStep(step=body.step, confirmed=True)
    answer = rig.do(body)
    expected = EXPECTED[phase].get(name)
    assert answer.accepted == (expected is not None), answer.message
    rig.wait(5.0)
    assert rig.phase is (expected or phase)
    if not answer.accepted:
        assert answer.reason is (Refusal.CLOSED if phase is C else Refusal.NOT_NOW)
        assert len(answer.message) > 10


@pytest.mark.parametrize("phase", Phase)
def test_a_refusal_changes_nothing(phase: Phase) -> None:
    rig = at(phase, plan=capped())
    for name in COMMANDS.keys() - EXPECTED[phase].keys():
        before = (rig.last.scene, rig.last.phase, rig.last.step, rig.session.parameters())
        decision = rig.frame(COMMANDS[name])
        assert (decision.scene, decision.phase, decision.step, rig.session.parameters()) == before
        assert decision.applied == ()
        (event,) = [body for body, _ in decision.events]
        assert isinstance(event, CommandDecided)
        assert not event.accepted


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not C])
def test_a_refusal_names_the_ways_on(phase: Phase) -> None:
    rig = at(phase)
    wrong = Release() if phase is not X else Start()
    message = rig.do(wrong).message
    assert phase.value in message
    for way in machine.possible(phase):
        assert way in message


@pytest.mark.parametrize("phase", Phase)
def test_every_accepted_command_is_answered_decided_and_applied_once_with_its_own_cause(phase: Phase) -> None:
    for name in EXPECTED[phase]:
        rig = at(phase, plan=capped())
        before = len(rig.events)
        body = COMMANDS[name]
        body = GoToStep(step=body.step, confirmed=True) if isinstance(body, GoToStep) else body
        rig.ok(body)
        identity = f"command-{len(rig.received):04d}"
        own = [each for each, cause in rig.events[before:] if cause == identity]
        assert sum(isinstance(each, CommandDecided) for each in own) == 1
        assert isinstance(own[0], CommandDecided)
        assert rig.last.applied == ((identity, body.kind),)


def test_the_places_of_the_phases_are_those_that_people_are_told() -> None:
    for phase, place in {
        S: Place.BASELINE_ROOM,
        B: Place.BASELINE_ROOM,
        E: Place.SCENE,
        P: Place.SCENE,
        SP: Place.CALM,
        R: Place.BASELINE_ROOM,
        D: Place.BASELINE_ROOM,
        X: Place.CALM,
        C: Place.BASELINE_ROOM,
    }.items():
        rig = at(phase)
        assert rig.last.scene.place is place
        assert rig.last.scene.shell == 0.0


def test_the_whole_course_from_setup_to_closed() -> None:
    rig = Rig()
    for body in (
        Start(),
        GoToStep(step=1),
        Pause(),
        Resume(),
        GoToStep(step=2),
        SafePlace(),
        Resume(),
        End(to=R),
        End(to=D),
        End(),
    ):
        rig.ok(body)
        rig.wait(4.0)
    assert [(body.previous, body.phase) for body in rig.bodies(PhaseChanged)] == [
        (S, B),
        (B, E),
        (E, P),
        (P, E),
        (E, SP),
        (SP, E),
        (E, R),
        (R, D),
        (D, C),
    ]
    assert [body.step for body in rig.bodies(StepEntered)] == [1, 2]


def test_recovery_and_debrief_lead_nowhere_near_a_scene() -> None:
    for phase in (R, D):
        rig = at(phase)
        for body in COMMANDS.values():
            if body.kind not in ("stop", "end"):
                rig.do(body)
                rig.wait(2.0)
                assert rig.last.scene.place is not Place.SCENE
        rig.do(Resume())
        rig.wait(3.0)
        assert rig.last.scene.place is not Place.SCENE


def test_the_safe_place_is_no_way_round_from_recovery_into_an_exposure() -> None:
    rig = at(R)
    rig.ok(SafePlace())
    rig.wait(2.0)
    assert rig.do(GoToStep(step=1)).reason is Refusal.NOT_NOW
    rig.ok(Resume())
    assert rig.phase is R


def test_resume_from_the_safe_place_leads_back_to_where_it_was_entered_from() -> None:
    for phase in (B, E, R):
        rig = at(phase)
        rig.ok(SafePlace())
        rig.wait(2.0)
        rig.ok(Resume())
        assert rig.phase is phase
    rig = at(P)
    rig.ok(SafePlace())
    rig.wait(2.0)
    rig.ok(Resume())
    assert rig.phase is E


def test_recentring_reaches_the_display_in_one_frame_and_the_record() -> None:
    rig = at(E)
    assert rig.frame(Recentre()).scene.recentre
    assert not rig.frame().scene.recentre
    assert len(rig.bodies(Recentred)) == 1


@pytest.mark.parametrize(
    ("body", "reason", "said"),
    [
        (GoToStep(step=8, confirmed=True), Refusal.UNKNOWN_STEP, "7 steps"),
        (SetCeiling(step=8), Refusal.UNKNOWN_STEP, "7 steps"),
        (SetParameter(name="wnid", value=1.0), Refusal.UNKNOWN_PARAMETER, "wind"),
        (SetParameter(name="speed", value=1.0), Refusal.UNKNOWN_PARAMETER, "tower"),
        (SetCeiling(name="speed", value=1.0), Refusal.UNKNOWN_PARAMETER, "tower"),
        (FireTrigger(trigger="jolt"), Refusal.UNKNOWN_TRIGGER, "gust, horn"),
        (SetParameter(name="wind", value=10.5), Refusal.OUT_OF_RANGE, "0 to 10"),
        (SetParameter(name="wind", value="strong"), Refusal.OUT_OF_RANGE, "number"),
        (SetParameter(name="floor", value=1.0), Refusal.OUT_OF_RANGE, "stone, mesh, glass"),
        (SetCeiling(name="wind", value=-1.0), Refusal.OUT_OF_RANGE, "0 to 10"),
        (SetCeiling(name="hour", value=8.0), Refusal.OUT_OF_RANGE, "no ceiling"),
        (GoToStep(step=5), Refusal.NEEDS_CONFIRMATION, "confirmed"),
        (GoToStep(step=7, confirmed=True), Refusal.ABOVE_CEILING, "step 6"),
        (Release(), Refusal.NOT_NOW, "exposure"),
    ],
)
def test_a_command_that_cannot_be_done_is_refused_with_its_reason_and_a_remedy(
    body: AnyCommandBody, reason: Refusal, said: str
) -> None:
    answer = at(E, plan=capped()).do(body)
    assert not answer.accepted
    assert answer.reason is reason
    assert said in answer.message


def test_the_machine_is_closed_and_complete() -> None:
    assert set(machine.MOVES) == set(machine.PLACES) == set(Phase) == set(PATHS) == set(RAISES)
    reached = {S}
    for _ in Phase:
        for phase in list(reached):
            reached |= set(machine.MOVES[phase].values()) | ({X, C} if phase is not C else set())
    assert reached == set(Phase)
    assert machine.next_phase(C, "stop") is None


def test_nothing_but_a_command_leads_into_an_exposure() -> None:
    for ways in machine.SAFETY.values():
        assert E not in ways.values()
        assert not set(ways) & {S, D, X, C}
    for phase in (E, P):
        for before in (B, SP, P):
            assert machine.called_off(phase, before) is not E
    assert machine.called_off(P, E) is P


def test_only_release_and_the_end_leave_a_stop() -> None:
    leaving = {verb for verb in (*machine.EXITS, *machine.MOVES[X]) if machine.next_phase(X, verb) is not X}
    assert leaving == {"release", "end:closed"}
