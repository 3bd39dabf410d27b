"""What happened beside the exposure: checks, proposals, response prevention, trials, marks, forecasts. All derived."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vr_runtime.protocol.base import Tolerant
from vr_runtime.protocol.event_body import EventBody
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.words import (
    Followed,
    Observed,
    Phase,
    PreventionMode,
    ProposalKind,
    WindowOutcome,
)


class CheckAnswered(EventBody):
    """A start check was answered. ``gap``: what now speaks against the session, empty where nothing does.
    A value that was typed is marked as identifying."""

    kind: Literal["check_answered"] = "check_answered"
    item: str
    value: bool | float | str
    gap: str = ""
    identifying: Literal[True] = True


class OverrideGiven(EventBody):
    """A clinician took on a gap. The name and the reason are marked as identifying."""

    kind: Literal["override"] = "override"
    gap: str
    by: str
    reason: str
    identifying: Literal[True] = True


class PhaseCutShort(EventBody):
    """A phase was left before the protocol's minimum."""

    kind: Literal["phase_cut_short"] = "phase_cut_short"
    phase: Phase
    lasted_s: float
    minimum_s: float


class EndedAtPeak(EventBody):
    """The exposure was left while distress stood at the step's peak; the protocol advises against it."""

    kind: Literal["ended_at_peak"] = "ended_at_peak"
    step: int
    value: float
    peak: float


class Reason(Tolerant):
    """One reason of a proposal: the rule that gives it, and what was found, in numbers and in words."""

    rule: str = Field(description="name and version of the rule")
    text: Text
    numbers: dict[str, float] = {}


class ProposalMade(EventBody):
    """An advance rule proposes something. Nothing is done by it."""

    kind: Literal["proposal"] = "proposal"
    proposal: str
    what: ProposalKind
    step: int = Field(description="the step proposed (step_up, step_down), else the present one")
    reasons: tuple[Reason, ...] = Field(min_length=1)


class ProposalWithdrawn(EventBody):
    """What was proposed no longer holds, or was answered by what the therapist did."""

    kind: Literal["proposal_withdrawn"] = "proposal_withdrawn"
    proposal: str
    because: str


class ProposalAnswered(EventBody):
    """The therapist's answer. Why is free text, marked as identifying."""

    kind: Literal["proposal_answered"] = "proposal_answered"
    proposal: str
    answer: Followed
    why: str = ""
    after_s: float = Field(ge=0, description="since it was made")
    identifying: Literal[True] = True


class WindowOpened(EventBody):
    """A response-prevention window. What is prevented is free text, marked as identifying."""

    kind: Literal["window_opened"] = "window_opened"
    window: str
    what: str
    mode: PreventionMode
    delay_s: float
    target_s: float
    step: int
    identifying: Literal[True] = True


class CompulsionSeen(EventBody):
    """A compulsion inside a window: ``latency_s`` after it was opened, ``duration_s`` long where that is known.
    ``prevented``: what served it was inert. Where the therapist marked it, ``what`` is free text: identifying."""

    kind: Literal["compulsion"] = "compulsion"
    window: str
    what: str
    source: Literal["scene", "therapist"]
    latency_s: float
    duration_s: float | None = None
    prevented: bool
    identifying: bool = True


class WindowClosed(EventBody):
    """``resisted_share``: of the window's time, the share before the first compulsion that was not prevented."""

    kind: Literal["window_closed"] = "window_closed"
    window: str
    outcome: WindowOutcome
    lasted_s: float
    compulsions: int
    prevented: int
    resisted_share: float
    urge_first: float | None = None
    urge_peak: float | None = None
    urge_last: float | None = None


class TrialOpened(EventBody):
    """An expectancy trial (Craske 2014). Its texts are the patient's words: marked as identifying."""

    kind: Literal["trial_opened"] = "trial_opened"
    trial: str
    step: int
    feared: str
    belief: float
    severity: float | None = None
    conditions: str
    conditions_s: float
    removed: tuple[str, ...] = ()
    identifying: Literal[True] = True


class TrialClosed(EventBody):
    kind: Literal["trial_closed"] = "trial_closed"
    trial: str
    lasted_s: float
    conditions_met: bool
    occurred: bool
    belief: float
    change: float = Field(description="belief after less belief before")
    surprise: float | None = None
    learned: str = ""
    identifying: Literal[True] = True


class Marked(EventBody):
    """The therapist marked what they saw. The text is marked as identifying."""

    kind: Literal["marked"] = "marked"
    what: Observed
    text: str = ""
    step: int
    identifying: Literal[True] = True


class AidUsed(EventBody):
    kind: Literal["aid"] = "aid"
    on: bool


class ForecastMade(EventBody):
    """Distress expected: mean and the central 80 % of the predictive distribution, 0 to 100. On the present step, if
    the patient stays; or on another one, if it were entered now (``ahead_s`` is 0)."""

    kind: Literal["forecast"] = "forecast"
    step: int
    ahead_s: float = Field(description="for the rating so long from now")
    mean: float
    low: float
    high: float
    model: str = Field(description="name and version of the model")
    based_on: int = Field(description="ratings that it has seen")
    reasons: tuple[Reason, ...] = ()
