"""A console's pages on a store in memory and no runtime of its own, as a process: what the demo consoles share.

They print ``page: URL`` (each link works once) and run until the standard input ends or says ``quit``. Any other line on
it, ``WORD REST``, is answered by ``WORD: ANSWER``.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from clinician_console.clinic.port import ClinicStore
from clinician_console.core import ConsoleCore
from clinician_console.core.headset import Headset, HeadsetLook
from clinician_console.core.keeper import SessionKeeper
from clinician_console.pages.house import House
from clinician_console.pages.server import PageServer
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart
from tests.helpers.made_record import KEY

Answer = Callable[[str, str], object]
"""A word and the rest of its line to what is answered: text as it is, anything else as JSON; None: nothing."""


class NoHeadset(HeadsetLook):
    """Nothing is looked for: the answer is always the same."""

    def state(self) -> Headset:
        return Headset("no_runtime", "none registered")

    def look(self) -> None:
        pass


def fake_core(link: FakeLink | None = None) -> ConsoleCore:
    """Started, on a fake runtime that is not connected."""
    core = ConsoleCore(link or FakeLink(FakeRuntime()), lambda _epoch: MemoryCopy(), decode_fake_heart)
    core.start()
    return core


def house_of(core: ConsoleCore, store: ClinicStore, folder: Path, language: str = "en") -> House:
    return House(
        core=core,
        store=store,
        keeper=SessionKeeper(store, folder, lambda _record: ({}, "00" * 32)),
        records=folder,
        key=KEY,
        headset=NoHeadset(),
        fixed_language=language,
    )


def serve(house: House, answer: Answer, *, port: int = 0) -> None:
    """Until the standard input ends; then everything is closed."""
    server = PageServer(
        house.core,
        language=house.fixed_language,
        port=port,
        on_link=lambda url: print(f"page: {url}", flush=True),
        house=house,
    )

    def steer() -> None:
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            if word == "quit":
                break
            said = answer(word, rest)
            if said is not None:
                text = said if isinstance(said, str) else json.dumps(said, default=dataclasses.asdict)
                print(f"{word}: {text}", flush=True)
        server.close()

    threading.Thread(target=steer, daemon=True).start()
    server.run()
    house.close()
    house.core.close()
