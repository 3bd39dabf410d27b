"""Copying what a runtime hands over after its sessions: record after record, until it hands over no more."""

from __future__ import annotations

import time
from collections.abc import Callable

from clinician_console.core.core import ConsoleCore
from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.core.snapshot import Snapshot

GONE_S = 3.0
"""A runtime that has been away for so long hands over nothing more."""


def fetch(
    core: ConsoleCore,
    on_copied: Callable[[str], None],
    *,
    patience_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> list[str]:
    """Copy every record that is handed over. ``core`` has been started.

    Args:
        on_copied: told the folder of each copy that is whole.
        patience_s: how long to wait for something to come.

    Returns:
        The copies that are whole now.

    Raises:
        ConsoleError: NO_RUNTIME where none came; COPY_BEHIND where a copy was not finished or cannot be written.
    """
    whole: list[str] = []
    heard = progress = clock()
    seen = ("", 0)
    while True:
        core.wait_for(lambda now: _is_whole(now) and now.copy.path not in whole, 0.25)
        now, at = core.snapshot(), clock()
        if now.copy.failed:
            raise ConsoleError(ConsoleReason.COPY_BEHIND, f"the copy cannot be written: {now.copy.failed}")
        if now.link.word in ("refused", "other_version"):
            raise ConsoleError(ConsoleReason.NO_RUNTIME, f"the runtime refused: {now.link.trouble}")
        if _is_whole(now) and now.copy.path not in whole:
            whole.append(now.copy.path)
            on_copied(now.copy.path)
        if now.link.word == "connected":
            heard = at
        if (now.copy.path, now.copy.seq) != seen:
            seen, progress = (now.copy.path, now.copy.seq), at
        if whole and seen[0] in whole and at - heard > GONE_S:
            return whole
        if at - max(heard if whole else 0.0, progress) > patience_s:
            if not seen[0]:
                raise ConsoleError(
                    ConsoleReason.NO_RUNTIME,
                    f"no runtime handed anything over within {patience_s:g} s; there run: "
                    "vr-runtime records hand-over RECORD",
                )
            if seen[0] not in whole:
                raise ConsoleError(
                    ConsoleReason.COPY_BEHIND,
                    f"the copy in {seen[0]} is not whole: hand it over once more, it goes on where it stands",
                )
            return whole


def _is_whole(now: Snapshot) -> bool:
    return now.ended and now.copy.seq > 0 and now.copy.behind == 0
