"""What earlier sessions tell the forecast: the ratings of distress on each step, read from their records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vr_runtime.protocol.events import Event, PastRating, PhaseChanged, RatingGiven, StepEntered
from vr_runtime.protocol.words import Phase, Rated
from vr_runtime.record.keys import KeySource
from vr_runtime.record.reader import Reader


def past_ratings(records: Sequence[tuple[Path, KeySource]]) -> tuple[PastRating, ...]:
    """Ratings of earlier sessions, the oldest first.

    Args:
        records: folders and their keys in the order of the sessions, the oldest first.

    Raises:
        RecordError: one of them cannot be opened.
    """
    found: list[PastRating] = []
    for number, (folder, key) in enumerate(records):
        with Reader.open(folder, key) as reader:
            found += _ratings(reader.events(), len(records) - number)
    return tuple(found)


def _ratings(events: Iterable[Event], ago: int) -> Iterator[PastRating]:
    """``on_step_s`` counts what passed in the exposure alone, from the step's beginning."""
    step, on_step_ns, since_ns = "", 0, None
    for event in events:
        body = event.body
        if since_ns is not None:
            on_step_ns, since_ns = on_step_ns + event.t_ns - since_ns, event.t_ns
        if isinstance(body, PhaseChanged):
            since_ns = event.t_ns if body.phase is Phase.EXPOSURE else None
        elif isinstance(body, StepEntered):
            step, on_step_ns = body.step_id, 0
        elif isinstance(body, RatingGiven) and body.what is Rated.DISTRESS and body.step and step:
            yield PastRating(
                session=ago, step_id=step, on_step_s=round(on_step_ns / 1e9, 3), value=body.value
            )
