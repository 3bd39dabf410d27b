"""A runtime that decides by the real session behind the real link, with its record in memory, for a hostile network.

Every event of the loop is an entry of the record, committed at once, so what the test asks is asked of the record.
"""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path
from typing import NamedTuple

from tests.helpers.heights_plan import PLAN, SCENES
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.entries import LogEntry
from vr_runtime.link.server import LinkConfig, LinkServer, WelcomeFacts
from vr_runtime.protocol.answers import Telemetry
from vr_runtime.protocol.codec import encode_event_body
from vr_runtime.protocol.events import (
    CommandReceived,
    CommandShown,
    CommandTurnedAway,
    EventBody,
    StopPressed,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.session import Session

EPOCH = "epoch-of-a-hostile-day"
FRAME_S = 0.01
SECOND = 1_000_000_000


class Lived(NamedTuple):
    """One frame as it was: what the fail-safe saw and whether it held the session."""

    now_ns: int
    link_age_s: float
    safe: bool
    """The patient is in no stimulus that goes on: held, lowered, in the safe place, stopped, or not exposed."""
    shown: bool
    """The stimulus is there whole, no fade goes on."""


class HostileRuntime:
    """``limits`` are the session's, ``lease`` the link's. Times are ns on :meth:`now`, which the test shares."""

    def __init__(
        self, folder: Path, limits: SafetyLimits, lease: AdmissionLimits, host: str = "127.0.0.1"
    ) -> None:
        self.folder = folder
        self.limits = limits
        self.entries: list[LogEntry] = []
        self.bodies: list[tuple[int, EventBody]] = []
        self.frames: list[Lived] = []
        self.order: list[EventBody] = []
        """What the link handed over, in its order."""
        self.faults: list[str] = []
        self._began = time.perf_counter_ns()
        self._hash = b""
        self._session = Session(PLAN, {scene.id: scene for scene in SCENES}, limits)
        self._end = threading.Event()
        self.server = LinkServer.start(
            LinkConfig(keys_folder=folder, host=host, limits=lease),
            epoch=EPOCH,
            welcome=lambda: WelcomeFacts("test", PLAN, SCENES, len(self.entries)),
            history=self._history,
            clock=self.now,
        )
        put = self.server._io.incoming.put

        def noted(body: EventBody) -> None:
            self.order.append(body)
            put(body)

        self.server._io.incoming.put = noted  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._run, name="loop", daemon=True)
        self._thread.start()

    def now(self) -> int:
        return time.perf_counter_ns() - self._began

    def of(self, kind: type[EventBody]) -> list[tuple[int, EventBody]]:
        """(time, body) of the record's events of one kind."""
        return [(t_ns, body) for t_ns, body in list(self.bodies) if isinstance(body, kind)]

    @property
    def phase(self) -> Phase:
        return self._session.phase

    def safe_now(self) -> bool:
        return bool(self.frames) and self.frames[-1].safe

    def close(self) -> None:
        self._end.set()
        self._thread.join()
        self.server.close()

    # -------------------------------------------------------------- the loop

    def _run(self) -> None:
        frame, before = 0, self.now()
        while not self._end.wait(FRAME_S):
            frame += 1
            now = self.now()
            try:
                self._frame(frame, now, (now - before) / 1e9)
            except Exception as problem:  # noqa: BLE001  (the test asks for it)
                self.faults.append(repr(problem))
                return
            before = now

    def _frame(self, frame: int, now: int, dt_s: float) -> None:
        heard = self.server.drain()
        age_s = self.server.link_age_ns(now) / 1e9
        # committed at once: what is heard in this frame may be applied in it
        for body in (*heard.stops, *heard.events, *heard.turned_away, *heard.commands):
            self._append(frame, now, body)
        decision = self._session.update(
            Inputs(
                now_ns=now,
                frame=frame,
                dt_s=dt_s,
                commands=heard.commands,
                turned_away=heard.turned_away,
                stops=heard.stops,
                committed=self._session.waiting | {one.command.id for one in heard.commands},
                link_age_s=age_s,
            )
        )
        for body, _ in decision.events:
            self._append(frame, now, body)
        for identity, kind in decision.applied:
            self._append(
                frame,
                now,
                CommandShown(command_id=identity, command_kind=kind, shown_frame=frame, shown_ns=now),
            )
        for answer in decision.answers:
            self.server.answer(answer)
        exposed = decision.phase is Phase.EXPOSURE
        shown = exposed and decision.scene.shell == 0.0
        self.frames.append(Lived(now, age_s, decision.held or not exposed, shown))
        self.server.frame_done(frame)
        if frame % 10 == 0:
            self.server.publish_telemetry(self._telemetry(frame, now, decision))

    def _telemetry(self, frame: int, now: int, decision: Decision) -> Telemetry:
        return Telemetry(
            t_ns=now, frame=frame, epoch=EPOCH, phase=decision.phase, place=decision.scene.place, step=decision.step,
            scene=decision.scene.scene, intensity=decision.intensity, shell=decision.scene.shell, held=decision.held,
        )  # fmt: skip

    def _append(self, frame: int, now: int, body: EventBody) -> None:
        data = encode_event_body(body, frame, None)
        self._hash = hashlib.sha256(self._hash + data).digest()
        entry = LogEntry(len(self.entries) + 1, now, body.kind, data, self._hash)  # type: ignore[attr-defined]
        self.entries.append(entry)
        self.bodies.append((now, body))
        self.server.publish([entry])

    def _history(self, from_seq: int, max_bytes: int) -> list[LogEntry]:
        found, size = [], 0
        for one in self.entries[from_seq - 1 : from_seq + 999]:
            size += len(one.body) + 100
            if found and size > max_bytes:
                break
            found.append(one)
        return found


# ------------------------------------------------------------------ what must hold of the record


def commands_ran(runtime: HostileRuntime) -> list[CommandReceived]:
    """Commands that the loop was given, in order, as often as it was given them."""
    return [body for _, body in runtime.of(CommandReceived) if isinstance(body, CommandReceived)]


def turned_away(runtime: HostileRuntime) -> list[CommandTurnedAway]:
    return [body for _, body in runtime.of(CommandTurnedAway) if isinstance(body, CommandTurnedAway)]


def stops_heard(runtime: HostileRuntime) -> dict[str, list[int]]:
    """Times at which each STOP reached the session, by its id."""
    found: dict[str, list[int]] = {}
    for t_ns, body in runtime.of(StopPressed):
        assert isinstance(body, StopPressed)
        found.setdefault(body.id, []).append(t_ns)
    return found
