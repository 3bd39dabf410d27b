"""A session on another computer: asks the ``vr-runtime wait`` there to begin it, and follows what becomes of it.

The session itself is steered over its own link, like any other; here it is only begun.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.core.headset import Headset, meaning_of
from clinician_console.core.launch import Launch, order_for
from clinician_console.core.snapshot import LocalRuntime
from vr_runtime.link.call import call, sought
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.waiting import (
    WAITING_VERSION,
    Answer,
    Begin,
    Begun,
    Look,
    NotBegun,
    Request,
    SessionState,
    SessionThere,
    There,
    WhyNot,
)

READY_S = 45.0
"""So long a session is awaited before the session page shows that it is still starting."""
ON = (SessionState.STARTING, SessionState.RUNNING)
POLL_S = 0.5
FOLLOW_S = 1.0
TRIES = 3

Word = Literal[
    "unknown",
    "looking",
    "waits",
    "busy",
    "unreachable",
    "nobody",
    "not_paired",
    "no_answer",
    "refused",
    "ended",
]
"""``nobody``: the computer is there and no ``vr-runtime wait``; ``ended``: the session ended before it was ready."""

WORDS: dict[Enum, Word] = {
    LinkReason.UNREACHABLE: "unreachable",
    LinkReason.NOBODY_WAITS: "nobody",
    LinkReason.NOT_PAIRED: "not_paired",
}

Call = Callable[[str, Request], Answer]
"""The name of a paired runtime and a request to the answer. Raises LinkError."""


class NotOpened(ConsoleError):
    """No session was begun there. ``text`` is what the other computer says to do, in both languages; ``details`` are in
    the runtime's own words."""

    def __init__(
        self,
        word: Word,
        place: str,
        text: Text | None = None,
        details: tuple[str, ...] = (),
        message: str = "",
    ) -> None:
        said = message or (text.en if text is not None else f"no session could be opened on {place}")
        super().__init__(ConsoleReason.NOT_STARTED, "\n".join((said, *details)))
        self.word: Word = word
        self.place = place
        self.text = text
        self.details = details


@dataclass(frozen=True)
class Elsewhere:
    """What is known of the other computer. ``detail``: in English, whatever the console speaks."""

    word: Word = "unknown"
    place: str = ""
    headset: Headset = field(default_factory=Headset)
    detail: str = ""


class OtherComputer:
    """The computer of the paired runtime that is chosen. Thread-safe; what blocks says so."""

    def __init__(
        self,
        chosen: Callable[[], str | None],
        ask: Call = lambda name, request: call(None, name, request),
        seek: Callable[[str], bool] = lambda name: sought(None, name),
    ) -> None:
        """
        Args:
            chosen: the name of the runtime that is chosen now; None: this computer.
            seek: looks for it at another address of the network; whether it was found.
        """
        self._chosen, self._call, self._seek = chosen, ask, seek
        self._lock = threading.Lock()
        self._known = Elsewhere()
        self._looking = False
        self._session = LocalRuntime()
        self._turn = 0
        """Counts sessions that were asked for: who follows an earlier one, stops."""

    @property
    def place(self) -> str | None:
        return self._chosen()

    def known(self) -> Elsewhere:
        """What the last look found, of the computer that is chosen now."""
        with self._lock:
            known = self._known
        place = self.place or ""
        return known if known.place == place else Elsewhere(place=place)

    def session(self) -> LocalRuntime:
        """The session that was begun there from here, as far as it is known."""
        with self._lock:
            return self._session

    # -------------------------------------------------------------- looking

    def look(self, headset: bool = True) -> None:
        """Begin to look in a thread, unless somebody is looking already. ``headset``: let it look for one too."""
        place = self.place
        with self._lock:
            if self._looking or place is None:
                return
            self._looking = True
            if self._known.place != place or self._known.word == "unknown":
                self._known = Elsewhere("looking", place)
        threading.Thread(
            target=self._look, args=(place, headset), name="console-elsewhere", daemon=True
        ).start()

    def _look(self, place: str, headset: bool) -> None:
        until_s = time.monotonic() + READY_S
        try:
            while True:
                known, again = self._looked(place, headset)
                if headset and known.word == "unreachable" and self._seek(place):
                    known, again = self._looked(place, headset)
                with self._lock:
                    self._known = known
                if not again or time.monotonic() >= until_s or self.place != place:
                    return
                headset = False
                time.sleep(FOLLOW_S)
        finally:
            with self._lock:
                self._looking = False

    def _looked(self, place: str, headset: bool) -> tuple[Elsewhere, bool]:
        """What is there, and whether it is worth asking again soon."""
        try:
            there = self._there(place, headset)
        except LinkError as problem:
            return Elsewhere(_word_of(problem), place, detail=str(problem)), False
        except NotOpened as problem:
            return Elsewhere(problem.word, place, detail=str(problem)), False
        on = there.taken or there.session.state in ON
        found = meaning_of(there.displays)
        if there.looking:
            found = Headset("looking")
        elif not there.displays:
            found = Headset("unknown")
        return Elsewhere("busy" if on else "waits", place, found), there.looking

    def _there(self, place: str, headset: bool = False) -> There:
        """Raises LinkError, NotOpened."""
        body = self._ask(place, Request(version=WAITING_VERSION, id=new_id(), body=Look(headset=headset)))
        if isinstance(body, There):
            return body
        raise _refused(place, body)

    # -------------------------------------------------------------- beginning

    def open(self, launch: Launch, begun: Callable[[], None] = lambda: None) -> None:
        """Have a session begun there and wait until it is ready. Blocks for up to about a minute.

        Args:
            begun: called as soon as it was taken on.

        Raises:
            NotOpened: with a word for each way in which it may fail.
        """
        place = self.place
        if place is None:
            raise NotOpened(
                "nobody", "", message="this computer plays the sessions: choose another on Settings"
            )
        request = new_id()
        try:
            session = self._begin(place, request, launch)
        except LinkError as problem:
            said = () if problem.reason in WORDS else (str(problem),)
            raise NotOpened(_word_of(problem), place, details=said) from None
        with self._lock:
            self._turn += 1
            turn = self._turn
        self._note(place, session)
        begun()
        until_s = time.monotonic() + READY_S
        while session.state is SessionState.STARTING and time.monotonic() < until_s:
            time.sleep(POLL_S)
            session = self._followed(place, request) or session
            self._note(place, session)
        if session.state is SessionState.ENDED:
            raise NotOpened("ended", place, details=(session.why,) if session.why else ())
        threading.Thread(
            target=self._follow, args=(place, request, turn), name="console-elsewhere", daemon=True
        ).start()

    def _begin(self, place: str, request: str, launch: Launch) -> SessionThere:
        """Asked again under the same id where no answer came, or waiting was started anew there: it begins once."""
        for last in range(TRIES - 1, -1, -1):
            try:
                begin = begin_of(launch, self._there(place).waiting)
                body = self._ask(place, Request(version=WAITING_VERSION, id=request, body=begin))
            except LinkError as problem:
                if problem.reason is LinkReason.NO_ANSWER and last:
                    continue
                raise
            if isinstance(body, Begun):
                return body.session
            if isinstance(body, NotBegun) and body.reason is WhyNot.OTHER_WAIT and last:
                continue
            raise _refused(place, body)
        raise AssertionError("every last try returns or raises")

    def _follow(self, place: str, request: str, turn: int) -> None:
        """Until it has ended, another was asked for, or waiting was started anew there and knows nothing of it."""
        while True:
            time.sleep(FOLLOW_S)
            session = self._followed(place, request)
            with self._lock:
                if self._turn != turn:
                    return
            if session is not None:
                self._note(place, session)
                if session.state not in ON:
                    return

    def _followed(self, place: str, request: str) -> SessionThere | None:
        """None where that cannot be known now: the network, or too much asked."""
        try:
            session = self._there(place).session
        except (LinkError, NotOpened):
            return None
        return session if session.request == request else SessionThere()

    def _note(self, place: str, session: SessionThere) -> None:
        noted = LocalRuntime("none", place=place)
        if session.state in ON:
            noted = LocalRuntime("running", place=place, epoch=session.epoch)
        elif session.state is SessionState.ENDED:
            noted = LocalRuntime("ended", session.exit_status, session.why, place, session.epoch)
        with self._lock:
            self._session = noted

    def _ask(self, place: str, request: Request) -> There | Begun | NotBegun:
        return self._call(place, request).body


def new_id() -> str:
    return secrets.token_hex(16)


def begin_of(launch: Launch, waiting: str) -> Begin:
    """What the other computer is told: no more than a runtime on this one is."""
    return Begin(
        waiting=waiting,
        order=order_for(launch),
        display=launch.where,
        practice=launch.patient.practice,
    )


def _word_of(problem: LinkError) -> Word:
    if problem.reason is LinkReason.TOO_LARGE:
        return "refused"
    return WORDS.get(problem.reason, "no_answer")


def _refused(place: str, body: There | Begun | NotBegun) -> NotOpened:
    if isinstance(body, NotBegun):
        busy = body.reason in (WhyNot.BUSY, WhyNot.TAKEN)
        return NotOpened("busy" if busy else "refused", place, body.message, body.details)
    return NotOpened("no_answer", place)
