"""The page without a connection in mid-session, closed, loaded anew, and open twice: the session goes on, the page catches
up, and no command is sent twice or late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.console.driving import (
    MARKS,
    Browser,
    allowed,
    at,
    at_rest,
    here,
    key,
    kinds,
    sent,
    stop_is,
    text_of,
    turned,
    wait,
)
from tests.helpers.console_process import ConsoleProcess

pytestmark = [*MARKS, pytest.mark.slow]


@contextmanager
def offline(browser: Browser) -> Iterator[None]:
    """The browser's network taken away: requests fail, the page's websocket is cut."""

    def turn(off: bool) -> None:
        browser.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )

    browser.execute_cdp_cmd("Network.enable", {})
    turn(True)
    try:
        wait(lambda: not browser.execute_script("return window.socket.connected"), "the cut")
        yield
    finally:
        turn(False)


def back(browser: Browser) -> None:
    """On line again, whether the page went on or was loaded anew."""
    wait(
        lambda: browser.execute_script(
            "return !!window.socket?.connected && !!window.palier?.timelineData"
            " && document.getElementById('stop-banner')?.hidden === true"
        ),
        "the connection",
        40,
    )
    at_rest(browser)


def marked(browser: Browser) -> int:
    """How many rises of the heart rate the page's time line holds."""
    return browser.execute_script(
        "return window.palier.timelineData().points.filter((point) => point.label === 'heart_rise').length"
    )


def gone_for(browser: Browser, console: ConsoleProcess, seconds: float) -> None:
    """Without a connection for a time, with presses of every kind meanwhile."""
    began, before = time.monotonic(), marked(browser)
    with offline(browser):
        at(browser, "step-up").click()
        wait(lambda: at(browser, "stop-banner").is_displayed(), "that nothing was sent")
        assert "Not sent" in text_of(browser, "#stop-banner") or "lost the console" in text_of(
            browser, "#stop-banner"
        )
        key(browser, "ArrowUp")
        key(browser, "4")
        key(browser, "5")
        wait(lambda: int(console.ask("age")) > 1500, "the silence that the runtime hears")
        console.tell("marker heart_rise 6")
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        assert "lost the console" in text_of(browser, "#stop-banner")
        assert kinds(console) == []
    back(browser)
    wait(lambda: int(console.ask("age")) < 900, "the page's heartbeat again")
    turned(browser)
    assert kinds(console) == [], "what was pressed without a connection is not sent afterwards"
    assert here(browser) == "rung-2"
    wait(lambda: marked(browser) == before + 1, "what happened meanwhile, on the time line")
    key(browser, "ArrowUp")
    wait(lambda: here(browser) == "rung-3", "a step that is meant now")
    turned(browser)
    assert [command["step"] for command in sent(console)] == [3], "once"


def test_a_short_loss_sends_nothing_late(browser: Browser, console: ConsoleProcess) -> None:
    """Short enough that the page goes on as it is, and what was kept for sending would be sent."""
    gone_for(browser, console, 3.0)


@pytest.mark.proof
def test_a_minute_without_a_connection(browser: Browser, console: ConsoleProcess) -> None:
    """Long enough that the page is loaded anew when it is back."""
    browser.execute_script("window.beforeTheLoss = true")
    gone_for(browser, console, 60.0)
    assert browser.execute_script("return !window.beforeTheLoss"), "the page was loaded anew"
    print("a minute without a connection in mid-session: nothing sent late or twice")  # noqa: T201


def test_a_stop_without_a_connection_is_sent_when_it_is_back_and_once(
    browser: Browser, console: ConsoleProcess
) -> None:
    """What lowers is never thrown away: it is repeated until it is heard."""
    with offline(browser):
        at(browser, "stop").click()
        wait(lambda: stop_is(browser, "unconfirmed"), "that it is not confirmed")
        assert console.ask("stops") == "0"
    wait(lambda: console.ask("stops") == "1", "the STOP")
    wait(lambda: stop_is(browser, "confirmed"), "its confirmation")
    back(browser)
    assert console.ask("stops") == "1"


def test_a_page_loaded_anew_while_a_command_is_on_its_way_sends_it_once(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "step-up").click()
    browser.refresh()
    at_rest(browser)
    wait(lambda: here(browser) in ("rung-2", "rung-3"), "the state")
    turned(browser)
    commands = kinds(console)
    assert commands in ([], ["go_to_step"])
    assert here(browser) == ("rung-3" if commands else "rung-2")
    browser.refresh()
    at_rest(browser)
    turned(browser)
    assert kinds(console) == commands, "loading it anew sends nothing again"


def test_a_question_does_not_outlive_the_page_that_asked(browser: Browser, console: ConsoleProcess) -> None:
    at(browser, "rung-6").click()
    wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
    browser.refresh()
    at_rest(browser)
    turned(browser)
    assert not at(browser, "confirm-yes").is_displayed()
    assert kinds(console) == []


def test_two_tabs_show_one_session_and_each_press_is_one_command(
    browser: Browser, console: ConsoleProcess
) -> None:
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    try:
        browser.get(console.origin)
        at_rest(browser)
        wait(lambda: allowed(browser, "step-up"), "the second page")
        at(browser, "step-up").click()
        wait(lambda: here(browser) == "rung-3", "the step in the second tab")
        browser.switch_to.window(first)
        wait(lambda: here(browser) == "rung-3", "the step in the first tab")
        at(browser, "step-down").click()
        wait(lambda: here(browser) == "rung-2", "one step down")
        assert [command["step"] for command in sent(console)] == [3, 2]
    finally:
        browser.switch_to.window(next(one for one in browser.window_handles if one != first))
        browser.close()
        browser.switch_to.window(first)
    turned(browser)
    assert [command["step"] for command in sent(console)] == [3, 2], "a closed tab sends nothing"
    wait(lambda: int(console.ask("age")) < 900, "the tab that is left keeps the heartbeat")
