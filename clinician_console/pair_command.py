"""``clinician-console pair``, ``find`` and ``runtimes``: runtimes on other machines."""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from clinician_console.core.errors import ConsoleReason, UsageProblem
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ensure_local_keys, fingerprint, load_console_keys
from vr_runtime.link.paired import RuntimeFile, forget, keep_runtime, name_from, runtimes

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
    from vr_runtime.link.pairing import Card, ConsoleSide
    from vr_runtime.link.pairing_code import typed
    from vr_runtime.link.pairing_sockets import pair_with

    address, port = _place(host)
    folder = ensure_local_keys()
    keys = load_console_keys(folder)
    card = Card(name=name_from(name or platform.node(), "console"), public=keys.public.decode())
    side = ConsoleSide(typed(code) if code is not None else _asked(), card)
    met = pair_with(address, port, side)
    if not met.port:
        raise LinkError(LinkReason.PAIRING_BROKEN, "the other side is no runtime")
    file = RuntimeFile(
        public=met.public, host=address, port=met.port, paired=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    )
    stored = keep_runtime(folder, name_from(runtime_name or met.name, "runtime"), file)
    print(f"to use it: clinician-console serve --runtime {stored}", file=sys.stderr)
    print(f"paired with {stored}, key {fingerprint(met.public.encode())}")


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


def _place(text: str) -> tuple[str, int]:
    from vr_runtime.link.pairing_sockets import PAIR_PORT

    host, colon, port = text.strip().partition(":")
    if not host or (colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise UsageProblem(
            ConsoleReason.NO_RUNTIME,
            f"'{text}' is no place: give HOST or HOST:PORT, such as 192.168.1.20 or 192.168.1.20:{PAIR_PORT}",
        )
    return host, int(port) if colon else PAIR_PORT


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
