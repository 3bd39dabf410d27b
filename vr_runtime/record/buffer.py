"""Where the loop puts its samples until a chunk is cut."""

from __future__ import annotations

from typing import Any

import numpy as np

from vr_runtime.protocol.streams import CHUNK_NS, STREAMS
from vr_runtime.record.chunks import Samples, stream_dtype

_START_ROWS = 256


class SampleBuffer:
    """Preallocated rows for every recorded stream; time is passed in, so that equal inputs cut equal chunks.

    Chunks are cut at the first call of :meth:`cut` at or after each multiple of ``CHUNK_NS``: call it once a
    frame, after the frame's samples, and the rows of one frame stay together. Buffers only grow.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Samples] = {
            name: np.empty(_START_ROWS, stream_dtype(name))
            for name, entry in STREAMS.items()
            if entry.recorded
        }
        self._count: dict[str, int] = dict.fromkeys(self._rows, 0)
        self._next_cut_ns: int | None = None

    def add(self, stream: str, row: tuple[Any, ...]) -> None:
        """One sample, in the order of the stream's columns."""
        count = self._count[stream]
        rows = self._rows[stream]
        if count == len(rows):
            rows = self._rows[stream] = np.concatenate((rows, np.empty_like(rows)))
        rows[count] = row
        self._count[stream] = count + 1

    def cut(self, now_ns: int) -> list[tuple[str, Samples]]:
        """The chunks that are due, in the order of the table of streams; mostly an empty list."""
        due = self._next_cut_ns
        if due is None:
            self._next_cut_ns = (now_ns // CHUNK_NS + 1) * CHUNK_NS
            return []
        if now_ns < due:
            return []
        self._next_cut_ns = (now_ns // CHUNK_NS + 1) * CHUNK_NS
        return self.flush()

    def flush(self) -> list[tuple[str, Samples]]:
        """Everything that is held, cut now: before the record is closed."""
        chunks: list[tuple[str, Samples]] = []
        for stream, count in self._count.items():
            if count:
                chunks.append((stream, self._rows[stream][:count].copy()))
                self._count[stream] = 0
        return chunks
