"""The decision aid: what is expected with its reasons, and the switch that turns it and the proposals off."""

from __future__ import annotations

from clinician_console.core import Snapshot
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.words import Words
from vr_runtime.protocol.commands import UseAid
from vr_runtime.protocol.course_events import ForecastMade


class Aid:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with Box("form is-open", role="group"):
            self._about = Say("form-hint wide")
            self._switch = Press(self._turn, "wide", id="aid-switch")
            self._lines = [(Say("form-title wide"), Say("form-hint wide")) for _ in range(2)]
            self._treatment = Say("form-hint wide")

    def _turn(self) -> None:
        self._desk.do(UseAid(on=not self._desk.now.course.aid))

    def refresh(self, now: Snapshot, words: Words) -> None:
        course = now.course
        self._about.say(words("aid.about"))
        self._switch.say(words("aid.turn_off" if course.aid else "aid.turn_on"))
        self._switch.attribute("aria-pressed", "true" if course.aid else "false")
        self._switch.allow(self._desk.live)
        for index, (title, reasons) in enumerate(self._lines):
            made = course.forecasts[index] if index < len(course.forecasts) else None
            title.say(_expected(made, words) if made else words("aid.none") if index == 0 else "")
            text = " ".join(one.text.in_language(words.language) for one in made.reasons) if made else ""
            reasons.say(text)
            reasons.attribute("title", text or None)
        treatment = course.treatment
        self._treatment.say(
            words(
                "aid.treatment", name=treatment.names.in_language(words.language), version=treatment.version
            )
            if treatment
            else words("aid.no_treatment")
        )


def _expected(made: ForecastMade, words: Words) -> str:
    figures = {
        "mean": words.number(made.mean),
        "low": words.number(made.low),
        "high": words.number(made.high),
    }
    if made.ahead_s > 0:
        return words("aid.here", minutes=words.number(made.ahead_s / 60), **figures)
    return words("aid.entering", step=made.step, **figures)
