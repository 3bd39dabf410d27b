"""Hands that reach for a stimulus, and how jerkily; hands that are kept behind the body (docs/measures.md)."""

from __future__ import annotations

import math

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
    "hand_jerk": Definition("m/s3", "hand", "hand_jerk/1", _JERK),
    "hands_withdrawn": Definition("s", "hand", "hands_withdrawn/1", (*_WITHDRAWN, "withdrawn_refractory_s")),
    "hands_withdrawn_share": Definition("1", "hand", "hands_withdrawn/1", _WITHDRAWN),
}

_NEARER_M = 0.005
"""Less is not nearer: a hand that rests on a thing is no longer reaching."""
_OVERHEAD_M = 0.1
"""Nearer than this, flat, a stimulus has no direction: the last one goes on."""


class _Reach:
    """One hand on its way to one stimulus, from the rim of the last half metre to its nearest point."""

    __slots__ = ("head_m", "nearest_m", "nearest_ns", "seconds", "squares", "start_m", "start_ns", "told")

    def __init__(self, t_ns: int, distance_m: float, head_m: float) -> None:
        self.start_ns = self.nearest_ns = t_ns
        self.start_m = self.nearest_m = distance_m
        self.head_m = head_m
        """From the head to the stimulus as the reach began."""
        self.seconds = self.squares = 0.0
        """So far, and of that the sum of jerk squared times seconds."""
        self.told: tuple[float, float, float] | None = None
        """At the nearest point: seconds, squares, and how far the head had come nearer."""


class _Hand:
    def __init__(self, tau_s: float) -> None:
        self.jerk = Jerk(tau_s)
        self.reaches: dict[str, _Reach] = {}
        self.armed: set[str] = set()
        """Stimuli that this hand is away from: only from there a reach can begin."""

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
            if pose is None or dt_s <= 0.0:
                self._end_all(side, hand, out)
                hand.lost()
                if pose is None:
                    continue
            if not hand.jerk.running:
                hand.jerk.start(pose[:3])
                continue
            if frame is None:
                frame = frame_of(dt_s, before_s, self._s.jerk_filter_s)
            square = hand.jerk.step(frame, pose[:3])
            if not hand.jerk.warm:
                continue
            if not moment.exposed or head is None:
                self._end_all(side, hand, out)
                hand.armed.clear()
                continue
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
        place: tuple[float, float, float],
        head: Pose,
        square: float,
        moment: Moment,
        out: list[tuple[str, Found]],
    ) -> None:
        s, name = self._s, one.id
        x, y, z = one.point
        away = math.sqrt((place[0] - x) ** 2 + (place[1] - y) ** 2 + (place[2] - z) ** 2)
        reach = hand.reaches.get(name)
        if reach is None:
            if away > s.reach_m + s.reach_back_m:
                hand.armed.add(name)
            elif away <= s.reach_m and name in hand.armed:
                hand.armed.discard(name)
                hand.reaches[name] = _Reach(moment.t_ns - self._lag_ns, away, math.dist(head[:3], one.point))
            return
        reach.seconds += moment.dt_s
        reach.squares += square * moment.dt_s
        now_ns = moment.t_ns - self._lag_ns
        if away < reach.nearest_m - _NEARER_M or (reach.told is None and away < reach.nearest_m):
            reach.nearest_m, reach.nearest_ns = away, now_ns
            reach.told = (reach.seconds, reach.squares, reach.head_m - math.dist(head[:3], one.point))
        if away > reach.nearest_m + s.reach_back_m or now_ns - reach.nearest_ns > self._rest_ns:
            del hand.reaches[name]
            self._tell(side, name, reach, out)

    def _end_all(self, side: int, hand: _Hand, out: list[tuple[str, Found]]) -> None:
        for name, reach in hand.reaches.items():
            self._tell(side, name, reach, out)
        hand.reaches.clear()

    def _tell(self, side: int, name: str, reach: _Reach, out: list[tuple[str, Found]]) -> None:
        if reach.told is None:
            return
        seconds, squares, head_m = reach.told
        way_m = reach.start_m - reach.nearest_m
        # a hand that hangs is carried past things by walking: the arm itself has to come nearer
        if seconds <= 0.0 or way_m - max(0.0, head_m) < self._s.reach_arm_m:
            return
        more = (("right", float(side)), ("way_m", way_m), ("nearest_m", reach.nearest_m))
        value = math.sqrt(squares / seconds)
        out.append((name, Found("hand_jerk", reach.start_ns, reach.nearest_ns, value, 1.0, more)))


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
                found = Found("hands_withdrawn_share", watched.onset_ns, t_off_ns, share, watched.quality, more)
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
