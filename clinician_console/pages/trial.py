"""An expectancy trial: what is feared and how sure of it, before; what happened and how sure now, after."""

from __future__ import annotations

from functools import partial

from clinician_console.core import Snapshot
from clinician_console.pages.checks import number_of
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Field, Hand, Press, Say
from clinician_console.words import Words
from vr_runtime.protocol.commands import CloseTrial, OpenTrial
from vr_runtime.protocol.words import Phase

CAN_OPEN = frozenset({Phase.BASELINE, Phase.EXPOSURE, Phase.PAUSED, Phase.SAFE_PLACE})
BEFORE = (
    "trial-feared",
    "trial-belief",
    "trial-severity",
    "trial-conditions",
    "trial-minutes",
    "trial-removed",
)
AFTER = ("trial-belief-after", "trial-surprise", "trial-learned")
QUESTIONS = ("conditions_met", "occurred")
LONGEST_MIN = 120.0


class Trial:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._answers: dict[str, bool] = {}
        self._shown = ""
        percent = {"type": "number", "min": 0, "max": 100, "step": "any"}
        with Box("form", role="group") as self._before:
            self._feared = Field("trial-feared", "wide")
            self._conditions = Field("trial-conditions", "wide")
            self._removed = Field("trial-removed", "wide")
            self._numbers: dict[str, tuple[Say, Field]] = {
                "belief": (Say("form-word"), Field("trial-belief", **percent)),
                "severity": (Say("form-word"), Field("trial-severity", **percent)),
                "minutes": (Say("form-word"), Field("trial-minutes", type="number", min=0, step="any")),
            }
            self._open = Hand(self._begin, BEFORE, id="trial-open")
            self._last = Say("form-hint wide")
        with Box("form", role="group") as self._after:
            self._title = Say("form-title wide")
            self._means = Say("form-hint wide")
            self._time = Say("form-hint wide")
            self._asked: dict[str, Say] = {}
            self._buttons: dict[tuple[str, bool], Press] = {}
            for question in QUESTIONS:
                self._asked[question] = Say("form-word")
                with Box("choices"):
                    for value in (True, False):
                        self._buttons[question, value] = Press(
                            partial(self._choose, question, value), "choice", id=f"trial-{question}-{str(value).lower()}"
                        )  # fmt: skip
            self._now: dict[str, tuple[Say, Field]] = {
                "belief_after": (Say("form-word"), Field("trial-belief-after", **percent)),
                "surprise": (Say("form-word"), Field("trial-surprise", **percent)),
            }
            self._learned = Field("trial-learned", "wide", maxlength="1000")
            self._close = Hand(self._end, AFTER, "wide", clear=("trial-belief-after", "trial-surprise"), id="trial-close")  # fmt: skip

    def _choose(self, question: str, value: bool) -> None:
        self._answers[question] = value
        self._desk.refresh()

    def _begin(self, values: dict[str, str]) -> None:
        words = self._desk.words
        belief, severity = _percent(values["trial-belief"]), _percent(values["trial-severity"])
        minutes = number_of(values["trial-minutes"])
        if minutes is None:
            minutes = self._suggested_min() if not values["trial-minutes"] else -1.0
        feared, conditions = values["trial-feared"], values["trial-conditions"]
        if not feared or not conditions or belief is None:
            self._desk.say_no(words("trial.wanted_before"))
        elif (values["trial-severity"] and severity is None) or not 0 <= minutes <= LONGEST_MIN:
            self._desk.say_no(words("trial.wrong_number", most=LONGEST_MIN))
        else:
            removed = tuple(part.strip() for part in values["trial-removed"].split(",") if part.strip())
            self._desk.do(
                OpenTrial(
                    feared=feared, belief=belief, severity=severity, conditions=conditions,
                    conditions_s=minutes * 60, removed=removed[:20],
                )
            )  # fmt: skip

    def _end(self, values: dict[str, str]) -> None:
        belief, surprise = _percent(values["trial-belief-after"]), _percent(values["trial-surprise"])
        if belief is None or any(question not in self._answers for question in QUESTIONS):
            self._desk.say_no(self._desk.words("trial.wanted_after"))
            return
        self._desk.do(
            CloseTrial(
                conditions_met=self._answers["conditions_met"], occurred=self._answers["occurred"], belief=belief,
                surprise=surprise, learned=values["trial-learned"],
            )
        )  # fmt: skip

    def _suggested_min(self) -> float:
        treatment = self._desk.now.course.treatment
        return treatment.trials.conditions_s / 60 if treatment and treatment.trials else 0.0

    def refresh(self, now: Snapshot, words: Words) -> None:
        state, live = now.course.trial, self._desk.live
        identity = state.opened.trial if state else ""
        if identity != self._shown:
            self._shown = identity
            self._answers.clear()
        self._before.mark_as(open=state is None)
        self._after.mark_as(open=state is not None)
        self._feared.label(words("trial.feared"))
        self._conditions.label(words("trial.conditions"))
        self._removed.label(words("trial.removed"))
        for name, (word, field) in (self._numbers | self._now).items():
            word.say(words(f"trial.{name}"))
            hint = words.value(self._suggested_min()) if name == "minutes" else "0–100"
            field.label(words(f"trial.{name}"), hint)
        self._open.say(words("trial.open"))
        self._open.allow(live and self._desk.phase in CAN_OPEN)
        last = now.course.last_trial
        self._last.say(
            words("trial.last", belief=words.number(last.belief), change=_signed(last.change, words))
            if last
            else ""
        )
        for (question, value), button in self._buttons.items():
            button.say(words("checks.yes" if value else "checks.no"))
            chosen = self._answers.get(question) is value
            button.mark_as(here=chosen)
            button.attribute("aria-pressed", "true" if chosen else "false")
            button.attribute("aria-label", f"{words(f'trial.{question}')} {words('checks.yes' if value else 'checks.no')}")  # fmt: skip
        for question, say in self._asked.items():
            say.say(words(f"trial.{question}"))
        self._learned.label(words("trial.learned"))
        self._close.say(words("trial.close"))
        self._close.allow(live)
        if state is None:
            return
        opened = state.opened
        self._title.say(opened.feared)
        self._title.attribute("title", opened.feared)
        self._means.say(opened.conditions)
        self._means.attribute("title", opened.conditions)
        self._time.say(
            words(
                "trial.time" if opened.conditions_s else "trial.time_free",
                time=words.clock(state.lasted_s),
                wanted=words.clock(opened.conditions_s),
                belief=words.number(opened.belief),
            )
        )


def _percent(text: str) -> float | None:
    value = number_of(text)
    return value if value is not None and 0 <= value <= 100 else None


def _signed(value: float, words: Words) -> str:
    return ("+" if value > 0 else "") + words.number(value)
