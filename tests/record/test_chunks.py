"""Samples come back as they were, whatever they were, and damage is an error with a name."""

from __future__ import annotations

import contextlib
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.record_bench import motion
from tests.helpers.records import samples
from vr_runtime.protocol.streams import STREAMS
from vr_runtime.record import RecordError, RecordReason, decode_chunk, encode_chunk
from vr_runtime.record.chunks import decode_chunks, stream_dtype

RECORDED = [name for name, stream in STREAMS.items() if stream.recorded]


@given(st.sampled_from(RECORDED), st.integers(0, 70), st.integers(0, 2**32), st.integers(1, 20))
def test_any_rows_come_back_bit_for_bit(stream: str, rows: int, seed: int, a_frame: int) -> None:
    array = samples(stream, rows, seed)
    if "frame" in (array.dtype.names or ()):
        array["frame"] = 7 + np.arange(rows) // a_frame
    back = decode_chunk(stream, encode_chunk(stream, array))
    assert back.dtype == array.dtype
    assert back.tobytes() == array.tobytes()


@pytest.mark.parametrize("value", [np.nan, -np.nan, -0.0, np.inf, -np.inf, 1e-45])
def test_odd_floats_keep_their_bits(value: float) -> None:
    array = np.zeros(5, stream_dtype("head"))
    array["x"] = (0, value, 0, value, value)
    assert decode_chunk("head", encode_chunk("head", array)).tobytes() == array.tobytes()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 99)), max_size=8))
def test_many_chunks_at_once_are_the_chunks_one_after_the_other(shapes: list[tuple[int, int]]) -> None:
    arrays = [samples("hands", rows, seed) for rows, seed in shapes]
    back = decode_chunks("hands", [encode_chunk("hands", array) for array in arrays])
    assert back.tobytes() == b"".join(array.tobytes() for array in arrays)


def test_rows_of_another_shape_are_refused() -> None:
    for wrong in (samples("eye", 3)["x"], samples("frame", 3), samples("head", 4).reshape(2, 2)):
        with pytest.raises(ValueError, match="head"):
            encode_chunk("head", wrong)
    with pytest.raises(KeyError):
        encode_chunk("telemetry", samples("head", 1))


@given(st.integers(0, 10**6), st.binary(max_size=3), st.integers(0, 200))
def test_damaged_bytes_are_an_error_of_the_record_or_other_samples(bit: int, tail: bytes, cut: int) -> None:
    data = bytearray(encode_chunk("head", samples("head", 6)))
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    damaged = bytes(data[: max(0, len(data) - cut)]) + tail
    # The bytes may still be a chunk; any other error than the record's own would fail the test.
    with contextlib.suppress(RecordError):
        assert decode_chunk("head", damaged).dtype == stream_dtype("head")


def test_a_chunk_cannot_make_the_reader_swallow_gigabytes() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = bomb.compress(bytes(50_000_000)) + bomb.flush()
    with pytest.raises(RecordError, match="cannot be read"):
        decode_chunk("head", b"\x01\x01\x02\x00\x00\x00" + body)
    with pytest.raises(RecordError, match="rows"):
        decode_chunk("head", b"\x01\x01\xff\xff\xff\xff" + body)


def test_newer_formats_and_unknown_streams_say_to_update() -> None:
    data = b"\x02" + encode_chunk("head", samples("head", 2))[1:]
    for stream, chunk in (("head", data), ("thoughts", data)):
        with pytest.raises(RecordError, match="update") as caught:
            decode_chunk(stream, chunk)
        assert caught.value.reason is RecordReason.NOT_A_RECORD


def test_chunks_of_noisy_motion_leave_room_for_the_file_s_own_share() -> None:
    bytes_an_hour = {
        name: 60
        * sum(len(encode_chunk(name, rows[start : start + step])) for start in range(0, len(rows), step))
        for name, rows in motion(1.0).items()
        for step in (46 if name == "hands" else 23,)
    }
    assert bytes_an_hour["head"] < 9e6
    assert sum(bytes_an_hour.values()) < 38e6
