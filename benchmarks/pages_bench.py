"""What each page of the therapist's day takes: its answer with 2,000 patients and 30,000 sessions, on both databases.

The console runs in a process of its own; a page is asked for by a plain HTTP client with the door's cookie, as a
browser's first request does. *Computing* is what the console's process computed meanwhile: on a machine that does
other things too, it says more than the time by the clock. Further rows: the search of the list of patients as one
types, over the page's own websocket from the letter's arrival until the rows leave (the page waits for 250 ms of
silence first), and the reading of a session's record for the review, whose page is there before.

One patient has 15 sessions and one 60, all with the summary of a session of eight steps. ``PALIER_PAGE_CALLS``: how
often each page is asked for.
"""

from __future__ import annotations

import html
import json
import os
import queue
import re
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import Row
from benchmarks.store_fill import fill
from clinician_console.clinic.entries import Answers, Homework, Patient, Session, StoredPlan
from clinician_console.store.clinic import DatabaseStore
from clinician_console.store.opening import open_store
from vr_runtime.protocol.words import AgeBand
from vr_runtime.record import FileKey

PATIENTS = 2_000
SESSIONS = 30_000
CALLS = int(os.environ.get("PALIER_PAGE_CALLS", "30"))
BUDGET_MS = 300.0
STEPS = 8
STEP_S = 60.0
TYPED = "fox", "elan", "f", "cr", "17", "violet w", "zz", "P-00"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Ids:
    """Of what is looked at: the patient with 15 sessions, the one with 60 with a plan and a session of theirs."""

    few: str
    many: str
    plan: str
    session: str
    bare: str
    """A session without a record."""

    def pages(self) -> dict[str, str]:
        return {
            "/ (day)": "/",
            "/patients": "/patients",
            "/patients/ID, 15 sessions": f"/patients/{self.few}",
            "/patients/ID, 60 sessions": f"/patients/{self.many}",
            "/plans/ID": f"/plans/{self.plan}",
            "/start/ID/ID": f"/start/{self.many}/{self.plan}",
            "/after/ID": f"/after/{self.session}",
            "/review/ID": f"/review/{self.session}",
            "/review/ID, no record": f"/review/{self.bare}",
            "/progress/ID, 15 sessions": f"/progress/{self.few}",
            "/progress/ID, 60 sessions": f"/progress/{self.many}",
            "/questionnaires/ID": f"/questionnaires/{self.many}",
            "/homework/ID": f"/homework/{self.many}",
            "/exports": "/exports",
            "/audit": "/audit",
            "/audit of a patient": f"/audit?patient={self.many}",
            "/settings": "/settings",
            "/help": "/help",
            "/drive": "/drive",
        }


def run() -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="palier-bench-") as name:
        os.environ["PALIER_HOME"] = name
        folder = Path(name)
        key = FileKey.create(folder / "key")
        record, summary, last = _recorded(folder / "records" / "copy-played", key)
        rows.append(_reading(record, key))
        path = folder / "clinic" / "clinic.db"
        rows += _measured("file", str(path), key, folder, (record, summary, last))
        # Only here are the tests' helpers wanted.
        from tests.helpers.postgres import Server, programs

        if programs() is not None:
            server = Server(careful=True)
            try:
                rows += _measured("server", server.url(), key, folder, (record, summary, last))
            finally:
                server.close()
    return rows


# ------------------------------------------------------------------ what is in the store

Played = tuple[Path, dict[str, Any], str]


def _recorded(folder: Path, key: FileKey) -> Played:
    """A record of eight steps of a minute, its summary, the hash of its end."""
    from clinician_console.progress import summarise
    from tests.helpers.made_record import Act, make_record, played
    from vr_runtime.protocol.commands import End, GoToStep, Rating, Start
    from vr_runtime.protocol.words import Phase
    from vr_runtime.record import Reader

    acts: list[Act] = [1.0, Start(), 30.0, Rating(raw=20)]
    for step in range(1, STEPS + 1):
        acts.append(GoToStep(step=step))
        for part in range(4):
            acts += [STEP_S / 4, Rating(raw=min(95.0, 30.0 + 7 * step - 5 * part))]
    acts += [End(to=Phase.RECOVERY), 10.0, Rating(raw=15)]
    make_record(folder, played(acts, patient="none"), key)
    with Reader.open(folder, key) as reader:
        return folder, summarise(reader), reader.last()[1].hex()


def _filled(store: DatabaseStore, kept: Played) -> Ids:
    record, summary, last = kept
    bare = fill(store, PATIENTS, SESSIONS)[1]
    from clinician_console.questionnaires.shelf import shipped
    from vr_runtime.protocol.files.toml import read_plan

    shelf = shipped()
    plan = read_plan(ROOT / "examples" / "heights_plan.toml").model_dump(mode="json")
    people: list[tuple[str, str]] = []
    session = ""
    for name, sessions in (("P-0015", 15), ("P-0060", 60)):
        person = store.save_patient(Patient("", name, age_band=AgeBand.FROM_26)).id
        planned = store.save_plan(StoredPlan("", person, str(plan["title"]), plan)).id
        people.append((person, planned))
        begun = datetime(2025, 1, 6, 9, 30, tzinfo=UTC)
        for number in range(sessions):
            started = begun + timedelta(days=7 * number)
            session = f"{name}-{number}"
            when = started.isoformat()
            store.save_session(
                Session(
                    session, person, planned, when, (started + timedelta(minutes=45)).isoformat(), "ended",
                    str(record), "graded_exposure", last, {**summary, "started": when},
                )
            )  # fmt: skip
            for instrument in (shelf["phq9"], shelf["gad7"]):
                given: dict[str, int | str | None] = {
                    item: (n + number) % 4 for n, item in enumerate(instrument.items)
                }
                store.save_answers(
                    Answers(
                        "", person, instrument.id, instrument.version, "en", when[:10], "patient", given, {}, session
                    )
                )  # fmt: skip
            store.save_homework(Homework("", person, when, {}))
    (few, _), (many, planned) = people
    with store.database.migrating() as connection:
        connection.exec_driver_sql("ANALYZE")
    return Ids(few, many, planned, session, bare)


# ------------------------------------------------------------------ measuring


def _measured(where: str, place: str, key: FileKey, folder: Path, kept: Played) -> list[Row]:
    from tests.helpers.console_process import ConsoleProcess, enter, request

    store = open_store(place, key, "Dr A")
    ids = _filled(store, kept)
    entries = store.audit(limit=1)[0].seq
    store.close()
    arguments = (place, str(folder / "key"), str(folder / "records"))
    rows: list[Row] = []
    with ConsoleProcess(*arguments, module="benchmarks.pages_worker") as console:
        cookie = enter(console.next_link())

        def computed() -> float:
            return float(console.ask("cpu"))

        for name, address in ids.pages().items():
            took: list[float] = []
            work: list[float] = []
            size = 0
            for number in range(CALLS + 2):
                console.ask("forget")
                before, began = computed(), time.perf_counter()
                answer = request(console.port, address, Cookie=cookie)
                passed = (time.perf_counter() - began) * 1000
                assert answer.status == 200, (address, answer.status)
                assert 'data-level=\\"danger\\" role=\\"alert\\">' not in answer.body
                if number >= 2:  # the first ones read files and templates
                    took.append(passed)
                    work.append((computed() - before) * 1000)
                size = len(answer.body)
            rows.append(_row(f"{where}: {name}", took, work, f"{size / 1000:.0f} kB"))
        took, work = _searched(console.port, cookie, computed)
        rows.append(_row(f"{where}: search while typing", took, work, f"{len(TYPED)} words"))
    rows.append(
        Row(f"pages, {where}: audit entries", entries, "", f"load of the machine {os.getloadavg()[0]:.1f}")
    )
    return rows


def _row(name: str, took: list[float], work: list[float], more: str) -> Row:
    p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
    over = f"OVER {BUDGET_MS:g}; " if p95 > BUDGET_MS else ""
    note = f"{over}p50 {statistics.median(took):.0f}, max {max(took):.0f}; computing p50 {statistics.median(work):.0f}, "
    return Row(f"pages, {name}", p95, "ms", note + f"max {max(work):.0f}; {more}")


def _reading(record: Path, key: FileKey) -> Row:
    """What the review does once its page is there."""
    from clinician_console.pages.review import read_track

    took: list[float] = []
    work: list[float] = []
    for _ in range(5):
        began, before = time.perf_counter(), time.process_time()
        read_track(str(record), key)
        took.append((time.perf_counter() - began) * 1000)
        work.append((time.process_time() - before) * 1000)
    return _row("review: its record read", took, work, f"a session of {STEPS * STEP_S / 60:g} minutes")


# ------------------------------------------------------------------ the search, over the page's websocket


def _searched(port: int, cookie: str, computed: Callable[[], float]) -> tuple[list[float], list[float]]:
    """The page of patients is opened as a browser does; each word goes up as the field gives it."""
    import socketio

    from tests.helpers.console_process import request

    page = request(port, "/patients", Cookie=cookie).body
    query = {
        name: _found(rf"['\"]{name}['\"]: ['\"]?([\w-]+)", page) for name in ("client_id", "next_message_id")
    }
    told = _found(r"parseElements\(String\.raw`(.*?)`\)", page)
    elements: dict[str, dict[str, Any]] = json.loads(html.unescape(told))
    field = next(name for name, each in elements.items() if _is(each, "patient-search"))
    listener = next(one for one in elements[field]["events"] if one["type"] == "input")
    heard: queue.Queue[object] = queue.Queue()
    client = socketio.Client()
    client.on("update", heard.put)
    query |= {"document_id": str(uuid.uuid4()), "tab_id": str(uuid.uuid4()), "old_tab_id": ""}
    client.connect(
        f"http://127.0.0.1:{port}?{urlencode(query | {'implicit_handshake': 'true'})}",
        {"Cookie": cookie},  # and an Origin of its own making, the same as a browser's
        transports=["websocket"],
        socketio_path="/_nicegui_ws/socket.io",
    )
    took: list[float] = []
    work: list[float] = []
    try:
        time.sleep(1.0)
        while not heard.empty():
            heard.get()
        for number in range(CALLS):
            word = TYPED[number % len(TYPED)]
            event = {
                "id": int(field),
                "client_id": query["client_id"],
                "listener_id": listener["listener_id"],
            }
            before, began = computed(), time.perf_counter()
            client.emit("event", {**event, "args": [json.dumps(word)]})
            heard.get(timeout=20)
            took.append((time.perf_counter() - began) * 1000)
            work.append((computed() - before) * 1000)
            time.sleep(0.05)
            while not heard.empty():
                heard.get()
    finally:
        client.disconnect()
    return took, work


def _is(element: dict[str, Any], name: str) -> bool:
    return element.get("props", {}).get("id") == name


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.DOTALL)
    assert match is not None, pattern
    return match[1]
