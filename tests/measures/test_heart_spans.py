"""The heart of spans of a record: gaps are no differences, what is out of range is no interval, artefacts are mended."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.records import samples
from vr_runtime.measures import rr_measures
from vr_runtime.measures.heart_spans import HeartSeries, span_measures
from vr_runtime.measures.rr_report import UNITS
from vr_runtime.protocol.streams import STREAMS, BeatFlag

DTYPE = np.dtype(list(STREAMS["heart"].columns))


def rows(rr: list[float], flags: dict[int, int] | None = None) -> np.ndarray:
    """The stream ``heart``: an interval a row, each at the time of its beat."""
    made = np.zeros(len(rr), DTYPE)
    made["rr_ms"] = rr
    made["t_ns"] = np.round(np.nancumsum(rr) * 1e6).astype(np.int64)
    for at, flag in (flags or {}).items():
        made["flag"][at] = flag
    return made


QUIET = (800.0 + 30.0 * np.sin(np.arange(400) / 3.0)).astype(np.float32).astype(float).tolist()
ALL = ((-1, 10**15),)


def test_a_plain_series_is_measured_as_it_is() -> None:
    heard, corrected, counts = HeartSeries.of_beats(rows(QUIET)).judged()
    for one in (heard, corrected):
        found = span_measures(one, ((0, round(sum(QUIET) * 1e6)),))
        plain = rr_measures(QUIET)
        for name in ("mean_nn", "sdnn", "rmssd", "pnn50", "mean_hr"):
            assert found.measures[name].value == pytest.approx(getattr(plain, name))
        assert found.coverage == pytest.approx(1.0, abs=1e-6)
        assert found.measures["lf_hf"].value is not None
        assert found.measures["rmssd"].quality == pytest.approx(1.0, abs=1e-4)
    assert not any(counts.values())


def test_no_difference_is_taken_across_a_gap_lost_contact_or_time_that_goes_back() -> None:
    for flag in (BeatFlag.GAP, BeatFlag.CONTACT_LOST):
        series = HeartSeries.of_beats(rows([800.0, 810.0, 990.0, 1400.0, 1410.0], {2: flag}))
        assert series.rr_ms.tolist() == [800.0, 810.0, 1400.0, 1410.0]
        assert series.starts.tolist() == [True, False, True, False]
    back = rows([800.0, 810.0, 1400.0])
    back["t_ns"][2] = 5
    assert HeartSeries.of_beats(back).starts.tolist() == [True, False, True]
    assert HeartSeries.of_beats(rows([800.0, math.nan, 810.0])).starts.tolist() == [True, True]


def test_what_is_out_of_range_is_counted_and_left_out() -> None:
    torn = [*QUIET]
    torn[100] = 2500.0
    heard, corrected, counts = HeartSeries.of_beats(rows(torn)).judged()
    assert heard.rr_ms.size == len(torn) - 1
    assert heard.starts[100]
    assert heard.rr_ms.max() < 1000.0
    assert sum(counts.values()) >= 1
    assert corrected.rr_ms.max() < 1000.0


def test_an_artefact_tears_the_heard_figure_and_not_the_corrected_one() -> None:
    torn = [*QUIET[:100], QUIET[100] + QUIET[101], *QUIET[102:]]
    heard, corrected, counts = HeartSeries.of_beats(rows(torn)).judged()
    assert counts["missed"] == 1
    clean = rr_measures(QUIET).rmssd
    as_heard, mended = span_measures(heard, ALL), span_measures(corrected, ALL)
    assert as_heard.measures["rmssd"].value > 2.0 * clean  # type: ignore[operator]
    assert mended.measures["rmssd"].value == pytest.approx(clean, rel=0.02)
    assert as_heard.artefact_share > 0.0
    assert mended.artefact_share > 0.0


def test_pieces_are_apart_and_the_spectrum_is_of_the_longest() -> None:
    series = HeartSeries.of_beats(rows(QUIET))
    second = 10**9
    parts = series.within(((0, 60 * second), (100 * second, 260 * second)))
    assert np.count_nonzero(parts.starts) == 2
    assert parts.longest().sum() / 1000.0 == pytest.approx(160.0, abs=2.0)
    found = span_measures(series, ((0, 60 * second), (100 * second, 260 * second)))
    assert found.measures["lf"].value is not None
    assert found.measures["lf_hf"].labels == ("too_short",)
    thin = span_measures(series, ((0, 60 * second), (10**12, 10**12 + 100 * second)))
    assert thin.coverage < 0.4
    assert "low_coverage" in thin.measures["mean_hr"].labels
    none = span_measures(series, ())
    assert all(one.value is None and one.labels for one in none.measures.values())


def test_any_bits_in_a_record_are_measured_or_withheld() -> None:
    for seed in range(10):
        assert_sound(HeartSeries.of_beats(samples("heart", 200, seed)))


@given(st.lists(st.tuples(st.floats(width=32), st.integers(-(2**62), 2**62), st.integers(0, 6)), max_size=60))
def test_nonsense_beats_are_measured_or_withheld(beats: list[tuple[float, int, int]]) -> None:
    made = np.zeros(len(beats), DTYPE)
    for at, (rr, t_ns, flag) in enumerate(beats):
        made[at] = (t_ns, 0, t_ns, rr, math.nan, flag)
    assert_sound(HeartSeries.of_beats(made))


def assert_sound(series: HeartSeries) -> None:
    heard, corrected, counts = series.judged()
    assert sum(counts.values()) <= series.rr_ms.size
    for one in (heard, corrected.in_order()):
        found = span_measures(one, ((-(2**62), 0), (0, 2**62)))
        assert list(found.measures) == list(UNITS)
        for rated in found.measures.values():
            assert 0.0 <= rated.quality <= 1.0
            assert (rated.value is None and rated.labels) or math.isfinite(rated.value or 0.0)
