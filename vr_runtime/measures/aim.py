"""Where the gaze of the eyes lies with respect to one stimulus: its nearest point, with a cone around it."""

from __future__ import annotations

import math

from vr_runtime.measures.appearance import Appearance, Minute
from vr_runtime.measures.fixation import Fixations
from vr_runtime.measures.found import Found
from vr_runtime.measures.poses import Vector, cosine_to, unit_to
from vr_runtime.measures.settings import Settings


def _cos(deg: float) -> float:
    return math.cos(math.radians(deg))


class Look:
    """A stay of the gaze on the stimulus that is under way."""

    __slots__ = ("fixed_ns", "last_in_ns", "on_ns", "out_ns", "peak_deg_s")

    def __init__(self, on_ns: int, t_ns: int) -> None:
        self.on_ns = on_ns
        self.last_in_ns = t_ns
        self.out_ns: int | None = None
        """Since when the gaze is outside; None while it is not."""
        self.fixed_ns: int | None = None
        """Begin of the stay's first fixation; None before there is one."""
        self.peak_deg_s = 0.0
        """Fastest turn since the gaze left."""


class GazeFrame:
    """What one frame tells of the eyes and the head; the same for every stimulus."""

    __slots__ = (
        "centre",
        "direction",
        "facing",
        "fixed_since_ns",
        "good",
        "head",
        "origin",
        "speed_deg_s",
        "t_ns",
    )

    t_ns: int
    good: bool
    """The eyes have a sample."""
    origin: Vector
    direction: Vector
    speed_deg_s: float
    head: Vector | None
    facing: Vector


class Aim:
    """Of one stimulus. ``update`` once a frame while it is visible, else ``hidden``."""

    def __init__(self, settings: Settings) -> None:
        s = self._s = settings
        self._gap_ns = round(s.eye_gap_s * 1e9)
        self._look_gap_ns = round(s.look_gap_s * 1e9)
        self._within_ns = round(s.saccade_within_s * 1e9)
        self._follow_ns = round(s.follow_s * 1e9)
        self._cos = _cos(s.gaze_cone_deg)
        self._cos_stay = _cos(s.gaze_cone_deg + s.cone_slack_deg)
        self._cos_narrow, self._cos_wide = _cos(s.gaze_cone_narrow_deg), _cos(s.gaze_cone_wide_deg)
        self._cos_view = _cos(s.view_half_angle_deg)
        self._there = Appearance(s.onset_hidden_s)
        self._minute = Minute()
        self._look: Look | None = None
        self._fixations = Fixations(settings)
        """Of the look: with respect to the stimulus, so that following it is fixating it."""
        self._good_ns: int | None = None
        """The last frame with the stimulus visible and a sample of the eyes."""
        self._shown_ns: int | None = None
        self.cosine: float | None = None
        """Of the angle between gaze and stimulus in this frame; None where it is not known."""
        self._new_appearance()
        self.begin_step()

    def begin_step(self) -> None:
        self._first_ns: int | None = None
        self._visible_s = self._eye_s = self._view_s = 0.0
        self._on_s = [0.0, 0.0, 0.0]
        self._saccades = 0
        self._minute.forget()

    def _new_appearance(self) -> None:
        self._there.onset_ns = None
        self._first_look_told = False
        self._seen_s = 0.0
        """Time of the appearance in which the eyes were tracked."""
        self._early = [0.0, 0.0]
        self._late = [0.0, 0.0]
        """Time tracked, and on the stimulus, in the two windows after the onset."""
        self._windows_told = 0

    # ---- frame by frame

    def hidden(self, t_ns: int, out: list[Found]) -> None:
        """It cannot be seen in this frame."""
        self.cosine = None
        self._good_ns = self._shown_ns = None
        self._end_look(out, moved=False)
        self._windows(t_ns, out)
        self._clock(t_ns, out)

    def update(self, frame: GazeFrame, dt_s: float, point: Vector, out: list[Found]) -> None:
        """``dt_s``: since the frame before, 0 where the two are not joined."""
        t_ns = frame.t_ns
        self.cosine = None
        self._clock(t_ns, out)
        if self._shown_ns is not None:
            self._visible_s += dt_s
            self._minute.visible_s += dt_s
        self._shown_ns = t_ns
        facing = None if frame.head is None else cosine_to(frame.head, frame.facing, point)
        in_view = facing is not None and facing >= self._cos_view
        cosine = cosine_to(frame.origin, frame.direction, point) if frame.good else None
        if cosine is not None:
            self.cosine = cosine
            in_view = in_view or cosine >= self._cos_wide
        if self._there.onset_ns is None and in_view:
            self._there.onset_ns = t_ns
            if not self._minute.begun:
                self._minute.begin(t_ns)
        self._there.last_ns = t_ns
        good_ns = self._good_ns
        joined = good_ns is not None and 0 < t_ns - good_ns <= self._gap_ns
        if cosine is None:
            if not joined:
                self._end_look(out, moved=False)
            self._windows(t_ns, out)
            return
        self._good_ns = t_ns
        if not joined:
            self._end_look(out, moved=False)
        eye_s = (t_ns - good_ns) / 1e9 if joined and good_ns is not None else 0.0
        if self._first_ns is None:
            self._first_ns = t_ns
        self._count(t_ns, eye_s, cosine, in_view)
        self._windows(t_ns, out)
        self._follow(frame, eye_s, cosine, point, out)

    def _count(self, t_ns: int, eye_s: float, cosine: float, in_view: bool) -> None:
        self._eye_s += eye_s
        minute, on = self._minute, cosine >= self._cos
        minute.tracked_s += eye_s
        if in_view:
            self._view_s += eye_s
            minute.view_s += eye_s
        if cosine >= self._cos_wide:
            self._on_s[2] += eye_s
            if on:
                self._on_s[0] += eye_s
                minute.spent_s += eye_s
                if cosine >= self._cos_narrow:
                    self._on_s[1] += eye_s
        onset_ns = self._there.onset_ns
        if onset_ns is None or t_ns == onset_ns:
            return
        self._seen_s += eye_s
        if self._windows_told < 2:
            began_s = (t_ns - onset_ns) / 1e9 - eye_s
            early = min(eye_s, max(0.0, self._s.vigilance_early_s - began_s))
            late = min(eye_s, max(0.0, self._s.vigilance_late_s - began_s)) - early
            for window, part in ((self._early, early), (self._late, late)):
                window[0] += part
                if on:
                    window[1] += part

    def _follow(self, frame: GazeFrame, eye_s: float, cosine: float, point: Vector, out: list[Found]) -> None:
        t_ns, look = frame.t_ns, self._look
        if look is None:
            if cosine < self._cos:
                return
            look = self._look = Look(t_ns - round(eye_s * 1e9), t_ns)
        elif cosine >= self._cos_stay:
            look.last_in_ns, look.out_ns, look.peak_deg_s = t_ns, None, 0.0
        else:
            look.out_ns = look.out_ns or t_ns
            look.peak_deg_s = max(look.peak_deg_s, frame.speed_deg_s)
            if t_ns - look.last_in_ns >= self._look_gap_ns:
                self._end_look(out, moved=True)
            return
        if look.fixed_ns is None:
            way = unit_to(frame.origin, point)
            dx, dy, dz = frame.direction
            self._fixations.update(t_ns, (dx - way[0], dy - way[1], dz - way[2]), way)
            look.fixed_ns = self._fixations.since_ns
        onset_ns = self._there.onset_ns
        if not self._first_look_told and onset_ns is not None:
            if look.fixed_ns is not None:
                self._tell_first(onset_ns, look.fixed_ns, 1.0, out)
            elif t_ns - look.on_ns >= self._follow_ns:
                self._tell_first(onset_ns, look.on_ns, 0.0, out)

    # ---- what is told

    def _clock(self, t_ns: int, out: list[Found]) -> None:
        """What falls due with time alone: the minutes and the offset."""
        if self._there.gone(t_ns):
            self._end_appearance(out)
        if self._minute.over(t_ns):
            self._tell_minute(t_ns, out)
            self._minute.next(t_ns)

    def _windows(self, t_ns: int, out: list[Found]) -> None:
        """Those after the onset, once they are over."""
        onset_ns = self._there.onset_ns
        if onset_ns is None or self._windows_told == 2:
            return
        s, since_s = self._s, (t_ns - onset_ns) / 1e9
        if self._windows_told == 0 and since_s >= s.vigilance_early_s:
            self._windows_told = 1
            self._tell_window("gaze_vigilance_early", 0.0, s.vigilance_early_s, self._early, out)
        if self._windows_told == 1 and since_s >= s.vigilance_late_s:
            self._windows_told = 2
            self._tell_window("gaze_vigilance_late", s.vigilance_early_s, s.vigilance_late_s, self._late, out)

    def _tell_window(
        self, name: str, from_s: float, to_s: float, times: list[float], out: list[Found]
    ) -> None:
        tracked_s, on_s = times
        coverage = tracked_s / (to_s - from_s)
        if coverage >= self._s.eye_coverage:
            begin_ns = (self._there.onset_ns or 0) + round(from_s * 1e9)
            end_ns = begin_ns + round((to_s - from_s) * 1e9)
            out.append(Found(name, begin_ns, end_ns, min(1.0, on_s / tracked_s), coverage))

    def _tell_first(self, onset_ns: int, at_ns: int, fixated: float, out: list[Found]) -> None:
        self._first_look_told = True
        at_ns = max(onset_ns, at_ns)
        lasted_s = self._there.lasted_s
        quality = self._seen_s / lasted_s if lasted_s > 0.0 else 1.0
        more = (("censored", 0.0), ("fixated", fixated))
        out.append(Found("gaze_ttff", onset_ns, at_ns, (at_ns - onset_ns) / 1e9, quality, more))

    def _end_appearance(self, out: list[Found]) -> None:
        there = self._there
        lasted_s = there.lasted_s
        if there.onset_ns is not None and not self._first_look_told and self._seen_s >= self._s.fixation_s:
            more = (("censored", 1.0), ("fixated", 0.0))
            quality = self._seen_s / lasted_s
            out.append(Found("gaze_ttff", there.onset_ns, there.last_ns, lasted_s, quality, more))
        self._new_appearance()

    def _end_look(self, out: list[Found], moved: bool) -> None:
        """``moved``: the gaze itself left; otherwise eyes or stimulus were lost."""
        look, self._look = self._look, None
        if look is None:
            return
        self._fixations.end()
        if look.last_in_ns - look.on_ns >= round(self._s.fixation_s * 1e9):
            length_s = (look.last_in_ns - look.on_ns) / 1e9
            out.append(Found("gaze_look", look.on_ns, look.last_in_ns, length_s, 1.0))
        fixed_ns = look.fixed_ns
        if (
            moved
            and fixed_ns is not None
            and look.last_in_ns - fixed_ns <= self._within_ns
            and look.peak_deg_s > self._s.saccade_deg_s
        ):
            self._saccades += 1
            after = (("after_s", (look.last_in_ns - fixed_ns) / 1e9),)
            out_ns = look.out_ns or look.last_in_ns
            out.append(Found("saccade_away", look.last_in_ns, out_ns, look.peak_deg_s, 1.0, after))

    def _tell_minute(self, t_ns: int, out: list[Found]) -> None:
        minute = self._minute
        if minute.view_s >= self._s.minute_least_s:
            on_ns, off_ns = minute.span(t_ns)
            share = min(1.0, minute.spent_s / minute.view_s)
            quality = minute.tracked_s / minute.visible_s if minute.visible_s > 0.0 else 0.0
            more = (("minute", float(minute.number)), ("in_view_s", round(minute.view_s, 3)))
            out.append(Found("gaze_dwell_minute", on_ns, off_ns, share, quality, more))

    def summary(self, t_off_ns: int, out: list[Found]) -> None:
        """End what is under way and say what the step came to."""
        self._end_look(out, moved=False)
        self._windows(t_off_ns, out)
        self._clock(t_off_ns, out)
        self._end_appearance(out)
        self._tell_minute(t_off_ns, out)
        self._good_ns = self._shown_ns = None
        first_ns = self._first_ns
        if first_ns is None or self._eye_s <= 0.0:
            return
        quality = self._eye_s / self._visible_s if self._visible_s > 0.0 else 0.0
        if self._view_s > 0.0:
            more = (("in_view_s", round(self._view_s, 3)),)
            names = ("gaze_dwell", "gaze_dwell_narrow", "gaze_dwell_wide")
            for name, on_s in zip(names, self._on_s, strict=True):
                out.append(Found(name, first_ns, t_off_ns, min(1.0, on_s / self._view_s), quality, more))
        more = (("visible_s", round(self._eye_s, 3)),)
        share = min(1.0, self._view_s / self._eye_s)
        out.append(Found("gaze_in_view", first_ns, t_off_ns, share, quality, more))
        if self._eye_s >= self._s.rate_least_s:
            rate = 60.0 * self._saccades / self._eye_s
            count = (*more, ("count", float(self._saccades)))
            out.append(Found("saccade_away_rate", first_ns, t_off_ns, rate, quality, count))
