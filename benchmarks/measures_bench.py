"""What measures, the virtual patient and the heart sources cost in a frame (one stimulus, 90 Hz)."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks import Row
from vr_runtime.display.port import Perception
from vr_runtime.measures import Observer, Settings
from vr_runtime.measures.body import body
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment, Seen
from vr_runtime.patient import Traits, VirtualPatient
from vr_runtime.protocol.pose import Beat, Hands, Pose, StimulusReading
from vr_runtime.sensors import SimulatedHeart

FRAMES = 18_000
HZ = 90.0
EDGE_Y = 1.1


class _Frame(NamedTuple):
    t_ns: int
    head: Pose
    hands: Hands
    readings: tuple[StimulusReading, ...]
    beats: tuple[Beat, ...]
    step: int
    exposed: bool
    tracking: bool


def run() -> list[Row]:
    """Two hundred seconds of a session of the virtual patient, each part timed frame by frame."""
    patient = VirtualPatient(1, Traits(fear=0.8), Pose(z=1.6))
    heart = SimulatedHeart(1, patient.arousal)
    pose_ns: list[int] = []
    heart_ns: list[int] = []
    frames: list[_Frame] = []
    for i in range(FRAMES):
        t_ns = round(i * 1e9 / HZ)
        began = time.perf_counter_ns()
        head, hands = patient.pose(t_ns)
        between = time.perf_counter_ns()
        beats = heart.poll(t_ns)
        heart_ns.append(time.perf_counter_ns() - between)
        distance = EDGE_Y - head.y
        length = math.hypot(distance, head.z)
        told = Perception(t_ns, 0.7, distance, (0.0, distance / length, -head.z / length), True, None)
        again = time.perf_counter_ns()
        patient.perceive(told)
        patient.answers(t_ns)
        pose_ns.append(between - began + time.perf_counter_ns() - again)
        reading = StimulusReading(0, distance, (head.x, EDGE_Y, 0.0), True)
        frames.append(_Frame(t_ns, head, hands, (reading,), beats, 1 + i // 6000, True, True))
    observer = Observer(["edge"])
    update_ns: list[int] = []
    markers = 0
    for frame in frames:
        began = time.perf_counter_ns()
        found = observer.update(*frame)
        update_ns.append(time.perf_counter_ns() - began)
        markers += len(found)
    live_ns = _timed(observer.live, 500)
    body_ns = _body(frames)
    return [
        *_rows("Observer.update", update_ns, f"{FRAMES} frames, {markers} markers"),
        *_rows("measures of the whole body", body_ns, "a part of Observer.update, by itself"),
        *_rows("Observer.live", live_ns, "ten times a second"),
        *_rows("VirtualPatient, a frame", pose_ns, "pose, perceive and answers"),
        *_rows("SimulatedHeart.poll", heart_ns, "one packet a second"),
    ]


def _body(frames: list[_Frame]) -> list[int]:
    """The whole body's measures by themselves, on an edge that is checked too."""
    measures = body(Settings())
    out: list[tuple[str, Found]] = []
    found: list[int] = []
    last_ns = 0
    for f in frames:
        seen = tuple(Seen("edge", r.distance_m, r.point, r.visible, True, True) for r in f.readings)
        dt_s = (f.t_ns - last_ns) / 1e9
        last_ns = f.t_ns
        moment = Moment(f.t_ns, dt_s, f.step, f.exposed, f.head, f.hands, None, None, seen, f.beats, (), "")
        began = time.perf_counter_ns()
        measures.update(moment, out)
        found.append(time.perf_counter_ns() - began)
        out.clear()
    return found


def _timed(call: Callable[[], object], times: int) -> list[int]:
    found: list[int] = []
    for _ in range(times):
        began = time.perf_counter_ns()
        call()
        found.append(time.perf_counter_ns() - began)
    return found


def _rows(what: str, ns: list[int], note: str) -> list[Row]:
    p99 = statistics.quantiles(ns, n=100)[98]
    return [
        Row(f"{what}, median", statistics.median(ns) / 1e3, "µs", note),
        Row(f"{what}, p99", p99 / 1e3, "µs", note),
    ]
