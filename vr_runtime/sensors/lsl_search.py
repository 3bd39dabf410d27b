"""Which streams of the Lab Streaming Layer are there, and how each is asked for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from vr_runtime.sensors.errors import SensorError
from vr_runtime.sensors.lsl_library import Resolver, StreamFacts
from vr_runtime.sensors.lsl_meaning import PREFIX, tells
from vr_runtime.sensors.port import FoundSensor


class LslSearch:
    """The streams of the network, as a :class:`Search`."""

    def __init__(self, seconds: float = 5.0, resolver: Callable[[], Any] = Resolver) -> None:
        self.problem = ""
        self._end = time.monotonic() + seconds
        self._streams: dict[str, StreamFacts] = {}
        self._resolver: Any = None
        try:
            self._resolver = resolver()
        except SensorError as problem:
            self.problem = str(problem)

    def found(self) -> tuple[FoundSensor, ...]:
        if self._resolver is not None:
            self._streams.update({each.facts.uid: each.facts for each in self._resolver.seen()})
        named = Counter(stream.name for stream in self._streams.values())
        return tuple(
            FoundSensor(_spec_of(stream, alone=named[stream.name] == 1), str(stream), tells(stream))
            for stream in self._streams.values()
        )

    @property
    def over(self) -> bool:
        return self._resolver is None or time.monotonic() >= self._end

    def close(self) -> None:
        """What was found stays."""
        if self._resolver is not None:
            self.found()
            self._resolver.close()
            self._resolver = None


def _spec_of(stream: StreamFacts, *, alone: bool) -> str:
    """What ``parse`` takes for this stream."""
    plain = stream.name.strip() == stream.name and "=" not in stream.name and stream.name
    if alone and plain:
        return f"{PREFIX}{stream.name}"
    if stream.source_id and "," not in stream.source_id:
        return f"{PREFIX}source_id={stream.source_id}"
    return f"{PREFIX}uid={stream.uid}"
