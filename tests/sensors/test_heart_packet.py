"""Bluetooth's heart packets: every combination of flags and length is read to the letter, nonsense is named."""

from __future__ import annotations

import pytest
from bumble.profiles.heart_rate_service import HeartRateService
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.sensors.heart_packet import PROBLEMS, HeartPacket, parse_heart_packet


def packet(**fields: object) -> HeartPacket:
    return HeartPacket()._replace(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("00 48", packet(bpm=72)),
        ("06 50", packet(bpm=80, contact=True)),
        ("04 00", packet(contact=False)),
        ("10 3C 00 04", packet(bpm=60, rr_ms=(1000.0,), tells_rr=True)),
        (
            "16 4B 2D 03 30 03",
            packet(bpm=75, contact=True, rr_ms=(813 * 1000 / 1024, 816 * 1000 / 1024), tells_rr=True),
        ),
        (
            "1F 2C 01 64 00 00 04 00 02",
            packet(bpm=300, contact=True, energy_kj=100, rr_ms=(1000.0, 500.0), tells_rr=True),
        ),
        (
            "16 4B 2D 03 30",
            packet(
                bpm=75, contact=True, rr_ms=(813 * 1000 / 1024,), tells_rr=True, problems=("truncated_rr",)
            ),
        ),
        ("10 00 00", packet(tells_rr=True, problems=("truncated_rr",))),
    ],
)
def test_known_packets_are_read_as_the_specification_says(data: str, expected: HeartPacket) -> None:
    assert parse_heart_packet(bytes.fromhex(data)) == expected


def test_intervals_are_units_of_a_1024th_of_a_second_and_not_ms() -> None:
    read = parse_heart_packet(bytes.fromhex("16 4B 2D 03 30 03"))
    assert read.rr_ms == pytest.approx((793.945, 796.875), abs=0.001)


BODY = bytes(range(0x21, 0x21 + 24))


@pytest.mark.parametrize("flags", range(32))
@pytest.mark.parametrize("length", range(25))
def test_every_combination_of_flags_and_length(flags: int, length: int) -> None:
    """Against a plain table of where each field lies."""
    data = (bytes((flags,)) + BODY)[:length]
    read = parse_heart_packet(data)
    if length == 0:
        assert read == packet(problems=("empty",))
        return
    assert read.contact is {0: None, 1: None, 2: False, 3: True}[flags >> 1 & 3]
    assert read.tells_rr is bool(flags & 16)
    energy_at = 3 if flags & 1 else 2
    rr_at = energy_at + (2 if flags & 8 else 0)
    if length < energy_at:
        assert (read.bpm, read.energy_kj, read.rr_ms, read.problems) == (None, None, (), ("no_rate",))
        return
    assert read.bpm == (0x2221 if flags & 1 else 0x21)
    if length < rr_at:
        assert (read.energy_kj, read.rr_ms, read.problems) == (None, (), ("no_energy",))
        return
    assert read.energy_kj == (data[energy_at] + 256 * data[energy_at + 1] if flags & 8 else None)
    rest = data[rr_at:]
    if flags & 16:
        whole = [rest[i] + 256 * rest[i + 1] for i in range(0, len(rest) - 1, 2)]
        assert read.rr_ms == tuple(units * 1000 / 1024 for units in whole)
        assert read.problems == (("truncated_rr",) if len(rest) % 2 else ())
    else:
        assert read.rr_ms == ()
        assert read.problems == (("trailing",) if rest else ())


@given(st.binary(max_size=64))
def test_no_bytes_raise_or_give_a_zero_for_a_missing_value(data: bytes) -> None:
    read = parse_heart_packet(data)
    assert read == parse_heart_packet(bytearray(data))
    assert read.bpm is None or 0 < read.bpm <= 0xFFFF
    assert all(0.0 < rr <= 64_000.0 for rr in read.rr_ms)
    assert set(read.problems) <= set(PROBLEMS)
    assert len(set(read.problems)) == len(read.problems)


def test_intervals_of_no_length_and_unknown_flags_are_named() -> None:
    assert parse_heart_packet(bytes.fromhex("10 3C 00 00 00 04 00 00")) == packet(
        bpm=60, rr_ms=(1000.0,), tells_rr=True, problems=("zero_rr",)
    )
    assert parse_heart_packet(bytes.fromhex("E0 3C")).problems == ("reserved_flags",)


@given(
    st.integers(1, 0xFFFF),
    st.sampled_from((None, False, True)),
    st.none() | st.integers(0, 0xFFFF),
    st.lists(st.integers(1, 0xFFFF), max_size=9),
)
def test_another_stack_packs_what_is_read_here(
    bpm: int, contact: bool | None, energy: int | None, units: list[int]
) -> None:
    """Bumble's encoder, written by others from the same specification."""
    packed = bytes(
        HeartRateService.HeartRateMeasurement(bpm, contact, energy, [unit / 1024 for unit in units] or None)
    )
    read = parse_heart_packet(packed)
    assert read == HeartPacket(
        bpm, contact, energy, tuple(unit * 1000 / 1024 for unit in units), bool(units), ()
    )
