"""The frame of every page beside the one that drives a session: navigation, languages, colours, how the session stands,
and STOP in its corner.

A page of a room is written so::

    @page(house, "/patients")
    async def patients() -> None:
        rows = await to_thread(house.store.patients)  # first what may take a while or fail
        with shell(house, "patients", styles=("patients",)) as words:
            Say("", words("patients.title"), tag="h1")
            ...
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps

from nicegui import ui

from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.head import THEMES, head
from clinician_console.pages.house import House
from clinician_console.words import LANGUAGES, Words
from vr_runtime.protocol.errors import PalierError

PLACES = (
    ("day", "/"),
    ("patients", "/patients"),
    ("drive", "/drive"),
    ("exports", "/exports"),
    ("audit", "/audit"),
    ("settings", "/settings"),
    ("help", "/help"),
)
"""What the navigation leads to: key of the word ``nav.KEY``, address."""

PATIENCE_S = 30.0
"""How long a page may take to be made. NiceGUI's own 3 s end in an error on a machine that is busy with other things."""


class Link(Say):
    """A plain link within the console."""

    def __init__(self, address: str, classes: str = "", text: str = "", **attributes: str) -> None:
        super().__init__(classes, text, "a", href=address, **attributes)


def page(
    house: House, address: str
) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., Awaitable[None]]]:
    """Register a page. What Palier raises on purpose before the page has begun to be made (somebody else erased that
    patient, the database is away) is said in the frame, with what to do; nothing else is lost."""

    def register(make: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        @wraps(make)
        async def made(*given: object, **named: object) -> None:
            try:
                await make(*given, **named)
            except PalierError as problem:
                with shell(house, "day"):
                    Say("said", str(problem), tag="p", role="alert", data_level="danger")

        return ui.page(address, response_timeout=PATIENCE_S)(made)

    return register


@contextmanager
def shell(
    house: House,
    here: str,
    *,
    title: str = "",
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> Iterator[Words]:
    """The frame around what is made inside; gives the texts in the language of the console.

    Args:
        here: the key among :data:`PLACES` that is marked as where one is.
        title: of the window, before the console's name; default: the place's.
        styles, scripts: files of static/ that this page takes beside the shell's own.
        texts: beginnings of the keys of the texts that its scripts show (``palier.say("key")``).
    """
    words = house.words
    name = title or words(f"nav.{here}")
    head(
        words,
        house.safety_port,
        house.theme,
        title=f"{name} – {words('app.title')}",
        texts=("phase.", "strip.", *texts),
        styles=("shell", *styles),
        scripts=("shell", *scripts),
    )
    Link("#content", "skip", words("nav.skip"))
    with Box("head", "header"):
        Link("/", "brand", "Palier")
        with Box("", "nav", aria_label=words("nav.label")):
            for key, address in PLACES:
                link = Link(address, "", words(f"nav.{key}"), id=f"nav-{key}")
                link.attribute("aria-current", "page" if key == here else None)
        _choices(house, words)
    with Box("content", "main", id="content", tabindex="-1"):
        yield words
    with Box("strip", "section", id="strip", aria_label=words("strip.label")):
        Say("strip-phase", id="strip-phase")
        Say("strip-who", id="strip-who")
        Say("strip-step dim", id="strip-step")
        Say("strip-alarms", id="strip-alarms", role="status")
        Link("/drive", "press", words("strip.drive"), id="strip-drive")


def _choices(house: House, words: Words) -> None:
    """Languages and colours. A change of language loads the page anew; what was typed is kept."""

    def speak(language: str) -> None:
        house.speak(language)
        ui.run_javascript("window.palier.keepTyped(); location.reload()")

    def paint(theme: str) -> None:
        house.paint(theme)
        ui.run_javascript(f"window.palier.paint({json.dumps(theme)})")
        for name, button in themes.items():
            button.attribute("aria-pressed", "true" if name == theme else "false")

    with Box("head-choices", role="group", aria_label=words("app.language")):
        for language in LANGUAGES:
            button = Press(
                lambda language=language: speak(language),
                "",
                language.upper(),
                id=f"language-{language}",
                lang=language,
            )
            button.attribute("title", words.known(f"app.language_{language}", language))
            button.attribute("aria-pressed", "true" if language == words.language else "false")
    themes: dict[str, Press] = {}
    with Box("head-choices", role="group", aria_label=words("nav.colours")):
        for theme in THEMES:
            themes[theme] = Press(
                lambda theme=theme: paint(theme), "", words(f"nav.theme_{theme}"), id=f"theme-{theme}"
            )
            themes[theme].attribute("aria-pressed", "true" if theme == house.theme else "false")


def load_anew() -> None:
    """Draw the page of this browser anew, unless somebody is on the way to another (shell.js)."""
    ui.run_javascript("window.palier.loadAnew()")


def ways_out(words: Words) -> Link:
    """On the page that drives: the way back to the day."""
    return Link("/", "press way-out", words("nav.day"), id="nav-day")
