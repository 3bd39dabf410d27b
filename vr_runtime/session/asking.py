"""When a rating is asked for: on the protocol's beat, at its moments, and one at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from vr_runtime.protocol.files.treatment import Question
from vr_runtime.protocol.words import Phase, Rated, Scale


class Ask(NamedTuple):
    """A question whose time has come."""

    what: Rated
    scale: Scale
    wait_s: float


class Schedule:
    """Told the clocks once a frame; gives what is to be asked. What comes due while a prompt is open waits for its
    turn; the same question is never in line twice."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._questions = tuple(questions)
        self._next_s: dict[tuple[int, Phase], float] = {}
        self._line: deque[Ask] = deque()
        self._phase: Phase | None = None

    def move(self, phase: Phase, in_phase_s: float) -> None:
        """Time has passed in ``phase``, of which ``in_phase_s`` seconds have run."""
        if phase is not self._phase:
            self._phase = phase
            self.moment("phase_entered", phase)
        for number, question in enumerate(self._questions):
            if question.every_s is None or phase not in question.phases:
                continue
            due_s = self._next_s.setdefault((number, phase), question.every_s)
            if in_phase_s >= due_s:
                missed = int((in_phase_s - due_s) // question.every_s)
                self._next_s[(number, phase)] = due_s + (missed + 1) * question.every_s
                self._queue(question)

    def moment(self, name: str, phase: Phase) -> None:
        """Something happened at which some questions are asked."""
        for question in self._questions:
            if name in question.at and phase in question.phases:
                self._queue(question)

    def ask(self, what: Rated, scale: Scale, wait_s: float) -> None:
        """Put one in line that no protocol asks on a beat: the urges of a window."""
        self._put(Ask(what, scale, wait_s))

    def take(self) -> Ask | None:
        """The next one in line; call it when no prompt is open."""
        return self._line.popleft() if self._line else None

    def forget(self) -> None:
        """A stop, or the end: nobody is asked what was due before it."""
        self._line.clear()

    def answered(self, what: Rated) -> None:
        """The therapist typed such a rating unasked: it need not be asked for now."""
        self._line = deque(ask for ask in self._line if ask.what is not what)

    def _queue(self, question: Question) -> None:
        self._put(Ask(question.what, question.scale, question.wait_s))

    def _put(self, ask: Ask) -> None:
        if all((one.what, one.scale) != (ask.what, ask.scale) for one in self._line):
            self._line.append(ask)
