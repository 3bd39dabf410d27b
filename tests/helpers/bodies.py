"""Scripted bodies before one stimulus, frame by frame: any frame rate, jitter, dropped frames, mirrored worlds."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tests.helpers.walks import Frame, as_record
from vr_runtime.measures import DeedAt, LeftAt, Observer, Settings, StepFrom, observe_record
from vr_runtime.patient.motion import quaternion
from vr_runtime.protocol.events import Marker, PatientDid
from vr_runtime.protocol.files.manifest import Stimulus, Text
from vr_runtime.protocol.pose import Beat, Hands, Pose, StimulusReading

Point = tuple[float, float, float]
S = 1_000_000_000
THING = Stimulus(
    id="thing", name=Text(en="thing", fr="chose"), near_m=1.0, goal_m=0.3, checkable=True, edge=True
)


class Body(NamedTuple):
    """One moment: metres in the tracked space, angles in degrees (yaw to the left, pitch up)."""

    head: Point = (0.0, 0.0, 1.6)
    yaw: float = 0.0
    pitch: float = 0.0
    left: Point | None = (-0.2, 0.1, 1.0)
    right: Point | None = (0.2, 0.1, 1.0)
    stimulus: Point = (0.0, 2.0, 1.0)
    visible: bool = True
    exposed: bool = True
    tracking: bool = True
    step: int = 1


class Happening(NamedTuple):
    """What comes beside the poses: seconds, and what."""

    deeds: Sequence[tuple[float, PatientDid]] = ()
    left: Sequence[tuple[float, str]] = ()


NOTHING = Happening()


def even(hz: float, seconds: float) -> list[int]:
    """Times of frames, ns, the last one at ``seconds``."""
    return [round(i * 1e9 / hz) for i in range(round(seconds * hz) + 1)]


def uneven(hz: float, seconds: float, seed: int, jitter: float = 0.3, drops: float = 0.05) -> list[int]:
    """``jitter``: share of a frame by which each is early or late; ``drops``: share of frames that are missing."""
    rng = random.Random(seed)
    found = [0]
    for i in range(1, round(seconds * hz)):
        if rng.random() >= drops:
            found.append(round((i + jitter * rng.uniform(-1.0, 1.0)) * 1e9 / hz))
    return [*found, round(seconds * 1e9)]


def played(
    body_at: Callable[[float], Body], times: Iterable[int], beats: Iterable[Beat] = (), noise_m: float = 0.0
) -> list[Frame]:
    """``noise_m``: standard deviation of white noise on head and hands, each axis."""
    coming = sorted(beats, key=lambda beat: beat.arrival_ns)
    rng = random.Random(7)
    walk: list[Frame] = []
    for t_ns in times:
        body = body_at(t_ns / 1e9)
        heard = []
        while coming and coming[0].arrival_ns <= t_ns:
            heard.append(coming.pop(0))

        def placed(point: Point, turn: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0)) -> Pose:
            x, y, z = (value + rng.gauss(0.0, noise_m) if noise_m else value for value in point)
            return Pose(x, y, z, *turn)

        head = placed(body.head, quaternion(math.radians(body.yaw), math.radians(body.pitch), 0.0))
        hands = Hands(*(None if point is None else placed(point) for point in (body.left, body.right)))
        sx, sy, _ = body.stimulus
        away = math.hypot(sx - body.head[0], sy - body.head[1])
        reading = StimulusReading(0, away, body.stimulus, body.visible)
        walk.append(
            Frame(t_ns, head, hands, (reading,), tuple(heard), body.step, body.exposed, body.tracking)
        )
    return walk


def _told(walk: Sequence[Frame], happening: Happening) -> tuple[list[DeedAt], list[LeftAt]]:
    """The first frame at or after each moment tells of it."""

    def frame(at_s: float) -> int:
        return next((n for n, f in enumerate(walk, 1) if f.t_ns >= at_s * 1e9 - 1), len(walk))

    deeds = sorted((DeedAt(frame(at), deed) for at, deed in happening.deeds), key=lambda each: each.frame)
    return deeds, sorted(LeftAt(frame(at), how) for at, how in happening.left)


def live(
    walk: Sequence[Frame],
    happening: Happening = NOTHING,
    stimuli: Sequence[Stimulus | str] = (THING,),
    settings: Settings | None = None,
) -> tuple[Marker, ...]:
    """Markers of the live session."""
    observer = Observer(stimuli, settings)
    deeds, left = _told(walk, happening)
    markers: list[Marker] = []
    for number, frame in enumerate(walk, 1):
        now = [each.deed for each in deeds if each.frame == number]
        how = next((each.how for each in left if each.frame == number), "")
        markers += observer.update(*frame, now, left=how)
    return (*markers, *observer.finish(walk[-1].t_ns))


def offline(
    walk: Sequence[Frame], happening: Happening = NOTHING, stimuli: Sequence[Stimulus | str] = (THING,)
) -> tuple[Marker, ...]:
    """Markers from the record that the same session leaves."""
    record = as_record(list(walk))
    deeds, left = _told(walk, happening)
    steps = [StepFrom(1, walk[0].step)]
    for number, (before, frame) in enumerate(zip(walk, walk[1:], strict=False), 2):
        if frame.step != before.step:
            steps.append(StepFrom(number, frame.step))
    return observe_record(
        record["frame"], record["head"], record["hands"], record["stimulus"], record["heart"],
        stimuli=stimuli, steps=steps, deeds=deeds, left=left,
    )  # fmt: skip


def did(what: str, thing: str, on_s: float, off_s: float, hand: str = "right", **more: float) -> PatientDid:
    return PatientDid.model_validate(
        {
            "scene": "made", "what": what, "thing": thing, "hand": hand,
            "t_on_ns": round(on_s * S), "t_off_ns": round(off_s * S), **more,
        }
    )  # fmt: skip


def mirrored(walk: Iterable[Frame]) -> list[Frame]:
    """The world in a mirror: x becomes -x, left becomes right."""

    def pose(p: Pose | None) -> Pose | None:
        return None if p is None else Pose(-p.x, p.y, p.z, p.qx, -p.qy, -p.qz, p.qw)

    found = []
    for f in walk:
        readings = tuple(r._replace(point=(-r.point[0], *r.point[1:])) for r in f.readings)
        head = pose(f.head)
        assert head is not None
        found.append(
            f._replace(head=head, hands=Hands(pose(f.hands.right), pose(f.hands.left)), readings=readings)
        )
    return found


def rotated(walk: Iterable[Frame], degrees: float) -> list[Frame]:
    """The world turned about the vertical axis."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    hs, hc = math.sin(math.radians(degrees / 2.0)), math.cos(math.radians(degrees / 2.0))

    def point(p: Point) -> Point:
        return (c * p[0] - s * p[1], s * p[0] + c * p[1], p[2])

    def pose(p: Pose | None) -> Pose | None:
        if p is None:
            return None
        q = (hc * p.qx - hs * p.qy, hc * p.qy + hs * p.qx, hc * p.qz + hs * p.qw, hc * p.qw - hs * p.qz)
        return Pose(*point(p[:3]), *q)

    found = []
    for f in walk:
        readings = tuple(r._replace(point=point(r.point)) for r in f.readings)
        head = pose(f.head)
        assert head is not None
        found.append(
            f._replace(head=head, hands=Hands(pose(f.hands.left), pose(f.hands.right)), readings=readings)
        )
    return found


def beats(rate_at: Callable[[float], float], seconds: float, late_s: float = 0.3) -> list[Beat]:
    """Beats of a heart whose rate (1/min) is a function of time."""
    found, t_s = [], 0.0
    while t_s < seconds:
        rr_s = 60.0 / rate_at(t_s)
        t_s += rr_s
        found.append(Beat(round(t_s * S), round((t_s + late_s) * S), rr_s * 1000.0, None, 0))
    return found
