"""Sounds of the glass lift and of the railing."""

from __future__ import annotations

import numpy as np
from sounds.core import RATE, Rng, Wave, both, filtered, put, ring, room, save, shaped, slow, swell, times

CABIN = [(60, -8), (200, 0), (900, -3), (2500, -10), (8000, -26)]


def lift_hum(rng: Rng) -> Wave:
    """The machine above, the rails at the side."""
    seconds = 24.0
    t = times(seconds)
    tone = np.zeros(len(t))
    for hz, gain in ((48.0, 0.5), (96.0, 1.0), (144.0, 0.3), (192.0, 0.35), (288.0, 0.15), (384.0, 0.08)):
        tone += gain * np.sin(2 * np.pi * (round(hz * seconds) / seconds) * t + 0.25 * slow(rng, seconds, 16))
    tone *= 1.0 + 0.05 * slow(rng, seconds, 12)
    rails = both(lambda: shaped(rng, seconds, [(60, -6), (180, 0), (420, -7), (1100, -20), (4000, -42)]))
    made = 0.7 * tone[:, None] + 0.8 * rails * (1.0 + 0.10 * slow(rng, seconds, 40, 0.3))[:, None]
    for at in np.arange(0.4, seconds, seconds / 14):  # rail joints
        knock = ring([(84, 0.03, 1.0), (210, 0.02, 0.4)], 0.2, rng, 0.005)
        for side in range(2):
            put(made[:, side], at + rng.uniform(-0.02, 0.02), knock, 0.18)
    return made


def lift_door(rng: Rng) -> Wave:
    """Doors slide shut and meet."""
    seconds = 2.8
    slide = shaped(rng, 1.9, [(90, -8), (250, 0), (700, -4), (1800, -14), (6000, -34)]) * swell(
        1.9, 0.5, 0.25
    )
    motor = np.sin(2 * np.pi * np.cumsum(140 + 60 * swell(1.9, 0.6, 0.5)) / RATE) * swell(1.9, 0.4, 0.3)
    made = np.zeros(int(seconds * RATE))
    put(made, 0.05, 0.35 * slide + 0.10 * motor, 1.0, loop=False)
    put(
        made,
        1.92,
        ring([(70, 0.06, 1.0), (128, 0.05, 0.7), (310, 0.025, 0.4), (840, 0.010, 0.2)], 0.5, rng, 0.004),
        0.9,
        loop=False,
    )
    made = room(rng, made, 0.5, 0.4, CABIN)
    return np.stack([made, np.roll(made, 11)], axis=1)


def lift_ding(rng: Rng) -> Wave:
    """A soft bell of two notes."""
    made = np.zeros(int(2.6 * RATE))
    for at, hz in ((0.02, 784.0), (0.42, 622.3)):
        put(
            made,
            at,
            ring([(hz, 0.55, 1.0), (hz * 2.0, 0.25, 0.20), (hz * 2.76, 0.12, 0.10)], 2.0, rng, 0.008),
            1.0,
            loop=False,
        )
    made = room(rng, made, 0.5, 0.25, CABIN)
    return np.stack([made, np.roll(made, 7)], axis=1)


def rail_touch(rng: Rng) -> Wave:
    """A palm on a metal rail: skin, and the rail that answers faintly."""
    made = np.zeros(int(0.9 * RATE))
    pat = shaped(rng, 0.12, [(100, -4), (260, 0), (900, -10), (3000, -24)]) * swell(0.12, 0.012, 0.1)
    put(made, 0.03, pat, 0.5, loop=False)
    tone = [(hz, 0.16 / (1 + hz / 900), g) for hz, g in ((214, 0.5), (597, 0.4), (1168, 0.2), (1921, 0.08))]
    put(made, 0.035, ring(tone, 0.7, rng, 0.004), 0.22, loop=False)
    return filtered(made, [(60, 0), (2000, 0), (6000, -12), (12000, -30)])


def make() -> None:
    save("lift_hum", lift_hum(np.random.default_rng(300)), loop=True)
    save("lift_door", lift_door(np.random.default_rng(301)), loop=False)
    save("lift_ding", lift_ding(np.random.default_rng(302)), loop=False)
    for number in (1, 2, 3):
        save(f"rail_touch_{number}", rail_touch(np.random.default_rng(302 + number)), loop=False)
