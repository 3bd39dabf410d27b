"""Questionnaires over the weeks: one main score each, and what changed since the first, held against published
thresholds where there are some. A threshold is a publication's; reaching it is told with its source and judged by
nobody here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clinician_console.clinic.entries import Answers
from vr_runtime.protocol.files.manifest import Text

MAIN = "total"


@dataclass(frozen=True)
class Threshold:
    """A difference between two times that a publication calls noteworthy, in either direction."""

    at_least: float
    says: Text
    source: str


Thresholds = Mapping[str, Sequence[Threshold]]

_PCL5 = "National Center for PTSD, using the PCL-5 to measure change"
SOURCED: Thresholds = {
    "pcl5": (
        Threshold(
            5,
            Text(
                en="5 points or more: more than chance is likely",
                fr="5 points ou plus : probablement au-delà du hasard",
            ),
            _PCL5,
        ),
        Threshold(
            10,
            Text(
                en="10 points or more: a change that matters clinically is likely",
                fr="10 points ou plus : changement probablement significatif en clinique",
            ),
            _PCL5,
        ),
    ),
}
"""Those that this room knows of itself; the instruments' own files bring more."""


@dataclass(frozen=True)
class Filled:
    """``value`` None: incomplete, and no figure is made up for it."""

    date: str
    value: float | None
    version: str
    session: str = ""


@dataclass(frozen=True)
class Instrument:
    """``change``: last less first complete one of the same version; None with fewer than two. ``reached``: the
    thresholds that its size reaches; ``thresholds``: whether any are known."""

    id: str
    score: str
    filled: tuple[Filled, ...]
    change: float | None = None
    reached: tuple[Threshold, ...] = ()
    thresholds: bool = False


def answered(answers: Sequence[Answers], thresholds: Thresholds | None = None) -> Iterable[Instrument]:
    """By instrument, in the order in which they were first filled."""
    known = SOURCED if thresholds is None else thresholds
    by_instrument: dict[str, list[Answers]] = {}
    for one in sorted(answers, key=lambda each: (each.date, each.id)):
        by_instrument.setdefault(one.instrument, []).append(one)
    for name, found in by_instrument.items():
        score = _main(found[-1])
        filled = tuple(
            Filled(one.date, _value(one, score), one.instrument_version, one.session) for one in found
        )
        version = filled[-1].version
        complete = [one.value for one in filled if one.value is not None and one.version == version]
        change = complete[-1] - complete[0] if len(complete) > 1 else None
        limits = tuple(known.get(name, ()))
        reached = tuple(one for one in limits if change is not None and abs(change) >= one.at_least)
        yield Instrument(name, score, filled, change, reached, bool(limits))


def _main(answers: Answers) -> str:
    """The score ``total``, else the first one there is."""
    names = [name for name in answers.scores if name != "about"]
    return MAIN if MAIN in names or not names else names[0]


def _value(answers: Answers, score: str) -> float | None:
    value = answers.scores.get(score)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
