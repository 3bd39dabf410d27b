"""The console's own copy of the record, as the core needs it; ``clinician_console.store.copies`` keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from clinician_console.core.port import Entry


class CopyPort(Protocol):
    """One record's replica. ``append`` wants numbers that follow one another; it never blocks on the disk."""

    @property
    def path(self) -> str: ...

    @property
    def last_seq(self) -> int:
        """Last entry taken in, on disk or on its way there."""
        ...

    def begin(self, on_committed: Callable[[int, str], None]) -> None:
        """Tell from now on what has reached the disk: (number, hash in hex), from the copy's own thread."""
        ...

    def old_entries(self) -> Iterable[Entry]:
        """What an earlier run of the console had copied, in order."""
        ...

    def append(self, entries: Sequence[Entry]) -> None:
        """Entries at or below ``last_seq`` are passed over."""
        ...

    def failed(self) -> str:
        """Why it can no longer be written, in plain words; empty while it can."""
        ...

    def close(self) -> None: ...


OpenCopy = Callable[[str], CopyPort]
"""Gives the copy for the run of the runtime with that epoch, an earlier one of the same run where there is one."""
