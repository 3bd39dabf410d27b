"""Small records for the record's own tests."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from vr_runtime.protocol.codec import encode_event_body
from vr_runtime.protocol.events import Closed, EventBody, NoteTaken
from vr_runtime.record import Entry, KeySource, Writer
from vr_runtime.record.chunks import Samples, stream_dtype

NOTE = "the patient said the railing looks thin"
"""A text that must never be found in a record's files."""


def note(seq: int, text: str = NOTE) -> Entry:
    return entry(seq, NoteTaken(text=f"{text} ({seq})"))


def entry(seq: int, body: EventBody) -> Entry:
    return Entry(seq, seq * 1000, str(getattr(body, "kind")), encode_event_body(body, seq, None))  # noqa: B009


def closed(seq: int) -> Entry:
    return entry(seq, Closed(because="test", frames=seq, late_frames=0))


def samples(stream: str, rows: int, seed: int = 0) -> Samples:
    """Rows of random bits: NaNs and all."""
    dtype = stream_dtype(stream)
    return np.frombuffer(np.random.default_rng(seed).bytes(dtype.itemsize * rows), dtype).copy()


def write(folder: Path, key: KeySource, notes: int, *, transactions: bool = False) -> None:
    """A closed record of so many notes; ``transactions``: each committed on its own."""
    with Writer.create(folder, key) as writer:
        for seq in range(1, notes + 1):
            writer.append(note(seq))
            if transactions:
                assert writer.barrier(10)
        writer.append(closed(notes + 1))
        assert writer.barrier(10)


def interrupt(folder: Path, key: KeySource, transactions: Sequence[int], *, end: bool = False) -> None:
    """What a killed process leaves: so many notes between two waits for a commit, all still in the log."""
    live = folder.with_name(folder.name + "-live")
    with Writer.create(live, key) as writer:
        seq = 0
        for count in transactions:
            for _ in range(count):
                seq += 1
                writer.append(note(seq))
            assert writer.barrier(10)
        if end:
            writer.append(closed(seq + 1))
            assert writer.barrier(10)
        shutil.copytree(live, folder)
    shutil.rmtree(live)


def flip(path: Path, bit: int) -> None:
    """Change one bit of a file, counted from its first byte's lowest."""
    with path.open("r+b") as file:
        file.seek(bit // 8)
        octet = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([octet ^ (1 << bit % 8)]))


def until(condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Wait for a condition that another thread brings about."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)
