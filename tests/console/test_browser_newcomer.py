"""From a console that was just started to a running practice session: how many acts and how long it takes somebody who
has never seen it."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinician_console.store.opening import open_store
from tests.console.driving import MARKS, Browser, allowed, at, here, insist, text_of, wait
from tests.console.hands import Pointer
from tests.console.test_browser_whole import page_of
from tests.helpers.processes import Commands
from tests.helpers.session import KEY
from tests.helpers.xvfb import xvfb
from vr_runtime.protocol.events import Opened
from vr_runtime.record import Reader

pytestmark = [*MARKS, pytest.mark.slow]
__all__ = ["xvfb"]

MOST_ACTS = 10
MOST_S = 300.0


@pytest.fixture
def commands(tmp_path: Path, xvfb: str) -> Iterator[Commands]:
    made = Commands(tmp_path, {"DISPLAY": xvfb})
    yield made
    made.close()


@pytest.fixture
def console(commands: Commands) -> Iterator[subprocess.Popen[str]]:
    process = commands.start(
        "clinician_console", "serve", "--connection", str(commands.connection), "--port", "0",
        "--records", str(commands.console_records),
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)  # it ends the runtime that it started
        process.wait(60)


def test_a_newcomer_practises_after_at_most_ten_acts_and_five_minutes(
    browser: Browser, commands: Commands, console: subprocess.Popen[str]
) -> None:
    """Nothing was prepared: no patient, no plan, no runtime. The walk for newcomers comes by itself and is skipped."""
    began = time.monotonic()
    browser.get(page_of(console))
    hands = Pointer(browser)
    hands.press("#practise")
    wait(lambda: browser.find_elements("id", "tour"), "the session page")
    wait(lambda: at(browser, "tour").is_displayed(), "the walk for newcomers")
    hands.press("#tour-close")
    wait(lambda: allowed(browser, "start"), "a session that can be started", 120)
    for control, phase in (("#start", "Baseline"), ("#step-up", "Exposure")):
        insist(
            browser,
            lambda control=control: hands.press(control),
            lambda phase=phase: text_of(browser, ".phase") == phase,
            phase,
        )
    assert here(browser) == "rung-1"
    took = time.monotonic() - began
    assert hands.acts <= MOST_ACTS
    assert took < MOST_S
    store = open_store(commands.console_records / "clinic.db", KEY, "test")
    try:
        practice = store.practice_patient()
        wait(lambda: store.sessions(practice.id), "the session of the virtual patient")
        (session,) = store.sessions(practice.id)
    finally:
        store.close()
    with Reader.open(Path(session.record), KEY, damaged=True) as reader:
        opened = next(iter(reader.events())).body
    assert isinstance(opened, Opened)
    assert opened.patient == "virtual"
    assert "practice" in text_of(browser, ".practice").lower(), "marked as such on the picture"
    print(f"newcomer: a practice session after {hands.acts} acts and {took:.0f} s")  # noqa: T201
