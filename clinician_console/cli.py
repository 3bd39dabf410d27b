"""The command ``clinician-console``: serve, drive, fetch, report; exports; pair, find, runtimes."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinician_console import export_command, pair_command, store_command
from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.options import (
    ConnectionOption,
    KeyOption,
    Language,
    LanguageOption,
    NotesOption,
    RecordArgument,
    RuntimeOption,
    announce_pages,
    console_core,
    interruptible,
    key_source,
    own_records,
    runtime_link,
)
from clinician_console.serve_command import serve
from vr_runtime.protocol.errors import PalierError

if TYPE_CHECKING:
    from clinician_console.core.drive import Act
    from clinician_console.pages.server import PageServer

app = typer.Typer(
    name="clinician-console",
    help="The therapist's side: steers a session, keeps a copy of its record, reports and exports it.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(pair_command.app, name="runtimes")
app.add_typer(store_command.app, name="store")
app.command()(pair_command.pair)
app.command()(pair_command.find)
app.command()(serve)
app.command()(export_command.export)
app.command()(export_command.export_patient)
app.command()(export_command.export_study)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Without a command: serve the therapist's pages and open them in the browser."""
    if context.invoked_subcommand is None:
        serve(open_browser=True)


def main() -> None:
    """Run the command; every error that Palier raises on purpose becomes one clear message and an exit status."""
    try:
        app()
    except PalierError as problem:
        print(f"clinician-console: {problem}", file=sys.stderr)
        raise SystemExit(problem.exit_status) from None


@app.command()
def drive(
    script: Annotated[Path, typer.Argument(help="scripted therapist (TOML)", metavar="SCRIPT")],
    records: Annotated[Path, typer.Option(help="folder of the console's own copies", metavar="DIR")],
    connection: ConnectionOption = None,
    runtime: RuntimeOption = None,
    page_port: Annotated[
        int | None,
        typer.Option("--page-port", help="serve the page too, to look on; 0: any port", min=0, max=65535),
    ] = None,
    language: LanguageOption = Language.EN,
    key_file: KeyOption = None,
) -> None:
    """Carry out a script through the console's core. The last line printed is the path of the console's copy."""
    from clinician_console.core.drive import Drive
    from vr_runtime.protocol.files.toml import read_script

    acts = read_script(script)
    key = key_source(key_file)
    with console_core(runtime_link(connection, runtime), records, key, driven_by_page=False) as core:
        server: PageServer | None = None
        if page_port is not None:
            from clinician_console.pages.server import PageServer

            server = PageServer(core, language=language.value, port=page_port, on_link=announce_pages(False))
            server.start()
        core.start()
        with interruptible():
            driven = Drive(core, acts, on_act=_tell)
            driven.run()
            copied = driven.wait_copied()
        now = core.snapshot()
        if server is not None:
            server.close()
        core.close()
    if now.copy.failed or not now.copy.path:
        raise ConsoleError(
            ConsoleReason.COPY_BEHIND,
            f"the console kept no whole copy of the record: {now.copy.failed or 'no entry came'}",
        )
    if not copied:
        raise ConsoleError(
            ConsoleReason.COPY_BEHIND,
            f"the copy in {now.copy.path} lacks {now.copy.behind} entries of the runtime's record: "
            "run the console again while the runtime is up, it catches up",
        )
    print(now.copy.path)


@app.command()
def fetch(
    records: Annotated[
        Path | None,
        typer.Option(help="folder of the console's copies; default: this user's own", metavar="DIR"),
    ] = None,
    connection: ConnectionOption = None,
    runtime: RuntimeOption = None,
    key_file: KeyOption = None,
    wait: Annotated[float, typer.Option(help="how long to wait for a runtime", metavar="SECONDS")] = 60.0,
) -> None:
    """Copy what a runtime hands over after its sessions (``vr-runtime records hand-over``). Prints the copies."""
    from clinician_console.core.fetch import fetch as fetch_records

    folder = records if records is not None else own_records()
    with console_core(
        runtime_link(connection, runtime), folder, key_source(key_file), driven_by_page=False
    ) as core:
        core.start()
        with interruptible():
            fetch_records(core, lambda path: print(path, flush=True), patience_s=wait)


@app.command()
def report(
    record: RecordArgument,
    out: Annotated[
        Path, typer.Option(help="file to write, HTML or PDF by its name", metavar="FILE.html|.pdf")
    ],
    language: LanguageOption = Language.EN,
    with_notes: NotesOption = False,
    key_file: KeyOption = None,
) -> None:
    """Write a session's report as one HTML file that needs no network, or as a PDF. What was asked after the session
    is in it where the clinic's data have it (clinic.db beside the record, or where PALIER_STORE says)."""
    from clinician_console.report import gather, render
    from clinician_console.words import Words
    from vr_runtime.record import Reader, RecordError, RecordReason, verify

    key = key_source(key_file, must_exist=True)
    verdict = verify(record, key)
    try:
        with Reader.open(record, key, damaged=True) as reader:
            data = gather(reader, language.value)
    except ValueError as problem:
        raise RecordError(RecordReason.NOT_A_RECORD, f"{record}: {problem}") from None
    from clinician_console.asked_after import asked_after

    words, kind = Words(language.value), "pdf" if out.suffix.lower() == ".pdf" else "html"
    detail = f"{kind}{' with notes' if with_notes else ''}"
    debrief = asked_after(
        data.opened.epoch,
        record,
        key,
        os.environ.get("PALIER_STORE"),
        detail,
        partial(print, file=sys.stderr),
    )
    if kind == "pdf":
        from clinician_console.report.pdf import render_pdf

        made = render_pdf(data, words, verdict=verdict, with_notes=with_notes, debrief=debrief)
    else:
        made = render(data, words, verdict=verdict, with_notes=with_notes, debrief=debrief).encode()
    _write(out, made)
    print(out)


# ------------------------------------------------------------------ parts


def _tell(act: Act) -> None:
    label = f" ({act.label})" if act.label else ""
    reason = f": {act.reason}" if act.reason else ""
    print(f"{act.number}. {act.kind}{label} {act.word}{reason}, {act.took_ms:.0f} ms", flush=True)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner alone: it holds health data in the clear."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except OSError as problem:
        raise ConsoleError(
            ConsoleReason.NOT_WRITTEN, f"{path} cannot be written ({problem.strerror}): choose another place"
        ) from None
