"""One person at a glance: what to do next, plans, sessions, what was answered and agreed; then the person's own data."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nicegui import ui

from clinician_console.clinic.entries import Answers, Homework, Patient, Session, StoredPlan
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.forms import Fold
from clinician_console.pages.house import House
from clinician_console.pages.new_plan import new_plan
from clinician_console.pages.patient_own import own_data
from clinician_console.pages.shell import Link, page, shell
from clinician_console.plans.checks import Findings, check
from clinician_console.plans.draft import draft_of
from clinician_console.questionnaires.shelf import called
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.checklist import CheckItem, Checklist
from vr_runtime.protocol.files.treatments import checklist_of
from vr_runtime.protocol.words import AgeBand

Do = Literal["drive", "after", "start", "finish", "make", "back"]


@dataclass(frozen=True)
class PlanLine:
    plan: StoredPlan
    steps: int
    found: Findings


@dataclass(frozen=True)
class Whole:
    """Everything of one person that the page shows."""

    patient: Patient
    plans: list[PlanLine]
    sessions: list[Session]
    answers: list[Answers]
    homework: list[Homework]


def pages(house: House) -> None:
    @page(house, "/patients/{patient}")
    async def patient(patient: str) -> None:
        whole = await to_thread(gather, house, patient)
        scenes = await to_thread(house.catalogue.scenes)
        with shell(house, "patients", title=whole.patient.pseudonym, styles=("patients",)) as words:
            _head(words, whole)
            _next(house, words, whole)
            with Box("columns wide-columns"):
                with Box("column"):
                    _plans(house, words, whole)
                    _sessions(house, words, whole)
                with Box("column"):
                    _asked(words, whole)
                    _checks(words, whole.patient.age_band)
            content = sorted({flag for scene in scenes.values() for flag in scene.content})
            own_data(house, words, whole.patient, content, len(whole.sessions), len(whole.plans))


def gather(house: House, patient: str) -> Whole:
    """Raises: StoreError, NOT_FOUND where nobody is behind that id any more."""
    store = house.store
    person = store.patient(patient)
    scenes, treatments = house.catalogue.scenes(), house.catalogue.treatments()
    lines: list[PlanLine] = []
    for plan in store.plans(patient):
        draft = draft_of(plan.body)
        lines.append(PlanLine(plan, len(draft.steps), check(draft, scenes, treatments or None, person)))
    return Whole(person, lines, store.sessions(patient), store.answers(patient), store.homework(patient))


def next_thing(whole: Whole) -> tuple[Do, str]:
    """What is to be done first with this person, and the id of what it is done with."""
    if whole.patient.archived:
        return "back", ""
    if whole.sessions and whole.sessions[-1].state == "running":
        return "drive", whole.sessions[-1].id
    for session in reversed(whole.sessions):
        if session.state in ("ended", "interrupted"):
            if not session.debrief:
                return "after", session.id
            break
    for line in whole.plans:
        if line.found.startable:
            return "start", line.plan.id
    return ("finish", whole.plans[0].plan.id) if whole.plans else ("make", "")


def _head(words: Words, whole: Whole) -> None:
    person = whole.patient
    with Box("title-row"):
        Say("", words("patient.title", pseudonym=person.pseudonym), tag="h1")
        if person.practice:
            Say("tag practice-tag", words("app.practice"))
        if person.archived:
            Say("tag", words("patient.archived"))
        Say("dim", words(f"ages.{person.age_band.value}"))
        Say("dim", words.known(f"app.language_{person.language}", person.language))
        if person.posture is not None:
            Say("dim", words(f"person.posture_{person.posture.value}"))
    if person.practice:
        Say("said", words("patient.practice_means"), tag="p")


def _next(house: House, words: Words, whole: Whole) -> None:
    do, what = next_thing(whole)
    person = whole.patient
    title = next((line.plan.title for line in whole.plans if line.plan.id == what), "")
    with Box("card is-first next", "section", aria_labelledby="next-title"):
        Say("", words("patient.next"), tag="h2", id="next-title")
        Say("", words(f"patient.next_{do}", title=title or words("plans.untitled")), tag="p")
        failed = Say("said", id="next-failed", role="alert", data_level="danger")

        def practise() -> None:
            try:
                house.practise()
            except PalierError as problem:
                failed.say(str(problem))
                return
            ui.navigate.to("/drive")

        with Box("row"):
            address = {
                "drive": "/drive",
                "after": f"/after/{what}",
                "start": f"/start/{person.id}/{what}",
                "finish": f"/plans/{what}",
                "make": "#new-plan",
                "back": "#own",
            }[do]
            practising = person.practice and do != "drive"
            if practising:
                Press(practise, "main", words("patient.practise_now"), id="practise-now")
            Link(address, "press" if practising else "press main", words(f"patient.do_{do}"), id="next-do")
            if whole.sessions:
                Link(f"/progress/{person.id}", "press", words("patient.progress"), id="to-progress")


def _plans(house: House, words: Words, whole: Whole) -> None:
    with Box("card", "section", aria_labelledby="plans-title"):
        Say("", words("patient.plans"), tag="h2", id="plans-title")
        if not whole.plans:
            Say("dim", words("patient.no_plans"), tag="p")
        with Box("plan-lines", "ul", role="list"):
            for line in whole.plans:
                with Box("plan-line", "li"):
                    with Box("plan-line-what"):
                        Link(f"/plans/{line.plan.id}", "", line.plan.title or words("plans.untitled"))
                        Say(
                            "dim",
                            words("patient.plan_line", steps=line.steps, when=words.when(line.plan.updated)),
                        )
                        _startable(words, line.found)
                    with Box("row"):
                        if line.found.startable and not whole.patient.archived:
                            start = Link(
                                f"/start/{whole.patient.id}/{line.plan.id}", "press", words("patient.start")
                            )
                            start.attribute("id", f"start-{line.plan.id}")
                        Link(f"/plans/{line.plan.id}", "press", words("patient.open"))
        new_plan(house, words, whole.patient.id, opened=not whole.plans)


def _startable(words: Words, found: Findings) -> None:
    count = len(found.problems)
    text = words("patient.can_start") if not count else words("patient.cannot_start", count=count)
    with Box("standing", data_level="ok" if not count else "warning"):
        Say("shape", aria_hidden="true")
        Say("", text)


def _sessions(house: House, words: Words, whole: Whole) -> None:
    treatments = house.catalogue.treatments()
    titles = {line.plan.id: line.plan.title for line in whole.plans}
    with Box("card", "section", aria_labelledby="sessions-title"):
        Say("", words("patient.sessions", count=len(whole.sessions)), tag="h2", id="sessions-title")
        if not whole.sessions:
            Say("dim", words("patient.no_sessions"), tag="p")
            return
        with Box("scrolls"), Box("", "table"):
            with Box("", "thead"), Box("", "tr"):
                for key in ("when", "plan", "state", "ways"):
                    Say("", words(f"patient.session_{key}"), tag="th", scope="col")
            with Box("", "tbody"):
                for session in reversed(whole.sessions):
                    treatment = treatments.get(session.treatment)
                    named = treatment.names.in_language(words.language) if treatment else session.treatment
                    with Box("", "tr"):
                        Say("", words.when(session.started), tag="th", scope="row")
                        Say("", titles.get(session.plan) or named or "–", tag="td")
                        Say("", words(f"patient.state_{session.state}"), tag="td")
                        with Box("", "td"), Box("row"):
                            if session.state in ("ended", "interrupted"):
                                key = "after" if session.debrief else "debrief"
                                Link(f"/after/{session.id}", "", words(f"patient.to_{key}"))
                                Link(f"/review/{session.id}", "", words("patient.to_review"))


def _asked(words: Words, whole: Whole) -> None:
    """What was answered in questionnaires, and what was agreed for home."""
    person = whole.patient.id
    with Box("card", "section", aria_labelledby="asked-title"):
        Say("", words("patient.questionnaires"), tag="h2", id="asked-title")
        with Box("", "ul", role="list"):
            for answers in reversed(whole.answers[-5:]):
                Say("", f"{called(answers.instrument)}, {words.day(answers.date)}", tag="li")
        if not whole.answers:
            Say("dim", words("patient.no_answers"), tag="p")
        with Box("row"):
            Link(
                f"/questionnaires/{person}",
                "press",
                words("patient.to_questionnaires"),
                id="to-questionnaires",
            )
    with Box("card", "section", aria_labelledby="home-title"):
        Say("", words("patient.homework"), tag="h2", id="home-title")
        with Box("", "ul", role="list"):
            for sheet in reversed(whole.homework[-3:]):
                key = "patient.sheet_back" if sheet.returned else "patient.sheet_out"
                Say("", words(key, when=words.when(sheet.created)), tag="li")
        if not whole.homework:
            Say("dim", words("patient.no_homework"), tag="p")
        with Box("row"):
            Link(f"/homework/{person}", "press", words("patient.to_homework"), id="to-homework")


def _checks(words: Words, age: AgeBand) -> None:
    """The questions before a session, to be read beforehand."""
    try:
        checklist = checklist_of()
    except PalierError:
        return
    with Box("card", "section", aria_labelledby="checks-title"):
        Say("", words("patient.checks"), tag="h2", id="checks-title")
        Say("dim", words("patient.checks_hint"), tag="p")
        with Fold("checks-open", words("patient.checks_open")).box, Box("asked", "ol"):
            for item in asked_of(checklist, age):
                with Box("", "li"):
                    Say("", item.ask.in_language(words.language), tag="p")
                    if item.why is not None:
                        Say("hint", item.why.in_language(words.language), tag="p")
                    if not item.may_override:
                        Say("tag", words("patient.check_firm"))


def asked_of(checklist: Checklist, age: AgeBand) -> Sequence[CheckItem]:
    """The questions that are asked for an age band."""
    return [item for item in checklist.items if not item.ages or age in item.ages]
