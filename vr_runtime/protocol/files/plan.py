"""A plan: the patient's own hierarchy, an ordered list of steps over any scenes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from pydantic import Field

from vr_runtime.protocol.base import Identifier, Strict, Value
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import SceneManifest, Text
from vr_runtime.protocol.files.wrong import nearest

FIRST_START, LAST_START = 40, 60
"""Distress at which hierarchies begin (research/clinical.md 1.4 and 1.5)."""
LEAST_BASELINE_S = 120.0

SAFE_PLACE = "calm"
"""Id of the scene that is the safe place."""


class PlanStep(Strict):
    """A step of the hierarchy. ``preset`` stands over the scene's defaults, or over the scene's own step ``uses``."""

    id: Identifier
    scene: Identifier
    name: Text
    uses: Identifier | None = Field(default=None, description="id of a step in the scene's manifest")
    preset: dict[str, Value] = {}
    goal: Text | None = None
    minimum_s: float = Field(default=120.0, ge=0, le=7200)
    predicted_suds: float | None = Field(default=None, ge=0, le=100)
    safety_signals: tuple[str, ...] = Field(
        default=(), max_length=20, description="what makes this step feel safe, to be taken away later"
    )
    vary: dict[str, tuple[float, float]] = Field(
        default={}, description="bounds within which a parameter is chosen anew each time the step is entered"
    )


class Variability(Strict):
    """Variability (Craske 2014): which step is proposed next is a seeded choice among ``lowest`` to ``highest``."""

    lowest: int = Field(default=1, ge=1, le=200)
    highest: int = Field(ge=1, le=200)


class Plan(Strict):
    """What a session may play, in the order from easy to hard, and how high it may go."""

    id: Identifier
    title: str = Field(min_length=1, max_length=200)
    steps: tuple[PlanStep, ...] = Field(min_length=1, max_length=200)
    ceiling_step: int | None = Field(default=None, ge=1, description="highest step allowed; None: the last")
    baseline_s: float = Field(default=300.0, ge=0, description="suggested length of the baseline")
    safe_place: dict[str, Value] = Field(
        default={}, description="values of the safe place's own parameters, such as its breathing guide"
    )
    limits: SafetyLimits = SafetyLimits()
    treatment: Identifier | None = Field(
        default=None, description="id of the treatment protocol it is made for"
    )
    variability: Variability | None = None

    def problems(
        self, scenes: Mapping[str, SceneManifest], treatments: Collection[str] | None = None
    ) -> list[str]:
        """What is wrong with the plan, in plain words, given the manifests that are there (and the ids of the
        treatment protocols, where those are known)."""
        found: list[str] = []
        ids = [step.id for step in self.steps]
        if twice := [name for name, times in Counter(ids).items() if times > 1]:
            found.append(f"two steps have the same id: {', '.join(twice)}")
        if self.treatment is not None and treatments is not None and self.treatment not in treatments:
            found.append(
                f"treatment: there is no treatment protocol '{self.treatment}'"
                f"{nearest(self.treatment, treatments)} (there is: {', '.join(sorted(treatments))})"
            )
        if self.ceiling_step is not None and self.ceiling_step > len(self.steps):
            found.append(f"ceiling_step is {self.ceiling_step}, but the plan has {len(self.steps)} steps")
        if (varied := self.variability) is not None and not varied.lowest <= varied.highest <= len(
            self.steps
        ):
            found.append(
                f"variability: lowest {varied.lowest} to highest {varied.highest} must rise and lie within the "
                f"plan's {len(self.steps)} steps"
            )
        if self.safe_place:
            calm = scenes.get(SAFE_PLACE)
            wrong = calm.problems(self.safe_place) if calm else [f"there is no scene '{SAFE_PLACE}'"]
            found.extend(f"safe_place: {problem}" for problem in wrong)
        for number, step in enumerate(self.steps, 1):
            where = f"step {number} ({step.id})"
            manifest = scenes.get(step.scene)
            if manifest is None:
                found.append(
                    f"{where}: there is no scene '{step.scene}'{nearest(step.scene, scenes)} "
                    f"(there is: {', '.join(sorted(scenes))})"
                )
                continue
            if step.uses is not None and manifest.step(step.uses) is None:
                known = [each.id for each in manifest.hierarchy]
                found.append(
                    f"{where}: scene {step.scene} has no step '{step.uses}'{nearest(step.uses, known)} "
                    f"(it has: {', '.join(known) or 'none'})"
                )
            found.extend(f"{where}: {problem}" for problem in manifest.problems(step.preset))
            found.extend(f"{where}: vary: {problem}" for problem in _vary_problems(step, manifest))
        return found

    def advice(self, scenes: Mapping[str, SceneManifest]) -> list[str]:
        """What is no error and yet worth a second look before the plan is played, in plain words."""
        return [*_advice(self, scenes)]

    def values(self, number: int, manifest: SceneManifest) -> dict[str, Value]:
        """All parameter values of step ``number`` (from 1): defaults, then the scene's step, then the preset."""
        step = self.steps[number - 1]
        base = manifest.step(step.uses) if step.uses else None
        return {**manifest.defaults(), **(base.preset if base else {}), **step.preset}


def _advice(plan: Plan, scenes: Mapping[str, SceneManifest]) -> Iterator[str]:
    first = plan.steps[0].predicted_suds
    if first is not None and first > LAST_START:
        yield (
            f"step 1 ({plan.steps[0].id}) starts at {first:g}: hierarchies start at {FIRST_START} to {LAST_START}; "
            "put an easier step before it"
        )
    before: tuple[int, float] | None = None
    for number, step in enumerate(plan.steps, 1):
        where = f"step {number} ({step.id})"
        if step.predicted_suds is None:
            yield f"{where} has no predicted_suds: the forecast begins without the patient's own estimate"
        else:
            if before is not None and step.predicted_suds < before[1]:
                yield (
                    f"{where} is predicted easier ({step.predicted_suds:g}) than step {before[0]} ({before[1]:g}): "
                    "put the steps in the order from easy to hard"
                )
            before = (number, step.predicted_suds)
        scene = scenes.get(step.scene)
        borrowed = scene.step(step.uses) if scene is not None and step.uses is not None else None
        if step.goal is None and borrowed is None:
            yield f"{where} has no goal: say what the patient does there, so that it can be told when it is done"
        if scene is not None:
            yield from (f"{where}: {remark}" for remark in _vary_advice(step, scene))
    ceiling = plan.ceiling_step or len(plan.steps)
    if (varied := plan.variability) is not None and varied.highest > ceiling:
        yield (
            f"variability goes to step {varied.highest}, but ceiling_step is {ceiling}: no step above it is drawn"
        )
    if plan.baseline_s < LEAST_BASELINE_S:
        yield f"baseline_s is {plan.baseline_s:g}: at least {LEAST_BASELINE_S:g}, better 300, is asked for"
    names = dict.fromkeys(step.scene for step in plan.steps)
    kinds = {scenes[name].category.value for name in names if name in scenes}
    if len(kinds) > 1:
        yield f"the steps mix scenes made for different troubles ({', '.join(sorted(kinds))}): one ladder for each"
    if plan.treatment == "inhibitory_learning" and not any(step.safety_signals for step in plan.steps):
        yield "no step names safety_signals: inhibitory learning takes them away one by one"
    if plan.treatment == "response_prevention" and not any(
        scenes[name].compulsions for name in names if name in scenes
    ):
        yield "no scene of the plan tells of compulsions: mark them yourself during a window"


def _vary_advice(step: PlanStep, scene: SceneManifest) -> Iterator[str]:
    base = scene.step(step.uses) if step.uses else None
    values = {**scene.defaults(), **(base.preset if base else {}), **step.preset}
    for name, (low, high) in step.vary.items():
        value = values.get(name)
        if isinstance(value, float | int) and not low <= value <= high:
            yield f"vary: {name} is drawn from {low:g} to {high:g}, and the step's own value {value:g} lies outside"


def _vary_problems(step: PlanStep, manifest: SceneManifest) -> Iterator[str]:
    for name, (low, high) in step.vary.items():
        parameter = manifest.parameter(name)
        if parameter is None or parameter.kind != "number":
            numbers = [each.id for each in manifest.parameters if each.kind == "number"]
            yield (
                f"scene {manifest.id} has no number '{name}' that could vary{nearest(name, numbers)} "
                f"(it has: {', '.join(numbers) or 'none'})"
            )
        elif not low < high:
            yield f"{name}: the lower bound {low:g} must lie below the upper bound {high:g}"
        else:
            yield from (problem for bound in (low, high) if (problem := parameter.check(bound)))


def plan_of_scene(manifest: SceneManifest) -> Plan:
    """The plan that is a scene's own hierarchy (``vr-runtime run --scene ID``)."""
    steps = tuple(
        PlanStep(
            id=step.id,
            scene=manifest.id,
            name=step.name,
            uses=step.id,
            goal=step.goal,
            minimum_s=step.minimum_s,
        )
        for step in manifest.hierarchy
    ) or (PlanStep(id="only", scene=manifest.id, name=manifest.names),)
    return Plan(id=manifest.id, title=manifest.names.en, steps=steps)
