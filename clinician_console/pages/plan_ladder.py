"""The patient's ladder, the easiest step first. Each step is a line with what matters; its fields open below it."""

from __future__ import annotations

from collections.abc import Callable

from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.forms import Line, labelled
from clinician_console.pages.plan_desk import PlanDesk, figure, typed
from clinician_console.pages.plan_scenes import picture
from clinician_console.pages.plan_values import Values, valued
from clinician_console.plans.checks import number_of
from clinician_console.plans.draft import MINIMUM_S, DraftStep, TextField

TYPED_MS = 700
"""What is typed is kept after so long a pause, so that nothing is lost where the page is closed."""
MOVES = """(e) => {
  if (!e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
  e.preventDefault();
  emit(e.key);
}"""


class Ladder:
    def __init__(self, desk: PlanDesk) -> None:
        self._desk = desk
        words = desk.words
        self._rows: list[Row] = []
        with Box("ladder-side", "section", aria_labelledby="ladder-title"):
            with Box("title-row"):
                Say("", words("plans.ladder"), tag="h2", id="ladder-title")
                self._told = Say("dim", role="status", id="ladder-told")
            self._empty = Say("said", words("plans.ladder_empty"), tag="p")
            self._list = Box("ladder-steps", "ol", id="plan-steps", tabindex="-1")
            desk_says = Box("")
        self._says = desk_says

    def refresh(self, *, anew: bool) -> None:
        desk = self._desk
        self._empty.mark_as(away=bool(desk.draft.steps))
        if anew:
            self._says.clear()
            with self._says:
                desk.says("", "steps", lambda bad: None)
            self._list.clear()
            with self._list:
                self._rows = [Row(self, desk, step, place) for place, step in enumerate(desk.draft.steps)]
        for row in self._rows:
            row.refresh()

    def move(self, step: str, by: int, button: str) -> None:
        """One place; the focus goes with it."""
        desk = self._desk
        to = desk.draft.place(step) + by
        if not 0 <= to < len(desk.draft.steps):
            return
        desk.do(desk.draft.move(step, to), anew=True)
        name = desk.draft.step(step).name.in_language(desk.words.language)
        self._told.say(desk.words("plans.moved", name=name, number=str(to + 1)))
        desk.focus(f"plan-step-{to + 1}-{button}")

    def duplicate(self, step: str) -> None:
        desk = self._desk
        desk.do(desk.draft.duplicate(step), anew=True)
        desk.focus(f"plan-step-{desk.draft.place(step) + 2}-edit")

    def remove(self, step: str) -> None:
        desk = self._desk
        name = desk.draft.step(step).name.in_language(desk.words.language)
        desk.do(desk.draft.remove(step), anew=True)
        self._told.say(desk.words("plans.removed", name=name or desk.words("plans.unnamed")))
        desk.focus("plan-undo")


class Row:
    """One step. Its id is kept; its number is where it stands."""

    def __init__(self, ladder: Ladder, desk: PlanDesk, step: DraftStep, place: int) -> None:
        self._desk, self._id, words = desk, step.id, desk.words
        ident = f"plan-step-{place + 1}"
        scene = desk.scenes.get(step.scene)
        with Box("ladder-step", "li", id=ident) as self._box:
            self._box.on(
                "keydown",
                lambda event: ladder.move(step.id, -1 if str(event.args) == "ArrowUp" else 1, "edit"),
                js_handler=MOVES,
            )
            with Box("step-line"):
                own = [each.id for each in scene.hierarchy] if scene else []
                picture(step.scene, own.index(step.uses) + 1 if step.uses in own else 0)
                with Box("step-what"):
                    with Box("step-head"):
                        Say("step-number", str(place + 1))
                        self._name = Say("step-name", tag="h3")
                    self._goal = Say("step-goal")
                    self._facts = Say("step-facts dim")
                    self._said = Say("step-said")
                with Box(
                    "step-acts no-print",
                    role="group",
                    aria_label=words("plans.step_acts", number=str(place + 1)),
                ):
                    self._edit = Press(lambda: self._turn(ident), "", words("plans.edit"), id=f"{ident}-edit")
                    self._acts: dict[str, tuple[Press, str]] = {}
                    self._act(f"{ident}-up", "↑", "up", lambda: ladder.move(step.id, -1, "up"))
                    self._act(f"{ident}-down", "↓", "down", lambda: ladder.move(step.id, 1, "down"))
                    self._act(f"{ident}-twice", "×2", "twice", lambda: ladder.duplicate(step.id))
                    self._act(f"{ident}-remove", "✕", "remove", lambda: ladder.remove(step.id))
                    self._acts["up"][0].allow(place > 0)
                    self._acts["down"][0].allow(place + 1 < len(desk.draft.steps))
            self._print = Say("step-print")
            self._ceiling = Say("step-ceiling", words("plans.ceiling_here"))
            opened = desk.open == step.id
            self._edit.attribute("aria-expanded", "true" if opened else "false")
            self._box.mark_as(open=opened)
            if opened:
                with Box("step-fields", id=f"{ident}-fields"):
                    Fields(desk, step, ident)

    def _act(self, ident: str, sign: str, key: str, do: Callable[[], None]) -> None:
        self._acts[key] = (Press(do, "sign", sign, id=ident), key)

    def _turn(self, ident: str) -> None:
        desk = self._desk
        desk.turn_open(self._id)
        if desk.open:
            desk.focus(f"{ident}-name")
        else:
            desk.focus(f"{ident}-edit")

    def refresh(self) -> None:
        desk, words = self._desk, self._desk.words
        if not desk.draft.has(self._id):
            return
        step = desk.draft.step(self._id)
        name = step.name.in_language(words.language) or words("plans.unnamed")
        self._name.say(name)
        self._goal.say(step.goal.in_language(words.language))
        scene = desk.scenes.get(step.scene)
        # Where all steps are of one scene, its name on each of them would say nothing.
        several = len({each.scene for each in desk.draft.steps}) > 1 or scene is None
        facts = [
            *([scene.names.in_language(words.language) if scene else step.scene] if several else []),
            words("plans.line_suds", value=typed(step.predicted_suds, words) or "–"),
            words("plans.line_minutes", value=typed(step.minimum_s, words, 60.0)),
        ]
        if step.safety_signals:
            facts.append(words("plans.line_signals", count=str(len(step.safety_signals))))
        if step.preset:
            facts.append(words("plans.line_values", count=str(len(step.preset))))
        if step.vary:
            facts.append(words("plans.line_vary"))
        self._facts.say(" · ".join(facts))
        found = desk.found.of_step(step.id)
        problems = [one for one in found if one.level == "problem"]
        self._said.say(" ".join(desk.named(one) for one in problems))
        self._box.mark_as(wrong=bool(problems))
        ceiling = number_of(desk.draft.ceiling_step)
        place = desk.draft.place(step.id) + 1
        self._box.mark_as(
            ceiling=ceiling == place and place < len(desk.draft.steps),
            above=ceiling is not None and place > ceiling,
        )
        self._print.say("; ".join([*(valued(scene, step, words) if scene else []), *step.safety_signals]))
        self._edit.say(words("plans.close" if desk.open == step.id else "plans.edit"))
        self._edit.attribute("aria-label", words("plans.edit_what", name=name))
        for button, key in self._acts.values():
            said = words(f"plans.{key}", name=name)
            button.attribute("aria-label", said)
            button.attribute("title", said)


class Fields:
    """The fields of the step that is open."""

    def __init__(self, desk: PlanDesk, step: DraftStep, ident: str) -> None:
        self._desk, self._step, self._ident, words = desk, step.id, ident, desk.words
        other = "en" if words.language == "fr" else "fr"
        with Box("step-grid"):
            self._text("name", words.language, words("plans.name"))
            self._text("name", other, words("plans.name_other"), translated=True)
            self._text("goal", words.language, words("plans.goal"), words("plans.goal_hint"), lines=2)
            self._text("goal", other, words("plans.goal_other"), lines=2, translated=True)
            self._number("predicted_suds", step, words("plans.suds"), words("plans.suds_hint"), 1.0)
            self._number("minimum_s", step, words("plans.minutes"), words("plans.minutes_hint"), 60.0)
        with labelled(f"{ident}-safety-signals", words("plans.signals"), words("plans.signals_hint")):
            made = Line(
                f"{ident}-safety-signals",
                "\n".join(step.safety_signals),
                on_change=self._signals,
                on_typed=self._signals,
                wait_ms=TYPED_MS,
                lines=3,
                longest=4000,
            )
            desk.says(step.id, "safety_signals", _invalid(made))
        for field in ("scene", "uses", "id"):
            desk.says(step.id, field, lambda bad: None)
        if (scene := desk.scenes.get(step.scene)) is not None:
            Values(desk, step, scene, ident)

    def _text(
        self,
        name: TextField,
        language: str,
        label: str,
        hint: str = "",
        lines: int = 1,
        *,
        translated: bool = False,
    ) -> None:
        desk, step = self._desk, self._step

        def take(text: str) -> None:
            if desk.draft.has(step):
                draft = desk.draft.with_text(step, name, language, text, carry=not translated)
                desk.do(draft, field=f"{step}.{name}.{language}")

        ident = f"{self._ident}-{name}" + (f"-{language}" if translated else "")
        text = getattr(desk.draft.step(step), name).in_language(language)
        with labelled(ident, label, hint):
            made = Line(
                ident, text, on_change=take, on_typed=take, wait_ms=TYPED_MS, lines=lines, lang=language
            )
            if not translated:
                desk.says(step, name, _invalid(made))

    def _number(self, name: str, step: DraftStep, label: str, hint: str, scale: float) -> None:
        desk = self._desk
        ident = f"{self._ident}-{name.replace('_', '-')}"
        field = "predicted_suds" if name == "predicted_suds" else "minimum_s"

        def take(text: str) -> None:
            if desk.draft.has(step.id):
                given = figure(text, scale)
                if given is None and field == "minimum_s":
                    given = MINIMUM_S
                desk.do(desk.draft.with_step(step.id, field, given))

        with labelled(ident, label, hint):
            value = typed(getattr(step, name), desk.words, scale)
            made = Line(ident, value, on_change=take, inputmode="decimal", longest=12)
            desk.says(step.id, name, _invalid(made))

    def _signals(self, text: str) -> None:
        if self._desk.draft.has(self._step):
            draft = self._desk.draft.with_step(self._step, "safety_signals", text.splitlines())
            self._desk.do(draft, field=f"{self._step}.safety_signals")


def _invalid(field: Line) -> Callable[[bool], None]:
    return lambda bad: field.attribute("aria-invalid", "true" if bad else None)
