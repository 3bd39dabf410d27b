"""The ECG of a Polar H10 over its measurement service (PMD), as bytes and as values.

From Polar's published measurement data specification: requests are written to the control point and answered
there; samples come as notifications of the data characteristic. An ECG frame of type 0 is a byte 0x00 (ECG),
eight bytes of time (ns since 2000-01-01, of the frame's last sample), a byte 0x00 (frame type), then samples of
three bytes each, signed, in uV; little-endian throughout.
"""

from __future__ import annotations

from typing import NamedTuple

SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

ECG = 0x00
RATE_HZ = 130
RESOLUTION_BITS = 14

ASK_SETTINGS = bytes((0x01, ECG))
START_ECG = bytes((0x02, ECG, 0x00, 0x01, RATE_HZ, 0x00, 0x01, 0x01, RESOLUTION_BITS, 0x00))
"""Sample rate (setting 0, one value of 16 bits) and resolution (setting 1, likewise)."""
STOP_ECG = bytes((0x03, ECG))

_ANSWER = 0xF0
_ERRORS = {
    1: "it does not know the request",
    2: "it does not know the measurement",
    3: "it does not support it",
    4: "the request has a wrong length",
    5: "a setting is wrong",
    6: "it is measuring already",
    7: "a setting is not supported",
    8: "it is in a state that does not allow it",
    9: "only one of its measurements can run at a time",
    10: "it is busy or has too little memory",
    12: "it is charging",
}
ALREADY = 6

_FEATURES = 0x0F
_LATEST_NS = 1 << 62
"""No clock shows more (the year 2146); the record keeps 63 bits."""

_HEAD = 10
_SAMPLE = 3


class EcgFrame(NamedTuple):
    """Samples of one notification, uV, the oldest first; ``sensor_ns`` is the last one's time, ns since 2000."""

    sensor_ns: int = 0
    microvolts: tuple[int, ...] = ()
    problems: tuple[str, ...] = ()
    """``empty``, ``truncated``, ``not_ecg``, ``frame_type``, ``time``."""


def parse_ecg_frame(data: bytes | bytearray) -> EcgFrame:
    """Read a notification of any bytes. Never raises: what is wrong stands in ``problems``."""
    if len(data) < _HEAD:
        return EcgFrame(problems=("truncated" if data else "empty",))
    sensor_ns = int.from_bytes(data[1:9], "little")
    if data[0] != ECG:
        return EcgFrame(sensor_ns, problems=("not_ecg",))
    if data[9] != 0:
        return EcgFrame(sensor_ns, problems=("frame_type",))
    if sensor_ns >= _LATEST_NS:
        return EcgFrame(problems=("time",))
    if (len(data) - _HEAD) % _SAMPLE:
        # the time is that of the last sample, and the last one did not come whole
        return EcgFrame(sensor_ns, problems=("truncated",))
    samples = tuple(
        int.from_bytes(data[at : at + _SAMPLE], "little", signed=True)
        for at in range(_HEAD, len(data), _SAMPLE)
    )
    return EcgFrame(sensor_ns, samples, () if samples else ("empty",))


class ControlAnswer(NamedTuple):
    """What the control point answered. ``request`` None: not an answer to a request."""

    request: int | None
    error: int = 0
    settings: bytes = b""

    @property
    def trouble(self) -> str:
        """Why the request was refused, for people; empty where it was not."""
        return "" if self.error == 0 else _ERRORS.get(self.error, f"error {self.error}")


def parse_answer(data: bytes | bytearray) -> ControlAnswer:
    """Read an indication of the control point. Never raises."""
    if len(data) < 4 or data[0] != _ANSWER or data[2] != ECG:
        return ControlAnswer(None)
    return ControlAnswer(data[1], data[3], bytes(data[5:]))


def offers_ecg(features: bytes | bytearray) -> bool:
    """Whether what was read from the control point says that the sensor has an ECG."""
    return len(features) >= 2 and features[0] == _FEATURES and bool(features[1] & 0x01)


def settings_fit(settings: bytes) -> bool:
    """Whether the settings that the sensor offers hold 130 Hz and 14 bits.

    They are a row of: type (0 sample rate, 1 resolution), number of values, values of 16 bits.
    """
    offered: dict[int, list[int]] = {}
    at = 0
    while at + 2 <= len(settings):
        kind, count = settings[at], settings[at + 1]
        at += 2
        values = [int.from_bytes(settings[at + 2 * i : at + 2 * i + 2], "little") for i in range(count)]
        at += 2 * count
        offered[kind] = values
    return RATE_HZ in offered.get(0, ()) and RESOLUTION_BITS in offered.get(1, ())
