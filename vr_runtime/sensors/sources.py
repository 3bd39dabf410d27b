"""Which heart sources and other channels of the body there are, by the words of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from vr_runtime.protocol.streams import CHANNELS
from vr_runtime.sensors.bluetooth import PREFIX as BLE
from vr_runtime.sensors.bluetooth import BluetoothHeart
from vr_runtime.sensors.bluetooth_search import BluetoothSearch
from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.file import FileHeart
from vr_runtime.sensors.lsl import open_lsl_channel, open_lsl_heart
from vr_runtime.sensors.lsl_library import installed
from vr_runtime.sensors.lsl_meaning import PREFIX as LSL
from vr_runtime.sensors.lsl_search import LslSearch
from vr_runtime.sensors.port import ChannelSource, HeartSource, NoHeart, Search
from vr_runtime.sensors.simulated import SimulatedHeart

ECG = "ecg"


def open_heart(
    spec: str,
    *,
    seed: int = 0,
    drive: Callable[[int], float] | None = None,
    resting_bpm: float = 70.0,
    start_ns: int = 0,
    loop: bool = False,
    now_ns: Callable[[], int] | None = None,
    wait: bool = True,
    ecg: bool = True,
) -> HeartSource:
    """``simulated`` (with seed, drive, resting_bpm), ``file:PATH`` (with loop), ``ble:NAME``,
    ``lsl:...`` or ``none``.

    Args:
        now_ns: the runtime's clock, if it is real, for what is heard as time passes.
        wait: whether a stream that is not there or cannot be used may be waited for and be an error here; otherwise
            it is told by the source's changes.
        ecg: take a strap's ECG too, where it has one; False where the stream ``ecg`` has another source.

    Raises:
        SensorError: UNKNOWN_SOURCE, NEEDS_REAL_TIME, or what is wrong with the file or the stream.
    """
    if spec == "none":
        return NoHeart()
    if spec == "simulated":
        return SimulatedHeart(seed, drive, resting_bpm=resting_bpm, start_ns=start_ns)
    if spec.startswith("file:") and len(spec) > len("file:"):
        return FileHeart(Path(spec.removeprefix("file:")), start_ns=start_ns, loop=loop)
    if spec.startswith(BLE) and spec.removeprefix(BLE).strip():
        return BluetoothHeart(spec.removeprefix(BLE).strip(), _real(spec, now_ns), ecg=ecg)
    if spec.startswith(LSL):
        return open_lsl_heart(spec, _real(spec, now_ns), wait=wait)
    raise SensorError(
        SensorReason.UNKNOWN_SOURCE,
        f"there is no heart source '{spec}'; give simulated, file:PATH (RR intervals in ms), "
        "ble:NAME or ble:ADDRESS (a strap), lsl:NAME or none; vr-runtime sensors lists them",
    )


def one_source_each(heart: str, channels: Sequence[str]) -> None:
    """Refuse a channel that two sources would tell: samples of both would stand in one stream, and nobody could tell
    them apart.

    Args:
        heart: as ``open_heart`` takes it; a strap may bring an ECG.
        channels: as ``open_channel`` takes each.

    Raises:
        SensorError: INVALID, a channel was named twice; AMBIGUOUS, an ECG beside a strap's.
    """
    named = [asked.partition("=")[0] for asked in channels]
    if len(set(named)) < len(named):
        raise SensorError(
            SensorReason.INVALID, f"a channel has one source; --channel was given for {', '.join(named)}"
        )
    if ECG in named and heart.startswith(BLE):
        raise SensorError(
            SensorReason.AMBIGUOUS,
            f"the ECG would have two sources: --channel {ECG}=... and the strap '{heart}', which tells its own where it "
            f"has one; leave out --channel {ECG}=..., or take the beats from another source than a strap "
            "(a strap that is chosen in the running session is heard without its ECG)",
        )


def start_searches(seconds: float) -> tuple[Search, ...]:
    """A search of each kind of sensor that this computer can look for, running from now on."""
    bluetooth = BluetoothSearch(seconds)
    return (bluetooth, LslSearch(seconds)) if installed() else (bluetooth,)


def open_channel(asked: str, *, now_ns: Callable[[], int] | None = None) -> ChannelSource:
    """Another channel of the body, as ``CHANNEL=SOURCE``: ``eda=lsl:NAME``.

    Raises:
        SensorError: UNKNOWN_SOURCE, NEEDS_REAL_TIME, or what is wrong with the stream.
    """
    channel, equals, spec = asked.partition("=")
    if not equals or channel not in CHANNELS or not spec.startswith(LSL):
        raise SensorError(
            SensorReason.UNKNOWN_SOURCE,
            f"there is no channel '{asked}'; give CHANNEL=lsl:NAME, where CHANNEL is {', '.join(CHANNELS)}",
        )
    return open_lsl_channel(spec, channel, _real(spec, now_ns))


def _real(spec: str, now_ns: Callable[[], int] | None) -> Callable[[], int]:
    if now_ns is None:
        raise SensorError(
            SensorReason.NEEDS_REAL_TIME,
            f"'{spec}' is heard in real time: play with --speed real, or take another source",
        )
    return now_ns
