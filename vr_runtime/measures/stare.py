"""A direction that stays where it is for long, away from the stimulus: a flag, with the share of time."""

from __future__ import annotations

from vr_runtime.measures.found import Found
from vr_runtime.measures.poses import Vector, angle_deg


class Stare:
    """Of the eyes or of the head. ``update`` once a frame that has a sample and something to look away from."""

    def __init__(self, marker: str, within_deg: float, least_s: float, gap_s: float, slack_s: float) -> None:
        self._marker = marker
        self._within_deg = within_deg
        self._least_ns = round(least_s * 1e9)
        self._gap_ns = round(gap_s * 1e9)
        self._slack_ns = round(slack_s * 1e9)
        self._anchor: Vector = (0.0, 1.0, 0.0)
        self._on_ns: int | None = None
        self._last_ns = 0
        self._run_s = 0.0
        self.begin_step()

    def begin_step(self) -> None:
        self._first_ns: int | None = None
        self._total_s = 0.0
        self._observed_s = 0.0

    def update(self, t_ns: int, dt_s: float, direction: Vector, away: bool, out: list[Found]) -> None:
        """``away``: the direction lies away from every stimulus that can be seen."""
        if self._first_ns is None:
            self._first_ns = t_ns
        self._observed_s += dt_s
        on_ns = self._on_ns
        if on_ns is not None:
            self._run_s += dt_s
            if not 0 < t_ns - self._last_ns <= self._gap_ns:
                self.end(out)
            elif away and angle_deg(direction, self._anchor) <= self._within_deg:
                self._last_ns = t_ns
                return
            elif t_ns - self._last_ns < self._slack_ns:
                return
            else:
                self.end(out)
        if away and self._on_ns is None:
            self._on_ns, self._last_ns, self._anchor = t_ns, t_ns, direction
            self._run_s = 0.0

    def end(self, out: list[Found]) -> None:
        on_ns, self._on_ns = self._on_ns, None
        if on_ns is not None and self._last_ns - on_ns >= self._least_ns:
            length_s = (self._last_ns - on_ns) / 1e9
            self._total_s += min(length_s, self._run_s)
            out.append(Found(self._marker, on_ns, self._last_ns, length_s, min(1.0, self._run_s / length_s)))

    def summary(self, t_off_ns: int, exposed_s: float, out: list[Found]) -> None:
        """``exposed_s``: how long there was something to look away from, tracked or not. Call ``end`` first."""
        if self._first_ns is None or self._observed_s <= 0.0:
            return
        share = min(1.0, self._total_s / self._observed_s)
        quality = self._observed_s / exposed_s if exposed_s > 0.0 else 0.0
        more = (("observed_s", round(self._observed_s, 3)),)
        out.append(Found(f"{self._marker}_share", self._first_ns, t_off_ns, share, quality, more))
