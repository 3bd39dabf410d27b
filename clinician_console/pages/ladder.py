"""The ladder of steps: hardest on top, the present one, the next one, the ceiling."""

from __future__ import annotations

from functools import partial

from clinician_console.core import Snapshot
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.marks import MarkButton
from clinician_console.words import Words
from vr_runtime.protocol.commands import GoToStep, SetCeiling
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.words import Observed, Phase

IN_STEP = {Phase.EXPOSURE, Phase.PAUSED}
CAN_STEP = {Phase.BASELINE, Phase.EXPOSURE, Phase.PAUSED, Phase.SAFE_PLACE}

LONG = 32
"""Letters: a name that is longer takes two lines of smaller letters, where a screen is small."""


class Rung:
    def __init__(self, number: int, desk: Ladder) -> None:
        self.number = number
        with Box("rung-line", "li"):
            self.button = Press(partial(desk.choose, number), "rung", id=f"rung-{number}")
            with self.button:
                Say("rung-arrow", aria_hidden="true")
                self.mark = Say("rung-number", str(number))
                self.name = Say("rung-name")
                self.tag = Say("rung-tag")
                self.suds = Say("rung-suds")


class Ladder:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._plan: Plan | None = None
        self._rungs: list[Rung] = []
        with Box("panel ladder", "section"):
            with Box("panel-head"):
                self._title = Say("panel-title", tag="h2")
                self._lower = Press(partial(self._move_ceiling, -1), "small", "−")
                self._ceiling = Say("ceiling-label")
                self._raise = Press(partial(self._move_ceiling, 1), "small", "+")
            with Press(self.up, "rung-move up", id="step-up") as self._up:
                Say("arrow up")
                self._up_word, self._up_key = Say("move-word"), Say("key")
            with Box("rung-heads"):
                self._suds_head = Say()
            self._list = Box("rungs", "ol", reversed="reversed")
            with Press(self.down, "rung-move down", id="step-down") as self._down:
                Say("arrow down")
                self._down_word, self._down_key = Say("move-word"), Say("key")
            with Box("goal"):
                self._goal_word, self._goal = Say("goal-word"), Say("goal-text")
                self._minimum = Say("goal-time")
                self._reached = MarkButton(Observed.GOAL_REACHED, desk, "small goal-reached")

    # -------------------------------------------------------------- what the therapist does

    def up(self) -> None:
        self._step(self._desk.step + 1)

    def down(self) -> None:
        self._step(max(1, self._desk.step - 1))

    def choose(self, number: int) -> None:
        """A click on a rung: down or up one at once, further up only when confirmed."""
        step = self._desk.step
        if number > step + 1 and self._can_step():
            self._desk.ask(
                lambda words: words(
                    "ladder.confirm_up", count=number - step, step=number, name=self._name(number, words)
                ),
                GoToStep(step=number, confirmed=True),
            )
        else:
            self._step(number)

    def _step(self, number: int) -> None:
        if self._can_step() and self._plan and 1 <= number <= len(self._plan.steps):
            self._desk.do(GoToStep(step=number))

    def _move_ceiling(self, by: int) -> None:
        ceiling = self._desk.now.ceiling
        if ceiling and self._plan and 1 <= ceiling + by <= len(self._plan.steps):
            self._desk.do(SetCeiling(step=ceiling + by))

    def _can_step(self) -> bool:
        return self._desk.live and self._desk.phase in CAN_STEP

    # -------------------------------------------------------------- what is shown

    def refresh(self, now: Snapshot, words: Words) -> None:
        if now.plan and now.plan != self._plan:
            self._build(now.plan)
        step, ceiling = self._desk.step, now.ceiling or 0
        total = len(self._rungs)
        can = self._can_step()
        self._title.say(words("ladder.title"))
        self._suds_head.say(words("ladder.ratings_head"))
        self._ceiling.say(words("ladder.ceiling_here", step=ceiling) if ceiling else words("ladder.empty"))
        for button, by, word in ((self._lower, -1, "down"), (self._raise, 1, "up")):
            button.allow(self._desk.live and 1 <= ceiling + by <= total)
            button.attribute("aria-label", words(f"ladder.ceiling_{word}"))
            button.attribute("title", words(f"ladder.ceiling_{word}"))
        up_word = "harder" if step < total or not total else "top_reached"
        up_word = "at_ceiling" if ceiling <= step < total else up_word
        self._up_word.say(words(f"ladder.{up_word}"))
        self._up_key.say(words("ladder.harder_key"))
        self._down_word.say(words("ladder.easier"))
        self._down_key.say(words("ladder.easier_key"))
        self._up.allow(can and step < min(total, ceiling))
        self._down.allow(can and step > 1)
        for rung in self._rungs:
            self._show(rung, step, ceiling, can, now, words)
        self._show_goal(step, now, words)

    def _show(self, rung: Rung, step: int, ceiling: int, can: bool, now: Snapshot, words: Words) -> None:
        number = rung.number
        here, following = number == step, number == step + 1
        above = bool(ceiling) and number > ceiling
        name = self._name(number, words)
        rung.name.say(name)
        rung.button.attribute("title", name)
        tag = "ceiling" if number == ceiling < len(self._rungs) else ""
        tag = tag or ("next" if following and not above else "")
        rung.tag.say(words(f"ladder.{tag}") if tag else "")
        summary = now.summaries.get(number)
        rung.suds.say(
            words(
                "ladder.ratings",
                first=round(summary.first),
                peak=round(summary.peak),
                last=round(summary.last),
            )
            if summary
            else ""
        )
        rung.suds.attribute("title", words("ladder.ratings_hint") if summary else None)
        rung.button.mark_as(long=len(name) > LONG)
        rung.button.mark_as(here=here, next=following, above=above, ceiling=number == ceiling)
        rung.button.attribute("aria-current", "step" if here else None)
        rung.button.allow(can and not above)

    def _show_goal(self, step: int, now: Snapshot, words: Words) -> None:
        self._goal_word.say(words("ladder.goal"))
        self._reached.show(words, self._desk.live and self._desk.phase in IN_STEP)
        if not self._plan or not 1 <= step <= len(self._plan.steps):
            self._goal.say(words("top.no_step"))
            self._goal.attribute("title", None)
            self._minimum.say("")
            return
        planned = self._plan.steps[step - 1]
        goal = planned.goal.in_language(words.language) if planned.goal else ""
        self._goal.say(goal)
        self._goal.attribute("title", goal or None)
        self._minimum.say(words("ladder.minimum", time=words.clock(planned.minimum_s)))

    def _name(self, number: int, words: Words) -> str:
        return self._plan.steps[number - 1].name.in_language(words.language) if self._plan else ""

    def _build(self, plan: Plan) -> None:
        self._plan = plan
        self._list.clear()
        with self._list:
            self._rungs = [Rung(number, self) for number in range(len(plan.steps), 0, -1)]
