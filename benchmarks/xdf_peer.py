"""LabRecorder, the field's recorder, as a peer to measure against: the Lab Streaming Layer's own packages.

The samples go out by ``pylsl`` in the process that is measured; LabRecorder, in a process of its own, receives them
and writes the XDF file. Both are fetched into a folder of their own, and are no dependency of Palier. The wheels are
those for Python 3.11 on Linux x86-64; elsewhere XDF is not measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

WHEELS = (
    "pylsl==1.18.6 --hash=sha256:d184abba5318c85a456ff1ca88a1960e194ab7c7ac2f31b6d0a06726e36b91e1\n"
    "labrecorder==1.0.0rc0 --hash=sha256:c4db9b58521bc28a26b954a6da10ef88f728468d882fb508ed22a04df4ca8334\n"
    "pyxdf==1.17.5 --hash=sha256:3162772dba88ed4516956f91ec05ea87b8c93387a403dacb7497ffcd0ee345af\n"
)

CONFIGURATION = """
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
[lab]
KnownPeers = {127.0.0.1}
SessionID = palier-bench
[log]
level = -3
"""
"""Nothing of the benchmark is announced to the network."""

RECORDER = """
import sys
import labrecorder
streams = sys.stdin.readline()
recording = labrecorder.Recording(sys.argv[1], eval(streams, {"__builtins__": {}}))
print("recording", flush=True)
sys.stdin.readline()
recording.stop()
print("stopped", flush=True)
"""


def folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "palier" / "peer-xdf-1"


def fetched() -> Path | None:
    """The folder with the peer, fetched at first; None where that is impossible."""
    where = folder()
    if not (where / "pylsl").is_dir():
        with tempfile.TemporaryDirectory() as made:
            pins = Path(made) / "peer.txt"
            pins.write_text(WHEELS)
            options = ["--quiet", "--no-deps", "--require-hashes", "--target", str(where), "-r", str(pins)]
            subprocess.run(
                [sys.executable, "-m", "pip", "install", *options], check=False, stderr=subprocess.DEVNULL
            )
    return where if (where / "pylsl").is_dir() else None


class Lab:
    """One outlet a stream, and LabRecorder writing what they send.

    Of each row the fields after its time are sent. A stream of LSL has one type: floats of 32 bits for poses (they
    hold the number of a frame exactly for two days), doubles for the row of the frame (which cannot hold its hash).
    LSL keeps six minutes of a stream's nominal rate for a reader that is slow.
    """

    def __init__(
        self, where: Path, path: Path, streams: dict[str, np.dtype[Any]], rates_hz: dict[str, float]
    ) -> None:
        pylsl = imported(where)
        self.path = path
        self._outlets: dict[str, Any] = {}
        for name, dtype in streams.items():
            fields = (dtype.names or ())[1:]
            form = "double64" if name == "frame" else "float32"
            info = pylsl.StreamInfo(name, "VR", len(fields), rates_hz[name], form, f"palier-{name}")
            self._outlets[name] = pylsl.StreamOutlet(info)
        info = pylsl.StreamInfo("events", "Markers", 1, pylsl.IRREGULAR_RATE, "string", "palier-events")
        self._outlets["events"] = pylsl.StreamOutlet(info)
        described = [outlet.get_info().as_xml() for outlet in self._outlets.values()]
        self._child = subprocess.Popen(
            [sys.executable, "-c", RECORDER, str(path)],
            env=os.environ | {"PYTHONPATH": str(where)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self._say(repr(described))
        assert self._hear() == "recording"
        for outlet in self._outlets.values():
            if not outlet.wait_for_consumers(20):
                raise RuntimeError("LabRecorder did not subscribe to a stream")

    def push(self, stream: str, row: tuple[Any, ...]) -> None:
        self._outlets[stream].push_sample(row[1:], row[0] * 1e-9)

    def event(self, t_ns: int, text: str) -> None:
        self._outlets["events"].push_sample([text], t_ns * 1e-9)

    def close(self, patience_s: float = 60.0) -> int:
        """Wait until the file does not grow any more, end the recording; the file's size in bytes."""
        end, before = time.monotonic() + patience_s, -1
        while before != (now := self.path.stat().st_size) and time.monotonic() < end:
            before = now
            time.sleep(2.0)
        self._say("stop")
        assert self._hear() == "stopped"
        self._child.communicate(timeout=30)
        self._outlets.clear()
        return self.path.stat().st_size

    def _say(self, line: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()

    def _hear(self) -> str:
        """The recorder's next word; its own remarks on standard output are passed over."""
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if line.strip() in ("recording", "stopped"):
                return line.strip()
        raise RuntimeError("LabRecorder ended before its time")


def imported(where: Path) -> Any:
    """``pylsl``, kept to this machine."""
    configuration = where / "lsl_api.cfg"
    configuration.write_text(CONFIGURATION)
    os.environ["LSLAPICFG"] = str(configuration)
    if str(where) not in sys.path:
        sys.path.append(str(where))
    import pylsl  # pyright: ignore[reportMissingImports]

    return pylsl


def counted(where: Path, path: Path) -> dict[str, int]:
    """Samples of each stream in an XDF file."""
    imported(where)
    import pyxdf  # pyright: ignore[reportMissingImports]

    streams, _ = pyxdf.load_xdf(str(path), synchronize_clocks=False, dejitter_timestamps=False)
    return {one["info"]["name"][0]: len(one["time_stamps"]) for one in streams}
