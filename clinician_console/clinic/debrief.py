"""What is asked after a session: what was feared and what came of it, sickness, adverse events, how the patient leaves.

Asked with the headset off. It becomes ``Session.debrief`` as JSON and comes back from it. Words that people typed
(``feared``, ``learned``, ``note``, an event's ``what`` and ``action``, ``by``) may identify a person: whoever exports
a debrief asks :func:`without_words` for one that holds none of them.

Nothing here is scored. A feared thing that happened is no failed session; distress that stayed high is none either
(Craske et al. 2008, doi:10.1016/j.brat.2007.10.003).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from vr_runtime.protocol.base import Strict
from vr_runtime.protocol.errors import PalierError

VERSION = 1
FMS_WARN = 10.0
"""Sickness from which rest and a second question are asked for: our own default, no cut-off is validated."""
LONGEST = 2000
"""Most letters of a text."""

Percent = Field(default=None, ge=0, le=100)


class DebriefReason(Enum):
    BAD_VALUE = "bad_value"
    NEWER = "newer"
    """Written by a newer version of this software."""


class DebriefError(PalierError):
    """A debrief that cannot be kept or read; ``reason`` is a :class:`DebriefReason`, the message says what to do."""


class Severity(str, Enum):
    """How bad an adverse event was, as the person who writes it down judges."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    SERIOUS = "serious"
    """Life-threatening, hospital, lasting harm: to be reported as the clinic's rules and the law say."""


class Relation(str, Enum):
    """Whether it came of the session, as judged by who writes it down."""

    NOT = "not"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    PROBABLE = "probable"


class Resolved(str, Enum):
    YES = "yes"
    ONGOING = "ongoing"
    UNKNOWN = "unknown"


class Happened(str, Enum):
    NO = "no"
    PARTLY = "partly"
    YES = "yes"


class AdverseEvent(Strict):
    """Something unwanted, during the session or after it, whatever its cause. Small ones count too."""

    what: str = Field(min_length=1, max_length=LONGEST)
    severity: Severity
    relation: Relation
    action: str = Field(default="", max_length=LONGEST)
    resolved: Resolved


class Expectancy(Strict):
    """What was feared beforehand, and what came of it. ``surprise`` and the beliefs on 0 to 100."""

    feared: str = Field(default="", max_length=LONGEST)
    belief_before: float | None = Percent
    happened: Happened | None = None
    belief_after: float | None = Percent
    surprise: float | None = Percent
    learned: str = Field(default="", max_length=LONGEST)


Leaving = Literal["well", "after_rest", "accompanied", "stays"]
"""How the patient leaves: as usual; after a rest; with somebody; not yet, or not home."""


class Debrief(Strict):
    """All answers may be missing: what was not asked is not made up. ``when``: ISO 8601, UTC."""

    version: Literal[1] = VERSION
    when: str = Field(default="", max_length=40)
    by: str = Field(default="", max_length=200)
    expectancy: Expectancy = Expectancy()
    end_distress: float | None = Percent
    sickness: float | None = Field(default=None, ge=0, le=20, description="FMS, 0 none to 20 frank sickness")
    csq_vr: str = Field(default="", max_length=64, description="id of the filled CSQ-VR, where there is one")
    adverse: tuple[AdverseEvent, ...] = Field(default=(), max_length=20)
    none_adverse: bool = Field(default=False, description="it was asked, and there was none")
    leaving: Leaving | None = None
    safe_to_go: bool | None = None
    note: str = Field(default="", max_length=LONGEST)

    @model_validator(mode="after")
    def _no_contradiction(self) -> Debrief:
        if self.none_adverse and self.adverse:
            raise ValueError("adverse events are listed and said to be none: take one of the two away")
        if self.safe_to_go is False and self.leaving == "well":
            raise ValueError("not safe to go, and leaves as usual: say how the patient leaves")
        return self

    @property
    def empty(self) -> bool:
        return self == Debrief(when=self.when, by=self.by)


def open_points(debrief: Debrief) -> tuple[str, ...]:
    """What is not answered yet, in the order in which it is asked: ``expectancy``, ``end_distress``, ``sickness``,
    ``adverse``, ``safe_to_go``, ``leaving``. None of it is compulsory; the page says what is open."""
    asked = (
        ("expectancy", debrief.expectancy.happened is not None),
        ("end_distress", debrief.end_distress is not None),
        ("sickness", debrief.sickness is not None),
        ("adverse", debrief.none_adverse or bool(debrief.adverse)),
        ("safe_to_go", debrief.safe_to_go is not None),
        ("leaving", debrief.leaving is not None),
    )
    return tuple(name for name, answered in asked if not answered)


def cautions(debrief: Debrief) -> tuple[str, ...]:
    """What asks for care before the patient leaves: ``sickness``, ``serious``, ``unresolved``, ``not_safe``.

    They repeat what was answered; nothing is concluded. After sickness: rest before driving or anything that takes
    concentration (ANSES 2021).
    """
    found: list[str] = []
    if debrief.safe_to_go is False:
        found.append("not_safe")
    if any(event.severity in (Severity.SEVERE, Severity.SERIOUS) for event in debrief.adverse):
        found.append("serious")
    if any(event.resolved is not Resolved.YES for event in debrief.adverse):
        found.append("unresolved")
    if debrief.sickness is not None and debrief.sickness >= FMS_WARN:
        found.append("sickness")
    return tuple(found)


def to_json(debrief: Debrief) -> dict[str, Any]:
    """As ``Session.debrief`` keeps it."""
    return debrief.model_dump(mode="json")


def from_json(kept: Mapping[str, Any]) -> Debrief:
    """Of ``Session.debrief``; ``{}``: nothing was asked yet.

    Raises:
        DebriefError: NEWER, BAD_VALUE.
    """
    if not kept:
        return Debrief()
    version = kept.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise DebriefError(
            DebriefReason.NEWER,
            f"this debrief was written by a newer version of Palier (format {version}, here {VERSION}): "
            "update this computer's, nothing of it was changed",
        )
    try:
        return Debrief.model_validate(dict(kept))
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DebriefError(
            DebriefReason.BAD_VALUE, f"the debrief cannot be taken: {where or 'answers'}: {first['msg']}"
        ) from None


def without_words(debrief: Debrief) -> Debrief:
    """The same without anything that a person typed, for reports and exports that leave free text out.

    An adverse event stays with its judgements; what it was reads ``-``.
    """
    blank = {"feared": "", "learned": ""}
    return debrief.model_copy(
        update={
            "by": "",
            "note": "",
            "expectancy": debrief.expectancy.model_copy(update=blank),
            "adverse": tuple(
                event.model_copy(update={"what": "-", "action": ""}) for event in debrief.adverse
            ),
        }
    )
