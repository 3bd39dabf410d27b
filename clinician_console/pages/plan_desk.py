"""What the parts of the plan page share: the draft with its history, what is said about it, and keeping it."""

from __future__ import annotations

import asyncio
import json
from asyncio import to_thread
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from nicegui import background_tasks, ui

from clinician_console.clinic.entries import Patient, StoredPlan
from clinician_console.clinic.port import StoreReason
from clinician_console.pages.elements import Say
from clinician_console.pages.house import House
from clinician_console.plans.checks import Finding, Findings, check
from clinician_console.plans.draft import Draft, Figure, History, draft_of
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.treatment import TreatmentProtocol

KEEP_AFTER_S = 0.8


class Part(Protocol):
    def refresh(self, *, anew: bool) -> None:
        """``anew``: fields too; otherwise what somebody may be typing in stays as it is."""
        ...


@dataclass
class FieldSays:
    """What is said at one field; ``invalid`` marks the field itself."""

    step: str
    field: str
    wrong: Say
    invalid: Callable[[bool], None]


class PlanDesk:
    def __init__(
        self,
        house: House,
        words: Words,
        stored: StoredPlan,
        patient: Patient | None,
        scenes: Mapping[str, SceneManifest],
        treatments: Mapping[str, TreatmentProtocol],
    ) -> None:
        self.house, self.words, self.stored, self.patient = house, words, stored, patient
        self.scenes, self.treatments = scenes, treatments
        self.history = History(draft_of(stored.body))
        self.open = ""
        """Id of the step whose fields are shown."""
        self.parts: list[Part] = []
        self.reveal: Callable[[], None] = lambda: None
        """Shows the plan's own fields, where they are folded away."""
        self.saved = "unchanged"
        """``unchanged``, ``saving``, ``saved``, ``failed`` or ``conflict``."""
        self.saved_at = ""
        self.trouble = ""
        self.theirs: StoredPlan | None = None
        """What somebody else has kept meanwhile."""
        self._client = ui.context.client
        self._says: list[FieldSays] = []
        self._saving = asyncio.Lock()
        self._changes = 0
        self.found = self._check()

    @property
    def draft(self) -> Draft:
        return self.history.now

    # ------------------------------------------------------------- changing

    def do(self, draft: Draft, *, anew: bool = False, field: str = "") -> None:
        """Take over a changed draft. ``anew``: steps came, went or moved, or fields did. ``field``: where somebody is
        typing; what is typed in one go is one thing to undo."""
        self._go(self.history.do(draft, field), anew=anew)

    def undo(self) -> None:
        self._go(self.history.undo(), anew=True)

    def redo(self) -> None:
        self._go(self.history.redo(), anew=True)

    def _go(self, history: History, *, anew: bool) -> None:
        if history is self.history:
            return
        self.history = history
        if not self.draft.has(self.open):
            self.open = ""
        self.found = self._check()
        if self.theirs is None:
            self.saved = "saving"
            background_tasks.create(self._soon())
        self.show(anew=anew)

    def show(self, *, anew: bool) -> None:
        if anew:
            self._says = []
        for part in self.parts:
            part.refresh(anew=anew)
        self.say_at_fields()

    def turn_open(self, step: str) -> None:
        """Show the fields of a step, or of none."""
        self.open = "" if self.open == step else step
        self.show(anew=True)

    def go_to(self, finding: Finding) -> None:
        """Open the step, and go to the field that a finding is about."""
        if finding.step and self.open != finding.step:
            self.turn_open(finding.step)
        if not finding.step:
            self.reveal()
        self.focus(self.field_id(finding.step, finding.field))

    def focus(self, name: str) -> None:
        """Bring an element into view and give it the focus, once it is there. What was pressed may be gone by now, and
        with it NiceGUI's way to the page: hence the client that was there at first."""
        self._client.run_javascript(f"window.palier.focusSoon({json.dumps(name)})")

    def field_id(self, step: str, field: str) -> str:
        """Of the element: ``plan-title``, ``plan-step-3-goal``, ``plan-step-3-preset-height``."""
        name = field.replace(".", "-").replace("_", "-")
        return f"plan-step-{self.draft.place(step) + 1}-{name}" if step else f"plan-{name}"

    def _check(self) -> Findings:
        return check(self.draft, self.scenes, self.treatments or None, self.patient)

    # ------------------------------------------------------------- saying

    def says(self, step: str, field: str, invalid: Callable[[bool], None]) -> Say:
        """A place right below a field where what is wrong with it is said."""
        wrong = Say("wrong", id=f"{self.field_id(step, field)}-said")
        self._says.append(FieldSays(step, field, wrong, invalid))
        return wrong

    def say_at_fields(self) -> None:
        for one in self._says:
            at = [each for each in self.found.at(one.step, one.field) if each.level != "patient"]
            problem = any(each.level == "problem" for each in at)
            one.wrong.say(" ".join(self.text(each) for each in at))
            one.wrong.mark_as(advice=bool(at) and not problem)
            one.invalid(problem)

    def label(self, finding: Finding) -> str:
        """What the field of a finding is called on the page."""
        group, _, parameter = finding.field.partition(".")
        name = self.words.known(f"plans.label_{group}", group)
        if parameter and finding.step and self.draft.has(finding.step):
            scene = self.scenes.get(self.draft.step(finding.step).scene)
            known = scene.parameter(parameter) if scene else None
            name = known.name.in_language(self.words.language) if known else parameter
        return name

    def named(self, finding: Finding) -> str:
        """What is said, with the field that it is said of."""
        return self.words("plans.named", field=self.label(finding), text=self.text(finding))

    def text(self, finding: Finding) -> str:
        words = self.words
        fields: dict[str, object] = {}
        for name, value in finding.fields.items():
            match name:
                case "unit":
                    value = words(f"unit.{value}")
                case "scene":
                    scene = self.scenes.get(str(value))
                    value = scene.names.in_language(words.language) if scene else value
                case "flags" if isinstance(value, tuple):
                    value = ", ".join(words.known(f"content.{flag}", str(flag)) for flag in value)
                case "band":
                    value = words(f"ages.{value}")
                case "posture":
                    value = words(f"person.posture_{value}")
                case "limit" if finding.field == "minimum_s" and isinstance(value, float):
                    value = value / 60
                case _:
                    pass
            fields[name] = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        return words(f"plans.says.{finding.key}", **fields).replace("  ", " ").strip()

    # ------------------------------------------------------------- keeping

    async def _soon(self) -> None:
        """Keep the draft once nothing has changed for a moment: a word typed is one entry of the trail, not ten."""
        self._changes += 1
        mine = self._changes
        await asyncio.sleep(KEEP_AFTER_S)
        if mine == self._changes:
            await self.save()

    async def save(self) -> bool:
        """Keep the draft as it is now, and what changes meanwhile. False where it could not be kept."""
        async with self._saving:
            while self._differs() and self.theirs is None:
                wanted = replace(self.stored, title=self.draft.title[:200], body=self.draft.body())
                try:
                    self.stored = await to_thread(self.house.store.save_plan, wanted)
                except PalierError as problem:
                    await self._not_saved(problem)
                    return False
                self.saved_at = f"{datetime.now():%H:%M}"
            if self.theirs is None and self.saved != "unchanged":
                self._told("saved")
            return self.theirs is None

    async def go(self, address: str) -> None:
        """Leave for a page that reads the plan: what was changed last is kept first."""
        if await self.save():
            self._client.open(address)

    def _differs(self) -> bool:
        return self.draft.body() != self.stored.body or self.draft.title[:200] != self.stored.title

    async def _not_saved(self, problem: PalierError) -> None:
        self.trouble = str(problem)
        if problem.reason is StoreReason.CONFLICT:
            try:
                self.theirs = await to_thread(self.house.store.plan, self.stored.id)
            except PalierError as gone:
                self.trouble = str(gone)
        self._told("conflict" if self.theirs is not None else "failed")

    async def keep_mine(self) -> None:
        """Over what somebody else has kept."""
        if self.theirs is not None:
            self.stored, self.theirs = self.theirs, None
            self.saved = "saving"
            await self.save()

    async def keep_theirs(self) -> None:
        """Theirs goes on; mine can be had back by undoing."""
        if self.theirs is not None:
            self.stored, self.theirs = self.theirs, None
            self._go(self.history.do(draft_of(self.stored.body)), anew=True)
            self._told("saved")

    async def keep_both(self) -> None:
        """Mine as a plan of its own; the page goes on with it."""
        mine = replace(self.stored, id="", version=0, title=self.draft.title[:200], body=self.draft.body())
        try:
            kept = await to_thread(self.house.store.save_plan, mine)
        except PalierError as problem:
            self.trouble = str(problem)
            self._told("failed")
            return
        ui.navigate.to(f"/plans/{kept.id}")

    def _told(self, saved: str) -> None:
        self.saved = saved
        self.show(anew=False)


def figure(text: str, scale: float = 1.0) -> Figure:
    """What was typed, as a number times ``scale``; nothing for nothing; the text itself where it is no number."""
    text = text.strip().replace("\u202f", "").replace("\u00a0", "")
    if not text:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text[:40]
    return number * scale if abs(number) < 1e12 else text[:40]


def typed(value: Figure, words: Words, scale: float = 1.0) -> str:
    """A figure as it stands in its field."""
    if value is None:
        return ""
    return value if isinstance(value, str) else words.value(value / scale)
