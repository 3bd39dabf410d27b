"""The flat behind the balcony: a living room that lamp and door light. Its light is worked out once, by a script.

Frame: the balcony's.
"""

from __future__ import annotations

import numpy as np

from scenes.heights.balcony import DOOR, INSIDE_Y
from scenes.kit.indoors import Hull, Solid
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import Furniture, board, leg, soft_box, turned

FLAT = ((-2.7, -6.6, 0.0), (2.7, INSIDE_Y, 2.56))
LAMP = (0.9, -4.0, 1.82)
OAK = linear((0.66, 0.52, 0.37))
CREAM = linear((0.87, 0.84, 0.78))
WHITE = linear((0.92, 0.91, 0.89))


def inside() -> Furniture:
    """A living room: what lamp and door light. Its own light is worked out once."""
    made = Furniture()
    (x0, y0, z0), (x1, y1, z1) = FLAT
    matt = made.parts["matt"]
    made.parts["boards"].rect((x0, y0, z0), (x1 - x0, 0, 0), (0, y1 - y0, 0), metres=2.4)
    matt.rect((x0, y1, z1), (x1 - x0, 0, 0), (0, y0 - y1, 0), tint=WHITE)
    matt.rect((x0, y0, z0), (0, y1 - y0, 0), (0, 0, z1), tint=CREAM)
    matt.rect((x1, y1, z0), (0, y0 - y1, 0), (0, 0, z1), tint=CREAM)
    matt.rect((x1, y0, z0), (x0 - x1, 0, 0), (0, 0, z1), tint=linear((0.56, 0.60, 0.58)))
    # the front wall from within, beside and above the door
    for a, b, c, d in ((x0, DOOR[0], z0, z1), (DOOR[1], x1, z0, z1), (DOOR[0], DOOR[1], DOOR[3], z1)):
        matt.rect((a, y1, c), (b - a, 0, 0), (0, 0, d - c), tint=CREAM)
    for low, high in (
        ((x0, y0, 0.0), (x0 + 0.015, y1, 0.09)),
        ((x1 - 0.015, y0, 0.0), (x1, y1, 0.09)),
        ((x0, y0, 0.0), (x1, y0 + 0.015, 0.09)),
    ):
        board(matt, low, high, WHITE)
    # a sofa against the back wall, cushions, a low table on a rug
    cloth = linear((0.47, 0.50, 0.52))
    soft_box(matt, (-1.5, -6.45, 0.12), (0.7, -5.55, 0.45), cloth, power=8.0)
    soft_box(matt, (-1.5, -6.5, 0.30), (0.7, -6.20, 0.82), cloth, power=7.0)
    for a, b in ((-1.62, -1.36), (0.56, 0.82)):
        soft_box(matt, (a, -6.45, 0.12), (b, -5.55, 0.62), cloth, power=7.0)
    made.solid((-1.6, -6.5, 0.08), (0.8, -5.56, 0.45), cloth)
    made.solid((-1.6, -6.5, 0.45), (0.8, -6.2, 0.8), cloth)
    soft_box(matt, (-1.2, -6.24, 0.44), (-0.75, -6.0, 0.82), linear((0.76, 0.55, 0.32)), power=3.0)
    soft_box(matt, (0.1, -6.24, 0.44), (0.52, -6.02, 0.80), linear((0.80, 0.76, 0.68)), power=3.0)
    matt.rect((-1.7, -5.6, 0.006), (2.7, 0, 0), (0, 1.8, 0), tint=linear((0.66, 0.58, 0.48)))
    matt.rect((-1.6, -5.5, 0.008), (2.5, 0, 0), (0, 1.6, 0), tint=linear((0.74, 0.68, 0.58)))
    made.block("matt", (-0.95, -5.05, 0.34), (0.15, -4.45, 0.39), OAK)
    for x in (-0.9, 0.1):
        for y in (-5.0, -4.5):
            made.block("matt", (x - 0.025, y - 0.025, 0.0), (x + 0.025, y + 0.025, 0.34), OAK)
    made.block("matt", (-0.7, -4.9, 0.39), (-0.42, -4.7, 0.42), linear((0.55, 0.32, 0.26)))
    # shelves with books on the left wall
    made.block("matt", (x0 + 0.01, -5.6, 0.0), (x0 + 0.33, -5.56, 2.0), OAK)
    made.block("matt", (x0 + 0.01, -3.9, 0.0), (x0 + 0.33, -3.86, 2.0), OAK)
    rng = np.random.default_rng(3)
    tones = [
        linear(c)
        for c in (
            (0.62, 0.28, 0.22),
            (0.24, 0.34, 0.44),
            (0.78, 0.72, 0.58),
            (0.30, 0.36, 0.28),
            (0.70, 0.54, 0.30),
            (0.42, 0.40, 0.40),
        )
    ]
    for z in (0.04, 0.44, 0.84, 1.24, 1.64, 2.0):
        made.block("matt", (x0 + 0.01, -5.56, z - 0.02), (x0 + 0.33, -3.9, z), OAK)
        y = -5.52
        while z < 1.9 and y < -4.05:
            thick, high = rng.uniform(0.02, 0.05), rng.uniform(0.20, 0.32)
            if rng.uniform() < 0.85:
                board(
                    matt,
                    (x0 + 0.05, y, z),
                    (x0 + 0.05 + rng.uniform(0.16, 0.24), y + thick, z + high),
                    tones[rng.integers(len(tones))],
                    bevel=0.002,
                )
            y += thick + 0.002
    made.solid((x0, -5.58, 0.0), (x0 + 0.27, -3.88, 1.95), OAK)
    # pictures over the sofa, a table with the lamp over it, a curtain
    for a, b, c, d, tone in (
        (-1.1, -0.45, 1.25, 1.95, (0.70, 0.62, 0.48)),
        (-0.25, 0.4, 1.25, 1.95, (0.36, 0.47, 0.52)),
    ):
        board(matt, (a, y0 + 0.01, c), (b, y0 + 0.035, d), linear((0.20, 0.17, 0.14)))
        matt.rect(
            (b - 0.09, y0 + 0.037, c + 0.09), (a - b + 0.18, 0, 0), (0, 0, d - c - 0.18), tint=linear(tone)
        )
    turned(
        matt,
        [(0.0, 0.71), (0.50, 0.71), (0.52, 0.72), (0.52, 0.74), (0.51, 0.75), (0.51, 0.75), (0.0, 0.75)],
        (LAMP[0], LAMP[1]),
        OAK,
        32,
    )
    turned(
        matt,
        [(0.24, 0.0), (0.24, 0.03), (0.04, 0.06), (0.035, 0.71)],
        (LAMP[0], LAMP[1]),
        linear((0.25, 0.25, 0.26)),
        16,
    )
    made.round_solid((LAMP[0], LAMP[1]), 0.52, 0.71, 0.75, OAK)
    turned(
        matt,
        [(0.06, 0.75), (0.11, 0.79), (0.10, 0.84), (0.04, 0.86)],
        (LAMP[0] - 0.15, LAMP[1] + 0.1),
        linear((0.60, 0.66, 0.62)),
        16,
    )
    for side in (-1, 1):
        seat = (LAMP[0] + 0.75 * side, LAMP[1])
        board(matt, (seat[0] - 0.2, seat[1] - 0.2, 0.43), (seat[0] + 0.2, seat[1] + 0.2, 0.46), OAK)
        made.solid((seat[0] - 0.2, seat[1] - 0.2, 0.43), (seat[0] + 0.2, seat[1] + 0.2, 0.46), OAK)
        back = seat[0] + 0.19 * side
        board(matt, (back - 0.012, seat[1] - 0.19, 0.60), (back + 0.012, seat[1] + 0.19, 0.84), OAK)
        for dx in (-0.18, 0.18):
            for dy in (-0.18, 0.18):
                leg(
                    matt,
                    (seat[0] + dx, seat[1] + dy, 0.0),
                    (seat[0] + dx * 0.95, seat[1] + dy * 0.95, 0.84 if dx * side > 0 else 0.43),
                    0.014,
                    0.016,
                    OAK,
                    8,
                )
    for k in range(15):
        x = DOOR[0] - 0.30 + 0.034 * k
        y = y1 - 0.10 + 0.035 * np.sin(2.4 * k)
        y_next = y1 - 0.10 + 0.035 * np.sin(2.4 * (k + 1))
        matt.add(
            [(x, y, 0.03), (x + 0.034, y_next, 0.03), (x + 0.034, y_next, 2.42), (x, y, 2.42)], None, WHITE
        )
        matt.add(
            [(x + 0.034, y_next, 0.03), (x, y, 0.03), (x, y, 2.42), (x + 0.034, y_next, 2.42)], None, WHITE
        )
    return made


def glowing() -> Quads:
    """The lamp's shade over the table: a ball of paper on its cord."""
    made = Quads()
    r = 0.22
    profile = [
        (r * float(np.sin(t)), LAMP[2] - r * float(np.cos(t))) for t in np.linspace(0.06, np.pi - 0.06, 12)
    ]
    turned(made, profile, (LAMP[0], LAMP[1]), (1.0, 1.0, 1.0), 24)
    return made


def hull(solids: list[Solid]) -> Hull:
    """The flat for the tracer: lamp and door."""
    (low, high) = FLAT
    grey = linear((0.56, 0.60, 0.58))
    faces = [CREAM, CREAM, grey, CREAM, linear((0.60, 0.47, 0.34)), WHITE]
    return Hull(
        low=np.array(low, np.float32),
        high=np.array(high, np.float32),
        faces=np.array(faces, np.float32),
        solids=solids,
        window=(DOOR[0] + 0.06, DOOR[1] - 0.06, DOOR[2], DOOR[3]),
        bars=(0.0, 0.03, 3.0),
        sky=np.array([0.9, 1.0, 1.12], np.float32),
        garden=np.array([0.55, 0.52, 0.47], np.float32),
        to_sun=np.array([0.0, -0.6, 0.8], np.float32),
        sun=np.zeros(3, np.float32),
        sun_soft_m=0.1,
        lamp=np.array(LAMP, np.float32),
        lamp_radius=0.22,
        glow=np.array([22.0, 15.6, 8.8], np.float32),
    )
