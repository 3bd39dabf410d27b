"""The virtual patient's hand goes out to what can be touched, as a person's can, and to nothing else."""

from __future__ import annotations

import math

import pytest

from vr_runtime.display.port import Perception
from vr_runtime.patient import Traits, VirtualPatient
from vr_runtime.protocol.pose import Hands, Pose

HZ = 45.0
LEVER, FLOOR = (0.1, 0.5, 1.0), (-0.25, 0.1, 0.0)
Point = tuple[float, float, float]


def live(
    point: Point, seconds: float, *, fear: float = 0.2, touch: bool = True, shown: bool = True, seed: int = 1
) -> list[tuple[Pose, Hands]]:
    patient = VirtualPatient(seed, Traits(fear=fear), Pose(z=1.6))
    seen: list[tuple[Pose, Hands]] = []
    for number in range(round(seconds * HZ)):
        t_ns = round(number / HZ * 1e9)
        head, hands = patient.pose(t_ns)
        seen.append((head, hands))
        offset = [there - here for there, here in zip(point, head[:3], strict=True)]
        length = math.hypot(*offset)
        direction = (offset[0] / length, offset[1] / length, offset[2] / length)
        distance = math.hypot(*offset[:2])
        if shown:
            told = Perception(t_ns, 0.5, distance, direction, True, None, point if touch else None)
        else:
            told = Perception(t_ns, 0.0, None, None, False, None, point)
        patient.perceive(told)
    return seen


def fingers(hand: Pose) -> Point:
    """The middle of the fingers hangs below the palm of a hand that is held upright."""
    return (hand.x, hand.y, hand.z - 0.088)


def nearest_m(seen: list[tuple[Pose, Hands]], point: Point) -> float:
    return min(math.dist(fingers(hands.right), point) for _, hands in seen if hands.right is not None)


@pytest.mark.parametrize("point", [LEVER, FLOOR])
def test_the_hand_comes_to_what_can_be_touched_and_goes_away_again(point: Point) -> None:
    seen = live(point, 40.0)
    near = [math.dist(fingers(hands.right), point) < 0.03 for _, hands in seen if hands.right is not None]
    assert sum(near) > HZ, "a second at least"
    last = len(near) - 1 - near[::-1].index(True)
    assert not all(near[near.index(True) : last + 1]), "and not all the time"


def test_what_cannot_be_touched_or_is_not_shown_is_not_reached_for() -> None:
    assert nearest_m(live(FLOOR, 30.0, touch=False), FLOOR) > 0.3
    assert nearest_m(live(FLOOR, 30.0, shown=False), FLOOR) > 0.3


def test_who_is_more_afraid_touches_less() -> None:
    def touching(fear: float) -> int:
        return sum(
            math.dist(fingers(hands.right), LEVER) < 0.03
            for seed in range(4)
            for _, hands in live(LEVER, 60.0, fear=fear, seed=seed)
            if hands.right is not None
        )

    assert touching(0.2) > 1.5 * touching(1.0)


@pytest.mark.parametrize("point", [LEVER, FLOOR])
def test_head_and_hand_move_as_a_person_s_can(point: Point) -> None:
    seen = live(point, 30.0)
    for (head, hands), (later, moved) in zip(seen, seen[1:], strict=False):
        assert math.dist(head[:3], later[:3]) * HZ < 1.2
        for one, other in zip(hands, moved, strict=True):
            assert one is not None
            assert other is not None
            assert math.dist(one[:3], other[:3]) * HZ < 3.0
        assert math.dist(hands.right[:3], (head.x, head.y, head.z - 0.25)) < 0.95  # type: ignore[index]


def test_the_same_seed_reaches_alike() -> None:
    assert live(LEVER, 10.0) == live(LEVER, 10.0)
