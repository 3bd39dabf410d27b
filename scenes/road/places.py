"""How the places look beside their stretches of road: street lamps, and what mirrors show of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from scenes.kit.roads import Colour
from scenes.road.route import JUNCTION_Y, STOP_M

PIECE_M = 200.0
"""A stretch is made, and moved, in pieces of this length."""


@dataclass(frozen=True)
class Lamps:
    """Rows of street lamps in the route's frame."""

    left_x: float
    right_x: float
    spacing_m: float
    first_y: float
    high_m: float
    colour: Colour
    strength: float


@dataclass(frozen=True)
class Look:
    """A place as it is drawn."""

    lamps: Lamps | None = None
    half_m: float = 3.5
    """Half width of the road, for mirrors."""
    walls: tuple[float, float, float] = (14.0, 14.0, 7.0)
    """How far to the left and right of the road's middle growth or houses stand, and how high."""
    lines: tuple[float, float, float, float] = (0.0, 900.0, 900.0, 900.0)
    """x of two dashed lines and two others."""
    dashes: tuple[float, float] = (3.0, 9.0)
    tones: tuple[Colour, Colour] = ((0.10, 0.13, 0.05), (0.045, 0.065, 0.025))
    """Verge and walls."""
    tube_m: float = 0.0
    """Height of a tunnel."""
    signals: tuple[tuple[float, float, bool], ...] = field(default=())
    """Traffic lights: x, y, whether they are the own road's."""


GREEN: tuple[Colour, Colour] = ((0.10, 0.13, 0.05), (0.05, 0.07, 0.03))
LOOKS: dict[str, Look] = {
    "residential": Look(
        Lamps(-4.9, 4.9, 40.0, 10.0, 6.1, (1.0, 0.72, 0.42), 0.55),
        5.5,
        (12.5, 12.5, 8.5),
        (0.0, 900.0, 900.0, 900.0),
        (1.5, 6.0),
        ((0.10, 0.10, 0.095), (0.20, 0.185, 0.165)),
    ),
    "country": Look(None, 3.5, (9.5, 9.5, 7.5), (0.0, 900.0, 3.45, -3.45), (3.0, 9.0), GREEN),
    "junction": Look(
        Lamps(-3.0, 6.2, 40.0, 20.0, 7.9, (1.0, 0.80, 0.55), 0.50),
        3.6,
        (14.0, 15.0, 8.0),
        (0.0, 900.0, 3.42, -3.42),
        (2.0, 6.0),
        ((0.10, 0.11, 0.085), (0.10, 0.10, 0.075)),
        signals=(
            (7.2, JUNCTION_Y - STOP_M - 0.6, True),
            (-4.4, JUNCTION_Y + STOP_M + 0.6, True),
            (-6.2, JUNCTION_Y - 4.6, False),
            (9.4, JUNCTION_Y + 4.6, False),
        ),
    ),
    "motorway": Look(
        Lamps(-2.9, 2.9, 50.0, 25.0, 11.9, (1.0, 0.86, 0.66), 0.62),
        15.4,
        (24.0, 24.0, 8.0),
        (5.25, 8.75, 1.75, 12.35),
        (3.0, 12.5),
        GREEN,
    ),
    "tunnel": Look(
        None,
        3.75,
        (4.8, 4.8, 5.0),
        (0.0, 900.0, 3.5, -3.5),
        (3.0, 12.5),
        ((0.30, 0.29, 0.28), (0.45, 0.43, 0.39)),
        5.5,
    ),
}
