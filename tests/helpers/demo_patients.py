"""The pages of patients and of plans on a store in memory, as a process. Lines on the standard input, beside those of
demo_day::

    ids | person PSEUDONYM | plans PSEUDONYM | notes PSEUDONYM TEXT | renamed PLAN TEXT (the last two as somebody else)
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.store_fill import fill as fill_big
from clinician_console.clinic.entries import Patient, Session
from clinician_console.plans.begin import from_scene, kept
from clinician_console.plans.pictures import Pictures
from clinician_console.plans.scene_catalogue import SceneCatalogue
from clinician_console.store.opening import open_store
from tests.helpers.house_process import fake_core, house_of, serve
from tests.helpers.memory_store import MemoryStore
from vr_runtime.protocol.files.manifest import Posture, SceneManifest
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.protocol.words import AgeBand
from vr_runtime.record import PassphraseKey

ROOT = Path(__file__).resolve().parents[2]
BANDS = [*AgeBand]


def scenes() -> dict[str, SceneManifest]:
    found = (read_manifest(path) for path in sorted((ROOT / "scenes").glob("*/scene.toml")))
    return {scene.id: scene for scene in found}


def fill(store: MemoryStore, many: int) -> None:
    """One person with a plan and sessions, one without, the virtual one, and as many others as wished."""
    anna = store.save_patient(
        Patient(
            "", "P-0012", AgeBand.FROM_26, posture=Posture.STANDING, cleared=("heights",), notes="likes birds"
        )
    )
    store.save_patient(Patient("", "P-0031", AgeBand.FROM_8, "fr"))
    store.practice_patient()
    plan = store.save_plan(kept(from_scene(scenes()["heights"], "en"), anna.id))
    store.save_plan(kept(from_scene(scenes()["washroom"], "en"), ""))
    for week in range(3):
        day = f"2026-10-{5 + 7 * week:02d}"
        times = f"{day}T09:30:00+00:00", f"{day}T10:15:00+00:00"
        debrief = {"version": 1} if week < 2 else {}
        store.save_session(
            Session(
                f"{week:032x}",
                anna.id,
                plan.id,
                *times,
                "ended",
                treatment="graded_exposure",
                debrief=debrief,
            )
        )
    for number in range(many):
        store.save_patient(Patient("", f"M-{number:04d}", BANDS[number % len(BANDS)]))


def somebody_else(store: MemoryStore, word: str, rest: str) -> object:
    rows = {row.pseudonym: row.id for row in store.patients(limit=10_000)}
    match word:
        case "plans":
            return store.plans(rows[rest] if rest else "")
        case "person":
            return store.patient(rows[rest]) if rest in rows else None
        case "notes":
            name, _, text = rest.partition(" ")
            return store.save_patient(dataclasses.replace(store.patient(rows[name]), notes=text))
        case "renamed":
            plan, _, text = rest.partition(" ")
            was = store.plan(plan)
            return store.save_plan(dataclasses.replace(was, title=text, body={**was.body, "title": text}))
        case _:
            return None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--language", default="en")
    parser.add_argument("--many", type=int, default=0, help="patients beside the three")
    parser.add_argument("--empty", action="store_true")
    parser.add_argument(
        "--big", action="store_true", help="an encrypted file with 2,000 patients and 30,000 sessions"
    )
    parser.add_argument("--pictures", type=Path, help="folder of real pictures, drawn where they are missing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store: Any = MemoryStore("AB")
        ids = {}
        if arguments.big:
            store = open_store(Path(folder) / "clinic.db", PassphraseKey("four words of a test"), "AB")
            patient, session = fill_big(store, 2000, 30_000)
            ids = {"patient": patient, "session": session}
        elif not arguments.empty:
            fill(store, arguments.many)
        house = house_of(fake_core(), store, Path(folder), arguments.language)
        printed = "[" + ",".join(scene.model_dump_json() for scene in scenes().values()) + "]"
        house.catalogue = SceneCatalogue(ask=lambda: printed)
        if arguments.pictures:
            house.pictures = Pictures(arguments.pictures)
        else:
            house.pictures.close()  # nothing is drawn

        def answer(word: str, rest: str) -> object:
            found = ids if word == "ids" else somebody_else(store, word, rest)
            return "null" if found is None else found

        serve(house, answer, port=arguments.port)


if __name__ == "__main__":
    main()
