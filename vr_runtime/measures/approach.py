"""Approach to one stimulus: distance, velocity, approaches, retreats, hesitation (docs/measures.md)."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from vr_runtime.measures.found import Found
from vr_runtime.measures.settings import Settings

_TAU = 2.0 * math.pi
_CENSORED: tuple[tuple[str, float], ...] = (("censored", 1.0),)


class _Low(NamedTuple):
    t_ns: int
    distance_m: float
    x: float
    y: float


class Approach:
    """Of one stimulus. ``update`` once a frame while it is shown and the head tracked, else ``interrupt``."""

    def __init__(self, near_m: float, goal_m: float, settings: Settings) -> None:
        self._near_m = near_m
        self._goal_m = goal_m
        self._s = settings
        self._dwell_ns = round(settings.dwell_s * 1e9)
        self._within_ns = round(settings.retreat_within_s * 1e9)
        self._running = False
        self._highs: deque[tuple[int, float]] = deque()
        self._lows: deque[tuple[int, float]] = deque()
        self._minima: deque[_Low] = deque()
        self._begin_run(0, 0.0)
        self._quiet_until_ns = 0
        self.begin_step()

    def begin_step(self) -> None:
        """Forget the step before; events under way are lost, so interrupt first."""
        self._onset_ns: int | None = None
        self._start_m = 0.0
        self._best_m: float | None = None
        self._best_ns = 0
        self._first_approach_ns: int | None = None
        self._seen_s = 0.0
        self._near_s = 0.0
        self._slow_s = 0.0
        self._reached = False
        self._running = False

    def update(self, t_ns: int, dt_s: float, distance_m: float, x: float, y: float, out: list[Found]) -> None:
        """``distance_m``: horizontal, head to the stimulus' surface; ``x``, ``y``: of the head."""
        if self._onset_ns is None:
            self._onset_ns = t_ns
            self._start_m = distance_m
        if self._running and dt_s > 0.0:
            raw = (distance_m - self._raw_m) / dt_s
            if abs(raw) > self._s.jump_m_s:
                self.interrupt(out)
        if not self._running:
            self._begin_run(t_ns, distance_m)
        elif dt_s > 0.0:
            self._filter(dt_s, distance_m)
            self._seen_s += dt_s
            self._hesitation(dt_s)
            self._approach(t_ns, x, y, out)
            self._retreat(t_ns, x, y, out)
        self._raw_m = distance_m
        self._t_ns = t_ns
        self._x = x
        self._y = y
        self._dwell(t_ns, distance_m)

    def interrupt(self, out: list[Found]) -> None:
        """The stimulus or the head was lost: what is under way ends with the last frame seen."""
        if not self._running:
            return
        self._end_approach(out)
        self._end_retreat(out)
        self._running = False

    def summary(self, t_off_ns: int, quality: float, out: list[Found]) -> None:
        """What the step came to. Call ``interrupt`` first."""
        onset = self._onset_ns
        if onset is None:
            return
        if self._best_m is not None:
            best, best_ns = self._best_m, self._best_ns
            out.append(Found("bat_min_distance", best_ns - self._dwell_ns, best_ns, best, quality))
            way = self._start_m - self._goal_m
            if way > 0.0:
                share = min(1.0, max(0.0, (self._start_m - best) / way))
                more = (("start_m", self._start_m), ("goal_m", self._goal_m))
                out.append(Found("bat_normalised", onset, t_off_ns, share, quality, more))
        out.append(Found("bat_final_distance", self._t_ns, self._t_ns, self._raw_m, quality))
        if self._first_approach_ns is not None:
            latency = (self._first_approach_ns - onset) / 1e9
            out.append(Found("approach_latency", onset, self._first_approach_ns, latency, quality))
        else:
            out.append(Found("approach_latency", onset, t_off_ns, self._seen_s, quality, _CENSORED))
        if self._near_s >= 1.0:
            more = (("near_m", self._near_m), ("goal_m", self._goal_m), ("near_s", round(self._near_s, 3)))
            out.append(Found("hesitation", onset, t_off_ns, self._slow_s / self._near_s, quality, more))

    def _begin_run(self, t_ns: int, distance_m: float) -> None:
        self._running = True
        self._run_ns = t_ns
        self._t_ns = t_ns
        self._raw_m = distance_m
        self._smooth_m = distance_m
        self._slope = 0.0
        self._velocity = 0.0
        """Of the distance, m/s: negative towards the stimulus."""
        self._x = self._y = 0.0
        self._highs.clear()
        self._lows.clear()
        self._minima.clear()
        self._toward: _Low | None = None
        self._approaching = False
        self._retreat_from: _Low | None = None
        self._fast_ns = t_ns - 1

    def _filter(self, dt_s: float, distance_m: float) -> None:
        s = self._s
        w = _TAU * s.velocity_cutoff_hz * dt_s
        gain = w / (1.0 + w)
        self._slope += gain * ((distance_m - self._raw_m) / dt_s - self._slope)
        w = _TAU * (s.filter_min_cutoff_hz + s.filter_beta * abs(self._slope)) * dt_s
        step = w / (1.0 + w) * (distance_m - self._smooth_m)
        self._smooth_m += step
        self._velocity += gain * (step / dt_s - self._velocity)

    def _hesitation(self, dt_s: float) -> None:
        if self._smooth_m <= self._goal_m:
            self._reached = True
        if self._smooth_m < self._near_m and not self._reached:
            self._near_s += dt_s
            if abs(self._velocity) < self._s.slow_m_s:
                self._slow_s += dt_s

    def _approach(self, t_ns: int, x: float, y: float, out: list[Found]) -> None:
        toward = -self._velocity
        start = self._toward
        if self._approaching:
            if toward < self._s.slow_m_s:
                self._t_ns, self._x, self._y = t_ns, x, y
                self._end_approach(out)
        elif toward <= self._s.approach_m_s:
            self._toward = None
        elif start is None:
            self._toward = _Low(t_ns, self._smooth_m, x, y)
        elif t_ns - start.t_ns >= self._s.approach_s * 1e9:
            self._approaching = True
            if self._first_approach_ns is None:
                self._first_approach_ns = start.t_ns

    def _end_approach(self, out: list[Found]) -> None:
        start = self._toward
        if self._approaching and start is not None and self._t_ns > start.t_ns:
            nearer = start.distance_m - self._smooth_m
            speed = nearer / ((self._t_ns - start.t_ns) / 1e9)
            out.append(Found("approach_velocity", start.t_ns, self._t_ns, speed, self._own(start, nearer)))
        self._approaching = False
        self._toward = None

    def _retreat(self, t_ns: int, x: float, y: float, out: list[Found]) -> None:
        s = self._s
        if self._velocity > s.retreat_m_s:
            self._fast_ns = t_ns
        if self._retreat_from is not None:
            if self._velocity < s.slow_m_s:
                self._t_ns, self._x, self._y = t_ns, x, y
                self._end_retreat(out)
            return
        if t_ns < self._quiet_until_ns:
            return
        minima = self._minima
        while minima and minima[-1].distance_m >= self._smooth_m:
            minima.pop()
        minima.append(_Low(t_ns, self._smooth_m, x, y))
        while minima[0].t_ns < t_ns - self._within_ns:
            minima.popleft()
        low = minima[0]
        if self._smooth_m - low.distance_m >= s.retreat_m and self._fast_ns >= low.t_ns:
            self._retreat_from = low

    def _end_retreat(self, out: list[Found]) -> None:
        low = self._retreat_from
        if low is None:
            return
        farther = self._smooth_m - low.distance_m
        if farther > 0.0:
            out.append(Found("retreat", low.t_ns, self._t_ns, farther, self._own(low, farther)))
        self._retreat_from = None
        self._minima.clear()
        self._quiet_until_ns = self._t_ns + round(self._s.retreat_refractory_s * 1e9)

    def _own(self, start: _Low, change_m: float) -> float:
        """Share of a change in distance that the head's own way explains: a moving stimulus lowers it."""
        if change_m <= 0.0:
            return 0.0
        return min(1.0, math.hypot(self._x - start.x, self._y - start.y) / change_m)

    def _dwell(self, t_ns: int, distance_m: float) -> None:
        """Smallest distance such that the head stayed no more than the band beyond it for the dwell time."""
        highs, lows = self._highs, self._lows
        while highs and highs[-1][1] <= distance_m:
            highs.pop()
        highs.append((t_ns, distance_m))
        while lows and lows[-1][1] >= distance_m:
            lows.pop()
        lows.append((t_ns, distance_m))
        begin_ns = t_ns - self._dwell_ns
        if self._run_ns > begin_ns:
            return
        while highs[0][0] < begin_ns:
            highs.popleft()
        while lows[0][0] < begin_ns:
            lows.popleft()
        stayed = max(lows[0][1], highs[0][1] - self._s.dwell_band_m)
        if self._best_m is None or stayed < self._best_m:
            self._best_m = stayed
            self._best_ns = t_ns
