"""The formats of the exports, each read by another program or by rules of our own: BIDS, EDF+, FHIR."""

from __future__ import annotations

import copy
import gzip
import json
import math
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyedflib
import pytest
from fhir.resources.bundle import Bundle
from fhir.resources.R4B.bundle import Bundle as BundleR4B
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.export.bids_files import cell
from clinician_console.export.edf import CHANNELS
from clinician_console.export.portion import Format, Portion
from clinician_console.export.recorded import Recorded, steady
from clinician_console.export.write import Export
from tests.helpers.clinic_for_exports import (
    Clinic,
    of_first,
    opened,
)
from tests.helpers.fhir_rules import broken_rules
from vr_runtime.protocol import events as ev

# ------------------------------------------------------------------ BIDS


def validated(folder: Path) -> list[str]:
    """Codes of what the BIDS validator calls errors. It needs no network."""
    tool = Path(sys.executable).with_name("bids-validator-deno")
    ran = subprocess.run([tool, folder, "--json"], capture_output=True, text=True, timeout=120, check=False)
    found = json.loads(ran.stdout)["issues"]["issues"]
    assert found, "it warns of much that is recommended; nothing at all means that it saw nothing"
    return [f"{issue['code']} {issue.get('location')}" for issue in found if issue["severity"] == "error"]


def test_the_bids_validator_finds_no_error_and_would_find_one(exports: dict[Format, Export]) -> None:
    folder = exports[Format.BIDS].folder
    assert validated(folder) == []
    sidecar = next(folder.rglob("*_motion.json"))
    whole = sidecar.read_bytes()
    try:
        fields = json.loads(whole)
        del fields["SamplingFrequency"]
        sidecar.write_text(json.dumps(fields))
        assert validated(folder) != []
    finally:
        sidecar.write_bytes(whole)


def lines(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    text = gzip.decompress(raw).decode() if path.suffix == ".gz" else raw.decode()
    return [line.split("\t") for line in text.splitlines()]


def tsv(path: Path) -> list[dict[str, str]]:
    head, *rows = lines(path)
    assert all(len(row) == len(head) for row in rows), path.name
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_motion_has_no_head_line_and_as_many_columns_as_channels(exports: dict[Format, Export]) -> None:
    """The validator does not look at either."""
    files = list(exports[Format.BIDS].folder.rglob("*_motion.tsv"))
    assert len(files) == 3
    for path in files:
        rows = lines(path)
        channels = tsv(Path(str(path).replace("_motion.tsv", "_channels.tsv")))
        told = json.loads(path.with_suffix(".json").read_text())
        assert all(len(row) == len(channels) == told["MotionChannelCount"] for row in rows)
        assert all(value == "n/a" or math.isfinite(float(value)) for row in rows for value in row)
        kinds = [channel["type"] for channel in channels]
        for kind in ("POS", "ORNT", "LATENCY", "MISC"):
            assert told[f"{kind}ChannelCount"] == kinds.count(kind)
        assert {channel["tracked_point"] for channel in channels} - {"n/a"} == {
            "head",
            "left_hand",
            "right_hand",
        }
        assert told["TrackedPointsCount"] == 3
        latency = [float(row[0]) for row in rows]
        assert latency == sorted(latency)


def test_motion_gives_the_records_poses_back_exactly(
    clinic: Clinic, study: Portion, exports: dict[Format, Export]
) -> None:
    label = of_first(study)
    folder = exports[Format.BIDS].folder / f"sub-{label}" / "ses-01" / "motion"
    path = next(folder.glob("*_motion.tsv"))
    names = [row["name"] for row in tsv(next(folder.glob("*_channels.tsv")))]
    table = np.array(lines(path))
    with opened(clinic.record) as reader:
        head, hands = reader.samples("head"), reader.samples("hands")
    assert np.allclose(table[:, 0].astype(float), head["t_ns"] / 1e9, atol=5.1e-7)
    column = table[:, names.index("head_y")]
    assert np.array_equal(column[head["valid"] != 0].astype("<f4"), head["y"][head["valid"] != 0])
    left = hands[hands["hand"] == 0]
    told = table[:, names.index("left_hand_x")]
    assert (told == "n/a").tolist() == (left["valid"] == 0).tolist(), "no made-up position"


def test_every_column_is_described_and_gzipped_files_have_no_time(exports: dict[Format, Export]) -> None:
    folder = exports[Format.BIDS].folder
    checked = 0
    for path in folder.rglob("*.tsv"):
        if path.name.endswith(("_motion.tsv", "_channels.tsv")):
            continue
        described = json.loads(path.with_suffix(".json").read_text())
        assert set(lines(path)[0]) <= set(described), path.name
        checked += 1
    assert checked >= 10
    zipped = list(folder.rglob("*.tsv.gz"))
    kinds = {path.name.split("_")[-2] for path in zipped}
    assert kinds == {"recording-cardiac", "recording-ecg", "recording-eda", "recording-eye1"}
    for path in zipped:
        raw = path.read_bytes()
        assert raw[4:8] == bytes(4), "time"
        assert not raw[3] & 8, "name"
        told = json.loads(Path(str(path).replace(".tsv.gz", ".json")).read_text())
        assert all(len(row) == len(told["Columns"]) for row in lines(path)), path.name
        assert all(column in told for column in told["Columns"])


def test_events_hold_phases_steps_stops_and_every_beat(
    clinic: Clinic, study: Portion, exports: dict[Format, Export]
) -> None:
    folder = exports[Format.BIDS].folder / f"sub-{of_first(study)}" / "ses-01" / "beh"
    rows = tsv(next(folder.glob("*_events.tsv")))
    assert [float(row["onset"]) for row in rows] == sorted(float(row["onset"]) for row in rows)
    with opened(clinic.record) as reader:
        events, heart = list(reader.events()), reader.samples("heart")
    beats = [row for row in rows if row["trial_type"] == "beat"]
    assert [round(float(row["onset"]) * 1e6) for row in beats] == [
        round(t / 1e3) for t in heart["t_ns"].tolist()
    ]
    assert np.array_equal(np.array([row["value"] for row in beats], "<f4"), heart["rr_ms"])
    steps = [e.body.step for e in events if isinstance(e.body, ev.StepEntered)]
    assert [int(row["step"]) for row in rows if row["trial_type"] == "step"] == steps
    assert sum(row["trial_type"] == "stop" for row in rows) == 1
    assert sum(row["trial_type"] == "marker" for row in rows) == sum(
        isinstance(e.body, ev.Marker) for e in events
    )
    phases = [row for row in rows if row["trial_type"] == "phase"]
    assert phases[0]["detail"] == "setup"
    for one, after in zip(phases, phases[1:], strict=False):
        assert float(one["onset"]) + float(one["duration"]) == pytest.approx(float(after["onset"]), abs=2e-6)


def test_gaze_to_the_right_is_positive(study: Portion, exports: dict[Format, Export]) -> None:
    folder = exports[Format.BIDS].folder / f"sub-{of_first(study)}" / "ses-02" / "beh"
    rows = lines(next(folder.glob("*eye1_physio.tsv.gz")))
    assert float(rows[0][1]) == pytest.approx(10.0, abs=1e-3)
    assert float(rows[0][2]) == pytest.approx(0.0, abs=1e-3)
    assert rows[1050][1:] == ["n/a", "n/a"]


def test_questionnaires_are_a_table_each_with_missing_answers_missing(
    study: Portion, exports: dict[Format, Export]
) -> None:
    folder = exports[Format.BIDS].folder / "phenotype"
    (row,) = tsv(folder / "phq9.tsv")
    assert (row["participant_id"], row["session_id"]) == (f"sub-{of_first(study)}", "ses-01")
    assert (row["item_9"], row["score_total"]) == ("1", "9")
    (row,) = tsv(folder / "gad7.tsv")
    assert (row["item_1"], row["item_2"], row["respondent"], row["days"]) == (
        "n/a",
        "(left out)",
        "(left out)",
        "8",
    )


@given(st.text(max_size=30))
def test_no_cell_of_a_table_breaks_its_line_or_begins_as_a_formula(text: str) -> None:
    written = cell(text)
    assert written
    assert len(f"a\t{written}\tb".splitlines()) == 1
    assert "\t" not in written
    assert not written.startswith(("=", "+", "-", "@"))


@given(st.floats())
def test_numbers_without_a_value_are_na(value: float) -> None:
    assert (
        cell(value) == "n/a"
        if not math.isfinite(value)
        else float(cell(value)) == pytest.approx(value, rel=1e-8)
    )


def test_nothing_is_drawn_across_a_gap() -> None:
    times, values = np.array([0.0, 1.0, 2.0, 8.0, 9.0, 8.5]), np.array([0.0, 1.0, 2.0, 8.0, 9.0, 100.0])
    drawn = steady(times, values, 2, 11.0, 3.0)
    at = np.arange(22) / 2
    told = ((at <= 2.0) | (at >= 8.0)) & (at <= 9.0)
    assert np.array_equal(np.isfinite(drawn), told)
    assert np.allclose(drawn[told], at[told]), "time that goes back is passed over"
    assert np.isnan(steady(times, values, 2, 11.0, 9.0, np.array([0, 0, 0, 1, 1, 1]))[5:16]).all()


# ------------------------------------------------------------------ EDF+


@pytest.fixture(scope="module")
def edf(study: Portion, exports: dict[Format, Export]) -> dict[str, Path]:
    folder = exports[Format.EDF].folder / f"sub-{of_first(study)}"
    return {path.stem[-2:]: path for path in folder.glob("*.edf")}


def signals(
    path: Path,
) -> tuple[dict[str, np.ndarray[Any, Any]], list[tuple[float, float, str]], dict[str, Any]]:
    with pyedflib.EdfReader(str(path)) as reader:
        found = {name: reader.readSignal(number) for number, name in enumerate(reader.getSignalLabels())}
        onsets, durations, texts = reader.readAnnotations()
        head = reader.getHeader()
    return found, list(zip(onsets.tolist(), durations.tolist(), texts.tolist(), strict=True)), head


def test_edf_holds_the_code_and_the_moved_date_and_nothing_else_of_the_person(
    study: Portion, edf: dict[str, Path]
) -> None:
    _, _, head = signals(edf["01"])
    assert head["patientcode"] == f"sub-{of_first(study)}"
    assert head["patientname"] in ("", "X")
    assert (head["sex"], head["birthdate"], head["technician"], head["admincode"]) == ("", "", "", "")
    assert head["startdate"] == datetime.fromisoformat("2026-01-21T09:00:00")


def test_edf_signals_are_the_records_within_half_a_step(clinic: Clinic, edf: dict[str, Path]) -> None:
    found, _, _ = signals(edf["01"])
    with opened(clinic.record) as reader:
        record = Recorded.read(reader)
        intervals, rates = record.heart()
        speed = record.head_speed(4)
    compared = 0
    for channel, expected in (("heart", rates), ("rr", intervals), ("head_speed", speed)):
        facts = CHANNELS[channel]
        got = found[facts.label][: expected.size]
        known = np.isfinite(expected)
        assert np.abs(got[known] - expected[known]).max() <= 0.51 * facts.resolution
        assert np.allclose(got[~known], facts.least, atol=1e-9), "no value is the minimum"
        compared += int(known.sum())
    assert compared > 500
    assert {-1.0, 30.0, 35.0, 40.0, 45.0, 70.0} <= set(np.round(found["SUDS"], 2).tolist())


def test_a_step_of_each_edf_channel_is_smaller_than_what_matters() -> None:
    matters = {
        "heart": 0.1, "rr": 1.0, "distress": 0.1, "intensity": 0.1, "head_speed": 0.005, "distance": 0.02,
        "ecg": 2.0, "eda": 0.01,
    }  # fmt: skip
    assert {name: channel.resolution <= matters[name] for name, channel in CHANNELS.items()} == dict.fromkeys(
        matters, True
    )
    assert all(len(channel.label) <= 16 for channel in CHANNELS.values())


def test_edf_annotations_are_phases_steps_triggers_ratings_and_the_stop(
    clinic: Clinic, edf: dict[str, Path]
) -> None:
    _, told, _ = signals(edf["01"])
    with opened(clinic.record) as reader:
        events = list(reader.events())
    stop = next(e.body for e in events if isinstance(e.body, ev.StopPressed))
    assert [onset for onset, _, text in told if text.startswith("stop")] == [
        pytest.approx(stop.received_ns / 1e9, abs=1e-4)
    ]
    ratings = [e.t_ns / 1e9 for e in events if isinstance(e.body, ev.RatingGiven)]
    assert [onset for onset, _, text in told if text.startswith("rating: ")] == pytest.approx(
        ratings, abs=1e-4
    )
    assert {text.split(":")[0] for _, _, text in told} >= {
        "phase",
        "step",
        "trigger",
        "stop",
        "rating",
        "safety",
    }
    assert any(text.startswith("phase: exposure") and duration > 1 for _, duration, text in told)


def test_an_ecg_keeps_its_own_rate(edf: dict[str, Path]) -> None:
    with pyedflib.EdfReader(str(edf["02"])) as reader:
        rates = dict(zip(reader.getSignalLabels(), reader.getSampleFrequencies().tolist(), strict=True))
    assert (rates["ECG"], rates["EDA"], rates["Heart rate"]) == (130, 4, 4)


# ------------------------------------------------------------------ FHIR


@pytest.fixture(scope="module", params=[Format.FHIR, Format.FHIR_R4B])
def bundle(
    request: pytest.FixtureRequest, study: Portion, exports: dict[Format, Export]
) -> tuple[bool, dict[str, Any]]:
    path = exports[request.param].folder / f"sub-{of_first(study)}.fhir.json"
    return request.param is Format.FHIR_R4B, json.loads(path.read_text())


def test_bundles_are_what_fhir_resources_takes(bundle: tuple[bool, dict[str, Any]]) -> None:
    r4b, content = bundle
    (BundleR4B if r4b else Bundle).model_validate(content)


def test_bundles_keep_the_rules_that_fhir_resources_does_not_know(
    bundle: tuple[bool, dict[str, Any]],
) -> None:
    r4b, content = bundle
    assert broken_rules(content, r4b=r4b) == []


def resources(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in content["entry"] if e["resource"]["resourceType"] == kind]


def test_a_broken_bundle_is_noticed(bundle: tuple[bool, dict[str, Any]]) -> None:
    r4b, whole = bundle

    def broken(change: Any) -> bool:
        content = copy.deepcopy(whole)
        change(content)
        return bool(broken_rules(content, r4b=r4b))

    observation = "Observation"
    assert broken(lambda c: resources(c, observation)[1].update(status="wrong"))
    assert broken(lambda c: resources(c, observation)[1]["subject"].update(reference="urn:uuid:nowhere"))
    assert broken(
        lambda c: next(o for o in resources(c, observation) if "valueQuantity" in o)["valueQuantity"].pop(
            "code"
        )
    )
    assert broken(lambda c: resources(c, observation)[1].pop("category"))
    assert broken(lambda c: resources(c, "CodeSystem")[0]["concept"].clear())
    assert broken(
        lambda c: resources(c, observation)[1]["code"]["coding"][0].update(
            system="http://loinc.org", code="1-1"
        )
    )


def test_bundles_hold_the_session_its_figures_and_what_was_asked(
    clinic: Clinic, bundle: tuple[bool, dict[str, Any]]
) -> None:
    r4b, content = bundle
    sessions = resources(content, "Procedure")
    assert [one["status"] for one in sessions] == ["stopped", "unknown"] or sessions[0][
        "status"
    ] == "completed"
    assert sessions[0]["performedPeriod" if r4b else "occurrencePeriod"]["start"].startswith(
        "2026-01-21T09:00"
    )
    observations = resources(content, "Observation")
    with opened(clinic.record) as reader:
        record = Recorded.read(reader)
        values = record.distress()[1].tolist()
    told = [
        o["valueQuantity"]["value"]
        for o in observations
        if o["code"]["coding"][0]["code"] == "distress"
        and o["partOf"][0]["reference"].endswith(sessions[0]["id"])
    ]
    assert told == values
    scores = {o["code"]["coding"][0]["code"]: o for o in observations if "derivedFrom" in o}
    assert scores["44261-6"]["valueQuantity"]["value"] == 9
    assert scores["70274-6"]["dataAbsentReason"]["coding"][0]["code"] == "unknown", "no score is not zero"
    rates = [o for o in observations if o["code"]["coding"][0]["code"] == "8867-4"]
    assert rates
    assert all(40 < o["valueQuantity"]["value"] < 150 for o in rates)
    (adverse,) = resources(content, "AdverseEvent")
    assert adverse["seriousness"]["coding"][0]["code"] == "non-serious"
    assert len(resources(content, "QuestionnaireResponse")) == 2
    assert all(o["meta"]["tag"][0]["code"] == "HTEST" for o in sessions), "a simulated patient is no person"
