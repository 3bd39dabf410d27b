"""What can raise waits for its commit, one second at most; what holds, lowers or stops waits for nothing."""

from __future__ import annotations

import pytest

from tests.session.rig import DT_S, PATHS, RAISES, Rig, at, capped
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    End,
    FireTrigger,
    GoToStep,
    Note,
    Pause,
    Rating,
    Resume,
    SafePlace,
    SetCeiling,
    SetParameter,
)
from vr_runtime.protocol.events import CommandDecided, TriggerFired
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase, Refusal
from vr_runtime.session.frame import Decision

RAISING = [(phase, body) for phase, bodies in RAISES.items() for body in bodies]
LOWERING: list[tuple[Phase, AnyCommandBody]] = [
    (Phase.EXPOSURE, GoToStep(step=2)),
    (Phase.EXPOSURE, GoToStep(step=3)),
    (Phase.EXPOSURE, SetParameter(name="wind", value=1.0)),
    (Phase.EXPOSURE, SetParameter(name="hour", value=20.0)),
    (Phase.EXPOSURE, SetCeiling(step=2)),
    (Phase.EXPOSURE, SetCeiling(name="wind", value=1.0)),
    (Phase.EXPOSURE, Pause()),
    (Phase.EXPOSURE, SafePlace()),
    (Phase.EXPOSURE, End(to=Phase.RECOVERY)),
    (Phase.EXPOSURE, End()),
    (Phase.PAUSED, SetParameter(name="wind", value=1.0)),
    (Phase.PAUSED, SafePlace()),
    (Phase.SAFE_PLACE, End(to=Phase.RECOVERY)),
]


def seen(rig: Rig) -> tuple[object, ...]:
    """All that a raise could change."""
    last = rig.last
    return (last.phase, last.step, last.scene, last.state["ceiling"], rig.session.parameters())


def decided(decision: Decision) -> list[CommandDecided]:
    return [body for body, _ in decision.events if isinstance(body, CommandDecided)]


@pytest.mark.parametrize(("phase", "body"), RAISING, ids=str)
def test_a_raise_is_applied_in_the_first_frame_after_its_commit_and_not_before(
    phase: Phase, body: AnyCommandBody
) -> None:
    rig = at(phase, plan=capped())
    rig.commits = False
    before = seen(rig)
    assert decided(rig.frame(body)) == []
    (waiting,) = rig.session.waiting
    for _ in range(10):
        assert decided(rig.frame()) == []
        assert seen(rig) == before
    decision = rig.frame(committed=frozenset({waiting}))
    assert [(each.command_id, each.accepted, each.raised) for each in decided(decision)] == [
        (waiting, True, True)
    ]
    assert decision.applied == ((waiting, body.kind),)
    assert seen(rig) != before
    assert rig.session.waiting == frozenset()


@pytest.mark.parametrize(("phase", "body"), RAISING, ids=str)
def test_a_raise_whose_commit_does_not_come_is_refused_after_a_second_and_never_done(
    phase: Phase, body: AnyCommandBody
) -> None:
    rig = at(phase, plan=capped())
    rig.commits = False
    before = seen(rig)
    rig.frame(body)
    (waiting,) = rig.session.waiting
    heard_ns = rig.now_ns
    while waiting not in rig.answers:
        assert rig.now_ns - heard_ns < 1_100_000_000
        rig.frame()
    assert rig.now_ns - heard_ns > 1_000_000_000
    assert rig.answers[waiting].reason is Refusal.RECORD_FAILING
    assert "send it again" in rig.answers[waiting].message
    rig.commits = True
    rig.frame(committed=frozenset({waiting}))
    rig.wait(1.0)
    assert seen(rig) == before


def test_a_commit_that_comes_too_late_lets_nothing_through() -> None:
    rig = at(Phase.EXPOSURE)
    rig.commits = False
    rig.frame(FireTrigger(trigger="gust"))
    (waiting,) = rig.session.waiting
    decision = rig.frame(dt_s=1.5, committed=frozenset({waiting}))
    assert decision.scene.fire == ()
    assert rig.answers[waiting].reason is Refusal.RECORD_FAILING


def test_how_long_a_raise_may_wait_is_a_limit_of_the_plan() -> None:
    rig = at(Phase.EXPOSURE, limits=SafetyLimits(record_wait_s=0.1))
    rig.commits = False
    rig.frame(FireTrigger(trigger="gust"))
    rig.wait(0.1 + 2 * DT_S)
    assert [answer.reason for answer in list(rig.answers.values())[-1:]] == [Refusal.RECORD_FAILING]


@pytest.mark.parametrize(("phase", "body"), LOWERING, ids=str)
def test_what_holds_or_lowers_is_applied_in_the_frame_that_decides_it(
    phase: Phase, body: AnyCommandBody
) -> None:
    rig = at(phase)
    rig.commits = False
    decision = rig.frame(body, link_age_s=0.9)
    assert [each.accepted for each in decided(decision)] == [True]
    assert not any(each.raised for each in decided(decision))
    assert decision.applied[0][1] == body.kind
    assert rig.session.waiting == frozenset()


@pytest.mark.parametrize(("phase", "body"), LOWERING, ids=str)
def test_what_holds_or_lowers_needs_neither_link_nor_record_nor_tracking(
    phase: Phase, body: AnyCommandBody
) -> None:
    rig = at(phase)
    rig.commits = False
    decision = rig.frame(body, link_age_s=2.0, record_ok=False, tracking=False)
    assert [each.accepted for each in decided(decision)] == [True]


@pytest.mark.parametrize("body", [body for phase, body in LOWERING if phase is Phase.EXPOSURE], ids=str)
def test_what_holds_or_lowers_refuses_the_raises_that_wait(body: AnyCommandBody) -> None:
    if isinstance(body, SetParameter) and body.name == "hour":
        pytest.skip("neither harder nor easier")
    rig = at(Phase.EXPOSURE)
    rig.commits = False
    rig.frame(FireTrigger(trigger="gust"), SetParameter(name="wind", value=9.0))
    waiting = rig.session.waiting
    assert len(waiting) == 2
    rig.frame(body, committed=waiting)
    assert {rig.answers[name].reason for name in waiting} == {Refusal.NOT_NOW}
    rig.commits = True
    rig.wait(2.0)
    assert rig.bodies(TriggerFired) == []
    assert rig.last.state["target.wind"] != 9.0


@pytest.mark.parametrize(
    ("phase", "raised", "hold"),
    [
        (Phase.PAUSED, Resume(), Pause()),
        (Phase.SAFE_PLACE, Resume(), SafePlace()),
        (Phase.SAFE_PLACE, GoToStep(step=3), Pause()),
        (Phase.BASELINE, GoToStep(step=1), Pause()),
        (Phase.BASELINE, GoToStep(step=1), End(to=Phase.RECOVERY)),
    ],
    ids=str,
)
def test_a_hold_that_is_not_needed_yet_still_holds_back_a_raise_that_waits(
    phase: Phase, raised: AnyCommandBody, hold: AnyCommandBody
) -> None:
    rig = at(phase)
    rig.commits = False
    rig.frame(raised)
    (waiting,) = rig.session.waiting
    rig.frame(hold, committed=frozenset({waiting}))
    assert rig.answers[waiting].reason is Refusal.NOT_NOW
    rig.commits = True
    rig.wait(3.0)
    assert rig.phase is phase


def test_the_last_word_counts_a_parameter_taken_back_before_its_commit_stays_where_it_was() -> None:
    rig = at(Phase.EXPOSURE)
    rig.commits = False
    rig.frame(SetParameter(name="wind", value=8.0))
    rig.frame(SetParameter(name="wind", value=2.0))
    rig.commits = True
    rig.wait(2.0)
    assert (rig.target("wind"), rig.value("wind")) == (2.0, 2.0)


def test_the_last_word_counts_a_step_taken_back_before_its_commit_is_not_entered() -> None:
    rig = at(Phase.EXPOSURE)
    rig.commits = False
    rig.frame(GoToStep(step=4))
    rig.frame(GoToStep(step=3))
    rig.commits = True
    rig.wait(2.0)
    assert rig.last.step == 3


def test_raises_that_wait_are_let_through_in_the_order_in_which_they_came() -> None:
    rig = at(Phase.EXPOSURE)
    rig.commits = False
    rig.frame(SetParameter(name="wind", value=8.0))
    rig.frame(SetParameter(name="wind", value=4.0))
    rig.commits = True
    rig.frame()
    assert rig.target("wind") == 4.0


def test_a_raise_is_judged_again_when_its_commit_has_come() -> None:
    rig = at(Phase.EXPOSURE)
    rig.frame(FireTrigger(trigger="gust"), FireTrigger(trigger="gust"))
    rig.frame()
    assert [answer.reason for answer in list(rig.answers.values())[-2:]] == [None, Refusal.COOLING_DOWN]
    assert len(rig.bodies(TriggerFired)) == 1


@pytest.mark.parametrize(("phase", "body"), RAISING, ids=str)
def test_a_record_that_cannot_be_written_blocks_every_way_up(phase: Phase, body: AnyCommandBody) -> None:
    rig = at(phase, plan=capped())
    before = seen(rig)
    rig.wait(0.1, record_ok=False)
    answer = rig.do(body)
    assert answer.reason is Refusal.RECORD_FAILING
    assert "disk" in answer.message
    rig.wait(1.0)
    assert seen(rig) == before
    rig.frame(record_ok=True)
    assert rig.do(body).accepted


@pytest.mark.parametrize(("phase", "body"), RAISING, ids=str)
def test_a_record_that_fails_while_a_raise_waits_refuses_it_even_when_its_commit_is_seen(
    phase: Phase, body: AnyCommandBody
) -> None:
    rig = at(phase, plan=capped())
    before = seen(rig)
    rig.frame(body)
    (waiting,) = rig.session.waiting
    rig.frame(record_ok=False)
    assert rig.answers[waiting].reason is Refusal.RECORD_FAILING
    rig.wait(1.0, record_ok=True)
    assert seen(rig) == before


def test_ratings_and_notes_are_taken_while_the_record_fails() -> None:
    rig = at(Phase.EXPOSURE, record_ok=True)
    rig.frame(record_ok=False)
    assert rig.do(Rating(raw=70)).accepted
    assert rig.do(Note(text="the disk is full")).accepted


def test_a_step_down_is_done_at_once_and_what_it_makes_harder_waits_for_the_commit() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=5, confirmed=True))
    rig.wait(8.0)
    assert rig.value("wind") == 1.0
    rig.commits = False
    decision = rig.frame(GoToStep(step=3))
    assert decision.step == 3
    assert [each.accepted for each in decided(decision)] == [True]
    assert (rig.target("rail"), rig.target("wind")) == (0.8, 1.0)
    (waiting,) = rig.session.waiting
    rig.frame(committed=frozenset({waiting}))
    assert (rig.target("rail"), rig.target("wind")) == (0.8, 2.0)


def test_what_a_step_down_makes_harder_is_left_out_when_its_commit_does_not_come() -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=5, confirmed=True))
    rig.wait(8.0)
    rig.commits = False
    rig.frame(GoToStep(step=3))
    rig.wait(1.2)
    rig.commits = True
    rig.wait(2.0)
    assert (rig.last.step, rig.target("wind"), rig.session.waiting) == (3, 1.0, frozenset())


@pytest.mark.parametrize(
    "hold", [Pause(), SafePlace(), GoToStep(step=2), SetParameter(name="wind", value=0.2)]
)
def test_what_a_step_down_makes_harder_is_left_out_when_something_easier_comes_first(
    hold: AnyCommandBody,
) -> None:
    rig = at(Phase.EXPOSURE)
    rig.ok(GoToStep(step=5, confirmed=True))
    rig.wait(8.0)
    rig.frame(GoToStep(step=3))
    rig.frame(hold)
    rig.wait(2.0)
    assert rig.target("wind") <= 1.0


def test_every_phase_has_its_raises_listed() -> None:
    assert set(RAISES) == set(PATHS)
