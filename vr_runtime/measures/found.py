"""What a measure finds, before it becomes a marker."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """A marker in the making: the observer adds unit, source, algorithm, thresholds, stimulus and step."""

    marker: str
    t_on_ns: int
    t_off_ns: int
    value: float
    quality: float
    more: tuple[tuple[str, float], ...] = ()
    """Parameters beyond the thresholds."""
    step: int | None = None
    """The step that it belongs to, where that is over already; None: the one in force."""
