"""In a real Chromium: another computer plays the sessions; the day says how it stands there and opens a session on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By

from tests.console import driving
from tests.console.driving import Browser
from tests.helpers.barriers import barriers
from tests.helpers.console_process import ConsoleProcess

pytestmark = driving.MARKS


@pytest.fixture(scope="module")
def office(browser: Browser) -> Iterator[ConsoleProcess]:
    with ConsoleProcess(module="tests.helpers.demo_elsewhere") as one:
        browser.get(one.next_link())
        yield one


def shown(browser: Browser, name: str, text: str) -> None:
    driving.wait(lambda: text in driving.text_of(browser, f"#{name}"), f"{text!r} in {name}")


def test_what_is_in_the_way_is_said_and_a_session_that_is_begun_leads_to_the_session_page(
    browser: Browser, office: ConsoleProcess
) -> None:
    office.ask("network nobody_waits")
    browser.get(office.origin + office.ask("plan"))
    shown(browser, "there", "nobody waits")
    shown(browser, "there-line", "vr-runtime wait")
    driving.at(browser, "start-headset").click()
    shown(browser, "start-failed", "nobody waits for a session on it. Type this line there")
    for theme in ("light", "dark"):
        browser.execute_script("window.palier.paint(arguments[0])", theme)
        assert barriers(browser) == [], theme

    office.ask("network waits")
    office.ask("busy")
    driving.at(browser, "start-headset").click()
    shown(browser, "start-failed", "end it there, then ask again")
    assert office.ask("begun") == "0"
    driving.at(browser, "there-again").click()
    shown(browser, "there", "A session is on at room-3")

    office.ask("network waits")
    driving.at(browser, "there-again").click()
    shown(browser, "there", "room-3 waits for a session")
    shown(browser, "there-headset", "Its headset is ready")
    driving.at(browser, "start-headset").click()
    driving.at(browser, "start-headset").click()
    driving.wait(lambda: browser.current_url.endswith("/drive"), "the session page")
    assert office.ask("begun") == "1"


def test_the_day_says_it_too_and_practice_is_begun_there(browser: Browser, office: ConsoleProcess) -> None:
    office.ask("network unreachable")
    browser.get(office.origin + "/")
    shown(browser, "there", "room-3 cannot be reached")
    shown(browser, "there-todo", "firewall")
    assert not browser.find_elements(By.ID, "headset")
    office.ask("network waits")
    before = int(office.ask("begun"))
    driving.at(browser, "practise").click()
    driving.wait(lambda: browser.current_url.endswith("/drive"), "the session page")
    assert int(office.ask("begun")) == before + 1
