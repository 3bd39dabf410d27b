"""``clinician-console pair``, ``find`` and ``runtimes``: runtimes on other machines."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from clinician_console.core.pairing import pair as core_pair
from clinician_console.core.pairing import place_of
from vr_runtime.link.errors import LinkError
from vr_runtime.link.paired import forget, runtimes

app = typer.Typer(help="List the runtimes this console is paired with, or forget one.", no_args_is_help=True)

ASKED = 3


def pair(
    host: Annotated[
        str, typer.Argument(help="the runtime's machine, as vr-runtime pair says", metavar="HOST[:PORT]")
    ],
    code: Annotated[
        str | None,
        typer.Option(
            help="the code that vr-runtime pair shows; without this it is asked for", metavar="CODE"
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="how the runtime is to list this console; default: this machine's name", metavar="NAME"
        ),
    ] = None,
    runtime_name: Annotated[
        str | None,
        typer.Option(
            "--as", help="what to call the runtime here; default: as it calls itself", metavar="NAME"
        ),
    ] = None,
) -> None:
    """Pair with the runtime on another machine, where `vr-runtime pair` shows a code. The last line is the runtime's name
    and its key's fingerprint."""
    place_of(host)  # a slip in the address is told before the code is asked for
    stored, key = core_pair(host, code if code is not None else _asked(), name or "", runtime_name or "")
    print(f"to use it: clinician-console serve --runtime {stored}", file=sys.stderr)
    print(f"paired with {stored}, key {key}")


def find(
    seconds: Annotated[float, typer.Option(help="how long to listen", min=0.1, max=60)] = 3.0,
) -> None:
    """List the runtimes that announce themselves on this network. Anybody can announce anything: only the key decides."""
    from vr_runtime.link.discovery import look

    names = {one.fingerprint: one.name for one in runtimes() if not one.trouble}
    try:
        found = look(seconds)
    except OSError as problem:
        print(
            f"nothing can be looked for on this network ({problem.strerror or problem}): pair and connect by address",
            file=sys.stderr,
        )
        raise typer.Exit(1) from None
    for one in found:
        paired = f"paired: {names[one.fingerprint]}" if one.fingerprint in names else "not paired"
        print(f"{one.host}:{one.port}  {one.fingerprint}  {paired}")
    if not found:
        print("no runtime announces itself: start one with --host, or use its address", file=sys.stderr)


@app.command("list")
def list_runtimes() -> None:
    """The runtimes this console is paired with: name, place, key's fingerprint, when they were paired."""
    found = runtimes()
    for one in found:
        print(
            f"{one.name}  cannot be used: {one.trouble}"
            if one.trouble
            else f"{one.name}  {one.place}  {one.fingerprint}  {one.paired}"
        )
    if not found:
        print("no runtime of another machine is paired", file=sys.stderr)


@app.command("forget")
def forget_runtime(
    name: Annotated[str, typer.Argument(help="as clinician-console runtimes list names it", metavar="NAME")],
) -> None:
    """Forget a runtime. It still lets this console in: `vr-runtime consoles revoke` there shuts it out."""
    print(f"forgot {forget(None, name).name}")


# ------------------------------------------------------------------ parts


def _asked() -> str:
    """The code as it is typed, or as the first line of what is piped in. A slip of the finger is asked for again."""
    from vr_runtime.link.pairing_code import typed

    if not sys.stdin.isatty():
        return typed(sys.stdin.readline())
    for _ in range(ASKED - 1):
        try:
            return typed(typer.prompt("code", err=True))
        except LinkError as problem:
            print(problem, file=sys.stderr)
    return typed(typer.prompt("code", err=True))
