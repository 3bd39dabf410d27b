"""Which heart sources there are, by the words of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vr_runtime.sensors.bluetooth import PREFIX as BLE
from vr_runtime.sensors.bluetooth import BluetoothHeart
from vr_runtime.sensors.bluetooth_search import BluetoothSearch
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
    now_ns: Callable[[], int] | None = None,
) -> HeartSource:
    """``simulated`` (with seed, drive, resting_bpm), ``file:PATH`` (with loop), ``ble:NAME`` or ``none``.

    Args:
        now_ns: the runtime's clock, if it is real, for what is heard as time passes.

    Raises:
        SensorError: UNKNOWN_SOURCE, NEEDS_REAL_TIME, or what is wrong with the file.
    """
    if spec == "none":
        return NoHeart()
    if spec == "simulated":
        return SimulatedHeart(seed, drive, resting_bpm=resting_bpm, start_ns=start_ns)
    if spec.startswith("file:") and len(spec) > len("file:"):
        return FileHeart(Path(spec.removeprefix("file:")), start_ns=start_ns, loop=loop)
    if spec.startswith(BLE) and spec.removeprefix(BLE).strip():
        return BluetoothHeart(spec.removeprefix(BLE).strip(), _real(spec, now_ns))
    raise SensorError(
        SensorReason.UNKNOWN_SOURCE,
        f"there is no heart source '{spec}'; give simulated, file:PATH (RR intervals in ms), "
        "ble:NAME or ble:ADDRESS (a strap; vr-runtime sensors lists them) or none",
    )


def start_searches(seconds: float) -> tuple[Search, ...]:
    """A search of each kind of sensor that this computer can look for, running from now on."""
    return (BluetoothSearch(seconds),)


def _real(spec: str, now_ns: Callable[[], int] | None) -> Callable[[], int]:
    if now_ns is None:
        raise SensorError(
            SensorReason.NEEDS_REAL_TIME,
            f"'{spec}' is heard in real time: play with --speed real, or take another source",
        )
    return now_ns
