"""Cars and passers-by as functions of scene time; nobody ever meets anybody.

The lights of the grid are a green wave: a car drives from one junction to the next in half a cycle, so that each
street has its green at every second junction's turn. A car is a slot in a platoon that fits into its street's green;
it therefore never stops and never meets cross traffic. People walk around their blocks in lanes of one speed each.
World frame of the city: the road is at z = 0, pavements ``town.KERB`` above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenes.kit.city import CAFE_TABLES
from scenes.kit.people import CLIPS, Doing, pace, still
from scenes.kit.town import MAIN_Y0, PITCH_X, PITCH_Y, SIDE_X0, block
from scenes.kit.trimmings import seats

Array = NDArray[np.float64]

CYCLE_S = 20.0
MAIN_M_S, SIDE_M_S = 2.0 * PITCH_X / CYCLE_S, 2.0 * PITCH_Y / CYCLE_S
SLOTS_S = (0.0, 1.6, 3.2, 4.8, 6.4, 8.0)
"""When the cars of a platoon pass a junction, after its green began."""
MAIN_LANE, SIDE_LANE = 1.6, 1.5
"""From the middle of the road to the middle of a lane, m. Traffic keeps to the right."""
HIDDEN = -2000.0


@dataclass(frozen=True, eq=False)
class Traffic:
    """Cars: constant speed on loops much longer than one can see."""

    along: NDArray[np.int_]
    """(n,) 0: drives along x, 1: along y."""
    sign: Array
    """(n,) +1 or -1 along that axis."""
    across: Array
    """(n,) the other coordinate, m."""
    speed: Array
    loop: Array
    start: Array
    """(n,) place on the loop at time 0, m."""
    centre: Array
    """(n,) coordinate of the loop's middle, m."""

    def way(self, t_s: float) -> Array:
        """(n,) how far each car has come, m."""
        return self.start + self.speed * t_s

    def places(self, t_s: float) -> tuple[Array, NDArray[np.int_]]:
        """(n, 4) of x, y, heading (radians from +y), 0; and the lap (n,) that each car is on."""
        way = self.way(t_s)
        lap = np.floor(way / self.loop).astype(int)
        at = self.centre + self.sign * (way - lap * self.loop - self.loop / 2)
        heads_x = self.along == 0
        heading = np.where(heads_x, -self.sign * np.pi / 2, np.where(self.sign > 0, 0.0, np.pi))
        x, y = np.where(heads_x, at, self.across), np.where(heads_x, self.across, at)
        return np.stack([x, y, heading, np.zeros_like(x)], axis=1), lap


def traffic(count: int, rng: np.random.Generator) -> Traffic:
    """``count`` (at most 96) cars on the two main streets and the two side streets that are seen best."""
    rows: list[tuple[float, ...]] = []
    for street in range(4):
        main = street < 2
        # green of the street before the tower begins at 0; what crosses it is green half a cycle later, and so on
        if main:
            middle, other = SIDE_X0, MAIN_Y0 + PITCH_Y * street
            green, lane, speed = 10.0 * street, MAIN_LANE, MAIN_M_S
        else:
            middle, other = MAIN_Y0, SIDE_X0 - PITCH_X * (street - 2)
            green, lane, speed = 10.0 - 10.0 * (street - 2), SIDE_LANE, SIDE_M_S
        loop = 2.0 * speed * CYCLE_S
        for sign in (1.0, -1.0):
            across = other - sign * lane if main else other + sign * lane
            for platoon in range(2):
                for slot in SLOTS_S:
                    passes = green + slot + CYCLE_S * platoon
                    start = (loop / 2 - speed * passes) % loop
                    rows.append((0.0 if main else 1.0, sign, across, speed, loop, start, middle))
    # fuller before the tower than elsewhere
    order = rng.permutation(len(rows))
    weight = np.where(order < 24, 0.0, np.where(order < 48, 0.5, 0.3)) + rng.uniform(0.0, 1.0, len(rows))
    chosen = np.array([rows[k] for k in order[np.argsort(weight, kind="stable")][:count]])
    return Traffic(chosen[:, 0].astype(int), *(chosen[:, k] for k in range(1, 7)))


LANES = ((0.8, 1.0, 1.25), (1.5, 1.0, 1.40), (2.25, -1.0, 1.15), (2.95, -1.0, 1.32))
"""Of people: distance from the house fronts (m), direction around the block, speed (m/s)."""
TOWERS_LANES = ((1.0, 1.0, 1.25), (2.0, -1.0, 1.15))
"""Around the tower's block."""
PAST_M = (0.55, 1.15)
"""Where those lanes run past whoever stands before the tower: closer to the wall, so that nobody comes too near."""
PAST_FROM_M, PAST_FULL_M = 9.0, 4.0
"""From the middle of the tower's front, along it: where the lanes begin to bend, and where they are as above."""
CORNER_M = 0.8
BLOCKS = (((0, -1), 0.34), ((0, 0), 0.36), ((1, 0), 0.08), ((1, -1), 0.08), ((-1, 0), 0.07), ((-1, -1), 0.07))
"""Where people walk, and which share of them."""
TOWERS = (0, -1)


@dataclass(frozen=True, eq=False)
class Walkers:
    """People on their rounds; rows are people."""

    low: Array
    """(n, 2) corner of each one's round, m."""
    high: Array
    sign: Array
    speed: Array
    start: Array
    bend: Array
    """(n,) how far the round comes closer to the tower's wall in front of it, m."""

    @property
    def at_the_tower(self) -> NDArray[np.bool_]:
        """(n,) who walks around the tower's block."""
        return self.bend > 0.0

    def doing(self, t_s: float) -> Doing:
        """Where everybody is, on pavements at z = 0."""
        w, h = (self.high - self.low).T
        way = self.start + self.sign * self.speed * t_s
        s = way % (2.0 * (w + h))
        x0, y0 = self.low.T
        x1, y1 = self.high.T
        side = (s >= w).astype(int) + (s >= w + h) + (s >= 2 * w + h)
        u = s - np.choose(side, [0 * w, w, w + h, 2 * w + h])
        x = np.choose(side, [x0 + u, x1, x1 - u, x0])
        y = np.choose(side, [y0, y0 + u, y1, y1 - u])
        length = np.where(side % 2 == 0, w, h)
        # round the corners off: turn while within CORNER_M of one
        turn = np.where(
            u < CORNER_M,
            (u / CORNER_M - 1.0) / 2,
            np.where(length - u < CORNER_M, (1.0 - (length - u) / CORNER_M) / 2, 0.0),
        )
        heading = -np.pi / 2 + (side + turn) * np.pi / 2 + np.where(self.sign > 0, 0.0, np.pi)
        # past the tower's front
        span = PAST_FROM_M - PAST_FULL_M
        v = np.clip((PAST_FROM_M - np.abs(x)) / span, 0.0, 1.0) * (side == 2)
        y = y - self.bend * v * v * (3.0 - 2.0 * v)
        slope = -self.bend * 6.0 * v * (1.0 - v) / span * -np.sign(x)
        heading = heading + np.arctan(slope)
        clip = np.array([CLIPS.index(pace(speed)) for speed in self.speed])
        walked = self.speed * t_s + self.sign * self.start
        return Doing(np.stack([x, y, np.zeros_like(x)], axis=1), heading, clip, walked)


def walkers(count: int, rng: np.random.Generator) -> Walkers:
    """``count`` people, those of a lane at least 1.5 m apart."""
    rows: list[tuple[float, ...]] = []
    for (place, _), number in zip(
        BLOCKS, np.diff(np.round(np.cumsum([0.0, *(s for _, s in BLOCKS)]) * count)), strict=True
    ):
        x0, y0, x1, y1 = block(*place)
        lanes = TOWERS_LANES if place == TOWERS else LANES
        for lane, (out, sign, speed) in enumerate(lanes):
            low, high = (x0 - out, y0 - out), (x1 + out, y1 + out)
            around = 2 * (high[0] - low[0] + high[1] - low[1])
            here = int(number) // len(lanes) + (lane < int(number) % len(lanes))
            cells = rng.choice(int(around / 2.5), here, replace=False)
            bend = out - PAST_M[lane] if place == TOWERS else 0.0
            for cell in cells:
                start = (cell + rng.uniform(0.0, 0.4)) * 2.5
                rows.append((*low, *high, sign, speed, start, bend))
    made = np.array(rows)[rng.permutation(len(rows))]
    return Walkers(made[:, 0:2], made[:, 2:4], *(made[:, k] for k in range(4, 8)))


TAKEN = (0, 1, 3)
"""Which seats of the café are taken."""
STANDING = ((6.2, 14.70, -100.0, "talk"), (7.0, 14.92, 75.0, "talk"), (9.4, 14.75, 20.0, "wait"))
"""Who stands at the kerb, clear of the lanes and between two trees: x, y, heading (degrees from +y), what they do."""
STAYING = len(TAKEN) + len(STANDING)
STAY_CLIPS = ("sit", "talk", "wait")


def staying() -> Doing:
    """Guests of the café and others who stay across the street, on pavements at z = 0."""
    seat = [seats(*CAFE_TABLES)[k] for k in TAKEN]
    return still(
        [*((x, y, 0.0) for x, y, _ in seat), *((x, y, 0.0) for x, y, _, _ in STANDING)],
        [*(-90.0 * towards for _, _, towards in seat), *(turn for _, _, turn, _ in STANDING)],
        [*("sit" for _ in seat), *(clip for *_, clip in STANDING)],
    )
