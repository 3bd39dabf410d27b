"""What an instrument's own rules make of answers. Pure: answers in, figures out.

An item that was left out is missing: it is never counted as 0. Where the instrument lets some be missing, the sum is
scaled up (prorated) and said to be; else the score is incomplete and has no value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from clinician_console.questionnaires.errors import AnswerError, AnswerReason
from clinician_console.questionnaires.instrument import Alert, Change, Instrument, Pattern, Score

Given = Mapping[str, object]
"""Answers by item id; None, and an id that is absent, for what was left out."""

State = Literal["complete", "prorated", "incomplete"]


@dataclass(frozen=True)
class Scored:
    """One score. ``value``: None where it is incomplete; rounded to the score's digits."""

    id: str
    state: State
    value: float | None
    answered: int
    of: int
    band: int | None = None
    """Which of the instrument's bands the value lies in."""


@dataclass(frozen=True)
class Met:
    """A pattern: met, not met, or (None) not to be told from what was answered."""

    id: str
    met: bool | None


@dataclass(frozen=True)
class Result:
    scores: tuple[Scored, ...]
    patterns: tuple[Met, ...]
    alerts: tuple[str, ...]
    """Ids of the alerts that went off."""
    missing: tuple[str, ...]
    """Items of scores that were left out."""

    def score(self, name: str) -> Scored:
        return next(score for score in self.scores if score.id == name)

    def as_json(self) -> dict[str, Any]:
        """As it is kept: each score's value under its id (None: incomplete), the rest under ``about``."""
        return {
            **{score.id: score.value for score in self.scores},
            "about": {
                "states": {score.id: score.state for score in self.scores},
                "patterns": {pattern.id: pattern.met for pattern in self.patterns},
                "alerts": [*self.alerts],
                "missing": [*self.missing],
            },
        }


def checked(instrument: Instrument, given: Given) -> dict[str, int | None]:
    """Every item of the instrument with its answer.

    Raises:
        AnswerError: UNKNOWN_ITEM, BAD_VALUE; the message names the item and what it may be answered with, not the
            answer itself: logs keep no answers.
    """
    known = instrument.items
    if strange := [name for name in given if name not in known]:
        raise AnswerError(
            AnswerReason.UNKNOWN_ITEM,
            f"{instrument.short} {instrument.version} has no item {str(strange[0])[:20]!r}: "
            "these answers belong to another instrument or version",
        )
    found: dict[str, int | None] = {}
    for name in known:
        value = given.get(name)
        values = instrument.group_of(name).values
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or value not in values
        ):
            by = f" by {values.step}" if values.step > 1 else ""
            raise AnswerError(
                AnswerReason.BAD_VALUE,
                f"item {name} of {instrument.short} is answered by a whole number from {values[0]} to {values[-1]}{by}, "
                "or left out",
            )
        found[name] = value
    return found


def score(instrument: Instrument, given: Given) -> Result:
    """All scores, patterns and alerts.

    Raises:
        AnswerError: see :func:`checked`.
    """
    answers = checked(instrument, given)
    wanted = dict.fromkeys(name for each in instrument.scores for name in instrument.items_of(each))
    return Result(
        scores=tuple(_scored(instrument, each, answers) for each in instrument.scores),
        patterns=tuple(Met(pattern.id, _met(pattern, answers)) for pattern in instrument.patterns),
        alerts=tuple(alert.id for alert in instrument.alerts if _off(alert, answers)),
        missing=tuple(name for name in wanted if answers[name] is None),
    )


def _scored(instrument: Instrument, score: Score, answers: Mapping[str, int | None]) -> Scored:
    items = instrument.items_of(score)
    missing = sum(answers[name] is None for name in items)
    answered = len(items) - missing
    if missing > score.may_miss:
        return Scored(score.id, "incomplete", None, answered, len(items))
    parts = [instrument.score(name).items for name in score.of] if score.of else [score.items]
    raw: float = sum(_counts(instrument, name, answers[name]) for part in parts for name in part)
    if score.how == "mean":
        raw = raw / answered
    elif missing:
        raw = math.floor(raw * len(items) / answered + 0.5)  # to a whole, halves up, as on paper
    value = rounded(raw * score.weight, score.digits)
    band = None
    for number, each in enumerate(score.bands):
        if value >= each.at_least:
            band = number
    return Scored(score.id, "prorated" if missing else "complete", value, answered, len(items), band)


def _counts(instrument: Instrument, item: str, answer: int | None) -> int:
    if answer is None:
        return 0
    group = instrument.group_of(item)
    return group.lowest + group.highest - answer if item in group.reverse else answer


def _met(pattern: Pattern, answers: Mapping[str, int | None]) -> bool | None:
    certain = possible = True
    for need in pattern.needs:
        values = [answers[name] for name in need.items]
        there = sum(value is not None and value >= pattern.counts_from for value in values)
        certain &= there >= need.at_least
        possible &= there + values.count(None) >= need.at_least
    return True if certain else (None if possible else False)


def _off(alert: Alert, answers: Mapping[str, int | None]) -> bool:
    answer = answers[alert.item]
    return answer is not None and answer >= alert.at_least


def rounded(value: float, digits: int) -> float:
    """Halves away from zero, as on paper; a tenth of a thousandth absorbs what binary fractions leave."""
    scale = 10**digits
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9), value) / scale + 0.0


@dataclass(frozen=True)
class Difference:
    """How a score moved between two times. ``noted``: the largest change that a publication calls noteworthy."""

    value: float
    noted: Change | None


def difference(score: Score, before: float | None, now: float | None) -> Difference | None:
    """None where one of the two has no value."""
    if before is None or now is None:
        return None
    value = rounded(now - before, score.digits)
    reached = [change for change in score.changes if abs(value) >= change.at_least]
    return Difference(value, reached[-1] if reached else None)
