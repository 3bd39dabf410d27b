"""The scene's parameters, or in the safe place those of its own: present value, target, unit, ceiling, and which way
is harder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from clinician_console.core import Snapshot
from clinician_console.pages.controls import Turnable, turnable
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.words import Words
from vr_runtime.protocol.answers import ParameterState
from vr_runtime.protocol.commands import SetParameter
from vr_runtime.protocol.files.manifest import ChoiceParameter, NumberParameter, SceneManifest
from vr_runtime.protocol.words import Phase

CAN_TURN = {Phase.EXPOSURE, Phase.PAUSED}

Turned = NumberParameter | ChoiceParameter

COMMIT = "(e) => emit(e.target.value)"
ROOM_PX = 285
"""What a page of parameters may take of a screen of 1366 by 768, above it one row of triggers and the heading."""
ROW_PX, CHOICE_PX, LINE_PX = 41, 36, 13
TRIGGERS_A_ROW, TRIGGERS_PX = 3, 46
CHOICES_A_ROW = 4
"""More are put in rows of three."""
LETTERS = {2: 22, 3: 14, 4: 10}
"""Letters on a line of a choice's button, by how many stand in a row."""
SETTLE_S = 1.5
"""How long a slider keeps what the therapist has just set, before it shows the runtime's target again."""


class NumberRow:
    """A slider. It sends when it is let go, not while it moves."""

    def __init__(self, parameter: NumberParameter, desk: Desk) -> None:
        self.parameter = parameter
        self._desk = desk
        self._set_at = -1e9
        span = parameter.max - parameter.min
        with Box("parameter"):
            self._name = Say("parameter-name")
            with Box("slider-box") as self._box:
                self._track = Say("slider-track")
                Say("slider-present")
                self._mark = Say("slider-ceiling")
                self._slider = Box(
                    "slider", "input", type="range", min=parameter.min, max=parameter.max, step=_step(span),
                    value=parameter.default, id=f"parameter-{parameter.id}",
                )  # fmt: skip
            with Box("parameter-figures"):
                self._value, self._range = Say("parameter-value"), Say("parameter-range")
        self._slider.on("change", lambda event: self._set(event.args), js_handler=COMMIT)

    def _set(self, raw: Any) -> None:
        if not self._desk.live:
            return
        self._set_at = self._desk.clock()
        self._slider._props["value"] = float(raw)
        self._desk.do(SetParameter(name=self.parameter.id, value=float(raw)))

    def refresh(self, state: ParameterState | None, words: Words, allowed: bool) -> None:
        parameter = self.parameter
        name = parameter.name.in_language(words.language)
        unit = words(f"unit.{parameter.unit.value}")
        self._name.say(name)
        limits = f"{words.value(parameter.min)}–{words.value(parameter.max)}"
        self._name.attribute("title", f"{name}, {limits} {unit}".rstrip())
        self._track.attribute("title", words(f"parameter.harder_{parameter.harder}"))
        self._box.mark_as(up=parameter.harder == "up", down=parameter.harder == "down")
        self._slider.attribute("aria-label", f"{name} {unit}")
        self._slider.attribute("disabled", None if allowed else "disabled")
        self._box.mark_as(known=state is not None)
        if state is None or isinstance(state.value, str) or isinstance(state.target, str):
            self._value.say("")
            self._range.say(f"{limits} {unit}".rstrip())
            return
        self._value.say(f"{words.value(round(state.value, 2))} {unit}".strip())
        moving = abs(state.value - state.target) > 1e-3 * (parameter.max - parameter.min)
        self._box.look("--present", f"{_share(parameter, state.value):.4f}")
        ceiling = state.ceiling if isinstance(state.ceiling, (int, float)) else None
        self._box.mark_as(ceiling=ceiling is not None)
        self._range.mark_as(moving=moving, ceiling=ceiling is not None and not moving)
        if moving:
            self._range.say(words("parameter.moving", target=f"{words.value(state.target)} {unit}".rstrip()))
        elif ceiling is not None:
            self._range.say(words("parameter.ceiling", value=f"{words.value(ceiling)} {unit}".rstrip()))
        else:
            self._range.say(f"{limits} {unit}".rstrip())
        if ceiling is not None:
            self._box.look("--ceiling", f"{_share(parameter, ceiling):.4f}")
            self._mark.attribute("title", words("parameter.ceiling", value=f"{words.value(ceiling)} {unit}"))
        if self._desk.clock() - self._set_at > SETTLE_S:
            self._slider.attribute("value", state.target)


class ChoiceRow:
    """Buttons, easiest first; no list that opens and takes the keyboard."""

    def __init__(self, parameter: ChoiceParameter, desk: Desk) -> None:
        self.parameter = parameter
        self._desk = desk
        look = "is-short" if short(parameter) else "is-choice"
        if len(parameter.choices) > CHOICES_A_ROW:
            look += " is-many"
        with Box(f"parameter {look}"):
            self._name = Say("parameter-name")
            with Box("choices", role="radiogroup") as self._group:
                self._buttons = {
                    choice: Press(partial(self._set, choice), "choice", role="radio", id=f"choice-{parameter.id}-{choice}")
                    for choice in parameter.choices
                }  # fmt: skip

    def _set(self, choice: str) -> None:
        self._desk.do(SetParameter(name=self.parameter.id, value=choice))

    def refresh(self, state: ParameterState | None, words: Words, allowed: bool) -> None:
        name = self.parameter.name.in_language(words.language)
        self._name.say(name)
        self._group.attribute("aria-label", name)
        self._name.attribute("title", f"{name}: {words(f'parameter.harder_{self.parameter.harder}')}")
        ceiling = str(state.ceiling) if state and state.ceiling is not None else None
        highest = self.parameter.hardness(ceiling) if ceiling in self.parameter.choices else None
        for choice, button in self._buttons.items():
            label = self.parameter.labels.get(choice)
            text = label.in_language(words.language) if label else choice
            button.say(text)
            button.attribute("title", text)
            chosen = state is not None and state.target == choice
            above = highest is not None and self.parameter.hardness(choice) > highest
            button.mark_as(here=chosen, above=above)
            button.attribute("aria-checked", "true" if chosen else "false")
            button.allow(allowed and not above)


def letters(parameter: ChoiceParameter) -> int:
    """Of its longest choice, in any language."""
    labels = [text for label in parameter.labels.values() for text in (label.en, label.fr or "")]
    return max(len(text) for text in (*labels, *parameter.choices))


def short(parameter: ChoiceParameter) -> bool:
    """Two short words: it takes no more room than a slider."""
    return len(parameter.choices) == 2 and letters(parameter) <= 11


def paged(parameters: Sequence[Turned], triggers: int) -> list[list[Turned]]:
    """The parameters on as few pages as are seen without scrolling on a small screen, in the manifest's order."""
    room = ROOM_PX - TRIGGERS_PX * max(1, -(-triggers // TRIGGERS_A_ROW))
    pages: list[list[Turned]] = [[]]
    for parameter in parameters:
        if pages[-1] and _tall([*pages[-1], parameter]) > room:
            pages.append([])
        pages[-1].append(parameter)
    return pages


def _tall(page: Sequence[Turned]) -> int:
    cells, tall = 0, 0
    for parameter in page:
        if isinstance(parameter, NumberParameter) or short(parameter):
            cells += 1
            continue
        many = len(parameter.choices)
        in_row = many if many <= CHOICES_A_ROW else 3
        lines = -(-letters(parameter) // LETTERS[max(2, in_row)])
        rows = -(-many // in_row)
        tall += rows * max(CHOICE_PX, 8 + LINE_PX * lines)
    return tall + ROW_PX * -(-cells // 2)


class Parameters:
    """Where not all of them fit on a small screen they stand on pages, each behind a button that stays in place; a
    large screen shows two pages below each other, but no more."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._page = 0
        self._pages: list[Box] = []
        self._tabs: list[Press] = []
        self._on: list[list[Turned]] = []
        self._built: tuple[SceneManifest | None, tuple[Turned, ...]] = (None, ())
        self._rows: list[NumberRow | ChoiceRow] = []
        with Box("parameter-heads"):
            self._title = Say("panel-title", tag="h2")
            with Box("wedge-hint"):
                Say("wedge", aria_hidden="true")
                self._wedge = Say()
            self._turns = Box("parameter-tabs", role="group")
        self._list = Box("parameter-pages")

    def _turn(self, page: int) -> None:
        self._page = page

    def _build(self, shown: Turnable) -> None:
        self._page = 0
        self._on = paged(shown.parameters, len(shown.scene.triggers) if shown.scene else 0)
        self._list.clear()
        self._turns.clear()
        self._pages, self._rows, self._tabs = [], [], []
        for parameters in self._on:
            with self._list, Box("parameter-list") as page:
                self._rows += [
                    NumberRow(parameter, self._desk)
                    if isinstance(parameter, NumberParameter)
                    else ChoiceRow(parameter, self._desk)
                    for parameter in parameters
                ]
            self._pages.append(page)
        self._list.mark_as(long=len(self._on) > 2)
        self._turns.mark_as(long=len(self._on) > 2)
        if len(self._on) > 1:
            with self._turns:
                self._tabs = [
                    Press(partial(self._turn, k), "tab", str(k + 1), id=f"parameters-{k + 1}")
                    for k in range(len(self._on))
                ]

    def refresh(self, now: Snapshot, words: Words) -> None:
        shown = turnable(now)
        scene = shown.scene
        if (scene, shown.parameters) != self._built:
            self._built = scene, shown.parameters
            self._build(shown)
        for k, page in enumerate(self._pages):
            page.mark_as(shown=k == self._page)
        for k, (tab, parameters) in enumerate(zip(self._tabs, self._on, strict=False)):
            names = ", ".join(parameter.name.in_language(words.language) for parameter in parameters)
            name = words("parameter.page", page=k + 1, count=len(self._on), names=names)
            tab.attribute("aria-label", name)
            tab.attribute("title", name)
            tab.attribute("aria-pressed", "true" if k == self._page else "false")
        title = "safe_place" if shown.of_safe_place else "title"
        self._title.say(words(f"parameter.{title if self._rows or not scene else 'none'}"))
        self._wedge.say(words("parameter.wedge") if self._rows and not shown.of_safe_place else "")
        allowed = self._desk.live and (shown.of_safe_place or self._desk.phase in CAN_TURN)
        for row in self._rows:
            row.refresh(shown.states.get(row.parameter.id), words, allowed)


def _share(parameter: NumberParameter, value: float) -> float:
    return min(1.0, max(0.0, (value - parameter.min) / (parameter.max - parameter.min)))


def _step(span: float) -> float:
    """About a hundred positions, on round figures."""
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0):
        if span / step <= 160:
            return step
    return span / 100
