"""From a sender's time stamps to the runtime's clock.

Two steps. The sender's clock against this machine's (*correction*): liblsl measures it every few seconds by
exchanges over the network, each off by at most half its round trip. This machine's LSL clock against the
runtime's (*map*): two monotonic clocks of one machine, read one inside the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable

MAP_TRIES = 8
MAP_DRIFT = 1e-6
"""Two monotonic clocks of one machine part by no more than this share of time, so far as is assumed."""

WANDER_S = 2e-4
"""A sender's clock wanders against ours by this in a second (one standard deviation): quicker than crystals drift."""

FLOOR_S = 2e-5
"""No exchange tells the offset better than this."""

UNTOLD_ROUND_TRIP_S = 2e-3
"""Where liblsl does not say how long the exchange took."""

STEP_S = 5e-3
"""By more than this (and more than can be error) the sender's clock was set: nothing is smoothed over it."""

SLEW = 1e-3
"""The correction in use moves by no more than this share of time, so that samples keep their distances."""

AHEAD_NS = 250_000_000
BEHIND_NS = 60_000_000_000
"""A sample from farther ahead or behind has a stamp that is not of LSL's clock."""

BACK_NS = 20_000_000
"""Stamps may go back by so much (two threads of a sender); they are placed just after the one before."""


class ClockMap:
    """The runtime's clock (ns) against LSL's (s) on this machine."""

    def __init__(self, now_ns: Callable[[], int], lsl_clock: Callable[[], float]) -> None:
        self._now_ns = now_ns
        self._lsl_clock = lsl_clock
        self._low = self._high = 0
        self._at_ns: int | None = None
        self.measure()

    @property
    def offset_ns(self) -> int:
        """Runtime less LSL."""
        return (self._low + self._high) // 2

    @property
    def error_ns(self) -> int:
        """The offset is off by no more than this."""
        return (self._high - self._low) // 2

    def measure(self, tries: int = MAP_TRIES) -> bool:
        """Measure again; whether the clocks have parted by more than can be error. What is known gets narrower
        with every try: the offset lies between what the runtime's clock says before and after LSL's is read."""
        low, high, at_ns = self._low, self._high, self._at_ns
        parted = False
        for _ in range(tries):
            before = self._now_ns()
            lsl_ns = round(self._lsl_clock() * 1e9)
            after = self._now_ns()
            # a float of seconds is exact to a few ns
            new_low, new_high = before - lsl_ns - 1_000, after - lsl_ns + 1_000
            if at_ns is None:
                low, high = new_low, new_high
            else:
                drift = round(MAP_DRIFT * max(0, after - at_ns))
                low, high = low - drift, high + drift
                if new_low > high or new_high < low:
                    parted = True
                    low, high = new_low, new_high
                else:
                    low, high = max(low, new_low), min(high, new_high)
            at_ns = after
        self._low, self._high, self._at_ns = low, high, at_ns
        return parted

    def runtime_ns(self, lsl_s: float) -> int:
        return round(lsl_s * 1e9) + self.offset_ns

    def lsl_s(self, runtime_ns: int) -> float:
        return (runtime_ns - self.offset_ns) / 1e9


class Correction:
    """What is to be added to a sender's stamps (s): a Kalman filter of one state over liblsl's estimates."""

    def __init__(self) -> None:
        self._offset_s = 0.0
        self._variance = 0.0
        self._at_s: float | None = None
        self._told_s: float | None = None
        self.steps = 0
        """How often the sender's clock was set."""

    @property
    def known(self) -> bool:
        return self._at_s is not None

    @property
    def offset_s(self) -> float:
        return self._offset_s

    @property
    def sd_s(self) -> float:
        """Estimated error, one standard deviation."""
        return math.sqrt(self._variance)

    def heard(self, offset_s: float, round_trip_s: float | None, told_s: float | None, at_s: float) -> bool:
        """An estimate of liblsl's, made at ``told_s`` (sender's clock; the same one may be told again), heard at
        ``at_s`` (this machine's). Whether the sender's clock was set since the last one."""
        if not math.isfinite(offset_s):
            return False
        key = offset_s if told_s is None else told_s
        if self.known and key == self._told_s:
            return False
        self._told_s = key
        trip = (
            UNTOLD_ROUND_TRIP_S if round_trip_s is None or not math.isfinite(round_trip_s) else round_trip_s
        )
        half = max(0.0, trip) / 2.0
        noise = half * half / 3.0 + FLOOR_S * FLOOR_S  # anywhere within half a round trip
        if self._at_s is None:
            self._offset_s, self._variance, self._at_s = offset_s, noise, at_s
            return False
        variance = self._variance + WANDER_S * WANDER_S * max(0.0, at_s - self._at_s)
        self._at_s = at_s
        off = offset_s - self._offset_s
        if abs(off) > STEP_S + half + 4.0 * math.sqrt(variance):
            self.steps += 1
            self._offset_s, self._variance = offset_s, noise
            return True
        gain = variance / (variance + noise)
        self._offset_s += gain * off
        self._variance = (1.0 - gain) * variance
        return False


class Placement:
    """Stamps of one stream on the runtime's clock: rising, each from what is known of the clocks when it came."""

    def __init__(self, clock: ClockMap, correction: Correction) -> None:
        self._clock = clock
        self._correction = correction
        self._in_use_s: float | None = None
        self._stamp_s = 0.0
        self._t_ns: int | None = None
        self.off_ns = 0
        """By how much the last stamp that was refused is ahead of its arrival (negative: behind)."""
        self.refused = 0
        """Stamps that cannot be of LSL's clock."""
        self.backwards = 0
        """Stamps that went back in time by more than ``BACK_NS``."""

    def jump(self) -> None:
        """The sender or its clock is another: the correction need not move slowly now."""
        self._in_use_s = None

    @property
    def error_ms(self) -> float:
        """Of a placed stamp, one standard deviation."""
        of_map = self._clock.error_ns / 1e9
        lag = 0.0 if self._in_use_s is None else self._correction.offset_s - self._in_use_s
        return math.sqrt(self._correction.sd_s**2 + of_map * of_map / 3.0 + lag * lag) * 1e3

    def place(self, stamp_s: float, arrival_ns: int) -> int | None:
        """The time (ns, runtime's clock) of a sample with this stamp; None where it cannot have one."""
        if not math.isfinite(stamp_s) or abs(stamp_s) > 1e11:
            self.refused += 1
            self.off_ns = 0
            return None
        target = self._correction.offset_s
        if self._in_use_s is None:
            applied = target
        else:
            most = SLEW * max(0.0, stamp_s - self._stamp_s)
            applied = self._in_use_s + min(most, max(-most, target - self._in_use_s))
        t_ns = self._clock.runtime_ns(stamp_s + applied)
        if not arrival_ns - BEHIND_NS <= t_ns <= arrival_ns + AHEAD_NS:
            self.refused += 1
            self.off_ns = t_ns - arrival_ns
            return None
        if self._t_ns is not None and t_ns <= self._t_ns:
            if self._t_ns - t_ns > BACK_NS:
                self.backwards += 1
                return None
            t_ns = self._t_ns + 1
        self._in_use_s, self._stamp_s, self._t_ns = applied, stamp_s, t_ns
        return t_ns

    def at_arrival(self, arrival_ns: int) -> int:
        """The time of a sample whose stamp is not to be used."""
        self._t_ns = arrival_ns if self._t_ns is None else max(arrival_ns, self._t_ns + 1)
        return self._t_ns
