"""What a browser in a patient's hands is served: its one page and what that is made of, and STOP. Everything else leads
back to that page. A part of the guard: pure ASGI, knows nothing of what it guards.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import parse_qs

from clinician_console.pages.asgi import App, Message, Receive, Scope, Send
from clinician_console.pages.lent import Lent

ALONE = "/alone"
OPEN = re.compile(
    r"/(alone(/standing)?|stop|static/.+|_nicegui/[0-9][^/]*/(static|components|libraries|esm|resources)/.+)"
)
"""Addresses that hold no data of anybody. NiceGUI's own files stand below its version; what a page offers, elsewhere."""
SOCKET = "/_nicegui_ws/"


class Fence:
    """Its methods are for the thread of the server's loop."""

    def __init__(self, lent: Lent) -> None:
        self._lent = lent
        self._cuts: dict[str, set[asyncio.Event]] = {}
        lent.on_lent = self._cut

    def lets(self, scope: Scope, session: str) -> bool:
        """Whether that browser may have it. A websocket, and what stands in for one, is the patient's pages' alone."""
        if self._lent.of(session) is None:
            return True
        if scope["type"] == "websocket" or scope["path"].startswith(SOCKET):
            page = parse_qs(scope["query_string"].decode("latin-1")).get("client_id", [""])[0]
            return self._lent.admitted(session, page)
        return OPEN.fullmatch(scope["path"]) is not None

    async def socket(self, app: App, scope: Scope, receive: Receive, send: Send, session: str) -> None:
        """A websocket that ends when its browser is handed over: nothing goes through it any more, either way."""
        cut = asyncio.Event()
        self._cuts.setdefault(session, set()).add(cut)
        ending = asyncio.ensure_future(cut.wait())
        closed = False

        async def received() -> Message:
            nonlocal closed
            next_one = asyncio.ensure_future(receive())
            try:
                await asyncio.wait({next_one, ending}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if cut.is_set() or not next_one.done():
                    next_one.cancel()
            if not cut.is_set():
                return next_one.result()
            if not closed:
                closed = True
                await send({"type": "websocket.close", "code": 1008})
            return {"type": "websocket.disconnect", "code": 1008}

        async def sent(message: Message) -> None:
            if not cut.is_set():
                await send(message)

        try:
            await app(scope, received, sent)
        finally:
            ending.cancel()
            mine = self._cuts.get(session, set())
            mine.discard(cut)
            if not mine:
                self._cuts.pop(session, None)

    def _cut(self, session: str) -> None:
        for cut in self._cuts.get(session, ()):
            cut.set()
