"""What is agreed for home, and what comes back.

A sheet is known by a random id alone: neither the page that the patient takes along nor the file that comes back says
whose it is. The patient's own words may; that is why they stay in the clinic's encrypted store.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from clinician_console.homework.errors import HomeworkError, HomeworkReason
from vr_runtime.protocol.base import Strict
from vr_runtime.protocol.files.wrong import lines_of

FORMAT = 1
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a sheet's id: without I, L, O and U, which are misread (Crockford's base 32)."""
ID_LENGTH = 12
"""Letters of an id: 60 random bits."""
MOST_EXERCISES = 6
MOST_ENTRIES = 60
LONGEST = 300
"""Characters of a text that the patient writes."""
LONGEST_PLANNED = 120
"""Characters of a line of the plan: more would not fit on one printed page."""


def sheet_id(random: bytes) -> str:
    """An id from random bytes (8 or more), such as ``7KQ4M2XD90PT``."""
    number = int.from_bytes(random[:8], "big")
    return "".join(LETTERS[number >> (5 * place) & 31] for place in range(ID_LENGTH))


def plain_id(typed: str) -> str:
    """An id as it was typed: small letters, spaces and dashes do not matter, and O, I and L are read as 0 and 1."""
    letters = re.sub(r"[\s\-–]", "", typed).upper()
    return letters.translate(str.maketrans("OIL", "011"))


def _a_date(text: str) -> str:
    if text:
        try:
            if date.fromisoformat(text).isoformat() != text:
                raise ValueError
        except ValueError:
            raise ValueError("is no date; write it like 2026-03-01, or nothing") from None
    return text


Id = Annotated[str, Field(pattern=f"^[{LETTERS}]{{{ID_LENGTH}}}$")]
Day = Annotated[str, Field(max_length=10), AfterValidator(_a_date)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_PLANNED)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)]
Suds = Annotated[int, Field(ge=0, le=100, strict=True)]
Stayed = Literal["", "eased", "planned", "left"]
"""Stayed until distress had eased, until the planned time was up, or left earlier; empty: not said."""


class Exercise(Strict):
    what: Annotated[Line, Field(min_length=1)]
    where: Line = ""
    often: Line = ""
    goal: Line = ""


class Sheet(Strict):
    """The plan for the time between two sessions (``Homework.body``)."""

    format: Literal[1] = FORMAT
    sheet: Id
    language: Literal["en", "fr"] = "en"
    made: Day = ""
    until: Day = ""
    exercises: tuple[Exercise, ...] = Field(min_length=1, max_length=MOST_EXERCISES)


class Entry(Strict):
    """One time that the patient did an exercise. Ratings of distress from 0 to 100; None where there is none."""

    exercise: Annotated[int, Field(ge=0, le=MOST_EXERCISES, strict=True)] = 0
    """Number on the sheet from 1; 0 for something else."""
    date: Day = ""
    situation: Note = ""
    before: Suds | None = None
    peak: Suds | None = None
    after: Suds | None = None
    stayed: Stayed = ""
    learned: Note = ""


class Returned(Strict):
    """A filled sheet (``Homework.returned``)."""

    format: Literal[1] = FORMAT
    palier: Literal["homework"] = "homework"
    sheet: Id
    entries: tuple[Entry, ...] = Field(default=(), max_length=MOST_ENTRIES)

    def highest(self) -> int | None:
        """The highest rating of distress on the sheet."""
        rated = [
            value
            for entry in self.entries
            for value in (entry.before, entry.peak, entry.after)
            if value is not None
        ]
        return max(rated, default=None)


def sheet_of(body: dict[str, Any]) -> Sheet:
    """A kept plan.

    Raises:
        HomeworkError: BAD_ENTRY; the message names key, value and what to write.
    """
    try:
        return Sheet.model_validate(body)
    except ValidationError as problem:
        raise HomeworkError(HomeworkReason.BAD_ENTRY, "; ".join(lines_of(problem, Sheet, body))) from None
