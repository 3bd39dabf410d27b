"""The runtime's clock as a console sees it, estimated from heartbeats. Pure: times are passed in."""

from __future__ import annotations

from typing import NamedTuple

DRIFT = 100e-6
"""Two quartz clocks drift apart by less than this share of the time passed (100 ppm)."""


class Sample(NamedTuple):
    at_ns: int
    round_trip_ns: int
    offset_ns: int


class Offset(NamedTuple):
    """``runtime = console + offset_ns``, within ``error_ns`` whatever way the round trip was divided."""

    offset_ns: int
    error_ns: int
    round_trip_ns: int


class OffsetEstimator:
    """Keeps the last ``keep`` round trips and trusts the shortest one.

    Half of its round trip bounds the error, as in NTP's clock filter (RFC 5905, section 10); what may have
    drifted since the question was sent is added.
    """

    def __init__(self, keep: int = 20) -> None:
        self._keep = keep
        self._samples: tuple[Sample, ...] = ()  # replaced as a whole: other threads read it

    def add(self, sent_ns: int, runtime_ns: int, back_ns: int) -> bool:
        """One round trip: sent and come back on the console's clock, stamped between by the runtime.

        Returns:
            False where the times are impossible (the reply before its question); it is not taken then.
        """
        round_trip = back_ns - sent_ns
        if round_trip < 0:
            return False
        sample = Sample(back_ns, round_trip, runtime_ns - sent_ns - round_trip // 2)
        self._samples = (*self._samples[1 - self._keep :], sample)
        return True

    def clear(self) -> None:
        self._samples = ()

    def at(self, now_ns: int) -> Offset | None:
        """The estimate at ``now_ns`` of the console's clock; None before the first round trip."""
        samples = self._samples
        if not samples:
            return None

        def error(sample: Sample) -> int:
            since_sent = max(0, now_ns - sample.at_ns) + sample.round_trip_ns
            return sample.round_trip_ns // 2 + 2 + int(since_sent * DRIFT)

        best = min(samples, key=error)
        return Offset(best.offset_ns, error(best), best.round_trip_ns)
