"""The other vehicles. Each lane is a row in which everyone keeps clear of the one ahead, so nobody ever meets anybody;
rows begin and end out of sight. Positions along a lane (``p``) grow in its own direction, m."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from scenes.road import following
from scenes.road.route import KM_H, OWN_BACK_M, OWN_FRONT_M, POOL, SIZES, Lane, Stretch

LORRIES = ("truck", "lorry")
COLOURS = 10
"""Colours of paint that a vehicle's ``colour`` counts."""
LONGEST_M = max(length for length, _ in SIZES.values())
ENTRY_S = 2.0
"""Least time to the vehicle ahead when one comes in."""
LEAVE_M_S = 3.0
"""How much faster or slower those drive that are too many."""
LEAST_M_S = 4.0
"""Traffic does not stop in the road where the own car stands without a reason."""


class Body:
    """One vehicle: ``p`` of its middle, half its length before (``front``) and behind (``back``) it, all m."""

    __slots__ = (
        "back",
        "braking",
        "colour",
        "drift",
        "front",
        "kind",
        "leaving",
        "p",
        "pace",
        "slot",
        "v",
        "way_m",
    )

    def __init__(self, kind: str, slot: int, colour: int, p: float, v: float, pace: float) -> None:
        self.kind, self.slot, self.colour = kind, slot, colour
        self.p, self.v = p, v
        self.pace = pace
        """Its own share of the speed of its lane."""
        half = SIZES[kind][0] / 2.0 if kind in SIZES else 0.0
        self.front = self.back = half
        self.braking = False
        self.drift = 0.0
        """How far it is beside the middle of its lane, along x, m."""
        self.leaving = 0
        """+1: drives off ahead, -1: stays behind: there are too many."""
        self.way_m = 0.0
        """How far it has rolled."""

    @property
    def nose(self) -> float:
        return self.p + self.front

    @property
    def tail(self) -> float:
        return self.p - self.back


class OwnCar(Body):
    """The patient's car, in its lane like any other; ``p`` is where the driver's eyes are."""

    __slots__ = ("hold_m_s",)

    def __init__(self, p: float, v: float) -> None:
        super().__init__("own", 0, 0, p, v, 1.0)
        self.front, self.back = OWN_FRONT_M, OWN_BACK_M
        self.hold_m_s: float | None = None
        """Slows down to this, by itself: a fright. None: does not."""


class Row:
    """The vehicles of one lane, the foremost first."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.bodies: list[Body] = []
        self.next_m = 0.0
        """Distance from the last one to the next that comes in, as a factor on what density asks for."""

    def advance(
        self,
        dt_s: float,
        headway_s: float,
        wish: Callable[[Body], float],
        line: float | None,
        own_line: float | None,
    ) -> None:
        """One tick. ``line``: p that nobody may cross who can still stop; ``own_line``: the own car alone."""
        ahead: Body | None = None
        for body in self.bodies:
            wanted = wish(body)
            if ahead is not None:
                wanted = min(wanted, following.safe_speed(ahead.tail - body.nose, ahead.v, headway_s))
            nose = body.nose
            if line is not None and nose < line and following.can_stop(line - nose, body.v):
                wanted = min(wanted, following.line_speed(line - nose))
            if own_line is not None and body.kind == "own" and nose < own_line:
                wanted = min(wanted, following.line_speed(own_line - nose))
            speed = following.next_speed(body.v, wanted, dt_s)
            body.braking = speed < body.v - 0.4 * dt_s or speed < 0.3
            body.v = speed
            body.p += speed * dt_s
            body.way_m += speed * dt_s
            ahead = body

    def put(self, body: Body) -> None:
        """In its place by ``p``."""
        at = next((k for k, other in enumerate(self.bodies) if other.p < body.p), len(self.bodies))
        self.bodies.insert(at, body)

    def fits(self, p: float, length: float, v: float, headway_s: float = ENTRY_S) -> bool:
        """Whether a vehicle with its middle at ``p`` and speed ``v`` keeps clear of those ahead and behind, and they
        of it."""
        at = next((k for k, other in enumerate(self.bodies) if other.p < p), len(self.bodies))
        if at > 0:
            ahead = self.bodies[at - 1]
            if v > following.safe_speed(ahead.tail - p - length / 2.0, ahead.v, headway_s):
                return False
        if at < len(self.bodies):
            behind = self.bodies[at]
            return behind.v <= following.safe_speed(p - length / 2.0 - behind.nose, v, headway_s)
        return True

    def free_way(self, p: float, length: float) -> float:
        """The shorter of the ways to the vehicles ahead of and behind one with its middle at ``p``, m."""
        gaps = [b.tail - p if b.p >= p else p - b.nose for b in self.bodies]
        return min(gaps, default=1e9) - length / 2.0


class Traffic:
    """All rows of one place, and the vehicles that can still come."""

    def __init__(self, stretch: Stretch, rng: Random) -> None:
        self.stretch = stretch
        self.rows = [Row(lane) for lane in stretch.lanes]
        self.own_row = next((row for row in self.rows if row.lane.own), None)
        self.free = {kind: list(range(number - 1, -1, -1)) for kind, number in POOL.items()}
        self._rng = rng
        self.density = 0.0
        self.lorries = 0.0
        self.wanted = 0.0
        """How fast the own car would like to go, m/s: its lane's traffic goes with it."""

    # ---- who there is

    def make(self, kind: str, p: float, v: float) -> Body | None:
        """A vehicle of a kind, or None where all are about."""
        slots = self.free[kind]
        if not slots:
            return None
        colour = self._rng.randrange(COLOURS)
        return Body(kind, slots.pop(), colour, p, v, self._rng.uniform(0.97, 1.03))

    def release(self, body: Body) -> None:
        self.free[body.kind].append(body.slot)

    def pick(self, lane: Lane) -> str:
        """The kind of the next one that comes in."""
        if self._rng.random() < min(1.0, self.lorries * lane.heavy):
            kind = "lorry" if self._rng.random() < 0.6 else "truck"
        else:
            kinds: Mapping[str, float] = self.stretch.kinds
            kind = self._rng.choices(list(kinds), list(kinds.values()))[0]
        if not self.free[kind]:
            kind = max(("hatch", "suv", "van"), key=lambda name: len(self.free[name]))
        return kind

    def speed(self, lane: Lane) -> float:
        """How fast a lane's traffic goes when nothing is in its way, m/s."""
        if lane.way < 0 or self.own_row is None:
            return lane.top_km_h * KM_H
        return min(max(self.wanted + lane.faster_km_h * KM_H, LEAST_M_S), lane.top_km_h * KM_H)

    def spacing(self, row: Row) -> float:
        """From one vehicle of a row to the next, m; infinite where none shall come."""
        if self.density <= 0.005:
            return 1e9
        return max(self.stretch.spacing_m / self.density**0.8, 25.0)

    # ---- coming and going

    def fill(self, y: float) -> None:
        """Vehicles all along, as if they had long been there. Out of sight only (behind a blink)."""
        for row in self.rows:
            speed = min(self.speed(row.lane), self.own_speed) if row.lane.own else self.speed(row.lane)
            low, high = self._window(row, y)
            p = high - self._rng.random() * self.spacing(row)
            while p > low:
                kind = self.pick(row.lane)
                body = self.make(kind, p, speed)
                if body is None:
                    break
                if row.fits(p, SIZES[kind][0], speed):
                    row.put(body)
                else:
                    self.release(body)
                p -= SIZES[kind][0] + self.spacing(row) * self._rng.uniform(0.6, 1.5)

    @property
    def own_speed(self) -> float:
        row = self.own_row
        own = next((body for body in row.bodies if body.kind == "own"), None) if row else None
        return own.v if own else 0.0

    def _window(self, row: Row, y: float) -> tuple[float, float]:
        """Between which p a row is kept, with the own car at ``y``."""
        ahead, behind = self.stretch.ahead_m, self.stretch.behind_m
        return (y - behind, y + ahead) if row.lane.way > 0 else (-y - ahead, -y + behind)

    def tend(self, y: float) -> None:
        """Take away who has left, let in who comes."""
        for row in self.rows:
            low, high = self._window(row, y)
            bodies = row.bodies
            while bodies and bodies[0].tail > high and bodies[0].kind != "own":
                self.release(bodies.pop(0))
            while bodies and bodies[-1].nose < low and bodies[-1].kind != "own":
                self.release(bodies.pop())
            self._let_in(row, low, high)
            self._thin(row, y)

    def _let_in(self, row: Row, low: float, high: float) -> None:
        """Where the row flows into what can be seen: from behind when it is faster than the own car, else from ahead."""
        if self.density <= 0.005:
            return
        if row.next_m <= 0.0:
            row.next_m = self._rng.uniform(0.6, 1.5)
        bodies, lane = row.bodies, row.lane
        speed = self.speed(lane)
        from_behind = lane.way < 0 or speed >= self.own_speed
        if lane.way > 0 and lane.own and self.own_speed < 0.8 * speed:
            from_behind = False  # a queue behind the own car is long enough
            if self.own_speed < 1.0:
                return
        edge = row.bodies[-1] if from_behind and bodies else bodies[0] if bodies else None
        p = low if from_behind else high
        if edge is not None and not lane.own:
            speed = min(speed, edge.v + 2.0) if from_behind else max(speed, edge.v)
        if row.free_way(p, LONGEST_M) < self.spacing(row) * row.next_m or not row.fits(p, LONGEST_M, speed):
            return
        body = self.make(self.pick(lane), p, speed)
        if body is not None:
            row.put(body)
            row.next_m = 0.0

    def _thin(self, row: Row, y: float) -> None:
        """Where there are far too many now, those farthest from the own car drive off or stay behind."""
        if row.lane.way < 0 or self.own_row is None:
            return
        allowed = (self.stretch.ahead_m + self.stretch.behind_m) / self.spacing(row) * 1.3
        staying = [body for body in row.bodies if body.kind != "own" and not body.leaving]
        if len(staying) > allowed + 1:
            far = max(staying, key=lambda body: abs(body.p - y))
            far.leaving = 1 if far.p > y else -1

    def wish(self, body: Body, lane: Lane) -> float:
        """How fast a vehicle would like to go, m/s."""
        speed = self.speed(lane) * body.pace + LEAVE_M_S * body.leaving
        return max(speed, 1.0)
