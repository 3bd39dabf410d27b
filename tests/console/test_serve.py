"""``clinician-console serve``: a therapist starts one thing, drives a real runtime in a real browser, ends it in order."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.driving import MARKS, Browser, allowed, at, here, stop_is, text_of, wait
from tests.helpers.console_process import enter
from vr_runtime.record import FileKey, Reader, RecordState, verify


class Served:
    """The command as a child process, in a home of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self.key = home / "key"
        self._errors = (home / "errors").open("w+")
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "clinician_console", "serve", "--port", "0", "--records", str(home / "console"),
                "--key-file", str(self.key), "--connection", str(home / "connection.json"), *arguments,
            ],
            env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip
        assert self.process.stdout
        self.link = self.process.stdout.readline().strip().removeprefix("page: ")
        assert self.link.startswith("http://127.0.0.1:"), self.errors()

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        status = self.process.wait(40)
        assert self.process.stdout
        self.process.stdout.close()
        return status

    def clear(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)
        self._errors.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    runtime = (
        "--display headless --graphics off --scene heights --patient virtual --heart simulated --rate 45 "
        f"--records '{home / 'runtime'}' --key-file '{home / 'key'}' --pseudonym P-0042"
    )
    one = Served(home, "--start-runtime", runtime)
    yield one
    one.clear()


class TestWithARealRuntime:
    pytestmark = MARKS

    def test_one_command_is_enough_and_the_record_is_closed_at_the_end(
        self, browser: Browser, served: Served
    ) -> None:
        browser.get(served.link)
        browser.get(served.link.partition("/enter")[0] + "/drive")
        wait(lambda: browser.find_elements("id", "start"), "the session page")
        wait(lambda: allowed(browser, "start"), "a runtime in setup", 40)
        at(browser, "start").click()
        wait(lambda: text_of(browser, ".phase") == "Baseline", "the baseline")
        at(browser, "step-up").click()
        wait(lambda: here(browser) == "rung-1", "step 1")
        wait(lambda: text_of(browser, ".phase") == "Exposure", "the exposure")
        at(browser, "stop").click()
        wait(lambda: stop_is(browser, "confirmed"), "the confirmation")
        assert re.fullmatch(r"STOPPED \d\d:\d\d:\d\d \(\d+ ms\)", at(browser, "stop-state").text)
        wait(lambda: text_of(browser, ".phase") == "Stopped", "the stop in words")
        browser.get("about:blank")
        assert served.end(signal.SIGINT) == 0, served.errors()
        key = FileKey(served.key)
        (mine,) = (served.home / "console").glob("copy-*")
        (theirs,) = (served.home / "runtime").iterdir()
        assert verify(theirs, key).state is RecordState.INTACT, verify(theirs, key)
        assert verify(mine, key).state in (RecordState.INTACT, RecordState.CUT), verify(mine, key)
        with Reader.open(mine, key) as copy, Reader.open(theirs, key) as original:
            copied, entries = list(copy.entries()), list(original.entries())
            kinds = [event.body.kind for event in original.events()]
        assert copied == entries
        assert "stop_pressed" in [entry.kind for entry in copied]
        assert "stop_pressed" in kinds
        assert kinds[-1] == "closed"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_console_alone_ends_at_once_and_without_a_complaint(home: Path, number: int) -> None:
    one = Served(home)
    try:
        assert enter(one.link)  # it serves
        assert one.end(number) == 0
        assert one.errors() == ""
    finally:
        one.clear()


def test_what_a_runtime_that_does_not_start_said_is_shown(home: Path) -> None:
    from clinician_console.core.local import LocalRuntimeProcess

    local = LocalRuntimeProcess(f"--scene nowhere --records '{home}'", None)
    assert local.state().word == "none"
    local.start()
    assert local._process
    local._process.wait(40)
    state = local.state()
    assert (state.word, state.exit_status) == ("ended", 2)
    assert "nowhere" in state.last_line
    assert local.close()
    assert local.state() == state, "still known afterwards"
