"""The console on a runtime that is played, as a process of its own: what ``day_soak`` asks.

The session is as dense as one is in practice and goes on for as long as it is told to: the ladder up and down, a
rating every 30 s, a marker every 5 s, triggers, parameters, notes, a pause, the safe place, and a STOP twice an hour. What the runtime and
the copy of the record would keep is forgotten here, so that what grows is the console's.

On the standard input: ``play SECONDS`` (of the session; answers ``played: SECONDS by the clock``), ``rss`` (answers
MB), ``refreshed`` (answers how often the page was), ``live`` (goes on by the clock), ``quit``.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import clinician_console.pages.page as driving
from clinician_console.core import ConsoleCore
from clinician_console.core.port import Entry
from clinician_console.pages.server import PageServer
from tests.helpers.demo_console import find
from tests.helpers.fake_link import FakeLink, MemoryCopy, draw_view
from tests.helpers.fake_runtime import FakeEntry, FakeRuntime, decode_fake_heart
from vr_runtime.protocol.commands import (
    AskRating,
    FireTrigger,
    GoToStep,
    Note,
    Pause,
    Rating,
    Release,
    Resume,
    SafePlace,
    SetParameter,
    Start,
)

TURN_S = 0.5
REFRESH_S = 0.05
"""The page is refreshed four times as often as it is in use: the hours go by quickly
here."""
KEPT = 5_000
MARKED_S = 5.0
MARKERS = ("head_turn_away", "heart_rise", "touch", "saccade_away", "rail_grip", "eye_closure")


class Forgetting(list[FakeEntry]):
    """A log that knows how long it is and has its end alone."""

    def __init__(self, begun: Iterable[FakeEntry]) -> None:
        super().__init__(begun)
        self._gone = 0

    def __len__(self) -> int:
        return super().__len__() + self._gone

    def __getitem__(self, at: int | slice) -> FakeEntry | list[FakeEntry]:  # type: ignore[override]
        if isinstance(at, slice):
            return super().__getitem__(slice(max(0, (at.start or 0) - self._gone), None))
        return super().__getitem__(at)

    def append(self, entry: FakeEntry) -> None:
        super().append(entry)
        if super().__len__() > KEPT:
            half = KEPT // 2
            super().__delitem__(slice(0, half))
            self._gone += half


class LastOfCopy(MemoryCopy):
    """Keeps the last entry of the record's copy."""

    def append(self, entries: Sequence[Entry]) -> None:
        self.kept = [entries[-1]]
        self._on_committed(self.last_seq, self.kept[-1].hash.hex())

    def old_entries(self) -> Iterable[Entry]:
        return ()


class Played:
    def __init__(self, link: FakeLink, core: ConsoleCore) -> None:
        self._link, self._core = link, core
        self._at_s = 0.0
        self._step = 0

    def play(self, seconds: float) -> None:
        end = self._at_s + seconds
        while self._at_s < end:
            self._link.advance(TURN_S)
            self._at_s += TURN_S
            self._act(self._at_s)
            if self._at_s % 60 == 0:
                # The console's own clock is the wall's: without a breath the page would never be asked.
                self._link.sent.clear()
                self._link.stops.clear()
                self._link.copied_to.clear()
                time.sleep(0.02)
        self._link.pump()

    def _act(self, t: float) -> None:
        core, runtime = self._core, self._link.runtime
        if t % MARKED_S == 0:
            marker = MARKERS[int(t / MARKED_S) % len(MARKERS)]
            find(self._link, marker, "1.5")
        if t % 1800 == 1500:
            core.stop(f"press-{t:g}")
        elif t % 1800 == 1530:
            core.send(Release())
        elif t % 1800 == 1560 or t % 600 == 330 or t % 1800 == 960:
            core.send(Resume())
        elif t % 600 == 300:
            core.send(Pause())
        elif t % 1800 == 900:
            core.send(SafePlace())
        elif t % 120 == 60:
            self._step = self._step % 10 + 1
            core.send(GoToStep(step=self._step, confirmed=True))
        elif t % 90 == 40:
            core.send(FireTrigger(trigger="gust"))
        elif t % 200 == 130:
            core.send(GoToStep(step=min(10, self._step + 3)))  # refused: not confirmed
        elif t % 45 == 25:
            core.send(SetParameter(name="wind", value=float(t % 12)))
        elif t % 30 == 20:
            core.send(Rating(raw=float(round(max(5, 95 * runtime.fear) / 5) * 5)))
        elif t % 300 == 170:
            core.send(Note(text="breathes more slowly, looks at the edge"))
        elif t % 300 == 75:
            core.send(AskRating())


class CountedDesk(driving.Desk):
    count = 0

    def refresh(self) -> None:
        CountedDesk.count += 1
        super().refresh()


def main() -> None:
    driving.POLL_S, driving.Desk = REFRESH_S, CountedDesk
    runtime = FakeRuntime(patient="none")
    runtime.log = Forgetting(runtime.log)
    link = FakeLink(runtime)
    core = ConsoleCore(link, lambda _epoch: LastOfCopy(), decode_fake_heart)
    core.start()
    link.connect()
    core.send(Start())
    server = PageServer(core, port=0, on_link=lambda url: print(f"page: {url}", flush=True))
    threading.Thread(target=_steer, args=(link, core, server), daemon=True).start()
    threading.Thread(target=_pictures, args=(link, core), daemon=True).start()
    server.run()
    core.close()


def _pictures(link: FakeLink, core: ConsoleCore) -> None:
    while not link.closed:
        core.on_preview(draw_view(link.runtime, (640, 400)))
        time.sleep(0.2)


def _steer(link: FakeLink, core: ConsoleCore, server: PageServer) -> None:
    played = Played(link, core)
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "play":
            began = time.monotonic()
            played.play(float(rest))
            print(f"played: {time.monotonic() - began:.1f}", flush=True)
        elif word == "rss":
            status = Path("/proc/self/status").read_text("utf-8")
            kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
            print(f"rss: {int(kilobytes) / 1000}", flush=True)
        elif word == "refreshed":
            print(f"refreshed: {CountedDesk.count}", flush=True)
        elif word == "live":
            link.run_live()
            print("live:", flush=True)
        elif word == "quit":
            break
    server.close()


if __name__ == "__main__":
    main()
