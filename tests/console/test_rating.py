"""Ratings are typed in two strokes, and nothing is sent by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.pages.rating import FORGET_S, HUNDRED_S, RatingEntry


@pytest.mark.parametrize("value", [value for value in range(100) if value != 10])
def test_two_digits_are_a_rating_at_once(value: int) -> None:
    entry = RatingEntry()
    assert entry.stroke(value // 10, 0.0) is None
    assert entry.stroke(value % 10, 0.1) == value
    assert entry.digits == ""


def test_one_digit_and_enter_are_tens() -> None:
    entry = RatingEntry()
    entry.stroke(7, 0.0)
    assert entry.enter() == 70
    assert entry.enter() is None


def test_ten_waits_a_moment_for_the_third_digit_of_a_hundred() -> None:
    entry = RatingEntry()
    for digit in (1, 0):
        assert entry.stroke(digit, 0.0) is None
    assert entry.stroke(0, 0.2) == 100
    for digit in (1, 0):
        assert entry.stroke(digit, 1.0) is None
    assert entry.tick(1.0 + HUNDRED_S / 2) is None
    assert entry.tick(1.0 + HUNDRED_S) == 10


def test_a_lone_digit_is_forgotten_and_a_cancelled_one_too() -> None:
    entry = RatingEntry()
    entry.stroke(9, 0.0)
    assert entry.tick(FORGET_S) is None
    assert entry.enter() is None
    entry.stroke(9, 10.0)
    entry.cancel()
    assert entry.enter() is None


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 10)), max_size=40))
def test_whatever_is_typed_a_rating_lies_between_0_and_100(strokes: list[tuple[int, float]]) -> None:
    entry, now = RatingEntry(), 0.0
    for digit, pause in strokes:
        now += pause
        for value in (entry.tick(now), entry.stroke(digit, now)):
            assert value is None or 0 <= value <= 100
