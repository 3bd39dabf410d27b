"""What a measure's entry in the registry holds; apart from the registry, so that modules can declare their own."""

from __future__ import annotations

from typing import Literal, NamedTuple

Source = Literal["head", "eye", "hand", "heart"]

END = "end of step"


class Definition(NamedTuple):
    """One measure. ``settings`` names the fields of :class:`Settings` that its marker carries; ``when`` it is made."""

    unit: str
    source: Source
    algorithm: str
    settings: tuple[str, ...]
    when: str = END


class Figure(NamedTuple):
    """A figure of a finished record, no marker. ``of``: what it is one of."""

    unit: str
    source: str
    of: str
