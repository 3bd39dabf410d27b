"""Frames from predicted display times; sizes, formats and rates from what a runtime offers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.display.openxr import formats
from vr_runtime.display.openxr.timeline import Timeline
from vr_runtime.display.port import Frame

PERIOD = 11_111_111


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(-(10**9), 2 * 10**9), st.booleans()), max_size=40)
)
def test_whatever_a_runtime_predicts_display_times_rise_and_lie_after_the_begin(
    told: list[tuple[int, int, bool]],
) -> None:
    timeline = Timeline()
    frames = [
        timeline.predicted(now, display, PERIOD, wanted=True)
        if running
        else timeline.clocked(Frame(1, now, display, False))
        for now, display, running in told
    ]
    assert [frame.index for frame in frames] == list(range(1, len(told) + 1))
    assert all(a.display_ns < b.display_ns and a.now_ns <= b.now_ns for a, b in pairwise(frames))
    assert all(frame.display_ns > frame.now_ns for frame in frames)


def test_a_display_time_without_a_frame_of_ours_is_late_and_counted() -> None:
    timeline = Timeline()
    times = [1, 2, 3, 5, 6, 9]
    frames = [timeline.predicted(n * PERIOD - 1000, n * PERIOD, PERIOD, wanted=True) for n in times]
    assert [frame.late for frame in frames] == [False, False, False, True, False, True]
    assert timeline.missed == 3


def test_what_is_skipped_while_nothing_is_shown_is_not_late() -> None:
    timeline = Timeline()
    timeline.predicted(0, PERIOD, PERIOD, wanted=True)
    assert not timeline.predicted(0, 9 * PERIOD, PERIOD, wanted=False).late
    assert not timeline.predicted(0, 20 * PERIOD, PERIOD, wanted=True).late
    timeline.clocked(Frame(1, 21 * PERIOD, 22 * PERIOD, False))
    assert not timeline.predicted(0, 90 * PERIOD, PERIOD, wanted=True).late
    assert timeline.missed == 0


def test_a_small_jitter_is_not_late() -> None:
    timeline = Timeline()
    timeline.predicted(0, PERIOD, PERIOD, wanted=True)
    assert not timeline.predicted(0, round(2.4 * PERIOD), PERIOD, wanted=True).late


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        # Monado's list, SteamVR's, Oculus's; see docs/openxr.md
        ((0x805B, 0x881A, formats.SRGB8_ALPHA8, formats.RGBA8, 0x8CAC), formats.SRGB8_ALPHA8),
        ((formats.SRGB8, formats.SRGB8_ALPHA8), formats.SRGB8_ALPHA8),
        ((formats.RGBA8, formats.SRGB8), formats.SRGB8),
        ((0x881A, formats.RGBA8), formats.RGBA8),
        ((0x881A, 0x8CAC), None),
        ((), None),
    ],
)
def test_an_encoded_format_comes_first(offered: tuple[int, ...], chosen: int | None) -> None:
    assert formats.choose_colour(offered) == chosen


def test_formats_have_names() -> None:
    assert formats.format_name(0x8C43) == "SRGB8_ALPHA8"
    assert formats.format_name(0x1234) == "0x1234"


@pytest.mark.parametrize(
    ("scale", "largest", "size"),
    [
        (1.0, (16384, 16384), (1832, 1920)),
        (0.5, (16384, 16384), (916, 960)),
        (1.0, (2048, 2048), (1024, 1072)),  # both eyes side by side have to fit, in proportion
        (1.0, (16384, 960), (916, 960)),
    ],
)
def test_the_recommended_size_times_a_scale(
    scale: float, largest: tuple[int, int], size: tuple[int, int]
) -> None:
    assert formats.eye_size((1832, 1920), scale, largest) == size


@pytest.mark.parametrize(
    ("offered", "rate"),
    [((72.0, 80.0, 90.0, 120.0), 90.0), ((120.0, 72.0), 72.0), ((120.0, 144.0), 120.0), ((), None)],
)
def test_the_highest_rate_that_is_not_above_the_wanted_one(
    offered: tuple[float, ...], rate: float | None
) -> None:
    assert formats.choose_rate(offered, 90.0) == rate
