"""``clinician-console export``, ``export-patient``, ``export-study``: data for other programs and for research."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinician_console.core.errors import ConsoleError, ConsoleReason, UsageProblem
from clinician_console.export.portion import Format
from clinician_console.options import KeyOption, NotesOption, RecordArgument, key_source, own_records

if TYPE_CHECKING:
    from clinician_console.clinic.port import ClinicStore
    from clinician_console.export.portion import OpenRecord, Portion
    from clinician_console.export.write import Export
    from vr_runtime.record import KeySource, Reader

FormatOption = Annotated[
    Format,
    typer.Option(
        help="csv: tables; mcap: one file for Foxglove and others; bids: a BIDS dataset; edf: EDF+; fhir, fhir-r4b: a "
        "FHIR bundle in R5 or R4B"
    ),
]
OutOption = Annotated[
    Path, typer.Option(help="folder to make; nothing that is there is overwritten", metavar="DIR")
]
ClinicOption = Annotated[
    Path | None,
    typer.Option(
        "--records", help="folder of the console's copies and data; default: this user's own", metavar="DIR"
    ),
]
WhoOption = Annotated[
    str | None,
    typer.Option("--who", help="whose act the audit trail keeps; default: this system's user name"),
]


def export(
    record: RecordArgument,
    out: Annotated[
        Path,
        typer.Option(
            help="csv: folder to write into; mcap: file, or folder for one; others: folder to make",
            metavar="FILE_OR_DIR",
        ),
    ],
    to: FormatOption = Format.CSV,
    with_notes: NotesOption = False,
    shift_days: Annotated[
        int | None,
        typer.Option(
            "--shift-days",
            help="move all dates by so many days, cut times of day to the hour, and leave out the pseudonym and the "
            "clinic's own words",
            min=-36_525,
            max=36_525,
            metavar="DAYS",
        ),
    ] = None,
    key_file: KeyOption = None,
) -> None:
    """Write one record for other programs. The last line printed is the path."""
    from clinician_console.export import export_csv
    from vr_runtime.record import Reader

    key = key_source(key_file, must_exist=True)
    if to not in (Format.CSV, Format.MCAP) or shift_days is not None:
        _tell(_write(_portion(record, key, shift_days, with_notes), to, out))
        return
    with Reader.open(record, key) as reader:
        try:
            if to is Format.MCAP:
                written = [_mcap(reader, record, out, with_notes)]
            else:
                written = export_csv(reader, out, with_notes=with_notes)
        except OSError as problem:
            raise ConsoleError(
                ConsoleReason.NOT_WRITTEN,
                f"{out} cannot be written ({problem.strerror}): choose another folder",
            ) from None
    if to is Format.CSV:
        _notice(_portion(record, key, None, with_notes), to, out)
    for path in written:
        print(path)


def export_patient(
    pseudonym: Annotated[
        str, typer.Argument(help="the patient, by the whole pseudonym", metavar="PSEUDONYM")
    ],
    out: OutOption,
    to: FormatOption = Format.BIDS,
    with_notes: NotesOption = False,
    shift: Annotated[
        bool,
        typer.Option(
            "--shift",
            help="move dates by this patient's own days and leave out pseudonym and the clinic's words",
        ),
    ] = False,
    records: ClinicOption = None,
    who: WhoOption = None,
    key_file: KeyOption = None,
) -> None:
    """Write all sessions and questionnaires of a patient. The last line printed is the folder."""
    from clinician_console.export.choose import choose_patient, note_export
    from vr_runtime.record import Reader

    key = key_source(key_file, must_exist=True)
    with _clinic(records, key, who) as store:
        found = [
            row.id
            for archived in (False, True)
            for row in store.patients(pseudonym, archived=archived, limit=200)
            if row.pseudonym == pseudonym
        ]
        if not found:
            raise UsageProblem(ConsoleReason.NOT_WRITTEN, "no patient has this pseudonym: write it in full")
        portion = choose_patient(
            store, found[0], lambda folder: Reader.open(folder, key), with_notes=with_notes, covered=shift
        )
        done = _write(portion, to, out)
        note_export(store, portion, to)
    _tell(done, portion)


def export_study(
    name: Annotated[
        str, typer.Argument(help="the study's name: small letters, digits, hyphens", metavar="NAME")
    ],
    out: OutOption,
    to: FormatOption = Format.BIDS,
    with_notes: NotesOption = False,
    records: ClinicOption = None,
    who: WhoOption = None,
    key_file: KeyOption = None,
) -> None:
    """Write the sessions of all patients who agreed to research, dates moved, codes in place of pseudonyms.

    The last line printed is the folder; how many were left out is told before it."""
    from clinician_console.export.choose import choose_study, note_export
    from vr_runtime.record import Reader

    key = key_source(key_file, must_exist=True)
    with _clinic(records, key, who) as store:
        portion = choose_study(store, name, lambda folder: Reader.open(folder, key), with_notes=with_notes)
        done = _write(portion, to, out)
        note_export(store, portion, to)
    _tell(done, portion)


# ------------------------------------------------------------------ parts


@contextmanager
def _clinic(records: Path | None, key: KeySource, who: str | None) -> Iterator[ClinicStore]:
    """The clinic's data, where they are already: an export makes none."""
    from clinician_console.store.opening import open_store

    place: str | Path = os.environ.get("PALIER_STORE") or (records or own_records()) / "clinic.db"
    if isinstance(place, Path) and not place.exists():
        raise UsageProblem(
            ConsoleReason.NOT_WRITTEN, f"there are no clinic data in {place.parent}: see --records"
        )
    store = open_store(place, key, who or getpass.getuser())
    try:
        yield store
    finally:
        store.close()


def _portion(record: Path, key: KeySource, shift_days: int | None, with_notes: bool) -> Portion:
    """A record without the clinic's data around it."""
    from clinician_console.export.covering import Cover, Covered, WholeRecord
    from clinician_console.export.portion import Person, Portion, Sitting
    from clinician_console.export.recorded import opened_of
    from vr_runtime.record import Reader

    cover = None if shift_days is None else Cover("sub-001", "ses-01", shift_days)

    @contextmanager
    def opened() -> Iterator[WholeRecord]:
        with Reader.open(record, key) as reader:
            yield reader if cover is None else Covered(reader, cover)

    open_record: OpenRecord = opened
    with open_record() as reader:
        first = opened_of(reader)
    sitting = Sitting("01", open_record, opened_at=first.wall_utc)
    person = Person("001", first.pseudonym, first.age, first.patient == "virtual", (sitting,))
    return Portion("session", (person,), cover is not None, with_notes)


def _write(portion: Portion, to: Format, out: Path) -> Export:
    from clinician_console.export.write import write_export
    from vr_runtime.progress import Progress

    with Progress("exporting") as progress:
        return write_export(portion, to, out, progress)


def _notice(portion: Portion, to: Format, out: Path) -> None:
    """README.md and PROVENANCE.json beside tables that were written one by one."""
    from clinician_console.export.notice import PROVENANCE, README, Origin, provenance, readme
    from clinician_console.export.recorded import Recorded
    from clinician_console.export.whole import whole_file

    sitting = portion.people[0].sittings[0]
    with sitting.open() as reader:
        origins = [Origin.of("001", sitting.label, Recorded.read(reader))]
    for name, data in (
        (README, readme(portion, to, origins).encode()),
        (PROVENANCE, provenance(portion, to, origins)),
    ):
        with whole_file(out / name) as file:
            file.write(data)


def _tell(done: Export, portion: Portion | None = None) -> None:
    from clinician_console.export.choose import told_left_out

    if done.interrupted:
        print(f"{done.interrupted} record(s) have no end and are exported as far as they go", file=sys.stderr)
    if done.unknown_streams:
        _tell_unknown(done.unknown_streams)
    for channel, number in done.clamped.items():
        print(f"{number} value(s) of {channel} lay outside the channel's range", file=sys.stderr)
    if portion is not None and (left_out := told_left_out(portion.left_out)):
        print(f"left out: {left_out}", file=sys.stderr)
    print(done.folder)


def _tell_unknown(streams: list[str]) -> None:
    print(
        f"left out: samples of {', '.join(sorted({*streams}))}, which this version does not know: update it",
        file=sys.stderr,
    )


def _mcap(reader: Reader, record: Path, out: Path, with_notes: bool) -> Path:
    from clinician_console.export import export_mcap
    from vr_runtime.progress import Progress

    path = out if out.suffix == ".mcap" and not out.is_dir() else out / f"{record.resolve().name}.mcap"
    with Progress("exporting") as progress:
        done = export_mcap(reader, path, with_notes=with_notes, progress=progress)
    if done.interrupted:
        print(
            f"the record has no end: it was interrupted, and is exported up to its last entry "
            f"({done.last_seq}, at {done.until_ns / 1e9:.1f} s)",
            file=sys.stderr,
        )
    if done.unknown_streams:
        _tell_unknown(done.unknown_streams)
    return done.path
