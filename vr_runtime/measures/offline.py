"""The observer over a record's samples: the same class, frame by frame, and so the same markers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vr_runtime.measures.observer import Observer
from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.events import Marker, PatientDid
from vr_runtime.protocol.files.manifest import Stimulus
from vr_runtime.protocol.pose import Beat, Hands, Pose, StimulusReading
from vr_runtime.protocol.streams import LEFT, STREAMS, FrameFlag

_NOWHERE = Pose()


class StepFrom(NamedTuple):
    """From this frame on, this step is in force; ``stimuli`` where it brought another scene."""

    frame: int
    step: int
    stimuli: tuple[Stimulus | str, ...] | None = None


class DeedAt(NamedTuple):
    """The frame that told of a deed, and the deed."""

    frame: int
    deed: PatientDid


class LeftAt(NamedTuple):
    """The frame in which the patient got away, and how (a word of ``moment.LEAVING``)."""

    frame: int
    how: str


class RestFrom(NamedTuple):
    """From this frame on, the session is in its baseline, or not."""

    frame: int
    on: bool


class _Rows:
    """Walks a structured array that is sorted by ``frame``."""

    def __init__(self, rows: NDArray[Any]) -> None:
        self._rows = rows
        self._frames: list[int] = rows["frame"].tolist()
        self._at = 0

    def of(self, frame: int) -> list[Any]:
        """The rows of this frame as tuples; frames have to be asked for in rising order."""
        frames, n = self._frames, len(self._frames)
        while self._at < n and frames[self._at] < frame:
            self._at += 1
        start = self._at
        while self._at < n and frames[self._at] == frame:
            self._at += 1
        return self._rows[start : self._at].tolist() if self._at > start else []


def observe_record(
    frames: NDArray[Any],
    head: NDArray[Any],
    hands: NDArray[Any],
    stimulus: NDArray[Any],
    heart: NDArray[Any],
    *,
    stimuli: Sequence[Stimulus | str],
    steps: Sequence[StepFrom] = (),
    deeds: Sequence[DeedAt] = (),
    left: Sequence[LeftAt] = (),
    rests: Sequence[RestFrom] = (),
    eye: NDArray[Any] | None = None,
    eyelid: NDArray[Any] | None = None,
    settings: Settings | None = None,
) -> tuple[Marker, ...]:
    """Markers of a whole record, in order.

    Args:
        frames, head, hands, stimulus, heart: structured arrays with the columns of ``protocol.streams``, each
            sorted by ``frame``. A frame without a valid head sample counts as untracked.
        stimuli: of the first scene's manifest, in its order.
        steps: the record's steps, sorted by frame.
        deeds: the record's deeds, sorted by frame.
        left: when and how the patient got away, sorted by frame.
        rests: when the session was in its baseline, sorted by frame; empty where nothing tells of phases.
        eye, eyelid: as the others; None where the record has none.
    """
    observer = Observer(stimuli, settings)
    markers: list[Marker] = []
    heads, both_hands, readings, beats = _Rows(head), _Rows(hands), _Rows(stimulus), _Rows(heart)
    eyes, eyelids = _maybe("eye", eye), _maybe("eyelid", eyelid)
    away = {each.frame: each.how for each in left}
    coming = list(reversed(steps))
    done = list(reversed(deeds))
    turning = list(reversed(rests))
    resting = True
    step = 0
    t_ns = 0
    for t_ns, frame, flags in zip(
        frames["t_ns"].tolist(), frames["frame"].tolist(), frames["flags"].tolist(), strict=True
    ):
        while coming and coming[-1].frame <= frame:
            entered = coming.pop()
            if entered.stimuli is not None:
                observer.enter_scene(t_ns, entered.stimuli)
            step = entered.step
        while turning and turning[-1].frame <= frame:
            resting = turning.pop().on
        pose, valid = _head(heads.of(frame))
        now: list[PatientDid] = []
        while done and done[-1].frame <= frame:
            now.append(done.pop().deed)
        markers += observer.update(
            t_ns,
            pose,
            _hands(both_hands.of(frame)),
            tuple(
                StimulusReading(int(row[2]), row[3], (row[4], row[5], row[6]), bool(row[7]))
                for row in readings.of(frame)
            ),
            tuple(_beat(row) for row in beats.of(frame)),
            step,
            bool(flags & FrameFlag.STIMULUS_SHOWN),
            valid and bool(flags & FrameFlag.TRACKING),
            now,
            _eye(eyes.of(frame)),
            _openness(eyelids.of(frame)),
            away.get(frame, ""),
            resting,
        )
    markers += observer.finish(t_ns)
    return tuple(markers)


def _maybe(stream: str, rows: NDArray[Any] | None) -> _Rows:
    return _Rows(np.empty(0, list(STREAMS[stream].columns)) if rows is None else rows)


def _eye(rows: list[Any]) -> Pose | None:
    return Pose(*rows[-1][2:9]) if rows and rows[-1][9] else None


def _openness(rows: list[Any]) -> float | None:
    return rows[-1][2] if rows else None


def _head(rows: list[Any]) -> tuple[Pose, bool]:
    if not rows:
        return _NOWHERE, False
    row = rows[-1]
    return Pose(*row[2:9]), bool(row[9])


def _hands(rows: list[Any]) -> Hands:
    left = right = None
    for row in rows:
        if row[10]:
            pose = Pose(*row[3:10])
            left, right = (pose, right) if row[2] == LEFT else (left, pose)
    return Hands(left, right)


def _beat(row: Any) -> Beat:
    t_ns, _frame, arrival_ns, rr_ms, bpm, flag = row
    return Beat(t_ns, arrival_ns, _known(rr_ms), _known(bpm), flag)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
