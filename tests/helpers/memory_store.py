"""The clinic's data in memory, for tests of pages: the same port, the same checks and messages, no database.

Passes tests/store/test_contract.py as the real ones do. A second pair of eyes on the contract too: it shares their
checks of values and their chain, not a line of their queries.
"""

from __future__ import annotations

import copy
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

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
from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import values
from clinician_console.store.chain import Chain, Follower
from clinician_console.store.clinic import PRACTICE
from clinician_console.store.conflicts import changes, conflict
from clinician_console.store.erasing import destroy_record

NAMES = {
    Patient: "patient",
    StoredPlan: "plan",
    Session: "session",
    Answers: "answers",
    Homework: "homework",
}


class MemoryStore:
    """``now``: the time, for tests that want another."""

    def __init__(self, who: str = "Test", now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.who = values.name(who, "who", 64)
        self._now = lambda: now().astimezone(UTC).isoformat(timespec="seconds")
        self._lock = threading.RLock()
        self._kept: dict[str, dict[str, Any]] = {name: {} for name in NAMES.values()}
        self._settings: dict[str, str] = {}
        self._chain = Chain(bytes(32))
        self._head = self._chain.begun()
        self._trail: list[tuple[AuditEntry, str]] = []
        self._closed = False

    # ------------------------------------------------------------------ patients

    def patients(
        self, search: str = "", *, archived: bool = False, limit: int = 50, offset: int = 0
    ) -> list[PatientRow]:
        if min(limit, offset) < 0:
            raise values.bad("limit and offset are not negative")
        with self._open():
            starts: dict[str, list[str]] = {}
            for session in self._kept["session"].values():
                starts.setdefault(session.patient, []).append(session.started)
            rows: list[PatientRow] = []
            for one in sorted(self._matching(search, archived), key=lambda one: values.folded(one.pseudonym)):
                times = starts.get(one.id, [])
                last = max(times, default="")
                rows.append(
                    PatientRow(
                        one.id, one.pseudonym, one.age_band, one.practice, one.archived, len(times), last
                    )
                )
            rows.sort(key=lambda row: row.last_session, reverse=True)
            return rows[offset : offset + limit]

    def count_patients(self, search: str = "", *, archived: bool = False) -> int:
        with self._open():
            return len(self._matching(search, archived))

    def patient(self, patient: str) -> Patient:
        return self._seen("patient", patient)

    def save_patient(self, patient: Patient) -> Patient:
        entry = values.patient(patient)
        with self._open():
            if entry.id and self._get("patient", entry.id).version != entry.version:
                raise self._conflict("patient", entry)
            wanted = values.folded(entry.pseudonym)
            if any(
                values.folded(one.pseudonym) == wanted and one.id != entry.id
                for one in self._kept["patient"].values()
            ):
                raise StoreError(
                    StoreReason.TAKEN, "this pseudonym belongs to another patient: choose another"
                )
            return self._save(entry)

    def practice_patient(self) -> Patient:
        with self._open():
            for one in self._kept["patient"].values():
                if one.practice:
                    return one
            language = "fr" if self._settings.get("language") == "fr" else "en"
            pseudonym, number = PRACTICE[language], 1
            while any(
                values.folded(one.pseudonym) == values.folded(pseudonym)
                for one in self._kept["patient"].values()
            ):
                number += 1
                pseudonym = f"{PRACTICE[language]} {number}"
            age = values.AgeBand.FROM_26
            return self._save(Patient("", pseudonym, age_band=age, language=language, practice=True))

    # ------------------------------------------------------------------ the rest of the entries

    def plans(self, patient: str) -> list[StoredPlan]:
        with self._open():
            if patient:
                self._look(patient, "plans")
            found = sorted(self._of("plan", patient), key=lambda one: one.id)
            return sorted(found, key=lambda one: one.updated, reverse=True)

    def plan(self, plan: str) -> StoredPlan:
        return self._seen("plan", plan)

    def save_plan(self, plan: StoredPlan) -> StoredPlan:
        return self._save(replace(values.plan(plan), updated=self._now()))

    def delete_plan(self, plan: str) -> None:
        self._delete("plan", plan)

    def sessions(self, patient: str) -> list[Session]:
        with self._open():
            self._look(patient, "sessions")
            return sorted(self._of("session", patient), key=lambda one: (one.started, one.id))

    def recent_sessions(self, limit: int = 20) -> list[tuple[Session, str]]:
        if limit < 0:
            raise values.bad("limit and offset are not negative")
        with self._open():
            self._note("saw", "store", "", "recent sessions")
            found = sorted(
                self._kept["session"].values(), key=lambda one: (one.started, one.id), reverse=True
            )
            return [(one, self._kept["patient"][one.patient].pseudonym) for one in found[:limit]]

    def session(self, session: str) -> Session:
        return self._seen("session", session)

    def save_session(self, session: Session) -> Session:
        entry = values.session(session)
        if entry.state == "erased":
            raise values.bad("a session is erased by erasing it, not by saying so")
        return self._save(entry)

    def answers(self, patient: str, instrument: str = "") -> list[Answers]:
        with self._open():
            if instrument:
                values.identifier(instrument, "instrument")
            self._look(patient, "answers")
            found = [one for one in self._of("answers", patient) if instrument in ("", one.instrument)]
            return sorted(found, key=lambda one: (one.date, one.id))

    def save_answers(self, answers: Answers) -> Answers:
        return self._save(values.answers(answers))

    def delete_answers(self, answers: str) -> None:
        self._delete("answers", answers)

    def homework(self, patient: str) -> list[Homework]:
        with self._open():
            self._look(patient, "homework")
            return sorted(self._of("homework", patient), key=lambda one: (one.created, one.id))

    def save_homework(self, homework: Homework) -> Homework:
        entry = values.homework(homework)
        return self._save(replace(entry, created=entry.created or self._now()))

    # ------------------------------------------------------------------ settings, audit, erasing

    def settings(self) -> dict[str, str]:
        with self._open():
            return dict(sorted(self._settings.items()))

    def set_setting(self, name: str, value: str) -> None:
        name, value = values.setting(name, value)
        with self._open():
            if self._settings.get(name) != value:
                self._settings[name] = value
                self._note("changed", "store", name, "setting")

    def note_act(self, act: Act, kind: str, what: str, detail: str = "") -> None:
        act, kind, what, detail = values.act(act, kind, what, detail)
        with self._open():
            one = self._kept.get(kind, {}).get(what)
            patient = what if kind == "patient" else one.patient if one is not None else ""
            self._note(act, kind, what, detail, patient)

    def audit(self, *, patient: str = "", limit: int = 200, before: int | None = None) -> list[AuditEntry]:
        if limit < 0:
            raise values.bad("limit and offset are not negative")
        with self._open():
            found = [entry for entry, of in reversed(self._trail) if patient in ("", of)]
            return [entry for entry in found if before is None or entry.seq < before][:limit]

    def audit_fault(self) -> int | None:
        with self._open():
            follower = Follower(self._chain)
            for entry, patient in self._trail:
                follower.take(entry, patient)
            return follower.end(self._head)

    def erase_sessions(self, sessions: Sequence[str]) -> Erased:
        with self._open():
            found = [self._get("session", each) for each in dict.fromkeys(sessions)]
            return self._erased(0, [self._erase(one) for one in found])

    def erase_patient(self, patient: str) -> Erased:
        with self._open():
            one = self._get("patient", patient)
            for kind in ("plan", "answers", "homework"):
                for each in self._of(kind, patient):
                    del self._kept[kind][each.id]
            done = [self._erase(each) for each in self._of("session", patient)]
            for each in self._of("session", patient):
                if each.state == "erased":
                    del self._kept["session"][each.id]
            if left := len(self._of("session", patient)):
                bare = Patient(patient, patient, archived=True, created=one.created, version=one.version + 1)
                self._kept["patient"][patient] = replace(
                    bare, practice=one.practice, language=one.language, date_shift_days=one.date_shift_days
                )
                self._note("erased", "patient", patient, f"not wholly: {left} records are left", patient)
                return self._erased(0, done)
            del self._kept["patient"][patient]
            self._note("erased", "patient", patient, "", patient)
            return self._erased(1, done)

    def overdue(self, today: str) -> list[tuple[Session, str]]:
        with self._open():
            limit = values.retention_limit(self._settings.get("retention_years", ""), today)
            found = [one for one in self._kept["session"].values() if one.started < limit]
            found.sort(key=lambda one: (one.started, one.id))
            names = self._kept["patient"]
            return [(one, names[one.patient].pseudonym) for one in found if one.state != "erased"]

    def close(self) -> None:
        self._closed = True

    # ------------------------------------------------------------------ parts

    def _open(self) -> threading.RLock:
        if self._closed:
            raise StoreError(StoreReason.NOT_REACHABLE, "it was closed: open it again")
        return self._lock

    def _matching(self, search: str, archived: bool) -> list[Patient]:
        wanted = values.folded(search)
        return [
            one
            for one in self._kept["patient"].values()
            if one.archived == archived and wanted in values.folded(one.pseudonym)
        ]

    def _of(self, kind: str, patient: str) -> list[Any]:
        return [copy.deepcopy(one) for one in self._kept[kind].values() if one.patient == patient]

    def _get(self, kind: str, wanted: str) -> Any:
        if wanted not in self._kept[kind]:
            raise StoreError(StoreReason.NOT_FOUND, f"there is no such {kind}: load the list anew")
        return copy.deepcopy(self._kept[kind][wanted])

    def _seen(self, kind: str, wanted: str) -> Any:
        with self._open():
            one = self._get(kind, wanted)
            owner = wanted if kind == "patient" else one.patient
            if owner:
                self._note("saw", kind, wanted, "", owner)
            return one

    def _look(self, patient: str, what: str) -> None:
        self._get("patient", patient)
        self._note("saw", "patient", patient, what, patient)

    def _save(self, entry: Any) -> Any:
        kind = NAMES[type(entry)]
        with self._open():
            kept = self._kept[kind].get(entry.id)
            new = kind == "session" and entry.version == 0
            if entry.id and not new:
                kept = self._get(kind, entry.id)
            if kept is not None and kept.version != entry.version:
                raise self._conflict(kind, entry)
            if kept is not None and kind == "session" and kept.state == "erased":
                raise values.bad("this session was erased: nothing is kept of it any more")
            if kind != "patient":
                if kept is not None and kept.patient != entry.patient:
                    raise values.bad(f"a {kind} stays with its patient: make a copy for the other one")
                if entry.patient:
                    self._get("patient", entry.patient)
            else:
                entry = replace(entry, created=kept.created if kept else self._now())
            entry = replace(
                entry, id=entry.id or secrets.token_hex(8), version=kept.version + 1 if kept else 1
            )
            self._kept[kind][entry.id] = entry
            owner = entry.id if kind == "patient" else entry.patient
            if kept is None:
                self._note("added", kind, entry.id, "", owner)
            else:
                before, after = asdict(kept), asdict(entry)
                fields = [n for n in after if n not in ("version", "updated") and before[n] != after[n]]
                act = (
                    "archived" if kind == "patient" and entry.archived and "archived" in fields else "changed"
                )
                self._note(act, kind, entry.id, changes(entry.version, fields), owner)
            return copy.deepcopy(entry)

    def _conflict(self, kind: str, entry: Any) -> StoreError:
        since = [
            each
            for each, _ in reversed(self._trail)
            if (each.kind, each.what) == (kind, entry.id) and each.act != "saw"
        ]
        return conflict(kind, entry.version, since)

    def _delete(self, kind: str, wanted: str) -> None:
        with self._open():
            one = self._get(kind, wanted)
            del self._kept[kind][wanted]
            self._note("erased", kind, wanted, "", one.patient)

    def _erase(self, one: Session) -> tuple[bool, str, str]:
        """(it counts as erased now, folder of the record that was destroyed, what failed)."""
        done, failure = destroy_record(one.record, "here", "here") if one.record else (False, "")
        for each in self._of("answers", one.patient):
            if each.session == one.id:
                del self._kept["answers"][each.id]
        bare = replace(one, summary={}, debrief={}, treatment="", version=one.version + 1)
        if not failure:
            bare = replace(bare, state="erased", record="", last_hash="")
        self._kept["session"][one.id] = bare
        detail = "not wholly: its record could not be erased" if failure else ""
        self._note("erased", "session", one.id, detail, one.patient)
        return not failure and one.state != "erased", one.record if done else "", failure

    @staticmethod
    def _erased(patients: int, done: list[tuple[bool, str, str]]) -> Erased:
        return Erased(
            patients,
            sum(counts for counts, _, _ in done),
            tuple(record for _, record, _ in done if record),
            tuple(failure for _, _, failure in done if failure),
        )

    def _note(self, act: Act, kind: str, what: str, detail: str = "", patient: str = "") -> None:
        entry, self._head = self._chain.add(
            self._head, self._now(), self.who, act, kind, what, detail[:200], patient
        )
        self._trail.append((entry, patient))
