"""The session on one clock, derived from the record alone: for the page while it runs, for the report after it.

Pure: events and beats go in, bounded lists of points come out. Times are seconds of the runtime's clock since
the record was opened.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.protocol.words import DemandKind, Phase, Place

MAX_POINTS = 4000
"""Most points that are kept (the record keeps everything). Markers, commands and the like go first, the oldest of them
first, so that the whole of a long day keeps its phases, its staircase and its ratings."""

LASTING = frozenset({"phase", "intensity", "rating", "missed", "stop"})
"""What the picture of a whole session is made of; static/timeline.js has the same."""

MAX_HEART = 2048
"""Most heart buckets; when they are full the bucket's length doubles."""


GROUPS = {
    "heart": ("heart_rise", "heart_drop", "artefact_burst", "heart_lost"),
    "avoidance": (
        "retreat", "head_turn_away", "saccade_away", "eye_closure", "escape_latency", "hands_withdrawn",
    ),
    "other": ("approach_velocity", "touch", "wash", "check", "crouch", "rail_grip", "freeze_like", "ordering"),
}  # fmt: skip
DRAWN = {name: group for group, names in GROUPS.items() for name in names}
"""Of the measures known here, those that are moments; the others are running figures, sums over a minute or a step."""
LATENCIES = frozenset({"escape_latency"})
"""What happened is at these markers' ends; before it lies the time until then."""


HOLDING = frozenset({DemandKind.HOLD, DemandKind.LOWER, DemandKind.SAFE_PLACE, DemandKind.STOP})
"""Demands after which only a therapist's resume goes on."""


@dataclass(frozen=True)
class Point:
    """Something that happened. ``n`` rises by one with each point, so that a reader can ask for what is new."""

    n: int
    t_s: float
    kind: str
    """phase, intensity, rating, missed, marker, command, stop, demand, trigger, parameter; of the course: check,
    override, proposal, answer, window, compulsion, trial, mark, cut_short, at_peak, forecast. Free text stands in none."""
    label: str = ""
    value: float | None = None
    data: dict[str, Any] = field(default_factory=dict)


class Decimated:
    """A series of means over equal buckets of time. When it grows past its bound, the buckets double.

    ``generation`` changes whenever points that were already given out have changed.
    """

    def __init__(self, bucket_s: float = 1.0, bound: int = MAX_HEART) -> None:
        self.bucket_s = bucket_s
        self.generation = 0
        self._bound = bound
        self._buckets: list[tuple[int, float, int]] = []  # bucket number, sum, count

    def add(self, t_s: float, value: float) -> None:
        if not math.isfinite(value):
            return
        number = int(t_s // self.bucket_s)
        if self._buckets and self._buckets[-1][0] >= number:
            last, total, count = self._buckets[-1]
            self._buckets[-1] = (last, total + value, count + 1)
            return
        self._buckets.append((number, value, 1))
        while len(self._buckets) > self._bound:
            self._halve()

    def _halve(self) -> None:
        merged: list[tuple[int, float, int]] = []
        for number, total, count in self._buckets:
            if merged and merged[-1][0] == number // 2:
                _, before, so_far = merged[-1]
                merged[-1] = (number // 2, before + total, so_far + count)
            else:
                merged.append((number // 2, total, count))
        self._buckets = merged
        self.bucket_s *= 2
        self.generation += 1

    def __len__(self) -> int:
        return len(self._buckets)

    def points(self, start: int = 0) -> list[tuple[float, float]]:
        """(middle of the bucket in s, mean) from bucket index ``start`` on."""
        return [
            ((number + 0.5) * self.bucket_s, total / count) for number, total, count in self._buckets[start:]
        ]


class TimeLine:
    """Feed it events in order; read ``points`` and ``heart``. ``bound``: most points kept (None: all of them)."""

    def __init__(self, bound: int | None = MAX_POINTS) -> None:
        self.points: deque[Point] = deque()
        self._bound = bound
        self.heart = Decimated()
        self.opened: ev.Opened | None = None
        self.closed: ev.Closed | None = None
        self.phase = Phase.SETUP
        self.place = Place.BASELINE_ROOM
        self.step = 0
        self.ceiling: int | None = None
        """The highest step that may be reached; None before the record was opened."""
        self.step_since_s: float | None = None
        """When the present step was entered; None before the first."""
        self.phase_since_s = 0.0
        self.held_by = ""
        """What the runtime held, lowered or calmed for last, until the exposure goes on; a cause's id."""
        self.last_s = 0.0
        self.step_ratings: dict[int, list[float]] = {}
        self._intensity: float | None = None
        self._next = 0

    @property
    def next_number(self) -> int:
        return self._next

    def beats(self, beats: Iterable[tuple[int, float, float, int]]) -> None:
        """Beats as (t_ns, rr_ms, bpm, flag). Only intervals flagged ok are drawn; the others stay in the record."""
        for t_ns, rr_ms, bpm, flag in beats:
            if flag != BeatFlag.OK:
                continue
            rate = 60_000.0 / rr_ms if rr_ms > 0 else bpm
            self.heart.add(t_ns / 1e9, rate)

    def event(self, event: ev.Event) -> None:
        t_s = event.t_ns / 1e9
        self.last_s = max(self.last_s, t_s)
        match event.body:
            case ev.Opened() as body:
                self.opened = body
                self.ceiling = body.plan.ceiling_step or len(body.plan.steps)
                self._add(t_s, "phase", self.phase.value)
                self._staircase(t_s)
            case ev.Closed() as body:
                self.closed = body
            case ev.PhaseChanged() as body:
                if body.phase != self.phase:
                    self.phase_since_s = t_s
                self.phase, self.place = body.phase, body.place
                if body.phase == Phase.EXPOSURE:
                    self.held_by = ""
                self._add(t_s, "phase", body.phase.value, because=body.because)
                self._staircase(t_s)
            case ev.StepEntered() as body:
                self.step, self.step_since_s = body.step, t_s
                self._staircase(t_s)
            case ev.RatingGiven() as body:
                self._rating(t_s, body)
            case ev.RatingMissed() as body:
                self._add(t_s, "missed", body.what.value)
            case ev.Marker() as body if body.parameters.get("censored"):
                pass  # what it is named after did not happen
            case ev.Marker() as body if body.marker in DRAWN or body.marker not in DEFINITIONS:
                begin_ns = body.t_off_ns if body.marker in LATENCIES else body.t_on_ns
                at = (begin_ns or event.t_ns) / 1e9
                group = DRAWN.get(body.marker, "other")
                until = body.t_off_ns / 1e9
                self._add(at, "marker", body.marker, body.value, unit=body.unit, until=until, group=group)
            case ev.CommandDecided() as body:
                reason = body.reason.value if body.reason else ""
                self._add(t_s, "command", body.command_kind, accepted=body.accepted, reason=reason)
            case ev.CommandTurnedAway() as body:
                self._add(t_s, "command", body.command_kind, accepted=False, reason=body.reason.value)
            case ev.StopPressed() as body:
                self._add(t_s, "stop", body.by.value)
            case ev.DemandMade() as body:
                if body.active and body.demand in HOLDING:
                    self.held_by = body.cause.value
                self._add(t_s, "demand", body.cause.value, demand=body.demand.value, active=body.active)
            case ev.TriggerFired() as body:
                self._add(t_s, "trigger", body.trigger)
            case ev.CeilingSet(step=int(step)):
                self.ceiling = step
            case ev.ParameterMoved() as body:
                self._add(t_s, "parameter", body.name, target=body.target, unit=body.unit)
            case _:
                self._course(t_s, event.body)

    def _course(self, t_s: float, body: ev.EventBody) -> None:
        match body:
            case ev.CheckAnswered():
                self._add(t_s, "check", body.item, against=bool(body.gap))
            case ev.OverrideGiven():
                self._add(t_s, "override", body.gap)
            case ev.ProposalMade():
                self._add(t_s, "proposal", body.what.value, id=body.proposal, step=body.step)
            case ev.ProposalAnswered():
                self._add(t_s, "answer", body.answer.value, id=body.proposal)
            case ev.ProposalWithdrawn():
                self._add(t_s, "answer", "withdrawn", id=body.proposal)
            case ev.WindowOpened():
                self._add(t_s, "window", "opened", id=body.window, mode=body.mode.value)
            case ev.WindowClosed():
                self._add(t_s, "window", body.outcome.value, id=body.window)
            case ev.CompulsionSeen():
                self._add(t_s, "compulsion", body.source, prevented=body.prevented)
            case ev.TrialOpened():
                self._add(t_s, "trial", "opened", body.belief, id=body.trial)
            case ev.TrialClosed():
                self._add(t_s, "trial", "closed", body.belief, id=body.trial, occurred=body.occurred)
            case ev.Marked():
                self._add(t_s, "mark", body.what.value)
            case ev.PhaseCutShort():
                self._add(t_s, "cut_short", body.phase.value, body.lasted_s, minimum=body.minimum_s)
            case ev.EndedAtPeak():
                self._add(t_s, "at_peak", str(body.step), body.value)
            case ev.ForecastMade(ahead_s=ahead_s) if ahead_s > 0:
                self._add(
                    t_s, "forecast", str(body.step), body.mean, low=body.low, high=body.high, ahead=ahead_s
                )
            case _:
                pass

    def intensity_of(self, step: int) -> float:
        """Share of the plan's ladder that step ``step`` is, 0 to 1."""
        total = len(self.opened.plan.steps) if self.opened else 0
        return min(1.0, step / total) if total else 0.0

    def _rating(self, t_s: float, body: ev.RatingGiven) -> None:
        if body.what.value == "distress" and self.place == Place.SCENE:
            self.step_ratings.setdefault(body.step, []).append(body.value)
        self._add(
            t_s, "rating", body.what.value, body.value, raw=body.raw, scale=body.scale.value, step=body.step,
            by=body.reported_by.value,
        )  # fmt: skip

    def _staircase(self, t_s: float) -> None:
        level = self.intensity_of(self.step) if self.place == Place.SCENE else 0.0
        if level != self._intensity:
            self._intensity = level
            self._add(t_s, "intensity", str(self.step), level)

    def _add(self, t_s: float, kind: str, label: str = "", value: float | None = None, **data: Any) -> None:
        self.points.append(Point(self._next, t_s, kind, label, value, data))
        self._next += 1
        if self._bound is not None and len(self.points) > self._bound:
            del self.points[next((at for at, one in enumerate(self.points) if one.kind not in LASTING), 0)]
