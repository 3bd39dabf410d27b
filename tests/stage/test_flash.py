"""The flash guard trips before a fourth flash in a second, and not for what does not flash."""

from __future__ import annotations

from math import cos, pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.stage.flash import HOLD_S, FlashGuard

RATE = 90.0
GREY = np.full((16, 16, 3), 0.4, dtype=np.float32)


def lit(
    value: float, cells: slice = slice(None), colour: tuple[float, float, float] = (1, 1, 1)
) -> np.ndarray:
    picture = GREY.copy()
    picture[cells] = np.asarray(colour, dtype=np.float32) * value
    return picture


def seen(
    guard: FlashGuard, pictures: list[np.ndarray], turning: float = 0.0, start_s: float = 0.0
) -> float | None:
    """When the guard tripped, in seconds; None: not at all."""
    for i, picture in enumerate(pictures):
        if guard.see(start_s + i / RATE, picture, turning):
            return start_s + i / RATE
    return None


def square(hz: float, seconds: float, low: float, high: float, **more: object) -> list[np.ndarray]:
    return [
        lit(high if int(2 * hz * i / RATE) % 2 else low, **more)  # type: ignore[arg-type]
        for i in range(int(seconds * RATE))
    ]


def flashes_before(hz: float, tripped_s: float) -> float:
    """Whole flashes (up and down) of a square wave that begins low, up to a moment."""
    return int(2 * hz * tripped_s) / 2


@pytest.mark.parametrize("hz", [3.5, 5.0, 10.0, 25.0, 45.0])
def test_a_strobe_trips_it_after_no_more_than_three_flashes(hz: float) -> None:
    tripped = seen(FlashGuard(), square(hz, 3.0, 0.2, 0.6))
    assert tripped is not None
    assert flashes_before(hz, tripped) <= 3.0


@pytest.mark.parametrize("hz", [0.5, 1.0, 2.0, 2.4])
def test_slow_blinking_does_not_trip_it(hz: float) -> None:
    assert seen(FlashGuard(), square(hz, 10.0, 0.2, 0.6)) is None


def test_changes_under_a_tenth_do_not_count() -> None:
    assert seen(FlashGuard(), square(10.0, 5.0, 0.40, 0.49)) is None


def test_changes_between_bright_and_brighter_do_not_count() -> None:
    assert seen(FlashGuard(), square(10.0, 5.0, 0.82, 1.0)) is None
    assert seen(FlashGuard(), square(10.0, 5.0, 0.78, 1.0)) is not None


def test_one_flashing_cell_is_enough_while_the_head_is_still() -> None:
    pictures = []
    for i, picture in enumerate(square(6.0, 2.0, 0.4, 0.4)):
        picture[3, 7] = 0.9 if (i // 8) % 2 else 0.1
        pictures.append(picture)
    assert seen(FlashGuard(), pictures) is not None
    assert seen(FlashGuard(), pictures, turning=90.0) is None


def test_a_strobe_over_a_quarter_of_the_picture_trips_it_however_the_head_turns() -> None:
    assert seen(FlashGuard(), square(6.0, 2.0, 0.1, 0.9, cells=slice(0, 5)), turning=200.0) is not None


def test_where_the_world_moves_past_a_quarter_of_the_picture_counts_and_less_does_not() -> None:
    def first(cells: int) -> float | None:
        guard, pictures = FlashGuard(), square(6.0, 2.0, 0.1, 0.9)
        for i, picture in enumerate(pictures):
            flat = GREY.copy().reshape(-1, 3)
            flat[:cells] = picture.reshape(-1, 3)[:cells]
            if guard.see(i / RATE, flat.reshape(16, 16, 3), moving=True):
                return i / RATE
        return None

    assert first(63) is None
    assert first(64) is not None


def test_what_flickered_while_the_head_turned_does_not_trip_it_when_the_head_stops() -> None:
    guard = FlashGuard()
    pictures = square(8.0, 1.0, 0.1, 0.9, cells=slice(0, 2))
    assert seen(guard, pictures, turning=120.0) is None
    assert seen(guard, [lit(0.5)] * 90, start_s=1.0) is None


def test_saturated_red_trips_it_where_its_luminance_would_not() -> None:
    # red of 0.4 has a luminance of 0.085: no general flash
    red = square(6.0, 2.0, 0.0, 0.40, colour=(1, 0, 0))
    green = square(6.0, 2.0, 0.0, 0.12, colour=(0, 1, 0))
    assert seen(FlashGuard(), red) is not None
    assert seen(FlashGuard(), green) is None


def test_pale_red_is_no_red_flash() -> None:
    assert seen(FlashGuard(), square(6.0, 2.0, 0.30, 0.42, colour=(1.0, 0.5, 0.5))) is None


def test_a_fade_to_the_shell_and_back_each_second_does_not_trip_it() -> None:
    faded = [lit(0.5 + 0.4 * cos(2 * pi * i / RATE)) for i in range(int(10 * RATE))]
    assert seen(FlashGuard(), faded) is None


def test_it_stays_tripped_for_a_while_and_then_lets_go() -> None:
    guard = FlashGuard()
    tripped = seen(guard, square(10.0, 2.0, 0.1, 0.9))
    assert tripped is not None
    assert guard.see(tripped + HOLD_S - 0.1, lit(0.5))
    assert not guard.see(tripped + HOLD_S + 2.0, lit(0.5))


@pytest.mark.parametrize("frame_s", [0.1, 0.125, 0.2])
def test_what_passes_by_does_not_trip_it_because_frames_come_late(frame_s: float) -> None:
    """Two flashes and a half within a second, as a car that comes by close makes, seen at a few frames a second."""
    guard = FlashGuard()
    for i in range(round(4.0 / frame_s)):
        t_s = i * frame_s
        changes = min(int(t_s / 0.2 + 1e-6), 5)
        assert not guard.see(t_s, lit(0.6 if changes % 2 else 0.2)), t_s


@pytest.mark.parametrize("hitch_s", [0.1, 0.2, 0.4])
def test_one_long_frame_among_quick_ones_does_not_trip_it(hitch_s: float) -> None:
    guard, t_s = FlashGuard(), 0.0
    for value in (0.2, 0.6, 0.2, 0.6, 0.2):
        for _ in range(13):
            assert not guard.see(t_s, lit(value)), t_s
            t_s += 1.0 / RATE
    assert not guard.see(t_s + hitch_s, lit(0.6))


@given(
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=300),
    st.floats(5.0, 120.0),
)
def test_it_trips_no_later_than_the_third_flash_of_any_flicker(values: list[float], rate: float) -> None:
    """Against a plain count: opposing changes of a tenth with the darker below 0.8, greedily from the extremes. Six
    of them are three flashes; five are enough where the last four came within seven frames and 0.22 s."""
    guard = FlashGuard()
    low = high = values[0]
    direction, times = 0, list[float]()
    for i, value in enumerate(values):
        t_s = i / rate
        low, high = min(low, value), max(high, value)
        if direction >= 0 and high - value >= 0.1 and value < 0.8:
            direction, low, high = -1, value, value
            times.append(t_s)
        elif direction <= 0 and value - low >= 0.1 and low < 0.8:
            direction, low, high = 1, value, value
            times.append(t_s)
        # a grey's luminance is its value, but for rounding of the weights
        picture = np.full((16, 16, 3), value)
        tripped = guard.see(t_s, picture)
        recent = [t for t in times if t > t_s - 1.0]
        rapid = len(times) > 3 and times[-1] == t_s and times[-1] - times[-4] <= min(6.5 / rate, 0.22)
        if len(recent) >= (5 if rapid else 6):
            assert tripped
            return
        assert not tripped
