"""A plan: the patient's own hierarchy, an ordered list of steps over any scenes."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from vr_runtime.protocol.base import Identifier, Strict, Value
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import SceneManifest, Text

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

    def problems(self, scenes: Mapping[str, SceneManifest]) -> list[str]:
        """What is wrong with the plan, in plain words, given the manifests that are there."""
        found: list[str] = []
        ids = [step.id for step in self.steps]
        if len(set(ids)) != len(ids):
            found.append("two steps have the same id")
        if self.ceiling_step is not None and self.ceiling_step > len(self.steps):
            found.append(f"ceiling_step is {self.ceiling_step}, but the plan has {len(self.steps)} steps")
        if self.safe_place:
            calm = scenes.get(SAFE_PLACE)
            wrong = calm.problems(self.safe_place) if calm else [f"there is no scene '{SAFE_PLACE}'"]
            found.extend(f"safe_place: {problem}" for problem in wrong)
        for number, step in enumerate(self.steps, 1):
            where = f"step {number} ({step.id})"
            manifest = scenes.get(step.scene)
            if manifest is None:
                found.append(
                    f"{where}: there is no scene '{step.scene}' (there is: {', '.join(sorted(scenes))})"
                )
                continue
            if step.uses is not None and manifest.step(step.uses) is None:
                found.append(f"{where}: scene {step.scene} has no step '{step.uses}'")
            found.extend(f"{where}: {problem}" for problem in manifest.problems(step.preset))
        return found

    def values(self, number: int, manifest: SceneManifest) -> dict[str, Value]:
        """All parameter values of step ``number`` (from 1): defaults, then the scene's step, then the preset."""
        step = self.steps[number - 1]
        base = manifest.step(step.uses) if step.uses else None
        return {**manifest.defaults(), **(base.preset if base else {}), **step.preset}


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
