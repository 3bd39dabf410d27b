"""What the record costs: the loop's share of a frame, commits a second, bytes an hour, checking.

The motion is made, not measured: a head that drifts and turns, hands that move faster, all with the white
noise of a tracker (0.1 mm, 0.02 degrees), because noise is what does not compress.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import Row
from vr_runtime.protocol.commands import Command
from vr_runtime.protocol.events import CommandReceived, ParameterMoved, WallClock
from vr_runtime.protocol.streams import CHUNK_NS
from vr_runtime.record import Entry, FileKey, Reader, SampleBuffer, Writer, encode_chunk, verify
from vr_runtime.record.chunks import Samples, stream_dtype

RATE_HZ = 90
MINUTES = 5.0
ALL = ("head", "hands", "eye", "frame")


def run() -> list[Row]:
    """Every figure; about half a minute."""
    with tempfile.TemporaryDirectory(prefix="palier-bench-") as name:
        folder = Path(name)
        key = FileKey.create(folder / "key")
        streams = motion(MINUTES)
        rows = [
            *_size(folder / "head", key, {"head": streams["head"]}, "record: head alone", 15),
            *_size(folder / "all", key, streams, "record: head, hands, eye, frame", 45),
            *_frame_cost(folder / "frame", key, streams),
            *_throughput(folder / "fast", key),
            *_encoding(streams),
        ]
        begin = time.perf_counter()
        verdict = verify(folder / "all", key)
        rows.append(
            Row("record: verify", _ms(begin), "ms", f"{verdict.entries} entries, {MINUTES:g} minutes")
        )
        begin = time.perf_counter()
        with Reader.open(folder / "all", key) as reader:
            count = len(reader.samples("head"))
        rows.append(Row("record: read the head's samples", _ms(begin), "ms", f"{count} rows"))
    return rows


def motion(minutes: float, seed: int = 1) -> dict[str, Samples]:
    """Samples of the recorded streams for so many minutes at 90 Hz."""
    chance = np.random.default_rng(seed)
    count = round(minutes * 60 * RATE_HZ)
    frames = np.arange(count)
    begin = (frames * (1e9 / RATE_HZ) + chance.normal(0, 80e3, count)).astype(np.int64)
    streams = {name: np.zeros(count, stream_dtype(name)) for name in ("head", "eye", "frame")}
    streams["hands"] = np.zeros(2 * count, stream_dtype("hands"))
    display_ns = begin + 25_000_000 + chance.normal(0, 1000, count).astype(np.int64)
    _fill(streams["head"], display_ns, frames, _poses(chance, count, reach_m=0.1, turn=0.5))
    _fill(streams["eye"], display_ns, frames, _poses(chance, count, reach_m=0.1, turn=0.8))
    for hand in (0, 1):
        rows = streams["hands"][hand::2]
        rows["hand"] = hand
        _fill(rows, display_ns, frames, _poses(chance, count, reach_m=0.3, turn=1.0))
    frame = streams["frame"]
    frame["t_ns"], frame["frame"], frame["display_ns"], frame["flags"] = begin, frames, display_ns, 46
    frame["link_age_ms"] = chance.integers(0, 250, count)
    frame["committed_seq"] = frames // 22 * 5
    frame["record_age_ms"] = chance.integers(0, 3, count)
    frame["state"] = chance.integers(0, 2**63, count)
    return streams


def _fill(rows: Samples, t_ns: Samples, frames: Samples, poses: Samples) -> None:
    rows["t_ns"], rows["frame"], rows["valid"] = t_ns, frames, 1
    for index, name in enumerate(("x", "y", "z", "qx", "qy", "qz", "qw")):
        rows[name] = poses[index]


def _poses(chance: np.random.Generator, count: int, reach_m: float, turn: float) -> Samples:
    noise = chance.normal(0, 1, (6, count)) * np.array([1e-4] * 3 + [3e-4] * 3)[:, None]
    reach = np.array([reach_m, 5 * reach_m, 0.03, turn, 0.3, 0.05])
    x, y, z, yaw, pitch, roll = np.stack([_drift(chance, count) for _ in reach]) * reach[:, None] + noise
    cy, sy, cp, sp, cr, sr = (f(a / 2) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    return np.stack(
        [
            x,
            y,
            z + 1.6,
            cy * sp * cr + sy * cp * sr,
            cy * cp * sr - sy * sp * cr,
            sy * cp * cr - cy * sp * sr,
            cy * cp * cr + sy * sp * sr,
        ]
    )


def _drift(chance: np.random.Generator, count: int) -> Samples:
    """A smooth random path of unit spread that changes over about two seconds."""
    knots = chance.normal(0, 1, count // RATE_HZ + 8)
    kernel = np.hanning(3 * RATE_HZ)
    steps = np.repeat(knots, RATE_HZ)
    path = np.convolve(steps, kernel / kernel.sum(), "same")
    return path[RATE_HZ : RATE_HZ + count]


def _chunks(streams: dict[str, Samples]) -> Iterator[tuple[str, Samples]]:
    """The streams in chunks of 175 ms, turn by turn."""
    per_chunk = RATE_HZ * CHUNK_NS // 1_000_000_000 + 1
    length = len(streams["head"])
    for start in range(0, length, per_chunk):
        for name, rows in streams.items():
            step = 2 if name == "hands" else 1
            yield name, rows[start * step : (start + per_chunk) * step]


def write_motion(folder: Path, key: FileKey, streams: dict[str, Samples]) -> None:
    """A closed record of these samples, committed chunk by chunk as in a session."""
    with Writer.create(folder, key) as writer:
        seq = 0
        for stream, rows in _chunks(streams):
            seq += 1
            writer.append_samples(seq, seq, stream, rows)
            if seq % len(streams) == 0:
                writer.barrier(10)
        writer.append(Entry(seq + 1, seq + 1, "closed", b"{}"))


def _size(folder: Path, key: FileKey, streams: dict[str, Samples], name: str, budget: int) -> list[Row]:
    write_motion(folder, key, streams)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return [Row(name, size * 60 / MINUTES / 1e6, "MB/h", f"{RATE_HZ} Hz; budget {budget}")]


def _frame_cost(folder: Path, key: FileKey, streams: dict[str, Samples]) -> list[Row]:
    """A frame's work on the loop's side: rows of every stream, an event now and then, chunks when they are
    due."""
    count = 3000
    rows = {name: rows[: count * (2 if name == "hands" else 1)].tolist() for name, rows in streams.items()}
    command = Command.model_validate(
        {"id": "0" * 32, "epoch": "0" * 32, "seq": 1, "sent_ns": 1, "ttl_ms": 1000, "body": {"kind": "pause"}}
    )
    event = CommandReceived(command=command, received_ns=1)
    costs = np.zeros(count)
    buffer = SampleBuffer()
    with Writer.create(folder, key) as writer:
        seq = 0
        for frame in range(count):
            now_ns = frame * 1_000_000_000 // RATE_HZ
            begin = time.perf_counter_ns()
            buffer.add("head", rows["head"][frame])
            buffer.add("hands", rows["hands"][2 * frame])
            buffer.add("hands", rows["hands"][2 * frame + 1])
            buffer.add("eye", rows["eye"][frame])
            buffer.add("frame", rows["frame"][frame])
            if frame % 10 == 0:
                seq += 1
                writer.append_event(seq, now_ns, event, frame)
            for stream, array in buffer.cut(now_ns):
                seq += 1
                writer.append_samples(seq, now_ns, stream, array)
            writer.health()
            costs[frame] = time.perf_counter_ns() - begin
            time.sleep(0.001)
    note = "5 rows, events at 9 Hz, chunks, health; the writer's thread on the same cores"
    return [
        Row("record: a frame, median", float(np.median(costs)) / 1e6, "ms", f"{note}; budget 0.1"),
        Row("record: a frame, p99", float(np.percentile(costs, 99)) / 1e6, "ms", note),
    ]


def _throughput(folder: Path, key: FileKey) -> list[Row]:
    body = ParameterMoved(name="height", unit="m", previous=1.0, target=2.0, because="set_parameter")
    waits = np.zeros(300)
    with Writer.create(folder, key) as writer:
        for seq in range(1, 301):
            begin = time.perf_counter_ns()
            writer.append_event(seq, seq, body, seq)
            writer.barrier(10)
            waits[seq - 1] = time.perf_counter_ns() - begin
        begin = time.perf_counter()
        for seq in range(301, 20_301):
            writer.append_event(seq, seq, WallClock(wall_utc="2026-01-01T00:00:00Z"), seq)
        writer.barrier(60)
        rate = 20_000 / (time.perf_counter() - begin)
    return [
        Row("record: append to commit, median", float(np.median(waits)) / 1e6, "ms", "one event at a time"),
        Row(
            "record: append to commit, p99",
            float(np.percentile(waits, 99)) / 1e6,
            "ms",
            "one event at a time",
        ),
        Row("record: events committed", rate, "1/s", "as fast as they come"),
    ]


def _encoding(streams: dict[str, Samples]) -> list[Row]:
    costs: list[float] = []
    chunks: list[Any] = list(_chunks(streams))[: 400 * len(streams)]
    for index in range(0, len(chunks), len(streams)):
        begin = time.perf_counter()
        for stream, rows in chunks[index : index + len(streams)]:
            encode_chunk(stream, rows)
        costs.append(_ms(begin))
    return [
        Row(
            "record: encode a cut, median",
            float(np.median(costs)),
            "ms",
            "four chunks, in the writer's thread",
        )
    ]


def _ms(begin: float) -> float:
    return (time.perf_counter() - begin) * 1e3
