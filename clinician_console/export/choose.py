"""What goes into an export, chosen from the clinic's data through its port: a session, a patient, a study.

A study takes only people who agreed to research, never the practice patient, and always covers them: codes in place of
pseudonyms, dates moved by each person's own ``date_shift_days``. Where none was drawn for a person yet, it is drawn
here, once, and kept with the patient. The codes of a study are kept in the clinic's settings (``study.NAME.codes``), so
that the same person has the same code in its next export; they are handed out in an order drawn by lot, so that a number
tells neither who came first nor how a pseudonym begins. Neither the codes' meaning nor the shifts go into an export.
"""

from __future__ import annotations

import json
import random
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from clinician_console.clinic.debrief import DebriefError, from_json
from clinician_console.clinic.entries import Patient, Session
from clinician_console.clinic.port import ClinicStore
from clinician_console.export.covering import Cover, Covered, WholeRecord
from clinician_console.export.errors import ExportError, ExportReason
from clinician_console.export.portion import (
    Debrief,
    Format,
    OpenRecord,
    Person,
    Portion,
    Sitting,
    days_between,
    earliest,
    moved,
    told_answers,
    told_debrief,
)

OpenFolder = Callable[[Path], AbstractContextManager[WholeRecord]]
"""Opens a record: ``lambda folder: Reader.open(folder, key)``."""

LEAST_SHIFT, MOST_SHIFT = 30, 365
"""Days by which a person's dates are moved into the past, drawn evenly. Never into the future."""

LISTED = 200
_STUDY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def choose_session(
    store: ClinicStore,
    session: str,
    open_folder: OpenFolder,
    *,
    with_notes: bool = False,
    covered: bool = False,
) -> Portion:
    """One session. Raises StoreError; ExportError NOTHING, NOT_HERE."""
    found = store.session(session)
    return _of_patient(
        store, found.patient, open_folder, "session", with_notes=with_notes, covered=covered, only=session
    )


def choose_patient(
    store: ClinicStore,
    patient: str,
    open_folder: OpenFolder,
    *,
    with_notes: bool = False,
    covered: bool = False,
) -> Portion:
    """All sessions and questionnaires of a patient. Raises StoreError; ExportError NOTHING, NOT_HERE."""
    return _of_patient(store, patient, open_folder, "patient", with_notes=with_notes, covered=covered)


def choose_study(
    store: ClinicStore,
    name: str,
    open_folder: OpenFolder,
    *,
    with_notes: bool = False,
    patients: Sequence[str] | None = None,
) -> Portion:
    """People who agreed to research, all of them or those of ``patients`` (ids), under cover.

    Raises:
        StoreError; ExportError: BAD_NAME for the study's name; NOTHING where nobody is left; NOT_HERE.
    """
    if not _STUDY.fullmatch(name):
        raise ExportError(
            ExportReason.BAD_NAME,
            "a study's name has 1 to 40 small letters, digits and hyphens, such as heights-2026",
        )
    left_out: Counter[str] = Counter()
    taken: list[Patient] = []
    for each in _everybody(store):
        if patients is not None and each not in patients:
            left_out["not_asked"] += 1
            continue
        person = store.patient(each)
        if person.practice:
            left_out["practice"] += 1
        elif not person.consent_research:
            left_out["no_consent"] += 1
        else:
            taken.append(person)
    able: list[tuple[Patient, list[Session]]] = []
    for person in taken:
        sessions = _usable(store.sessions(person.id), left_out)
        if sessions:
            able.append((with_shift(store, person), sessions))
        else:
            left_out["no_sessions"] += 1
    if not able:
        raise ExportError(
            ExportReason.NOTHING,
            f"nobody is left for the study: {told_left_out(left_out) or 'there are no patients'}",
        )
    codes = study_codes(store, name, [person.id for person, _ in able])
    people = [
        _person(
            store,
            person,
            sessions,
            open_folder,
            f"{codes[person.id]:03d}",
            with_notes=with_notes,
            covered=True,
        )
        for person, sessions in able
    ]
    people.sort(key=lambda person: person.label)
    return Portion("study", tuple(people), True, with_notes, name, dict(left_out))


def with_shift(store: ClinicStore, person: Patient) -> Patient:
    """The patient with days to move their dates by; drawn and kept where there are none."""
    if person.date_shift_days:
        return person
    days = -(LEAST_SHIFT + secrets.randbelow(MOST_SHIFT - LEAST_SHIFT + 1))
    return store.save_patient(replace(person, date_shift_days=days))


def study_codes(store: ClinicStore, name: str, patients: Sequence[str]) -> dict[str, int]:
    """Number of each patient in that study, from 1. Kept; who is new gets the next numbers, in an order drawn by lot."""
    key = f"study.{name}.codes"
    codes = _kept_codes(store.settings().get(key, ""))
    new = sorted(set(patients) - codes.keys())
    if new:
        random.SystemRandom().shuffle(new)
        first = max(codes.values(), default=0) + 1
        codes.update({patient: number for number, patient in enumerate(new, first)})
        store.set_setting(key, json.dumps(codes, separators=(",", ":")))
    return {patient: codes[patient] for patient in patients}


def told_left_out(left_out: dict[str, int]) -> str:
    """How many, by reason, in words; never who."""
    from clinician_console.export.notice import LEFT_OUT_WORDS

    return ", ".join(f"{number} {LEFT_OUT_WORDS[why]}" for why, number in sorted(left_out.items()) if number)


def note_export(store: ClinicStore, portion: Portion, to: Format) -> None:
    """Keep in the audit trail what went out: of the whole, and of each person in it."""
    detail = (
        f"{to.value}{', with notes' if portion.with_notes else ''}{', covered' if portion.covered else ''}"
    )
    if portion.scope == "study":
        store.note_act("exported", "study", portion.name, f"{detail}, {len(portion.people)} people")
        detail = f"study {portion.name}, {detail}"
    for person in portion.people:
        store.note_act("exported", "patient", person.patient, f"{detail}, {len(person.sittings)} sessions")


# ------------------------------------------------------------------ parts


def _kept_codes(text: str) -> dict[str, int]:
    try:
        kept: Any = json.loads(text) if text else {}
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or not all(
        isinstance(number, int) for number in cast("dict[str, Any]", kept).values()
    ):
        raise ExportError(
            ExportReason.BAD_NAME, "the codes kept for this study cannot be read: take another name for it"
        )
    return cast("dict[str, int]", kept)


def _everybody(store: ClinicStore) -> Iterator[str]:
    """Ids of all patients, the archived ones too: who agreed has not taken it back by ending the treatment."""
    seen: set[str] = set()
    for archived in (False, True):
        offset = 0
        while rows := store.patients(archived=archived, limit=LISTED, offset=offset):
            offset += len(rows)
            fresh = [row.id for row in rows if row.id not in seen]
            seen.update(fresh)
            yield from fresh


def _of_patient(
    store: ClinicStore,
    patient: str,
    open_folder: OpenFolder,
    scope: Any,
    *,
    with_notes: bool,
    covered: bool,
    only: str = "",
) -> Portion:
    person = store.patient(patient)
    if covered:
        person = with_shift(store, person)
    left_out: Counter[str] = Counter()
    sessions = store.sessions(patient)
    usable = _usable([one for one in sessions if not only or one.id == only], left_out)
    if not usable:
        raise ExportError(
            ExportReason.NOTHING,
            f"there is no session with a record to export: {told_left_out(left_out) or 'none was played'}",
        )
    made = _person(
        store, person, usable, open_folder, "001", with_notes=with_notes, covered=covered, only=only
    )
    return Portion(scope, (made,), covered, with_notes, "", dict(left_out))


def _usable(sessions: Sequence[Session], left_out: Counter[str]) -> list[Session]:
    """Those that have ended and whose record is kept, the oldest first."""
    usable: list[Session] = []
    for session in sorted(sessions, key=lambda one: one.started):
        if session.state in ("running", "erased"):
            left_out[session.state] += 1
        elif not session.record or not Path(session.record).is_dir():
            left_out["no_record"] += 1
        else:
            usable.append(session)
    return usable


def _person(
    store: ClinicStore,
    person: Patient,
    sessions: Sequence[Session],
    open_folder: OpenFolder,
    label: str,
    *,
    with_notes: bool,
    covered: bool,
    only: str = "",
) -> Person:
    code = f"sub-{label}"
    labels = {session.id: f"{number:02d}" for number, session in enumerate(sessions, 1)}
    first = earliest([session.started for session in sessions])
    dates = Cover(code, "", person.date_shift_days) if covered else None
    sittings = tuple(
        Sitting(
            labels[session.id],
            _opener(
                open_folder,
                Path(session.record),
                Cover(code, f"ses-{labels[session.id]}", person.date_shift_days) if covered else None,
            ),
            days_between(first, session.started) or 0,
            moved(session.started, dates),
            _debrief(session, dates, with_notes=with_notes),
        )
        for session in sessions
    )
    filled = [one for one in store.answers(person.id) if not only or one.session == only]
    return Person(
        label,
        code if covered else person.pseudonym,
        person.age_band,
        person.practice,
        sittings,
        tuple(told_answers(one, dates, labels, with_notes=with_notes) for one in filled),
        tuple(days_between(first, one.date) for one in filled),
        person.id,
    )


def _debrief(session: Session, dates: Cover | None, *, with_notes: bool) -> Debrief:
    """One that cannot be read (a newer version's) is none: nothing of it is guessed at."""
    try:
        kept = from_json(session.debrief)
    except DebriefError:
        return Debrief()
    told = told_debrief(kept, with_notes=with_notes)
    return told.model_copy(update={"when": moved(kept.when, dates), "csq_vr": ""})


def _opener(open_folder: OpenFolder, folder: Path, cover: Cover | None) -> OpenRecord:
    @contextmanager
    def opened() -> Iterator[WholeRecord]:
        if not folder.is_dir():
            raise ExportError(
                ExportReason.NOT_HERE,
                "a session's record does not lie where it did (was its folder moved or erased?): put it back, "
                "or erase the session in the clinic's data; nothing was written",
            )
        with open_folder(folder) as record:
            yield record if cover is None else Covered(record, cover)

    return opened
