"""How the heart answered: each figure on beats whose answer is known, and nonsense refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.measures.reactivity import (
    Baseline,
    Change,
    TookHold,
    baseline,
    change,
    mean_rate,
    orienting,
    recovery,
    slots,
    took_hold,
)


def beats(*stretches: tuple[float, float], start_s: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Times and intervals of stretches of so many seconds at so many beats a minute."""
    rr = np.concatenate([np.full(round(seconds * bpm / 60.0), 60_000.0 / bpm) for seconds, bpm in stretches])
    return start_s + np.cumsum(rr) / 1000.0, rr


def test_the_baseline_is_the_last_three_minutes() -> None:
    t, rr = beats((120.0, 120.0), (180.0, 60.0))
    found = baseline(t, rr, 0.0, 300.0)
    assert found.mean_hr == pytest.approx(60.0)
    assert found.quality == pytest.approx(1.0, abs=0.01)
    assert found.sd == pytest.approx(0.0, abs=1e-9)


def test_a_short_or_torn_baseline_says_so_or_is_none() -> None:
    t, rr = beats((90.0, 60.0))
    assert baseline(t, rr, 0.0, 90.0).quality == pytest.approx(0.5)
    assert baseline(t, rr, 60.0, 90.0) == Baseline(None, None, 0.0)
    assert baseline([], [], 0.0, 180.0) == Baseline(None, None, 0.0)


def test_its_spread_is_that_of_means_of_ten_seconds() -> None:
    t, rr = beats(*[(10.0, 60.0), (10.0, 66.0)] * 9)
    found = baseline(t, rr, 0.0, float(t[-1]))
    assert found.sd == pytest.approx(np.std([60.0, 66.0] * 9, ddof=1), rel=0.15)
    moved = change(72.0, found)
    assert found.mean_hr is not None
    assert moved.d_hr == pytest.approx(72.0 - found.mean_hr)
    assert moved.pct == pytest.approx(100.0 * moved.d_hr / found.mean_hr)
    assert found.sd is not None
    assert moved.z == pytest.approx(moved.d_hr / found.sd)


def test_without_spread_or_baseline_there_is_no_z_and_no_change() -> None:
    assert change(80.0, Baseline(70.0, 0.0, 1.0)) == Change(10.0, pytest.approx(100.0 / 7.0), None)
    assert change(80.0, Baseline(None, None, 0.0)) == Change(None, None, None)
    assert change(None, Baseline(70.0, 2.0, 1.0)) == Change(None, None, None)


def test_slots_are_the_first_the_highest_and_the_last() -> None:
    t, rr = beats((30.0, 90.0), (20.0, 120.0), (40.0, 100.0), (30.0, 80.0))
    found = slots(t, rr, 0.0, 120.0)
    assert (found.first, found.peak, found.last) == (
        pytest.approx(90.0),
        pytest.approx(120.0),
        pytest.approx(80.0, rel=0.01),
    )
    assert found.peak_s is not None
    assert 39.9 <= found.peak_s <= 50.1
    short = slots(t, rr, 0.0, 20.0)
    assert (short.first, short.last) == (None, None)
    assert short.peak == pytest.approx(90.0)
    assert slots(t, rr, 0.0, 5.0).peak is None


def test_recovery_counts_a_minute_and_the_way_half_back() -> None:
    t, rr = beats((100.0, 120.0), (20.0, 110.0), (60.0, 70.0))
    found = recovery(t, rr, 100.0, 60.0, 120.0)
    assert found.hrr60 == pytest.approx(50.0)
    # half-way is 90: a mean of ten seconds is there when about five of them were at 70
    assert found.half_s == pytest.approx(25.0, abs=2.0)
    assert not found.censored


def test_a_recovery_that_was_not_seen_to_its_half_is_a_lower_bound() -> None:
    t, rr = beats((100.0, 120.0), (30.0, 115.0))
    found = recovery(t, rr, 100.0, 60.0, 120.0)
    assert found.hrr60 is None
    assert found.censored
    assert found.half_s == pytest.approx(30.0, abs=1.0)
    assert recovery(t, rr, 100.0, 120.0, 110.0).half_s is None
    assert recovery(t, rr, 130.0, 60.0, 120.0).half_s is None or recovery(t, rr, 130.0, 60.0, 120.0).censored


def test_a_slowing_heart_at_an_onset_is_a_drop_and_a_quickening_one_is_not() -> None:
    t, rr = beats((20.0, 75.0), (3.0, 60.0), (10.0, 75.0))
    found = orienting(t, rr, 20.0)
    assert found.drop == pytest.approx(15.0)
    assert found.after_s == pytest.approx(1.0, abs=0.05)
    t, rr = beats((20.0, 75.0), (10.0, 90.0))
    quick = orienting(t, rr, 20.0)
    assert quick.drop == pytest.approx(-15.0)
    assert quick.quality == 1.0


def test_a_pause_after_a_premature_beat_lowers_the_quality_of_a_drop() -> None:
    t, rr = beats((20.0, 75.0), (10.0, 75.0))
    rr[26] -= 300.0
    rr[27] += 300.0
    t = np.cumsum(rr) / 1000.0
    found = orienting(t, rr, 20.0)
    assert found.drop is not None
    assert found.drop > 15.0
    assert found.quality < 0.9


def test_no_drop_is_told_of_where_beats_are_missing() -> None:
    t, rr = beats((20.0, 75.0), (10.0, 75.0))
    holes = (t < 14.0) | (t > 19.0)
    assert orienting(t[holes], rr[holes], 20.0).drop is None
    assert orienting(t, rr, 29.0).drop is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((20.0, 51.0, None, None), TookHold(True, ("suds",))),
        ((20.0, 50.0, None, None), TookHold(False, ())),
        ((20.0, 30.0, 70.0, 85.1), TookHold(True, ("heart",))),
        ((20.0, 60.0, 70.0, 90.0), TookHold(True, ("suds", "heart"))),
        ((None, 60.0, 70.0, 85.0), TookHold(False, ())),
        ((None, 60.0, None, 85.0), TookHold(None, ())),
    ],
)
def test_an_exposure_took_hold_by_either_rise(given: tuple[float | None, ...], told: TookHold) -> None:
    assert took_hold(*given) == told


@pytest.mark.parametrize(
    "wrong", [(101.0, None, None, None), (None, None, -1.0, 80.0), (None, None, float("nan"), 1.0)]
)
def test_ratings_and_rates_that_are_none_are_refused(wrong: tuple[float | None, ...]) -> None:
    with pytest.raises(ValueError, match="give"):
        took_hold(*wrong)


def test_beats_that_go_back_or_lack_a_time_are_refused() -> None:
    for t, rr in (
        ([1.0, 0.5], [800.0, 800.0]),
        ([1.0], [800.0, 800.0]),
        ([float("nan")], [800.0]),
        ([1.0], [-1.0]),
    ):
        with pytest.raises(ValueError, match=r"t_s|rr_ms"):
            mean_rate(t, rr, 0.0, 10.0)
    with pytest.raises(ValueError, match="finite"):
        orienting([1.0], [800.0], float("inf"))


ANY = st.lists(st.tuples(st.floats(), st.floats()), max_size=40)
SOME = st.lists(st.tuples(st.floats(0.0, 400.0), st.floats(200.0, 3000.0)), max_size=150).map(sorted)


@given(st.one_of(ANY, SOME), st.floats(), st.floats(-1e3, 1e3))
def test_nothing_silently_is_no_number(rows: list[tuple[float, float]], begin: float, end: float) -> None:
    t, rr = [row[0] for row in rows], [row[1] for row in rows]
    for measure in (
        lambda: baseline(t, rr, begin, end),
        lambda: slots(t, rr, begin, end),
        lambda: slots(t, rr, 0.0, end),
        lambda: recovery(t, rr, end, 60.0, 100.0),
        lambda: orienting(t, rr, end),
        lambda: (mean_rate(t, rr, begin, end),),
    ):
        try:
            found = measure()
        except ValueError:
            continue
        for value in found:
            assert value is None or np.isfinite(value)
