"""Pseudonyms, and what a person's age means for what they are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

STEM = "P-"
TRIED = 500


def free_pseudonym(taken: Callable[[str], bool], begin: int = 1) -> str:
    """The first of ``P-0001``, ``P-0002`` and so on, from ``begin``, that is not taken; empty where none was found."""
    for number in range(max(1, begin), max(1, begin) + TRIED):
        if not taken(wish := f"{STEM}{number:04d}"):
            return wish
    return ""


_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "m", "mme", "mlle", "monsieur", "madame", "herr", "frau"}
)


def looks_like_name(text: str) -> bool:
    """Whether a pseudonym reads as a person's name: two words or more, each of letters and with a capital, such as
    "Anna Meyer", "MARTIN Claire" or "Mme Roche". A guess for a warning; it forbids nothing."""
    words = [word for word in re.split(r"[\s,.]+", text.strip()) if word]
    if len(words) < 2:
        return False
    if words[0].lower() in _TITLES:
        return True
    names = [word for word in words if re.fullmatch(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*", word) and len(word) > 1]
    return sum(any(map(str.isupper, word)) for word in names) >= 2


def only_of(text: str, rows: Iterable[str]) -> bool:
    """Whether a pseudonym is among those, whatever its case."""
    return text.casefold().strip() in {each.casefold() for each in rows}
