"""A console on a fake runtime, as a process: for browser tests, and to look at the page.

Prints ``page: URL`` (it works once) and runs until its standard input ends. Lines on the standard input steer it::

    reset | silent | answer | connect | lost | alarm CAUSE DEMAND | clear | ceiling |
    patient_stop | block SECONDS | stops | sent | causes | age | quit |
    propose KIND STEP | withdraw | forecast MEAN LOW HIGH
"""

from __future__ import annotations

import argparse
import sys
import threading
import time

from clinician_console.core import ConsoleCore
from clinician_console.pages.server import PageServer
from clinician_console.words import catalogue
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart
from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.protocol.answers import AlarmState
from vr_runtime.protocol.commands import FireTrigger, GoToStep, Rating, Start
from vr_runtime.protocol.events import DemandMade, Marker
from vr_runtime.protocol.files.treatments import checklist_of, find_treatments
from vr_runtime.protocol.words import Cause, DemandKind, ProposalKind, StoppedBy


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--language", default="en")
    parser.add_argument("--patient", default="virtual")
    parser.add_argument("--waiting", action="store_true", help="no runtime yet")
    parser.add_argument(
        "--history", type=float, default=0.0, help="seconds of session that lie behind already"
    )
    parser.add_argument("--treatment", default="", help="a treatment protocol by its id")
    parser.add_argument("--checklist", action="store_true", help="with the start checks; nothing lies behind")
    parser.add_argument("--brackets", action="store_true", help="mark every text of the catalogue")
    arguments = parser.parse_args()
    if arguments.brackets:
        texts = catalogue(arguments.language)
        for key, text in texts.items():
            texts[key] = f"[{text}]" if text else text
    treatment = find_treatments()[arguments.treatment].treatment if arguments.treatment else None
    checklist = checklist_of("start") if arguments.checklist else None
    link = FakeLink(FakeRuntime(patient=arguments.patient, treatment=treatment, checklist=checklist))
    core = ConsoleCore(link, lambda _epoch: MemoryCopy(), decode_fake_heart)
    core.start()
    if not arguments.waiting:
        if arguments.history:
            play(link, core, arguments.history)
        link.run_live()
    server = PageServer(
        core,
        language=arguments.language,
        port=arguments.port,
        on_link=lambda url: print(f"page: {url}", flush=True),
    )
    threading.Thread(target=steer, args=(link, core, server), daemon=True).start()
    server.run()
    core.close()


def play(link: FakeLink, core: ConsoleCore, seconds: float) -> None:
    """A session so far: baseline, then a step every two minutes with a few ratings."""
    link.connect()
    core.send(Start())
    elapsed, step = 0.0, 0
    while elapsed < seconds:
        link.advance(0.5)
        elapsed += 0.5
        if elapsed % 120 == 60:
            step += 1
            core.send(GoToStep(step=step))
        if elapsed % 90 == 40 and step:
            core.send(FireTrigger(trigger="gust"))
        if elapsed % 200 == 130:
            core.send(GoToStep(step=step + 3))  # refused: not confirmed
        if elapsed % 30 == 20 and step:
            core.send(Rating(raw=float(round(max(5, 95 * link.runtime.fear) / 5) * 5)))
    link.pump()


def reset(link: FakeLink) -> None:
    """Back to step 2 of an exposure, nothing sent, nothing pressed."""
    with link.locked:
        link.answering, link.word, link.age_s = True, "connected", 0.05
        link.runtime.alarms, link.runtime.held = (), False
        link.runtime.back_to(2)
        link.runtime.course.reset()
        link.stops.clear()
        link.sent.clear()


def raise_alarm(link: FakeLink, cause: str, demand: str) -> None:
    """Add an alarm that has lasted for three seconds; what is stronger than an alert holds the scene."""
    with link.locked:
        runtime = link.runtime
        kind = DemandKind(demand)
        since = max(0, runtime.now_ns - 3_000_000_000)
        runtime.alarms = (*runtime.alarms, AlarmState(cause=Cause(cause), demand=kind, since_ns=since))
        runtime.held = runtime.held or kind not in (DemandKind.ALERT, DemandKind.BLOCK_RAISE)
        runtime.emit(DemandMade(cause=Cause(cause), demand=kind, active=True, age_s=3.0))


def find(link: FakeLink, marker: str, seconds: str) -> None:
    """A marker that has just ended, so many seconds long."""
    with link.locked:
        now_ns, source = link.runtime.now_ns, DEFINITIONS[marker].source
        link.runtime.emit(
            Marker(
                marker=marker, t_on_ns=now_ns - round(float(seconds) * 1e9), t_off_ns=now_ns, value=1.0,
                unit=DEFINITIONS[marker].unit, source=source, quality=1.0, algorithm=DEFINITIONS[marker].algorithm,
            )
        )  # fmt: skip


def steer(link: FakeLink, core: ConsoleCore, server: PageServer) -> None:
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "silent":
            link.answering = False
        elif word == "answer":
            link.answering = True
        elif word == "connect":
            link.run_live()
        elif word == "block":
            server.call_soon(lambda seconds=float(rest): time.sleep(seconds))
        elif word == "stops":
            print(f"stops: {len(link.stops)}", flush=True)
        elif word == "sent":
            print("sent: " + " ".join(command.body.model_dump_json() for command in link.sent), flush=True)
        elif word == "age":
            print(f"age: {link.page_age()}", flush=True)
        elif word == "lost":
            link.word, link.age_s = "silent", 4.2
        elif word == "alarm":
            raise_alarm(link, *rest.split())
        elif word == "marker":
            find(link, *rest.split())
        elif word == "clear":
            with link.locked:
                link.runtime.alarms = ()
        elif word == "patient_stop":
            with link.locked:
                link.runtime.stop("stop-of-the-patient", StoppedBy.PATIENT)
        elif word == "ceiling":
            with link.locked:
                link.runtime.ceilings = {"height": 40.0, "rail_kind": "glass"}
        elif word == "propose":
            with link.locked:
                kind, step = rest.split()
                link.runtime.course.propose(ProposalKind(kind), int(step))
        elif word == "withdraw":
            with link.locked:
                for proposal in list(link.runtime.course.proposals):
                    link.runtime.course.withdraw(proposal)
        elif word == "forecast":
            with link.locked:
                link.runtime.course.forecast(*(float(part) for part in rest.split()))
        elif word == "causes":
            print("causes: " + " ".join(command.cause or "-" for command in link.sent), flush=True)
        elif word == "reset":
            reset(link)
            print("reset: done", flush=True)
        elif word == "quit":
            break
    server.close()


if __name__ == "__main__":
    main()
