"""The guides and the pictures of the pages: whole, of every page, shown on /help."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from clinician_console.pages import helping, rooms
from clinician_console.pages.helping import GUIDE, guide
from clinician_console.pages.house import House
from clinician_console.pages.shell import PLACES
from scripts.console_pictures import LANGUAGES, PAGES

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures" / "console"


def general(address: str) -> str:
    """An address without what stands for one person or session."""
    return re.sub(r"\{[^}]*\}", "{}", address.partition("?")[0])


def test_every_page_has_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def keep(address: str, **_: object):
        made.append(address)
        return lambda function: function

    monkeypatch.setattr("nicegui.ui.page", keep)
    house = object.__new__(House)
    for room in rooms.ROOMS:
        room.pages(house)
    assert len(made) >= len(rooms.ROOMS), "a room registers its pages by ui.page"
    pictured = {general(address) for address in PAGES.values()}
    assert {general(address) for address in made} <= pictured
    assert {general(address) for _, address in PLACES} <= pictured


@pytest.mark.parametrize("name", PAGES)
def test_the_pictures_are_there(name: str) -> None:
    for file in (f"sheet-{name}.jpg", *(f"{name}-{language}.jpg" for language in LANGUAGES)):
        assert (PICTURES / file).stat().st_size > 5_000, "make console-pictures"


def test_no_picture_is_left_of_a_page_that_is_gone_and_all_are_light_enough() -> None:
    known = {
        file
        for name in PAGES
        for file in (f"sheet-{name}.jpg", *(f"{name}-{language}.jpg" for language in LANGUAGES))
    }
    there = list(PICTURES.iterdir())
    assert {path.name for path in there} == known
    assert sum(path.stat().st_size for path in there) < 6_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_shows_pictures_of_its_language_and_links_to_what_is_there(language: str) -> None:
    text = (ROOT / "docs" / GUIDE[language]).read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(shown) >= 10
    assert all(path.endswith(f"-{language}.jpg") for path in shown)
    for path in re.findall(r"\]\(([^)#]+)", text):
        assert (ROOT / "docs" / path).is_file(), path


def test_both_guides_have_the_same_parts() -> None:
    texts = [(ROOT / "docs" / GUIDE[language]).read_text(encoding="utf-8") for language in LANGUAGES]
    shapes = [
        re.findall(r"^(#+) |^\| |^!\[[^\]]*\]\(pictures/console/([a-z-]+)-..\.jpg", text, re.M)
        for text in texts
    ]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_shows_the_guide_without_pictures_and_with_headings_in_order(language: str) -> None:
    text = guide(language)
    assert "STOP" in text
    assert "](" not in text
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.M)]
    assert levels
    before = 2  # the page's own heading over the guide
    for level in levels:
        assert 3 <= level <= before + 1, levels
        before = level


def test_the_wheel_takes_the_guides_along() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    taken = built["targets"]["wheel"]["force-include"]
    package = helping.PACKAGE.name
    assert taken == {f"docs/{name}": f"{package}/guide/{name}" for name in GUIDE.values()}
