"""What might come next, with its reasons. A plain rule on a few figures: the therapist decides.

It proposes one step up at most, never above the plan's ceiling, and nothing at all where it can give no reason. It
does not know the patient, does not look at the heart, and does not call anything a success. Rules and their sources:

- ``half_twice/1``: distress fell to half of the stay's peak or below on two stays on the highest step, each of at
  least its time: the classic criterion (Öst; Foa and Kozak 1986), one among others (Craske et al. 2008).
- ``learned_twice/1``: two trials on the highest step had their conditions met: nothing is asked of distress (Craske
  et al. 2014; Norberg et al. 2018). Counted where the treatment protocol is one of :data:`BY_LEARNING`.
- ``again/1``: the highest step was met fewer than twice like that: the same once more, begun a step lower (a custom
  of manuals, from memory).
- ``high/1``: its last stay ended at 90 or more: a step lower first.
- ``top/1``: the highest step that may be played: the same elsewhere or with less that makes it feel safe.
- ``first/1``: what the debrief said comes first, and nothing harder is proposed: an event that is not over, a patient
  who was not safe to go, sickness of 10 or more of 20, a STOP by the patient on that step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from clinician_console.clinic.debrief import Debrief, cautions
from clinician_console.progress.summary import Rung, Stay, Summary
from vr_runtime.protocol.files.manifest import Text

HALF = 0.5
HIGH = 90.0
LEAST_PEAK = 20.0
"""Below this peak, half of it lies within what ratings sway by: the fall says nothing, and the low peak says it all."""
BY_LEARNING = ("inhibitory_learning",)
TIMES = 2

Told = tuple[int, Summary | None, Debrief | None]
"""Number of a session, its figures, what was asked after it."""


@dataclass(frozen=True)
class Why:
    """A reason: the rule that gives it, the key of its words (``progress.why.KEY``), and the figures in it."""

    rule: str
    key: str
    figures: dict[str, float | str] = field(default_factory=dict[str, float | str])


@dataclass(frozen=True)
class Proposal:
    """``what`` is ``none`` where there is nothing to go by; then ``why`` says what is missing."""

    what: Literal["none", "up", "same", "down"] = "none"
    step: int = 0
    step_id: str = ""
    names: Text | None = None
    begin_at: int = 0
    """Step to begin the session at, one below where there is one."""
    why: tuple[Why, ...] = (Why("nothing/1", "nothing"),)


def propose(sessions: Sequence[Told]) -> Proposal:
    """From the sessions in their order; those without figures count as not known."""
    known = [(number, summary, debrief) for number, summary, debrief in sessions if summary is not None]
    if not known:
        return Proposal()
    number, latest, debrief = known[-1]
    assert latest is not None
    rated = [stay for stay in latest.stays if stay.count]
    if not rated or not latest.ladder:
        return Proposal(why=(Why("nothing/1", "no_ratings", {"session": number}),))
    if sessions[-1][1] is None:
        return Proposal(why=(Why("nothing/1", "latest_unknown", {"session": sessions[-1][0]}),))
    highest = max(stay.step for stay in rated)
    if not 0 < highest <= len(latest.ladder):
        return Proposal(why=(Why("nothing/1", "no_ratings", {"session": number}),))
    rung = latest.ladder[highest - 1]
    here = [stay for stay in rated if stay.step == highest][-1]
    if first := _first(highest, latest, debrief):
        return _at(latest, "same", highest, (*first, _where(here)))
    if here.last is not None and here.last >= HIGH and highest > 1:
        why = Why("high/1", "high", {"step": highest, "last": here.last})
        return _at(latest, "down", highest - 1, (why,))
    found = _enough(rung, known, learning=latest.treatment in BY_LEARNING)
    if len(found) < TIMES:
        return _at(
            latest, "same", highest, (_where(here), *found, Why("again/1", "again", {"step": highest}))
        )
    ceiling = min(latest.ceiling or len(latest.ladder), len(latest.ladder))
    if highest >= ceiling:
        return _at(latest, "same", highest, (*found, Why("top/1", "top", {"step": highest})))
    return _at(latest, "up", highest + 1, found[-TIMES:])


def _at(summary: Summary, what: Literal["up", "same", "down"], step: int, why: Sequence[Why]) -> Proposal:
    rung = summary.ladder[step - 1]
    return Proposal(what, step, rung.step_id, rung.names, max(1, step - 1), tuple(why))


def _where(stay: Stay) -> Why:
    figures: dict[str, float | str] = {"step": stay.step, "count": stay.count}
    if stay.peak is not None and stay.last is not None:
        figures |= {"peak": stay.peak, "last": stay.last}
    return Why("again/1", "where", figures)


def _first(step: int, summary: Summary, debrief: Debrief | None) -> tuple[Why, ...]:
    """What comes before anything harder."""
    found = [Why("first/1", f"first_{name}") for name in (cautions(debrief) if debrief is not None else ())]
    stopped = any(stay.step == step and stay.left_by == "stop" for stay in summary.stays)
    if stopped and set(summary.stops) & {"patient", "window"}:
        found.append(Why("first/1", "first_stop", {"step": step}))
    return tuple(found)


def _enough(rung: Rung, known: Sequence[Told], *, learning: bool) -> tuple[Why, ...]:
    """A reason for each stay on the same step, with the same parameters, that was enough; the oldest first."""
    found: list[Why] = []
    for number, summary, _ in known:
        for stay in summary.stays if summary else ():
            if stay.key != rung.key or not rung.key or stay.turned or stay.exposed_s < stay.minimum_s:
                continue
            if learning:
                if stay.trials_met:
                    found.append(
                        Why("learned_twice/1", "learned", {"session": number, "trials": stay.trials_met})
                    )
            elif stay.peak is not None and stay.last is not None:
                figures: dict[str, float | str] = {"session": number, "peak": stay.peak, "last": stay.last}
                if stay.count >= 3 and stay.peak >= LEAST_PEAK and stay.last <= HALF * stay.peak:
                    found.append(Why("half_twice/1", "half", figures))
                elif stay.count >= TIMES and stay.peak < LEAST_PEAK:
                    found.append(Why("half_twice/1", "low", figures))
    return tuple(found)
