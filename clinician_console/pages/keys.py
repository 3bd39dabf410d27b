"""The keys of the page: one list, from which the page, its help and docs/console.md are made.

Letters only lower or write; what raises takes an arrow or a button, so that a text typed without looking, into no
field, can never raise anything.
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """``does``: what the page's server is told, empty where the browser does it alone; ``codes``: KeyboardEvent.key."""

    shown: str
    does: str
    codes: tuple[str, ...]


KEYS = (
    Key("Esc", "", ("Escape",)),
    Key("F8", "", ("F8",)),
    Key("↑", "up", ("ArrowUp",)),
    Key("↓", "down", ("ArrowDown",)),
    Key("P", "pause", ("p",)),
    Key("S", "safe_place", ("s",)),
    Key("0–9", "digit", tuple("0123456789")),
    Key("Enter", "enter", ("Enter",)),
    Key("Backspace", "backspace", ("Backspace",)),
    Key("M", "", ("m",)),
)

STOP_KEYS = ("Escape", "F8")
"""Taken by safety.js before anything else sees them."""


def for_browser() -> dict[str, str]:
    """KeyboardEvent.key to what the server is told; digits tell themselves."""
    return {code: code if key.does == "digit" else key.does for key in KEYS if key.does for code in key.codes}
