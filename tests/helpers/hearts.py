"""Series of beats with known answers, and sessions in which they are heard of."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.helpers.walks import Frame, Moment, frames
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag


def beats_at(
    bpm_at: Callable[[float], float], seconds: float, *, late_s: float = 0.3, packet_s: float = 0.0
) -> tuple[Beat, ...]:
    """Beats whose momentary rate is ``bpm_at(t)`` at the begin of each interval; without noise or breath.

    Heard of ``late_s`` after the beat, or, with ``packet_s``, when the next packet of that length is sent.
    """
    found: list[Beat] = []
    t_s = 0.0
    while True:
        rr_ms = 60_000.0 / bpm_at(t_s)
        t_s += rr_ms / 1000.0
        if t_s > seconds:
            return tuple(found)
        t_ns = round(t_s * 1e9)
        heard_ns = t_ns + round(late_s * 1e9)
        if packet_s:
            step_ns = round(packet_s * 1e9)
            heard_ns = -(-heard_ns // step_ns) * step_ns
        found.append(Beat(t_ns, heard_ns, rr_ms, None, BeatFlag.OK))


def step_up(before: float, after: float, at_s: float) -> Callable[[float], float]:
    return lambda t: before if t < at_s else after


def exposure(on_s: float, off_s: float, steps: tuple[float, ...] = ()) -> Callable[[float], Moment]:
    """A neutral room, a stimulus from ``on_s`` to ``off_s``, a further step at each of ``steps``."""

    def at(t: float) -> Moment:
        shown = on_s <= t < off_s
        step = 0 if t < on_s else 1 + sum(t >= more for more in steps)
        return Moment(1.0, exposed=shown, step=step)

    return at


def session(
    beats: tuple[Beat, ...],
    seconds: float,
    on_s: float,
    off_s: float,
    hz: float = 20.0,
    steps: tuple[float, ...] = (),
) -> Iterator[Frame]:
    return frames(exposure(on_s, off_s, steps), seconds, hz, beats)


def odd(beats: tuple[Beat, ...], share: float, seed: int, from_s: float, to_s: float) -> tuple[Beat, ...]:
    """Some intervals between two moments come out as if a beat had been missed."""
    rng = random.Random(seed)
    return tuple(
        beat._replace(rr_ms=2100.0)
        if from_s * 1e9 <= beat.t_ns < to_s * 1e9 and rng.random() < share
        else beat
        for beat in beats
    )
