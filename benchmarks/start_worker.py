"""Runs inside the OpenXR lab: starts a short session again and again and reads in its record when the patient first saw
something. Prints one line of JSON: seconds from the command line, until the record was open and until the first frame
that was tracked. ``python -m benchmarks start_bench`` starts it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from vr_runtime.protocol.events import Opened
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.record import PassphraseKey, Reader

PASSPHRASE = "a passphrase for measuring"
SEEN = FrameFlag.TRACKING | FrameFlag.DISPLAY_OK


def start(scene: str, folder: Path) -> tuple[float, float]:
    """One session; seconds until its record was open, and until its first tracked frame."""
    command = [sys.executable, "-m", "vr_runtime", "run", "--display", "openxr", "--scene", scene]
    begin = time.time()
    done = subprocess.run(
        [*command, "--duration", "1", "--records", str(folder)],
        env={**os.environ, "PALIER_PASSPHRASE": PASSPHRASE, "PALIER_HOME": str(folder / "home")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    record = Path(done.stdout.splitlines()[-1])
    with Reader.open(record, PassphraseKey(PASSPHRASE)) as reader:
        opened = next(event.body for event in reader.events() if isinstance(event.body, Opened))
        frames = reader.samples("frame")
    open_s = datetime.fromisoformat(opened.wall_utc).timestamp() - begin
    tracked = frames[(frames["flags"] & SEEN) == SEEN]
    return open_s, open_s + float(tracked["t_ns"][0]) / 1e9


def main(scene: str, starts: int) -> int:
    found = []
    for _ in range(starts):
        with tempfile.TemporaryDirectory(prefix="palier-") as folder:
            found.append(start(scene, Path(folder)))
    print(json.dumps({"opened_s": [opened for opened, _ in found], "tracked_s": [seen for _, seen in found]}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
