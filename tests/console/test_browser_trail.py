"""Who did what, and how long sessions are kept, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By

from tests.console import driving
from tests.console.driving import Browser
from tests.helpers.barriers import barriers
from tests.helpers.console_process import ConsoleProcess

pytestmark = driving.MARKS


@pytest.fixture(scope="module")
def day(browser: Browser) -> Iterator[ConsoleProcess]:
    with ConsoleProcess("--filled", "--old", module="tests.helpers.demo_day") as one:
        browser.get(one.next_link())
        yield one


def shown(browser: Browser, name: str) -> str:
    """The text of an element, as it is seen; empty where it is hidden or not there."""
    return browser.execute_script("return document.getElementById(arguments[0])?.innerText || ''", name)


def press(browser: Browser, name: str) -> None:
    driving.wait(lambda: shown(browser, name), name)
    button = driving.at(browser, name)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def test_the_trail_is_listed_filtered_and_checked(browser: Browser, day: ConsoleProcess) -> None:
    browser.get(day.origin + "/audit")
    driving.wait(lambda: "P-0012" in shown(browser, "audit-entries"), "the entries")
    assert "AB" in shown(browser, "audit-entries")
    press(browser, "audit-check")
    driving.wait(lambda: shown(browser, "audit-state").startswith("Whole"), "that the trail is whole")
    driving.at(browser, "audit-search").send_keys("0031")
    press(browser, "audit-find")
    driving.wait(lambda: browser.find_elements(By.LINK_TEXT, "P-0031"), "the patient")
    assert barriers(browser) == []
    browser.find_element(By.LINK_TEXT, "P-0031").click()
    driving.wait(lambda: shown(browser, "audit-everybody"), "one patient's trail")
    assert "P-0031" in shown(browser, "audit-entries")
    assert "P-0012" not in shown(browser, "audit-entries")
    assert "0031" not in browser.current_url


def test_what_is_overdue_is_erased_by_a_second_press_in_place(browser: Browser, day: ConsoleProcess) -> None:
    browser.get(day.origin + "/settings")
    driving.wait(lambda: browser.find_elements(By.ID, "keeping-years"), "the settings")
    field = driving.at(browser, "keeping-years")
    field.send_keys("never")
    press(browser, "keeping-save")
    driving.wait(lambda: "whole number" in shown(browser, "keeping-said"), "what is wrong")
    field.clear()
    field.send_keys("10")
    press(browser, "keeping-save")
    driving.wait(lambda: "2" in shown(browser, "overdue-count"), "what is overdue")
    assert shown(browser, "overdue-list").count("P-0012") == 2
    assert field.get_attribute("value") == "10"
    assert not driving.at(browser, "overdue-erase-now").is_displayed()
    press(browser, "overdue-erase")
    driving.wait(lambda: "2 sessions" in shown(browser, "overdue-erase-now"), "the second button")
    assert barriers(browser) == []
    press(browser, "overdue-keep")
    driving.wait(lambda: shown(browser, "overdue-erase"), "the first button again")
    assert len(json.loads(day.ask("store recent_sessions"))) == 6
    assert all(one["state"] == "ended" for one, _ in json.loads(day.ask("store recent_sessions")))
    press(browser, "overdue-erase")
    press(browser, "overdue-erase-now")
    driving.wait(lambda: "Sessions erased: 2" in shown(browser, "overdue-report"), "the report")
    driving.wait(lambda: "Nothing is overdue" in shown(browser, "overdue-count"), "that nothing is left")
    states = [one["state"] for one, _ in json.loads(day.ask("store recent_sessions"))]
    assert states.count("erased") == 2
    assert "retained" in [entry["act"] for entry in json.loads(day.ask("store audit"))]
