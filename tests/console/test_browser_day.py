"""The frame of every page in a real Chromium: STOP from everywhere, languages, colours, what axe finds."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.console import driving
from tests.console.driving import Browser
from tests.helpers.console_process import ConsoleProcess

pytestmark = driving.MARKS

DAY = "tests.helpers.demo_day"


@pytest.fixture(scope="module")
def day() -> Iterator[ConsoleProcess]:
    with ConsoleProcess("--filled", "--live", module=DAY) as one:
        yield one


@pytest.fixture
def page(browser: Browser, day: ConsoleProcess) -> Browser:
    """The day's page, in English."""
    if not browser.current_url.startswith(day.origin):
        browser.get(day.next_link())
    browser.get(day.origin + "/")
    driving.wait(lambda: browser.find_elements(By.ID, "to-drive"), "the day")
    return browser


def test_stop_works_from_a_page_that_does_not_drive(page: Browser, day: ConsoleProcess) -> None:
    page.get(day.origin + "/settings")
    driving.wait(lambda: page.find_elements(By.ID, "clinic-name"), "the settings")
    before = int(day.ask("stops"))
    driving.at(page, "clinic-name").send_keys("abc", Keys.ESCAPE)
    driving.wait(lambda: int(day.ask("stops")) == before + 1, "a STOP by Escape from within a field")
    driving.wait(lambda: driving.stop_is(page, "confirmed"), "its confirmation")
    assert driving.at(page, "clinic-name").get_attribute("value") == "abc"
    driving.wait(lambda: driving.text_of(page, "#strip-phase") == "Stopped", "the foot to say so")


def test_stop_stands_in_the_same_corner_of_every_page_and_over_everything(
    page: Browser, day: ConsoleProcess
) -> None:
    corners = set()
    for address in ("/", "/settings", "/drive"):
        page.get(day.origin + address)
        driving.wait(lambda: page.find_elements(By.ID, "stop"), "STOP")
        box = page.execute_script(
            "const b = document.getElementById('stop').getBoundingClientRect();"
            "const at = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2);"
            "return [innerWidth - b.right, innerHeight - b.bottom, !!at.closest('#stop'), b.width > 150, b.height >= 72]"
        )
        assert box[2:] == [True, True, True], address
        corners.add((round(box[0]), round(box[1])))
    assert len(corners) == 1, corners


def test_a_change_of_language_keeps_what_was_typed(page: Browser, day: ConsoleProcess) -> None:
    page.get(day.origin + "/settings")
    driving.wait(lambda: page.find_elements(By.ID, "clinic-name"), "the settings")
    driving.at(page, "clinic-name").send_keys("Cabinet du Lac")
    driving.at(page, "language-fr").click()
    driving.wait(lambda: driving.text_of(page, "h1") == "Réglages", "French")
    driving.wait(
        lambda: driving.at(page, "clinic-name").get_attribute("value") == "Cabinet du Lac", "what was typed"
    )
    assert page.execute_script("return document.documentElement.lang") == "fr"
    driving.at(page, "language-en").click()
    driving.wait(lambda: driving.text_of(page, "h1") == "Settings", "English")


def test_colours_are_kept_for_the_next_page(page: Browser, day: ConsoleProcess) -> None:
    def theme() -> str:
        return page.execute_script("return document.documentElement.dataset.theme")

    driving.at(page, "theme-dark").click()
    driving.wait(lambda: theme() == "dark", "dark")
    driving.wait(lambda: '"theme": "dark"' in day.ask("store settings"), "the setting")
    page.get(day.origin + "/settings")
    assert theme() == "dark"
    driving.wait(lambda: page.find_elements(By.ID, "theme-light"), "the buttons")
    driving.at(page, "theme-light").click()
    driving.wait(lambda: theme() == "light", "light")


def test_what_the_clinic_sets_is_kept_as_text(page: Browser, day: ConsoleProcess) -> None:
    page.get(day.origin + "/settings")
    driving.wait(lambda: page.find_elements(By.ID, "clinic-name"), "the settings")
    field = driving.at(page, "clinic-name")
    field.clear()
    field.send_keys("<img src=x onerror=alert(1)>", Keys.TAB, Keys.ENTER)
    driving.wait(lambda: driving.text_of(page, "#clinic-said") == "Saved.", "that it was saved")
    kept = json.loads(day.ask("store settings"))
    assert kept["clinic_name"] == "<img src=x onerror=alert(1)>"
    page.get(day.origin + "/settings")
    driving.wait(lambda: page.find_elements(By.ID, "clinic-name"), "the settings")
    assert driving.at(page, "clinic-name").get_attribute("value") == "<img src=x onerror=alert(1)>"
    assert not page.find_elements(By.CSS_SELECTOR, "img[src=x]")


def test_a_page_of_somebody_who_is_not_there_says_so_in_the_frame(page: Browser, day: ConsoleProcess) -> None:
    page.get(day.origin + "/start/nobody/nothing")
    driving.wait(lambda: page.find_elements(By.CSS_SELECTOR, "[role=alert].said"), "the error")
    assert driving.text_of(page, "p.said")
    assert page.find_elements(By.ID, "nav-day")


def test_the_walk_for_newcomers_names_nine_things_and_takes_no_key_away(
    page: Browser, day: ConsoleProcess
) -> None:
    page.get(day.origin + "/drive?tour=true")
    driving.wait(lambda: driving.at(page, "tour").is_displayed(), "the walk")
    titles = []
    for _ in range(9):
        titles.append(driving.text_of(page, "#tour-title"))
        assert page.find_elements(By.CSS_SELECTOR, ".is-pointed-at"), titles
        driving.at(page, "tour-next").click()
    assert len(set(titles)) == 9
    assert not driving.at(page, "tour").is_displayed()
    driving.wait(
        lambda: '"toured": "yes"' in day.ask("store settings"), "that it is not shown again by itself"
    )
    driving.at(page, "help").click()
    before = int(day.ask("stops"))
    driving.key(page, "F8")
    driving.wait(lambda: int(day.ask("stops")) == before + 1, "a STOP while help is open")


def test_help_explains_what_has_the_focus(page: Browser, day: ConsoleProcess) -> None:
    page.get(day.origin + "/drive")
    driving.wait(lambda: page.find_elements(By.ID, "safe_place"), "the session page")
    driving.at(page, "help").click()
    driving.focus(page, "safe_place")
    driving.wait(lambda: driving.text_of(page, "#tour-title") == "Safe place", "its explanation")
    driving.at(page, "tour-close").click()
    assert not driving.at(page, "tour").is_displayed()
