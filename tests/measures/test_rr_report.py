"""The report on a list of RR intervals, and its command: taken as given, counted, labelled, or refused with a place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.measures.recordings import RECORDINGS, series
from vr_runtime.cli import app
from vr_runtime.measures.rr_report import UNITS, rr_report
from vr_runtime.protocol.errors import PalierError

KEYS = ["mean_nn", "sdnn", "rmssd", "pnn50", "lf", "hf", "lf_hf", "mean_hr"]


def measured(path: Path, *options: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["measure", "--rr", str(path), "--json", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(path: Path) -> str:
    result = CliRunner().invoke(app, ["measure", "--rr", str(path)])
    assert isinstance(result.exception, PalierError), result.output
    assert result.exception.exit_status == 2
    return str(result.exception)


def test_the_reference_series_gives_the_published_figures() -> None:
    told = measured(RECORDINGS["pyhrv_short"])
    assert list(told)[:8] == KEYS == list(UNITS)
    assert told["mean_nn"] == pytest.approx(888.9555, abs=5e-5)
    assert told["sdnn"] == pytest.approx(95.6904, abs=5e-5)
    assert told["rmssd"] == pytest.approx(101.3006, abs=5e-5)
    assert told["pnn50"] == pytest.approx(48.5119, abs=5e-5)
    assert told["lf"] == pytest.approx(1442.5, rel=0.2)
    assert told["hf"] == pytest.approx(4248.6, rel=0.2)
    assert told["lf_hf"] == pytest.approx(0.34, rel=0.2)
    assert told["artefacts"]["malik"] == 26  # type: ignore[index]
    assert set(told["artefacts"]["lipponen_tarvainen"]) == {  # type: ignore[index]
        "ectopic", "long", "short", "missed", "extra", "unjudged",
    }  # fmt: skip
    for beside in ("quality", "labels"):
        assert list(told[beside]) == KEYS  # type: ignore[call-overload]
    assert "ultra_short" in told["labels"]["rmssd"]  # type: ignore[index]
    assert "ultra_short" not in told["labels"]["mean_hr"]  # type: ignore[index]


def test_odd_intervals_are_taken_as_given_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "odd.txt"
    rr = [800.0, 810.0, 250.0, 805.0, 2500.0, 795.0] * 20
    file.write_text("\n".join(map(str, rr)))
    told = measured(file)
    assert told["mean_nn"] == pytest.approx(np.mean(rr))
    assert told["rmssd"] == pytest.approx(np.sqrt(np.mean(np.diff(rr) ** 2)))
    assert told["artefacts"]["range"] == 40  # type: ignore[index]
    assert "many_artefacts" in told["labels"]["rmssd"]  # type: ignore[index]
    assert told["quality"]["rmssd"] == 0.0  # type: ignore[index]
    assert measured(file, "--child")["artefacts"]["range"] == 20  # type: ignore[index]


@pytest.mark.parametrize(
    "bad", ["0", "-800", "nan", "inf", "eight hundred", "800,5", "0.8", "70000", "1e400"]
)
def test_what_is_no_interval_is_refused_with_file_and_line(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "bad.txt"
    file.write_text(f"800\n# a remark\n{bad}\n810\n")
    message = refused(file)
    assert f"{file}, line 3" in message
    assert any(what in message for what in ("correct or remove", "multiply by 1000", "write one RR interval"))


def test_an_empty_file_and_none_at_all_say_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "empty.txt"
    file.write_text("\n# nothing yet\n")
    assert "write one interval in ms a line" in refused(file)
    assert "give the path" in refused(tmp_path / "nowhere.txt")
    assert "cannot be read" in refused(tmp_path)


def test_a_record_or_a_list_is_asked_for_not_both_nor_neither(tmp_path: Path) -> None:
    for wrong in ([], ["x", "--rr", "y"], ["--rr", str(RECORDINGS["peakdet"]), "--keep"]):
        assert CliRunner().invoke(app, ["measure", *wrong]).exit_code == 2


def test_people_get_units_and_words() -> None:
    result = CliRunner().invoke(app, ["measure", "--rr", str(RECORDINGS["peakdet"])])
    assert result.exit_code == 0
    for word in ("RMSSD", "ms^2", "1/min", "ultra-short", "withheld: too short", "out of range", "no"):
        assert word in result.stdout


def test_quality_falls_with_artefacts_and_with_brevity() -> None:
    clean = 800.0 + 30.0 * np.sin(np.arange(400) / 3.0)
    torn = clean.copy()
    torn[::30] *= 2.0
    good, bad, brief = rr_report(clean), rr_report(torn), rr_report(clean[:20])
    for name in UNITS:
        assert good.measures[name].quality == 1.0
        assert bad.measures[name].quality < 1.0
        assert brief.measures[name].quality <= 1.0
    assert bad.measures["rmssd"].labels == ()  # 3 % of artefacts
    assert "below_minimum" in brief.measures["rmssd"].labels
    assert brief.measures["rmssd"].quality < 0.6
    assert brief.measures["lf"].labels == ("too_short",)


@pytest.mark.parametrize("rr", [[], [800.0]])
def test_next_to_nothing_is_withheld_with_a_word(rr: list[float]) -> None:
    for name, one in rr_report(rr).measures.items():
        if one.value is None:
            assert one.quality == 0.0
            assert one.labels
        else:
            assert rr
            assert name in ("mean_nn", "mean_hr")
            assert "below_minimum" in one.labels


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60))
def test_any_list_of_numbers_is_refused_or_measured(rr: list[float]) -> None:
    check(rr)


@given(st.lists(st.floats(0.001, 60_000.0), max_size=150))
def test_any_intervals_are_measured_or_withheld(rr: list[float]) -> None:
    check(rr)


def check(rr: list[float]) -> None:
    if not all(0.0 < value <= 60_000.0 for value in rr):
        with pytest.raises(ValueError, match="rr_ms"):
            rr_report(rr)
        return
    report = rr_report(rr)
    for one in report.measures.values():
        assert 0.0 <= one.quality <= 1.0
        if one.value is None:
            assert one.quality == 0.0
            assert one.labels
        else:
            assert np.isfinite(one.value)
    assert 0.0 <= report.artefact_share <= 1.0
    assert report.intervals == len(rr)


def test_every_recording_is_reported_on() -> None:
    for name in RECORDINGS:
        report = rr_report(series(name))
        assert report.measures["mean_hr"].value is not None
