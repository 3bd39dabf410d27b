"""How long sessions are kept, and erasing what is past that time. A part of the settings."""

from __future__ import annotations

from asyncio import to_thread
from datetime import UTC, datetime

from clinician_console.clinic.entries import Erased
from clinician_console.pages.elements import Box, Hand, Press, Say
from clinician_console.pages.forms import Line
from clinician_console.pages.house import House
from clinician_console.words import Words
from vr_runtime.protocol.errors import PalierError

LISTED = 20


def keeping_card(house: House, words: Words) -> None:
    """What is overdue is looked up when it is asked for."""
    with Box("card", "section", aria_labelledby="keeping-title"):
        Say("", words("keeping.title"), tag="h2", id="keeping-title")
        Say("", words("keeping.what"), tag="p")
        with Box("labelled"):
            Say("", words("keeping.years"), tag="label", **{"for": "keeping-years"})
            years = house.store.settings().get("retention_years", "")
            Line("keeping-years", years, longest=3, inputmode="numeric")
            Say("hint", words("keeping.years_hint"))
        said = Say("said", id="keeping-said", role="status")
        overdue = Overdue(house, words)

        async def save(values: dict[str, str]) -> None:
            try:
                await to_thread(house.store.set_setting, "retention_years", values["keeping-years"])
            except PalierError:
                said.attribute("data-level", "warning")
                said.say(words("keeping.years_wrong"))
                return
            said.attribute("data-level", None)
            said.say(words("settings.saved"))
            await overdue.look()

        with Box("row"):
            Hand(save, ["keeping-years"], "main", text=words("settings.save"), id="keeping-save")
            Press(overdue.look, "", words("keeping.look"), id="keeping-look")
        overdue.make()


class Overdue:
    """What is past its time: listed when asked for, erased by a second button in the place of the first."""

    def __init__(self, house: House, words: Words) -> None:
        self._house = house
        self._words = words
        self._sessions: list[str] = []

    def make(self) -> None:
        words = self._words
        self._count = Say("", id="overdue-count", role="status", tag="p")
        with Box("guide"):
            self._list = Box("", "ul", id="overdue-list")
        with Box("row", role="group", aria_label=words("keeping.erase_label")):
            self._ask = Press(lambda: self._confirm(True), "", words("keeping.erase"), id="overdue-erase")
            self._do = Press(self._erase, "danger", "", id="overdue-erase-now")
            self._keep = Press(lambda: self._confirm(False), "", words("keeping.keep"), id="overdue-keep")
        self._report = Box("guide", id="overdue-report", role="status")
        self._confirm(False)
        self._ask.set_visibility(False)

    async def look(self) -> None:
        try:
            found = await to_thread(self._house.store.overdue, datetime.now(UTC).date().isoformat())
        except PalierError as problem:
            self._count.say(str(problem))
            return
        self._sessions = [session.id for session, _ in found]
        self._count.say(
            self._words("keeping.overdue", count=len(found)) if found else self._words("keeping.none_overdue")
        )
        self._list.clear()
        with self._list:
            for session, pseudonym in found[:LISTED]:
                Say("", f"{pseudonym}, {self._words.when(session.started)}", tag="li")
            if len(found) > LISTED:
                Say("dim", self._words("keeping.more", count=len(found) - LISTED), tag="li")
        self._confirm(False)

    def _confirm(self, asked: bool) -> None:
        self._do.say(self._words("keeping.erase_now", count=len(self._sessions)))
        self._ask.set_visibility(bool(self._sessions) and not asked)
        self._do.set_visibility(asked)
        self._keep.set_visibility(asked)

    async def _erase(self) -> None:
        """Of exactly the sessions that were counted on the button."""
        self._do.allow(False)
        try:
            done = await to_thread(_erase, self._house, self._sessions)
        except PalierError as problem:
            self._count.say(str(problem))
            return
        finally:
            self._do.allow(True)
        self._tell(done)
        await self.look()

    def _tell(self, done: Erased) -> None:
        self._report.clear()
        with self._report:
            said = Say(
                "said",
                self._words("keeping.erased", sessions=done.sessions, records=len(done.records)),
                tag="p",
            )
            if done.failed:
                said.attribute("data-level", "danger")
                Say("", self._words("keeping.failed"), tag="p")
                with Box("", "ul"):
                    for failure in done.failed:
                        Say("", failure, tag="li")


def _erase(house: House, sessions: list[str]) -> Erased:
    done = house.store.erase_sessions(sessions)
    house.store.note_act("retained", "store", "", f"{done.sessions} sessions past their time")
    return done
