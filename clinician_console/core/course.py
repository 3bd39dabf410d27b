"""The course of the treatment as the record tells it: checks, overrides, proposals, the open window, the open trial,
the forecast. Pure: events in, one immutable value out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from vr_runtime.protocol import events as ev
from vr_runtime.protocol.files.checklist import CheckItem
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.words import Phase

Answer = bool | float | str


@dataclass(frozen=True)
class OpenWindowState:
    """A response-prevention window that is open. ``lasted_s`` counts the exposure alone: a pause does not count."""

    opened: ev.WindowOpened
    lasted_s: float = 0.0
    compulsions: int = 0
    prevented: int = 0


@dataclass(frozen=True)
class OpenTrialState:
    opened: ev.TrialOpened
    lasted_s: float = 0.0


@dataclass(frozen=True)
class CourseState:
    """What the pages see of the course."""

    treatment: TreatmentProtocol | None = None
    limits: SafetyLimits | None = None
    items: tuple[CheckItem, ...] = ()
    """The start checks that are asked of this patient."""
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    overrides: Mapping[str, str] = field(default_factory=dict[str, str])
    """Gap to the name of the clinician who took it on."""
    proposals: tuple[ev.ProposalMade, ...] = ()
    """Open ones, the oldest first."""
    window: OpenWindowState | None = None
    last_window: ev.WindowClosed | None = None
    trial: OpenTrialState | None = None
    last_trial: ev.TrialClosed | None = None
    forecasts: tuple[ev.ForecastMade, ...] = ()
    """On the present step: what is expected to come, the nearest first."""
    aid: bool = True


class CourseBook:
    """Fed with events in order. Not thread-safe: the core holds its lock."""

    def __init__(self) -> None:
        self._state = CourseState()
        self._answers: dict[str, Answer] = {}
        self._overrides: dict[str, str] = {}
        self._proposals: dict[str, ev.ProposalMade] = {}
        self._forecasts: dict[bool, ev.ForecastMade] = {}
        self._running_since_ns: int | None = None
        """Since when the exposure runs."""
        self._ran_ns = 0
        """How long it ran before that."""
        self._window_from_ns = 0
        self._trial_from_ns = 0

    def state(self, now_ns: int) -> CourseState:
        """The state as it is to be shown at ``now_ns`` of the runtime's clock."""
        ran = self._ran(now_ns)
        window, trial = self._state.window, self._state.trial
        return replace(
            self._state,
            answers=MappingProxyType(dict(self._answers)),
            overrides=MappingProxyType(dict(self._overrides)),
            proposals=tuple(self._proposals.values()),
            window=replace(window, lasted_s=(ran - self._window_from_ns) / 1e9) if window else None,
            trial=replace(trial, lasted_s=(ran - self._trial_from_ns) / 1e9) if trial else None,
            forecasts=tuple(sorted(self._forecasts.values(), key=lambda one: one.ahead_s == 0.0)),
        )

    def event(self, event: ev.Event) -> None:
        now_ns = event.t_ns
        match event.body:
            case ev.Opened() as body:
                items = body.checklist.items if body.checklist else ()
                asked = tuple(item for item in items if not item.ages or body.age in item.ages)
                self._state = replace(
                    self._state, treatment=body.treatment, limits=body.limits, items=asked, aid=body.aid
                )
            case ev.PhaseChanged() as body:
                self._ran_ns = self._ran(now_ns)
                self._running_since_ns = now_ns if body.phase is Phase.EXPOSURE else None
            case ev.StepEntered():
                self._forecasts.clear()
                if self._state.trial is not None and self._state.trial.opened.step == 0:
                    self._trial_from_ns = self._ran(now_ns)
            case ev.CheckAnswered() as body:
                self._answered(body)
            case ev.OverrideGiven() as body:
                self._overrides[body.gap] = body.by
            case ev.ProposalMade() as body:
                self._proposals[body.proposal] = body
            case ev.ProposalWithdrawn(proposal=proposal) | ev.ProposalAnswered(proposal=proposal):
                self._proposals.pop(proposal, None)
            case ev.ForecastMade() as body:
                self._forecasts[body.ahead_s == 0.0] = body
            case ev.AidUsed() as body:
                self._state = replace(self._state, aid=body.on)
                if not body.on:
                    self._forecasts.clear()
            case _:
                self._windows_and_trials(event.body, now_ns)

    def _windows_and_trials(self, body: ev.EventBody, now_ns: int) -> None:
        state = self._state
        match body:
            case ev.WindowOpened():
                self._window_from_ns = self._ran(now_ns)
                self._state = replace(state, window=OpenWindowState(body), last_window=None)
            case ev.CompulsionSeen() if state.window is not None:
                seen = state.window
                self._state = replace(
                    state,
                    window=replace(
                        seen, compulsions=seen.compulsions + 1, prevented=seen.prevented + body.prevented
                    ),
                )
            case ev.WindowClosed():
                self._state = replace(state, window=None, last_window=body)
            case ev.TrialOpened():
                self._trial_from_ns = self._ran(now_ns)
                self._state = replace(state, trial=OpenTrialState(body), last_trial=None)
            case ev.TrialClosed():
                self._state = replace(state, trial=None, last_trial=body)
            case _:
                pass

    def _answered(self, body: ev.CheckAnswered) -> None:
        """An answer that changes voids an override of the same item, as the runtime has it."""
        if self._answers.get(body.item) != body.value:
            self._overrides.pop(f"check:{body.item}", None)
        self._answers[body.item] = body.value

    def _ran(self, now_ns: int) -> int:
        since = self._running_since_ns
        return self._ran_ns + (max(0, now_ns - since) if since is not None else 0)
