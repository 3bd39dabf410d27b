"""STOP and the page's heartbeat on a thread and a socket of their own.

Whatever the page's event loop is busy with, a STOP that reaches this port goes straight to the link. The same cookie
and the same checks of Host and Origin as the page; answers may be read by the page's origin alone.
"""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from clinician_console.core import ConsoleCore
from clinician_console.pages.door import Door, cookie_of
from clinician_console.pages.guard import cookie_name
from clinician_console.pages.lent import Lent

MAX_BODY = 256
WAIT_S = 0.45
"""How long an answer waits for the confirmation: the page gives its warning at 0.5 s."""

CONNECTION_S = 30.0


class SafetyServer:
    """Serves POST /stop (body: the press's name), GET /stop?press=NAME and POST /beat (body: the tab's name).

    A browser in a patient's hands may stop, but its beats count for nothing: no therapist is there.
    """

    def __init__(self, core: ConsoleCore, door: Door, lent: Lent) -> None:
        self._core = core
        self._door = door
        self._lent = lent
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port: int = self._server.server_address[1]
        self._origin = ""
        self._cookie = ""
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.2},
            name="console-safety",
            daemon=True,
        )

    def start(self, page_port: int) -> None:
        self._origin = f"http://127.0.0.1:{page_port}"
        self._cookie = cookie_name(page_port)
        self._thread.start()

    def close(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=5)
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version = "palier"
            sys_version = ""
            timeout = CONNECTION_S
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                pass

            def do_POST(self) -> None:
                if not self._allowed():
                    return
                try:
                    length = int(self.headers.get("Content-Length", ""))
                except ValueError:
                    length = MAX_BODY + 1
                if not 0 <= length <= MAX_BODY:
                    self._answer(413, {"error": "too large"})
                    return
                name = self.rfile.read(length).decode("ascii", "replace").strip()
                path = urlsplit(self.path).path
                if path == "/stop":
                    self._answer(200, stop_answer(outer._core, outer._core.stop(name), WAIT_S))
                elif path == "/beat":
                    lent = outer._lent.of(self._session()) is not None
                    if not lent:
                        outer._core.page_life.tab(name)
                    self._answer(200, {"ok": True, "lent": lent})
                else:
                    self._answer(404, {"error": "no such route"})

            def do_GET(self) -> None:
                if not self._allowed():
                    return
                parts = urlsplit(self.path)
                press = parse_qs(parts.query).get("press", [""])[0]
                identity = outer._core.pressed(press)
                if parts.path != "/stop" or identity is None:
                    self._answer(404, {"error": "no such stop"})
                    return
                self._answer(200, stop_answer(outer._core, identity, 0.0))

            def _allowed(self) -> bool:
                ok = (
                    self.headers.get_all("Host") == [f"127.0.0.1:{outer.port}"]
                    and self.headers.get_all("Origin") == [outer._origin]
                    and outer._door.knows(self._session())
                )
                if not ok:
                    self.close_connection = True
                    self._answer(403, {"error": "refused"}, readable=False)
                return ok

            def _session(self) -> str:
                return cookie_of(self.headers.get("Cookie", ""), outer._cookie)

            def _answer(self, status: int, content: dict[str, Any], *, readable: bool = True) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("X-Content-Type-Options", "nosniff")
                self.send_header("Vary", "Origin")
                if readable:
                    self.send_header("Access-Control-Allow-Origin", outer._origin)
                    self.send_header("Access-Control-Allow-Credentials", "true")
                self.end_headers()
                self.wfile.write(body)

        return Handler


def stop_answer(core: ConsoleCore, identity: str, wait_s: float) -> dict[str, Any]:
    """What became of a STOP, as the page wants it."""
    state = core.wait_stop(identity, wait_s) if wait_s else core.stop_state(identity)
    if state is None:
        return {"id": identity, "confirmed": False, "wall": "", "ms": None}
    ms = state.milliseconds
    return {
        "id": identity,
        "confirmed": state.confirmed_at is not None,
        "wall": state.wall,
        "ms": None if ms is None else round(ms, 1),
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False
    request_queue_size = 32

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: Any) -> None:
        """A browser that goes away in mid-answer is no event."""
