"""A search for sensors that finds what it is told to."""

from __future__ import annotations

from vr_runtime.sensors.port import FoundSensor

STRAP = FoundSensor("ble:24:AC:AC:01:02:03", "Strap", ("heart", "ecg"), -61)


class Searching:
    """``seen`` from the start: and over at once."""

    def __init__(self, seen: tuple[FoundSensor, ...] = ()) -> None:
        self.seen = seen
        self.problem = ""
        self.over = bool(seen)
        self.closed = False

    def found(self) -> tuple[FoundSensor, ...]:
        return self.seen

    def close(self) -> None:
        self.closed = True
