"""The port to the clinic's data. One implementation keeps them (clinician_console.store.clinic); pages, reports and
exports know this alone."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from clinician_console.clinic.entries import (
    Act,
    Answers,
    AuditEntry,
    Erased,
    Homework,
    Patient,
    PatientRow,
    Session,
    StoredPlan,
)
from vr_runtime.protocol.errors import PalierError


class StoreReason(Enum):
    CONFLICT = "conflict"
    """Somebody else changed it meanwhile."""
    NOT_FOUND = "not_found"
    TAKEN = "taken"
    """The pseudonym belongs to another patient."""
    BAD_VALUE = "bad_value"
    WRONG_KEY = "wrong_key"
    NOT_REACHABLE = "not_reachable"
    """The database cannot be opened or reached."""
    NEWER = "newer"
    """The store was made by a newer version of this software."""


class StoreError(PalierError):
    """The clinic's data could not be read or kept; ``reason`` is a :class:`StoreReason`, the message says what to do.

    ``changed``: of a CONFLICT, the fields that somebody else changed meanwhile (as the entry names them)."""

    def __init__(self, reason: StoreReason, message: str, changed: tuple[str, ...] = ()) -> None:
        super().__init__(reason, message)
        self.changed = changed


class ClinicStore(Protocol):
    """Safe to call from several threads. ``who`` is asked once, when the store is opened: it is whose acts are kept.

    Every method that gives a person's data or changes it leaves an entry in the audit trail by itself (lists of
    pseudonyms do not: they would drown it). Ids are made by the store: hand an entry over with ``id=""`` to add it.
    ``save_*`` give back the entry as kept, with its id and its new version.

    Raises:
        StoreError: CONFLICT, NOT_FOUND, TAKEN, BAD_VALUE, NOT_REACHABLE.
    """

    who: str

    def patients(
        self, search: str = "", *, archived: bool = False, limit: int = 50, offset: int = 0
    ) -> list[PatientRow]:
        """Those whose pseudonym contains ``search`` (case and accents do not matter), latest session first."""
        ...

    def count_patients(self, search: str = "", *, archived: bool = False) -> int: ...
    def patient(self, patient: str) -> Patient: ...
    def save_patient(self, patient: Patient) -> Patient: ...
    def practice_patient(self) -> Patient:
        """The virtual patient to learn with; made where there is none."""
        ...

    def plans(self, patient: str) -> list[StoredPlan]:
        """Of a patient; of the clinic with ``""``. Latest first."""
        ...

    def plan(self, plan: str) -> StoredPlan: ...
    def save_plan(self, plan: StoredPlan) -> StoredPlan: ...
    def delete_plan(self, plan: str) -> None: ...

    def sessions(self, patient: str) -> list[Session]:
        """Of a patient, the oldest first."""
        ...

    def recent_sessions(self, limit: int = 20) -> list[tuple[Session, str]]:
        """Of everybody, latest first, with the patient's pseudonym."""
        ...

    def session(self, session: str) -> Session: ...
    def save_session(self, session: Session) -> Session:
        """Keep it; a session brings its own id."""
        ...

    def answers(self, patient: str, instrument: str = "") -> list[Answers]:
        """Oldest first."""
        ...

    def save_answers(self, answers: Answers) -> Answers: ...
    def delete_answers(self, answers: str) -> None: ...

    def homework(self, patient: str) -> list[Homework]:
        """Oldest first."""
        ...

    def save_homework(self, homework: Homework) -> Homework: ...

    def settings(self) -> dict[str, str]:
        """Of the clinic, such as ``retention_years``, ``clinic_name``, ``language``, ``theme``."""
        ...

    def set_setting(self, name: str, value: str) -> None: ...

    def note_act(self, act: Act, kind: str, what: str, detail: str = "") -> None:
        """Keep in the audit trail what happened outside the store: exported, reported, started."""
        ...

    def audit(self, *, patient: str = "", limit: int = 200, before: int | None = None) -> list[AuditEntry]:
        """Latest first; ``patient``: what touched that person, and what is theirs; ``before``: older than this seq."""
        ...

    def audit_fault(self) -> int | None:
        """Sequence number of the first entry that does not continue the chain; None where all do."""
        ...

    def erase_sessions(self, sessions: Sequence[str]) -> Erased:
        """Destroy the keys of their records and what was derived from them; that they were, stays in the audit."""
        ...

    def erase_patient(self, patient: str) -> Erased:
        """Everything of that person, records too; the audit trail keeps ids alone."""
        ...

    def overdue(self, today: str) -> list[tuple[Session, str]]:
        """Sessions older than the clinic's retention time (setting ``retention_years``), with the pseudonym."""
        ...

    def close(self) -> None: ...
