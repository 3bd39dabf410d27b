"""The course of a treatment in a real browser: checks before the start, a proposal, a window, a trial, marks."""

from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.console.driving import (
    MARKS,
    Browser,
    allowed,
    at,
    focus,
    good_answer,
    here,
    kinds,
    open_page,
    sent,
    text_of,
    turned,
    wait,
)
from tests.console.test_browser_look import CLIPPED
from tests.helpers.console_process import ConsoleProcess
from vr_runtime.protocol.files.treatments import checklist_of
from vr_runtime.protocol.words import AgeBand

pytestmark = MARKS

ITEMS = [item for item in checklist_of("start").items if not item.ages or AgeBand.UNKNOWN in item.ages]


def shown(browser: Browser, css: str) -> bool:
    return bool(browser.find_elements(By.CSS_SELECTOR, f"{css}.is-open"))


def places(browser: Browser) -> dict[str, Any]:
    names = (
        "step-up",
        "step-down",
        "pause",
        "safe_place",
        "note",
        "stop",
        "mark-panic",
        "tab-scene",
        "tab-aid",
    )
    return {name: at(browser, name).rect for name in (*names, "timeline-whole", "mark-goal_reached")}


def settled(browser: Browser) -> dict[str, Any]:
    """Where everything stands, once the page has its words: a label that comes later makes its button wider."""
    last: dict[str, Any] = {}

    def same() -> bool:
        nonlocal last
        before, last = last, places(browser)
        return before == last and bool(at(browser, "timeline-whole").text)

    wait(same, "a page that stands still")
    return last


@pytest.fixture
def setup_console(browser: Browser) -> Iterator[ConsoleProcess]:
    """A session that has not begun, with the start checks that come with Palier."""
    with ConsoleProcess("--checklist", "--treatment", "response_prevention") as one:
        open_page(browser, one)
        wait(lambda: shown(browser, ".checks"), "the start checks")
        wait(lambda: "still open" in text_of(browser, ".checks-count"), "what the runtime tells of them")
        yield one
        browser.get("about:blank")


def test_checks_are_answered_a_gap_is_taken_on_and_then_the_session_starts(
    browser: Browser, setup_console: ConsoleProcess
) -> None:
    assert "open" in at(browser, "start").text
    at(browser, "start").click()
    wait(lambda: "start checks are open" in text_of(browser, ".answer-text"), "what is missing")
    assert kinds(setup_console) == [], "nothing was sent"
    for item in ITEMS:
        good_answer(browser, item)
    wait(lambda: text_of(browser, ".checks-count") == "1 still open", "all answers")
    focus(browser, "more-content:height")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(lambda: allowed(browser, "override-send"), "the form")
    at(browser, "override-by").send_keys("AB")
    at(browser, "override-reason").send_keys("short")
    at(browser, "override-send").click()
    wait(lambda: "Give a name" in text_of(browser, ".answer-text"), "what is missing")
    at(browser, "override-reason").send_keys("seen with the patient today")
    at(browser, "override-send").click()
    wait(lambda: text_of(browser, "#start .action-word") == "Start", "the way on")
    assert [one for one in sent(setup_console) if one["kind"] == "override"] == [
        {"kind": "override", "gap": "content:height", "by": "AB", "reason": "seen with the patient today"}
    ]
    at(browser, "start").click()
    wait(lambda: text_of(browser, ".phase") == "Baseline", "the baseline")
    wait(lambda: not shown(browser, ".checks"), "the patient's view")


def test_an_answer_against_the_session_says_so_and_what_can_never_be_taken_on_has_no_form(
    browser: Browser, setup_console: ConsoleProcess
) -> None:
    wait(lambda: allowed(browser, "check-consent-false"), "the question to be open")
    before = settled(browser)
    at(browser, "check-consent-false").click()
    row = "[data-level=danger] #check-consent-false"
    wait(lambda: browser.find_elements(By.CSS_SELECTOR, row), "the row that speaks against the session")
    wait(lambda: "cannot be taken on" in text_of(browser, ".check-why"), "why not")
    assert not allowed(browser, "override-send")
    at(browser, "check-age_checked-false").click()
    wait(lambda: allowed(browser, "override-send"), "the form for what may be taken on")
    assert places(browser) == before
    cut = [one for one in browser.execute_script(CLIPPED) if one[0] != "outside"]
    assert cut == []
    panel = browser.execute_script("return document.querySelector('.checks').getBoundingClientRect().bottom")
    assert panel <= 768


def test_a_proposal_is_followed_as_its_cause_and_moves_nothing_when_it_comes_or_goes(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "tab-scene").click()
    before = settled(browser)
    console.tell("propose step_up 3")
    wait(lambda: shown(browser, ".proposal"), "the proposal")
    assert places(browser) == before
    assert text_of(browser, ".proposal-what") == "Proposed: up to step 3"
    assert "half of the peak" in text_of(browser, ".proposal-reasons")
    console.tell("withdraw")
    wait(lambda: not shown(browser, ".proposal"), "its end")
    assert places(browser) == before
    console.tell("propose step_up 3")
    wait(lambda: shown(browser, ".proposal"), "another proposal")
    wait(lambda: allowed(browser, "proposal-follow"), "the moment after")
    focus(browser, "proposal-follow")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(lambda: here(browser) == "rung-3", "the step")
    wait(lambda: not shown(browser, ".proposal"), "the answered proposal")
    assert kinds(console) == ["go_to_step"]
    assert console.ask("causes").startswith("proposal-")


def test_staying_takes_the_note_s_text_as_its_reason(browser: Browser, console: ConsoleProcess) -> None:
    console.tell("propose step_down 1")
    wait(lambda: allowed(browser, "proposal-hold") and shown(browser, ".proposal"), "the proposal")
    at(browser, "note").send_keys("one more minute")
    at(browser, "proposal-hold").click()
    wait(lambda: kinds(console) == ["answer_proposal"], "the answer")
    answer = sent(console)[-1]
    assert (answer["answer"], answer["why"]) == ("hold", "one more minute")
    assert at(browser, "note").get_attribute("value") == ""


def test_a_window_is_opened_counts_and_is_closed_by_its_outcome(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "tab-window").click()
    wait(lambda: shown(browser, "#sheet-window"), "the sheet")
    at(browser, "window-what").clear()
    at(browser, "window-what").send_keys("washing")
    at(browser, "window-mode-block").click()
    wait(lambda: at(browser, "window-mode-block").get_attribute("aria-checked") == "true", "the mode")
    at(browser, "window-open").click()
    wait(lambda: at(browser, "window-resisted").is_displayed(), "the running window")
    wait(lambda: text_of(browser, "#tab-window").startswith("0:0"), "its clock on the tab")
    at(browser, "mark-compulsion").click()
    wait(lambda: "compulsions: 1" in text_of(browser, "#sheet-window"), "the count")
    at(browser, "window-gave_in").click()
    wait(lambda: at(browser, "window-open").is_displayed(), "the end")
    assert kinds(console) == ["open_window", "mark", "close_window"]
    opened, _, closed = sent(console)
    assert (opened["what"], opened["mode"], closed["outcome"]) == ("washing", "block", "gave_in")
    at(browser, "tab-scene").click()


def test_a_trial_wants_all_that_makes_it_one_and_is_closed_with_what_happened(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "tab-trial").click()
    wait(lambda: shown(browser, "#sheet-trial"), "the sheet")
    for name in ("feared", "conditions", "belief"):
        at(browser, f"trial-{name}").clear()
    at(browser, "trial-feared").send_keys("I fall")
    at(browser, "trial-open").click()
    wait(lambda: "A trial wants" in text_of(browser, ".answer-text"), "what is missing")
    assert kinds(console) == []
    at(browser, "trial-conditions").send_keys("Five minutes at the edge")
    at(browser, "trial-belief").send_keys("80")
    at(browser, "trial-open").click()
    wait(lambda: at(browser, "trial-close").is_displayed(), "the running trial")
    for name in ("trial-conditions_met-true", "trial-occurred-false"):
        at(browser, name).click()
    at(browser, "trial-belief-after").send_keys("20")
    turned(browser)
    at(browser, "trial-close").click()
    wait(lambda: kinds(console) == ["open_trial", "close_trial"], "the end")
    closed = sent(console)[-1]
    assert (closed["conditions_met"], closed["occurred"], closed["belief"]) == (True, False, 20.0)
    at(browser, "tab-scene").click()


def test_a_mark_is_one_tap_and_takes_the_note_along(browser: Browser, console: ConsoleProcess) -> None:
    at(browser, "mark-goal_reached").click()
    wait(lambda: kinds(console) == ["mark"], "the mark")
    at(browser, "note").send_keys("hands shake")
    at(browser, "mark-panic").click()
    wait(lambda: len(kinds(console)) == 2, "the other mark")
    assert [(one["what"], one["text"]) for one in sent(console)] == [
        ("goal_reached", ""),
        ("panic", "hands shake"),
    ]


def test_a_strap_is_found_and_taken_and_its_place_does_not_move(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "tab-heart").click()
    at(browser, "sensors-look").click()
    wait(lambda: "Polar H10" in at(browser, "sensor-1").text, "the strap with the strongest signal first")
    assert at(browser, "sensor-3").text == "RR"
    before = at(browser, "sensor-1").rect
    at(browser, "sensor-1").click()
    wait(lambda: "ble:24:AC:AC:01:02:03" in text_of(browser, "#sheet-heart"), "the source in use")
    wait(lambda: not allowed(browser, "sensor-1"), "what is in use cannot be taken again")
    assert at(browser, "sensor-1").rect == before
    assert "skin" not in text_of(browser, "#sheet-heart"), "a channel without beats is no heart sensor"
