"""docs/console.md says what the code does."""

import re
from pathlib import Path

from clinician_console.pages.desk import QUESTION_S
from clinician_console.pages.keys import KEYS, STOP_KEYS, for_browser
from clinician_console.pages.page import POLL_S
from clinician_console.pages.status import HEART_STALE_S, LATE_SHARE
from clinician_console.words import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs/console.md").read_text(encoding="utf-8")
STATIC = ROOT / "clinician_console/pages/static"


def test_the_table_of_keys_is_the_codes_list() -> None:
    table = DOCS.split("### Keys")[1].split("###")[0]
    rows = re.findall(r"^\| ([^|]+?) \|", table, re.M)
    assert rows[0] == "Key"
    assert rows[1:] == [key.shown for key in KEYS]


def test_the_browser_takes_the_keys_of_the_list() -> None:
    safety = (STATIC / "safety.js").read_text(encoding="utf-8")
    assert tuple(re.findall(r'event\.key !== "(\w+)"', safety)) == STOP_KEYS
    assert not set(STOP_KEYS) & set(for_browser()), "STOP does not pass through the page's own keys"
    assert {code for key in KEYS for code in key.codes} == {*STOP_KEYS, *for_browser(), "m"}
    assert '"m"' in (STATIC / "console.js").read_text(encoding="utf-8")


def test_letters_never_raise() -> None:
    assert {does for code, does in for_browser().items() if code.isalpha() and len(code) == 1} == {
        "pause",
        "safe_place",
    }


def test_the_pages_own_help_names_the_keys() -> None:
    for language in LANGUAGES:
        text = catalogue(language)["keys.list"]
        for shown in ("F8", "↑ ↓", "P", "S", "0–9", "M"):
            assert shown in text


def test_figures_are_those_of_the_code() -> None:
    assert f"within {QUESTION_S:.0f} seconds" in DOCS
    assert f"above {LATE_SHARE * 100:.0f} %" in DOCS
    assert f"every {POLL_S * 1000:.0f} ms" in DOCS
    assert HEART_STALE_S == 5
    safety, console = ((STATIC / name).read_text(encoding="utf-8") for name in ("safety.js", "console.js"))
    timeline, metronome = (
        (STATIC / name).read_text(encoding="utf-8") for name in ("timeline.js", "metronome.js")
    )
    assert "OVERDUE_MS = 500" in safety
    assert "SECOND_WAY_MS = 150" in safety
    assert "setTimeout(picture, 80)" in console
    assert "document.hidden ? 2000 : 400" in timeline
    assert ", 250)" in metronome
