"""Patients and plans in a real Chromium, by keyboard and as a therapist goes about it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from clinician_console.plans.draft import draft_of
from clinician_console.plans.files import to_toml
from tests.console import driving
from tests.console.driving import Browser
from tests.helpers.barriers import barriers
from tests.helpers.console_process import ConsoleProcess
from vr_runtime.protocol.files.plan import Plan

pytestmark = driving.MARKS

MOST_MS = 300
"""What a page may take to answer."""


@pytest.fixture(scope="module")
def house(browser: Browser) -> Iterator[ConsoleProcess]:
    with ConsoleProcess("--many", "60", module="tests.helpers.demo_patients") as one:
        browser.get(one.next_link())
        driving.wait(lambda: browser.find_elements(By.ID, "nav-patients"), "the day")
        yield one


def found(house: ConsoleProcess, line: str) -> Any:
    return json.loads(house.ask(line))


def go(browser: Browser, house: ConsoleProcess, address: str, name: str) -> None:
    browser.get(house.origin + address)
    driving.wait(lambda: browser.find_elements(By.ID, name), name)
    driving.wait(
        lambda: browser.execute_script("return !!window.palier && document.readyState === 'complete'"),
        "the page",
    )


def press(browser: Browser, name: str) -> None:
    """By keyboard, as everything here can be, once it can have the focus: what is still folded away cannot."""
    focus = "const one = document.getElementById(arguments[0]); one?.focus(); return one && document.activeElement === one"
    driving.wait(lambda: browser.execute_script(focus, name), name)
    browser.switch_to.active_element.send_keys(Keys.ENTER)


def write(browser: Browser, name: str, text: str) -> None:
    driving.at(browser, name).send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.TAB)


def says(browser: Browser, name: str, text: str) -> None:
    driving.wait(lambda: text in driving.text_of(browser, f"#{name}"), f"'{text}' in {name}")


def test_patients_are_found_as_one_types(browser: Browser, house: ConsoleProcess) -> None:
    go(browser, house, "/patients", "patient-search")
    says(browser, "patient-count", "1 to 50 of 63")
    assert len(browser.find_elements(By.CSS_SELECTOR, "tbody .patient-link")) == 50
    assert driving.text_of(browser, ".patient-link") == "P-0012", "the latest session comes first"
    press(browser, "patient-after")
    says(browser, "patient-count", "51 to 63 of 63")
    driving.at(browser, "patient-search").send_keys("m-005")
    driving.wait(lambda: driving.text_of(browser, ".patient-link") == "M-0050", "the patient looked for")
    says(browser, "patient-count", "1 to 10 of 10")


def test_a_name_is_warned_of_and_a_pseudonym_added(browser: Browser, house: ConsoleProcess) -> None:
    go(browser, house, "/patients?new=1", "new-pseudonym")
    field = driving.at(browser, "new-pseudonym")
    driving.wait(lambda: (field.get_attribute("value") or "").startswith("P-0"), "a free pseudonym")
    field.clear()
    field.send_keys("Anna Meyer")
    says(browser, "new-pseudonym-said", "looks like a real name")
    field.clear()
    field.send_keys("p-0012")
    says(browser, "new-pseudonym-said", "belongs to another patient")
    press(browser, "new-add")
    says(browser, "new-failed", "belongs to another patient")
    field.clear()
    field.send_keys("P-7777")
    press(browser, "new-age-3-7")
    says(browser, "new-age-means", "No headset, whatever is answered.")
    press(browser, "new-cleared-heights")
    press(browser, "new-add")
    driving.wait(lambda: "P-7777" in driving.text_of(browser, "h1"), "the patient's page")
    kept = found(house, "person P-7777")
    assert (kept["age_band"], kept["cleared"], kept["consent_research"]) == ("3-7", ["heights"], False)


def test_what_two_changed_is_shown_side_by_side_and_nothing_is_lost(
    browser: Browser, house: ConsoleProcess
) -> None:
    person = found(house, "person P-0031")
    go(browser, house, f"/patients/{person['id']}", "edit")
    press(browser, "edit")
    driving.wait(lambda: driving.at(browser, "edit-notes").is_displayed(), "the fields")
    driving.at(browser, "edit-notes").send_keys("afraid of <b>bridges</b>")
    press(browser, "edit-posture-seated")
    found(house, "notes P-0031 comes with her father")
    press(browser, "edit-save")
    says(browser, "edit-meanwhile", "comes with her father")
    assert "afraid of <b>bridges</b>" in driving.text_of(browser, "#edit-meanwhile")
    press(browser, "keep-mine")
    driving.wait(lambda: found(house, "person P-0031")["notes"] == "afraid of <b>bridges</b>", "mine")
    assert found(house, "person P-0031")["posture"] == "seated"
    driving.wait(
        lambda: "afraid of <b>bridges</b>" in driving.text_of(browser, "#own .as-typed"),
        "the page, drawn anew",
    )


def test_who_goes_on_while_something_is_being_kept_is_not_held_back(
    browser: Browser, house: ConsoleProcess
) -> None:
    """A page that is drawn anew after it was kept would end the way to another one, and leave one with the patient before."""
    one, other = (found(house, f"person {name}") for name in ("M-0001", "M-0002"))
    go(browser, house, f"/patients/{one['id']}", "edit")
    slow = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    try:
        browser.execute_async_script(
            "const [address, done] = arguments; location.href = address;"
            "setTimeout(() => { window.palier.loadAnew(); done(); }, 300)",
            f"/patients/{other['id']}",
        )
        driving.wait(lambda: "M-0002" in driving.text_of(browser, "h1"), "the other patient")
    finally:
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", {**slow, "latency": 0})


def test_erasing_takes_the_pseudonym_typed_and_the_practice_patient_stays(
    browser: Browser, house: ConsoleProcess
) -> None:
    person = found(house, "person M-0007")
    go(browser, house, f"/patients/{person['id']}", "erase")
    press(browser, "erase")
    driving.wait(lambda: driving.at(browser, "erase-typed").is_displayed(), "the field")
    driving.at(browser, "erase-typed").send_keys("M-0008")
    press(browser, "erase-now")
    says(browser, "erase-failed", "Nothing was erased")
    assert found(house, "person M-0007")["id"] == person["id"]
    write(browser, "erase-typed", "M-0007")
    press(browser, "erase-now")
    driving.wait(lambda: found(house, "person M-0007") is None, "the end of that person")
    driving.wait(lambda: browser.current_url.endswith("/patients"), "the list")
    practice = found(house, "person Practice")
    go(browser, house, f"/patients/{practice['id']}", "practise-now")
    assert browser.find_elements(By.CSS_SELECTOR, "h1 ~ .practice-tag")
    assert not browser.find_elements(By.CSS_SELECTOR, "#edit, #archive, #erase")


def test_a_plan_is_built_by_keyboard_and_kept_as_one_goes(browser: Browser, house: ConsoleProcess) -> None:
    person = found(house, "person P-0031")
    go(browser, house, f"/patients/{person['id']}", "begin-empty")
    press(browser, "begin-empty")
    driving.wait(lambda: "/plans/" in browser.current_url, "the builder")
    driving.wait(lambda: browser.find_elements(By.ID, "sceneshelf-heights"), "the shelf of scenes")
    says(browser, "plan-can-start", "Not ready")
    press(browser, "sceneshelf-heights")
    for step in ("first-floor", "ground"):
        driving.wait(lambda s=step: driving.at(browser, f"sceneshelf-heights-{s}").is_displayed(), step)
        press(browser, f"sceneshelf-heights-{step}")
        says(browser, "sceneshelf-told", "Added")
    driving.wait(lambda: browser.find_elements(By.ID, "plan-step-2"), "two steps")
    says(browser, "plan-can-start", "can be started")

    def kept() -> list[str]:
        return [step["id"] for step in found(house, "plans P-0031")[0]["body"]["steps"]]

    first, second = "first-floor", "ground"
    driving.wait(lambda: kept() == [first, second], "both kept")
    press(browser, "plan-step-2-up")
    driving.wait(lambda: kept() == [second, first], "the ground first")
    driving.wait(lambda: driving.focused(browser) == "plan-step-1-up", "the focus with the step")
    press(browser, "plan-step-1-edit")
    driving.wait(lambda: driving.focused(browser) == "plan-step-1-name", "the fields, with the focus")
    browser.execute_script("window.startBefore = document.getElementById('plan-start')")
    write(browser, "plan-step-1-predicted-suds", "much")
    says(browser, "plan-standing", "Predicted distress: A number is wanted here.")
    says(browser, "plan-step-1-predicted-suds-said", "A number is wanted here.")
    assert driving.at(browser, "plan-step-1-predicted-suds").get_attribute("aria-invalid") == "true"
    write(browser, "plan-step-1-predicted-suds", "42,5")
    says(browser, "plan-can-start", "can be started")
    same = "return document.getElementById('plan-start') === window.startBefore"
    assert browser.execute_script(same), "a button that is made anew loses the press on its way to it"
    press(browser, "plan-step-1-add-height")
    driving.wait(lambda: driving.focused(browser) == "plan-step-1-preset-height", "the height")
    write(browser, "plan-step-1-preset-height", "999")
    says(browser, "plan-step-1-preset-height-said", "0 to 150 m")
    write(browser, "plan-step-1-preset-height", "12")
    driving.wait(
        lambda: found(house, "plans P-0031")[0]["body"]["steps"][0].get("preset") == {"height": 12.0}, "12 m"
    )
    press(browser, "plan-undo")
    driving.wait(
        lambda: found(house, "plans P-0031")[0]["body"]["steps"][0].get("preset") == {"height": 999.0},
        "undone",
    )
    press(browser, "plan-redo")
    driving.wait(
        lambda: found(house, "plans P-0031")[0]["body"]["steps"][0].get("preset") == {"height": 12.0},
        "done again",
    )
    press(browser, "plan-step-2-remove")
    driving.wait(
        lambda: driving.at(browser, "plan-saved").text.startswith("Keeping"), "that it is not kept yet"
    )
    press(browser, "plan-start")
    driving.wait(lambda: "/start/" in browser.current_url, "the start")
    assert kept() == [second], "what was changed last is kept before a session is opened with it"
    browser.back()
    driving.wait(lambda: browser.find_elements(By.ID, "plan-step-1"), "the plan again")
    body = found(house, "plans P-0031")[0]["body"]
    assert body["steps"][0]["predicted_suds"] == 42.5
    fetched = browser.execute_async_script(
        "const done = arguments[0]; fetch(location.pathname + '/file').then(a => a.text()).then(done)"
    )
    assert Plan.model_validate(tomllib.loads(fetched)) == Plan.model_validate(body)


def test_a_plan_that_somebody_else_changed_is_kept_beside_mine(
    browser: Browser, house: ConsoleProcess
) -> None:
    plan = found(house, "plans P-0012")[0]
    go(browser, house, f"/plans/{plan['id']}", "plan-fields-open")
    press(browser, "plan-fields-open")
    driving.wait(lambda: driving.at(browser, "plan-title").is_displayed(), "the fields")
    found(house, f"renamed {plan['id']} Theirs")
    write(browser, "plan-title", "Mine")
    says(browser, "plan-conflict", "Theirs")
    assert "Mine" in driving.text_of(browser, "#plan-conflict")
    press(browser, "keep-both")
    driving.wait(lambda: plan["id"] not in browser.current_url, "the copy")
    assert {one["title"] for one in found(house, "plans P-0012")} == {"Mine", "Theirs"}


def test_a_file_is_taken_over_or_refused_with_what_is_wrong(
    browser: Browser, house: ConsoleProcess, tmp_path: Any
) -> None:
    person = found(house, "person P-0012")
    go(browser, house, f"/patients/{person['id']}", "new-plan")
    press(browser, "new-plan")
    bad = tmp_path / "bad.toml"
    bad.write_text(
        'title = "A"\n[[steps]]\nid = "roof"\nscene = "heights"\nname = { en = "R", fr = "T" }\ngaol = "x"\n'
    )
    driving.at(browser, "import-file").send_keys(str(bad))
    says(browser, "import-mistakes", "steps 1 (roof), gaol: There is no such key in a plan.")
    good = tmp_path / "good.toml"
    draft = draft_of(found(house, "plans P-0012")[0]["body"]).with_plan("title", "From a file")
    good.write_text(to_toml(draft), encoding="utf-8")
    driving.at(browser, "import-file").send_keys(str(good))
    driving.wait(lambda: driving.text_of(browser, "h1") == "From a file", "the plan of the file")


def test_nothing_stands_in_the_way_of_those_who_see_hear_or_move_less(
    browser: Browser, house: ConsoleProcess
) -> None:
    """With everything open that can be opened: what is there at first, test_browser_axe looks at."""
    person, plan = found(house, "person P-0012"), found(house, "plans P-0012")[0]
    pages = {
        "/patients?new=1": ("new-pseudonym", ("clinic-plans",)),
        f"/patients/{person['id']}": ("edit", ("edit", "erase", "new-plan", "checks-open", "age-rule")),
        f"/plans/{plan['id']}": (
            "plan-undo",
            ("plan-fields-open", "plan-step-2-edit", "plan-step-2-add-height", "plan-step-2-vary-height-on"),
        ),
    }
    brings = {
        "plan-step-2-edit": "plan-step-2-name",
        "plan-step-2-add-height": "plan-step-2-preset-height",
    }
    for address, (name, opened) in pages.items():
        go(browser, house, address, name)
        for each in opened:
            press(browser, each)
            # Where the page brings the focus is waited for: it would take it from what is pressed next.
            driving.wait(
                lambda e=each: driving.focused(browser) == brings.get(e, e), f"the focus after {each}"
            )
        for theme in ("light", "dark"):
            browser.execute_script("window.palier.paint(arguments[0])", theme)
            assert barriers(browser) == [], (address, theme)


def test_an_empty_console_leads_to_two_things(browser: Browser) -> None:
    with ConsoleProcess("--empty", module="tests.helpers.demo_patients") as empty:
        browser.get(empty.next_link())
        driving.wait(lambda: browser.find_elements(By.ID, "nav-patients"), "the day")
        go(browser, empty, "/patients", "patient-new-first")
        assert [one.text for one in browser.find_elements(By.CSS_SELECTOR, ".first-steps button")] == [
            "New patient",
            "Practise with the virtual patient",
        ]
        press(browser, "patient-practise")
        driving.wait(
            lambda: browser.find_elements(By.CSS_SELECTOR, "h1 ~ .practice-tag"), "the virtual patient"
        )


@pytest.mark.proof
def test_two_thousand_patients_and_thirty_thousand_sessions_are_quick(browser: Browser) -> None:
    with ConsoleProcess("--big", module="tests.helpers.demo_patients") as big:
        browser.get(big.next_link())
        driving.wait(lambda: browser.find_elements(By.ID, "nav-patients"), "the day")
        person = json.loads(big.ask("ids"))["patient"]
        told: list[str] = []
        for address in ("/patients", f"/patients/{person}"):
            took = sorted(
                browser.execute_async_script(
                    """const [address, done] = arguments, all = [];
                    (async () => {
                      for (let i = 0; i < 9; i++) {
                        const from = performance.now();
                        await (await fetch(address)).text();
                        all.push(performance.now() - from);
                      }
                      done(all);
                    })();""",
                    address,
                )
            )
            told.append(f"{address.replace(person, 'ID')}: median {took[4]:.0f} ms, worst {took[-1]:.0f} ms")
            assert took[4] < MOST_MS, told
        print("2,000 patients, 30,000 sessions, encrypted file:", "; ".join(told))  # noqa: T201
