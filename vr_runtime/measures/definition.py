"""What a measure's marker is, apart from its value. Modules of measures declare theirs; the registry holds all."""

from __future__ import annotations

from typing import Literal, NamedTuple

Source = Literal["head", "eye", "hand", "heart"]


class Definition(NamedTuple):
    """One measure. ``settings`` names the fields of :class:`Settings` that its marker carries."""

    unit: str
    source: Source
    algorithm: str
    settings: tuple[str, ...]
