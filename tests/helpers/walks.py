"""Scripted walks towards an edge, fed to an observer frame by frame, and the record that they leave."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from vr_runtime.measures import Observer
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Beat, Hands, Pose, StimulusReading
from vr_runtime.protocol.streams import LEFT, RIGHT, STREAMS, FrameFlag

EDGE_Y = 3.0
EYES_M = 1.6


class Moment(NamedTuple):
    """One frame of a walk. ``look_deg``: angle between head and stimulus, in the plane of the walk."""

    distance_m: float
    look_deg: float = 0.0
    visible: bool = True
    exposed: bool = True
    tracking: bool = True
    step: int = 1
    own: bool = True
    """The head moved; otherwise the edge did."""


class Frame(NamedTuple):
    t_ns: int
    head: Pose
    hands: Hands
    readings: tuple[StimulusReading, ...]
    beats: tuple[Beat, ...]
    step: int
    exposed: bool
    tracking: bool


def frames(
    moment_at: Callable[[float], Moment],
    seconds: float,
    hz: float = 90.0,
    beats: tuple[Beat, ...] = (),
) -> Iterator[Frame]:
    coming = sorted(beats, key=lambda beat: beat.arrival_ns)
    for i in range(round(seconds * hz)):
        t_ns = round(i * 1e9 / hz)
        moment = moment_at(t_ns / 1e9)
        heard = []
        while coming and coming[0].arrival_ns <= t_ns:
            heard.append(coming.pop(0))
        y, edge = (EDGE_Y - moment.distance_m, EDGE_Y) if moment.own else (0.0, moment.distance_m)
        down = math.atan2(-EYES_M, edge - y)
        half = 0.5 * (down + math.radians(moment.look_deg))
        head = Pose(0.0, y, EYES_M, math.sin(half), 0.0, 0.0, math.cos(half))
        readings = (StimulusReading(0, moment.distance_m, (0.0, edge, 0.0), moment.visible),)
        hands = Hands(Pose(-0.2, y, 1.0), None)
        step, exposed, tracking = moment.step, moment.exposed, moment.tracking
        yield Frame(t_ns, head, hands, readings, tuple(heard), step, exposed, tracking)


def observe(observer: Observer, walk: Iterator[Frame]) -> tuple[Marker, ...]:
    markers: list[Marker] = []
    t_ns = 0
    for frame in walk:
        t_ns = frame.t_ns
        markers += observer.update(*frame)
    return (*markers, *observer.finish(t_ns))


def named(markers: tuple[Marker, ...], name: str) -> list[Marker]:
    return [marker for marker in markers if marker.marker == name]


def only(markers: tuple[Marker, ...], name: str) -> Marker:
    (marker,) = named(markers, name)
    return marker


def as_record(walk: list[Frame]) -> dict[str, np.ndarray[Any, Any]]:
    """The samples of a walk as a record keeps them: structured arrays by stream."""
    rows: dict[str, list[tuple[Any, ...]]] = {n: [] for n in ("frame", "head", "hands", "stimulus", "heart")}
    nan = math.nan
    for number, f in enumerate(walk, 1):
        flags = FrameFlag.STIMULUS_SHOWN * f.exposed | FrameFlag.TRACKING * f.tracking
        rows["frame"].append((f.t_ns, number, f.t_ns + 11_000_000, flags, -1, 0, 0, 0.0, 0))
        rows["head"].append((f.t_ns, number, *f.head, f.tracking))
        for hand, pose in ((LEFT, f.hands.left), (RIGHT, f.hands.right)):
            if pose is not None:
                rows["hands"].append((f.t_ns, number, hand, *pose, 1))
        for r in f.readings:
            rows["stimulus"].append((f.t_ns, number, r.index, r.distance_m, *r.point, r.visible))
        for b in f.beats:
            rr, bpm = nan if b.rr_ms is None else b.rr_ms, nan if b.bpm is None else b.bpm
            rows["heart"].append((b.t_ns, number, b.arrival_ns, rr, bpm, b.flag))
    return {name: np.array(values, list(STREAMS[name].columns)) for name, values in rows.items()}
