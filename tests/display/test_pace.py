"""Frames begin when they are due; a late one is told and not made up for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.pace import Pacer


class SteppedClock(RuntimeClock):
    """A real clock whose time passes only by sleeping, working, and a little by being looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.t_ns = 5_000

    def now_ns(self) -> int:
        self.t_ns += 50_000
        return self.t_ns

    def sleep(self, seconds: float) -> None:
        self.t_ns += round(seconds * 1e9)


def paced(work_ms: list[float], rate_hz: float = 100.0) -> list[tuple[float, bool]]:
    """Begin (ms after the first) and late flag of frames whose work takes so long."""
    clock = SteppedClock()
    pacer = Pacer(rate_hz, clock, clock.sleep)
    frames = []
    for ms in work_ms:
        frames.append(pacer.next())
        clock.t_ns += round(ms * 1e6)
    first = frames[0].now_ns
    assert all(a.display_ns < b.display_ns for a, b in pairwise(frames))
    assert all(frame.display_ns > frame.now_ns for frame in frames)
    return [((frame.now_ns - first) / 1e6, frame.late) for frame in frames]


def test_virtual_frames_are_a_period_apart_and_never_late() -> None:
    clock = RuntimeClock(virtual=True)
    pacer = Pacer(90.0, clock)
    frames = [pacer.next() for _ in range(91)]
    assert [frame.now_ns for frame in frames[:3]] == [0, 11_111_111, 22_222_222]
    assert frames[90].now_ns == 1_000_000_000
    assert clock.now_ns() == 1_000_000_000
    assert not any(frame.late for frame in frames)
    assert all(a.display_ns == b.now_ns for a, b in pairwise(frames))


def test_quick_frames_begin_on_the_beat() -> None:
    frames = paced([1.0] * 50)
    for i, (begin_ms, late) in enumerate(frames):
        assert begin_ms == pytest.approx(10.0 * i, abs=0.3)
        assert not late


def test_a_slightly_slow_frame_is_not_late_and_the_beat_stays() -> None:
    frames = paced([1, 1, 13, 1, 1])
    assert not any(late for _, late in frames)
    assert frames[4][0] == pytest.approx(40.0, abs=0.3)


def test_a_very_slow_frame_is_told_by_the_next_one_and_no_bunch_follows() -> None:
    frames = paced([1, 1, 57, 1, 1, 1])
    assert [late for _, late in frames] == [False, False, False, True, False, False]
    begins = [begin for begin, _ in frames]
    assert begins[3] == pytest.approx(77.0, abs=0.3)
    assert begins[4] - begins[3] == pytest.approx(10.0, abs=0.3)


@given(st.lists(st.floats(0.0, 80.0), min_size=2, max_size=40))
def test_frames_are_never_closer_than_half_a_period(work: list[float]) -> None:
    begins = [begin for begin, _ in paced(work)]
    assert all(b - a > 4.5 for a, b in pairwise(begins))


def test_a_real_clock_is_not_moved_and_a_virtual_one_never_goes_back() -> None:
    with pytest.raises(RuntimeError):
        RuntimeClock().advance_to(5)
    clock = RuntimeClock(virtual=True)
    clock.advance_to(10)
    clock.advance_to(5)
    assert clock.now_ns() == 10
    real = RuntimeClock()
    assert 0 <= real.now_ns() <= real.now_ns()


@pytest.mark.parametrize("rate_hz", [0.0, -5.0, 5000.0, float("nan")])
def test_a_rate_beyond_reason_is_refused(rate_hz: float) -> None:
    with pytest.raises(ValueError, match="frames a second"):
        Pacer(rate_hz, RuntimeClock())
