"""The shelf: every scene by category, each with the steps of its own hierarchy, ready to be put on the ladder."""

from __future__ import annotations

from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.forms import Fold
from clinician_console.pages.plan_desk import PlanDesk
from clinician_console.plans.scene_catalogue import shelves
from vr_runtime.protocol.files.manifest import SceneManifest


class SceneShelf:
    def __init__(self, desk: PlanDesk) -> None:
        self._desk, words = desk, desk.words
        used = {step.scene for step in desk.draft.steps}
        with Box("card sceneshelf no-print", "section", aria_labelledby="sceneshelf-title"):
            Say("", words("plans.sceneshelf"), tag="h2", id="sceneshelf-title")
            Say("hint", words("plans.sceneshelf_hint"), tag="p")
            self._told = Say("said added", id="sceneshelf-told", role="status")
            if not desk.scenes:
                Say("", words("plans.no_scenes"), tag="p")
            for kind, scenes in shelves(desk.scenes).items():
                Say("shelf", words(f"category.{kind.value}"), tag="h3")
                for scene in scenes:
                    opened = scene.id in used or (not used and len(desk.scenes) < 3)
                    name = scene.names.in_language(words.language)
                    with Fold(f"sceneshelf-{scene.id}", name, opened=opened).box:
                        self._scene(scene)

    def _scene(self, scene: SceneManifest) -> None:
        words = self._desk.words
        minutes = words("plans.scene_line", age=str(scene.minimum_age))
        Say("hint", minutes, tag="p")
        with Box("sceneshelf-steps", "ul", role="list"):
            for number, step in enumerate(scene.hierarchy, 1):
                with Box("", "li"):
                    name = step.name.in_language(words.language)
                    with _AddButton(self, scene, step.id, name, f"sceneshelf-{scene.id}-{step.id}"):
                        picture(scene.id, number)
                        Say("sceneshelf-number", f"{number}")
                        Say("sceneshelf-name", name)
                        Say("sceneshelf-add", words("plans.add"))
            with Box("", "li"):
                name = words("plans.blank", scene=scene.names.in_language(words.language))
                with _AddButton(self, scene, "", name, f"sceneshelf-{scene.id}-blank"):
                    picture(scene.id, 0)
                    Say("sceneshelf-number", "")
                    Say("sceneshelf-name", name)
                    Say("sceneshelf-add", words("plans.add"))

    def add(self, scene: SceneManifest, step: str, name: str) -> None:
        """On top of the ladder, as the hardest: it is moved from there."""
        desk = self._desk
        draft = desk.draft.add_from(scene, step) if step else desk.draft.add_blank(scene)
        desk.do(draft, anew=True)
        self._told.say(desk.words("plans.added", name=name, number=str(len(draft.steps))))

    def refresh(self, *, anew: bool) -> None:
        pass


class _AddButton(Press):
    def __init__(
        self, sceneshelf: SceneShelf, scene: SceneManifest, step: str, name: str, ident: str
    ) -> None:
        super().__init__(lambda: sceneshelf.add(scene, step, name), "sceneshelf-step", id=ident)


def picture(scene: str, step: int) -> None:
    """What a step looks like. Its name stands beside it, so that it says nothing to a screen reader; a quiet frame
    until it has been drawn."""
    with Box("step-picture"):
        Box("", "img", alt="", data_picture=f"/pictures/{scene}/{step}", width="320", height="180")
