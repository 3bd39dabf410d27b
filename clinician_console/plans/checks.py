"""What is wrong with a draft, what is worth a second look, and what speaks against it for one patient: each at its
field, as a key of the catalogue with figures.

A draft without problems is one that the runtime plays: this says no more and no less than
:class:`vr_runtime.protocol.files.plan.Plan` with its ``problems`` and ``advice`` (a test holds the two together). That
class tells a person who writes a file; here it is said in two languages, to somebody who looks at a form.

Fields are ``name``, ``goal``, ``minimum_s``, ``predicted_suds``, ``safety_signals``, ``scene``, ``uses``,
``preset.PARAMETER``, ``vary.PARAMETER`` of a step; ``title``, ``treatment``, ``ceiling_step``, ``baseline_s``,
``safe_place``, ``variability``, ``limits``, ``steps`` of the plan.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import ValidationError

from clinician_console.clinic.entries import Patient
from clinician_console.plans.draft import Draft, DraftStep, Figure
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.ages import scene_gap
from vr_runtime.protocol.files.manifest import ChoiceParameter, NumberParameter, SceneManifest
from vr_runtime.protocol.files.plan import (
    FIRST_START,
    LAST_START,
    LEAST_BASELINE_S,
    SAFE_PLACE,
    Plan,
)

Level = Literal["problem", "advice", "patient"]
"""``problem``: it cannot be started. ``advice``: worth a second look. ``patient``: the start checks will ask."""


@dataclass(frozen=True)
class Finding:
    level: Level
    step: str
    """Id of the step; empty for the plan itself."""
    field: str
    key: str
    """Of the catalogue, under ``plans.says``."""
    fields: Mapping[str, object] = dataclasses.field(default_factory=dict[str, object])


@dataclass(frozen=True)
class Findings:
    all: tuple[Finding, ...] = ()

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.all if one.level == "problem")

    @property
    def advice(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.all if one.level == "advice")

    @property
    def startable(self) -> bool:
        return not self.problems

    def at(self, step: str, name: str) -> tuple[Finding, ...]:
        """Of one field; ``preset`` and ``safe_place`` take in what is below them only when asked by the whole name."""
        return tuple(one for one in self.all if one.step == step and one.field == name)

    def of_step(self, step: str) -> tuple[Finding, ...]:
        return tuple(one for one in self.all if one.step == step)


def check(
    draft: Draft,
    scenes: Mapping[str, SceneManifest],
    treatments: Collection[str] | None = None,
    patient: Patient | None = None,
) -> Findings:
    """Everything that can be said about a draft, the plan's own fields first, then step by step."""
    found = [*_of_form(draft), *_of_plan(draft, scenes, treatments)]
    for step in draft.steps:
        found.extend(_of_step(step, scenes))
    if not found and (said := _runtime_says(draft, scenes, treatments)):
        found.append(Finding("problem", "", "steps", "other", {"detail": said}))
    found.extend(_advice(draft, scenes))
    if patient is not None and not patient.practice:
        found.extend(_for_patient(draft, scenes, patient))
    unique = {(one.level, one.step, one.field, one.key, str(one.fields)): one for one in found}
    order = {step.id: place for place, step in enumerate(draft.steps, 1)}
    return Findings(tuple(sorted(unique.values(), key=lambda one: order.get(one.step, 0))))


def plan_of(draft: Draft) -> Plan | None:
    """The draft as a plan; None where its form is not that of one yet."""
    try:
        return Plan.model_validate(draft.body())
    except ValidationError:
        return None


# ------------------------------------------------------------------ the form


def _of_form(draft: Draft) -> Iterator[Finding]:
    try:
        Plan.model_validate(draft.body())
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False):
            if error["type"] == "too_short" and draft.steps:
                continue  # a list counts as too short where its items are wrong, and those are told by themselves
            step, name = place_of(error["loc"], draft)
            key, fields = says(cast("Mapping[str, Any]", error))
            yield Finding("problem", step, name, key, fields)


def place_of(loc: tuple[int | str, ...], draft: Draft) -> tuple[str, str]:
    """pydantic's place as (id of the step, field)."""
    match loc:
        case ("steps", int(number), *rest) if number < len(draft.steps):
            name = str(rest[0]) if rest else "scene"
            if name in ("preset", "vary") and len(rest) > 1:
                name = f"{name}.{rest[1]}"
            return draft.steps[number].id, name
        case (str(name), str(parameter), *_) if name == "safe_place":
            return "", f"safe_place.{parameter}"
        case (name, *_):
            return "", str(name)
        case _:
            return "", "steps"


_KEYS = {
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "too_short": "no_steps",
    "too_long": "too_many",
    "greater_than_equal": "at_least",
    "greater_than": "more_than",
    "less_than_equal": "at_most",
    "less_than": "less_than",
    "float_parsing": "number_wanted",
    "float_type": "number_wanted",
    "finite_number": "number_wanted",
    "int_parsing": "whole_wanted",
    "int_type": "whole_wanted",
    "int_from_float": "whole_wanted",
    "int_parsing_size": "whole_wanted",
    "string_pattern_mismatch": "bad_id",
    "missing": "missing",
    "extra_forbidden": "no_such_key",
}


def says(error: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    """A pydantic error as (key under ``plans.says``, its figures)."""
    context: Mapping[str, Any] = error.get("ctx") or {}
    fields: dict[str, object] = {}
    for name in ("ge", "gt", "le", "lt"):
        if name in context:
            fields["limit"] = float(context[name])
    if "max_length" in context:
        fields["most"] = context["max_length"]
    key = _KEYS.get(str(error["type"]))
    if key is None:
        return "other", {"detail": str(context.get("error", error["msg"]))[:300]}
    return key, fields


# ------------------------------------------------------------------ the plan and its steps against the scenes


def _of_plan(
    draft: Draft, scenes: Mapping[str, SceneManifest], treatments: Collection[str] | None
) -> Iterator[Finding]:
    last = len(draft.steps)

    def problem(name: str, key: str, /, **fields: object) -> Finding:
        return Finding("problem", "", name, key, fields)

    if draft.treatment is not None and treatments is not None and draft.treatment not in treatments:
        yield problem("treatment", "no_treatment", name=draft.treatment)
    ceiling = number_of(draft.ceiling_step)
    if ceiling is not None and ceiling > last:
        yield problem("ceiling_step", "ceiling_beyond", ceiling=ceiling, last=last)
    if draft.variability is not None:
        low, high = map(number_of, draft.variability)
        if low is not None and high is not None and not low <= high <= last:
            yield problem("variability", "variability_bounds", lowest=low, highest=high, last=last)
    if draft.safe_place:
        calm = scenes.get(SAFE_PLACE)
        if calm is None:
            yield problem("safe_place", "scene_unknown", scene=SAFE_PLACE)
        else:
            yield from _of_values("", "safe_place", draft.safe_place, calm)


def _of_step(step: DraftStep, scenes: Mapping[str, SceneManifest]) -> Iterator[Finding]:
    manifest = scenes.get(step.scene)
    if manifest is None:
        yield Finding("problem", step.id, "scene", "scene_unknown", {"scene": step.scene})
        return
    if step.uses is not None and manifest.step(step.uses) is None:
        yield Finding("problem", step.id, "uses", "uses_unknown", {"step": step.uses, "scene": manifest.id})
    yield from _of_values(step.id, "preset", step.preset, manifest)
    for name, bounds in step.vary.items():
        where = f"vary.{name}"
        parameter = manifest.parameter(name)
        if parameter is None or parameter.kind != "number":
            yield Finding("problem", step.id, where, "vary_unknown", {"name": name})
            continue
        low, high = map(number_of, bounds)
        if low is None or high is None:
            continue
        if not low < high:
            yield Finding("problem", step.id, where, "vary_order", {"low": low, "high": high})
        elif any(parameter.check(bound) for bound in (low, high)):
            yield Finding("problem", step.id, where, "out_of_range", _limits(parameter))


def _of_values(
    step: str, where: str, values: Mapping[str, Value], manifest: SceneManifest
) -> Iterator[Finding]:
    for name, value in values.items():
        parameter = manifest.parameter(name)
        place = f"{where}.{name}"
        if parameter is None:
            yield Finding("problem", step, place, "parameter_unknown", {"name": name, "scene": manifest.id})
        elif parameter.check(value) is None:
            continue
        elif isinstance(parameter, ChoiceParameter):
            yield Finding("problem", step, place, "no_choice", {"value": str(value)[:60]})
        elif isinstance(value, str):
            yield Finding("problem", step, place, "number_wanted", {})
        else:
            yield Finding("problem", step, place, "out_of_range", _limits(parameter))


def _limits(parameter: NumberParameter) -> dict[str, object]:
    return {"low": parameter.min, "high": parameter.max, "unit": parameter.unit.value}


def _runtime_says(
    draft: Draft, scenes: Mapping[str, SceneManifest], treatments: Collection[str] | None
) -> str:
    """The last word is the runtime's own: a problem that nothing above has a text for."""
    plan = plan_of(draft)
    said = plan.problems(scenes, treatments) if plan is not None else []
    return said[0] if said else ""


# ------------------------------------------------------------------ worth a second look


def _advice(draft: Draft, scenes: Mapping[str, SceneManifest]) -> Iterator[Finding]:
    def advice(step: str, name: str, key: str, /, **fields: object) -> Finding:
        return Finding("advice", step, name, key, fields)

    if draft.steps:
        first = number_of(draft.steps[0].predicted_suds)
        if first is not None and first > LAST_START:
            yield advice(
                draft.steps[0].id, "predicted_suds", "starts_high", value=first, low=FIRST_START, high=LAST_START
            )  # fmt: skip
    before: tuple[int, float] | None = None
    for number, step in enumerate(draft.steps, 1):
        suds = number_of(step.predicted_suds)
        if step.predicted_suds is None:
            yield advice(step.id, "predicted_suds", "no_prediction")
        elif suds is not None:
            if before is not None and suds < before[1]:
                yield advice(
                    step.id, "predicted_suds", "easier_than_before", value=suds, step=before[0], other=before[1]
                )  # fmt: skip
            before = (number, suds)
        scene = scenes.get(step.scene)
        borrowed = scene.step(step.uses) if scene is not None and step.uses is not None else None
        if not any(step.goal) and borrowed is None:
            yield advice(step.id, "goal", "no_goal")
        if scene is None:
            continue
        values = step.values(scene)
        for name, bounds in step.vary.items():
            low, high = map(number_of, bounds)
            value = values.get(name)
            if low is None or high is None or not isinstance(value, float | int):
                continue
            if not low <= value <= high:
                yield advice(step.id, f"vary.{name}", "vary_outside", low=low, high=high, value=float(value))
    ceiling = number_of(draft.ceiling_step) or len(draft.steps)
    highest = number_of(draft.variability[1]) if draft.variability is not None else None
    if highest is not None and highest > ceiling:
        yield advice("", "variability", "variability_above_ceiling", highest=highest, ceiling=ceiling)
    baseline = number_of(draft.baseline_s)
    if baseline is not None and baseline < LEAST_BASELINE_S:
        yield advice("", "baseline_s", "short_baseline", minutes=LEAST_BASELINE_S / 60)
    names = dict.fromkeys(step.scene for step in draft.steps)
    if len({scenes[name].category for name in names if name in scenes}) > 1:
        yield advice("", "steps", "mixed_categories")
    if draft.treatment == "inhibitory_learning" and not any(step.safety_signals for step in draft.steps):
        yield advice("", "treatment", "no_safety_signals")
    if draft.treatment == "response_prevention" and not any(
        scenes[name].compulsions for name in names if name in scenes
    ):
        yield advice("", "treatment", "no_compulsions")


# ------------------------------------------------------------------ for this patient


def _for_patient(draft: Draft, scenes: Mapping[str, SceneManifest], patient: Patient) -> Iterator[Finding]:
    """What the start checks will ask about, scene by scene, so that it is no surprise with the patient in the chair.
    A practice session asks nothing."""
    for name in dict.fromkeys(step.scene for step in draft.steps):
        manifest = scenes.get(name)
        if manifest is None:
            continue
        if (gap := scene_gap(patient.age_band, manifest)) is not None:
            key = "age_override" if gap.may_override else "age_locked"
            band, age = patient.age_band.value, manifest.minimum_age
            yield Finding("patient", "", "patient", key, {"scene": name, "band": band, "age": age})
        if flags := tuple(flag for flag in manifest.content if flag not in patient.cleared):
            yield Finding("patient", "", "patient", "not_cleared", {"scene": name, "flags": flags})
        if patient.posture is not None and manifest.posture and patient.posture not in manifest.posture:
            yield Finding(
                "patient", "", "patient", "posture", {"scene": name, "posture": patient.posture.value}
            )


def number_of(figure: Figure) -> float | None:
    """What pydantic would read from it; None where that is no finite number."""
    if figure is None:
        return None
    try:
        number = float(figure)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None
