"""Sway: its velocity and its slow share are those of the motion that was made."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import even, uneven
from vr_runtime.measures.sway import sway
from vr_runtime.patient.motion import Sway as Model


def tones(times: list[int], slow_m: float, quick_m: float, slow_hz: float = 0.2, quick_hz: float = 1.0):  # type: ignore[no-untyped-def]
    t = np.array(times) / 1e9
    x = slow_m * np.sin(2 * math.pi * slow_hz * t)
    y = quick_m * np.sin(2 * math.pi * quick_hz * t)
    return np.stack([x, y], axis=1)


@settings(max_examples=25, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 99), slow=st.floats(0.002, 0.01), quick=st.floats(0.0005, 0.005),
)  # fmt: skip
def test_two_tones_have_the_share_of_their_powers(hz: float, seed: int, slow: float, quick: float) -> None:
    times = uneven(hz, 62.0, seed)
    found = sway(times, tones(times, slow, quick))
    assert found.slow_share == pytest.approx(slow**2 / (slow**2 + quick**2), abs=0.04)
    assert found.quality == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("hz", [45.0, 72.0, 90.0, 120.0])
def test_the_velocity_is_that_of_the_motion_and_a_millimetre_of_noise_does_not_make_it(hz: float) -> None:
    times = even(hz, 62.0)
    places = tones(times, 0.0, 0.004, quick_hz=0.5)
    mean = 4.0 * 0.004 * 0.5
    assert sway(times, places).velocity_m_s == pytest.approx(mean, rel=0.03)
    rng = np.random.default_rng(1)
    noisy = sway(times, places + rng.normal(0.0, 0.0005, places.shape)).velocity_m_s
    assert noisy == pytest.approx(mean, rel=0.5)


def test_the_virtual_patient_sways_quicker_when_it_is_afraid() -> None:
    times = even(90.0, 100.0)

    def of(arousal: float):  # type: ignore[no-untyped-def]
        axes = [Model(Random(seed), 0.005) for seed in (1, 2)]
        return sway(times, [[axis.at(t / 1e9, arousal) for axis in axes] for t in times])

    calm, afraid = of(0.1), of(0.9)
    assert afraid.velocity_m_s > 1.2 * calm.velocity_m_s
    assert afraid.slow_share < calm.slow_share - 0.1


def test_steps_and_holes_are_left_out_and_too_little_standing_is_no_figure() -> None:
    times = even(90.0, 100.0)
    places = tones(times, 0.005, 0.001)
    t = np.array(times) / 1e9
    walked = places + np.stack([np.clip(t - 40.0, 0.0, 1.0), np.zeros_like(t)], axis=1)
    walked[(t > 70.0) & (t < 75.0)] = np.nan
    found = sway(times, walked)
    assert found.quality == pytest.approx(0.92, abs=0.03)
    assert found.velocity_m_s == pytest.approx(sway(times, places).velocity_m_s, rel=0.05)
    assert math.isnan(sway(times[:300], places[:300]).slow_share)
    assert math.isnan(sway([], np.empty((0, 2))).velocity_m_s)


@pytest.mark.parametrize(
    "bad", [([0, 1], [[0.0, 0.0]]), ([1, 0], [[0.0, 0.0]] * 2), ([0, 0], [[0.0, 0.0]] * 2)]
)
def test_what_is_no_track_is_refused(bad: tuple[list[int], list[list[float]]]) -> None:
    with pytest.raises(ValueError, match="t_ns"):
        sway(*bad)
