"""Where two versions of a plan differ, for a person who has to choose."""

from __future__ import annotations

from dataclasses import dataclass

from clinician_console.plans.draft import Draft, DraftStep

PLAN = ("title", "treatment", "ceiling_step", "baseline_s", "safe_place", "variability", "limits")
STEP = ("name", "goal", "uses", "predicted_suds", "minimum_s", "safety_signals", "preset", "vary")


@dataclass(frozen=True)
class Difference:
    """``field``: of :data:`PLAN` or :data:`STEP`; ``step`` where one side has no such step (None there); ``steps``
    where the order differs, with the steps that both have."""

    step: str
    field: str
    mine: object
    theirs: object


def differences(mine: Draft, theirs: Draft) -> list[Difference]:
    """The plan's own fields first, then the order, then step by step as they stand in ``mine``."""
    found = [
        Difference("", name, getattr(mine, name), getattr(theirs, name))
        for name in PLAN
        if getattr(mine, name) != getattr(theirs, name)
    ]
    ours = {step.id: step for step in mine.steps}
    others = {step.id: step for step in theirs.steps}
    order = [step for step in mine.steps if step.id in others]
    other_order = [step for step in theirs.steps if step.id in ours]
    if [step.id for step in order] != [step.id for step in other_order]:
        found.append(Difference("", "steps", order, other_order))
    for name in dict.fromkeys((*ours, *others)):
        found.extend(_of_step(name, ours.get(name), others.get(name)))
    return found


def _of_step(name: str, mine: DraftStep | None, theirs: DraftStep | None) -> list[Difference]:
    if mine is None or theirs is None:
        return [Difference(name, "step", mine, theirs)]
    return [
        Difference(name, field, getattr(mine, field), getattr(theirs, field))
        for field in STEP
        if getattr(mine, field) != getattr(theirs, field)
    ]
