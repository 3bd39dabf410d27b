"""Browsers that are in a patient's hands: which, what they may show, and the code that takes them back.

Pure: no page, no clock of its own. A browser is the session that its cookie names (door.py), with all its tabs; another
browser has another.
"""

from __future__ import annotations

import hmac
import math
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from clinician_console.questionnaires.filling import Filling

DIGITS = 4
FREE_TRIES = 3
"""Wrong codes before the first wait."""
FIRST_WAIT_S = 30.0
"""The wait after FREE_TRIES wrong codes; each further wrong one doubles it."""
MOST_TRIES = 10
"""After so many wrong codes no code opens any more: 10 of 10,000 are 0.1 %."""
MOST_OFFERS = 16


@dataclass(frozen=True)
class Told:
    """What became of a typed code. ``wait_s``: before the next is looked at; ``left``: how many may still be wrong."""

    verdict: Literal["right", "wrong", "no_code", "wait", "shut"]
    wait_s: float = 0.0
    left: int = 0


@dataclass(frozen=True)
class CodeLock:
    """``shut_until``: monotonic seconds."""

    code: str
    wrong: int = 0
    shut_until: float = -math.inf

    def tried(self, typed: str, now: float) -> tuple[CodeLock, Told]:
        """The lock afterwards, and what to tell. What is no code (too short, letters) is no try. A time that is none
        opens nothing."""
        left = MOST_TRIES - self.wrong
        if left <= 0:
            return self, Told("shut")
        if not math.isfinite(now):
            return self, Told("wait", FIRST_WAIT_S, left)
        if now < self.shut_until:
            return self, Told("wait", self.shut_until - now, left)
        if not (len(typed) == DIGITS and typed.isascii() and typed.isdigit()):
            return self, Told("no_code", left=left)
        if hmac.compare_digest(typed, self.code):
            return self, Told("right", left=left)
        wrong = self.wrong + 1
        wait = FIRST_WAIT_S * 2 ** (wrong - FREE_TRIES) if wrong >= FREE_TRIES else 0.0
        lock = replace(self, wrong=wrong, shut_until=now + wait)
        if wrong >= MOST_TRIES:
            return lock, Told("shut")
        return lock, Told("wrong", wait, MOST_TRIES - wrong)


@dataclass
class Loan:
    """What a browser in a patient's hands shows. ``left``: the patient has stopped before the end, or is done."""

    filling: Filling
    lock: CodeLock
    left: bool = False
    pages: set[str] = field(default_factory=set)
    """The patient's own pages, by NiceGUI's names of them: these alone are given a websocket."""


class Lent:
    """Thread-safe; shared by the pages, the guard and the STOP server.

    ``on_lent``: told each session that is handed over, at once and in the same thread.
    """

    def __init__(
        self, code: Callable[[], str] = lambda: f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    ) -> None:
        self._code = code
        self._lock = threading.Lock()
        self._offers: dict[str, tuple[str, Filling, str]] = {}
        self._loans: dict[str, Loan] = {}
        self._behind: list[Filling] = []
        self.on_lent: Callable[[str], None] = lambda _session: None

    def offer(self, session: str, filling: Filling) -> tuple[str, str]:
        """Prepare to hand that browser over: a ticket for :meth:`begin`, and the code that takes the browser back."""
        ticket, code = secrets.token_urlsafe(16), self._code()
        with self._lock:
            for old in [*self._offers][: 1 - MOST_OFFERS]:
                del self._offers[old]
            self._offers[ticket] = session, filling, code
        return ticket, code

    def begin(self, session: str, ticket: str) -> bool:
        """Hand it over. False: the ticket is another browser's, was used, or is too old; nothing has changed."""
        with self._lock:
            meant, filling, code = self._offers.get(ticket, ("", None, ""))
            if not session or meant != session or filling is None or session in self._loans:
                return False
            del self._offers[ticket]
            self._loans[session] = Loan(filling, CodeLock(code))
        self.on_lent(session)
        return True

    def of(self, session: str) -> Loan | None:
        """What that browser is handed over for; None: it is in the therapist's hands."""
        with self._lock:
            return self._loans.get(session)

    def admit(self, session: str, page: str) -> None:
        """A page was made for the patient."""
        with self._lock:
            if loan := self._loans.get(session):
                loan.pages.add(page)

    def admitted(self, session: str, page: str) -> bool:
        with self._lock:
            loan = self._loans.get(session)
            return loan is not None and page in loan.pages

    def take_back(self, session: str, typed: str, now: float) -> Told:
        """``now``: monotonic seconds. A browser that is not handed over is told that the code is right."""
        with self._lock:
            loan = self._loans.get(session)
            if loan is None:
                return Told("right")
            loan.lock, told = loan.lock.tried(typed, now)
        if told.verdict == "right":
            self.release(session)
        return told

    def release(self, session: str) -> None:
        """Take it back without a code: for somebody who has shown something better."""
        with self._lock:
            loan = self._loans.pop(session, None)
            if loan is not None and loan.filling.undecided:
                self._behind.append(loan.filling)

    def left_behind(self, patient: str) -> list[Filling]:
        """What a patient began and did not end, until the therapist has decided about it."""
        with self._lock:
            return [one for one in self._behind if one.patient == patient]

    def decided(self, filling: Filling) -> None:
        """It was kept or thrown away."""
        with self._lock:
            self._behind = [one for one in self._behind if one is not filling]
