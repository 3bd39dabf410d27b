"""Serves the page on this machine alone: guard outermost, STOP on a thread and socket of its own."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from nicegui import core as nicegui_core
from nicegui import ui

from clinician_console.core import ConsoleCore
from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.pages.door import Door
from clinician_console.pages.guard import ENTER, Guard
from clinician_console.pages.house import House
from clinician_console.pages.lent import Lent
from clinician_console.pages.page import StartLocal, build
from clinician_console.pages.rooms import open_rooms
from clinician_console.pages.safety import SafetyServer, stop_answer
from clinician_console.pages.standing import standing_of

DEFAULT_PORT = 8427
TURN_S = 0.1
KEEP_S = 1.0


class PageServer:
    """One a process (NiceGUI keeps its state in the module).

    Args:
        port: 0 takes any that is free.
        start_local: starts a runtime on this machine; None: there is no such button to press.
        house: with it, the pages of the therapist's day; without it, the page that drives a session alone.
        on_link: told each link that opens the page, once per link.

    Raises:
        ConsoleError: PORT_IN_USE.
    """

    def __init__(
        self,
        core: ConsoleCore,
        *,
        language: str = "en",
        port: int = DEFAULT_PORT,
        start_local: StartLocal = None,
        on_link: Callable[[str], None] = lambda _url: None,
        house: House | None = None,
    ) -> None:
        self._core = core
        self._house = house
        self._socket = bind(port)
        self.port: int = self._socket.getsockname()[1]
        self._on_link = on_link
        self._door = Door(lambda token: on_link(self._link(token)))
        lent = house.lent if house is not None else Lent()
        self._safety = SafetyServer(core, self._door, lent)
        app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=self._life)
        self._routes(app)
        app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))

        def drive(tour: bool = False) -> None:
            if house is None:
                build(core, language, self._safety.port, start_local)
                return
            build(
                core,
                house.language,
                self._safety.port,
                start_local,
                theme=house.theme,
                home=True,
                tour=tour or house.first_time,
                tour_asked=tour,
                on_tour_seen=house.toured,
            )

        ui.page("/drive")(drive)
        if house is None:
            ui.page("/")(drive)
        else:
            house.safety_port = self._safety.port
            open_rooms(house, app)

        ui.run_with(
            app,
            dark=True,
            tailwind=False,
            show_welcome_message=False,
            reconnect_timeout=8.0,
            gzip_middleware_factory=None,
            binding_refresh_interval=None,
        )
        # NiceGUI lets any origin open its websocket; the guard refuses them before, and so does it now.
        nicegui_core.sio.eio.cors_allowed_origins = [f"http://127.0.0.1:{self.port}"]
        self.app = Guard(app, self._door, self.port, self._safety.port, lent)
        config = uvicorn.Config(
            self.app,
            log_level="error",
            access_log=False,
            ws="wsproto",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """The link that opens the page next; it works once."""
        return self._link(self._door.token)

    def run(self) -> None:
        """Serve until :meth:`close` or Ctrl-C."""
        self._safety.start(self.port)
        self._on_link(self.url)
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._safety.close()
            self._socket.close()

    def start(self) -> None:
        """Serve from a thread."""
        self._thread = threading.Thread(target=self.run, name="console-page", daemon=True)
        self._thread.start()

    def call_soon(self, what: Callable[[], object]) -> None:
        """Have the page server's loop do something, from another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(what)

    def close(self) -> None:
        """End :meth:`run`; from any thread."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _link(self, token: str) -> str:
        return f"http://127.0.0.1:{self.port}{ENTER}?token={token}"

    @asynccontextmanager
    async def _life(self, _app: FastAPI) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        settle()

        async def turn() -> None:
            while True:
                self._core.page_life.loop()
                await asyncio.sleep(TURN_S)

        async def keep(house: House) -> None:
            while True:
                await asyncio.to_thread(house.look)
                await asyncio.sleep(KEEP_S)

        tasks = [asyncio.create_task(turn())]
        if self._house is not None:
            tasks.append(asyncio.create_task(keep(self._house)))
        yield
        for task in tasks:
            task.cancel()

    def _routes(self, app: FastAPI) -> None:
        core = self._core

        @app.get("/preview")
        async def preview(request: Request) -> Response:
            number, jpeg = core.preview()
            tag = f'"{number}"'
            if not jpeg:
                return Response(status_code=204)
            if request.headers.get("if-none-match") == tag:
                return Response(status_code=304, headers={"ETag": tag})
            return Response(jpeg, media_type="image/jpeg", headers={"ETag": tag, "Cache-Control": "no-store"})

        @app.get("/timeline")
        async def timeline(since: int = 0, heart: int = 0, generation: int = 0) -> dict[str, object]:
            now = core.snapshot()
            phase = "closed" if now.ended else now.telemetry.phase.value if now.telemetry else "none"
            new = core.timeline_since(since, heart, generation)
            return {**new, "phase": phase, "preview_age": now.preview_age_s, "live": now.live}

        @app.get("/standing")
        async def standing() -> dict[str, object]:
            return standing_of(core.snapshot())

        # The second way of a STOP, for when the page cannot reach the first. It may wait behind the page's own work.
        @app.post("/stop")
        async def stop(request: Request) -> dict[str, object]:
            press = (await request.body())[:64].decode("ascii", "replace")
            identity = core.stop(press)
            return stop_answer(core, identity, 0.0)

        @app.get("/stop", response_model=None)
        async def stopped(press: str = "") -> Response | dict[str, object]:
            identity = core.pressed(press)
            return stop_answer(core, identity, 0.0) if identity else Response(status_code=404)


def settle() -> None:
    """What was made so far stays for good: the collector need not look through it again and again. Looking through
    a console's modules and tables takes 100 to 150 ms in which no thread runs, not the one that hears STOP either."""
    gc.collect()
    gc.freeze()


def bind(port: int) -> socket.socket:
    """A socket on 127.0.0.1 alone.

    Raises:
        ConsoleError: PORT_IN_USE.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
    except OSError as problem:
        listener.close()
        raise ConsoleError(
            ConsoleReason.PORT_IN_USE,
            f"port {port} cannot be used ({problem.strerror}): is a console running already? "
            "Choose another with --port, or --port 0 for any that is free",
        ) from None
    return listener
