"""The command ``clinician-console``: serve, drive, fetch, report, export; pair, find, runtimes."""

from __future__ import annotations

import os
import signal
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clinician_console import pair_command
from clinician_console.core.errors import ConsoleError, ConsoleReason, UsageProblem
from vr_runtime.protocol.errors import PalierError

if TYPE_CHECKING:
    from clinician_console.core import ConsoleCore, Snapshot
    from clinician_console.core.drive import Act
    from clinician_console.core.link import RuntimeLink
    from clinician_console.pages.server import PageServer
    from vr_runtime.record import KeySource, Reader

app = typer.Typer(
    name="clinician-console",
    help="The therapist's side: steers a session, keeps a copy of its record, reports and exports it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(pair_command.app, name="runtimes")
app.command()(pair_command.pair)
app.command()(pair_command.find)

KEY_HELP = (
    "32-byte key file of mode 0600 that wraps the key of the records; made if it is not there. "
    "Without it: PALIER_PASSPHRASE, else the system's keyring."
)
KeyOption = Annotated[Path | None, typer.Option("--key-file", help=KEY_HELP, metavar="FILE")]
ConnectionOption = Annotated[
    Path | None,
    typer.Option(
        "--connection", help="the runtime's connection file; default: this user's own", metavar="FILE"
    ),
]
RuntimeOption = Annotated[
    str | None,
    typer.Option(
        "--runtime",
        help="a paired runtime on another machine (clinician-console runtimes list)",
        metavar="NAME",
    ),
]
NotesOption = Annotated[
    bool, typer.Option("--with-notes", help="take in free text, which may identify a person")
]
LAST_ENTRIES_S = 3.0
RecordArgument = Annotated[Path, typer.Argument(help="folder of the record", metavar="RECORD")]


class Language(str, Enum):
    EN = "en"
    FR = "fr"


LanguageOption = Annotated[Language, typer.Option("--language", help="en or fr")]


def main() -> None:
    """Run the command; every error that Palier raises on purpose becomes one clear message and an exit status."""
    try:
        app()
    except PalierError as problem:
        print(f"clinician-console: {problem}", file=sys.stderr)
        raise SystemExit(problem.exit_status) from None


@app.command()
def serve(
    connection: ConnectionOption = None,
    runtime: RuntimeOption = None,
    records: Annotated[
        Path | None,
        typer.Option(help="folder of the console's copies; default: this user's own", metavar="DIR"),
    ] = None,
    port: Annotated[int, typer.Option(help="port of the page on 127.0.0.1; 0: any", min=0, max=65535)] = 8427,
    language: LanguageOption = Language.EN,
    key_file: KeyOption = None,
    start_runtime: Annotated[
        str | None,
        typer.Option("--start-runtime", help="start a local runtime with these arguments of vr-runtime run"),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open-browser", help="open the page in the browser")
    ] = False,
) -> None:
    """Serve the therapist's page on this machine until Ctrl-C. Prints ``page: URL``; each such link works once."""
    from clinician_console.core.local import LocalRuntimeProcess
    from clinician_console.pages.server import PageServer

    folder = records if records is not None else _own_records()
    if runtime is not None and start_runtime is not None:
        raise UsageProblem(ConsoleReason.NOT_STARTED, "give either --runtime NAME or --start-runtime")
    key = _key(key_file)
    link = _link(connection, runtime)
    local = LocalRuntimeProcess(
        start_runtime if start_runtime is not None else _practice(folder, key_file),
        connection and link.connection,
    )
    with _core(link, folder, key, driven_by_page=True) as core:
        core.watch_local_runtime(local.state)
        announce = _announce(open_browser)
        server = PageServer(
            core,
            language=language.value,
            port=port,
            start_local=local.start if runtime is None else None,
            on_link=announce,
        )
        try:
            with _until_told_to_end():
                core.start()
                if start_runtime is not None:
                    local.start()
                server.run()
        finally:
            # The runtime first, while the link still stands: so the copy here gets the record's end too.
            if local.state().word == "running":
                if local.close():
                    core.wait_for(_nothing_more, LAST_ENTRIES_S)
                else:
                    print("the runtime is still closing its record; it ends by itself", file=sys.stderr)
            core.close()


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
    key = _key(key_file)
    with _core(_link(connection, runtime), records, key, driven_by_page=False) as core:
        server: PageServer | None = None
        if page_port is not None:
            from clinician_console.pages.server import PageServer

            server = PageServer(core, language=language.value, port=page_port, on_link=_announce(False))
            server.start()
        core.start()
        with _interruptible():
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

    folder = records if records is not None else _own_records()
    with _core(_link(connection, runtime), folder, _key(key_file), driven_by_page=False) as core:
        core.start()
        with _interruptible():
            fetch_records(core, lambda path: print(path, flush=True), patience_s=wait)


@app.command()
def report(
    record: RecordArgument,
    out: Annotated[Path, typer.Option(help="HTML file to write", metavar="FILE.html")],
    language: LanguageOption = Language.EN,
    with_notes: NotesOption = False,
    key_file: KeyOption = None,
) -> None:
    """Write a session's report as one HTML file that needs no network."""
    from clinician_console.report import gather, render
    from clinician_console.words import Words
    from vr_runtime.record import Reader, RecordError, RecordReason, verify

    key = _key(key_file, must_exist=True)
    verdict = verify(record, key)
    try:
        with Reader.open(record, key, damaged=True) as reader:
            page = render(
                gather(reader, language.value), Words(language.value), verdict=verdict, with_notes=with_notes
            )
    except ValueError as problem:
        raise RecordError(RecordReason.NOT_A_RECORD, f"{record}: {problem}") from None
    _write(out, page)
    print(out)


class Format(str, Enum):
    CSV = "csv"
    MCAP = "mcap"


@app.command()
def export(
    record: RecordArgument,
    out: Annotated[
        Path,
        typer.Option(help="csv: folder to write into; mcap: file, or folder for one", metavar="FILE_OR_DIR"),
    ],
    to: Annotated[
        Format, typer.Option(help="csv: tables; mcap: one file for Foxglove and others")
    ] = Format.CSV,
    with_notes: NotesOption = False,
    key_file: KeyOption = None,
) -> None:
    """Write a record's events and samples for other programs. The last line printed is the path."""
    from clinician_console.export import export_csv
    from vr_runtime.record import Reader

    key = _key(key_file, must_exist=True)
    with Reader.open(record, key) as reader:
        try:
            if to is Format.MCAP:
                written = [_export_mcap(reader, record, out, with_notes)]
            else:
                written = export_csv(reader, out, with_notes=with_notes)
        except OSError as problem:
            raise ConsoleError(
                ConsoleReason.NOT_WRITTEN,
                f"{out} cannot be written ({problem.strerror}): choose another folder",
            ) from None
    for path in written:
        print(path)


def _export_mcap(reader: Reader, record: Path, out: Path, with_notes: bool) -> Path:
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
        print(
            f"left out: samples of {', '.join(done.unknown_streams)}, which this version does not know: update it",
            file=sys.stderr,
        )
    return done.path


# ------------------------------------------------------------------ parts


def _own_records() -> Path:
    from vr_runtime.link.keys import palier_home

    return palier_home() / "console"


def _practice(records: Path, key_file: Path | None) -> str:
    """What the page's button starts when nothing else was asked for: a window, a heights session, nobody in danger."""
    import shlex

    arguments = ["--display", "window", "--scene", "heights", "--patient", "virtual", "--heart", "simulated"]
    arguments += ["--records", str(records / "runtime")]
    arguments += ["--key-file", str(key_file)] if key_file else []
    return shlex.join(arguments)


def _key(key_file: Path | None, *, must_exist: bool = False) -> KeySource:
    """The key source; a key file that is not there is made, unless an existing record is to be opened with it."""
    from vr_runtime.link.keys import palier_home
    from vr_runtime.record import key_source_for_new_records, key_source_from

    if must_exist:
        return key_source_from(key_file, os.environ)
    return key_source_for_new_records(key_file, os.environ, palier_home())


def _link(connection: Path | None, runtime: str | None) -> RuntimeLink:
    from clinician_console.core.link import RuntimeLink

    if runtime is not None and connection is not None:
        raise UsageProblem(ConsoleReason.NO_RUNTIME, "give either --connection FILE or --runtime NAME")
    return RuntimeLink(connection, runtime=runtime)


@contextmanager
def _core(link: RuntimeLink, records: Path, key: KeySource, *, driven_by_page: bool) -> Iterator[ConsoleCore]:
    """A core, not yet started; closed at the end whatever happens."""
    from clinician_console.core import ConsoleCore
    from clinician_console.store.beats import decode_heart
    from clinician_console.store.copies import RecordCopy

    core = ConsoleCore(
        link,
        lambda epoch: RecordCopy.open(records, key, epoch),
        decode_heart,
        driven_by_page=driven_by_page,
    )
    try:
        yield core
    finally:
        core.close()


def _announce(open_browser: bool) -> Callable[[str], None]:
    """Print each link that opens the page; the first may open the browser too."""
    first = [open_browser]

    def announce(url: str) -> None:
        print(f"page: {url}", flush=True)
        if first[0]:
            first[0] = False
            webbrowser.open(url)

    return announce


def _tell(act: Act) -> None:
    label = f" ({act.label})" if act.label else ""
    reason = f": {act.reason}" if act.reason else ""
    print(f"{act.number}. {act.kind}{label} {act.word}{reason}, {act.took_ms:.0f} ms", flush=True)


def _nothing_more(now: Snapshot) -> bool:
    """The copy has the record's end, or nobody is there to give it."""
    return (now.ended and not now.copy.behind) or now.link.word != "connected"


@contextmanager
def _until_told_to_end() -> Iterator[None]:
    """Ctrl-C and SIGTERM are how a console is ended: what is inside is left in order, and nothing has failed."""

    def end(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = {name: signal.signal(name, end) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C and SIGTERM end a script in order: the copy is finished, nothing is left half written."""

    def interrupt(number: int, _frame: Any) -> None:
        raise ConsoleError(ConsoleReason.INTERRUPTED, f"interrupted by {signal.Signals(number).name}")

    before = {name: signal.signal(name, interrupt) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner alone: it holds health data in the clear."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError as problem:
        raise ConsoleError(
            ConsoleReason.NOT_WRITTEN, f"{path} cannot be written ({problem.strerror}): choose another place"
        ) from None
