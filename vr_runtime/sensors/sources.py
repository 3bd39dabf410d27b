"""Which heart sources there are, by the words of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vr_runtime.sensors.bluetooth import PREFIX, BluetoothHeart
from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.file import FileHeart
from vr_runtime.sensors.port import HeartSource, NoHeart
from vr_runtime.sensors.simulated import SimulatedHeart


def open_heart(
    spec: str,
    *,
    seed: int = 0,
    drive: Callable[[int], float] | None = None,
    resting_bpm: float = 70.0,
    start_ns: int = 0,
    loop: bool = False,
    now_ns: Callable[[], int] | None = None,
) -> HeartSource:
    """``simulated`` (with seed, drive, resting_bpm), ``file:PATH`` (with loop), ``ble:NAME`` or ``none``.

    ``now_ns`` is the runtime's clock, for sources that are heard in real time; None: time is not real.

    Raises:
        SensorError: UNKNOWN_SOURCE, what is wrong with the file, or NEEDS_REAL_TIME.
    """
    if spec == "none":
        return NoHeart()
    if spec == "simulated":
        return SimulatedHeart(seed, drive, resting_bpm=resting_bpm, start_ns=start_ns)
    if spec.startswith("file:") and len(spec) > len("file:"):
        return FileHeart(Path(spec.removeprefix("file:")), start_ns=start_ns, loop=loop)
    if spec.startswith(PREFIX) and spec.removeprefix(PREFIX).strip():
        if now_ns is None:
            raise SensorError(
                SensorReason.NEEDS_REAL_TIME,
                f"'{spec}' is heard in real time: play with --speed real, or take another heart source",
            )
        return BluetoothHeart(spec.removeprefix(PREFIX).strip(), now_ns)
    raise SensorError(
        SensorReason.UNKNOWN_SOURCE,
        f"there is no heart source '{spec}'; give simulated, file:PATH (RR intervals in ms), "
        "ble:NAME or ble:ADDRESS (a strap; vr-runtime sensors lists them) or none",
    )
