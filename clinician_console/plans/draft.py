"""A plan while it is being written: an immutable value that may be unfinished or wrong.

A draft holds what was typed, a number that is none included, so that nothing is lost on the way to a plan. It is kept
as the JSON of :class:`vr_runtime.protocol.files.plan.Plan`; whether that can be played is said by
:mod:`clinician_console.plans.checks`, not here. Operations give back a new draft; :class:`History` undoes them.

Steps are found by their id, which is unique and never changes. Times are in seconds, ratings 0 to 100.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, cast

from clinician_console.clinic.entries import Json
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import SceneManifest

Figure = float | str | None
"""A number, what was typed in the place of one, or nothing."""
Bounds = tuple[Figure, Figure]

MINIMUM_S = 120.0
BASELINE_S = 300.0
LONGEST_ID = 64

StepField = Literal["minimum_s", "predicted_suds", "safety_signals", "uses"]
PlanField = Literal["title", "ceiling_step", "baseline_s", "treatment", "limits"]
TextField = Literal["name", "goal"]


class Said(NamedTuple):
    """A text in both languages: both are written, or neither. One that was not translated reads as the other."""

    en: str = ""
    fr: str = ""

    def in_language(self, language: str) -> str:
        return self.fr if language == "fr" else self.en

    def with_text(self, language: str, text: str, *, carry: bool = True) -> Said:
        """``carry``: what has not been translated yet is carried along; without, this is the translation. The other
        language stands in for a text that is taken away."""
        text = clean(text)
        mine, other = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        if not other or (carry and other == mine):
            other = text
        text = text or other
        return Said(other, text) if language == "fr" else Said(text, other)


NOTHING_SAID = Said()


@dataclass(frozen=True)
class DraftStep:
    id: str
    scene: str
    name: Said
    uses: str | None = None
    preset: Mapping[str, Value] = field(default_factory=dict[str, Value])
    goal: Said = NOTHING_SAID
    minimum_s: Figure = MINIMUM_S
    predicted_suds: Figure = None
    safety_signals: tuple[str, ...] = ()
    vary: Mapping[str, Bounds] = field(default_factory=dict[str, Bounds])

    def values(self, manifest: SceneManifest) -> dict[str, Value]:
        """Every parameter's value on this step: defaults, then the scene's step, then what was set here."""
        return {**self.inherited(manifest), **self.preset}

    def inherited(self, manifest: SceneManifest) -> dict[str, Value]:
        base = manifest.step(self.uses) if self.uses else None
        return {**manifest.defaults(), **(base.preset if base else {})}


@dataclass(frozen=True)
class Draft:
    id: str = "plan"
    title: str = ""
    steps: tuple[DraftStep, ...] = ()
    ceiling_step: Figure = None
    baseline_s: Figure = BASELINE_S
    safe_place: Mapping[str, Value] = field(default_factory=dict[str, Value])
    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])
    treatment: str | None = None
    variability: tuple[Figure, Figure] | None = None
    """Lowest and highest step, from 1, that the next one is drawn from."""

    # ------------------------------------------------------------- looking

    def step(self, step: str) -> DraftStep:
        """Raises: KeyError where there is none."""
        return self.steps[self.place(step)]

    def place(self, step: str) -> int:
        """Where the step stands, from 0. Raises: KeyError."""
        for place, each in enumerate(self.steps):
            if each.id == step:
                return place
        raise KeyError(step)

    def has(self, step: str) -> bool:
        return any(each.id == step for each in self.steps)

    # ------------------------------------------------------------- the ladder

    def add_from(self, scene: SceneManifest, step: str, at: int | None = None) -> Draft:
        """Take over a step of a scene's own hierarchy, at place ``at`` (from 0; None: on top, as the hardest)."""
        own = scene.step(step)
        if own is None:
            raise KeyError(step)
        return self._insert(
            DraftStep(
                id=self._free(own.id),
                scene=scene.id,
                name=Said(own.name.en, own.name.fr),
                uses=own.id,
                goal=Said(own.goal.en, own.goal.fr),
                minimum_s=own.minimum_s,
            ),
            at,
        )

    def add_blank(self, scene: SceneManifest, at: int | None = None) -> Draft:
        """A step with the scene's defaults, without a goal yet."""
        name = Said(scene.names.en, scene.names.fr)
        return self._insert(DraftStep(id=self._free(scene.id), scene=scene.id, name=name), at)

    def duplicate(self, step: str) -> Draft:
        """The same step once more, right above it."""
        place = self.place(step)
        twin = replace(self.steps[place], id=self._free(step))
        return self._insert(twin, place + 1)

    def remove(self, step: str) -> Draft:
        place = self.place(step)
        steps = (*self.steps[:place], *self.steps[place + 1 :])
        ceiling = self.ceiling_step
        if isinstance(ceiling, float | int) and place < ceiling:
            ceiling = max(1, ceiling - 1)
        return replace(self, steps=steps, ceiling_step=ceiling)

    def move(self, step: str, to: int) -> Draft:
        """To place ``to`` (from 0; kept within the ladder). What lay above the ceiling stays above it, unless it is
        itself put below a step that may be reached."""
        here = self.place(step)
        to = min(max(0, to), len(self.steps) - 1)
        if to == here:
            return self
        moved = self.steps[here]
        rest = (*self.steps[:here], *self.steps[here + 1 :])
        ceiling = self.ceiling_step
        if isinstance(ceiling, float | int):
            allowed = here < ceiling
            ceiling -= allowed
            ceiling = max(1, ceiling + (to < ceiling or (to == ceiling and allowed)))
        steps = (*rest[:to], moved, *rest[to:])
        return replace(self, steps=steps, ceiling_step=ceiling)

    def _insert(self, step: DraftStep, at: int | None) -> Draft:
        at = len(self.steps) if at is None else min(max(0, at), len(self.steps))
        ceiling = self.ceiling_step
        if isinstance(ceiling, float | int) and at < ceiling:
            ceiling += 1
        return replace(self, steps=(*self.steps[:at], step, *self.steps[at:]), ceiling_step=ceiling)

    def _free(self, wish: str) -> str:
        return free_id(wish, {each.id for each in self.steps})

    # ------------------------------------------------------------- fields of a step

    def _with(self, step: str, **changes: Any) -> Draft:
        place = self.place(step)
        changed = replace(self.steps[place], **changes)
        if changed == self.steps[place]:
            return self
        return replace(self, steps=(*self.steps[:place], changed, *self.steps[place + 1 :]))

    def with_step(self, step: str, name: StepField, value: Figure | Sequence[str]) -> Draft:
        if name == "safety_signals":
            assert not isinstance(value, str | float | int | None)
            value = tuple(dict.fromkeys(text for each in value if (text := clean(each))))
        else:
            value = _figure(value)
        return self._with(step, **{name: value})

    def with_text(self, step: str, name: TextField, language: str, text: str, *, carry: bool = True) -> Draft:
        """See :meth:`Said.with_text`."""
        said: Said = getattr(self.step(step), name)
        return self._with(step, **{name: said.with_text(language, text, carry=carry)})

    def with_parameter(self, step: str, name: str, value: Value | None) -> Draft:
        """Set one parameter; None: as the scene's step has it."""
        preset = {key: old for key, old in self.step(step).preset.items() if key != name or value is not None}
        if value is not None:
            preset[name] = float(value) if isinstance(value, int) else value
        return self._with(step, preset=preset)

    def vary(self, step: str, name: str, bounds: Bounds | None) -> Draft:
        """Draw one number anew between two bounds each time the step is entered; None: no longer."""
        vary = {key: old for key, old in self.step(step).vary.items() if key != name or bounds is not None}
        if bounds is not None:
            vary[name] = (_figure(bounds[0]), _figure(bounds[1]))
        return self._with(step, vary=vary)

    # ------------------------------------------------------------- fields of the plan

    def with_plan(self, name: PlanField, value: Any) -> Draft:
        if name == "title":
            value = clean(str(value))
        elif name in ("ceiling_step", "baseline_s"):
            value = _whole(value) if name == "ceiling_step" else _figure(value)
        return replace(self, **{name: value})

    def with_safe_place(self, name: str, value: Value | None) -> Draft:
        kept = {key: old for key, old in self.safe_place.items() if key != name or value is not None}
        if value is not None:
            kept[name] = value
        return replace(self, safe_place=kept)

    def with_variability(self, lowest: Figure = None, highest: Figure = None) -> Draft:
        """Draw the next step among these; with neither: step after step."""
        none = lowest is None and highest is None
        return replace(self, variability=None if none else (_whole(lowest), _whole(highest)))

    # ------------------------------------------------------------- JSON

    def body(self) -> Json:
        """As a plan's JSON. What is as it would be anyway is left out."""
        body: Json = {"id": self.id, "title": self.title}
        for name in ("treatment", "ceiling_step"):
            if (value := getattr(self, name)) is not None:
                body[name] = value
        body["baseline_s"] = self.baseline_s
        if self.safe_place:
            body["safe_place"] = dict(self.safe_place)
        if self.limits:
            body["limits"] = dict(self.limits)
        if self.variability is not None:
            lowest, highest = self.variability
            body["variability"] = {"lowest": lowest, "highest": highest}
        body["steps"] = [_step_body(step) for step in self.steps]
        return body


def _step_body(step: DraftStep) -> Json:
    body: Json = {"id": step.id, "scene": step.scene}
    if step.uses is not None:
        body["uses"] = step.uses
    body["name"] = step.name._asdict()
    if any(step.goal):
        body["goal"] = step.goal._asdict()
    if step.preset:
        body["preset"] = dict(step.preset)
    if step.minimum_s is not None:
        body["minimum_s"] = step.minimum_s
    if step.predicted_suds is not None:
        body["predicted_suds"] = step.predicted_suds
    if step.safety_signals:
        body["safety_signals"] = [*step.safety_signals]
    if step.vary:
        body["vary"] = {name: [*bounds] for name, bounds in step.vary.items()}
    return body


def draft_of(body: Mapping[str, Any]) -> Draft:
    """A draft from a plan's JSON, or from a file's tables. Never fails: what a draft cannot hold is left out."""
    draft = Draft(
        id=_text(body.get("id")) or "plan",
        title=clean(_text(body.get("title"))),
        ceiling_step=_whole(body.get("ceiling_step")),
        baseline_s=_figure(body.get("baseline_s", BASELINE_S)),
        safe_place=_values(body.get("safe_place")),
        limits=dict(_table(body.get("limits"))),
        treatment=_text(body.get("treatment")) or None,
    )
    if (varied := _table(body.get("variability"))) or isinstance(body.get("variability"), Mapping):
        draft = replace(draft, variability=(_whole(varied.get("lowest", 1)), _whole(varied.get("highest"))))
    steps: list[DraftStep] = []
    taken: set[str] = set()
    for each in _list(body.get("steps")):
        table = _table(each)
        step = DraftStep(
            id=free_id(_text(table.get("id")), taken),
            scene=_text(table.get("scene")),
            name=_said(table.get("name")),
            uses=_text(table.get("uses")) or None,
            preset=_values(table.get("preset")),
            goal=_said(table.get("goal")),
            minimum_s=_figure(table.get("minimum_s", MINIMUM_S)),
            predicted_suds=_figure(table.get("predicted_suds")),
            safety_signals=tuple(
                text for each in _list(table.get("safety_signals")) if (text := _text(each))
            ),
            vary={
                str(name): (_figure(pair[0]), _figure(pair[1]))
                for name, bounds in _table(table.get("vary")).items()
                if len(pair := _list(bounds)) == 2
            },
        )
        taken.add(step.id)
        steps.append(step)
    return replace(draft, steps=tuple(steps))


@dataclass(frozen=True)
class History:
    """A draft with what it was before. Undoing and doing again lose nothing until something else is done."""

    now: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()
    field: str = ""
    """The field that was written in last: what is typed there in one go is one thing to undo."""

    KEPT = 200

    def do(self, draft: Draft, field: str = "") -> History:
        if draft == self.now:
            return self
        if field and field == self.field and self.past and not self.future:
            return History(draft, self.past, (), field)
        return History(draft, (*self.past, self.now)[-self.KEPT :], (), field)

    def undo(self) -> History:
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.now, *self.future))

    def redo(self) -> History:
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.now), self.future[1:])


# ------------------------------------------------------------------ small things


def clean(text: str) -> str:
    """One line, without what cannot be seen or kept in a file."""
    kept = "".join(" " if each.isspace() else each for each in text if _can_be_kept(each))
    return " ".join(kept.split())


def _can_be_kept(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cs", "Cn", "Co")


def slug(text: str) -> str:
    """A name for a file or an id, of what was typed: lower-case letters, digits and ``-``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:48].strip("-")


def free_id(wish: str, taken: Collection[str]) -> str:
    """``wish``, or where it is taken ``wish-2``, ``wish-3`` and so on."""
    wish = wish if re.fullmatch(r"[a-z0-9][a-z0-9_\-]{0,63}", wish) else slug(wish) or "step"
    if wish not in taken:
        return wish
    stem = re.sub(r"-\d+$", "", wish)[: LONGEST_ID - 5]
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}-{number}") not in taken)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _figure(value: object) -> Figure:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        # A whole number of a thousand digits is no float; its text says what is wrong with it.
        return float(value) if abs(value) < 1e300 else "1e999"
    return value if isinstance(value, float | str) else None


def _whole(value: object) -> Figure:
    figure = _figure(value)
    return int(figure) if isinstance(figure, float) and figure.is_integer() and abs(figure) < 1e9 else figure


def _values(value: object) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, each in _table(value).items():
        figure = _figure(each) if not isinstance(each, bool) else None
        if figure is not None:
            found[str(name)] = figure
    return found


def _said(value: object) -> Said:
    table = _table(value)
    en, fr = clean(_text(table.get("en"))), clean(_text(table.get("fr")))
    return Said(en or fr, fr or en)


def _table(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()
