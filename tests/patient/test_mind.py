"""What the virtual patient believes, feels besides fear, and takes from one session into the next."""

from __future__ import annotations

import json
from itertools import pairwise
from statistics import fmean

import pytest

from tests.helpers.courses import Moment, Stay, inside, live, session
from vr_runtime.patient import LIBRARY, Memory, Traits, VirtualPatient
from vr_runtime.patient.inner import STEPS
from vr_runtime.protocol.events import PatientAnswered, PatientDid
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.words import Rated, Scale

START = Pose(z=1.6)


def patient(traits: Traits | None = None, seed: int = 1, memory: Memory | None = None) -> VirtualPatient:
    return VirtualPatient(seed, traits, START, memory)


def answers(seen: list[Moment]) -> list[float]:
    return [a.raw for moment in seen for a in moment.answered if isinstance(a, PatientAnswered)]


def asked(
    traits: Traits,
    what: Rated,
    at: list[float],
    stays: list[Stay],
    scale: Scale = Scale.SUDS_100,
    motion: float = 0.0,
) -> list[float]:
    """Means over some patients, for the whim of the moment."""
    ask = [(t, what, scale) for t in at]
    runs = [inside(traits, stays, ask=ask, motion=motion, seed=seed)[0] for seed in range(6)]
    assert {len(run) for run in runs} == {len(at)}
    return [fmean(values) for values in zip(*runs, strict=True)]


def touch(at_s: float, what: str = "touched", for_s: float = 0.0) -> PatientDid:
    t_off_ns = round(at_s * 1e9)
    return PatientDid(
        scene="s", what=what, thing="t", t_on_ns=t_off_ns - round(for_s * 1e9), t_off_ns=t_off_ns
    )


@pytest.mark.parametrize("what", list(Rated))
@pytest.mark.parametrize("scale", list(Scale))
def test_every_question_is_answered_on_its_scale(what: Rated, scale: Scale) -> None:
    seen = live(patient(), [Stay(30.0, 0.5)], ask=[(20.0, what, scale)], hz=4.0)
    (raw,) = answers(seen)
    assert 0.0 <= raw <= scale.top
    assert raw % STEPS[scale] == 0.0


def test_questions_do_not_change_what_the_patient_does_or_feels() -> None:
    ask = [(10.0 * n, what, Scale.PERCENT) for n, what in enumerate(Rated, 1)]
    stays = [Stay(90.0, 0.6)]
    asked_often = live(patient(), stays, ask=ask)
    asked_once = live(patient(), stays, ask=[(5.0, Rated.DISTRESS, Scale.SUDS_100)])
    assert [m[:9] for m in asked_often] == [m[:9] for m in asked_once]


# ------------------------------------------------------------------ belief


def test_nothing_happens_and_the_belief_falls_by_the_rate_of_the_error() -> None:
    traits = Traits(belief=0.9, belief_rate=0.5, distraction=0.0, look_away_tendency=0.0)
    before, after, again = asked(
        traits, Rated.BELIEF, [15.0, 300.0, 600.0], [Stay(10.0, None), Stay(600.0, 0.8)]
    )
    assert before > 70.0
    assert after < 0.85 * before
    assert before - after > after - again > 2.0


def test_the_belief_about_a_far_step_is_not_moved_by_a_near_one() -> None:
    _, taught = inside(Traits(belief_rate=0.9), [Stay(600.0, 0.2)])
    _, untaught = inside(Traits(belief_rate=0.9), [])
    assert taught.belief.at(0.2) < 0.6 * untaught.belief.at(0.2)
    assert taught.belief.at(1.0) == pytest.approx(untaught.belief.at(1.0), abs=0.01)


def test_who_believed_more_is_more_surprised_when_nothing_happens_and_only_after_some_time() -> None:
    stays = [Stay(150.0, 0.8)]
    soon, later = asked(Traits(belief=0.9), Rated.SURPRISE, [1.0, 130.0], stays)
    (unworried,) = asked(Traits(belief=0.2), Rated.SURPRISE, [130.0], stays)
    assert soon < later
    assert later > unworried + 30.0


def test_a_panic_confirms_what_was_feared() -> None:
    calm, panics = (
        inside(Traits(fear=0.8, panic_at=at), [Stay(60.0, 0.9)])[1].belief.now() for at in (None, 0.5)
    )
    assert panics > calm + 0.05


def test_more_is_expected_than_comes_and_less_so_by_one_who_no_longer_believes() -> None:
    stays = [Stay(20.0, None), Stay(100.0, 0.7)]
    traits = Traits(fear=0.6, learning_rate=0.0)
    (expected,), (came,) = (
        asked(traits, what, [at], stays) for what, at in ((Rated.EXPECTANCY, 22.0), (Rated.DISTRESS, 60.0))
    )
    assert expected > came + 5.0
    (sober,) = asked(Traits(fear=0.6, learning_rate=0.0, belief=0.0), Rated.EXPECTANCY, [22.0], stays)
    assert sober < expected - 5.0


# ------------------------------------------------------------------ urge, disgust, sickness


def test_the_urge_comes_with_a_touch_falls_slowly_by_itself_and_quickly_with_washing() -> None:
    def urge(deeds: list[PatientDid], at: list[float]) -> list[float]:
        ask = [(t, Rated.URGE, Scale.SUDS_100) for t in at]
        return inside(Traits(urge=0.9), [Stay(1300.0, 0.8)], ask=ask, deeds=deeds)[0]

    before, after, much_later = urge([touch(30.0)], [20.0, 32.0, 1260.0])
    assert before <= 10.0
    assert after > 60.0
    assert 0.4 * after < much_later < 0.8 * after
    washed = urge([touch(30.0), touch(60.0, "washed", 20.0)], [70.0])[0]
    assert washed < 0.3 * after


def test_only_who_gives_in_rubs_its_hands_and_that_brings_relief() -> None:
    washer = patient(LIBRARY["washes"].traits)
    live(washer, [Stay(20.0, 0.7)], deeds=[touch(10.0)])
    high = washer.inner.urge.level
    apart: list[float] = []
    for i in range(60 * 20):
        t_ns = round((20.0 + i / 20.0) * 1e9)
        _, hands = washer.pose(t_ns)
        assert hands.left is not None
        assert hands.right is not None
        apart.append(sum((a - b) ** 2 for a, b in zip(hands.left[:3], hands.right[:3], strict=True)) ** 0.5)
    assert min(apart) < 0.16
    assert max(apart) > 0.3
    assert washer.inner.urge.compulsions >= 1
    assert washer.inner.urge.level < 0.7 * high
    steps = [abs(b - a) * 20.0 for a, b in pairwise(apart)]
    assert max(steps) < 1.5, "hands move as hands can"
    _, other = inside(Traits(urge=0.9), [Stay(80.0, 0.7)], deeds=[touch(10.0)])
    assert other.urge.compulsions == 0


def test_disgust_stays_where_fear_falls() -> None:
    traits = Traits(fear=0.7, disgust=0.9, learning_rate=1.0, look_away_tendency=0.0)
    stays = [Stay(400.0, 0.8)]
    disgust = asked(traits, Rated.DISGUST, [30.0, 380.0], stays)
    fear = asked(traits, Rated.DISTRESS, [30.0, 380.0], stays)
    assert fear[1] < 0.75 * fear[0]
    assert disgust[1] / disgust[0] > fear[1] / fear[0] + 0.1


def test_sickness_grows_with_time_and_motion_and_by_trait_and_goes_slowly() -> None:
    def sick(trait: float, motion: float) -> list[float]:
        return asked(
            Traits(sickness=trait), Rated.SICKNESS, [10.0, 290.0, 420.0],
            [Stay(300.0, 0.5), Stay(180.0, None)], Scale.FMS_20, motion,
        )  # fmt: skip

    begin, end, later = sick(1.0, 0.8)
    assert begin < 2.0
    assert end > 10.0
    assert 0.7 * end < later < end
    assert sick(1.0, 0.0)[1] < 0.4 * end
    assert sick(0.1, 0.8)[1] < 0.3 * end


# ------------------------------------------------------------------ from session to session


def test_six_sessions_bring_progress_with_a_part_of_the_fear_back_each_time() -> None:
    traits, memory = Traits(fear=0.8, learning_rate=0.2, recovery=0.4), None
    first: list[float] = []
    last: list[float] = []
    for number in range(6):
        ratings, memory = session(
            traits, number, [7], of=10, minutes=6.0, memory=memory, every_s=50.0, body=False
        )
        first.append(fmean(rating.value for rating in ratings[:2]))
        last.append(fmean(rating.value for rating in ratings[-2:]))
    assert first[5] < first[0] - 10.0
    assert all(after < before for before, after in zip(first, last, strict=True))
    returns = [begin - end for end, begin in zip(last, first[1:], strict=False)]
    assert fmean(returns) > 2.0, "fear comes back in part"
    assert memory is not None
    assert memory.sessions == 6


def test_the_share_that_is_lost_is_lost_and_the_belief_goes_back_by_as_much() -> None:
    _, first = inside(Traits(recovery=0.5), [Stay(300.0, 0.6)])
    untaught = inside(Traits(), [])[1].belief.at(0.6)
    memory = first.memory()
    for lost in (0.0, 0.5, 1.0):
        _, second = inside(Traits(recovery=lost), [], memory=memory)
        assert second.feeling.learned == pytest.approx([(1.0 - lost) * value for value in memory.learned])
        expected = first.belief.at(0.6) + lost * (untaught - first.belief.at(0.6))
        assert second.belief.at(0.6) == pytest.approx(expected)
    assert max(memory.learned) > 0.5


def test_who_keeps_away_stays_further_away() -> None:
    near, far = (
        live(patient(Traits(fear=0.4, keeps_m=m)), [Stay(60.0, 0.5)])[-1].distance_m for m in (0.0, 0.6)
    )
    assert far > near + 0.4


def test_a_memory_goes_through_json_and_back() -> None:
    one = patient()
    live(one, [Stay(60.0, 0.5)])
    memory = one.memory()
    assert max(memory.learned) > 0.0
    assert Memory.from_json(json.loads(json.dumps(memory.to_json()))) == memory


def test_without_anything_learned_a_memory_changes_nothing_that_is_done() -> None:
    plain = live(patient(), [Stay(40.0, 0.7)])
    nothing = live(patient(memory=patient().memory()), [Stay(40.0, 0.7)])
    assert plain == nothing


def test_what_is_no_memory_is_refused() -> None:
    good = patient().memory()
    with pytest.raises(ValueError, match="learned: give 21 numbers"):
        Memory(good.learned[1:], good.belief)
    with pytest.raises(ValueError, match="belief"):
        Memory(good.learned, (2.0,) * 21)
    with pytest.raises(ValueError, match="sessions"):
        Memory(good.learned, good.belief, 0)


def test_traits_that_may_be_none_are_checked_where_they_are_given() -> None:
    with pytest.raises(ValueError, match="panic_at"):
        Traits(panic_at=1.5)
    assert Traits(panic_at=None).panic_at is None
