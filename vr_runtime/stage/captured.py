"""What would be heard, written to a file by OpenAL Soft instead of played: for films and for tests of loudness."""

from __future__ import annotations

import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from struct import unpack_from
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.headphones import FOR_HEADPHONES, configured

RATE_HZ: Final = 44_100
"""That of OpenAL Soft's own head: at any other it has none."""
PERIOD: Final = 256
"""Samples that are mixed at a time: what is heard is placed in time to within 6 ms."""
FLOAT: Final = 3
EXTENSIBLE: Final = 0xFFFE


@dataclass(frozen=True)
class Heard:
    """A piece of sound."""

    samples: NDArray[np.float32]
    """(samples, channels), full scale at 1."""
    rate_hz: int

    def save(self, path: Path) -> None:
        """As a WAV file of 16 bits a sample; what lies over full scale is cut."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(self.samples.shape[1])
            file.setsampwidth(2)
            file.setframerate(self.rate_hz)
            file.writeframes((np.clip(self.samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes())


class Captured:
    """What is being captured. Say when the piece that matters begins and ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._began = self._ended = 0.0

    def begins(self) -> None:
        self._began = time.perf_counter()

    def ends(self) -> None:
        """Call it just before the sound is closed: the file ends here, and is counted back from here."""
        self._ended = time.perf_counter()

    def heard(self, seconds: float) -> Heard | None:
        """So much from where it began; what lacks is silent. None: nothing was captured."""
        found = read_float_wav(self._path) if self._path.exists() else None
        if found is None:
            return None
        samples, wanted = found.samples, round(seconds * found.rate_hz)
        first = max(0, len(samples) - round((self._ended - self._began) * found.rate_hz))
        piece = samples[first : first + wanted]
        lacking = np.zeros((wanted - len(piece), samples.shape[1]), np.float32)
        return Heard(np.concatenate([piece, lacking]), found.rate_hz)


@contextmanager
def capturing(folder: Path) -> Iterator[Captured]:
    """Open OpenAL within this, for the first time in the process; afterwards ask what was heard."""
    path = folder / "heard.wav"
    general = (
        *FOR_HEADPHONES,
        "drivers = wave",
        f"frequency = {RATE_HZ}",
        f"period_size = {PERIOD}",
        "channels = stereo",
        "sample-type = float32",
    )
    with configured(folder, general, ("[wave]", f"file = {path}")):
        yield Captured(path)


def read_float_wav(path: Path) -> Heard | None:
    """A WAV file of 32-bit floats, as OpenAL Soft writes it (Python's own reader refuses those); None where the file
    is something else or was not finished."""
    data = path.read_bytes()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    at, channels, rate = 12, 0, 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], unpack_from("<I", data, at + 4)[0]
        body = at + 8
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = unpack_from("<HHIIHH", data, body)
            if kind == EXTENSIBLE:
                kind = unpack_from("<H", data, body + 24)[0]
            if kind != FLOAT or bits != 32:
                return None
        elif name == b"data" and channels:
            whole = min(size, len(data) - body) // (4 * channels) * 4 * channels
            flat = np.frombuffer(data, dtype="<f4", count=whole // 4, offset=body)
            return Heard(flat.reshape(-1, channels), rate)
        at = body + size + size % 2
    return None
