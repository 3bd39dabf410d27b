"""Where the head points with respect to one stimulus. Never called gaze: the eyes may look elsewhere."""

from __future__ import annotations

import math

from vr_runtime.measures.found import Found
from vr_runtime.measures.settings import Settings


class _Cone:
    """Time within a cone, counted in stretches of at least the minimum dwell.

    A stretch ends a little outside the cone, so that trembling at its rim is one stretch and not many.
    """

    def __init__(self, half_angle_deg: float, slack_deg: float) -> None:
        self.cosine = math.cos(math.radians(half_angle_deg))
        self.cosine_stay = math.cos(math.radians(half_angle_deg + slack_deg))
        self.run_s = 0.0
        self.total_s = 0.0
        self.since_ns = 0


class Looking:
    """Of one stimulus. ``update`` once a frame while it is shown and the head tracked, else ``interrupt``."""

    def __init__(self, settings: Settings) -> None:
        self._s = settings
        slack = settings.cone_slack_deg
        self._cone = _Cone(settings.cone_deg, slack)
        self._cones = (
            self._cone,
            _Cone(settings.cone_narrow_deg, slack),
            _Cone(settings.cone_wide_deg, slack),
        )
        self._cos_view = math.cos(math.radians(settings.view_half_angle_deg))
        self._cos_away = math.cos(math.radians(settings.away_deg))
        self._cos_back = math.cos(math.radians(settings.away_back_deg))
        self._cos_armed = math.cos(math.radians(settings.away_armed_deg))
        self._t_ns = 0
        self._armed = False
        self.begin_step()

    def begin_step(self) -> None:
        """Forget the step before; stretches under way are lost, so interrupt first."""
        self._onset_ns: int | None = None
        self._visible_s = 0.0
        self._view_s = 0.0
        self._away_total_s = 0.0
        self._away_since_ns: int | None = None
        self._away_run_s = 0.0
        for cone in self._cones:
            cone.run_s = 0.0
            cone.total_s = 0.0

    def update(self, t_ns: int, dt_s: float, cosine: float, visible: bool, out: list[Found]) -> None:
        """``cosine`` of the angle between the head's forward direction and the direction to the stimulus."""
        if not visible:
            self.interrupt(out)
            self._t_ns = t_ns
            return
        if self._onset_ns is None:
            self._onset_ns = t_ns
        self._t_ns = t_ns
        self._visible_s += dt_s
        if cosine >= self._cos_view:
            self._view_s += dt_s
        minimum = self._s.minimum_dwell_s
        for cone in self._cones:
            if cosine >= (cone.cosine_stay if cone.run_s else cone.cosine):
                if cone.run_s == 0.0:
                    cone.since_ns = t_ns - round(dt_s * 1e9)
                before = cone.run_s
                cone.run_s = before + dt_s
                if before >= minimum:
                    cone.total_s += dt_s
                elif cone.run_s >= minimum:
                    cone.total_s += cone.run_s
            elif cone.run_s:
                if cone is self._cone:
                    self._end_look(out)
                cone.run_s = 0.0
        self._turn_away(t_ns, dt_s, cosine, out)

    def interrupt(self, out: list[Found]) -> None:
        """The stimulus or the head was lost: what is under way ends with the last frame seen."""
        if self._cone.run_s:
            self._end_look(out)
        for cone in self._cones:
            cone.run_s = 0.0
        self._end_away(out)
        self._armed = False

    def summary(self, t_off_ns: int, quality: float, out: list[Found]) -> None:
        """What the step came to. Call ``interrupt`` first."""
        onset = self._onset_ns
        if onset is None or self._visible_s <= 0.0:
            return
        seconds = (("visible_s", round(self._visible_s, 3)),)
        if self._view_s > 0.0:
            in_view = (("in_view_s", round(self._view_s, 3)),)
            names = ("head_gaze_dwell", "head_gaze_dwell_narrow", "head_gaze_dwell_wide")
            for name, cone in zip(names, self._cones, strict=True):
                share = min(1.0, cone.total_s / self._view_s)
                out.append(Found(name, onset, t_off_ns, share, quality, in_view))
        view = self._view_s / self._visible_s
        out.append(Found("head_in_view", onset, t_off_ns, min(1.0, view), quality, seconds))
        away = self._away_total_s / self._visible_s
        out.append(Found("head_away_share", onset, t_off_ns, min(1.0, away), quality, seconds))

    def _end_look(self, out: list[Found]) -> None:
        cone = self._cone
        if cone.run_s >= self._s.minimum_dwell_s:
            out.append(Found("head_gaze", cone.since_ns, self._t_ns, cone.run_s, 1.0))

    def _turn_away(self, t_ns: int, dt_s: float, cosine: float, out: list[Found]) -> None:
        if cosine > self._cos_armed:
            self._armed = True
        if self._away_since_ns is not None:
            if cosine > self._cos_back:
                self._end_away(out)
            else:
                self._away_run_s += dt_s
        elif cosine < self._cos_away:
            self._away_since_ns = t_ns - round(dt_s * 1e9)
            self._away_run_s = dt_s

    def _end_away(self, out: list[Found]) -> None:
        since = self._away_since_ns
        if since is None:
            return
        if self._away_run_s >= self._s.away_s:
            self._away_total_s += self._away_run_s
            if self._armed:
                out.append(Found("head_turn_away", since, self._t_ns, self._away_run_s, 1.0))
                self._armed = False
        self._away_since_ns = None
        self._away_run_s = 0.0
