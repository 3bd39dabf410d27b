"""How loud a sound file can be in one ear, wherever it is placed: what the mixer's ceilings are kept by.

Measuring decodes a whole file and takes up to a fifth of a second. The sounds that come with Palier were measured
beforehand (``assets/scripts/measure_sounds.py``). A row of that table counts for one file's very bytes and one way of
measuring: a file that was changed, or that came with a scene pack, is measured anew.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.loudness import loudest_second
from vr_runtime.stage.mixer import Loudness

NEARER_EAR: Final = ((0, 200, 400, 800, 1600, 3200, 8000, 10000), (1.0, 1.2, 1.5, 1.6, 1.9, 2.2, 2.4, 2.6))
"""At these frequencies (Hz) a head's filters raise a tone by no more than this at the nearer ear, wherever it comes
from: the most of 120 directions and of stereo files, measured on OpenAL Soft's own head."""

PIECE: Final = 8192
"""Samples that a file is measured by."""
METHOD: Final = f"1 {NEARER_EAR} {PIECE}".encode("ascii")
"""Its number is to be raised with every change of :func:`measured`."""
TABLE: Final = "sounds/loudness.json"


def at_nearer_ear(file: str) -> Loudness:
    """How loud a file below the assets folder can be in one ear, wherever it is placed.

    Raises:
        FileError: NOT_FOUND, or UNREADABLE where it is no sound.
    """
    path = assets.path(file)
    known = _table().get(digest(path))
    return measured(path) if known is None else known


def digest(path: Path) -> str:
    """Of a file's bytes, and of how they are measured."""
    return blake2b(METHOD + path.read_bytes(), digest_size=16).hexdigest()


@cache
def _table() -> dict[str, Loudness]:
    """By digest; empty where the table is missing or damaged: then all is measured."""
    found = assets.find(TABLE)
    try:
        rows = json.loads(found.read_text("utf-8")) if found is not None else {}
        return {key: Loudness(float(peak), float(rms)) for key, (peak, rms) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def measured(path: Path) -> Loudness:
    """Decoded and measured now.

    Raises:
        FileError: UNREADABLE.
    """
    from panda3d.core import Datagram, MovieAudio

    cursor = MovieAudio.get(str(path)).open()
    if cursor is None or cursor.length() <= 0.0:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as a sound (OGG or WAV)")
    samples = Datagram()
    cursor.read_samples(int(cursor.length() * cursor.audio_rate()), samples)
    whole = np.frombuffer(samples.get_message(), dtype=np.int16).reshape(-1, cursor.audio_channels())
    # in pieces: as good as at once, and several times as fast
    pieces = -(-len(whole) // PIECE)
    padded = np.zeros((cursor.audio_channels(), pieces * PIECE), np.float32)
    padded[:, : len(whole)] = whole.T / np.float32(32768.0)
    spectrum = np.fft.rfft(padded.reshape(-1, PIECE))
    frequencies = np.linspace(0.0, cursor.audio_rate() / 2, spectrum.shape[1])
    spectrum *= np.interp(frequencies, *NEARER_EAR).astype(np.float32)
    heard = np.fft.irfft(spectrum, PIECE).reshape(padded.shape).T[: len(whole)]
    return Loudness(float(np.abs(heard).max()), loudest_second(heard, cursor.audio_rate()))
