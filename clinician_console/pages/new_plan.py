"""How a plan is begun: from a scene's whole ladder, empty, from another plan, from a file."""

from __future__ import annotations

from asyncio import to_thread
from typing import Any

from nicegui import ui

from clinician_console.clinic.entries import StoredPlan
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.forms import Fold, Line, labelled
from clinician_console.pages.house import House
from clinician_console.plans.begin import copy_for, from_scene, kept
from clinician_console.plans.draft import Draft
from clinician_console.plans.files import ImportRefused, from_toml
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError

SHOWN = 6
LARGEST = 400_000
"""Characters of a file that the page hands over; a plan has some thousand."""

READ_FILE = """async (e) => {
  const file = e.target.files[0];
  if (!file) return;
  const text = file.size > LARGEST ? "" : await file.text();
  e.target.value = "";
  emit(text);
}""".replace("LARGEST", str(LARGEST))


def new_plan(house: House, words: Words, patient: str, *, opened: bool) -> None:
    """``patient``: for whom; empty for the clinic."""
    failed: Say

    async def begin(plan: StoredPlan) -> None:
        try:
            done = await to_thread(house.store.save_plan, plan)
        except PalierError as problem:
            failed.say(str(problem))
            return
        ui.navigate.to(f"/plans/{done.id}")

    async def whole(scene: str) -> None:
        await begin(kept(from_scene(house.catalogue.scenes()[scene], words.language), patient))

    async def empty() -> None:
        await begin(kept(Draft(title=words("plans.new_title")), patient))

    async def read(event: Any) -> None:
        try:
            draft = from_toml(str(event.args).encode("utf-8", "replace"))
        except ImportRefused as refused:
            mistakes.clear()
            with mistakes:
                _refused(words, refused)
            return
        await begin(kept(draft, patient))

    with Fold("new-plan", words("plans.new"), opened=opened).box:
        with Box("labelled"):
            Say("label", words("plans.from_scene"))
            with Box("choices"):
                for scene in house.catalogue.scenes().values():
                    if scene.hierarchy:
                        name = words("plans.whole_ladder", scene=scene.names.in_language(words.language))
                        Press(lambda scene=scene.id: whole(scene), "", name, id=f"begin-{scene.id}")
                Press(empty, "", words("plans.empty"), id="begin-empty")
        failed = Say("said", id="begin-failed", role="alert", data_level="danger")
        copies = _Copies(house, words, patient, begin)
        copies.made()
        with labelled("import-file", words("plans.import"), words("plans.import_hint")):
            file = Box("field file", "input", type="file", accept=".toml", id="import-file")
        file.on("change", read, js_handler=READ_FILE)
        mistakes = Box("", id="import-mistakes", role="alert")


def _refused(words: Words, refused: ImportRefused) -> None:
    with Box("said", data_level="danger"):
        Say("", words("plans.file.refused"), tag="p")
        with Box("", "ul"):
            for mistake in refused.mistakes:
                text = words(mistake.key, **mistake.fields)
                Say("", f"{mistake.where}: {text}" if mistake.where else text, tag="li")


class _Copies:
    """Plans of the clinic and of other patients, found by title or pseudonym."""

    def __init__(self, house: House, words: Words, patient: str, begin: Any) -> None:
        self._house, self._words, self._patient, self._begin = house, words, patient, begin
        self._asked = 0

    def made(self) -> None:
        words = self._words
        with labelled("copy-search", words("plans.copy"), words("plans.copy_hint")):
            Line("copy-search", on_typed=self._typed, type="search", longest=64)
        self._found = Box("choices", id="copy-found", role="group", aria_label=words("plans.copy"))
        self._told = Say("dim", role="status", id="copy-told")
        self._show([("", plan) for plan in self._house.store.plans("")[:SHOWN]])

    async def _typed(self, text: str) -> None:
        self._asked += 1
        mine = self._asked
        found = await to_thread(self._look, text.strip())
        if mine == self._asked:
            self._show(found)
            self._told.say("" if found else self._words("plans.none_to_copy"))

    def _look(self, text: str) -> list[tuple[str, StoredPlan]]:
        store, wanted = self._house.store, text.casefold()
        found = [("", plan) for plan in store.plans("") if wanted in plan.title.casefold()]
        if wanted:
            for row in store.patients(text, limit=SHOWN):
                if row.id != self._patient:
                    found += [(row.pseudonym, plan) for plan in store.plans(row.id)]
        return found[:SHOWN]

    def _show(self, found: list[tuple[str, StoredPlan]]) -> None:
        self._found.clear()
        with self._found:
            for whose, plan in found:
                title = plan.title or self._words("plans.untitled")
                who = whose or self._words("plans.of_clinic")
                Press(lambda plan=plan: self._copy(plan), "", f"{title} ({who})", id=f"copy-{plan.id}")

    async def _copy(self, plan: StoredPlan) -> None:
        await self._begin(copy_for(plan, self._patient, plan.title))
