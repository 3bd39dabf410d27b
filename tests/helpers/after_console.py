"""The pages after a session, with real records of a played session. Lines on the standard input: ``ids`` (session and
patient), ``debrief`` (what the store holds of it), ``acts`` (what the audit trail says was reported)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from clinician_console.clinic.entries import Answers, Patient, Session
from clinician_console.progress import summarise
from tests.helpers.house_process import fake_core, house_of, serve
from tests.helpers.made_record import KEY, make_record
from tests.helpers.memory_store import MemoryStore
from vr_runtime.record import Reader

HOSTILE = "<img src=x onerror=alert(1)>"


def main() -> None:
    store = MemoryStore("AB")
    with tempfile.TemporaryDirectory() as folder:
        record = make_record(Path(folder) / "record")
        patient = store.save_patient(Patient(id="", pseudonym=HOSTILE))
        with Reader.open(record, KEY) as reader:
            summary, digest = summarise(reader), reader.last()[1].hex()
        for stay in summary["stays"]:
            stay["minimum_s"] = 5.0  # the played session is a hurried one
        for week in range(5):
            store.save_session(
                Session(
                    id=f"{week:032x}", patient=patient.id, plan="", started=f"2026-03-{1 + 7 * week:02d}T09:30:00+00:00",
                    ended="2026-04-20T10:00:00+00:00", state="ended", record=str(record), summary=summary,
                    last_hash=digest,
                )
            )  # fmt: skip
        store.save_answers(
            Answers(
                id="", patient=patient.id, instrument="pcl5", instrument_version="2013", language="en",
                date="2026-03-01", respondent="patient", items={}, scores={"total": 40},
            )
        )  # fmt: skip
        last = f"{4:032x}"

        def answer(word: str, _rest: str) -> object:
            match word:
                case "ids":
                    return f"{last} {patient.id}"
                case "debrief":
                    return store.session(last).debrief
                case "acts":
                    return [entry.detail for entry in store.audit() if entry.act == "reported"]
                case _:
                    return None

        serve(house_of(fake_core(), store, Path(folder)), answer)


if __name__ == "__main__":
    main()
