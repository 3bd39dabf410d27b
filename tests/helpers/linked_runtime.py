"""A fake session behind the real link and a real record: what a console connects to in integration tests."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tests.helpers.fake_runtime import FakeRuntime
from tests.helpers.heights_plan import PLAN, SCENES
from tests.helpers.made_record import KEY
from vr_runtime.link.server import LinkConfig, LinkServer, WelcomeFacts
from vr_runtime.protocol.commands import Stop
from vr_runtime.protocol.events import StopPressed
from vr_runtime.record import Entry, Writer

TURN_S = 0.02


class LinkedRuntime:
    """Plays a :class:`FakeRuntime` in wall time: commands come over the sockets, entries go out after their commit."""

    def __init__(self, folder: Path, epoch: str) -> None:
        self.folder = folder
        self.record = folder / f"record-{epoch}"
        self.runtime = FakeRuntime(epoch=epoch, chunks=True)
        self._written = 0
        self._began = time.perf_counter_ns()
        self._end = threading.Event()
        self.pause = threading.Event()
        """Set: the loop hangs (the link thread lives on)."""
        self.server: LinkServer | None = None
        self.writer = Writer.create(
            self.record, KEY, lambda entries: self.server and self.server.publish(entries)
        )
        self.server = LinkServer.start(
            LinkConfig(keys_folder=folder / "link", connection=folder),
            epoch=epoch,
            welcome=lambda: WelcomeFacts("0.1.0", PLAN, SCENES, self.writer.committed[0]),
            history=self.writer.history,
            clock=self._now,
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _now(self) -> int:
        return time.perf_counter_ns() - self._began

    def close(self) -> None:
        self._end.set()
        self._thread.join(10)
        assert self.server is not None
        self.server.flush(5)
        self.server.close()
        self.writer.close()

    def _run(self) -> None:
        assert self.server is not None
        telemetry_due = 0
        while not self._end.wait(TURN_S):
            if self.pause.is_set():
                continue
            runtime = self.runtime
            runtime.advance(max(0.001, (self._now() - runtime.now_ns) / 1e9))
            heard = self.server.drain()
            for stop in heard.stops:
                self._stop(stop)
            for event in heard.events:
                runtime.emit(event)
            for away in heard.turned_away:
                runtime.emit(away)
            for received in heard.commands:
                if not isinstance(received.command.body, Stop):
                    runtime.hear(received.command, received.received_ns)
            self._write()
            for answer in runtime.answers:
                self.server.answer(answer)
            runtime.answers = []
            self.server.frame_done(runtime.frame)
            if runtime.now_ns >= telemetry_due:
                telemetry_due = runtime.now_ns + 100_000_000
                self.server.publish_telemetry(runtime.telemetry())
                self.server.publish_preview(b"\xff\xd8 no picture", runtime.now_ns, runtime.frame, 4, 3)

    def _stop(self, stop: StopPressed) -> None:
        self.runtime.stop(stop.id, stop.by)

    def _write(self) -> None:
        for entry in self.runtime.log[self._written :]:
            self.writer.append(Entry(entry.seq, entry.t_ns, entry.kind, entry.body))
        self._written = len(self.runtime.log)
