"""The clinic's own data, as values.

Times of day are ISO 8601 in UTC with seconds (``2026-03-01T09:30:00+00:00``), dates ``2026-03-01``. Every entry that
can be changed carries ``version``: it is counted up by the store, and a change that was begun on an older version is
refused, so that two consoles never overwrite each other's work unseen.

Free text (``notes``, ``text``, answers in words) may identify a person: exports leave it out unless told otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.words import AgeBand

Json = dict[str, Any]


@dataclass(frozen=True)
class Patient:
    """A person under a pseudonym: no name, no date of birth.

    ``practice``: the virtual patient to learn with, marked as such everywhere. ``cleared``: content flags that the
    patient agreed to see. ``consent_research``: the record may go into a study's export. ``date_shift_days``: by how much a study's export moves this person's dates.
    """

    id: str
    pseudonym: str
    age_band: AgeBand = AgeBand.UNKNOWN
    language: Literal["en", "fr"] = "en"
    posture: Posture | None = None
    cleared: tuple[str, ...] = ()
    notes: str = ""
    consent_research: bool = False
    date_shift_days: int = 0
    practice: bool = False
    archived: bool = False
    created: str = ""
    version: int = 0


@dataclass(frozen=True)
class PatientRow:
    """A line of the list of patients."""

    id: str
    pseudonym: str
    age_band: AgeBand
    practice: bool
    archived: bool
    sessions: int
    last_session: str
    """Time of the latest session's start; empty where there was none."""


@dataclass(frozen=True)
class StoredPlan:
    """A hierarchy of a patient, or of the clinic (``patient`` empty) to copy from. ``body``: the plan as JSON, as
    :class:`vr_runtime.protocol.files.plan.Plan` reads it; it may be unfinished and need not be valid yet."""

    id: str
    patient: str
    title: str
    body: Json
    updated: str = ""
    version: int = 0


SessionState = Literal["running", "ended", "interrupted", "erased"]


@dataclass(frozen=True)
class Session:
    """A session of a patient: where its record's copy lies, and what is shown without opening it.

    ``id`` is the run's epoch. ``record``: folder of the console's copy. ``summary``: figures taken from the record
    when it ended (see clinician_console.progress). ``last_hash``: of the record's last entry, hex.
    """

    id: str
    patient: str
    plan: str
    started: str
    ended: str = ""
    state: SessionState = "running"
    record: str = ""
    treatment: str = ""
    last_hash: str = ""
    summary: Json = field(default_factory=dict)
    debrief: Json = field(default_factory=dict)
    """What was asked after the session: see clinician_console.clinic.debrief."""
    version: int = 0


@dataclass(frozen=True)
class Answers:
    """A filled questionnaire. ``items``: raw answers by item id; None where it was left out. ``scores``: what the
    instrument's own rules made of them at that time."""

    id: str
    patient: str
    instrument: str
    instrument_version: str
    language: str
    date: str
    respondent: str
    items: dict[str, int | str | None]
    scores: Json
    session: str = ""
    version: int = 0


@dataclass(frozen=True)
class Homework:
    """What was agreed for the time between two sessions, and what the patient brought back.

    ``body``: the agreed exercises (clinician_console.homework reads it); ``returned``: the filled sheet, empty until
    it was read in.
    """

    id: str
    patient: str
    created: str
    body: Json
    returned: Json = field(default_factory=dict)
    version: int = 0


Act = Literal[
    "saw", "added", "changed", "archived", "started", "exported", "imported", "reported", "erased", "retained"
]


@dataclass(frozen=True)
class AuditEntry:
    """Who did what to whom, when. ``seq`` counts from 1 without gaps; ``hash`` chains each entry to the one before."""

    seq: int
    when: str
    who: str
    act: Act
    kind: str
    """patient, plan, session, answers, homework, study, store."""
    what: str
    """Id of the thing; never a name or a note."""
    detail: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Erased:
    """What an erasure or a retention run did, for its report."""

    patients: int
    sessions: int
    records: tuple[str, ...]
    """Folders of records whose keys were destroyed."""
    failed: tuple[str, ...] = ()
    """Records that could not be erased, with the reason: they have to be erased by hand."""
