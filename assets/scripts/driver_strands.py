"""The picture of the strands that the driver's locks are strips of (see ``driver_hair.py``)."""

from __future__ import annotations

import numpy as np

from assets.scripts.people_body import Array

STRIPS = 8
DENSE, WISPS, SHORT = (0, 1, 2, 3, 4), (5, 6), 7
"""Kinds of locks side by side in the picture: full ones, loose ones, the short hairs of the hairline."""


def picture(width: int = 1024, height: int = 1024, seed: int = 4) -> Array:
    """(height, width, 4): strands from the root (above) to loose ends."""
    rng = np.random.default_rng(seed)
    each = width // STRIPS
    base = np.array([0.405, 0.320, 0.255])
    colour = np.broadcast_to(base * 0.86, (height, width, 3)).copy()
    cover = np.zeros((height, width))
    rows = np.arange(height) / height
    across = (np.arange(each) + 0.5) / each

    def strand(left: int, x: Array, wide: Array, tone: Array) -> None:
        for dx in range(-5, 6):
            at = np.round(x).astype(int) + dx
            weight = np.clip(0.5 * wide + 0.5 - np.abs(at - x), 0.0, 1.0) * (wide > 0.05)
            ok = (at > 1) & (at < each - 2) & (weight > 0.0)
            r, c, w = np.flatnonzero(ok), left + at[ok], weight[ok]
            colour[r, c] = colour[r, c] * (1 - w[:, None]) + tone * w[:, None]
            cover[r, c] = np.maximum(cover[r, c], w)

    def tapered(start: float, end: float, root: float, tip: float) -> Array:
        return np.clip((rows - start) / root, 0.0, 1.0) * np.clip((end - rows) / tip, 0.0, 1.0)

    for strip in range(STRIPS):
        left = strip * each
        if strip == SHORT:
            for k in range(7):
                x = 0.12 + 0.127 * k + rng.normal(0, 0.10) * rows + rng.normal(0, 0.10) * rows**2
                ends = tapered(rng.uniform(0, 0.25), rng.uniform(0.50, 0.98), 0.35, 0.55)
                strand(left, x * each, rng.uniform(5.0, 7.5) * ends, base * rng.lognormal(0.06, 0.06))
            # thin and light where they leave the skin
            colour[:, left:] *= np.interp(rows, (0.0, 0.45), (1.55, 1.0))[:, None, None]
            continue
        loose = strip in WISPS
        tufts = rng.uniform(0.15, 0.85, 5 if loose else 8)
        tones = rng.lognormal(0.0, 0.07, len(tufts))
        if not loose:
            # no holes in the middle of a full lock
            half = 0.27 - 0.12 * rows**2 + 0.02 * np.sin(rows * 9.0 + strip)
            wave = 0.5 + 0.02 * np.sin(rows * 5.0 + 2.0 * strip)
            fill = np.clip((half[:, None] - np.abs(across[None] - wave[:, None])) * each / 6.0, 0.0, 1.0)
            ragged = 0.16 + 0.05 * np.sin(across * 31.0 + strip) * np.sin(across * 57.0)
            fill *= (
                np.clip((rows[:, None] - ragged) / 0.02, 0, 1) * np.clip((0.70 - rows) / 0.1, 0, 1)[:, None]
            )
            cover[:, left : left + each] = fill
        count = 26 if loose else 330
        for k in range(count):
            tuft = int(rng.integers(len(tufts)))
            at_root = 0.5 + 0.42 * (2.0 * rng.beta(2.7, 2.7) - 1.0)
            x = at_root + (tufts[tuft] - at_root) * 0.55 * rows**1.3 + rng.normal(0.0, 0.03) * rows
            x = (
                x
                + rng.normal(0.0, 0.016)
                * np.sin(rows * np.pi * rng.uniform(0.6, 2.0) + rng.uniform(0, 6.3))
                * rows
            )
            if abs(at_root - 0.5) > 0.36 and not loose:
                continue
            start = abs(rng.normal(0.0, 0.035)) + 0.10 * (2 * at_root - 1) ** 2 * rng.uniform(0.2, 1.0)
            end = np.clip(rng.normal(0.87, 0.11), 0.45, 0.99)
            wide = rng.uniform(1.3, 2.6) * tapered(start, end, 0.07, 0.30) ** 0.7
            tone = base * (0.88 + 0.17 * k / count) * tones[tuft] * rng.lognormal(0.0, 0.085)
            if rng.random() < 0.10:
                tone = tone * np.array([1.13, 1.11, 1.08])
            strand(left, x * each, wide * (1.15 if loose else 1.0), tone)
    # lighter towards the ends
    colour *= (0.90 + 0.17 * rows)[:, None, None]
    return np.concatenate([np.clip(colour, 0, 1), np.clip(cover, 0, 1)[..., None]], axis=-1)
