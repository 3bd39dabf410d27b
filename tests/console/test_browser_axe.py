"""axe-core finds nothing against WCAG 2.1 at levels A and AA on any page, in both colours."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By

from clinician_console.pages.shell import PLACES
from tests.console import driving
from tests.console.driving import Browser
from tests.helpers.barriers import barriers
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
    for theme in ("light", "dark"):
        browser.execute_script("window.palier.paint(arguments[0])", theme)
        assert barriers(browser) == [], theme


def test_axe_would_find_a_button_without_a_name_and_a_pale_text(
    browser: Browser, day: ConsoleProcess
) -> None:
    browser.get(day.origin + "/settings")
    driving.wait(lambda: browser.find_elements(By.CSS_SELECTOR, "main"), "the page")
    browser.execute_script(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><p style=\"color:#888\">pale</p>')"
    )
    browser.execute_script("window.palier.paint('light')")
    found = {name for name, _ in barriers(browser)}
    assert {"button-name", "color-contrast"} <= found
