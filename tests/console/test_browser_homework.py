"""The patient's sheet in a real browser, opened as a file: filled, kept, saved, shown as text, printed, and read back."""

import base64
import io
import re
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from clinician_console.homework.back import read_back
from clinician_console.homework.page import as_html
from clinician_console.homework.sheet import LONGEST_PLANNED, MOST_EXERCISES, Entry, Exercise, Sheet, sheet_id
from tests.console.driving import MARKS, Browser, at, resize, wait
from tests.helpers.barriers import barriers

pytestmark = MARKS

ID = "7KQ4M2XD90PT"
HOSTILE = '</textarea><script>document.title="run"</script>|é\u2028"'


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Path:
    """The sheet opened as a file at a phone's size; downloads fall into the same folder."""
    path = tmp_path / "homework.html"
    exercises = (Exercise(what="Take the lift", where="at work"), Exercise(what='<img src=x onerror="a">'))
    path.write_text(as_html(Sheet(sheet=ID, exercises=exercises)), encoding="utf-8")
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    resize(browser, 390, 800)
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(path.as_uri())
    browser.execute_script("localStorage.clear()")
    browser.refresh()
    return path


def put(browser: Browser, name: str, value: str, entry: int = 1) -> None:
    """Type by setting the value, as a phone's own keyboard does."""
    browser.execute_script(
        "const box = document.getElementById('entry-' + arguments[0]);"
        "const field = box.querySelector(`[data-field=${arguments[1]}]:not([type=radio])`);"
        "field.value = arguments[2]; field.dispatchEvent(new Event('input', {bubbles: true}))",
        entry, name, value,
    )  # fmt: skip


def tap(browser: Browser, css: str) -> None:
    browser.execute_script("document.querySelector(arguments[0]).click()", css)
    assert browser.find_element(By.CSS_SELECTOR, css).is_selected()


def test_filled_kept_saved_and_read_back(browser: Browser, page: Path) -> None:
    at(browser, "add").click()
    tap(browser, "#entry-1 [data-field=exercise][value='1']")
    tap(browser, "#entry-1 [data-field=stayed][value=eased]")
    for name, value in (("date", "2026-03-02"), ("situation", HOSTILE), ("before", "40"), ("peak", "400"), ("after", "0"), ("learned", "Cela  baisse.")):  # fmt: skip
        put(browser, name, value)

    at(browser, "save").click()
    assert at(browser, "status").text.startswith("Distress is a whole number"), "400 is not dropped unseen"
    put(browser, "peak", "80")

    def loaded_anew() -> bool:
        # The browser writes what a page keeps a moment later: a page that is loaded in between does not have it yet.
        browser.refresh()
        return bool(
            browser.find_elements(By.CSS_SELECTOR, "#entry-1 [data-field=stayed][value=eased]:checked")
        )

    wait(loaded_anew, "what was typed")
    assert "is kept in this browser" in at(browser, "kept").text
    at(browser, "add").click()  # a second one that stays empty is not brought back

    at(browser, "save").click()
    saved = page.parent / f"homework-{ID}.json"
    wait(lambda: saved.exists() and saved.read_bytes().endswith(b"}"), "the saved file")
    at(browser, "text").click()
    text = at(browser, "code-text").get_attribute("value") or ""

    filled = Entry(
        exercise=1, date="2026-03-02", before=40, peak=80, after=0, stayed="eased", learned="Cela baisse.",
        situation='</textarea><script>document.title="run"</script>|é "',
    )  # fmt: skip
    assert read_back(saved.read_bytes(), {ID}).entries == (filled,)
    slashed = filled.model_copy(update={"situation": filled.situation.replace("|", "/")})
    assert read_back(text, {ID}).entries == (slashed,)

    assert barriers(browser) == []
    assert browser.title != "run"
    asked = re.findall(
        r'"Network.requestWillBeSent".*?"request":.*?"url":"(.*?)"', str(browser.get_log("performance"))
    )
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == [], (
        "no request to anywhere"
    )
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    width = browser.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "nothing sticks out on a phone"
    small = browser.execute_script(
        "return [...document.querySelectorAll('button, .choice')].filter((one) => one.offsetHeight && one.offsetHeight < 44).length"
    )
    assert small == 0, "each target is 44 px or more"


def test_without_storage_it_works_and_says_so(browser: Browser, page: Path) -> None:
    script = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }})"
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        browser.refresh()
        assert "does not keep" in at(browser, "kept").text
        at(browser, "add").click()
        put(browser, "before", "40")
        at(browser, "text").click()
        assert read_back(at(browser, "code-text").get_attribute("value") or "").entries[0].before == 40
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_longest_plan_prints_on_one_page(browser: Browser, tmp_path: Path, language: str) -> None:
    line = ("wide words " * 20)[:LONGEST_PLANNED]
    exercises = (Exercise(what=line, where=line, often=line, goal=line),) * MOST_EXERCISES
    path = tmp_path / "longest.html"
    sheet = Sheet.model_validate(
        {"sheet": sheet_id(b"12345678"), "language": language, "exercises": exercises, "made": "2026-03-01", "until": "2026-03-08"}
    )  # fmt: skip
    path.write_text(as_html(sheet), encoding="utf-8")
    browser.get(path.as_uri())
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert len(re.findall(rb"/Type\s*/Page\b", io.BytesIO(pdf).getvalue())) == 1
