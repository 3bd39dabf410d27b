"""Samples to bytes and back, without loss: ``docs/record-format.md``, "Chunks".

Signals that move slowly differ little from row to row, so each column is kept as its first value and the
differences after it; the bits of the differences are laid out plane by plane, the planes of zeros fall
together, and deflate takes them away. Floats go the same way by their bit patterns (an IEEE float and the
integer of the same bits rise together), so NaNs, infinities and negative zeros come back as they were.
"""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vr_runtime.protocol.streams import STREAMS
from vr_runtime.record.errors import RecordError, RecordReason

Samples = NDArray[Any]
"""A structured array: one row a sample, the fields of the stream's ``columns``."""

MAX_ROWS = 1_000_000

_VERSION = 1
_HEADER = struct.Struct("<BBI")
_LEVEL = 6
_MAX_STRIDE = 16
_BATCH = 256


def stream_dtype(stream: str) -> np.dtype[Any]:
    """The dtype of a recorded stream's rows. Raises KeyError for a stream that is not recorded."""
    entry = STREAMS[stream]
    if not entry.recorded:
        raise KeyError(stream)
    return np.dtype(list(entry.columns))


def encode_chunk(stream: str, array: Samples) -> bytes:
    """A chunk's bytes.

    Raises:
        ValueError: where the array is not one-dimensional of the stream's dtype, or has more than a million
        rows.
    """
    dtype = stream_dtype(stream)
    if array.dtype != dtype or array.ndim != 1 or len(array) > MAX_ROWS:
        raise ValueError(f"samples of '{stream}' are rows of {dtype}, at most {MAX_ROWS} at a time")
    rows = len(array)
    stride = _rows_a_frame(array)
    parts = [_encode_columns(_stack(array, names), stride) for names in _runs(dtype)]
    # wbits < 0: bare deflate; the chain of hashes covers the bytes already.
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15, 9)
    body = deflate.compress(b"".join(parts)) + deflate.flush()
    return _HEADER.pack(_VERSION, stride, rows) + body


def decode_chunk(stream: str, data: bytes) -> Samples:
    """The samples of a chunk, writable.

    Raises:
        RecordError: ALTERED, where the bytes are no chunk of that stream; NOT_A_RECORD, where they were
            written by a newer version, or the stream is unknown here.
    """
    return decode_chunks(stream, [data])


def decode_chunks(stream: str, chunks: Sequence[bytes]) -> Samples:
    """The samples of many chunks in one array; many times faster than one by one. Raises as decode_chunk."""
    try:
        dtype = stream_dtype(stream)
    except KeyError:
        raise RecordError(
            RecordReason.NOT_A_RECORD,
            f"the stream '{stream}' is not known to this version of Palier: update it to read these samples",
        ) from None
    # Most chunks have as many rows as their neighbours: those are worked on at once.
    alike: dict[tuple[int, int], list[int]] = {}
    decoded: dict[int, Samples] = {}
    shapes = [_shape(stream, data) for data in chunks]
    for index, shape in enumerate(shapes):
        waiting = alike.setdefault(shape, [])
        waiting.append(index)
        if len(waiting) == _BATCH:
            _decode_alike(stream, dtype, shape, chunks, alike.pop(shape), decoded)
    for shape, indices in alike.items():
        _decode_alike(stream, dtype, shape, chunks, indices, decoded)
    ordered = [decoded[index] for index in range(len(chunks))]
    return np.concatenate(ordered) if ordered else np.empty(0, dtype)


def _shape(stream: str, data: bytes) -> tuple[int, int]:
    """Rows and stride of a chunk, from its header."""
    if len(data) < _HEADER.size:
        raise _broken(stream, "it ends within its header")
    version, stride, rows = _HEADER.unpack_from(data)
    if version != _VERSION:
        raise RecordError(
            RecordReason.NOT_A_RECORD,
            f"a chunk of '{stream}' has format {version}, this version of Palier reads {_VERSION}: update it",
        )
    if rows > MAX_ROWS or not 1 <= stride <= _MAX_STRIDE:
        raise _broken(stream, f"{rows} rows with a stride of {stride}")
    return rows, stride


def _decode_alike(
    stream: str,
    dtype: np.dtype[Any],
    shape: tuple[int, int],
    chunks: Sequence[bytes],
    indices: list[int],
    decoded: dict[int, Samples],
) -> None:
    rows, stride = shape
    size = rows * dtype.itemsize
    plain = b"".join(_inflate(stream, chunks[index][_HEADER.size :], size) for index in indices)
    if not rows:
        decoded.update(dict.fromkeys(indices, np.empty(0, dtype)))
        return
    matrix = np.frombuffer(plain, np.uint8).reshape(len(indices), size)
    arrays = np.empty((len(indices), rows), dtype)
    at = 0
    for names in _runs(dtype):
        width = dtype[names[0]].itemsize
        columns = matrix[:, at : at + len(names) * rows * width].reshape(-1, rows * width)
        values = _decode_columns(columns, width, rows, stride).reshape(len(indices), len(names), rows)
        for place, name in enumerate(names):
            arrays[name] = np.ascontiguousarray(values[:, place]).view(dtype[name])
        at += len(names) * rows * width
    decoded.update(zip(indices, arrays, strict=True))


@functools.cache
def _runs(dtype: np.dtype[Any]) -> tuple[tuple[str, ...], ...]:
    """Names of neighbouring columns of equal width. They are worked on at once, which is several times
    faster; the bytes are those of one column after the other."""
    runs: list[list[str]] = []
    for name in dtype.names or ():
        if runs and dtype[runs[-1][0]].itemsize == dtype[name].itemsize:
            runs[-1].append(name)
        else:
            runs.append([name])
    return tuple(map(tuple, runs))


def _stack(array: Samples, names: tuple[str, ...]) -> Samples:
    """The columns' bit patterns as unsigned integers, (columns, rows)."""
    values = np.empty((len(names), len(array)), f"<u{array.dtype[names[0]].itemsize}")
    for index, name in enumerate(names):
        values[index] = np.ascontiguousarray(array[name]).view(values.dtype)
    return values


def _rows_a_frame(array: Samples) -> int:
    """How many rows share the first row's frame number: two hands, or several stimuli, take turns."""
    if len(array) == 0 or "frame" not in (array.dtype.names or ()):
        return 1
    same = array["frame"][:_MAX_STRIDE] == array["frame"][0]
    return int(np.argmin(same)) if not same.all() else 1


def _encode_columns(values: Samples, stride: int) -> bytes:
    columns, rows = values.shape
    width = values.dtype.itemsize
    first = min(stride, rows)
    steps = values[:, first:] - values[:, : rows - first]
    signed = steps.view(f"<i{width}")
    zigzag = (signed << 1) ^ (signed >> (8 * width - 1))
    octets = zigzag.view(np.uint8).reshape(columns, rows - first, width)[:, :, ::-1]
    planes = np.unpackbits(octets, axis=2).transpose(0, 2, 1).reshape(columns, -1)
    heads = np.ascontiguousarray(values[:, :first]).view(np.uint8).reshape(columns, -1)
    return np.concatenate((heads, np.packbits(planes, axis=1)), axis=1).tobytes()


def _decode_columns(data: NDArray[np.uint8], width: int, rows: int, stride: int) -> Samples:
    columns = len(data)
    unsigned = np.dtype(f"<u{width}")
    first = min(stride, rows)
    count = rows - first
    values = np.empty((columns, rows), unsigned)
    values[:, :first] = np.ascontiguousarray(data[:, : first * width]).view(unsigned)
    bits = np.unpackbits(data[:, first * width :], axis=1).reshape(columns, 8 * width, count)
    octets = np.packbits(bits.transpose(0, 2, 1), axis=2)[:, :, ::-1]
    zigzag = np.ascontiguousarray(octets).view(unsigned).reshape(columns, count)
    one = unsigned.type(1)
    values[:, first:] = (zigzag >> one) ^ (~(zigzag & one) + one)
    for lane in range(first):
        np.cumsum(values[:, lane::stride], axis=1, dtype=unsigned, out=values[:, lane::stride])
    return values


def _inflate(stream: str, data: bytes, size: int) -> bytes:
    inflate = zlib.decompressobj(-15)
    try:
        plain = inflate.decompress(data, size + 1)
    except zlib.error as problem:
        raise _broken(stream, str(problem)) from None
    if len(plain) != size or not inflate.eof or inflate.unused_data:
        raise _broken(stream, f"{len(plain)} bytes of {size}")
    return plain


def _broken(stream: str, what: str) -> RecordError:
    return RecordError(RecordReason.ALTERED, f"a chunk of '{stream}' cannot be read: {what}")
