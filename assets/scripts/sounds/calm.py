"""Sounds of the calm place: breath tones to breathe with, single birds, a breeze in the leaves."""

from __future__ import annotations

import numpy as np
from sounds.core import RATE, Rng, Wave, filtered, pan, put, room, save, shaped, slow, swell, times

WOODS = [(300, -10), (900, 0), (2500, -3), (5000, -12), (10000, -30)]
BREATH_S = 5.0


def breath(rng: Rng, rising: bool) -> Wave:
    """Air, and a soft chord that swells and goes without a beginning; as long as one breath at six a minute."""
    seconds = BREATH_S
    t = times(seconds)
    way = t / seconds if rising else 1.0 - t / seconds
    shape = swell(seconds, 2.6 if rising else 1.6, 1.9 if rising else 3.2, 2.0)
    air = shaped(rng, seconds, [(150, -16), (400, -4), (900, 0), (1800, -5), (4000, -16), (9000, -36)])
    bright = shaped(rng, seconds, [(800, -20), (2200, 0), (3600, -4), (7000, -22)])
    tone = np.zeros((len(t), 2))
    for k, hz in enumerate((146.83, 220.0, 293.66, 440.0)):
        glide = np.cumsum(hz * (1.0 + 0.010 * (way - 0.5))) / RATE
        for side in range(2):
            beat = 1 + 0.25 * np.sin(2 * np.pi * (0.21 + 0.07 * k) * t + 2.0 * side + k)
            tone[:, side] += beat * np.sin(2 * np.pi * glide + k + 0.4 * side) / (1.0 + 1.3 * k)
    breathing = (0.30 * air + 0.22 * bright * (0.3 + 0.7 * way)) * (0.35 + 0.65 * way)
    return (0.75 * tone + breathing[:, None]) * shape[:, None]


def breath_in(rng: Rng) -> Wave:
    return breath(rng, True)


def breath_out(rng: Rng) -> Wave:
    return breath(rng, False)


def whistle(rng: Rng, start: float, end: float, seconds: float, bend: float, warble: float = 0.0) -> Wave:
    t = times(seconds)
    x = t / seconds
    pitch = start + (end - start) * x + bend * np.sin(np.pi * x)
    pitch = pitch + warble * np.sin(2 * np.pi * 31.0 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    breathy = 1.0 + 0.02 * rng.normal(size=len(t))
    return (
        (np.sin(phase) + 0.06 * np.sin(2 * phase))
        * swell(seconds, seconds * 0.3, seconds * 0.5, 1.4)
        * breathy
    )


def great_tit(rng: Rng) -> Wave:
    """Two notes, over and over: a high one, a low one."""
    made = np.zeros(int(2.9 * RATE))
    low = rng.uniform(3050, 3350)
    for k in range(4):
        put(made, 0.05 + 0.62 * k, whistle(rng, low * 1.32, low * 1.30, 0.16, 40), 1.0, loop=False)
        put(made, 0.27 + 0.62 * k, whistle(rng, low, low * 0.985, 0.22, -30), 0.8, loop=False)
    return made


def blackbird(rng: Rng) -> Wave:
    """A slow fluted phrase that ends in a twitter."""
    made = np.zeros(int(3.2 * RATE))
    at, base = 0.05, rng.uniform(1750, 2050)
    for _ in range(rng.integers(4, 6)):
        length = rng.uniform(0.18, 0.34)
        put(
            made,
            at,
            whistle(
                rng,
                base * rng.uniform(0.9, 1.25),
                base * rng.uniform(0.9, 1.2),
                length,
                rng.uniform(-180, 240),
                14.0,
            ),
            rng.uniform(0.7, 1.0),
            loop=False,
        )
        at += length + rng.uniform(0.02, 0.09)
    for _ in range(5):
        put(
            made,
            at,
            whistle(rng, base * rng.uniform(1.8, 2.6), base * rng.uniform(1.7, 2.4), 0.06, 200),
            0.28,
            loop=False,
        )
        at += 0.07
    return made


def chaffinch(rng: Rng) -> Wave:
    """A run downhill with a flourish."""
    made = np.zeros(int(2.7 * RATE))
    at, hz, gap = 0.05, 5200.0, 0.125
    for k in range(12):
        put(made, at, whistle(rng, hz * 1.12, hz * 0.9, 0.07, 0), 0.4 + 0.05 * k, loop=False)
        at += gap
        hz *= 0.955
        gap *= 0.965
    for start, end, length in ((3200, 4300, 0.07), (4200, 2500, 0.11), (2600, 3900, 0.12)):
        put(made, at, whistle(rng, start, end, length, 150), 1.0, loop=False)
        at += length + 0.02
    return made


def wren_far(rng: Rng) -> Wave:
    """Thin notes and one trill."""
    made = np.zeros(int(2.6 * RATE))
    at = 0.05
    for _ in range(6):
        put(
            made,
            at,
            whistle(rng, rng.uniform(4200, 5600), rng.uniform(4000, 5200), 0.08, 200),
            0.7,
            loop=False,
        )
        at += rng.uniform(0.11, 0.16)
    for _ in range(16):
        put(made, at, whistle(rng, 4900, 4300, 0.035, 0), 0.6, loop=False)
        at += 0.05
    return made


def dove(rng: Rng) -> Wave:
    """Three low coos."""
    made = np.zeros(int(2.4 * RATE))
    for at, length, hz in ((0.05, 0.38, 470), (0.52, 0.68, 505), (1.35, 0.42, 455)):
        put(made, at, whistle(rng, hz * 0.96, hz * 0.97, length, 22, 3.0), 1.0, loop=False)
    return filtered(made, [(200, -6), (450, 0), (900, -10), (2500, -30)])


BIRDS = (great_tit, blackbird, chaffinch, wren_far, dove)


def leaves(rng: Rng) -> Wave:
    """A breeze that comes and goes in leaves, now on one side and now on the other."""
    seconds = 48.0
    made = np.zeros((int(seconds * RATE), 2))
    whole = np.exp(0.45 * slow(rng, seconds, 6))
    for side in range(2):
        rush = shaped(rng, seconds, [(300, -20), (900, -7), (2200, -1), (4500, 0), (8000, -7), (14000, -24)])
        body = shaped(rng, seconds, [(90, -8), (260, 0), (700, -4), (1600, -14), (5000, -36)])
        own = np.exp(0.35 * slow(rng, seconds, 13))
        made[:, side] = whole * own * (rush * (1 + 0.25 * slow(rng, seconds, 150, 0.2)) + 0.5 * body)
    for _ in range(700):  # single leaves that touch
        length = rng.uniform(0.008, 0.03)
        flick = shaped(rng, length, [(1500, -8), (4000, 0), (9000, -6)]) * swell(
            length, length * 0.2, length * 0.7
        )
        pan(made, rng.uniform(0, seconds), flick, 0.5 * rng.exponential(0.6), rng.uniform(-0.9, 0.9))
    return made


def make() -> None:
    save("leaves", leaves(np.random.default_rng(400)), loop=True)
    save("breath_in", breath_in(np.random.default_rng(401)), loop=False)
    save("breath_out", breath_out(np.random.default_rng(402)), loop=False)
    for number, bird in enumerate(BIRDS, 1):
        rng = np.random.default_rng(410 + number)
        save(f"bird_{number}", room(rng, bird(rng), 1.4, 0.30, WOODS), loop=False)
