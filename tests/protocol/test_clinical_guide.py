"""The therapist's guide says what the protocol files say, in both languages."""

from __future__ import annotations

import re

import pytest

from scripts.protocol_table import PAGES, Language, page_with_table, table
from vr_runtime.protocol.files.treatment import RULES
from vr_runtime.protocol.files.treatments import checklist_of, find_treatments
from vr_runtime.protocol.words import Followed, Phase

LANGUAGES: tuple[Language, ...] = ("en", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_protocols_is_that_of_the_files(language: Language) -> None:
    text = PAGES[language].read_text("utf-8")
    assert text == page_with_table(language), "run: .venv/bin/python scripts/protocol_table.py"
    for name in find_treatments():
        assert f"`{name}`" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_tells_times_ratings_and_rules_of_its_protocol(language: Language) -> None:
    rows = {re.findall(r"`(\w+)`", row)[0]: row for row in table(language).splitlines()[2:]}
    assert set(rows) == set(find_treatments())
    for name, found in find_treatments().items():
        treatment, row = found.treatment, rows[name]
        exposure = treatment.phases[Phase.EXPOSURE]
        assert exposure.suggested_s is not None
        assert f"| {exposure.suggested_s / 60:g} min" in row
        assert f"| {treatment.end.session_s / 60:g} min |" in row
        assert treatment.names.in_language(language) in row
        for use in (*treatment.advance.require, *treatment.advance.any_of):
            assert use.rule in RULES
            for key, value in use.numbers.items():
                shown = value / 60 if key.endswith("_s") else value * 100 if key == "share" else value
                assert re.search(rf"\b{shown:g}\b", row), (name, key, row)


def test_both_pages_have_the_same_sections_and_rows() -> None:
    def shape(text: str) -> list[str]:
        return re.findall(r"^(#+ |\||- |\d\. )", text, re.MULTILINE)

    english, french = (PAGES[language].read_text("utf-8") for language in LANGUAGES)
    assert shape(english) == shape(french)
    assert len(shape(english)) > 40
    titles = (re.findall(r"^#+ (.+)$", text, re.MULTILINE) for text in (english, french))
    assert not set.intersection(*map(set, titles))


def test_what_the_page_says_of_proposals_and_checks_is_so() -> None:
    text = PAGES["en"].read_text("utf-8")
    assert all(f"**{answer.value}**" in text for answer in Followed)
    never = [item for item in checklist_of().items if not item.may_override]
    assert len(never) == 5
    assert "Five items nobody can take on" in text
    assert "Cinq points ne peuvent être levés par personne" in PAGES["fr"].read_text("utf-8")
    for found in find_treatments().values():
        (lower,) = found.treatment.advance.lower
        assert lower.numbers == {"at_least": 90, "times": 2}
        assert found.treatment.phases[Phase.BASELINE].minimum_s == 120
        assert found.treatment.phases[Phase.RECOVERY].minimum_s >= 180
