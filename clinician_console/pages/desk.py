"""What the parts of one page share: the core, the language, the open question, what could not be sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from clinician_console.core import ConsoleCore, Snapshot
from clinician_console.words import Words
from vr_runtime.protocol.commands import AnyCommandBody
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.words import Phase

QUESTION_S = 12.0
"""A question that nobody answers goes away, so that a later click cannot confirm it."""


@dataclass(frozen=True)
class Question:
    """Something to be confirmed; ``text`` is made in the language of the moment."""

    text: Callable[[Words], str]
    then: AnyCommandBody
    since: float
    about: tuple[Phase | None, int, bool]
    """Phase, step and liveness when it was asked: when one of them changes, the question is void."""
    cause: str | None = None
    """The proposal that it would follow."""


class Part(Protocol):
    def refresh(self, now: Snapshot, words: Words) -> None: ...


class Desk:
    """One therapist's page. All methods run in the page server's loop."""

    def __init__(self, core: ConsoleCore, language: str, clock: Callable[[], float]) -> None:
        self.core = core
        self.words = Words(language)
        self.clock = clock
        self.parts: list[Part] = []
        self.question: Question | None = None
        self.not_sent: tuple[str, float] | None = None
        self.hint: tuple[str, float] | None = None
        self.now = core.snapshot()

    def refresh(self) -> None:
        self.now = self.core.snapshot()
        if self.question and (
            self.clock() - self.question.since > QUESTION_S or self.question.about != self._standing()
        ):
            self.question = None
        for part in self.parts:
            part.refresh(self.now, self.words)

    def do(self, body: AnyCommandBody, cause: str | None = None) -> None:
        """Send it and show it; an open question is void. ``cause``: the proposal that it follows."""
        self.question = None
        self.send(body, cause)
        self.refresh()

    def send(self, body: AnyCommandBody, cause: str | None = None) -> None:
        """Send it; what cannot be sent is said on the page."""
        try:
            self.core.send(body, cause=cause)
            self.not_sent = self.hint = None
        except PalierError as problem:
            self.not_sent = (str(problem), self.clock())

    def say_no(self, why: str) -> None:
        """Say on the page what is missing before anything can be sent."""
        self.hint = (why, self.clock())
        self.refresh()

    def ask(self, text: Callable[[Words], str], then: AnyCommandBody, cause: str | None = None) -> None:
        self.question = Question(text, then, self.clock(), self._standing(), cause)
        self.refresh()

    def _standing(self) -> tuple[Phase | None, int, bool]:
        return (self.phase, self.step, self.live)

    def confirm(self) -> None:
        self.now = self.core.snapshot()
        if self.question and self.question.about == self._standing():
            self.do(self.question.then, self.question.cause)

    def cancel(self) -> None:
        self.question = None
        self.refresh()

    @property
    def phase(self) -> Phase | None:
        return self.now.telemetry.phase if self.now.telemetry and not self.now.ended else None

    @property
    def step(self) -> int:
        return self.now.telemetry.step if self.now.telemetry else 0

    @property
    def live(self) -> bool:
        """Commands may be sent: connected, and this console holds the lease."""
        return self.now.live and self.now.link.lease_mine
