"""The crossroads: lights that follow the scene's clock, and the traffic of the crossing road.

Nobody enters on red; who can no longer stop at amber goes on, and both reds together last long enough for that. Nor
does anybody enter while one from the other road is still in the middle.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from scenes.road.route import BOX_M, CROSS_LANES, CROSS_REACH_M, KM_H, STOP_M
from scenes.road.traffic import LONGEST_M, Body, Row, Traffic

GREEN_S, AMBER_S, ALL_RED_S, CROSS_GREEN_S = 16.0, 3.0, 2.0, 12.0
HEADWAY_S = 1.5
CYCLE_S = GREEN_S + CROSS_GREEN_S + 2.0 * (AMBER_S + ALL_RED_S)


class Lights(NamedTuple):
    """``green``, ``amber`` or ``red`` for the own road and for the crossing one."""

    own: str
    cross: str


def lights(clock_s: float) -> Lights:
    t = clock_s % CYCLE_S
    if t < GREEN_S + AMBER_S:
        return Lights("green" if t < GREEN_S else "amber", "red")
    t -= GREEN_S + AMBER_S + ALL_RED_S
    if 0.0 <= t < CROSS_GREEN_S + AMBER_S:
        return Lights("red", "green" if t < CROSS_GREEN_S else "amber")
    return Lights("red", "red")


def in_box(body: Body, middle: float) -> bool:
    """Between its stop line and the far side, with ``middle`` the p of the crossroads' middle."""
    return body.nose > middle - STOP_M and body.tail < middle + BOX_M


class Crossing:
    """The crossing road's rows; their p is 0 in the middle of the crossroads."""

    def __init__(self, traffic: Traffic, rng: Random, middle_y: float) -> None:
        self._traffic = traffic
        self._rng = rng
        self.middle_y = middle_y
        self.rows = [Row(lane) for lane in CROSS_LANES]

    def move_to(self, middle_y: float) -> None:
        """The next crossroads has come nearer than this one; who is still here is out of sight."""
        if middle_y == self.middle_y:
            return
        self.middle_y = middle_y
        for row in self.rows:
            for body in row.bodies:
                self._traffic.release(body)
            row.bodies.clear()

    def occupied(self) -> bool:
        return any(in_box(body, 0.0) for row in self.rows for body in row.bodies)

    def advance(self, dt_s: float, lamps: Lights, own_road_occupied: bool) -> None:
        stop = -STOP_M if lamps.cross != "green" or own_road_occupied else None
        for row in self.rows:
            top = row.lane.top_km_h * KM_H
            row.advance(dt_s, HEADWAY_S, lambda body, top=top: top * body.pace, stop, None)
            bodies = row.bodies
            while bodies and bodies[0].tail > CROSS_REACH_M:
                self._traffic.release(bodies.pop(0))
            self._let_in(row, top)

    def _let_in(self, row: Row, top: float) -> None:
        traffic = self._traffic
        if traffic.density <= 0.005:
            return
        if row.next_m <= 0.0:
            row.next_m = self._rng.uniform(0.6, 1.5)
        p = -CROSS_REACH_M
        speed = min(top, row.bodies[-1].v + 2.0) if row.bodies else top
        spaced = row.free_way(p, LONGEST_M) > traffic.spacing(row) * row.next_m
        if not spaced or not row.fits(p, LONGEST_M, speed):
            return
        body = traffic.make(traffic.pick(row.lane), p, speed)
        if body is not None:
            row.put(body)
            row.next_m = 0.0
