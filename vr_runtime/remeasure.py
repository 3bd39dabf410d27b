"""A record's measures computed anew from its samples, beside those that were made live.

The record tells what :func:`~vr_runtime.measures.offline.observe_record` wants: samples, steps, deeds. Which place and
which scene were shown in each frame it does not say in one word: :class:`Places` follows that from the events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from numpy.typing import NDArray

from vr_runtime.measures.leaving import Leaving
from vr_runtime.measures.offline import DeedAt, LeftAt, RestFrom, StepFrom, observe_record
from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.protocol.codec import CHUNK_PREFIX
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.events import (
    Closed,
    Event,
    Marker,
    Opened,
    PatientDid,
    PhaseChanged,
    ShellChanged,
    StepEntered,
    StopPressed,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.protocol.words import Phase, Place
from vr_runtime.record import Reader, decode_chunk

_STREAMS = ("frame", "head", "hands", "stimulus", "heart", "eye", "eyelid")


class Course(NamedTuple):
    """A record read for its measures."""

    opened: Opened
    events: tuple[Event, ...]
    samples: Mapping[str, NDArray[Any]]
    closed: bool
    last: tuple[int, bytes]
    """Number and hash of the last entry."""

    @property
    def recorded(self) -> tuple[Marker, ...]:
        """Its markers; of a record that was never closed those of the frames whose samples it holds."""
        frames = self.samples["frame"]
        last = int(frames["frame"][-1]) if len(frames) else 0
        return tuple(
            event.body
            for event in self.events
            if isinstance(event.body, Marker) and (self.closed or event.frame <= last)
        )

    @property
    def end_ns(self) -> int:
        frames = self.samples["frame"]
        return int(frames["t_ns"][-1]) if len(frames) else 0


def read_course(reader: Reader) -> Course:
    """What the measures need of an open record.

    Raises:
        FileError: INVALID where the record does not begin as one. RecordError: it is damaged.
    """
    events = tuple(reader.events())
    if not events or not isinstance(events[0].body, Opened):
        raise FileError(
            FileReason.INVALID,
            "the record does not begin with an 'opened' event: there is nothing to measure",
        )
    samples = {name: reader.samples(name) for name in _STREAMS}
    closed = isinstance(events[-1].body, Closed)
    if not closed:
        samples["frame"] = _whole(reader, samples["frame"])
    return Course(events[0].body, events, samples, closed, reader.last())


def _whole(reader: Reader, frames: NDArray[Any]) -> NDArray[Any]:
    """Without the frames of the last chunk, where the record ends in a chunk: those of the other streams that belong to
    it, which are written after it, may be lost."""
    kind, chunk = "", b""
    for entry in reader.entries():
        kind = entry.kind
        chunk = entry.body if kind == CHUNK_PREFIX + "frame" else chunk
    if not chunk or not kind.startswith(CHUNK_PREFIX):
        return frames
    return frames[: len(frames) - len(decode_chunk("frame", chunk))]


class Places:
    """Which place and scene are shown, frame by frame, as the session's view decides it.

    A change waits until the shell is opaque. It is made in the frame in which the shell closed, or, where it was slammed
    (a STOP, the flash guard), in the first frame after the time for which it is kept closed.
    """

    def __init__(self, limits: SafetyLimits) -> None:
        self._keep_ns = round(limits.stop_calm_after_s * 1e9)
        self._wanted = Place.BASELINE_ROOM
        self._arriving = ""
        self._opaque = False
        self._open_from_ns = 0
        self.place = Place.BASELINE_ROOM
        self.scene = ""
        """The exposure scene that is shown or was shown last."""

    def frame(self, t_ns: int, flags: int, events: Sequence[Event]) -> bool:
        """One frame with its events; true where another scene is shown from it on."""
        opaque = self._opaque
        for event in events:
            match event.body:
                case PhaseChanged(place=place):
                    self._wanted = place
                case StepEntered(scene=scene):
                    self._arriving = "" if scene == self.scene else scene
                case ShellChanged(up=up, because=because):
                    self._opaque = up
                    opaque = opaque or up
                    if up and because == "stop":
                        self._open_from_ns = t_ns + self._keep_ns
                case _:
                    pass
        if flags & FrameFlag.FLASH_GUARD:
            self._open_from_ns = t_ns + self._keep_ns
        leaving = self.place is not self._wanted or (self._wanted is Place.SCENE and self._arriving != "")
        if not (leaving and opaque and t_ns >= self._open_from_ns):
            return False
        self.place = self._wanted
        if not self._arriving:
            return False
        self.scene, self._arriving = self._arriving, ""
        return True


def remeasure(course: Course) -> tuple[Marker, ...]:
    """All markers of a record, from its samples alone, in order."""
    stimuli = {manifest.id: manifest.stimuli for manifest in course.opened.scenes}
    steps: list[StepFrom] = []
    deeds: list[DeedAt] = []
    left: list[LeftAt] = []
    rests = [RestFrom(0, False)]  # a session begins with its set-up
    places, leaving, step = Places(course.opened.limits), Leaving(), 0
    frames = course.samples["frame"]
    by_frame = {number: list(some) for number, some in groupby(course.events, key=lambda event: event.frame)}
    rows = zip(frames["frame"].tolist(), frames["t_ns"].tolist(), frames["flags"].tolist(), strict=True)
    for frame, t_ns, flags in rows:
        events = by_frame.get(frame, ())
        another = places.frame(t_ns, flags, events)
        entered = [event.body.step for event in events if isinstance(event.body, StepEntered)]
        if another or entered:
            step = entered[-1] if entered else step
            steps.append(StepFrom(frame, step, stimuli.get(places.scene, ()) if another else None))
        phases = [event.body.phase for event in events if isinstance(event.body, PhaseChanged)]
        if phases:
            rests.append(RestFrom(frame, phases[-1] is Phase.BASELINE))
        deeds += [DeedAt(frame, event.body) for event in events if isinstance(event.body, PatientDid)]
        stopped = any(isinstance(event.body, StopPressed) for event in events)
        worn = bool(flags & FrameFlag.HEADSET_ON)
        if word := leaving.word(stopped=stopped, headset_on=worn, place=places.place):
            left.append(LeftAt(frame, word))
    some = course.samples
    return observe_record(
        frames,
        some["head"],
        some["hands"],
        some["stimulus"],
        some["heart"],
        stimuli=(),
        steps=steps,
        deeds=deeds,
        left=left,
        rests=rests,
        eye=some["eye"],
        eyelid=some["eyelid"],
    )


# ------------------------------------------------------------------ recorded and recomputed


class Compared(NamedTuple):
    """One algorithm's markers, as recorded and as computed anew. Versions are those of ``name/version``, '' for none.

    ``state``: ``identical``; ``cut`` (identical as far as the record goes, which was never closed); ``different`` (one
    version, two results: an error); ``other_version``; ``recorded_only``; ``recomputed_only`` (the software that made
    the record did not measure it, or nothing was found).
    """

    name: str
    recorded_version: str
    version: str
    state: str
    recorded: tuple[Marker, ...]
    recomputed: tuple[Marker, ...]


def compare(
    recorded: Sequence[Marker], recomputed: Sequence[Marker], *, closed: bool
) -> tuple[Compared, ...]:
    """Markers grouped by algorithm, in the order of the registry, those that it does not know at the end."""
    known = list(dict.fromkeys(_name(definition.algorithm) for definition in DEFINITIONS.values()))
    found = dict.fromkeys([*known, *(_name(marker.algorithm) for marker in (*recorded, *recomputed))])
    groups = (_compared(name, recorded, recomputed, closed) for name in found)
    return tuple(group for group in groups if group.recorded or group.recomputed)


def _compared(name: str, recorded: Sequence[Marker], recomputed: Sequence[Marker], closed: bool) -> Compared:
    before = tuple(marker for marker in recorded if _name(marker.algorithm) == name)
    now = tuple(marker for marker in recomputed if _name(marker.algorithm) == name)
    versions = [", ".join(dict.fromkeys(_version(m.algorithm) for m in some)) for some in (before, now)]
    if not before or not now:
        state = "recomputed_only" if now else "recorded_only"
    elif versions[0] != versions[1]:
        state = "other_version"
    elif _spelled(before) == _spelled(now):
        state = "identical"
    elif not closed and _spelled(before) == _spelled(now)[: len(before)]:
        state = "cut"
    else:
        state = "different"
    return Compared(name, versions[0], versions[1], state, before, now)


def _spelled(markers: Sequence[Marker]) -> list[str]:
    return [marker.model_dump_json() for marker in markers]


def _name(algorithm: str) -> str:
    return algorithm.partition("/")[0]


def _version(algorithm: str) -> str:
    return algorithm.partition("/")[2]
