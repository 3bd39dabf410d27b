"""Every phase times every command that leaves it as it is, against a table written by hand.

What changes the phase stands in test_phases_and_commands.py; here is the rest of docs/session.md: checks, proposals,
windows, trials, marks, the aid. Two tables: with nothing open, and with everything open that can be.
"""

from __future__ import annotations

import pytest

from tests.session.rig import PATHS, Rig
from tests.session.test_phases_and_commands import COMMANDS
from tests.session.test_treated import CHECKS, PROTOCOL
from vr_runtime.protocol.commands import (
    AnswerCheck,
    AnswerProposal,
    AnyCommandBody,
    CloseTrial,
    CloseWindow,
    LookForSensors,
    Mark,
    OpenTrial,
    OpenWindow,
    Override,
    Rating,
    UseAid,
    UseHeart,
)
from vr_runtime.protocol.events import CommandDecided
from vr_runtime.protocol.words import AgeBand, Followed, Observed, Phase, Refusal
from vr_runtime.session import machine
from vr_runtime.session.brief import Brief

ACTS: dict[str, AnyCommandBody] = {
    "answer_check": AnswerCheck(item="consent", value=False),
    "override": Override(gap="check:consent", by="Dr. A.", reason="assent by gestures"),
    "answer_proposal": AnswerProposal(proposal="proposal-1", answer=Followed.HOLD),
    "open_window": OpenWindow(what="washing"),
    "close_window": CloseWindow(),
    "open_trial": OpenTrial(feared="it falls", belief=80.0, conditions="a minute"),
    "close_trial": CloseTrial(conditions_met=True, occurred=False, belief=20.0),
    "mark": Mark(what=Observed.GOAL_REACHED),
    "use_aid": UseAid(on=False),
    "look_for_sensors": LookForSensors(),
    "use_heart": UseHeart(source="ble:24:AC:AC:01:02:03"),
}
NAMES = list(ACTS)
OK, NOT, GONE, OVER = None, Refusal.NOT_NOW, Refusal.UNKNOWN_PROPOSAL, Refusal.CLOSED

# In the order of ACTS: check, override, proposal, open and close a window, open and close a trial, mark, aid, look, use.
NOTHING_OPEN: dict[Phase, list[Refusal | None]] = {
    Phase.SETUP: [OK, OK, GONE, NOT, NOT, NOT, NOT, OK, OK, OK, OK],
    Phase.BASELINE: [NOT, NOT, GONE, NOT, NOT, OK, NOT, OK, OK, OK, OK],
    Phase.EXPOSURE: [NOT, NOT, GONE, OK, NOT, OK, NOT, OK, OK, OK, OK],
    Phase.PAUSED: [NOT, NOT, GONE, OK, NOT, OK, NOT, OK, OK, OK, OK],
    Phase.SAFE_PLACE: [NOT, NOT, GONE, NOT, NOT, OK, NOT, OK, OK, OK, OK],
    Phase.RECOVERY: [NOT, NOT, GONE, NOT, NOT, NOT, NOT, OK, OK, OK, OK],
    Phase.DEBRIEF: [NOT, NOT, GONE, NOT, NOT, NOT, NOT, OK, OK, OK, OK],
    Phase.STOPPED: [NOT, NOT, GONE, NOT, NOT, NOT, NOT, OK, OK, OK, OK],
    Phase.CLOSED: [OVER] * 11,
}
# A window, a trial and a proposal were opened in the exposure, and the session went on to the phase from there.
# A window and a proposal end with the exposure; a trial may be closed while one talks it over. A STOP goes down to
# the lowest step, which closes the trial of the step that is left.
ALL_OPEN: dict[Phase, list[Refusal | None]] = {
    Phase.EXPOSURE: [NOT, NOT, OK, NOT, OK, NOT, OK, OK, OK, OK, OK],
    Phase.PAUSED: [NOT, NOT, OK, NOT, OK, NOT, OK, OK, OK, OK, OK],
    Phase.SAFE_PLACE: [NOT, NOT, OK, NOT, OK, NOT, OK, OK, OK, OK, OK],
    Phase.RECOVERY: [NOT, NOT, GONE, NOT, NOT, NOT, OK, OK, OK, OK, OK],
    Phase.DEBRIEF: [NOT, NOT, GONE, NOT, NOT, NOT, OK, OK, OK, OK, OK],
    Phase.STOPPED: [NOT, NOT, GONE, NOT, OK, NOT, NOT, OK, OK, OK, OK],
    Phase.CLOSED: [OVER] * 11,
}

BRIEF = Brief(treatment=PROTOCOL.model_copy(update={"questions": ()}), checklist=CHECKS, age=AgeBand.FROM_26)


def _at(phase: Phase, opened: bool) -> Rig:
    rig = Rig(brief=BRIEF)
    if phase is not Phase.SETUP:
        rig.ok(AnswerCheck(item="epilepsy", value=False), AnswerCheck(item="consent", value=True))
    for body in PATHS[phase]:
        rig.ok(body)
        rig.wait(4.0, dt_s=0.1)
        if opened and rig.phase is Phase.EXPOSURE:
            rig.ok(Rating(raw=80), Rating(raw=10))
            rig.ok(ACTS["open_window"], ACTS["open_trial"])
            assert len(rig.session.course.proposals.open) == 1
    assert rig.phase is phase
    return rig


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("phase", NOTHING_OPEN)
def test_with_nothing_open_each_phase_answers_each_act_as_the_table_says(phase: Phase, name: str) -> None:
    _check(_at(phase, opened=False), name, NOTHING_OPEN[phase])


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("phase", ALL_OPEN)
def test_with_all_open_each_phase_answers_each_act_as_the_table_says(phase: Phase, name: str) -> None:
    _check(_at(phase, opened=True), name, ALL_OPEN[phase])


def _check(rig: Rig, name: str, row: list[Refusal | None]) -> None:
    phase, expected = rig.phase, row[NAMES.index(name)]
    seen = (rig.last.scene.place, rig.last.scene.parameters, rig.last.step)
    answer = rig.do(ACTS[name])
    assert (answer.accepted, answer.reason) == (expected is None, expected), answer.message
    assert answer.accepted or len(answer.message) > 10
    decided = rig.bodies(CommandDecided)[-1]
    assert decided.raised is False
    rig.wait(1.0)
    assert rig.phase is phase
    assert (rig.last.scene.place, rig.last.scene.parameters, rig.last.step) == seen


def test_the_tables_know_every_command_that_leaves_the_phase_as_it_is() -> None:
    elsewhere = {body.kind for body in COMMANDS.values()}
    assert set(machine.ACTS) == set(ACTS) | (set(machine.ACTS) & elsewhere)
    assert not set(ACTS) & elsewhere
    assert set(NOTHING_OPEN) == set(Phase)
    assert {len(row) for row in (*NOTHING_OPEN.values(), *ALL_OPEN.values())} == {len(ACTS)}
