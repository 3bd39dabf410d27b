"""A slow, a full and a read-only disk under a real session: the patient notices nothing, the therapist is told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.helpers.bad_disk_session import RATE_HZ, BadDiskSession
from tests.helpers.disk import build_shim
from tests.helpers.session import KEY
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.commands import GoToStep, SetParameter
from vr_runtime.protocol.events import CommandReceived, CommandShown, Event, StopPressed
from vr_runtime.protocol.streams import FrameFlag
from vr_runtime.protocol.words import Refusal
from vr_runtime.record import Reader, RecordState, verify
from vr_runtime.replay import replay

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="the pretended disk is made for Linux"),
]

SYNC_MS = 200
BAD = ("full", "read_only", "failing")


class Span(NamedTuple):
    """Frames during which the disk was in one state."""

    disk: str
    first: int
    last: int


class Seen(NamedTuple):
    """What the console saw of a disk that takes nothing."""

    alarm: str
    failed: str
    refused: tuple[str, str, str]
    """Word, reason and sentence of the answer to a raise."""
    after: str
    """The alarm once there was room again."""


class Took(NamedTuple):
    """From a receipt to the frame that showed what it asked for."""

    frames: int
    """Beyond the first frame that began after the receipt."""
    ms: float


class Course:
    """One session through every kind of disk, and what it left."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, *, rounds: int, frames: int) -> None:
        self.spans: list[Span] = []
        self.seen: dict[str, Seen] = {}
        session = BadDiskSession(folder, build_shim(folder), lambda home: patch.setenv("PALIER_HOME", home))
        try:
            session.begin()
            for _ in range(rounds):
                self._span(session, "well", frames)
                session.disk.slow(SYNC_MS)
                # the therapist is told that the disk is slow, and nothing is blocked by it (see the raises below)
                session.wait(lambda now: any(alarm.key == "record_slow" for alarm in now.alarms))
                self._span(session, "slow", frames)
                session.disk.well()
                for kind in BAD:
                    self._bad(session, kind, frames)
            session.end()
            self.record, self.copy = session.record, session.copy
        finally:
            session.close()
        with Reader.open(self.record, KEY) as reader:
            self.events = list(reader.events())
            rows = reader.samples("frame")
        self.frames = {int(row["frame"]): row for row in rows}
        self.numbers, self.times = rows["frame"], rows["t_ns"]

    def _span(self, session: BadDiskSession, disk: str, frames: int) -> None:
        first, _ = session.frames(frames)
        session.hold_lower_stop()
        session.back()
        _, last = session.frames(RATE_HZ // 4)  # the telemetry lags behind the loop
        self.spans.append(Span(disk, first, last))

    def _bad(self, session: BadDiskSession, kind: str, frames: int) -> None:
        session.settle()
        getattr(session.disk, kind)()
        session.wait(lambda now: any(alarm.key == "record_failing" for alarm in now.alarms))
        first, _ = session.frames(frames)
        now = session.see()
        raised = session.do(SetParameter(name="wind", value=0.9))
        session.hold_lower_stop()
        last = session.frame()
        session.disk.well()
        assert now.telemetry is not None
        backlog_gone = session.wait(
            lambda now: (
                now.telemetry is not None
                and now.telemetry.record.failed is None
                and now.telemetry.record.age_s < 0.5
                and all(alarm.key != "record_failing" for alarm in now.alarms)
            )
        )
        session.back()
        (alarm,) = (alarm for alarm in now.alarms if alarm.key == "record_failing")
        self.spans.append(Span(kind, first, last))
        self.seen[kind] = Seen(
            alarm.detail,
            now.telemetry.record.failed or "",
            (raised.word, str(raised.reason and raised.reason.value), raised.message),
            ", ".join(alarm.key for alarm in backlog_gone.alarms if alarm.key == "record_failing"),
        )

    def during(self, disk: str) -> list[Any]:
        return [
            self.frames[number]
            for span in self.spans
            if span.disk == disk
            for number in range(span.first, span.last + 1)
        ]

    def late(self, disk: str) -> float:
        """Share of the frames that were late."""
        rows = self.during(disk)
        return sum(bool(row["flags"] & FrameFlag.LATE) for row in rows) / len(rows)

    def intervals_ms(self, disk: str) -> np.ndarray:
        spans = [span for span in self.spans if span.disk == disk]
        times = [[int(self.frames[n]["t_ns"]) for n in range(s.first, s.last + 1)] for s in spans]
        return np.concatenate([np.diff(one) for one in times]) / 1e6

    def took(self, disk: str) -> dict[str, list[Took]]:
        """Each STOP, hold and lowering while the disk was so."""
        taken: dict[str, list[Took]] = {"stop": [], "pause": [], "lower": []}
        received = {e.body.command.id: e.body for e in self.events if isinstance(e.body, CommandReceived)}
        for event in self.events:
            match event.body:
                case StopPressed() as stop if self._within(disk, event):
                    taken["stop"].append(self._took(event.frame, stop.received_ns))
                case CommandShown() as shown if shown.command_id in received and self._within(disk, event):
                    heard = received[shown.command_id]
                    body = heard.command.body
                    kind = "lower" if isinstance(body, SetParameter) and body.value == 0.0 else body.kind
                    if kind in ("pause", "lower"):
                        taken[kind].append(self._took(event.frame, heard.received_ns))
        return taken

    def _within(self, disk: str, event: Event) -> bool:
        return any(span.disk == disk and span.first <= event.frame <= span.last for span in self.spans)

    def _took(self, frame: int, received_ns: int) -> Took:
        first = int(self.numbers[int(np.searchsorted(self.times, received_ns))])
        return Took(frame - first, (int(self.frames[frame]["t_ns"]) - received_ns) / 1e6)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    with pytest.MonkeyPatch.context() as patch:
        yield Course(tmp_path_factory.mktemp("disks"), patch, rounds=1, frames=60)


def check_rate(course: Course, disk: str) -> None:
    """A loop that waited for the disk would be at a few frames a second, each as long as a sync and each late. (The
    limits are far from both that and the rate: other work on the machine costs frames as well.)"""
    intervals = course.intervals_ms(disk)
    assert np.median(intervals) < 5e3 / RATE_HZ
    assert np.mean(intervals > 0.9 * SYNC_MS) < 0.1
    assert course.late(disk) <= 0.5 + course.late("well") / 2


@pytest.mark.parametrize("disk", ["slow", *BAD])
def test_frames_keep_their_rate(course: Course, disk: str) -> None:
    assert len(course.during(disk)) > 60
    check_rate(course, disk)


@pytest.mark.parametrize("disk", ["well", "slow", *BAD])
def test_stop_hold_and_lowering_are_shown_by_the_frame_that_hears_of_them(course: Course, disk: str) -> None:
    """In the first frame that begins after the receipt, or the one that was about to: on no disk later."""
    taken = course.took(disk)
    assert all(taken.values()), taken
    assert all(took.frames <= 1 for kind in taken.values() for took in kind), taken


@pytest.mark.parametrize("disk", BAD)
def test_the_console_is_told_what_is_wrong_and_nothing_may_be_raised(course: Course, disk: str) -> None:
    seen = course.seen[disk]
    assert "cannot be written" in seen.alarm
    assert ("is full: free some space" if disk == "full" else "check the disk") in seen.failed
    word, reason, message = seen.refused
    assert (word, reason) == ("refused", Refusal.RECORD_FAILING.value)
    assert message
    assert not seen.after


def test_many_frames_go_by_while_a_slow_disk_syncs_once(course: Course) -> None:
    committed = [int(row["committed_seq"]) for row in course.during("slow")]
    commits = len(set(committed)) - 1
    assert commits >= 3
    assert len(committed) / commits >= 5


def test_a_slow_disk_delays_what_raises_until_its_commit_and_nothing_else(course: Course) -> None:
    received = {
        e.body.command.id: (e.seq, e.body) for e in course.events if isinstance(e.body, CommandReceived)
    }
    raised: list[tuple[int, int]] = []
    for event in course.events:
        if isinstance(event.body, CommandShown) and event.body.command_id in received:
            seq, heard = received[event.body.command_id]
            body = heard.command.body
            if isinstance(body, SetParameter | GoToStep) and getattr(body, "value", 1.0) != 0.0:
                raised.append((event.frame, seq))
    assert len(raised) > 4
    for frame, seq in raised:
        assert course.frames[frame]["committed_seq"] >= seq


def test_nothing_is_missing_afterwards(course: Course) -> None:
    verdict = verify(course.record, KEY)
    assert verdict.state is RecordState.INTACT, verdict.message
    assert course.numbers.tolist() == list(range(1, len(course.numbers) + 1))
    again = replay(course.record, KEY, find_scenes())
    assert again.identical, again.difference
    with Reader.open(course.record, KEY) as ours, Reader.open(course.copy, KEY) as theirs:
        mine, copied = list(ours.entries()), list(theirs.entries())
    assert copied == mine[: len(copied)]
    assert len(mine) - len(copied) < 40


def part(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))]


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_many_stops_and_holds_on_each_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course(tmp_path, monkeypatch, rounds=int(os.environ.get("PALIER_ROUNDS", "100")), frames=30)
    for disk in ("well", "slow", *BAD):
        taken = course.took(disk)
        check_rate(course, disk)
        assert all(took.frames <= 1 for kind in taken.values() for took in kind), taken
        intervals = course.intervals_ms(disk)
        words = ", ".join(
            f"{kind} p50 {part([one.ms for one in each], 0.5):.1f}, p99 {part([one.ms for one in each], 0.99):.1f} ms, "
            f"at most {max(one.frames for one in each)} frames later than the first after it (of {len(each)})"
            for kind, each in taken.items()
        )
        print(  # noqa: T201
            f"{disk}: from receipt to the frame that shows it: {words}; frame intervals p50 {part(intervals.tolist(), 0.5):.1f} ms, "
            f"p99 {part(intervals.tolist(), 0.99):.1f} ms, most {max(intervals):.0f} ms; "
            f"{100 * course.late(disk):.1f} % of {len(intervals)} frames late"
        )
