"""The virtual patient behaves as its model says, moves as a person can, and is the same each time."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vr_runtime.display.port import Perception
from vr_runtime.display.tracked import heading
from vr_runtime.patient import Traits, VirtualPatient
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Reporter

EDGE_Y = 1.05
START = Pose(z=1.6)


class Seen(NamedTuple):
    t_s: float
    head: Pose
    hands: Hands
    distance_m: float
    arousal: float
    suds: float


def live(
    patient: VirtualPatient,
    plan: list[tuple[float, float | None]],
    hz: float = 30.0,
    edge_y: float = EDGE_Y,
    begin_s: float = 0.0,
) -> list[Seen]:
    """``plan``: seconds and intensity (None: a neutral place), as the loop plays them."""
    seen: list[Seen] = []
    ends = [sum(s for s, _ in plan[: i + 1]) for i in range(len(plan))]
    for i in range(round(ends[-1] * hz)):
        since = i / hz
        t_ns = round((begin_s + since) * 1e9)
        head, hands = patient.pose(t_ns + round(1e9 / hz))
        intensity = next(level for end, (_, level) in zip(ends, plan, strict=True) if since < end)
        distance = edge_y - head.y
        if intensity is None:
            patient.perceive(Perception(t_ns, 0.0, None, None, False, None))
        else:
            length = math.hypot(distance, head.z)
            direction = (0.0, distance / length, -head.z / length)
            patient.perceive(Perception(t_ns, intensity, distance, direction, True, None))
        seen.append(Seen(since, head, hands, distance, patient.arousal(), patient.suds(t_ns)))
    return seen


def mean_suds(seen: list[Seen], from_s: float, to_s: float) -> float:
    return float(np.mean([s.suds for s in seen if from_s <= s.t_s < to_s]))


SESSION: list[tuple[float, float | None]] = [(10.0, None), (60.0, 0.3), (60.0, 0.8)]


def test_fear_orders_the_peak_distress_and_the_distance_kept() -> None:
    peaks, nearest = [], []
    for fear in (0.1, 0.5, 0.95):
        runs = [live(VirtualPatient(seed, Traits(fear=fear), START), SESSION, 20.0) for seed in range(3)]
        peaks.append([max(s.suds for s in run) for run in runs])
        nearest.append([float(np.median([s.distance_m for s in run if s.t_s > 80.0])) for run in runs])
    assert max(peaks[0]) < min(peaks[1]) <= max(peaks[1]) < min(peaks[2])
    assert max(nearest[0]) < min(nearest[1]) <= max(nearest[1]) < min(nearest[2])
    assert min(peaks[2]) >= 75.0


@pytest.mark.parametrize("seed", range(3))
def test_distress_falls_within_a_step_and_rises_with_a_step_up(seed: int) -> None:
    patient = VirtualPatient(seed, Traits(fear=0.8, learning_rate=1.5), START)
    seen = live(patient, [(10.0, None), (120.0, 0.4), (60.0, 0.8)], 20.0)
    early, late = mean_suds(seen, 25.0, 45.0), mean_suds(seen, 110.0, 130.0)
    assert late < early - 8.0
    assert mean_suds(seen, 140.0, 160.0) > late + 15.0


def test_who_learns_faster_calms_down_faster_and_nobody_to_nothing() -> None:
    lates = []
    for rate in (0.0, 1.0, 20.0):
        patient = VirtualPatient(4, Traits(fear=0.9, learning_rate=rate), START)
        lates.append(mean_suds(live(patient, [(5.0, None), (180.0, 0.9)], 20.0), 150.0, 185.0))
    assert lates[0] > lates[1] + 10.0 > lates[2] + 15.0
    neutral = mean_suds(live(VirtualPatient(4, Traits(fear=0.9), START), [(60.0, None)], 20.0), 30.0, 60.0)
    assert lates[2] > neutral + 5.0


def test_what_was_learned_at_one_step_helps_little_at_a_far_one() -> None:
    taught = VirtualPatient(1, Traits(fear=0.8, learning_rate=5.0), START)
    seen = live(taught, [(120.0, 0.3), (30.0, 0.9), (60.0, None), (30.0, 0.3)], 20.0)
    assert mean_suds(seen, 130.0, 150.0) > mean_suds(seen, 220.0, 240.0) + 20.0


@pytest.mark.parametrize("seed", range(3))
def test_the_safe_place_calms_and_the_patient_goes_back_to_where_it_began(seed: int) -> None:
    seen = live(VirtualPatient(seed, Traits(fear=0.9), START), [(60.0, 0.9), (60.0, None)], 20.0)
    before = next(s for s in seen if s.t_s >= 59.0)
    after = seen[-1]
    assert before.arousal > 0.5
    assert after.arousal < 0.4 * before.arousal
    assert mean_suds(seen, 110.0, 120.0) < mean_suds(seen, 45.0, 60.0) - 30.0
    assert math.hypot(after.head.x, after.head.y) < 0.1


# ------------------------------------------------------------------ movement


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    fear=st.floats(0.0, 1.0),
    approach=st.floats(0.0, 1.0),
    away=st.floats(0.0, 1.0),
    hz=st.sampled_from([30.0, 72.0, 90.0]),
    edge_y=st.floats(0.9, 2.0),
)
def test_nobody_walks_through_the_edge_or_out_of_the_play_area_or_faster_than_people_do(
    seed: int, fear: float, approach: float, away: float, hz: float, edge_y: float
) -> None:
    traits = Traits(fear=fear, approach_tendency=approach, look_away_tendency=away, learning_rate=5.0)
    plan: list[tuple[float, float | None]] = [(3.0, None), (20.0, 0.3), (15.0, 1.0), (4.0, None), (8.0, 0.6)]
    seen = live(VirtualPatient(seed, traits, START), plan, hz, edge_y)
    heads = np.array([s.head for s in seen])
    assert min(s.distance_m for s in seen) >= 0.05
    assert np.abs(heads[:, :2]).max() <= 1.0
    assert 1.45 <= heads[:, 2].min() <= heads[:, 2].max() <= 1.65
    velocity = np.diff(heads[:, :3], axis=0) * hz
    acceleration = np.diff(velocity, axis=0) * hz
    assert np.linalg.norm(velocity, axis=1).max() < 1.2
    assert np.linalg.norm(acceleration, axis=1).max() < 4.0
    assert np.abs(np.linalg.norm(heads[:, 3:], axis=1) - 1.0).max() < 1e-9
    turned = 2.0 * np.arccos(np.clip(np.abs(np.sum(heads[1:, 3:] * heads[:-1, 3:], axis=1)), 0.0, 1.0))
    assert np.degrees(turned.max()) * hz < 400.0
    for side in (0, 1):
        hand = np.array([s.hands[side] for s in seen])[:, :3]
        assert np.linalg.norm(np.diff(hand, axis=0) * hz, axis=1).max() < 2.5
        assert np.linalg.norm(hand - heads[:, :3], axis=1).max() < 1.1


def test_an_edge_that_comes_nearer_by_itself_makes_the_patient_step_back() -> None:
    patient = VirtualPatient(3, Traits(fear=0.1), START)
    live(patient, [(60.0, 0.5)], 30.0)
    near = live(patient, [(0.1, 0.5)], 30.0, begin_s=60.0)[-1].head.y
    moved = live(patient, [(15.0, 0.5)], 30.0, edge_y=near + 0.06, begin_s=60.1)
    assert moved[-1].distance_m > 0.1


def test_an_edge_that_is_suddenly_behind_makes_the_patient_step_back_and_not_on() -> None:
    """A higher step may bring the edge nearer than where the patient stands. Scenes say 0 m then, and point back."""
    patient = VirtualPatient(3, Traits(fear=0.3), START)
    live(patient, [(60.0, 0.5)], 30.0)
    edge = live(patient, [(0.1, 0.5)], 30.0, begin_s=60.0)[-1].head.y - 0.25
    heads: list[Pose] = []
    for i in range(300):
        t_ns = round((60.1 + i / 30.0) * 1e9)
        head, _ = patient.pose(t_ns)
        away = edge - head.y
        length = math.hypot(away, head.z)
        direction = (0.0, away / length, -head.z / length)
        patient.perceive(Perception(t_ns, 0.5, max(0.0, away), direction, True, None))
        heads.append(head)
    assert heads[-1].y < edge - 0.1
    assert max(head.y for head in heads) < heads[0].y + 0.1
    assert all(abs(heading(head)) < 2.2 for head in heads)  # nobody turns about to the wall


@pytest.mark.parametrize("seed", range(3))
def test_a_step_up_drives_the_fearful_back_to_where_it_can_be_borne(seed: int) -> None:
    traits = Traits(fear=0.9, learning_rate=0.0, approach_tendency=1.0)
    seen = live(VirtualPatient(seed, traits, START), [(60.0, 0.1), (30.0, 1.0)], 20.0)
    before = float(np.median([s.distance_m for s in seen if 50.0 < s.t_s < 60.0]))
    after = float(np.median([s.distance_m for s in seen if s.t_s > 70.0]))
    assert after > before + 0.2


def test_nobody_backs_out_of_the_play_area() -> None:
    traits = Traits(fear=1.0, learning_rate=0.0, approach_tendency=0.0)
    seen = live(VirtualPatient(1, traits, Pose(y=-0.9, z=1.6)), [(60.0, 1.0)], 20.0, edge_y=-0.4)
    assert min(s.head.y for s in seen) >= -1.0
    assert max(s.distance_m for s in seen) > 0.5


def test_the_hands_come_up_to_the_rail_near_the_edge_and_hang_elsewhere() -> None:
    seen = live(VirtualPatient(2, Traits(fear=0.3), START), [(20.0, None), (60.0, 0.3)], 30.0)
    away, near = seen[15 * 30], seen[-1]
    assert near.distance_m < 0.5
    for hand in away.hands:
        assert hand is not None
        assert hand.z < 0.95
    for hand in near.hands:
        assert hand is not None
        assert 1.0 < hand.z < 1.1
        assert hand.y > near.head.y
    assert near.hands.left is not None
    assert near.hands.right is not None
    assert near.hands.left.x < near.head.x < near.hands.right.x


def angles(seen: list[Seen]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    forward = np.array([s.head.forward() for s in seen])
    to_edge = np.array([(0.0, s.distance_m, -s.head.z) for s in seen])
    to_edge /= np.linalg.norm(to_edge, axis=1, keepdims=True)
    return np.degrees(np.arccos(np.clip(np.sum(forward * to_edge, axis=1), -1.0, 1.0)))


def test_who_tends_to_look_away_does_and_both_look_down_at_times() -> None:
    shares = []
    for tendency in (0.0, 1.0):
        traits = Traits(fear=0.9, look_away_tendency=tendency, learning_rate=0.0)
        seen = [
            s
            for seed in range(3)
            for s in live(VirtualPatient(seed, traits, START), [(120.0, 0.8)], 20.0)
            if s.t_s > 20.0
        ]
        yaw = np.abs([math.degrees(math.atan2(-s.head.forward()[0], s.head.forward()[1])) for s in seen])
        assert np.mean(angles(seen) < 15.0) > 0.05
        shares.append(float(np.mean(yaw > 50.0)))
    assert shares[0] < 0.1 < shares[1]


def test_the_fearful_retreat_and_hesitate_and_the_fearless_do_not() -> None:
    def steps_back(fear: float) -> int:
        count = 0
        for seed in range(3):
            traits = Traits(fear=fear, learning_rate=0.0)
            run = live(VirtualPatient(seed, traits, START), [(180.0, 0.9)], 10.0)
            d = np.array([s.distance_m for s in run])
            count += int(np.count_nonzero((d[20:] - d[:-20] > 0.3)[1:] & ~(d[20:] - d[:-20] > 0.3)[:-1]))
        return count

    assert steps_back(0.9) >= 3
    assert steps_back(0.05) == 0


# ------------------------------------------------------------------ the same each time


def test_the_same_seed_and_perceptions_give_the_same_patient() -> None:
    def run(seed: int) -> list[Seen]:
        return live(VirtualPatient(seed, Traits(), START), [(5.0, None), (30.0, 0.6)], 72.0)

    assert run(11) == run(11)
    assert run(11) != run(12)


def test_asking_more_often_for_ratings_or_arousal_changes_nothing() -> None:
    quiet, asked = (VirtualPatient(5, Traits(), START) for _ in range(2))
    for i in range(900):
        t_ns = i * 33_333_333
        head, _ = quiet.pose(t_ns)
        assert asked.pose(t_ns)[0] == head
        for _ in range(3):
            asked.suds(t_ns)
            asked.arousal()
            asked.answers(t_ns)
        for patient in (quiet, asked):
            patient.perceive(Perception(t_ns, 0.5, 1.0 - head.y, (0.0, 0.6, -0.8), True, None))


def test_the_frame_rate_changes_neither_distress_nor_distance_by_much() -> None:
    runs = {
        hz: live(VirtualPatient(9, Traits(fear=0.7), START), [(5.0, None), (60.0, 0.6)], hz)
        for hz in (30.0, 72.0, 90.0)
    }
    peaks = [max(s.suds for s in run) for run in runs.values()]
    ends = [mean_suds(run, 45.0, 65.0) for run in runs.values()]
    nearest = [min(s.distance_m for s in run) for run in runs.values()]
    assert max(peaks) - min(peaks) <= 10.0
    assert max(ends) - min(ends) <= 8.0
    assert max(nearest) - min(nearest) <= 0.1


def test_a_long_pause_between_frames_is_not_lived_through() -> None:
    patient = VirtualPatient(1, Traits(fear=0.9), START)
    live(patient, [(30.0, 0.9)], 30.0)
    before, (head, _) = patient.arousal(), patient.pose(30_000_000_000)
    patient.pose(3_600_000_000_000)
    assert patient.arousal() == pytest.approx(before, abs=0.01)
    assert patient.pose(3_600_000_000_000)[0][:2] == pytest.approx(head[:2], abs=0.05)


# ------------------------------------------------------------------ answers


def prompted(
    patient: VirtualPatient, prompts: dict[int, str | None], seconds: int
) -> list[tuple[float, object]]:
    answers: list[tuple[float, object]] = []
    prompt: str | None = None
    for i in range(seconds * 30):
        t_ns = round(i * 1e9 / 30)
        if i % 30 == 0 and i // 30 in prompts:
            prompt = prompts[i // 30]
        patient.pose(t_ns)
        patient.perceive(Perception(t_ns, 0.0, None, None, False, prompt))
        answers += [(t_ns / 1e9, answer) for answer in patient.answers(t_ns)]
    return answers


@pytest.mark.parametrize("seed", range(5))
def test_a_prompt_is_answered_once_after_two_to_five_seconds(seed: int) -> None:
    patient = VirtualPatient(seed, Traits(), START)
    answers = prompted(patient, {10: "p1", 20: None, 30: "p2"}, 60)
    assert [answer.prompt for _, answer in answers] == ["p1", "p2"]
    for (t_s, answer), asked in zip(answers, (10.0, 30.0), strict=True):
        assert 2.0 <= t_s - asked <= 5.1
        assert answer.reported_by is Reporter.VIRTUAL
        assert answer.raw % 5 == 0
        assert 0.0 <= answer.raw <= 100.0


def test_a_prompt_that_was_taken_back_is_not_answered() -> None:
    assert prompted(VirtualPatient(1, Traits(), START), {10: "p1", 11: None}, 30) == []


def test_a_silent_patient_leaves_prompts_open() -> None:
    assert prompted(VirtualPatient(1, Traits(silence=1.0), START), {10: "p1"}, 40) == []


def test_traits_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"fear = 1\.5; give a number from 0 to 1"):
        Traits(fear=1.5)
    with pytest.raises(ValueError, match="resting_bpm"):
        Traits(resting_bpm=math.nan)
