"""Exports for research and for health records: what goes out, what stays, and that others can read it."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from clinician_console.cli import app
from clinician_console.export.choose import (
    choose_patient,
    choose_session,
    choose_study,
    note_export,
    study_codes,
    with_shift,
)
from clinician_console.export.covering import Cover, Covered
from clinician_console.export.errors import ExportError, ExportReason
from clinician_console.export.folder import whole_folder, write_private
from clinician_console.export.job import ExportDesk
from clinician_console.export.portion import Format, Portion
from clinician_console.export.recorded import Recorded
from clinician_console.export.write import Export, write_export
from tests.helpers.clinic_for_exports import (
    SECRET,
    Clinic,
    all_files,
    all_text,
    of_first,
    opened,
)
from tests.helpers.made_record import KEY, NOTE
from vr_runtime.protocol import events as ev

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
