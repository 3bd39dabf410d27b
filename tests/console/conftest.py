from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from clinician_console.core import ConsoleCore
from clinician_console.export.choose import choose_study
from clinician_console.export.portion import Format, Portion
from clinician_console.export.write import Export, write_export
from tests.helpers.clinic_for_exports import Clinic, make_clinic, opened
from tests.helpers.console_process import ConsoleProcess
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart

if TYPE_CHECKING:
    from tests.console.driving import Browser


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One for all modules: on a busy machine it takes long to start."""
    from tests.console import driving

    with driving.chromium() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Browser]:
    from tests.console import driving

    driving.as_new(chromium)  # nothing is left of what another module did to it
    yield chromium
    chromium.get("about:blank")  # nothing is left running for the tests of other rooms
    chromium.delete_all_cookies()


@pytest.fixture(scope="module")
def process() -> Iterator[ConsoleProcess]:
    """The demo console, some minutes into a session."""
    with ConsoleProcess("--history", "200") as one:
        yield one


@pytest.fixture
def console(browser: Browser, process: ConsoleProcess) -> ConsoleProcess:
    """A session at step 2, nothing sent yet, its page open, English and at rest."""
    from tests.console import driving

    assert process.ask("reset") == "done"
    if not browser.current_url.startswith(process.origin):
        driving.open_page(browser, process)
    browser.execute_script(
        "document.activeElement.blur(); document.getElementById('note').value = '';"
        "document.getElementById('language-en').click()"
    )
    driving.wait(lambda: driving.here(browser) == "rung-2", "step 2")
    driving.wait(lambda: driving.stop_is(browser, "ready"), "the ready button")
    driving.wait(lambda: driving.allowed(browser, "pause"), "the exposure")
    driving.wait(lambda: driving.text_of(browser, ".phase") == "Exposure", "English")
    return process


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return make_clinic(tmp_path_factory.mktemp("clinic"))


@pytest.fixture(scope="session")
def study(clinic: Clinic) -> Portion:
    return choose_study(clinic.store, "heights-2026", opened)


@pytest.fixture(scope="session")
def exports(study: Portion, tmp_path_factory: pytest.TempPathFactory) -> dict[Format, Export]:
    """The study in every format."""
    base = tmp_path_factory.mktemp("exports")
    return {to: write_export(study, to, base / to.value) for to in Format}
