"""Filling a questionnaire: one item after another with large buttons, or all on one page."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from nicegui import ui

from clinician_console.clinic.entries import Answers
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.questionnaires.instrument import Instrument
from clinician_console.questionnaires.scoring import score
from clinician_console.words import LANGUAGES, Words
from vr_runtime.protocol.errors import PalierError

MANY = 11
"""From this number of answers on the buttons stand in a row, not below each other."""


class Keep(Protocol):
    def __call__(
        self,
        instrument: Instrument,
        items: dict[str, int | None],
        language: str,
        respondent: str,
        kept: Answers | None,
    ) -> Awaitable[Answers]: ...


class Answering:
    """Answers are kept in memory until the end. Where an answer calls for somebody to act, they are kept at once: a
    screen that is closed then does not take it along.

    ``back``: shows the overview, with what was kept.
    """

    def __init__(
        self,
        words: Words,
        instrument: Instrument,
        language: str,
        keep: Keep,
        back: Callable[[Answers | None], None],
    ) -> None:
        self._words, self._instrument, self._keep, self._back = words, instrument, keep, back
        self._language = language if language in instrument.texts else next(iter(instrument.texts), "en")
        self._respondent = "patient" if instrument.rated_by == "patient" and instrument.texts else "therapist"
        self._one_by_one = self._respondent == "patient"
        self._answers: dict[str, int | None] = dict.fromkeys(instrument.items)
        self._kept: Answers | None = None
        self._place = 0
        self._buttons: dict[tuple[str, int], Press] = {}
        self._alerts: dict[str, Box] = {}
        self._keeping = Lock()
        self._box = Box("content-part")
        self._ready()

    # ------------------------------------------------------------------ before

    def _ready(self) -> None:
        words, instrument = self._words, self._instrument
        self._box.clear()
        with self._box, Box("card", "section"):
            Say("", instrument.short, tag="h1", id="quest-form-title")
            Say("", instrument.name.in_language(words.language), tag="p")
            if instrument.note:
                Say("dim", instrument.note.in_language(words.language), tag="p")
            self._row("respondent", ("patient", "therapist"), lambda: self._respondent)
            self._row("mode", ("one", "all"), lambda: "one" if self._one_by_one else "all")
            if len(instrument.texts) > 1:
                self._row(
                    "language",
                    tuple(name for name in LANGUAGES if name in instrument.texts),
                    lambda: self._language,
                )
            elif instrument.texts and self._language != words.language:
                Say("said", words(f"quest.only_{self._language}"), tag="p", id="quest-only")
            if not instrument.texts:
                Say("said", words("quest.from_paper"), tag="p")
            Say("dim small-text", f"{instrument.licence.terms} {instrument.licence.attribution}", tag="p")
            with Box("row"):
                Press(self._start, "main", words("quest.start"), id="quest-start")
                Press(lambda: self._back(None), "", words("quest.cancel"), id="quest-cancel")

    def _row(self, name: str, values: tuple[str, ...], now: Callable[[], str]) -> None:
        words = self._words
        buttons: dict[str, Press] = {}

        def choose(value: str) -> None:
            if name == "respondent":
                self._respondent = value
            elif name == "mode":
                self._one_by_one = value == "one"
            else:
                self._language = value
            show()

        def show() -> None:
            for value, button in buttons.items():
                button.attribute("aria-pressed", "true" if value == now() else "false")

        with Box("labelled"):
            Say("label", words(f"quest.{name}"))
            with Box("choices", role="group", aria_label=words(f"quest.{name}")):
                for value in values:
                    text = words(f"quest.{name}_{value}")
                    buttons[value] = Press(partial(choose, value), "", text, id=f"quest-{name}-{value}")
        show()

    # ------------------------------------------------------------------ the form

    def _start(self) -> None:
        self._place = 0
        self._draw()

    def _draw(self) -> None:
        words, instrument = self._words, self._instrument
        texts = instrument.texts_in(self._language)
        spoken = Words(self._language) if texts else words
        self._buttons.clear()
        self._alerts.clear()
        self._box.clear()
        with (
            self._box,
            Box("card quest-one" if self._one_by_one else "card", "section", lang=spoken.language),
        ):
            Say("", texts.title if texts else instrument.short, tag="h1", id="quest-form-title")
            if texts:
                Say("", texts.instruction, tag="p", id="quest-instruction")
            items = instrument.items
            if self._one_by_one:
                Say(
                    "dim",
                    spoken("quest.progress", number=self._place + 1, of=len(items)),
                    tag="p",
                    id="quest-progress",
                )
                self._item(items[self._place], self._place + 1, spoken)
            else:
                for number, item in enumerate(items, 1):
                    self._item(item, number, spoken)
            self._said = Say("said", id="quest-said", role="alert", data_level="danger")
            with Box("row"):
                last = not self._one_by_one or self._place == len(items) - 1
                if self._one_by_one and self._place:
                    Press(partial(self._go, -1), "", spoken("quest.previous"), id="quest-previous")
                if last:
                    Press(self._end, "main", spoken("quest.finish"), id="quest-finish")
                else:
                    Press(partial(self._go, 1), "main", spoken("quest.next"), id="quest-next")
                Press(self._leave, "", spoken("quest.cancel"), id="quest-cancel")
            self._sure = Box("quest-sure", id="quest-sure")
            Say("dim small-text", spoken("quest.leave_out"), tag="p")
        self._show_alerts()

    def _item(self, item: str, number: int, spoken: Words) -> None:
        instrument = self._instrument
        texts = instrument.texts_in(self._language)
        group = instrument.group_of(item)
        text = f"{number}. {texts.items[item]}" if texts else spoken("quest.item", item=item)
        labels = texts.answers.get(group.id, {}) if texts else {}
        with Box("quest-item", "fieldset", id=f"quest-item-{item}"):
            Say("", text, tag="legend")
            many = len(group.values) >= MANY
            with Box("quest-answers is-many" if many else "quest-answers"):
                for value in group.values:
                    label = labels.get(str(value), "")
                    shown = f"{value} – {label}" if label else str(value)
                    button = Press(partial(self._press, item, value), "", shown, id=f"quest-{item}-{value}")
                    self._buttons[item, value] = button
            if any(alert.item == item for alert in instrument.alerts):
                self._alerts[item] = Box("", id=f"quest-alert-at-{item}", aria_live="assertive")
        self._show(item)

    def _show(self, item: str) -> None:
        for value in self._instrument.group_of(item).values:
            if (item, value) in self._buttons:
                chosen = self._answers[item] == value
                self._buttons[item, value].attribute("aria-pressed", "true" if chosen else "false")

    async def _press(self, item: str, value: int) -> None:
        """A second press on the same answer takes it back."""
        self._answers[item] = None if self._answers[item] == value else value
        self._show(item)
        self._show_alerts()
        if self._kept is not None or score(self._instrument, self._answers).alerts:
            await self._save()

    def _go(self, by: int) -> None:
        self._place = max(0, min(len(self._instrument.items) - 1, self._place + by))
        self._draw()
        ui.run_javascript("document.querySelector('.quest-item .press')?.focus()")

    def _show_alerts(self) -> None:
        """At once and below the answer: for the therapist with what to do, for the patient a calm word to speak with the
        therapist."""
        alerts = score(self._instrument, self._answers).alerts
        for item, box in self._alerts.items():
            mine = tuple(one.id for one in self._instrument.alerts if one.id in alerts and one.item == item)
            box.clear()
            if not mine:
                continue
            with box:
                if self._respondent == "patient":
                    Say(
                        "said",
                        Words(self._language)("quest.alert_patient"),
                        tag="p",
                        id="quest-alert-patient",
                    )
                else:
                    alert_box(self._words, self._instrument, mine)
            ui.run_javascript(
                f"setTimeout(() => document.getElementById('quest-alert-at-{item}')"
                "?.scrollIntoView({ block: 'center' }), 50)"
            )

    async def _save(self) -> bool:
        async with self._keeping:
            try:
                self._kept = await self._keep(
                    self._instrument, self._answers, self._language, self._respondent, self._kept
                )
                self._said.say("")
            except PalierError as problem:
                self._said.say(self._words("quest.not_kept", problem=str(problem)))
                return False
        return True

    async def _end(self) -> None:
        if all(value is None for value in self._answers.values()):
            self._said.say(Words(self._language)("quest.nothing"))
            return
        if not await self._save():
            return
        if self._respondent == "patient":
            self._hand_back()
        else:
            self._back(self._kept)

    def _hand_back(self) -> None:
        """The patient sees no scores: the screen goes back to the therapist first."""
        spoken = Words(self._language)
        self._box.clear()
        with self._box, Box("card", "section", lang=spoken.language):
            Say("", spoken("quest.thanks"), tag="h1", id="quest-thanks")
            Say("", spoken("quest.hand_back"), tag="p")
            if self._kept and score(self._instrument, self._answers).alerts:
                Say("said", spoken("quest.alert_patient"), tag="p")
            Press(lambda: self._back(self._kept), "main", self._words("quest.to_result"), id="quest-result")

    def _leave(self) -> None:
        """Answers are not thrown away by one press. What was kept because of an alert stays; the list of past answers
        offers to delete it."""
        if self._kept is None and any(value is not None for value in self._answers.values()):
            spoken = Words(self._language)
            self._sure.clear()
            with self._sure:
                Say("", spoken("quest.discard_sure"))
                Press(self._gone, "danger", spoken("quest.discard"), id="quest-discard")
                Press(self._sure.clear, "", spoken("quest.go_on"), id="quest-go-on")
            ui.run_javascript("document.getElementById('quest-go-on')?.focus()")
        else:
            self._gone()

    def _gone(self) -> None:
        if self._respondent == "patient":
            self._hand_back()
        else:
            self._back(self._kept)


def alert_box(words: Words, instrument: Instrument, alerts: tuple[str, ...], when: str = "") -> None:
    """What an answer says and what is to be done now."""
    for alert in instrument.alerts:
        if alert.id in alerts:
            with Box("quest-alert", "section", role="alert", id=f"quest-alert-{alert.id}"):
                title = words("quest.alert", instrument=instrument.short)
                Say("", f"{title} ({when})" if when else title, tag="h2")
                Say("", alert.says.in_language(words.language), tag="p")
                Say("", alert.todo.in_language(words.language), tag="p")
