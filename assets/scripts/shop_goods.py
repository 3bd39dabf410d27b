"""What stands in the windows of shops, painted by ``make_city_shops.py``: each painter gets a generator, a pen, and the
width and height in pixels of the room behind the glass."""

from __future__ import annotations

import numpy as np
from paint import Plane
from PIL import ImageDraw

Colour = tuple[float, float, float]


def rgb(colour: Colour | Plane) -> tuple[int, int, int]:
    r, g, b = (round(255 * min(max(float(value), 0.0), 1.0)) for value in colour)
    return r, g, b


def shelves(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    w: int,
    h: int,
    tints: list[Colour],
    rows: int,
    wide: tuple[float, float],
    high: tuple[float, float],
    top: float = 0.22,
    board: Colour = (0.52, 0.40, 0.28),
    round_tops: bool = False,
) -> None:
    """Rows of goods on boards; sizes are shares of a row's height."""
    step = (0.96 - top) * h / rows
    for row in range(rows):
        floor = top * h + (row + 1) * step
        x = 0.01 * w
        while x < 0.98 * w:
            a, b = rng.uniform(*wide) * step, rng.uniform(*high) * step
            tone = np.array(tints[rng.integers(len(tints))]) * rng.uniform(0.8, 1.1)
            box = (x, floor - b, x + a, floor)
            (draw.ellipse if round_tops else draw.rectangle)(box, fill=rgb(tone))
            if not round_tops:
                draw.line((x + a, floor - b, x + a, floor), fill=rgb(0.6 * tone), width=2)
            x += a * rng.uniform(1.02, 1.22)
        draw.rectangle((0, floor, w, floor + max(3, 0.012 * h)), fill=rgb(board))
        draw.rectangle((0, floor + 0.012 * h, w, floor + 0.026 * h), fill=rgb(0.45 * np.array(board)))


def bread(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    crust = [(0.72, 0.46, 0.20), (0.80, 0.56, 0.28), (0.62, 0.36, 0.16)]
    shelves(rng, draw, w, int(0.66 * h), crust, 2, (0.16, 0.24), (0.75, 0.9))
    for k in range(9):
        for row, tone in ((0.74, (0.86, 0.66, 0.38)), (0.86, (0.90, 0.72, 0.62)), (0.98, (0.78, 0.50, 0.26))):
            x = (k + 0.5) / 9 * w
            draw.ellipse(
                (x - 0.045 * w, (row - 0.07) * h, x + 0.045 * w, row * h),
                fill=rgb(np.array(tone) * rng.uniform(0.85, 1.1)),
            )


def boxes(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [
        (0.95, 0.95, 0.94),
        (0.60, 0.80, 0.70),
        (0.90, 0.92, 0.96),
        (0.55, 0.70, 0.85),
        (0.95, 0.80, 0.75),
    ]
    shelves(rng, draw, w, h, tints, 5, (0.3, 0.7), (0.4, 0.8), board=(0.80, 0.84, 0.82))


def bar(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.30, 0.42, 0.22), (0.62, 0.34, 0.12), (0.80, 0.70, 0.48), (0.45, 0.16, 0.12)]
    shelves(rng, draw, w, int(0.62 * h), tints, 2, (0.10, 0.16), (0.55, 0.9), 0.16)
    draw.rectangle((0, 0.66 * h, w, h), fill=rgb((0.34, 0.20, 0.12)))
    draw.rectangle((0, 0.64 * h, w, 0.675 * h), fill=rgb((0.72, 0.56, 0.34)))
    for _ in range(3):
        x, tone = rng.uniform(0.08, 0.9) * w, rng.uniform(0.25, 0.7, 3)
        draw.ellipse((x - 0.05 * w, 0.47 * h, x + 0.05 * w, 0.57 * h), fill=rgb((0.70, 0.52, 0.42)))
        draw.rounded_rectangle(
            (x - 0.10 * w, 0.575 * h, x + 0.10 * w, 0.9 * h), radius=int(0.05 * w), fill=rgb(tone)
        )


def books(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [tuple(c) for c in 0.25 + 0.6 * rng.uniform(size=(14, 3))]
    shelves(rng, draw, w, int(0.74 * h), tints, 4, (0.07, 0.16), (0.6, 0.85), 0.14)
    shelves(rng, draw, w, h, tints, 1, (0.5, 0.9), (0.75, 0.95), 0.78)


def flowers(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [
        (0.90, 0.30, 0.40),
        (0.95, 0.80, 0.30),
        (0.95, 0.92, 0.90),
        (0.72, 0.40, 0.75),
        (0.95, 0.55, 0.30),
    ]
    for _ in range(260):
        x, y = rng.uniform(0, w), h * (0.42 + 0.5 * rng.uniform() ** 0.8)
        r = rng.uniform(0.012, 0.03) * h
        draw.ellipse(
            (x - r, y - 1.5 * r, x + r, y + 1.5 * r),
            fill=rgb(np.array((0.24, 0.42, 0.20)) * rng.uniform(0.6, 1.3)),
        )
    for k in range(7):
        cx, tone = (k + 0.5) / 7 * w, tints[rng.integers(len(tints))]
        base = (0.62 + 0.26 * (k % 2)) * h
        for _ in range(26):
            x, y, r = (
                cx + rng.normal(0, 0.04) * w,
                base - abs(rng.normal(0, 0.05)) * h,
                rng.uniform(0.008, 0.018) * h,
            )
            draw.ellipse((x - r, y - r, x + r, y + r), fill=rgb(np.array(tone) * rng.uniform(0.75, 1.08)))
        draw.polygon(
            [
                (cx - 0.055 * w, base),
                (cx + 0.055 * w, base),
                (cx + 0.04 * w, base + 0.1 * h),
                (cx - 0.04 * w, base + 0.1 * h),
            ],
            fill=rgb((0.50, 0.54, 0.56)),
        )


def cheeses(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.95, 0.86, 0.60), (0.94, 0.92, 0.84), (0.86, 0.66, 0.30), (0.80, 0.72, 0.62)]
    shelves(rng, draw, w, h, tints, 4, (0.5, 0.9), (0.3, 0.55), round_tops=True)


def fruit(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [
        (0.90, 0.30, 0.16),
        (0.95, 0.60, 0.15),
        (0.50, 0.66, 0.20),
        (0.95, 0.86, 0.30),
        (0.46, 0.20, 0.30),
    ]
    for row in range(4):
        for column in range(5):
            x0, y0 = column / 5 * w, (0.44 + 0.14 * row) * h
            tone = np.array(tints[rng.integers(len(tints))])
            for _ in range(34):
                x, y, r = x0 + rng.uniform(0.1, 0.9) * w / 5, y0 + rng.uniform(0.0, 0.10) * h, 0.016 * h
                draw.ellipse((x - r, y - r, x + r, y + r), fill=rgb(tone * rng.uniform(0.75, 1.1)))
            draw.rectangle((x0, y0 + 0.105 * h, x0 + w / 5 - 2, y0 + 0.14 * h), fill=rgb((0.62, 0.46, 0.28)))


def glasses(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    shelves(
        rng,
        draw,
        w,
        h,
        [(0.20, 0.20, 0.22), (0.50, 0.36, 0.24)],
        5,
        (0.4, 0.5),
        (0.10, 0.16),
        board=(0.88, 0.88, 0.86),
    )


def mirrors(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    for k in range(3):
        x = (k + 0.5) / 3 * w
        draw.rounded_rectangle(
            (x - 0.10 * w, 0.24 * h, x + 0.10 * w, 0.58 * h), radius=12, fill=rgb((0.78, 0.82, 0.84))
        )
        draw.rectangle((x - 0.09 * w, 0.68 * h, x + 0.09 * w, 0.82 * h), fill=rgb((0.14, 0.13, 0.14)))
        draw.rectangle((x - 0.07 * w, 0.52 * h, x + 0.07 * w, 0.70 * h), fill=rgb((0.20, 0.18, 0.19)))
        draw.rectangle((x - 0.012 * w, 0.82 * h, x + 0.012 * w, h), fill=rgb((0.55, 0.56, 0.57)))


def hangers(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    draw.line((0, 0.34 * h, w, 0.34 * h), fill=rgb((0.70, 0.71, 0.72)), width=6)
    x = 0.02 * w
    while x < 0.95 * w:
        wide, tone = rng.uniform(0.03, 0.09) * w, np.array(rng.uniform(0.25, 0.9, 3))
        tone = 0.5 * tone + 0.5 * tone.mean()
        low = rng.uniform(0.68, 0.86) * h
        draw.polygon(
            [(x, 0.40 * h), (x + wide / 2, 0.36 * h), (x + wide, 0.40 * h), (x + wide, low), (x, low)],
            fill=rgb(tone),
        )
        x += wide * rng.uniform(1.0, 1.25)
    draw.rectangle((0, 0.88 * h, w, h), fill=rgb((0.72, 0.72, 0.70)))


def papers(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [tuple(c) for c in 0.3 + 0.65 * rng.uniform(size=(16, 3))]
    shelves(rng, draw, w, h, tints, 5, (0.42, 0.6), (0.72, 0.9), 0.14, (0.70, 0.70, 0.70))


def shoes(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [
        (0.30, 0.18, 0.12),
        (0.12, 0.12, 0.13),
        (0.60, 0.38, 0.22),
        (0.80, 0.78, 0.74),
        (0.50, 0.14, 0.14),
    ]
    shelves(rng, draw, w, h, tints, 5, (0.45, 0.55), (0.20, 0.34), board=(0.80, 0.70, 0.56), round_tops=True)


def clocks(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    for row in range(4):
        for column in range(4):
            x, y, r = (column + 0.5) / 4 * w, (0.26 + 0.19 * row) * h, rng.uniform(0.04, 0.068) * h
            draw.ellipse((x - r, y - r, x + r, y + r), fill=rgb((0.64, 0.50, 0.26)))
            draw.ellipse(
                (x - 0.85 * r, y - 0.85 * r, x + 0.85 * r, y + 0.85 * r), fill=rgb((0.95, 0.94, 0.90))
            )
            draw.line((x, y, x, y - 0.6 * r), fill=rgb((0.1, 0.1, 0.1)), width=3)
            draw.line((x, y, x + 0.5 * r, y), fill=rgb((0.1, 0.1, 0.1)), width=3)


def toys(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [
        (0.92, 0.24, 0.20),
        (0.20, 0.50, 0.85),
        (0.95, 0.80, 0.20),
        (0.30, 0.70, 0.35),
        (0.80, 0.58, 0.40),
    ]
    shelves(rng, draw, w, h, tints, 4, (0.3, 0.8), (0.3, 0.85), board=(0.90, 0.88, 0.82))


def linen(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.90, 0.88, 0.84), (0.70, 0.78, 0.84), (0.86, 0.76, 0.70), (0.62, 0.70, 0.58)]
    shelves(rng, draw, w, h, tints, 6, (0.7, 1.1), (0.5, 0.85), board=(0.80, 0.74, 0.66))


def figures(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    for k in range(3):
        x, tone = (k + 0.5 + rng.uniform(-0.1, 0.1)) / 3 * w, rng.uniform(0.25, 0.85, 3)
        under = rng.uniform(0.15, 0.5, 3)
        draw.ellipse((x - 0.035 * w, 0.26 * h, x + 0.035 * w, 0.35 * h), fill=rgb((0.86, 0.80, 0.74)))
        draw.polygon(
            [
                (x - 0.10 * w, 0.38 * h),
                (x + 0.10 * w, 0.38 * h),
                (x + 0.07 * w, 0.62 * h),
                (x - 0.07 * w, 0.62 * h),
            ],
            fill=rgb(tone),
        )
        draw.polygon(
            [
                (x - 0.07 * w, 0.62 * h),
                (x + 0.07 * w, 0.62 * h),
                (x + 0.10 * w, 0.92 * h),
                (x - 0.10 * w, 0.92 * h),
            ],
            fill=rgb(under),
        )
    draw.rectangle((0, 0.93 * h, w, h), fill=rgb((0.78, 0.74, 0.68)))
