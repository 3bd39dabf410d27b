"""``clinician-console`` and ``clinician-console serve``: the therapist's pages, on this machine alone."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from clinician_console.clinic.entries import Json
from clinician_console.core.errors import ConsoleReason, UsageProblem
from clinician_console.options import (
    LAST_ENTRIES_S,
    ConnectionOption,
    KeyOption,
    Language,
    LanguageOption,
    RuntimeOption,
    announce_pages,
    console_core,
    key_source,
    nothing_more,
    own_records,
    runtime_link,
    until_told_to_end,
)
from vr_runtime.record import KeySource


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
    who: Annotated[
        str | None,
        typer.Option(
            "--who", help="whose acts are kept in the audit trail; default: this system's user name"
        ),
    ] = None,
) -> None:
    """Serve the therapist's pages on this machine until Ctrl-C. Prints ``page: URL``; each such link works once.

    Clinic data lie in an encrypted file, or where PALIER_STORE says (postgresql://...)."""
    from clinician_console.core.keeper import SessionKeeper
    from clinician_console.core.local import LocalRuntimeProcess
    from clinician_console.pages.house import House
    from clinician_console.pages.server import PageServer
    from clinician_console.store.opening import open_store

    folder = records if records is not None else own_records()
    if runtime is not None and start_runtime is not None:
        raise UsageProblem(ConsoleReason.NOT_STARTED, "give either --runtime NAME or --start-runtime")
    key = key_source(key_file)
    store = open_store(os.environ.get("PALIER_STORE") or folder / "clinic.db", key, who or getpass.getuser())
    try:
        link = runtime_link(connection, runtime)
        local = LocalRuntimeProcess(
            start_runtime if start_runtime is not None else _practice(folder, key_file),
            connection and link.connection,
        )
        with console_core(link, folder, key, driven_by_page=True) as core:
            house = House(
                core=core,
                store=store,
                keeper=SessionKeeper(store, folder, lambda record: _summary(Path(record), key)),
                records=folder,
                key=key,
                key_file=key_file,
                link=link,
                local=local,
                fixed_language=language.value,
            )
            core.watch_local_runtime(house.played)
            server = PageServer(
                core,
                language=language.value,
                port=port,
                start_local=local.start if runtime is None else None,
                on_link=announce_pages(open_browser),
                house=house,
            )
            try:
                with until_told_to_end():
                    core.start()
                    if start_runtime is not None:
                        local.start()
                    server.run()
            finally:
                # The runtime first, while the link still stands: so the copy here gets the record's end too.
                if local.state().word == "running":
                    if local.close():
                        core.wait_for(nothing_more, LAST_ENTRIES_S)
                        house.look()
                    else:
                        print("the runtime is still closing its record; it ends by itself", file=sys.stderr)
                house.close()
                core.close()
    finally:
        store.close()


def _summary(record: Path, key: KeySource) -> tuple[Json, str]:
    """A session's figures, and the hash of its record's last entry."""
    from clinician_console.progress import summarise
    from vr_runtime.record import Reader

    with Reader.open(record, key, damaged=True) as reader:
        return summarise(reader), reader.last()[1].hex()


def _practice(records: Path, key_file: Path | None) -> str:
    """What the page's button starts when nothing else was asked for: a window, a heights session, nobody in danger."""
    import shlex

    arguments = ["--display", "window", "--scene", "heights", "--patient", "virtual", "--heart", "simulated"]
    arguments += ["--records", str(records / "runtime")]
    arguments += ["--key-file", str(key_file)] if key_file else []
    return shlex.join(arguments)
