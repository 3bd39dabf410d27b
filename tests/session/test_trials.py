"""Expectancy trials: belief before and after, on conditions that were fixed beforehand."""

from __future__ import annotations

from vr_runtime.protocol.commands import CloseTrial, OpenTrial
from vr_runtime.session.trials import Trials

OPEN = OpenTrial(feared="I will fall", belief=80.0, conditions="stand at the edge", conditions_s=120.0)
CLOSE = CloseTrial(conditions_met=True, occurred=False, belief=30.0, surprise=70.0, learned="the rail holds")


def test_a_trial_keeps_what_was_believed_and_how_it_changed() -> None:
    trials = Trials()
    opened = trials.begin(OPEN, 4, 10.0)
    closed = trials.end(CLOSE, 145.0)
    assert (opened.trial, opened.belief, opened.step) == (closed.trial, 80.0, 4)
    assert (closed.change, closed.lasted_s, closed.occurred) == (-50.0, 135.0, False)
    assert trials.last == closed


def test_a_trial_under_way_when_the_step_is_left_is_closed_as_not_met() -> None:
    trials = Trials()
    trials.begin(OPEN, 4, 10.0)
    closed = trials.leave_step(40.0)
    assert closed is not None
    assert (closed.conditions_met, closed.change, closed.lasted_s) == (False, 0.0, 30.0)
    assert trials.last is None


def test_what_was_said_before_the_first_step_counts_for_that_step() -> None:
    trials = Trials()
    trials.begin(OPEN, 0, 0.0)
    assert trials.leave_step(0.0) is None
    assert trials.open is not None
    assert trials.end(CLOSE, 50.0).lasted_s == 50.0


def test_a_trial_of_the_step_before_is_no_evidence_on_this_one() -> None:
    trials = Trials()
    trials.begin(OPEN, 4, 10.0)
    trials.end(CLOSE, 145.0)
    trials.leave_step(150.0)
    assert trials.last is None
