"""What the sounds are made of: shaped noise, damped tones, bubbles, room echoes, and the writing of files.

Mono sounds are (n,), stereo ones (n, 2), at ``RATE`` Hz. Loops are seamless by construction: noise is shaped in the
frequency domain over the whole length, so it ends as it begins, and what is added to a loop wraps around its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

Wave = NDArray[np.float64]
Points = Sequence[tuple[float, float]]
Rng = np.random.Generator

RATE = 44100
OUT = Path(__file__).resolve().parent.parent.parent / "sounds"
PEAK_DB, RMS_DB = -7.0, -21.0
QUALITY = 0.4
"""Of Vorbis, 0 to 1."""


def gains(f: NDArray[np.floating], points: Points) -> Wave:
    """A spectrum given by (Hz, dB) points, straight between them over log frequency, as factors."""
    hz, db = np.array(points).T
    return 10.0 ** (np.interp(np.log(np.maximum(f, 1.0)), np.log(hz), db) / 20.0)


def shaped(rng: Rng, seconds: float, points: Points) -> Wave:
    """Noise with the spectrum ``points``; deviation 1; ends as it begins."""
    n = int(seconds * RATE)
    f = np.fft.rfftfreq(n, 1.0 / RATE)
    gain = gains(f, points)
    gain[f < points[0][0] * 0.5] = 0.0
    made = np.fft.irfft(gain * np.exp(2j * np.pi * rng.uniform(size=len(f))), n)
    return made / made.std()


def filtered(wave: Wave, points: Points, loop: bool = False) -> Wave:
    """A wave through a filter without delay."""
    n = len(wave) if loop else len(wave) + RATE // 4
    f = np.fft.rfftfreq(n, 1.0 / RATE)
    return np.fft.irfft(np.fft.rfft(wave, n) * gains(f, points), n)[: len(wave)]


def slow(rng: Rng, seconds: float, waves: int, slope: float = 0.7) -> Wave:
    """A slow curve that ends as it begins, mean 0, deviation 1: sums of a few whole waves."""
    t = np.arange(int(seconds * RATE)) / (seconds * RATE)
    made = sum(np.sin(2 * np.pi * (k * t + rng.uniform())) / k**slope for k in range(1, waves + 1))
    return np.asarray(made) / np.std(made)


def times(seconds: float) -> Wave:
    return np.arange(int(seconds * RATE)) / RATE


def swell(seconds: float, rise_s: float, fall_s: float, power: float = 2.0) -> Wave:
    """From 0 to 1 and back, round at both ends."""
    t = times(seconds)
    up = np.clip(t / max(rise_s, 1e-4), 0.0, 1.0)
    down = np.clip((seconds - t) / max(fall_s, 1e-4), 0.0, 1.0)
    return np.sin(np.pi / 2 * up) ** power * np.sin(np.pi / 2 * down) ** power


def ring(
    modes: Sequence[tuple[float, float, float]], seconds: float, rng: Rng, attack_s: float = 0.001
) -> Wave:
    """A struck body: (Hz, decay s, gain) for each of its modes."""
    t = times(seconds)
    made = np.zeros_like(t)
    for hz, decay, gain in modes:
        made += gain * np.exp(-t / decay) * np.sin(2 * np.pi * hz * t + rng.uniform(0, 2 * np.pi))
    # what still sounds at the end is let go, and not cut off
    return (
        made
        * np.clip(t / attack_s, 0.0, 1.0)
        * np.sin(np.pi / 2 * np.clip((seconds - t) / (0.3 * seconds), 0, 1)) ** 2
    )


def bubble(hz: float, decay_s: float, rise: float) -> Wave:
    """A bubble of air that closes under water: a damped tone whose pitch rises."""
    t = times(min(decay_s * 6.0, 0.4))
    pitch = hz * (1.0 + rise * np.minimum(t / decay_s, 3.0) * 0.1)
    return np.exp(-t / decay_s) * np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.clip(t / 0.0015, 0.0, 1.0)


def put(track: Wave, start_s: float, sound: Wave, gain: float = 1.0, loop: bool = True) -> None:
    """Add a mono sound to a mono track; in a loop around its end, else cut there."""
    at = int(start_s * RATE) + np.arange(len(sound))
    if loop:
        np.add.at(track, at % len(track), sound * gain)
    else:
        inside = (at >= 0) & (at < len(track))
        track[at[inside]] += sound[inside] * gain


def pan(track: Wave, start_s: float, sound: Wave, gain: float, side: float) -> None:
    """Add a mono sound to a stereo loop; ``side`` -1 left to 1 right."""
    at = (int(start_s * RATE) + np.arange(len(sound))) % len(track)
    track[at, 0] += sound * gain * np.sqrt((1 - side) / 2)
    track[at, 1] += sound * gain * np.sqrt((1 + side) / 2)


def room(rng: Rng, wave: Wave, decay_s: float, wet: float, points: Points, loop: bool = False) -> Wave:
    """The wave with a room's echo of ``decay_s`` (to -60 dB); not longer than the wave."""
    length = int(min(decay_s * 1.2, 3.0) * RATE)
    t = np.arange(length) / RATE
    tail = rng.normal(size=length) * 10.0 ** (-3.0 * t / decay_s) * np.clip(t / 0.004, 0.0, 1.0)
    tail = filtered(tail, points)
    tail /= np.sqrt((tail**2).sum())
    n = len(wave) if loop else len(wave) + length
    echo = np.fft.irfft(np.fft.rfft(wave, n) * np.fft.rfft(tail, n), n)[: len(wave)]
    return wave + wet * echo


def both(make: Callable[[], Wave]) -> Wave:
    """Two of a kind, side by side."""
    return np.stack([make(), make()], axis=1)


def ended(wave: Wave, seconds: float = 0.03) -> Wave:
    """Faded out at its end, so that nothing clicks."""
    n = min(int(seconds * RATE), len(wave))
    fade = np.ones(len(wave))
    fade[-n:] = np.cos(np.linspace(0.0, np.pi / 2, n)) ** 2
    return wave * (fade if wave.ndim == 1 else fade[:, None])


def levelled(wave: Wave, loop: bool) -> Wave:
    """Loudest that both limits allow: peak, and the effective value of the loudest second."""
    peak = float(np.abs(wave).max())
    power = (wave if wave.ndim == 2 else wave[:, None]) ** 2
    before = power[-RATE:] if loop else np.zeros((RATE, power.shape[1]))
    total = np.cumsum(
        np.concatenate([before, power, np.zeros((0 if loop else RATE, power.shape[1]))]), axis=0
    )
    rms = float(np.sqrt((total[RATE:] - total[:-RATE]).max() / RATE))
    return wave * min(10 ** (PEAK_DB / 20) / peak, 10 ** (RMS_DB / 20) / rms)


def save(name: str, wave: Wave, *, loop: bool) -> None:
    """Write ``name`` (below the sounds folder, without its ending)."""
    path = OUT / f"{name}.ogg"
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = levelled(wave if loop else ended(wave), loop)
    channels = 1 if sound.ndim == 1 else sound.shape[1]
    with soundfile.SoundFile(
        path, "w", RATE, channels, "VORBIS", format="OGG", compression_level=1.0 - QUALITY
    ) as file:
        for start in range(0, len(sound), RATE):
            file.write(sound[start : start + RATE])
    kind = "loop" if loop else "once"
    print(f"{name}: {len(sound) / RATE:.1f} s, {channels} ch, {kind}, {path.stat().st_size / 1000:.0f} kB")
