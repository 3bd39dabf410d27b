"""Urges that were resisted, from a record's events (docs/measures.md).

What a compulsion is, and whether it was prevented, is the session's word (``CompulsionSeen``); nothing of that is
judged here again. The session's own ``WindowClosed.resisted_share`` is a share of *time* in one window; this is a
share of *urges*.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from vr_runtime.measures.definition import Figure
from vr_runtime.protocol.course_events import CompulsionSeen, WindowClosed, WindowOpened
from vr_runtime.protocol.event_body import EventBody
from vr_runtime.protocol.events import RatingGiven
from vr_runtime.protocol.words import Rated

FIGURES = {
    "resisted_share": Figure("1", "events", "the record's response-prevention windows"),
}


class Resisted(NamedTuple):
    """Counts of a whole record, or of a part of it."""

    urges: int
    """Urges of more than nothing that were rated inside response-prevention windows."""
    resisted: int
    """Those that no compulsion followed, given in to, before the next rating or the window's end."""
    prevented: int
    """Of the resisted ones, those in which a compulsion was tried in vain: what served it was inert."""
    outside: int
    """Urges rated outside any window: not counted above."""
    missed: int
    """Compulsions that were given in to before any urge of their window was rated: no urge counts for them."""

    @property
    def share(self) -> float | None:
        """``resisted_share``, 0 to 1; None where no urge was rated in a window."""
        return self.resisted / self.urges if self.urges else None


def resisted(events: Iterable[EventBody]) -> Resisted:
    """Count over events in the order of the record. A window that never closes ends with the events."""
    urges = kept = prevented = outside = missed = 0
    window = urge = gave_in = tried = False
    for body in events:
        if isinstance(body, WindowOpened | WindowClosed) or (
            isinstance(body, RatingGiven) and body.what is Rated.URGE
        ):
            if urge:
                kept += not gave_in
                prevented += tried and not gave_in
            urge = gave_in = tried = False
        if isinstance(body, WindowOpened):
            window = True
        elif isinstance(body, WindowClosed):
            window = False
        elif isinstance(body, RatingGiven) and body.what is Rated.URGE and body.value > 0.0:
            if window:
                urges += 1
                urge = True
            else:
                outside += 1
        elif isinstance(body, CompulsionSeen):
            if not urge:
                missed += not body.prevented
            elif body.prevented:
                tried = True
            else:
                gave_in = True
    if urge:
        kept += not gave_in
        prevented += tried and not gave_in
    return Resisted(urges, kept, prevented, outside, missed)
