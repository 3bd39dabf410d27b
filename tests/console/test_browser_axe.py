"""axe-core finds nothing against WCAG 2.1 at levels A and AA on any page, in both colours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from clinician_console.pages.shell import PLACES
from tests.console import driving
from tests.console.driving import Browser
from tests.helpers.console_process import ConsoleProcess

pytestmark = driving.MARKS

ADDRESSES = [
    *dict.fromkeys(address for _, address in PLACES),
    "/patients?new=1",
    "/patients/{patient}",
    "/plans/{plan}",
    "/start/{patient}/{plan}",
    "/questionnaires/{patient}",
    "/homework/{patient}",
    "/progress/{patient}",
    "/after/{session}",
    "/review/{session}",
]

AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }).then(
  (found) => done(JSON.stringify(found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))]))),
  (problem) => done(JSON.stringify([["axe", [String(problem)]]])));
"""


@pytest.fixture(scope="module")
def day(browser: Browser) -> Iterator[ConsoleProcess]:
    with ConsoleProcess("--filled", "--live", module="tests.helpers.demo_day") as one:
        browser.get(one.next_link())
        yield one


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing(browser: Browser, day: ConsoleProcess, address: str) -> None:
    browser.get(day.origin + address.format(**json.loads(day.ask("ids"))))
    driving.wait(lambda: browser.find_elements(By.CSS_SELECTOR, "main"), "the page")
    driving.wait(
        lambda: browser.execute_script("return window.socket?.connected ?? true"), "the page's server"
    )
    assert not browser.find_elements(By.CSS_SELECTOR, "p.said[role=alert][data-level=danger]"), (
        "an error page"
    )
    browser.execute_script(AXE)
    for theme in ("light", "dark"):
        browser.execute_script("window.palier.paint(arguments[0])", theme)
        found: list[Any] = json.loads(browser.execute_async_script(RUN))
        assert found == [], (theme, json.dumps(found, indent=1))


def test_axe_would_find_a_button_without_a_name_and_a_pale_text(
    browser: Browser, day: ConsoleProcess
) -> None:
    browser.get(day.origin + "/settings")
    driving.wait(lambda: browser.find_elements(By.CSS_SELECTOR, "main"), "the page")
    browser.execute_script(AXE)
    browser.execute_script(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><p style=\"color:#888\">pale</p>')"
    )
    browser.execute_script("window.palier.paint('light')")
    found = {name for name, _ in json.loads(browser.execute_async_script(RUN))}
    assert {"button-name", "color-contrast"} <= found
