"""What would be heard of cues, captured in a process of its own: OpenAL reads its configuration once a process."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from vr_runtime.stage import assets
from vr_runtime.stage.captured import Heard, capturing
from vr_runtime.stage.mixer import Mixer
from vr_runtime.stage.scene import SoundCue
from vr_runtime.stage.sound import open_sound
from vr_runtime.stage.turns import Listener

RATE = 44_100
RISES_S = 0.2
"""After this a sound is heard at its gain, however busy the machine; the mixer is told that long has passed."""
LASTS_S = 0.25
"""What is kept of each moment."""
FALLS_S = 0.05
LONG_S = 10.0
Moment = tuple[tuple[SoundCue, ...], Listener]


def heard(
    folder: Path, moments: Sequence[Moment], lasts_s: float = LASTS_S, unguarded: bool = False
) -> list[Heard]:
    """What is heard in each moment once its sounds have risen, with silence between them.

    ``folder`` takes the place of the assets; ``unguarded``: the mixer's ceilings are taken away.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        return processes.submit(_hear, folder, list(moments), lasts_s, unguarded).result()


def noise(path: Path, seconds: float = 3.0, peak: float = 1.0, low_pass_hz: float | None = None) -> None:
    """A mono file of white noise, or of its low part."""
    values = np.random.default_rng(1).uniform(-1.0, 1.0, round(seconds * RATE))
    if low_pass_hz is not None:
        spectrum = np.fft.rfft(values)
        spectrum[np.fft.rfftfreq(len(values), 1 / RATE) > low_pass_hz] = 0.0
        values = np.fft.irfft(spectrum, len(values))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, values / np.abs(values).max() * peak * 0.999, RATE)


def _hear(folder: Path, moments: list[Moment], lasts_s: float, unguarded: bool) -> list[Heard]:
    assets.ROOTS = (folder,)
    if unguarded:
        Mixer._excess = lambda self, parts, ears: 0.0  # type: ignore[method-assign]
    starts: list[float] = []
    with tempfile.TemporaryDirectory() as place, capturing(Path(place)) as capture:
        sound = open_sound(True)
        sound.prepare(cue for cues, _ in moments for cue in cues)
        capture.begins()
        began = before = time.perf_counter()
        for cues, listener in moments:
            for playing, seconds in ((cues, RISES_S + lasts_s), ((), FALLS_S)):
                sound.play(playing, 1.0, listener, LONG_S)
                before = time.perf_counter()
                if playing:
                    starts.append(before - began + RISES_S)
                until = before + seconds
                while before < until:
                    now = time.perf_counter()
                    sound.play(playing, 1.0, listener, now - before)
                    before = now
                    time.sleep(0.01)
        capture.ends()
        total = time.perf_counter() - began
        sound.close()
        whole = capture.heard(total)
    assert whole is not None, "nothing was captured"
    rate = whole.rate_hz
    return [
        Heard(whole.samples[round(start * rate) : round((start + lasts_s) * rate)], rate) for start in starts
    ]
