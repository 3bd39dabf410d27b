"""What a patient did to the things of a scene, by hand: what scenes tell, the record keeps and measures count."""

from __future__ import annotations

from typing import Literal, NamedTuple

Side = Literal["left", "right"]

TOUCHED = "touched"
"""A touch began (and lasted long enough to count)."""
LET_GO = "let_go"
"""A touch ended; every counted touch has its end."""
WASHED = "washed"
"""Hands were washed; told when the washing is over."""
ORDERED = "ordered"
"""A thing was put straight or into its place; told when it was let go of. No scene of this repository tells it yet."""

REFUSED = "refused"
"""Tried in vain: what was reached for is turned off, or inert (response prevention)."""


class Deed(NamedTuple):
    """One deed. Those named above are measured; a scene may tell others (``opened``, ``pressed``, ``took``).

    ``thing`` is the stimulus of the manifest where it is one, else a name of the scene's. ``since_s``: how long ago
    it began, on the scene's clock, which stands still with the scene; ``for_s``: how long it lasted (so far).
    """

    what: str
    thing: str
    hand: Side | Literal[""] = ""
    since_s: float = 0.0
    for_s: float = 0.0
    residual: float | None = None
    """Of what was ``ordered``: the share of its misalignment that is left, 0 straight, 1 as it was found."""
