"""Who may come in: a one-time token in the URL is exchanged for a cookie; everything else needs that cookie."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable

MAX_SESSIONS = 16


class Door:
    """Thread-safe; shared by the page's server and the STOP server.

    Each token opens once. When one is used the next is made at once and told to ``on_next``, so that a therapist who
    closed the browser can come back in without restarting the console.
    """

    def __init__(self, on_next: Callable[[str], None] = lambda _token: None) -> None:
        self._lock = threading.Lock()
        self._token = secrets.token_urlsafe(24)
        self._sessions: list[str] = []
        self._on_next = on_next

    @property
    def token(self) -> str:
        """The token that opens next."""
        with self._lock:
            return self._token

    def enter(self, token: str) -> str | None:
        """A new session's secret for the token, or None where it does not open (any more)."""
        with self._lock:
            if not hmac.compare_digest(token.encode(), self._token.encode()):
                return None
            self._token = following = secrets.token_urlsafe(24)
            session = secrets.token_urlsafe(32)
            self._sessions = [*self._sessions[1 - MAX_SESSIONS :], session]
        self._on_next(following)
        return session

    def knows(self, session: str) -> bool:
        with self._lock:
            known = tuple(self._sessions)
        return any(hmac.compare_digest(session.encode(), one.encode()) for one in known)


def cookie_of(header: str, name: str) -> str:
    """The value of a cookie in a Cookie header; empty where it is not there."""
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""
