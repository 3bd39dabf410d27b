"""Events and samples as the messages of an MCAP file. Pure: a record's content in, topics, times and JSON out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clinician_console.export.channels import DEBUG, ERROR, INFO, TRACKED_SPACE, WARNING
from clinician_console.export.content import content_of, kind_of, strict_json
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.streams import LEFT, BeatFlag, ChannelFlag, FrameFlag
from vr_runtime.protocol.words import DemandKind, Place

Samples = NDArray[Any]

_TIME = '{"timestamp":{"sec":%d,"nsec":%d},'
_POSE = (
    _TIME + f'"frame_id":"{TRACKED_SPACE}",'
    '"pose":{"position":{"x":%.9g,"y":%.9g,"z":%.9g},'
    '"orientation":{"x":%.9g,"y":%.9g,"z":%.9g,"w":%.9g}},"frame":%d}'
)
"""Nine digits give a 32-bit float back exactly."""

_FRAME = (
    '{"frame":%d,"display_ns":%d,"flags":%d,"late":%s,"tracking":%s,"headset_on":%s,"display_ok":%s,'
    '"record_ok":%s,"stimulus_shown":%s,"flash_guard":%s,"link_age_ms":%d,"committed_seq":%d,'
    '"record_age_ms":%d,"state":"%016x"%s}'
)
_FLAGS = (
    FrameFlag.LATE, FrameFlag.TRACKING, FrameFlag.HEADSET_ON, FrameFlag.DISPLAY_OK, FrameFlag.RECORD_OK,
    FrameFlag.STIMULUS_SHOWN, FrameFlag.FLASH_GUARD,
)  # fmt: skip
_POSE_COLUMNS = ("x", "y", "z", "qx", "qy", "qz", "qw")
_LATEST = 2**64 - 1


class Message(NamedTuple):
    """``time_ns`` is wall time since 1970, what MCAP calls the log time."""

    time_ns: int
    topic: str
    sequence: int
    data: bytes


class Wall:
    """The runtime's clock as wall time: the record's own wall time of zero plus the nanoseconds since then.

    Never corrected afterwards, so that intervals stay exact; the record's pairs of both clocks (``wall_clock`` in
    /events) tell how far the wall clock has drifted.
    """

    def __init__(self, zero_ns: int) -> None:
        self.zero_ns = zero_ns

    def __call__(self, t_ns: int) -> int:
        return min(max(self.zero_ns + t_ns, 0), _LATEST)

    def text(self, t_ns: int) -> tuple[int, int]:
        return divmod(self(t_ns), 1_000_000_000)


# ------------------------------------------------------------------ samples


def sample_messages(stream: str, samples: Samples, wall: Wall) -> Iterator[tuple[int, str, str]]:
    """Of each row its time, its topic and its JSON."""
    match stream:
        case "head" | "eye":
            yield from _poses(samples, [f"/{stream}"] * len(samples), wall)
        case "hands":
            names = ["/hands/left" if hand == LEFT else "/hands/right" for hand in samples["hand"].tolist()]
            yield from _poses(samples, names, wall)
        case "frame":
            yield from _frames(samples, wall)
        case "stimulus":
            yield from _stimuli(samples, wall)
        case "heart":
            yield from _beats(samples, wall)
        case "heart_time":
            for t_ns, frame, sensor_ns, error in _columns(samples, "t_ns", "frame", "sensor_ns", "error_ms"):
                shown = _known((("error_ms", error),))
                yield wall(t_ns), "/heart_time", f'{{"frame":{frame},"sensor_ns":{sensor_ns}{shown}}}'
        case "eyelid":
            for t_ns, frame, openness in _columns(samples, "t_ns", "frame", "openness"):
                yield wall(t_ns), "/eyelid", f'{{"frame":{frame}{_known((("openness", openness),))}}}'
        case "ecg" | "eda" | "respiration":
            yield from _channel(stream, samples, wall)
        case _:
            raise KeyError(stream)


def _columns(samples: Samples, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(samples[name].tolist() for name in names), strict=True)


def _poses(samples: Samples, topics: list[str], wall: Wall) -> Iterator[tuple[int, str, str]]:
    """A pose that was not tracked is told on a channel of its own, without a position: none is made up."""
    known = samples["valid"] != 0
    for name in _POSE_COLUMNS:
        known &= np.isfinite(samples[name])
    rows = _columns(samples, "t_ns", *_POSE_COLUMNS, "frame")
    for topic, tracked, (t_ns, *pose) in zip(topics, known.tolist(), rows, strict=True):
        if tracked:
            yield wall(t_ns), topic, _POSE % (*wall.text(t_ns), *pose)
        else:
            yield wall(t_ns), f"{topic}/untracked", f'{{"frame":{pose[-1]}}}'


def _frames(samples: Samples, wall: Wall) -> Iterator[tuple[int, str, str]]:
    names = (
        "t_ns", "frame", "display_ns", "flags", "link_age_ms", "committed_seq", "record_age_ms", "shell", "state",
    )  # fmt: skip
    for t_ns, frame, display_ns, flags, age, committed, record_age, shell, state in _columns(samples, *names):
        bits = ["true" if flags & bit else "false" for bit in _FLAGS]
        yield (
            wall(t_ns),
            "/frame",
            _FRAME
            % (
                frame,
                display_ns,
                flags,
                *bits,
                age,
                committed,
                record_age,
                state,
                _known((("shell", shell),)),
            ),
        )


def _stimuli(samples: Samples, wall: Wall) -> Iterator[tuple[int, str, str]]:
    names = ("t_ns", "frame", "stimulus", "visible", "distance", "x", "y", "z")
    for t_ns, frame, stimulus, visible, *figures in _columns(samples, *names):
        shown = _known(zip(names[4:], figures, strict=True))
        text = f'{{"frame":{frame},"stimulus":{stimulus},"visible":{"true" if visible else "false"}{shown}}}'
        yield wall(t_ns), "/stimulus", text


def _beats(samples: Samples, wall: Wall) -> Iterator[tuple[int, str, str]]:
    for t_ns, frame, arrival_ns, rr_ms, bpm, flag in _columns(
        samples, "t_ns", "frame", "arrival_ns", "rr_ms", "bpm", "flag"
    ):
        name = BeatFlag.NAMES[flag] if flag < len(BeatFlag.NAMES) else str(flag)
        shown = _known((("rr_ms", rr_ms), ("bpm", bpm)))
        yield wall(t_ns), "/heart", f'{{"frame":{frame},"arrival_ns":{arrival_ns},"flag":"{name}"{shown}}}'


def _channel(stream: str, samples: Samples, wall: Wall) -> Iterator[tuple[int, str, str]]:
    for t_ns, frame, arrival_ns, sensor_ns, value, flag in _columns(
        samples, "t_ns", "frame", "arrival_ns", "sensor_ns", "value", "flag"
    ):
        name = ChannelFlag.NAMES[flag] if flag < len(ChannelFlag.NAMES) else str(flag)
        told = f'"frame":{frame},"arrival_ns":{arrival_ns},"sensor_ns":{sensor_ns},"flag":"{name}"'
        yield wall(t_ns), f"/{stream}", f"{{{told}{_known((('value', value),))}}}"


def _known(figures: Any) -> str:
    """Fields that have a value, each with a comma before it."""
    return "".join(f',"{name}":{value:.9g}' for name, value in figures if math.isfinite(value))


# ------------------------------------------------------------------ events


class EventMessages:
    """The messages of each event; keeps what the intensity follows from (the plan, the step, the place)."""

    def __init__(self, wall: Wall, *, with_notes: bool) -> None:
        self._wall = wall
        self._with_notes = with_notes
        self._steps = 0
        self._step = 0
        self._place = Place.BASELINE_ROOM
        self._intensity: float | None = None

    def of(self, event: ev.Event) -> Iterator[tuple[str, str]]:
        """Topics and JSON. The time of all of them is the event's."""
        kind, content = kind_of(event), content_of(event, with_notes=self._with_notes)
        sec, nsec = self._wall.text(event.t_ns)
        stamp = {"timestamp": {"sec": sec, "nsec": nsec}}
        cause = {} if event.cause is None else {"cause": event.cause}
        yield "/events", strict_json(
            {**stamp, "seq": event.seq, "t_ns": event.t_ns, "frame": event.frame, "kind": kind, **cause, "body": content}
        )  # fmt: skip
        line = {
            "level": level_of(event.body), "message": in_one_line(kind, content), "name": kind, "file": "",
            "line": event.seq,
        }  # fmt: skip
        yield "/log", strict_json({**stamp, **line})
        yield from self._plotted(event.body)

    def _plotted(self, body: ev.EventBody) -> Iterator[tuple[str, str]]:
        match body:
            case ev.Opened():
                self._steps = len(body.plan.steps)
                yield from self._level()
            case ev.PhaseChanged():
                self._place = body.place
                yield (
                    "/phase",
                    strict_json(
                        {"phase": body.phase.value, "place": body.place.value, "because": body.because}
                    ),
                )
                yield from self._level()
            case ev.StepEntered():
                self._step = body.step
                yield from self._level()
            case ev.RatingGiven():
                yield (
                    f"/ratings/{body.what.value}",
                    strict_json(body.model_dump(mode="json", exclude={"kind"}, exclude_none=True)),
                )
            case ev.ParameterMoved():
                yield (
                    "/parameters",
                    strict_json(
                        {
                            "name": body.name,
                            "unit": body.unit,
                            **_target(body.target),
                            "because": body.because,
                        }
                    ),
                )
            case ev.Marker():
                yield "/markers", strict_json(body.model_dump(mode="json", exclude={"kind"}))
            case _:
                pass

    def _level(self) -> Iterator[tuple[str, str]]:
        share = min(1.0, self._step / self._steps) if self._steps and self._place == Place.SCENE else 0.0
        if share != self._intensity:
            self._intensity = share
            yield "/intensity", strict_json({"step": self._step, "intensity": share})


def _target(value: Value) -> dict[str, Any]:
    return {"target_text": value} if isinstance(value, str) else {"target": value}


def level_of(body: ev.EventBody) -> int:
    """How much an event wants to be seen among the others, as a level of ``foxglove.Log``."""
    match body:
        case ev.StopPressed() | ev.Anchored(agrees=False) | ev.HeartSourceChanged(state="failed"):
            return ERROR
        case ev.DemandMade(active=True):
            return ERROR if body.demand in (DemandKind.STOP, DemandKind.SAFE_PLACE) else WARNING
        case (
            ev.CommandTurnedAway()
            | ev.CommandDecided(accepted=False)
            | ev.RatingMissed()
            | ev.HeartSourceChanged(state="contact_lost" | "reconnecting" | "garbled")
            | ev.ConsoleSeen(what="lost" | "lease_lapsed")
        ):
            return WARNING
        case ev.WallClock() | ev.Anchored():
            return DEBUG
        case _:
            return INFO


_MOST_CHARACTERS = 400


def in_one_line(kind: str, content: dict[str, Any]) -> str:
    """Kind and single values of an event; lists (a plan, the scenes) are told by their length."""
    line = f"{kind}: " + ", ".join(_words(content, ""))
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 2] + " …"


def _words(content: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, value in content.items():
        match value:
            case None | "":
                pass
            case dict():
                yield from _words(value, f"{prefix}{name}.")
            case list():
                yield f"{prefix}{name} ({len(value)})"
            case _:
                yield f"{prefix}{name} {value}"
