"""Sounds of the washroom: tiles, water, doors, other people. Single sounds are mono, so that they can be placed."""

from __future__ import annotations

import numpy as np
from sounds.core import (
    RATE,
    Rng,
    Wave,
    both,
    bubble,
    ended,
    filtered,
    put,
    ring,
    room,
    save,
    shaped,
    slow,
    swell,
    times,
)

TILES = [(60, -10), (200, -3), (900, 0), (2500, -3), (6000, -12), (12000, -30)]
"""How a tiled room answers, dB over Hz."""
TILES_S = 0.9


def tiled(rng: Rng, wave: Wave, wet: float = 0.5, loop: bool = False) -> Wave:
    return room(rng, wave, TILES_S, wet, TILES, loop)


def water(rng: Rng, seconds: float, per_s: float, low: float, high: float) -> Wave:
    """Many small bubbles, one loop long."""
    track = np.zeros(int(seconds * RATE))
    for _ in range(int(per_s * seconds)):
        hz = low * (high / low) ** rng.uniform() ** 1.3
        put(
            track,
            rng.uniform(0, seconds),
            bubble(hz, 2.2 / hz + 0.004, rng.uniform(0.5, 2.5)),
            rng.exponential(0.5),
        )
    return track / track.std()


def washroom_tone(rng: Rng) -> Wave:
    """Ventilation, a pipe now and then, the hum of lamps hardly at all."""
    seconds = 40.0
    common = 1.0 + 0.05 * slow(rng, seconds, 9)

    def side() -> Wave:
        fan = shaped(
            rng, seconds, [(25, -4), (60, 0), (140, -3), (420, -12), (1200, -24), (4000, -42), (9000, -60)]
        )
        air = shaped(rng, seconds, [(300, -26), (900, -10), (2400, -12), (6000, -26), (12000, -48)])
        return (fan + 0.22 * air * (1.0 + 0.12 * slow(rng, seconds, 13))) * common

    made = both(side)
    t = times(seconds)
    hum = sum(
        np.sin(2 * np.pi * hz * t + k) * gain
        for k, (hz, gain) in enumerate(((100, 0.05), (200, 0.03), (300, 0.012)))
    )
    made += np.asarray(hum)[:, None]
    for _ in range(5):  # water in a pipe, far off
        length = rng.uniform(2.5, 5.0)
        run = shaped(rng, length, [(200, -14), (500, 0), (900, -4), (2200, -22), (6000, -50)]) * swell(
            length, 1.2, 1.6
        )
        at = (int(rng.uniform(0, seconds) * RATE) + np.arange(len(run))) % len(made)
        made[at] += 0.10 * run[:, None] * np.array([rng.uniform(0.5, 1.0), rng.uniform(0.5, 1.0)])
    return made


def tap(rng: Rng) -> Wave:
    """A stream from a spout into a basin."""
    seconds = 20.0
    splash = shaped(rng, seconds, [(180, -22), (600, -8), (1500, -1), (3500, 0), (7000, -6), (12000, -18)])
    bowl = water(rng, seconds, 260.0, 420.0, 2600.0)
    deep = water(rng, seconds, 26.0, 160.0, 420.0)
    flow = 1.0 + 0.07 * slow(rng, seconds, 40, 0.3)
    return tiled(rng, (0.42 * splash * flow + 0.75 * bowl + 0.35 * deep), 0.35, loop=True)


def flush(rng: Rng) -> Wave:
    """A lever, the rush, the gurgle, the cistern that fills."""
    seconds = 8.8
    t = times(seconds)
    rush_shape = np.clip((t - 0.25) / 0.55, 0, 1) ** 1.5 * np.exp(-np.maximum(t - 2.2, 0) / 1.0)
    rush = shaped(rng, seconds, [(70, -8), (220, 0), (700, -2), (2000, -4), (5000, -12), (11000, -28)])
    gurgle = water(rng, seconds, 170.0, 130.0, 1200.0) * np.exp(-(((t - 3.3) / 1.15) ** 2))
    fill = shaped(rng, seconds, [(300, -20), (900, -6), (2200, 0), (5200, -5), (11000, -22)])
    fill *= np.clip((t - 2.0) / 2.0, 0, 1) * np.clip((seconds - t) / 2.6, 0, 1) ** 1.2
    made = 1.0 * rush * rush_shape * (1 + 0.15 * slow(rng, seconds, 60, 0.4)) + 0.75 * gurgle + 0.16 * fill
    put(made, 0.05, ring([(310, 0.03, 0.5), (840, 0.02, 0.4), (1900, 0.012, 0.3)], 0.2, rng), 1.2, loop=False)
    return tiled(rng, made, 0.45)


def drip(rng: Rng) -> Wave:
    """Drops into a wet basin, never quite regular; a loop."""
    seconds = 12.0
    track = np.zeros(int(seconds * RATE))
    at = 0.6
    while at < seconds - 0.5:
        hz = rng.uniform(950, 1700)
        put(track, at, ring([(rng.uniform(2400, 3600), 0.003, 0.35), (420, 0.006, 0.3)], 0.05, rng), 1.0)
        put(
            track,
            at + rng.uniform(0.010, 0.024),
            bubble(hz, rng.uniform(0.010, 0.018), rng.uniform(1.5, 3.0)),
            rng.uniform(0.6, 1.0),
        )
        if rng.uniform() < 0.4:
            put(track, at + rng.uniform(0.05, 0.09), bubble(hz * 1.5, 0.006, 1.0), 0.25)
        at += rng.uniform(1.2, 2.1)
    return tiled(rng, track, 0.7, loop=True)


def one_cough(rng: Rng, seconds: float, pitch: float) -> Wave:
    t = times(seconds)
    burst = np.exp(-(((t - 0.035) / 0.022) ** 2))
    after = np.clip((t - 0.03) / 0.03, 0, 1) * np.exp(-np.maximum(t - 0.06, 0) / (seconds * 0.28))
    air = shaped(
        rng, seconds, [(150, -14), (500, -2), (900, 0), (1600, -3), (3000, -8), (6500, -18), (12000, -36)]
    )
    glottis = pitch * (1.0 - 0.25 * t / seconds) * (1 + 0.05 * slow(rng, seconds, 12))
    phase = np.cumsum(glottis) / RATE
    voice = (phase % 1.0) ** 3 - 0.25 + 0.35 * rng.normal(size=len(t)) * ((phase % 1.0) > 0.6)
    voice = filtered(
        voice, [(90, -10), (400, -2), (620, 4), (850, -8), (1150, 1), (1500, -10), (2500, -7), (4000, -24)]
    )
    voice /= voice.std()
    return air * (1.3 * burst + 0.75 * after) + 0.75 * voice * after * (t > 0.03)


def cough(rng: Rng) -> Wave:
    """Somebody coughs twice behind a partition, not near."""
    track = np.zeros(int(2.4 * RATE))
    put(track, 0.05, one_cough(rng, 0.42, 165.0), 0.8, loop=False)
    put(track, 0.56, one_cough(rng, 0.5, 150.0), 1.0, loop=False)
    put(track, 1.22, one_cough(rng, 0.3, 158.0), 0.4, loop=False)
    behind = filtered(track, [(60, -4), (700, 0), (1500, -4), (4000, -14), (10000, -34)])
    return tiled(rng, behind, 0.8)


def door(rng: Rng) -> Wave:
    """A handle, hinges, and the door that its closer brings home."""
    seconds = 2.9
    track = np.zeros(int(seconds * RATE))
    t = times(1.5)
    put(
        track,
        0.04,
        ring([(420, 0.02, 0.6), (1350, 0.012, 0.5), (2700, 0.008, 0.4)], 0.15, rng),
        0.8,
        loop=False,
    )
    put(track, 0.16, ring([(260, 0.03, 0.8), (760, 0.02, 0.4)], 0.2, rng), 0.6, loop=False)
    creak = np.sin(
        2 * np.pi * np.cumsum(310 + 60 * np.sin(2 * np.pi * 0.9 * t) + 12 * rng.normal(size=len(t))) / RATE
    )
    creak *= (np.sin(2 * np.pi * (26 * t + 2 * np.sin(5 * t))) > 0.55) * swell(1.5, 0.4, 0.6)
    put(track, 0.3, filtered(creak, [(200, -8), (600, 0), (1800, -4), (5000, -20)]), 0.14, loop=False)
    brush = shaped(rng, 1.7, [(120, -6), (400, 0), (1200, -8), (4000, -22), (9000, -40)]) * swell(
        1.7, 0.6, 0.5
    )
    put(track, 0.25, brush, 0.07, loop=False)
    thump = ring([(62, 0.09, 1.0), (96, 0.07, 0.8), (170, 0.045, 0.5), (420, 0.02, 0.25)], 0.6, rng, 0.004)
    put(track, 2.02, thump, 1.1, loop=False)
    put(
        track,
        2.06,
        ring([(900, 0.015, 0.5), (2100, 0.008, 0.4), (3300, 0.005, 0.2)], 0.1, rng),
        0.35,
        loop=False,
    )
    return tiled(rng, track, 0.6)


def dryer(rng: Rng) -> Wave:
    """A hand dryer on the wall; a loop."""
    seconds = 16.0
    t = times(seconds)
    jet = shaped(rng, seconds, [(120, -12), (400, -4), (1000, 0), (2600, -3), (6000, -11), (13000, -30)])
    turn = np.round(372 * seconds) / seconds
    motor = sum(
        np.sin(2 * np.pi * turn * k * t + 0.12 * slow(rng, seconds, 30) * k) / k**1.2 for k in range(1, 9)
    )
    return tiled(
        rng, jet * (1 + 0.05 * slow(rng, seconds, 50, 0.3)) + 0.30 * np.asarray(motor), 0.4, loop=True
    )


def rustle(rng: Rng, seconds: float, per_s: float) -> Wave:
    """Paper: many tiny creases over a bed of friction."""
    track = 0.25 * shaped(rng, seconds, [(800, -16), (2500, -2), (5000, 0), (9000, -6), (15000, -18)])
    for _ in range(int(per_s * seconds)):
        hz = rng.uniform(1500, 7000)
        put(
            track,
            rng.uniform(0, seconds),
            ring([(hz, rng.uniform(0.0008, 0.003), 1.0)], 0.02, rng, 0.0003),
            rng.exponential(0.7),
            loop=False,
        )
    return track


def towel(rng: Rng) -> Wave:
    """A paper towel is pulled out and torn off."""
    track = np.zeros(int(1.45 * RATE))
    put(track, 0.03, rustle(rng, 0.45, 260) * swell(0.45, 0.1, 0.08), 0.6, loop=False)
    put(track, 0.46, rustle(rng, 0.13, 1500) * swell(0.13, 0.02, 0.06), 1.0, loop=False)
    put(
        track,
        0.62,
        rustle(rng, 0.75, 170) * swell(0.75, 0.15, 0.5) * (1 + 0.5 * slow(rng, 0.75, 6)),
        0.5,
        loop=False,
    )
    return tiled(rng, track, 0.35)


def footstep(rng: Rng) -> Wave:
    """A shoe on tiles: heel, then sole."""
    track = np.zeros(int(0.3 * RATE))
    base = rng.uniform(0.9, 1.1)
    heel = ring(
        [
            (95 * base, 0.022, 1.0),
            (240 * base, 0.014, 0.7),
            (900 * base, 0.006, 0.35),
            (2300 * base, 0.003, 0.25),
        ],
        0.15,
        rng,
        0.0012,
    )
    put(track, 0.005, heel, 1.0, loop=False)
    sole = shaped(rng, 0.09, [(150, -6), (500, 0), (1800, -5), (5000, -16), (10000, -34)]) * swell(
        0.09, 0.012, 0.07
    )
    put(track, 0.06 + rng.uniform(0, 0.02), sole, 0.16 * rng.uniform(0.7, 1.2), loop=False)
    return track


def steps(rng: Rng) -> Wave:
    """Somebody walks across the room."""
    seconds = 4.9
    track = np.zeros(int(seconds * RATE))
    at = 0.1
    while at < seconds - 0.5:
        put(
            track,
            at,
            footstep(rng),
            rng.uniform(0.75, 1.0) * (0.55 + 0.45 * np.sin(np.pi * at / seconds)),
            loop=False,
        )
        at += rng.uniform(0.52, 0.58)
    return tiled(rng, track, 0.7)


def pump(rng: Rng) -> Wave:
    """A soap dispenser: a spring, a squirt, the lever comes back."""
    track = np.zeros(int(0.95 * RATE))
    put(
        track,
        0.03,
        ring([(520, 0.012, 0.6), (1400, 0.008, 0.5), (3100, 0.004, 0.3)], 0.1, rng),
        0.5,
        loop=False,
    )
    squirt = shaped(rng, 0.22, [(400, -12), (1200, -2), (2600, 0), (6000, -8), (12000, -24)]) * swell(
        0.22, 0.08, 0.1
    )
    put(track, 0.09, squirt, 0.22, loop=False)
    for _ in range(9):
        put(track, rng.uniform(0.1, 0.3), bubble(rng.uniform(600, 1500), 0.004, 2.0), 0.22, loop=False)
    put(track, 0.5, ring([(430, 0.015, 0.7), (1150, 0.009, 0.5)], 0.12, rng), 0.45, loop=False)
    return tiled(rng, track, 0.35)


def lid(rng: Rng) -> Wave:
    """A plastic lid is let down."""
    track = np.zeros(int(1.1 * RATE))
    put(track, 0.03, ring([(700, 0.012, 0.4), (1900, 0.006, 0.3)], 0.1, rng), 0.3, loop=False)
    clap = ring(
        [(118, 0.05, 1.0), (236, 0.035, 0.8), (470, 0.025, 0.6), (980, 0.014, 0.4), (2050, 0.007, 0.25)],
        0.4,
        rng,
        0.002,
    )
    put(track, 0.32, clap, 1.0, loop=False)
    put(track, 0.40, clap, 0.30, loop=False)
    put(track, 0.455, clap, 0.12, loop=False)
    return tiled(rng, track, 0.5)


LOOPS = (washroom_tone, tap, drip, dryer)
ONCE = (flush, cough, door, towel, steps, pump, lid)


def make() -> None:
    for number, sound in enumerate(LOOPS):
        save(sound.__name__, sound(np.random.default_rng(100 + number)), loop=True)
    for number, sound in enumerate(ONCE):
        save(sound.__name__, ended(sound(np.random.default_rng(120 + number)), 0.15), loop=False)
