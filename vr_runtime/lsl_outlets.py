"""What a laboratory may hear while the session runs: heart, markers and head by the Lab Streaming Layer.

Off unless it was asked for: LSL sends in clear to whoever listens on the local network. What people typed, names
and pseudonyms never go out (:func:`told` is a list of what does). docs/laboratories.md says what the streams hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from vr_runtime import __version__
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.course_events import (
    CompulsionSeen,
    Marked,
    TrialClosed,
    TrialOpened,
    WindowClosed,
    WindowOpened,
)
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.runtime import Rooms, Turn
from vr_runtime.sensors.lsl_clock import ClockMap
from vr_runtime.sensors.lsl_library import library

HEART, MARKERS, HEAD = "Palier Heart", "Palier Markers", "Palier Head"
POSE = ("x", "y", "z", "qx", "qy", "qz", "qw")
MAP_NS = 1_000_000_000
"""How often the clocks are compared anew."""

NAN = float("nan")


class LslOutlets:
    """A listener of the loop. Pushing hands a sample to liblsl's own threads and waits for nobody."""

    def __init__(self, now_ns: Callable[[], int], run: str, rate_hz: float) -> None:
        """``run`` tells this run's streams from another's (the epoch); the clock is real.

        Raises:
            SensorError: the library is missing; what to install.
        """
        pylsl = library()
        self._map = ClockMap(now_ns, pylsl.local_clock)
        self._next_map_ns = 0
        self._last_s: dict[str, float] = {}
        self.failed = ""
        """Why nothing goes out any more; the session does not depend on it."""
        make = _Maker(pylsl, run)
        self._outlets: dict[str, Any] = {
            HEART: make(HEART, "RR", 0.0, "float32", (("RR", "ms"),), stamp="beat"),
            MARKERS: make(MARKERS, "Markers", 0.0, "string", (("event", ""),)),
            HEAD: make(
                HEAD,
                "Mocap",
                rate_hz,
                "float32",
                tuple((name, "meters" if len(name) == 1 else "") for name in POSE),
            ),
        }

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        if self.failed:
            return
        try:
            self._send(turn)
        except Exception as problem:  # noqa: BLE001  (a laboratory's network must not end a session)
            self.failed = f"{type(problem).__name__}: {problem}"

    def close(self) -> None:
        """The streams end. May be called twice."""
        self._outlets.clear()
        self.failed = self.failed or "closed"

    def _send(self, turn: Turn) -> None:
        frame, sensed = turn.frame, turn.sensed
        if frame.now_ns >= self._next_map_ns:
            self._next_map_ns = frame.now_ns + MAP_NS
            self._map.measure(2)
        head = list(sensed.head) if sensed.tracking else [NAN] * len(POSE)
        self._push(HEAD, head, frame.display_ns)
        for beat in turn.beats:
            if (rr_ms := interval_of(beat)) is not None:
                self._push(HEART, [rr_ms], beat.t_ns)
        for text, t_ns in told(turn):
            self._push(MARKERS, [text], t_ns)

    def _push(self, stream: str, values: list[Any], t_ns: int) -> None:
        """Stamps of a stream do not go back, though the map of the clocks may, by microseconds."""
        stamp = max(self._map.lsl_s(t_ns), self._last_s.get(stream, 0.0))
        self._last_s[stream] = stamp
        self._outlets[stream].push_sample(values, stamp)


def interval_of(beat: Beat) -> float | None:
    """The interval that goes out with a beat (ms): NaN where it is not to be used; None: the row tells no beat."""
    if beat.flag == BeatFlag.CONTACT_LOST or (beat.rr_ms is None and beat.flag != BeatFlag.GAP):
        return None
    return NAN if beat.rr_ms is None or beat.flag != BeatFlag.OK else beat.rr_ms


def told(turn: Turn) -> Iterator[tuple[str, int]]:
    """What goes out as markers, with its time (ns): when it was shown, where it can be seen, else when it happened.

    Everything that may go out is written here, part by part. Not a word that a person typed is among it: plans'
    names of steps, notes, reasons, what is feared or prevented, pseudonyms.
    """
    now_ns, shown_ns = turn.frame.now_ns, turn.frame.display_ns
    for body in turn.heard.inputs:
        if isinstance(body, ev.StopPressed):
            yield "stop", now_ns
    for body, _ in turn.decision.events:
        text, seen = _event(body)
        if text:
            yield text, shown_ns if seen else now_ns
    for deed in turn.deeds:
        yield f"did/{deed.what}/{deed.thing}", now_ns
    for marker in turn.markers:
        lasted_s = (marker.t_off_ns - marker.t_on_ns) / 1e9
        yield f"marker/{marker.marker}/{marker.value:.6g}/{marker.unit}/{lasted_s:.3f}", now_ns


def _event(body: ev.EventBody) -> tuple[str, bool]:
    """Its text, empty where it does not go out; and whether it can be seen in the frame."""
    match body:
        case ev.PhaseChanged():
            return f"phase/{body.phase.value}/{body.place.value}", True
        case ev.StepEntered():
            return f"step/{body.step}/{body.scene}", True
        case ev.ParameterMoved():
            return f"parameter/{body.name}/{body.target}", True
        case ev.TriggerFired():
            return f"trigger/{body.trigger}", True
        case ev.ShellChanged():
            return f"shell/{'up' if body.up else 'down'}", True
        case ev.RatingPrompted():
            return f"rating_prompted/{body.what.value}", True
        case ev.RatingGiven():
            return f"rating/{body.what.value}/{body.value:.6g}", False
        case ev.RatingMissed():
            return f"rating_missed/{body.what.value}", False
        case Marked():
            return f"seen/{body.what.value}", False
        case WindowOpened():
            return f"prevention/opened/{body.mode.value}", False
        case CompulsionSeen():
            return f"compulsion/{'prevented' if body.prevented else 'done'}", False
        case WindowClosed():
            return f"prevention/closed/{body.outcome.value}", False
        case TrialOpened():
            return "trial/opened", False
        case TrialClosed():
            return "trial/closed", False
        case _:
            return "", False


class _Maker:
    """Makes outlets. Their descriptions say what they hold and nothing of the patient."""

    def __init__(self, pylsl: Any, run: str) -> None:
        self._pylsl = pylsl
        self._run = run

    def __call__(
        self,
        name: str,
        kind: str,
        rate_hz: float,
        form: str,
        channels: tuple[tuple[str, str], ...],
        stamp: str = "",
    ) -> Any:
        source = f"{name.replace(' ', '-').lower()}-{self._run}"
        info = self._pylsl.StreamInfo(name, kind, len(channels), rate_hz, form, source)
        description = info.desc()
        description.append_child_value("manufacturer", "Palier")
        description.append_child_value("version", __version__)
        if stamp:
            description.append_child_value("stamp", stamp)
        listed = description.append_child("channels")
        for label, unit in channels:
            channel = listed.append_child("channel")
            channel.append_child_value("label", label)
            channel.append_child_value("type", kind)
            if unit:
                channel.append_child_value("unit", unit)
        return self._pylsl.StreamOutlet(info)
