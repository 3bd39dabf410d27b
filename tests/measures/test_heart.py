"""Heart measures: the reference figures, and flags that never drop."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.measures import rr_flags, rr_measures
from vr_runtime.protocol.streams import BeatFlag

SERIES = np.loadtxt(Path(__file__).with_name("pyhrv_short_rr.txt"))


def test_the_reference_series_gives_the_published_figures() -> None:
    m = rr_measures(SERIES)
    assert SERIES.size == 337
    # to the four decimals that are published for this series by several implementations
    assert m.mean_nn == pytest.approx(888.9555, abs=5e-5)
    assert m.sdnn == pytest.approx(95.6904, abs=5e-5)
    assert m.rmssd == pytest.approx(101.3006, abs=5e-5)
    assert m.sdsd == pytest.approx(101.4517, abs=5e-5)
    assert m.nn50 == 163
    assert m.pnn50 == pytest.approx(48.5119, abs=5e-5)
    assert m.mean_hr == pytest.approx(60_000.0 / 888.9555, abs=1e-5)


@given(st.lists(st.floats(250.0, 2500.0), min_size=3, max_size=60))
def test_every_figure_is_the_written_formula_to_a_millionth(rr: list[float]) -> None:
    m = rr_measures(rr)
    n = len(rr)
    mean = math.fsum(rr) / n
    differences = [b - a for a, b in itertools.pairwise(rr)]
    middle = math.fsum(differences) / (n - 1)
    assert m.mean_nn == pytest.approx(mean, abs=1e-6)
    assert m.sdnn == pytest.approx(math.sqrt(math.fsum((x - mean) ** 2 for x in rr) / (n - 1)), abs=1e-6)
    assert m.rmssd == pytest.approx(math.sqrt(math.fsum(x * x for x in differences) / (n - 1)), abs=1e-6)
    spread = math.sqrt(math.fsum((x - middle) ** 2 for x in differences) / (n - 2))
    assert m.sdsd == pytest.approx(spread, abs=1e-6)
    assert m.nn50 == sum(abs(x) > 50.0 for x in differences)
    assert m.pnn50 == pytest.approx(100.0 * m.nn50 / (n - 1), abs=1e-6)
    assert m.mean_hr == pytest.approx(60_000.0 / mean, abs=1e-6)


def test_no_difference_is_taken_across_segments() -> None:
    rr = [800.0, 810.0, 1400.0, 1410.0]
    assert rr_measures(rr, [True, False, True, False]).rmssd == pytest.approx(10.0)
    assert rr_measures(rr).rmssd > 300.0


def test_what_is_too_short_for_a_figure_is_not_a_number_and_no_zero() -> None:
    assert math.isnan(rr_measures([]).mean_nn)
    assert math.isnan(rr_measures([800.0]).rmssd)
    assert math.isnan(rr_measures([800.0, 810.0]).sdsd)


@pytest.mark.parametrize("nonsense", [[800.0, math.nan], [0.0], [-5.0], [[800.0]]])
def test_what_is_no_series_of_intervals_is_refused(nonsense: list[float]) -> None:
    with pytest.raises(ValueError, match="rr_ms"):
        rr_measures(nonsense)
    with pytest.raises(ValueError, match="starts"):
        rr_measures([800.0, 810.0], [True])


def test_the_gate_flags_what_it_is_known_to_flag_in_the_clean_reference_series() -> None:
    flags = rr_flags(SERIES)
    assert np.count_nonzero(flags == BeatFlag.ECTOPIC) == 26
    assert np.count_nonzero(flags == BeatFlag.OUT_OF_RANGE) == 0


@given(st.lists(st.floats(100.0, 4000.0), max_size=80))
def test_flags_stand_beside_the_intervals_and_drop_none(rr: list[float]) -> None:
    flags = rr_flags(rr)
    assert flags.shape == (len(rr),)
    for value, flag in zip(rr, flags, strict=True):
        assert (flag == BeatFlag.OUT_OF_RANGE) == (not 300.0 <= value <= 2000.0)


def test_an_interval_after_a_new_segment_or_an_impossible_one_has_nothing_to_be_compared_with() -> None:
    assert rr_flags([800.0, 1200.0]).tolist() == [BeatFlag.OK, BeatFlag.ECTOPIC]
    assert rr_flags([800.0, 1200.0], [True, True]).tolist() == [BeatFlag.OK, BeatFlag.OK]
    assert rr_flags([800.0, 2500.0, 1200.0]).tolist() == [BeatFlag.OK, BeatFlag.OUT_OF_RANGE, BeatFlag.OK]
