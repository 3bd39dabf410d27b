"""After a session, in a real browser: nothing typed is lost or run, the time line is scrubbed by keyboard and pointer,
reports open, and axe-core finds nothing of level A and AA."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tests.console import driving
from tests.console.driving import Browser, at, text_of, wait
from tests.helpers.after_console import HOSTILE
from tests.helpers.barriers import barriers
from tests.helpers.console_process import ConsoleProcess

pytestmark = driving.MARKS


@pytest.fixture(scope="module")
def after() -> Iterator[ConsoleProcess]:
    with ConsoleProcess(module="tests.helpers.after_console") as process:
        yield process


@pytest.fixture
def ids(after: ConsoleProcess, browser: Browser) -> list[str]:
    if not browser.current_url.startswith(after.origin):
        browser.get(after.next_link())
    return after.ask("ids").split()


def opened(browser: Browser, after: ConsoleProcess, path: str, heading: str) -> None:
    browser.get(after.origin + path)
    wait(lambda: text_of(browser, "h1") == heading, heading)


def put(browser: Browser, name: str, text: str) -> None:
    field = at(browser, name)
    field.clear()
    field.send_keys(text)


def press(browser: Browser, name: str) -> None:
    browser.execute_script("document.getElementById(arguments[0]).click()", name)


def test_what_was_asked_is_kept_as_it_was_typed(
    browser: Browser, after: ConsoleProcess, ids: list[str]
) -> None:
    opened(browser, after, f"/after/{ids[0]}", "After the session")
    put(browser, "debrief-feared", "<b>I fall</b> {{1+1}}")
    press(browser, "debrief-happened-no")
    wait(lambda: at(browser, "debrief-happened-no").get_attribute("aria-pressed") == "true", "the answer")
    value = at(browser, "debrief-feared").get_attribute("value")
    assert value == "<b>I fall</b> {{1+1}}", "pressing a button took away what was typed"
    put(browser, "debrief-sickness", "12")
    press(browser, "debrief-add-event")
    wait(lambda: browser.find_elements(By.ID, "event-1-what"), "an event")
    press(browser, "debrief-save")
    wait(lambda: "How bad" in text_of(browser, "#debrief-cautions"), "what is missing of the event")
    put(browser, "event-1-what", "dizzy")
    for one in ("severity-mild", "relation-possible", "resolved-ongoing"):
        press(browser, f"event-1-{one}")
    press(browser, "debrief-safe-yes")
    press(browser, "debrief-save")
    wait(lambda: text_of(browser, "#debrief-said") == "Saved.", "that it is kept")
    kept = json.loads(after.ask("debrief"))
    assert kept["expectancy"]["feared"] == "<b>I fall</b> {{1+1}}"
    assert (kept["expectancy"]["happened"], kept["sickness"], kept["safe_to_go"]) == ("no", 12, True)
    assert [event["what"] for event in kept["adverse"]] == ["dizzy"]
    cautions = text_of(browser, "#debrief-cautions")
    assert "rest for one to two hours" in cautions
    assert "An event is not over" in cautions
    opened(browser, after, f"/after/{ids[0]}", "After the session")
    assert at(browser, "debrief-feared").get_attribute("value") == "<b>I fall</b> {{1+1}}"
    assert at(browser, "event-1-severity-mild").get_attribute("aria-pressed") == "true"
    assert not browser.find_elements(By.CSS_SELECTOR, "main b, main img[src=x]")
    assert barriers(browser) == []


def test_the_report_opens_as_a_page_and_as_pdf_and_the_trail_says_so(
    browser: Browser, after: ConsoleProcess, ids: list[str]
) -> None:
    opened(browser, after, f"/after/{ids[0]}", "After the session")
    for kind, begins in (("html", "<!doctype html>"), ("pdf", "%PDF-")):
        head: str = browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "fetch(arguments[0]).then(r => r.text()).then(t => done(t.slice(0, 15)), e => done(String(e)))",
            at(browser, f"report-{kind}").get_attribute("href"),
        )
        assert head.startswith(begins)
    assert json.loads(after.ask("acts"))[:2] == ["pdf", "html"]


def test_the_time_line_is_scrubbed_by_keyboard_and_by_pointer(
    browser: Browser, after: ConsoleProcess, ids: list[str]
) -> None:
    opened(browser, after, f"/review/{ids[0]}", "Looking at the session again")
    wait(lambda: browser.find_elements(By.ID, "review-at"), "the record")
    driving.focus(browser, "review-at")
    for _ in range(3):
        driving.key(browser, "ArrowRight")
    wait(lambda: text_of(browser, "#review-moment") == "0:03", "three seconds on")
    driving.key(browser, "End")
    wait(lambda: text_of(browser, "#review-at-phase") == "Recovery", "the end")
    browser.execute_script(
        "const box = document.querySelector('.scrub-line').getBoundingClientRect();"
        "document.querySelector('.scrub-line').dispatchEvent(new PointerEvent('pointerdown', {bubbles: true,"
        " clientX: box.left + box.width / 4, clientY: box.top + 30}));"
        "document.dispatchEvent(new PointerEvent('pointerup'))"
    )
    wait(lambda: text_of(browser, "#review-at-step") == "1", "the first step")
    value = float(at(browser, "review-at").get_property("value"))  # type: ignore[arg-type]
    assert 0 < value < 40
    browser.execute_script("[...document.querySelectorAll('.happenings .jump')].at(-1).click()")
    wait(lambda: float(at(browser, "review-at").get_property("value")) > 60, "the jump")  # type: ignore[arg-type]
    browser.execute_script("document.querySelector('[id^=compare-0]').click()")
    wait(lambda: browser.find_elements(By.CSS_SELECTOR, "#compared svg"), "the other session")
    assert barriers(browser) == []


def test_the_course_says_how_sure_it_is_and_shows_no_markup_of_others(
    browser: Browser, after: ConsoleProcess, ids: list[str]
) -> None:
    begun = time.monotonic()
    opened(browser, after, f"/progress/{ids[1]}", "The course over the weeks")
    assert time.monotonic() - begun < 20
    page = text_of(browser, "main")
    assert "Not a diagnosis" in page
    assert HOSTILE in page
    assert "8 in 10" in page
    assert "Per session" in page
    assert browser.find_elements(By.CSS_SELECTOR, "#next-why li")
    assert barriers(browser) == []


def test_the_style_holds_no_colour_of_its_own() -> None:
    css = Path("clinician_console/pages/static/after.css").read_text()
    assert "#" not in "".join(line for line in css.splitlines() if ":" in line and not line.startswith("/*"))
