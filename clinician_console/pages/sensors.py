"""The heart sensors: look for straps on the runtime's computer, and take the heart rate from one of them."""

from __future__ import annotations

from functools import partial

from clinician_console.core import Snapshot
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.words import Words
from vr_runtime.protocol.commands import LookForSensors, UseHeart

PLACES = 3
"""Sensors that are offered; the strongest signals first."""


class Sensors:
    """A sensor keeps its place while a search goes on, so that none moves under the pointer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._places: list[str] = []
        with Box("form is-open", role="group"):
            self._now = Say("form-hint wide sensor-told", aria_live="polite")
            self._look = Press(lambda: desk.do(LookForSensors()), "wide", id="sensors-look")
            self._choices = [
                Press(partial(self._use, number), "wide sensor", id=f"sensor-{number + 1}")
                for number in range(PLACES)
            ]
            self._none = Press(lambda: desk.do(UseHeart(source="none")), "wide", id="sensors-none")

    def _use(self, number: int) -> None:
        if number < len(self._places):
            self._desk.do(UseHeart(source=self._places[number]))

    def refresh(self, now: Snapshot, words: Words) -> None:
        sensors, live = now.sensors, self._desk.live
        hearts = {one.source: one for one in sensors.found if "heart" in one.tells}
        if not hearts:
            self._places = []
        for source in sorted(hearts, key=lambda one: -(hearts[one].signal or -200)):
            if source not in self._places and len(self._places) < PLACES:
                self._places.append(source)
        unused = sensors.source in ("", "none")
        used = words("sensors.none_used") if unused else words("sensors.used", source=sensors.source)
        nothing = words("sensors.nothing") if sensors.looked and not hearts else ""
        state = sensors.message or words.known(f"sensors.state_{sensors.state}", "")
        self._now.say(" ".join(part for part in (used, sensors.problem or nothing or state) if part))
        self._look.say(words("sensors.looking" if sensors.looking else "sensors.look"))
        self._look.allow(live and not sensors.looking)
        for number, button in enumerate(self._choices):
            one = hearts.get(self._places[number]) if number < len(self._places) else None
            button.mark_as(open=one is not None, running=one is not None and one.source == sensors.source)
            button.allow(live and one is not None and one.source != sensors.source)
            signal = "" if one is None or one.signal is None else f" ({one.signal} dBm)"
            button.say("" if one is None else f"{one.name}{signal}")
            button.attribute("title", None if one is None else one.source)
        self._none.say(words("sensors.use_none"))
        self._none.allow(live and not unused)
