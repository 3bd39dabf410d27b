"""Hands that reach for a stimulus, and how jerkily; hands that are kept behind the body (docs/measures.md)."""

from __future__ import annotations

import math
from typing import NamedTuple

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment, Seen
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.smoothing import Frame, Jerk, frame_of
from vr_runtime.measures.spans import Span, Watched
from vr_runtime.protocol.pose import Hands, Pose

_JERK = ("reach_m", "reach_back_m", "reach_arm_m", "reach_rest_s", "jerk_filter_s")
_WITHDRAWN = ("withdrawn_m", "withdrawn_back_m", "withdrawn_s")

DEFINITIONS = {
    "hand_jerk": Definition("m/s3", "hand", "hand_jerk/1", _JERK, "each reach"),
    "hands_withdrawn": Definition(
        "s", "hand", "hands_withdrawn/1", (*_WITHDRAWN, "withdrawn_refractory_s"), "each stretch"
    ),
    "hands_withdrawn_share": Definition("1", "hand", "hands_withdrawn/1", _WITHDRAWN),
}

Point = tuple[float, float, float]

_NEARER_M = 0.005
"""Less is not nearer: a hand that rests on a thing is no longer reaching."""
_FAR_M2 = 1.5**2
"""Hands farther than 1.5 m from everything are not filtered: from there to the last half metre a hand that does not
fly has time enough for the filter to get going."""
_LAST_M = 0.02
"""The last centimetres to the nearest point are left out: a hand creeps there, and for how long is another matter."""
_OVERHEAD_M = 0.1
"""Nearer than this, flat, a stimulus has no direction: the last one goes on."""


class _Mark(NamedTuple):
    """How a reach stood as the hand was at a distance for the first time."""

    away_m: float
    t_ns: int
    seconds: float
    squares: float
    """Sum of jerk squared times seconds."""


class _Reach:
    """One hand on its way to one stimulus, from the rim of the last half metre to its nearest point."""

    __slots__ = ("arm", "marks", "nearest_m", "own_m", "rested_ns", "seconds", "squares", "way")

    def __init__(self, start: _Mark, arm: Point, way: Point) -> None:
        self.marks = [start]
        """Each at least 5 mm nearer than the one before: at most a hundred."""
        self.arm, self.way = arm, way
        """As the reach began: the hand seen from the head, and from the hand the unit vector to the stimulus."""
        self.seconds, self.squares = start.seconds, start.squares
        self.nearest_m = start.away_m
        self.rested_ns = start.t_ns
        """When it last came nearer by more than a trifle."""
        self.own_m = 0.0
        """How far the arm itself had come nearer, at the nearest point."""

    def at(self, away_m: float) -> _Mark:
        """Between the marks."""
        before = self.marks[0]
        for mark in self.marks[1:]:
            if mark.away_m <= away_m:
                share = (before.away_m - away_m) / (before.away_m - mark.away_m)
                return _Mark(
                    away_m,
                    before.t_ns + round(share * (mark.t_ns - before.t_ns)),
                    before.seconds + share * (mark.seconds - before.seconds),
                    before.squares + share * (mark.squares - before.squares),
                )
            before = mark
        return before


class _Hand:
    def __init__(self, tau_s: float) -> None:
        self.jerk = Jerk(tau_s)
        self.reaches: dict[str, _Reach] = {}
        self.armed: dict[str, float] = {}
        """Stimuli that this hand is away from, and how far: only from there a reach can begin."""

    def lost(self) -> None:
        self.jerk.restart()
        self.reaches.clear()
        self.armed.clear()


class Reaching:
    """Of both hands and all stimuli. What the filter says of a hand lags; all of it lags alike."""

    def __init__(self, settings: Settings) -> None:
        self._s = settings
        self._hands = (_Hand(settings.jerk_filter_s), _Hand(settings.jerk_filter_s))
        self._lag_ns = round(4.0 * settings.jerk_filter_s * 1e9)
        self._rest_ns = round(settings.reach_rest_s * 1e9)
        self._dt_s = 0.0

    def begin_step(self) -> None:
        for hand in self._hands:
            hand.reaches.clear()

    def leave_scene(self) -> None:
        for hand in self._hands:
            hand.armed.clear()

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        dt_s, head = moment.dt_s, moment.head
        before_s, self._dt_s = self._dt_s, dt_s
        frame: Frame | None = None
        for side, (hand, pose) in enumerate(zip(self._hands, moment.hands, strict=True)):
            if pose is None or head is None or dt_s <= 0.0 or not moment.exposed or _far(pose, moment.seen):
                if hand.jerk.running:
                    self._end_all(side, hand, out)
                    hand.lost()
                continue
            if not hand.jerk.running:
                hand.jerk.start(pose[:3])
                continue
            if frame is None:
                frame = frame_of(dt_s, before_s, self._s.jerk_filter_s)
            square = hand.jerk.step(frame, pose[:3])
            if hand.jerk.warm:
                place = hand.jerk.place
                for one in moment.seen:
                    self._follow(side, hand, one, place, head, square, moment, out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        for side, hand in enumerate(self._hands):
            self._end_all(side, hand, out)

    def _follow(
        self,
        side: int,
        hand: _Hand,
        one: Seen,
        place: Point,
        head: Pose,
        square: float,
        moment: Moment,
        out: list[tuple[str, Found]],
    ) -> None:
        s, name = self._s, one.id
        dx, dy, dz = one.point[0] - place[0], one.point[1] - place[1], one.point[2] - place[2]
        away = math.sqrt(dx * dx + dy * dy + dz * dz)
        now_ns = moment.t_ns - self._lag_ns
        reach = hand.reaches.get(name)
        if reach is None:
            before = hand.armed.get(name)
            if away > s.reach_m:
                if before is not None or away > s.reach_m + s.reach_back_m:
                    hand.armed[name] = away
            elif before is not None:
                del hand.armed[name]
                # since the rim was passed, somewhere between the frames
                since_s = moment.dt_s * (s.reach_m - away) / (before - away)
                start = _Mark(s.reach_m, now_ns - round(since_s * 1e9), 0.0, 0.0)
                arm = (place[0] - head.x, place[1] - head.y, place[2] - head.z)
                reach = _Reach(
                    start, arm, (dx / away, dy / away, dz / away) if away > 0.0 else (0.0, 0.0, 0.0)
                )
                hand.reaches[name] = reach
                self._nearer(reach, away, now_ns, since_s, square, place, head)
            return
        self._nearer(reach, away, now_ns, moment.dt_s, square, place, head)
        if away > reach.nearest_m + s.reach_back_m or now_ns - reach.rested_ns > self._rest_ns:
            del hand.reaches[name]
            self._tell(side, name, reach, out)

    @staticmethod
    def _nearer(
        reach: _Reach, away: float, now_ns: int, dt_s: float, square: float, place: Point, head: Pose
    ) -> None:
        reach.seconds += dt_s
        reach.squares += square * dt_s
        if away >= reach.nearest_m:
            return
        reach.nearest_m = away
        (ax, ay, az), (ux, uy, uz) = reach.arm, reach.way
        reach.own_m = (
            ux * (place[0] - head.x - ax) + uy * (place[1] - head.y - ay) + uz * (place[2] - head.z - az)
        )
        if away <= reach.marks[-1].away_m - _NEARER_M:
            reach.marks.append(_Mark(away, now_ns, reach.seconds, reach.squares))
            reach.rested_ns = now_ns

    def _end_all(self, side: int, hand: _Hand, out: list[tuple[str, Found]]) -> None:
        for name, reach in hand.reaches.items():
            self._tell(side, name, reach, out)
        hand.reaches.clear()

    def _tell(self, side: int, name: str, reach: _Reach, out: list[tuple[str, Found]]) -> None:
        end = reach.at(reach.nearest_m + _LAST_M)
        # a hand that hangs is carried past things by walking: the arm itself has to come nearer
        if end.seconds <= 0.0 or reach.own_m < self._s.reach_arm_m:
            return
        start = reach.marks[0]
        more = (("right", float(side)), ("way_m", start.away_m - end.away_m), ("nearest_m", reach.nearest_m))
        value = math.sqrt(end.squares / end.seconds)
        out.append((name, Found("hand_jerk", start.t_ns, end.t_ns, value, 1.0, more)))


def _far(hand: Pose, seen: tuple[Seen, ...]) -> bool:
    x, y, z = hand[:3]
    for one in seen:
        px, py, pz = one.point
        if (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2 < _FAR_M2:
            return False
    return True


class _Behind:
    """Of one stimulus: are both hands behind the body, as seen from it?"""

    def __init__(self, settings: Settings) -> None:
        self.span = Span(settings.withdrawn_s, settings.withdrawn_refractory_s)
        self.watched = Watched()
        self.way: tuple[float, float] | None = None
        """Unit vector, flat, from the head to the stimulus."""


class Withdrawn:
    """Of all stimuli of a scene."""

    def __init__(self, settings: Settings) -> None:
        self._s = settings
        self._of: dict[str, _Behind] = {}

    def begin_step(self) -> None:
        for each in self._of.values():
            each.watched.begin_step()
            each.span.total_s = 0.0

    def leave_scene(self) -> None:
        self._of.clear()

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        if not moment.exposed or moment.dt_s <= 0.0:
            for name, each in self._of.items():
                self._ended(name, each.span.interrupt(), out)
            if not moment.exposed:
                return
        head, hands = moment.head, moment.hands
        known = head is not None and hands.left is not None and hands.right is not None
        for one in moment.seen:
            each = self._of.get(one.id)
            if each is None:
                each = self._of[one.id] = _Behind(self._s)
            each.watched.see(moment.t_ns, moment.dt_s, known)
            if not known or head is None:
                self._ended(one.id, each.span.interrupt(), out)
            elif moment.dt_s > 0.0:
                behind = self._behind(each, one, head, hands)
                self._ended(one.id, each.span.see(moment.t_ns, behind), out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        for name, each in self._of.items():
            self._ended(name, each.span.interrupt(), out)
            watched = each.watched
            if watched.onset_ns is not None and watched.tracked_s > 0.0:
                share = watched.share(each.span.total_s)
                more = (("tracked_s", round(watched.tracked_s, 3)),)
                found = Found(
                    "hands_withdrawn_share", watched.onset_ns, t_off_ns, share, watched.quality, more
                )
                out.append((name, found))

    def _behind(self, each: _Behind, one: Seen, head: Pose, hands: Hands) -> bool:
        dx, dy = one.point[0] - head.x, one.point[1] - head.y
        flat = math.hypot(dx, dy)
        if flat >= _OVERHEAD_M:
            each.way = (dx / flat, dy / flat)
        if each.way is None:
            return False
        limit = -(self._s.withdrawn_back_m if each.span.open else self._s.withdrawn_m)
        ux, uy = each.way
        for hand in hands:
            assert hand is not None
            if (hand.x - head.x) * ux + (hand.y - head.y) * uy > limit:
                return False
        return True

    def _ended(self, name: str, stretch: tuple[int, int] | None, out: list[tuple[str, Found]]) -> None:
        if stretch is not None:
            since, end = stretch
            out.append((name, Found("hands_withdrawn", since, end, (end - since) / 1e9, 1.0)))
