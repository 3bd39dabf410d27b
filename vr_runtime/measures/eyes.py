"""Measures of the eyes, from an eye tracker alone: without one there is none of these markers."""

from __future__ import annotations

import math

from vr_runtime.measures.aim import Aim, GazeFrame
from vr_runtime.measures.definition import Definition
from vr_runtime.measures.fixation import Fixation, Fixations
from vr_runtime.measures.found import Found
from vr_runtime.measures.gaze_track import GazeTrack
from vr_runtime.measures.moment import Moment
from vr_runtime.measures.poses import sound
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.stare import Stare

_TRACK = ("eye_gap_s", "gaze_jump_deg_s")
_FIXATION = ("fixation_deg", "fixation_s", *_TRACK)
_LOOK = ("gaze_cone_deg", "cone_slack_deg", "look_gap_s")
_FIRST = (*_LOOK, *_FIXATION, "follow_s", "onset_hidden_s", "view_half_angle_deg")
_SACCADE = (*_LOOK, *_FIXATION, "saccade_deg_s", "saccade_within_s", "velocity_base_s")
_VIGILANCE = ("gaze_cone_deg", "onset_hidden_s", "view_half_angle_deg", "eye_coverage", *_TRACK)
_STARE = ("stare_deg", "stare_s", "stare_away_deg", "stare_gap_s", "stare_slack_s", *_TRACK)
_APPEARS = "each appearance of the stimulus"

DEFINITIONS: dict[str, Definition] = {
    "gaze_look": Definition(
        "s", "eye", "gaze/1", (*_LOOK, "fixation_s", *_TRACK), "each look at the stimulus"
    ),
    "gaze_ttff": Definition("s", "eye", "gaze_ttff/1", _FIRST, _APPEARS),
    "gaze_vigilance_early": Definition(
        "1", "eye", "gaze_vigilance/1", ("vigilance_early_s", *_VIGILANCE), _APPEARS
    ),
    "gaze_vigilance_late": Definition(
        "1", "eye", "gaze_vigilance/1", ("vigilance_early_s", "vigilance_late_s", *_VIGILANCE), _APPEARS
    ),
    "gaze_dwell_minute": Definition(
        "1",
        "eye",
        "gaze/1",
        ("gaze_cone_deg", "view_half_angle_deg", "minute_least_s", *_TRACK),
        "each minute since the onset",
    ),
    "saccade_away": Definition("deg/s", "eye", "saccade_away/1", _SACCADE, "each dart away"),
    "fixed_stare": Definition("s", "eye", "fixed_stare/1", _STARE, "each stare past the stimulus"),
    "gaze_dwell": Definition("1", "eye", "gaze/1", ("gaze_cone_deg", "view_half_angle_deg", *_TRACK)),
    "gaze_dwell_narrow": Definition(
        "1", "eye", "gaze/1", ("gaze_cone_narrow_deg", "view_half_angle_deg", *_TRACK)
    ),
    "gaze_dwell_wide": Definition(
        "1", "eye", "gaze/1", ("gaze_cone_wide_deg", "view_half_angle_deg", *_TRACK)
    ),
    "gaze_in_view": Definition("1", "eye", "gaze_in_view/1", ("view_half_angle_deg", *_TRACK)),
    "saccade_away_rate": Definition("1/min", "eye", "saccade_away/1", (*_SACCADE, "rate_least_s")),
    "fixation_count": Definition("count", "eye", "fixation/1", _FIXATION),
    "fixation_duration": Definition("s", "eye", "fixation/1", _FIXATION),
    "fixation_share": Definition("1", "eye", "fixation/1", _FIXATION),
    "fixed_stare_share": Definition("1", "eye", "fixed_stare/1", _STARE),
}


class Eyes:
    """A :class:`~vr_runtime.measures.moment.Measure`. Where the eyes are untracked, time does not count; the share
    of it that was tracked is the markers' quality."""

    def __init__(self, settings: Settings) -> None:
        s = self._s = settings
        self._track = GazeTrack(s)
        self._fixations = Fixations(s)
        self._stare = Stare("fixed_stare", s.stare_deg, s.stare_s, s.stare_gap_s, s.stare_slack_s)
        self._cos_away = math.cos(math.radians(s.stare_away_deg))
        self._aims: dict[str, Aim] = {}
        self._frame = GazeFrame()
        self._found: list[Found] = []
        self.begin_step()

    def begin_step(self) -> None:
        for aim in self._aims.values():
            aim.begin_step()
        self._stare.begin_step()
        self._first_ns: int | None = None
        self._exposed_s = self._tracked_s = self._shown_s = 0.0
        self._count = 0
        self._fixated_s = 0.0

    def leave_scene(self) -> None:
        self._aims.clear()
        self._track.forget()

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        t_ns, frame = moment.t_ns, self._frame
        if not moment.exposed:
            self._pause(t_ns, out)
            return
        self._exposed_s += moment.dt_s
        head = sound(moment.head)
        track = self._track
        frame.t_ns = t_ns
        frame.head = None
        if head is not None:
            frame.head = (head.x, head.y, head.z)
            frame.facing = head.forward()
        good = frame.good = track.update(t_ns, head, sound(moment.eye))
        if good:
            self._fixate(t_ns)
        elif track.lost(t_ns):
            self._take(self._fixations.end())
        self._look(moment, good, out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        found = self._found
        for name, aim in self._aims.items():
            aim.summary(t_off_ns, found)
            self._name(name, out)
        self._take(self._fixations.end())
        self._stare.end(found)
        self._stare.summary(t_off_ns, self._shown_s, found)
        first_ns = self._first_ns
        if first_ns is not None and self._tracked_s > 0.0:
            quality = self._tracked_s / self._exposed_s if self._exposed_s > 0.0 else 0.0
            share = min(1.0, self._fixated_s / self._tracked_s)
            more = (("tracked_s", round(self._tracked_s, 3)),)
            found.append(Found("fixation_count", first_ns, t_off_ns, float(self._count), quality, more))
            if self._count:
                mean_s = self._fixated_s / self._count
                found.append(Found("fixation_duration", first_ns, t_off_ns, mean_s, quality, more))
            found.append(Found("fixation_share", first_ns, t_off_ns, share, quality, more))
        self._name("", out)

    def _fixate(self, t_ns: int) -> None:
        track, fixations, frame = self._track, self._fixations, self._frame
        if track.dt_s == 0.0:
            self._take(fixations.end())
        if self._first_ns is None:
            self._first_ns = t_ns
        self._tracked_s += track.dt_s
        self._take(fixations.update(t_ns, track.direction))
        frame.origin, frame.direction, frame.speed_deg_s = track.origin, track.direction, track.speed_deg_s

    def _look(self, moment: Moment, good: bool, out: list[tuple[str, Found]]) -> None:
        t_ns, dt_s, aims, found = moment.t_ns, moment.dt_s, self._aims, self._found
        nearest: float | None = None
        told = 0
        shown = False
        for seen in moment.seen:
            aim = aims.get(seen.id)
            if aim is None:
                if not seen.visible:
                    continue
                aim = aims[seen.id] = Aim(self._s)
            told += 1
            if seen.visible:
                shown = True
                aim.update(self._frame, dt_s, seen.point, found)
                if aim.cosine is not None and (nearest is None or aim.cosine > nearest):
                    nearest = aim.cosine
            else:
                aim.hidden(t_ns, found)
            if found:
                self._name(seen.id, out)
        if told != len(aims):
            here = {seen.id for seen in moment.seen}
            for name, aim in aims.items():
                if name not in here:
                    aim.hidden(t_ns, found)
                    self._name(name, out)
        if shown:
            self._shown_s += dt_s
        if good and nearest is not None:
            self._stare.update(t_ns, self._track.dt_s, self._track.direction, nearest < self._cos_away, found)
        elif not shown:
            self._stare.end(found)
        if found:
            self._name("", out)

    def _pause(self, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """No stimulus is shown: what is under way ends, and no time counts."""
        found = self._found
        if self._track.t_ns is not None:
            self._track.forget()
            self._take(self._fixations.end())
            self._stare.end(found)
            self._name("", out)
        for name, aim in self._aims.items():
            aim.hidden(t_ns, found)
            self._name(name, out)

    def _take(self, fixation: Fixation | None) -> None:
        if fixation is not None:
            self._count += 1
            self._fixated_s += (fixation.t_off_ns - fixation.t_on_ns) / 1e9

    def _name(self, stimulus: str, out: list[tuple[str, Found]]) -> None:
        if self._found:
            out.extend((stimulus, found) for found in self._found)
            self._found.clear()
