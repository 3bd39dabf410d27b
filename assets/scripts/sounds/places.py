"""Sounds of open places and of the room: wind, a gust, a city from above, a lake, the quiet of a room. At 32 kHz."""

from __future__ import annotations

import numpy as np
import soundfile
from numpy.typing import NDArray
from sounds.core import OUT, PEAK_DB, RMS_DB

Wave = NDArray[np.float64]

RATE = 32000


def shaped(rng: np.random.Generator, seconds: float, points: list[tuple[float, float]]) -> Wave:
    """Noise with a spectrum given by (Hz, dB) points, straight between them over log frequency; deviation 1."""
    n = int(seconds * RATE)
    f = np.fft.rfftfreq(n, 1.0 / RATE)
    hz, db = np.array(points).T
    gain = 10.0 ** (np.interp(np.log(np.maximum(f, 1.0)), np.log(hz), db) / 20.0)
    gain[f < hz[0] * 0.5] = 0.0
    spectrum = gain * np.exp(2j * np.pi * rng.uniform(size=len(f)))
    made = np.fft.irfft(spectrum, n)
    return made / made.std()


def slow(rng: np.random.Generator, seconds: float, waves: int, slope: float = 0.7) -> Wave:
    """A slow curve that ends as it begins, mean 0, deviation 1: sums of a few whole waves."""
    t = np.arange(int(seconds * RATE)) / (seconds * RATE)
    made = sum(np.sin(2 * np.pi * (k * t + rng.uniform())) / k**slope for k in range(1, waves + 1))
    return np.asarray(made) / np.std(made)


def levelled(stereo: Wave) -> Wave:
    """Loudest that both limits allow."""
    by_peak = 10 ** (PEAK_DB / 20) / np.abs(stereo).max()
    # of the loudest second, as the ceiling is meant
    power = np.cumsum(np.concatenate([stereo[-RATE:], stereo]) ** 2, axis=0)
    by_rms = 10 ** (RMS_DB / 20) / np.sqrt((power[RATE:] - power[:-RATE]).max() / RATE)
    return stereo * min(by_peak, by_rms)


def add(track: Wave, start_s: float, sound: Wave, gain: float, pan: float) -> None:
    """Mix a mono sound into a stereo loop, around its end if need be; pan -1 left to 1 right."""
    at = (int(start_s * RATE) + np.arange(len(sound))) % len(track)
    track[at, 0] += sound * gain * np.sqrt((1 - pan) / 2)
    track[at, 1] += sound * gain * np.sqrt((1 + pan) / 2)


def wind() -> Wave:
    rng = np.random.default_rng(1)
    seconds = 24.0
    sides = []
    common = np.exp(0.28 * slow(rng, seconds, 9))
    for _ in range(2):
        low = shaped(rng, seconds, [(30, 0), (120, 0), (400, -10), (1500, -30), (8000, -60)])
        high = shaped(rng, seconds, [(250, -20), (600, 0), (1200, -6), (4000, -26), (12000, -50)])
        swell = common * np.exp(0.12 * slow(rng, seconds, 17))
        sides.append(low * swell + 0.5 * high * swell**1.6)
    return np.stack(sides, axis=1)


def gust() -> Wave:
    """Swells over a second, dies away over two and more (as wind.gust does in the scene)."""
    rng = np.random.default_rng(2)
    seconds = 3.6
    t = np.arange(int(seconds * RATE)) / RATE
    rise = np.clip(t / 1.1, 0, 1)
    fall = np.clip((seconds - t) / (seconds - 1.1), 0, 1)
    shape = np.minimum(rise * rise * (3 - 2 * rise), fall * fall * (3 - 2 * fall))
    sides = []
    for _ in range(2):
        body = shaped(rng, seconds, [(40, -6), (200, 0), (700, -8), (2500, -28), (9000, -55)])
        hiss = shaped(rng, seconds, [(500, -12), (1400, 0), (5000, -14), (12000, -40)])
        sides.append(shape * body + 0.35 * shape**2 * hiss)
    return np.stack(sides, axis=1)


def city() -> Wave:
    """Traffic from above: a bed of rumble, cars that pass as slow swells, a far horn or two."""
    rng = np.random.default_rng(3)
    seconds = 32.0
    track = np.stack(
        [
            shaped(rng, seconds, [(35, 0), (90, 2), (300, -8), (1000, -18), (3000, -34), (9000, -60)])
            for _ in range(2)
        ],
        axis=1,
    )
    track *= (1.0 + 0.15 * slow(rng, seconds, 7))[:, None]
    for _ in range(22):
        length = rng.uniform(4.0, 8.0)
        hiss = shaped(rng, length, [(80, -6), (250, 0), (900, -3), (2200, -12), (6000, -34)])
        bell = np.sin(np.pi * np.arange(len(hiss)) / len(hiss)) ** 3
        add(track, rng.uniform(0, seconds), hiss * bell, rng.uniform(0.25, 0.9), rng.uniform(-0.8, 0.8))
    for _ in range(3):
        t = np.arange(int(0.35 * RATE)) / RATE
        horn = (
            sum(np.sin(2 * np.pi * f * t) for f in (392.0, 494.0))
            * np.minimum(t / 0.03, 1)
            * np.minimum((0.35 - t) / 0.08, 1)
        )
        add(track, rng.uniform(0, seconds), horn, 0.10, rng.uniform(-0.9, 0.9))
    return track


def bird(rng: np.random.Generator, kind: int) -> Wave:
    """A short phrase: whistled notes that glide, or a trill."""
    notes = []
    base = rng.uniform(2400, 3600)
    for _ in range(rng.integers(2, 6) if kind else rng.integers(5, 11)):
        length = rng.uniform(0.09, 0.22) if kind else rng.uniform(0.045, 0.07)
        t = np.arange(int(length * RATE)) / RATE
        start, end = base * rng.uniform(0.85, 1.2), base * rng.uniform(0.8, 1.25)
        pitch = start + (end - start) * t / length + (60 * np.sin(2 * np.pi * 28 * t) if kind else 0)
        tone = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.sin(np.pi * t / length) ** 1.5
        notes += [tone, np.zeros(int(rng.uniform(0.03, 0.12) * RATE))]
    return np.concatenate(notes)


def lake() -> Wave:
    """Small waves on a shore, leaves, a few birds far away."""
    rng = np.random.default_rng(4)
    seconds = 40.0
    n = int(seconds * RATE)
    track = np.zeros((n, 2))
    for side in range(2):
        leaves = shaped(rng, seconds, [(400, -16), (1500, -4), (4000, 0), (8000, -10), (14000, -30)])
        bed = shaped(rng, seconds, [(60, -4), (200, 0), (600, -6), (2000, -16), (6000, -34)])
        track[:, side] = 0.22 * leaves * np.exp(0.6 * slow(rng, seconds, 8)) + 0.25 * bed
    at = 0.0
    while at < seconds - 1.0:  # a wave runs up the shore and drains away
        length = rng.uniform(2.0, 3.2)
        wash = shaped(rng, length, [(150, -8), (500, 0), (1400, -2), (4000, -14), (9000, -32)])
        x = np.arange(len(wash)) / len(wash)
        shape = np.where(x < 0.3, (x / 0.3) ** 2, ((1 - x) / 0.7) ** 1.6)
        add(track, at, wash * shape, rng.uniform(0.35, 0.75), rng.uniform(-0.5, 0.5))
        at += rng.uniform(2.2, 4.2)
    for _ in range(9):
        call = bird(rng, int(rng.integers(2)))
        pan, gain, when = rng.uniform(-0.9, 0.9), rng.uniform(0.10, 0.32), rng.uniform(0, seconds)
        add(track, when, call, gain, pan)
        for echo in range(1, 4):  # woods answer
            add(track, when + 0.11 * echo, call, gain * 0.22 / echo, -pan * 0.6)
    return track


def room() -> Wave:
    """The quiet of a room: hardly anything."""
    rng = np.random.default_rng(5)
    seconds = 16.0
    return (
        np.stack(
            [
                shaped(rng, seconds, [(30, 0), (100, -3), (300, -16), (1000, -30), (5000, -52)])
                for _ in range(2)
            ],
            axis=1,
        )
        * 0.4
    )


def make() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for sound_of in (wind, gust, city, lake, room):
        sound = levelled(sound_of())
        path = OUT / f"{sound_of.__name__}.ogg"
        soundfile.write(path, sound, RATE, format="OGG", subtype="VORBIS", compression_level=0.7)
        print(f"{path.name}: {len(sound) / RATE:.1f} s, {path.stat().st_size / 1000:.0f} kB")
