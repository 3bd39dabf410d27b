"""Each advance rule, at its border; and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.protocol.course_events import (
    ProposalMade,
    ProposalWithdrawn,
    Reason,
    TrialClosed,
)
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Variability
from vr_runtime.protocol.files.treatment import RULES, Advance, RuleUse
from vr_runtime.protocol.words import Followed, ProposalKind
from vr_runtime.session.advance import BUILT_IN, Finding, Numbers, StepFacts
from vr_runtime.session.proposals import Proposals

FACTS = StepFacts(step=3, step_s=300.0, minimum_s=120.0, baseline=10.0)
TRIAL = TrialClosed(
    trial="t", lasted_s=60.0, conditions_met=True, occurred=False, belief=20.0, change=-60.0, surprise=50.0
)


def holds(rule: str, facts: StepFacts, **numbers: float) -> bool:
    finding = BUILT_IN[rule](facts, numbers)
    if finding.holds:
        assert finding.reason is not None
        assert finding.reason.text.en.strip()
        assert finding.reason.text.fr.strip()
        assert finding.reason.text.en != finding.reason.text.fr
        assert finding.reason.rule.startswith(rule)
    return finding.holds


def rated(*values: float) -> StepFacts:
    return replace(FACTS, ratings=tuple(map(float, values)))


@pytest.mark.parametrize(
    ("rule", "facts", "numbers", "expected"),
    [
        ("time_on_step", replace(FACTS, step_s=119.9), {}, False),
        ("time_on_step", replace(FACTS, step_s=120.0), {}, True),
        ("time_on_step", FACTS, {"minimum_s": 301.0}, False),
        ("half_of_peak", rated(80, 40, 40), {}, True),
        ("half_of_peak", rated(80, 40, 41), {}, False),
        ("half_of_peak", rated(80, 41, 40), {}, False),
        ("half_of_peak", rated(40, 40), {}, False),  # no more than the two that would prove it
        ("half_of_peak", rated(0, 0, 0), {}, False),  # there was nothing to fall from
        ("half_of_peak", rated(90, 60), {"share": 0.7, "times": 1.0}, True),
        ("half_of_rise", rated(70, 40, 40), {}, True),  # base 10: half of the rise of 60 is 30
        ("half_of_rise", rated(70, 40, 41), {}, False),
        ("half_of_rise", replace(rated(70, 30, 30), baseline=None), {}, False),
        ("half_of_rise", rated(19, 12, 11), {}, False),  # a rise of 9 is too small to halve
        ("low", rated(20, 20), {}, True),
        ("low", rated(20, 21), {}, False),
        ("low", rated(20), {}, False),
        ("plateau", rated(50, 55, 50), {}, True),
        ("plateau", rated(50, 55, 61), {}, False),
        ("plateau", rated(50, 55), {}, False),
        ("goal_reached", replace(FACTS, goal_reached=True), {}, True),
        ("goal_reached", FACTS, {}, False),
        ("conditions_met", replace(FACTS, trial=TRIAL), {}, True),
        ("conditions_met", replace(FACTS, trial=TRIAL), {"belief_at_most": 19.0}, False),
        ("conditions_met", replace(FACTS, trial=TRIAL.model_copy(update={"conditions_met": False})), {}, False),
        ("conditions_met", FACTS, {}, False),
        ("lower_at_ceiling", rated(90, 95), {}, True),
        ("lower_at_ceiling", rated(95, 89), {}, False),
        ("lower_at_ceiling", rated(100), {}, False),
        ("under_engaged", rated(10, 29), {}, True),
        ("under_engaged", rated(10, 30), {}, False),
        ("under_engaged", replace(rated(10, 12), step_s=179.0), {}, False),
    ],
)  # fmt: skip
def test_a_rule_holds_exactly_where_its_definition_says(
    rule: str, facts: StepFacts, numbers: Mapping[str, float], expected: bool
) -> None:
    assert holds(rule, facts, **numbers) is expected


def test_every_rule_that_a_protocol_may_name_is_there_and_no_other() -> None:
    assert set(BUILT_IN) == set(RULES)


@given(
    st.sampled_from(sorted(BUILT_IN)),
    st.lists(st.floats(0, 100), max_size=8),
    st.floats(0, 1e5),
    st.one_of(st.none(), st.floats(0, 100)),
    st.dictionaries(st.sampled_from(["share", "times", "at_most", "within", "below"]), st.floats(0, 100)),
)
def test_whatever_was_rated_a_rule_that_holds_says_why(
    rule: str, ratings: list[float], step_s: float, baseline: float | None, numbers: dict[str, float]
) -> None:
    holds(rule, StepFacts(2, step_s, 60.0, tuple(ratings), baseline), **numbers)


# ------------------------------------------------------------------ proposals

ADVANCE = Advance(
    require=(RuleUse(rule="time_on_step"),),
    any_of=(RuleUse(rule="half_of_peak"), RuleUse(rule="plateau")),
    lower=(RuleUse(rule="lower_at_ceiling"),),
    more=(RuleUse(rule="under_engaged"),),
)
FALLEN = rated(80, 40, 35)


def made(proposals: Proposals, facts: StepFacts, ceiling: int = 10) -> list[ProposalMade]:
    return [e for e in proposals.look(facts, ceiling, 0) if isinstance(e, ProposalMade)]


def proposals(advance: Advance = ADVANCE, **more: object) -> Proposals:
    return Proposals(advance, BUILT_IN, steps=10, **more)  # type: ignore[arg-type]


def test_a_step_up_is_proposed_with_every_reason_and_once() -> None:
    some = proposals()
    (up,) = made(some, FALLEN)
    assert (up.what, up.step) == (ProposalKind.STEP_UP, 4)
    assert [reason.rule for reason in up.reasons] == ["time_on_step/1", "half_of_peak/1"]
    assert made(some, FALLEN) == []


def test_all_that_is_required_and_one_of_the_others_must_hold() -> None:
    assert made(proposals(), replace(FALLEN, step_s=60.0)) == []
    assert made(proposals(), rated(80, 60, 40)) == []


@pytest.mark.parametrize(("step", "ceiling"), [(10, 10), (3, 3)])
def test_nothing_is_proposed_above_the_ceiling_or_the_last_step(step: int, ceiling: int) -> None:
    assert made(proposals(), replace(FALLEN, step=step), ceiling) == []


def test_distress_at_the_top_proposes_down_and_never_up_in_the_same_breath() -> None:
    flat = rated(95, 95, 95)  # a plateau too
    (down,) = made(proposals(), flat)
    assert (down.what, down.step) == (ProposalKind.STEP_DOWN, 2)
    (pause,) = made(proposals(), replace(flat, step=1))
    assert pause.what is ProposalKind.PAUSE


def test_a_proposal_whose_reasons_are_gone_is_withdrawn() -> None:
    some = proposals()
    (up,) = made(some, FALLEN)
    events = some.look(rated(80, 40, 35, 70), 10, 0)
    assert [(type(e), e.proposal) for e in events] == [(ProposalWithdrawn, up.proposal)]  # type: ignore[union-attr]


def test_what_was_answered_is_not_proposed_again_before_something_new_was_rated() -> None:
    some = proposals()
    (up,) = made(some, FALLEN)
    some.answer(up.proposal, Followed.HOLD, "one more minute", len(FALLEN.ratings), 5_000_000_000)
    assert made(some, FALLEN) == []
    assert len(made(some, rated(80, 40, 35, 30))) == 1


def test_the_step_that_is_left_takes_its_proposals_with_it() -> None:
    some = proposals()
    made(some, FALLEN)
    assert [type(event) for event in some.enter_step()] == [ProposalWithdrawn]
    assert some.open == ()


def test_switched_off_it_proposes_nothing() -> None:
    some = proposals()
    made(some, FALLEN)
    some.on = False
    assert [type(event) for event in some.look(FALLEN, 10, 0)] == [ProposalWithdrawn]
    assert some.look(FALLEN, 10, 0) == []


@pytest.mark.parametrize("text", [None, Text(en=" ", fr="x"), Text(en="x", fr=" ")])
def test_a_rule_that_cannot_explain_itself_is_not_listened_to(text: Text | None) -> None:
    def mute(facts: StepFacts, numbers: Numbers) -> Finding:
        return Finding(True, None if text is None else Reason(rule="mute/1", text=text))

    some = Proposals(Advance(require=(RuleUse(rule="mute"),)), {"mute": mute}, steps=10)
    assert made(some, FALLEN) == []


def test_a_rule_that_is_not_installed_never_holds() -> None:
    assert made(proposals(Advance(require=(RuleUse(rule="of_another_pack"),))), FALLEN) == []


def test_an_empty_protocol_proposes_nothing() -> None:
    assert made(proposals(Advance()), FALLEN) == []


def test_variability_draws_within_the_bounds_and_alike_for_a_seed() -> None:
    def drawn(seed: int) -> list[int]:
        some, steps = proposals(variability=Variability(lowest=2, highest=7), seed=seed), []
        for step in (3, 4, 5, 6, 3, 2, 7):
            (proposal,) = made(some, replace(FALLEN, step=step))
            assert proposal.what is (
                ProposalKind.STEP_UP if proposal.step > step else ProposalKind.OTHER_STEP
            )
            assert proposal.reasons[-1].rule == "variability/1"
            assert proposal.step != step
            steps.append(proposal.step)
            some.enter_step()
        return steps

    assert drawn(1) == drawn(1)
    assert len({tuple(drawn(seed)) for seed in range(8)}) > 4
    assert all(2 <= step <= 7 for seed in range(20) for step in drawn(seed))


def test_variability_keeps_below_the_ceiling() -> None:
    some = proposals(variability=Variability(lowest=2, highest=9), seed=3)
    for _ in range(50):
        (proposal,) = made(some, FALLEN, ceiling=4)
        assert proposal.step in (2, 4)
        some.enter_step()
