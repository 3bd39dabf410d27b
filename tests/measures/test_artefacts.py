"""Artefacts: every kind is found where it was put, corrected, and counted; nothing is divided by zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.neurokit import ask, fetched
from tests.measures.injected import KINDS, Score, inject, score
from tests.measures.recordings import CLEAN, series
from vr_runtime.measures import rr_flags, rr_measures
from vr_runtime.measures.artefacts import (
    Artefact,
    correct_offline,
    lipponen_tarvainen_offline,
    malik,
    out_of_range,
)
from vr_runtime.protocol.streams import BeatFlag

QUIET = 800.0 + 30.0 * np.sin(np.arange(200) / 3.0) + np.random.default_rng(1).normal(0.0, 5.0, 200)
"""A made series without an artefact."""


def test_a_quiet_series_has_none() -> None:
    assert not lipponen_tarvainen_offline(QUIET).any()
    assert correct_offline(QUIET).rr_ms.tolist() == QUIET.tolist()


def test_a_missed_beat_is_found_and_put_in_the_middle() -> None:
    rr = np.concatenate((QUIET[:100], [QUIET[100] + QUIET[101]], QUIET[102:]))
    kinds = lipponen_tarvainen_offline(rr)
    assert np.flatnonzero(kinds).tolist() == [100]
    assert kinds[100] == Artefact.MISSED
    mended = correct_offline(rr)
    assert mended.rr_ms.size == QUIET.size
    assert mended.rr_ms[100] == mended.rr_ms[101] == pytest.approx((QUIET[100] + QUIET[101]) / 2.0)
    assert np.flatnonzero(mended.changed).tolist() == [100, 101]
    assert mended.counts()["missed"] == 1


def test_an_extra_beat_is_found_and_taken_out() -> None:
    rr = np.concatenate((QUIET[:100], [0.45 * QUIET[100], 0.55 * QUIET[100]], QUIET[101:]))
    kinds = lipponen_tarvainen_offline(rr)
    assert np.flatnonzero(kinds).tolist() == [100]
    assert kinds[100] == Artefact.EXTRA
    mended = correct_offline(rr)
    assert mended.rr_ms == pytest.approx(QUIET)
    assert mended.source[100] == 101


def test_an_ectopic_beat_is_found_and_both_its_intervals_replaced() -> None:
    rr = QUIET.copy()
    rr[100] -= 250.0
    rr[101] += 250.0
    kinds = lipponen_tarvainen_offline(rr)
    assert set(np.flatnonzero(kinds).tolist()) == {100, 101}
    assert Artefact.ECTOPIC in kinds[[100, 101]]
    mended = correct_offline(rr)
    assert np.abs(mended.rr_ms - QUIET).max() < 40.0
    assert rr_measures(mended.rr_ms).rmssd == pytest.approx(rr_measures(QUIET).rmssd, rel=0.05)


def test_a_long_and_a_short_interval_of_their_own_are_told_apart() -> None:
    long, short = QUIET.copy(), QUIET.copy()
    long[100] += 300.0
    short[100] -= 200.0
    assert lipponen_tarvainen_offline(long)[100] in (Artefact.LONG, Artefact.ECTOPIC)
    assert lipponen_tarvainen_offline(short)[100] in (Artefact.SHORT, Artefact.ECTOPIC)
    pause = QUIET.copy()
    pause[100:102] += 400.0
    assert lipponen_tarvainen_offline(pause)[100:102].tolist() == [Artefact.LONG, Artefact.LONG]


def test_the_reference_series_has_four_long_intervals_and_no_other_artefact() -> None:
    counts = correct_offline(series("pyhrv_short")).counts()
    assert {kind: n for kind, n in counts.items() if n} == {"long": 4}


def test_a_series_without_variation_is_no_division_by_zero() -> None:
    flat = np.full(150, 800.0)
    assert not lipponen_tarvainen_offline(flat).any()
    ticking = flat + np.tile([0.0, 0.977], 75)  # a clock of 1/1024 s
    assert not lipponen_tarvainen_offline(ticking).any()
    flat[70] = 1600.0
    assert np.flatnonzero(lipponen_tarvainen_offline(flat)).tolist() == [70]
    assert (correct_offline(flat).rr_ms == 800.0).all()


def test_too_few_intervals_are_unjudged_and_said_to_be() -> None:
    few = [800.0] * 9 + [1600.0]
    assert set(lipponen_tarvainen_offline(few)) == {Artefact.UNJUDGED}
    mended = correct_offline(few)
    assert mended.rr_ms.tolist() == few
    assert mended.counts()["unjudged"] == 10
    assert mended.artefact_share == 0.0
    assert correct_offline([]).rr_ms.size == 0


def test_segments_are_judged_each_by_itself() -> None:
    rr = np.concatenate((QUIET, QUIET + 400.0))
    rr[QUIET.size] *= 2.0
    starts = np.zeros(rr.size, np.bool_)
    starts[QUIET.size] = True
    assert lipponen_tarvainen_offline(rr)[QUIET.size] == Artefact.MISSED
    # the first of a segment has no interval before it to be compared with
    assert not lipponen_tarvainen_offline(rr, starts).any()
    assert np.flatnonzero(correct_offline(rr, starts).starts).tolist() == [0, QUIET.size]


def test_the_range_gate_is_wider_for_children() -> None:
    rr = [199.0, 250.0, 300.0, 2000.0, 2001.0]
    assert out_of_range(rr).tolist() == [True, True, False, False, True]
    assert out_of_range(rr, child=True).tolist() == [True, False, False, False, True]


@given(st.lists(st.floats(100.0, 4000.0), max_size=60))
def test_maliks_rule_is_that_of_the_live_flags(rr: list[float]) -> None:
    assert malik(rr).tolist() == (rr_flags(rr) == BeatFlag.ECTOPIC).tolist()


@given(
    st.lists(st.one_of(st.floats(10.0, 5000.0), st.sampled_from([800.0, 400.0, 1600.0])), max_size=160),
    st.randoms(use_true_random=False),
)
def test_correction_accounts_for_every_interval(rr: list[float], random: object) -> None:
    starts = [random.random() < 0.02 for _ in rr]  # type: ignore[attr-defined]
    mended = correct_offline(rr, starts)
    assert mended.kinds.size == len(rr)
    counts = mended.counts()
    assert mended.rr_ms.size == len(rr) + counts["missed"] - counts["extra"]
    assert np.isfinite(mended.rr_ms).all()
    assert (mended.rr_ms > 0.0).all()
    untouched = ~mended.changed
    assert (mended.rr_ms[untouched] == np.array(rr)[mended.source[untouched]]).all()
    assert sum(counts.values()) == np.count_nonzero(mended.kinds)


def ours(rr: np.ndarray) -> dict[str, set[int]]:
    kinds = lipponen_tarvainen_offline(rr)
    classes = {
        "ectopic": (Artefact.ECTOPIC,),
        "missed": (Artefact.MISSED,),
        "extra": (Artefact.EXTRA,),
        "longshort": (Artefact.LONG, Artefact.SHORT),
    }
    return {name: set(np.flatnonzero(np.isin(kinds, some)).tolist()) for name, some in classes.items()}


@pytest.mark.parametrize("name", CLEAN)
@pytest.mark.parametrize(("kind", "least"), [("missed", 0.98), ("extra", 0.8), ("ectopic", 0.95)])
def test_faults_that_were_put_into_clean_recordings_are_found(name: str, kind: str, least: float) -> None:
    rr = series(name)[:700]
    scores = []
    for seed in range(6):
        made = inject(rr, kind, 0.02, seed)
        assert made.faults
        scores.append(score(made, kind, ours(made.rr_ms)))
    assert np.mean([one.sensitivity for one in scores]) >= least
    assert np.mean([one.specificity for one in scores]) >= 0.97


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_table_of_faults_found_beside_neurokit2() -> None:
    """Sensitivity, share under the right name and specificity, over ten seeds a row; NeuroKit2's beside it."""
    peer = fetched()
    rows: list[tuple[str, str, float, list[Score], list[Score]]] = []
    jobs = []
    for name in CLEAN:
        rr = series(name)[:1000]
        for kind in KINDS:
            for rate in (0.005, 0.02, 0.05):
                made = [inject(rr, kind, rate, seed) for seed in range(10)]
                mine = [score(one, kind, ours(one.rr_ms)) for one in made]
                rows.append((name, kind, rate, mine, []))
                jobs.append(made)
    if peer is not None:
        told = iter(ask(peer, [{"rr": one.rr_ms.tolist()} for made in jobs for one in made]))
        for (_, kind, _, _, theirs), made in zip(rows, jobs, strict=True):
            for one in made:
                found = {name: set(places) for name, places in next(told)["artefacts"].items()}
                theirs.append(score(one, kind, found))
    print(  # noqa: T201
        "\n| series | fault | a beat | sensitivity | named | specificity | NeuroKit2: sensitivity | named | specificity |"
    )
    print("|---|---|---|---|---|---|---|---|---|")  # noqa: T201
    for name, kind, rate, mine, theirs in rows:
        cells = [f"{100 * np.mean(column):.1f} %" for column in zip(*mine, strict=True)]
        cells += [f"{100 * np.mean(column):.1f} %" for column in zip(*theirs, strict=True)] or [
            "not fetched"
        ] * 3
        print(f"| {name} | {kind} | {100 * rate:.1f} % | {' | '.join(cells)} |")  # noqa: T201
    for _, kind, rate, mine, theirs in rows:
        assert np.mean([one.sensitivity for one in mine]) >= 0.75, (kind, rate)
        if theirs:
            worst = np.mean(
                [[a - b for a, b in zip(*pair, strict=True)] for pair in zip(mine, theirs, strict=True)], 0
            )
            assert min(worst) > -0.02, (kind, rate, worst)
