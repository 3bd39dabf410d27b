"""The computer that plays the sessions, where it is another one: who waits there, and why a session was not opened."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable

from nicegui import ui

from clinician_console.core.elsewhere import Elsewhere, NotOpened, OtherComputer
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.house import House
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError

POLL_S = 0.5
LOOK_S = 5.0
SHOWN_DETAILS = 6
COMMAND = "vr-runtime wait"
"""The one line that is typed at the other computer."""


def other_computer(other: OtherComputer, words: Words) -> None:
    """In plain words: somebody waits there or not, its headset, and what to do."""
    with Box("row"):
        told = Say("", id="there", role="status")
        again = Press(other.look, "", words("day.look_again"), id="there-again")
    todo = Say("", tag="p", id="there-todo")
    line = Say("copied", tag="code", id="there-line")
    headset = Say("", tag="p", id="there-headset")
    # What the other computer's software said: that is English whatever the console speaks.
    detail = Say("dim small-text", tag="p", id="there-detail", lang="en")
    shown: list[Elsewhere] = []

    def refresh() -> None:
        now = other.known()
        if [now] == shown:
            return
        shown[:] = [now]
        told.say(words(f"there.{now.word}", name=now.place))
        again.allow(now.word != "looking")
        todo.say(todo_of(now.word, words))
        line.say(COMMAND if now.word == "nobody" else "")
        there = now.word == "waits" and now.headset.word != "unknown"
        headset.say(words(f"there.headset_{now.headset.word}") if there else "")
        told_there = now.headset.detail if there else ""
        detail.say(told_there if now.word in ("waits", "nobody", "not_paired") else now.detail)

    refresh()
    ui.timer(POLL_S, refresh)
    ui.timer(LOOK_S, lambda: other.look(headset=False))


def todo_of(word: str, words: Words) -> str:
    """What to do about it; empty where nothing is to be done."""
    return words(f"there.todo_{word}") if word in ("unreachable", "nobody", "not_paired", "no_answer") else ""


class Opening:
    """A session is being opened: the page says so meanwhile, goes to the session when it is ready, or says why not."""

    def __init__(self, house: House, words: Words, name: str) -> None:
        self._house, self._words = house, words
        self._busy = False
        self._asking = Say("said", id=f"{name}-asking", role="status")
        with Box("", id=name, role="alert"):
            self._failed = Say("said", tag="p")
            self._failed.attribute("data-level", "danger")
            self._line = Say("copied", tag="code")
            self._details = [Say("said", tag="p", lang="en") for _ in range(SHOWN_DETAILS)]

    async def run(self, opened: Callable[[], None]) -> None:
        if self._busy:
            return
        self._busy = True
        self._say("", "", ())
        if self._house.elsewhere is not None:
            self._asking.say(self._words("there.asking", name=self._house.elsewhere.place or ""))
        try:
            await to_thread(opened)
        except NotOpened as problem:
            self._say(why(problem, self._words), COMMAND if problem.word == "nobody" else "", problem.details)
        except PalierError as problem:
            self._say(str(problem), "", ())
        except ValueError:
            self._say(self._words("start.unfinished_plan"), "", ())
        else:
            ui.navigate.to("/drive")
        finally:
            self._busy = False
            self._asking.say("")

    def _say(self, text: str, line: str, details: tuple[str, ...]) -> None:
        self._failed.say(text)
        self._line.say(line)
        for number, place in enumerate(self._details):
            place.say(details[number] if number < len(details) else "")


def why(problem: NotOpened, words: Words) -> str:
    """Why no session was opened there, and what to do, in the console's language."""
    if problem.text is not None:
        return f"{words('there.refused', name=problem.place)} {problem.text.in_language(words.language)}"
    return f"{words(f'there.{problem.word}', name=problem.place)} {todo_of(problem.word, words)}".strip()
