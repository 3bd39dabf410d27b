"""Which heart sources there are, by the words of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.file import FileHeart
from vr_runtime.sensors.port import HeartSource, NoHeart, Search
from vr_runtime.sensors.simulated import SimulatedHeart


def open_heart(
    spec: str,
    *,
    seed: int = 0,
    drive: Callable[[int], float] | None = None,
    resting_bpm: float = 70.0,
    start_ns: int = 0,
    loop: bool = False,
) -> HeartSource:
    """``simulated`` (with seed, drive, resting_bpm), ``file:PATH`` (with loop) or ``none``.

    Raises:
        SensorError: UNKNOWN_SOURCE, or what is wrong with the file.
    """
    if spec == "none":
        return NoHeart()
    if spec == "simulated":
        return SimulatedHeart(seed, drive, resting_bpm=resting_bpm, start_ns=start_ns)
    if spec.startswith("file:") and len(spec) > len("file:"):
        return FileHeart(Path(spec.removeprefix("file:")), start_ns=start_ns, loop=loop)
    raise SensorError(
        SensorReason.UNKNOWN_SOURCE,
        f"there is no heart source '{spec}'; give simulated, file:PATH (RR intervals in ms) or none",
    )


def start_searches(seconds: float) -> tuple[Search, ...]:
    """A search of each kind of sensor that this computer can look for, running from now on."""
    return ()
