"""The town beyond the grid of streets: plain boxes with painted fronts out to where the haze takes them, and hills."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Parts
from scenes.kit.quads import Quads, linear
from scenes.kit.town import COLUMNS, MAIN_Y0, PITCH_X, PITCH_Y, ROWS, SIDE_X0, TINTS

Array = NDArray[np.float64]

REACH = 1750.0
CLUSTERS = ((-520.0, 900.0, 160.0), (430.0, 1250.0, 240.0), (-1100.0, 500.0, 200.0), (820.0, 420.0, 130.0))
"""Where towers stand together: x, y, and how far around."""


def spread(parts: Parts, rng: np.random.Generator) -> Array:
    """Adds it; returns the boxes (n, 5): x0, y0, x1, y1, top, for shadows and for the view of the sky."""
    boxes: list[tuple[float, float, float, float, float]] = []
    tones: list[tuple[str, tuple[float, float, float]]] = []
    kinds = ("stone", "stucco", "brick", "ribbon", "loggia", "glass")
    x_grid = (SIDE_X0 + PITCH_X * (COLUMNS[0] - 1), SIDE_X0 + PITCH_X * COLUMNS[-1])
    y_grid = (MAIN_Y0 + PITCH_Y * ROWS[0], MAIN_Y0 + PITCH_Y * (ROWS[-1] + 1))
    for gx in np.arange(-18, 18):
        for gy in np.arange(-6, 23):
            x0, y0 = SIDE_X0 + PITCH_X * gx + 9.0, MAIN_Y0 + PITCH_Y * gy + 10.0
            cx, cy = x0 + 41.0, y0 + 30.0
            away = np.hypot(cx, cy)
            if away > REACH or (x_grid[0] < cx < x_grid[1] and y_grid[0] < cy < y_grid[1]):
                continue
            if rng.uniform() < 0.05:
                continue  # a square
            n = 3 if away < 800 else 2
            cuts = np.concatenate([[0.0], np.sort(rng.uniform(0.25, 0.75, n - 1)), [1.0]])
            for k in range(n):
                for half in range(2 if away < 900 else 1):
                    deep = 60.0 / (2 if away < 900 else 1)
                    kind = str(rng.choice(kinds, p=(0.34, 0.24, 0.14, 0.12, 0.10, 0.06)))
                    top = 4.0 + 3.05 * float(rng.integers(3, 8))
                    tower = rng.uniform() < 0.012 + sum(
                        0.22 * np.exp(-((cx - a) ** 2 + (cy - b) ** 2) / r**2) for a, b, r in CLUSTERS
                    )
                    a, b = x0 + 82.0 * cuts[k], x0 + 82.0 * cuts[k + 1]
                    c = y0 + half * deep
                    if tower:
                        wide = float(rng.uniform(16, 26))
                        a, b, deep_now = a, min(b, a + wide), float(rng.uniform(16, 26))
                        top = float(rng.uniform(42, 110))
                        kind = str(rng.choice(["ribbon", "glass", "loggia", "glass"]))
                        boxes.append((a, c, b, c + deep_now, top))
                    else:
                        boxes.append((a, c, b, c + deep - (2.0 if away < 900 else 0.0), top))
                    tints = TINTS[kind]
                    tint = np.array(tints[rng.integers(len(tints))]) * rng.uniform(0.9, 1.02)
                    tones.append((kind, linear(tint.tolist())))
    _draw(parts, np.array(boxes), tones, rng)
    _ground(parts, x_grid, y_grid)
    _hills(parts["haze"], rng)
    return np.array(boxes)


def _draw(
    parts: Parts, boxes: Array, tones: list[tuple[str, tuple[float, float, float]]], rng: np.random.Generator
) -> None:
    roofs = [
        linear(c)
        for c in (
            (0.58, 0.57, 0.55),
            (0.50, 0.36, 0.30),
            (0.46, 0.48, 0.51),
            (0.66, 0.65, 0.62),
            (0.52, 0.38, 0.32),
        )
    ]
    for kind in sorted({kind for kind, _ in tones}):
        pick = np.array([k == kind for k, _ in tones])
        tint = np.array([t for k, t in tones if k == kind])
        x0, y0, x1, y1, top = boxes[pick].T
        zero = np.zeros_like(x0)
        off = rng.integers(4, size=len(x0)) / 4.0
        for a, b in (((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x0, y1), (x0, y0)), ((x1, y1), (x0, y1))):
            low, right = np.stack([*a, zero], 1), np.stack([*b, zero], 1)
            up = np.stack([zero, zero, top], 1)
            wide = np.maximum(np.round(np.linalg.norm(right - low, axis=1) / 3.1), 1) / 4.0
            high = np.maximum(np.round(top / 3.05), 1) / 4.0
            uvs = np.stack(
                [
                    np.stack([off, zero], 1),
                    np.stack([off + wide, zero], 1),
                    np.stack([off + wide, high], 1),
                    np.stack([off, high], 1),
                ],
                1,
            )
            parts[f"facade_{kind}"].add(np.stack([low, right, right + up, low + up], 1), uvs, tint)
        n = len(x0)
        tone = np.array([roofs[k] for k in rng.integers(len(roofs), size=n)])
        tone = np.where((top > 40)[:, None], np.array(roofs[0]), tone)
        parts["roof_flat"].rect(
            np.stack([x0, y0, top], 1),
            np.stack([x1 - x0, zero, zero], 1),
            np.stack([zero, y1 - y0, zero], 1),
            tint=tone,
            metres=16.0,
        )
        # a smaller box on each roof breaks the line, where it can be told from the roof
        near = np.hypot(x0, y0) < 850.0
        x0, y0, x1, y1, top, tone, n = (
            x0[near],
            y0[near],
            x1[near],
            y1[near],
            top[near],
            tone[near],
            int(near.sum()),
        )
        sx, sy = (x1 - x0) * rng.uniform(0.2, 0.5, n), (y1 - y0) * rng.uniform(0.2, 0.5, n)
        ox, oy = (
            x0 + (x1 - x0 - sx) * rng.uniform(0.1, 0.9, n),
            y0 + (y1 - y0 - sy) * rng.uniform(0.1, 0.9, n),
        )
        parts["plain"].boxes(
            np.stack([ox, oy, top], 1),
            np.stack([ox + sx, oy + sy, top + rng.uniform(1.5, 4.0, n)], 1),
            tint=tone,
            metres=None,
        )


def _ground(parts: Parts, x_grid: tuple[float, float], y_grid: tuple[float, float]) -> None:
    tone = linear((0.86, 0.86, 0.85))
    far = 1980.0
    (a, b), (c, d) = x_grid, y_grid
    a, b = a + 9.0, b + 5.0
    c, d = c - 5.6, d - 5.6
    for x0, y0, x1, y1 in ((-far, -600, far, c), (-far, d, far, far), (-far, c, a, d), (b, c, far, d)):
        parts["junction"].rect((x0, y0, -0.3), (x1 - x0, 0, 0), (0, y1 - y0, 0), tint=tone, metres=24.0)


def _hills(quads: Quads, rng: np.random.Generator) -> None:
    """Two lines of hills behind the town, all but lost in the air."""
    for radius, high, seed_shift in ((1820.0, 60.0, 0.0), (1940.0, 105.0, 2.0)):
        a = np.linspace(-0.25 * np.pi, 1.25 * np.pi, 120)
        rough = sum(np.sin(a * f + rng.uniform(0, 6) + seed_shift) / f**0.8 for f in (3, 5, 8, 13, 21))
        top = high * (0.75 + 0.28 * rough)
        x, y = radius * np.cos(a), radius * np.sin(a)
        low = np.stack([x, y, np.full_like(x, -40.0)], 1)
        up = np.stack([x, y, np.maximum(top, 12.0)], 1)
        corners = np.stack([low[1:], low[:-1], up[:-1], up[1:]], 1)
        quads.add(corners, None, linear((0.30, 0.36, 0.30)))
