"""Scripted looking, fed to an observer frame by frame, and the record that it leaves; the virtual patient's as well."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from vr_runtime.display.port import Perception
from vr_runtime.measures import Observer, Settings, StepFrom, observe_record
from vr_runtime.patient import Traits, VirtualPatient
from vr_runtime.patient.eyes import Intention
from vr_runtime.patient.motion import quaternion
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Hands, Pose, StimulusReading
from vr_runtime.protocol.streams import LEFT, RIGHT, STREAMS, FrameFlag

EYES = (0.0, 0.0, 1.6)
Angles = tuple[float, float]
"""Left and up, degrees from straight ahead."""


class Glance(NamedTuple):
    """What is so at a moment of a script."""

    gaze: Angles | None = None
    head: Angles | None = (0.0, 0.0)
    """None: not tracked."""
    stimulus: Angles = (0.0, 0.0)
    visible: bool = True
    exposed: bool = True
    openness: float | None = None
    step: int = 1


class Frame(NamedTuple):
    """What ``Observer.update`` takes."""

    t_ns: int
    head: Pose
    hands: Hands
    readings: tuple[StimulusReading, ...]
    beats: tuple[()]
    step: int
    exposed: bool
    tracking: bool
    deeds: tuple[()] = ()
    eye: Pose | None = None
    openness: float | None = None


Script = Callable[[float], Glance]


def towards(angles: Angles, length: float = 1.0) -> tuple[float, float, float]:
    yaw, pitch = math.radians(angles[0]), math.radians(angles[1])
    c = length * math.cos(pitch)
    return -c * math.sin(yaw), c * math.cos(yaw), length * math.sin(pitch)


def turned(angles: Angles) -> Pose:
    return Pose(*EYES, *quaternion(math.radians(angles[0]), math.radians(angles[1]), 0.0))


def times(seconds: float, hz: float, jitter: float = 0.0, drops: float = 0.0, seed: int = 0) -> list[int]:
    """When frames begin, ns. ``jitter``: of a frame's length, either way, the most; ``drops``: share of frames that
    are missing."""
    draw = random.Random(f"{seed} times")
    found = []
    for i in range(round(seconds * hz)):
        t_ns = round((i + draw.uniform(-jitter, jitter)) * 1e9 / hz) + 1_000_000_000
        if draw.random() >= drops:
            found.append(t_ns)
    return found


def frame_of(glance: Glance, t_ns: int) -> Frame:
    head = Pose(*EYES) if glance.head is None else turned(glance.head)
    sx, sy, sz = towards(glance.stimulus, 2.0)
    point = (EYES[0] + sx, EYES[1] + sy, EYES[2] + sz)
    reading = StimulusReading(0, math.hypot(sx, sy), point, glance.visible)
    eye = None if glance.gaze is None else turned(glance.gaze)
    return Frame(
        t_ns, head, Hands(), (reading,), (), glance.step, glance.exposed, glance.head is not None, (), eye,
        glance.openness,
    )  # fmt: skip


def looks(script: Script, when: Iterable[int]) -> list[Frame]:
    """``script`` counts seconds from the first possible frame."""
    return [frame_of(script((t_ns - 1_000_000_000) / 1e9), t_ns) for t_ns in when]


def watched(
    frames: Sequence[Frame], stimuli: Sequence[str] = ("dog",), settings: Settings | None = None
) -> tuple[Marker, ...]:
    """The markers of a session, live."""
    observer = Observer(stimuli, settings)
    markers: list[Marker] = []
    for frame in frames:
        markers += observer.update(*frame)
    return (*markers, *observer.finish(frames[-1].t_ns))


def recorded(frames: Sequence[Frame], stimuli: Sequence[str] = ("dog",)) -> tuple[Marker, ...]:
    """The markers of the record that the session left."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("frame", "head", "hands", "stimulus", "heart", "eye", "eyelid")
    }
    steps: list[StepFrom] = []
    for number, f in enumerate(frames, 1):
        flags = FrameFlag.STIMULUS_SHOWN * f.exposed | FrameFlag.TRACKING * f.tracking
        rows["frame"].append((f.t_ns, number, f.t_ns + 11_000_000, flags, -1, 0, 0, 0.0, 0))
        rows["head"].append((f.t_ns, number, *f.head, f.tracking))
        for side, hand in ((LEFT, f.hands.left), (RIGHT, f.hands.right)):
            if hand is not None:
                rows["hands"].append((f.t_ns, number, side, *hand, True))
        for r in f.readings:
            rows["stimulus"].append((f.t_ns, number, r.index, r.distance_m, *r.point, r.visible))
        if f.eye is not None:
            rows["eye"].append((f.t_ns, number, *f.eye, True))
        if f.openness is not None:
            rows["eyelid"].append((f.t_ns, number, f.openness))
        if not steps or steps[-1].step != f.step:
            steps.append(StepFrom(number, f.step))
    arrays = {name: np.array(values, list(STREAMS[name].columns)) for name, values in rows.items()}
    return observe_record(
        arrays["frame"], arrays["head"], arrays["hands"], arrays["stimulus"], arrays["heart"], stimuli=stimuli,
        steps=steps, eye=arrays["eye"], eyelid=arrays["eyelid"],
    )  # fmt: skip


# ---- the virtual patient


class Lived(NamedTuple):
    frames: list[Frame]
    meant: list[Intention]
    """One a frame."""


def patient_looks(
    seed: int, traits: Traits, seconds: float, hz: float = 90.0, intensity: float = 0.7, jitter: float = 0.0
) -> Lived:
    """A patient with an eye tracker before a dog that stands 1.6 m away, a little to the left, 0.6 m high."""
    patient = VirtualPatient(seed, traits, Pose(y=-0.5, z=1.6), eye_tracking=True)
    dog = (-0.3, 1.6, 0.6)
    frames: list[Frame] = []
    meant: list[Intention] = []
    for t_ns in times(seconds, hz, jitter, seed=seed):
        head, hands = patient.pose(t_ns)
        eye, openness = patient.eyes(t_ns)
        dx, dy, dz = dog[0] - head.x, dog[1] - head.y, dog[2] - head.z
        length = math.sqrt(dx * dx + dy * dy + dz * dz)
        distance = math.hypot(dx, dy)
        patient.perceive(
            Perception(t_ns, intensity, distance, (dx / length, dy / length, dz / length), True, None)
        )
        reading = StimulusReading(0, distance, dog, True)
        frames.append(Frame(t_ns, head, hands, (reading,), (), 1, True, True, (), eye, openness))
        intention = patient.intentions.sight
        assert intention is not None
        meant.append(intention)
    return Lived(frames, meant)


class Span(NamedTuple):
    on_s: float
    off_s: float

    @property
    def length_s(self) -> float:
        return self.off_s - self.on_s


def spans(lived: Lived, so: Callable[[Intention], bool], least_s: float, bridge_s: float = 0.0) -> list[Span]:
    """Stretches in which an intention held, no shorter than ``least_s``; pauses of ``bridge_s`` do not part them."""
    found: list[Span] = []
    on_s: float | None = None
    last_s = 0.0
    for frame, intention in zip(lived.frames, lived.meant, strict=True):
        t_s = frame.t_ns / 1e9
        if so(intention):
            if on_s is None:
                on_s = found.pop().on_s if found and t_s - found[-1].off_s <= bridge_s else t_s
            last_s = t_s
        elif on_s is not None:
            found.append(Span(on_s, last_s))
            on_s = None
    if on_s is not None:
        found.append(Span(on_s, last_s))
    return [span for span in found if span.length_s >= least_s]


def marked(markers: Iterable[Marker], name: str) -> list[Span]:
    return [Span(m.t_on_ns / 1e9, m.t_off_ns / 1e9) for m in markers if m.marker == name]


def matched(one: Sequence[Span], other: Sequence[Span], share: float = 0.5) -> int:
    """How many spans of ``one`` have a span of ``other`` that overlaps the shorter of the two by at least ``share``."""

    def overlap(a: Span, b: Span) -> float:
        return min(a.off_s, b.off_s) - max(a.on_s, b.on_s)

    return sum(
        any(overlap(a, b) >= share * max(1e-9, min(a.length_s, b.length_s)) for b in other) for a in one
    )


def moments(lived: Lived, count: Callable[[Intention], int]) -> Iterator[float]:
    """When a counter of the intention rose, s."""
    before = 0
    for frame, intention in zip(lived.frames, lived.meant, strict=True):
        if count(intention) > before:
            yield frame.t_ns / 1e9
        before = count(intention)
