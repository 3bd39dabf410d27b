"""Data for other programs and for research: what, in which form, and where it goes."""

from __future__ import annotations

import re
from asyncio import to_thread
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from nicegui import ui
from starlette.background import BackgroundTask

from clinician_console.clinic.entries import PatientRow, Session
from clinician_console.export.choose import choose_patient, choose_session, choose_study
from clinician_console.export.job import Standing
from clinician_console.export.portion import Format, Portion
from clinician_console.pages.elements import Box, Hand, Press, Say
from clinician_console.pages.forms import Line, OneOf, labelled
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError
from vr_runtime.record import Reader

SHOWN = 8
POLL_S = 0.5
NAMES = {
    Format.CSV: "CSV",
    Format.MCAP: "MCAP",
    Format.BIDS: "BIDS",
    Format.EDF: "EDF+",
    Format.FHIR: "FHIR R5",
    Format.FHIR_R4B: "FHIR R4B",
}
"""Proper names, the same in all languages."""
STUDY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def pages(house: House) -> None:
    @page(house, "/exports")
    async def exports() -> None:
        rows = await to_thread(house.store.patients, "", limit=SHOWN)
        with shell(house, "exports", styles=("exports",)) as words:
            Page(house, words, rows)


def routes(house: House, app: FastAPI) -> None:
    @app.get("/exports/file/{token}")
    async def file(token: str) -> Response:
        """The export as one zip file, once; it is deleted when it was sent."""
        path = await to_thread(house.exports.fetched, token)
        if path is None:
            return Response(status_code=404)
        return FileResponse(
            path,
            media_type="application/zip",
            filename="palier-export.zip",
            headers={"Cache-Control": "no-store"},
            background=BackgroundTask(path.unlink, missing_ok=True),
        )


class Page:
    def __init__(self, house: House, words: Words, rows: list[PatientRow]) -> None:
        self._house, self._words, self._desk = house, words, house.exports
        self._patient = self._session = ""
        self._told: Standing | None = None
        Say("", words("exports.title"), tag="h1")
        Say("", words("exports.warning"), tag="p")
        with Box("columns"):
            self._what(rows)
            self._how()
        self._where()
        ui.timer(POLL_S, self._refresh)

    # ------------------------------------------------------------------ what

    def _what(self, rows: list[PatientRow]) -> None:
        words = self._words
        with Box("card", "section", aria_labelledby="exports-what"):
            Say("", words("exports.what"), tag="h2", id="exports-what")
            self._scope = OneOf(
                "export-scope",
                words("exports.what"),
                [(scope, words(f"exports.scope_{scope}")) for scope in ("study", "patient", "session")],
                "study",
                self._scope_chosen,
            )
            self._study = Box("export-part")
            with self._study:
                Say("", words("exports.study_hint"), tag="p")
                with labelled("export-study", words("exports.study_name"), words("exports.study_name_hint")):
                    Line("export-study", longest=40)
            self._person = Box("export-part")
            with self._person:
                with labelled("export-search", words("exports.search")):
                    Line("export-search", on_typed=self._search, longest=64)
                self._found = Box(
                    "choices", id="export-found", role="group", aria_label=words("exports.patients")
                )
                self._sessions = Box(
                    "choices", id="export-sessions", role="group", aria_label=words("exports.sessions")
                )
            self._list(rows)
        self._scope_chosen("study")

    def _scope_chosen(self, scope: str) -> None:
        self._study.attribute("hidden", None if scope == "study" else "hidden")
        self._person.attribute("hidden", "hidden" if scope == "study" else None)
        self._sessions.attribute("hidden", None if scope == "session" else "hidden")
        if hasattr(self, "_shift_box"):
            self._shift_box.attribute("hidden", "hidden" if scope == "study" else None)

    async def _search(self, typed: str) -> None:
        rows = await to_thread(self._house.store.patients, typed.strip(), limit=SHOWN)
        if [row.id for row in rows] != self._listed:  # an answer that comes late takes no choice away
            self._list(rows)

    def _list(self, rows: list[PatientRow]) -> None:
        self._listed = [row.id for row in rows]
        self._patient = self._session = ""
        self._found.clear()
        self._sessions.clear()
        with self._found:
            group: dict[str, Press] = {}
            for number, row in enumerate(rows, 1):
                press = self._choice(
                    group, row.id, row.pseudonym, f"export-patient-{number}", self._patient_chosen
                )
                group[row.id] = press
            if not rows:
                Say("dim", self._words("exports.nobody"))

    def _choice(
        self, group: dict[str, Press], value: str, text: str, name: str, chosen: Callable[[str], object]
    ) -> Press:
        def press() -> object:
            for each, button in group.items():
                button.attribute("aria-pressed", "true" if each == value else "false")
            return chosen(value)

        made = Press(press, "", text, id=name)
        made.attribute("aria-pressed", "false")
        return made

    def _patient_chosen(self, patient: str) -> None:
        self._patient, self._session = patient, ""
        self._sessions.clear()
        try:
            sessions = self._house.store.sessions(patient)
        except PalierError as problem:
            self._say(str(problem), "danger")
            return
        usable = [one for one in sessions if one.state in ("ended", "interrupted") and one.record]
        with self._sessions:
            group: dict[str, Press] = {}
            for number, one in enumerate(reversed(usable), 1):
                group[one.id] = self._choice(
                    group, one.id, self._named(one), f"export-session-{number}", self._session_chosen
                )
            if not usable:
                Say("dim", self._words("exports.no_sessions"))

    def _named(self, session: Session) -> str:
        from datetime import datetime

        try:
            return self._words.date(datetime.fromisoformat(session.started).astimezone())
        except ValueError:
            return session.started

    def _session_chosen(self, session: str) -> None:
        self._session = session

    # ------------------------------------------------------------------ how

    def _how(self) -> None:
        words = self._words
        with Box("card", "section", aria_labelledby="exports-how"):
            Say("", words("exports.how"), tag="h2", id="exports-how")
            self._format = OneOf(
                "export-format",
                words("exports.how"),
                [(to.value, NAMES[to]) for to in Format],
                Format.BIDS.value,
                lambda value: about.say(words(f"exports.about_{_key(value)}")),
            )
            about = Say("hint", words("exports.about_bids"), tag="p", id="export-about", role="status")
            self._shift_box = Box("export-part")
            with self._shift_box:
                Say("label", words("exports.dates"))
                self._dates = OneOf(
                    "export-dates",
                    words("exports.dates"),
                    [("moved", words("exports.dates_moved")), ("real", words("exports.dates_real"))],
                    "moved",
                )
            self._shift_box.attribute("hidden", "hidden")
            with Box("labelled"):
                Say("label", words("exports.notes"))
                self._notes = OneOf(
                    "export-notes",
                    words("exports.notes"),
                    [("without", words("exports.notes_without")), ("with", words("exports.notes_with"))],
                    "without",
                )
                Say("hint", words("exports.notes_hint"), tag="p")

    # ------------------------------------------------------------------ where

    def _where(self) -> None:
        words = self._words
        with Box("card", "section", aria_labelledby="exports-where"):
            Say("", words("exports.where"), tag="h2", id="exports-where")
            self._goes = OneOf(
                "export-to",
                words("exports.where"),
                [("file", words("exports.to_file")), ("folder", words("exports.to_folder"))],
                "file",
            )
            Say("hint", words("exports.to_hint", folder=str(self._desk.home)), tag="p")
            with Box("row"):
                self._go = Hand(
                    self._start, ["export-study"], "main", text=words("exports.go"), id="export-go"
                )
            self._said = Say("said", id="export-said", role="status")
            self._left_out = Say("dim", id="export-left-out", tag="p")
            self._result = Box("row", id="export-result")
        self._refresh()

    def _start(self, values: dict[str, str]) -> None:
        words, scope = self._words, self._scope.value
        name = values["export-study"].strip()
        missing = (
            "study_name_wrong"
            if scope == "study" and not STUDY_NAME.fullmatch(name)
            else "choose_patient"
            if scope != "study" and not self._patient
            else "choose_session"
            if scope == "session" and not self._session
            else ""
        )
        if missing:
            self._say(words(f"exports.{missing}"), "warning")
            return
        if self._house.core.snapshot().live:
            self._say(words("exports.session_runs"), "warning")
            return
        started = self._desk.start(
            self._chooser(scope, name), Format(self._format.value), zipped=self._goes.value == "file"
        )
        if not started:
            self._say(words("exports.busy"), "warning")
        self._refresh()

    def _chooser(self, scope: str, name: str) -> Callable[[], Portion]:
        store, key = self._house.store, self._house.key
        notes, covered = self._notes.value == "with", self._dates.value == "moved"
        patient, session = self._patient, self._session

        def opened(folder: Path) -> Reader:
            return Reader.open(folder, key)

        if scope == "study":
            return lambda: choose_study(store, name, opened, with_notes=notes)
        if scope == "patient":
            return lambda: choose_patient(store, patient, opened, with_notes=notes, covered=covered)
        return lambda: choose_session(store, session, opened, with_notes=notes, covered=covered)

    def _refresh(self) -> None:
        now = self._desk.standing()
        if now == self._told:
            return
        before, self._told = self._told, now
        self._go.allow(now.state != "running")
        if now.state == "none":
            if before is not None:
                self._result.clear()
                self._say(self._words("exports.fetched"))
            return
        self._result.clear()
        self._left_out.say("")
        words = self._words
        if now.state == "running":
            self._say(words("exports.running", done=now.sessions_done, total=now.sessions or "…"))
        elif now.state == "failed":
            self._say(now.problem, "danger")
        else:
            self._say(words("exports.done", sessions=now.sessions))
            told = [
                words(f"exports.left_{why}", count=number) for why, number in sorted(now.left_out.items())
            ]
            if now.interrupted:
                told.append(words("exports.interrupted", count=now.interrupted))
            self._left_out.say(" · ".join(told))
            with self._result:
                if now.token:
                    Link(
                        f"/exports/file/{now.token}",
                        "press main",
                        words("exports.fetch"),
                        id="export-fetch",
                        download="",
                    )
                else:
                    Say("", words("exports.lies_in", folder=now.folder), id="export-folder")

    def _say(self, text: str, level: str = "calm") -> None:
        self._said.attribute("data-level", level)
        self._said.say(text)


def _key(value: str) -> str:
    return value.replace("-", "_")
