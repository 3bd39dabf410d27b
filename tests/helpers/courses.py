"""Sessions of virtual patients without a runtime: as quick as they can be, for many patients and many sessions.

The stimulus is an edge 1.05 m ahead. Step k of n is played at the intensity k / n, as the loop does it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from vr_runtime.display.port import Perception
from vr_runtime.patient import Memory, Traits, VirtualPatient
from vr_runtime.patient.inner import Inner
from vr_runtime.protocol.events import PatientAnswered, PatientDid, StopPressed
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.words import Rated, Scale

HZ = 10.0
INSIDE_S = 0.1
EDGE_Y = 1.05


class Stay(NamedTuple):
    """So long at an intensity; None: in a neutral place."""

    seconds: float
    intensity: float | None


class Moment(NamedTuple):
    t_s: float
    stay: int
    on_stay_s: float
    head: Pose
    distance_m: float
    arousal: float
    distress: float
    drive: float
    on: bool
    answered: tuple[PatientAnswered | StopPressed, ...]


def live(
    patient: VirtualPatient,
    stays: Sequence[Stay],
    *,
    hz: float = HZ,
    ask: Iterable[tuple[float, Rated, Scale]] = (),
    deeds: Iterable[PatientDid] = (),
    motion: float = 0.0,
    begin_s: float = 0.0,
) -> list[Moment]:
    """``ask``: at which second what is asked; a question stands open until the next one. ``deeds`` are told when they
    are over (``t_off_ns``)."""
    asked = sorted(ask, key=lambda one: one[0])
    told = sorted(deeds, key=lambda deed: deed.t_off_ns)
    seen: list[Moment] = []
    number, prompt, what, scale = 0, None, None, None
    start = 0.0
    for index, stay in enumerate(stays):
        for i in range(round(stay.seconds * hz)):
            since, on_stay = start + i / hz, i / hz
            t_ns = round((begin_s + since) * 1e9)
            head, _ = patient.pose(t_ns)
            while asked and asked[0][0] <= since:
                _, what, scale = asked.pop(0)
                number += 1
                prompt = f"p{number}"
            now = tuple(deed for deed in told if deed.t_off_ns <= t_ns)
            told = told[len(now) :]
            distance = EDGE_Y - head.y
            perception = Perception(t_ns, 0.0, None, None, False, prompt, None, what, scale, now)
            if stay.intensity is not None:
                length = math.hypot(distance, head.z)
                perception = perception._replace(
                    intensity=stay.intensity,
                    distance_m=distance,
                    direction=(0.0, distance / length, -head.z / length),
                    exposed=True,
                    motion=motion,
                )
            patient.perceive(perception)
            seen.append(
                Moment(
                    begin_s + since, index, on_stay, head, distance, patient.arousal(),
                    patient.inner.feeling.distress, patient.heart_drive(), patient.headset_on,
                    patient.answers(t_ns),
                )
            )  # fmt: skip
        start += stay.seconds
    return seen


def inside(
    traits: Traits,
    stays: Sequence[Stay],
    *,
    ask: Iterable[tuple[float, Rated, Scale]] = (),
    deeds: Iterable[PatientDid] = (),
    motion: float = 0.0,
    memory: Memory | None = None,
    seed: int = 1,
) -> tuple[list[float], Inner]:
    """The same without a body, many times as quick: it stands 0.6 m from the edge and attends to it now and then.
    What is asked is answered at once."""
    inner = Inner(traits, Random(f"inside {seed}"), INSIDE_S, memory)
    asked, told = sorted(ask, key=lambda one: one[0]), sorted(deeds, key=lambda deed: deed.t_off_ns)
    answers: list[float] = []
    t_s = 0.0
    for stay in stays:
        for _ in range(round(stay.seconds / INSIDE_S)):
            exposed = stay.intensity is not None
            inner.tick(exposed, stay.intensity or 0.0, 0.6 if exposed else None, 0.7, motion)
            t_s += INSIDE_S
            now = tuple(deed for deed in told if deed.t_off_ns <= t_s * 1e9)
            told = told[len(now) :]
            inner.did(now)
            while asked and asked[0][0] <= t_s:
                answers.append(inner.say(*asked.pop(0)[1:]))
    return answers, inner


class Rating(NamedTuple):
    step: int
    on_step_s: float
    value: float


def session(
    traits: Traits,
    seed: int,
    steps: Iterable[int],
    *,
    of: int,
    minutes: float,
    memory: Memory | None,
    every_s: float,
    body: bool = True,
) -> tuple[list[Rating], Memory]:
    """One session: two minutes of baseline, then each step for so many minutes; distress is asked on a beat."""
    steps = list(steps)
    stays = [Stay(120.0, None), *(Stay(minutes * 60.0, step / of) for step in steps)]
    beats = [
        120.0 + number * minutes * 60.0 + after
        for number in range(len(steps))
        for after in _beats(minutes * 60.0, every_s)
    ]
    ask = [(at, Rated.DISTRESS, Scale.SUDS_100) for at in beats]
    if not body:
        values, inner = inside(traits, stays, ask=ask, memory=memory, seed=seed)
        places = [divmod(at - 120.0, minutes * 60.0) for at in beats]
        given = [
            Rating(steps[int(number)], on_s, value)
            for (number, on_s), value in zip(places, values, strict=True)
        ]
        return given, inner.memory()
    patient = VirtualPatient(seed, traits, Pose(z=1.6), memory)
    seen = live(patient, stays, hz=2.0, ask=ask)
    ratings = [
        Rating(steps[moment.stay - 1], moment.on_stay_s, answer.raw)
        for moment in seen
        if moment.stay > 0
        for answer in moment.answered
        if isinstance(answer, PatientAnswered)
    ]
    return ratings, patient.memory()


def _beats(seconds: float, every_s: float) -> list[float]:
    return [15.0 + every_s * i for i in range(math.ceil((seconds - 25.0) / every_s))]
