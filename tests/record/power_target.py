"""A process that writes a record to a pretended disk, a loop's frames with their samples and events, in runtime time.

With ``waits`` it waits for the commit of what it has cut, as if the disk were as quick as the loop. With ``goes on`` it
does not: several transactions lie in the log before the first of them is synced.

It says what it has promised in two files on the same disk, so that the disk's log holds the promises in their order:
``acknowledged`` (number and hash of each entry that was committed) and ``played`` (the frames of the loop)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from vr_runtime.display.port import Frame, Sensed
from vr_runtime.journal import Journal, RecordView
from vr_runtime.protocol.events import Closed, NoteTaken
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.record import FileKey, Sealed, Writer, committer, rekey

RATE_HZ = 90
FRAMES = 1500
"""Some 17 s of a session."""
GOES_ON = 400
"""Frames without a wait, so many times as fast as in a session:"""
FASTER = 5


def main(root: str, old: str, new: str, how: str) -> None:
    disk = Path(root)
    committer.CHECKPOINT_BYTES = 300_000  # so that the power fails in checkpoints as well
    acknowledged = os.open(disk / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    played = os.open(disk / "played", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def acknowledge(entries: Sequence[Sealed]) -> None:
        os.write(acknowledged, "".join(f"{one.seq} {one.hash.hex()}\n" for one in entries).encode())

    folder = disk / "records" / "record"
    writer = Writer.create(folder, FileKey(Path(old)), acknowledge)
    os.write(played, b"0 made\n")
    journal = Journal(writer)
    sensed = Sensed(Pose(z=1.6), Hands(Pose(), Pose()))
    waits, frames = how == "waits", FRAMES if how == "waits" else GOES_ON
    for index in range(1, frames + 1):
        frame = Frame(index, index * 1_000_000_000 // RATE_HZ, index * 1_000_000_000 // RATE_HZ, False)
        if index % 7 == 0:
            journal.append(NoteTaken(text="x" * (index * 37 % 3000)), frame)
        journal.sample(frame, sensed._replace(head=Pose(index / 1000, z=1.6)), (), ())
        journal.sample_frame(frame, RecordView(0, 0, True, False), 0, 0, 1.0, index)
        os.write(played, f"{index} {frame.now_ns}\n".encode())
        before = journal.last_seq
        journal.cut(frame.now_ns)
        if not waits:
            time.sleep(1 / RATE_HZ / FASTER)
        elif journal.last_seq > before or index % 21 == 0:
            journal.barrier(30.0)  # what is lost is what had not been cut
    last = Frame(frames, frames * 1_000_000_000 // RATE_HZ, 0, False)
    journal.cut(last.now_ns, everything=True)
    journal.append(Closed(because="test", frames=frames, late_frames=0), last)
    writer.close()
    os.write(played, b"0 closed\n")
    rekey(folder, FileKey(Path(old)), FileKey(Path(new)))
    os.write(played, b"0 locked anew\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
