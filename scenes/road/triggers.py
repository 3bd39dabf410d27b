"""What the therapist lets happen, once each: sounds at a distance, a lorry that passes close, a car that pulls out.

The near miss never touches: the other car stops, or swerves no further, so that its outline stays clear of the lane
that the own car drives in by more than the widest vehicle needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

from scenes.road.route import OWN_HALF_M, SIZES, Stretch, next_drive
from scenes.road.traffic import LORRIES, Body, Row, Traffic

HEARD = {"horn": (1.6, -160.0), "brakes": (2.6, 18.0), "siren": (14.0, 60.0), "impact": (3.2, -145.0)}
"""How long each sound that is fired lasts, s, and from where it comes: degrees to the left (negative: right) of ahead."""
WIDEST_HALF_M = 1.475
CLEAR_M = 0.12
"""Kept between a swerving or pulling-out car and the widest vehicle that may be in the own lane."""

COME_M = 18.0
"""From how far along the side entrance a car comes, m."""
COME_M_S, COME_BRAKE_M_S2 = 6.0, 5.0
COME_S = (COME_M - COME_M_S**2 / (2.0 * COME_BRAKE_M_S2)) / COME_M_S
"""How long it rolls before it brakes."""
REST_S = COME_S + COME_M_S / COME_BRAKE_M_S2
"""How long until it stands."""
EARLY_S = 1.0
"""It stands so long before the own car would be there, had that not braked."""
SLOWED = 0.45
"""The share of its speed that the own car brakes down to."""
FRIGHT_S = 2.5

COME_FROM_M = 75.0
"""So far behind begins a lorry that overtakes: nobody looks there but in a mirror."""
OVERTAKES_M_S = 5.0
DRIFT_M_S = 0.4
"""How fast a lorry comes over to the edge of its lane."""

PATIENCE_S = 9.0
"""Who has not come near by then is not waited for."""
SWERVE_S = (1.2, 0.5, 1.8)
"""Towards the own lane, staying, back."""


@dataclass(frozen=True)
class Shot:
    """A sound that was fired: ``n``-th of its kind, at ``at_s`` of the scene's clock, from a place in the own car's
    frame."""

    kind: str
    n: int
    at_s: float
    position: tuple[float, float, float]


def shot(kind: str, n: int, at_s: float, distance_m: float) -> Shot:
    angle = radians(HEARD[kind][1])
    far = max(distance_m * 2.0, 120.0) if kind == "siren" else distance_m
    return Shot(kind, n, at_s, (-far * sin(angle), far * cos(angle), 1.0))


def smooth(x: float) -> float:
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


class PullingOut:
    """A car that comes out of a side entrance on the right and stops at the edge of the own lane. ``x`` and ``y``:
    its middle, route frame; it faces -x."""

    def __init__(self, body: Body, stretch: Stretch, y: float) -> None:
        self.body = body
        self.y = y
        length = SIZES[body.kind][0]
        self._rest_x = stretch.own_x + WIDEST_HALF_M + CLEAR_M + length / 2.0
        self.x = self._rest_x + COME_M
        self.since_s = -1.0
        """Since it began to move; below 0: it has not."""

    @property
    def standing(self) -> bool:
        return self.since_s >= REST_S

    def update(self, dt_s: float, own: Body, clear_s: float) -> bool:
        """One tick; True while the own driver brakes. ``clear_s``: until the own nose is there at this speed."""
        if self.since_s < 0.0:
            if clear_s > REST_S + EARLY_S:
                return False
            self.since_s = 0.0
        before = self.since_s
        self.since_s += dt_s
        t, stop = self.since_s, COME_M_S / COME_BRAKE_M_S2
        if t < COME_S:
            gone = COME_M_S * t
        else:
            u = min(t - COME_S, stop)
            gone = COME_M_S * COME_S + COME_M_S * u - COME_BRAKE_M_S2 * u * u / 2.0
        self.body.braking = t >= COME_S
        self.body.v = 0.0 if t >= REST_S else COME_M_S
        x = self._rest_x + COME_M - gone
        self.body.way_m += self.x - x
        self.x = x
        passed = own.p - own.back > self.y + 1.0
        return COME_S <= before + dt_s < COME_S + FRIGHT_S and not passed


class Triggers:
    """Counts, and what is under way."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(("horn", "brakes", "lorry_close", "siren", "impact", "near_miss"), 0)
        self.shots: list[Shot] = []
        self.pulling_out: PullingOut | None = None
        self.swerving: Body | None = None
        self.swerve_from_s: float | None = None
        self.lorry: Body | None = None
        self._waited_s = 0.0
        self._miss_wanted = False
        self._lorry_wanted = False

    # ---- firing

    def fire(self, trigger: str, clock_s: float, distance_m: float) -> None:
        if trigger not in self.counts:
            return
        self.counts[trigger] += 1
        if trigger in HEARD:
            self.shots.append(shot(trigger, self.counts[trigger], clock_s, distance_m))
        elif trigger == "near_miss":
            self._miss_wanted = True
        else:
            self._lorry_wanted = True

    def silence(self) -> None:
        """Frozen: what is sounding is over for good."""
        self.shots.clear()

    def leave(self) -> None:
        """Another place: nothing that was under way comes along."""
        self.shots.clear()
        self.pulling_out = self.swerving = self.swerve_from_s = self.lorry = None
        self._miss_wanted = self._lorry_wanted = False

    @staticmethod
    def slowed(own: Body) -> float:
        """The speed that the own driver brakes down to, m/s."""
        return own.v * SLOWED

    # ---- each tick

    def update(self, dt_s: float, clock_s: float, traffic: Traffic, own: Body) -> bool:
        """What is under way goes on; True while the own driver brakes in fright."""
        self.shots = [made for made in self.shots if clock_s - made.at_s < HEARD[made.kind][0]]
        fright = self._miss(dt_s, traffic, own)
        self._close_lorry(dt_s, traffic, own)
        return fright

    def _miss(self, dt_s: float, traffic: Traffic, own: Body) -> bool:
        if traffic.stretch.drives[0] > 0.0 and traffic.own_row is not None:
            return self._pull_out(dt_s, traffic, own)
        return self._swerve(dt_s, traffic, own)

    def _pull_out(self, dt_s: float, traffic: Traffic, own: Body) -> bool:
        out = self.pulling_out
        if out is not None and own.p - out.y > 70.0:
            traffic.release(out.body)
            out = self.pulling_out = None
        if self._miss_wanted and (out is None or own.tail > out.y + 12.0):
            if out is not None:
                traffic.release(out.body)
            y = next_drive(traffic.stretch, own.nose + max(12.0, REST_S * own.v))
            body = traffic.make("hatch", 0.0, 0.0)
            out = self.pulling_out = PullingOut(body, traffic.stretch, y) if body and y is not None else None
        self._miss_wanted = False
        if out is None:
            return False
        return out.update(dt_s, own, (out.y - 1.0 - own.nose) / max(own.v, 1.0))

    def _swerve(self, dt_s: float, traffic: Traffic, own: Body) -> bool:
        if self._miss_wanted and self.swerving is None:
            self.swerving = self._who_swerves(traffic, own)
            self.swerve_from_s = None
            self._waited_s = 0.0
        self._miss_wanted = self._miss_wanted and self.swerving is None
        body = self.swerving
        row = next((row for row in traffic.rows if body in row.bodies), None) if body else None
        if body is None or row is None:
            self.swerving = None
            return False
        if traffic.own_row is None:
            ready = body.nose > own.p - 18.0
        else:
            ready = own.nose + 3.0 < body.tail < own.nose + 26.0
        if self.swerve_from_s is None:
            self._waited_s += dt_s
            if not ready:
                if self._waited_s > PATIENCE_S:
                    self.swerving, self._miss_wanted = None, True
                return False
            self.swerve_from_s = 0.0
        self.swerve_from_s += dt_s
        t, (there, stay, back) = self.swerve_from_s, SWERVE_S
        share = smooth(t / there) if t < there + stay else 1.0 - smooth((t - there - stay) / back)
        aside = traffic.stretch.own_x - row.lane.x
        clear = WIDEST_HALF_M + CLEAR_M if traffic.own_row else OWN_HALF_M + 0.4
        reach = max(0.0, abs(aside) - SIZES[body.kind][1] / 2.0 - clear)
        body.drift = share * reach * (1.0 if aside > 0.0 else -1.0)
        if t > there + stay + back:
            body.drift = 0.0
            self.swerving = None
            return False
        return traffic.own_row is not None and 0.6 < t < 0.6 + FRIGHT_S and body.tail < own.nose + 30.0

    def _who_swerves(self, traffic: Traffic, own: Body) -> Body | None:
        """A car beside the own lane, just ahead; where there is none, one that overtakes."""
        beside = beside_rows(traffic)
        low, high = (own.nose + 3.0, own.nose + 24.0) if traffic.own_row else (own.p - 90.0, own.p - 20.0)
        near = [
            body
            for row in beside
            for body in row.bodies
            if low < body.tail < high and body.kind not in (*LORRIES, "bus") and body is not self.lorry
        ]
        if near:
            return min(near, key=lambda body: abs(body.p - own.p))
        for row in sorted(beside, key=lambda row: row.lane.x):
            speed = max(own.v + 5.0, traffic.speed(row.lane))
            for back in (28.0, 45.0, 65.0, 90.0):
                if row.fits(own.p - back, SIZES["hatch"][0], speed):
                    body = traffic.make("hatch", own.p - back, speed)
                    if body is not None:
                        body.pace = 1.08
                        row.put(body)
                    return body
        return self._drawn_near(beside, traffic, own)

    @staticmethod
    def _drawn_near(beside: list[Row], traffic: Traffic, own: Body) -> Body | None:
        """The nearest one that can be had: it slows down, or overtakes."""
        some = [
            (abs(body.p - own.p), row, body)
            for row in beside
            for body in row.bodies
            if body.kind not in (*LORRIES, "bus")
        ]
        if not some:
            return None
        _, row, body = min(some, key=lambda item: item[0])
        wanted = own.v - 3.0 if body.tail > own.nose + 3.0 else own.v + 4.0
        body.pace = max(wanted, 2.0) / max(traffic.speed(row.lane), 1.0)
        return body

    def _close_lorry(self, dt_s: float, traffic: Traffic, own: Body) -> None:
        if self._lorry_wanted and self.lorry is None:
            self.lorry = self._which_lorry(traffic, own)
            self._lorry_wanted = self.lorry is None
        lorry = self.lorry
        row = next((row for row in traffic.rows if lorry in row.bodies), None) if lorry else None
        if lorry is None or row is None:
            self.lorry = None
            return
        ahead_m = lorry.p * row.lane.way - own.p
        aside = traffic.stretch.own_x - row.lane.x
        widest = WIDEST_HALF_M if traffic.own_row else OWN_HALF_M
        reach = min(
            abs(aside) - SIZES[lorry.kind][1] / 2.0 - OWN_HALF_M - 0.45,
            abs(aside) - SIZES[lorry.kind][1] / 2.0 - widest - CLEAR_M,
        )
        wanted = smooth((75.0 - abs(ahead_m)) / 45.0) * max(0.0, reach) * (1.0 if aside > 0.0 else -1.0)
        step = DRIFT_M_S * dt_s
        lorry.drift += min(max(wanted - lorry.drift, -step), step)
        gone = -ahead_m if row.lane.way < 0 or lorry.v < own.v else ahead_m
        if gone > 76.0:
            lorry.drift, self.lorry = 0.0, None

    def _which_lorry(self, traffic: Traffic, own: Body) -> Body | None:
        """The next lorry that will pass, or a new one where the row begins; None while there is no room for it."""
        row = lorry_row(traffic)
        if row is None:
            return None
        stretch, way = traffic.stretch, row.lane.way
        speed = traffic.speed(row.lane)
        oncoming = way < 0
        slower = not oncoming and speed < own.v - 0.5
        for body in row.bodies if not slower else reversed(row.bodies):
            ahead_m = body.p * way - own.p
            coming = ahead_m > (50.0 if oncoming else 20.0) if oncoming or slower else ahead_m < -25.0
            if body.kind in LORRIES and coming:
                if slower:
                    body.pace = 0.85
                return body
        low = -own.p - stretch.ahead_m if oncoming else own.p - min(stretch.behind_m, COME_FROM_M)
        p = own.p + stretch.ahead_m if slower else low
        if slower:
            speed = max(own.v - 11.0, 0.7 * speed)
        elif not oncoming:
            speed = max(speed, own.v + OVERTAKES_M_S)
        if not row.fits(p, SIZES["lorry"][0], speed, 1.2):
            row.next_m = 1e6  # nobody else comes in first
            return None
        body = traffic.make("lorry", p, speed) or traffic.make("truck", p, speed)
        row.next_m = 0.0
        if body is not None:
            body.pace = 1.0 if oncoming else speed / max(traffic.speed(row.lane), 1.0)
            row.put(body)
        return body


def beside_rows(traffic: Traffic) -> list[Row]:
    """Rows beside the own car that go its way."""
    own_x = traffic.stretch.own_x
    return [
        row for row in traffic.rows if not row.lane.own and row.lane.way > 0 and abs(row.lane.x - own_x) < 4.5
    ]


def lorry_row(traffic: Traffic) -> Row | None:
    """Where the lorry that passes close comes along: on the right where there is a slow lane, else towards the own car,
    else beside it."""
    beside = beside_rows(traffic)
    right = [row for row in beside if row.lane.x > traffic.stretch.own_x]
    against = [row for row in traffic.rows if row.lane.way < 0]
    if traffic.own_row is None:
        return beside[0] if beside else None
    if len(beside) > 1 and right:
        return right[0]
    return (beside or against or [None])[0]
