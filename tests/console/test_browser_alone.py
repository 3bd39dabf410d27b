"""The page that a patient fills alone, in a real browser: nothing else is there, whatever the patient tries, until the
therapist takes the screen back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.console import driving
from tests.console.driving import Browser, at, focused, text_of, wait
from tests.console.hands import Keyboard
from tests.helpers.barriers import barriers
from tests.helpers.console_process import ConsoleProcess, enter, request

pytestmark = driving.MARKS


class Desk(NamedTuple):
    console: ConsoleProcess
    patient: str


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[Desk]:
    with ConsoleProcess("--filled", module="tests.helpers.demo_day") as one:
        browser.get(one.next_link())
        wait(lambda: browser.find_elements(By.ID, "nav-patients"), "the day")
        yield Desk(one, json.loads(one.ask("ids"))["patient"])


def there(browser: Browser, name: str) -> None:
    wait(lambda: browser.find_elements(By.ID, name), name)


def path(browser: Browser) -> str:
    return browser.execute_script("return location.pathname")


def answers(desk: Desk, browser: Browser) -> int:
    """How many filled questionnaires the patient's page shows."""
    return len(browser.find_elements(By.CSS_SELECTOR, "[id^=quest-row-]"))


def fetched(browser: Browser, address: str, method: str = "GET") -> list[Any]:
    script = (
        "const [address, method, done] = arguments; fetch(address, { method }).then(async (a) =>"
        " done([a.status, await a.text()]), (e) => done([0, String(e)]))"
    )
    return browser.execute_async_script(script, address, method)


def handed_over(browser: Browser, desk: Desk, hands: Keyboard) -> str:
    """GAD-7, by the patient, on this screen. Gives the code."""
    browser.get(f"{desk.console.origin}/questionnaires/{desk.patient}")
    hands.press("#quest-begin-gad7")
    hands.press("#quest-start")
    there(browser, "alone-begin")
    assert barriers(browser) == []
    code = text_of(browser, "#alone-code-is")
    assert len(code) == 4
    hands.press("#alone-begin")
    wait(lambda: path(browser) == "/alone", "the patient's page")
    there(browser, "quest-item-1")
    return code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04d}"


def test_a_patient_has_one_page_until_the_therapist_takes_the_screen_back(
    browser: Browser, desk: Desk
) -> None:
    """By keyboard alone."""
    hands, origin = Keyboard(browser), desk.console.origin
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(f"{origin}/patients")
    there(browser, "patient-search")
    second = browser.current_window_handle
    browser.switch_to.window(first)
    browser.get(f"{origin}/patients/{desk.patient}")
    there(browser, "edit")
    code = handed_over(browser, desk, hands)

    assert browser.find_elements(By.CSS_SELECTOR, "a, nav, select, dialog") == []
    assert "P-0012" not in browser.page_source
    assert desk.patient not in browser.page_source
    assert browser.title == "Palier"
    for theme in ("light", "dark"):
        browser.execute_script("window.palier.paint(arguments[0])", theme)
        assert barriers(browser) == [], theme
    # The other tab has changed by itself.
    browser.switch_to.window(second)
    wait(lambda: path(browser) == "/alone", "the other tab's change")
    browser.close()
    browser.switch_to.window(first)

    # No session is on: there is no STOP, and its keys do nothing.
    assert not at(browser, "stop").is_displayed()
    hands.strike(Keys.ESCAPE)
    assert not at(browser, "stop-banner").is_displayed()
    hands.press("#quest-1-2")
    wait(lambda: at(browser, "quest-1-2").get_attribute("aria-pressed") == "true", "the answer")
    hands.press("#quest-next")
    there(browser, "quest-item-2")

    links = (
        "/", "/patients", f"/patients/{desk.patient}", "/drive", f"/plans/{desk.patient}/file", "/enter?token=guess",
        "/nothing",
    )  # fmt: skip
    for address in links:
        browser.get(origin + address)
        assert path(browser) == "/alone", address
        there(browser, "quest-item-2")
    for _ in range(3):
        browser.back()
        wait(lambda: browser.execute_script("return document.readyState") == "complete", "the page")
        wait(
            lambda: path(browser) == "/alone" and browser.find_elements(By.ID, "quest-item-2"),
            "the same page",
        )
    for address in ("/standing", "/timeline", "/preview", f"/homework/{desk.patient}/x/save", "/patients"):
        status, body = fetched(browser, address)
        assert (status, "P-0012" in body) == (423, False), address
    assert fetched(browser, "/alone/begin", "POST")[0] == 423
    socket = (
        "const done = arguments[0]; const wire = new WebSocket('ws://' + location.host +"
        " '/_nicegui_ws/socket.io/?EIO=4&transport=websocket&client_id=' + crypto.randomUUID());"
        "wire.onopen = () => done('open'); wire.onerror = () => done('refused');"
    )
    assert browser.execute_async_script(socket) == "refused"

    # Another browser goes on undisturbed.
    other = enter(desk.console.next_link())
    assert "P-0012" in request(desk.console.port, "/patients", Cookie=other).body

    # Left before the end: nothing is lost, and nothing else is there.
    hands.press("#quest-leave")
    wait(lambda: focused(browser) == "quest-thanks", "the focus at the thanks")
    assert barriers(browser) == []
    browser.get(f"{origin}/patients")
    there(browser, "quest-thanks")
    hands.press("#quest-go-on")
    there(browser, "quest-item-2")
    hands.press("#quest-leave")
    hands.write("#alone-code", wrong(code))
    hands.press("#alone-take-back")
    wait(lambda: "not the code" in text_of(browser, "#alone-said"), "that it is wrong")
    assert path(browser) == "/alone"
    assert not at(browser, "alone-code").get_attribute("value")
    hands.write("#alone-code", code)
    hands.press("#alone-take-back")
    wait(lambda: path(browser) == f"/questionnaires/{desk.patient}", "the therapist's page")
    there(browser, "quest-behind")
    before = answers(desk, browser)
    assert "1 of 7 answered" in text_of(browser, "#quest-behind")
    hands.press("#quest-behind-keep")
    wait(lambda: answers(desk, browser) == before + 1, "the answers, kept")
    assert not browser.find_elements(By.ID, "quest-behind")
    browser.get(f"{origin}/patients")
    there(browser, "patient-search")


def test_with_a_session_on_stop_is_there_and_alone_acts(browser: Browser, desk: Desk) -> None:
    hands, console = Keyboard(browser), desk.console
    code = handed_over(browser, desk, hands)
    assert not at(browser, "stop").is_displayed()
    console.tell("live")
    wait(lambda: at(browser, "stop").is_displayed(), "STOP")
    assert barriers(browser) == []
    hands.strike("12p " + Keys.ARROW_UP + Keys.F8)
    wait(lambda: driving.stop_is(browser, "confirmed"), "the STOP's confirmation")
    assert console.ask("stops") == "1"
    # Ended as the patient ends it: kept, and no word of a score.
    for item in range(2, 8):
        browser.execute_script("document.getElementById('quest-next').click()")
        there(browser, f"quest-item-{item}")
    hands.press("#quest-7-3")
    hands.press("#quest-finish")
    wait(lambda: focused(browser) == "quest-thanks", "the focus at the thanks")
    assert not browser.find_elements(By.ID, "quest-go-on")
    assert "Total" not in text_of(browser, "main")
    assert at(browser, "stop").is_displayed()
    at(browser, "alone-code").send_keys(code, Keys.ENTER)
    wait(lambda: path(browser) == f"/questionnaires/{desk.patient}", "the therapist's page")
    there(browser, "quest-latest-gad7")
    assert not browser.find_elements(By.ID, "quest-behind")
    browser.get(f"{console.origin}/questionnaires/{desk.patient}")
    hands.press("#quest-begin-gad7")
    hands.press("#quest-start")
    there(browser, "alone-running")


def test_a_link_from_the_terminal_takes_the_screen_back_too(browser: Browser, desk: Desk) -> None:
    handed_over(browser, desk, Keyboard(browser))
    browser.get(desk.console.next_link())
    there(browser, "nav-patients")
    browser.get(f"{desk.console.origin}/patients")
    there(browser, "patient-search")
