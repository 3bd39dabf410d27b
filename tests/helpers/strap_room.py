"""A room with a computer, straps in software, and who listens to them: for tests of heart sources over the air."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tests.helpers.bumble_backend import Air, Central
from tests.helpers.straps import SoftStrap
from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.sensors.bluetooth import BluetoothHeart
from vr_runtime.sensors.bluetooth_link import Radio
from vr_runtime.sensors.thread import SensorThread

PATIENCE_S = 20.0
"""Nothing here takes a second on a quiet machine; a busy one may take its time."""

CENTRAL = "C0:00:00:00:00:01"
RIGHT = "C4:AC:AC:00:00:01"
OTHER = "C4:AC:AC:00:00:02"


class Place:
    """A room with a computer and straps, all on one loop beside the test."""

    def __init__(self) -> None:
        self.thread = SensorThread()
        self.air = Air()
        self.central: Central = self.do(self._central())
        self.radio = Radio(
            client=self.central.Client,
            scanner=self.central.Scanner,
            thread=self.thread,
            search_s=1.0,
            alike_s=0.1,
            connect_s=3.0,
            pauses_s=(0.05,),
        )
        self.sources: list[BluetoothHeart] = []

    async def _central(self) -> Central:
        return Central(await self.air.device("computer", CENTRAL))

    def do(self, work: Coroutine[Any, Any, Any] | Awaitable[Any]) -> Any:
        async def run() -> Any:
            return await work

        return self.thread.run(run()).result(PATIENCE_S)

    def strap(self, name: str = "Polar H10 1A2B3C4D", address: str = RIGHT, **kinds: Any) -> SoftStrap:
        return self.do(SoftStrap(name, **kinds).appear(self.air, address))

    def listen(self, wanted: str = RIGHT, **kinds: Any) -> Listener:
        source = BluetoothHeart(wanted, time.perf_counter_ns, kinds.pop("radio", self.radio), **kinds)
        self.sources.append(source)
        return Listener(source)

    def until(self, done: Callable[[], Any], what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < end, f"waited in vain {what}"
            time.sleep(0.005)

    def close(self) -> None:
        for source in self.sources:
            source.close()
        self.thread.close()


class Listener:
    """The loop's side: polls, and keeps what came."""

    def __init__(self, source: BluetoothHeart) -> None:
        self.source = source
        self.beats: list[Beat] = []
        self.samples: list[ChannelSample] = []
        self.changes: list[HeartSourceChanged] = []

    def poll(self) -> None:
        now_ns = time.perf_counter_ns()
        beats = self.source.poll(now_ns)
        assert all(beat.t_ns <= beat.arrival_ns <= now_ns for beat in beats)
        self.beats += beats
        self.changes += self.source.changes()
        self.samples += self.source.samples(now_ns)

    def until(self, done: Callable[[Listener], Any], what: str = "") -> Listener:
        end = time.monotonic() + PATIENCE_S
        while not done(self):
            assert time.monotonic() < end, f"waited in vain {what}: {self.states}, {len(self.beats)} beats"
            time.sleep(0.005)
            self.poll()
        return self

    def started(self, times: int = 1) -> Listener:
        return self.until(lambda it: it.states.count("started") >= times, "for the strap")

    @property
    def states(self) -> list[str]:
        return [change.state for change in self.changes]

    @property
    def units(self) -> list[int]:
        """The intervals in the strap's own units, exactly."""
        told = [beat.rr_ms * 1.024 for beat in self.beats if beat.rr_ms is not None]
        assert all(value == int(value) for value in told)
        return [int(value) for value in told]
