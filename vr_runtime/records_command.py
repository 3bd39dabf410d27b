"""``vr-runtime records``: what is there, what is in it, other keys, recovery, erasing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from vr_runtime import inspection
from vr_runtime.handover import hand_over, look_at
from vr_runtime.inspection import Summary
from vr_runtime.interruption import Interruption
from vr_runtime.link.keys import palier_home
from vr_runtime.link.server import LinkConfig
from vr_runtime.progress import Progress
from vr_runtime.record import (
    KeySource,
    RecordError,
    RecordReason,
    RecoveryKey,
    erase,
    forget,
    key_source_from,
    read_receipts,
    rekey,
)
from vr_runtime.record import recover as recover_record
from vr_runtime.record.recovery import keep_public

KEY_HELP = "key file of the record; without it PALIER_RECOVERY_KEY, PALIER_PASSPHRASE or the keyring"
RecordArgument = Annotated[Path, typer.Argument(help="folder of the record", metavar="RECORD")]
KeyOption = Annotated[Path | None, typer.Option("--key-file", help=KEY_HELP, metavar="FILE")]


app = typer.Typer(help="Look into records, change their keys, recover or erase them.", no_args_is_help=True)


@app.command("list")
def list_records(
    folder: Annotated[Path, typer.Argument(help="folder of records", metavar="DIR")],
    key_file: KeyOption = None,
) -> None:
    """List the records in a folder and below it; what a key opens is told in more detail."""
    records = list(inspection.folders(folder))
    for record in records:
        print(f"{record}  {inspection.bytes_of(record) / 2**20:.1f} MiB  {_in_short(record, key_file)}")
    if not records:
        print(f"no record in {folder}")


@app.command()
def show(record: RecordArgument, key_file: KeyOption = None) -> None:
    """Tell what a record holds and what happened in the session."""
    key = key_source_from(key_file, os.environ, existing=record)
    with Progress("reading") as progress:
        summary = inspection.summarise(record, key, progress)
    print("\n".join(_in_full(record, summary)))


@app.command()
def recover(
    record: RecordArgument,
    out: Annotated[
        Path | None, typer.Option(help="where to put what can be proven of an altered record", metavar="DIR")
    ] = None,
    other: Annotated[
        Path | None, typer.Option(help="the other side's copy, to go on with", metavar="RECORD")
    ] = None,
    key_file: KeyOption = None,
) -> None:
    """Close what a crash left; of an altered record, save everything before the damage. Says what is missing."""
    key = key_source_from(key_file, os.environ, existing=record)
    other_key = None if other is None else key_source_from(key_file, os.environ, existing=other)
    with Progress("recovering") as progress:
        result = recover_record(record, key, out=out, other=other, other_key=other_key, progress=progress)
    print(f"found {result.verdict.state.value}: {result.verdict.message}")
    print(
        f"{result.entries} entries up to {result.until_ns / 1e9:.1f} s, {result.of_other} of them from the other copy"
    )
    if not result.closed:
        print("its end is missing: events that were never committed, and up to 250 ms of samples before them")
    print(result.record)


@app.command("rekey")
def rekey_command(
    record: RecordArgument,
    key_file: KeyOption = None,
    new_key_file: Annotated[
        Path | None, typer.Option("--new-key-file", help="lock it with this key file", metavar="FILE")
    ] = None,
) -> None:
    """Lock a record with another key: a key file, or the passphrase in PALIER_NEW_PASSPHRASE, or the keyring."""
    old = key_source_from(key_file, os.environ, existing=record)
    rekey(record, old, _new_key(new_key_file))
    print(record)


@app.command("erase")
def erase_command(
    record: RecordArgument,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Destroy a record for good: its key first, then its data. The other side's copy is another record."""
    if not yes:
        typer.confirm(f"Erase {record} for good? Nothing can bring it back", abort=True, err=True)
    erase(record)
    print(f"erased {record}")


@app.command("hand-over")
def hand_over_command(
    records: Annotated[
        list[Path], typer.Argument(help="records, or folders of records", metavar="RECORD|DIR...")
    ],
    key_file: KeyOption = None,
    connection: Annotated[
        Path | None, typer.Option("--connection", help="connection file to write", metavar="FILE")
    ] = None,
    host: Annotated[
        str, typer.Option(help="address of this machine on which consoles are let in", metavar="ADDRESS")
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(help="first of five ports in a row; default as for run", min=0, max=65531),
    ] = None,
    wait: Annotated[
        float, typer.Option(help="how long to wait for a console", min=0.0, metavar="SECONDS")
    ] = 600.0,
) -> None:
    """Let a console copy what it lacks of records whose session is over. Those that one holds whole are passed over."""
    interrupted = Interruption()
    for folder in _all_in(records):
        key = key_source_from(key_file, os.environ, existing=folder)
        held = look_at(folder, key)
        who = tuple(receipt.console for receipt in held.holders)
        if not who:
            typer.echo(f"waiting for a console to copy {folder}", err=True)
            config = LinkConfig.at(host, port, connection)
            who = hand_over(held, config, interrupted=interrupted, timeout_s=wait)
        print(f"{folder}  " + (f"held by {', '.join(who)}" if who else "not held by any console yet"))
        if interrupted() or not who:
            raise typer.Exit(1)


@app.command("forget")
def forget_command(
    records: Annotated[
        list[Path], typer.Argument(help="records, or folders of records", metavar="RECORD|DIR...")
    ],
    key_file: KeyOption = None,
) -> None:
    """Erase the records that a console holds whole; one that none holds is kept, and said to be."""
    kept = 0
    for folder in _all_in(records):
        try:
            found = forget(folder, key_source_from(key_file, os.environ, existing=folder))
        except RecordError as problem:
            kept += 1
            typer.echo(f"{folder}  kept: {problem}", err=True)
        else:
            print(f"{folder}  erased here; held by {', '.join(one.console for one in found)}")
    if kept:
        raise typer.Exit(2)


def _all_in(records: list[Path]) -> Iterator[Path]:
    """The records named, and those in the folders named.

    Raises:
        RecordError: NOT_A_RECORD where a folder holds none.
    """
    for path in records:
        found = list(inspection.folders(path))
        if not found:
            raise RecordError(RecordReason.NOT_A_RECORD, f"there is no record in {path}")
        yield from found


@app.command("recovery-key")
def recovery_key(
    replace: Annotated[bool, typer.Option("--replace", help="in place of an earlier one")] = False,
) -> None:
    """Make a recovery key and print it, once: it opens every record that this user makes from now on."""
    key = RecoveryKey.new()
    keep_public(palier_home(), key, replace=replace)
    print(key.words)
    typer.echo(
        "Write it on paper and lock the paper away. It is kept nowhere else and is not shown again.\n"
        "To use it: PALIER_RECOVERY_KEY='...' vr-runtime records show RECORD",
        err=True,
    )


def _new_key(key_file: Path | None) -> KeySource:
    words = os.environ.get("PALIER_NEW_PASSPHRASE")
    return key_source_from(key_file, {} if words is None else {"PALIER_PASSPHRASE": words})


def _in_short(record: Path, key_file: Path | None) -> str:
    try:
        summary = inspection.summarise(record, key_source_from(key_file, os.environ, existing=record))
    except RecordError as problem:
        return f"locked with {inspection.lock_of(record)} ({problem.reason.value})"
    opened = summary.opened
    if opened is None:
        return "empty: its making was interrupted"
    scenes = ", ".join(dict.fromkeys(step.scene for step in opened.plan.steps))
    return (
        f"{opened.wall_utc[:16]}  {opened.pseudonym or '-'}  {scenes}  {_length(summary.duration_s)}  "
        f"{_end(summary)}{_held(record, summary)}"
    )


def _in_full(record: Path, summary: Summary) -> list[str]:
    lines = [f"record      {record}"]
    if (opened := summary.opened) is not None:
        lines += [
            f"made        {opened.wall_utc}, Palier {opened.fingerprint.palier}, protocol {opened.protocol}",
            f"patient     {opened.pseudonym or '-'} ({opened.patient})",
            f"plan        {opened.plan.title}",
            f"display     {opened.display} {opened.headset}".rstrip() + f", {opened.rate_hz:g} Hz",
        ]
    lines += [
        f"length      {_length(summary.duration_s)}",
        f"end         {_end(summary)}",
        f"events      {sum(summary.events.values())}: "
        + ", ".join(f"{count} {kind}" for kind, count in summary.events.most_common()),
        "samples     " + ", ".join(f"{count} chunks of {stream}" for stream, count in summary.chunks.items()),
        f"last entry  {summary.last_seq}, {summary.last_hash}",
        f"whole at    {_holders(record, summary) or 'no console has said so'}",
    ]
    return lines + [f"{t_s:9.1f} s  {words}" for t_s, words in summary.course]


def _holders(record: Path, summary: Summary) -> str:
    return ", ".join(
        f"{receipt.console} ({receipt.wall_utc[:16]})"
        for receipt in read_receipts(record)
        if (receipt.seq, receipt.hash) == (summary.last_seq, summary.last_hash)
    )


def _held(record: Path, summary: Summary) -> str:
    return f"  whole at {names}" if (names := _holders(record, summary)) else ""


def _length(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"


def _end(summary: Summary) -> str:
    if summary.damage:
        return f"damaged: {summary.damage}"
    return (
        "was never closed (vr-runtime records recover)" if summary.closed is None else summary.closed.because
    )
