"""The port of heart sources: a strap, a file, a simulation."""

from __future__ import annotations

from typing import Protocol

from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat


class HeartSource(Protocol):
    """Called from the loop's thread alone. Beats come in the order of their times, each once."""

    @property
    def name(self) -> str:
        """What the record says of it: ``simulated``, ``file:rest.txt``, ``none``."""
        ...

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        """Beats that have arrived at or before ``now_ns`` and were not given before. Never blocks."""
        ...

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        """What became of the source since the last call."""
        ...

    def close(self) -> None:
        """No beats after this. May be called twice."""
        ...


class NoHeart:
    """No heart source is in use."""

    name = "none"

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        return ()

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        return ()

    def close(self) -> None:
        pass
