"""The loop's side of the record: gives every event and chunk its number, and keeps what waits for a commit.

The loop thread alone numbers entries, so that the order of the record is the order in which things happened and a
replay numbers them alike. Writing them is the record's writer's business, in its own thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from struct import Struct
from typing import NamedTuple, Protocol

import numpy as np

from vr_runtime.display.port import Frame, Sensed
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.codec import encode_event_body
from vr_runtime.protocol.events import CommandDecided, CommandReceived, EventBody
from vr_runtime.protocol.pose import Beat, ChannelSample, Hands, Pose, StimulusReading
from vr_runtime.protocol.streams import LEFT, RIGHT, FrameFlag
from vr_runtime.protocol.words import Refusal
from vr_runtime.record import Entry, Health, SampleBuffer

NAN = float("nan")


class Sink(Protocol):
    """Where entries go: the record's writer, or a comparison in replay."""

    def append(self, entry: Entry) -> None: ...

    def append_samples(self, seq: int, t_ns: int, stream: str, array: np.ndarray) -> None: ...

    def health(self) -> Health: ...

    def barrier(self, timeout_s: float) -> bool: ...


class RecordView(NamedTuple):
    """What the loop knows of its record at the begin of a frame; recorded with the frame, so that replay knows it."""

    committed_seq: int
    age_ms: int
    ok: bool
    guard: bool
    """The flash guard tripped on a frame that was rendered before this one."""
    failed: str | None = None
    """What keeps the record from being written, for people; not part of what is replayed."""


class Journal:
    """Numbers and hands over what happened. Not thread-safe: the loop's alone."""

    def __init__(self, sink: Sink, last_seq: int = 0) -> None:
        self._sink = sink
        self._buffer = SampleBuffer()
        self._seq = last_seq
        self._waiting: dict[str, int] = {}
        self._decided: set[str] = set()
        self._unanswered: deque[tuple[int, Answer]] = deque()

    @property
    def last_seq(self) -> int:
        return self._seq

    @property
    def waits(self) -> bool:
        """Whether a command, or the answer to one, waits for a commit."""
        return bool(self._waiting or self._unanswered)

    def append(self, body: EventBody, frame: Frame, cause: str | None = None) -> int:
        """Number an event and hand it to the writer; returns its number."""
        self._seq += 1
        kind: str = getattr(body, "kind")  # noqa: B009  (every body has one; the base cannot declare it)
        self._sink.append(Entry(self._seq, frame.now_ns, kind, encode_event_body(body, frame.index, cause)))
        if isinstance(body, CommandReceived):
            self._waiting[body.command.id] = self._seq
        elif isinstance(body, CommandDecided) and body.command_id in self._waiting:
            self._decided.add(body.command_id)
        return self._seq

    def committed(self, committed_seq: int) -> frozenset[str]:
        """Ids of commands that the record holds and that wait for it: those undecided, and once those that were
        decided before their commit (a step down takes effect at once, what it makes harder only now)."""
        if not self._waiting:
            return frozenset()
        done = frozenset(name for name, seq in self._waiting.items() if seq <= committed_seq)
        for name in done & self._decided:
            self._decided.discard(name)
            del self._waiting[name]
        return done

    def answer_later(self, answer: Answer) -> None:
        """Keep an answer until all that has been appended so far is committed. That the record cannot be written is
        said at once: nothing is promised by it, and the commit may never come."""
        if answer.reason is Refusal.RECORD_FAILING:
            self._unanswered.appendleft((0, answer))
        else:
            self._unanswered.append((self._seq, answer))

    def due_answers(self, committed_seq: int) -> Iterator[Answer]:
        while self._unanswered and self._unanswered[0][0] <= committed_seq:
            yield self._unanswered.popleft()[1]

    def sample(
        self,
        frame: Frame,
        sensed: Sensed,
        readings: tuple[StimulusReading, ...],
        beats: tuple[Beat, ...],
        channels: tuple[ChannelSample, ...] = (),
    ) -> None:
        """Head, hands, eye, stimuli, beats and what other channels of the body told in a frame."""
        add, t_ns, index = self._buffer.add, frame.display_ns, frame.index
        add("head", (t_ns, index, *sensed.head, sensed.tracking))
        if sensed.hands.left is not None:
            add("hands", (t_ns, index, LEFT, *sensed.hands.left, True))
        if sensed.hands.right is not None:
            add("hands", (t_ns, index, RIGHT, *sensed.hands.right, True))
        if sensed.eye is not None:
            add("eye", (t_ns, index, *sensed.eye, True))
        if sensed.openness is not None:
            add("eyelid", (t_ns, index, sensed.openness))
        for reading in readings:
            add(
                "stimulus",
                (t_ns, index, reading.index, reading.distance_m, *reading.point, reading.visible),
            )
        for beat in beats:
            rr_ms = NAN if beat.rr_ms is None else beat.rr_ms
            bpm = NAN if beat.bpm is None else beat.bpm
            error_ms = NAN if beat.error_ms is None else beat.error_ms
            add("heart", (beat.t_ns, index, beat.arrival_ns, rr_ms, bpm, beat.flag))
            add("heart_time", (beat.t_ns, index, beat.sensor_ns, error_ms))
        for sample in channels:
            add(sample.channel, (sample.t_ns, index, sample.arrival_ns, *sample[3:]))

    def sample_frame(
        self, frame: Frame, view: RecordView, flags: int, link_age_ms: int, shell: float, state: int
    ) -> None:
        """The frame's own row: the loop's inputs that are not events, and the hash of the state after it."""
        self._buffer.add(
            "frame",
            (
                frame.now_ns,
                frame.index,
                frame.display_ns,
                flags,
                link_age_ms,
                view.committed_seq,
                view.age_ms,
                shell,
                state,
            ),
        )

    def cut(self, now_ns: int, everything: bool = False) -> None:
        """Hand over the samples of each full chunk (all that is there, when ``everything``)."""
        chunks = self._buffer.flush() if everything else self._buffer.cut(now_ns)
        for stream, array in chunks:
            self._seq += 1
            self._sink.append_samples(self._seq, now_ns, stream, array)

    def barrier(self, timeout_s: float) -> bool:
        """Wait until everything is committed (virtual time only, and at the end)."""
        return self._sink.barrier(timeout_s)


_pose = Struct("<7f")


def as_recorded(sensed: Sensed) -> Sensed:
    """The same, rounded to the precision that the record keeps, so that replay sees what the session saw."""
    head, hands, eye = sensed.head, sensed.hands, sensed.eye
    return sensed._replace(
        head=_rounded(head),
        hands=Hands(
            None if hands.left is None else _rounded(hands.left),
            None if hands.right is None else _rounded(hands.right),
        ),
        eye=None if eye is None else _rounded(eye),
        openness=None if sensed.openness is None else float(np.float32(sensed.openness)),
    )


def beat_as_recorded(beat: Beat) -> Beat:
    """A beat with its interval and rate rounded to the precision that the record keeps."""
    return beat._replace(
        rr_ms=None if beat.rr_ms is None else float(np.float32(beat.rr_ms)),
        bpm=None if beat.bpm is None else float(np.float32(beat.bpm)),
    )


def _rounded(pose: Pose) -> Pose:
    return Pose(*_pose.unpack(_pose.pack(*pose)))


def frame_flags(frame: Frame, sensed: Sensed, record_ok: bool, stimulus_shown: bool, guard: bool) -> int:
    """The frame row's flags. Tracking, headset and display are what this frame sensed; the next one acts on them."""
    return (
        (FrameFlag.LATE if frame.late else 0)
        | (FrameFlag.TRACKING if sensed.tracking else 0)
        | (FrameFlag.HEADSET_ON if sensed.headset_on else 0)
        | (FrameFlag.DISPLAY_OK if sensed.display_ok else 0)
        | (FrameFlag.RECORD_OK if record_ok else 0)
        | (FrameFlag.STIMULUS_SHOWN if stimulus_shown else 0)
        | (FrameFlag.FLASH_GUARD if guard else 0)
    )


def state_hash(*states: Mapping[str, int | float | str]) -> int:
    """64 bits over the logical state: enums, integers, numbers rounded to 1e-6, in the order of the mappings."""
    parts: list[str] = []
    for state in states:
        for name, value in state.items():
            shown = f"{round(value, 6) + 0.0!r}" if isinstance(value, float) else str(value)
            parts.append(f"{name}={shown}")
    return int.from_bytes(blake2b("|".join(parts).encode(), digest_size=8).digest(), "little")
