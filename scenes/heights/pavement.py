"""What stands on the pavement around the patient at the first step. Frame: z = 0 on the pavement."""

from __future__ import annotations

import numpy as np

from scenes.heights.places import PLACES
from scenes.heights.roof import leaf
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import Furniture, board, leg, turned

KERB_Y = PLACES["street"].edge_y
IRON = linear((0.16, 0.17, 0.18))
GALV = linear((0.62, 0.63, 0.63))
TIMBER = linear((0.52, 0.38, 0.26))
GREEN = linear((0.20, 0.30, 0.26))


def things() -> Furniture:
    made = Furniture()
    for x in (-4.5, -2.7, 2.7, 4.5):
        _bollard(made, x, KERB_Y - 0.42)
    _bench(made, -5.6, KERB_Y - 0.95)
    _bin(made, -3.6, KERB_Y - 0.6)
    for k in range(4):
        _hoop(made, 6.0 + 0.9 * k, KERB_Y - 0.9)
    _sign(made, 3.6, KERB_Y - 0.35)
    made.solid((-40.0, -27.0, 0.0), (40.0, -1.6, 60.0), GALV, tight=0.0)
    return made


UNDER_M = 0.02
"""How far the city's pavement lies under a floor of no height."""


def kerb() -> Furniture:
    """The edge that one stands before: kerb stones laid on the city's, a hair over them. Picture: ``kerb.jpg``."""
    whole = Furniture(solids=things().solids)
    made = whole.parts["kerb"]
    low, top = -0.12 - UNDER_M, 0.006 - UNDER_M
    for k in range(24):
        x, u = -12.0 + k, k / 4.0
        face = [(x, low), (x + 1.0, low), (x + 1.0, top), (x, top)]
        corners = [[(a, KERB_Y + 0.005, z) for a, z in face[::-1]]]
        made.add(corners, [[(u, 0.25), (u + 0.25, 0.25), (u + 0.25, 0.0), (u, 0.0)]])
        flat = [(x, KERB_Y - 0.30), (x + 1.0, KERB_Y - 0.30), (x + 1.0, KERB_Y + 0.005), (x, KERB_Y + 0.005)]
        made.add([[(a, y, top) for a, y in flat]], [[(u, 1.0), (u + 0.25, 1.0), (u + 0.25, 0.25), (u, 0.25)]])
    return whole


def ground() -> Quads:
    """Fallen leaves, near enough to be seen one by one."""
    made = Quads()
    rng = np.random.default_rng(12)
    for _ in range(60):
        leaf(made, rng, (rng.uniform(-7, 7), KERB_Y - 0.05 - abs(rng.normal(0.0, 0.9)), 0.012 - UNDER_M))
    return made


def _bollard(made: Furniture, x: float, y: float) -> None:
    turned(
        made.parts["metal"],
        [
            (0.09, 0.0),
            (0.09, 0.03),
            (0.06, 0.06),
            (0.055, 0.86),
            (0.065, 0.88),
            (0.065, 0.92),
            (0.05, 0.98),
            (0.0, 1.0),
        ],
        (x, y),
        IRON,
        18,
    )
    made.round_solid((x, y), 0.065, 0.0, 1.0, IRON)


def _bench(made: Furniture, x: float, y: float) -> None:
    for k in range(4):
        board(
            made.parts["matt"],
            (x - 0.9, y - 0.22 + 0.115 * k, 0.43),
            (x + 0.9, y - 0.125 + 0.115 * k, 0.46),
            TIMBER,
        )
    for k in range(3):
        board(
            made.parts["matt"],
            (x - 0.9, y - 0.27, 0.55 + 0.11 * k),
            (x + 0.9, y - 0.245, 0.64 + 0.11 * k),
            TIMBER,
        )
    for side in (-0.75, 0.75):
        board(made.parts["metal"], (x + side - 0.03, y - 0.30, 0.0), (x + side + 0.03, y - 0.25, 0.88), IRON)
        board(made.parts["metal"], (x + side - 0.03, y - 0.25, 0.38), (x + side + 0.03, y + 0.24, 0.43), IRON)
        board(made.parts["metal"], (x + side - 0.03, y + 0.18, 0.0), (x + side + 0.03, y + 0.23, 0.40), IRON)
    made.solid((x - 0.9, y - 0.28, 0.38), (x + 0.9, y + 0.24, 0.46), TIMBER)


def _bin(made: Furniture, x: float, y: float) -> None:
    turned(
        made.parts["metal"],
        [
            (0.20, 0.08),
            (0.24, 0.10),
            (0.26, 0.80),
            (0.28, 0.82),
            (0.28, 0.86),
            (0.28, 0.86),
            (0.22, 0.86),
            (0.20, 0.60),
            (0.0, 0.60),
        ],
        (x, y),
        GREEN,
        24,
    )
    leg(made.parts["metal"], (x, y - 0.30, 0.0), (x, y - 0.30, 1.05), 0.03, 0.03, GREEN, 10)
    made.round_solid((x, y), 0.25, 0.08, 0.86, GREEN)


def _hoop(made: Furniture, x: float, y: float) -> None:
    for dy in (-0.32, 0.32):
        leg(made.parts["metal"], (x, y + dy, 0.0), (x, y + dy, 0.75), 0.024, 0.024, GALV, 10)
    leg(made.parts["metal"], (x, y - 0.34, 0.76), (x, y + 0.34, 0.76), 0.024, 0.024, GALV, 10)
    made.solid((x - 0.02, y - 0.34, 0.74), (x + 0.02, y + 0.34, 0.78), GALV)


def _sign(made: Furniture, x: float, y: float) -> None:
    """A post with a round blue sign and a plate under it, seen from the road's right."""
    leg(made.parts["metal"], (x, y, 0.0), (x, y, 2.75), 0.03, 0.03, GALV, 10)
    a = np.linspace(0, 2 * np.pi, 25)
    for radius, d, tone in (
        (0.30, 0.034, linear((0.85, 0.85, 0.84))),
        (0.28, 0.036, linear((0.14, 0.28, 0.58))),
    ):
        for side in (-1.0, 1.0):
            rim = np.stack([np.full(25, x + d * side), y + radius * np.cos(a), 2.42 + radius * np.sin(a)], 1)
            for p, q in zip(rim[:-1], rim[1:], strict=True):
                mid = np.array([x + d * side, y, 2.42])
                made.parts["matt"].add([mid, p, q, mid] if side > 0 else [mid, q, p, mid], None, tone)
    # a white arrow: straight on
    for side in (-1.0, 1.0):
        at, white = x + 0.038 * side, linear((0.88, 0.88, 0.87))
        shaft = [
            (at, y + v, 2.42 + h) for v, h in ((-0.04, -0.18), (0.04, -0.18), (0.04, 0.03), (-0.04, 0.03))
        ]
        head = [(at, y + v, 2.42 + h) for v, h in ((-0.13, 0.02), (0.13, 0.02), (0.0, 0.19), (0.0, 0.19))]
        for shape in (shaft, head):
            made.parts["matt"].add(shape if side > 0 else [shape[k] for k in (1, 0, 3, 2)], None, white)
    made.solid((x - 0.03, y - 0.03, 0.0), (x + 0.03, y + 0.03, 2.7), GALV)


def shadows() -> Quads:
    made = Quads()
    for solid in things().solids:
        if solid.high[2] < 10.0:
            made.boxes((*solid.low[:2], max(0.0, solid.low[2])), solid.high, sides="xXyYzZ")
    for x in (-4.5, -2.7, 2.7, 4.5):
        leg(made, (x, KERB_Y - 0.42, 0.0), (x, KERB_Y - 0.42, 1.0), 0.07, 0.06, IRON, 8)
    return made
