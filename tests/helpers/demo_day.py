"""The pages of the therapist's day on a store in memory and a fake runtime, as a process: for browser tests, for
pictures, and to look at them.

Lines on the standard input::

    live | stops | propose KIND STEP | store NAME (a method without arguments) | ids
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from clinician_console.clinic.entries import Answers, Patient, Session, StoredPlan
from clinician_console.progress import summarise
from tests.helpers.demo_console import play
from tests.helpers.demo_course import tell_a_course
from tests.helpers.fake_link import FakeLink
from tests.helpers.fake_runtime import FakeRuntime
from tests.helpers.house_process import fake_core, house_of, serve
from tests.helpers.made_record import KEY, make_record, played
from tests.helpers.memory_store import MemoryStore
from vr_runtime.protocol.files.toml import read_plan
from vr_runtime.protocol.words import AgeBand, ProposalKind
from vr_runtime.record import Reader


def fill(store: MemoryStore, folder: Path) -> None:
    """Three patients: one with a plan, answers and four sessions behind, of which the records are there."""
    anna = store.save_patient(Patient(id="", pseudonym="P-0012", age_band=AgeBand.FROM_26))
    store.save_patient(Patient(id="", pseudonym="P-0031", age_band=AgeBand.FROM_12, language="fr"))
    store.practice_patient()
    plan = read_plan(Path("examples/heights_plan.toml")).model_dump(mode="json")
    kept = store.save_plan(StoredPlan(id="", patient=anna.id, title=str(plan["title"]), body=plan))
    for week in range(4):
        day = f"2026-10-{5 + 7 * week:02d}"
        record = make_record(folder / f"copy-{week:032x}", played(patient="none"))
        with Reader.open(record, KEY) as reader:
            summary, last = summarise(reader), reader.last()[1].hex()
        store.save_session(
            Session(
                id=f"{week:032x}", patient=anna.id, plan=kept.id, started=f"{day}T09:30:00+00:00",
                ended=f"{day}T10:15:00+00:00", state="ended", treatment="graded_exposure", record=str(record),
                last_hash=last, summary=summary,
            )
        )  # fmt: skip
        for instrument, items in (("phq9", 9), ("gad7", 7)):
            answers: dict[str, int | str | None] = {str(item + 1): (item + week) % 3 for item in range(items)}
            store.save_answers(
                Answers(
                    id="", patient=anna.id, instrument=instrument, instrument_version="1", language="en", date=f"{day}T10:20:00+00:00",
                    respondent="patient", items=answers, scores={}, session=f"{week:032x}",
                )
            )  # fmt: skip


def ids(store: MemoryStore) -> dict[str, str]:
    """Of the patient with sessions behind: ids of the patient, of the plan, of the latest session."""
    anna = next(row for row in store.patients() if row.pseudonym == "P-0012").id
    return {"patient": anna, "plan": store.plans(anna)[0].id, "session": f"{3:032x}"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--language", default="en")
    parser.add_argument("--filled", action="store_true")
    parser.add_argument("--course", action="store_true", help="the sessions behind read like a course")
    parser.add_argument("--view", type=Path, help="a JPEG file that the patient sees")
    parser.add_argument("--old", action="store_true", help="P-0012 has two sessions of long ago")
    parser.add_argument("--live", action="store_true", help="a session with P-0012 is running")
    parser.add_argument("--history", type=float, default=0.0, help="seconds of that session that lie behind")
    parser.add_argument("--toured", action="store_true", help="the walk for newcomers was taken")
    arguments = parser.parse_args()
    store = MemoryStore("AB")
    if arguments.toured:
        store.set_setting("toured", "yes")
    link = FakeLink(FakeRuntime())
    if arguments.view:
        link.view = arguments.view.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.filled:
            fill(store, Path(folder))
            if arguments.course:
                tell_a_course(store, ids(store)["patient"])
        if arguments.old:
            patient = store.patients("P-0012")[0].id
            for year in (2001, 2002):
                at = f"{year}-03-01T09:30:00+00:00"
                store.save_session(Session(f"old-{year}", patient, "", at, ended=at, state="ended"))
        core = fake_core(link)
        if arguments.history:
            play(link, core, arguments.history)
        if arguments.live:
            link.run_live()
        serve(
            house_of(core, store, Path(folder), arguments.language),
            lambda word, rest: answer(link, store, word, rest),
            port=arguments.port,
        )


def answer(link: FakeLink, store: MemoryStore, word: str, rest: str) -> object:
    match word:
        case "live":
            link.run_live()
        case "propose":
            kind, step = rest.split()
            with link.locked:
                link.runtime.course.propose(ProposalKind(kind), int(step))
        case "stops":
            return len(link.stops)
        case "store":
            return getattr(store, rest)()
        case "ids":
            return ids(store)
        case _:
            pass
    return None


if __name__ == "__main__":
    main()
