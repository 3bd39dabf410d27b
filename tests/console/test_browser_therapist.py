"""A therapist's whole day on the real console, with the real encrypted store and a real runtime: from a new patient to
the erasure, once by pointer and once by keyboard alone. What counts is what store, record and export hold."""

from __future__ import annotations

import base64
import csv
import io
import re
import signal
import subprocess
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from selenium.webdriver.common.by import By

from clinician_console.clinic.entries import Session
from clinician_console.clinic.port import ClinicStore, StoreError, StoreReason
from clinician_console.plans.draft import draft_of
from clinician_console.plans.files import to_toml
from clinician_console.store.opening import open_store
from clinician_console.words import Words
from tests.console import driving
from tests.console.driving import Browser, allowed, at, here, insist, stop_is, text_of, wait
from tests.console.hands import Hands, Keyboard, Pointer
from tests.console.test_browser_whole import page_of
from tests.helpers.processes import Commands
from tests.helpers.session import KEY
from vr_runtime.protocol.events import CheckAnswered, NoteTaken, Opened, RatingGiven, StopPressed
from vr_runtime.protocol.files.checklist import CheckItem
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.treatments import checklist_of
from vr_runtime.protocol.words import AgeBand
from vr_runtime.record import Reader, RecordError

pytestmark = [*driving.MARKS, pytest.mark.slow]

AGE = AgeBand.FROM_26
ITEMS = [item for item in checklist_of("start").items if not item.ages or AGE in item.ages]
HOSTILE = '=HYPERLINK("x") <img src=x onerror=document.title=1>'
"""A formula and an element, typed where people type: to be kept as a text and run nowhere."""


class Way(NamedTuple):
    language: str
    hands: Callable[[Browser], Hands]
    pseudonym: str
    format: str


WAYS = (
    Way("en", Pointer, "W-0901", "csv"),
    Way("fr", Keyboard, "W-0902", "edf"),
    # The other two of the four are played by `make proof`.
    pytest.param(Way("en", Keyboard, "W-0903", "edf"), marks=pytest.mark.proof),
    pytest.param(Way("fr", Pointer, "W-0904", "csv"), marks=pytest.mark.proof),
)


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    made = Commands(tmp_path)
    yield made
    made.close()


class Day:
    """One console with its processes; ``words`` are what the page has to say."""

    def __init__(self, browser: Browser, commands: Commands, way: Way) -> None:
        self.browser, self.commands, self.way = browser, commands, way
        self.hands, self.words = way.hands(browser), Words(way.language)
        self.console: subprocess.Popen[str] = commands.start(
            "clinician_console", "serve", "--connection", str(commands.connection), "--port", "0",
            "--records", str(commands.console_records), "--language", way.language, "--who", "AB",
        )  # fmt: skip

    @contextmanager
    def store(self) -> Iterator[ClinicStore]:
        """The store beside the console's own hold on it, as another console would have it."""
        store = open_store(self.commands.console_records / "clinic.db", KEY, "test")
        try:
            yield store
        finally:
            store.close()

    def title(self, text: str) -> None:
        wait(lambda: text_of(self.browser, "h1") == text, f"the page '{text}'")

    def bytes_at(self, address: str) -> tuple[int, bytes]:
        """What the browser gets from an address of the console's."""
        status, body = self.browser.execute_async_script(
            "const [address, done] = arguments; fetch(address).then(async (r) => {"
            " const all = new Uint8Array(await r.arrayBuffer()); let text = '';"
            " for (const one of all) text += String.fromCharCode(one);"
            " done([r.status, btoa(text)]); }, (e) => done([0, btoa(String(e))]))",
            address,
        )
        return status, base64.b64decode(body)


def choose(day: Day, name: str) -> None:
    """Press a button of a row, and wait until it is the one that is pressed."""
    day.hands.press(f"#{name}")
    wait(lambda: at(day.browser, name).get_attribute("aria-pressed") == "true", f"{name} to be chosen")


def new_patient(day: Day) -> str:
    hands, browser = day.hands, day.browser
    hands.press("#new-patient")
    wait(lambda: browser.find_elements(By.ID, "new-pseudonym"), "the form")
    wait(lambda: at(browser, "new-pseudonym").get_attribute("value"), "a free pseudonym")
    hands.write("#new-pseudonym", day.way.pseudonym)
    hands.press("[id='new-age-26+']")
    choose(day, "new-cleared-heights")
    choose(day, f"new-language-{day.way.language}")
    hands.write("#new-notes", HOSTILE)
    hands.press("#new-add")
    wait(lambda: day.way.pseudonym in text_of(browser, "h1"), "the patient's page")
    with day.store() as store:
        (row,) = store.patients(day.way.pseudonym)
        kept = store.patient(row.id)
    assert (kept.age_band, kept.cleared, kept.notes) == (AGE, ("heights",), HOSTILE)
    assert kept.language == day.way.language
    return row.id


def plan_of(day: Day, patient: str) -> Path:
    """Two steps on the ladder, one with a goal of one's own; the plan's file, as ``vr-runtime run`` reads it."""
    hands, browser = day.hands, day.browser
    hands.press("#begin-empty")
    wait(lambda: browser.find_elements(By.ID, "sceneshelf-heights"), "the builder")
    hands.write("#plan-title", "Up to the balcony")
    choose(day, "plan-treatment-graded_exposure")
    hands.press("#sceneshelf-heights")
    for number, step in enumerate(("ground", "first-floor"), 1):
        hands.press(f"#sceneshelf-heights-{step}")
        wait(lambda n=number: browser.find_elements(By.ID, f"plan-step-{n}"), f"step {number}")
    hands.press("#plan-step-2-edit")
    wait(lambda: driving.focused(browser) == "plan-step-2-name", "the step's fields, with the focus")
    hands.write("#plan-step-2-goal", "Look <b>down</b> once")
    hands.write("#plan-step-2-predicted-suds", "35")
    wait(
        lambda: text_of(browser, "#plan-can-start") == day.words("plans.can_start"),
        "a plan that can be started",
    )
    hands.press("#plan-start")
    wait(lambda: browser.find_elements(By.ID, "start-window"), "where a session is opened")
    with day.store() as store:
        (stored,) = store.plans(patient)
    status, body = day.bytes_at(f"/plans/{stored.id}/file")
    assert status == 200
    plan = Plan.model_validate(tomllib.loads(body.decode()))
    assert body.decode() == to_toml(draft_of(stored.body))
    assert [step.id for step in plan.steps] == ["ground", "first-floor"]
    assert (plan.title, plan.treatment) == ("Up to the balcony", "graded_exposure")
    goal = plan.steps[1].goal
    assert goal is not None
    assert goal.in_language(day.way.language) == "Look <b>down</b> once"
    file = day.commands.folder / "plan.toml"
    file.write_bytes(body)
    return file


def answer(day: Day, item: CheckItem) -> None:
    """What lets the session start."""
    match item.kind:
        case "yes_no":
            day.hands.press(f"#check-{item.id}-{str(item.wanted).lower()}")
        case "choice":
            day.hands.press(f"#check-{item.id}-{next(one for one in item.choices if one not in item.stops)}")
        case "number":
            figure = item.at_least if item.at_least is not None else item.at_most
            day.hands.write(f"#check-{item.id}", f"{figure:g}")
            day.hands.press(f"#save-{item.id}")
        case "info":
            day.hands.write(f"#check-{item.id}", "AB")
            day.hands.press(f"#save-{item.id}")


def session_with(day: Day, plan: Path) -> None:
    hands, browser, words = day.hands, day.browser, day.words
    runtime = day.commands.runtime(
        "--plan", plan, "--patient", "none", "--checks", "start", "--age", AGE.value, "--cleared", "heights",
        "--pseudonym", day.way.pseudonym, "--language", day.way.language, "--forget-when-copied",
    )  # fmt: skip
    assert runtime.poll() is None, runtime.communicate()
    hands.press("#nav-drive")
    driving.at_rest(browser)
    wait(lambda: allowed(browser, f"check-{ITEMS[0].id}-true"), "the start checks")
    wait(
        lambda: not at(browser, "tour").is_displayed(),
        "the walk for newcomers to make room for a person's session",
    )
    for item in ITEMS:
        answer(day, item)
    wait(lambda: text_of(browser, "#start .action-word") == words("action.start"), "no check left open")
    wait(lambda: allowed(browser, "start"), "a start that is allowed")
    insist(
        browser,
        lambda: hands.press("#start"),
        lambda: text_of(browser, ".phase") == words("phase.baseline"),
        "the baseline",
    )
    for number in (1, 2):
        insist(browser, hands.up, lambda n=number: here(browser) == f"rung-{n}", f"step {number}")
    hands.strike("45")
    wait(lambda: text_of(browser, ".rating-entry") == "45", "the rating")
    hands.write("#note", HOSTILE)
    hands.press("#note-save")
    wait(lambda: not at(browser, "note").get_attribute("value"), "the note, handed over")
    hands.stop()
    wait(lambda: stop_is(browser, "confirmed"), "the STOP's confirmation")
    wait(lambda: text_of(browser, ".phase") == words("phase.stopped"), "the stop in words")
    for act in ("release", "close"):
        wait(lambda name=act: allowed(browser, name), act)
        hands.press(f"#{act}")
        wait(lambda: at(browser, "confirm-yes").is_displayed(), f"the question before {act}")
        hands.press("#confirm-yes")
        wait(lambda: not at(browser, "confirm-yes").is_displayed(), f"{act}, answered")
        if act == "release":
            wait(lambda: text_of(browser, ".phase") == words("phase.safe_place"), "the safe place")
    assert runtime.wait(60) == 0


def kept_session(day: Day, patient: str) -> Session:
    """The session, once the console has entered it by itself."""
    found: list[Session] = []

    def ended() -> bool:
        with day.store() as store:
            found[:] = store.sessions(patient)
        return [one.state for one in found] == ["ended"]

    wait(ended, "the session in the store")
    (session,) = found
    with Reader.open(Path(session.record), KEY) as reader:
        bodies = [event.body for event in reader.events()]
    opened = bodies[0]
    assert isinstance(opened, Opened)
    assert opened.pseudonym == day.way.pseudonym
    assert {body.item for body in bodies if isinstance(body, CheckAnswered)} == {item.id for item in ITEMS}
    assert len([body for body in bodies if isinstance(body, StopPressed)]) == 1
    assert [body.value for body in bodies if isinstance(body, RatingGiven)] == [45.0]
    assert [body.text for body in bodies if isinstance(body, NoteTaken)] == [HOSTILE]
    assert session.summary["stops"], "the figures come from the record"
    assert not list(day.commands.runtime_records.glob("*/record.db")), "the runtime's own record is erased"
    return session


def debriefed(day: Day, session: Session) -> None:
    hands, browser = day.hands, day.browser
    hands.press("#nav-day")
    hands.press(f"a[href='/after/{session.id}']")
    day.title(day.words("after.title"))
    hands.write("#debrief-feared", HOSTILE)
    choose(day, "debrief-happened-no")
    hands.write("#debrief-sickness", "4")
    choose(day, "debrief-none-adverse")
    choose(day, "debrief-safe-yes")
    choose(day, "debrief-leaving-well")
    hands.press("#debrief-save")
    wait(lambda: text_of(browser, "#debrief-said") == day.words("debrief.saved"), "that it is kept")
    with day.store() as store:
        kept = store.session(session.id).debrief
    assert (kept["expectancy"]["feared"], kept["expectancy"]["happened"]) == (HOSTILE, "no")
    assert (kept["sickness"], kept["none_adverse"], kept["safe_to_go"], kept["leaving"]) == (
        4,
        True,
        True,
        "well",
    )
    assert kept["by"] == "AB"


def reported(day: Day, session: Session) -> None:
    """The page opens in a tab of its own; the PDF is fetched."""
    browser, mine = day.browser, day.browser.current_window_handle
    before = set(browser.window_handles)
    day.hands.press("#report-html-notes")
    wait(lambda: len(browser.window_handles) > len(before), "the report's tab")
    browser.switch_to.window((set(browser.window_handles) - before).pop())
    try:
        wait(lambda: day.way.pseudonym in browser.find_element(By.TAG_NAME, "body").text, "the report")
        assert HOSTILE in browser.find_element(By.TAG_NAME, "body").text
        assert not browser.find_elements(By.CSS_SELECTOR, "img[src=x]")
        assert browser.title != "1"
    finally:
        browser.close()
        browser.switch_to.window(mine)
    status, pdf = day.bytes_at(str(at(browser, "report-pdf").get_attribute("href")))
    assert (status, pdf[:5]) == (200, b"%PDF-")
    with day.store() as store:
        acts = [(entry.act, entry.what, entry.detail) for entry in store.audit(limit=5)]
    assert ("reported", session.id, "html with notes") in acts
    assert ("reported", session.id, "pdf") in acts


def looked_at_again(day: Day, patient: str) -> None:
    hands, browser = day.hands, day.browser
    hands.press("#to-review")
    wait(lambda: browser.find_elements(By.ID, "review-at"), "the time line")
    assert day.words("stopped_by.console") in text_of(browser, "main"), (
        "the STOP, in the list of what happened"
    )
    hands.press("button.jump")
    hands.press("#review-back")
    day.title(day.words("after.title"))
    assert at(browser, "debrief-feared").get_attribute("value") == HOSTILE, "what was kept stands there again"
    hands.press("#to-progress")
    day.title(day.words("progress.title"))
    assert len(browser.find_elements(By.CSS_SELECTOR, "#sessions tbody tr")) == 1
    assert browser.current_url.endswith(patient)


def exported(day: Day) -> None:
    hands, browser = day.hands, day.browser
    hands.press("#nav-exports")
    choose(day, "export-scope-session")
    hands.write("#export-search", day.way.pseudonym)
    wait(lambda: text_of(browser, "#export-found") == day.way.pseudonym, "the patient")
    choose(day, "export-patient-1")
    choose(day, "export-session-1")
    choose(day, f"export-format-{day.way.format}")
    hands.press("#export-go")
    wait(lambda: browser.find_elements(By.ID, "export-fetch"), "the file")
    status, body = day.bytes_at(str(at(browser, "export-fetch").get_attribute("href")))
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(body)) as zipped:
        names = zipped.namelist()
        whole = b"".join(zipped.read(name) for name in names)
        if day.way.format == "csv":
            (events,) = [name for name in names if name.endswith("events.csv")]
            kinds = [row["kind"] for row in csv.DictReader(io.StringIO(zipped.read(events).decode()))]
            assert kinds[0] == "opened"
            assert "stop_pressed" in kinds
        else:
            (edf,) = [name for name in names if name.endswith(".edf")]
            assert zipped.read(edf)[:8] == b"0       "
            assert b"EDF+C" in zipped.read(edf)[:256]
    assert HOSTILE.encode() not in whole, "what was typed stays out unless it is asked for"
    assert not re.search(day.way.pseudonym, "".join(names)), "no pseudonym in the names of files"


def erased(day: Day, patient: str, session: Session) -> None:
    hands, browser = day.hands, day.browser
    hands.press("#nav-patients")
    hands.press(f"a[href='/patients/{patient}']")
    wait(lambda: day.way.pseudonym in text_of(browser, "h1"), "the patient's page")
    hands.press("#erase")
    hands.write("#erase-typed", day.way.pseudonym)
    hands.press("#erase-now")
    wait(lambda: browser.current_url.endswith("/patients"), "the list")
    wait(lambda: browser.find_elements(By.ID, "patient-count"), "the list")
    with day.store() as store:
        assert store.patients(day.way.pseudonym) == []
        for look in (store.patient, store.plans, store.sessions, lambda _one: store.session(session.id)):
            with pytest.raises(StoreError) as gone:
                look(patient)
            assert gone.value.reason is StoreReason.NOT_FOUND
        acts = {entry.act for entry in store.audit()}
        assert {"added", "changed", "started", "exported", "reported", "erased"} <= acts
        assert {entry.who for entry in store.audit()} <= {"AB", "test"}
        assert store.audit_fault() is None
    with pytest.raises(RecordError), Reader.open(Path(session.record), KEY, damaged=True):
        pass


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.language}-{way.hands.__name__.lower()}")
def test_a_day_from_a_new_patient_to_the_erasure(browser: Browser, commands: Commands, way: Way) -> None:
    day = Day(browser, commands, way)
    browser.get(page_of(day.console))
    day.title(day.words("day.title"))
    patient = new_patient(day)
    plan = plan_of(day, patient)
    session_with(day, plan)
    session = kept_session(day, patient)
    debriefed(day, session)
    reported(day, session)
    looked_at_again(day, patient)
    exported(day)
    erased(day, patient, session)
    browser.get("about:blank")
    day.console.send_signal(signal.SIGINT)
    assert day.console.wait(30) == 0
    assert "Traceback" not in (day.console.stderr.read() if day.console.stderr else "")
