"""What recording costs beside other ways to record: the loop's share of a frame, and bytes an hour.

All write the same made motion (``record_bench.motion``) and the same events, in one run and on one disk, in turns:

- *Palier*: the record as it is: encrypted, chained, every event committed at once, samples every 175 ms, by a thread;
- *JSONL*: one line a row, nine digits, ``fsync`` as often as the record commits, in the loop as such writers do;
- *MCAP*: the format's own Python writer, rows packed in binary, zstd; flushed and synced as often;
- *XDF*: the Lab Streaming Layer as the field uses it: ``pylsl`` sends, LabRecorder in another process writes. It
  never syncs: what a power cut or a crash takes is not bounded, so its cost is that of sending alone.

Only Palier's is encrypted and chained. Frames come at 90 Hz in real time, so that threads have the rest that they
have in a session.
"""

from __future__ import annotations

import os
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from mcap.writer import CompressionType
from mcap.writer import Writer as McapWriter

from benchmarks import Row, xdf_peer
from benchmarks.record_bench import RATE_HZ, motion
from vr_runtime.protocol.codec import encode_event_body
from vr_runtime.protocol.commands import Command
from vr_runtime.protocol.events import CommandReceived
from vr_runtime.protocol.streams import CHUNK_NS
from vr_runtime.record import Entry, FileKey, SampleBuffer, Writer
from vr_runtime.record.chunks import Samples, stream_dtype

TURNS = 4
SECONDS = 10.0
"""Each writer's turns, in real time."""

MINUTES = 5.0
"""Length of what is weighed, written as fast as it goes."""

EVERY = 10
"""Frames between two events (commands): 9 a second, a busy therapist."""

STREAMS = ("head", "hands", "eye", "frame")
COMMAND = Command.model_validate(
    {"id": "0" * 32, "epoch": "0" * 32, "seq": 1, "sent_ns": 1, "ttl_ms": 1000, "body": {"kind": "pause"}}
)
EVENT = CommandReceived(command=COMMAND, received_ns=1)

Rows = dict[str, list[tuple[Any, ...]]]


class Recorder(Protocol):
    """One way to record. ``sample`` and ``event`` are called by the loop, ``cut`` every 175 ms and after events."""

    def sample(self, stream: str, row: tuple[Any, ...]) -> None: ...
    def event(self, t_ns: int, frame: int) -> None: ...
    def cut(self, t_ns: int) -> None: ...
    def commit(self) -> None:
        """Nothing that was given so far may be lost from here on; Palier's writer does so by itself."""
        ...

    def close(self) -> int:
        """The size of all its files in bytes."""
        ...


class Palier:
    def __init__(self, folder: Path, key: FileKey, paced: bool) -> None:
        self._folder, self._paced = folder, paced
        self._writer = Writer.create(folder, key)
        self._buffer = SampleBuffer()
        self._seq = 0

    def sample(self, stream: str, row: tuple[Any, ...]) -> None:
        self._buffer.add(stream, row)

    def event(self, t_ns: int, frame: int) -> None:
        self._seq += 1
        self._writer.append_event(self._seq, t_ns, EVENT, frame)

    def cut(self, t_ns: int) -> None:
        for stream, array in self._buffer.cut(t_ns):
            self._seq += 1
            self._writer.append_samples(self._seq, t_ns, stream, array)
        self._writer.health()

    def commit(self) -> None:
        if not self._paced:
            assert self._writer.barrier(60)

    def close(self) -> int:
        self._writer.append(Entry(self._seq + 1, 1 << 60, "closed", b"{}"))
        assert self._writer.barrier(60)
        self._writer.close()
        return sum(path.stat().st_size for path in self._folder.iterdir())


class Jsonl:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._forms = {name: _line(name) for name in STREAMS}

    def sample(self, stream: str, row: tuple[Any, ...]) -> None:
        self._file.write((self._forms[stream] % row).encode())

    def event(self, t_ns: int, frame: int) -> None:
        body = encode_event_body(EVENT, frame, None).decode()
        self._file.write(f'{{"kind":"command_received","t_ns":{t_ns},"event":{body}}}\n'.encode())

    def cut(self, t_ns: int) -> None:
        pass

    def commit(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> int:
        self.commit()
        self._file.close()
        return self._path.stat().st_size


def _line(stream: str) -> str:
    dtype = stream_dtype(stream)
    fields = (f'"{name}":{"%.9g" if dtype[name].kind == "f" else "%d"}' for name in dtype.names or ())
    return f'{{"stream":"{stream}",{",".join(fields)}}}\n'


class Mcap:
    def __init__(self, path: Path, *, flushed: bool = True) -> None:
        self._path, self._flushed = path, flushed
        self._file = path.open("wb")
        self._writer = McapWriter(self._file, compression=CompressionType.ZSTD)
        self._writer.start()
        self._packs: dict[str, struct.Struct] = {}
        self._channels: dict[str, int] = {}
        for name in STREAMS:
            self._packs[name] = struct.Struct(_packing(stream_dtype(name)))
            self._channels[name] = self._writer.register_channel(f"/{name}", "packed", 0)
        schema = self._writer.register_schema("event", "jsonschema", b'{"type":"object"}')
        self._channels["events"] = self._writer.register_channel("/events", "json", schema)

    def sample(self, stream: str, row: tuple[Any, ...]) -> None:
        self._writer.add_message(self._channels[stream], row[0], self._packs[stream].pack(*row[1:]), row[0])

    def event(self, t_ns: int, frame: int) -> None:
        body = encode_event_body(EVENT, frame, None)
        self._writer.add_message(self._channels["events"], t_ns, body, t_ns)

    def cut(self, t_ns: int) -> None:
        pass

    def commit(self) -> None:
        if self._flushed:
            self._writer.flush()
            os.fsync(self._file.fileno())

    def close(self) -> int:
        self._writer.finish()
        self._file.close()
        return self._path.stat().st_size


def _packing(dtype: np.dtype[Any]) -> str:
    """Of all fields after the time, which is the message's own."""
    letters = {"f4": "f", "u4": "I", "i4": "i", "u8": "Q", "i8": "q", "u2": "H", "u1": "B"}
    return "<" + "".join(letters[dtype[name].str[1:]] for name in (dtype.names or ())[1:])


class Xdf:
    def __init__(self, where: Path, path: Path) -> None:
        rates_hz = {name: RATE_HZ * (2.0 if name == "hands" else 1.0) for name in STREAMS}
        self._lab = xdf_peer.Lab(where, path, {name: stream_dtype(name) for name in STREAMS}, rates_hz)

    def sample(self, stream: str, row: tuple[Any, ...]) -> None:
        self._lab.push(stream, row)

    def event(self, t_ns: int, frame: int) -> None:
        self._lab.event(t_ns, encode_event_body(EVENT, frame, None).decode())

    def cut(self, t_ns: int) -> None:
        pass

    def commit(self) -> None:
        pass

    def close(self) -> int:
        return self._lab.close()


def run() -> list[Row]:
    """About three minutes and a half; XDF alone is left out where LabRecorder cannot be fetched."""
    where = xdf_peer.fetched()
    names = ["Palier", "JSONL", "MCAP", *(["XDF"] if where else [])]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="palier-bench-") as made:
        folder = Path(made)
        key = FileKey.create(folder / "key")

        def new(name: str, part: str, paced: bool) -> Recorder:
            match name:
                case "Palier":
                    return Palier(folder / f"record-{part}", key, paced)
                case "JSONL":
                    return Jsonl(folder / f"{part}.jsonl")
                case "MCAP" | "MCAP, not flushed":
                    return Mcap(folder / f"{part}-{name}.mcap", flushed=name == "MCAP")
                case _:
                    assert where is not None
                    return Xdf(where, folder / f"{part}.xdf")

        rows += _frame_costs(names, new)
        rows += _sizes([*names, "MCAP, not flushed"], new, _rows(motion(MINUTES)))
        if where is not None:
            frames = round(MINUTES * 60 * RATE_HZ)
            sent = {
                "head": frames,
                "hands": 2 * frames,
                "eye": frames,
                "frame": frames,
                "events": frames // EVERY,
            }
            found = xdf_peer.counted(where, folder / "weighed.xdf")
            assert found == sent, f"LabRecorder wrote {found} of {sent}"
    return rows


def _rows(streams: dict[str, Samples]) -> Rows:
    return {name: streams[name].tolist() for name in STREAMS}


def _frame_costs(names: list[str], new: Any) -> list[Row]:
    """The writers take turns, so that what else the machine does meets all of them."""
    rows = _rows(motion(SECONDS / 60))
    costs: dict[str, list[float]] = {name: [] for name in names}
    worked: dict[str, float] = dict.fromkeys(names, 0.0)
    for turn in range(TURNS):
        for name in names:
            recorder: Recorder = new(name, f"turn-{turn}", True)
            before = time.process_time()
            costs[name] += _play(recorder, rows, paced=True)
            worked[name] += time.process_time() - before
            recorder.close()
    ours = costs["Palier"]
    count = TURNS * len(rows["head"])
    found: list[Row] = []
    for name, notes in ((name, f"{count} frames in {TURNS} turns") for name in names):
        for word, share in (("median", 50.0), ("p99", 99.0)):
            value = float(np.percentile(costs[name], share))
            times = value / float(np.percentile(ours, share))
            found.append(Row(f"a frame, {word}: {name}", value * 1e3, "us", f"x {times:.3g}; {notes}"))
        times = worked[name] / worked["Palier"]
        note = f"x {times:.3g}; all threads of this process, the pacing in it"
        found.append(Row(f"processor a frame: {name}", worked[name] / count * 1e6, "us", note))
    return found


def _sizes(names: list[str], new: Any, rows: Rows) -> list[Row]:
    sizes: dict[str, int] = {}
    for name in names:
        recorder: Recorder = new(name, "weighed", False)
        _play(recorder, rows, paced=False)
        sizes[name] = recorder.close()
    return [
        Row(
            f"an hour: {name}",
            size * 60 / MINUTES / 1e6,
            "MB",
            f"x {size / sizes['Palier']:.3g}; head, two hands, eye, frame at {RATE_HZ} Hz, "
            f"{RATE_HZ / EVERY:g} events a second",
        )
        for name, size in sizes.items()
    ]


def _play(recorder: Recorder, rows: Rows, *, paced: bool) -> list[float]:
    """Each frame's time in the writer, ms. Events are made durable at once, samples every 175 ms."""
    costs: list[float] = []
    begin = time.perf_counter()
    next_cut = 0
    for frame, moment in _frames(len(rows["head"])):
        if paced and (rest := begin + frame / RATE_HZ - time.perf_counter()) > 0:
            time.sleep(rest)
        start = time.perf_counter_ns()
        recorder.sample("head", rows["head"][frame])
        recorder.sample("hands", rows["hands"][2 * frame])
        recorder.sample("hands", rows["hands"][2 * frame + 1])
        recorder.sample("eye", rows["eye"][frame])
        recorder.sample("frame", rows["frame"][frame])
        commit = frame % EVERY == 0
        if commit:
            recorder.event(moment, frame)
        if moment >= next_cut:
            next_cut, commit = moment + CHUNK_NS, True
        recorder.cut(moment)
        if commit:
            recorder.commit()
        costs.append((time.perf_counter_ns() - start) / 1e6)
    return costs


def _frames(count: int) -> Iterator[tuple[int, int]]:
    for frame in range(count):
        yield frame, frame * 1_000_000_000 // RATE_HZ
