"""What a scrubber needs of a record: the session's series, thinned to what a screen can show, and what stood at any
moment. Times are seconds of the record's clock."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clinician_console.core.timeline import Point, TimeLine
from clinician_console.report.gather import ReadRecord
from vr_runtime.protocol import events as ev

BUCKETS = 1200
"""Most points of a series: a screen has hardly more columns."""
FRESH_S = 10.0
"""A heart rate or a distance older than that is none at the moment asked for."""

LISTED = frozenset(
    {
        "phase", "rating", "missed", "marker", "command", "stop", "demand", "trigger", "window", "trial", "proposal",
        "mark", "compulsion", "override", "cut_short", "at_peak",
    }
)  # fmt: skip
"""Points that are things which happened, and not states or running figures."""


@dataclass(frozen=True)
class Happening:
    """A line of the list: ``kind`` and ``label`` are keys of words, as :class:`Point` has them."""

    t_s: float
    kind: str
    label: str
    value: float | None = None
    unit: str = ""
    accepted: bool = True
    step: int = 0


@dataclass(frozen=True)
class Moment:
    """What stood at a moment. None: not known, or too long ago to count."""

    t_s: float
    phase: str
    step: int
    distress: float | None
    distress_at_s: float | None
    heart: float | None
    distance_m: float | None


@dataclass(frozen=True)
class Track:
    """``distress``: (s, 0 to 100); ``intensity``: (s, share of the ladder) where it changed; ``heart``: (s, 1/min);
    ``distance``: (s, least horizontal distance to a visible stimulus, m); ``phases``: (s, phase)."""

    end_s: float
    distress: tuple[tuple[float, float], ...]
    intensity: tuple[tuple[float, float, int], ...]
    heart: tuple[tuple[float, float], ...]
    distance: tuple[tuple[float, float], ...]
    phases: tuple[tuple[float, str], ...]
    happenings: tuple[Happening, ...]

    def at(self, t_s: float) -> Moment:
        """What stood at ``t_s``; outside of the session, at its nearer end. Nonsense counts as its beginning."""
        t_s = min(max(t_s, 0.0), self.end_s) if math.isfinite(t_s) else 0.0
        rated = _last(self.distress, t_s)
        step = _last(self.intensity, t_s)
        phase = _last(self.phases, t_s)
        heart, distance = _last(self.heart, t_s), _last(self.distance, t_s)
        return Moment(
            t_s=t_s,
            phase=str(phase[1]) if phase else "setup",
            step=int(step[2]) if step else 0,
            distress=rated[1] if rated else None,
            distress_at_s=rated[0] if rated else None,
            heart=heart[1] if heart and t_s - heart[0] <= FRESH_S else None,
            distance_m=distance[1] if distance and t_s - distance[0] <= FRESH_S else None,
        )

    def as_json(self) -> dict[str, Any]:
        """For the page's script: numbers alone, no words."""
        return {
            "end": self.end_s,
            "distress": [list(one) for one in self.distress],
            "intensity": [list(one) for one in self.intensity],
            "heart": [list(one) for one in self.heart],
            "distance": [list(one) for one in self.distance],
            "phases": [list(one) for one in self.phases],
            "happenings": [[one.t_s, one.kind] for one in self.happenings],
        }


def track_of(record: ReadRecord) -> Track:
    """Read a whole record.

    Raises:
        RecordError: where the record is altered or holds what cannot be read.
        ValueError: where it holds nothing yet.
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
    end_s = max(line.last_s, float(frames["t_ns"][-1]) / 1e9 if len(frames) else 0.0, 1.0)
    points = list(line.points)
    return Track(
        end_s=round(end_s, 3),
        distress=tuple(
            (round(point.t_s, 2), point.value)
            for point in points
            if point.kind == "rating" and point.label == "distress" and point.value is not None
        ),
        intensity=tuple(
            (round(point.t_s, 2), point.value or 0.0, int(point.label) if (point.value or 0.0) > 0 else 0)
            for point in points
            if point.kind == "intensity"
        ),
        heart=tuple((round(t_s, 1), round(rate, 1)) for t_s, rate in line.heart.points()),
        distance=_distances(record.samples("stimulus"), end_s),
        phases=tuple((round(point.t_s, 2), point.label) for point in points if point.kind == "phase"),
        happenings=tuple(happenings(points)),
    )


def happenings(points: Iterable[Point]) -> Iterable[Happening]:
    """What happened, in the order of time."""
    step = 0
    found: list[Happening] = []
    for point in points:
        if point.kind == "intensity":
            now = int(point.label) if (point.value or 0.0) > 0 else 0
            if now and now != step:
                found.append(Happening(point.t_s, "step", str(now), step=now))
            step = now or step
        elif point.kind in LISTED and not (point.kind == "command" and point.data.get("accepted")):
            if point.kind == "demand" and not point.data.get("active"):
                continue
            found.append(
                Happening(
                    round(point.t_s, 2),
                    point.kind,
                    point.label,
                    point.value,
                    str(point.data.get("unit", "")),
                    bool(point.data.get("accepted", True)),
                    step,
                )
            )
    return sorted(found, key=lambda one: one.t_s)


def _last(series: Sequence[Any], t_s: float) -> Any:
    place = bisect_right(series, t_s, key=lambda one: one[0])
    return series[place - 1] if place else None


def _distances(stimulus: Any, end_s: float) -> tuple[tuple[float, float], ...]:
    """The least distance in each of at most :data:`BUCKETS` spans of time."""
    if not len(stimulus):
        return ()
    distance = stimulus["distance"].astype(float)
    usable = (stimulus["visible"] != 0) & np.isfinite(distance) & (distance >= 0)
    times, distance = stimulus["t_ns"][usable] / 1e9, distance[usable]
    if not len(times):
        return ()
    span = max(1.0, end_s / BUCKETS)
    number = np.floor(times / span).astype(np.int64)
    least = np.full(int(number.max()) + 1, np.inf)
    np.minimum.at(least, number, distance)
    return tuple(
        (round((index + 0.5) * span, 2), round(float(value), 3))
        for index, value in enumerate(least)
        if math.isfinite(value)
    )
