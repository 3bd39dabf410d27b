"""Small things beside a road: grass that is not mown, poles with cables, fences, drains, covers, bins at the kerb. Used
by the script that makes the stretches, not while they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from scenes.kit.quads import linear
from scenes.kit.roads import Colour, Run

WOOD: Colour = linear((0.40, 0.34, 0.28))
OLD_WOOD: Colour = linear((0.52, 0.50, 0.46))
WIRE: Colour = (0.045, 0.046, 0.048)
IRON: Colour = (0.055, 0.053, 0.050)
BINS: tuple[Colour, ...] = ((0.020, 0.075, 0.045), (0.055, 0.058, 0.062), (0.045, 0.048, 0.052))
LIDS: tuple[Colour, ...] = ((0.025, 0.100, 0.055), (0.075, 0.078, 0.082), (0.52, 0.36, 0.03))
KINDS = 3
"""Pictures of grass that grows beside roads: the first of four on ``grass.png``."""


def tufts(
    run: Run,
    x0: float,
    x1: float,
    count: int,
    high: tuple[float, float],
    level: Callable[[float], float] = lambda x: 0.0,
    free: Sequence[tuple[float, float]] = (),
) -> None:
    """Grass and weeds between ``x0`` and ``x1``, in patches; ``level``: the ground's z at x; ``free``: stretches along
    y that stay empty."""
    rng = run.rng
    patches = rng.uniform(0.0, run.period_m, max(4, count // 7))
    for _ in range(count):
        x = float(rng.uniform(x0, x1))
        y = float(patches[rng.integers(len(patches))] + rng.normal(0.0, 4.0)) % run.period_m
        if any(a <= y <= b for a, b in free):
            continue
        tall = float(rng.uniform(*high))
        wide = tall * float(rng.uniform(0.85, 1.35))
        u = int(rng.choice([0, 0, 1, 1, 2])) / 4.0
        tone = float(rng.uniform(0.55, 0.95))
        hue = np.clip(tone * np.array((1.0, 0.98 + 0.06 * rng.standard_normal(), 0.72)), 0, 1)
        z = level(x) - 0.03
        turn = float(rng.uniform(0, np.pi))
        for k in range(2):
            a = turn + 1.45 * k
            across = np.array([np.cos(a), np.sin(a), 0.0]) * wide
            foot = np.array([x, y, z])
            up = np.array([0.06 * rng.standard_normal(), 0.06 * rng.standard_normal(), tall])
            low, top = (0.0, -0.25, 0.85), (0.0, -0.1, 1.0)
            run.at(y)["tufts"].add(
                [foot - across, foot + across, foot + across + up, foot - across + up],
                [[u + 0.004, 0.02], [u + 0.246, 0.02], [u + 0.246, 0.98], [u + 0.004, 0.98]],
                hue,
                np.array([low, low, top, top]) / np.linalg.norm(low),
            )


def ribbon(run: Run, y: float, points: Sequence[Sequence[float]], half: float, tint: Colour) -> None:
    """A cable or a wire: two narrow bands across each other, seen from both sides."""
    p = np.asarray(points, dtype=float)
    a, b = p[:-1], p[1:]
    for off in (np.array([0.0, 0.0, half]), np.array([half, 0.0, 0.0])):
        corners = np.stack([a - off, b - off, b + off, a + off], axis=1)
        run.at(y)["metal"].add(corners, None, tint)
        run.at(y)["metal"].add(corners[:, ::-1], None, tint)


def cables(run: Run, x: float, spacing_m: float, first_m: float, high_m: float = 7.4) -> None:
    """Wooden poles along the road with two cables that sag between them."""
    for y in run.every(spacing_m, first_m):
        run.pole(x, y, -0.2, high_m, 0.12, WOOD, 7, 0.72)
        run.box(
            "plain",
            (x - 0.55, y - 0.045, high_m - 0.42),
            (x + 0.55, y + 0.045, high_m - 0.32),
            WOOD,
            "xXyYzZ",
        )
        for off in (-0.45, 0.45):
            run.box(
                "plain",
                (x + off - 0.03, y - 0.03, high_m - 0.32),
                (x + off + 0.03, y + 0.03, high_m - 0.20),
                (0.34, 0.33, 0.30),
            )
            t = np.linspace(0.0, 1.0, 9)
            line = np.stack([np.full(9, x + off), y + spacing_m * t, high_m - 0.20 - 2.8 * t * (1 - t)], 1)
            half = run.piece_m * (int(y / run.piece_m) + 1)
            # each half of a cable belongs to the piece that it hangs over
            inside = line[:, 1] <= half + 0.01
            ribbon(run, y, line[inside] if not inside.all() else line, 0.014, WIRE)
            if not inside.all():
                rest = line[int(inside.sum()) - 1 :]
                ribbon(
                    run,
                    half + 0.1,
                    rest - (0.0, run.period_m if half >= run.period_m else 0.0, 0.0),
                    0.014,
                    WIRE,
                )


def fence(run: Run, x: float, y0: float, y1: float, z: float = 0.0) -> None:
    """Posts of wood, none quite upright, with three wires."""
    rng = run.rng
    ys = np.arange(y0, y1 + 0.1, 2.6)
    for y in ys:
        lean = 0.03 * rng.standard_normal()
        run.box(
            "plain",
            (x - 0.05 + lean, float(y) - 0.05, z - 0.1),
            (x + 0.05 + lean, float(y) + 0.05, z + float(rng.uniform(1.05, 1.2))),
            OLD_WOOD,
        )
    for high in (0.42, 0.72, 1.02):
        ribbon(run, (y0 + y1) / 2, [(x, y0, z + high), (x, y1, z + high)], 0.006, (0.16, 0.155, 0.15))


def pales(run: Run, x: float, y0: float, y1: float, z: float, tint: Colour) -> None:
    """A garden fence of upright laths on two rails."""
    ys = np.arange(y0 + 0.06, y1 - 0.05, 0.20)
    n = len(ys)
    if not n:
        return
    low = np.stack([np.full(n, x - 0.011), ys - 0.060, np.full(n, z + 0.06)], 1)
    tops = 0.92 + 0.012 * run.rng.standard_normal(n)
    run.at((y0 + y1) / 2)["plain"].boxes(
        low,
        low + np.stack([np.full(n, 0.022), np.full(n, 0.120), tops], 1),
        tint=tint,
        metres=None,
        sides="xX",
    )
    for high in (0.30, 0.78):
        run.box("plain", (x - 0.035, y0, z + high), (x + 0.035, y1, z + high + 0.07), tint)


def drains(run: Run, x: float, side: int, spacing_m: float, first_m: float) -> None:
    """Gratings at the kerb, and covers in the road."""
    for k, y in enumerate(run.every(spacing_m, first_m)):
        a, b = sorted((x, x - side * 0.42))
        run.at(y)["plain"].rect((a, y, 0.006), (b - a, 0, 0), (0, 0.42, 0), tint=IRON)
        bars = y + 0.05 + 0.068 * np.arange(5)
        low = np.stack([np.full(5, a + 0.03), bars, np.full(5, 0.009)], 1)
        run.at(y)["plain"].rect(low, (b - a - 0.06, 0, 0), (0, 0.034, 0), tint=(0.012, 0.012, 0.012))
        if k % 2 == 0:
            cover(run, x - side * float(run.rng.uniform(1.4, 3.0)), y + float(run.rng.uniform(5, 14)))


def cover(run: Run, x: float, y: float) -> None:
    a = np.linspace(0, 2 * np.pi, 17)
    for radius, z, tint in ((0.40, 0.005, (0.16, 0.155, 0.15)), (0.34, 0.0065, (0.075, 0.072, 0.07))):
        ring = np.stack([x + radius * np.cos(a), y + radius * np.sin(a), np.full(17, z)], 1)
        middle = np.tile((x, y, z), (16, 1))
        run.at(y)["plain"].add(
            np.stack([ring[:-1], ring[1:], middle, middle], 1),
            np.zeros((1, 4, 2)),
            tint,
            np.tile((0.0, 0.0, 1.0), (16, 4, 1)),
        )


def bins(run: Run, x: float, y: float, z: float, side: int) -> None:
    """One or two at the kerb on the morning when they are emptied; the handle looks away from the road."""
    rng = run.rng
    at = y
    for _ in range(int(rng.integers(1, 4))):
        k = int(rng.integers(len(BINS)))
        off = float(rng.uniform(-0.08, 0.08))
        w, d, h = 0.29, 0.34, 0.98
        low, high = (x + off - d, at - w, z + 0.06), (x + off + d, at + w, z + h)
        run.box("plain", low, high, BINS[k], "xXyY")
        run.box(
            "plain",
            (low[0] - 0.03, low[1] - 0.03, z + h),
            (high[0] + 0.03, high[1] + 0.03, z + h + 0.07),
            LIDS[k],
            "xXyYzZ",
        )
        back = high[0] if side > 0 else low[0]
        run.box(
            "plain",
            (back - 0.05, low[1] + 0.04, z + h - 0.08),
            (back + 0.05, high[1] - 0.04, z + h - 0.03),
            BINS[k],
            "xXyYzZ",
        )
        run.box(
            "plain",
            (back - 0.09, low[1] - 0.04, z),
            (back + 0.09, low[1] + 0.02, z + 0.20),
            (0.012, 0.012, 0.012),
        )
        run.box(
            "plain",
            (back - 0.09, high[1] - 0.02, z),
            (back + 0.09, high[1] + 0.04, z + 0.20),
            (0.012, 0.012, 0.012),
        )
        at += float(rng.uniform(0.70, 0.95))
