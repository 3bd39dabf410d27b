"""The pages of the day where another computer plays the sessions, as a process. Lines on the standard input::

network waits|nobody_waits|unreachable|not_paired | busy | begun (how many) | plan (its start page)
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from pathlib import Path

from clinician_console.clinic.entries import Patient, StoredPlan
from clinician_console.core.elsewhere import OtherComputer
from tests.helpers.house_process import fake_core, house_of, serve
from tests.helpers.memory_store import MemoryStore
from tests.helpers.waiting import OFFICE, Waiting, heights
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.protocol.waiting import Answer, Request, SessionState, decode_answer, encode
from vr_runtime.waiting.desk import Playing


class Network:
    """The way to a machine that waits, until it is broken."""

    def __init__(self) -> None:
        self.machine = Waiting()
        self.broken: LinkReason | None = None

    def __call__(self, name: str, request: Request) -> Answer:
        if self.broken is not None:
            raise LinkError(self.broken, f"nothing at {name}")
        answer = decode_answer(self.machine.desk.respond(encode(request), OFFICE))
        if self.machine.player.now.state is SessionState.STARTING:
            threading.Timer(0.3, self.machine.player.ready).start()
        return answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", default="en")
    language = parser.parse_args().language
    store, network = MemoryStore(), Network()
    store.set_setting("toured", "yes")
    patient = store.save_patient(Patient(id="", pseudonym="Wren 7"))
    plan = store.save_plan(StoredPlan("", patient.id, "Heights", heights().model_dump(mode="json")))

    def answer(word: str, rest: str) -> object:
        match word:
            case "network":
                network.broken = None if rest == "waits" else LinkReason(rest)
                network.machine.player.now, network.machine.player.is_taken = Playing(), False
            case "busy":
                network.machine.player.is_taken = True
            case "begun":
                return len(network.machine.player.begun)
            case "plan":
                return f"/start/{patient.id}/{plan.id}"
            case _:
                return None
        return "yes"

    with tempfile.TemporaryDirectory() as folder:
        house = house_of(fake_core(), store, Path(folder), language)
        house.other = OtherComputer(lambda: "room-3", network, seek=lambda _name: False)
        serve(house, answer)


if __name__ == "__main__":
    main()
