"""Shell, blink and sound by themselves, with times that are no round numbers."""

from __future__ import annotations

import pytest

from vr_runtime.session.veil import BLINK_PERIOD_S, Blink, Shell, Sound

S = 1_000_000_000


def test_a_shell_closes_in_its_time_and_says_when_the_place_is_to_change() -> None:
    shell = Shell()
    assert shell.update(0, 0.5, True, 2.0) is False
    assert shell.opacity == pytest.approx(0.25)
    # the frame that closes it opens nothing yet
    assert shell.update(2 * S, 2.0, True, 2.0) is True
    assert shell.opacity == 1.0
    assert shell.update(3 * S, 0.5, False, 2.0) is False
    assert shell.opacity == pytest.approx(0.75)


def test_a_shell_that_can_close_in_the_first_frame_does() -> None:
    assert Shell().update(0, 1.0, True, 1.0) is True


def test_a_slammed_shell_is_kept_and_then_opens_as_it_was_told() -> None:
    shell = Shell()
    shell.slam(S, 2.0, 0.5)
    assert shell.opacity == 1.0
    assert shell.update(3 * S - 1, 2.0, True, 4.0) is False
    assert shell.opacity == 1.0
    # at the very moment the place is changed, and no time has passed since
    assert shell.update(3 * S, 0.02, True, 4.0) is True
    assert shell.opacity == 1.0
    shell.update(3 * S + S // 10, 0.1, False, 4.0)
    assert shell.opacity == pytest.approx(0.8)


def test_a_long_frame_counts_from_the_moment_the_shell_may_open() -> None:
    shell = Shell()
    shell.slam(0, 0.2, 0.5)
    shell.update(3 * S // 10, 0.3, False, 4.0)
    assert shell.opacity == pytest.approx(0.8, abs=1e-12)


def test_a_shell_that_closes_again_opens_at_the_pace_of_a_fade() -> None:
    shell = Shell()
    shell.slam(0, 0.2, 0.5)
    shell.update(3 * S // 10, 0.1, False, 4.0)
    assert shell.update(S, 4.0, True, 4.0) is True
    shell.update(2 * S, 1.0, False, 4.0)
    assert shell.opacity == pytest.approx(0.75)


def test_a_shell_that_is_away_stays_away() -> None:
    shell = Shell()
    assert shell.update(S, 0.5, False, 1.0) is False
    assert shell.opacity == 0.0


def test_a_blink_closes_and_opens_and_says_when_it_is_darkest() -> None:
    blink = Blink()
    assert blink.update(0, 0.1, True, 0.4) is False
    assert blink.opacity == pytest.approx(0.25)
    assert blink.update(S // 10, 0.31, True, 0.4) is True
    assert blink.opacity == pytest.approx(1.0)
    assert blink.update(2 * S // 10, 0.1, False, 0.4) is False
    assert blink.opacity == pytest.approx(0.75)
    assert blink.update(2 * S, 5.0, False, 0.4) is False
    assert blink.opacity == 0.0
    assert blink.update(3 * S, 0.1, False, 0.4) is False
    assert blink.opacity == 0.0


def test_a_blink_that_fits_into_a_frame_is_darkest_in_it() -> None:
    assert Blink().update(0, 1.0, True, 0.25) is True


def test_the_next_blink_begins_no_sooner_than_its_period() -> None:
    blink = Blink()
    assert blink.update(0, 1.0, True, 0.25) is True
    blink.update(S // 10, 0.4, True, 0.25)
    assert blink.opacity == 0.0
    period_ns = round(BLINK_PERIOD_S * 1e9)
    blink.update(period_ns - 1, 0.1, True, 0.25)
    assert blink.opacity == 0.0
    blink.update(period_ns, 0.1, True, 0.25)
    assert blink.opacity == pytest.approx(0.4)


def test_a_blink_that_nobody_wants_any_more_opens_again() -> None:
    blink = Blink()
    blink.update(0, 0.2, True, 0.4)
    assert blink.update(S // 10, 0.1, False, 0.4) is False
    assert blink.opacity == pytest.approx(0.25)
    # wanted again on the way: it opens first
    assert blink.update(2 * S // 10, 0.05, True, 0.4) is False
    assert blink.opacity == pytest.approx(0.125)


def test_a_blink_that_is_reset_is_away_and_keeps_its_period() -> None:
    blink = Blink()
    blink.update(0, 0.2, True, 0.4)
    blink.reset()
    assert blink.opacity == 0.0
    assert blink.update(S // 10, 0.1, True, 0.4) is False
    assert blink.opacity == 0.0


def test_sound_goes_down_and_up_in_its_own_times() -> None:
    sound = Sound()
    sound.update(0.1, 0.0, 0.4, 2.0)
    assert sound.gain == pytest.approx(0.75)
    sound.update(0.1, 0.9, 0.4, 2.0)
    assert sound.gain == pytest.approx(0.8)
    sound.update(9.0, 0.9, 0.4, 2.0)
    assert sound.gain == pytest.approx(0.9)
    sound.update(9.0, 0.3, 0.4, 2.0)
    assert sound.gain == pytest.approx(0.3)
