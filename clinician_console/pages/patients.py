"""The list of patients, searched as one types, and a new patient."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable

from nicegui import ui

from clinician_console.clinic.entries import Patient, PatientRow, StoredPlan
from clinician_console.clinic.people import free_pseudonym
from clinician_console.clinic.port import ClinicStore
from clinician_console.pages.elements import Box, Hand, Press, Say
from clinician_console.pages.forms import Fold, Line, OneOf, labelled
from clinician_console.pages.house import House
from clinician_console.pages.new_plan import new_plan
from clinician_console.pages.person import PersonForm
from clinician_console.pages.shell import Link, page, shell
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError

SHOWN = 50


def pages(house: House) -> None:
    @page(house, "/patients")
    async def patients(new: str = "") -> None:
        rows, count, archived = await to_thread(look, house.store, "", False, 0)
        scenes = await to_thread(house.catalogue.scenes)
        plans = await to_thread(house.store.plans, "")
        with shell(house, "patients", styles=("patients",)) as words:
            with Box("title-row"):
                Say("", words("patients.title"), tag="h1")
            form = Box("card is-first", "section", aria_labelledby="new-title", id="new-patient")
            content = sorted({flag for scene in scenes.values() for flag in scene.content})
            _new(house, words, form, content, opened=bool(new))
            empty = not archived and all(row.practice for row in rows)
            if empty:
                _empty(house, words, form)
            _List(house, words, form, rows, count).made(show_search=not empty)
            _clinic(house, words, plans)


def look(store: ClinicStore, search: str, archived: bool, offset: int) -> tuple[list[PatientRow], int, int]:
    """Rows, how many there are in all, and how many were put away."""
    rows = store.patients(search, archived=archived, limit=SHOWN, offset=offset)
    return rows, store.count_patients(search, archived=archived), store.count_patients("", archived=True)


def suggested(store: ClinicStore) -> str:
    """A pseudonym that is free."""

    def taken(wish: str) -> bool:
        # A search gives what contains the wish: that one is enough not to suggest it.
        return any(store.count_patients(wish, archived=put_away) for put_away in (False, True))

    return free_pseudonym(taken, store.count_patients() + store.count_patients(archived=True))


def _clinic(house: House, words: Words, plans: list[StoredPlan]) -> None:
    """The clinic's own plans, to copy from."""
    with Box("card", "section", aria_labelledby="clinic-plans-title"):
        Say("", words("patients.clinic_plans", count=len(plans)), tag="h2", id="clinic-plans-title")
        Say("dim", words("patients.clinic_plans_means"), tag="p")
        with Fold("clinic-plans", words("patients.clinic_plans_open")).box:
            with Box("", "ul", role="list"):
                for plan in plans:
                    with Box("", "li"):
                        Link(f"/plans/{plan.id}", "patient-link", plan.title or words("plans.untitled"))
            new_plan(house, words, "", opened=False)


def _empty(house: House, words: Words, form: Box) -> None:
    """Nobody yet: two things to begin with."""
    failed: Say

    def practise() -> None:
        try:
            patient = house.store.practice_patient()
        except PalierError as problem:
            failed.say(str(problem))
            return
        ui.navigate.to(f"/patients/{patient.id}")

    with Box("card first-steps", "section", aria_labelledby="empty-title"):
        Say("", words("patients.empty"), tag="h2", id="empty-title")
        with Box("two-ways"):
            with Box("way"):
                Press(lambda: _open(form), "main", words("patients.new"), id="patient-new-first")
                Say("dim", words("patients.new_means"), tag="p")
            with Box("way"):
                Press(practise, "main", words("patients.practise"), id="patient-practise")
                Say("dim", words("patients.practise_means"), tag="p")
        failed = Say("said", role="alert", data_level="danger")


def _open(form: Box) -> None:
    form.mark_as(open=True)
    ui.run_javascript('document.getElementById("new-pseudonym")?.focus()')


def _new(house: House, words: Words, form: Box, content: list[str], *, opened: bool) -> None:
    form.mark_as(open=opened)
    with form:
        Say("", words("patients.new"), tag="h2", id="new-title")
        language = house.language if house.language in ("en", "fr") else "en"
        fields = PersonForm(
            "new", words, house.store, Patient("", "", language="fr" if language == "fr" else "en"), content
        )
        failed = Say("said", id="new-failed", role="alert", data_level="danger")

        async def suggest() -> None:
            wish = await to_thread(suggested, house.store)
            fields.suggest(wish)

        async def add(values: dict[str, str]) -> None:
            if not fields.complete(values):
                return
            try:
                kept = await to_thread(house.store.save_patient, fields.patient(values))
            except PalierError as problem:
                failed.say(fields.trouble(problem))
                return
            ui.navigate.to(f"/patients/{kept.id}")

        with Box("row"):
            Hand(add, fields.names, "main", text=words("patients.add"), id="new-add")
            Press(lambda: form.mark_as(open=False), "", words("patients.cancel"), id="new-cancel")
            Press(suggest, "", words("patients.suggest"), id="new-suggest")
    if opened:
        ui.timer(0.3, suggest, once=True)


class _List:
    def __init__(self, house: House, words: Words, form: Box, rows: list[PatientRow], count: int) -> None:
        self._house, self._words, self._form = house, words, form
        self._rows, self._count = rows, count
        self._search, self._archived, self._offset = "", False, 0
        self._asked = 0

    def made(self, *, show_search: bool) -> None:
        words = self._words
        with Box("card", "section", aria_labelledby="list-title"):
            with Box("title-row"):
                Say("", words("patients.all"), tag="h2", id="list-title")
                if show_search:
                    Press(lambda: _open(self._form), "main", words("patients.new"), id="patient-new")
            with Box("search-row"):
                with labelled("patient-search", words("patients.search")):
                    Line("patient-search", on_typed=self._typed, type="search", longest=64)
                OneOf(
                    "patient-which",
                    words("patients.which"),
                    [("present", words("patients.present")), ("archived", words("patients.archived"))],
                    "present",
                    self._which,
                )
            self._told = Say("dim", role="status", id="patient-count")
            self._failed = Say("said", role="alert", data_level="danger")
            with Box("scrolls"), Box("patients-table", "table"):
                with Box("", "thead"), Box("", "tr"):
                    for key in ("pseudonym", "age", "sessions", "last"):
                        Say("", words(f"patients.{key}"), tag="th", scope="col")
                self._body = Box("", "tbody")
            with Box("row"):
                self._before = Press(self._turn(-SHOWN), "", words("patients.before"), id="patient-before")
                self._after = Press(self._turn(SHOWN), "", words("patients.after"), id="patient-after")
        self._draw()

    def _turn(self, by: int) -> Callable[[], object]:
        async def turn() -> None:
            self._offset = max(0, self._offset + by)
            await self._look()

        return turn

    async def _typed(self, text: str) -> None:
        self._search, self._offset = text.strip(), 0
        await self._look()

    async def _which(self, which: str) -> None:
        self._archived, self._offset = which == "archived", 0
        await self._look()

    async def _look(self) -> None:
        self._asked += 1
        mine = self._asked
        try:
            rows, count, _ = await to_thread(
                look, self._house.store, self._search, self._archived, self._offset
            )
        except PalierError as problem:
            self._failed.say(str(problem))
            return
        if mine == self._asked:  # an answer to what was typed before comes too late
            self._failed.say("")
            self._rows, self._count = rows, count
            self._draw()

    def _draw(self) -> None:
        words = self._words
        if not self._count:
            told = (
                words("patients.none_found", search=self._search) if self._search else words("patients.none")
            )
        else:
            first, last = self._offset + 1, self._offset + len(self._rows)
            told = words("patients.count", first=first, last=last, count=self._count)
        self._told.say(told)
        self._before.allow(self._offset > 0)
        self._after.allow(self._offset + len(self._rows) < self._count)
        for button in (self._before, self._after):
            button.mark_as(away=self._count <= SHOWN)
        self._body.clear()
        with self._body:
            for row in self._rows:
                with Box("", "tr"):
                    with Box("", "th", scope="row"), Box("row"):
                        Link(f"/patients/{row.id}", "patient-link", row.pseudonym)
                        if row.practice:
                            Say("tag practice-tag", words("app.practice"))
                        if row.archived:
                            Say("tag", words("patient.archived"))
                    Say("", words(f"ages.{row.age_band.value}"), tag="td")
                    Say("", str(row.sessions), tag="td")
                    last = words.when(row.last_session) if row.last_session else words("patients.never")
                    Say("", last, tag="td")
