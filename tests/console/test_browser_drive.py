"""Driving a session in a real browser: by keyboard alone, one rung a press, raising only when it is meant."""

from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.console.driving import (
    MARKS,
    Browser,
    allowed,
    at,
    focus,
    focused,
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

pytestmark = MARKS


def test_the_keyboard_alone_drives(browser: Browser, console: ConsoleProcess) -> None:
    key(browser, "ArrowUp")
    wait(lambda: here(browser) == "rung-3", "one step up")
    for digit in "45":
        key(browser, digit)
    wait(lambda: text_of(browser, ".rating-entry") == "45", "the rating")
    key(browser, "ArrowDown")
    wait(lambda: here(browser) == "rung-2", "one step down")
    key(browser, "p")
    wait(lambda: allowed(browser, "resume"), "the pause")
    focus(browser, "resume")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(lambda: allowed(browser, "pause"), "the exposure again")
    key(browser, "s")
    wait(lambda: text_of(browser, ".phase") == "Safe place", "the safe place")
    assert kinds(console) == ["go_to_step", "rating", "go_to_step", "pause", "resume", "safe_place"]


def test_in_the_safe_place_its_own_parameters_are_turned_and_the_scene_s_are_gone(
    browser: Browser, console: ConsoleProcess
) -> None:
    key(browser, "s")
    wait(lambda: text_of(browser, ".parameter-heads .panel-title") == "Safe place", "its parameters")
    wait(lambda: allowed(browser, "choice-guide-both"), "the guide's buttons")
    assert browser.find_elements(By.ID, "parameter-wind") == []
    at(browser, "choice-guide-both").click()
    wait(lambda: at(browser, "choice-guide-both").get_attribute("aria-checked") == "true", "the guide")
    at(browser, "resume").click()
    wait(lambda: browser.find_elements(By.ID, "parameter-wind"), "the scene's parameters")
    assert kinds(console) == ["safe_place", "set_parameter", "resume"]


def test_a_key_press_is_one_rung_and_a_held_key_no_more(browser: Browser, console: ConsoleProcess) -> None:
    key(browser, "ArrowUp")
    for _ in range(10):
        key(browser, "ArrowUp", repeat=True)
    wait(lambda: here(browser) == "rung-3", "the step")
    turned(browser)
    assert [command["step"] for command in sent(console)] == [3]


def test_a_focused_step_button_does_not_climb_while_enter_is_held(
    browser: Browser, console: ConsoleProcess
) -> None:
    focus(browser, "step-up")
    for _ in range(10):
        key(browser, "Enter", repeat=True)
        key(browser, " ", repeat=True)
    turned(browser)
    assert kinds(console) == []


def test_a_double_click_on_one_step_up_is_one_step(browser: Browser, console: ConsoleProcess) -> None:
    webdriver.ActionChains(browser).double_click(at(browser, "step-up")).perform()
    wait(lambda: kinds(console), "the step")
    turned(browser)
    assert kinds(console) == ["go_to_step"]


def test_up_by_more_than_one_step_wants_to_be_confirmed_and_stop_voids_the_question(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "rung-4").click()
    wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
    assert "Go up 2 steps" in text_of(browser, ".answer-text")
    assert kinds(console) == []
    at(browser, "stop").click()
    wait(lambda: not at(browser, "confirm-yes").is_displayed(), "the void question")
    assert kinds(console) == []


def test_a_confirmed_climb_is_sent_as_confirmed(browser: Browser, console: ConsoleProcess) -> None:
    at(browser, "rung-6").click()
    wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
    at(browser, "confirm-yes").click()
    wait(lambda: here(browser) == "rung-6", "step 6")
    assert sent(console)[-1] == {"kind": "go_to_step", "step": 6, "confirmed": True}


def test_a_question_asked_by_keyboard_is_answered_by_keyboard(
    browser: Browser, console: ConsoleProcess
) -> None:
    focus(browser, "rung-5")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(lambda: focused(browser) == "confirm-no", "the focus, on the answer that changes nothing")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(lambda: focused(browser) == "rung-5", "the focus where it was")
    assert kinds(console) == []
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(lambda: focused(browser) == "confirm-no", "the question again")
    webdriver.ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert focused(browser) == "confirm-yes"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    wait(lambda: here(browser) == "rung-5", "step 5")
    assert sent(console) == [{"kind": "go_to_step", "step": 5, "confirmed": True}]


def test_a_question_asked_by_pointer_leaves_the_focus_alone(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "rung-5").click()
    wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
    assert focused(browser) == "rung-5"
    at(browser, "confirm-no").click()
    wait(lambda: not at(browser, "confirm-yes").is_displayed(), "no question")


def test_a_rating_is_two_strokes_and_a_note_keeps_its_digits(
    browser: Browser, console: ConsoleProcess
) -> None:
    key(browser, "4")
    key(browser, "5")
    wait(lambda: kinds(console)[-1:] == ["rating"], "the rating")
    assert sent(console)[-1]["raw"] == 45.0
    key(browser, "m")
    wait(lambda: focused(browser) == "note", "the note field")
    at(browser, "note").send_keys("spm 57 down")
    turned(browser)
    assert kinds(console) == ["rating"], "keys in a note are text"
    at(browser, "note").send_keys(Keys.ENTER)
    wait(lambda: kinds(console)[-1:] == ["note"], "the note")
    assert sent(console)[-1]["text"] == "spm 57 down"


def test_figures_of_a_french_keyboard_count_by_their_place(browser: Browser, console: ConsoleProcess) -> None:
    """Without Shift an AZERTY keyboard writes ( and - where others write 5 and 6."""
    key(browser, "(", code="Digit5")
    key(browser, "-", code="Digit6")
    wait(lambda: kinds(console) == ["rating"], "the rating")
    assert sent(console)[-1]["raw"] == 56.0


def test_a_slider_sends_when_it_is_let_go_and_arrows_on_it_do_not_climb(
    browser: Browser, console: ConsoleProcess
) -> None:
    at(browser, "parameter-wind").send_keys(Keys.ARROW_RIGHT)
    wait(lambda: kinds(console) == ["set_parameter"], "the parameter")
    assert sent(console)[-1]["name"] == "wind"
    assert sent(console)[-1]["value"] > 1.0


def test_a_hold_says_why_and_what_to_do(browser: Browser, console: ConsoleProcess) -> None:
    console.tell("alarm tracking_lost hold")
    console.tell("alarm sensor_stale alert")
    wait(lambda: "held for safety: Tracking lost" in text_of(browser, ".phase-time"), "the cause")
    assert text_of(browser, ".alarm-what").startswith("Tracking lost for ")
    assert "The runtime holds the scene." in text_of(browser, ".alarm-todo")
    assert "No heart beats arrive" in text_of(browser, ".alarm-more")
    assert text_of(browser, ".caption-title").startswith("HELD")
    console.tell("clear")
    wait(
        lambda: text_of(browser, ".alarm-what") == "Held for safety: Tracking lost", "the cause that has gone"
    )
    assert "Resume" in text_of(browser, ".alarm-todo")


def test_a_lost_link_is_told_first_with_what_the_runtime_does_by_now(
    browser: Browser, console: ConsoleProcess
) -> None:
    console.tell("lost")
    wait(lambda: text_of(browser, ".phase") == "Link lost", "the loss in the place of the phase")
    assert text_of(browser, ".phase-step").startswith("Last known: Exposure")
    assert text_of(browser, ".caption-title").startswith("LINK LOST for 4 s")
    assert "the runtime holds the scene by now" in text_of(browser, ".alarm-todo")
    assert at(browser, "chip-link").get_attribute("data-level") == "danger"
    assert not allowed(browser, "step-up")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)  # STOP goes out all the same
    wait(lambda: console.ask("stops") == "1", "the STOP")
    wait(lambda: not stop_is(browser, "ready"), "the state of the button")


def test_nothing_moves_when_alarms_questions_and_stops_come(
    browser: Browser, console: ConsoleProcess
) -> None:
    names = [
        "step-up", "step-down", "rung-1", "rung-10", "pause", "safe_place", "resume", "release", "close", "note", "stop",
        "ask-rating", "parameter-wind", "trigger-gust", "timeline-whole", "language-fr",
    ]  # fmt: skip

    def places() -> dict[str, Any]:
        return {name: at(browser, name).rect for name in names}

    before = places()
    at(browser, "rung-6").click()
    wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
    assert places() == before
    console.tell("alarm tracking_lost hold")
    wait(lambda: "Tracking" in text_of(browser, ".alarm-what"), "the alarm")
    assert places() == before
    at(browser, "stop").click()
    wait(lambda: stop_is(browser, "confirmed"), "the confirmation")
    wait(lambda: text_of(browser, ".phase") == "Stopped", "the phase")
    assert places() == before
    console.tell("lost")
    wait(lambda: text_of(browser, ".phase") == "Link lost", "the loss")
    assert places() == before


def test_the_language_changes_in_place(browser: Browser, console: ConsoleProcess) -> None:
    at(browser, "language-fr").click()
    wait(lambda: text_of(browser, ".phase") == "Exposition", "French")
    wait(lambda: "Échap" in at(browser, "stop-keys").text, "French on the STOP button")
    assert browser.execute_script("return document.documentElement.lang") == "fr"
    at(browser, "language-en").click()
    wait(lambda: text_of(browser, ".phase") == "Exposure", "English")


def test_without_a_runtime_the_page_says_what_to_do(browser: Browser) -> None:
    with ConsoleProcess("--waiting") as console:
        browser.get(console.next_link())
        wait(lambda: browser.find_elements(By.CSS_SELECTOR, ".waiting.is-open"), "the waiting page")
        assert "No runtime is connected" in browser.find_element(By.CSS_SELECTOR, ".waiting").text
        console.tell("connect")
        wait(lambda: not browser.find_elements(By.CSS_SELECTOR, ".waiting.is-open"), "the session")
        browser.get("about:blank")
