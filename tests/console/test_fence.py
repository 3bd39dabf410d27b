"""What the guard gives a browser that is in a patient's hands, and what the STOP server does: raw ASGI and HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from clinician_console.pages.asgi import SESSION
from clinician_console.pages.door import Door
from clinician_console.pages.guard import Guard, cookie_name
from clinician_console.pages.lent import Lent
from clinician_console.pages.safety import SafetyServer
from clinician_console.questionnaires.filling import Filling
from clinician_console.questionnaires.shelf import fill_shelf
from tests.console.conftest import Bench
from tests.helpers.console_process import request

PORT = 4711
ORIGIN = f"http://127.0.0.1:{PORT}"
SECRET = b"P-0012"
Message = dict[str, Any]


class Hall:
    """A door with two browsers in, and an app behind the guard that gives everybody everything."""

    def __init__(self) -> None:
        self.door, self.lent = Door(), Lent()
        self.laptop, self.other = (self.door.enter(self.door.token) or "" for _ in range(2))
        self.asked: list[str] = []
        self.heard: list[Message] = []
        self.guard = Guard(self._app, self.door, PORT, 1, self.lent)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] != "websocket.disconnect":
                self.heard.append(message)
                await send({"type": "websocket.send", "text": "P-0012"})
            self.heard.append(message)
            await send({"type": "websocket.send", "text": "too late"})
            return
        assert scope[SESSION] in (self.laptop, self.other)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": SECRET})

    def hand_over(self) -> str:
        gad7 = fill_shelf(None).find("gad7")
        assert gad7 is not None
        ticket, code = self.lent.offer(self.laptop, Filling(gad7, "p1", "", "en", "patient", True))
        assert self.lent.begin(self.laptop, ticket)
        return code

    def scope(self, kind: str, path: str, session: str, method: str = "GET", **headers: str) -> Message:
        address, _, query = path.partition("?")
        given = {
            "host": f"127.0.0.1:{PORT}", "origin": ORIGIN, "cookie": f"{cookie_name(PORT)}={session}", **headers,
        }  # fmt: skip
        return {
            "type": kind, "path": address, "query_string": query.encode(), "method": method,
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip

    def ask(self, path: str, session: str, method: str = "GET", **headers: str) -> tuple[int, str, bytes]:
        """Status, where it leads to, body."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.guard(self.scope("http", path, session, method, **headers), receive, send))
        found = dict(sent[0]["headers"])
        return sent[0]["status"], found.get(b"location", b"").decode(), sent[1]["body"]


@pytest.fixture
def hall() -> Hall:
    return Hall()


CLOSED = (
    "/", "/patients", "/patients/p1", "/drive", "/plans/x/file", "/after/x/report.pdf", "/exports/file/x", "/standing",
    "/timeline", "/preview", "/alone/begin", "/alone/other", "/static", "/staticfile/x", "/stop/x", "/nothing",
    "/_nicegui/auto/static/x/y", "/_nicegui/client/x/upload/1", "/_nicegui/3/dynamic_resources/x", "/pictures/heights/1",
    "//alone", "/alone/", "/alone\n",
)  # fmt: skip
OPEN = (
    "/alone",
    "/alone/standing",
    "/stop",
    "/static/alone.js",
    "/_nicegui/3.0/static/nicegui.js",
    "/_nicegui/3.0/esm/a/b.js",
)


def test_everything_but_the_patients_page_leads_back_to_it(hall: Hall) -> None:
    before = [hall.ask(path, hall.laptop) for path in CLOSED]
    assert {status for status, _, _ in before} == {200}, "so that what follows is the fence's doing"
    hall.hand_over()
    hall.asked.clear()
    for path in CLOSED:
        for headers in ({}, {"sec_fetch_mode": "navigate"}):
            assert hall.ask(path, hall.laptop, **headers) == (303, "/alone", b""), path
        for method, headers in (("GET", {"sec_fetch_mode": "cors"}), ("POST", {}), ("DELETE", {})):
            status, to, body = hall.ask(path, hall.laptop, method, **headers)
            assert (status, to, SECRET in body) == (423, "", False), (path, method)
    assert hall.asked == [], "the console itself was asked nothing"
    for path in OPEN:
        assert hall.ask(path, hall.laptop)[0] == 200, path
    assert hall.ask("/patients", hall.other) == (200, "", SECRET), "another browser"
    assert hall.ask("/alone", "guess")[0] == 403


def test_taken_back_it_has_everything_again(hall: Hall) -> None:
    code = hall.hand_over()
    assert hall.lent.take_back(hall.laptop, code, 0.0).verdict == "right"
    assert hall.ask("/patients", hall.laptop) == (200, "", SECRET)


def test_a_fresh_link_takes_it_back_and_a_guessed_one_leads_back(hall: Hall) -> None:
    hall.hand_over()
    assert hall.ask("/enter?token=guess", hall.laptop) == (303, "/alone", b"")
    assert hall.lent.of(hall.laptop) is not None
    assert hall.ask(f"/enter?token={hall.door.token}", hall.laptop)[:2] == (303, "/")
    assert hall.lent.of(hall.laptop) is None


@pytest.mark.parametrize("path", ["/_nicegui_ws/socket.io/", "/_nicegui_ws/socket.io"])
def test_the_socket_and_what_stands_in_for_it_are_the_patients_pages_alone(hall: Hall, path: str) -> None:
    hall.hand_over()
    hall.lent.admit(hall.laptop, "mine")
    for query in ("", "?client_id=", "?client_id=other", "?client_id=other&client_id=mine"):
        assert hall.ask(path + query, hall.laptop, sec_fetch_mode="cors")[0] == 423, query
    assert hall.ask(f"{path}?client_id=mine", hall.laptop)[0] == 200
    assert hall.ask(f"{path}?client_id=other", hall.other)[0] == 200


class Wire:
    """One websocket through the guard."""

    def __init__(self, hall: Hall, session: str, query: str = "client_id=old") -> None:
        self.sent: list[Message] = []
        self._given: asyncio.Queue[Message] = asyncio.Queue()
        scope = hall.scope("websocket", f"/_nicegui_ws/socket.io/?{query}", session)
        self.task = asyncio.ensure_future(hall.guard(scope, self._given.get, self._send))

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    async def tell(self, text: str) -> None:
        self._given.put_nowait({"type": "websocket.receive", "text": text})
        await quiet()


async def quiet() -> None:
    """Until everything that can go on has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_open_sockets_of_that_browser_end_and_others_stay(hall: Hall) -> None:
    async def play() -> None:
        mine, theirs = Wire(hall, hall.laptop), Wire(hall, hall.other)
        for wire in (mine, theirs):
            await wire.tell("one")
            assert wire.sent[-1]["text"] == "P-0012"
        hall.hand_over()
        await quiet()
        assert mine.sent[-1]["type"] == "websocket.close"
        assert mine.task.done()
        heard = len(hall.heard)
        await mine.tell("two")
        assert (len(hall.heard), mine.sent[-1]["type"]) == (heard, "websocket.close"), (
            "and nothing more, either way"
        )
        await theirs.tell("two")
        assert [message["type"] for message in theirs.sent[-2:]] == ["websocket.send"] * 2
        # A new one for the page that was open before is refused, one for the patient's page is not.
        again = Wire(hall, hall.laptop)
        await again.tell("connect")
        assert [message["type"] for message in again.sent] == ["websocket.close"]
        hall.lent.admit(hall.laptop, "mine")
        patients = Wire(hall, hall.laptop, "client_id=mine")
        await patients.tell("one")
        assert patients.sent[0]["type"] == "websocket.accept"
        for wire in (theirs, patients):
            wire.task.cancel()

    asyncio.run(play())


def test_a_patients_page_stops_but_its_beat_is_no_therapists(bench: Bench, hall: Hall) -> None:
    server = SafetyServer(bench.core, hall.door, hall.lent)
    server.start(PORT)

    def post(path: str, body: str, session: str) -> Any:
        cookie = f"{cookie_name(PORT)}={session}"
        answer = request(server.port, path, "POST", body, Origin=ORIGIN, Cookie=cookie)
        assert answer.status == 200
        return json.loads(answer.body)

    def silent_after(session: str) -> int | None:
        """Milliseconds of silence, 2 s after the last sign of life and just after a beat of that browser's."""
        bench.clock[0] += 2.0
        bench.core.page_life.loop()
        told = post("/beat", "tab", session)
        assert told["lent"] == (hall.lent.of(session) is not None)
        return bench.core.page_life.age_ms()

    try:
        assert silent_after(hall.laptop) == 0
        hall.hand_over()
        assert silent_after(hall.laptop) == 2000
        assert silent_after(hall.other) == 0, "a therapist elsewhere steers on"
        stops = len(bench.link.stops)
        assert post("/stop", "press", hall.laptop)["id"]
        assert len(bench.link.stops) == stops + 1
    finally:
        server.close()
