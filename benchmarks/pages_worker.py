"""The console's pages on a filled store, as a process of its own: what ``pages_bench`` asks.

``python -m benchmarks.pages_worker PLACE KEY FOLDER IDS``. Prints ``page: URL`` and runs until its standard input ends
or says ``quit``. ``cpu`` prints how much the process has computed, in seconds; ``forget`` lets the pages go that no
browser has opened.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from nicegui import Client

from clinician_console.core import ConsoleCore
from clinician_console.core.keeper import SessionKeeper
from clinician_console.pages.house import House
from clinician_console.pages.server import PageServer
from clinician_console.store.opening import open_store
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart
from tests.helpers.house_process import NoHeadset
from vr_runtime.record import FileKey


def main(place: str, key_file: str, folder: str) -> None:
    key = FileKey(Path(key_file))
    store = open_store(place, key, "Dr A")
    core = ConsoleCore(FakeLink(FakeRuntime()), lambda _epoch: MemoryCopy(), decode_fake_heart)
    core.start()
    house = House(
        core=core,
        store=store,
        keeper=SessionKeeper(store, Path(), lambda _record: ({}, "")),
        records=Path(folder),
        key=key,
        headset=NoHeadset(),
        fixed_language="en",
    )
    server = PageServer(core, port=0, house=house, on_link=lambda url: print(f"page: {url}", flush=True))
    threading.Thread(target=_steer, args=(server,), daemon=True).start()
    server.run()
    house.close()
    core.close()
    store.close()


def _steer(server: PageServer) -> None:
    for line in sys.stdin:
        if line.strip() == "cpu":
            print(f"cpu: {time.process_time()}", flush=True)
        elif line.strip() == "forget":
            # A page that a browser has left is let go after 8 s; one that none has opened would stay for a minute.
            server.call_soon(_forget)
        elif line.strip() == "quit":
            break
    server.close()


def _forget() -> None:
    Client.prune_instances(client_age_threshold=0.0)
    print("forgotten:", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
