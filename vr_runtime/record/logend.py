"""The end of the log beside the database, as the thread that writes it knows it."""

from __future__ import annotations

import os
from pathlib import Path

from vr_runtime.record import layout


class LogEnd:
    """``size`` is where the last whole transaction ends, in bytes."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._path = folder / layout.LOG
        self._odd = False
        self._known = False

    def begins_anew(self) -> None:
        """It was folded into the database and cut to nothing; at most its first transaction is there again, synced."""
        self._measure()
        self._known = True

    def not_folded(self) -> None:
        """It should have been, and how far that went is not known: nor, where anything is left of it, where the next
        transaction will lie."""
        self._measure()
        self._known = self.size == 0

    def failed(self) -> None:
        """A transaction failed, and may have left frames."""
        self._odd = True

    def cut(self) -> None:
        """Take such frames away, on the disk, so that a crash before the next transaction leaves nothing odd.

        Raises:
            OSError: it cannot be cut; nothing must be written until it is.
        """
        if self._odd and self._path.stat().st_size > self.size:
            os.truncate(self._path, self.size)
            layout.sync_file(self._path)
        self._odd = False

    def added(self) -> bytes | None:
        """The bytes of the transaction that was just written; None where they cannot be had."""
        before = self.size
        try:
            with self._path.open("rb", buffering=0) as file:
                file.seek(before)
                data = file.read()
        except OSError:
            data = b""
        self._measure()
        return data if self._known and len(data) == self.size - before > 0 else None

    def _measure(self) -> None:
        try:
            self.size = self._path.stat().st_size
        except OSError:
            self.size = 0
