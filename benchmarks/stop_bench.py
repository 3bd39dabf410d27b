"""STOP through the whole path: from the key to the first frame that shows no stimulus.

The console's core, its copy of the record and its STOP route run here, the runtime is a process of its own with the
real link between them. Both cores are kept busy by two programs that only count, and each sync of the runtime's
record takes 200 ms.

- *graphics off*: the loop at 90 Hz; what the page's key does is done by the same request to the console's STOP port.
- *software rendering and Chromium*: the pictures are drawn on the same two cores and shown in the page of a headless
  Chromium on the same two cores, where the key is pressed. The same again with the page of the day open instead of
  the one that drives: STOP works on every page.

The key's time is this process's ``CLOCK_MONOTONIC``; the frame's is the record's ``command_shown``, which counts the
same clock from the opening of the record. How far the two beginnings lie apart is the link's own estimate, with its
error; both are on one machine, so the error is below half a round trip.

``PALIER_STOPS`` and ``PALIER_STOPS_BROWSER``: how many are pressed.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import Row
from clinician_console.core import ConsoleCore
from clinician_console.core.link import RuntimeLink
from clinician_console.pages.door import Door
from clinician_console.pages.guard import cookie_name
from clinician_console.pages.lent import Lent
from clinician_console.pages.safety import SafetyServer
from clinician_console.store.beats import decode_heart
from clinician_console.store.copies import RecordCopy
from vr_runtime.protocol.commands import AnyCommandBody, GoToStep, Release, Resume, Start
from vr_runtime.protocol.words import Phase
from vr_runtime.record import PassphraseKey

STOPS = int(os.environ.get("PALIER_STOPS", "200"))
STOPS_BROWSER = int(os.environ.get("PALIER_STOPS_BROWSER", "30"))
SYNC_MS = 200
PASSPHRASE = "a passphrase for measuring"
ROOT = Path(__file__).resolve().parent.parent
PAGE_PORT = 1
"""Stands in the origin that the STOP port asks for; no page is served in the first row."""
PATIENCE_S = 60.0
NO_GRAPHICS = ("--graphics", "off")
GRAPHICS = ("--graphics", "on", "--size", "480x270", "--msaa", "0")

Press = Callable[[ConsoleCore], int]
"""Presses the key; the time just before on ``time.perf_counter_ns``."""


def run() -> list[Row]:
    rows = _route()
    if shutil.which("chromium") and shutil.which("chromedriver"):
        rows += _browser()
    return rows


# ------------------------------------------------------------------ the two ways to press


def _route() -> list[Row]:
    with _session(NO_GRAPHICS) as (core, link):
        door = Door()
        safety = SafetyServer(core, door, Lent())
        session = door.enter(door.token)
        safety.start(PAGE_PORT)
        connection = http.client.HTTPConnection("127.0.0.1", safety.port, timeout=10)
        headers = {
            "Origin": f"http://127.0.0.1:{PAGE_PORT}",
            "Cookie": f"{cookie_name(PAGE_PORT)}={session}",
        }

        def press(_core: ConsoleCore) -> int:
            began = time.perf_counter_ns()
            connection.request("POST", "/stop", uuid.uuid4().hex, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            return began

        try:
            return _cycles("STOP, graphics off", core, link, press, STOPS)
        finally:
            connection.close()
            safety.close()


def _browser() -> list[Row]:
    from clinician_console.pages.server import PageServer
    from tests.console.driving import chromium
    from tests.helpers.house_process import house_of
    from tests.helpers.memory_store import MemoryStore

    rows: list[Row] = []
    with _session(GRAPHICS, driven_by_page=True) as (core, link), tempfile.TemporaryDirectory() as folder:
        store = MemoryStore("Dr A")
        store.set_setting("toured", "yes")
        server = PageServer(core, port=0, house=house_of(core, store, Path(folder), "en"))
        server.start()
        try:
            with chromium() as browser:
                browser.get(server.url)

                def press(_core: ConsoleCore) -> int:
                    event = {"key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27}
                    began = time.perf_counter_ns()
                    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event})
                    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", **event})
                    return began

                for page, there in (("/drive", ".rung"), ("/", "#begin-title")):
                    browser.get(f"http://127.0.0.1:{server.port}{page}")
                    found = f"return !!document.querySelector('{there}') && !!document.getElementById('stop')"
                    _until(lambda found=found: browser.execute_script(found), "the page")
                    name = f"STOP, software rendering, Chromium on {page}"
                    rows += _cycles(name, core, link, press, STOPS_BROWSER, begin=page == "/drive")
        finally:
            server.close()
    return rows


# ------------------------------------------------------------------ the cycles


def _cycles(
    name: str, core: ConsoleCore, link: RuntimeLink, press: Press, count: int, *, begin: bool = True
) -> list[Row]:
    if begin:
        _command(core, Start(), Phase.BASELINE)
        _command(core, GoToStep(step=1), Phase.EXPOSURE)
    waited_ms: list[float] = []
    worst_error_ms = 0.0
    rates: list[float] = []
    before = core.snapshot().stop
    previous = before.id if before else ""
    for _ in range(count):
        pressed_ns = press(core)
        previous, shown_ns = _shown(core, previous)
        status = link._open().status()
        assert status.offset_ns is not None
        assert status.offset_error_ns is not None
        worst_error_ms = max(worst_error_ms, status.offset_error_ns / 1e6)
        waited_ms.append((shown_ns - pressed_ns - status.offset_ns) / 1e6)
        telemetry = core.snapshot().telemetry
        if telemetry is not None:
            rates.append(telemetry.frames.rate_hz)
        _command(core, Release(), Phase.SAFE_PLACE)
        _command(core, Resume(), Phase.EXPOSURE)
    waited_ms.sort()
    preview = "no picture is drawn" if core.preview()[0] == 0 else f"{core.preview()[0]} pictures shown"
    note = f"{count} presses, both cores busy, each sync {SYNC_MS} ms, clocks within {worst_error_ms:.2f} ms"
    return [
        Row(f"{name}: median", waited_ms[len(waited_ms) // 2], "ms", note),
        Row(f"{name}: p99", waited_ms[min(len(waited_ms) - 1, int(len(waited_ms) * 0.99))], "ms"),
        Row(f"{name}: max", waited_ms[-1], "ms"),
        Row(f"{name}: frames", sorted(rates)[len(rates) // 2] if rates else 0.0, "Hz", preview),
    ]


def _shown(core: ConsoleCore, previous: str) -> tuple[str, int]:
    """The id of the STOP after ``previous``, and when the first frame without a stimulus was shown."""
    _until(lambda: (now := core.snapshot().stop) is not None and now.id != previous, "the STOP")
    stop = core.snapshot().stop
    assert stop is not None
    _until(lambda: (now := core.stop_state(stop.id)) and now.shown_ns is not None, "the frame")
    state = core.stop_state(stop.id)
    assert state is not None
    assert state.shown_ns is not None
    return stop.id, state.shown_ns


def _command(core: ConsoleCore, body: AnyCommandBody, leads_to: Phase) -> None:
    """Send it, anew if it was refused (a busy machine lets heartbeats come late), until its phase is there."""
    end = time.monotonic() + PATIENCE_S
    while True:
        answer = core.wait_command(core.send(body, 10_000), 15.0)
        assert time.monotonic() < end, f"{body.kind} led nowhere: {answer}"
        if answer is not None and answer.word == "accepted":
            break
        time.sleep(0.1)
    _until(lambda: (now := core.snapshot().telemetry) is not None and now.phase is leads_to, str(leads_to))


def _until(holds: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE_S:g} s in vain for {what}"
        time.sleep(0.005)


# ------------------------------------------------------------------ what runs


@contextlib.contextmanager
def _session(
    graphics: tuple[str, ...], *, driven_by_page: bool = False
) -> Iterator[tuple[ConsoleCore, RuntimeLink]]:
    """A runtime in a process, a slow disk under its record, a console that is connected, two burners."""
    from tests.helpers.disk.disk import Disk, build_shim

    with tempfile.TemporaryDirectory() as made, contextlib.ExitStack() as stack:
        folder = Path(made)
        disk = stack.enter_context(Disk(build_shim(folder), folder / "runtime"))
        connection = folder / "connection.json"
        environment = {**os.environ, "PALIER_PASSPHRASE": PASSPHRASE, "PALIER_HOME": str(folder / "home")}
        runtime = stack.enter_context(
            _process(
                [
                    *(
                        sys.executable,
                        "-m",
                        "vr_runtime",
                        "run",
                        "--scene",
                        "heights",
                        "--display",
                        "headless",
                    ),
                    *("--patient", "virtual", "--heart", "simulated", "--seed", "5", "--rate", "90"),
                    *("--records", str(folder / "runtime"), "--connection", str(connection), *graphics),
                ],
                {**environment, **disk.environment(), "PYTHONPATH": str(ROOT)},
            )
        )
        _until(lambda: connection.exists() or runtime.poll() is not None, "the runtime")
        assert runtime.poll() is None, "the runtime did not start"
        link = RuntimeLink(connection, "measuring", folder / "home" / "link")
        key = PassphraseKey(PASSPHRASE)
        core = ConsoleCore(
            link,
            lambda epoch: RecordCopy.open(folder / "console", key, epoch),
            decode_heart,
            driven_by_page=driven_by_page,
        )
        stack.callback(core.close)
        core.start()
        _until(lambda: core.snapshot().link.lease_mine and core.snapshot().telemetry, "the lease")
        disk.slow(SYNC_MS)
        for _ in range(os.cpu_count() or 2):
            stack.enter_context(_process([sys.executable, "-c", "while True: pass"], environment))
        yield core, link
        disk.well()


@contextlib.contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
