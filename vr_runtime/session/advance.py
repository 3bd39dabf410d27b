"""Advance rules: each looks at one step and says whether it holds, with its reason in words.

A rule proposes nothing by itself and moves nothing. Definitions and names after research/clinical.md 1.7; ratings are
distress on 0 to 100, in the order in which they were given on this step, the one on entering it included. The peak is
the highest of them. That fear falls is never the only criterion (Craske et al. 2008), so protocols combine rules.

A pack may bring rules of its own: anything callable like :data:`Rule`, under the entry points ``palier.rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from vr_runtime.protocol.course_events import Reason, TrialClosed
from vr_runtime.protocol.files.manifest import Text


@dataclass(frozen=True)
class StepFacts:
    """What a rule may look at. Nothing here is a heart rate: the heart moves no step, not even by a proposal."""

    step: int
    step_s: float
    """On the step's clock: pauses do not count."""
    minimum_s: float
    """The plan's suggested minimum for this step."""
    ratings: tuple[float, ...] = ()
    baseline: float | None = None
    """The last rating of distress in the baseline."""
    goal_reached: bool = False
    """The therapist marked the step's behavioural goal as reached."""
    trial: TrialClosed | None = None
    """The last trial closed on this step."""

    @property
    def peak(self) -> float:
        return max(self.ratings, default=0.0)


class Finding(NamedTuple):
    """``holds`` with the reason for it; a rule that does not hold may leave the reason out."""

    holds: bool
    reason: Reason | None = None


Numbers = Mapping[str, float]
Rule = Callable[[StepFacts, Numbers], Finding]

NO = Finding(False)


def _yes(rule: str, en: str, fr: str, **numbers: float) -> Finding:
    return Finding(True, Reason(rule=f"{rule}/1", text=Text(en=en, fr=fr), numbers=numbers))


def time_on_step(facts: StepFacts, numbers: Numbers) -> Finding:
    """T1: ``minimum_s`` seconds on the step (without it: the plan's minimum for the step)."""
    least_s = numbers.get("minimum_s", facts.minimum_s)
    if facts.step_s < least_s:
        return NO
    minutes = facts.step_s / 60.0
    return _yes(
        "time_on_step",
        f"{minutes:.0f} min on this step; the minimum is {least_s / 60.0:.0f} min",
        f"{minutes:.0f} min sur ce palier ; le minimum est de {least_s / 60.0:.0f} min",
        step_s=facts.step_s,
        minimum_s=least_s,
    )


def half_of_peak(facts: StepFacts, numbers: Numbers) -> Finding:
    """H1: the last ``times`` ratings (2) at or below ``share`` (0.5) of the step's peak."""
    share, times = numbers.get("share", 0.5), _times(numbers, 2)
    peak, last = facts.peak, facts.ratings[-times:]
    # the peak itself is no proof that it fell: there must have been something to fall from
    if peak <= 0.0 or len(facts.ratings) <= times or any(value > share * peak for value in last):
        return NO
    shown = _listed(last)
    return _yes(
        "half_of_peak",
        f"distress fell from {peak:.0f} to {shown}: at or below {share:.0%} of this step's peak, {times} times in a row",
        f"la détresse est passée de {peak:.0f} à {shown} : au plus {_percent(share)} du maximum du palier, "
        f"{times} fois de suite",
        peak=peak,
        last=last[-1],
    )


def half_of_rise(facts: StepFacts, numbers: Numbers) -> Finding:
    """H2: of the rise above the baseline, at least ``share`` (0.5) is gone in the last ``times`` ratings (2); undefined
    where the rise is less than ``least_rise`` (10)."""
    share, times = numbers.get("share", 0.5), _times(numbers, 2)
    base, peak, last = facts.baseline, facts.peak, facts.ratings[-times:]
    if base is None or len(facts.ratings) <= times or peak - base < numbers.get("least_rise", 10.0):
        return NO
    if any((peak - value) / (peak - base) < share for value in last):
        return NO
    shown = _listed(last)
    return _yes(
        "half_of_rise",
        f"of the rise from {base:.0f} (baseline) to {peak:.0f}, at least {share:.0%} is gone: now {shown}",
        f"de la montée de {base:.0f} (ligne de base) à {peak:.0f}, au moins {_percent(share)} a disparu : "
        f"maintenant {shown}",
        baseline=base,
        peak=peak,
        last=last[-1],
    )


def low(facts: StepFacts, numbers: Numbers) -> Finding:
    """H3: the last ``times`` ratings (2) at or below ``at_most`` (20)."""
    at_most, times = numbers.get("at_most", 20.0), _times(numbers, 2)
    last = facts.ratings[-times:]
    if len(last) < times or any(value > at_most for value in last):
        return NO
    shown = _listed(last)
    return _yes(
        "low",
        f"distress is low: {shown}, at most {at_most:.0f}, {times} times in a row",
        f"la détresse est basse : {shown}, au plus {at_most:.0f}, {times} fois de suite",
        last=last[-1],
        at_most=at_most,
    )


def plateau(facts: StepFacts, numbers: Numbers) -> Finding:
    """The last ``times`` ratings (3) differ by at most ``within`` (5) from one to the next."""
    within, times = numbers.get("within", 5.0), _times(numbers, 3)
    last = facts.ratings[-times:]
    steps = [abs(after - before) for before, after in zip(last, last[1:], strict=False)]
    if len(last) < times or any(step > within for step in steps):
        return NO
    shown = _listed(last)
    return _yes(
        "plateau",
        f"distress no longer changes: {shown}; waiting longer may teach nothing new on this step",
        f"la détresse ne change plus : {shown} ; attendre davantage n'apprendra peut-être rien de plus ici",
        last=last[-1],
        within=within,
    )


def goal_reached(facts: StepFacts, numbers: Numbers) -> Finding:
    """B1: the therapist marked the step's behavioural goal as reached."""
    if not facts.goal_reached:
        return NO
    return _yes(
        "goal_reached",
        "the step's goal was reached",
        "l'objectif du palier est atteint",
        step_s=facts.step_s,
    )


def conditions_met(facts: StepFacts, numbers: Numbers) -> Finding:
    """IL1: a trial was closed on this step, its conditions met and belief rated again; with ``belief_at_most``, at or
    below it."""
    trial = facts.trial
    if trial is None or not trial.conditions_met:
        return NO
    if trial.belief > numbers.get("belief_at_most", 100.0):
        return NO
    before = trial.belief - trial.change
    happened_en = "what was feared happened" if trial.occurred else "what was feared did not happen"
    happened_fr = (
        "ce qui était craint est arrivé" if trial.occurred else "ce qui était craint n'est pas arrivé"
    )
    return _yes(
        "conditions_met",
        f"the trial's conditions were met and {happened_en}; belief went from {before:.0f} to {trial.belief:.0f}",
        f"les conditions de l'essai sont remplies et {happened_fr} ; la croyance est passée de {before:.0f} à "
        f"{trial.belief:.0f}",
        before=before,
        after=trial.belief,
    )


def lower_at_ceiling(facts: StepFacts, numbers: Numbers) -> Finding:
    """For a step down: the last ``times`` ratings (2) at or above ``at_least`` (90) (clinical.md 1.9)."""
    at_least, times = numbers.get("at_least", 90.0), _times(numbers, 2)
    last = facts.ratings[-times:]
    if len(last) < times or any(value < at_least for value in last):
        return NO
    shown = _listed(last)
    return _yes(
        "lower_at_ceiling",
        f"distress is at the top of the scale: {shown}, {times} times in a row",
        f"la détresse est au sommet de l'échelle : {shown}, {times} fois de suite",
        last=last[-1],
        at_least=at_least,
    )


def under_engaged(facts: StepFacts, numbers: Numbers) -> Finding:
    """For a stronger cue: after ``after_s`` (180) on the step no rating reached ``below`` (30)."""
    below, after_s = numbers.get("below", 30.0), numbers.get("after_s", 180.0)
    if facts.step_s < after_s or len(facts.ratings) < 2 or facts.peak >= below:
        return NO
    return _yes(
        "under_engaged",
        f"after {facts.step_s / 60.0:.0f} min distress has not reached {below:.0f} (highest: {facts.peak:.0f})",
        f"après {facts.step_s / 60.0:.0f} min, la détresse n'a pas atteint {below:.0f} (maximum : {facts.peak:.0f})",
        peak=facts.peak,
        below=below,
    )


BUILT_IN: Mapping[str, Rule] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            time_on_step,
            half_of_peak,
            half_of_rise,
            low,
            plateau,
            goal_reached,
            conditions_met,
            lower_at_ceiling,
            under_engaged,
        )
    }
)


def _times(numbers: Numbers, otherwise: int) -> int:
    return max(1, round(numbers.get("times", otherwise)))


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"
