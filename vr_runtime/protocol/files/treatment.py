"""A treatment protocol: the course of a session as data, for a clinician to read, change and put a version to.

What a protocol says is asked, suggested, proposed or warned of; nothing in it moves the scene. Times are in seconds,
ratings on 0 to 100 after normalising, unless the field says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Literal

from pydantic import Field, model_validator

from vr_runtime.protocol.base import Identifier, Strict
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.wrong import nearest
from vr_runtime.protocol.words import Phase, PreventionMode, Rated, Scale

RULES: dict[str, frozenset[str]] = {
    "time_on_step": frozenset({"minimum_s"}),
    "half_of_peak": frozenset({"share", "times"}),
    "half_of_rise": frozenset({"share", "times", "least_rise"}),
    "low": frozenset({"at_most", "times"}),
    "plateau": frozenset({"within", "times"}),
    "goal_reached": frozenset(),
    "conditions_met": frozenset({"belief_at_most"}),
    "lower_at_ceiling": frozenset({"at_least", "times"}),
    "under_engaged": frozenset({"below", "after_s"}),
}
"""The advance rules that come with Palier (clinical.md 1.7) and the numbers that each takes. A pack may bring others
through the entry points ``palier.rules``."""


BOUNDS: dict[str, tuple[float, float]] = {
    "minimum_s": (0.0, 14_400.0),
    "after_s": (0.0, 14_400.0),
    "share": (0.0, 1.0),
    "times": (1.0, 20.0),
    "least_rise": (0.0, 100.0),
    "at_most": (0.0, 100.0),
    "at_least": (0.0, 100.0),
    "within": (0.0, 100.0),
    "below": (0.0, 100.0),
    "belief_at_most": (0.0, 100.0),
}
"""Between which values a number of our own rules lies."""


class SafePlaceMeaning(str, Enum):
    """What a visit to the safe place means in this protocol; the console says so and the record keeps it."""

    TECHNIQUE = "technique"
    """Calming down is part of the treatment (stabilisation in PTSD)."""
    SAFETY_BEHAVIOUR = "safety_behaviour"
    """It is always there, and a visit counts as a safety behaviour (inhibitory learning, response prevention)."""
    RECOVERY_ONLY = "recovery_only"
    """It is always there; relaxation is offered after the exposure, not during it (blood and injection)."""


class PhasePlan(Strict):
    """How long a phase is meant to last. ``minimum_s`` is told where it was not kept; ``maximum_s`` is warned of."""

    minimum_s: float = Field(default=0.0, ge=0, le=14_400)
    suggested_s: float | None = Field(default=None, ge=0, le=14_400)
    maximum_s: float | None = Field(default=None, gt=0, le=14_400)
    what: Text | None = None

    @model_validator(mode="after")
    def _rising(self) -> PhasePlan:
        named = {"minimum_s": self.minimum_s, "suggested_s": self.suggested_s, "maximum_s": self.maximum_s}
        times = {name: time for name, time in named.items() if time is not None}
        if [*times.values()] != sorted(times.values()):
            listed = ", ".join(f"{name} = {time:g}" for name, time in times.items())
            raise ValueError(f"the times must rise, and do not: {listed}")
        return self


class Question(Strict):
    """A rating that is asked for: on a beat in some phases, at moments, or both."""

    what: Rated
    scale: Scale = Scale.SUDS_100
    every_s: float | None = Field(
        default=None, ge=20, le=3600, description="on the phase's clock; pauses do not count"
    )
    phases: tuple[Phase, ...] = (Phase.BASELINE, Phase.EXPOSURE, Phase.RECOVERY)
    at: tuple[Literal["phase_entered", "step_entered", "window"], ...] = ()
    wait_s: float = Field(default=30.0, gt=0, le=600)

    @model_validator(mode="after")
    def _sometime(self) -> Question:
        if self.every_s is None and not self.at:
            raise ValueError(f"{self.what.value} is never asked: give every_s, or moments in at")
        return self


class RuleUse(Strict):
    """An advance rule with its numbers. ``rule`` is a key of :data:`RULES` or of an installed pack."""

    rule: Identifier
    numbers: dict[Identifier, float] = {}


class Advance(Strict):
    """A step up is proposed when all of ``require`` and one of ``any_of`` hold (none given: ``require`` is enough)."""

    require: tuple[RuleUse, ...] = ()
    any_of: tuple[RuleUse, ...] = ()
    lower: tuple[RuleUse, ...] = Field(
        default=(), description="one of these: a step down or a pause is proposed"
    )
    more: tuple[RuleUse, ...] = Field(
        default=(), description="one of these: a stronger cue on this step is proposed"
    )

    @property
    def uses(self) -> tuple[RuleUse, ...]:
        return (*self.require, *self.any_of, *self.lower, *self.more)


class Prevention(Strict):
    """Response prevention: what a window is opened with when the therapist does not say otherwise."""

    mode: PreventionMode = PreventionMode.DELAY
    delay_s: float = Field(default=300.0, ge=0, le=7200)
    target_s: float = Field(default=1800.0, gt=0, le=7200)
    urge_at_s: tuple[float, ...] = Field(default=(0.0, 60.0, 120.0, 300.0), max_length=20)
    urge_every_s: float = Field(default=300.0, ge=30, le=3600, description="after the last of urge_at_s")


class Trials(Strict):
    """Expectancy trials: what is feared is said before, the conditions are fixed, what happened is compared."""

    wanted: bool = True
    conditions_s: float = Field(
        default=300.0, ge=0, le=7200, description="suggested length of a trial's conditions"
    )
    ask_surprise: bool = True


class Tension(Strict):
    """Applied tension: so many times so long tense, so long released (Ost and Sterner 1987)."""

    tense_s: float = Field(default=12.0, ge=5, le=30)
    release_s: float = Field(default=25.0, ge=10, le=60)
    times: int = Field(default=5, ge=1, le=20)


class EndRules(Strict):
    """When the exposure is meant to end. Each is told as a warning with its reason; none of them ends anything."""

    session_s: float = Field(default=3600.0, gt=0, le=14_400, description="the whole session")
    reserve_s: float = Field(default=600.0, ge=0, le=3600, description="kept for recovery and debrief")
    not_at_peak: bool = Field(default=True, description="warn of an end while distress is at the step's peak")
    start_below: bool = Field(default=True, description="next session begins one step below the last one")


class TreatmentProtocol(Strict):
    """A whole protocol file. ``established`` and ``confirm`` keep what literature says apart from Palier's defaults."""

    id: Identifier
    version: int = Field(ge=1, le=9999)
    names: Text
    summary: Text
    established: tuple[Text, ...] = Field(default=(), description="what the sources say")
    confirm: tuple[Text, ...] = Field(default=(), description="defaults that a clinician has to confirm")
    sources: tuple[str, ...] = Field(min_length=1, max_length=40)
    phases: dict[Phase, PhasePlan] = {}
    questions: tuple[Question, ...] = ()
    advance: Advance = Advance()
    safe_place: SafePlaceMeaning = SafePlaceMeaning.TECHNIQUE
    prevention: Prevention | None = None
    trials: Trials | None = None
    tension: Tension | None = None
    blood_injection: bool = Field(
        default=False, description="watch for the fall of heart rate before fainting"
    )
    end: EndRules = EndRules()

    @model_validator(mode="after")
    def _consistent(self) -> TreatmentProtocol:
        for phase in (Phase.CLOSED, Phase.STOPPED):
            if phase in self.phases:
                raise ValueError(f"phases.{phase.value}: this phase has no times")
        for use in self.advance.uses:
            if problem := _wrong_numbers(use):
                raise ValueError(f"advance: {problem}")
        asked = [(question.what, question.scale) for question in self.questions]
        if len(set(asked)) != len(asked):
            raise ValueError("the same rating on the same scale is asked twice: put both into one question")
        if self.end.reserve_s >= self.end.session_s:
            raise ValueError(
                f"end: reserve_s = {self.end.reserve_s:g} must be less than session_s = {self.end.session_s:g}"
            )
        return self

    def remarks(self, rules: Iterable[str] = RULES) -> list[str]:
        """What is no error and yet worth a second look, in plain words. ``rules``: those that are installed."""
        known, found = sorted(rules), list[str]()
        for name in dict.fromkeys(use.rule for use in self.advance.uses if use.rule not in known):
            found.append(
                f"advance: no rule '{name}' is installed, and so it never holds{nearest(name, known)} "
                f"(installed: {', '.join(known)})"
            )
        if not self.advance.require and not self.advance.any_of:
            found.append("advance: neither require nor any_of is given, so no step up is ever proposed")
        if not self.advance.lower:
            found.append("advance: lower is not given, so no step down is ever proposed")
        if self.questions and all(question.what is not Rated.DISTRESS for question in self.questions):
            found.append("questions: distress is never asked for; most rules look at it")
        rated = {use.rule for use in self.advance.uses} & _NEED_RATINGS
        if not self.questions and rated:
            found.append(f"questions: none is asked, and {', '.join(sorted(rated))} need ratings")
        if self.trials is None and any(use.rule == "conditions_met" for use in self.advance.uses):
            found.append("trials: not given, and the rule conditions_met waits for a trial")
        times = [plan.minimum_s for plan in self.phases.values()]
        if sum(times) > self.end.session_s:
            found.append(
                f"end: session_s = {self.end.session_s:g} is shorter than the phases' minimum_s together ({sum(times):g})"
            )
        if not self.established:
            found.append("established: empty; say what the sources support")
        if not self.confirm:
            found.append("confirm: empty; say which values a clinician has to confirm")
        return found


_NEED_RATINGS = frozenset(
    {"half_of_peak", "half_of_rise", "low", "plateau", "lower_at_ceiling", "under_engaged"}
)


def _wrong_numbers(use: RuleUse) -> str | None:
    known = RULES.get(use.rule)
    if known is None:
        return None
    for name, value in use.numbers.items():
        if name not in known:
            takes = ", ".join(sorted(known)) or "no numbers"
            return f"rule {use.rule} does not know '{name}'{nearest(name, known)} (it takes: {takes})"
        low, high = BOUNDS[name]
        if not low <= value <= high:
            return f"rule {use.rule}: {name} = {value:g} must lie from {low:g} to {high:g}"
        if name == "times" and value != int(value):
            return f"rule {use.rule}: times = {value:g} must be a whole number"
    return None
