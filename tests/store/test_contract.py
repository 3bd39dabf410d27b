"""What every store of the clinic's data keeps to: see clinician_console/clinic/port.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinician_console.clinic.entries import Answers, Homework, Patient, Session, StoredPlan
from clinician_console.clinic.port import StoreError, StoreReason
from tests.helpers.records import write
from tests.helpers.stores import AnyStore
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.words import AgeBand
from vr_runtime.record import FileKey

AT = "2026-03-01T09:30:00+00:00"


def new_patient(store: AnyStore, pseudonym: str = "Blue Fox", **more: Any) -> Patient:
    return store.save_patient(Patient(id="", pseudonym=pseudonym, **more))


def new_session(store: AnyStore, patient: Patient, name: str = "run-1", **more: Any) -> Session:
    fields = {"plan": "", "started": AT, **more}
    return store.save_session(Session(id=name, patient=patient.id, **fields))


def new_answers(store: AnyStore, patient: Patient, **more: Any) -> Answers:
    fields: dict[str, Any] = {
        "instrument": "phq-9",
        "instrument_version": "1",
        "language": "fr",
        "date": "2026-03-01",
        "respondent": "patient",
        "items": {"1": 3, "2": None, "3": "très"},
        "scores": {"total": 3},
    }
    return store.save_answers(Answers(id="", patient=patient.id, **(fields | more)))


def reason(caught: pytest.ExceptionInfo[StoreError]) -> StoreReason:
    assert isinstance(caught.value.reason, StoreReason)
    return caught.value.reason


def acts(store: AnyStore, **more: Any) -> list[tuple[str, str, str, str]]:
    """The trail, oldest first."""
    return [(one.act, one.kind, one.what, one.detail) for one in reversed(store.audit(**more))]


# ------------------------------------------------------------------ entries come back as they were kept


def test_a_patient_comes_back_whole(store: AnyStore) -> None:
    given = Patient(
        id="",
        pseudonym="  Renard bleu ",
        age_band=AgeBand.FROM_18,
        language="fr",
        posture=Posture.STANDING,
        cleared=("heights", "blood"),
        notes="craint les ponts\n\tet <b>le vide</b> 🌉",
        consent_research=True,
        date_shift_days=-17,
    )
    kept = store.save_patient(given)
    assert kept == replace(given, id=kept.id, pseudonym="Renard bleu", created=AT, version=1)
    assert store.patient(kept.id) == kept
    changed = store.save_patient(replace(kept, notes="", posture=None, archived=True, created="2000-01-01"))
    assert changed == replace(kept, notes="", posture=None, archived=True, version=2)
    assert store.patient(kept.id) == changed


def test_plans_sessions_answers_and_homework_come_back_whole(store: AnyStore) -> None:
    patient = new_patient(store)
    body = {"steps": [{"scene": "heights", "goal": "au bord", "x": 1.5}], "ok": True, "none": None}
    plan = store.save_plan(StoredPlan(id="", patient=patient.id, title="Höhe", body=body))
    assert (plan.updated, plan.version, store.plan(plan.id)) == (AT, 1, plan)
    session = new_session(store, patient, plan=plan.id, summary={"peak": 70}, debrief={"said": "bien"})
    assert store.session("run-1") == session == store.sessions(patient.id)[0]
    answers = new_answers(store, patient, session="run-1")
    assert store.answers(patient.id) == [answers]
    homework = store.save_homework(Homework(id="", patient=patient.id, created="", body={"do": ["bridge"]}))
    assert (homework.created, store.homework(patient.id)) == (AT, [homework])
    returned = store.save_homework(replace(homework, returned={"done": 2}))
    assert store.homework(patient.id) == [returned]
    assert returned.version == 2


def test_what_the_caller_does_to_its_entry_later_changes_nothing(store: AnyStore) -> None:
    patient = new_patient(store)
    body: dict[str, Any] = {"steps": [1]}
    plan = store.save_plan(StoredPlan(id="", patient=patient.id, title="", body=body))
    body["steps"].append(2)
    plan.body["steps"].append(3)
    store.plan(plan.id).body["steps"].append(4)
    assert store.plan(plan.id).body == {"steps": [1]}


def test_a_time_is_kept_in_utc(store: AnyStore) -> None:
    session = new_session(store, new_patient(store), started="2026-03-01T10:30:00.25+01:00")
    assert session.started == AT == store.session("run-1").started


# ------------------------------------------------------------------ lists


def test_patients_are_found_whatever_their_case_and_accents(store: AnyStore) -> None:
    for name in ("Élodie-7", "Œuvre", "Straße", "100% sûr", "a_b"):
        new_patient(store, name)
    found = {
        word: [one.pseudonym for one in store.patients(word)]
        for word in ("elo", "OEU", "strasse", "%", "_", "ÉLODIE")
    }
    assert found == {
        "elo": ["Élodie-7"],
        "OEU": ["Œuvre"],
        "strasse": ["Straße"],
        "%": ["100% sûr"],
        "_": ["a_b"],
        "ÉLODIE": ["Élodie-7"],
    }
    assert store.count_patients("E") == 3 and store.count_patients("nobody") == 0  # noqa: PT018


def test_the_list_shows_the_latest_session_first_then_those_without_by_name(store: AnyStore) -> None:
    names = ("Zoe", "anna", "Bert", "Cléo")
    zoe, anna, bert, _ = (new_patient(store, name) for name in names)
    new_session(store, anna, "a1", started="2026-01-01T00:00:00+00:00")
    new_session(store, zoe, "z1", started="2026-01-03T00:00:00+00:00")
    new_session(store, anna, "a2", started="2026-01-02T00:00:00+00:00")
    rows = store.patients()
    assert [(row.pseudonym, row.sessions, row.last_session[:10]) for row in rows] == [
        ("Zoe", 1, "2026-01-03"),
        ("anna", 2, "2026-01-02"),
        ("Bert", 0, ""),
        ("Cléo", 0, ""),
    ]
    assert [row.pseudonym for row in store.patients(limit=2, offset=1)] == ["anna", "Bert"]
    store.save_patient(replace(bert, archived=True))
    assert [row.pseudonym for row in store.patients(archived=True)] == ["Bert"]
    assert (store.count_patients(), store.count_patients(archived=True)) == (3, 1)


def test_sessions_and_answers_are_in_the_order_of_their_time(store: AnyStore) -> None:
    patient, other = new_patient(store), new_patient(store, "Other")
    for name, day in (("b", 2), ("c", 3), ("a", 1)):
        new_session(store, patient, name, started=f"2026-01-0{day}T00:00:00+00:00")
        new_answers(store, patient, date=f"2026-01-0{day}", instrument=f"i{day % 2}")
    new_session(store, other, "d", started="2026-01-04T00:00:00+00:00")
    assert [one.id for one in store.sessions(patient.id)] == ["a", "b", "c"]
    assert [(one.id, name) for one, name in store.recent_sessions(2)] == [("d", "Other"), ("c", "Blue Fox")]
    assert [one.date for one in store.answers(patient.id)] == ["2026-01-01", "2026-01-02", "2026-01-03"]
    assert [one.date for one in store.answers(patient.id, "i1")] == ["2026-01-01", "2026-01-03"]


def test_plans_of_the_clinic_belong_to_nobody(store: AnyStore) -> None:
    patient = new_patient(store)
    clinic = store.save_plan(StoredPlan(id="", patient="", title="Bridges", body={}))
    own = store.save_plan(StoredPlan(id="", patient=patient.id, title="Mine", body={}))
    assert (store.plans(""), store.plans(patient.id)) == ([clinic], [own])
    store.delete_plan(own.id)
    assert store.plans(patient.id) == []


def test_the_practice_patient_is_made_once_and_finds_a_free_name(store: AnyStore) -> None:
    new_patient(store, "practice")
    made = store.practice_patient()
    assert made.practice
    assert made.pseudonym == "Practice 2"
    assert store.practice_patient() == made


def test_settings_are_kept_and_checked(store: AnyStore) -> None:
    store.set_setting("clinic_name", "Clinique du Pré")
    store.set_setting("theme", "dark")
    store.set_setting("theme", "light")
    assert store.settings() == {"clinic_name": "Clinique du Pré", "theme": "light"}
    for name, value in (("retention_years", "ten"), ("retention_years", "0"), ("Bad Name", ""), ("x", "\0")):
        with pytest.raises(StoreError) as caught:
            store.set_setting(name, value)
        assert reason(caught) is StoreReason.BAD_VALUE
    assert "retention_years" not in store.settings()


# ------------------------------------------------------------------ conflicts and refusals


def test_a_change_on_an_older_version_is_refused_and_says_what_changed(store: AnyStore) -> None:
    begun = new_patient(store)
    store.save_patient(replace(begun, notes="theirs", language="fr"))
    with pytest.raises(StoreError) as caught:
        store.save_patient(replace(begun, pseudonym="Mine"))
    assert reason(caught) is StoreReason.CONFLICT
    assert set(caught.value.changed) == {"notes", "language"}
    assert "Dr A" in str(caught.value)
    assert "theirs" not in str(caught.value)
    assert store.patient(begun.id).pseudonym == "Blue Fox"


def test_a_session_is_added_once(store: AnyStore) -> None:
    patient = new_patient(store)
    first = new_session(store, patient)
    with pytest.raises(StoreError) as caught:
        new_session(store, patient, state="ended")
    assert reason(caught) is StoreReason.CONFLICT
    assert store.save_session(replace(first, state="ended", ended=AT)).version == 2


def test_one_pseudonym_is_one_patient(store: AnyStore) -> None:
    first = new_patient(store, "Élodie")
    second = new_patient(store, "Marc")
    for entry in (Patient(id="", pseudonym="elodie"), replace(second, pseudonym="ÉLODIE")):
        with pytest.raises(StoreError) as caught:
            store.save_patient(entry)
        assert reason(caught) is StoreReason.TAKEN
    assert store.save_patient(replace(first, pseudonym="ELODIE")).pseudonym == "ELODIE"


def test_what_is_not_there_is_said_to_be_not_there(store: AnyStore) -> None:
    patient = new_patient(store)
    for ask in (
        lambda: store.patient("nobody"),
        lambda: store.plans("nobody"),
        lambda: store.sessions("nobody"),
        lambda: store.answers("nobody"),
        lambda: store.homework("nobody"),
        lambda: store.plan("none"),
        lambda: store.session("none"),
        lambda: store.delete_plan("none"),
        lambda: store.delete_answers("none"),
        lambda: store.erase_sessions(["none"]),
        lambda: store.erase_patient("nobody"),
        lambda: store.save_patient(replace(patient, id="nobody")),
        lambda: new_session(store, replace(patient, id="nobody")),
        lambda: new_answers(store, replace(patient, id="nobody")),
    ):
        with pytest.raises(StoreError) as caught:
            ask()
        assert reason(caught) is StoreReason.NOT_FOUND


BAD_PATIENTS: list[dict[str, Any]] = [
    {"pseudonym": ""},
    {"pseudonym": "  "},
    {"pseudonym": "x" * 65},
    {"pseudonym": "a\nb"},
    {"pseudonym": "a\u202eb"},
    {"pseudonym": "a\u200bb"},
    {"pseudonym": "a\u2066b"},
    {"pseudonym": "..."},
    {"pseudonym": "a\ud800"},
    {"pseudonym": 7},
    {"notes": "a\0b"},
    {"notes": "\ud800"},
    {"language": "de"},
    {"age_band": "26+ "},
    {"date_shift_days": 40_000},
    {"date_shift_days": True},
    {"cleared": ("a b",)},
    {"archived": 1},
    {"id": "../x"},
    {"version": -1},
]


@pytest.mark.parametrize("store", ["file", "memory"], indirect=True)
@pytest.mark.parametrize("fields", BAD_PATIENTS, ids=ascii)
def test_a_patient_of_nonsense_is_refused(store: AnyStore, fields: dict[str, Any]) -> None:
    with pytest.raises(StoreError) as caught:
        store.save_patient(Patient(**({"id": "", "pseudonym": "Fox"} | fields)))
    assert reason(caught) is StoreReason.BAD_VALUE
    assert store.count_patients() == 0
    assert store.audit() == []


@pytest.mark.parametrize("store", ["file", "memory"], indirect=True)
def test_other_entries_of_nonsense_are_refused(store: AnyStore) -> None:
    patient = new_patient(store)
    deep: Any = "bottom"
    for _ in range(50):
        deep = [deep]
    before = len(store.audit())
    for ask in (
        lambda: new_session(store, patient, started="2026-03-01 09:30"),
        lambda: new_session(store, patient, started="tomorrow"),
        lambda: new_session(store, patient, ended="2026-02-28T09:30:00+00:00"),
        lambda: new_session(store, patient, state="erased"),
        lambda: new_session(store, patient, state="over"),
        lambda: new_session(store, patient, name=""),
        lambda: new_session(store, patient, summary={"x": float("nan")}),
        lambda: new_session(store, patient, summary={"x": deep}),
        lambda: new_session(store, patient, summary={1: "x"}),
        lambda: new_session(store, patient, summary={"x": object()}),
        lambda: new_answers(store, patient, date="2026-02-30"),
        lambda: new_answers(store, patient, items={"1": 1.5}),
        lambda: new_answers(store, patient, items={"1": True}),
        lambda: store.save_plan(StoredPlan("", patient.id, "a\u202eb", {})),
        lambda: store.note_act("saw", "patient", "a b"),
        lambda: store.note_act("sniffed", "patient", "a"),  # pyright: ignore[reportArgumentType]
        lambda: store.note_act("saw", "patient", "a", "x\ny"),
        lambda: store.patients(limit=-1),
    ):
        with pytest.raises(StoreError) as caught:
            ask()
        assert reason(caught) is StoreReason.BAD_VALUE
    assert len(store.audit()) == before


def test_what_belongs_to_one_patient_stays_with_that_patient(store: AnyStore) -> None:
    one, other = new_patient(store), new_patient(store, "Other")
    plan = store.save_plan(StoredPlan("", one.id, "", {}))
    with pytest.raises(StoreError) as caught:
        store.save_plan(replace(plan, patient=other.id))
    assert reason(caught) is StoreReason.BAD_VALUE


# ------------------------------------------------------------------ the audit trail


def test_whoever_sees_changes_or_removes_something_of_a_person_leaves_a_trace(store: AnyStore) -> None:
    patient, other = new_patient(store), new_patient(store, "Other")
    store.patients("fox")
    store.count_patients()
    store.patient(patient.id)
    plan = store.save_plan(StoredPlan("", patient.id, "secret title", {"goal": "secret"}))
    store.save_plan(replace(plan, title="another", body={}))
    store.plan(plan.id)
    store.delete_plan(plan.id)
    new_session(store, patient)
    store.note_act("exported", "session", "run-1", "csv")
    store.sessions(patient.id)
    store.save_patient(replace(patient, archived=True))
    store.set_setting("theme", "dark")
    store.patient(other.id)
    mine = [
        ("added", "patient", patient.id, ""),
        ("saw", "patient", patient.id, ""),
        ("added", "plan", plan.id, ""),
        ("changed", "plan", plan.id, "2: title, body"),
        ("saw", "plan", plan.id, ""),
        ("erased", "plan", plan.id, ""),
        ("added", "session", "run-1", ""),
        ("exported", "session", "run-1", "csv"),
        ("saw", "patient", patient.id, "sessions"),
        ("archived", "patient", patient.id, "2: archived"),
    ]
    assert acts(store, patient=patient.id) == mine
    all_of_them = store.audit()
    assert [one.seq for one in all_of_them] == list(range(len(all_of_them), 0, -1))
    assert {(one.who, one.when) for one in all_of_them} == {("Dr A", AT)}
    assert store.audit(limit=2, before=5) == all_of_them[-4:-2]
    assert store.audit_fault() is None


# ------------------------------------------------------------------ erasing and retention


def test_an_erased_session_leaves_that_it_was_and_nothing_else(
    store: AnyStore, tmp_path: Path, key: FileKey
) -> None:
    patient = new_patient(store)
    folder = tmp_path / "record"
    write(folder, key, 1)
    new_session(
        store, patient, state="ended", record=str(folder), summary={"a": 1}, debrief={"b": 2}, last_hash="ff"
    )
    tied, free = new_answers(store, patient, session="run-1"), new_answers(store, patient)
    done = store.erase_sessions(["run-1"])
    assert (done.patients, done.sessions, done.records, done.failed) == (0, 1, (str(folder),), ())
    assert not folder.exists()
    left = store.session("run-1")
    assert left == Session("run-1", patient.id, "", AT, state="erased", version=2)
    assert store.answers(patient.id) == [free] != [tied]
    assert ("erased", "session", "run-1", "") in acts(store)
    with pytest.raises(StoreError) as caught:
        store.save_session(replace(left, state="ended"))
    assert reason(caught) is StoreReason.BAD_VALUE
    assert store.erase_sessions(["run-1"]).sessions == 0


def test_an_erased_patient_leaves_ids_in_the_trail_and_nothing_else(
    store: AnyStore, tmp_path: Path, key: FileKey
) -> None:
    patient, other = new_patient(store), new_patient(store, "Other")
    folder = tmp_path / "record"
    write(folder, key, 1)
    new_session(store, patient, record=str(folder))
    new_session(store, other, "run-2")
    new_answers(store, patient)
    plan = store.save_plan(StoredPlan("", patient.id, "", {}))
    store.save_homework(Homework("", patient.id, "", {}))
    done = store.erase_patient(patient.id)
    assert (done.patients, done.sessions, done.records, done.failed) == (1, 1, (str(folder),), ())
    assert not folder.exists()
    for ask in (
        lambda: store.patient(patient.id),
        lambda: store.session("run-1"),
        lambda: store.plan(plan.id),
    ):
        with pytest.raises(StoreError):
            ask()
    assert [row.pseudonym for row in store.patients()] == ["Other"]
    assert store.session("run-2").patient == other.id
    assert acts(store, patient=patient.id)[-1] == ("erased", "patient", patient.id, "")
    assert "Fox" not in repr(store.audit())
    assert new_patient(store, "Blue Fox").id != patient.id


def test_a_record_that_cannot_be_erased_is_named_and_can_be_tried_again(
    store: AnyStore, tmp_path: Path, key: FileKey
) -> None:
    patient = new_patient(store, notes="a note")
    away = tmp_path / "disk" / "record"
    new_session(store, patient, record=str(away), summary={"a": 1}, state="ended")
    new_session(store, patient, "run-2")
    done = store.erase_patient(patient.id)
    assert (done.patients, done.sessions, len(done.failed)) == (0, 1, 1)
    assert str(away.parent) in done.failed[0]
    bare = store.patient(patient.id)
    assert (bare.pseudonym, bare.notes, bare.archived) == (patient.id, "", True)
    (left,) = store.sessions(patient.id)
    assert (left.id, left.state, left.record, left.summary) == ("run-1", "ended", str(away), {})
    away.parent.mkdir()
    write(away, key, 1)
    again = store.erase_patient(patient.id)
    assert (again.patients, again.sessions, again.records, again.failed) == (1, 1, (str(away),), ())


def test_sessions_past_the_clinics_time_are_overdue(store: AnyStore) -> None:
    patient = new_patient(store)
    for name, started in (("old", "2016-02-29"), ("edge", "2016-03-01"), ("new", "2026-01-01")):
        new_session(store, patient, name, started=f"{started}T08:00:00+00:00")
    assert store.overdue("2026-03-01") == []
    store.set_setting("retention_years", "10")
    assert [(one.id, name) for one, name in store.overdue("2026-03-01")] == [("old", "Blue Fox")]
    assert [one.id for one, _ in store.overdue("2026-03-02")] == ["old", "edge"]
    store.set_setting("retention_years", "8")
    assert [one.id for one, _ in store.overdue("2024-02-29")] == []
    store.erase_sessions(["old"])
    store.set_setting("retention_years", "10")
    assert store.overdue("2026-03-01") == []


def test_a_closed_store_says_so(store: AnyStore) -> None:
    store.close()
    with pytest.raises(StoreError) as caught:
        store.patients()
    assert reason(caught) is StoreReason.NOT_REACHABLE
    store.close()
