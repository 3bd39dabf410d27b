"""Help: the walk through the session page, its keys, and the clinicians' guide without its pictures."""

from __future__ import annotations

import re
from pathlib import Path

from nicegui import ui

from clinician_console.pages.elements import Box, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell

PACKAGE = Path(__file__).resolve().parents[1]
GUIDE = {"en": "clinician-guide.md", "fr": "clinician-guide.fr.md"}
KEYS = (
    ("Esc, F8", "help_page.key_esc"),
    ("↑", "help.step_up_title"),
    ("↓", "help.step_down_title"),
    ("P", "help.pause_title"),
    ("S", "help.safe_place_title"),
    ("0–9", "help.digits_title"),
    ("M", "help.note_title"),
)


def guide(language: str) -> str:
    """The guide as Markdown, without pictures and links to other files; empty where it is not installed."""
    name = GUIDE.get(language, GUIDE["en"])
    for folder in (PACKAGE / "guide", PACKAGE.parent / "docs"):  # a wheel, a checkout
        if (folder / name).exists():
            text = (folder / name).read_text(encoding="utf-8")
            text = re.sub(r"!\[[^\]]*\]\([^)]*\)\n*", "", text)
            text = re.sub(r"^# .*\n", "", text)
            text = re.sub(r"^\[[^\]]*\]\([^)]*\)\n+", "", text, flags=re.MULTILINE)  # to the other language
            # The page has its own first heading and one for the guide: the guide's begin below.
            text = re.sub(r"^(#+) ", r"#\1 ", text, flags=re.MULTILINE)
            return re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", text)
    return ""


def pages(house: House) -> None:
    @page(house, "/help")
    async def help_page() -> None:
        text = guide(house.language)
        with shell(house, "help") as words:
            Say("", words("help_page.title"), tag="h1")
            with Box("columns"):
                with Box("card is-first", "section", aria_labelledby="first-title"):
                    Say("", words("help_page.first"), tag="h2", id="first-title")
                    Say("", words("help_page.tour"), tag="p")
                    Say("", words("help_page.any"), tag="p")
                    with Box("row"):
                        Link("/drive?tour=true", "press main", words("help_page.tour_start"), id="tour-start")
                with Box("card", "section", aria_labelledby="keys-title"):
                    Say("", words("help_page.keys"), tag="h2", id="keys-title")
                    with Box("", "table"), Box("", "tbody"):
                        for shown, key in KEYS:
                            with Box("", "tr"):
                                Say("", shown, tag="th", scope="row")
                                Say("", words(key), tag="td")
            if text:
                with Box("card guide", "section", aria_labelledby="guide-title"):
                    Say("", words("help_page.guide"), tag="h2", id="guide-title")
                    ui.markdown(text)
