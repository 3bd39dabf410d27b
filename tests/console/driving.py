"""A real Chromium on the demo console: what the browser tests share."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.helpers.console_process import ConsoleProcess
from vr_runtime.protocol.files.checklist import CheckItem

Browser = webdriver.Chrome

MARKS = [
    pytest.mark.browser,
    # by a signal: the other way ends the process and, with it, the tests that wait their turn
    pytest.mark.timeout(600, method="signal"),
    pytest.mark.skipif(
        not shutil.which("chromium") or not shutil.which("chromedriver"), reason="no Chromium"
    ),
]

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1366,900",
    "--host-resolver-rules=MAP evil.test 127.0.0.1",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = Browser(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        resize(driver, 1366, 768)
        try:
            yield driver
        finally:
            driver.quit()


def as_new(browser: Browser) -> None:
    """An empty page of a laptop's size, connected, with nothing said in the browser's console."""
    resize(browser, 1366, 768)
    browser.execute_cdp_cmd("Network.enable", {})
    online = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", online)
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)


def resize(browser: Browser, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def open_page(browser: Browser, console: ConsoleProcess) -> None:
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(console.next_link())
    at_rest(browser)


def at_rest(browser: Browser) -> None:
    wait(lambda: browser.find_elements(By.CSS_SELECTOR, ".rung"), "the ladder")
    wait(lambda: browser.execute_script("return window.palier.timelineData().fetched > 0"), "the time line")


def wait(holds: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """The time is generous, since nothing but a failure waits for its end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.03)
    raise AssertionError(f"waited {seconds:g} s in vain for {what}")


def insist(browser: Browser, act: Callable[[], None], done: Callable[[], Any], what: str) -> None:
    """Act, and again where the runtime refused it: as people do whose machine was too busy for a moment to write the
    record, or for whom the link was silent."""
    for _ in range(6):
        act()
        end = time.monotonic() + 10.0
        while time.monotonic() < end or not refused(browser):
            if done():
                return
            assert time.monotonic() < end + 120.0, f"waited in vain for {what}"
            time.sleep(0.03)
    raise AssertionError(f"refused again and again: {what}; {text_of(browser, '.answer-text')}")


def refused(browser: Browser) -> bool:
    """Whether the page says of the last command that it was not accepted."""
    return (
        browser.execute_script("return document.querySelector('.notice.answer')?.dataset.level") == "warning"
    )


def at(browser: Browser, name: str) -> WebElement:
    return browser.find_element(By.ID, name)


def text_of(browser: Browser, css: str) -> str:
    return browser.execute_script("return document.querySelector(arguments[0])?.textContent || ''", css)


def stop_is(browser: Browser, state: str) -> bool:
    return at(browser, "stop").get_attribute("data-state") == state


def here(browser: Browser) -> str:
    return browser.execute_script("return document.querySelector('.rung.is-here')?.id")


def allowed(browser: Browser, name: str) -> bool:
    return at(browser, name).get_attribute("aria-disabled") is None


def focus(browser: Browser, name: str) -> None:
    browser.execute_script("document.getElementById(arguments[0]).focus()", name)
    assert browser.execute_script("return document.activeElement.id") == name


def focused(browser: Browser) -> str:
    return browser.execute_script("return document.activeElement.id")


def key(browser: Browser, name: str, *, code: str = "", repeat: bool = False) -> None:
    """A raw key press; ``code`` is the key's place on the board, ``repeat`` as a key that is held down gives it."""
    number = {"ArrowUp": 38, "ArrowDown": 40, "Enter": 13, " ": 32}.get(name, ord(name[0].upper()))
    press = {"key": name, "code": code, "windowsVirtualKeyCode": number}
    down = {"type": "rawKeyDown"} if len(name) > 1 else {"type": "keyDown", "text": name}
    browser.execute_cdp_cmd("Input.dispatchKeyEvent", {**press, **down, "autoRepeat": repeat})
    if not repeat:
        browser.execute_cdp_cmd("Input.dispatchKeyEvent", {**press, "type": "keyUp"})


def sent(console: ConsoleProcess) -> list[dict[str, Any]]:
    """The commands that have left the console since its last reset."""
    return [json.loads(part) for part in re.findall(r"\{[^{}]*\}", console.ask("sent"))]


def kinds(console: ConsoleProcess) -> list[str]:
    return [command["kind"] for command in sent(console)]


def turned(browser: Browser) -> None:
    """Wait until the page's server has worked off what was pressed before and has drawn its state anew."""
    before = browser.execute_script("return window.palier.timelineData().fetched")
    wait(
        lambda: browser.execute_script("return window.palier.timelineData().fetched") > before + 1,
        "two more turns",
    )


def good_answer(browser: Browser, item: CheckItem) -> None:
    """Give the answer that lets the session start, by keyboard."""
    match item.kind:
        case "yes_no":
            focus(browser, f"check-{item.id}-{str(item.wanted).lower()}")
            browser.switch_to.active_element.send_keys(Keys.ENTER)
        case "choice":
            choice = next(one for one in item.choices if one not in item.stops)
            focus(browser, f"check-{item.id}-{choice}")
            browser.switch_to.active_element.send_keys(Keys.ENTER)
        case "number":
            figure = item.at_least if item.at_least is not None else item.at_most
            at(browser, f"check-{item.id}").send_keys(f"{figure:g}", Keys.ENTER)
        case "info":
            at(browser, f"check-{item.id}").send_keys("AB", Keys.ENTER)
