"""The Heart Rate Measurement of Bluetooth (characteristic 0x2A37), as bytes and as values.

Field order and units follow the Heart Rate Service specification of the Bluetooth SIG: a byte of flags, the
rate (8 or 16 bits), energy expended (kJ) if told, then RR intervals in units of 1/1024 s, the oldest first;
little-endian throughout.
"""

from __future__ import annotations

from typing import NamedTuple

RR_UNITS_A_SECOND = 1024

_RATE_16_BITS = 0x01
_CONTACT_FOUND = 0x02
_CONTACT_KNOWN = 0x04
_ENERGY = 0x08
_RR = 0x10
_RESERVED = 0xE0


class HeartPacket(NamedTuple):
    """What one notification tells. Nothing in it is a zero that stands for "missing"."""

    bpm: int | None = None
    """1/min; None: not told, or told as 0 (no measurement)."""
    contact: bool | None = None
    """Whether the electrodes touch skin; None: the sensor cannot tell."""
    energy_kj: int | None = None
    """Since the sensor was last reset, kJ."""
    rr_ms: tuple[float, ...] = ()
    """Intervals that ended since the packet before, ms, the oldest first."""
    tells_rr: bool = False
    """The packet has a place for intervals, filled or not."""
    problems: tuple[str, ...] = ()
    """Of :data:`PROBLEMS`: where the bytes do not follow the specification."""


PROBLEMS = {
    "empty": "no byte at all",
    "no_rate": "too short for the heart rate that its flags promise",
    "no_energy": "too short for the energy that its flags promise",
    "truncated_rr": "an interval of which only the first byte came",
    "zero_rr": "an interval of no length",
    "trailing": "bytes that no flag accounts for",
    "reserved_flags": "flags that the specification does not define",
}


def parse_heart_packet(data: bytes | bytearray) -> HeartPacket:
    """Read a notification of any bytes. Never raises: what is wrong stands in ``problems``.

    What came whole is kept: a packet cut within its intervals gives those before the cut.
    """
    if not data:
        return HeartPacket(problems=("empty",))
    flags, at = data[0], 1
    problems = ["reserved_flags"] if flags & _RESERVED else []
    contact = bool(flags & _CONTACT_FOUND) if flags & _CONTACT_KNOWN else None
    tells_rr = bool(flags & _RR)

    size = 2 if flags & _RATE_16_BITS else 1
    if len(data) < at + size:
        return HeartPacket(contact=contact, tells_rr=tells_rr, problems=(*problems, "no_rate"))
    rate = int.from_bytes(data[at : at + size], "little")
    bpm = rate or None
    at += size

    energy: int | None = None
    if flags & _ENERGY:
        if len(data) < at + 2:
            return HeartPacket(bpm, contact, None, (), tells_rr, (*problems, "no_energy"))
        energy = int.from_bytes(data[at : at + 2], "little")
        at += 2

    rr: list[float] = []
    if tells_rr:
        while at + 2 <= len(data):
            units = int.from_bytes(data[at : at + 2], "little")
            at += 2
            if units:
                rr.append(units * 1000.0 / RR_UNITS_A_SECOND)
            elif "zero_rr" not in problems:
                problems.append("zero_rr")
    if at < len(data):
        problems.append("truncated_rr" if tells_rr else "trailing")
    return HeartPacket(bpm, contact, energy, tuple(rr), tells_rr, tuple(problems))
