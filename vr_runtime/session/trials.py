"""Expectancy trials (Craske et al. 2014): what is feared is said before, the conditions are fixed, what happened is
compared with it. One at a time."""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.protocol.commands import CloseTrial, OpenTrial
from vr_runtime.protocol.course_events import TrialClosed, TrialOpened


class Trial(NamedTuple):
    opened: TrialOpened
    since_s: float
    """On the step's clock, so that a pause does not count."""


class Trials:
    """``open`` is the trial under way, ``last`` the one that was closed last on this step."""

    def __init__(self) -> None:
        self.open: Trial | None = None
        self.last: TrialClosed | None = None
        self._count = 0

    def begin(self, body: OpenTrial, step: int, step_s: float) -> TrialOpened:
        self._count += 1
        opened = TrialOpened(
            trial=f"trial-{self._count}",
            step=step,
            feared=body.feared,
            belief=body.belief,
            severity=body.severity,
            conditions=body.conditions,
            conditions_s=body.conditions_s,
            removed=body.removed,
        )
        self.open = Trial(opened, step_s)
        return opened

    def end(self, body: CloseTrial, step_s: float) -> TrialClosed:
        """Close the open trial (there is one)."""
        assert self.open is not None
        trial, self.open = self.open, None
        self.last = TrialClosed(
            trial=trial.opened.trial,
            lasted_s=round(max(0.0, step_s - trial.since_s), 3),
            conditions_met=body.conditions_met,
            occurred=body.occurred,
            belief=body.belief,
            change=body.belief - trial.opened.belief,
            surprise=body.surprise,
            learned=body.learned,
        )
        return self.last

    def leave_step(self, step_s: float) -> TrialClosed | None:
        """Another step: a trial under way is given up."""
        self.last = None
        if self.open is None:
            return None
        if self.open.opened.step == 0:  # opened before the first step, for the step that is entered now
            self.open = self.open._replace(since_s=0.0)
            return None
        closed = self.give_up(step_s)
        self.last = None
        return closed

    def give_up(self, step_s: float) -> TrialClosed | None:
        """Close a trial under way with what was believed before, its conditions not met."""
        if self.open is None:
            return None
        body = CloseTrial(conditions_met=False, occurred=False, belief=self.open.opened.belief)
        return self.end(body, step_s)
