"""The plan between two sessions of a patient: make it, hand it over as one file, read a filled sheet back."""

from __future__ import annotations

import secrets
from asyncio import to_thread
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from fastapi import FastAPI, Response
from nicegui import ui

from clinician_console.clinic.entries import Homework, Patient
from clinician_console.homework.back import LARGEST, grouped, read_back
from clinician_console.homework.errors import HomeworkError, HomeworkReason
from clinician_console.homework.page import as_html, file_name
from clinician_console.homework.sheet import (
    LONGEST_PLANNED,
    MOST_EXERCISES,
    Entry,
    Returned,
    Sheet,
    sheet_id,
    sheet_of,
)
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.words import DASH, LANGUAGES, Words
from vr_runtime.protocol.errors import PalierError

LINES = ("what", "where", "often", "goal")
READ_FILE = (
    "async (e) => { const file = e.target.files[0]; e.target.blur();"
    f" if (file) emit(file.size > {LARGEST} ? null : await file.text()); e.target.value = ''; }}"
)
"""A file is read in the browser and handed over as text; what is too large is not read at all."""
SANDBOX = "sandbox allow-scripts allow-modals allow-downloads"


def pages(house: House) -> None:
    @page(house, "/homework/{patient}")
    async def homework(patient: str) -> None:
        person = await to_thread(house.store.patient, patient)
        kept = await to_thread(house.store.homework, patient)
        with shell(house, "patients", title=person.pseudonym, styles=("questionnaires",)) as words:
            Page(house, words, person, kept)


def routes(house: House, app: FastAPI) -> None:
    @app.get("/homework/{patient}/{sheet}/{form}")
    async def sheet_file(patient: str, sheet: str, form: str) -> Response:
        """The sheet's file: to be kept (``save``), or to be looked at and printed (``print``). What a person typed runs
        in a sandbox of its own, not as a part of the console."""
        try:
            kept = await to_thread(house.store.homework, patient)
        except PalierError:
            return Response(status_code=404)
        for each in kept:
            found = _sheet(each)
            if found is not None and found.sheet == sheet and form in ("save", "print"):
                await to_thread(house.store.note_act, "exported", "homework", each.id)
                where = "attachment" if form == "save" else "inline"
                return Response(
                    as_html(found),
                    media_type="text/html; charset=utf-8",
                    headers={
                        "Content-Disposition": f'{where}; filename="{file_name(found)}"',
                        "Content-Security-Policy": SANDBOX,
                        "Cache-Control": "no-store",
                    },
                )
        return Response(status_code=404)


class Page:
    def __init__(self, house: House, words: Words, person: Patient, kept: list[Homework]) -> None:
        self._store, self._words, self._person, self._kept = house.store, words, person, kept
        self._language = person.language
        with Box("title-row"):
            Say("", words("homework.title", pseudonym=person.pseudonym), tag="h1", id="home-title")
            if person.practice:
                Say("tag practice-tag", words("app.practice"))
            Link(f"/patients/{person.id}", "press", words("homework.back"), id="home-back")
        self._make()
        self._read()
        self._past = Box("content-part", id="home-past")
        self._show_past()

    # ------------------------------------------------------------------ make

    def _make(self) -> None:
        words = self._words
        with Box("card", "section", aria_labelledby="home-new"):
            Say("", words("homework.new"), tag="h2", id="home-new")
            Say("", words("homework.new_hint"), tag="p")
            rows: list[Box] = []
            names = [f"home-{number}-{line}" for number in range(1, MOST_EXERCISES + 1) for line in LINES]
            before = self._last_exercises()
            for number in range(1, MOST_EXERCISES + 1):
                row = Box("home-exercise", "fieldset", id=f"home-exercise-{number}")
                rows.append(row)
                with row:
                    Say("", words("homework.exercise", number=number), tag="legend")
                    for line in LINES:
                        with Box("labelled"):
                            name = f"home-{number}-{line}"
                            Say("", words(f"homework.{line}"), tag="label", **{"for": name})
                            text = before[number - 1].get(line, "") if number <= len(before) else ""
                            # Not value: what is being typed would be lost when the page is drawn anew.
                            Field(name, defaultValue=text, maxlength=str(LONGEST_PLANNED))
            shown = max(2, len(before))

            def reveal(more: int) -> None:
                nonlocal shown
                shown = min(MOST_EXERCISES, shown + more)
                for number, row in enumerate(rows, 1):
                    row.attribute("hidden", None if number <= shown else "hidden")
                add.allow(shown < MOST_EXERCISES)

            with Box("row"):
                add = Press(lambda: reveal(1), "", words("homework.add"), id="home-add")
            reveal(0)
            with Box("labelled"):
                Say("", words("homework.until"), tag="label", **{"for": "home-until"})
                Field("home-until", type="date")
            with Box("labelled"):
                Say("label", words("homework.language"))
                with Box("choices", role="group", aria_label=words("homework.language")):
                    buttons = {
                        name: Press(
                            partial(self._speak, name),
                            "",
                            words(f"app.language_{name}"),
                            id=f"home-language-{name}",
                        )
                        for name in LANGUAGES
                    }
            self._languages = buttons
            self._speak(self._language)
            self._made = Say("said", id="home-made", role="status")
            with Box("row"):
                Hand(self._take, [*names, "home-until"], "main", text=words("homework.make"), id="home-make")

    def _last_exercises(self) -> list[dict[str, str]]:
        """Of the latest plan: most weeks go on from there."""
        found = _sheet(self._kept[-1]) if self._kept else None
        return [one.model_dump() for one in found.exercises] if found else []

    def _speak(self, name: str) -> None:
        self._language = "fr" if name == "fr" else "en"
        for each, button in self._languages.items():
            button.attribute("aria-pressed", "true" if each == self._language else "false")

    async def _take(self, values: dict[str, str]) -> None:
        rows = [
            {line: values.get(f"home-{number}-{line}", "") for line in LINES}
            for number in range(1, MOST_EXERCISES + 1)
        ]
        rows = [row for row in rows if any(row.values())]
        if not rows or not all(row["what"] for row in rows):
            self._made.say(self._words("homework.what_wanted"))
            return
        body: dict[str, Any] = {
            "format": 1,
            "sheet": sheet_id(secrets.token_bytes(8)),
            "language": self._language,
            "made": date.today().isoformat(),
            "until": values.get("home-until", ""),
            "exercises": rows,
        }
        try:
            made = sheet_of(body)
            kept = await to_thread(
                self._store.save_homework,
                Homework(id="", patient=self._person.id, created=_now(), body=made.model_dump(mode="json")),
            )
        except PalierError as problem:
            self._made.say(self._words("homework.not_kept", problem=str(problem)))
            return
        self._kept.append(kept)
        self._made.say(self._words("homework.made"))
        self._show_past()
        ui.run_javascript(f"document.getElementById('home-save-{made.sheet}')?.focus()")

    # ------------------------------------------------------------------ read back

    def _read(self) -> None:
        words = self._words
        with Box("card", "section", aria_labelledby="home-return"):
            Say("", words("homework.return"), tag="h2", id="home-return")
            Say("", words("homework.return_hint"), tag="p")
            with Box("labelled"):
                Say("", words("homework.file"), tag="label", **{"for": "home-file"})
                file = Box(
                    "field",
                    "input",
                    id="home-file",
                    type="file",
                    accept=".json,.txt,application/json,text/plain",
                )
                file.on("change", lambda event: self._given(event.args), js_handler=READ_FILE)
            with Box("labelled"):
                Say("", words("homework.text"), tag="label", **{"for": "home-text"})
                Box(
                    "field home-code",
                    "textarea",
                    id="home-text",
                    rows="5",
                    spellcheck="false",
                    maxlength=str(LARGEST),
                )
            with Box("row"):
                Hand(
                    lambda values: self._given(values["home-text"]), ["home-text"], "",
                    text=words("homework.read"), id="home-read",
                )  # fmt: skip
            self._told = Box("", id="home-told", role="status")

    async def _given(self, text: object) -> None:
        try:
            if not isinstance(text, str):
                raise HomeworkError(HomeworkReason.TOO_LARGE, "the file is too large")
            known = {found.sheet: each for each in self._kept if (found := _sheet(each)) is not None}
            found = read_back(text, known)
        except HomeworkError as problem:
            key = f"homework.problem_{problem.reason.value}"
            detail = str(problem) if problem.reason is HomeworkReason.BAD_ENTRY else ""
            self._tell(self._words(key), detail, level="danger")
            return
        was = known[found.sheet]
        before = returned_of(was)
        if before is None or before == found:
            await self._put(was, found)
            return
        self._told.clear()
        with self._told:
            text = self._words(
                "homework.again",
                sheet=grouped(found.sheet),
                before=len(before.entries),
                now=len(found.entries),
            )
            Say("said", text, tag="p", data_level="warning")
            with Box("row"):
                Press(
                    partial(self._put, was, found),
                    "danger",
                    self._words("homework.replace"),
                    id="home-replace",
                )
                Press(self._told.clear, "", self._words("homework.keep_old"), id="home-keep")

    async def _put(self, was: Homework, found: Returned) -> None:
        returned = {**found.model_dump(mode="json"), "read": _now()}
        try:
            kept = await to_thread(self._store.save_homework, replace(was, returned=returned))
        except PalierError as problem:
            self._tell(self._words("homework.not_kept", problem=str(problem)), level="danger")
            return
        self._kept = [kept if each.id == kept.id else each for each in self._kept]
        self._tell(self._words("homework.was_read", sheet=grouped(found.sheet), entries=len(found.entries)))
        self._show_past()

    def _tell(self, text: str, detail: str = "", level: str = "info") -> None:
        self._told.clear()
        with self._told, Box("said", data_level=level, id="home-said"):
            Say("", text, tag="p")
            if detail:
                Say("small-text", detail, tag="p")

    # ------------------------------------------------------------------ past sheets

    def _show_past(self) -> None:
        self._past.clear()
        with self._past:
            for each in reversed(self._kept):
                found = _sheet(each)
                if found is None:
                    Say(
                        "said",
                        self._words("homework.unreadable", when=self._words.when(each.created)),
                        tag="p",
                    )
                else:
                    self._one(each, found)

    def _one(self, each: Homework, found: Sheet) -> None:
        words, name = self._words, found.sheet
        with Box("card", "section", aria_labelledby=f"home-sheet-{name}"):
            Say(
                "",
                words("homework.sheet_of", when=words.when(each.created)),
                tag="h2",
                id=f"home-sheet-{name}",
            )
            Say("dim small-text", f"{words('homework.sheet.id')} {grouped(name)}", tag="p")
            with Box("", "ol"):
                for one in found.exercises:
                    Say(
                        "home-text",
                        " · ".join(text for text in (one.what, one.where, one.often, one.goal) if text),
                        tag="li",
                    )
            with Box("row"):
                address = f"/homework/{self._person.id}/{name}"
                Link(
                    f"{address}/save",
                    "press",
                    words("homework.save"),
                    id=f"home-save-{name}",
                    download=file_name(found),
                )
                Link(
                    f"{address}/print",
                    "press",
                    words("homework.print"),
                    id=f"home-print-{name}",
                    target="_blank",
                    rel="noopener",
                )
            returned = returned_of(each)
            if returned is None:
                Say("dim", words("homework.not_back"), tag="p")
            elif not returned.entries:
                Say("dim", words("homework.back_empty"), tag="p")
            else:
                self._entries(name, returned.entries)

    def _entries(self, name: str, entries: tuple[Entry, ...]) -> None:
        words = self._words
        around = Box("scrolls", tabindex="0", role="region", aria_label=words("homework.sheet.did"))
        with around, Box("", "table", id=f"home-entries-{name}"):
            with Box("", "thead"), Box("", "tr"):
                for key in (
                    "number",
                    "date",
                    "situation",
                    "before",
                    "peak",
                    "after",
                    "stayed",
                    "learned",
                ):
                    Say("", words(f"homework.sheet.{key}"), tag="th", scope="col")
            with Box("", "tbody"):
                for entry in entries:
                    stayed = words(f"homework.sheet.stayed_{entry.stayed}") if entry.stayed else DASH
                    ratings = [
                        DASH if value is None else str(value)
                        for value in (entry.before, entry.peak, entry.after)
                    ]
                    with Box("", "tr"):
                        for text in (
                            str(entry.exercise) if entry.exercise else DASH, entry.date or DASH, entry.situation or DASH,
                            *ratings, stayed, entry.learned or DASH,
                        ):  # fmt: skip
                            Say("home-text", text, tag="td")


def returned_of(each: Homework) -> Returned | None:
    """The filled sheet that was read back; None where none was, or where it cannot be read any more."""
    if not each.returned:
        return None
    try:
        return Returned.model_validate(
            {name: value for name, value in each.returned.items() if name != "read"}
        )
    except ValueError:
        return None


def _sheet(each: Homework) -> Sheet | None:
    try:
        return sheet_of(each.body)
    except HomeworkError:
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
