"""Above the ladder: what the plan is called and may do, whether it can be started, and what can be done with it."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable
from typing import Any, cast

from nicegui import ui

from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.forms import Fold, Line, OneOf, labelled
from clinician_console.pages.plan_desk import PlanDesk, figure, typed
from clinician_console.pages.shell import Link
from clinician_console.plans.begin import copy_for
from clinician_console.plans.checks import Finding, number_of
from clinician_console.plans.compare import Difference, differences
from clinician_console.plans.draft import Draft, DraftStep, Said, draft_of
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.plan import SAFE_PLACE

GUIDE = "guide"
NONE = "none"


class Frame:
    """Whose plan it is, whether it is kept, undo and redo, and what becomes of it."""

    def __init__(self, desk: PlanDesk) -> None:
        self._desk, words = desk, desk.words
        with Box("title-row plan-title"):
            self._title = Say("", tag="h1", id="plan-heading")
            if desk.patient is not None:
                Link(f"/patients/{desk.patient.id}", "", desk.patient.pseudonym, id="plan-patient")
                if desk.patient.practice:
                    Say("tag practice-tag", words("app.practice"))
            else:
                Say("tag", words("plans.of_clinic"))
            self._saved = Say("dim", id="plan-saved", role="status")
        with Box("row no-print plan-acts"):
            self._undo = Press(desk.undo, "", words("plans.undo"), id="plan-undo")
            self._redo = Press(desk.redo, "", words("plans.redo"), id="plan-redo")
            Press(lambda: ui.run_javascript("window.print()"), "", words("plans.print"), id="plan-print")
            Press(
                lambda: desk.go(f"/plans/{desk.stored.id}/file"), "", words("plans.export"), id="plan-export"
            )
            if desk.patient is not None:
                Press(self._copy(""), "", words("plans.to_clinic"), id="plan-to-clinic")
            Press(self._copy(desk.stored.patient), "", words("plans.duplicate"), id="plan-duplicate")
            with Fold("plan-delete", words("plans.delete")).box:
                Say("", words("plans.delete_means"), tag="p")
                Press(self._delete, "danger", words("plans.delete_now"), id="plan-delete-now")
        self._failed = Say("said", id="plan-failed", role="alert", data_level="danger")
        self._conflict = Box("", id="plan-conflict", role="alert")
        self._shown: tuple[object, object] | None = None

    def _copy(self, patient: str) -> Callable[[], object]:
        async def copy() -> None:
            desk = self._desk
            title = desk.draft.title if not patient else desk.words("plans.copy_of", title=desk.draft.title)
            if not await desk.save():
                return
            try:
                kept = await to_thread(desk.house.store.save_plan, copy_for(desk.stored, patient, title))
            except PalierError as problem:
                self._failed.say(str(problem))
                return
            ui.navigate.to(f"/plans/{kept.id}")

        return copy

    async def _delete(self) -> None:
        desk = self._desk
        try:
            await to_thread(desk.house.store.delete_plan, desk.stored.id)
        except PalierError as problem:
            self._failed.say(str(problem))
            return
        ui.navigate.to(f"/patients/{desk.patient.id}" if desk.patient else "/patients")

    def refresh(self, *, anew: bool) -> None:
        desk, words = self._desk, self._desk.words
        self._title.say(desk.draft.title or words("plans.untitled"))
        self._undo.allow(bool(desk.history.past))
        self._redo.allow(bool(desk.history.future))
        self._saved.say(words(f"plans.saved_{desk.saved}", at=desk.saved_at))
        self._failed.say(desk.trouble if desk.saved == "failed" else "")
        shown = (desk.theirs, desk.draft) if desk.theirs is not None else None
        if shown != self._shown:
            self._shown = shown
            self._conflict.clear()
            if desk.theirs is not None:
                with self._conflict:
                    self._both(draft_of(desk.theirs.body))

    def _both(self, theirs: Draft) -> None:
        """Where the two versions differ, side by side."""
        desk, words = self._desk, self._desk.words
        with Box("said", data_level="warning"):
            Say("", words("plans.meanwhile"), tag="h2")
            with Box("scrolls"), Box("", "table"):
                with Box("", "thead"), Box("", "tr"):
                    for key in ("what", "mine", "theirs"):
                        Say("", words(f"plans.{key}"), tag="th", scope="col")
                with Box("", "tbody"):
                    for one in differences(desk.draft, theirs):
                        with Box("", "tr"):
                            name = words(f"plans.label_{one.field}")
                            if one.step:
                                side = desk.draft if desk.draft.has(one.step) else theirs
                                step = side.step(one.step).name.in_language(words.language)
                                name = words("plans.named", field=step or words("plans.unnamed"), text=name)
                            Say("", name, tag="th", scope="row")
                            Say("as-typed", as_text(one, one.mine, words), tag="td")
                            Say("as-typed", as_text(one, one.theirs, words), tag="td")
            with Box("row"):
                Press(desk.keep_both, "main", words("plans.keep_both"), id="keep-both")
                Press(desk.keep_mine, "", words("plans.keep_mine"), id="keep-mine")
                Press(desk.keep_theirs, "", words("plans.keep_theirs"), id="keep-theirs")


def as_text(one: Difference, value: Any, words: Words) -> str:
    """One side of a difference, as a person reads it."""
    match value:
        case None | () | "":
            return "–"
        case Said():
            return value.in_language(words.language) or "–"
        case DraftStep():
            return words("plans.is_there")
        case float() | int() if one.field in ("minimum_s", "baseline_s"):
            return f"{words.value(value / 60)} min"
        case float() | int():
            return words.value(value)
        case dict():
            listed = cast("dict[str, Any]", value)
            return "; ".join(f"{name}: {as_text(one, each, words)}" for name, each in listed.items()) or "–"
        case list() if one.field == "steps":
            steps = cast("list[DraftStep]", value)
            return "\n".join(step.name.in_language(words.language) for step in steps)
        case list() | tuple():
            return ", ".join(as_text(one, each, words) for each in cast("list[Any]", value))
        case _:
            return str(value)


class Standing:
    """Whether it can be started, and why not; what is worth a second look; what is asked for this patient.

    The buttons stay the same elements for as long as the page is there: one that is made anew whenever the plan is looked
    at again would lose the focus, and the press that was on its way to it.
    """

    def __init__(self, desk: PlanDesk) -> None:
        self._desk = desk
        words = desk.words
        self._said = Say("heard", role="status")
        self._shown: tuple[object, ...] = ()
        self._more = False
        self._box = Box("card plan-standing", "section", id="plan-standing", aria_labelledby="plan-can-start")
        with self._box:
            with Box("row"):
                with Box("standing") as self._level:
                    Say("shape", aria_hidden="true")
                    self._word = Say("standing-word", tag="h2", id="plan-can-start")
                self._start = Press(self._begin, "main no-print", words("plans.start"), id="plan-start")
                self._advice = Press(self._turn, "fold", id="plan-advice")
            self._lists = Box("plan-lists")

    def refresh(self, *, anew: bool) -> None:
        desk, words, found = self._desk, self._desk.words, self._desk.found
        now = (found, desk.draft.steps and [step.id for step in desk.draft.steps], self._more)
        if now == self._shown:
            return
        self._shown = now
        count = len(found.problems)
        text = words("plans.can_start") if not count else words("plans.cannot_start", count=count)
        self._box.mark_as(ready=found.startable)
        self._level.attribute("data-level", "warning" if count else "ok")
        self._word.say(text)
        self._said.say(text)
        self._start.mark_as(away=desk.patient is None or count > 0 or desk.patient.archived)
        advice = len({desk.text(one) for one in found.advice})
        self._advice.say(words("plans.advice", count=advice))
        self._advice.attribute("aria-expanded", "true" if self._more else "false")
        self._advice.mark_as(away=not advice)
        self._lists.clear()
        with self._lists:
            self._listed(list(found.problems))
            if self._more:
                self._listed(list(found.advice))
            asked = [one for one in found.all if one.level == "patient"]
            if asked:
                with Box("said", data_level="info"):
                    Say("", words("plans.for_patient"), tag="h3")
                    with Box("", "ul"):
                        for one in asked:
                            Say("", desk.text(one), tag="li")

    async def _begin(self) -> None:
        desk = self._desk
        if desk.patient is not None:
            await desk.go(f"/start/{desk.patient.id}/{desk.stored.id}")

    def _turn(self) -> None:
        self._more = not self._more
        self.refresh(anew=False)

    def _listed(self, findings: list[Finding]) -> None:
        """Each with a way to its field; the same said of several steps is said once."""
        desk, words = self._desk, self._desk.words
        with Box("findings", "ul"):
            for text, those in _grouped(desk, findings):
                with Box("finding", "li"):
                    Say("", desk.named(those[0]) if those[0].level == "problem" else text)
                    for one in those:
                        if one.step:
                            number = desk.draft.place(one.step) + 1
                            label = words("plans.to_step", number=str(number))
                        else:
                            label = words("plans.to_field")
                        Press(lambda one=one: desk.go_to(one), "to-field no-print", label)


def _grouped(desk: PlanDesk, findings: list[Finding]) -> list[tuple[str, list[Finding]]]:
    said: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        said.setdefault((desk.label(one) if one.level == "problem" else "", desk.text(one)), []).append(one)
    return [(text, those) for (_, text), those in said.items()]


class Top:
    """The plan's own fields."""

    def __init__(self, desk: PlanDesk) -> None:
        self._desk = desk
        words = desk.words
        with Box("card plan-fields", "section", aria_labelledby="plan-fields-title"):
            Say("", words("plans.fields"), tag="h2", id="plan-fields-title")
            self._short = Say("dim plan-short", id="plan-short")
            fold = Fold("plan-fields-open", words("plans.fields_open"), opened=not desk.draft.steps)
            with fold.box:
                self._box = Box("plan-fields-box")
        desk.reveal = fold.open

    def refresh(self, *, anew: bool) -> None:
        desk, words, draft = self._desk, self._desk.words, self._desk.draft
        if anew:
            self._box.clear()
            with self._box:
                self._fields()
        protocol = desk.treatments.get(draft.treatment or "")
        said = (
            protocol.summary.in_language(words.language) if protocol else words("plans.treatment_none_means")
        )
        self._means.say(said)
        ceiling = number_of(draft.ceiling_step)
        short = [
            protocol.names.in_language(words.language) if protocol else words("plans.no_protocol"),
            words("plans.short_ceiling", step=ceiling) if ceiling else words("plans.short_no_ceiling"),
            words("plans.short_baseline", minutes=typed(draft.baseline_s, words, 60.0) or "–"),
        ]
        self._short.say(" · ".join(short))

    def _fields(self) -> None:
        desk, words, draft = self._desk, self._desk.words, self._desk.draft

        def line(
            name: str, text: str, label: str, hint: str, take: Callable[[str], Draft], mode: str
        ) -> None:
            ident = f"plan-{name.replace('_', '-')}"
            with labelled(ident, label, hint):
                made = Line(
                    ident,
                    text,
                    on_change=lambda typed: desk.do(take(typed)),
                    aria_describedby=f"{ident}-said",
                    inputmode=mode,
                )
                desk.says("", name, lambda bad: made.attribute("aria-invalid", "true" if bad else None))

        line(
            "title",
            draft.title,
            words("plans.title"),
            words("plans.title_hint"),
            lambda text: desk.draft.with_plan("title", text),
            "text",
        )
        self._guide()
        with Box("labelled wide"):
            Say("label", words("plans.treatment"))
            names = {key: one.names.in_language(words.language) for key, one in desk.treatments.items()}
            if draft.treatment and draft.treatment not in names:
                names[draft.treatment] = draft.treatment
            OneOf(
                "plan-treatment",
                words("plans.treatment"),
                [(NONE, words("plans.treatment_none")), *names.items()],
                draft.treatment or NONE,
                lambda key: desk.do(desk.draft.with_plan("treatment", None if key == NONE else key)),
            )
            self._means = Say("hint", id="plan-treatment-means")
            desk.says("", "treatment", lambda bad: None)
        with Box("plan-figures"):
            line(
                "ceiling_step",
                typed(draft.ceiling_step, words),
                words("plans.ceiling"),
                words("plans.ceiling_hint", last=str(len(draft.steps))),
                lambda text: desk.draft.with_plan("ceiling_step", figure(text)),
                "numeric",
            )
            line(
                "baseline_s",
                typed(draft.baseline_s, words, 60.0),
                words("plans.baseline"),
                words("plans.baseline_hint"),
                lambda text: desk.draft.with_plan("baseline_s", figure(text, 60.0)),
                "decimal",
            )
            self._variability()
        desk.says("", "limits", lambda bad: None)

    def _variability(self) -> None:
        desk, words, draft = self._desk, self._desk.words, self._desk.draft
        low, high = draft.variability or (None, None)

        def take(which: int, text: str) -> None:
            bounds = [*(desk.draft.variability or (None, None))]
            bounds[which] = figure(text)
            desk.do(desk.draft.with_variability(bounds[0], bounds[1]))

        with Box("labelled"):
            Say("label", words("plans.variability"))
            with Box("row from-to"):
                for which, (key, value) in enumerate((("from", low), ("to", high))):
                    ident = "plan-variability" if which == 0 else "plan-variability-to"
                    Say("", words(f"plans.{key}"), tag="label", **{"for": ident})
                    Line(
                        ident,
                        typed(value, words),
                        on_change=lambda text, w=which: take(w, text),
                        inputmode="numeric",
                    )
            Say("hint", words("plans.variability_hint"))
            desk.says("", "variability", lambda bad: None)

    def _guide(self) -> None:
        desk, words, draft = self._desk, self._desk.words, self._desk.draft
        calm = desk.scenes.get(SAFE_PLACE)
        guide = calm.parameter(GUIDE) if calm else None
        with Box("labelled"):
            if guide is not None and guide.kind == "choice":
                Say("label", words("plans.guide"))
                options = [
                    (
                        choice,
                        guide.labels[choice].in_language(words.language)
                        if choice in guide.labels
                        else choice,
                    )
                    for choice in guide.choices
                ]
                OneOf(
                    "plan-safe-place-guide",
                    words("plans.guide"),
                    options,
                    str(draft.safe_place.get(GUIDE, guide.default)),
                    lambda choice: desk.do(
                        desk.draft.with_safe_place(GUIDE, None if choice == guide.default else choice)
                    ),
                )
            desk.says("", "safe_place", lambda bad: None)
            for name in draft.safe_place:
                desk.says("", f"safe_place.{name}", lambda bad: None)
