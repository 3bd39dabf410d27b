"""The pages of the therapist's day on a store in memory and no runtime, as a process: for browser tests, and to look.

Prints ``page: URL`` (it works once) and runs until its standard input ends or says ``quit``. It holds one patient,
whose id it prints as ``patient: ID``; ``answers``, ``homework`` and ``texts`` on the standard input print what is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path

from clinician_console.clinic.entries import Patient
from clinician_console.core import ConsoleCore
from clinician_console.core.keeper import SessionKeeper
from clinician_console.pages.house import House
from clinician_console.pages.server import PageServer
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart
from tests.helpers.memory_store import MemoryStore
from vr_runtime.record import PassphraseKey


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", default="en")
    arguments = parser.parse_args()
    store = MemoryStore()
    patient = store.save_patient(Patient(id="", pseudonym="Wren 7", language=arguments.language))
    core = ConsoleCore(FakeLink(FakeRuntime()), lambda _epoch: MemoryCopy(), decode_fake_heart)
    core.start()
    with tempfile.TemporaryDirectory() as folder:
        house = House(
            core=core, store=store, keeper=SessionKeeper(store, lambda _record: ({}, "")), records=Path(folder),
            key=PassphraseKey("for tests"), fixed_language=arguments.language,
        )  # fmt: skip
        server = PageServer(
            core,
            language=arguments.language,
            port=0,
            house=house,
            on_link=lambda url: print(f"page: {url}", flush=True),
        )
        threading.Thread(target=steer, args=(store, patient.id, server), daemon=True).start()
        server.run()
        house.close()
        core.close()


def steer(store: MemoryStore, patient: str, server: PageServer) -> None:
    for line in sys.stdin:
        match line.strip():
            case "patient":
                print(f"patient: {patient}", flush=True)
            case "answers":
                print("answers: " + json.dumps([asdict(one) for one in store.answers(patient)]), flush=True)
            case "homework":
                print("homework: " + json.dumps([asdict(one) for one in store.homework(patient)]), flush=True)
            case "quit":
                break
            case _:
                pass
    server.close()


if __name__ == "__main__":
    main()
