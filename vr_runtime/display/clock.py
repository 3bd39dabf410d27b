"""The runtime's one clock: ns since the record was opened, real or virtual."""

from __future__ import annotations

import time


class RuntimeClock:
    """Strictly monotonic ns, shared by everything that stamps times.

    Real: ``time.perf_counter_ns`` (on Windows ``monotonic`` ticks at 15 ms). Virtual: stands still until the
    display that owns it moves it on, so that a run is the same each time.
    """

    def __init__(self, *, virtual: bool = False) -> None:
        self.virtual = virtual
        self._now = 0
        self._opened = time.perf_counter_ns()

    def now_ns(self) -> int:
        if self.virtual:
            return self._now
        return time.perf_counter_ns() - self._opened

    def of_perf(self, perf_ns: int) -> int:
        """A reading of ``time.perf_counter_ns``, on this clock (a real one)."""
        return perf_ns - self._opened

    def start(self) -> None:
        """Count from now on: what came before (loading) is no part of the session. Nothing may be stamped yet."""
        self._opened = time.perf_counter_ns()

    def advance_to(self, t_ns: int) -> None:
        """Virtual time moves on to ``t_ns``; never back.

        Raises:
            RuntimeError: the clock is real.
        """
        if not self.virtual:
            raise RuntimeError("a real clock cannot be moved")
        self._now = max(self._now, t_ns)
