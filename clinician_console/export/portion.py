"""What goes into one export: people, their sittings and their questionnaires. Values; who chooses them is
:mod:`clinician_console.export.choose`, who writes them :mod:`clinician_console.export.write`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal

from clinician_console.clinic.debrief import Debrief, without_words
from clinician_console.clinic.entries import Answers
from clinician_console.export.content import LEFT_OUT
from clinician_console.export.covering import Cover, WholeRecord, moment
from vr_runtime.protocol.words import AgeBand


class Format(str, Enum):
    CSV = "csv"
    MCAP = "mcap"
    BIDS = "bids"
    EDF = "edf"
    FHIR = "fhir"
    FHIR_R4B = "fhir-r4b"


Scope = Literal["session", "patient", "study"]
OpenRecord = Callable[[], AbstractContextManager[WholeRecord]]

RESPONDENTS = frozenset(
    {"patient", "self", "parent", "carer", "clinician", "therapist", "observer", "teacher"}
)
"""Who filled a questionnaire, as far as it is a word of ours; anything else was typed."""


@dataclass(frozen=True)
class Sitting:
    """A session: its label (``01``), how its record is opened (under its cover, if it has one), what was asked after it.

    ``days``: since the person's first session in this export. ``debrief``: without typed words unless notes go along.
    """

    label: str
    open: OpenRecord
    days: int = 0
    opened_at: str = ""
    debrief: Debrief = field(default_factory=Debrief)


@dataclass(frozen=True)
class Person:
    """``label`` is what files are named by (``001``); ``pseudonym`` what they say inside: the study's code in a study."""

    label: str
    pseudonym: str
    age: AgeBand = AgeBand.UNKNOWN
    practice: bool = False
    sittings: tuple[Sitting, ...] = ()
    answers: tuple[Answers, ...] = ()
    answer_days: tuple[int | None, ...] = ()
    """Of each of ``answers``, the days since the first session; None where there was none."""
    patient: str = field(default="", repr=False)
    """Id in the clinic's data, for the audit trail alone: it is written nowhere."""


@dataclass(frozen=True)
class Portion:
    """``left_out``: how many of what were not taken in, by reason; never who.

    ``covered``: pseudonyms, dates and the clinic's words were replaced (:mod:`clinician_console.export.covering`).
    """

    scope: Scope
    people: tuple[Person, ...]
    covered: bool
    with_notes: bool = False
    name: str = ""
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def sittings(self) -> int:
        return sum(len(person.sittings) for person in self.people)


def moved(when: str, cover: Cover | None) -> str:
    """A date or time of the clinic's data as an export tells it: by whole days, times at the full hour before."""
    if cover is None or not when:
        return when
    at = moment(when)
    if at is None:
        return ""
    try:
        at += timedelta(days=cover.days)
    except OverflowError:
        return ""
    if "T" not in when:
        return at.date().isoformat()
    return at.replace(minute=0, second=0, microsecond=0).isoformat()


def told_answers(
    answers: Answers, cover: Cover | None, sessions: dict[str, str], *, with_notes: bool
) -> Answers:
    """As they go out: ids of the clinic's own gone (``session`` is the label here), what was typed left out."""
    items = {
        name: LEFT_OUT if isinstance(value, str) and value and not with_notes else value
        for name, value in answers.items.items()
    }
    known = answers.respondent in RESPONDENTS or with_notes or not answers.respondent
    return replace(
        answers,
        id="",
        patient="",
        session=sessions.get(answers.session, ""),
        date=moved(answers.date, cover),
        respondent=answers.respondent if known else LEFT_OUT,
        items=items,
    )


def told_debrief(debrief: Debrief, *, with_notes: bool) -> Debrief:
    return debrief if with_notes else without_words(debrief)


def figures_of(scores: dict[str, Any]) -> dict[str, float]:
    """Of what an instrument's rules made of the answers, the numbers."""
    return {
        name: float(value)
        for name, value in scores.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def days_between(first: str, then: str) -> int | None:
    """Whole days from one date or time to another; None where one of them is none."""
    begin, end = moment(first), moment(then)
    return None if begin is None or end is None else (end.date() - begin.date()).days


def earliest(times: list[str]) -> str:
    found: list[datetime] = [at for at in map(moment, times) if at is not None]
    return min(found).isoformat() if found else ""
