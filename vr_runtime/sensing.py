"""What the therapist asks of the sensors in a running session: look for some, take the heart rate from one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from vr_runtime.heart import HeartFeed
from vr_runtime.protocol.events import EventBody, HeartSourceChanged, SensorSeen, SensorsFound
from vr_runtime.sensors.errors import SensorError
from vr_runtime.sensors.port import HeartSource, Search

TELL_NS = 500_000_000
"""While a search runs, what it has found is told this often at most."""


class Sensing(Protocol):
    """Called from the loop's thread alone; never blocks."""

    def follow(self, look_s: float | None, use_heart: str | None, now_ns: int) -> None:
        """Do what was decided in this frame; None: nothing."""
        ...

    def news(self, now_ns: int) -> tuple[EventBody, ...]:
        """Inputs for the record: what a search has found since the last call."""
        ...

    def close(self) -> None: ...


class NoSensing:
    """In a replay, and where a script plays without a console: the record's inputs say what was found."""

    def follow(self, look_s: float | None, use_heart: str | None, now_ns: int) -> None:
        pass

    def news(self, now_ns: int) -> tuple[EventBody, ...]:
        return ()

    def close(self) -> None:
        pass


class LiveSensing:
    """Starts searches and opens sources beside the loop.

    Args:
        heart: what hears the source.
        start: starts a search of each kind for so many seconds.
        open_source: opens what ``use_heart`` names; raises SensorError.
    """

    def __init__(
        self,
        heart: HeartFeed,
        start: Callable[[float], Sequence[Search]],
        open_source: Callable[[str], HeartSource],
    ) -> None:
        self._heart = heart
        self._start = start
        self._open_source = open_source
        self._searches: Sequence[Search] = ()
        self._told: tuple[SensorSeen, ...] | None = None
        self._tell_ns = 0
        self._failed: list[EventBody] = []

    def follow(self, look_s: float | None, use_heart: str | None, now_ns: int) -> None:
        if look_s is not None:
            self._end()
            self._searches = self._start(look_s)
            self._told, self._tell_ns = None, now_ns
            if not self._searches:
                none = "no kind of sensor can be looked for on this computer"
                self._failed.append(SensorsFound(sensors=(), over=True, problem=none))
        if use_heart is not None:
            self._use(use_heart)

    def news(self, now_ns: int) -> tuple[EventBody, ...]:
        told: list[EventBody] = self._failed
        self._failed = []
        if self._searches and now_ns >= self._tell_ns:
            self._tell_ns = now_ns + TELL_NS
            seen = tuple(
                SensorSeen(source=one.spec, name=one.name, tells=one.tells, signal=one.signal)
                for search in self._searches
                for one in search.found()
            )
            over = all(search.over for search in self._searches)
            if over or seen != self._told:
                problem = "; ".join(search.problem for search in self._searches if search.problem)
                told.append(SensorsFound(sensors=seen, over=over, problem=problem))
                self._told = seen
            if over:
                self._end()
        return tuple(told)

    def close(self) -> None:
        self._end()

    def _use(self, spec: str) -> None:
        """What cannot be opened leaves the source as it is, and is told."""
        try:
            source = self._open_source(spec)
        except SensorError as problem:
            self._failed.append(HeartSourceChanged(source=spec, state="failed", message=str(problem)))
        else:
            self._heart.use(source)

    def _end(self) -> None:
        for search in self._searches:
            search.close()
        self._searches = ()
