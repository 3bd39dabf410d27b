"""The guard before the page's server: Host, Origin, cookie; on HTTP and on websockets alike.

NiceGUI checks none of these by itself, so without it any web page in the therapist's browser could reach the
console. Pure ASGI, outermost; knows nothing of what it guards.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from clinician_console.pages.asgi import SESSION, App, Message, Receive, Scope, Send
from clinician_console.pages.door import Door, cookie_of
from clinician_console.pages.fence import ALONE, Fence
from clinician_console.pages.lent import Lent

ENTER = "/enter"

USED = (
    "This link has been used already or is not from this console. The terminal in which the console runs shows "
    "a fresh one.\n"
    "Ce lien a déjà servi ou ne vient pas de cette console. Le terminal où elle tourne en affiche un nouveau.\n"
)
REFUSED = (
    "Refused. Open the link that the console showed when it was started.\n"
    "Refusé. Ouvrez le lien que la console a affiché au démarrage.\n"
)
LENT = "This screen is in a patient's hands.\nCet écran est entre les mains d'un patient.\n"


class Guard:
    """Args: the app to guard, who may come in, the page's port, the port of the STOP server, which browsers are in a
    patient's hands."""

    def __init__(self, app: App, door: Door, port: int, safety_port: int, lent: Lent) -> None:
        self.app = app
        self._door = door
        self._lent = lent
        self._fence = Fence(lent)
        self._host = f"127.0.0.1:{port}"
        self._origin = f"http://{self._host}"
        self.cookie = cookie_name(port)
        self._headers = security_headers(port, safety_port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        session = cookie_of("; ".join(headers.get("cookie", [])), self.cookie)
        known = self._door.knows(session)
        scope[SESSION] = session if known else ""
        if scope["type"] == "websocket":
            stranger = self._stranger(headers, must_have_origin=True)
            if stranger or not known or not self._fence.lets(scope, session):
                # Closing before accepting answers the handshake with 403.
                await receive()
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._fence.socket(self.app, scope, receive, send, session)
            return
        if self._stranger(headers, must_have_origin=scope["method"] not in ("GET", "HEAD")):
            await self._answer(send, 403, REFUSED)
        elif scope["path"] == ENTER and scope["method"] == "GET":
            await self._enter(scope, send, session)
        elif not known:
            await self._answer(send, 403, REFUSED)
        elif not self._fence.lets(scope, session):
            await self._lead_back(headers, scope, send)
        else:
            await self.app(scope, receive, self._hardened(send))

    def _stranger(self, headers: dict[str, list[str]], *, must_have_origin: bool) -> bool:
        if headers.get("host") != [self._host]:
            return True
        origins = headers.get("origin", [])
        if origins != [self._origin] and (origins or must_have_origin):
            return True
        return headers.get("sec-fetch-site", ["none"])[0] not in ("none", "same-origin")

    async def _lead_back(self, headers: dict[str, list[str]], scope: Scope, send: Send) -> None:
        """Somebody who goes to another page is at the patient's again; what only asks for data is told no."""
        goes = scope["method"] in ("GET", "HEAD") and headers.get("sec-fetch-mode", ["navigate"]) == [
            "navigate"
        ]
        if goes:
            await self._answer(send, 303, "", [(b"location", ALONE.encode())])
        else:
            await self._answer(send, 423, LENT)

    async def _enter(self, scope: Scope, send: Send, before: str) -> None:
        """``before``: the session that this browser had, if any. The link is the therapist's: with it a browser is
        taken back."""
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        session = self._door.enter(token)
        if session is None and self._lent.of(before) is not None:
            await self._answer(send, 303, "", [(b"location", ALONE.encode())])
            return
        if session is None:
            await self._answer(send, 403, USED)
            return
        self._lent.release(before)
        cookie = f"{self.cookie}={session}; Path=/; HttpOnly; SameSite=Strict"
        await self._answer(send, 303, "", [(b"location", b"/"), (b"set-cookie", cookie.encode())])

    async def _answer(
        self, send: Send, status: int, text: str, more: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        body = text.encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *(more or []),
            *self._headers,
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _hardened(self, send: Send) -> Send:
        async def harder(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value)
                    for name, value in message.get("headers", [])
                    if not name.lower().startswith(b"access-control-")
                ]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        return harder


def cookie_name(port: int) -> str:
    """Cookies do not know ports: the name keeps two consoles on one machine apart."""
    return f"palier_{port}"


def security_headers(port: int, safety_port: int) -> list[tuple[bytes, bytes]]:
    """Nothing from another host, no framing, no referrer. Vue compiles templates, hence unsafe-eval."""
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "worker-src 'self'",
            f"connect-src 'self' ws://127.0.0.1:{port} http://127.0.0.1:{safety_port}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
