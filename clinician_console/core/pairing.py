"""Pair with a runtime on another machine, for the command line and for the page."""

from __future__ import annotations

import platform
from datetime import UTC, datetime

from clinician_console.core.errors import ConsoleReason, UsageProblem
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ensure_local_keys, fingerprint, load_console_keys
from vr_runtime.link.paired import RuntimeFile, keep_runtime, name_from


def pair(place: str, code: str, own_name: str = "", runtime_name: str = "") -> tuple[str, str]:
    """Pair by the code that ``vr-runtime pair`` shows there; the name it is kept under and its key's fingerprint.

    Raises:
        LinkError: wrong code, nobody there, not a runtime.
        UsageProblem: ``place`` is none.
    """
    from vr_runtime.link.pairing import Card, ConsoleSide
    from vr_runtime.link.pairing_code import typed
    from vr_runtime.link.pairing_sockets import pair_with

    host, port = place_of(place)
    folder = ensure_local_keys()
    keys = load_console_keys(folder)
    card = Card(name=name_from(own_name or platform.node(), "console"), public=keys.public.decode())
    met = pair_with(host, port, ConsoleSide(typed(code), card))
    if not met.port:
        raise LinkError(LinkReason.PAIRING_BROKEN, "the other side is no runtime")
    file = RuntimeFile(
        public=met.public, host=host, port=met.port, paired=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    )
    stored = keep_runtime(folder, name_from(runtime_name or met.name, "runtime"), file)
    return stored, fingerprint(met.public.encode())


def place_of(text: str) -> tuple[str, int]:
    """Host and port of ``HOST`` or ``HOST:PORT``. Raises UsageProblem."""
    from vr_runtime.link.pairing_sockets import PAIR_PORT

    host, colon, port = text.strip().partition(":")
    if not host or (colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise UsageProblem(
            ConsoleReason.NO_RUNTIME,
            f"'{text}' is no place: give HOST or HOST:PORT, such as 192.168.1.20 or 192.168.1.20:{PAIR_PORT}",
        )
    return host, int(port) if colon else PAIR_PORT
