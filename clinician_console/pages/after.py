"""After a session: what is asked, what happened, the report, what comes next."""

from __future__ import annotations

from asyncio import to_thread
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from clinician_console.clinic.debrief import DebriefError, from_json
from clinician_console.clinic.entries import Session
from clinician_console.pages.asked import Asked
from clinician_console.pages.elements import Box, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.progress.errors import ProgressError
from clinician_console.progress.summary import Stay, Summary
from clinician_console.progress.summary import from_json as summary_of
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError

KINDS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def pages(house: House) -> None:
    @page(house, "/after/{session}")
    async def after(session: str) -> None:
        one = await to_thread(house.store.session, session)
        patient = await to_thread(house.store.patient, one.patient)
        with shell(house, "day", title=house.words("after.title"), styles=("after",)) as words:
            with Box("title-row"):
                Say("", words("after.title"), tag="h1")
                Link(f"/patients/{patient.id}", "", patient.pseudonym, id="after-patient")
                if patient.practice:
                    Say("tag practice-tag", words("app.practice"))
            if one.state == "erased":
                Say("said", words("after.erased"), tag="p")
                return
            with Box("columns"):
                if one.state == "running":
                    Say("said", words("after.running"), tag="p")
                else:
                    Asked(house, one, words)
                with Box("stack"):
                    _happened(one, words)
                    _report(one, words)
                    _next(one, words)


def routes(house: House, app: FastAPI) -> None:
    @app.get("/after/{session}/report.{kind}")
    async def report(session: str, kind: str, notes: int = 0) -> Response:
        if kind not in KINDS:
            return Response(status_code=404)
        words = house.words
        try:
            made = await to_thread(made_report, house, session, kind, bool(notes), words)
        except (PalierError, ValueError, OSError) as problem:
            return PlainTextResponse(words("after.making", why=str(problem)), status_code=409)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'inline; filename="palier-report.{kind}"',
        }
        return Response(made, media_type=KINDS[kind], headers=headers)


def made_report(house: House, session: str, kind: str, notes: bool, words: Words) -> bytes:
    """A session's report from its record, and that it was made in the audit trail.

    Raises:
        StoreError, RecordError: the session or its record cannot be had. ValueError: it holds nothing yet.
    """
    from clinician_console.report import gather, render
    from clinician_console.report.pdf import render_pdf
    from vr_runtime.record import Reader, verify

    one = house.store.session(session)
    if not one.record or one.state == "erased":
        raise ValueError(words("after.no_record"))
    try:
        debrief = from_json(one.debrief)
    except DebriefError:
        debrief = None
    folder = Path(one.record)
    verdict = verify(folder, house.key)
    with Reader.open(folder, house.key, damaged=True) as reader:
        data = gather(reader, words.language)
    if kind == "pdf":
        made = render_pdf(data, words, verdict=verdict, with_notes=notes, debrief=debrief)
    else:
        made = render(data, words, verdict=verdict, with_notes=notes, debrief=debrief).encode()
    house.store.note_act("reported", "session", one.id, f"{kind}{' with notes' if notes else ''}")
    return made


def _happened(one: Session, words: Words) -> None:
    with Box("card", "section", aria_labelledby="happened-title"):
        Say("", words("after.happened"), tag="h2", id="happened-title")
        try:
            summary = summary_of(one.summary)
        except ProgressError as problem:
            Say("", words("after.not_summed", why=str(problem)), tag="p")
            return
        Say(
            "dim",
            words(
                "after.begun",
                when=words.when(one.started),
                minutes=words.number(summary.lasted_s / 60),
                exposed=words.number(summary.exposed_s / 60),
            ),
            tag="p",
        )
        _stays(summary, words)
        for text in _special(summary, words) or [words("after.nothing_special")]:
            Say("", text, tag="p")


def _stays(summary: Summary, words: Words) -> None:
    heads = ("step", "times", "first", "peak", "last", "ratings")
    with Box("scrolls"), Box("", "table"):
        with Box("", "thead"), Box("", "tr"):
            for key in heads:
                Say("", words(f"after.{key}"), tag="th", scope="col")
        with Box("", "tbody"):
            for stay in summary.stays:
                with Box("", "tr"):
                    for cell in _cells(stay, words):
                        Say("", cell, tag="td")


def _cells(stay: Stay, words: Words) -> tuple[str, ...]:
    count = f"{stay.count} ({stay.missed} {words('report.missed')})" if stay.missed else str(stay.count)
    return (
        f"{stay.step} {stay.names.in_language(words.language)}",
        words.clock(stay.exposed_s),
        words.number(stay.first),
        words.number(stay.peak),
        words.number(stay.last),
        count,
    )


def _special(summary: Summary, words: Words) -> list[str]:
    """What stands out, counted and not judged."""
    stops, alarms = sum(summary.stops.values()), sum(summary.alarms.values())
    found = [words("after.stops_count", count=stops)] if stops else []
    if summary.overrides:
        found.append(words("after.overrides_count", count=summary.overrides))
    if alarms:
        names = ", ".join(words.known(f"alarm.{cause}.what", cause) for cause in summary.alarms)
        found.append(f"{words('after.alarms_count', count=alarms)} {names}")
    return found


def _report(one: Session, words: Words) -> None:
    with Box("card", "section", aria_labelledby="report-title"):
        Say("", words("after.report"), tag="h2", id="report-title")
        if not one.record:
            Say("", words("after.no_record"), tag="p")
            return
        Say("hint", words("after.report_hint"), tag="p")
        address = f"/after/{one.id}/report"
        with Box("row"):
            for kind in KINDS:
                link = Link(f"{address}.{kind}", "press", words(f"after.report_{kind}"), id=f"report-{kind}")
                link.attribute("target", "_blank")
        with Box("row"):
            for kind in KINDS:
                link = Link(
                    f"{address}.{kind}?notes=1",
                    "press",
                    words(f"after.report_{kind}_notes"),
                    id=f"report-{kind}-notes",
                )
                link.attribute("target", "_blank")
        Say("hint", words("after.notes_warning"), tag="p")


def _next(one: Session, words: Words) -> None:
    with Box("card", "section", aria_labelledby="next-title"):
        Say("", words("after.next"), tag="h2", id="next-title")
        with Box("row"):
            if one.record:
                Link(f"/review/{one.id}", "press", words("after.to_review"), id="to-review")
            Link(f"/progress/{one.patient}", "press", words("after.to_progress"), id="to-progress")
            Link(f"/homework/{one.patient}", "press", words("after.to_homework"), id="to-homework")
            Link(
                f"/questionnaires/{one.patient}",
                "press",
                words("after.to_questionnaires"),
                id="to-questionnaires",
            )
