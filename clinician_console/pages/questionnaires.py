"""Questionnaires of a patient: choose one, fill it, see what its own rules make of it, and how that was before."""

from __future__ import annotations

from asyncio import to_thread
from functools import partial
from itertools import groupby

from nicegui import ui

from clinician_console.clinic.entries import Answers, Patient
from clinician_console.pages.alone import hand_over, keep
from clinician_console.pages.answering import Form, Ready, alert_box, first_filling
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.questionnaires.errors import AnswerError
from clinician_console.questionnaires.filling import Filling
from clinician_console.questionnaires.instrument import Instrument, Score
from clinician_console.questionnaires.picture import Point, picture
from clinician_console.questionnaires.scoring import Result, Scored, difference, score
from clinician_console.questionnaires.shelf import FOLDER, Shelf, fill_shelf
from clinician_console.words import DASH, Words
from vr_runtime.link.keys import palier_home
from vr_runtime.protocol.errors import PalierError


def pages(house: House) -> None:
    @page(house, "/questionnaires/{patient}")
    async def questionnaires(patient: str, session: str = "") -> None:
        person = await to_thread(house.store.patient, patient)
        filled = await to_thread(house.store.answers, patient)
        shelf = await to_thread(fill_shelf, palier_home() / FOLDER)
        with shell(house, "patients", title=person.pseudonym, styles=("questionnaires",)) as words:
            Page(house, words, person, shelf, filled, session[:64])


class Page:
    """One patient's page in one browser, for the therapist; a patient who answers alone has another (alone.py)."""

    def __init__(
        self, house: House, words: Words, person: Patient, shelf: Shelf, filled: list[Answers], session: str
    ) -> None:
        self._house, self._store, self._words, self._person = house, house.store, words, person
        self._shelf, self._filled, self._session = shelf, filled, session
        self._box = Box("content-part")
        self._overview()

    # ------------------------------------------------------------------ what was answered

    def _overview(self) -> None:
        words = self._words
        self._box.clear()
        with self._box:
            with Box("title-row"):
                Say("", words("quest.title", pseudonym=self._person.pseudonym), tag="h1", id="quest-title")
                if self._person.practice:
                    Say("tag practice-tag", words("app.practice"))
                Link(f"/patients/{self._person.id}", "press", words("quest.back"), id="quest-back")
            Say("dim", words("quest.no_diagnosis"), tag="p")
            self._alerts()
            self._behind()
            self._choice()
            by_instrument = sorted(self._filled, key=lambda each: each.instrument)
            for name, group in groupby(by_instrument, key=lambda each: each.instrument):
                self._history(name, [*group])

    def _alerts(self) -> None:
        """The latest filled questionnaire of each instrument, where one of its answers wants somebody to act."""
        latest = {each.instrument: each for each in self._filled}
        for each in latest.values():
            instrument = self._shelf.find(each.instrument)
            result = scored(instrument, each)
            if instrument is not None and result is not None and result.alerts:
                alert_box(self._words, instrument, result.alerts, self._words.when(each.date))

    def _choice(self) -> None:
        words = self._words
        with Box("card", "section", aria_labelledby="quest-choose"):
            Say("", words("quest.choose"), tag="h2", id="quest-choose")
            everything = sorted(self._shelf.instruments.values(), key=lambda one: one.short)
            for heading, ones in (
                ("", [one for one in everything if one.texts]),
                ("quest.without_texts", [one for one in everything if not one.texts]),
            ):
                if heading:
                    Say("", words(heading), tag="h3")
                    Say("dim small-text", words("quest.without_texts_hint"), tag="p")
                with Box("choices quest-choice", role="group", aria_label=words("quest.choose")):
                    for one in ones:
                        name = one.name.in_language(words.language)
                        Press(
                            partial(self._begin, one), "", f"{one.short} – {name}", id=f"quest-begin-{one.id}"
                        )
            for wrong in self._shelf.wrong:
                Say("said", words("quest.wrong_file", problem=wrong), tag="p", data_level="warning")

    def _history(self, name: str, group: list[Answers]) -> None:
        words, instrument = self._words, self._shelf.find(name)
        with Box("card", "section", aria_labelledby=f"quest-past-{name}"):
            Say("", instrument.short if instrument else name, tag="h2", id=f"quest-past-{name}")
            if instrument is None:
                Say("said", words("quest.unknown", instrument=name), tag="p", data_level="warning")
            else:
                if instrument.note:
                    Say("dim small-text", instrument.note.in_language(words.language), tag="p")
                self._latest(instrument, group)
                self._picture(instrument, group)
            with Box("scrolls"), Box("", "table", id=f"quest-table-{name}"):
                with Box("", "thead"), Box("", "tr"):
                    for key in ("when", "who", "scores", "delete_head"):
                        Say("", words(f"quest.{key}"), tag="th", scope="col")
                with Box("", "tbody"):
                    for each in reversed(group):
                        self._row(instrument, each)
            if instrument is not None:
                Say("dim small-text", instrument.licence.attribution, tag="p")

    def _latest(self, instrument: Instrument, group: list[Answers]) -> None:
        """Each score with its range and the change since the time before."""
        words = self._words
        now = scored(instrument, group[-1])
        if now is None:
            Say("said", words("quest.other_version", version=group[-1].instrument_version), tag="p")
            return
        before = scored(instrument, group[-2]) if len(group) > 1 else None
        with Box("quest-latest", "dl", id=f"quest-latest-{instrument.id}"):
            for one in now.scores:
                rule = instrument.score(one.id)
                Say("label", rule.name.in_language(words.language), tag="dt")
                Say("", self._said(instrument, rule, one), tag="dd")
                change = difference(rule, before.score(one.id).value if before else None, one.value)
                if change is not None:
                    value = words.number(change.value, rule.digits)
                    text = words("quest.change", change=f"+{value}" if change.value > 0 else value)
                    if change.noted:
                        text += f" ({change.noted.says.in_language(words.language)})"
                    Say("dim", text, tag="dd")
        for pattern, met in zip(instrument.patterns, now.patterns, strict=True):
            told = (
                words("quest.pattern_open")
                if met.met is None
                else (pattern.says if met.met else pattern.says_not).in_language(words.language)
            )
            Say(
                "",
                f"{pattern.name.in_language(words.language)} – {told}",
                tag="p",
                id=f"quest-pattern-{pattern.id}",
            )

    def _said(self, instrument: Instrument, rule: Score, one: Scored) -> str:
        words = self._words
        if one.value is None:
            return words("quest.incomplete", answered=one.answered, of=one.of)
        low, high = instrument.span(rule)
        text = words(
            "quest.value",
            value=words.number(one.value, rule.digits),
            low=words.number(low, rule.digits),
            high=words.number(high, rule.digits),
        )
        if one.band is not None:
            band = rule.bands[one.band]
            text += f" – {band.says.in_language(words.language)} [{band.source}]"
        if one.state == "prorated":
            text += " – " + words("quest.prorated", answered=one.answered, of=one.of)
        return text

    def _picture(self, instrument: Instrument, group: list[Answers]) -> None:
        rule = next((each for each in instrument.scores if each.id == "total"), instrument.scores[0])
        points = []
        for each in group:
            result = scored(instrument, each)
            if result is not None:
                one = result.score(rule.id)
                points.append(Point(each.date, one.value, one.state == "prorated"))
        if sum(point.value is not None for point in points) < 2:
            return
        low, high = instrument.span(rule)
        name = f"{instrument.short}, {rule.name.in_language(self._words.language)}"
        svg = picture(
            points, low, high, [band.at_least for band in rule.bands],
            self._words("quest.picture", name=name), [self._words.when(points[0].when), self._words.when(points[-1].when)],
        )  # fmt: skip
        with Box("quest-picture"):
            # Made of numbers and escaped texts alone (see picture.py).
            ui.html(svg, sanitize=False)

    def _row(self, instrument: Instrument | None, each: Answers) -> None:
        words = self._words
        result = scored(instrument, each)
        with Box("", "tr", id=f"quest-row-{each.id}"):
            Say("", words.when(each.date), tag="td")
            Say("", words.known(f"quest.by_{each.respondent}", each.respondent), tag="td")
            with Box("", "td"):
                if instrument is not None and result is not None:
                    parts = [
                        f"{instrument.score(one.id).name.in_language(words.language)} "
                        f"{DASH if one.value is None else words.number(one.value, instrument.score(one.id).digits)}"
                        for one in result.scores
                    ]
                    Say("", " · ".join(parts))
                    if result.alerts:
                        Say("tag quest-had", words("quest.had_alert"))
                else:
                    kept = [
                        f"{name} {value}"
                        for name, value in each.scores.items()
                        if isinstance(value, int | float)
                    ]
                    Say("", " · ".join(kept) or DASH)
            with Box("", "td"):
                self._delete(each)

    def _delete(self, each: Answers) -> None:
        """Asked once more in its place."""
        words = self._words
        box = Box("quest-sure")

        def ask() -> None:
            box.clear()
            with box:
                Say("", words("quest.delete_sure"))
                Press(delete, "danger", words("quest.delete_yes"), id=f"quest-delete-yes-{each.id}")
                Press(offer, "", words("quest.delete_no"), id=f"quest-delete-no-{each.id}")
            ui.run_javascript(f"document.getElementById('quest-delete-no-{each.id}')?.focus()")

        def offer() -> None:
            box.clear()
            with box:
                Press(
                    ask,
                    "",
                    words("quest.delete"),
                    id=f"quest-delete-{each.id}",
                    aria_label=_which(words, each),
                )

        async def delete() -> None:
            try:
                await to_thread(self._store.delete_answers, each.id)
            except PalierError as problem:
                box.clear()
                with box:
                    Say("said", str(problem), role="alert", data_level="danger")
                return
            self._filled = [one for one in self._filled if one.id != each.id]
            self._overview()

        offer()

    # ------------------------------------------------------------------ filling one

    def _begin(self, instrument: Instrument) -> None:
        filling = first_filling(instrument, self._person.id, self._session, self._person.language)
        self._box.clear()
        with self._box:
            Ready(self._words, filling, self._go_on, self._overview)

    def _go_on(self, filling: Filling) -> None:
        """The therapist answers here; a patient on a page without anything else."""
        self._box.clear()
        with self._box:
            if filling.respondent == "patient":
                hand_over(self._house, self._words, filling, self._overview)
            else:
                Form(self._words, filling, self._keep, self._overview)

    async def _keep(self, filling: Filling) -> None:
        await keep(self._store, filling)
        saved = filling.kept
        if saved is not None:
            self._filled = [*(one for one in self._filled if one.id != saved.id), saved]

    def _behind(self) -> None:
        """What the patient left before the end: the therapist decides what becomes of it."""
        words = self._words
        for filling in self._house.lent.left_behind(self._person.id):
            with Box("said", "section", data_level="warning", id="quest-behind"):
                text = words(
                    "quest.behind",
                    instrument=filling.instrument.short,
                    answered=filling.answered,
                    of=len(filling.instrument.items),
                )
                Say("", text, tag="p")
                failed = Say("", role="alert", tag="p")
                with Box("row"):
                    Press(
                        partial(self._keep_behind, filling, failed),
                        "",
                        words("quest.behind_keep"),
                        id="quest-behind-keep",
                    )
                    Press(
                        partial(self._drop_behind, filling),
                        "danger",
                        words("quest.discard"),
                        id="quest-behind-discard",
                    )

    async def _keep_behind(self, filling: Filling, failed: Say) -> None:
        try:
            await self._keep(filling)
        except PalierError as problem:
            failed.say(self._words("quest.not_kept", problem=str(problem)))
            return
        self._drop_behind(filling)

    def _drop_behind(self, filling: Filling) -> None:
        self._house.lent.decided(filling)
        self._overview()


def scored(instrument: Instrument | None, each: Answers) -> Result | None:
    """What the instrument makes of kept answers; None where it is another instrument or version than they were for."""
    if instrument is None or each.instrument_version != instrument.version:
        return None
    try:
        return score(instrument, each.items)
    except AnswerError:
        return None


def _which(words: Words, each: Answers) -> str:
    return f"{words('quest.delete')}: {each.instrument}, {words.when(each.date)}"
