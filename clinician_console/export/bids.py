"""Sessions as a BIDS dataset (Brain Imaging Data Structure 1.10 with Motion-BIDS), for the tools of research.

Times of all files of a session count from the opening of its record. An age is a band. No file holds a head line that
the standard does not want; gzipped files have no time in them, so that the same sessions make the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from clinician_console.export.bids_events import (
    EVENT_COLUMNS,
    RATING_COLUMNS,
    event_rows,
    rating_rows,
)
from clinician_console.export.bids_files import label, write_json, write_tsv
from clinician_console.export.bids_streams import (
    TRACKSYS,
    write_gaze,
    write_heart,
    write_motion,
    write_sensors,
)
from clinician_console.export.folder import write_private
from clinician_console.export.notice import PROVENANCE, Origin
from clinician_console.export.portion import Person, Portion, figures_of
from clinician_console.export.recorded import Recorded
from vr_runtime import __version__

BIDS_VERSION = "1.10.0"


def write_bids(folder: Path, portion: Portion, told: Callable[[Origin], None]) -> None:
    """Write the dataset but for README.md and PROVENANCE.json. ``told`` is given each record that was read."""
    write_json(
        folder / "dataset_description.json",
        {
            "Name": portion.name or "Exposure therapy in virtual reality",
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "raw",
            "GeneratedBy": [{"Name": "Palier", "Version": __version__}],
        },
    )
    write_private(folder / ".bidsignore", f"{PROVENANCE}\n".encode())
    simulated: dict[str, bool] = {}
    for person in portion.people:
        for sitting in person.sittings:
            with sitting.open() as record:
                recorded = Recorded.read(record)
                _session(folder, person.label, sitting.label, recorded, with_notes=portion.with_notes)
            origin = Origin.of(person.label, sitting.label, recorded)
            told(origin)
            simulated[person.label] = simulated.get(person.label, False) or origin.simulated
        _sessions(folder, person, covered=portion.covered)
    _participants(folder, portion, simulated)
    _phenotype(folder, portion)


def _session(folder: Path, person: str, session: str, record: Recorded, *, with_notes: bool) -> None:
    scene = record.opened.plan.steps[0].scene
    task = label(scene, "exposure")
    where = folder / f"sub-{person}" / f"ses-{session}"
    name = f"sub-{person}_ses-{session}_task-{task}"
    base, motion = where / "beh" / name, where / "motion" / name
    described = {"TaskName": task, "TaskDescription": "Graded exposure in virtual reality"}
    events = event_rows(record, with_notes=with_notes)
    # A copy beside the motion, where tools for motion look for it: BIDS inherits nothing from a neighbouring folder.
    for place in [base, *([motion] if len(record.samples("head")) else [])]:
        write_tsv(Path(f"{place}_events.tsv"), [*EVENT_COLUMNS], events)
        write_json(Path(f"{place}_events.json"), {**described, **EVENT_COLUMNS})
    write_tsv(Path(f"{base}_beh.tsv"), [*RATING_COLUMNS], rating_rows(record))
    write_json(Path(f"{base}_beh.json"), {**described, **RATING_COLUMNS})
    write_heart(base, record)
    write_sensors(base, record)
    write_gaze(base, record)
    write_motion(Path(f"{motion}_tracksys-{TRACKSYS}"), task, record)


_SESSION_COLUMNS: dict[str, Any] = {
    "session_id": {"Description": "Label of the session; they are in the order of time"},
    "acq_time": {"Description": "Time of the record's opening, UTC"},
    "days": {"Description": "Days since the first session in this dataset", "Units": "d"},
    "end_distress": {"Description": "Distress as asked after the session, 0 to 100"},
    "sickness": {"Description": "Sickness as asked after the session, FMS 0 to 20"},
    "adverse_events": {"Description": "Adverse events written down after the session; n/a: it was not asked"},
}


def _sessions(folder: Path, person: Person, *, covered: bool) -> None:
    """Where dates are covered no date is told at all, only the days between sessions."""
    columns = [name for name in _SESSION_COLUMNS if name != "acq_time" or not covered]
    rows: list[list[Any]] = []
    for sitting in person.sittings:
        debrief = sitting.debrief
        asked = debrief.none_adverse or bool(debrief.adverse)
        row: dict[str, Any] = {
            "session_id": f"ses-{sitting.label}",
            "acq_time": _acquired(sitting.opened_at) if not covered else None,
            "days": sitting.days,
            "end_distress": debrief.end_distress,
            "sickness": debrief.sickness,
            "adverse_events": len(debrief.adverse) if asked else None,
        }
        rows.append([row[name] for name in columns])
    base = folder / f"sub-{person.label}" / f"sub-{person.label}_sessions"
    write_tsv(base.with_suffix(".tsv"), columns, rows)
    write_json(base.with_suffix(".json"), {name: _SESSION_COLUMNS[name] for name in columns})


def _participants(folder: Path, portion: Portion, simulated: dict[str, bool]) -> None:
    columns: dict[str, Any] = {
        "participant_id": {"Description": "Label of the person in this dataset"},
        "age_band": {"Description": "Band of years of age; n/a: not known"},
        "kind": {
            "Description": "Who it was",
            "Levels": {"person": "A person", "simulated": "The virtual patient"},
        },
        "pseudonym": {"Description": "The clinic's pseudonym"},
    }
    if portion.covered:
        del columns["pseudonym"]
    rows: list[list[Any]] = []
    for person in portion.people:
        row: dict[str, Any] = {
            "participant_id": f"sub-{person.label}",
            "age_band": None if person.age.value == "unknown" else person.age.value,
            "kind": "simulated" if simulated.get(person.label, person.practice) else "person",
            "pseudonym": person.pseudonym,
        }
        rows.append([row[name] for name in columns])
    write_tsv(folder / "participants.tsv", [*columns], rows)
    write_json(folder / "participants.json", columns)


def _phenotype(folder: Path, portion: Portion) -> None:
    """One table for each instrument, a row for each time that it was filled."""
    instruments = sorted({answers.instrument for person in portion.people for answers in person.answers})
    for instrument in instruments:
        filled = [
            (person, answers, days)
            for person in portion.people
            for answers, days in zip(person.answers, person.answer_days, strict=True)
            if answers.instrument == instrument
        ]
        items = list(dict.fromkeys(name for _, answers, _ in filled for name in answers.items))
        scores = list(dict.fromkeys(name for _, answers, _ in filled for name in figures_of(answers.scores)))
        described: dict[str, Any] = {
            "participant_id": {"Description": "Label of the person in this dataset"},
            "session_id": {"Description": "The session that it belongs to; n/a: none"},
            "days": {"Description": "Days since the first session in this dataset", "Units": "d"},
            "version": {"Description": "Version of the instrument"},
            "language": {"Description": "Language that it was filled in"},
            "respondent": {"Description": "Who filled it"},
            **{
                f"item_{name}": {"Description": f"Raw answer to item {name}; n/a: left out"} for name in items
            },
            **{
                f"score_{name}": {"Description": f"Score {name} by the instrument's own rules"}
                for name in scores
            },
        }
        rows = [
            [
                f"sub-{person.label}",
                f"ses-{answers.session}" if answers.session else None,
                days,
                answers.instrument_version,
                answers.language,
                answers.respondent,
                *(answers.items.get(name) for name in items),
                *(figures_of(answers.scores).get(name) for name in scores),
            ]
            for person, answers, days in filled
        ]
        name = label(instrument, "questionnaire")
        write_tsv(folder / "phenotype" / f"{name}.tsv", [*described], rows)
        about = {"Description": instrument, "TermURL": "n/a"}
        write_json(folder / "phenotype" / f"{name}.json", {"MeasurementToolMetadata": about, **described})


def _acquired(when: str) -> str | None:
    return when.partition("+")[0] or None
