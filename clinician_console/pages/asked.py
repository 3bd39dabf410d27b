"""The debrief's questions as a form. Texts stay in the browser until *Save*; what is chosen is kept here."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from clinician_console.clinic.debrief import (
    AdverseEvent,
    Debrief,
    DebriefError,
    DebriefReason,
    Happened,
    Relation,
    Resolved,
    Severity,
    cautions,
    from_json,
    open_points,
    to_json,
)
from clinician_console.clinic.entries import Session
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.pages.house import House
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError

MOST_EVENTS = 6
NUMBERS = {
    "belief_before": (0, 100), "belief_after": (0, 100), "surprise": (0, 100), "end_distress": (0, 100), "sickness": (0, 20),
}  # fmt: skip
TEXTS = ("feared", "learned", "note", "by")


class Choice(Box):
    """A row of buttons of which one may be pressed; pressing it again takes it back."""

    def __init__(self, name: str, label: str, options: Sequence[tuple[str, str]], chosen: str = "") -> None:
        super().__init__("labelled", role="group", aria_labelledby=f"{name}-label")
        self.value = chosen
        self._buttons: dict[str, Press] = {}
        with self:
            Say("label", label, id=f"{name}-label")
            with Box("choices"):
                for value, text in options:
                    self._buttons[value] = Press(
                        lambda value=value: self._press(value), "", text, id=f"{name}-{value}"
                    )
        self._show()

    def _press(self, value: str) -> None:
        self.value = "" if self.value == value else value
        self._show()

    def _show(self) -> None:
        for value, button in self._buttons.items():
            button.attribute("aria-pressed", "true" if value == self.value else "false")


class Asked:
    """The card with the form; ``session`` is replaced by the store's answer with each *Save*."""

    def __init__(self, house: House, session: Session, words: Words) -> None:
        self._house, self._session, self._words = house, session, words
        self._events: list[tuple[int, Box, dict[str, Choice]]] = []
        self._numbered = 0
        try:
            debrief, wrong = from_json(session.debrief), ""
        except DebriefError as problem:
            debrief, wrong = Debrief(), str(problem)
            if problem.reason is DebriefReason.NEWER:
                Say("said", wrong, tag="p", role="alert")
                return
        with Box("card is-first", "section", aria_labelledby="debrief-title"):
            Say("", words("debrief.asked"), tag="h2", id="debrief-title")
            if wrong:
                Say("said", wrong, tag="p", role="alert")
            self._expectancy(debrief)
            self._now(debrief)
            self._adverse(debrief)
            self._leaving(debrief)
            with Box("row"):
                Hand(self._save, self._ids(), "main", text=words("debrief.save"), id="debrief-save")
                self._said = Say("", id="debrief-said", role="status")
            self._open = Say("hint", tag="p", id="debrief-open")
            self._cautions = Box("cautions", "div", id="debrief-cautions", role="alert")
        self._tell(debrief)

    # ---- parts

    def _expectancy(self, debrief: Debrief) -> None:
        words, asked = self._words, debrief.expectancy
        Say("", words("debrief.expectancy"), tag="h3")
        self._text("feared", asked.feared)
        with Box("figures"):
            self._number("belief_before", asked.belief_before)
            self._number("belief_after", asked.belief_after)
            self._number("surprise", asked.surprise)
        self._happened = self._choice("happened", Happened, asked.happened)
        self._text("learned", asked.learned)

    def _now(self, debrief: Debrief) -> None:
        Say("", self._words("debrief.now"), tag="h3")
        with Box("figures"):
            self._number("end_distress", debrief.end_distress)
            self._number("sickness", debrief.sickness)
        Say("hint", self._words("debrief.sickness_hint"), tag="p")

    def _adverse(self, debrief: Debrief) -> None:
        words = self._words
        Say("", words("debrief.adverse"), tag="h3")
        Say("hint", words("debrief.adverse_hint"), tag="p")
        self._none = Press(
            lambda: self._say_none(not self._is_none), "", words("debrief.adverse_none"), id="debrief-none-adverse"
        )  # fmt: skip
        self._is_none = False
        self._place = Box("events")
        for event in debrief.adverse:
            self._add(event)
        Press(self._add_empty, "", words("debrief.add_event"), id="debrief-add-event")
        self._say_none(debrief.none_adverse)

    def _say_none(self, none: bool) -> None:
        self._is_none = none
        self._none.attribute("aria-pressed", "true" if none else "false")

    def _add_empty(self) -> None:
        if len(self._events) < MOST_EVENTS and self._numbered < 3 * MOST_EVENTS:
            self._say_none(False)
            self._add(None)

    def _add(self, event: AdverseEvent | None) -> None:
        words, number = self._words, self._numbered + 1
        self._numbered = number
        with (
            self._place,
            Box("event", "div", role="group", aria_label=words("debrief.event", number=number)) as box,
        ):
            self._line(f"event-{number}-what", words("debrief.what"), event.what if event else "")
            if event is None:
                Say("hint", words("debrief.severity_serious_hint"), tag="p")
            choices = {
                "severity": self._choice("severity", Severity, event and event.severity, f"event-{number}-"),
                "relation": self._choice("relation", Relation, event and event.relation, f"event-{number}-"),
                "resolved": self._choice("resolved", Resolved, event and event.resolved, f"event-{number}-"),
            }
            self._line(f"event-{number}-action", words("debrief.action"), event.action if event else "")
            Press(lambda: self._drop(number), "", words("debrief.remove_event", number=number), id=f"event-{number}-drop")  # fmt: skip
        self._events.append((number, box, choices))

    def _drop(self, number: int) -> None:
        for one in [one for one in self._events if one[0] == number]:
            self._events.remove(one)
            one[1].delete()

    def _leaving(self, debrief: Debrief) -> None:
        words = self._words
        Say("", words("debrief.going"), tag="h3")
        safe = {True: "yes", False: "no", None: ""}[debrief.safe_to_go]
        yes_no = [("yes", words("checks.yes")), ("no", words("checks.no"))]
        self._safe = Choice("debrief-safe", words("debrief.safe_to_go"), yes_no, safe)
        ways = [
            (way, words(f"debrief.leaving_{way}")) for way in ("well", "after_rest", "accompanied", "stays")
        ]
        self._way = Choice("debrief-leaving", words("debrief.leaving"), ways, debrief.leaving or "")
        self._text("note", debrief.note)
        Say("hint", words("debrief.note_hint"), tag="p")
        self._text("by", debrief.by or self._house.store.who)

    def _choice(self, key: str, kind: Any, chosen: Any, prefix: str = "debrief-") -> Choice:
        options = [(one.value, self._words(f"debrief.{key}_{one.value}")) for one in kind]
        return Choice(
            f"{prefix}{key}", self._words(f"debrief.{key}"), options, chosen.value if chosen else ""
        )

    def _number(self, key: str, value: float | None) -> None:
        shown = "" if value is None else self._words.value(value)
        self._line(f"debrief-{key}", self._words(f"debrief.{key}"), shown, inputmode="decimal", maxlength="5")

    def _text(self, key: str, value: str) -> None:
        self._line(f"debrief-{key}", self._words(f"debrief.{key}"), value, maxlength="2000")

    def _line(self, name: str, label: str, value: str, **more: str) -> None:
        with Box("labelled"):
            Say("", label, tag="label", **{"for": name})
            # An attribute, no property: Vue would write a property anew over what is being typed.
            Field(name, **{"^value": value}, **more)

    def _ids(self) -> list[str]:
        events = [
            f"event-{number}-{key}" for number in range(1, 3 * MOST_EVENTS + 1) for key in ("what", "action")
        ]
        return [f"debrief-{key}" for key in (*NUMBERS, *TEXTS)] + events

    # ---- keeping it

    async def _save(self, given: dict[str, str]) -> None:
        try:
            debrief = self._read(given)
            kept = await to_thread(
                self._house.store.save_session, replace(self._session, debrief=to_json(debrief))
            )
        except (PalierError, ValueError) as problem:
            self._said.say("")
            self._open.say("")
            self._shout([str(problem)], "danger")
            return
        self._session = kept
        self._said.say(self._words("debrief.saved"))
        self._tell(debrief)

    def _read(self, given: dict[str, str]) -> Debrief:
        """Raises: ValueError, DebriefError: what is to be written otherwise."""
        numbers = {key: self._figure(key, given.get(f"debrief-{key}", "")) for key in NUMBERS}
        texts = {key: given.get(f"debrief-{key}", "") for key in TEXTS}
        return from_json(
            {
                "version": 1,
                "when": datetime.now(UTC).isoformat(timespec="seconds"),
                "by": texts["by"],
                "expectancy": {
                    "feared": texts["feared"],
                    "belief_before": numbers["belief_before"],
                    "happened": self._happened.value or None,
                    "belief_after": numbers["belief_after"],
                    "surprise": numbers["surprise"],
                    "learned": texts["learned"],
                },
                "end_distress": numbers["end_distress"],
                "sickness": numbers["sickness"],
                "adverse": [self._event(number, choices, given) for number, _, choices in self._events],
                "none_adverse": self._is_none,
                "safe_to_go": {"yes": True, "no": False}.get(self._safe.value),
                "leaving": self._way.value or None,
                "note": texts["note"],
            }
        )

    def _event(self, number: int, choices: dict[str, Choice], given: dict[str, str]) -> dict[str, object]:
        words, found = self._words, {key: choice.value for key, choice in choices.items()}
        what = given.get(f"event-{number}-what", "")
        missing = [key for key, value in (("what", what), *found.items()) if not value]
        if missing:
            fields = ", ".join(words(f"debrief.{key}") for key in missing)
            raise ValueError(
                f"{words('debrief.event', number=number)}: {words('debrief.open', points=fields)}"
            )
        return {"what": what, "action": given.get(f"event-{number}-action", ""), **found}

    def _figure(self, key: str, text: str) -> float | None:
        if not text:
            return None
        low, high = NUMBERS[key]
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            label = self._words(f"debrief.{key}")
            raise ValueError(self._words("debrief.not_a_number", field=label, low=low, high=high))
        return value

    def _tell(self, debrief: Debrief) -> None:
        words = self._words
        left = open_points(debrief)
        names = ", ".join(words(f"debrief.{point}") for point in left)
        self._open.say(words("debrief.open", points=names) if left else words("debrief.all_asked"))
        self._shout([words(f"debrief.caution_{one}") for one in cautions(debrief)], "warning")

    def _shout(self, texts: Sequence[str], level: str) -> None:
        self._cautions.clear()
        with self._cautions:
            for text in texts:
                Say("said", text, tag="p", data_level=level)


Saved = Callable[[Session], None]
