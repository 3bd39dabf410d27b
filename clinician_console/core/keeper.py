"""Enters sessions into the clinic's data by themselves: when one is opened, and when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from clinician_console.clinic.entries import Json, Patient, Session
from clinician_console.clinic.port import ClinicStore, StoreError, StoreReason
from clinician_console.core.snapshot import Snapshot
from vr_runtime.protocol.errors import PalierError

Summarise = Callable[[str], tuple[Json, str]]
"""Folder of a record's copy to its summary and the hash of its last entry."""

IN_ORDER = "ended"
BROKEN_OFF = "interrupted"


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class SessionKeeper:
    """Told the console's state about once a second, from one thread. ``summarise`` may take some seconds.

    Whose session it is: the patient for whom this console opened it; otherwise the one of that pseudonym; the practice
    patient for a virtual one; else nobody's yet, to be assigned by a person (:attr:`unassigned`).
    """

    def __init__(self, store: ClinicStore, summarise: Summarise, now: Callable[[], str] = utc_now) -> None:
        self._store = store
        self._summarise = summarise
        self._now = now
        self._expected: tuple[Patient, str] | None = None
        self._epoch = ""
        self._done = ""
        self.unassigned: dict[str, str] = {}
        """Runs of nobody: id to the pseudonym that they were started with."""

    def expect(self, patient: Patient, plan: str) -> None:
        """The next run that opens is of that patient, on that plan of the clinic."""
        self._expected = (patient, plan)

    def look(self, now: Snapshot) -> None:
        if not now.epoch or not now.copy.path:
            return
        if now.epoch != self._epoch:
            self._epoch = now.epoch
            self._opened(now)
        if now.ended and not now.copy.behind and self._done != now.epoch:
            self._done = now.epoch
            self.finish(now.epoch, now.copy.path)

    def assign(self, run: str, patient: str, record: str) -> Session:
        """Say whose an unassigned run was."""
        self.unassigned.pop(run, None)
        kept = self._store.save_session(
            Session(id=run, patient=patient, plan="", started=self._now(), record=record)
        )
        return self.finish(run, record) or kept

    def finish(self, run: str, record: str, state: str = IN_ORDER) -> Session | None:
        """Enter the end of a run and what its record says; None where it is nobody's."""
        try:
            session = self._store.session(run)
        except StoreError as problem:
            if problem.reason is StoreReason.NOT_FOUND:
                return None
            raise
        try:
            summary, last_hash = self._summarise(record)
        except (PalierError, ValueError, KeyError):
            summary, last_hash = (
                {},
                "",
            )  # the session stays, without figures; its record says what is wrong with it
        return self._store.save_session(
            replace(
                session,
                ended=session.ended or self._now(),
                state="ended" if state == IN_ORDER else "interrupted",
                record=record,
                summary=summary,
                last_hash=last_hash,
            )
        )

    def _opened(self, now: Snapshot) -> None:
        try:
            self._store.session(now.epoch)
            return  # the console was started again while it went on
        except StoreError as problem:
            if problem.reason is not StoreReason.NOT_FOUND:
                raise
        patient, plan = self._whose(now)
        if not patient:
            self.unassigned[now.epoch] = now.pseudonym
            return
        treatment = now.plan.treatment if now.plan and now.plan.treatment else ""
        self._store.save_session(
            Session(
                id=now.epoch,
                patient=patient,
                plan=plan,
                started=self._now(),
                record=now.copy.path,
                treatment=treatment,
            )
        )
        self._store.note_act("started", "session", now.epoch)

    def _whose(self, now: Snapshot) -> tuple[str, str]:
        expected, self._expected = self._expected, None
        if expected is not None and expected[0].pseudonym == now.pseudonym:
            return expected[0].id, expected[1]
        if now.practice:
            return self._store.practice_patient().id, ""
        if now.pseudonym:
            for row in self._store.patients(now.pseudonym, limit=20):
                if row.pseudonym == now.pseudonym:
                    return row.id, ""
        return "", ""
