"""LF and HF: waves of known height give their power, and what is too short is withheld with a word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.measures.spectrum import (
    band_power,
    detrended,
    natural_spline,
    resampled,
    rr_spectrum,
    segment_of,
    welch,
)


def waves(seconds: float, *parts: tuple[float, float], mean_ms: float = 850.0) -> np.ndarray:
    """RR intervals that swing about their mean by so many ms at so many Hz, each at the time of its beat."""
    t, rr = 0.0, []
    while t < seconds:
        # the interval that ends at t + interval: found by a few rounds, for it depends on when it ends
        interval = mean_ms
        for _ in range(20):
            at = t + interval / 1000.0
            interval = mean_ms + sum(ms * np.sin(2.0 * np.pi * hz * at) for hz, ms in parts)
        t += interval / 1000.0
        rr.append(interval)
    return np.array(rr)


@pytest.mark.parametrize("hz", [0.055, 0.1, 0.13])
def test_a_wave_in_the_low_band_gives_half_its_square(hz: float) -> None:
    found = rr_spectrum(waves(320.0, (hz, 30.0)))
    assert found.lf == pytest.approx(30.0**2 / 2.0, rel=0.05)
    assert found.hf is not None
    assert found.hf < 0.02 * 450.0


@pytest.mark.parametrize("hz", [0.2, 0.25, 0.3])
def test_a_wave_in_the_high_band_gives_half_its_square(hz: float) -> None:
    found = rr_spectrum(waves(320.0, (hz, 30.0)))
    assert found.hf == pytest.approx(30.0**2 / 2.0, rel=0.08)
    assert found.lf is not None
    assert found.lf < 0.02 * 450.0


def test_ratio_and_normalised_units_follow_from_the_powers() -> None:
    found = rr_spectrum(waves(320.0, (0.1, 40.0), (0.25, 20.0)))
    assert found.lf_hf == pytest.approx(4.0, rel=0.1)
    assert found.lf_nu == pytest.approx(80.0, rel=0.05)
    assert found.why == {}


def test_a_slow_drift_is_no_power() -> None:
    rr = waves(320.0, (0.1, 20.0)) + np.linspace(-100.0, 100.0, waves(320.0, (0.1, 20.0)).size)
    assert rr_spectrum(rr).lf == pytest.approx(200.0, rel=0.06)


@pytest.mark.parametrize(
    ("seconds", "withheld"),
    [
        (50.0, {"lf", "hf", "lf_hf", "lf_nu"}),
        (70.0, {"lf", "lf_hf", "lf_nu"}),
        (130.0, {"lf_hf", "lf_nu"}),
        (290.0, {"lf_hf", "lf_nu"}),
        (305.0, set()),
    ],
)
def test_what_is_too_short_is_withheld_and_why(seconds: float, withheld: set[str]) -> None:
    found = rr_spectrum(waves(seconds, (0.1, 30.0), (0.25, 20.0)))
    assert found.why == dict.fromkeys(withheld, "too_short")
    for name in ("lf", "hf", "lf_hf", "lf_nu"):
        assert (getattr(found, name) is None) == (name in withheld)


def test_five_minutes_cut_at_their_beats_are_five_minutes() -> None:
    rr = np.full(352, 850.0) + np.tile([10.0, -10.0], 176)
    assert rr.sum() == pytest.approx(299_200.0)
    assert "lf_hf" not in rr_spectrum(rr).why
    assert "lf_hf" in rr_spectrum(rr[:350]).why


def test_nothing_is_divided_by_nothing() -> None:
    found = rr_spectrum(np.full(400, 1000.0))
    assert (found.lf, found.hf) == (pytest.approx(0.0, abs=1e-12), pytest.approx(0.0, abs=1e-12))
    assert (found.lf_hf, found.lf_nu) == (None, None)
    assert found.why == {"lf_hf": "no_power", "lf_nu": "no_power"}


def test_no_curve_is_drawn_across_a_hole_nor_through_days() -> None:
    rr = np.full(400, 1000.0)
    rr[200] = 10_001.0
    assert set(rr_spectrum(rr).why.values()) == {"hole"}
    assert set(rr_spectrum(np.full(173_000, 1000.0)).why.values()) == {"too_long"}


def test_the_spline_meets_its_points_and_is_a_cubic_between() -> None:
    rng = np.random.default_rng(1)
    x = np.cumsum(rng.uniform(0.4, 1.5, 30))
    y = rng.normal(800.0, 50.0, 30)
    assert natural_spline(x, y, x) == pytest.approx(y)
    # first and second derivative do not jump at the inner points, the second is 0 at the ends
    h = 1e-4
    for at in x[1:-1]:
        left, here, right = natural_spline(x, y, np.array([at - h, at, at + h]))
        assert (here - left) / h == pytest.approx((right - here) / h, abs=0.5)
        before = natural_spline(x, y, at - h * np.arange(1, 4))
        after = natural_spline(x, y, at + h * np.arange(1, 4))
        assert before[0] - 2 * before[1] + before[2] == pytest.approx(
            after[0] - 2 * after[1] + after[2], abs=2e-4
        )
    end = natural_spline(x, y, x[0] + h * np.arange(3))
    assert (end[0] - 2 * end[1] + end[2]) / h**2 == pytest.approx(0.0, abs=5.0)
    # a straight line stays one
    assert natural_spline(x, 3.0 * x, np.linspace(x[0], x[-1], 50)) == pytest.approx(
        3.0 * np.linspace(x[0], x[-1], 50)
    )


def test_welch_keeps_the_power_of_noise_and_of_a_wave() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(0.0, 3.0, 20_000)
    density, step_hz = welch(noise, 480)
    assert band_power(density, step_hz, 0.0, 2.1) == pytest.approx(9.0, rel=0.05)
    assert density[5:-5].mean() == pytest.approx(9.0 / 2.0, rel=0.05)  # 3^2 over 2 Hz
    wave = 10.0 * np.sin(2.0 * np.pi * 0.3 * np.arange(4000) / 4.0)
    density, step_hz = welch(wave, 480)
    assert band_power(density, step_hz, 0.25, 0.35) == pytest.approx(50.0, rel=0.01)


def test_a_band_takes_its_lower_edge_and_not_its_upper_one() -> None:
    density = np.arange(11.0)  # 0 to 1 Hz, a tenth apart
    assert band_power(density, 0.1, 0.2, 0.5) == pytest.approx((2.0 + 3.0 + 4.0) * 0.1)


def test_a_line_is_taken_off_and_nothing_else() -> None:
    x = np.arange(50.0)
    assert detrended(7.0 + 2.0 * x) == pytest.approx(np.zeros(50), abs=1e-9)
    assert resampled(np.full(10, 500.0)).size == 18


def test_segments_are_half_of_five_minutes() -> None:
    assert segment_of(1196) == 598
    assert segment_of(200) == 200
    assert segment_of(500) == 480
    assert segment_of(14_400) == 1200


@given(st.lists(st.floats(1.0, 60_000.0), max_size=120))
def test_a_value_is_a_finite_number_or_withheld_with_a_word(rr: list[float]) -> None:
    found = rr_spectrum(rr)
    for name in ("lf", "hf", "lf_hf", "lf_nu"):
        value = getattr(found, name)
        assert (value is None) == (name in found.why)
        if value is not None:
            assert np.isfinite(value)
            assert value >= 0.0
