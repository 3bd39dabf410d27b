"""Proposals by themselves: words, numbers, and when one is made, kept, or made again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.session.test_advance import ADVANCE, FALLEN, made, proposals, rated
from vr_runtime.protocol.course_events import ProposalMade, ProposalWithdrawn, Reason
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Variability
from vr_runtime.protocol.files.treatment import Advance, RuleUse
from vr_runtime.protocol.words import Followed, ProposalKind
from vr_runtime.session.advance import Finding
from vr_runtime.session.draw import draw
from vr_runtime.session.proposals import Proposals

S = 1_000_000_000


def because(events: list[object]) -> list[str]:
    return [event.because for event in events if isinstance(event, ProposalWithdrawn)]


def test_what_is_withdrawn_says_why() -> None:
    some = proposals()
    made(some, FALLEN)
    some.on = False
    assert because([*some.look(FALLEN, 10, 0)]) == ["the aid is off"]
    some.on = True
    made(some, FALLEN)
    assert because([*some.look(replace(FALLEN, step=0), 10, 0)]) == ["no step"]
    made(some, FALLEN)
    assert because([*some.look(rated(80, 40, 35, 70), 10, 0)]) == ["its reasons no longer hold"]
    made(some, FALLEN)
    assert because([*some.keep_under(4)]) == []
    assert because([*some.keep_under(3)]) == ["the ceiling lies lower"]
    made(some, FALLEN)
    assert because([*some.enter_step()]) == ["the step was left"]


def test_an_answer_tells_how_long_it_took() -> None:
    some = proposals()
    (up,) = [e for e in some.look(FALLEN, 10, 3 * S) if isinstance(e, ProposalMade)]
    answer = some.answer(up.proposal, Followed.HOLD, "wait", 3, 3 * S + 1_234_567_891)
    assert (answer.after_s, answer.why, answer.answer) == (1.235, "wait", Followed.HOLD)
    (again,) = [e for e in some.look(rated(80, 40, 35, 30), 10, 0) if isinstance(e, ProposalMade)]
    assert some.answer(again.proposal, Followed.HOLD, "", 4, S // 2).after_s == 0.5
    (late,) = [e for e in some.look(rated(80, 40, 35, 30, 30), 10, 0) if isinstance(e, ProposalMade)]
    assert some.answer(late.proposal, Followed.HOLD, "", 5, 4_000_000 * S).after_s == 4e6


def test_after_another_step_the_same_ratings_count_anew() -> None:
    some = proposals()
    (up,) = made(some, FALLEN)
    some.answer(up.proposal, Followed.HOLD, "", len(FALLEN.ratings), S)
    assert made(some, FALLEN) == []
    some.enter_step()
    assert len(made(some, FALLEN)) == 1


def test_from_the_second_step_the_first_is_proposed() -> None:
    (down,) = made(proposals(), replace(rated(95, 95), step=2))
    assert (down.what, down.step) == (ProposalKind.STEP_DOWN, 1)


def test_a_stronger_cue_is_proposed_only_where_no_step_is() -> None:
    def holds(facts: object, numbers: object) -> Finding:
        return Finding(True, Reason(rule="any/1", text=Text(en="yes", fr="oui")))

    both = Advance(require=(RuleUse(rule="any"),), more=(RuleUse(rule="any"),))
    some = Proposals(both, {"any": holds}, steps=3)
    assert [each.what for each in made(some, replace(FALLEN, step=2))] == [ProposalKind.STEP_UP]
    top = Proposals(both, {"any": holds}, steps=3)
    assert [each.what for each in made(top, replace(FALLEN, step=3))] == [ProposalKind.STRONGER_CUE]


def test_to_offer_anew_is_proposed_once_and_stays_until_its_window_is_closed() -> None:
    some = proposals()
    assert some.withdraw_anew() == []
    (anew,) = some.offer_anew(3, "washed:hands", 0)
    assert isinstance(anew, ProposalMade)
    assert (anew.what, anew.step) == (ProposalKind.RE_EXPOSE, 3)
    assert "washed:hands" in anew.reasons[0].text.en
    assert some.offer_anew(3, "washed:hands", 0) == []
    assert some.look(rated(50), 10, 0) == []  # no rule has to hold for it
    assert [each.what for each in some.open] == [ProposalKind.RE_EXPOSE]
    assert because([*some.withdraw_anew()]) == ["the window is closed"]


def test_without_the_aid_nothing_is_offered_anew_and_a_pause_proposed_is_no_hindrance() -> None:
    some = proposals()
    some.on = False
    assert some.offer_anew(3, "washed:hands", 0) == []
    some.on = True
    made(some, replace(rated(95, 95), step=1))
    assert [each.what for each in some.open] == [ProposalKind.PAUSE]
    assert len(some.offer_anew(1, "washed:hands", 0)) == 1


@pytest.mark.parametrize("seed", [None, 0, 5])
def test_each_stay_has_its_own_draw_and_keeps_it(seed: int | None) -> None:
    varied = Variability(lowest=1, highest=10)
    more = {} if seed is None else {"seed": seed}
    some = Proposals(ADVANCE, proposals()._rules, steps=10, variability=varied, **more)
    choices = [1, 2, 4, 5, 6, 7, 8, 9, 10]
    for stay in range(12):
        expected = choices[int(draw("proposal", seed or 0, stay, 3) * 9)]
        (proposal,) = made(some, FALLEN)
        assert proposal.step == expected
        reason = proposal.reasons[-1]
        assert reason.numbers == {"from": 3.0, "to": float(expected)}
        some.look(rated(80, 40, 35, 70), 10, 0)  # its reasons go, and come back: it is the same draw
        assert [each.step for each in made(some, FALLEN)] == [expected]
        some.enter_step()
