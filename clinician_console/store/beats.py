"""Heart chunks of the record as beats, for the time line."""

from __future__ import annotations

from vr_runtime.record import decode_chunk


def decode_heart(body: bytes) -> list[tuple[int, float, float, int]]:
    """(t_ns, rr_ms, bpm, flag) of each beat; NaN where there is none. Raises RecordError."""
    beats = decode_chunk("heart", body)
    columns = (beats[name].tolist() for name in ("t_ns", "rr_ms", "bpm", "flag"))
    return list(zip(*columns, strict=True))
