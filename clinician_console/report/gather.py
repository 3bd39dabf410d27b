"""From a record to the figures of a report: pure derivations from events and samples."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clinician_console.core.commandlog import CommandLine, command_lines
from clinician_console.core.timeline import TimeLine
from clinician_console.report.course import Course, gather_course
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.words import Phase, Rated

Samples = NDArray[Any]


class ReadRecord(Protocol):
    """What a report reads of a record: :class:`vr_runtime.record.Reader` is one."""

    def events(self) -> Iterable[ev.Event]: ...
    def samples(self, stream: str) -> Samples: ...
    def last(self) -> tuple[int, bytes]: ...


@dataclass
class Visit:
    """One stay on a step, from entering it to the next step, a STOP or the end of the exposure.

    ``exposed_s`` counts the phase *exposure* alone: pauses and the safe place are no exposure. Distress is on 0-100.
    ``distance_m`` is the least horizontal distance from the head to the nearest stimulus in that time (None: none
    was measured).
    """

    step: int
    name: str
    goal: str
    begin_s: float
    minimum_s: float
    end_s: float = 0.0
    exposed_s: float = 0.0
    ratings: list[float] = field(default_factory=list)
    missed: int = 0
    distance_m: float | None = None
    spans_ns: list[tuple[int, int]] = field(default_factory=list)

    @property
    def start(self) -> float | None:
        return self.ratings[0] if self.ratings else None

    @property
    def peak(self) -> float | None:
        return max(self.ratings, default=None)

    @property
    def end(self) -> float | None:
        return self.ratings[-1] if self.ratings else None


@dataclass(frozen=True)
class Demand:
    """What the safety supervisor asked for, and how long. ``end_s`` None: until the end of the record."""

    cause: str
    demand: str
    begin_s: float
    end_s: float | None


@dataclass(frozen=True)
class StopLine:
    by: str
    received_ns: int
    shown_ns: int | None


@dataclass(frozen=True)
class Gathered:
    opened: ev.Opened
    closed: ev.Closed | None
    end_s: float
    entries: int
    hash_hex: str
    line: TimeLine
    visits: tuple[Visit, ...]
    ratings: tuple[tuple[float, ev.RatingGiven], ...]
    missed: int
    markers: tuple[ev.Marker, ...]
    commands: tuple[CommandLine, ...]
    stops: tuple[StopLine, ...]
    demands: tuple[Demand, ...]
    notes: tuple[tuple[float, str], ...]
    triggers: tuple[tuple[float, str], ...]
    course: Course
    beats: int
    flagged_beats: int
    frames: int
    late_frames: int


def gather(record: ReadRecord, language: str = "en") -> Gathered:
    """Read a whole record.

    Raises:
        RecordError: where the record is altered or holds what cannot be read.
        ValueError: where it does not begin with ``opened``: it was cut before anything happened.
    """
    events = list(record.events())
    if not events or not isinstance(events[0].body, ev.Opened):
        raise ValueError("the record holds nothing yet: it was cut before its first entry")
    line = TimeLine(bound=None)
    for event in events:
        line.event(event)
    heart = record.samples("heart")
    line.beats(zip(*(heart[name].tolist() for name in ("t_ns", "rr_ms", "bpm", "flag")), strict=True))
    frames = record.samples("frame")
    end_ns = max([event.t_ns for event in events] + ([int(frames["t_ns"][-1])] if len(frames) else []))
    commands = command_lines(events)
    visits = _visits(events, events[0].body, end_ns, language)
    _distances(visits, record.samples("stimulus"))
    seq, digest = record.last()
    shown = {line.id: line.shown_ns for line in commands}
    return Gathered(
        opened=events[0].body,
        closed=line.closed,
        end_s=end_ns / 1e9,
        entries=seq,
        hash_hex=digest.hex(),
        line=line,
        visits=tuple(visits),
        ratings=tuple((e.t_ns / 1e9, e.body) for e in events if isinstance(e.body, ev.RatingGiven)),
        missed=sum(isinstance(e.body, ev.RatingMissed) for e in events),
        markers=tuple(e.body for e in events if isinstance(e.body, ev.Marker)),
        commands=tuple(commands),
        stops=tuple(
            StopLine(e.body.by.value, e.body.received_ns, shown.get(e.body.id))
            for e in events
            if isinstance(e.body, ev.StopPressed)
        ),
        demands=_demands(events),
        notes=tuple((e.t_ns / 1e9, e.body.text) for e in events if isinstance(e.body, ev.NoteTaken)),
        triggers=tuple((e.t_ns / 1e9, e.body.trigger) for e in events if isinstance(e.body, ev.TriggerFired)),
        course=gather_course(events),
        beats=len(heart),
        flagged_beats=int(np.count_nonzero(heart["flag"])) if len(heart) else 0,
        frames=line.closed.frames if line.closed else len(frames),
        late_frames=line.closed.late_frames if line.closed else int(np.count_nonzero(frames["flags"] & 1)),
    )


def _visits(events: list[ev.Event], opened: ev.Opened, end_ns: int, language: str) -> list[Visit]:
    visits: list[Visit] = []
    here: Visit | None = None
    phase = Phase.SETUP
    since: int | None = None  # when the present exposure began

    def leave(at_ns: int) -> None:
        nonlocal since
        if here is not None and since is not None and at_ns > since:
            here.spans_ns.append((since, at_ns))
            here.exposed_s += (at_ns - since) / 1e9
            here.end_s = at_ns / 1e9
        since = None

    for event in events:
        match event.body:
            case ev.StepEntered() as body:
                leave(event.t_ns)
                planned = (
                    opened.plan.steps[body.step - 1] if 0 < body.step <= len(opened.plan.steps) else None
                )
                here = Visit(
                    body.step,
                    planned.name.in_language(language) if planned else body.step_id,
                    planned.goal.in_language(language) if planned and planned.goal else "",
                    event.t_ns / 1e9,
                    planned.minimum_s if planned else 0.0,
                    event.t_ns / 1e9,
                )
                visits.append(here)
                if phase == Phase.EXPOSURE:
                    since = event.t_ns
            case ev.PhaseChanged() as body:
                leave(event.t_ns)
                phase = body.phase
                if phase == Phase.EXPOSURE:
                    since = event.t_ns
            case ev.RatingGiven(what=Rated.DISTRESS) as body if here is not None and phase in (
                Phase.EXPOSURE,
                Phase.PAUSED,
            ):
                here.ratings.append(body.value)
            case ev.RatingMissed(what=Rated.DISTRESS) if here is not None and phase == Phase.EXPOSURE:
                here.missed += 1
            case _:
                pass
    leave(end_ns)
    return [visit for visit in visits if visit.exposed_s > 0 or visit.ratings]


def _distances(visits: list[Visit], stimulus: Samples) -> None:
    if not len(stimulus):
        return
    times, distances = stimulus["t_ns"], stimulus["distance"].astype(float)
    usable = (stimulus["visible"] != 0) & np.isfinite(distances)
    for visit in visits:
        least = math.inf
        for begin, end in visit.spans_ns:
            low, high = np.searchsorted(times, (begin, end))
            seen = distances[low:high][usable[low:high]]
            if len(seen):
                least = min(least, float(seen.min()))
        visit.distance_m = least if math.isfinite(least) else None


def _demands(events: list[ev.Event]) -> tuple[Demand, ...]:
    found: list[Demand] = []
    running: dict[tuple[str, str], int] = {}
    for event in events:
        if not isinstance(event.body, ev.DemandMade):
            continue
        body = event.body
        key = (body.cause.value, body.demand.value)
        if body.active and key not in running:
            running[key] = len(found)
            found.append(Demand(*key, event.t_ns / 1e9, None))
        elif not body.active and key in running:
            place = running.pop(key)
            found[place] = Demand(*key, found[place].begin_s, event.t_ns / 1e9)
    return tuple(found)
