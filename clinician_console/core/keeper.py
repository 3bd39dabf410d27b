"""Enters sessions into the clinic's data by themselves: when one is opened, and when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from clinician_console.clinic.entries import Json, Patient, Session, SessionState
from clinician_console.clinic.port import ClinicStore, StoreError, StoreReason
from clinician_console.core.snapshot import Snapshot
from vr_runtime.protocol.errors import PalierError

Summarise = Callable[[str], tuple[Json, str]]
"""Folder of a record's copy to its summary and the hash of its last entry."""

GONE_S = 120.0
"""A run that nobody has heard of for so long is taken to have broken off. Should it come back, its end is entered as
any other's."""
LATEST = 40
"""Sessions among which those are looked for that never ended."""


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class SessionKeeper:
    """Told the console's state about once a second, from one thread. ``summarise`` may take some seconds.

    Whose session it is: the patient for whom this console opened it; otherwise the one of that pseudonym; the practice
    patient for a virtual one; else nobody's yet, to be assigned by a person (:attr:`unassigned`).
    """

    def __init__(
        self, store: ClinicStore, records: Path, summarise: Summarise, now: Callable[[], str] = utc_now
    ) -> None:
        self._store = store
        self._records = records
        self._summarise = summarise
        self._now = now
        self._expected: tuple[Patient, str] | None = None
        self._entered = ""
        self._ended = ""
        self._silent_since: float | None = None
        self._seen_to = False
        self.unassigned: dict[str, str] = {}
        """Runs of nobody: id to the pseudonym that they were started with."""

    def expect(self, patient: Patient, plan: str) -> None:
        """The next run that opens is of that patient, on that plan of the clinic."""
        self._expected = (patient, plan)

    def look(self, now: Snapshot) -> None:
        """Enter what is new. What fails, with StoreError, is tried again at the next look."""
        there = bool(now.epoch and now.copy.path)
        if there and now.epoch != self._entered:
            self._opened(now)
            self._break_off(but=now.epoch)
            self._entered = now.epoch
        if there and now.ended and not now.copy.behind and now.epoch != self._ended:
            self.finish(now.epoch, now.copy.path)
            self._ended = now.epoch
        self._look_for_silence(now)

    def _look_for_silence(self, now: Snapshot) -> None:
        """A runtime that died says nothing of its end: at once where this console started it, else after a while."""
        if now.live or now.ended:
            self._silent_since, self._seen_to = None, False
            return
        if self._silent_since is None:
            self._silent_since = now.now
        died = now.local.word == "ended" and now.link.word != "connected"
        if not self._seen_to and (died or now.now - self._silent_since >= GONE_S):
            self._break_off(but="")
            self._seen_to = True

    def _break_off(self, but: str) -> None:
        """Sessions whose record this console was copying, and which are not under way any more."""
        for session, _pseudonym in self._store.recent_sessions(LATEST):
            here = Path(session.record)
            mine = here.parent == self._records and (here / "record.db").exists()
            if session.state == "running" and session.id != but and mine:
                self.finish(session.id, session.record, "interrupted")

    def assign(self, run: str, patient: str, record: str) -> Session:
        """Say whose an unassigned run was."""
        self.unassigned.pop(run, None)
        kept = self._store.save_session(
            Session(id=run, patient=patient, plan="", started=self._now(), record=record)
        )
        return self.finish(run, record) or kept

    def finish(self, run: str, record: str, state: SessionState = "ended") -> Session | None:
        """Enter the end of a run and what its record says; None where it is nobody's. A record that cannot be summed up
        leaves the session without figures: what is wrong with it is the record's to say."""
        try:
            session = self._store.session(run)
        except StoreError as problem:
            if problem.reason is StoreReason.NOT_FOUND:
                return None
            raise
        summary: Json = {}
        last_hash = ""
        with suppress(PalierError, ValueError, KeyError):
            summary, last_hash = self._summarise(record)
        ended = session.ended or self._now()
        return self._store.save_session(
            replace(session, ended=ended, state=state, record=record, summary=summary, last_hash=last_hash)
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
        self._expected = None

    def _whose(self, now: Snapshot) -> tuple[str, str]:
        if self._expected is not None and self._expected[0].pseudonym == now.pseudonym:
            return self._expected[0].id, self._expected[1]
        if now.practice:
            return self._store.practice_patient().id, ""
        if now.pseudonym:
            for row in self._store.patients(now.pseudonym, limit=20):
                if row.pseudonym == now.pseudonym:
                    return row.id, ""
        return "", ""
