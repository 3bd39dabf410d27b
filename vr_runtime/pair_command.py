"""``vr-runtime pair`` and ``vr-runtime consoles``: who else may steer sessions on this machine."""

from __future__ import annotations

import platform
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from vr_runtime.interruption import Interruption
from vr_runtime.link.connection import EVERYWHERE, LINK_PORT, read_connection
from vr_runtime.link.errors import LinkError
from vr_runtime.link.keys import ensure_local_keys, fingerprint, load_server_keys
from vr_runtime.link.paired import MOST_PORT, admit, consoles, name_from, revoke
from vr_runtime.link.pairing import LIFE_NS, SECOND, Card, Offer
from vr_runtime.link.pairing_code import new_code, spoken
from vr_runtime.link.pairing_sockets import PAIR_PORT, PairingServer, one_at_a_time
from vr_runtime.progress import remarks

app = typer.Typer(help="List the consoles that are let in, or shut one out.", no_args_is_help=True)


def pair(
    host: Annotated[
        str, typer.Option(help="address of this machine to wait on; 0.0.0.0: all", metavar="ADDRESS")
    ] = "0.0.0.0",
    port: Annotated[int, typer.Option(help="port to wait on", min=1, max=65535)] = PAIR_PORT,
    name: Annotated[
        str | None,
        typer.Option(help="how the console is to call this machine; default: its own name", metavar="NAME"),
    ] = None,
    link_port: Annotated[
        int | None,
        typer.Option(
            "--link-port",
            help=f"the --port that runs will be started with; default: the running one's, else {LINK_PORT}",
            min=1,
            max=MOST_PORT,
        ),
    ] = None,
) -> None:
    """Pair with a console on another machine: shows a code for two minutes. The last line is the console's name and
    its key's fingerprint."""
    folder = ensure_local_keys()
    keys = load_server_keys(folder)
    card = Card(
        name=name_from(name or platform.node(), "runtime"),
        public=keys.public.decode(),
        port=link_port or _running_port(folder) or LINK_PORT,
    )
    code, stored = new_code(), ""

    def store(console: Card) -> None:
        nonlocal stored
        stored = admit(
            folder, console.name, console.public.encode(), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        )

    interrupted = Interruption()
    with ExitStack() as stack:
        stack.enter_context(one_at_a_time(folder))
        server = stack.enter_context(PairingServer(host, port))
        print(f"code: {spoken(code)}", flush=True)
        remarks.print(_what_to_type(host, port))
        remarks.print(f"this machine's key: {fingerprint(keys.public)}")
        offer = Offer(code, card, server.now_ns())
        remarks.print(f"waiting for {LIFE_NS // SECOND // 60} minutes; Ctrl-C breaks it off")
        console = server.wait(offer, store, remark=remarks.print, interrupted=interrupted)
    print(f"paired with {stored}, key {fingerprint(console.public.encode())}")


@app.command("list")
def list_consoles() -> None:
    """The consoles that are let in: name, key's fingerprint, when they were paired."""
    found = consoles()
    for one in found:
        if one.trouble:
            print(f"{one.name}  cannot be used: {one.trouble}")
        else:
            print(f"{one.name}  {one.fingerprint}  {one.paired or 'made with this machine’s keys'}")
    if not found:
        print("no console is let in")


@app.command("revoke")
def revoke_console(
    name: Annotated[str, typer.Argument(help="as vr-runtime consoles list names it", metavar="NAME")],
) -> None:
    """Shut a console out, now and for good. A runtime that is running cuts it off; then the patient is led to the safe
    place as when a console falls silent."""
    gone = revoke(None, name)
    print(f"revoked {gone.name}" + (f", key {gone.fingerprint}" if gone.public else ""))


# ------------------------------------------------------------------ parts


def _running_port(folder: Path) -> int | None:
    try:
        return read_connection(folder).ports.first
    except LinkError:
        return None


def _what_to_type(host: str, port: int) -> str:
    from vr_runtime.link.discovery import own_addresses

    suffix = "" if port == PAIR_PORT else f":{port}"
    addresses = own_addresses() if host in EVERYWHERE else [host]
    if not addresses:
        return "this machine has no address on a network: connect it, then type at the console what follows"
    lines = " or ".join(f"clinician-console pair {address}{suffix}" for address in addresses)
    return f"at the other machine: {lines}"
