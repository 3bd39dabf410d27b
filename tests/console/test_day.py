"""Sessions enter the clinic's data by themselves; what a runtime is told; what was found of a headset."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from clinician_console.clinic.entries import Patient, Session
from clinician_console.clinic.port import ClinicStore, StoreError, StoreReason
from clinician_console.core import Snapshot
from clinician_console.core.headset import HeadsetLook, meaning_of
from clinician_console.core.keeper import SessionKeeper
from clinician_console.core.launch import Launch, order_for, run_arguments, usable
from clinician_console.core.snapshot import LocalRuntime
from clinician_console.pages.standing import standing_of
from clinician_console.plans.draft import draft_of
from clinician_console.plans.files import to_toml
from tests.console.conftest import Bench
from tests.helpers.memory_store import MemoryStore
from tests.helpers.processes import until
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.files.toml import read_plan
from vr_runtime.protocol.words import AgeBand
from vr_runtime.waiting import headset
from vr_runtime.waiting.headset import understood

RUN = "ab" * 16


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore("AB")


def seen(bench: Bench, **changed: Any) -> Snapshot:
    now = bench.core.snapshot()
    given = {"epoch": RUN, "pseudonym": "P-7", "practice": False, "ended": False, **changed}
    return replace(now, **given)


def keeper_of(store: MemoryStore, records: Path = Path()) -> SessionKeeper:
    return SessionKeeper(
        store, records, lambda record: ({"of": record}, "cd" * 32), now=lambda: "2026-03-01T10:00:00+00:00"
    )


def test_a_session_is_entered_when_it_opens_and_when_it_has_ended(bench: Bench, store: MemoryStore) -> None:
    patient = store.save_patient(Patient(id="", pseudonym="P-7"))
    keeper = keeper_of(store)
    keeper.expect(patient, "plan-1")
    keeper.look(seen(bench))
    [running] = store.sessions(patient.id)
    assert (running.id, running.plan, running.state, running.ended) == (RUN, "plan-1", "running", "")
    keeper.look(seen(bench, ended=True))
    [ended] = store.sessions(patient.id)
    assert (ended.state, ended.summary, ended.last_hash) == ("ended", {"of": "memory"}, "cd" * 32)
    assert "started" in [entry.act for entry in store.audit(patient=patient.id)]


def test_a_session_that_was_opened_elsewhere_is_found_by_its_pseudonym(
    bench: Bench, store: MemoryStore
) -> None:
    store.save_patient(Patient(id="", pseudonym="P-70"))
    patient = store.save_patient(Patient(id="", pseudonym="P-7"))
    keeper_of(store).look(seen(bench))
    assert [session.id for session in store.sessions(patient.id)] == [RUN]


def test_nobody_gets_a_session_that_may_be_anothers(bench: Bench, store: MemoryStore) -> None:
    expected = store.save_patient(Patient(id="", pseudonym="P-1"))
    keeper = keeper_of(store)
    keeper.expect(expected, "")
    keeper.look(seen(bench, pseudonym="P-2"))
    assert store.sessions(expected.id) == []
    assert keeper.unassigned == {RUN: "P-2"}
    keeper.look(seen(bench, pseudonym="P-2", ended=True))
    assert keeper.assign(RUN, expected.id, "memory").state == "ended"
    assert not keeper.unassigned


def test_a_virtual_patient_is_the_practice_patient(bench: Bench, store: MemoryStore) -> None:
    keeper_of(store).look(seen(bench, pseudonym="", practice=True))
    assert [session.id for session in store.sessions(store.practice_patient().id)] == [RUN]


def test_a_console_that_was_started_again_enters_a_session_once(bench: Bench, store: MemoryStore) -> None:
    patient = store.save_patient(Patient(id="", pseudonym="P-7"))
    for _ in range(2):
        keeper_of(store).look(seen(bench))
    assert len(store.sessions(patient.id)) == 1


def test_a_record_that_cannot_be_summed_up_ends_its_session_all_the_same(
    bench: Bench, store: MemoryStore
) -> None:
    patient = store.save_patient(Patient(id="", pseudonym="P-7"))

    def broken(_record: str) -> tuple[dict[str, Any], str]:
        raise ValueError("a stream is cut")

    keeper = SessionKeeper(store, Path(), broken)
    keeper.look(seen(bench))
    keeper.look(seen(bench, ended=True))
    [session] = store.sessions(patient.id)
    assert (session.state, session.summary) == ("ended", {})


class Failing:
    """A store that is away when a session is to be saved, once."""

    def __init__(self, store: MemoryStore) -> None:
        self._store, self.away = store, True

    def __getattr__(self, name: str) -> Any:
        if name == "save_session" and self.away:
            self.away = False
            raise StoreError(StoreReason.NOT_REACHABLE, "away")
        return getattr(self._store, name)


def test_what_the_store_did_not_take_is_entered_at_the_next_look(bench: Bench, store: MemoryStore) -> None:
    patient = store.save_patient(Patient(id="", pseudonym="P-7"))
    failing = Failing(store)
    keeper = SessionKeeper(cast("ClinicStore", failing), Path(), lambda _record: ({}, ""))
    keeper.expect(patient, "plan-1")
    with pytest.raises(StoreError):
        keeper.look(seen(bench))
    keeper.look(seen(bench))
    assert [(one.plan, one.state) for one in store.sessions(patient.id)] == [("plan-1", "running")]
    failing.away = True
    with pytest.raises(StoreError):
        keeper.look(seen(bench, ended=True))
    keeper.look(seen(bench, ended=True))
    assert [one.state for one in store.sessions(patient.id)] == ["ended"]


def running(store: MemoryStore, records: Path, run: str) -> str:
    """A patient whose session runs, with a record that this console copies; the patient's id."""
    patient = store.save_patient(Patient(id="", pseudonym=f"P-{run}"))
    folder = records / f"copy-{run}"
    folder.mkdir()
    (folder / "record.db").touch()
    store.save_session(Session(run, patient.id, "", "2026-03-01T09:00:00+00:00", record=str(folder)))
    return patient.id


def away(now: Snapshot, at_s: float, local: LocalRuntime = LocalRuntime()) -> Snapshot:  # noqa: B008
    """Nobody is connected."""
    link = replace(now.link, word="waiting")
    return replace(now, link=link, telemetry=None, epoch="", local=local, now=at_s)


def test_a_session_whose_runtime_died_is_broken_off_and_can_be_debriefed(
    bench: Bench, store: MemoryStore, tmp_path: Path
) -> None:
    patient = running(store, tmp_path, "a1")
    keeper = keeper_of(store, tmp_path)
    now = bench.core.snapshot()
    keeper.look(away(now, 0.0))
    assert [one.state for one in store.sessions(patient)] == ["running"], "its link may only be cut"
    keeper.look(away(now, 1.0, LocalRuntime("ended", 1, "killed")))
    [session] = store.sessions(patient)
    assert (session.state, session.summary) == ("interrupted", {"of": session.record})
    entries = len(store.audit())
    keeper.look(away(now, 2.0, LocalRuntime("ended", 1, "killed")))
    assert len(store.audit()) == entries, "once is enough"


def test_a_run_elsewhere_is_given_two_minutes_and_its_end_is_entered_even_then(
    bench: Bench, store: MemoryStore, tmp_path: Path
) -> None:
    patient = running(store, tmp_path, RUN)
    keeper = keeper_of(store, tmp_path)
    now = bench.core.snapshot()
    for at_s in (0.0, 119.0):
        keeper.look(away(now, at_s))
    assert [one.state for one in store.sessions(patient)] == ["running"]
    keeper.look(away(now, 120.0))
    assert [one.state for one in store.sessions(patient)] == ["interrupted"]
    keeper.look(seen(bench, ended=True))
    assert [one.state for one in store.sessions(patient)] == ["ended"]


def test_another_run_ends_the_one_before_and_no_other_consoles(
    bench: Bench, store: MemoryStore, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    mine, theirs = running(store, tmp_path, "a1"), running(store, elsewhere, "b2")
    store.save_patient(Patient(id="", pseudonym="P-7"))
    keeper_of(store, tmp_path).look(seen(bench))
    assert [one.state for one in store.sessions(mine)] == ["interrupted"]
    assert [one.state for one in store.sessions(theirs)] == ["running"]


def test_a_runtime_is_told_of_the_patient_what_it_may_know_and_no_more(tmp_path: Path) -> None:
    patient = Patient(
        id="secret-id", pseudonym="P-7", age_band=AgeBand.FROM_26, language="fr", posture=Posture.SEATED,
        cleared=("height",), notes="lives at the mill",
    )  # fmt: skip
    plan = read_plan(Path("examples/heights_plan.toml"))
    text = to_toml(draft_of(plan.model_dump(mode="json")))
    launch = Launch(patient, text, "headset")
    told, order = run_arguments(launch, tmp_path, None), order_for(launch)
    assert "--display openxr" in " ".join(told)
    assert "--forget-when-copied" in told
    assert "--patient" not in told
    assert (order.pseudonym, order.language, order.age.value) == ("P-7", "fr", "26+")
    assert (order.posture, order.cleared) == (Posture.SEATED, ("height",))
    assert order.plan == plan
    assert "secret-id" not in order.model_dump_json()
    assert "mill" not in order.model_dump_json()


def test_nothing_of_a_patient_or_a_plan_is_on_a_command_line_or_a_disk(tmp_path: Path) -> None:
    patient = Patient(id="x", pseudonym="P-7", age_band=AgeBand.FROM_26, language="fr")
    plan = read_plan(Path("examples/heights_plan.toml"))
    told = run_arguments(
        Launch(patient, to_toml(draft_of(plan.model_dump(mode="json"))), "window"), tmp_path, None
    )
    assert not {"P-7", "fr", "26+", plan.id, plan.title} & set(told)
    assert told[told.index("--plan") + 1] == "-"
    assert [*tmp_path.iterdir()] == []


def test_practising_needs_neither_a_headset_nor_checks(tmp_path: Path) -> None:
    told = run_arguments(
        Launch(Patient(id="x", pseudonym="Practice", practice=True), "", "window"), tmp_path, None
    )
    assert {"--patient", "virtual", "--checks", "none", "window"} <= set(told)


def test_a_record_that_is_gone_is_not_handed_over_for_the_forecast(tmp_path: Path) -> None:
    (tmp_path / "record.db").touch()
    assert usable(["", str(tmp_path), str(tmp_path / "gone")]) == (str(tmp_path),)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ([{"what": "OpenXR runtime", "good": False, "found": "none", "remedy": "install"}], "no_runtime"),
        ([{"what": "OpenXR runtime", "good": True, "found": "Monado", "remedy": "plug it in"}], "no_headset"),
        (
            [
                {"what": "OpenXR runtime", "good": True, "found": "Monado", "remedy": ""},
                {"what": "headset", "good": False, "found": "Q", "remedy": "update"},
            ],
            "no_headset",
        ),
        (
            [
                {"what": "OpenXR runtime", "good": True, "found": "Monado", "remedy": ""},
                {"what": "headset", "good": True, "found": "Q 3, 2064x2208", "remedy": ""},
            ],
            "found",
        ),
    ],
)
def test_what_the_doctor_says_of_a_headset_in_one_word(said: list[dict[str, Any]], word: str) -> None:
    assert meaning_of(understood(json.dumps(said))).word == word


def test_a_headset_whose_software_hangs_is_told_from_one_that_was_not_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(headset, "PATIENCE_S", 0.01)
    look = HeadsetLook()
    assert look.state().word == "unknown"
    look.look()
    until(lambda: look.state().word == "no_headset", "the look to be given up")
    assert "does not answer" in look.state().detail
    look.close()


def test_a_doctor_that_says_nothing_is_no_headset() -> None:
    for said in ("", "[1]", "{}", "null", "not json"):
        assert meaning_of(understood(said)).word == "no_runtime"


def test_the_foot_of_a_page_says_how_the_session_stands(bench: Bench) -> None:
    now = bench.core.snapshot()
    assert standing_of(now)["standing"] == "live"
    assert standing_of(replace(now, ended=True)) == {
        "phase": "closed", "standing": "none", "who": "", "step": 0, "total": len(now.plan.steps if now.plan else ()),
        "alarms": 0,
    }  # fmt: skip
    gone = replace(now, telemetry=None)
    assert standing_of(gone)["phase"] == "none"
