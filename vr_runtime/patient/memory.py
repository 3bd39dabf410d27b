"""What a virtual patient takes from one session into the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LEVELS = 21
"""Intensities 0, 0.05 ... 1 at which it is kept what was learned."""


@dataclass(frozen=True)
class Memory:
    """As it stands at the end of a session; what is lost until the next one is lost when that begins.

    Raises ValueError where it is no memory.
    """

    learned: tuple[float, ...]
    """Inhibition by intensity, 0 to 1."""
    belief: tuple[float, ...]
    """How sure it is that what is feared happens, by intensity, 0 to 1."""
    sessions: int = 1
    """How many it has had."""

    def __post_init__(self) -> None:
        for name, values in (("learned", self.learned), ("belief", self.belief)):
            if len(values) != LEVELS or not all(0.0 <= value <= 1.0 for value in values):
                raise ValueError(f"{name}: give {LEVELS} numbers from 0 to 1")
        if self.sessions < 1:
            raise ValueError("sessions: give 1 or more")

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers, for ``json.dumps``."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Memory:
        return cls(tuple(data["learned"]), tuple(data["belief"]), int(data["sessions"]))
