"""The start checks: one row a question, its answer, why it is asked, and what is taken on by name and with a reason.

The panel lies over the middle of the page during setup. What belongs to the row that was chosen (why it is asked, the
form to take a gap on) stands at the foot, in a fixed place: nothing in the list ever moves.
"""

from __future__ import annotations

from functools import partial

from clinician_console.core import Snapshot
from clinician_console.core.course import Answer
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.words import Words
from vr_runtime.protocol.answers import GapState
from vr_runtime.protocol.commands import AnswerCheck, Override
from vr_runtime.protocol.files.checklist import CheckItem
from vr_runtime.protocol.words import Phase

REASON_AT_LEAST = 8
"""Characters, as the command wants them."""


def open_gaps(now: Snapshot) -> tuple[GapState, ...]:
    """What still keeps the session from starting."""
    telemetry = now.telemetry
    return telemetry.gaps if telemetry is not None and telemetry.phase is Phase.SETUP else ()


def word_of(gap: str, item: CheckItem | None, now: Snapshot) -> str:
    """How a row stands: ``ok``, ``open``, ``against``, ``taken_on`` or ``optional``."""
    if gap in now.course.overrides:
        return "taken_on"
    if item is None:
        return "against" if any(one.id == gap for one in open_gaps(now)) else "ok"
    answer = now.course.answers.get(item.id)
    if answer is None:
        return "optional" if item.optional else "open"
    return "against" if item.speaks_against(answer) else "ok"


LEVELS = {"ok": "ok", "open": "unknown", "optional": "info", "against": "danger", "taken_on": "warning"}


class Row:
    """One question or one gap. ``item`` is None for a gap of age, content or posture."""

    def __init__(self, gap: str, item: CheckItem | None, checks: Checks) -> None:
        self.gap = gap
        self.item = item
        self._checks = checks
        self._choices: dict[Answer, Press] = {}
        self._save: Hand | None = None
        self.field: Field | None = None
        with Box("check", "li") as self._box:
            Say("shape", aria_hidden="true")
            self._ask = Say("check-ask")
            with Box("check-answer"):
                if item is not None:
                    self._controls(item)
            self._word = Say("check-word")
            self._more = Press(partial(checks.choose, gap), "small check-more", id=f"more-{gap}")

    def _controls(self, item: CheckItem) -> None:
        match item.kind:
            case "yes_no":
                self._buttons(item, (True, False))
            case "choice":
                self._buttons(item, item.choices)
            case "number" | "info":
                name = f"check-{item.id}"
                more = {"type": "number", "step": "any"} if item.kind == "number" else {}
                self.field = Field(name, item.kind, **more)
                self.field.on_enter(self._typed)
                self._save = Hand(
                    lambda values: self._typed(values[name]), (name,), "small", id=f"save-{item.id}"
                )

    def _buttons(self, item: CheckItem, values: tuple[bool, bool] | tuple[str, ...]) -> None:
        for value in values:
            name = str(value).lower()
            self._choices[value] = Press(
                partial(self._checks.answer, item, value), "choice", id=f"check-{item.id}-{name}"
            )

    def _typed(self, text: str) -> None:
        assert self.item is not None
        if self.item.kind == "info":
            value: Answer | None = text or None
        else:
            value = number_of(text)
        if value is not None:
            self._checks.answer(self.item, value)

    def refresh(self, now: Snapshot, words: Words, chosen: bool, allowed: bool) -> None:
        word = word_of(self.gap, self.item, now)
        self._box.attribute("data-level", LEVELS[word])
        self._box.mark_as(here=chosen)
        self._ask.say(self._checks.text_of(self.gap, words))
        by = now.course.overrides.get(self.gap, "")
        self._word.say(words(f"checks.{word}", by=by))
        self._word.attribute("title", words(f"checks.{word}", by=by))
        more = words(
            "checks.more_against" if word == "against" and self._checks.may(self.gap) else "checks.more"
        )
        self._more.say(more)
        self._more.attribute("aria-label", f"{more}: {self._checks.text_of(self.gap, words)}")
        self._more.attribute("aria-pressed", "true" if chosen else "false")
        if self.item is None:
            return
        answer = now.course.answers.get(self.item.id)
        for value, button in self._choices.items():
            button.say(self._label(value, words))
            button.mark_as(here=answer == value and answer is not None)
            button.attribute("aria-pressed", "true" if answer == value and answer is not None else "false")
            button.allow(allowed)
        if self.field is not None and self._save is not None:
            given = words.value(answer) if isinstance(answer, (str, float, int)) else ""
            self.field.label(self._checks.text_of(self.gap, words), given or self._range(words))
            self._save.say(words("checks.save"))
            self._save.allow(allowed)

    def _label(self, value: Answer, words: Words) -> str:
        if isinstance(value, bool):
            return words("checks.yes" if value else "checks.no")
        label = self.item.labels.get(str(value)) if self.item else None
        return label.in_language(words.language) if label else str(value)

    def _range(self, words: Words) -> str:
        item = self.item
        if item is None or item.kind != "number":
            return ""
        low = f"≥ {words.value(item.at_least)}" if item.at_least is not None else ""
        high = f"≤ {words.value(item.at_most)}" if item.at_most is not None else ""
        return " ".join(part for part in (low, high) if part)


class Checks:
    """The panel; shown in setup where anything is asked or in the way."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rows: dict[str, Row] = {}
        self._standing: dict[str, GapState] = {}
        """Gaps of age, content and posture that were ever told: one that was taken on keeps its row."""
        self._built: tuple[tuple[CheckItem, ...], tuple[str, ...]] = ((), ())
        self._chosen = ""
        with Box("panel checks", "section") as self._box:
            with Box("panel-head"):
                self._title = Say("panel-title", tag="h2")
                self._count = Say("checks-count", aria_live="polite")
            self._list = Box("check-list", "ul")
            with Box("check-foot"):
                self._why = Say("check-why", tag="p")
                with Box("check-override"):
                    self._by = Field("override-by", maxlength="80")
                    self._reason = Field("override-reason", maxlength="1000")
                    self._take_on = Hand(
                        self._override,
                        ("override-by", "override-reason"),
                        "small",
                        clear=("override-reason",),
                        id="override-send",
                    )

    # -------------------------------------------------------------- what the therapist does

    def answer(self, item: CheckItem, value: Answer) -> None:
        if self._desk.live:
            self._chosen = f"check:{item.id}"
            self._desk.do(AnswerCheck(item=item.id, value=value))

    def choose(self, gap: str) -> None:
        self._chosen = gap
        self._desk.refresh()

    def _override(self, values: dict[str, str]) -> None:
        by, reason = values["override-by"], values["override-reason"]
        if not by or len(reason) < REASON_AT_LEAST:
            self._desk.say_no(self._desk.words("checks.reason_wanted", count=REASON_AT_LEAST))
            return
        self._desk.do(Override(gap=self._chosen, by=by[:80], reason=reason))

    # -------------------------------------------------------------- what is shown

    def may(self, gap: str) -> bool:
        """It is open and may be taken on."""
        return any(one.id == gap and one.may_override for one in open_gaps(self._desk.now))

    def text_of(self, gap: str, words: Words) -> str:
        row = self._rows.get(gap)
        if row is not None and row.item is not None:
            return row.item.ask.in_language(words.language)
        told = self._standing.get(gap)
        text = told.text.in_language(words.language) if told else gap
        return text[:1].upper() + text[1:]

    def refresh(self, now: Snapshot, words: Words) -> None:
        gaps = open_gaps(now)
        self._build(now)
        setup = now.telemetry is not None and now.telemetry.phase is Phase.SETUP and not now.ended
        self._box.mark_as(open=setup and bool(self._rows))
        if not setup:
            return
        self._title.say(words("checks.title"))
        self._count.say(words("checks.still_open", count=len(gaps)) if gaps else words("checks.all_done"))
        self._count.mark_as(open=bool(gaps))
        for gap, row in self._rows.items():
            row.refresh(now, words, gap == self._chosen, self._desk.live)
        self._show_foot(now, words)

    def _show_foot(self, now: Snapshot, words: Words) -> None:
        gap = next((one for one in open_gaps(now) if one.id == self._chosen), None)
        row = self._rows.get(self._chosen)
        why = row.item.why if row is not None and row.item is not None else None
        text = why.in_language(words.language) if why else ""
        if gap is not None and not gap.may_override:
            text = f"{text} {words('checks.never')}".strip()
        self._why.say(text or words("checks.hint"))
        may = gap is not None and gap.may_override
        self._by.label(words("checks.by"))
        self._reason.label(words("checks.reason"))
        for field in (self._by, self._reason):
            field.attribute("disabled", None if may else "disabled")
        self._take_on.say(words("checks.take_on"))
        self._take_on.allow(may and self._desk.live)

    def _build(self, now: Snapshot) -> None:
        items = now.course.items
        known = [one for one in open_gaps(now) if not one.id.startswith("check:")]
        self._standing |= {one.id: one for one in known}
        taken_on = [gap for gap in now.course.overrides if not gap.startswith("check:")]
        standing = tuple(dict.fromkeys([*self._standing, *taken_on]))
        if (items, standing) == self._built:
            return
        self._built = (items, standing)
        self._list.clear()
        with self._list:
            rows = [Row(gap, None, self) for gap in standing]
            rows += [Row(f"check:{item.id}", item, self) for item in items]
        self._rows = {row.gap: row for row in rows}


def number_of(text: str) -> float | None:
    """A number as people type it, with a point or a comma; None where it is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
