"""The page that the console opens with: who comes, what waits to be finished, and one press to practise."""

from __future__ import annotations

from asyncio import to_thread
from datetime import datetime

from nicegui import ui

from clinician_console.clinic.entries import PatientRow, Session
from clinician_console.core.headset import Headset
from clinician_console.core.launch import Where, usable
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.pages.there import Opening, other_computer
from clinician_console.words import Words

SHOWN = 8
POLL_S = 0.5


def pages(house: House) -> None:
    @page(house, "/")
    async def day() -> None:
        rows = await to_thread(house.store.patients, "", limit=SHOWN)
        unfinished = [
            (session, pseudonym)
            for session, pseudonym in await to_thread(house.store.recent_sessions, 20)
            if session.state != "running" and session.state != "erased" and not session.debrief
        ][:SHOWN]
        with shell(house, "day") as words:
            with Box("title-row"):
                Say("", words("day.title"), tag="h1")
                Say("dim", words.date(datetime.now()))
            first = not any(not row.practice for row in rows)
            if house.trouble:
                Say("said", house.trouble, tag="p", role="alert", data_level="danger")
            if house.keeper.unassigned:
                _unassigned(house, words, rows)
            running = house.core.snapshot().live
            with Box("day-columns"):
                # What is needed now stands first: the session that is on, else who comes; for a newcomer, to practise.
                if running or first:
                    _begin(house, words, first)
                with Box("day-people"):
                    _patients(words, rows, first, leads=not (running or first))
                    if unfinished:
                        _unfinished(words, unfinished)
                if not (running or first):
                    _begin(house, words, first)
        _look(house)

    @page(house, "/start/{patient}/{plan}")
    async def start(patient: str, plan: str) -> None:
        await _start(house, patient, plan)


def _begin(house: House, words: Words, first: bool) -> None:
    running = house.core.snapshot().live
    with Box("card is-first" if first or running else "card", "section", aria_labelledby="begin-title"):
        Say("", words("day.begin"), tag="h2", id="begin-title")
        if running:
            Say("", words("day.running"), tag="p")
            Link("/drive", "press main", words("day.to_drive"), id="to-drive")
            return
        _display(house, words)
        Say("", words("there.practise_hint" if house.elsewhere else "day.practise_hint"), tag="p")
        opening = Opening(house, words, "practise-failed")

        async def practise() -> None:
            await opening.run(house.practise)

        with Box("row"):
            Press(practise, "main" if first else "", words("day.practise"), id="practise")
            Link("/drive", "press", words("day.to_drive"), id="to-drive")


def _look(house: House) -> None:
    (house.elsewhere or house.headset).look()


def _display(house: House, words: Words) -> None:
    """What a session can be played on: here, or on the computer that is chosen."""
    if house.elsewhere is not None:
        other_computer(house.elsewhere, words)
    else:
        _headset(house, words)


def _headset(house: House, words: Words) -> None:
    """In plain words: found or not, and what to do."""
    with Box("row"):
        told = Say("", id="headset", role="status")
        again = Press(house.headset.look, "", words("day.look_again"), id="headset-again")
    todo = Say("", tag="p", id="headset-todo")
    # The headset's name, or what its software said: that is English whatever the console speaks.
    detail = Say("dim small-text", tag="p", id="headset-detail", lang="en")
    shown: list[Headset] = []

    def refresh() -> None:
        now = house.headset.state()
        if [now] == shown:
            return
        shown[:] = [now]
        told.say(words(f"day.headset_{now.word}"))
        again.allow(now.word != "looking")
        todo.say(words(f"day.headset_todo_{now.word}") if now.word in ("no_runtime", "no_headset") else "")
        detail.say(now.detail)

    refresh()
    ui.timer(POLL_S, refresh)


def _patients(words: Words, rows: list[PatientRow], first: bool, *, leads: bool) -> None:
    with Box("card is-first" if leads else "card", "section", aria_labelledby="patients-title"):
        Say("", words("day.patients"), tag="h2", id="patients-title")
        if first:
            Say("", words("day.no_patients"), tag="p")
        else:
            with Box("scrolls"), Box("", "table"):
                with Box("", "thead"), Box("", "tr"):
                    for key in ("pseudonym", "sessions", "last"):
                        Say("", words(f"day.{key}"), tag="th", scope="col")
                with Box("", "tbody"):
                    for row in rows:
                        _patient(words, row)
        with Box("row"):
            Link(
                "/patients?new=1",
                "press main" if first else "press",
                words("day.new_patient"),
                id="new-patient",
            )
            Link("/patients", "press", words("day.all_patients"), id="all-patients")


def _patient(words: Words, row: PatientRow) -> None:
    with Box("", "tr"):
        with Box("", "td"), Box("row"):
            Link(f"/patients/{row.id}", "to-patient", row.pseudonym)
            if row.practice:
                Say("tag practice-tag", words("app.practice"))
        Say("", str(row.sessions), tag="td")
        Say("one-line", words.when(row.last_session) if row.last_session else words("day.never"), tag="td")


def _unfinished(words: Words, sessions: list[tuple[Session, str]]) -> None:
    with Box("card", "section", aria_labelledby="unfinished-title"):
        Say("", words("day.unfinished"), tag="h2", id="unfinished-title")
        with Box("", "ul", role="list"):
            for session, pseudonym in sessions:
                with Box("row", "li"):
                    Link(f"/after/{session.id}", "", f"{pseudonym}, {words.when(session.started)}")
                    if session.state == "interrupted":
                        Say("tag", words("day.interrupted"))


def _unassigned(house: House, words: Words, rows: list[PatientRow]) -> None:
    """Sessions that this console did not open and that carry no known pseudonym: a person says whose they were."""
    now = house.core.snapshot()
    with Box("card is-first", "section", aria_labelledby="unassigned-title"):
        Say("", words("day.unassigned"), tag="h2", id="unassigned-title")
        for run_id, pseudonym in [*house.keeper.unassigned.items()]:
            record = now.copy.path if now.epoch == run_id else str(house.records / f"copy-{run_id}")
            Say("", words("day.whose", pseudonym=pseudonym or words("day.nobody")), tag="p")
            with Box("choices"):
                for row in rows:

                    async def assign(
                        run_id: str = run_id, patient: str = row.id, record: str = record
                    ) -> None:
                        await to_thread(house.keeper.assign, run_id, patient, record)
                        ui.navigate.reload()

                    Press(assign, "", row.pseudonym)


async def _start(house: House, patient_id: str, plan_id: str) -> None:
    """Where a session with a patient is opened: on which display, with what still to be seen to."""

    patient = await to_thread(house.store.patient, patient_id)
    stored = await to_thread(house.store.plan, plan_id)
    sessions = await to_thread(house.store.sessions, patient_id)
    earlier = usable([session.record for session in sessions if session.state == "ended"][-6:])
    with shell(house, "patients", title=patient.pseudonym) as words:
        with Box("title-row"):
            Say("", words("start.title", pseudonym=patient.pseudonym), tag="h1")
            if patient.practice:
                Say("tag practice-tag", words("app.practice"))
        with Box("card is-first", "section"):
            Say("", words("start.plan", title=stored.title), tag="h2")
            _display(house, words)
            opening = Opening(house, words, "start-failed")

            async def begin(where: Where) -> None:
                await opening.run(lambda: house.open_session(patient, stored, where, earlier))

            with Box("row"):
                if not patient.practice:
                    Press(lambda: begin("headset"), "main", words("start.headset"), id="start-headset")
                Press(
                    lambda: begin("window"),
                    "main" if patient.practice else "",
                    words("start.window"),
                    id="start-window",
                )
                Link(f"/patients/{patient.id}", "press", words("start.back"), id="start-back")
            Say("dim", words("start.next"), tag="p")
    _look(house)
