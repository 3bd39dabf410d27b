"""A clock runs while what it measures lasts, and not while it is paused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.protocol.words import Phase
from vr_runtime.session.clocks import LONGEST_FRAME_S, Clocks

S = 1_000_000_000


def moved(*moves: tuple[float, Phase, bool, bool]) -> Clocks:
    """Moves of (seconds, phase, exposed, headset on), begun at 0."""
    clocks, now = Clocks(), 0
    clocks.move(0, Phase.SETUP, exposed=False, headset_on=False)
    for seconds, phase, exposed, on in moves:
        for _ in range(round(seconds * 10)):
            now += S // 10
            clocks.move(now, phase, exposed=exposed, headset_on=on)
    return clocks


def test_a_pause_does_not_count_as_exposure() -> None:
    clocks = moved(
        (10.0, Phase.EXPOSURE, True, True),
        (30.0, Phase.PAUSED, False, True),
        (5.0, Phase.SAFE_PLACE, False, True),
        (2.0, Phase.EXPOSURE, True, True),
    )
    assert clocks.step_s == pytest.approx(12.0)
    assert clocks.in_phase[Phase.EXPOSURE] == pytest.approx(12.0)
    assert clocks.in_phase[Phase.PAUSED] == pytest.approx(30.0)
    assert clocks.session_s == pytest.approx(47.0)


def test_a_fade_in_which_nothing_can_be_seen_is_no_exposure() -> None:
    clocks = moved((3.0, Phase.EXPOSURE, False, True), (4.0, Phase.EXPOSURE, True, True))
    assert clocks.step_s == pytest.approx(4.0)


def test_the_headsets_clock_runs_while_it_is_worn_whatever_is_shown() -> None:
    clocks = moved(
        (5.0, Phase.BASELINE, False, True),
        (7.0, Phase.PAUSED, False, True),
        (9.0, Phase.DEBRIEF, False, False),
    )
    assert clocks.head_on_s == pytest.approx(12.0)


def test_a_new_step_begins_at_zero_and_the_exposure_goes_on() -> None:
    clocks = moved((6.0, Phase.EXPOSURE, True, True))
    clocks.enter_step()
    assert (clocks.step_s, clocks.in_phase[Phase.EXPOSURE]) == (0.0, pytest.approx(6.0))


def test_a_machine_that_slept_counts_for_the_limits_and_not_for_the_exposure() -> None:
    clocks = moved((1.0, Phase.EXPOSURE, True, True))
    clocks.move(3601 * S, Phase.EXPOSURE, exposed=True, headset_on=True)
    assert clocks.step_s == pytest.approx(1.0 + LONGEST_FRAME_S)
    assert clocks.head_on_s == pytest.approx(3601.0)


@given(st.lists(st.integers(min_value=0, max_value=10 * S), max_size=30))
def test_no_clock_ever_runs_backwards(times: list[int]) -> None:
    clocks, before = Clocks(), (0.0, 0.0, 0.0)
    for now in times:
        clocks.move(now, Phase.EXPOSURE, exposed=True, headset_on=True)
        after = (clocks.session_s, clocks.step_s, clocks.head_on_s)
        assert all(b >= a for a, b in zip(before, after, strict=True))
        before = after


def test_a_second_is_a_second_and_a_frame_that_hung_counts_as_one() -> None:
    clocks = Clocks()
    clocks.move(5 * S, Phase.EXPOSURE, exposed=True, headset_on=True)
    clocks.move(6 * S, Phase.EXPOSURE, exposed=True, headset_on=True)
    assert (clocks.session_s, clocks.head_on_s, clocks.step_s, clocks.in_phase[Phase.EXPOSURE]) == (1.0,) * 4
    clocks.move(106 * S, Phase.EXPOSURE, exposed=True, headset_on=True)
    assert (clocks.session_s, clocks.head_on_s) == (101.0, 101.0)
    assert (clocks.step_s, clocks.in_phase[Phase.EXPOSURE]) == (2.0, 2.0)
