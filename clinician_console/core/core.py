"""The console's core: one object between the link and whatever shows or drives a session.

Threads: the link's thread only hands over what it heard; the ingest thread decodes entries, feeds the copy and the
time line; pages and scripts call from their own threads. One lock guards the state, held for microseconds.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from clinician_console.core.alarms import find_alarms
from clinician_console.core.commandbook import CommandBook, CommandState, detail_of
from clinician_console.core.copyport import CopyPort, OpenCopy
from clinician_console.core.course import CourseBook
from clinician_console.core.liveness import PageLife
from clinician_console.core.port import Entry, LinkPort
from clinician_console.core.sensors import SensorsState, after
from clinician_console.core.snapshot import CopyState, LocalRuntime, Snapshot, StepSummary
from clinician_console.core.stops import StopBook, StopState
from clinician_console.core.timeline import TimeLine
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.answers import Answer, Telemetry
from vr_runtime.protocol.codec import CHUNK_PREFIX, decode_event
from vr_runtime.protocol.commands import AnyCommandBody
from vr_runtime.protocol.errors import PalierError, ProtocolError


class _Run(NamedTuple):
    """Told to the ingest thread: from here on this run of the runtime; ``ready`` once its copy is taken up."""

    epoch: str
    ready: threading.Event


Beats = Iterable[tuple[int, float, float, int]]
DecodeHeart = Callable[[bytes], Beats]
"""The body of a ``chunk:heart`` entry to beats (t_ns, rr_ms, bpm, flag)."""

TTL_MS = 2000


def wall_time() -> str:
    return time.strftime("%H:%M:%S")


class ConsoleCore:
    """Everything that the console knows and does, without a user interface.

    Args:
        link: the link, not yet opened.
        open_copy: gives the copy for a run of the runtime; called on the ingest thread (it may derive keys).
        decode_heart: decodes heart chunks for the time line.
        driven_by_page: False where a script drives and no page has to be alive.
        clock: seconds, monotonic.
        wall: local time of day for people, HH:MM:SS.
    """

    def __init__(
        self,
        link: LinkPort,
        open_copy: OpenCopy,
        decode_heart: DecodeHeart,
        *,
        driven_by_page: bool = True,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], str] = wall_time,
    ) -> None:
        self._link = link
        self._open_copy = open_copy
        self._decode_heart = decode_heart
        self._clock = clock
        self._wall = wall
        self.page_life = PageLife(clock, driven_by_page)
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._inbox: queue.SimpleQueue[_Run | Sequence[Entry] | None] = queue.SimpleQueue()
        self._ingest = threading.Thread(target=self._run, name="console-ingest", daemon=True)
        self._book = CommandBook()
        self._stops = StopBook(link.stop)
        self._line = TimeLine()
        self._course = CourseBook()
        self._sensors = SensorsState()
        self._epoch = ""
        self._telemetry: Telemetry | None = None
        self._telemetry_at = 0.0
        self._preview = (0, b"", 0.0)
        self._copy: CopyPort | None = None
        self._copy_seq = 0
        self._copy_failed = ""
        self._rated: tuple[float, float] | None = None
        self._local: Callable[[], LocalRuntime] = LocalRuntime
        self._opened = False
        self._closed = False

    # -------------------------------------------------------------- life

    def start(self) -> None:
        """Connect and begin to listen."""
        self._opened = True
        self._link.set_page_age_source(self.page_life.age_ms)
        self._ingest.start()
        self._link.open(self)

    def close(self) -> None:
        """Leave the link, finish the copy. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._link.close()  # nothing comes in any more
        self._inbox.put(None)
        if self._opened:
            self._ingest.join(timeout=10.0)
        if self._copy is not None:
            self._copy.close()

    def watch_local_runtime(self, source: Callable[[], LocalRuntime]) -> None:
        """Where snapshots learn of a runtime that this console started."""
        self._local = source

    # -------------------------------------------------------------- the therapist's side

    def send(self, body: AnyCommandBody, ttl_ms: int = TTL_MS, cause: str | None = None) -> str:
        """Send a command; its id. ``cause``: the proposal that it follows. STOP has its own way: :meth:`stop`."""
        if body.kind == "stop":
            return self.stop()
        identity = self._link.send(body, ttl_ms, cause)
        with self._changed:
            self._book.sent(identity, body.kind, detail_of(body), self._clock(), ttl_ms / 1000)
            self._changed.notify_all()
        return identity

    def stop(self, press: str = "") -> str:
        """STOP. ``press`` names the key press: the same press told twice is one STOP. From any thread."""
        press = press[:64] or uuid.uuid4().hex
        now = self._clock()
        identity, fresh = self._stops.press(press)
        if not fresh:
            return identity
        with self._changed:
            after_ns = 0
            if self._telemetry is not None:
                after_ns = self._telemetry.t_ns + int((now - self._telemetry_at) * 1e9)
            self._stops.note(StopState(identity, press, now, self._wall(), after_ns))
            self._changed.notify_all()
        return identity

    def pressed(self, press: str) -> str | None:
        """The id of the STOP that a key press has made, if it has."""
        return self._stops.pressed(press[:64])

    def stop_state(self, identity: str) -> StopState | None:
        with self._lock:
            return self._stops.get(identity)

    def wait_stop(self, identity: str, timeout_s: float) -> StopState | None:
        """The stop's state, when it is confirmed or the time is over."""
        with self._changed:
            self._changed.wait_for(
                lambda: (state := self._stops.get(identity)) is None or state.confirmed_at is not None,
                timeout_s,
            )
            return self._stops.get(identity)

    def command(self, identity: str) -> CommandState | None:
        with self._lock:
            return self._book.get(identity, self._clock())

    def wait_command(self, identity: str, timeout_s: float) -> CommandState | None:
        """The command's state, when it is answered or the time is over."""

        def settled() -> bool:
            state = self._book.get(identity, self._clock())
            return state is not None and state.word in ("accepted", "refused")

        with self._changed:
            self._changed.wait_for(settled, timeout_s)
            return self._book.get(identity, self._clock())

    def wait_for(self, holds: Callable[[Snapshot], bool], timeout_s: float) -> bool:
        """Wait until something holds of the state; False when the time is over."""
        end = time.monotonic() + timeout_s
        while not holds(self.snapshot()):
            left = end - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                self._changed.wait(min(left, 0.05))
        return True

    # -------------------------------------------------------------- reading

    def snapshot(self) -> Snapshot:
        link = self._link.state()  # before the lock: the link's thread may wait for it in its turn
        local = self._local()
        with self._lock:
            now = self._clock()
            line = self._line
            telemetry = self._telemetry
            age = now - self._telemetry_at if telemetry else None
            preview_age = now - self._preview[2] if self._preview[1] else None
            copy = CopyState(
                self._copy.path if self._copy else "",
                self._copy_seq,
                max(0, link.last_seq - self._copy_seq),
                self._copy_failed or (self._copy.failed() if self._copy else ""),
            )
            return Snapshot(
                now=now,
                link=link,
                plan=line.opened.plan if line.opened else None,
                scenes=line.opened.scenes if line.opened else (),
                telemetry=telemetry,
                telemetry_age_s=age,
                clock_s=telemetry.t_ns / 1e9 + (age or 0.0) if telemetry else None,
                preview_number=self._preview[0],
                preview_age_s=preview_age,
                copy=copy,
                commands=self._book.latest(8, now),
                stop=self._stops.latest(),
                alarms=find_alarms(
                    link,
                    telemetry,
                    age,
                    copy,
                    preview_age,
                    line.closed is not None,
                    line.opened.limits if line.opened else None,
                    line.phase_since_s,
                    line.held_by,
                    line.opened is not None and local.died_in(line.opened.epoch),
                ),
                step_since_s=line.step_since_s,
                phase_since_s=line.phase_since_s,
                held_by=line.held_by,
                last_rating=self._rated[0] if self._rated else None,
                last_rating_age_s=now - self._rated[1] if self._rated else None,
                summaries={
                    step: StepSummary(values[0], max(values), values[-1], len(values))
                    for step, values in line.step_ratings.items()
                },
                ceiling=line.ceiling,
                practice=line.opened is not None and line.opened.patient == "virtual",
                epoch=line.opened.epoch if line.opened else "",
                pseudonym=line.opened.pseudonym if line.opened else "",
                ended=line.closed is not None,
                timeline_number=line.next_number,
                local=local,
                course=self._course.state(round(self._now_s() * 1e9)),
                sensors=self._sensors,
            )

    def preview(self) -> tuple[int, bytes]:
        """Number of the newest picture (rising; 0: none yet) and its JPEG."""
        with self._lock:
            return self._preview[0], self._preview[1]

    def timeline_since(self, number: int, heart_from: int, generation: int) -> dict[str, Any]:
        """What is new of the time line, as plain values: points from ``number`` on, heart buckets from
        ``heart_from`` on (the last one is always given again, it may still grow). With another ``generation``
        (the run, or the buckets, have changed) everything is given anew."""
        with self._lock:
            line = self._line
            mine = (id(line) % 1_000_000) * 1000 + line.heart.generation
            if generation != mine:
                number, heart_from = 0, 0
            points = [
                {"n": p.n, "t": round(p.t_s, 3), "kind": p.kind, "label": p.label, "value": p.value, **p.data}
                for p in line.points
                if p.n >= number
            ]
            return {
                "generation": mine,
                "anew": generation != mine,
                "points": points,
                "next": line.next_number,
                "heart": [[round(t, 2), round(v, 1)] for t, v in line.heart.points(heart_from)],
                "heart_from": heart_from,
                "now": round(self._now_s(), 2),
                "steps": len(line.opened.plan.steps) if line.opened else 0,
            }

    def _now_s(self) -> float:
        if self._telemetry is None:
            return self._line.last_s
        if self._line.closed is not None:
            return self._line.last_s
        return self._telemetry.t_ns / 1e9 + min(1.0, self._clock() - self._telemetry_at)

    # -------------------------------------------------------------- the link's side (its thread)

    def prepare(self, epoch: str) -> int:
        run = _Run(epoch, threading.Event())
        self._inbox.put(run)
        while not run.ready.wait(0.1):
            if self._closed:
                return 0
        with self._lock:
            return self._copy.last_seq if self._copy else 0

    def on_entries(self, entries: Sequence[Entry]) -> None:
        self._inbox.put(entries)

    def on_answer(self, answer: Answer) -> None:
        with self._changed:
            self._book.answered(answer, self._clock())
            self._changed.notify_all()

    def on_unknown(self, identity: str, sent: bool, message: str) -> None:
        with self._changed:
            self._book.unknown(identity, message)
            self._changed.notify_all()

    def on_telemetry(self, telemetry: Telemetry) -> None:
        with self._changed:
            now = self._clock()
            self._telemetry, self._telemetry_at = telemetry, now
            self._stops.telemetry(telemetry, now)
            self._changed.notify_all()

    def on_preview(self, jpeg: bytes) -> None:
        with self._lock:
            self._preview = (self._preview[0] + 1, jpeg, self._clock())

    # -------------------------------------------------------------- the ingest thread

    def _run(self) -> None:
        while (item := self._inbox.get()) is not None:
            if isinstance(item, _Run):
                self._begin(item.epoch)
                item.ready.set()
            else:
                self._take(item)

    def _begin(self, epoch: str) -> None:
        """A run of the runtime: take up its copy, once per run."""
        if epoch == self._epoch:
            return
        if self._copy is not None:
            self._copy.close()
        with self._changed:
            self._epoch = epoch
            self._copy, self._copy_seq, self._copy_failed = None, 0, ""
            self._line, self._course, self._rated = TimeLine(), CourseBook(), None
            self._telemetry = None
            self._preview = (self._preview[0], b"", 0.0)
        try:
            copy = self._open_copy(epoch)
            for entry in copy.old_entries():
                self._read(entry)
            with self._changed:
                self._copy, self._copy_seq = copy, copy.last_seq
            copy.begin(self._committed)
        except (PalierError, OSError) as problem:
            # Steering goes on without a copy; the alarm says so, and the runtime keeps the record anyway.
            with self._changed:
                self._copy_failed = str(problem)

    def _take(self, entries: Sequence[Entry]) -> None:
        last = self._copy.last_seq if self._copy else 0
        fresh = [entry for entry in entries if entry.seq > last]
        for entry in fresh:
            self._read(entry)
        if self._copy is not None and fresh:
            try:
                self._copy.append(fresh)
            except (PalierError, OSError) as problem:
                with self._changed:
                    self._copy_failed = str(problem)

    def _read(self, entry: Entry) -> None:
        """An entry into the time line. One that cannot be read is kept in the copy all the same."""
        try:
            if entry.kind == CHUNK_PREFIX + "heart":
                beats = list(self._decode_heart(entry.body))
                with self._changed:
                    self._line.beats(beats)
            elif not entry.kind.startswith(CHUNK_PREFIX):
                self._event(decode_event(entry.seq, entry.t_ns, entry.kind, entry.body))
        except (ProtocolError, PalierError, ValueError):
            return

    def _event(self, event: ev.Event) -> None:
        with self._changed:
            now = self._clock()
            self._line.event(event)
            self._course.event(event)
            self._sensors = after(self._sensors, event.body)
            match event.body:
                case ev.CommandDecided() | ev.CommandTurnedAway() as body:
                    self._book.recorded(body, now)
                case ev.RatingGiven(what=what) as body if what.value == "distress":
                    self._rated = (body.value, now)
                case _:
                    pass
            self._stops.event(event, now)
            self._changed.notify_all()

    def _committed(self, seq: int, hash_hex: str) -> None:
        with self._changed:
            self._copy_seq = max(self._copy_seq, seq)
            self._changed.notify_all()
        self._link.copied(seq, hash_hex)
