"""Response-prevention windows and expectancy trials in a session."""

from __future__ import annotations

from tests.session.quick_treatment import TREATED, S, exposed
from tests.session.rig import Rig, at
from vr_runtime.protocol.commands import (
    CloseTrial,
    CloseWindow,
    End,
    GoToStep,
    OpenTrial,
    OpenWindow,
)
from vr_runtime.protocol.course_events import (
    CompulsionSeen,
    ProposalMade,
    ProposalWithdrawn,
    TrialClosed,
    WindowClosed,
)
from vr_runtime.protocol.events import (
    PatientDid,
    TriggerFired,
)
from vr_runtime.protocol.words import (
    Phase,
    PreventionMode,
    ProposalKind,
    Refusal,
    WindowOutcome,
)


def washed(rig: Rig) -> PatientDid:
    return PatientDid(scene="lift", what="washed", thing="hands", t_on_ns=rig.now_ns, t_off_ns=rig.now_ns + S)


def in_the_lift() -> Rig:
    rig = exposed()
    rig.ok(GoToStep(step=4))
    rig.wait(6.0)
    return rig


def test_a_window_makes_the_compulsion_inert_until_it_ends() -> None:
    rig = in_the_lift()
    assert not rig.last.scene.prevented
    rig.ok(OpenWindow(what="washing"))
    rig.frame()
    assert rig.last.scene.prevented
    rig.frame(deeds=(washed(rig),))
    (seen,) = rig.bodies(CompulsionSeen)
    assert (seen.prevented, seen.source) == (True, "scene")
    rig.ok(CloseWindow(outcome=WindowOutcome.RESISTED))
    rig.frame()
    assert not rig.last.scene.prevented
    (closed,) = rig.bodies(WindowClosed)
    assert (closed.compulsions, closed.prevented, closed.outcome) == (1, 1, WindowOutcome.RESISTED)


def test_after_the_delay_the_window_lets_it_through_in_the_very_frame() -> None:
    rig = in_the_lift()
    rig.ok(OpenWindow(what="washing", mode=PreventionMode.DELAY, delay_s=2.0))
    rig.wait(1.9)
    assert rig.last.scene.prevented
    rig.wait(0.3)
    assert not rig.last.scene.prevented


def test_giving_in_where_the_window_re_exposes_proposes_to_and_does_not() -> None:
    rig = in_the_lift()
    rig.ok(OpenWindow(what="washing", mode=PreventionMode.RE_EXPOSE))
    rig.frame(deeds=(washed(rig),))
    assert [made.what for made in rig.bodies(ProposalMade)] == [ProposalKind.RE_EXPOSE]
    rig.wait(3.0)
    assert not rig.bodies(TriggerFired)


def test_the_end_of_the_exposure_closes_the_window() -> None:
    rig = in_the_lift()
    rig.ok(OpenWindow(what="washing"), End(to=Phase.RECOVERY))
    assert [closed.outcome for closed in rig.bodies(WindowClosed)] == [WindowOutcome.ENDED]


def test_one_window_and_one_trial_at_a_time() -> None:
    rig = in_the_lift()
    trial = OpenTrial(feared="it stops", belief=70.0, conditions="ride for a minute")
    rig.ok(OpenWindow(what="washing"), trial)
    assert rig.do(OpenWindow(what="washing")).reason is Refusal.NOT_NOW
    assert rig.do(trial).reason is Refusal.NOT_NOW
    rig.ok(CloseWindow(), CloseTrial(conditions_met=True, occurred=False, belief=20.0))
    assert rig.do(CloseWindow()).reason is Refusal.NOT_NOW
    assert rig.do(CloseTrial(conditions_met=True, occurred=False, belief=20.0)).reason is Refusal.NOT_NOW


def test_a_trial_said_in_the_baseline_counts_for_the_first_step() -> None:
    rig = at(Phase.BASELINE, brief=TREATED)
    rig.ok(OpenTrial(feared="I fall", belief=90.0, conditions="a minute"), GoToStep(step=1))
    rig.wait(4.0)
    rig.ok(CloseTrial(conditions_met=True, occurred=False, belief=40.0))
    (closed,) = rig.bodies(TrialClosed)
    assert (closed.change, closed.conditions_met) == (-50.0, True)


def test_with_the_window_its_proposal_ends_whoever_closes_it() -> None:
    for close in (CloseWindow(outcome=WindowOutcome.GAVE_IN), End(to=Phase.RECOVERY)):
        rig = in_the_lift()
        rig.ok(OpenWindow(what="washing", mode=PreventionMode.RE_EXPOSE))
        rig.frame(deeds=(washed(rig),))
        (made,) = rig.bodies(ProposalMade)
        rig.ok(close)
        assert [gone.proposal for gone in rig.bodies(ProposalWithdrawn)] == [made.proposal]


def test_a_window_whose_time_is_over_takes_its_proposal_with_it() -> None:
    rig = in_the_lift()
    rig.ok(OpenWindow(what="washing", mode=PreventionMode.RE_EXPOSE, target_s=5.0))
    rig.frame(deeds=(washed(rig),))
    assert not rig.bodies(ProposalWithdrawn)
    rig.wait(6.0)
    assert len(rig.bodies(WindowClosed)) == len(rig.bodies(ProposalWithdrawn)) == 1


def test_a_trial_that_is_open_when_the_session_closes_is_given_up_in_the_record() -> None:
    rig = in_the_lift()
    rig.ok(OpenTrial(feared="it stops", belief=70.0, conditions="ride for a minute"), End(to=Phase.CLOSED))
    (closed,) = rig.bodies(TrialClosed)
    assert (closed.conditions_met, closed.occurred, closed.belief, closed.change) == (False, False, 70.0, 0.0)


def test_a_trial_stays_open_through_recovery_where_one_talks_it_over() -> None:
    rig = in_the_lift()
    rig.ok(OpenTrial(feared="it stops", belief=70.0, conditions="ride for a minute"), End(to=Phase.RECOVERY))
    assert not rig.bodies(TrialClosed)
    rig.ok(CloseTrial(conditions_met=True, occurred=False, belief=20.0))
    assert len(rig.bodies(TrialClosed)) == 1
