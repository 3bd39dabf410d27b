"""Chunks are cut by the time that is passed in, hold every row once, and are not written over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.protocol.streams import CHUNK_NS, STREAMS
from vr_runtime.record import SampleBuffer

FRAME_NS = 11_111_111


def head_row(frame: int) -> tuple[float, ...]:
    return (frame * FRAME_NS, frame, 0.0, 0.0, 1.6, 0.0, 0.0, 0.0, 1.0, 1)


def play(frames: int, start_ns: int = 0) -> list[tuple[int, str, list[int]]]:
    buffer = SampleBuffer()
    chunks: list[tuple[int, str, list[int]]] = []
    for frame in range(frames):
        buffer.add("head", head_row(frame))
        cut = buffer.cut(start_ns + frame * FRAME_NS)
        chunks += [(frame, stream, rows["frame"].tolist()) for stream, rows in cut]
    chunks += [(frames, stream, rows["frame"].tolist()) for stream, rows in buffer.flush()]
    return chunks


@given(st.integers(0, 400), st.integers(0, 10**12))
def test_every_row_is_in_exactly_one_chunk_in_order(frames: int, start_ns: int) -> None:
    rows = [row for _, _, chunk in play(frames, start_ns) for row in chunk]
    assert rows == list(range(frames))


def test_equal_times_cut_equal_chunks_a_quarter_of_a_second_long() -> None:
    assert play(300, 123_456_789) == play(300, 123_456_789)
    lengths = [len(rows) for _, _, rows in play(300)]
    assert max(lengths) * FRAME_NS <= CHUNK_NS + 2 * FRAME_NS


def test_a_chunk_that_was_cut_is_not_written_over() -> None:
    buffer = SampleBuffer()
    buffer.add("head", head_row(1))
    ((_, rows),) = buffer.flush()
    buffer.add("head", head_row(2))
    assert rows["frame"].tolist() == [1]
    assert buffer.flush()[0][1]["frame"].tolist() == [2]
    assert buffer.flush() == []


def test_more_rows_than_foreseen_are_kept() -> None:
    buffer = SampleBuffer()
    for frame in range(2000):
        buffer.add("stimulus", (frame, frame, 0, 1.0, 0.0, 0.0, 0.0, 1))
    ((stream, rows),) = buffer.flush()
    assert stream == "stimulus"
    assert rows["frame"].tolist() == list(range(2000))


def test_streams_come_in_the_table_s_order_and_empty_ones_not_at_all() -> None:
    buffer = SampleBuffer()
    buffer.add("heart", (1, 1, 2, 800.0, 75.0, 0))
    buffer.add("head", head_row(1))
    names = [stream for stream, _ in buffer.flush()]
    assert names == [name for name in STREAMS if name in ("head", "heart")]
