"""What a plan can begin with: nothing, a scene's whole ladder, or another plan."""

from __future__ import annotations

from dataclasses import replace

from clinician_console.clinic.entries import StoredPlan
from clinician_console.plans.draft import Draft, clean, draft_of
from vr_runtime.protocol.files.manifest import Category, SceneManifest

USUAL: dict[Category, str] = {
    Category.PHOBIA: "graded_exposure",
    Category.PTSD: "prolonged_exposure_60",
    Category.OCD: "response_prevention",
}
"""The protocol that a ladder of that category is begun with; the therapist changes it."""


def from_scene(scene: SceneManifest, language: str) -> Draft:
    """Every step of the scene's own hierarchy, in its order, with the usual protocol for its category."""
    title = scene.names.in_language(language).partition(":")[0].strip()
    draft = Draft(id=scene.id, title=title, treatment=USUAL.get(scene.category))
    for step in scene.hierarchy:
        draft = draft.add_from(scene, step.id)
    return draft


def copy_for(plan: StoredPlan, patient: str, title: str) -> StoredPlan:
    """The same plan for somebody else (``""``: for the clinic), as a new entry of the store."""
    body = replace(draft_of(plan.body), title=clean(title)[:200]).body()
    return StoredPlan("", patient, clean(title)[:200], body)


def kept(draft: Draft, patient: str) -> StoredPlan:
    """A draft as a new entry of the store."""
    return StoredPlan("", patient, draft.title[:200], draft.body())
