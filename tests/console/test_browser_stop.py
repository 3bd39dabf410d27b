"""STOP in a real browser: from every focus, by every way, whatever else hangs."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.console.driving import (
    MARKS,
    Browser,
    allowed,
    at,
    at_rest,
    focus,
    kinds,
    open_page,
    stop_is,
    text_of,
    wait,
)
from tests.helpers.console_process import ConsoleProcess

pytestmark = MARKS


def test_escape_stops_while_a_note_is_typed(browser: Browser, console: ConsoleProcess) -> None:
    note = at(browser, "note")
    note.send_keys("breathes faster")
    note.send_keys(Keys.ESCAPE)
    wait(lambda: stop_is(browser, "confirmed"), "the confirmation")
    assert console.ask("stops") == "1"
    assert re.fullmatch(r"STOPPED \d\d:\d\d:\d\d \(\d+ ms\)", at(browser, "stop-state").text)
    assert note.get_attribute("value") == "breathes faster", "what was typed is still there"


FOCI = (
    "parameter-wind", "step-up", "rung-5", "language-fr", "choice-rail_kind-glass", "stop", "note", "timeline-whole",
)  # fmt: skip
"""The slider first: once the session is stopped it takes no focus."""


@pytest.mark.parametrize("stop_key", [Keys.F8, Keys.ESCAPE], ids=["F8", "Escape"])
def test_both_stop_keys_work_whatever_has_the_focus(
    browser: Browser, console: ConsoleProcess, stop_key: str
) -> None:
    for pressed, where in enumerate(FOCI, start=1):
        focus(browser, where)
        browser.switch_to.active_element.send_keys(stop_key)
        wait(lambda: console.ask("stops") == str(pressed), f"the STOP from {where}")  # noqa: B023
        wait(lambda: stop_is(browser, "confirmed"), f"the confirmation, from {where}")


STRANGE = {
    "a modal dialog": "<dialog id='strange'><input id='strange-focus'></dialog>",
    "a text area": "<textarea id='strange-focus'>long note</textarea>",
    "a list": "<select id='strange-focus'><option>a<option>b</select>",
    "a popover": "<div id='strange' popover><button id='strange-focus'>menu</button></div>",
    "an editable text": "<div id='strange-focus' contenteditable tabindex=0>text</div>",
}


def test_escape_stops_from_inside_what_the_page_does_not_even_have(
    browser: Browser, console: ConsoleProcess
) -> None:
    """The page has no dialog, list or menu; should one come, Escape must still be STOP and not close it first.

    A native list that hangs open takes every key for itself (Chromium 156): there must never be one on the page.
    """
    others = (
        "return document.querySelectorAll('dialog, select, textarea, [popover], .q-dialog, .q-menu').length"
    )
    assert browser.execute_script(others) == 0
    for pressed, (what, markup) in enumerate(STRANGE.items(), start=1):
        browser.execute_script(
            "const d = document.createElement('div'); d.id = 'strange-room'; d.innerHTML = arguments[0];"
            "d.style = 'position:fixed;left:0;top:0;z-index:9'; document.body.append(d);"
            "const s = document.getElementById('strange');"
            "if (s?.showModal) s.showModal(); else if (s) s.showPopover();"
            "document.getElementById('strange-focus').focus()",
            markup,
        )
        try:
            browser.switch_to.active_element.send_keys(Keys.ESCAPE)
            wait(lambda: console.ask("stops") == str(pressed), f"the STOP from {what}")  # noqa: B023
            wait(lambda: stop_is(browser, "confirmed"), f"the confirmation from {what}")
        finally:
            browser.execute_script("document.getElementById('strange-room').remove()")


def test_the_stop_button_stops_once_a_press(browser: Browser, console: ConsoleProcess) -> None:
    at(browser, "stop").click()
    wait(lambda: stop_is(browser, "confirmed"), "the confirmation")
    assert console.ask("stops") == "1", "pointer down and click are one STOP"
    wait(lambda: browser.execute_script("return window.palier.phase") == "stopped", "the phase")


def test_a_stopped_page_cannot_be_mistaken_and_says_what_to_do(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "stop").click()
    wait(lambda: text_of(browser, ".phase") == "Stopped", "the phase in words")
    wait(
        lambda: text_of(browser, ".caption-title").startswith("STOPPED. The patient sees: calm place"),
        "the picture",
    )
    assert "Release stop" in text_of(browser, ".caption-line")
    assert re.fullmatch(r"Stopped for <?\d+ s", text_of(browser, ".alarm-what"))
    assert "Release stop" in text_of(browser, ".alarm-todo")
    frame = browser.execute_script(
        "return getComputedStyle(document.querySelector('.console'), '::after').borderTopWidth"
    )
    assert frame == "6px"
    assert allowed(browser, "release")
    assert not allowed(browser, "step-up")
    assert not allowed(browser, "resume")


def test_a_stop_by_the_patient_shows_on_the_button_too(browser: Browser, console: ConsoleProcess) -> None:
    console.tell("patient_stop")
    wait(lambda: stop_is(browser, "confirmed"), "the state of the button")
    assert at(browser, "stop-state").text == "STOPPED"
    assert console.ask("stops") == "0"
    at(browser, "stop").click()  # and it can still be pressed
    wait(lambda: console.ask("stops") == "1", "the STOP")


def test_an_unconfirmed_stop_says_so_across_the_page_until_it_is_confirmed(
    browser: Browser, console: ConsoleProcess
) -> None:
    console.tell("silent")
    assert console.ask("age")
    at(browser, "stop").click()
    wait(lambda: stop_is(browser, "unconfirmed"), "the warning")
    banner = at(browser, "stop-banner")
    assert banner.is_displayed()
    assert banner.size["width"] == browser.execute_script("return innerWidth")
    assert "NOT CONFIRMED" in banner.text
    assert "headset" in banner.text
    console.tell("answer")
    assert console.ask("age")
    at(browser, "stop").click()
    wait(lambda: stop_is(browser, "confirmed"), "the confirmation")
    assert not banner.is_displayed()


def test_stop_works_while_the_pages_server_is_blocked(browser: Browser, console: ConsoleProcess) -> None:
    console.tell("block 5")
    wait(lambda: int(console.ask("age")) > 400, "the block")
    at(browser, "stop").click()
    wait(lambda: stop_is(browser, "confirmed"), "the confirmation", 4.0)
    assert int(console.ask("age")) > 400, "the page's server was still blocked"
    assert console.ask("stops") == "1"
    wait(lambda: int(console.ask("age")) < 400, "the end of the block")


def test_stop_takes_the_second_way_when_the_first_is_shut(browser: Browser, console: ConsoleProcess) -> None:
    browser.execute_script("window.palier.config.safety = 'http://127.0.0.1:9'")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    wait(lambda: stop_is(browser, "confirmed"), "the confirmation by the second way")
    assert console.ask("stops") == "1"
    browser.get("about:blank")  # the policy's complaints about the shut way belong to this test alone


def test_the_release_is_asked_for_twice_and_makes_the_button_ready(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "stop").click()
    wait(lambda: allowed(browser, "release"), "the release")
    at(browser, "release").click()
    wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
    assert "release" not in kinds(console)
    at(browser, "confirm-yes").click()
    wait(lambda: stop_is(browser, "ready"), "the ready button")
    assert kinds(console)[-1:] == ["release"]


def test_a_second_tab_stops_and_the_first_shows_it(browser: Browser, console: ConsoleProcess) -> None:
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    try:
        browser.get(console.origin)
        at_rest(browser)
        at(browser, "stop").click()
        wait(lambda: stop_is(browser, "confirmed"), "the confirmation in the second tab")
    finally:
        browser.close()
        browser.switch_to.window(first)
    wait(lambda: stop_is(browser, "confirmed"), "the state in the first tab")
    wait(lambda: text_of(browser, ".phase") == "Stopped", "the phase in the first tab")
    assert console.ask("stops") == "1"
    wait(lambda: int(console.ask("age")) < 900, "the first tab keeps the page alive")


def test_the_tab_keeps_the_heartbeat_young_and_its_end_is_silence(
    browser: Browser, console: ConsoleProcess
) -> None:
    wait(lambda: int(console.ask("age")) < 900, "a young page")
    browser.get("about:blank")
    wait(lambda: int(console.ask("age")) > 1500, "the silence")


def test_a_console_that_is_gone_is_told_across_the_page(browser: Browser) -> None:
    with ConsoleProcess() as console:
        open_page(browser, console)
    wait(lambda: at(browser, "stop-banner").is_displayed(), "the banner")
    assert "lost the console" in at(browser, "stop-banner").text
    assert "headset" in at(browser, "stop-banner").text
    browser.get("about:blank")
