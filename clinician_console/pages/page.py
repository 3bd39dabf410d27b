"""The one page that drives a session."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from clinician_console.core import ConsoleCore, Snapshot
from clinician_console.pages import keys
from clinician_console.pages.aid import Aid
from clinician_console.pages.checks import Checks
from clinician_console.pages.clocks import Clocks
from clinician_console.pages.controls import Actions, NoteLine, Ratings, Triggers
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.head import head
from clinician_console.pages.ladder import Ladder
from clinician_console.pages.marks import Marks
from clinician_console.pages.notices import Notices
from clinician_console.pages.parameters import Parameters
from clinician_console.pages.prevention import Prevention
from clinician_console.pages.proposals import Proposals
from clinician_console.pages.sensors import Sensors
from clinician_console.pages.shell import ways_out
from clinician_console.pages.status import Chips, Gauges, TopBar
from clinician_console.pages.tabs import Tabs
from clinician_console.pages.trial import Trial
from clinician_console.pages.view import Standing, ViewCaption
from clinician_console.words import LANGUAGES, Words

POLL_S = 0.2

IN_BROWSER = ("timeline.", "view.", "marker.", "phase.", "trigger.", "chip.age", "tour.", "help.")
"""Texts that the page's own scripts show: beginnings of their keys."""

TOUR = (
    '<section id="tour" class="tour" aria-live="polite" hidden><span id="tour-count" class="tour-count"></span>'
    '<button type="button" class="press" id="tour-back"></button>'
    '<button type="button" class="press" id="tour-next"></button>'
    '<button type="button" class="press" id="tour-close"></button>'
    '<h2 id="tour-title" class="tour-title"></h2><p id="tour-text" class="tour-text"></p></section>'
)
"""Outside of Vue, like STOP; static/tour.js fills it."""

StartLocal = Callable[[], None] | None


class TourGivesWay:
    """The walk that came by itself goes where a person's session begins while it is shown."""

    def __init__(self) -> None:
        self._done = False

    def refresh(self, now: Snapshot, words: Words) -> None:
        if now.live and now.epoch and not now.practice and not self._done:
            self._done = True
            ui.run_javascript("window.palier.tourGivesWay()")


class Waiting:
    """Shown over the patient's view while there is no runtime."""

    def __init__(self, start_local: StartLocal) -> None:
        self._start_local = start_local
        with Box("waiting") as self._box:
            self._title, self._hint = Say("waiting-title", tag="h2"), Say("waiting-hint", tag="p")
            self._start = Press(self._begin, "waiting-start", id="start-runtime")
            self._state = Say("waiting-state", tag="p")
            self._keys = Say("waiting-state", tag="p")

    def _begin(self) -> None:
        if self._start_local is not None:
            self._start_local()

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._box.mark_as(open=now.link.word == "waiting" and now.telemetry is None)
        self._title.say(words("app.no_runtime"))
        self._hint.say(words("app.no_runtime_hint"))
        self._start.say(words("app.start_local"))
        here = self._start_local is not None and not now.local.place
        self._start.allow(here and now.local.word in ("none", "ended"))
        local = ""
        if now.local.place and now.local.word == "running":
            local = words("there.starting", name=now.local.place)
        elif now.local.place and now.local.word == "ended":
            local = words("there.ended_since", name=now.local.place, line=now.local.last_line)
        elif self._start_local is None:
            local = words("app.local_none")
        elif now.local.word == "running":
            local = words("app.local_starting")
        elif now.local.word == "ended":
            local = words("app.local_ended", status=now.local.exit_status, line=now.local.last_line)
        self._state.say(local)
        self._keys.say(words("keys.list"))


class Named:
    """Something that shows a sign alone: its name, for eyes that rest on it and for screen readers."""

    def __init__(self, what: Box, key: str) -> None:
        self._what, self._key = what, key

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._what.attribute("aria-label", words(self._key))
        self._what.attribute("title", words(self._key))


class Languages:
    def __init__(self, desk: Desk, switch: Callable[[str], None]) -> None:
        self._desk = desk
        self._buttons: dict[str, Press] = {}
        with Box("languages", role="group"):
            for language in LANGUAGES:
                self._buttons[language] = Press(
                    lambda language=language: switch(language),
                    "language",
                    id=f"language-{language}",
                    lang=language,
                )

    def refresh(self, now: Snapshot, words: Words) -> None:
        for language, button in self._buttons.items():
            # Each language by its own name, whatever the language of the page.
            button.say(language.upper() if language in ("en", "fr") else language)
            button.attribute("title", words.known(f"app.language_{language}", language))
            button.attribute("aria-pressed", "true" if words.language == language else "false")


def build(
    core: ConsoleCore,
    language: str,
    safety_port: int,
    start_local: StartLocal = None,
    clock: Callable[[], float] = time.monotonic,
    *,
    theme: str = "dark",
    home: bool = False,
    tour: bool = False,
    tour_asked: bool = False,
    on_tour_seen: Callable[[], None] = lambda: None,
) -> Desk:
    """Make the page for the client that has just connected. ``home``: there are other pages to go back to;
    ``tour``: begin with the walk for newcomers; ``tour_asked``: because somebody asked for it."""
    desk = Desk(core, language, clock)
    head(
        desk.words,
        safety_port,
        theme,
        title=desk.words("app.title"),
        texts=IN_BROWSER,
        styles=("console",),
        scripts=("console", "timeline", "tour", "unsent"),
        keys=keys.for_browser(),
        more={"tour": tour},
    )
    ui.add_body_html(TOUR)
    ui.on("palier_tour_seen", lambda _event: on_tour_seen())

    def switch(to: str) -> None:
        desk.words = Words(to)
        ui.run_javascript(f"window.palier.speak({json.dumps(to)})")
        desk.refresh()

    with Box("console") as whole:
        with Box("top", "header"):
            top = TopBar()
            chips = Chips()
            languages = Languages(desk, switch)
            help_button = Say("press", "?", "button", id="help", type="button", aria_pressed="false")
            if home:
                ways_out(desk.words)
        notices = Notices(desk)
        with Box("pillars", "main"):
            with Box("pillar left"):
                ladder = Ladder(desk)
                ratings = Ratings(desk)
            with Box("pillar centre"):
                with Box("panel view-panel", "section"):
                    Box("view", "canvas", id="view", role="img")
                    caption = ViewCaption()
                    Say("view-word", id="view-word")
                    proposals = Proposals(desk)
                    waiting = Waiting(start_local)
                gauges = Gauges()
                clocks = Clocks()
                with Box("panel timeline-panel", "section"):
                    Box("timeline-legend", id="timeline-legend")
                    with Box("timeline-spans", role="group"):
                        Say("press small", tag="button", type="button", id="timeline-minutes")
                        Say("press small", tag="button", type="button", id="timeline-whole")
                    Box("timeline", "canvas", id="timeline", role="img")
                checks = Checks(desk)
            with Box("pillar right"):
                actions = Actions(desk)
                with Box("panel turning", "section"):
                    tabs = Tabs(desk)
                    with tabs.sheets["scene"]:
                        triggers = Triggers(desk)
                        parameters = Parameters(desk)
                    with tabs.sheets["window"]:
                        prevention = Prevention(desk)
                    with tabs.sheets["trial"]:
                        trial = Trial(desk)
                    with tabs.sheets["aid"]:
                        aid = Aid(desk)
                    with tabs.sheets["heart"]:
                        sensors = Sensors(desk)
                marks = Marks(desk)
                note = NoteLine(desk)
                Box("stop-room")
    desk.parts = [
        *([TourGivesWay()] if tour and not tour_asked else []),
        Named(help_button, "tour.help_title"),
        Standing(whole),
        caption,
        top,
        chips,
        languages,
        notices,
        ladder,
        ratings,
        waiting,
        gauges,
        clocks,
        proposals,
        checks,
        actions,
        tabs,
        triggers,
        parameters,
        prevention,
        trial,
        aid,
        sensors,
        marks,
        note,
    ]
    pressed: dict[str, Callable[[], None]] = {
        "up": ladder.up,
        "down": ladder.down,
        "pause": lambda: actions.key("pause"),
        "safe_place": lambda: actions.key("safe_place"),
        "enter": ratings.enter,
        "backspace": ratings.cancel,
    }

    def on_key(event: GenericEventArguments) -> None:
        name = str(event.args)
        if name in pressed:
            pressed[name]()
        elif name.isdigit() and len(name) == 1:
            ratings.stroke(int(name))
        desk.refresh()

    ui.on("palier_key", on_key)
    ui.timer(POLL_S, desk.refresh)
    desk.refresh()
    return desk
