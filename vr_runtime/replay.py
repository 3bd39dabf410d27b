"""Replay: a record's inputs fed through session, scene and measures again, every event and state compared.

The same loop on a display that plays a record. On an equal platform fingerprint the events must be equal byte for
byte and every frame's state hash equal; elsewhere numbers may differ by 1e-6, or the first difference is named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from vr_runtime import __version__
from vr_runtime.catalogue import ScenePack, installed_rules, pick
from vr_runtime.display.port import Frame
from vr_runtime.display.recorded import RecordedDisplay
from vr_runtime.ears import RecordedEars
from vr_runtime.fingerprint import fingerprint
from vr_runtime.heart import HeartFeed, RecordedChannels, RecordedHeart
from vr_runtime.journal import Journal, RecordView
from vr_runtime.measures.observer import Observer
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.events import KNOWN_KINDS, Closed, KnownBodyAdapter, Opened
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.streams import CHANNELS, FrameFlag
from vr_runtime.record import Entry, Health, Reader, Sealed
from vr_runtime.runtime import Listener, Rooms, Turn, run
from vr_runtime.session.brief import brief_of
from vr_runtime.session.session import Session
from vr_runtime.stage.panel_words import language_of
from vr_runtime.stage.stage import Stage

TOLERANCE = 1e-6


class ReplayReason(Enum):
    NOT_REPLAYABLE = "not_replayable"
    OTHER_VERSION = "other_version"
    """Made by another version of Palier, whose scenes or rules are no longer these."""


class ReplayError(PalierError):
    """A record that cannot be replayed here; the message says why and what would be needed."""


@dataclass(frozen=True)
class Difference:
    """The first place in which the replay went another way."""

    frame: int
    what: str
    recorded: str
    replayed: str

    def __str__(self) -> str:
        return f"frame {self.frame}, {self.what}:\n  recorded: {self.recorded}\n  replayed: {self.replayed}"


@dataclass(frozen=True)
class Replayed:
    frames: int
    events: int
    same_platform: bool
    beyond: int
    """Recorded events after the last recorded frame (a crash took the samples): they cannot be compared."""
    difference: Difference | None
    made_by: str
    """The version of Palier that made the record."""

    @property
    def identical(self) -> bool:
        return self.difference is None


class RecordedSession:
    """A record opened for re-execution: what is needed to run the loop on it again."""

    def __init__(self, sealed: Sequence[Sealed], reader: Reader, packs: Mapping[str, ScenePack]) -> None:
        self.events = list(reader.events())
        self.entries = [entry for entry in sealed if not entry.kind.startswith("chunk:")]
        if not self.events or not isinstance(self.events[0].body, Opened):
            raise ReplayError(ReplayReason.NOT_REPLAYABLE, "the record does not begin with an 'opened' event")
        self.opened: Opened = self.events[0].body
        streams = ("frame", "head", "hands", "eye", "eyelid", "heart", *CHANNELS)
        self.samples = {name: reader.samples(name) for name in streams}
        self.packs = dict(packs)

    @classmethod
    def read(cls, folder: Path, key: Any, packs: Mapping[str, ScenePack]) -> RecordedSession:
        with Reader.open(folder, key) as reader:
            return cls(list(reader.entries()), reader, packs)

    def manifests(self) -> dict[str, SceneManifest]:
        return {manifest.id: manifest for manifest in self.opened.scenes}

    def rooms(self, sink: Any, graphics: Any = None, listeners: tuple[Listener, ...] = ()) -> Rooms:
        """The loop's collaborators for this record; ``graphics`` as for a live stage, None for logic alone."""
        opened, frames = self.opened, self.samples["frame"]
        manifests = self.manifests()
        scenes = {name: (manifest, pick(self.packs, name).create()) for name, manifest in manifests.items()}
        stage = Stage(scenes, opened.seed, graphics, language_of(opened.language))
        return Rooms(
            display=RecordedDisplay(
                frames,
                self.samples["head"],
                self.samples["hands"],
                self.samples["eye"],
                opened.rate_hz,
                self.samples["eyelid"],
            ),
            ears=RecordedEars(self.events, frames["link_age_ms"].tolist()),
            session=Session(opened.plan, manifests, opened.limits, brief_of(opened, installed_rules())),
            stage=stage,
            observer=Observer(),
            heart=HeartFeed(RecordedHeart(opened.heart, self.samples["heart"])),
            journal=Journal(sink, last_seq=self.events[0].seq),
            record_view=_recorded_view(frames),
            stimuli={name: manifest.stimuli for name, manifest in manifests.items()},
            channels=(RecordedChannels({name: self.samples[name] for name in CHANNELS}),),
            listeners=listeners,
        )


def replay(
    folder: Path,
    key: Any,
    packs: Mapping[str, ScenePack],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Replayed:
    """Replay a record and compare.

    Args:
        folder: the record.
        key: a record key source.
        packs: the scenes that are installed.
        progress: told frames done and frames in all, a few times a second.

    Raises:
        RecordError: the record cannot be opened.
        ReplayError: it holds nothing that could be replayed here; of another version's record that breaks the
            replay, which version made it.
    """
    session = RecordedSession.read(folder, key, packs)
    made_by = session.opened.fingerprint.palier
    same_platform = session.opened.fingerprint == fingerprint()
    frames = session.samples["frame"]
    if len(frames) == 0:
        return Replayed(0, 0, same_platform, len(session.entries), None, made_by)
    comparison = Comparison(session, same_platform)
    states = StateComparison(frames["state"], progress)
    try:
        rooms = session.rooms(comparison, listeners=(states,))
        ending = run(rooms, interrupted=lambda: comparison.difference is not None)
    except Exception as problem:
        if made_by == __version__:
            raise
        raise ReplayError(
            ReplayReason.OTHER_VERSION, f"{another_version(made_by)} ({type(problem).__name__}: {problem})"
        ) from problem
    last = int(frames["frame"][-1])
    difference = comparison.finish(last)
    if states.difference is not None and (difference is None or states.difference.frame < difference.frame):
        difference = states.difference
    if difference is None and ending.frames != last:
        difference = Difference(
            ending.frames, "length", f"{last} frames", f"{ending.frames} ({ending.because})"
        )
    return Replayed(
        ending.frames, comparison.compared, same_platform, comparison.beyond(last), difference, made_by
    )


def another_version(made_by: str) -> str:
    """What to do with a record of another version that does not replay, in words."""
    return f"the record was made by Palier {made_by} and this is {__version__}: replay it with that version"


class Comparison:
    """Stands in for the record's writer: compares each entry that the loop appends with the recorded one."""

    def __init__(self, session: RecordedSession, exact: bool) -> None:
        first = session.events[0].seq
        self._expected = [
            (entry, event.frame)
            for entry, event in zip(session.entries, session.events, strict=True)
            if entry.kind not in ("opened", "closed") and entry.seq > first
        ]
        self._exact = exact
        self._closed = isinstance(session.events[-1].body, Closed)
        frames = session.samples["frame"]
        self._last_frame = int(frames["frame"][-1]) if len(frames) else 0
        self._next = 0
        self.difference: Difference | None = None

    @property
    def compared(self) -> int:
        return self._next

    def append(self, entry: Entry) -> None:
        if self.difference is not None:
            return
        over = self._next >= len(self._expected) or self._expected[self._next][1] > self._last_frame
        if over and not self._closed and entry.kind == "marker":
            return  # what the measures sum up at the end, which a crash took
        if self._next >= len(self._expected):
            self.difference = Difference(_frame_of(entry.body), "an event too many", "nothing", _shown(entry))
            return
        recorded, frame = self._expected[self._next]
        self._next += 1
        if not self._same(recorded, entry):
            self.difference = Difference(frame, f"event {recorded.seq}", _shown(recorded), _shown(entry))

    def append_samples(self, seq: int, t_ns: int, stream: str, array: np.ndarray) -> None:
        pass

    def health(self) -> Health:
        raise AssertionError("a replay has no writer")

    def barrier(self, timeout_s: float) -> bool:
        return True

    def finish(self, last_frame: int) -> Difference | None:
        """The first difference, also where the record holds events that the replay did not produce."""
        if self.difference is None and self._next < len(self._expected):
            recorded, frame = self._expected[self._next]
            if frame <= last_frame:
                self.difference = Difference(frame, f"event {recorded.seq}", _shown(recorded), "nothing")
        return self.difference

    def beyond(self, last_frame: int) -> int:
        return sum(frame > last_frame for _, frame in self._expected[self._next :])

    def _same(self, recorded: Sealed, replayed: Entry) -> bool:
        if (recorded.seq, recorded.kind) != (replayed.seq, replayed.kind):
            return False
        if recorded.body == replayed.body and recorded.t_ns == replayed.t_ns:
            return True
        ours, theirs = json.loads(replayed.body), json.loads(recorded.body)
        if self._exact:
            return recorded.t_ns == replayed.t_ns and _understood(recorded.kind, theirs) == ours
        return close(_understood(recorded.kind, theirs), ours)


class StateComparison:
    """Compares the state's hash of every frame with the recorded one."""

    def __init__(self, states: np.ndarray, progress: Callable[[int, int], None]) -> None:
        self._states = states
        self._progress = progress
        self.difference: Difference | None = None

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        index = turn.frame.index
        recorded = int(self._states[index - 1])
        if recorded != turn.state and self.difference is None:
            state = {**turn.decision.state, **rooms.stage.state()}
            self.difference = Difference(index, "state", f"{recorded:016x}", f"{turn.state:016x} = {state}")
        if index % 500 == 0:
            self._progress(index, len(self._states))


def close(recorded: Any, replayed: Any) -> bool:
    """Equal, with numbers within the tolerance."""
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        return recorded.keys() == replayed.keys() and all(close(recorded[k], replayed[k]) for k in recorded)
    if isinstance(recorded, list) and isinstance(replayed, list):
        return len(recorded) == len(replayed) and all(map(close, recorded, replayed))
    if isinstance(recorded, int | float) and isinstance(replayed, int | float):
        return abs(recorded - replayed) <= TOLERANCE * max(1.0, abs(recorded))
    return recorded == replayed


def _understood(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """A recorded event as this software would write it: fields it does not know are left out."""
    if kind not in KNOWN_KINDS:
        return payload
    body = KnownBodyAdapter.validate_python({**payload["body"], "kind": kind})
    return {**payload, "body": body.model_dump(mode="json")}


def _recorded_view(frames: np.ndarray) -> Callable[[Frame], RecordView]:
    committed, ages, flags = frames["committed_seq"], frames["record_age_ms"], frames["flags"]

    def view(frame: Frame) -> RecordView:
        row = frame.index - 1
        bits = int(flags[row])
        return RecordView(
            int(committed[row]),
            int(ages[row]),
            bool(bits & FrameFlag.RECORD_OK),
            bool(bits & FrameFlag.FLASH_GUARD),
        )

    return view


def _frame_of(body: bytes) -> int:
    return int(json.loads(body)["frame"])


def _shown(entry: Sealed | Entry) -> str:
    return f"{entry.seq} {entry.kind} at {entry.t_ns / 1e9:.3f} s {entry.body.decode(errors='replace')}"
