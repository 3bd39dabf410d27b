"""A session looked at again: a time line to scrub, what the patient saw, what happened, another session beside it."""

from __future__ import annotations

import atexit
from asyncio import to_thread
from pathlib import Path

from fastapi import FastAPI, Response
from nicegui import ui

from clinician_console.clinic.entries import Session
from clinician_console.core.timeline import DRAWN
from clinician_console.pages.beside import Compare
from clinician_console.pages.curves import LEFT, RIGHT, WIDE, scrub_line
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.review.pictures import Looked, Pictures, command, sweep
from clinician_console.review.track import Happening, Track, track_of
from clinician_console.words import DASH, Words
from vr_runtime.protocol.errors import PalierError
from vr_runtime.record import KeySource, Reader

POLL_S = 0.4
SHOWN = 400
"""Most lines of the list; a screen reader has to get through them."""

_pictures: dict[int, Pictures] = {}
"""By house: one picture is drawn at a time, whatever pages are open."""


def pictures_of(house: House) -> Pictures:
    if id(house) not in _pictures:
        sweep()
        _pictures[id(house)] = Pictures(command(house.key_file))
        atexit.register(_pictures[id(house)].close)
    return _pictures[id(house)]


def pages(house: House) -> None:
    @page(house, "/review/{session}")
    async def review(session: str) -> None:
        one = await to_thread(house.store.session, session)
        patient = await to_thread(house.store.patient, one.patient)
        others = [
            each
            for each in await to_thread(house.store.sessions, one.patient)
            if each.id != one.id and each.summary and each.state != "erased"
        ]
        with shell(
            house, "day", title=house.words("review.title"), styles=("after",), scripts=("review",)
        ) as words:
            with Box("title-row"):
                Say("", words("review.title"), tag="h1")
                Link(f"/patients/{patient.id}", "", patient.pseudonym)
                Say("dim", words.when(one.started))
                if patient.practice:
                    Say("tag practice-tag", words("app.practice"))
                Link(f"/after/{one.id}", "press", words("review.back"), id="review-back")
            if one.state == "erased" or not one.record:
                key = "after.erased" if one.state == "erased" else "after.no_record"
                Say("said", words(key), tag="p")
                return
            Looking(house, one, words)
            Compare(one, others, words)


def routes(house: House, app: FastAPI) -> None:
    @app.get("/review/{session}/seen/{at}.png")
    async def seen(session: str, at: float) -> Response:
        try:
            one = await to_thread(house.store.session, session)
        except PalierError:
            return Response(status_code=404)
        png = pictures_of(house).kept(Path(one.record), at)
        if not png:
            return Response(status_code=404)
        return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})


def read_track(record: str, key: KeySource) -> Track:
    """Raises: RecordError; ValueError where it holds nothing yet."""
    with Reader.open(Path(record), key, damaged=True) as reader:
        return track_of(reader)


class Looking:
    """The page is there at once; the record is read in a thread and takes its place when it is."""

    def __init__(self, house: House, session: Session, words: Words) -> None:
        self._house, self._session, self._words = house, session, words
        self._pictures = pictures_of(house)
        self._track: Track | None = None
        self._at = 0.0
        self._shown = Looked()
        self._seen_at: float | None = None
        with Box("card", "section", aria_labelledby="line-title"):
            Say("", words("review.line"), tag="h2", id="line-title")
            self._line = Box("scrub", id="scrub")
            with self._line:
                self._reading = Say("dim", words("review.reading"), tag="p", role="status")
            self._facts = Box("facts", id="review-facts")
            Say("hint", words("review.scrub_hint"), tag="p", id="scrub-hint")
        with Box("columns"):
            with Box("card", "section", aria_labelledby="seen-title"):
                Say("", words("review.seen"), tag="h2", id="seen-title")
                self._image = Box("seen", "img", id="seen", alt="")
                self._image.look("display", "none")
                self._caption = Say("", words("review.seen_none"), tag="p", id="seen-caption", role="status")
                with Box("row"):
                    self._show = Press(self._ask, "main", words("review.show"), id="seen-show")
                    self._stop = Press(self._pictures.stop, "", words("review.cancel"), id="seen-stop")
            with Box("card", "section", aria_labelledby="list-title"):
                Say("", words("review.markers"), tag="h2", id="list-title")
                self._list = Box(
                    "happenings", "ol", id="happenings", tabindex="0", aria_labelledby="list-title"
                )
        self._values: dict[str, Say] = {}
        client = ui.context.client
        client.on_disconnect(self._pictures.stop)
        ui.timer(POLL_S, self._refresh)
        ui.timer(0.05, self._load, once=True)

    # ---- the record

    async def _load(self) -> None:
        words = self._words
        try:
            track = await to_thread(read_track, self._session.record, self._house.key)
        except (PalierError, ValueError, OSError) as problem:
            self._reading.say(words("review.unreadable", why=str(problem)))
            return
        self._track = track
        self._line.clear()
        with self._line:
            ui.html(scrub_line(track, words), sanitize=False).classes("scrub-picture")
            slider = Box(
                "scrub-slider",
                "input",
                type="range",
                id="review-at",
                min="0",
                max=f"{track.end_s:.1f}",
                step="0.1",
                aria_label=words("review.scrub"),
                aria_describedby="scrub-hint",
                **{
                    "^value": "0"
                },  # an attribute: as a property it would be set anew with every change of the page
            )
            slider.look("left", f"{100 * LEFT / WIDE:.2f}%")
            slider.look("width", f"{100 * (RIGHT - LEFT) / WIDE:.2f}%")
            slider.on(
                "input",
                lambda event: self._go(float(event.args)),
                js_handler="(e) => emit(Number(e.target.value))",
                throttle=0.1,
            )
        with self._facts:
            for key in ("moment", "at_phase", "at_step", "at_distress", "at_heart", "at_distance"):
                with Box("", "div"):
                    Say("fact-name", words(f"review.{key}") if key != "moment" else words("review.time"))
                    self._values[key] = Say("fact", DASH, id=f"review-{key.replace('_', '-')}")
        with self._list:
            lines, left = listed(track)
            for one in lines:
                self._happening(one)
            if left:
                Say("hint", words("review.left_out", count=left), tag="li")
        self._go(0.0)

    def _happening(self, one: Happening) -> None:
        words = self._words
        with Box("", "li"):
            Press(
                lambda: self._jump(one.t_s),
                "jump",
                words.clock(one.t_s),
                aria_label=words("review.jump", time=words.clock(one.t_s)),
            )
            Say("tag", kind_of(one, words))
            Say("", text_of(one, words))

    # ---- the moment

    def _jump(self, t_s: float) -> None:
        ui.run_javascript(f"window.palierReview?.go({t_s:.1f})")
        self._go(t_s)

    def _go(self, t_s: float) -> None:
        track, words = self._track, self._words
        if track is None:
            return
        now = track.at(t_s)
        self._at = now.t_s
        self._values["moment"].say(words.clock(now.t_s))
        self._values["at_phase"].say(words.known(f"phase.{now.phase}", now.phase))
        self._values["at_step"].say(str(now.step) if now.step else DASH)
        rated = DASH
        if now.distress is not None and now.distress_at_s is not None:
            rated = f"{words.number(now.distress)} ({words.clock(now.distress_at_s)})"
        self._values["at_distress"].say(rated)
        heart = words("review.bpm", value=words.number(now.heart)) if now.heart is not None else DASH
        self._values["at_heart"].say(heart)
        near = f"{words.number(now.distance_m, 1)} m" if now.distance_m is not None else DASH
        self._values["at_distance"].say(near)
        self._tell()

    # ---- what was seen

    def _ask(self) -> None:
        if self._track is not None:
            self._pictures.look(Path(self._session.record), self._at)
            self._refresh()

    def _refresh(self) -> None:
        self._shown = self._pictures.state()
        if self._shown.word == "there" and self._shown.at_s != self._seen_at:
            record = Path(self._session.record)
            if self._pictures.kept(record, self._shown.at_s):
                self._seen_at = self._shown.at_s
                address = f"/review/{self._session.id}/seen/{self._shown.at_s:.2f}.png"
                self._image.attribute("src", address)
                told = self._words("review.moment", time=self._words.clock(self._seen_at))
                self._image.attribute("alt", f"{self._words('review.seen')}, {told}")
                self._image.look("display", "block")
        self._tell()

    def _tell(self) -> None:
        words, now = self._words, self._shown
        looking = now.word == "looking"
        self._stop.allow(looking)
        self._show.allow(self._track is not None)
        if looking:
            seconds = words.number(now.for_s)
            if now.share > 0:
                share = words.number(100 * now.share)
                text = words("review.looking", time=words.clock(now.at_s), share=share, seconds=seconds)
            else:
                text = words("review.starting", seconds=seconds)
        elif now.word == "failed":
            text = words("review.failed", why=now.why)
        elif now.word == "stopped":
            text = words("review.stopped")
        elif self._seen_at is None:
            text = words("review.seen_none")
        else:
            text = words("review.seen_at", time=words.clock(self._seen_at))
        if self._seen_at is not None and (looking or abs(self._seen_at - self._at) > 0.5):
            text += " " + words("review.older", time=words.clock(self._seen_at))
        self._caption.say(text)


def listed(track: Track) -> tuple[list[Happening], int]:
    """What the list holds, and how many lines are left out: where there are too many, small movements go first."""
    lines = list(track.happenings)
    if len(lines) > SHOWN:
        lines = [one for one in lines if one.kind != "marker" or DRAWN.get(one.label, "other") != "other"]
    return lines[:SHOWN], len(track.happenings) - len(lines[:SHOWN])


def kind_of(one: Happening, words: Words) -> str:
    if one.kind == "command":
        return words("review.kind_refused")
    return words.known(f"review.kind_{one.kind}", words("review.kind_course"))


def text_of(one: Happening, words: Words) -> str:
    """What happened, in words; ids of a newer software stand as they are."""
    match one.kind:
        case "phase":
            return words.known(f"phase.{one.label}", one.label)
        case "rating":
            value = words.number(one.value)
            return f"{words.known(f'rated.{one.label}', one.label)} {value}"
        case "missed":
            return words.known(f"rated.{one.label}", one.label)
        case "marker":
            figure = f" {words.value(one.value)} {one.unit}".rstrip() if one.value is not None else ""
            return words.known(f"marker.{one.label}", one.label) + figure
        case "command":
            return words.known(f"command.kind.{one.label}", one.label)
        case "stop":
            return words.known(f"stopped_by.{one.label}", one.label)
        case "demand":
            return words.known(f"alarm.{one.label}.what", one.label)
        case "mark":
            return words.known(f"mark.{one.label}", one.label)
        case "proposal":
            return words.known(f"proposal.{one.label}", one.label).format(step=one.step)
        case "window" | "trial":
            return words.known(f"event.{one.kind}", one.kind)
        case _:
            return words.known(f"event.{one.kind}", one.label)
