"""The page of exports in a real Chromium: by keyboard, with what is left out told, and the file behind the guard."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.console import driving
from tests.console.driving import Browser
from tests.helpers.console_process import ConsoleProcess

pytestmark = driving.MARKS


@pytest.fixture(scope="module")
def day() -> Iterator[ConsoleProcess]:
    with ConsoleProcess("--filled", module="tests.helpers.demo_day") as one:
        yield one


@pytest.fixture
def page(browser: Browser, day: ConsoleProcess) -> Browser:
    if not browser.current_url.startswith(day.origin):
        browser.get(day.next_link())
    browser.get(day.origin + "/exports")
    driving.wait(lambda: browser.find_elements(By.ID, "export-go"), "the page")
    return browser


def press(page: Browser, name: str) -> None:
    """By keyboard, wherever on the page it stands."""
    driving.at(page, name).send_keys(Keys.ENTER)


def said(page: Browser) -> str:
    return driving.text_of(page, "#export-said")


def test_a_study_without_anybody_says_whom_it_left_out_and_why(page: Browser) -> None:
    press(page, "export-go")
    driving.wait(lambda: "Give the study a name" in said(page), "what is missing")
    driving.at(page, "export-study").send_keys("heights-2026", Keys.TAB)
    press(page, "export-go")
    driving.wait(lambda: "2 people who have not agreed to research" in said(page), "why there is none")


def test_a_session_is_chosen_and_its_file_is_fetched_once_behind_the_guard(
    page: Browser, day: ConsoleProcess
) -> None:
    press(page, "export-scope-session")
    driving.at(page, "export-search").send_keys("12")
    driving.wait(
        lambda: driving.text_of(page, "#export-found") == "P-0012", "the patient that was looked for"
    )
    press(page, "export-patient-1")
    driving.wait(lambda: page.find_elements(By.ID, "export-session-4"), "the sessions")
    press(page, "export-session-4")
    press(page, "export-format-fhir")
    driving.wait(lambda: "bundle" in driving.text_of(page, "#export-about"), "what it is")
    press(page, "export-go")
    driving.wait(lambda: page.find_elements(By.ID, "export-fetch"), "the file")
    address = str(driving.at(page, "export-fetch").get_attribute("href"))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address, timeout=5)
    with refused.value as answer:
        assert answer.code == 403, "without the browser's cookie"
    fetched = page.execute_async_script(
        "const done = arguments[1];"
        "fetch(arguments[0]).then(async r => done([r.status, r.headers.get('content-disposition'),"
        " String.fromCharCode(...new Uint8Array(await r.arrayBuffer()).slice(0, 2))]))",
        address,
    )
    assert fetched == [200, 'attachment; filename="palier-export.zip"', "PK"]
    driving.wait(lambda: "deleted here" in said(page), "that it was handed over")
    assert (
        page.execute_async_script(
            "const d = arguments[1]; fetch(arguments[0]).then(r => d(r.status))", address
        )
        == 404
    )
    trail = json.loads(day.ask("store audit"))
    assert any(entry["act"] == "exported" and entry["kind"] == "patient" for entry in trail)
    assert "P-0012" not in address
