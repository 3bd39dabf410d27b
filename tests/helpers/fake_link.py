"""A link without sockets: the same methods as the real one, a :class:`FakeRuntime` behind it."""

from __future__ import annotations

import io
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from clinician_console.core.port import Entry, LinkListener, LinkState
from tests.helpers.fake_runtime import FakeEntry, FakeRuntime
from vr_runtime.protocol.commands import AnyCommandBody, Command
from vr_runtime.protocol.words import Phase


@dataclass
class MemoryCopy:
    """A copy of the record in memory. ``kept`` outlives it, as a folder does."""

    kept: list[Entry] = field(default_factory=list)
    path: str = "memory"
    problem: str = ""
    closed: bool = False
    _on_committed: Callable[[int, str], None] = lambda _seq, _hash: None

    @property
    def last_seq(self) -> int:
        return self.kept[-1].seq if self.kept else 0

    def begin(self, on_committed: Callable[[int, str], None]) -> None:
        self._on_committed = on_committed

    def old_entries(self) -> Iterable[Entry]:
        return tuple(self.kept)

    def append(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            assert entry.seq == self.last_seq + 1, f"gap: {self.last_seq} then {entry.seq}"
            self.kept.append(entry)
        self._on_committed(self.last_seq, self.kept[-1].hash.hex())

    def failed(self) -> str:
        return self.problem

    def close(self) -> None:
        self.closed = True


class FakeLink:
    """Nothing happens by itself: :meth:`pump` hands over what is new, :meth:`advance` lets time pass.
    :meth:`run_live` does both from a thread, for looking at the page."""

    def __init__(self, runtime: FakeRuntime, picture_size: tuple[int, int] = (640, 400)) -> None:
        self.runtime = runtime
        self.word = "waiting"
        self.lease_mine = True
        self.frame_age_s: float | None = 0.01
        self.age_s: float | None = 0.05
        self.answering = True
        """False: commands and stops go out and nothing comes back."""
        self.copied_to: list[tuple[int, str]] = []
        self.stops: list[str] = []
        self.sent: list[Command] = []
        self.page_age: Callable[[], int | None] = lambda: None
        self.closed = False
        self._listener: LinkListener | None = None
        self._given = 0
        self._seq = 0
        self.locked = threading.RLock()
        self._size = picture_size
        self.view = b""
        """A JPEG file that is shown in place of the drawn one."""
        self._thread: threading.Thread | None = None

    # -------------------------------------------------------------- LinkPort

    def open(self, listener: LinkListener) -> None:
        self._listener = listener

    def send(self, body: AnyCommandBody, ttl_ms: int = 2000, cause: str | None = None) -> str:
        with self.locked:
            self._seq += 1
            command = Command(
                id=uuid.uuid4().hex, epoch=self.runtime.epoch, seq=self._seq, sent_ns=self.runtime.now_ns,
                ttl_ms=ttl_ms, cause=cause, body=body,
            )  # fmt: skip
            self.sent.append(command)
            if self.answering:
                self.runtime.hear(command)
            return command.id

    def stop(self) -> str:
        with self.locked:
            identity = uuid.uuid4().hex
            self.stops.append(identity)
            if self.answering:
                self.runtime.stop(identity)
        return identity

    def state(self) -> LinkState:
        return LinkState(
            word=self.word, age_s=self.age_s, frame_age_s=self.frame_age_s, round_trip_ms=1.2,
            lease_mine=self.lease_mine, lease_holder="test" if self.lease_mine else "other console",
            last_seq=self._given,
        )  # type: ignore[arg-type]  # fmt: skip

    def copied(self, seq: int, hash_hex: str) -> None:
        self.copied_to.append((seq, hash_hex))

    def set_page_age_source(self, source: Callable[[], int | None]) -> None:
        self.page_age = source

    def close(self) -> None:
        self.closed = True
        if self._thread:
            self._thread.join(timeout=5)

    # -------------------------------------------------------------- the test's side

    def connect(self) -> None:
        assert self._listener is not None
        self.word = "connected"
        self._listener.prepare(self.runtime.epoch)
        self.pump()

    def pump(self) -> None:
        """Hand over new entries, answers and the telemetry of now."""
        assert self._listener is not None
        with self.locked:
            fresh: Sequence[FakeEntry] = self.runtime.log[self._given :]
            self._given = len(self.runtime.log)
            answers, self.runtime.answers = self.runtime.answers, []
            telemetry = self.runtime.telemetry()
        if fresh:
            self._listener.on_entries(fresh)
        for answer in answers:
            self._listener.on_answer(answer)
        self._listener.on_telemetry(telemetry)

    def advance(self, seconds: float) -> None:
        with self.locked:
            self.runtime.advance(seconds)
        self.pump()

    def again(self, from_seq: int = 1) -> None:
        """Give the record anew from ``from_seq`` on, as after a lost link."""
        self._given = from_seq - 1

    def run_live(self, hz: float = 10.0) -> None:
        self.connect()
        self._thread = threading.Thread(target=self._live, args=(hz,), daemon=True)
        self._thread.start()

    def _live(self, hz: float) -> None:
        while not self.closed:
            time.sleep(1 / hz)
            if self.word != "connected":
                continue
            self.advance(1 / hz)
            if self._listener and self.runtime.phase != Phase.CLOSED:
                self._listener.on_preview(self.view or draw_view(self.runtime, self._size))


def draw_view(runtime: FakeRuntime, size: tuple[int, int]) -> bytes:
    """Sky, skyline and a rail, drawn: enough to see the page with a picture in it."""
    width, height = size
    if runtime.phase not in (Phase.EXPOSURE, Phase.PAUSED):
        colours = {Phase.STOPPED: (86, 92, 96), Phase.SAFE_PLACE: (88, 110, 92)}
        image = Image.new("RGB", size, colours.get(runtime.phase, (104, 102, 98)))
    else:
        image = Image.new("RGB", size, (132, 152, 172))
        pen = ImageDraw.Draw(image)
        horizon = int(height * (0.62 - 0.03 * runtime.step))
        shift = int(14 * math.sin(runtime.now_ns / 2e9))
        for index in range(26):
            left = index * width // 24 - 20 + shift
            top = horizon - 12 - (index * 53 % 90)
            grey = 74 + index * 31 % 50
            pen.rectangle((left, top, left + width // 22, height), fill=(grey, grey - 3, grey - 8))
        pen.polygon(((0, height), (width, height), (width * 3 // 4, height * 3 // 4), (width // 4, height * 3 // 4)), fill=(58, 56, 52))  # fmt: skip
        rail = float(runtime.parameters.get("rail_height", 0.0))
        if rail > 0:
            line = int(height * (0.95 - 0.3 * rail))
            pen.rectangle((0, line, width, line + 9), fill=(40, 42, 44))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()
