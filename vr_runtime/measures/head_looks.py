"""Looking by the head, after the onset and by the minute, and a head that keeps still past the stimulus.

Never called gaze of the eyes. Shares and stretches of a whole step are in ``looking``.
"""

from __future__ import annotations

import math

from vr_runtime.measures.appearance import Appearance, Minute
from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment
from vr_runtime.measures.poses import cosine_to, sound
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.stare import Stare

_LOOK = ("cone_deg", "cone_slack_deg", "minimum_dwell_s")
_AWAY = ("away_deg", "away_back_deg", "away_s")
_STARE = ("head_stare_deg", "head_stare_s", "head_stare_away_deg", "stare_gap_s", "stare_slack_s")
_MINUTE = "each minute since the onset"

DEFINITIONS: dict[str, Definition] = {
    "head_first_look": Definition(
        "s", "head", "head_first_look/1", (*_LOOK, "onset_hidden_s"), "each appearance of the stimulus"
    ),
    "head_gaze_minute": Definition(
        "1", "head", "head_gaze_minute/1", (*_LOOK, "view_half_angle_deg", "minute_least_s"), _MINUTE
    ),
    "head_away_minute": Definition("1", "head", "head_away_minute/1", (*_AWAY, "minute_least_s"), _MINUTE),
    "head_stare": Definition("s", "head", "head_stare/1", _STARE, "each stare past the stimulus"),
    "head_turn_away_rate": Definition("1/min", "head", "head_away_minute/1", (*_AWAY, "rate_least_s")),
    "head_stare_share": Definition("1", "head", "head_stare/1", _STARE),
}


def _cos(deg: float) -> float:
    return math.cos(math.radians(deg))


class _Facing:
    """One stimulus and the head."""

    def __init__(self, settings: Settings) -> None:
        s = self._s = settings
        self._cos = _cos(s.cone_deg)
        self._cos_stay = _cos(s.cone_deg + s.cone_slack_deg)
        self._cos_view = _cos(s.view_half_angle_deg)
        self._cos_away, self._cos_back = _cos(s.away_deg), _cos(s.away_back_deg)
        self._there = Appearance(s.onset_hidden_s)
        self._minute = Minute()
        self._tracked = False
        """In the last frame, with the stimulus visible."""
        self._shown = False
        self._new_appearance()
        self._interrupt()
        self.begin_step()

    def begin_step(self) -> None:
        self._first_ns: int | None = None
        self._visible_s = self._tracked_s = 0.0
        self._turns = 0
        self._minute.forget()

    def _new_appearance(self) -> None:
        self._there.onset_ns = None
        self._first_told = False
        self._seen_s = 0.0

    def _interrupt(self) -> None:
        self._look_ns: int | None = None
        self._look_s = 0.0
        self._away = False
        self._away_s = 0.0
        self._tracked = False

    def hidden(self, t_ns: int, out: list[Found]) -> None:
        self._interrupt()
        self._shown = False
        self._clock(t_ns, out)

    def update(self, t_ns: int, dt_s: float, cosine: float | None, out: list[Found]) -> None:
        """While it is visible; ``cosine`` None where the head is not tracked."""
        self._clock(t_ns, out)
        there, minute = self._there, self._minute
        if there.onset_ns is None:
            there.onset_ns = t_ns
            if not minute.begun:
                minute.begin(t_ns)
        there.last_ns = t_ns
        if self._shown:
            self._visible_s += dt_s
            minute.visible_s += dt_s
        self._shown = True
        if cosine is None or dt_s == 0.0:
            self._interrupt()
            if cosine is None:
                return
        since_s = dt_s if self._tracked else 0.0
        self._tracked = True
        if self._first_ns is None:
            self._first_ns = t_ns
        self._tracked_s += since_s
        self._seen_s += since_s
        minute.tracked_s += since_s
        in_view_s = since_s if cosine >= self._cos_view else 0.0
        minute.view_s += in_view_s
        self._facing(t_ns, since_s, cosine, out)
        self._turning(since_s, cosine)

    def _facing(self, t_ns: int, since_s: float, cosine: float, out: list[Found]) -> None:
        if self._look_ns is None:
            if cosine < self._cos:
                return
            self._look_ns = t_ns - round(since_s * 1e9)
            self._look_s = since_s
        elif cosine < self._cos_stay:
            self._look_ns = None
            return
        else:
            self._look_s += since_s
        least_s = self._s.minimum_dwell_s
        if self._look_s < least_s:
            return
        minute = self._minute
        # a stretch counts from its begin on, as far as that lies within the minute
        told = self._look_s - since_s >= least_s
        minute.spent_s += since_s if told else self._look_s
        onset_ns = self._there.onset_ns
        if not self._first_told and onset_ns is not None:
            self._first_told = True
            at_ns = max(onset_ns, self._look_ns)
            out.append(self._first(onset_ns, at_ns, 0.0))

    def _turning(self, since_s: float, cosine: float) -> None:
        minute, least_s = self._minute, self._s.away_s
        if not self._away:
            if cosine >= self._cos_away:
                return
            self._away, self._away_s = True, since_s
        elif cosine > self._cos_back:
            self._away = False
            return
        else:
            self._away_s += since_s
        if self._away_s >= least_s:
            if self._away_s - since_s < least_s:
                self._turns += 1
                minute.times += 1.0
                minute.away_s += self._away_s
            else:
                minute.away_s += since_s

    def _first(self, onset_ns: int, at_ns: int, censored: float) -> Found:
        lasted_s = self._there.lasted_s
        quality = self._seen_s / lasted_s if lasted_s > 0.0 else 1.0
        more = (("censored", censored),)
        return Found("head_first_look", onset_ns, at_ns, (at_ns - onset_ns) / 1e9, quality, more)

    def _clock(self, t_ns: int, out: list[Found]) -> None:
        if self._there.gone(t_ns):
            self._end_appearance(out)
        if self._minute.over(t_ns):
            self._tell_minute(t_ns, out)
            self._minute.next(t_ns)

    def _end_appearance(self, out: list[Found]) -> None:
        there = self._there
        if there.onset_ns is not None and not self._first_told and self._seen_s >= self._s.minimum_dwell_s:
            out.append(self._first(there.onset_ns, there.last_ns, 1.0))
        self._new_appearance()

    def _tell_minute(self, t_ns: int, out: list[Found]) -> None:
        minute = self._minute
        least_s = self._s.minute_least_s
        if minute.tracked_s < least_s:
            return
        on_ns, off_ns = minute.span(t_ns)
        quality = minute.tracked_s / minute.visible_s if minute.visible_s > 0.0 else 0.0
        number = ("minute", float(minute.number))
        if minute.view_s >= least_s:
            share = min(1.0, minute.spent_s / minute.view_s)
            more = (number, ("in_view_s", round(minute.view_s, 3)))
            out.append(Found("head_gaze_minute", on_ns, off_ns, share, quality, more))
        share = min(1.0, minute.away_s / minute.tracked_s)
        more = (number, ("visible_s", round(minute.tracked_s, 3)), ("turns", minute.times))
        out.append(Found("head_away_minute", on_ns, off_ns, share, quality, more))

    def summary(self, t_off_ns: int, out: list[Found]) -> None:
        self._clock(t_off_ns, out)
        self._end_appearance(out)
        self._tell_minute(t_off_ns, out)
        self._interrupt()
        self._shown = False
        if self._first_ns is not None and self._tracked_s >= self._s.rate_least_s:
            quality = self._tracked_s / self._visible_s if self._visible_s > 0.0 else 0.0
            rate = 60.0 * self._turns / self._tracked_s
            more = (("count", float(self._turns)), ("visible_s", round(self._tracked_s, 3)))
            out.append(Found("head_turn_away_rate", self._first_ns, t_off_ns, rate, quality, more))


class HeadLooks:
    """A :class:`~vr_runtime.measures.moment.Measure` of the head's direction."""

    def __init__(self, settings: Settings) -> None:
        s = self._s = settings
        self._facings: dict[str, _Facing] = {}
        self._stare = Stare("head_stare", s.head_stare_deg, s.head_stare_s, s.stare_gap_s, s.stare_slack_s)
        self._cos_away = _cos(s.head_stare_away_deg)
        self._found: list[Found] = []
        self._shown_s = 0.0

    def begin_step(self) -> None:
        for facing in self._facings.values():
            facing.begin_step()
        self._stare.begin_step()
        self._shown_s = 0.0

    def leave_scene(self) -> None:
        self._facings.clear()

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        t_ns, dt_s, head = moment.t_ns, moment.dt_s, sound(moment.head)
        facings, found = self._facings, self._found
        seen_now = moment.seen if moment.exposed else ()
        forward = place = None
        if head is not None:
            forward, place = head.forward(), (head.x, head.y, head.z)
        nearest: float | None = None
        told, shown = 0, False
        for seen in seen_now:
            facing = facings.get(seen.id)
            if facing is None:
                if not seen.visible:
                    continue
                facing = facings[seen.id] = _Facing(self._s)
            told += 1
            if seen.visible:
                shown = True
                cosine = None
                if forward is not None and place is not None:
                    cosine = cosine_to(place, forward, seen.point)
                facing.update(t_ns, dt_s, cosine, found)
                if cosine is not None and (nearest is None or cosine > nearest):
                    nearest = cosine
            else:
                facing.hidden(t_ns, found)
            if found:
                self._name(seen.id, out)
        if told != len(facings):
            here = {seen.id for seen in seen_now}
            for name, facing in facings.items():
                if name not in here:
                    facing.hidden(t_ns, found)
                    self._name(name, out)
        if shown:
            self._shown_s += dt_s
        if nearest is not None and forward is not None:
            self._stare.update(t_ns, dt_s, forward, nearest < self._cos_away, found)
        elif not shown:
            self._stare.end(found)
        if found:
            self._name("", out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        found = self._found
        for name, facing in self._facings.items():
            facing.summary(t_off_ns, found)
            self._name(name, out)
        self._stare.end(found)
        self._stare.summary(t_off_ns, self._shown_s, found)
        self._name("", out)

    def _name(self, stimulus: str, out: list[tuple[str, Found]]) -> None:
        if self._found:
            out.extend((stimulus, found) for found in self._found)
            self._found.clear()
