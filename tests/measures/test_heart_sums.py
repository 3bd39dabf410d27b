"""A window's figures are those of its beats counted anew, to the last bit, however long it has run."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.measures import rr_measures
from vr_runtime.measures.heart_sums import MOST_BEATS, PER_MS, Interval, Intervals, Sums, Window
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag

RR = st.one_of(st.floats(250.0, 2100.0, width=32), st.sampled_from([300.0, 2000.0, 800.0, 850.0]))
FLAGS = st.sampled_from([BeatFlag.OK] * 8 + [BeatFlag.ECTOPIC, BeatFlag.GAP, BeatFlag.CONTACT_LOST])


def taken(told: list[tuple[float, int]]) -> list[Interval]:
    intervals, t_ns, found = Intervals(), 0, []
    for rr, flag in told:
        t_ns += round(rr * 1e6)
        interval = intervals.take(Beat(t_ns, t_ns, rr, None, flag))
        if interval is not None:
            found.append(interval)
    return found


def figures(sums: Sums) -> tuple[float, ...]:
    return (
        sums.n, sums.flagged, sums.differences, sums.gated_differences, sums.covered_s, sums.flagged_share,
        sums.rate, sums.sdnn, sums.rmssd, sums.gated_rmssd, sums.pnn50,
    )  # fmt: skip


def same(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(one, other, strict=True))


@given(st.lists(st.tuples(RR, FLAGS), max_size=120), st.sampled_from([5.0, 10.0, 60.0]))
def test_a_running_window_equals_its_beats_counted_anew(
    told: list[tuple[float, int]], seconds: float
) -> None:
    window, found = Window(seconds), taken(told)
    for at, interval in enumerate(found):
        window.push(interval)
        anew = Sums()
        inside = [one for one in found[: at + 1] if one.t_ns > interval.t_ns - round(seconds * 1e9)]
        for one in inside:
            anew.add(one)
        assert window.intervals == tuple(inside)
        assert same(figures(window), figures(anew))


def test_after_a_day_not_a_bit_has_been_lost() -> None:
    rng = np.random.default_rng(3)
    told = [(float(np.float32(rr)), BeatFlag.OK) for rr in rng.uniform(500.0, 1400.0, 90_000)]
    window, found = Window(240.0), taken(told)
    for interval in found:
        window.push(interval)
    anew = Sums()
    for interval in window.intervals:
        anew.add(interval)
    assert len(window.intervals) > 150
    assert figures(window) == figures(anew)
    window.clear()
    assert figures(window)[:6] == (0, 0, 0, 0, 0.0, 0.0)


@given(st.lists(st.floats(700.0, 1000.0, width=32), min_size=3, max_size=80))
def test_the_figures_are_those_of_the_definitions(rr: list[float]) -> None:
    sums = Sums()
    for interval in taken([(value, BeatFlag.OK) for value in rr]):
        sums.add(interval)
    whole = rr_measures(rr)
    assert sums.rate == pytest.approx(whole.mean_hr, rel=1e-12)
    assert sums.sdnn == pytest.approx(whole.sdnn, rel=1e-9, abs=1e-9)
    assert sums.rmssd == pytest.approx(whole.rmssd, rel=1e-9, abs=1e-9)
    assert sums.pnn50 == pytest.approx(whole.pnn50)


@given(st.lists(RR, max_size=60))
def test_an_interval_of_the_record_is_a_whole_number_of_units(rr: list[float]) -> None:
    for interval in taken([(value, BeatFlag.OK) for value in rr]):
        assert interval.rr / PER_MS in rr
    assert all(
        after.difference in (None, after.rr - before.rr)
        for before, after in pairwise(taken([(value, BeatFlag.OK) for value in rr]))
    )


def test_a_window_holds_a_bounded_number_of_beats_even_where_time_stands_still() -> None:
    window = Window(60.0)
    for at in range(3 * MOST_BEATS):
        window.push(Interval(at, 800 * PER_MS, False, 0, True))
    assert window.n == len(window.intervals) == MOST_BEATS
    assert window.rate == 75.0
