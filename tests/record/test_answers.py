"""An answer waits for the commit of what it answers, but for the one that says that there can be no commit."""

from __future__ import annotations

import numpy as np

from vr_runtime.display.port import Frame
from vr_runtime.journal import Journal
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.events import NoteTaken
from vr_runtime.protocol.words import Refusal
from vr_runtime.record import Entry, Health

FRAME = Frame(1, 1, 1, False)


class FullDisk:
    """Takes entries and commits none."""

    def append(self, entry: Entry) -> None:
        pass

    def append_samples(self, seq: int, t_ns: int, stream: str, array: np.ndarray) -> None:
        pass

    def health(self) -> Health:
        return Health(0, 1, 9.0, "the disk is full", 0, None)

    def barrier(self, timeout_s: float) -> bool:
        return False


def test_that_the_record_fails_is_said_at_once_and_nothing_else_is_before_its_commit() -> None:
    journal = Journal(FullDisk())
    journal.append(NoteTaken(text="paused"), FRAME)
    paused = Answer(command_id="1" * 32, accepted=True)
    other = Answer(command_id="2" * 32, accepted=False, reason=Refusal.NOT_NOW)
    failing = Answer(command_id="3" * 32, accepted=False, reason=Refusal.RECORD_FAILING)
    for answer in (paused, other, failing):
        journal.answer_later(answer)
    assert list(journal.due_answers(0)) == [failing]
    assert list(journal.due_answers(0)) == []
    assert journal.waits
    assert list(journal.due_answers(1)) == [paused, other]
