"""The pages after a session on a store in memory and real records of a played session, in this process's own server.

Prints ``page: URL`` and runs until its standard input ends. Lines on it: ``ids`` (session and patient), ``debrief`` (what the
store holds of it), ``acts`` (what the audit trail says was reported), ``quit``.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from pathlib import Path

from clinician_console.clinic.entries import Answers, Patient, Session
from clinician_console.core import ConsoleCore
from clinician_console.pages.server import PageServer
from clinician_console.progress import summarise
from tests.helpers.demo_day import house_of
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart
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
        core = ConsoleCore(FakeLink(FakeRuntime()), lambda _epoch: MemoryCopy(), decode_fake_heart)
        core.start()
        house = house_of(core, store, Path(folder), "en")
        house.key = KEY
        server = PageServer(core, on_link=lambda url: print(f"page: {url}", flush=True), port=0, house=house)
        last = f"{4:032x}"
        who = patient.id

        def steer() -> None:
            for line in sys.stdin:
                if line.strip() == "ids":
                    print(f"ids: {last} {who}", flush=True)
                elif line.strip() == "debrief":
                    print("debrief: " + json.dumps(store.session(last).debrief), flush=True)
                elif line.strip() == "acts":
                    acts = [entry.detail for entry in store.audit() if entry.act == "reported"]
                    print("acts: " + json.dumps(acts), flush=True)
                elif line.strip() == "quit":
                    break
            server.close()

        threading.Thread(target=steer, daemon=True).start()
        server.run()
        core.close()


if __name__ == "__main__":
    main()
