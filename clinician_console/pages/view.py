"""What the patient is surrounded by, written on the picture; and the state of the whole page."""

from __future__ import annotations

from clinician_console.core import Snapshot
from clinician_console.pages.elements import Box, Say
from clinician_console.words import Words
from vr_runtime.protocol.words import Phase


def standing(now: Snapshot) -> str:
    """The one word that the whole page is to show: lost, stopped, held, ended, or empty while all is as usual."""
    if now.ended:
        return "ended"
    if now.link.word in ("silent", "refused", "other_version"):
        return "lost"
    if now.telemetry is None:
        return ""
    if now.telemetry.phase == Phase.STOPPED:
        return "stopped"
    return "held" if now.telemetry.held else ""


class Standing:
    """A frame around the page while it is stopped or the link is lost: seen from the corner of the eye."""

    def __init__(self, page: Box) -> None:
        self._page = page

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._page.attribute("data-standing", standing(now))


class ViewCaption:
    """Small while the session runs; large, with what to do next, when it does not."""

    def __init__(self) -> None:
        self._practice = Say("practice")
        with Box("view-caption", role="status") as self._box:
            self._title, self._line = Say("caption-title"), Say("caption-line")

    def refresh(self, now: Snapshot, words: Words) -> None:
        state = standing(now)
        telemetry = now.telemetry
        if telemetry is not None and state == "" and telemetry.phase == Phase.PAUSED:
            state = "paused"
        self._box.attribute("data-standing", state)
        place = words(f"place.{telemetry.place.value}") if telemetry else ""
        line = words(f"caption.{state}_todo") if state else ""
        match state:
            case "lost":
                title = words("caption.lost", age=words.age(now.link.age_s))
                if now.alarms and now.alarms[0].key == "runtime_died":
                    line = words("alarm.runtime_died.todo")
                elif now.alarms and now.alarms[0].expected:
                    line = f"{words(f'alarm.expected_{now.alarms[0].expected}')} {line}"
            case "":
                title = f"{words('view.title')} – {place}" if place else ""
            case _:
                title = words(f"caption.{state}", place=place)
        self._title.say(title)
        self._line.say(line)
        self._practice.say(words("app.practice") if now.practice else "")
        self._practice.attribute("title", words("app.practice_hint") if now.practice else None)
