"""Five sheets in one place: the scene, response prevention, the expectancy trial, the aid, the heart sensors. Only a press changes them."""

from __future__ import annotations

from functools import partial

from clinician_console.core import Snapshot
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press
from clinician_console.words import Words

SHEETS = ("scene", "window", "trial", "aid", "heart")


class Tabs:
    """``sheets[name]`` is where a part is built: ``with tabs.sheets["trial"]: ...``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open = SHEETS[0]
        with Box("tabs", role="tablist") as self._row:
            self._buttons = {
                name: Press(
                    partial(self._choose, name), "tab", role="tab", id=f"tab-{name}", aria_controls=f"sheet-{name}"
                )
                for name in SHEETS
            }  # fmt: skip
        self.sheets = {
            name: Box("sheet", role="tabpanel", id=f"sheet-{name}", aria_labelledby=f"tab-{name}")
            for name in SHEETS
        }

    def _choose(self, name: str) -> None:
        self._open = name
        self._desk.refresh()

    def refresh(self, now: Snapshot, words: Words) -> None:
        running = {"window": now.course.window, "trial": now.course.trial}
        for name, button in self._buttons.items():
            # A window or trial that runs shows its time on the tab, whatever sheet is open.
            state = running.get(name)
            button.say(words.clock(state.lasted_s) if state else words(f"tab.{name}"))
            button.attribute("title", words(f"tab.{name}_hint"))
            button.attribute("aria-label", words(f"tab.{name}_hint") if state or name == "heart" else None)
            button.attribute("aria-selected", "true" if name == self._open else "false")
            button.mark_as(running=state is not None)
            self.sheets[name].mark_as(open=name == self._open)
