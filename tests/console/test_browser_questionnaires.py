"""The pages of questionnaires and of the plan between sessions, in a real browser on a store in memory."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from clinician_console.homework.back import as_text, grouped
from clinician_console.homework.sheet import Entry, Returned
from tests.console.driving import MARKS, Browser, at, resize, wait
from tests.helpers.barriers import barriers
from tests.helpers.console_process import ConsoleProcess

pytestmark = MARKS
HOSTILE = "<img src=x onerror=\"document.title='run'\">"


@pytest.fixture(scope="module")
def day(browser: Browser) -> Iterator[ConsoleProcess]:
    with ConsoleProcess(module="tests.helpers.day_console") as one:
        resize(browser, 1366, 768)
        browser.get(one.next_link())
        yield one


@pytest.fixture(scope="module")
def patient(day: ConsoleProcess) -> str:
    return day.ask("patient")


def kept(day: ConsoleProcess, what: str) -> list[dict[str, Any]]:
    return json.loads(day.ask(what))


def press(browser: Browser, name: str) -> None:
    wait(lambda: browser.find_elements(By.ID, name), name)
    browser.execute_script("document.getElementById(arguments[0]).click()", name)


def text(browser: Browser, name: str) -> str:
    """Of an element that may not be there yet."""
    return browser.execute_script("return document.getElementById(arguments[0])?.innerText || ''", name)


def there(browser: Browser, name: str) -> None:
    wait(lambda: browser.find_elements(By.ID, name), name)


def pressed(browser: Browser, name: str) -> bool:
    return at(browser, name).get_attribute("aria-pressed") == "true"


def test_the_patient_fills_phq9_by_touch_and_item_9_is_kept_at_once(
    browser: Browser, day: ConsoleProcess, patient: str
) -> None:
    browser.get(f"{day.origin}/questionnaires/{patient}")
    there(browser, "quest-begin-phq9")
    assert barriers(browser) == []
    press(browser, "quest-begin-phq9")
    press(browser, "quest-start")
    there(browser, "alone-begin")
    code = text(browser, "alone-code-is")
    press(browser, "alone-begin")
    wait(lambda: "1. Little interest" in text(browser, "quest-item-1"), "the first question")
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('.quest-answers .press')].map((one) => one.offsetHeight)"
    )
    assert len(sizes) == 4
    assert min(sizes) >= 60
    for item in range(1, 9):
        if item != 3:
            press(browser, f"quest-{item}-1")
            wait(lambda item=item: pressed(browser, f"quest-{item}-1"), "the press")
        press(browser, "quest-next")
        there(browser, f"quest-item-{item + 1}")
    press(browser, "quest-9-2")
    there(browser, "quest-alert-patient")
    assert browser.find_elements(By.ID, "quest-alert-self_harm") == [], (
        "the clinic's steps are not the patient's to read"
    )
    wait(lambda: kept(day, "answers"), "the answers, before the end")
    assert kept(day, "answers")[0]["scores"]["about"]["alerts"] == ["self_harm"]

    press(browser, "quest-next")
    press(browser, "quest-finish")
    there(browser, "quest-thanks")
    assert "Total" not in text(browser, "content"), "the patient sees no scores"
    assert "speak about it with your therapist now" in text(browser, "content")
    type_into(browser, "alone-code", code)
    press(browser, "alone-take-back")
    there(browser, "quest-alert-self_harm")
    assert barriers(browser) == []
    alert = text(browser, "quest-alert-self_harm")
    assert "3114" in alert
    # Seven answers of 1 and one of 2 on eight items: 9 * 9 / 8 = 10.1, so 10; item 3 was left out.
    latest = text(browser, "quest-latest-phq9")
    assert "10 (from 0 to 27)" in latest
    assert "8 of 9 answered, scaled up" in latest
    (one,) = kept(day, "answers")
    assert (one["items"]["3"], one["items"]["9"], one["respondent"], one["language"]) == (
        None,
        2,
        "patient",
        "en",
    )
    assert one["scores"]["total"] == 10


def test_a_second_time_shows_the_change_and_deleting_asks_in_place(
    browser: Browser, day: ConsoleProcess, patient: str
) -> None:
    press(browser, "quest-begin-phq9")
    press(browser, "quest-respondent-therapist")
    press(browser, "quest-mode-all")
    press(browser, "quest-language-fr")
    press(browser, "quest-start")
    wait(lambda: "Peu d’intérêt" in text(browser, "quest-item-1"), "the French text")
    for item in range(1, 9):
        press(browser, f"quest-{item}-0")
    press(browser, "quest-9-1")
    there(browser, "quest-alert-self_harm")
    seen = "const at = document.getElementById('quest-alert-self_harm').getBoundingClientRect();"
    wait(
        lambda: browser.execute_script(seen + "return at.top >= 0 && at.bottom <= innerHeight - 88"),
        "the alert within what is seen, also at the end of a long page",
    )
    press(browser, "quest-9-1")  # a slip: taken back
    wait(lambda: not browser.find_elements(By.ID, "quest-alert-self_harm"), "no alert any more")
    press(browser, "quest-9-0")
    wait(lambda: pressed(browser, "quest-9-0"), "the press")
    press(browser, "quest-finish")
    there(browser, "quest-latest-phq9")
    assert "-10 since the time before" in text(browser, "quest-latest-phq9")
    assert browser.find_elements(By.ID, "quest-alert-self_harm") == [], "the latest answers raise none"
    assert len(browser.find_elements(By.CSS_SELECTOR, ".quest-picture circle")) == 2
    assert browser.find_elements(By.CSS_SELECTOR, ".quest-picture polyline, .quest-picture path") == []

    first, second = kept(day, "answers")
    press(browser, f"quest-delete-{second['id']}")
    there(browser, f"quest-delete-yes-{second['id']}")
    assert len(kept(day, "answers")) == 2, "asked first"
    press(browser, f"quest-delete-yes-{second['id']}")
    wait(lambda: not browser.find_elements(By.ID, f"quest-row-{second['id']}"), "the row gone")
    assert [one["id"] for one in kept(day, "answers")] == [first["id"]]


def test_an_instrument_without_texts_is_entered_by_item_number(
    browser: Browser, day: ConsoleProcess, patient: str
) -> None:
    browser.get(f"{day.origin}/questionnaires/{patient}")
    press(browser, "quest-begin-gad7")
    press(browser, "quest-respondent-therapist")
    press(browser, "quest-start")
    press(browser, "quest-1-2")
    press(browser, "quest-cancel")  # one press throws nothing away
    press(browser, "quest-discard")
    press(browser, "quest-begin-ssq")
    press(browser, "quest-start")
    wait(lambda: text(browser, "quest-item-16").startswith("Item 16"), "items by number")
    for item in range(1, 17):
        press(browser, f"quest-{item}-1")
    wait(lambda: pressed(browser, "quest-16-1"), "the last press")
    press(browser, "quest-finish")
    there(browser, "quest-latest-ssq")
    assert "78.54 (from 0.00 to 235.62)" in text(browser, "quest-latest-ssq")


def type_into(browser: Browser, name: str, text: str) -> None:
    at(browser, name).clear()
    at(browser, name).send_keys(text)


def test_a_sheet_is_made_handed_over_and_read_back(
    browser: Browser, day: ConsoleProcess, patient: str, tmp_path: Path
) -> None:
    browser.get(f"{day.origin}/homework/{patient}")
    there(browser, "home-1-what")
    assert barriers(browser) == []
    press(browser, "home-make")
    wait(lambda: "what is to be done" in text(browser, "home-made"), "what is wanted")
    type_into(browser, "home-1-what", "Take the lift")
    type_into(browser, "home-2-what", HOSTILE)
    press(browser, "home-language-fr")
    press(browser, "home-make")
    wait(lambda: kept(day, "homework"), text(browser, "home-made"))
    sheet = kept(day, "homework")[0]["body"]["sheet"]
    there(browser, f"home-save-{sheet}")

    script = (
        "const done = arguments[1]; fetch(arguments[0]).then(async (a) => "
        "done([a.headers.get('content-disposition'), a.headers.get('content-security-policy'), await a.text()]))"
    )
    given = browser.execute_async_script(script, f"/homework/{patient}/{sheet}/save")
    assert given[0] == f'attachment; filename="homework-{sheet}.html"'
    assert given[1].startswith("sandbox")
    assert "Wren" not in given[2], "no pseudonym in what leaves"
    assert '<html lang="fr">' in given[2]

    filled = Returned(
        sheet=sheet, entries=(Entry(exercise=1, before=40, peak=80, after=20, learned=HOSTILE),)
    )
    other = as_text(filled.model_copy(update={"sheet": "0" * 12}))
    for given_text, told in (("hello", "neither"), (as_text(filled).replace("40", "41"), "cut or mistyped"), (other, "not made for this patient")):  # fmt: skip
        browser.execute_script("document.getElementById('home-text').value = arguments[0]", given_text)
        press(browser, "home-read")
        wait(lambda told=told: told in text(browser, "home-told"), told)
    assert kept(day, "homework")[0]["returned"] == {}

    path = tmp_path / "back.json"
    path.write_text(filled.model_dump_json(), encoding="utf-8")
    at(browser, "home-file").send_keys(str(path))
    there(browser, f"home-entries-{sheet}")
    assert HOSTILE in text(browser, f"home-entries-{sheet}")
    assert browser.title != "run"
    assert f"Sheet {grouped(sheet)} was read" in text(browser, "home-told")
    returned = kept(day, "homework")[0]["returned"]
    assert returned["entries"][0]["peak"] == 80
    assert barriers(browser) == []

    # Read once more with something else in it: asked before what is there is replaced.
    more = filled.model_copy(update={"entries": (*filled.entries, Entry(before=10))})
    browser.execute_script("document.getElementById('home-text').value = arguments[0]", as_text(more))
    press(browser, "home-read")
    there(browser, "home-replace")
    assert len(kept(day, "homework")[0]["returned"]["entries"]) == 1
    press(browser, "home-replace")
    wait(lambda: len(kept(day, "homework")[0]["returned"]["entries"]) == 2, "the new one")


def test_stop_is_there_and_everything_is_reached_by_keyboard(
    browser: Browser, day: ConsoleProcess, patient: str
) -> None:
    browser.get_log("browser")  # what the tests before left there
    for address, wanted in (("questionnaires", "quest-begin-gad7"), ("homework", "home-make")):
        browser.get(f"{day.origin}/{address}/{patient}")
        there(browser, wanted)
        assert at(browser, "stop").is_displayed()
        assert browser.find_elements(By.CSS_SELECTOR, "select, datalist, dialog") == []
        reached = set()
        browser.execute_script("document.querySelector('.skip').focus()")
        for _ in range(90):
            browser.switch_to.active_element.send_keys(Keys.TAB)
            reached.add(browser.execute_script("return document.activeElement.id"))
            if wanted in reached:
                break
        assert wanted in reached
    assert not [
        one
        for one in browser.get_log("browser")
        if one["level"] == "SEVERE" and not re.search("favicon", one["message"])
    ]
