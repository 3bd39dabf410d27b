"""When frames begin: on the wall clock, or in virtual time."""

from __future__ import annotations

import time
from collections.abc import Callable

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.port import Frame

SPIN_NS = 300_000
"""The last part of a wait is spent spinning: sleeping wakes up too late by about this much."""


class Pacer:
    """Gives one frame after the other.

    Virtual: frame i begins at (i - 1) periods, never late. Real: a frame begins when it is due; one that begins
    more than half a period after that is late, and the following ones are due from there on: a late frame is
    not made up for by a bunch of short ones.
    """

    def __init__(
        self, rate_hz: float, clock: RuntimeClock, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        if not 1.0 <= rate_hz <= 1000.0:
            raise ValueError(f"{rate_hz:g} frames a second; between 1 and 1000")
        self.period_ns = round(1e9 / rate_hz)
        self._rate_hz = rate_hz
        self._clock = clock
        self._sleep = sleep
        self._index = 0
        self._due_ns: float = -1.0
        self._display_ns = -1

    def next(self) -> Frame:
        """Wait until the next frame is due."""
        self._index += 1
        if self._clock.virtual:
            now = round((self._index - 1) * 1e9 / self._rate_hz)
            self._clock.advance_to(now)
            return Frame(self._index, now, round(self._index * 1e9 / self._rate_hz), False)
        if self._due_ns < 0:
            self._due_ns = self._clock.now_ns()
        now = self._wait(self._due_ns)
        late = now - self._due_ns > self.period_ns / 2
        self._due_ns = (now if late else self._due_ns) + 1e9 / self._rate_hz
        self._display_ns = max(self._display_ns + 1, round(self._due_ns))
        return Frame(self._index, now, self._display_ns, late)

    def _wait(self, due_ns: float) -> int:
        while (left := due_ns - self._clock.now_ns()) > 0:
            if left > SPIN_NS:
                self._sleep((left - SPIN_NS) / 1e9)
        return self._clock.now_ns()
