"""One export, written whole or not at all: a folder with the data, README.md and PROVENANCE.json."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinician_console.clinic.debrief import to_json
from clinician_console.export.errors import ExportError, ExportReason
from clinician_console.export.folder import whole_folder, write_private
from clinician_console.export.mcap import export_mcap
from clinician_console.export.notice import PROVENANCE, README, Origin, provenance, readme
from clinician_console.export.portion import Format, Person, Portion, figures_of
from clinician_console.export.recorded import Recorded
from clinician_console.export.tables import export_csv, harmless

Progress = Callable[[int, int], None]
"""Sessions done, sessions in all."""


@dataclass
class Export:
    """What was written. ``clamped``: values outside a channel's range (EDF), by label."""

    folder: Path
    origins: list[Origin] = field(default_factory=list)
    clamped: dict[str, int] = field(default_factory=dict)
    unknown_streams: list[str] = field(default_factory=list)

    @property
    def interrupted(self) -> int:
        return sum(origin.end == "interrupted" for origin in self.origins)


def write_export(
    portion: Portion, to: Format, folder: Path, progress: Progress = lambda done, total: None
) -> Export:
    """Write ``folder``, which must not be there yet (or be empty).

    Raises:
        ExportError: EXISTS, NOT_WRITTEN, NOTHING. RecordError: where a record cannot be read; nothing is left then.
    """
    if not portion.sittings:
        raise ExportError(
            ExportReason.NOTHING, "there is no session with a record to export: nothing was written"
        )
    done = Export(folder)

    def told(origin: Origin) -> None:
        done.origins.append(origin)
        progress(len(done.origins), portion.sittings)

    with whole_folder(folder) as draft:
        if to is Format.BIDS:
            from clinician_console.export.bids import write_bids

            write_bids(draft, portion, told)
        elif to in (Format.FHIR, Format.FHIR_R4B):
            from clinician_console.export.fhir import write_fhir

            write_fhir(draft, portion, told, r4b=to is Format.FHIR_R4B)
        else:
            for person in portion.people:
                _person(draft, portion, person, to, done, told)
        write_private(draft / README, readme(portion, to, done.origins).encode())
        write_private(draft / PROVENANCE, provenance(portion, to, done.origins, done.clamped))
    return done


def _person(
    draft: Path, portion: Portion, person: Person, to: Format, done: Export, told: Callable[[Origin], None]
) -> None:
    for sitting in person.sittings:
        name = f"sub-{person.label}_ses-{sitting.label}"
        where = draft if portion.scope == "session" else draft / f"sub-{person.label}"
        with sitting.open() as record:
            recorded = Recorded.read(record)
            if to is Format.CSV:
                export_csv(record, where / f"ses-{sitting.label}", with_notes=portion.with_notes)
            elif to is Format.MCAP:
                made = export_mcap(record, where / f"{name}.mcap", with_notes=portion.with_notes)
                done.unknown_streams += made.unknown_streams
            else:
                from clinician_console.export.edf import write_edf

                where.mkdir(mode=0o700, parents=True, exist_ok=True)
                written = write_edf(
                    where / f"{name}.edf", recorded, person.pseudonym, with_notes=portion.with_notes
                )
                for channel, number in written.clamped.items():
                    done.clamped[channel] = done.clamped.get(channel, 0) + number
        told(Origin.of(person.label, sitting.label, recorded))
    if to is Format.CSV and portion.scope != "session":
        _tables(draft / f"sub-{person.label}", person)


# ------------------------------------------------------------------ tables beside the sessions' own


def _tables(where: Path, person: Person) -> None:
    """Questionnaires, a line an answer and a score; what was asked after each session."""
    answers: list[list[Any]] = []
    for one, days in zip(person.answers, person.answer_days, strict=True):
        head = [
            one.instrument,
            one.instrument_version,
            one.language,
            one.date,
            days,
            one.session,
            one.respondent,
        ]
        answers += [[*head, "item", name, value] for name, value in one.items.items()]
        answers += [[*head, "score", name, value] for name, value in figures_of(one.scores).items()]
    if answers:
        columns = (
            "instrument", "version", "language", "date", "days", "session", "respondent", "kind", "name", "value",
        )  # fmt: skip
        write_private(where / "questionnaires.csv", csv_text(columns, answers))
    debriefs = [
        [sitting.label, sitting.days, json.dumps(to_json(sitting.debrief), ensure_ascii=False)]
        for sitting in person.sittings
        if not sitting.debrief.empty
    ]
    if debriefs:
        write_private(where / "debriefs.csv", csv_text(("session", "days", "debrief"), debriefs))


def csv_text(columns: tuple[str, ...], rows: list[list[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue().encode()
