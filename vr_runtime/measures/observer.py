"""The observer: fed once a frame, it gives back markers. One implementation, live and offline.

What it takes is rounded to the 32-bit floats that the record keeps, so that markers made live and markers
made from the record are the same to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple, overload

from vr_runtime.measures.approach import Approach
from vr_runtime.measures.beats import BeatGate
from vr_runtime.measures.body import body
from vr_runtime.measures.eyelids import Eyelids
from vr_runtime.measures.eyes import Eyes
from vr_runtime.measures.found import Found
from vr_runtime.measures.head_looks import HeadLooks
from vr_runtime.measures.heart_markers import HeartMarkers
from vr_runtime.measures.heart_window import HeartValue, HeartWindow
from vr_runtime.measures.looking import Looking
from vr_runtime.measures.moment import Measure, Moment, Seen
from vr_runtime.measures.poses import fault
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.telling import Telling
from vr_runtime.measures.touching import Touching
from vr_runtime.protocol.events import Marker, PatientDid
from vr_runtime.protocol.files.manifest import Stimulus
from vr_runtime.protocol.pose import Beat, Hands, Pose, StimulusReading

_HEAD = Struct("<7f")
_READING = Struct("<4f")
NEAR_M = 1.0
GOAL_M = 0.0
"""Where a stimulus is given by its id alone."""


class LiveStimulus(NamedTuple):
    """``angle_deg``: between the head's forward direction and the direction to the stimulus, 0 to 180."""

    id: str
    distance_m: float
    angle_deg: float


class LiveMeasures(NamedTuple):
    """For the gauges. None where there is nothing to show; ``beat_age_s`` counts from the last good beat."""

    bpm: float | None
    rmssd_ms: float | None
    heart_quality: float
    beat_age_s: float | None
    stimuli: tuple[LiveStimulus, ...]


class _Watch:
    """One stimulus under observation."""

    def __init__(self, stimulus: Stimulus | str, settings: Settings) -> None:
        if isinstance(stimulus, str):
            self.id, near, goal = stimulus, NEAR_M, GOAL_M
            self.checkable = self.edge = False
        else:
            self.id, near, goal = stimulus.id, stimulus.near_m, stimulus.goal_m
            self.checkable, self.edge = stimulus.checkable, stimulus.edge
        self.approach = Approach(near, goal, settings)
        self.looking = Looking(settings)
        self.watching = False
        self.distance_m = 0.0
        self.cosine = 1.0
        self.begin_step()

    def begin_step(self) -> None:
        self.approach.begin_step()
        self.looking.begin_step()
        self.exposed_s = 0.0
        self.tracked_s = 0.0

    def interrupt(self, out: list[Found]) -> None:
        if self.watching:
            self.watching = False
            self.approach.interrupt(out)
            self.looking.interrupt(out)

    def summary(self, t_off_ns: int, out: list[Found]) -> None:
        quality = self.tracked_s / self.exposed_s if self.exposed_s > 0.0 else 0.0
        self.approach.summary(t_off_ns, quality, out)
        self.looking.summary(t_off_ns, quality, out)


class Observer:
    """Measures of one session.

    Call ``update`` once a frame. A change of ``step`` ends the step before by itself; ``end_of_step`` is for
    a caller who wants its summary at once. ``stimuli`` are the manifest's, in its order: a reading's index
    counts them. All times are ns on the runtime's clock, never falling.

    What is found is told in that order, a few markers a frame (``telling``); ``finish`` leaves nothing behind.
    """

    def __init__(self, stimuli: Sequence[Stimulus | str] = (), settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._gap_ns = round(self._settings.gap_s * 1e9)
        self._watches = [_Watch(stimulus, self._settings) for stimulus in stimuli]
        self._touching = Touching()
        self._heart_markers = HeartMarkers(self._settings)
        self._body = body(self._settings)
        self._measures: tuple[Measure, ...] = (
            self._heart_markers,
            HeadLooks(self._settings),
            Eyes(self._settings),
            Eyelids(self._settings),
            self._body,
        )
        self._gate = BeatGate()
        self._heart = HeartWindow(self._settings)
        self._telling = Telling(self._settings)
        self._rate_every_ns = round(self._settings.heart_rate_window_s * 1e9)
        self._rmssd_every_ns = round(self._settings.rmssd_window_s * 1e9)
        self._sdnn_every_ns = round(self._settings.sdnn_window_s * 1e9)
        self._next_rate_ns: int | None = None
        self._next_rmssd_ns = 0
        self._next_sdnn_ns = 0
        self._step = 0
        self._step_ns: int | None = None
        self._t_ns: int | None = None
        self._out: list[tuple[str, Found]] = []
        self._found: list[Found] = []

    def enter_scene(self, t_ns: int, stimuli: Sequence[Stimulus | str]) -> None:
        """Another scene with other stimuli is shown from the next frame on. Ends the step under way; its markers
        come with the next frames."""
        self._sum_up(t_ns)
        self._watches = [_Watch(stimulus, self._settings) for stimulus in stimuli]
        self._touching.leave_scene()
        for measure in self._measures:
            measure.leave_scene()

    def update(
        self,
        t_ns: int,
        head: Pose,
        hands: Hands,
        readings: tuple[StimulusReading, ...],
        beats: tuple[Beat, ...],
        step: int,
        exposed: bool,
        tracking: bool,
        deeds: Sequence[PatientDid] = (),
        eye: Pose | None = None,
        openness: float | None = None,
        left: str = "",
        resting: bool = True,
    ) -> tuple[Marker, ...]:
        """One frame; the markers that it completes, and those that waited.

        Args:
            t_ns: begin of the frame (the frame stream's ``t_ns``).
            head, hands: poses in the tracked space; a hand that is not tracked is None.
            readings: of the scene shown; one whose index has no stimulus is passed over.
            beats: heard of in this frame.
            step: number of the step in force, 0 before the first.
            exposed: a stimulus is shown (exposure scene, shell down).
            tracking: ``head`` is where the head is now.
            deeds: what the hands did in this frame, as the record holds it.
            eye: origin and direction (+Y) of the gaze, from an eye tracker alone.
            openness: of the eyelids, 0 to 1, where a signal exists.
            left: how the patient got away in this frame, a word of ``moment.LEAVING``.
            resting: the session is in its baseline (the neutral room, after the set-up): the heart's baseline comes
                from there alone. True where nobody tells of phases.
        """
        if step != self._step:
            self._sum_up(t_ns)
            self._step = step
        if self._step_ns is None:
            self._step_ns = t_ns
        last_ns = self._t_ns
        self._t_ns = t_ns
        joined = last_ns is not None and 0 < t_ns - last_ns <= self._gap_ns
        dt_s = (t_ns - last_ns) / 1e9 if joined and last_ns is not None else 0.0
        if beats:
            beats = self._gate.admit(beats, t_ns)
            for beat in beats:
                self._heart.add(beat)
        head, told = _rounded(head), tracking
        tracking = tracking and not fault(head, self._settings.unit_tolerance)
        self._watch(t_ns, dt_s, joined, head, readings, exposed, tracking)
        tracked = hands.left is not None or hands.right is not None
        self._touching.update(t_ns, dt_s, exposed, tracked, deeds, self._out)
        if self._measures:
            moment = Moment(
                t_ns,
                dt_s,
                step,
                exposed,
                head if told else None,
                Hands(_rounded(hands.left), _rounded(hands.right)),
                _rounded(eye),
                openness,
                self._seen(readings),
                beats,
                tuple(deeds),
                left,
                resting,
            )
            for measure in self._measures:
                measure.update(moment, self._out)
        if self._next_rate_ns is None:
            self._next_rate_ns = t_ns + self._rate_every_ns
            self._next_rmssd_ns = t_ns + self._rmssd_every_ns
            self._next_sdnn_ns = t_ns + self._sdnn_every_ns
        elif t_ns >= self._next_rate_ns:
            self._periodic(t_ns)
        if self._out:
            self._telling.take(self._out, step)
        return self._telling.some()

    def live(self) -> LiveMeasures:
        """The state now; for ten times a second, not for every frame."""
        now_ns = self._t_ns or 0
        rate = self._heart.heart_rate(now_ns)
        rmssd = self._heart.rmssd(now_ns)
        last_ns = self._heart.last_ns
        return LiveMeasures(
            bpm=rate.value if rate else None,
            rmssd_ms=rmssd.value if rmssd else None,
            heart_quality=rate.quality if rate else 0.0,
            beat_age_s=None if last_ns is None else max(0.0, (now_ns - last_ns) / 1e9),
            stimuli=tuple(
                LiveStimulus(watch.id, watch.distance_m, math.degrees(math.acos(watch.cosine)))
                for watch in self._watches
                if watch.watching
            ),
        )

    def end_of_step(self, t_ns: int) -> tuple[Marker, ...]:
        """End what is under way and sum the step up, all at once, with what waited; empty where nothing was observed
        since the last end."""
        self._sum_up(t_ns)
        return self._telling.rest()

    def _sum_up(self, t_ns: int) -> None:
        start_ns = self._step_ns
        if start_ns is None:
            return
        found = self._found
        for watch in self._watches:
            watch.interrupt(found)
            watch.summary(t_ns, found)
            watch.begin_step()
            self._take(watch.id)
        self._touching.summary(t_ns, self._out)
        self._touching.begin_step()
        for measure in self._measures:
            measure.summary(t_ns, self._out)
            measure.begin_step()
        for name, value in self._heart.step_values(start_ns, t_ns):
            self._out.append(("", self._heart_found(name, value)))
        self._heart.begin_step()
        if self._gate.count:
            why = tuple((reason.value, float(n)) for reason, n in self._gate.nonsense.items())
            self._out.append(("", Found("heart_nonsense", start_ns, t_ns, float(self._gate.count), 1.0, why)))
            self._gate.begin_step()
        self._step_ns = None
        self._telling.take(self._out, self._step)

    def finish(self, t_ns: int) -> tuple[Marker, ...]:
        """The session's last markers: all that is left."""
        self._sum_up(t_ns)
        self._heart_markers.finish(t_ns, self._out)
        self._body.finish(t_ns, self._out)
        self._telling.take(self._out, self._step)
        return self._telling.rest()

    def _seen(self, readings: tuple[StimulusReading, ...]) -> tuple[Seen, ...]:
        seen: list[Seen] = []
        for reading in readings:
            if 0 <= reading.index < len(self._watches):
                distance, x, y, z = _floats(_READING, reading.distance_m, *reading.point)
                watch = self._watches[reading.index]
                seen.append(Seen(watch.id, distance, (x, y, z), reading.visible, watch.checkable, watch.edge))
        return tuple(seen)

    def _watch(
        self,
        t_ns: int,
        dt_s: float,
        joined: bool,
        head: Pose,
        readings: tuple[StimulusReading, ...],
        exposed: bool,
        tracking: bool,
    ) -> None:
        watches = self._watches
        found = self._found
        if not (exposed and readings) or not joined:
            for watch in watches:
                if watch.watching:
                    watch.interrupt(found)
                    self._take(watch.id)
            if not (exposed and readings):
                return
        x, y, z, qx, qy, qz, qw = head
        # the head's forward direction: its quaternion applied to +Y
        fx = 2.0 * (qx * qy - qw * qz)
        fy = 1.0 - 2.0 * (qx * qx + qz * qz)
        fz = 2.0 * (qy * qz + qw * qx)
        for reading in readings:
            if not 0 <= reading.index < len(watches):
                continue
            watch = watches[reading.index]
            watch.exposed_s += dt_s
            px, py, pz = reading.point
            distance, px, py, pz = _floats(_READING, reading.distance_m, px, py, pz)
            if not tracking or not math.isfinite(distance + px + py + pz):
                if watch.watching:
                    watch.interrupt(found)
                    self._take(watch.id)
                continue
            watch.tracked_s += dt_s
            sx, sy, sz = px - x, py - y, pz - z
            length = math.sqrt(sx * sx + sy * sy + sz * sz)
            cosine = (fx * sx + fy * sy + fz * sz) / length if length > 1e-6 else 1.0
            watch.cosine = min(1.0, max(-1.0, cosine))
            watch.distance_m = distance
            since = dt_s if watch.watching else 0.0
            watch.watching = True
            watch.approach.update(t_ns, since, distance, x, y, found)
            watch.looking.update(t_ns, since, watch.cosine, reading.visible, found)
            if found:
                self._take(watch.id)

    def _periodic(self, t_ns: int) -> None:
        self._told("heart_rate", self._heart.heart_rate(t_ns))
        self._next_rate_ns = t_ns + self._rate_every_ns
        if t_ns >= self._next_rmssd_ns:
            self._told("rmssd", self._heart.rmssd(t_ns))
            self._told("pnn50", self._heart.pnn50(t_ns))
            self._next_rmssd_ns = t_ns + self._rmssd_every_ns
        if t_ns >= self._next_sdnn_ns:
            self._told("sdnn", self._heart.sdnn(t_ns))
            self._next_sdnn_ns = t_ns + self._sdnn_every_ns

    def _told(self, name: str, value: HeartValue | None) -> None:
        if value is not None and value.enough:
            self._out.append(("", self._heart_found(name, value)))

    def _heart_found(self, name: str, value: HeartValue) -> Found:
        more = (
            ("covered_s", round(value.covered_s, 3)),
            ("flagged_share", round(value.flagged_share, 4)),
            ("valid", value.valid),
        )
        if "heart_rate" not in name:
            more += (("ultra_short", 1.0 if value.covered_s < self._settings.short_s else 0.0),)
        return Found(name, value.t_on_ns, value.t_off_ns, value.value, value.quality, more)

    def _take(self, stimulus: str) -> None:
        self._out.extend((stimulus, found) for found in self._found)
        self._found.clear()


def _floats(form: Struct, *values: float) -> tuple[float, ...]:
    """As the record keeps them; what no 32-bit float can hold is no number."""
    try:
        return form.unpack(form.pack(*values))
    except OverflowError:
        return (math.nan,) * len(values)


@overload
def _rounded(pose: Pose) -> Pose: ...
@overload
def _rounded(pose: Pose | None) -> Pose | None: ...
def _rounded(pose: Pose | None) -> Pose | None:
    """As the record keeps it."""
    return None if pose is None else Pose(*_floats(_HEAD, *pose))
