"""The ports of the body's sensors: heart sources, plain channels, and the search for either."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat, ChannelSample


class ChannelSource(Protocol):
    """Called from the loop's thread alone. Samples of a channel come in the order of their times, each once."""

    @property
    def name(self) -> str:
        """What the record says of it: ``simulated``, ``file:rest.txt``, ``ble:Polar H10``, ``none``."""
        ...

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        """Samples that have arrived at or before ``now_ns`` and were not given before. Never blocks."""
        ...

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        """What became of the source since the last call."""
        ...

    def close(self) -> None:
        """Nothing comes after this. May be called twice."""
        ...


class HeartSource(ChannelSource, Protocol):
    """A channel source that tells beats; ``samples`` are those of its other channels (an ECG), mostly none."""

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        """Beats that have arrived at or before ``now_ns`` and were not given before, in the order of their times.
        Never blocks."""
        ...


class FoundSensor(NamedTuple):
    """A sensor that a search has seen."""

    spec: str
    """What ``open_heart`` or ``open_channel`` takes: ``ble:24:AC:AC:01:02:03``, ``lsl:RR@host``."""
    name: str
    """For people."""
    tells: tuple[str, ...]
    """Of ``heart``, ``ecg``, ``eda``, ``respiration``."""
    signal: int | None = None
    """Strength of the radio signal, dBm."""


class Search(Protocol):
    """A search for sensors that runs beside the loop."""

    def found(self) -> tuple[FoundSensor, ...]:
        """What was seen so far. Never blocks."""
        ...

    @property
    def problem(self) -> str:
        """Why nothing can be found here, and what to do; empty where nothing is wrong."""
        ...

    @property
    def over(self) -> bool: ...

    def close(self) -> None:
        """End the search now. May be called twice."""
        ...


class NoHeart:
    """No heart source is in use."""

    name = "none"

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        return ()

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        return ()

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        return ()

    def close(self) -> None:
        pass
