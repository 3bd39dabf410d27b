"""What the therapist sees, marked at one press. A text that stands in the note line goes with the mark."""

from __future__ import annotations

from functools import partial

from clinician_console.core import Snapshot
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Hand
from clinician_console.words import Words
from vr_runtime.protocol.commands import Mark
from vr_runtime.protocol.words import Observed

ROW = (
    Observed.PANIC,
    Observed.DISSOCIATION,
    Observed.OVER_ENGAGED,
    Observed.UNDER_ENGAGED,
    Observed.COMPULSION,
    Observed.ADVERSE_EVENT,
)
"""Beside the note. The goal is marked where it is written, under the ladder."""


class MarkButton(Hand):
    """One tap; with the note's text, if there is one."""

    def __init__(self, what: Observed, desk: Desk, classes: str = "") -> None:
        self.what = what
        super().__init__(
            partial(_mark, desk, what), ("note",), f"mark {classes}".strip(), clear=("note",), id=f"mark-{what.value}"
        )  # fmt: skip

    def show(self, words: Words, allowed: bool) -> None:
        self.say(words(f"mark.{self.what.value}"))
        self.attribute("title", words("mark.hint", what=words(f"mark.{self.what.value}")))
        self.allow(allowed)


def _mark(desk: Desk, what: Observed, values: dict[str, str]) -> None:
    desk.do(Mark(what=what, text=values["note"]))


class Marks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with Box("marks", role="group") as self._box:
            self._buttons = [MarkButton(what, desk) for what in ROW]

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._box.attribute("aria-label", words("mark.title"))
        for button in self._buttons:
            button.show(words, self._desk.live)
