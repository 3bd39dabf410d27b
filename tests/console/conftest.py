from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from clinician_console.core import ConsoleCore
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart


@dataclass
class Bench:
    """A console's core on a fake link; ``clock[0]`` is its time in seconds."""

    core: ConsoleCore
    link: FakeLink
    runtime: FakeRuntime
    copy: MemoryCopy
    clock: list[float]

    def settle(self) -> None:
        """Hand over what is new and wait until the core has taken it in."""
        self.link.pump()
        last = self.runtime.log[-1].seq
        assert self.core.wait_for(
            lambda _now: bool(self.link.copied_to) and self.link.copied_to[-1][0] >= last, 5
        )


@pytest.fixture
def bench() -> Iterator[Bench]:
    clock = [1000.0]
    runtime, copy = FakeRuntime(), MemoryCopy()
    link = FakeLink(runtime)
    core = ConsoleCore(
        link, lambda _epoch: copy, decode_fake_heart, clock=lambda: clock[0], wall=lambda: "10:11:12"
    )
    core.start()
    link.connect()
    one = Bench(core, link, runtime, copy, clock)
    one.settle()
    yield one
    core.close()
