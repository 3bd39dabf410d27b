"""Ctrl-C and SIGTERM, heard as a question that a loop asks."""

from __future__ import annotations

import signal
from typing import Any


class Interruption:
    """Ctrl-C and SIGTERM end a run in order: the record is closed, its path printed. A second one ends at once."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._heard)

    def _heard(self, number: int, frame: Any) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __call__(self) -> bool:
        return self.asked
