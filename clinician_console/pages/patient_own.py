"""The person's own data: to read, to change, to put away, to erase for good."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import replace
from typing import Any

from nicegui import ui

from clinician_console.clinic.entries import Patient
from clinician_console.clinic.merging import Merge, merge
from clinician_console.clinic.port import StoreReason
from clinician_console.pages.elements import Box, Hand, Press, Say
from clinician_console.pages.forms import Fold, Line, labelled
from clinician_console.pages.house import House
from clinician_console.pages.person import PersonForm, age_means
from clinician_console.pages.shell import load_anew
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError


def own_data(
    house: House, words: Words, patient: Patient, content: list[str], sessions: int, plans: int
) -> None:
    with Box("card", "section", aria_labelledby="own-title", id="own"):
        Say("", words("patient.own"), tag="h2", id="own-title")
        _facts(words, patient)
        if patient.practice:
            Say("dim", words("patient.practice_stays"), tag="p")
            return
        with Fold("edit", words("patient.edit")).box:
            _edit(house, words, patient, content)
        _archive(house, words, patient)
        with Fold("erase", words("patient.erase"), classes="danger").box:
            _erase(house, words, patient, sessions, plans)


def _facts(words: Words, patient: Patient) -> None:
    with Box("facts", "dl"):
        for name, text in (
            ("cleared", ", ".join(words.known(f"content.{flag}", flag) for flag in patient.cleared)),
            ("research", words("person.yes" if patient.consent_research else "person.no")),
            ("notes", patient.notes),
        ):
            Say("", words(f"person.{name}"), tag="dt")
            Say("as-typed" if name == "notes" else "", text or words("person.none"), tag="dd")
    with Fold("age-rule", words("patient.age_rule", age=words(f"ages.{patient.age_band.value}"))).box:
        age_means(words, patient.age_band)


def _edit(house: House, words: Words, patient: Patient, content: list[str]) -> None:
    fields = PersonForm("edit", words, house.store, patient, content)
    failed = Say("said", id="edit-failed", role="alert", data_level="danger")
    meanwhile = Box("meanwhile", id="edit-meanwhile")

    async def save(values: dict[str, str]) -> None:
        if fields.complete(values):
            await keep(fields.patient(values))

    async def keep(wanted: Patient) -> None:
        try:
            await to_thread(house.store.save_patient, wanted)
        except PalierError as problem:
            if problem.reason is not StoreReason.CONFLICT:
                failed.say(fields.trouble(problem))
                return
            try:
                theirs = await to_thread(house.store.patient, patient.id)
            except PalierError as gone:
                failed.say(str(gone))
                return
            meanwhile.clear()
            with meanwhile:
                _meanwhile(words, merge(patient, wanted, theirs), keep)
            ui.run_javascript('document.getElementById("edit-meanwhile")?.scrollIntoView({block: "center"})')
            return
        load_anew()

    with Box("row"):
        Hand(save, fields.names, "main", text=words("person.save"), id="edit-save")


def _meanwhile(words: Words, both: Merge[Patient], keep: Any) -> None:
    """Somebody else changed the same person: both values, and which is to be kept."""
    with Box("said", data_level="warning", role="alert"):
        Say("", words("person.meanwhile"), tag="h3")
        if both.both:
            with Box("scrolls"), Box("", "table"):
                with Box("", "thead"), Box("", "tr"):
                    for key in ("field", "mine", "theirs"):
                        Say("", words(f"person.{key}"), tag="th", scope="col")
                with Box("", "tbody"):
                    for name in both.both:
                        with Box("", "tr"):
                            Say("", words(f"person.field_{name}"), tag="th", scope="row")
                            Say("as-typed", shown(words, name, both.mine), tag="td")
                            Say("as-typed", shown(words, name, both.theirs), tag="td")
        else:
            Say("", words("person.meanwhile_apart"), tag="p")

        async def mine() -> None:
            await keep(both.mine)

        async def theirs() -> None:
            await keep(both.theirs)

        with Box("row"):
            Press(
                mine, "main", words("person.keep_mine" if both.both else "person.keep_both"), id="keep-mine"
            )
            if both.both:
                Press(theirs, "", words("person.keep_theirs"), id="keep-theirs")


def shown(words: Words, name: str, patient: Patient) -> str:
    """One field of a person as a text."""
    value = getattr(patient, name)
    match name:
        case "age_band":
            return words(f"ages.{value.value}")
        case "posture":
            return words(f"person.posture_{value.value}") if value else words("person.posture_open")
        case "cleared":
            return ", ".join(words.known(f"content.{flag}", flag) for flag in value) or words("person.none")
        case "language":
            return words.known(f"app.language_{value}", value)
        case _ if isinstance(value, bool):
            return words("person.yes" if value else "person.no")
        case _:
            return str(value) or words("person.none")


def _archive(house: House, words: Words, patient: Patient) -> None:
    failed: Say

    async def turn() -> None:
        try:
            now = await to_thread(house.store.patient, patient.id)
            await to_thread(house.store.save_patient, replace(now, archived=not patient.archived))
        except PalierError as problem:
            failed.say(str(problem))
            return
        load_anew()

    key = "unarchive" if patient.archived else "archive"
    with Box("row"):
        Press(turn, "", words(f"patient.{key}"), id="archive")
        Say("dim", words(f"patient.{key}_means"))
    failed = Say("said", id="archive-failed", role="alert", data_level="danger")


def _erase(house: House, words: Words, patient: Patient, sessions: int, plans: int) -> None:
    with Box("said", data_level="danger"):
        Say("", words("patient.erase_what"), tag="p")
        with Box("", "ul"):
            Say("", words("patient.erase_sessions", count=sessions), tag="li")
            Say("", words("patient.erase_plans", count=plans), tag="li")
            Say("", words("patient.erase_person"), tag="li")
        Say("", words("patient.erase_stays"), tag="p")
    with labelled("erase-typed", words("patient.erase_type", pseudonym=patient.pseudonym)):
        Line("erase-typed", longest=80, spellcheck="false")
    failed = Say("said", id="erase-failed", role="alert", data_level="danger")

    async def erase(values: dict[str, str]) -> None:
        if values["erase-typed"] != patient.pseudonym:
            failed.say(words("patient.erase_not_typed", pseudonym=patient.pseudonym))
            return
        now = house.core.snapshot()
        if now.live and any(
            each.state == "running" for each in await to_thread(house.store.sessions, patient.id)
        ):
            failed.say(words("patient.erase_running"))
            return
        try:
            done = await to_thread(house.store.erase_patient, patient.id)
        except PalierError as problem:
            failed.say(str(problem))
            return
        if done.failed:
            failed.say(words("patient.erase_failed", what="; ".join(done.failed)))
            return
        ui.navigate.to("/patients")

    with Box("row"):
        Hand(erase, ["erase-typed"], "danger", text=words("patient.erase_now"), id="erase-now")
