"""What the commands of ``clinician-console`` share: options, keys, the link, a core."""

from __future__ import annotations

import os
import signal
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clinician_console.core.errors import ConsoleError, ConsoleReason, UsageProblem

if TYPE_CHECKING:
    from clinician_console.core import ConsoleCore, Snapshot
    from clinician_console.core.link import RuntimeLink
    from vr_runtime.record import KeySource

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


def own_records() -> Path:
    from vr_runtime.link.keys import palier_home

    return palier_home() / "console"


def key_source(key_file: Path | None, *, must_exist: bool = False) -> KeySource:
    """The key source; a key file that is not there is made, unless an existing record is to be opened with it."""
    from vr_runtime.link.keys import palier_home
    from vr_runtime.record import key_source_for_new_records, key_source_from

    if must_exist:
        return key_source_from(key_file, os.environ)
    return key_source_for_new_records(key_file, os.environ, palier_home())


def runtime_link(connection: Path | None, runtime: str | None) -> RuntimeLink:
    from clinician_console.core.link import RuntimeLink

    if runtime is not None and connection is not None:
        raise UsageProblem(ConsoleReason.NO_RUNTIME, "give either --connection FILE or --runtime NAME")
    return RuntimeLink(connection, runtime=runtime)


@contextmanager
def console_core(
    link: RuntimeLink, records: Path, key: KeySource, *, driven_by_page: bool
) -> Iterator[ConsoleCore]:
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


def announce_pages(open_browser: bool) -> Callable[[str], None]:
    """Print each link that opens the page; the first may open the browser too."""
    first = [open_browser]

    def announce(url: str) -> None:
        print(f"page: {url}", flush=True)
        if first[0]:
            first[0] = False
            webbrowser.open(url)

    return announce


def nothing_more(now: Snapshot) -> bool:
    """The copy has the record's end, or nobody is there to give it."""
    return (now.ended and not now.copy.behind) or now.link.word != "connected"


@contextmanager
def until_told_to_end() -> Iterator[None]:
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
def interruptible() -> Iterator[None]:
    """Ctrl-C and SIGTERM end a script in order: the copy is finished, nothing is left half written."""

    def interrupt(number: int, _frame: Any) -> None:
        raise ConsoleError(ConsoleReason.INTERRUPTED, f"interrupted by {signal.Signals(number).name}")

    before = {name: signal.signal(name, interrupt) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
