"""Sounds of the road: the own car from inside, weather, those who pass, and what the therapist lets be heard.

What comes from outside is made as it is heard in a closed car: without its highest notes. What has a place is mono.
"""

from __future__ import annotations

import numpy as np
from sounds.core import (
    RATE,
    Rng,
    Wave,
    both,
    filtered,
    pan,
    put,
    ring,
    room,
    save,
    shaped,
    slow,
    swell,
    times,
)

CABIN = [(40, 0), (250, 0), (700, -4), (1600, -9), (4000, -17), (10000, -32)]
"""What a closed car lets in, dB over Hz."""
OPEN = [(80, -12), (300, -2), (1200, 0), (3000, -6), (8000, -22)]
"""How houses and trees along a road answer."""


def engine(
    rng: Rng, seconds: float, firing_hz: float, rough: float, points: list[tuple[float, float]]
) -> Wave:
    """Four cylinders that fire ``firing_hz`` times a second, heard through the bulkhead: the harmonics of a cycle,
    weighted by ``points``, with a pace that is never quite even."""
    cycles = round(firing_hz / 2.0 * seconds)
    t = times(seconds) / seconds
    phase = cycles * t + rough * slow(rng, seconds, 24, 0.4) * 0.10
    flutter = 1.0 + rough * 0.05 * slow(rng, seconds, 60, 0.3)
    hz = cycles / seconds
    made = np.zeros(len(t))
    for k in range(1, int(900 / hz)):
        even = 1.0 if k % 2 == 0 else 0.10 + 0.12 * rough  # every second one is the firing; the others limp
        gain = 10 ** (
            np.interp(np.log(k * hz), np.log([p[0] for p in points]), [p[1] for p in points]) / 20.0
        )
        made += even * gain * np.sin(2 * np.pi * (k * phase + rng.uniform()))
    made = made / made.std() * flutter
    hiss = shaped(rng, seconds, [(60, -4), (200, 0), (500, -10), (1500, -26), (5000, -48)])
    return made + 0.30 * hiss * (1.0 + 0.5 * np.sin(2 * np.pi * 2 * phase))


def inside(rng: Rng, seconds: float, make_side: Wave, width: float) -> Wave:
    """A mono sound made wide: each ear gets it with a little of its own colour."""
    left = filtered(make_side, [(40, 0), (300, 1.0), (900, -2.0), (4000, 0)], loop=True)
    right = filtered(make_side, [(40, 0), (300, -1.0), (900, 1.5), (4000, -1)], loop=True)
    bed = both(lambda: shaped(rng, seconds, [(40, 0), (120, -2), (400, -14), (1500, -30), (6000, -54)]))
    return np.stack([left, right], axis=1) + width * bed


def engine_idle(rng: Rng) -> Wave:
    seconds = 16.0
    made = engine(
        rng, seconds, 28.3, 1.0, [(14, -16), (28, 0), (57, -2), (85, -7), (170, -14), (340, -24), (900, -40)]
    )
    return inside(rng, seconds, made, 0.25)


def engine_cruise(rng: Rng) -> Wave:
    seconds = 24.0
    made = engine(
        rng, seconds, 68.0, 0.8, [(34, -12), (68, 0), (136, -5), (204, -11), (410, -20), (900, -32)]
    )
    return inside(rng, seconds, made, 0.5)


def engine_motorway(rng: Rng) -> Wave:
    seconds = 24.0
    made = engine(rng, seconds, 92.0, 0.7, [(46, -14), (92, 0), (184, -4), (276, -9), (550, -18), (900, -26)])
    return inside(rng, seconds, made, 0.6)


def tyres(rng: Rng) -> Wave:
    """Rolling on asphalt that is not the same everywhere."""
    seconds = 48.0
    grain = np.exp(0.12 * slow(rng, seconds, 30, 0.5))

    def side() -> Wave:
        low = shaped(
            rng,
            seconds,
            [(30, -4), (60, 0), (110, -1), (210, 0), (260, -7), (600, -17), (2000, -34), (8000, -60)],
        )
        high = shaped(rng, seconds, [(350, -14), (750, 0), (1050, -1), (1700, -9), (4000, -24), (10000, -46)])
        return low * grain + 0.16 * high * grain**2 * np.exp(0.10 * slow(rng, seconds, 90, 0.3))

    made = both(side)
    for _ in range(9):  # a joint, a patch: front wheels, then back wheels
        at, gain, where = rng.uniform(0, seconds), rng.uniform(0.5, 1.4), rng.uniform(-0.5, 0.5)
        for wheel in (0.0, 0.19):
            thud = ring([(48, 0.05, 1.0), (92, 0.035, 0.6), (180, 0.02, 0.25)], 0.3, rng, 0.006)
            pan(made, at + wheel, thud, gain, where)
    return made


def wind_noise(rng: Rng) -> Wave:
    """Air at the pillars and the door seals, at motorway speed."""
    seconds = 40.0
    common = np.exp(0.10 * slow(rng, seconds, 26, 0.5))

    def side() -> Wave:
        rush = shaped(rng, seconds, [(120, -14), (350, -3), (800, 0), (1800, -4), (4500, -14), (11000, -34)])
        buffet = shaped(rng, seconds, [(20, -6), (45, 0), (90, -6), (250, -26), (900, -50)])
        seal = shaped(rng, seconds, [(1500, -14), (2900, 0), (3600, -3), (6000, -16), (12000, -34)])
        return (
            rush * common * np.exp(0.08 * slow(rng, seconds, 160, 0.2))
            + 0.5 * buffet
            + 0.10 * seal * common**2
        )

    return both(side)


def tyres_wet(rng: Rng) -> Wave:
    seconds = 32.0

    def side() -> Wave:
        spray = shaped(
            rng, seconds, [(300, -18), (900, -6), (2200, 0), (4500, -3), (9000, -14), (15000, -32)]
        )
        under = shaped(rng, seconds, [(60, -6), (180, 0), (500, -6), (1200, -14), (4000, -34)])
        swish = np.exp(0.22 * slow(rng, seconds, 70, 0.4))
        return spray * swish + 0.5 * under

    return both(side)


def rain_roof(rng: Rng) -> Wave:
    """Drops on sheet metal and glass close above."""
    seconds = 36.0
    n = int(seconds * RATE)
    made = both(
        lambda: (
            0.28
            * shaped(rng, seconds, [(250, -14), (700, -4), (1800, 0), (4500, -4), (9000, -13), (15000, -30)])
        )
    )
    drops = []
    for _ in range(48):
        hz = rng.uniform(260, 900) * np.array([1.0, 2.3, 4.1])
        body = ring(
            [(h, 0.006 + 1.2 / h, g) for h, g in zip(hz, (1.0, 0.5, 0.3), strict=True)], 0.06, rng, 0.0006
        )
        tick = filtered(rng.normal(size=int(0.006 * RATE)), [(800, -6), (3000, 0), (9000, -6)])
        body[: len(tick)] += 0.5 * tick * np.exp(-np.arange(len(tick)) / (0.0012 * RATE))
        drops.append(body / np.abs(body).max())
    for _ in range(int(230 * seconds)):
        pan(
            made,
            rng.integers(n) / RATE,
            drops[rng.integers(len(drops))],
            0.35 * min(rng.exponential(1.0) ** 1.3, 2.2),
            rng.uniform(-0.9, 0.9),
        )
    return made * np.exp(0.10 * slow(rng, seconds, 9))[:, None]


def wiper(rng: Rng) -> Wave:
    """A blade goes over and comes back: motor, rubber, a soft knock at the turn."""
    seconds = 1.3
    t = times(seconds)
    made = np.zeros(len(t))
    for start in (0.04, 0.66):
        rub = shaped(rng, 0.56, [(150, -8), (420, 0), (1000, -4), (2600, -14), (7000, -30)]) * swell(
            0.56, 0.16, 0.2
        )
        put(made, start, rub * (1 + 0.25 * slow(rng, 0.56, 14)), 0.5, loop=False)
    for at, gain in ((0.60, 0.8), (1.19, 0.5)):
        put(
            made,
            at,
            ring([(78, 0.03, 1.0), (190, 0.02, 0.6), (520, 0.008, 0.2)], 0.15, rng, 0.004),
            gain,
            loop=False,
        )
    motor = filtered(
        np.sign(np.sin(2 * np.pi * np.cumsum(96 + 9 * np.sin(np.pi * t / 0.62)) / RATE)),
        [(60, -4), (200, 0), (500, -14), (1500, -34)],
    )
    return made + 0.10 * motor * swell(seconds, 0.08, 0.1)


def indicator(rng: Rng) -> Wave:
    """The relay: on, off, eleven times in ten seconds; a loop."""
    seconds, hz = 10.0, 1.1
    made = np.zeros(int(seconds * RATE))
    for k in range(11):
        for half, tone in ((0.0, 1.0), (0.5, 0.84)):
            click = ring(
                [(620 * tone, 0.010, 0.8), (1480 * tone, 0.006, 0.6), (2900 * tone, 0.003, 0.3)],
                0.06,
                rng,
                0.0008,
            )
            put(made, (k + half) / hz, click, 0.92 + 0.08 * rng.uniform())
    made = filtered(made, [(100, -6), (500, 0), (2000, -2), (5000, -12), (12000, -36)], loop=True)
    return np.stack([made, 0.8 * made], axis=1)


def car_near(rng: Rng) -> Wave:
    """A car that rolls by, from inside another one."""
    seconds = 18.0
    roll = shaped(
        rng, seconds, [(60, -6), (150, -2), (400, -3), (850, 0), (1300, -3), (3000, -14), (9000, -36)]
    )
    motor = engine(rng, seconds, 74.0, 0.8, [(37, -10), (74, 0), (148, -4), (300, -12), (900, -26)])
    return filtered(roll * np.exp(0.10 * slow(rng, seconds, 40, 0.4)) + 0.35 * motor, CABIN, loop=True)


def lorry_near(rng: Rng) -> Wave:
    """A lorry: a big diesel, many tyres, a trailer that rumbles."""
    seconds = 20.0
    roll = shaped(
        rng,
        seconds,
        [(40, -4), (90, 0), (220, -3), (500, -2), (900, -3), (1600, -10), (4000, -24), (9000, -42)],
    )
    motor = engine(rng, seconds, 66.0, 1.4, [(33, -6), (66, 0), (132, -2), (264, -8), (600, -14), (900, -20)])
    rumble = shaped(rng, seconds, [(18, -6), (32, 0), (60, -3), (120, -14), (400, -36)])
    rattle = shaped(rng, seconds, [(400, -16), (1100, 0), (2400, -6), (6000, -24)]) * np.exp(
        0.5 * slow(rng, seconds, 80, 0.2)
    )
    made = roll * np.exp(0.14 * slow(rng, seconds, 50, 0.4)) + 0.8 * motor + 0.7 * rumble + 0.05 * rattle
    return filtered(made, CABIN, loop=True)


def street(rng: Rng) -> Wave:
    """A quiet street behind closed windows: far traffic, leaves, a bird, a bicycle bell never."""
    seconds = 44.0
    made = both(
        lambda: (
            shaped(rng, seconds, [(40, 0), (110, -1), (320, -9), (1000, -20), (3000, -36), (9000, -60)])
            * (1 + 0.12 * slow(rng, seconds, 8))
        )
    )
    for _ in range(7):
        length = rng.uniform(5.0, 9.0)
        far = shaped(rng, length, [(80, -4), (250, 0), (700, -4), (1500, -14), (5000, -38)]) * swell(
            length, length * 0.45, length * 0.5
        )
        pan(made, rng.uniform(0, seconds), far, rng.uniform(0.3, 0.7), rng.uniform(-0.8, 0.8))
    for _ in range(8):
        notes = [
            ring([(rng.uniform(2300, 3300), 0.035, 1.0)], 0.12, rng, 0.012) for _ in range(rng.integers(2, 5))
        ]
        at, side = rng.uniform(0, seconds), rng.uniform(-0.9, 0.9)
        for k, note in enumerate(notes):
            pan(made, at + 0.13 * k, note, 0.10, side)
    return made


def tunnel_hum(rng: Rng) -> Wave:
    """Everything comes back from the walls; jet fans far ahead."""
    seconds = 40.0

    def side() -> Wave:
        wash = shaped(
            rng, seconds, [(30, -6), (70, 0), (150, 0), (330, -3), (700, -9), (1600, -18), (5000, -38)]
        )
        fans = shaped(
            rng, seconds, [(90, -30), (178, 0), (184, 0), (200, -24), (356, -12), (366, -12), (400, -40)]
        )
        return wash * np.exp(0.08 * slow(rng, seconds, 20)) + 0.16 * fans

    return both(side)


def horn(rng: Rng) -> Wave:
    """Two notes, one long push, some way off."""
    seconds = 1.6
    t = times(seconds)
    made = np.zeros(len(t))
    for hz in (405.0, 508.0):
        wobble = np.cumsum(hz * (1 + 0.002 * slow(rng, seconds, 20)) * np.clip(0.96 + t / 0.8, 0, 1)) / RATE
        for k in range(1, 12):
            made += (
                np.sin(2 * np.pi * (k * wobble + rng.uniform())) / k**0.8 * (1.3 if k in (4, 5, 6) else 1.0)
            )
    made *= np.clip(t / 0.04, 0, 1) * np.clip((0.85 - t) / 0.08, 0, 1)
    return room(rng, filtered(made, CABIN), 1.1, 0.35, OPEN)


def brakes(rng: Rng) -> Wave:
    """Tyres squeal on dry asphalt and stop. Nothing follows."""
    seconds = 2.6
    t = times(seconds)
    made = np.zeros(len(t))
    sag = 1.0 - 0.16 * np.clip(t / 1.9, 0, 1) ** 1.5
    for hz, gain in ((690, 0.7), (985, 1.0), (1310, 0.55), (1690, 0.3), (2320, 0.14)):
        jitter = 1 + 0.010 * slow(rng, seconds, 90, 0.25) + 0.006 * rng.normal(size=len(t))
        grip = np.clip(1 + 0.45 * slow(rng, seconds, 60, 0.3), 0.1, None)
        made += gain * grip * np.sin(2 * np.pi * np.cumsum(hz * sag * jitter) / RATE)
    scrub = shaped(rng, seconds, [(150, -10), (500, -2), (1100, 0), (2500, -6), (7000, -22)])
    made = (
        (made / made.std() + 0.7 * scrub)
        * np.clip(t / 0.22, 0, 1) ** 1.5
        * np.clip((1.95 - t) / 0.22, 0, 1) ** 1.2
    )
    return room(rng, filtered(made, CABIN), 1.3, 0.4, OPEN)


def siren(rng: Rng) -> Wave:
    """Two notes, far away; it comes a little nearer and goes."""
    seconds = 13.5
    t = times(seconds)
    high = (t % 1.1) < 0.55
    glide = filtered(np.where(high, 516.0, 420.0), [(1, 0), (12, 0), (40, -24), (200, -60)])
    phase = np.cumsum(glide * (1.012 - 0.024 * np.clip(t / seconds, 0, 1))) / RATE
    made = sum(np.sin(2 * np.pi * k * phase) / k**1.4 for k in range(1, 9))
    air = 1.0 + 0.16 * slow(rng, seconds, 26, 0.4)
    far = filtered(np.asarray(made) * air, [(100, -6), (400, 0), (900, -4), (1800, -14), (4000, -34)])
    return room(rng, far * swell(seconds, 5.0, 5.5, 1.6), 2.2, 0.7, OPEN)


def impact(rng: Rng) -> Wave:
    """Metal folds, glass falls, out of sight. The beginning is rounded over 12 ms, no voice is heard."""
    seconds = 3.2
    made = np.zeros(int(seconds * RATE))
    thump = ring([(44, 0.16, 1.0), (63, 0.13, 0.9), (97, 0.09, 0.6), (150, 0.06, 0.4)], 0.9, rng, 0.012)
    put(made, 0.05, thump, 2.2, loop=False)
    for k in range(46):  # sheet metal gives way
        at = 0.055 + abs(rng.normal(0, 0.13)) + 0.0015 * k
        low = rng.uniform(140, 700)
        modes = [
            (low * r * rng.uniform(0.97, 1.03), rng.uniform(0.02, 0.09) / r**0.5, 1.0 / r**0.7)
            for r in (1.0, 1.63, 2.41, 3.3, 4.7)
        ]
        put(made, at, ring(modes, 0.4, rng, 0.003), 0.34 * rng.uniform(0.3, 1.0), loop=False)
    crush = shaped(rng, 0.5, [(80, -6), (250, 0), (900, -3), (2500, -10), (8000, -26)]) * np.exp(
        -times(0.5) / 0.11
    )
    put(made, 0.05, crush * np.clip(times(0.5) / 0.012, 0, 1), 0.7, loop=False)
    for _ in range(150):  # glass comes down
        at = 0.13 + rng.exponential(0.28)
        hz = rng.uniform(2600, 7500)
        shard = ring(
            [(hz, rng.uniform(0.006, 0.03), 1.0), (hz * 1.48, rng.uniform(0.004, 0.015), 0.6)],
            0.12,
            rng,
            0.0006,
        )
        put(made, at, shard, 0.22 * min(rng.exponential(0.7), 1.6), loop=False)
    put(
        made,
        1.05,
        ring([(330, 0.05, 0.6), (790, 0.04, 0.5), (1870, 0.02, 0.3)], 0.3, rng, 0.002),
        0.22,
        loop=False,
    )
    return room(
        rng, filtered(made, [(40, 0), (700, -1), (1600, -4), (4000, -9), (10000, -20)]), 1.6, 0.45, OPEN
    )


LOOPS = (
    engine_idle, engine_cruise, engine_motorway, tyres, wind_noise, tyres_wet, rain_roof,
    indicator, car_near, lorry_near, street, tunnel_hum,
)  # fmt: skip
ONCE = (horn, brakes, siren, impact)


def make() -> None:
    for number, sound in enumerate(LOOPS):
        save(f"road/{sound.__name__}", sound(np.random.default_rng(200 + number)), loop=True)
    for number, sound in enumerate(ONCE):
        save(f"road/{sound.__name__}", sound(np.random.default_rng(230 + number)), loop=False)
    for number in (1, 2, 3):
        made = wiper(np.random.default_rng(240 + number))
        save(f"road/wiper_{number}", np.stack([made, made], axis=1), loop=False)
