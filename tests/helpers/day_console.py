"""The pages of the therapist's day with one patient and nothing else. Lines on the standard input: ``patient`` (the id),
``answers``, ``homework`` (what is kept)."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from clinician_console.clinic.entries import Patient
from tests.helpers.house_process import fake_core, house_of, serve
from tests.helpers.memory_store import MemoryStore


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", default="en")
    language = parser.parse_args().language
    store = MemoryStore()
    patient = store.save_patient(Patient(id="", pseudonym="Wren 7", language=language)).id

    def answer(word: str, _rest: str) -> object:
        return {
            "patient": patient,
            "answers": store.answers(patient),
            "homework": store.homework(patient),
        }.get(word)

    with tempfile.TemporaryDirectory() as folder:
        serve(house_of(fake_core(), store, Path(folder), language), answer)


if __name__ == "__main__":
    main()
