"""Filters: what they give does not hang on the frame rate, and noise comes out as small as is written."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import even, uneven
from vr_runtime.measures.smoothing import Jerk, Rate, frame_of

RATES = (45.0, 72.0, 90.0, 120.0)


def speeds(times: list[int], at, tau: float = 0.15) -> list[tuple[float, float]]:  # type: ignore[no-untyped-def]
    rate, found, last = Rate(tau), [], None
    for t_ns in times:
        dt = 0.0 if last is None else (t_ns - last) / 1e9
        last = t_ns
        rate.step(dt / (tau + dt), dt, at(t_ns / 1e9))
        if rate.speed is not None:
            found.append((t_ns / 1e9, rate.speed))
    return found


@settings(max_examples=60, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999), vx=st.floats(-2.0, 2.0), vy=st.floats(-2.0, 2.0),
    start=st.floats(-3.0, 3.0),
)  # fmt: skip
def test_an_even_walk_has_its_speed_whatever_the_frames(
    hz: float, seed: int, vx: float, vy: float, start: float
) -> None:
    found = speeds(uneven(hz, 4.0, seed), lambda t: (start + vx * t, vy * t, 1.6))
    assert found[-1][1] == pytest.approx(math.hypot(vx, vy), abs=1e-3)


def test_nothing_is_said_before_the_filter_knows() -> None:
    found = speeds(even(90.0, 2.0), lambda t: (t, 0.0, 0.0))
    assert found[0][0] >= 0.6
    assert found[0][1] > 0.85


@pytest.mark.parametrize("hz", RATES)
def test_white_noise_leaves_what_the_docstring_says(hz: float) -> None:
    rng = random.Random(3)
    found = speeds(even(hz, 60.0), lambda t: tuple(rng.gauss(0.0, 0.001) for _ in range(3)))
    rms = math.sqrt(np.mean([speed**2 for _, speed in found]) / 3.0)
    assert rms == pytest.approx(0.001 / (2.0 * 0.15**1.5 * hz**0.5), rel=0.25)
    assert rms < 0.002


def jerks(times: list[int], at, tau: float = 0.04) -> list[tuple[float, float]]:  # type: ignore[no-untyped-def]
    jerk, found = Jerk(tau), []
    jerk.start(at(times[0] / 1e9))
    before = 0.0
    for last, t_ns in itertools.pairwise(times):
        dt = (t_ns - last) / 1e9
        square = jerk.step(frame_of(dt, before, tau), at(t_ns / 1e9))
        before = dt
        if jerk.warm:
            found.append((t_ns / 1e9, math.sqrt(square)))
    return found


@settings(max_examples=40, deadline=None)
@given(hz=st.floats(45.0, 120.0), seed=st.integers(0, 999), c=st.floats(0.2, 5.0))
def test_a_cubic_has_its_jerk_whatever_the_frames(hz: float, seed: int, c: float) -> None:
    found = jerks(uneven(hz, 3.0, seed), lambda t: (c * (t - 2.0) ** 3, 0.5 * t**2, 1.0 - t))
    assert found[-1][1] == pytest.approx(6.0 * c, rel=0.08, abs=0.02)


@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize("tone_hz", [0.7, 1.5, 3.0])
def test_a_tone_comes_through_by_the_written_gain(hz: float, tone_hz: float) -> None:
    w = 2.0 * math.pi * tone_hz
    found = jerks(even(hz, 10.0), lambda t: (0.1 * math.sin(w * t), 0.0, 0.0))
    rms = math.sqrt(np.mean([value**2 for _, value in found]))
    gain = (1.0 / (1.0 + (0.04 * w) ** 2)) ** 2
    assert rms == pytest.approx(0.1 * w**3 / math.sqrt(2.0) * gain, rel=0.06)


@pytest.mark.parametrize("hz", RATES)
def test_noise_in_the_jerk_is_what_the_docstring_says(hz: float) -> None:
    rng = random.Random(5)
    found = jerks(even(hz, 60.0), lambda t: tuple(rng.gauss(0.0, 0.001) for _ in range(3)))
    rms = math.sqrt(np.mean([value**2 for _, value in found]) / 3.0)
    assert rms == pytest.approx(0.001 * math.sqrt(5.0 / (32.0 * 0.04**7 * hz)), rel=0.35)
