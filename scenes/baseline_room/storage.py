"""What keeps things in the room: bookcase, sideboard, basket; and the footstool.

Used by the script that makes the room, not while it is shown.
"""

from __future__ import annotations

import numpy as np

from scenes.kit.quads import linear
from scenes.kit.shapes import Furniture, board, leg, soft_box, turned

OAK = linear((0.74, 0.61, 0.46))
WALNUT = linear((0.52, 0.39, 0.29))
CERAMIC = linear((0.82, 0.80, 0.75))
TONES = [
    linear(c)
    for c in (
        (0.58, 0.36, 0.30),
        (0.36, 0.44, 0.50),
        (0.82, 0.78, 0.70),
        (0.42, 0.48, 0.40),
        (0.68, 0.58, 0.42),
        (0.34, 0.32, 0.34),
        (0.74, 0.70, 0.66),
        (0.50, 0.42, 0.40),
    )
]


def shelf(made: Furniture) -> None:
    """A low bookcase at the right wall."""
    x0, x1, y0, y1, top = 2.08, 2.395, -0.55, 1.05, 0.86
    for low, high in (
        ((x0, y0, 0.0), (x1, y0 + 0.022, top - 0.024)),
        ((x0, y1 - 0.022, 0.0), (x1, y1, top - 0.024)),
        ((x0 + 0.004, 0.239, 0.075), (x1 - 0.012, 0.261, top - 0.024)),
        ((x0 - 0.006, y0 - 0.006, top - 0.024), (x1, y1 + 0.006, top)),
        ((x0 + 0.004, y0 + 0.022, 0.055), (x1 - 0.012, y1 - 0.022, 0.077)),
        ((x0 + 0.004, y0 + 0.022, 0.45), (x1 - 0.012, y1 - 0.022, 0.470)),
        ((x1 - 0.012, y0 + 0.02, 0.05), (x1, y1 - 0.02, top - 0.02)),
        ((x0 + 0.02, y0 + 0.022, 0.0), (x0 + 0.035, y1 - 0.022, 0.055)),
    ):
        made.block("wood", low, high, OAK, bevel=0.002)
    rng = np.random.default_rng(9)
    matt = made.parts["matt"]
    for z, y_from, y_to in (
        (0.077, -0.52, 0.10),
        (0.077, 0.27, 0.62),
        (0.470, -0.52, -0.05),
        (0.470, 0.30, 1.02),
    ):
        y, run = y_from, 0
        tone, tall, deep = TONES[0], 0.25, 0.16
        while y < y_to:
            run = run or int(rng.integers(2, 6))
            if run == 1 or y == y_from:
                tone = TONES[rng.integers(len(TONES))]
                tall, deep = rng.uniform(0.20, 0.31), rng.uniform(0.13, 0.20)
            thick = rng.uniform(0.014, 0.042)
            tall_now, deep_now = tall + rng.uniform(-0.012, 0.012), deep + rng.uniform(-0.012, 0.012)
            if y + thick > y_to:
                break
            shade = rng.uniform(0.85, 1.1)
            ink = (min(tone[0] * shade, 1), min(tone[1] * shade, 1), min(tone[2] * shade, 1))
            back = x1 - 0.03
            board(
                matt,
                (back - deep_now, y, z),
                (back, y + thick * 0.96, z + tall_now),
                ink,
                sides="xyYZ",
                bevel=0.002,
            )
            if rng.uniform() < 0.6:  # a label on the spine
                h0 = z + tall_now * rng.uniform(0.55, 0.75)
                matt.add(
                    [
                        (back - deep_now - 0.0008, y + thick * 0.86, h0),
                        (back - deep_now - 0.0008, y + thick * 0.1, h0),
                        (back - deep_now - 0.0008, y + thick * 0.1, h0 + 0.03),
                        (back - deep_now - 0.0008, y + thick * 0.86, h0 + 0.03),
                    ],
                    None,
                    linear((0.84, 0.80, 0.70)) if sum(ink) < 1.2 else linear((0.40, 0.34, 0.30)),
                )
            made.solid(
                (back - deep_now, y, z), (back, y + thick, z + tall_now), ink, tight=0.002
            ) if run == 2 else None
            y += thick
            run -= 1
    # books lying down, a box, a vase with dry grasses on top, a small clock
    for k, (w, d, tone) in enumerate(((0.22, 0.155, 1), (0.20, 0.145, 4), (0.19, 0.14, 6))):
        board(
            matt,
            (x1 - 0.28, 0.66 + 0.012 * k, 0.077 + 0.032 * k),
            (x1 - 0.28 + d, 0.66 + w, 0.107 + 0.032 * k),
            TONES[tone],
            bevel=0.002,
        )
    made.block(
        "wool", (x0 + 0.03, 0.02, 0.470), (x1 - 0.04, 0.225, 0.66), linear((0.78, 0.70, 0.58)), bevel=0.006
    )
    vase = [
        (0.0, top),
        (0.045, top),
        (0.05, top + 0.004),
        (0.085, top + 0.10),
        (0.07, top + 0.18),
        (0.035, top + 0.235),
        (0.040, top + 0.26),
        (0.034, top + 0.255),
        (0.030, top + 0.23),
    ]
    turned(made.parts["glazed"], vase, (2.24, 0.66), linear((0.50, 0.58, 0.60)), 32)
    made.round_solid((2.24, 0.66), 0.07, top, top + 0.2, linear((0.50, 0.58, 0.60)))
    for k in range(16):
        a, lean = k * 2.4, rng.uniform(0.03, 0.13)
        foot = np.array([2.24, 0.66, top + 0.2])
        tip = foot + np.array([0.8 * lean * np.cos(a), lean * np.sin(a), rng.uniform(0.25, 0.42)])
        leg(matt, tuple(foot), tuple(tip), 0.0013, 0.0010, linear((0.66, 0.58, 0.40)), 4)  # type: ignore[arg-type]
        leg(
            matt,
            tuple(tip),
            tuple(tip + np.array([0.01 * np.cos(a), 0.01 * np.sin(a), 0.07])),
            0.006,
            0.001,
            linear((0.72, 0.62, 0.44)),
            6,
        )  # type: ignore[arg-type]
    bowl = [
        (0.0, top),
        (0.05, top),
        (0.11, top + 0.05),
        (0.125, top + 0.075),
        (0.120, top + 0.076),
        (0.10, top + 0.05),
        (0.0, top + 0.02),
    ]
    turned(made.parts["wood"], bowl, (2.23, -0.18), WALNUT, 32)


def sideboard(made: Furniture) -> None:
    """A low cupboard along the left wall, under the two small pictures."""
    x0, x1, y0, y1, low, top = -2.395, -1.99, -0.25, 1.35, 0.16, 0.72
    made.block("wood", (x0, y0, low), (x1, y1, top), OAK, sides="XyYzZ")
    n = 3
    wide = (y1 - y0 - 0.04) / n
    for k in range(n):
        a = y0 + 0.02 + k * wide
        board(
            made.parts["wood"],
            (x1 - 0.002, a + 0.002, low + 0.02),
            (x1 + 0.016, a + wide - 0.002, top - 0.03),
            OAK,
            sides="XyYzZ",
            bevel=0.003,
        )
        knob = a + (wide - 0.05 if k != 1 else 0.05)
        leg(made.parts["wood"], (x1 + 0.016, knob, 0.50), (x1 + 0.017, knob, 0.535), 0.010, 0.010, WALNUT)
    for y in (y0 + 0.12, y1 - 0.12):
        for x in (x0 + 0.06, x1 - 0.05):
            leg(made.parts["wood"], (x, y, 0.0), (x, y, low + 0.01), 0.014, 0.022, WALNUT)
    glazed = made.parts["glazed"]
    jug = [
        (0.0, top),
        (0.06, top),
        (0.08, top + 0.02),
        (0.095, top + 0.09),
        (0.075, top + 0.17),
        (0.045, top + 0.21),
        (0.052, top + 0.25),
        (0.046, top + 0.245),
        (0.04, top + 0.21),
    ]
    turned(glazed, jug, (-2.21, 1.10), linear((0.86, 0.83, 0.77)), 32)
    made.round_solid((-2.21, 1.10), 0.08, top, top + 0.2, CERAMIC)
    for k, tone in enumerate((2, 0, 3)):
        board(
            made.parts["matt"],
            (-2.33, 0.02 + 0.01 * k, top + 0.001 + 0.026 * k),
            (-2.10, 0.19 - 0.008 * k, top + 0.025 + 0.026 * k),
            TONES[tone],
            bevel=0.002,
        )
    dish = [
        (0.0, top),
        (0.05, top),
        (0.075, top + 0.028),
        (0.072, top + 0.029),
        (0.048, top + 0.008),
        (0.0, top + 0.006),
    ]
    turned(glazed, dish, (-2.20, 0.52), linear((0.55, 0.62, 0.62)), 28)


def basket(made: Furniture) -> None:
    """A woven basket with a folded blanket, by the wall behind."""
    x, y = -0.9, -1.86
    rim = [
        (0.0, 0.0),
        (0.19, 0.0),
        (0.20, 0.02),
        (0.235, 0.20),
        (0.235, 0.34),
        (0.225, 0.35),
        (0.215, 0.34),
        (0.19, 0.10),
    ]
    turned(made.parts["wool"], rim, (x, y), linear((0.70, 0.58, 0.42)), 36)
    soft_box(
        made.parts["wool"],
        (x - 0.19, y - 0.15, 0.20),
        (x + 0.19, y + 0.15, 0.42),
        linear((0.80, 0.76, 0.68)),
        power=3.4,
    )
    made.round_solid((x, y), 0.22, 0.0, 0.36, linear((0.70, 0.60, 0.46)))


def pouf(made: Furniture) -> None:
    """A knitted footstool near the rug's corner."""
    soft_box(
        made.parts["wool"],
        (-1.22, 1.52, 0.0),
        (-0.74, 2.00, 0.36),
        linear((0.74, 0.69, 0.62)),
        power=2.8,
        columns=36,
        rows=16,
    )
    made.round_solid((-0.98, 1.76), 0.22, 0.02, 0.34, linear((0.74, 0.69, 0.62)))
