"""The stays on steps, cut out of a record's events.

A stay begins where a step is entered and lasts until the next one, or until the exposure is over for good. Only the
phase *exposure* counts as exposure: pauses, the safe place and a STOP do not. A step that was merely set (after a
STOP the first one is) and never exposed is no stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vr_runtime.protocol import events as ev
from vr_runtime.protocol.words import Observed, Phase, Rated

LATE_MARKERS_NS = 5_000_000_000
"""Measures that sum up a step are told a little after it was left; ``step`` says which one they mean."""


@dataclass
class StayEvents:
    entered: ev.StepEntered
    begin_ns: int
    spans_ns: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    ratings: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """(seconds of exposure in this stay, distress 0 to 100)."""
    missed: int = 0
    turned: set[str] = field(default_factory=set[str])
    triggers: int = 0
    goal_reached: bool = False
    trials_met: int = 0
    left_by: str = ""
    markers: list[ev.Marker] = field(default_factory=list[ev.Marker])

    @property
    def exposed_s(self) -> float:
        return sum(end - begin for begin, end in self.spans_ns) / 1e9

    def gaps(self) -> tuple[float, float, float]:
        """Seconds of exposure from the entry to the first rating, the longest without one, from the last to leaving."""
        if not self.ratings:
            return self.exposed_s, self.exposed_s, self.exposed_s
        times = [0.0, *(at for at, _ in self.ratings), self.exposed_s]
        between = [max(0.0, later - earlier) for earlier, later in zip(times, times[1:], strict=False)]
        return between[0], max(between), between[-1]


def stays_of(events: Sequence[ev.Event], end_ns: int) -> list[StayEvents]:
    """In the order in which they were begun."""
    reader = _Reader()
    for event in events:
        reader.take(event)
    reader.leave(end_ns, "")
    return [stay for stay in reader.stays if stay.exposed_s > 0]


class _Reader:
    def __init__(self) -> None:
        self.stays: list[StayEvents] = []
        self._phase = Phase.SETUP
        self._since: int | None = None
        self._open: StayEvents | None = None
        """The stay that is going on; None once it was left for good."""
        self._trials: dict[str, int] = {}

    def take(self, event: ev.Event) -> None:
        at, here = event.t_ns, self._open
        match event.body:
            case ev.StepEntered() as body:
                self.leave(at, body.because)
                self._open = StayEvents(body, at)
                self.stays.append(self._open)
                self._since = at if self._phase is Phase.EXPOSURE else None
            case ev.PhaseChanged() as body:
                self._phase_changed(at, body)
            case ev.RatingGiven(what=Rated.DISTRESS, value=value) if here is not None and self._phase in (
                Phase.EXPOSURE,
                Phase.PAUSED,
            ):
                here.ratings.append((self._exposed(here, at), value))
            case ev.RatingMissed(what=Rated.DISTRESS) if here and self._phase is Phase.EXPOSURE:
                here.missed += 1
            case ev.ParameterMoved(because="set_parameter", name=name) if here:
                here.turned.add(name)
            case ev.TriggerFired() if here and self._phase is Phase.EXPOSURE:
                here.triggers += 1
            case ev.Marked(what=Observed.GOAL_REACHED) if here:
                here.goal_reached = True
            case ev.TrialClosed(conditions_met=True) if here:
                here.trials_met += 1
            case ev.Marker() as marker if marker.step:
                stay = self._stay_of(marker, at)
                if stay is not None:
                    stay.markers.append(marker)
            case _:
                pass

    def leave(self, at: int, because: str) -> None:
        if self._open is None:
            return
        self._span(at)
        self._open.left_by = self._open.left_by or because
        self._open = None

    def _phase_changed(self, at: int, body: ev.PhaseChanged) -> None:
        if self._phase is Phase.EXPOSURE and body.phase is not Phase.EXPOSURE:
            self._span(at)
        self._phase = body.phase
        if self._open is None:
            return
        if body.phase is Phase.EXPOSURE:
            self._since = at
        elif body.phase not in (Phase.PAUSED, Phase.SAFE_PLACE):
            self.leave(at, body.because)

    def _span(self, at: int) -> None:
        if self._open is not None and self._since is not None and at > self._since:
            self._open.spans_ns.append((self._since, at))
        self._since = None

    def _exposed(self, here: StayEvents, at: int) -> float:
        running = (at - self._since) / 1e9 if self._since is not None else 0.0
        return here.exposed_s + max(0.0, running)

    def _stay_of(self, marker: ev.Marker, at: int) -> StayEvents | None:
        """The latest stay on the marker's step that had begun when what it measures ended."""
        for stay in reversed(self.stays):
            if stay.entered.step == marker.step and stay.begin_ns <= marker.t_off_ns:
                ended = stay.spans_ns[-1][1] if stay.spans_ns else None
                if self._open is stay or ended is None or at - ended <= LATE_MARKERS_NS:
                    return stay
        return None
