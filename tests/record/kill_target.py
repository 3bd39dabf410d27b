"""A process that writes a record until it is killed; prints every committed entry's number and hash."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.helpers.records import note, samples
from vr_runtime.record import FileKey, Sealed, Writer, committer


def acknowledge(entries: Sequence[Sealed]) -> None:
    os.write(1, "".join(f"{one.seq} {one.hash.hex()}\n" for one in entries).encode())


def main(folder: str, key: str) -> None:
    committer.CHECKPOINT_BYTES = 150_000  # so that kills fall into checkpoints as well
    writer = Writer.create(Path(folder), FileKey(Path(key)), acknowledge)
    chunk = samples("head", 23)
    seq = 0
    while True:
        for _ in range(seq % 7 + 1):
            seq += 1
            writer.append(note(seq))
        seq += 1
        writer.append_samples(seq, seq, "head", chunk)
        if seq % 50 == 0:
            writer.barrier(10)
        time.sleep(0.0005)


if __name__ == "__main__":
    main(*sys.argv[1:])
