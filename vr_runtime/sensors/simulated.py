"""A heart that follows a drive: for demos, tests and training. Sources: docs/virtual-patient.md."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.sensors.strap import Strap

RISE_S = 4.0
FALL_S = 14.0
"""Time constants of the rate towards its target: quicker up than down."""

GAIN_BPM = 45.0
"""From no drive to full drive."""

BREATH_HZ = 0.25
RSA_MS = 38.0
"""Peak of the respiratory sinus arrhythmia at rest; full drive leaves a third of it."""

MAYER_HZ = 0.1
MAYER_MS = 18.0
NOISE_MS = 9.0
SHORTEST_MS = 330.0
LONGEST_MS = 1500.0


class SimulatedHeart:
    """Beats whose rate follows ``drive(t_ns)`` (-1 to 1, clipped; None: at rest), heard as from a strap.

    Below 0 the heart is slower than at rest, as before a faint.
    ``drive`` is asked once a beat, at the time of the poll that brings it about. The same seed, drive and
    times of polling give the same beats.
    """

    name = "simulated"

    def __init__(
        self,
        seed: int,
        drive: Callable[[int], float] | None = None,
        *,
        resting_bpm: float = 70.0,
        start_ns: int = 0,
    ) -> None:
        """Raises ValueError for a resting rate outside 40 to 120 a minute."""
        if not 40.0 <= resting_bpm <= 120.0:
            raise ValueError(f"a resting rate of {resting_bpm:g} a minute; give one from 40 to 120")
        self._random = Random(f"heart {seed}")
        self._drive = drive
        self._resting = resting_bpm
        self._bpm = resting_bpm
        self._breath = self._random.random()
        self._mayer = self._random.random()
        self._strap = Strap(start_ns, self._next)
        self._changes = [HeartSourceChanged(source=self.name, state="started")]
        self._closed = False

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        return () if self._closed else self._strap.poll(now_ns)

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        return ()

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        if not self._changes:
            return ()
        changes = tuple(self._changes)
        self._changes.clear()
        return changes

    def close(self) -> None:
        self._closed = True

    def _next(self, t_ns: int) -> float:
        drive = min(1.0, max(-1.0, self._drive(t_ns))) if self._drive is not None else 0.0
        target = self._resting + GAIN_BPM * drive
        dt = 60.0 / self._bpm
        self._bpm += (target - self._bpm) * (1.0 - math.exp(-dt / (RISE_S if target > self._bpm else FALL_S)))
        random = self._random
        # breathing quickens with the drive and is never quite regular
        self._breath += dt * BREATH_HZ * (1.0 + 0.4 * drive) * (1.0 + random.gauss(0.0, 0.08))
        self._mayer += dt * MAYER_HZ * (1.0 + random.gauss(0.0, 0.05))
        calm = 1.0 - 0.67 * drive
        rr = (
            60_000.0 / self._bpm
            - RSA_MS * calm * math.sin(2.0 * math.pi * self._breath)
            + MAYER_MS * calm * math.sin(2.0 * math.pi * self._mayer)
            + random.gauss(0.0, NOISE_MS * (0.4 + 0.6 * calm))
        )
        return min(LONGEST_MS, max(SHORTEST_MS, rr))
