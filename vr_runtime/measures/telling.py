"""What was found becomes markers, some in each frame: the queue between the measures and the session.

The end of a step finds some forty things in one frame. Making them all markers there, each validated, encoded and
sealed, would cost that frame more than a millisecond. So they are told in the order in which they were found,
``MARKERS_A_FRAME`` a frame: a rule of frames and of nothing else, and so the same live, in replay and offline. Times and
step of a marker are those of what it is about, however long it waited.
"""

from __future__ import annotations

from collections import deque

from vr_runtime.measures.found import Found
from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.events import Marker

MARKERS_A_FRAME = 8
"""A step's end is told within six frames, 0.07 s at 90 a second."""


class Telling:
    """The queue of one session."""

    def __init__(self, settings: Settings) -> None:
        self._due: deque[tuple[str, Found, int]] = deque()
        self._parameters = {
            name: {key: float(getattr(settings, key)) for key in definition.settings}
            for name, definition in DEFINITIONS.items()
        }

    def take(self, found: list[tuple[str, Found]], step: int) -> None:
        """What was found while ``step`` was in force; the list is emptied."""
        for stimulus, one in found:
            self._due.append((stimulus, one, step if one.step is None else one.step))
        found.clear()

    def some(self) -> tuple[Marker, ...]:
        """Those of one frame."""
        due = self._due
        if not due:
            return ()
        return tuple(self._marker(*due.popleft()) for _ in range(min(MARKERS_A_FRAME, len(due))))

    def rest(self) -> tuple[Marker, ...]:
        """All that are left."""
        markers = tuple(self._marker(*each) for each in self._due)
        self._due.clear()
        return markers

    def _marker(self, stimulus: str, found: Found, step: int) -> Marker:
        definition = DEFINITIONS[found.marker]
        return Marker(
            marker=found.marker,
            t_on_ns=found.t_on_ns,
            # a clock that went back within a step must not make a span that ends before it begins
            t_off_ns=max(found.t_on_ns, found.t_off_ns),
            value=round(found.value, 6),
            unit=definition.unit,
            source=definition.source,
            quality=round(min(1.0, max(0.0, found.quality)), 4),
            algorithm=definition.algorithm,
            parameters={**self._parameters[found.marker], **{key: round(v, 6) for key, v in found.more}},
            stimulus=stimulus,
            step=step,
        )
