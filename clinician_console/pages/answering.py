"""Filling a questionnaire: one item after another with large buttons, or all on one page."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from clinician_console.pages.elements import Box, Press, Say
from clinician_console.questionnaires.filling import Filling
from clinician_console.questionnaires.instrument import Instrument
from clinician_console.words import LANGUAGES, Words
from vr_runtime.protocol.errors import PalierError

MANY = 11
"""From this number of answers on the buttons stand in a row, not below each other."""


class Ready:
    """What is to be said before a questionnaire is begun: who fills it, how, in which language.

    ``begin``: told the filling that was agreed on. ``back``: nothing was begun.
    """

    def __init__(
        self,
        words: Words,
        filling: Filling,
        begin: Callable[[Filling], None],
        back: Callable[[], None],
    ) -> None:
        self._words = words
        instrument = filling.instrument
        self._filling = filling
        with Box("card", "section"):
            Say("", instrument.short, tag="h1", id="quest-form-title")
            Say("", instrument.name.in_language(words.language), tag="p")
            if instrument.note:
                Say("dim", instrument.note.in_language(words.language), tag="p")
            self._row("respondent", ("patient", "therapist"), lambda: filling.respondent)
            self._row("mode", ("one", "all"), lambda: "one" if filling.one_by_one else "all")
            if len(instrument.texts) > 1:
                self._row(
                    "language",
                    tuple(name for name in LANGUAGES if name in instrument.texts),
                    lambda: filling.language,
                )
            elif instrument.texts and filling.language != words.language:
                Say("said", words(f"quest.only_{filling.language}"), tag="p", id="quest-only")
            if not instrument.texts:
                Say("said", words("quest.from_paper"), tag="p")
            Say("dim small-text", f"{instrument.licence.terms} {instrument.licence.attribution}", tag="p")
            with Box("row"):
                Press(partial(begin, filling), "main", words("quest.start"), id="quest-start")
                Press(back, "", words("quest.cancel"), id="quest-cancel")

    def _row(self, name: str, values: tuple[str, ...], now: Callable[[], str]) -> None:
        words, filling = self._words, self._filling
        buttons: dict[str, Press] = {}

        def choose(value: str) -> None:
            if name == "respondent":
                filling.respondent = "patient" if value == "patient" else "therapist"
            elif name == "mode":
                filling.one_by_one = value == "one"
            else:
                filling.language = value
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


def first_filling(instrument: Instrument, patient: str, session: str, language: str) -> Filling:
    """As most would fill it: in the patient's language, by whom the instrument is meant for."""
    alone = instrument.rated_by == "patient" and bool(instrument.texts)
    spoken = language if language in instrument.texts else next(iter(instrument.texts), "en")
    return Filling(instrument, patient, session, spoken, "patient" if alone else "therapist", alone)


class Form:
    """The questions. Answers are in memory until the end. Where an answer calls for somebody to act, they are kept at
    once: a screen that is closed then does not take it along.

    ``keep``: keeps the filling, or raises PalierError. ``over``: it was ended, or left before.
    """

    def __init__(
        self,
        words: Words,
        filling: Filling,
        keep: Callable[[Filling], Awaitable[None]],
        over: Callable[[], None],
    ) -> None:
        self._words, self._filling, self._keep, self._over = words, filling, keep, over
        self._buttons: dict[tuple[str, int], Press] = {}
        self._alerts: dict[str, Box] = {}
        self._keeping = Lock()
        self._box = Box("content-part")
        self._draw()

    @property
    def _by_patient(self) -> bool:
        return self._filling.respondent == "patient"

    def _draw(self) -> None:
        words, filling, instrument = self._words, self._filling, self._filling.instrument
        texts = instrument.texts_in(filling.language)
        spoken = Words(filling.language) if texts else words
        self._buttons.clear()
        self._alerts.clear()
        self._box.clear()
        with (
            self._box,
            Box("card quest-one" if filling.one_by_one else "card", "section", lang=spoken.language),
        ):
            Say("", texts.title if texts else instrument.short, tag="h1", id="quest-form-title")
            if texts:
                Say("", texts.instruction, tag="p", id="quest-instruction")
            items = instrument.items
            if filling.one_by_one:
                Say(
                    "dim",
                    spoken("quest.progress", number=filling.place + 1, of=len(items)),
                    tag="p",
                    id="quest-progress",
                )
                self._item(items[filling.place], filling.place + 1, spoken)
            else:
                for number, item in enumerate(items, 1):
                    self._item(item, number, spoken)
            self._said = Say("said", id="quest-said", role="alert", data_level="danger")
            with Box("row"):
                last = not filling.one_by_one or filling.place == len(items) - 1
                if filling.one_by_one and filling.place:
                    Press(partial(self._go, -1), "", spoken("quest.previous"), id="quest-previous")
                if last:
                    Press(self._end, "main", spoken("quest.finish"), id="quest-finish")
                else:
                    Press(partial(self._go, 1), "main", spoken("quest.next"), id="quest-next")
                if self._by_patient:
                    # Nothing is lost: the patient may go on, and the therapist decides about what was answered.
                    Press(self._over, "", spoken("quest.leave"), id="quest-leave")
                else:
                    Press(self._leave, "", spoken("quest.cancel"), id="quest-cancel")
            self._sure = Box("quest-sure", id="quest-sure")
            Say("dim small-text", spoken("quest.leave_out"), tag="p")
        self._show_alerts()

    def _item(self, item: str, number: int, spoken: Words) -> None:
        instrument = self._filling.instrument
        texts = instrument.texts_in(self._filling.language)
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
        for value in self._filling.instrument.group_of(item).values:
            if (item, value) in self._buttons:
                chosen = self._filling.answers[item] == value
                self._buttons[item, value].attribute("aria-pressed", "true" if chosen else "false")

    async def _press(self, item: str, value: int) -> None:
        self._filling.press(item, value)
        self._show(item)
        self._show_alerts()
        if self._filling.at_once:
            await self._save()

    def _go(self, by: int) -> None:
        self._filling.go(by)
        self._draw()
        ui.run_javascript("document.querySelector('.quest-item .press')?.focus()")

    def _show_alerts(self) -> None:
        """At once and below the answer: for the therapist with what to do, for the patient a calm word to speak with the
        therapist."""
        instrument, alerts = self._filling.instrument, self._filling.alerts
        for item, box in self._alerts.items():
            mine = tuple(one.id for one in instrument.alerts if one.id in alerts and one.item == item)
            box.clear()
            if not mine:
                continue
            with box:
                if self._by_patient:
                    Say(
                        "said",
                        Words(self._filling.language)("quest.alert_patient"),
                        tag="p",
                        id="quest-alert-patient",
                    )
                else:
                    alert_box(self._words, instrument, mine)
            ui.run_javascript(
                f"setTimeout(() => document.getElementById('quest-alert-at-{item}')"
                "?.scrollIntoView({ block: 'center' }), 50)"
            )

    async def _save(self) -> bool:
        async with self._keeping:
            try:
                await self._keep(self._filling)
                self._said.say("")
            except PalierError as problem:
                self._said.say(
                    Words(self._filling.language)("quest.not_kept_patient")
                    if self._by_patient
                    else self._words("quest.not_kept", problem=str(problem))
                )
                return False
        return True

    async def _end(self) -> None:
        if not self._filling.answered:
            self._said.say(Words(self._filling.language)("quest.nothing"))
            return
        if await self._save():
            self._filling.ended = True
            self._over()

    def _leave(self) -> None:
        """Answers are not thrown away by one press. What was kept because of an alert stays; the list of past answers
        offers to delete it."""
        if self._filling.undecided:
            spoken = Words(self._filling.language)
            self._sure.clear()
            with self._sure:
                Say("", spoken("quest.discard_sure"))
                Press(self._over, "danger", spoken("quest.discard"), id="quest-discard")
                Press(self._sure.clear, "", spoken("quest.go_on"), id="quest-go-on")
            ui.run_javascript("document.getElementById('quest-go-on')?.focus()")
        else:
            self._over()


def alert_box(words: Words, instrument: Instrument, alerts: tuple[str, ...], when: str = "") -> None:
    """What an answer says and what is to be done now."""
    for alert in instrument.alerts:
        if alert.id in alerts:
            with Box("quest-alert", "section", role="alert", id=f"quest-alert-{alert.id}"):
                title = words("quest.alert", instrument=instrument.short)
                Say("", f"{title} ({when})" if when else title, tag="h2")
                Say("", alert.says.in_language(words.language), tag="p")
                Say("", alert.todo.in_language(words.language), tag="p")
