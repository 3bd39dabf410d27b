"""The plan of the town: a grid of streets around the tower, blocks cut into lots, houses of many kinds.

World frame: the tower's wall stands at y = -1.6 and faces +y; the main street before it runs along x. Everything is
drawn from one seeded generator, so the town is the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot

import numpy as np

from scenes.kit.quads import linear

PITCH_X, PITCH_Y = 100.0, 80.0
SIDE_X0 = 34.0
"""x of the middle of the side street to the right of the tower; the others lie every ``PITCH_X``."""
MAIN_Y0 = 8.5
"""y of the middle of the street before the tower; the others lie every ``PITCH_Y``."""
MAIN_WIDE, MAIN_ROAD = 20.2, 11.2
SIDE_WIDE, SIDE_ROAD = 16.0, 10.0
KERB = 0.12
COLUMNS = range(-3, 4)
ROWS = range(-2, 4)
PARKS = {(-1, 1), (2, 2)}

TOWER = (-3.2, -27.0, 21.8, -1.6)
TOWER_TOP = 168.14

Colour = tuple[float, float, float]

TINTS: dict[str, tuple[Colour, ...]] = {
    "stone": ((0.86, 0.81, 0.71), (0.83, 0.79, 0.72), (0.88, 0.84, 0.76), (0.80, 0.75, 0.66)),
    "stucco": (
        (0.84, 0.76, 0.60),
        (0.86, 0.83, 0.78),
        (0.80, 0.68, 0.58),
        (0.82, 0.79, 0.66),
        (0.74, 0.72, 0.70),
        (0.85, 0.72, 0.62),
    ),
    "brick": ((0.66, 0.50, 0.43), (0.72, 0.58, 0.49), (0.60, 0.46, 0.40)),
    "ribbon": ((0.80, 0.79, 0.76), (0.70, 0.69, 0.67), (0.84, 0.82, 0.77)),
    "glass": ((0.48, 0.50, 0.52), (0.62, 0.62, 0.60)),
    "loggia": ((0.82, 0.80, 0.76), (0.76, 0.72, 0.66), (0.86, 0.85, 0.83)),
}


@dataclass(frozen=True)
class House:
    """A house on its lot. ``front`` holds the sides that face streets: 's' (-y), 'n' (+y), 'w' (-x), 'e' (+x)."""

    x0: float
    y0: float
    x1: float
    y1: float
    storeys: int
    kind: str
    tint: Colour
    roof: str
    front: str
    court: str
    """The side that faces the yard."""
    ground: float = 4.2
    storey: float = 3.05

    @property
    def eaves(self) -> float:
        return KERB + self.ground + (self.storeys - 1) * self.storey

    @property
    def distance(self) -> float:
        """From the tower's foot to the middle of the house, m."""
        return hypot((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2 - 8.0)


@dataclass
class Town:
    houses: list[House] = field(default_factory=list)
    trees: list[tuple[float, float, float, float]] = field(default_factory=list)
    """x, y, height, and ground height."""
    yards: list[tuple[float, float, float, float]] = field(default_factory=list)
    parks: list[tuple[float, float, float, float]] = field(default_factory=list)
    parked: list[tuple[float, float, float]] = field(default_factory=list)
    """x, y, heading (radians from +y) of cars that stand at the kerb."""
    lamps: list[tuple[float, float, float]] = field(default_factory=list)
    """x, y, heading of the arm."""


def block(column: int, row: int) -> tuple[float, float, float, float]:
    """Corners x0, y0, x1, y1 of a block, pavements left out. Block (0, -1) is the tower's, (0, 0) faces it."""
    x1 = SIDE_X0 + PITCH_X * column - SIDE_WIDE / 2
    y0 = MAIN_Y0 + PITCH_Y * row + MAIN_WIDE / 2
    return x1 - (PITCH_X - SIDE_WIDE), y0, x1, y0 + PITCH_Y - MAIN_WIDE


def _cuts(rng: np.random.Generator, a: float, b: float, low: float, high: float) -> list[float]:
    """A length cut into lots between ``low`` and ``high``."""
    n = max(1, round((b - a) / rng.uniform(low, high)))
    shares = rng.uniform(0.75, 1.25, n)
    return [a, *(a + (b - a) * np.cumsum(shares) / shares.sum())]


def _house(
    rng: np.random.Generator, x0: float, y0: float, x1: float, y1: float, front: str, court: str, near: bool
) -> House:
    kind = str(
        rng.choice(
            ["stone", "stucco", "brick", "ribbon", "loggia", "glass"], p=[0.34, 0.26, 0.13, 0.10, 0.11, 0.06]
        )
    )
    storeys = int(rng.choice([4, 5, 6, 7, 8], p=[0.14, 0.26, 0.34, 0.18, 0.08]))
    if not near and rng.uniform() < 0.05:
        kind, storeys = str(rng.choice(["ribbon", "glass", "loggia", "brick"])), int(rng.integers(12, 22))
    corner = len(front) > 1
    roof = "flat"
    if kind == "stone":
        roof = "mansard"
        storeys = min(storeys, 6)
    elif kind == "stucco":
        roof = "hip" if rng.uniform() < 0.75 else "flat"
        storeys = min(storeys, 5)
    if corner and roof == "mansard" and rng.uniform() < 0.3:
        roof = "flat"
    tints = TINTS[kind]
    tint = np.array(tints[rng.integers(len(tints))]) * rng.uniform(0.94, 1.04)
    return House(x0, y0, x1, y1, storeys, kind, linear(tint.tolist()), roof, front, court)


def _perimeter(
    town: Town, rng: np.random.Generator, x0: float, y0: float, x1: float, y1: float, near: bool
) -> None:
    deep = 13.0
    xs = _cuts(rng, x0, x1, 13.0, 21.0)
    for a, b in zip(xs[:-1], xs[1:], strict=True):
        side = ("w" if a == x0 else "") + ("e" if b == xs[-1] else "")
        town.houses.append(_house(rng, a, y0, b, y0 + deep, "s" + side, "n", near))
    xs = _cuts(rng, x0, x1, 13.0, 21.0)
    for a, b in zip(xs[:-1], xs[1:], strict=True):
        side = ("w" if a == x0 else "") + ("e" if b == xs[-1] else "")
        town.houses.append(_house(rng, a, y1 - deep, b, y1, "n" + side, "s", near))
    for left in (True, False):
        ys = _cuts(rng, y0 + deep, y1 - deep, 13.0, 20.0)
        for a, b in zip(ys[:-1], ys[1:], strict=True):
            if left:
                town.houses.append(_house(rng, x0, a, x0 + 12.0, b, "w", "e", near))
            else:
                town.houses.append(_house(rng, x1 - 12.0, a, x1, b, "e", "w", near))
    yard = (x0 + 12.0, y0 + deep, x1 - 12.0, y1 - deep)
    town.yards.append(yard)
    for _ in range(rng.integers(3, 9)):
        town.trees.append(
            (
                float(rng.uniform(yard[0] + 4, yard[2] - 4)),
                float(rng.uniform(yard[1] + 4, yard[3] - 4)),
                float(rng.uniform(6, 11)),
                KERB,
            )
        )


def _own_block(town: Town, rng: np.random.Generator, x0: float, y0: float, x1: float, y1: float) -> None:
    """The tower, a low house to its left (the sun comes over it), houses behind."""
    tx0, ty0, tx1, _ = TOWER
    for a, b, storeys, kind, roof in (
        (x0, -40.0, 6, "stone", "mansard"),
        (-40.0, -21.0, 5, "stucco", "hip"),
        (-21.0, tx0, 4, "brick", "flat"),
    ):
        tint = linear((np.array(TINTS[kind][0]) * rng.uniform(0.97, 1.02)).tolist())
        town.houses.append(
            House(a, y1 - 13.0, b, y1, storeys, kind, tint, roof, "n" + ("w" if a == x0 else ""), "s")
        )
    town.houses.append(
        House(tx1, y1 - 13.0, x1, y1, 3, "ribbon", linear(TINTS["ribbon"][0]), "flat", "ne", "s")
    )
    xs = _cuts(rng, x0, x1, 15.0, 22.0)
    for a, b in zip(xs[:-1], xs[1:], strict=True):
        town.houses.append(_house(rng, a, y0, b, y0 + 13.0, "s", "n", True))
    town.yards.append((x0, y0 + 13.0, x1, y1 - 13.0))


OPPOSITE = (
    (15.0, 6, "stone", "mansard", "s"),
    (18.0, 4, "stucco", "hip", "s"),
    (17.0, 6, "stone", "mansard", "s"),
    (16.0, 5, "brick", "flat", "s"),
    (18.0, 7, "loggia", "flat", "s"),
)
"""The houses across the street, from the left: width, storeys, kind, roof. They are seen from near at every step."""


def _opposite_block(town: Town, rng: np.random.Generator, x0: float, y0: float, x1: float, y1: float) -> None:
    _perimeter(town, rng, x0, y0, x1, y1, True)
    town.houses = [h for h in town.houses if not (h.y0 == y0 and h.x0 >= x0 and h.x1 <= x1 + 0.1)]
    at = x0
    scale = (x1 - x0) / sum(wide for wide, *_ in OPPOSITE)
    for number, (wide, storeys, kind, roof, front) in enumerate(OPPOSITE):
        tints = TINTS[kind]
        tint = linear(tints[number % len(tints)])
        side = ("w" if number == 0 else "") + ("e" if number == len(OPPOSITE) - 1 else "")
        town.houses.append(
            House(at, y0, at + wide * scale, y0 + 13.0, storeys, kind, tint, roof, front + side, "n")
        )
        at += wide * scale


def plan(rng: np.random.Generator) -> Town:
    """The streets' blocks, houses, trees, parked cars and lamps around the tower."""
    town = Town()
    for row in ROWS:
        for column in COLUMNS:
            x0, y0, x1, y1 = block(column, row)
            if (column, row) == (0, -1):
                _own_block(town, rng, x0, y0, x1, y1)
            elif (column, row) == (0, 0):
                _opposite_block(town, rng, x0, y0, x1, y1)
            elif (column, row) in PARKS:
                town.parks.append((x0, y0, x1, y1))
                for _ in range(46):
                    town.trees.append(
                        (
                            float(rng.uniform(x0 + 3, x1 - 3)),
                            float(rng.uniform(y0 + 3, y1 - 3)),
                            float(rng.uniform(7, 14)),
                            KERB,
                        )
                    )
            else:
                _perimeter(town, rng, x0, y0, x1, y1, abs(column) < 2 and -2 < row < 2)
    for row in range(-1, 3):
        y = MAIN_Y0 + PITCH_Y * row
        for column in COLUMNS:
            x0, _, x1, _ = block(column, row)
            far = max(abs(column), abs(row))
            for side in (-1, 1):
                kerb = y + side * (MAIN_ROAD / 2 + 0.9)
                for x in np.arange(x0 + 5, x1 - 4, 9.2):
                    own = row == 0 and side < 0 and -9 < x < 9
                    if far < 3 and not own and rng.uniform() < 0.72:
                        town.trees.append(
                            (
                                float(x + rng.uniform(-0.6, 0.6)),
                                float(kerb),
                                float(rng.uniform(5.5, 8.5)),
                                KERB,
                            )
                        )
                    if far < 2 and round((x - x0 - 5) / 9.2) % 3 == 1:
                        town.lamps.append(
                            (float(x + 4.6), float(kerb - side * 0.4), 0.0 if side < 0 else float(np.pi))
                        )
                for x in np.arange(x0 + 6, x1 - 6, 5.6):
                    loading = row == 0 and side < 0 and abs(x) < 7.5
                    if far < 2 and rng.uniform() < 0.62 and not loading:
                        town.parked.append((float(x), y + side * (MAIN_ROAD / 2 - 1.15), -side * np.pi / 2))
    for column in range(-1, 2):
        x = SIDE_X0 + PITCH_X * (column - 0)
        for row in range(-1, 2):
            _, y0, _, y1 = block(column, row)
            for side in (-1, 1):
                for y in np.arange(y0 + 6, y1 - 6, 5.7):
                    if rng.uniform() < 0.5:
                        town.parked.append(
                            (x + side * (SIDE_ROAD / 2 - 1.0), float(y), 0.0 if side > 0 else float(np.pi))
                        )
    return town
