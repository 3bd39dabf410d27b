"""Makes dull versions of sounds, as they are heard through a wall: ``python assets/scripts/make_dull.py tap.ogg ...``.

``tap.dull.ogg`` lies beside ``tap.ogg`` and is as long, so that both play side by side (``SoundCue.damp``). Filtered in
the frequency domain over the whole length: no delay, and a loop stays one. Needs soundfile (a development dependency).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import soundfile

CORNER_HZ = 350.0
"""Up to here a wall lets through what comes; above, 12 dB less with each octave."""


def dull(path: Path) -> Path:
    samples, rate = soundfile.read(path, always_2d=True)
    spectrum = np.fft.rfft(samples, axis=0)
    frequencies = np.fft.rfftfreq(len(samples), 1.0 / rate)
    spectrum /= (1.0 + (frequencies / CORNER_HZ) ** 2)[:, None]
    made = path.with_name(f"{path.stem}.dull{path.suffix}")
    soundfile.write(made, np.fft.irfft(spectrum, len(samples), axis=0), rate, format="OGG", subtype="VORBIS")
    return made


for name in sys.argv[1:]:
    print(dull(Path(name)))
