"""Exports for research and for health records: what goes out, what stays, and that others can read it."""

from __future__ import annotations

import copy
import csv
import gzip
import json
import math
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
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
from mcap.reader import make_reader
from typer.testing import CliRunner

from clinician_console.cli import app
from clinician_console.export.bids_files import cell
from clinician_console.export.choose import (
    choose_patient,
    choose_session,
    choose_study,
    note_export,
    study_codes,
    with_shift,
)
from clinician_console.export.covering import Cover, Covered
from clinician_console.export.edf import CHANNELS
from clinician_console.export.errors import ExportError, ExportReason
from clinician_console.export.folder import whole_folder, write_private
from clinician_console.export.job import ExportDesk
from clinician_console.export.portion import Format, Portion
from clinician_console.export.recorded import Recorded, steady
from clinician_console.export.write import Export, write_export
from tests.helpers.clinic_for_exports import SECRET, Clinic, make_clinic
from tests.helpers.fhir_rules import broken_rules
from tests.helpers.made_record import KEY, NOTE
from vr_runtime.protocol import events as ev
from vr_runtime.record import Reader


def opened(folder: Path) -> Reader:
    return Reader.open(folder, KEY)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return make_clinic(tmp_path_factory.mktemp("clinic"))


@pytest.fixture(scope="module")
def study(clinic: Clinic) -> Portion:
    return choose_study(clinic.store, "heights-2026", opened)


@pytest.fixture(scope="module")
def exports(study: Portion, tmp_path_factory: pytest.TempPathFactory) -> dict[Format, Export]:
    """The study in every format."""
    base = tmp_path_factory.mktemp("exports")
    return {to: write_export(study, to, base / to.value) for to in Format}


def of_first(study: Portion) -> str:
    return next(person.label for person in study.people if len(person.sittings) == 2)


def all_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def all_text(folder: Path) -> str:
    """Everything in an export, unpacked, and the names of its files."""
    parts: list[str] = []
    for path in all_files(folder):
        parts.append(str(path.relative_to(folder)))
        if path.suffix == ".gz":
            parts.append(gzip.decompress(path.read_bytes()).decode())
        elif path.suffix == ".mcap":
            with path.open("rb") as file:
                reader = make_reader(file)
                parts += [message.data.decode() for _, _, message in reader.iter_messages()]
                parts += [str(one.metadata) for one in reader.iter_metadata()]
        else:
            parts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(parts)


# ------------------------------------------------------------------ who goes in, and as whom


def test_a_study_takes_those_who_agreed_alone_and_tells_how_many_were_left_out(
    clinic: Clinic, study: Portion, exports: dict[Format, Export]
) -> None:
    assert sorted(len(person.sittings) for person in study.people) == [1, 2]
    assert study.left_out == {"no_consent": 1, "practice": 1, "no_sessions": 1, "running": 1, "no_record": 1}
    for done in exports.values():
        told = json.loads((done.folder / "PROVENANCE.json").read_text())
        assert told["left_out"] == study.left_out
        assert "1 people who have not agreed to research" in (done.folder / "README.md").read_text()


@pytest.mark.parametrize("to", Format)
def test_nothing_in_a_studys_export_tells_who_when_or_what_was_typed(
    clinic: Clinic, exports: dict[Format, Export], to: Format
) -> None:
    text = all_text(exports[to].folder)
    with opened(clinic.record) as reader:
        first = next(iter(reader.events())).body
    assert isinstance(first, ev.Opened)
    ids = [row.id for row in clinic.store.patients(limit=50)]
    pseudonyms = ["Zoe-1", "Abel-2", "Nadia-3", "Omar-4", "P-0042"]
    dates = ["2026-03", "02.03.26", "02-MAR-2026", "09.03.26", "09:37", "37:41"]
    typed = [SECRET, "Mrs Example", "Rue Longue", NOTE, first.epoch, "AA:BB:CC", "rue-longue"]
    runs = [f"run-{number}" for number in range(1, 8)]
    for word in [*ids, *pseudonyms, *dates, *typed, *runs]:
        at = text.find(word)
        assert at < 0, f"{word}: {text[max(0, at - 80) : at + 80]!r}"
    assert "826123456" not in text, "a sensor's own clock tells the date"
    assert "sub-001" in text


@pytest.mark.parametrize("to", Format)
def test_each_export_says_what_still_identifies_and_which_records_it_was_made_of(
    clinic: Clinic, exports: dict[Format, Export], to: Format
) -> None:
    with opened(clinic.record) as reader:
        digest = reader.last()[1].hex()
    folder = exports[to].folder
    readme, told = (folder / "README.md").read_text(), json.loads((folder / "PROVENANCE.json").read_text())
    assert "not anonymous" in readme
    assert "how a head and hands move" in readme
    assert digest in readme
    assert digest in {record["last_hash"] for record in told["records"]}
    assert {record["end"] for record in told["records"]} == {"closed", "interrupted"}
    assert (told["dates_moved"], told["notes"], told["format"]) == (True, "left out", to.value)


def test_codes_stay_with_people_and_follow_no_order(clinic: Clinic) -> None:
    ids = [f"person-{number:02d}" for number in range(12)]
    first = study_codes(clinic.store, "codes", ids[:10])
    assert sorted(first.values()) == list(range(1, 11))
    again = study_codes(clinic.store, "codes", ids)
    assert {each: again[each] for each in ids[:10]} == first
    assert {again[each] for each in ids[10:]} == {11, 12}
    drawn = {tuple(study_codes(clinic.store, f"codes-{n}", ids).values()) for n in range(5)}
    assert len(drawn) > 1, "drawn by lot, in each study anew"


def test_a_shift_is_drawn_once_into_the_past_and_kept(clinic: Clinic, study: Portion) -> None:
    assert clinic.store.patient(clinic.first.id).date_shift_days == -40
    drawn = clinic.store.patient(clinic.second.id)
    assert -365 <= drawn.date_shift_days <= -30
    assert with_shift(clinic.store, drawn) == drawn


def test_what_went_out_is_in_the_audit_trail(clinic: Clinic, study: Portion) -> None:
    note_export(clinic.store, study, Format.BIDS)
    acts = [(entry.act, entry.kind, entry.what) for entry in clinic.store.audit(limit=3)]
    assert ("exported", "study", "heights-2026") in acts
    assert ("exported", "patient", clinic.first.id) in acts
    assert "exported" in {entry.act for entry in clinic.store.audit(patient=clinic.first.id)}
    assert "exported" not in {entry.act for entry in clinic.store.audit(patient=clinic.refused.id)}


def test_nobody_left_is_an_error_that_tells_why_and_writes_nothing(clinic: Clinic, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="not agreed") as raised:
        choose_study(clinic.store, "empty", opened, patients=[clinic.refused.id])
    assert raised.value.reason is ExportReason.NOTHING
    for name in ("", "Zoe", "../x", "a" * 41):
        with pytest.raises(ExportError, match="study's name"):
            choose_study(clinic.store, name, opened)


# ------------------------------------------------------------------ under cover


def test_times_within_a_session_stay_exact_under_cover(clinic: Clinic) -> None:
    with opened(clinic.record) as reader:
        plain, covered = (
            Recorded.read(reader),
            Recorded.read(Covered(reader, Cover("sub-001", "ses-01", -40))),
        )
        assert [event.t_ns for event in covered.events] == [event.t_ns for event in plain.events]
        assert np.array_equal(covered.samples("head"), plain.samples("head"))
    assert plain.zero == datetime.fromisoformat("2026-03-02T09:30:00+00:00")
    assert covered.zero == datetime.fromisoformat("2026-01-21T09:00:00+00:00")
    assert covered.last_hash == plain.last_hash
    assert covered.opened.pseudonym == "sub-001"


def test_entries_and_events_of_a_covered_record_tell_the_same(clinic: Clinic) -> None:
    """MCAP reads entries, the others events and samples: neither may see more."""
    from vr_runtime.protocol.codec import decode_event
    from vr_runtime.record.chunks import decode_chunks

    folder = Path(clinic.store.session("run-2").record)
    cover = Cover("sub-001", "ses-02", -40)
    with opened(folder) as reader:
        entries = list(Covered(reader, cover).entries())
        events = list(Covered(reader, cover).events())
        times = Covered(reader, cover).samples("heart_time")
    read = [decode_event(e.seq, e.t_ns, e.kind, e.body) for e in entries if not e.kind.startswith("chunk:")]
    assert read == events
    chunks = decode_chunks("heart_time", [e.body for e in entries if e.kind == "chunk:heart_time"])
    assert np.array_equal(chunks, times)
    assert times["sensor_ns"][0] == 0
    assert np.diff(times["sensor_ns"]).tolist() == [1_000_000_000] * 29


def test_a_session_of_its_own_has_the_real_dates_and_notes_only_when_asked_for(
    clinic: Clinic, tmp_path: Path
) -> None:
    plain = choose_session(clinic.store, "run-1", opened)
    assert (plain.scope, plain.sittings, plain.covered) == ("session", 1, False)
    write_export(plain, Format.FHIR, tmp_path / "plain")
    text = all_text(tmp_path / "plain")
    assert "2026-03-02T09:30" in text
    assert "Zoe-1" in text
    assert "Rue Longue" not in text
    noted = choose_session(clinic.store, "run-1", opened, with_notes=True)
    write_export(noted, Format.FHIR, tmp_path / "noted")
    assert "Rue Longue" in all_text(tmp_path / "noted")
    assert "Free text is in here" in (tmp_path / "noted" / "README.md").read_text()


# ------------------------------------------------------------------ whole or not at all


def test_nothing_is_overwritten_and_a_failure_leaves_nothing(clinic: Clinic, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "theirs.txt").write_text("keep")
    portion = choose_session(clinic.store, "run-1", opened)
    with pytest.raises(ExportError, match="there already"):
        write_export(portion, Format.EDF, there)
    assert [path.name for path in there.iterdir()] == ["theirs.txt"]

    def half_way() -> None:
        with whole_folder(tmp_path / "new") as draft:
            write_private(draft / "one", b"1")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_exports_are_for_their_owner_alone(exports: dict[Format, Export]) -> None:
    for done in exports.values():
        for path in [done.folder, *done.folder.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_same_sessions_make_the_same_bytes(
    study: Portion, exports: dict[Format, Export], tmp_path: Path
) -> None:
    for to in (Format.BIDS, Format.FHIR):
        again = write_export(study, to, tmp_path / f"again-{to.value}").folder
        for one, other in zip(all_files(exports[to].folder), all_files(again), strict=True):
            assert one.name == other.name
            assert one.read_bytes() == other.read_bytes(), one.name


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


# ------------------------------------------------------------------ tables, and the commands


def test_tables_of_a_study_neutralise_formulas_and_leave_typed_words_out(
    study: Portion, exports: dict[Format, Export]
) -> None:
    folder = exports[Format.CSV].folder / f"sub-{of_first(study)}"
    with (folder / "questionnaires.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["value"] for row in rows if (row["instrument"], row["kind"]) == ("phq9", "score")] == ["9.0"]
    assert {row["respondent"] for row in rows} == {"patient", "(left out)"}
    assert (folder / "ses-01" / "head.csv").exists()
    for path in folder.rglob("*.csv"):
        with path.open(newline="") as file:
            for row in csv.reader(file):
                for value in row:
                    assert not value.startswith(("=", "+", "@", "\t", "\r")), path.name
                    assert not value.startswith("-") or float(value) <= 0, path.name


def test_the_commands_write_a_record_a_patient_and_a_study(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALIER_PASSPHRASE", "a passphrase for tests")
    monkeypatch.delenv("PALIER_STORE", raising=False)

    def ran(*arguments: object) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    done = ran("export", clinic.record, "--to", "fhir", "--out", tmp_path / "one", "--shift-days", -40)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == str(tmp_path / "one")
    text = all_text(tmp_path / "one")
    assert "2026-01-21T09:00" in text
    assert "P-0042" not in text
    again = ran("export", clinic.record, "--to", "fhir", "--out", tmp_path / "one")
    assert isinstance(again.exception, ExportError)

    from clinician_console.clinic.entries import Patient, Session
    from clinician_console.store.opening import open_store

    store = open_store(tmp_path / "clinic.db", KEY, "Test")
    person = store.save_patient(Patient("", "Zoe-1", consent_research=True))
    store.save_patient(Patient("", "Nadia-3"))
    begun = "2026-03-02T09:30:00+00:00"
    store.save_session(Session("run-1", person.id, "", begun, state="ended", record=str(clinic.record)))
    store.close()
    where = ("--records", tmp_path, "--who", "Test")
    done = ran("export-study", "heights", "--to", "edf", "--out", tmp_path / "study", *where)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == str(tmp_path / "study")
    assert "left out: 1 people who have not agreed to research" in done.stderr
    assert (tmp_path / "study" / "sub-001" / "sub-001_ses-01.edf").exists()
    done = ran("export-patient", "Zoe-1", "--to", "fhir", "--out", tmp_path / "patient", *where)
    assert done.exit_code == 0, done.output
    store = open_store(tmp_path / "clinic.db", KEY, "Test")
    acts = [(entry.act, entry.kind) for entry in store.audit(limit=20)]
    store.close()
    assert acts.count(("exported", "patient")) == 2
    assert acts.count(("exported", "study")) == 1


def test_a_patients_export_takes_all_sessions_and_leaves_the_rest(clinic: Clinic) -> None:
    portion = choose_patient(clinic.store, clinic.first.id, opened, covered=True)
    (person,) = portion.people
    assert [(s.label, s.days) for s in person.sittings] == [("01", 0), ("02", 7)]
    assert portion.left_out == {"running": 1}
    assert person.pseudonym == "sub-001"


# ------------------------------------------------------------------ beside the pages


def test_the_pages_desk_makes_a_folder_or_a_zip_file_to_fetch_once(clinic: Clinic, tmp_path: Path) -> None:
    desk = ExportDesk(clinic.store, tmp_path / "exports")

    def choose() -> Portion:
        return choose_session(clinic.store, "run-2", opened, covered=True)

    for name in ("session-fhir", "session-fhir-2"):
        assert desk.start(choose, Format.FHIR, zipped=False)
        assert desk.wait(60)
        assert (desk.standing().state, desk.standing().problem) == ("done", "")
        assert desk.standing().folder == str(tmp_path / "exports" / name), "nothing is overwritten"
    assert desk.start(choose, Format.FHIR, zipped=True)
    assert desk.wait(60)
    token = desk.standing().token
    assert desk.fetched("another") is None
    path = desk.fetched(token)
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as zipped:
        assert zipped.namelist() == ["PROVENANCE.json", "README.md", "sub-001.fhir.json"]
        assert {entry.date_time[0] for entry in zipped.infolist()} == {1980}
    assert desk.fetched(token) is None
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_an_export_ends_where_a_session_begins_and_leaves_nothing(clinic: Clinic, tmp_path: Path) -> None:
    asked: list[bool] = []

    def halt() -> bool:
        asked.append(True)
        return len(asked) > 1

    desk = ExportDesk(clinic.store, tmp_path / "exports", halt)
    patient = clinic.first.id
    before = len(clinic.store.audit(limit=1000))
    desk.start(lambda: choose_patient(clinic.store, patient, opened), Format.FHIR, zipped=False)
    assert desk.wait(60)
    assert desk.standing().state == "failed"
    assert "a session is running" in desk.standing().problem
    assert list((tmp_path / "exports").iterdir()) == []
    acts = [entry.act for entry in clinic.store.audit(limit=1000)]
    assert "exported" not in acts[: len(acts) - before]
