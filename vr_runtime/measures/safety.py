"""Safety behaviour that head and hands can show: gripping the rail, crouching, keeping from the edge (docs/measures.md)."""

from __future__ import annotations

import math
import statistics

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.spans import Span, Watched
from vr_runtime.protocol.deeds import LET_GO, TOUCHED

_CROUCH = ("crouch_low", "crouch_low_end", "crouch_s", "crouch_baseline_s")

DEFINITIONS = {
    "rail_grip": Definition("s", "hand", "rail_grip/1", ("rail_grip_s",), "each grip"),
    "rail_grip_share": Definition("1", "hand", "rail_grip/1", ("rail_grip_s",)),
    "crouch": Definition("s", "head", "crouch/1", (*_CROUCH, "crouch_refractory_s"), "each crouch"),
    "crouch_share": Definition("1", "head", "crouch/1", _CROUCH),
    "edge_distance_mean": Definition("m", "head", "edge_distance/1", ()),
    "edge_distance_min": Definition("m", "head", "edge_distance/1", ()),
    "edge_distance_p10": Definition("m", "head", "edge_distance/1", ()),
}

RAIL = "rail"
"""What scenes call a rail in their deeds."""


class RailGrip:
    """Hands on the rail, from what the scene tells: one hand or both, as one."""

    def __init__(self, settings: Settings) -> None:
        self._least_ns = round(settings.rail_grip_s * 1e9)
        self._watched = Watched()
        self._held: dict[str, int] = {}
        self._begin_ns: int | None = None
        self._end_ns = 0
        self._known = False
        """The scene has told of a rail in this step: without one there is nothing to say."""
        self._total_s = 0.0

    def begin_step(self) -> None:
        """A hand that stays goes on gripping."""
        self._watched.begin_step()
        self._total_s = 0.0
        self._known = bool(self._held)

    def leave_scene(self) -> None:
        self._held.clear()
        self._begin_ns = None
        self._known = False

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        t_ns = moment.t_ns
        for deed in moment.deeds:
            if deed.thing != RAIL:
                continue
            if deed.what == TOUCHED:
                self._known = True
                if self._begin_ns is None:
                    self._begin_ns = deed.t_on_ns
                self._held[deed.hand] = deed.t_on_ns
            elif deed.what == LET_GO and self._held.pop(deed.hand, None) is not None:
                self._end_ns = max(self._end_ns, deed.t_off_ns)
                if not self._held:
                    self._close(self._end_ns, out)
        if moment.exposed:
            hands = moment.hands
            self._watched.see(t_ns, moment.dt_s, hands.left is not None or hands.right is not None)
        elif self._held:
            self._held.clear()
            self._close(t_ns, out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        held = bool(self._held)
        self._close(t_off_ns, out)
        if held:
            self._begin_ns = t_off_ns
        watched = self._watched
        if self._known and watched.onset_ns is not None and watched.exposed_s > 0.0:
            share = min(1.0, self._total_s / watched.exposed_s)
            more = (("exposed_s", round(watched.exposed_s, 3)),)
            found = Found("rail_grip_share", watched.onset_ns, t_off_ns, share, watched.quality, more)
            out.append((RAIL, found))

    def _close(self, end_ns: int, out: list[tuple[str, Found]]) -> None:
        begin_ns, self._begin_ns, self._end_ns = self._begin_ns, None, 0
        if begin_ns is None or end_ns - begin_ns < self._least_ns:
            return
        seconds = (end_ns - begin_ns) / 1e9
        onset_ns = self._watched.onset_ns
        if onset_ns is not None:
            self._total_s += max(0, end_ns - max(begin_ns, onset_ns)) / 1e9
        out.append((RAIL, Found("rail_grip", begin_ns, end_ns, seconds, 1.0)))


_EVERY_S = 0.05
"""Heights for the baseline are kept so far apart."""


class Crouch:
    """How low the head is, against how high it was as the session began."""

    def __init__(self, settings: Settings) -> None:
        self._s = settings
        self._span = Span(settings.crouch_s, settings.crouch_refractory_s)
        self._watched = Watched()
        self._heights: list[float] = []
        self._wanted = max(1, round(settings.crouch_baseline_s / _EVERY_S))
        self._since_s = _EVERY_S
        self._baseline_m: float | None = None

    def begin_step(self) -> None:
        self._watched.begin_step()
        self._span.total_s = 0.0

    def leave_scene(self) -> None:
        """The floor is the same."""

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        head, dt_s = moment.head, moment.dt_s
        baseline = self._baseline_m
        if baseline is None and head is not None:
            self._learn(head.z, dt_s)
        if not moment.exposed or baseline is None:
            self._ended(self._span.interrupt(), out)
            return
        self._watched.see(moment.t_ns, dt_s, head is not None)
        if head is None or dt_s <= 0.0:
            self._ended(self._span.interrupt(), out)
            return
        share = self._s.crouch_low_end if self._span.open else self._s.crouch_low
        self._ended(self._span.see(moment.t_ns, head.z < share * baseline), out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        self._ended(self._span.interrupt(), out)
        watched, baseline = self._watched, self._baseline_m
        if baseline is None or watched.onset_ns is None or watched.tracked_s <= 0.0:
            return
        share = watched.share(self._span.total_s)
        more = (("baseline_m", baseline), ("tracked_s", round(watched.tracked_s, 3)))
        out.append(("", Found("crouch_share", watched.onset_ns, t_off_ns, share, watched.quality, more)))

    def _learn(self, height_m: float, dt_s: float) -> None:
        """The median of the first seconds in which the head is tracked."""
        self._since_s += dt_s
        if self._since_s < _EVERY_S:
            return
        self._since_s = max(0.0, min(self._since_s - _EVERY_S, _EVERY_S))
        self._heights.append(height_m)
        if len(self._heights) >= self._wanted:
            median = statistics.median(self._heights)
            self._heights.clear()
            # lower than this is no head over a floor: the floor is not known yet
            self._baseline_m = median if median >= self._s.crouch_least_m else None

    def _ended(self, stretch: tuple[int, int] | None, out: list[tuple[str, Found]]) -> None:
        if stretch is not None:
            since, end = stretch
            more = (("baseline_m", self._baseline_m or 0.0),)
            out.append(("", Found("crouch", since, end, (end - since) / 1e9, 1.0, more)))


_LOW_M, _BIN_M, _BINS = -1.0, 0.01, 1100
"""Bounds of the histogram: from 1 m beyond the edge to 10 m before it, in centimetres."""


class _Distances:
    """Of one edge in one step: how long at which distance. Its memory is fixed."""

    def __init__(self) -> None:
        self.watched = Watched()
        self.seconds = [0.0] * _BINS
        self.begin_step()

    def begin_step(self) -> None:
        self.watched.begin_step()
        self.seconds = [0.0] * _BINS
        self.total_s = 0.0
        self.sum = 0.0
        self.least_m = math.inf
        self.beyond_s = 0.0

    def add(self, distance_m: float, dt_s: float) -> None:
        at = int((distance_m - _LOW_M) / _BIN_M)
        if not 0 <= at < _BINS:
            self.beyond_s += dt_s
            at = min(_BINS - 1, max(0, at))
        self.seconds[at] += dt_s
        self.total_s += dt_s
        self.sum += distance_m * dt_s
        self.least_m = min(self.least_m, distance_m)

    def quantile(self, share: float) -> float:
        """The distance below which the head was for this share of the time, to a centimetre."""
        left = share * self.total_s
        for at, seconds in enumerate(self.seconds):
            if seconds > 0.0 and seconds >= left:
                return max(self.least_m, _LOW_M + _BIN_M * (at + left / seconds))
            left -= seconds
        return _LOW_M + _BIN_M * _BINS


class EdgeDistance:
    """Of stimuli that the manifest calls an edge."""

    def __init__(self) -> None:
        self._of: dict[str, _Distances] = {}

    def begin_step(self) -> None:
        for each in self._of.values():
            each.begin_step()

    def leave_scene(self) -> None:
        self._of.clear()

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        if not moment.exposed:
            return
        dt_s = moment.dt_s
        for one in moment.seen:
            if not one.edge:
                continue
            each = self._of.get(one.id)
            if each is None:
                each = self._of[one.id] = _Distances()
            known = moment.head is not None and not math.isnan(one.distance_m)
            each.watched.see(moment.t_ns, dt_s, known)
            if known and dt_s > 0.0:
                each.add(one.distance_m, dt_s)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        for name, each in self._of.items():
            onset_ns = each.watched.onset_ns
            if onset_ns is None or each.total_s <= 0.0:
                continue
            more = (("seconds", round(each.total_s, 3)), ("beyond_s", round(each.beyond_s, 3)))
            for marker, value in (
                ("edge_distance_mean", each.sum / each.total_s),
                ("edge_distance_min", each.least_m),
                ("edge_distance_p10", each.quantile(0.1)),
            ):
                out.append((name, Found(marker, onset_ns, t_off_ns, value, each.watched.quality, more)))
