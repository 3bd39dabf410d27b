"""A record as exports need it: opened, its spans, its distress, its regular series. Pure, on what a reader gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clinician_console.export.covering import WholeRecord, moment
from vr_runtime.measures.heart_spans import HeartSeries
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.words import Phase, Place
from vr_runtime.record import RecordError, RecordReason

Samples = NDArray[Any]
Floats = NDArray[np.float64]

HEART_HZ = 4
HEART_GAP_S = 3.0
"""Across a longer time without a usable beat nothing is drawn."""


class Span(NamedTuple):
    """From ``begin_s`` to ``end_s`` since the record's opening. ``name``: a phase, or ``step N``."""

    name: str
    place: str
    begin_s: float
    end_s: float


@dataclass
class Recorded:
    """``zero``: wall time of the opening, UTC; None where the record tells none. ``end_s``: of its last entry."""

    opened: ev.Opened
    events: list[ev.Event]
    zero: datetime | None
    end_s: float
    last_seq: int
    last_hash: str
    samples: Callable[[str], Samples]

    @classmethod
    def read(cls, record: WholeRecord) -> Recorded:
        """Raises RecordError (ALTERED, NOT_A_RECORD)."""
        events = list(record.events())
        if not events or not isinstance(events[0].body, ev.Opened):
            raise RecordError(
                RecordReason.NOT_A_RECORD, "the record holds nothing yet: it was cut before its first entry"
            )
        seq, digest = record.last()
        samples = cache(record.samples)  # each call reads the whole record
        frames = samples("frame")["t_ns"]
        end_ns = max(max(event.t_ns for event in events), int(frames.max()) if len(frames) else 0)
        opened = events[0].body
        return cls(opened, events, moment(opened.wall_utc), end_ns / 1e9, seq, digest.hex(), samples)

    @property
    def interrupted(self) -> bool:
        return not isinstance(self.events[-1].body, ev.Closed)

    @property
    def stopped(self) -> bool:
        """A STOP was pressed, and the exposure was not taken up again."""
        phases = [e.body.phase for e in self.events if isinstance(e.body, ev.PhaseChanged)]
        stops = [number for number, phase in enumerate(phases) if phase is Phase.STOPPED]
        return bool(stops) and Phase.EXPOSURE not in phases[stops[-1] :]

    def phases(self) -> list[Span]:
        spans: list[Span] = []
        now, place, since = Phase.SETUP.value, Place.BASELINE_ROOM.value, 0.0
        for event in self.events:
            if isinstance(event.body, ev.PhaseChanged):
                at = event.t_ns / 1e9
                if at > since:
                    spans.append(Span(now, place, since, at))
                now, place, since = event.body.phase.value, event.body.place.value, at
        if self.end_s > since:
            spans.append(Span(now, place, since, self.end_s))
        return spans

    def distress(self) -> tuple[Floats, Floats]:
        """Times (s) and values (0 to 100) of the ratings of distress."""
        rated = [
            (event.t_ns / 1e9, event.body.value)
            for event in self.events
            if isinstance(event.body, ev.RatingGiven) and event.body.what.value == "distress"
        ]
        return np.array([t for t, _ in rated], float), np.array([value for _, value in rated], float)

    def intensity(self) -> tuple[Floats, Floats]:
        """Times (s) and share of the plan's ladder that is reached, 0 to 1, while the exposure scene is shown."""
        times, values = [0.0], [0.0]
        step, place, steps = 0, Place.BASELINE_ROOM, len(self.opened.plan.steps)
        for event in self.events:
            if isinstance(event.body, ev.PhaseChanged):
                place = event.body.place
            elif isinstance(event.body, ev.StepEntered):
                step = event.body.step
            else:
                continue
            times.append(event.t_ns / 1e9)
            values.append(min(1.0, step / steps) if steps and place is Place.SCENE else 0.0)
        return np.array(times), np.array(values)

    def beats(self) -> HeartSeries:
        """As heard, in the order of time; what is no interval is left out, artefacts are marked."""
        return HeartSeries.of_beats(self.samples("heart")).in_order().judged()[0]

    def heart(self, rate_hz: int = HEART_HZ) -> tuple[Floats, Floats]:
        """RR interval (ms) and rate (1/min) at a steady rate from the opening on; NaN where there is none.

        Each interval stands at the beat that ended it; between beats the intervals are drawn through by straight
        lines. Artefacts are left out; across more than HEART_GAP_S, and a begin of a new segment, nothing is drawn.
        """
        beats = self.beats()
        kept = ~beats.bad
        times, rr = beats.t_ns[kept] / 1e9, beats.rr_ms[kept]
        # A segment that begins with an artefact begins with the next good beat.
        segments = np.cumsum(beats.starts)[kept]
        intervals = steady(times, rr, rate_hz, self.end_s, HEART_GAP_S, segments)
        with np.errstate(divide="ignore", invalid="ignore"):
            return intervals, 60_000.0 / intervals

    def head_speed(self, rate_hz: int) -> Floats:
        """m/s: way of the head between neighbours of the steady rate, from poses that were tracked; NaN: none."""
        head = self.samples("head")
        head = head[
            (head["valid"] != 0) & np.isfinite(head["x"]) & np.isfinite(head["y"]) & np.isfinite(head["z"])
        ]
        times = head["t_ns"] / 1e9
        order = np.argsort(times, kind="stable")
        axes = [
            steady(times[order], head[name][order].astype(float), rate_hz, self.end_s, 0.25) for name in "xyz"
        ]
        way = np.sqrt(sum((np.diff(axis) ** 2 for axis in axes), np.zeros(max(0, axes[0].size - 1))))
        return np.concatenate([[math.nan], way * rate_hz])[: axes[0].size]

    def nearest_stimulus(self) -> tuple[Floats, NDArray[np.int64], Floats]:
        """Times (s), frames and least distance (m) to what was shown, a value a frame."""
        rows = self.samples("stimulus")
        rows = rows[(rows["visible"] != 0) & np.isfinite(rows["distance"])]
        frames, first = np.unique(rows["frame"], return_index=True)
        if not frames.size:
            return np.zeros(0), np.zeros(0, np.int64), np.zeros(0)
        order = np.argsort(rows["frame"], kind="stable")
        starts = np.searchsorted(rows["frame"][order], frames)
        least = np.minimum.reduceat(rows["distance"][order].astype(float), starts)
        return rows["t_ns"][first] / 1e9, frames.astype(np.int64), least


def opened_of(record: WholeRecord) -> ev.Opened:
    """The event that every record begins with. Raises RecordError NOT_A_RECORD where there is none yet."""
    first = next(iter(record.events()), None)
    if first is None or not isinstance(first.body, ev.Opened):
        raise RecordError(
            RecordReason.NOT_A_RECORD, "the record holds nothing yet: it was cut before its first entry"
        )
    return first.body


def steady(
    times: Floats,
    values: Floats,
    rate_hz: float,
    end_s: float,
    gap_s: float,
    segments: NDArray[Any] | None = None,
) -> Floats:
    """Values at k / rate_hz s, from 0 to before ``end_s``, on straight lines between neighbours that are at most
    ``gap_s`` apart and of the same segment; NaN elsewhere. Times that do not rise are passed over."""
    at = np.arange(max(0, math.floor(end_s * rate_hz))) / rate_hz
    if times.size:
        rising = np.concatenate([[True], times[1:] > np.maximum.accumulate(times)[:-1]])
        rising &= np.isfinite(values)
        times, values = times[rising], values[rising]
        segments = None if segments is None else segments[rising]
    if times.size < 2 or not at.size:
        return np.full(at.size, math.nan)
    drawn = np.interp(at, times, values, left=math.nan, right=math.nan)
    after = np.clip(np.searchsorted(times, at, side="left"), 1, times.size - 1)
    broken = (times[after] - times[after - 1]) > gap_s
    if segments is not None:
        broken |= segments[after] != segments[after - 1]
    exact = (times[after] == at) | (times[after - 1] == at)
    drawn[broken & ~exact] = math.nan
    return drawn


def held(times: Floats, values: Floats, rate_hz: int, end_s: float) -> Floats:
    """The latest value at k / rate_hz s; NaN before the first."""
    at = np.arange(max(0, math.floor(end_s * rate_hz))) / rate_hz
    place = np.searchsorted(times, at, side="right")
    return np.concatenate([[math.nan], values])[place]
