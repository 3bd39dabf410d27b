"""What a step turns in its scene: the values that differ from the scene's own step, and bounds within which one is
drawn anew each time."""

from __future__ import annotations

from typing import Literal

from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.forms import WHEN_CHANGED, Line, OneOf
from clinician_console.pages.plan_desk import PlanDesk, figure, typed
from clinician_console.plans.draft import DraftStep
from clinician_console.words import Words
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import ChoiceParameter, NumberParameter, SceneManifest

Turned = NumberParameter | ChoiceParameter

SLIDES = "(e) => { const f = document.getElementById('%s'); if (f) f.value = e.target.value; }"
"""The figure beside a slider follows the knob."""


class Values:
    def __init__(self, desk: PlanDesk, step: DraftStep, scene: SceneManifest, ident: str) -> None:
        self._desk, self._step, self._scene, self._ident = desk, step.id, scene, ident
        words = desk.words
        inherited = step.inherited(scene)
        Say("values-title", words("plans.values"), tag="h4")
        Say("hint", words("plans.values_hint" if step.uses else "plans.values_hint_blank"), tag="p")
        for name in [*step.preset, *(each for each in step.vary if each not in step.preset)]:
            parameter = scene.parameter(name)
            if parameter is None:
                self._unknown(name)
            else:
                self._one(step, parameter, inherited)
        rest = [each for each in scene.parameters if each.id not in step.preset and each.id not in step.vary]
        with Box("labelled"):
            Say("label", words("plans.change_value"))
            with Box("choices", role="group", aria_label=words("plans.change_value")):
                for parameter in rest:
                    value = said(parameter, inherited[parameter.id], words)
                    label = f"{parameter.name.in_language(words.language)}: {value}"
                    Press(
                        lambda each=parameter: self._set(each.id, inherited[each.id], anew=True),
                        "small",
                        label,
                        id=f"{ident}-add-{parameter.id}",
                    )

    def _set(self, name: str, value: Value | None, *, anew: bool = False) -> None:
        desk = self._desk
        if not desk.draft.has(self._step):
            return
        desk.do(desk.draft.with_parameter(self._step, name, value), anew=anew)
        if anew and value is not None:
            desk.focus(f"{self._ident}-preset-{name.replace('_', '-')}")

    def _drop(self, name: str) -> None:
        """Back to the scene's own value, drawn no longer either."""
        desk = self._desk
        if desk.draft.has(self._step):
            draft = desk.draft.with_parameter(self._step, name, None).vary(self._step, name, None)
            desk.do(draft, anew=True)
            desk.focus(f"{self._ident}-add-{name}")

    def _unknown(self, name: str) -> None:
        words = self._desk.words
        with Box("value-row"):
            Say("value-name", name)
            Press(lambda: self._drop(name), "small", words("plans.drop_unknown"))
            self._desk.says(self._step, f"preset.{name}", lambda bad: None)
            self._desk.says(self._step, f"vary.{name}", lambda bad: None)

    def _one(self, step: DraftStep, parameter: Turned, inherited: dict[str, Value]) -> None:
        desk, words = self._desk, self._desk.words
        ident = f"{self._ident}-preset-{parameter.id.replace('_', '-')}"
        name = parameter.name.in_language(words.language)
        value = step.preset.get(parameter.id, inherited[parameter.id])
        with Box("value-row", role="group", aria_label=name):
            with Box("value-head"):
                Say("value-name", name)
                Say("dim small-text", words(f"plans.harder_{parameter.harder}"))
                own = words("plans.own_value" if step.uses else "plans.default_value")
                Say("dim small-text", own.format(value=said(parameter, inherited[parameter.id], words)))
                Press(
                    lambda: self._drop(parameter.id),
                    "small no-print",
                    words("plans.drop"),
                    id=f"{ident}-drop",
                ).attribute("aria-label", words("plans.drop_what", name=name))
            if isinstance(parameter, ChoiceParameter):
                OneOf(
                    ident,
                    name,
                    [(choice, said(parameter, choice, words)) for choice in parameter.choices],
                    str(value),
                    lambda choice: self._set(parameter.id, choice),
                )
                desk.says(step.id, f"preset.{parameter.id}", lambda bad: None)
            else:
                self._number(step, parameter, value, ident, name)

    def _number(
        self, step: DraftStep, parameter: NumberParameter, value: Value, ident: str, name: str
    ) -> None:
        desk, words = self._desk, self._desk.words
        unit = words(f"unit.{parameter.unit.value}")

        def take(text: str) -> None:
            given = figure(text)
            # An emptied field is no way back to the scene's value: there is a button for that.
            self._set(parameter.id, "" if given is None else given)

        with Box("value-turn"):
            slider = Box(
                "turn-slider",
                "input",
                type="range",
                min=parameter.min,
                max=parameter.max,
                step=_grain(parameter),
                defaultValue=value if isinstance(value, float | int) else parameter.default,
                id=f"{ident}-slider",
                aria_label=f"{name} {unit}".strip(),
            )
            slider.on("input", lambda: None, js_handler=SLIDES % ident)
            slider.on("change", lambda event: take(str(event.args)), js_handler=WHEN_CHANGED)
            field = Line(ident, typed(value, words), on_change=take, inputmode="decimal", longest=12)
            field.attribute("aria-label", f"{name} {unit}".strip())
            Say("dim", f"{unit} ({words.value(parameter.min)}–{words.value(parameter.max)})".strip())
        desk.says(
            step.id,
            f"preset.{parameter.id}",
            lambda bad: field.attribute("aria-invalid", "true" if bad else None),
        )
        self._vary(step, parameter, ident, name)

    def _vary(self, step: DraftStep, parameter: NumberParameter, ident: str, name: str) -> None:
        """Bounds for a value that is drawn anew each time the step is entered."""
        desk, words = self._desk, self._desk.words
        bounds = step.vary.get(parameter.id)
        vary = ident.replace("-preset-", "-vary-")
        if bounds is None:
            low, high = _around(parameter, step.preset.get(parameter.id, parameter.default))
            press = Press(
                lambda: self._draw(parameter.id, (low, high), vary),
                "small no-print",
                words("plans.vary"),
                id=f"{vary}-on",
            )
            press.attribute("aria-label", words("plans.vary_what", name=name))
            return

        def take(which: int, text: str) -> None:
            if desk.draft.has(step.id):
                now = [*desk.draft.step(step.id).vary.get(parameter.id, bounds)]
                now[which] = figure(text)
                desk.do(desk.draft.vary(step.id, parameter.id, (now[0], now[1])))

        with Box("row from-to"):
            Say("", words("plans.drawn"))
            for which, key in enumerate(("from", "to")):
                field = vary if which == 0 else f"{vary}-to"
                Say("", words(f"plans.{key}"), tag="label", **{"for": field})
                Line(
                    field,
                    typed(bounds[which], words),
                    on_change=lambda text, w=which: take(w, text),
                    longest=12,
                )
            Press(
                lambda: self._draw(parameter.id, None, f"{vary}-on"),
                "small no-print",
                words("plans.vary_off"),
            )
        desk.says(step.id, f"vary.{parameter.id}", lambda bad: None)

    def _draw(self, name: str, bounds: tuple[float, float] | None, then: str) -> None:
        desk = self._desk
        if desk.draft.has(self._step):
            desk.do(desk.draft.vary(self._step, name, bounds), anew=True)
            desk.focus(then)


def said(parameter: Turned, value: Value, words: Words) -> str:
    """A value with its unit, or a choice by its name."""
    if isinstance(parameter, ChoiceParameter):
        label = parameter.labels.get(str(value))
        return label.in_language(words.language) if label else str(value)
    unit = words(f"unit.{parameter.unit.value}")
    return f"{words.value(value)} {unit}".strip()


def valued(scene: SceneManifest, step: DraftStep, words: Words) -> list[str]:
    """What a step sets, for print: ``Height: 9 m``."""
    told: list[str] = []
    for name, value in step.preset.items():
        if (parameter := scene.parameter(name)) is not None:
            told.append(f"{parameter.name.in_language(words.language)}: {said(parameter, value, words)}")
    return told


def _grain(parameter: NumberParameter) -> float | Literal["any"]:
    """A slider's least step: a hundredth of the range, rounded to one that people count in."""
    span = parameter.max - parameter.min
    for grain in (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0):
        if span / grain <= 240:
            return grain
    return "any"


def _around(parameter: NumberParameter, value: Value) -> tuple[float, float]:
    """Bounds to begin with: a tenth of the range to each side."""
    middle = value if isinstance(value, float | int) else parameter.default
    reach = (parameter.max - parameter.min) / 10
    low, high = max(parameter.min, middle - reach), min(parameter.max, middle + reach)
    return round(low, 3), round(high, 3)
