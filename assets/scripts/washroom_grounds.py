"""The dirt that is seen from above: on the counter, in the bowls, on the floor (see make_washroom_sheets.py)."""

from __future__ import annotations

import numpy as np
from paint import Plane
from washroom_brush import Canvas

from scenes.washroom import objects, sheets

X1 = objects.ROOM_X[1]


def counter() -> Plane:
    """Seen from above, the patient below: drying water, soap below the pumps, scum along the wall, hairs."""
    width, height = sheets.SIZES["counter_dirt"]
    c = Canvas(np.random.default_rng(80), width, height, width / sheets.COUNTER_M[0])
    pale, grey = (0.60, 0.59, 0.555), (0.42, 0.41, 0.375)
    wall = X1 - 0.02 - sheets.COUNTER_AT[1]
    c.film(np.clip(1 - (wall - c.z) / 0.05, 0, 1), 0.85, grey, grain_m=0.1, hard=0.5)
    c.film(np.ones_like(c.x), 0.42, (0.42, 0.415, 0.395), grain_m=0.3, hard=0.8, streak=(1.0, 0.5))
    for y in objects.BASINS_Y:
        x, z = sheets.COUNTER_AT[0] - y, objects.BASIN_X - sheets.COUNTER_AT[1]
        rim = np.hypot((c.x - x) / 0.235, (c.z - z) / 0.187)
        c.film(np.exp(-(((rim - 1.0) / 0.10) ** 2)), 0.75, pale, grain_m=0.07, hard=0.6)
        for _ in range(3):
            a = c.rng.uniform(0, 6.28)
            c.splash(x + 0.24 * np.cos(a), z + 0.2 * np.sin(a), 0.12, 150, pale, 0.9, largest=0.007, flow=0.0)
        tap = objects.TAP_X - sheets.COUNTER_AT[1]
        c.film(
            np.exp(-((np.hypot(c.x - x, c.z - tap) / 0.06) ** 2)),
            0.95,
            (0.54, 0.53, 0.48),
            grain_m=0.04,
            hard=0.5,
        )
        pump, large = x + 0.19, {0: 0.75, 1: 1.15, 2: 0.9}[objects.BASINS_Y.index(y)]
        way = c.cloud(0.08, 0.015, 1.4) - 0.5
        far = np.hypot((c.x - pump - 0.045) / 0.05, (c.z - tap + 0.02) / 0.055) / large + 0.9 * way
        rim = np.clip(1 - np.abs(far - 0.92) / 0.10, 0, 1)
        c.put(np.clip((1 - far) / 0.08, 0, 1) * (0.42 + 0.45 * rim), (0.60, 0.55, 0.52))
        c.splash(pump + 0.05, tap - 0.03, 0.07, 70, (0.62, 0.57, 0.54), 0.85, flow=0.0)
        for _ in range(3):
            c.hair(x + c.rng.uniform(-0.35, 0.35), c.rng.uniform(0.03, 0.5), c.rng.uniform(0.04, 0.14))
    for x, z in ((0.83, 0.12), (1.62, 0.42)):
        far = np.abs(np.hypot(c.x - x, c.z - z) - 0.036)
        c.put(0.8 * np.clip(1 - far / 0.003, 0, 1) * (0.25 + 0.75 * c.cloud(0.05, 0.006)), (0.55, 0.46, 0.36))
    return c.picture()


N = 512


def bowl(seed: int, *, toilet: bool) -> Plane:
    """One bowl unrolled from above: its waste in the middle, its rim at the circle."""
    c = Canvas(np.random.default_rng(seed), N, N, N / 0.5)
    px, pz = c.x - 0.25, c.z - 0.25
    s, turn = np.hypot(px, pz) / 0.24, np.arctan2(px, pz)  # the turn from the wall's side
    ragged = 0.05 * (c.cloud(0.12, 0.02) - 0.5) + 0.02 * (c.cloud(0.02, 0.004) - 0.5)
    if toilet:
        line = np.clip(1 - np.abs(s + ragged - 0.31) / 0.05, 0, 1)
        c.put(0.95 * line * (0.35 + 0.65 * c.cloud(0.06, 0.006)), (0.40, 0.29, 0.14))
        c.put(
            0.75 * np.clip(1 - np.abs(s + ragged - 0.42) / 0.09, 0, 1) * c.cloud(0.08, 0.008),
            (0.52, 0.42, 0.22),
        )
        c.put(
            0.6 * np.clip((s - 0.86) / 0.14, 0, 1) ** 2 * (s < 1.04) * c.cloud(0.12, 0.01, 1.4),
            (0.50, 0.44, 0.29),
        )
        inward, tints = 24, ((0.50, 0.40, 0.20), (0.42, 0.30, 0.16), (0.56, 0.48, 0.30))
    else:
        film = np.clip(1.05 - s / 0.85, 0, 1)
        c.put(
            0.78
            * film**0.8
            * (0.62 + 0.38 * c.cloud(0.16, 0.012, 1.6))
            * (0.92 + 0.08 * c.cloud(0.02, 0.004)),
            (0.56, 0.545, 0.49),
        )
        part = 0.35 + 0.65 * c.cloud(0.16, 0.03)
        c.put(
            0.85 * np.clip(1 - np.abs(s + ragged - 0.60) / 0.03, 0, 1) * part * c.cloud(0.05, 0.006),
            (0.42, 0.39, 0.32),
        )
        c.put(
            0.55 * np.clip(1 - np.abs(s + ragged - 0.70) / 0.02, 0, 1) * c.cloud(0.1, 0.01),
            (0.56, 0.53, 0.46),
        )
        c.put(
            0.95
            * np.clip(1 - np.abs(s + 2 * ragged - 0.13) / 0.055, 0, 1)
            * (0.4 + 0.6 * c.cloud(0.03, 0.004)),
            (0.36, 0.28, 0.17),
        )
        # rust and scale below the spout, from the overflow to the waste
        way = (
            np.exp(-(((px + 0.006 * np.sin(14 * s + seed)) / (0.005 + 0.006 * s)) ** 2))
            * (pz > 0)
            * np.clip((0.86 - s) * 5, 0, 1)
        )
        c.put(0.85 * way * (0.25 + 0.75 * c.cloud(0.05, 0.006, 1.2, (0.3, 1.0))), (0.50, 0.42, 0.24))
        inward, tints = 9, ((0.55, 0.52, 0.45), (0.48, 0.44, 0.36), (0.60, 0.54, 0.46))
    for _ in range(inward):
        a, begin = c.rng.uniform(-np.pi, np.pi), c.rng.uniform(0.6, 0.98)
        end = begin - c.rng.uniform(0.08, 0.5 if toilet else 0.4)
        sway = a + 0.05 * np.sin(9 * s + a) + 0.02 * np.sin(23 * s)
        off = np.abs((turn - sway + np.pi) % (2 * np.pi) - np.pi) * s * 0.24
        thick = c.rng.uniform(0.0012, 0.0035) * (0.6 + 0.8 * c.cloud(0.04, 0.006))
        body = np.clip(1.4 * (1 - off / thick), 0, 1) * (s < begin) * np.clip((s - end) / 0.12, 0, 1)
        c.put(c.rng.uniform(0.45, 0.85) * body, tints[int(c.rng.integers(3))])
    for _ in range(3):
        a, r = c.rng.uniform(0, 6.28), 0.24 * c.rng.uniform(0.35, 0.85)
        c.splash(0.25 + r * np.cos(a), 0.25 + r * np.sin(a), 0.05, 70, tints[1], 0.8, largest=0.004, flow=0.0)
    if not toilet:
        a, r = c.rng.uniform(0, 6.28), 0.24 * c.rng.uniform(0.5, 0.8)
        c.splash(
            0.25 + r * np.cos(a),
            0.25 + r * np.sin(a),
            0.012,
            9,
            (0.80, 0.82, 0.80),
            0.8,
            largest=0.008,
            flow=0.0,
        )
        for _ in range(4):
            a, r = c.rng.uniform(0, 6.28), 0.24 * c.rng.uniform(0.05, 0.6)
            c.hair(0.25 + r * np.cos(a), 0.25 + r * np.sin(a), c.rng.uniform(0.04, 0.12), 0.7)
    else:
        c.splash(0.25, 0.36, 0.08, 60, (0.30, 0.20, 0.10), 0.85, largest=0.006, flow=0.0)
    c.early *= s < 1.04
    return c.picture()


def floor_dirt() -> Plane:
    """2.4 m square, tiling, on the grid of the floor's tiles: dull film, dirty joints, soles, drips, hairs, shreds."""
    n = 1024
    c = Canvas(np.random.default_rng(90), n, n, n / 2.4)
    patch = c.cloud(1.1, 0.06, 1.5)
    c.film(np.clip(patch * 1.4 - 0.2, 0, 1), 0.85, (0.29, 0.26, 0.205), grain_m=0.4, hard=0.6)
    c.film(np.ones_like(c.x), 0.45, (0.24, 0.21, 0.165), grain_m=0.25, hard=0.7)
    c.joints(0.0, 0.0, 0.30, 0.30, 0.40 + 0.45 * patch, (0.13, 0.105, 0.075), 0.006)
    for _ in range(15):
        sole(
            c,
            c.rng.uniform(0.2, 2.2),
            c.rng.uniform(0.2, 2.2),
            c.rng.uniform(0, 6.28),
            c.rng.uniform(0.75, 1.0),
        )
    for _ in range(16):
        c.splash(
            c.rng.uniform(0.1, 2.3),
            c.rng.uniform(0.1, 2.3),
            0.10,
            26,
            (0.20, 0.16, 0.11),
            0.75,
            largest=0.007,
            flow=0.0,
        )
    for _ in range(16):
        c.scuff(
            c.rng.uniform(0.1, 2.3),
            c.rng.uniform(0.1, 2.3),
            c.rng.uniform(0.06, 0.22),
            c.rng.uniform(0, 6.28),
            0.65,
            width=0.006,
        )
    for _ in range(70):
        c.hair(c.rng.uniform(0.1, 2.3), c.rng.uniform(0.1, 2.3), c.rng.uniform(0.05, 0.16), 0.55)
    for _ in range(34):
        x, z, r = c.rng.uniform(0.05, 2.35), c.rng.uniform(0.05, 2.35), c.rng.uniform(0.004, 0.013)
        c.drop(
            x,
            z,
            r,
            c.rng.uniform(0.4, 0.75),
            (0.62, 0.60, 0.55),
            c.rng.uniform(0, 6.28),
            c.rng.uniform(1, 2.2),
        )
    return c.picture()


def sole(c: Canvas, x: float, z: float, heading: float, strength: float) -> None:
    """The print of a wet shoe: ball and heel, with bars across."""
    u = (c.x - x) * np.cos(heading) + (c.z - z) * np.sin(heading)
    v = -(c.x - x) * np.sin(heading) + (c.z - z) * np.cos(heading)
    ball = np.hypot((u - 0.06) / 0.085, (v - 0.008) / 0.046)
    heel = np.hypot((u + 0.095) / 0.042, v / 0.034)
    body = np.clip((1 - np.minimum(ball, heel)) * 6, 0, 1)
    bars = np.clip(0.5 + 1.4 * np.sin(u * 2 * np.pi / 0.017 + 0.5 * np.sin(v * 90)), 0, 1)
    c.put(strength * body * bars * np.clip(c.cloud(0.08, 0.008) * 1.5 - 0.2, 0, 1), (0.20, 0.17, 0.125))
