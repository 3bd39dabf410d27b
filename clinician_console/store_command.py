"""``clinician-console store``: the clinic's data without its pages."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinician_console.core.errors import ConsoleReason, UsageProblem
from clinician_console.options import KeyOption, key_source

if TYPE_CHECKING:
    from clinician_console.clinic.entries import Erased
    from clinician_console.store.clinic import DatabaseStore
    from vr_runtime.record import KeySource

app = typer.Typer(help="Check, audit and erase the clinic's data.", no_args_is_help=True)

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store", help="the clinic's file; default: PALIER_STORE, else this user's own", metavar="FILE"
    ),
]
WhoOption = Annotated[
    str | None,
    typer.Option("--who", help="whose acts the audit trail keeps; default: this system's user name"),
]
YesOption = Annotated[bool, typer.Option("--yes", help="do it: what was erased cannot be brought back")]


@app.command()
def check(store: StoreOption = None, key_file: KeyOption = None, who: WhoOption = None) -> None:
    """Read everything once: is it whole, does the audit trail continue? Ends with 4 where something is wrong."""
    from clinician_console.store.checking import check as checked
    from vr_runtime.progress import Progress

    with _opened(store, key_file, who) as opened, Progress("checking") as progress:
        found = checked(opened, progress)
    print(", ".join(f"{count} {kind}" for kind, count in found.counts.items()))
    for fault in found.faults:
        print(fault)
    print(
        "whole"
        if not found.faults
        else f"{len(found.faults)} faults: keep the data as it is, restore a backup"
    )
    if found.faults:
        raise typer.Exit(4)


@app.command()
def audit(
    patient: Annotated[str, typer.Option(help="of one patient's id alone", metavar="ID")] = "",
    limit: Annotated[int, typer.Option(help="how many entries, the latest", min=1)] = 200,
    store: StoreOption = None,
    key_file: KeyOption = None,
    who: WhoOption = None,
) -> None:
    """Who did what, the latest first: number, time, who, act, kind, id, detail, separated by tabs. Ends with 4 where the
    trail was tampered with."""
    with _opened(store, key_file, who) as opened:
        for entry in opened.audit(patient=patient, limit=limit):
            fields = (entry.seq, entry.when, entry.who, entry.act, entry.kind, entry.what, entry.detail)
            print("\t".join(str(field) for field in fields))
        fault = opened.audit_fault()
    if fault is not None:
        print(
            f"entry {fault} does not continue the trail: it or what follows was altered or removed",
            file=sys.stderr,
        )
        raise typer.Exit(4)


@app.command()
def erase(
    session: Annotated[
        list[str] | None, typer.Option(help="id of a session; may be repeated", metavar="ID")
    ] = None,
    patient: Annotated[
        str, typer.Option(help="id of a patient: everything of that person", metavar="ID")
    ] = "",
    yes: YesOption = False,
    store: StoreOption = None,
    key_file: KeyOption = None,
    who: WhoOption = None,
) -> None:
    """Destroy the keys of records and remove what was kept of them. Ends with 1 where some are left."""
    if bool(session) == bool(patient):
        raise UsageProblem(
            ConsoleReason.NOT_WRITTEN, "give either --session ID, once or more, or --patient ID"
        )
    if not yes:
        what = f"patient {patient}" if patient else f"{len(session or [])} sessions"
        raise UsageProblem(
            ConsoleReason.NOT_WRITTEN, f"nothing was erased: add --yes to erase {what} for ever"
        )
    with _opened(store, key_file, who) as opened:
        _tell(opened.erase_patient(patient) if patient else opened.erase_sessions(session or []))


@app.command()
def retention(
    years: Annotated[
        int | None, typer.Option(help="keep sessions so long from now on; 0: without end", min=0, max=200)
    ] = None,
    erase: Annotated[bool, typer.Option("--erase", help="erase what is overdue (with --yes)")] = False,
    yes: YesOption = False,
    store: StoreOption = None,
    key_file: KeyOption = None,
    who: WhoOption = None,
) -> None:
    """List the sessions that are older than the clinic keeps them, as id, start and pseudonym; or erase them."""
    with _opened(store, key_file, who) as opened:
        if years is not None:
            opened.set_setting("retention_years", str(years or ""))
        kept = opened.settings().get("retention_years", "")
        if not kept:
            print("sessions are kept without end: set a time with --years N", file=sys.stderr)
            return
        overdue = opened.overdue(datetime.now(UTC).date().isoformat())
        if not erase or not yes:
            for one, pseudonym in overdue:
                print(f"{one.id}\t{one.started}\t{pseudonym}")
            print(f"{len(overdue)} sessions are older than {kept} years", file=sys.stderr)
            if erase:
                raise UsageProblem(
                    ConsoleReason.NOT_WRITTEN, "nothing was erased: add --yes to erase them for ever"
                )
            return
        done = opened.erase_sessions([one.id for one, _ in overdue])
        opened.note_act("retained", "store", "", f"{done.sessions} sessions older than {kept} years")
        _tell(done)


@app.command()
def rekey(
    new_key_file: Annotated[
        Path | None,
        typer.Option(
            "--new-key-file", help="lock it with this key file; made if it is not there", metavar="FILE"
        ),
    ] = None,
    store: StoreOption = None,
    key_file: KeyOption = None,
) -> None:
    """Lock the clinic's data with another key: a key file, or the passphrase in PALIER_NEW_PASSPHRASE, or the keyring."""
    from clinician_console.store.opening import rekey as lock_anew
    from vr_runtime.link.keys import palier_home
    from vr_runtime.record import key_source_for_new_records

    at = _place(store)
    words = os.environ.get("PALIER_NEW_PASSPHRASE")
    given = {} if words is None else {"PALIER_PASSPHRASE": words}
    lock_anew(at, _key(key_file), key_source_for_new_records(new_key_file, given, palier_home()))
    print("locked anew; old backups still open with the old key")


# ------------------------------------------------------------------ parts


@contextmanager
def _opened(place: Path | None, key_file: Path | None, who: str | None) -> Iterator[DatabaseStore]:
    from clinician_console.store.opening import open_store

    opened = open_store(_place(place), _key(key_file), who or getpass.getuser())
    try:
        yield opened
    finally:
        opened.close()


def _place(given: Path | None) -> str | Path:
    from clinician_console.store.opening import default_place, server_url

    at = given if given is not None else default_place(os.environ)
    if server_url(at) is None and not Path(at).exists():
        raise UsageProblem(ConsoleReason.NOT_WRITTEN, f"there is no clinic's data at {at}: give --store FILE")
    return at


def _key(key_file: Path | None) -> KeySource:
    from vr_runtime.record import RecoveryKey
    from vr_runtime.record.keys import RECOVERY_VARIABLE

    printed = os.environ.get(RECOVERY_VARIABLE)
    return RecoveryKey.of(printed) if printed else key_source(key_file, must_exist=True)


def _tell(done: Erased) -> None:
    print(f"erased: {done.patients} patients, {done.sessions} sessions, {len(done.records)} records")
    for record in done.records:
        print(f"  {record}")
    for failure in done.failed:
        print(f"not erased: {failure}", file=sys.stderr)
    if done.failed:
        raise typer.Exit(1)
