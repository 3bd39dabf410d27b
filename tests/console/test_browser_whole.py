"""The real console's page on a real runtime: the start checks of a person, and the way into the baseline."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.driving import MARKS, Browser, allowed, at, at_rest, good_answer, text_of, wait
from tests.helpers.processes import PATIENCE_S, Commands
from tests.helpers.session import KEY
from vr_runtime.protocol.events import CheckAnswered, Opened, PhaseChanged
from vr_runtime.protocol.files.treatments import checklist_of
from vr_runtime.protocol.words import AgeBand, Phase
from vr_runtime.record import Reader

pytestmark = MARKS

AGE = AgeBand.FROM_26
ITEMS = [item for item in checklist_of("start").items if not item.ages or AGE in item.ages]


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    made = Commands(tmp_path)
    yield made
    made.close()


def page_of(console: subprocess.Popen[str]) -> str:
    """The link that it prints."""
    lines: queue.Queue[str] = queue.Queue()
    assert console.stdout is not None
    threading.Thread(target=lambda: [lines.put(line) for line in console.stdout or ()], daemon=True).start()
    while not (line := lines.get(timeout=PATIENCE_S)).startswith("page: "):
        pass
    return line.removeprefix("page: ").strip()


def test_a_person_s_start_checks_are_answered_on_the_page_and_the_record_keeps_them(
    browser: Browser, commands: Commands
) -> None:
    runtime = commands.runtime(
        "--scene", "heights", "--patient", "none", "--checks", "start", "--age", AGE.value,
        "--treatment", "graded_exposure", "--cleared", "heights",
    )  # fmt: skip
    assert runtime.poll() is None, runtime.communicate()
    console = commands.start(
        "clinician_console", "serve", "--connection", str(commands.connection), "--port", "0",
        "--records", str(commands.console_records),
    )  # fmt: skip
    link = page_of(console)
    browser.get(link)
    browser.get(link.partition("/enter")[0] + "/drive")
    at_rest(browser)
    wait(lambda: "open" in at(browser, "start").text, "the start checks")
    for item in ITEMS:
        wait(lambda name=item.id: browser.find_elements("css selector", f"[id^='check-{name}']"), item.id)
        good_answer(browser, item)
    wait(lambda: text_of(browser, "#start .action-word") == "Start", "the way on", 60.0)
    wait(lambda: allowed(browser, "start"), "a start that is allowed")
    at(browser, "start").click()
    wait(lambda: text_of(browser, ".phase") == "Baseline", "the baseline", 60.0)
    with Reader.open(commands.record(), KEY, damaged=True) as reader:
        bodies = [event.body for event in reader.events()]
    opened = bodies[0]
    assert isinstance(opened, Opened)
    assert (opened.patient, opened.age) == ("none", AGE)
    assert {body.item for body in bodies if isinstance(body, CheckAnswered)} == {item.id for item in ITEMS}
    assert [body.phase for body in bodies if isinstance(body, PhaseChanged)] == [Phase.BASELINE]
