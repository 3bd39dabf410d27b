"""The sheet between two sessions: what is agreed is written as text, what comes back is held against its rules."""

import json
import re
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clinician_console.homework.back import LARGEST, as_text, grouped, read_back
from clinician_console.homework.errors import HomeworkError, HomeworkReason
from clinician_console.homework.page import as_html
from clinician_console.homework.sheet import (
    LETTERS,
    Entry,
    Exercise,
    Returned,
    Sheet,
    plain_id,
    sheet_id,
    sheet_of,
)

ID = "7KQ4M2XD90PT"
HOSTILE = "</textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
ENTRY = Entry(
    exercise=1, date="2026-03-02", situation="Supermarché, à midi", before=40, peak=80, after=30, stayed="eased",
    learned="Cela baisse tout seul.",
)  # fmt: skip
TEXT = f"""PALIER HOMEWORK 1
SHEET 7KQ4-M2XD-90PT
1 | 2026-03-02 | 40 | 80 | 30 | eased | Supermarché, à midi | Cela baisse tout seul.
CHECK {"{}"}
"""


def sheet(**other: Any) -> Sheet:
    return Sheet(sheet=ID, exercises=(Exercise(what="Take the lift", where="at work"),), **other)


def reason(given: bytes | str, known: set[str] | None = None) -> HomeworkReason:
    with pytest.raises(HomeworkError) as told:
        read_back(given, known)
    return told.value.reason  # type: ignore[return-value]


def as_json(*entries: dict[str, Any], **other: Any) -> str:
    return json.dumps({"palier": "homework", "format": 1, "sheet": ID, "entries": [*entries], **other})


# ------------------------------------------------------------------ the page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_asks_nothing_of_any_server(language: str) -> None:
    page = as_html(sheet(language=language))
    assert "default-src &#x27;none&#x27;" in page
    assert "unsafe" not in page
    assert not re.findall(r"""(?:src|href|action|srcset)\s*=\s*["'][^"'#]|url\(|@import|https?:""", page)
    assert not re.findall(r"fetch|XMLHttpRequest|sendBeacon|WebSocket|EventSource|import\(", page)


def test_what_the_therapist_typed_is_text_on_the_page() -> None:
    page = as_html(
        Sheet(sheet=ID, exercises=(Exercise(what=HOSTILE, where=HOSTILE, often=HOSTILE, goal=HOSTILE),))
    )
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 5, "four lines of the plan, and the choice of the exercise"


def test_nothing_identifies_the_patient_but_the_random_id() -> None:
    assert sheet().model_dump().keys() == {"format", "sheet", "language", "made", "until", "exercises"}
    assert Returned(sheet=ID).model_dump().keys() == {"format", "palier", "sheet", "entries"}
    assert sheet_id(bytes(8)) == "0" * 12
    ids = {sheet_id(bytes([byte]) * 8) for byte in range(256)}
    assert len(ids) == 256
    assert set("".join(ids)) <= set(LETTERS)
    assert plain_id(" 7kq4-m2xd 9OPT ") == ID


def test_a_plan_without_exercises_or_with_too_long_lines_is_refused() -> None:
    with pytest.raises(ValidationError):
        Sheet(sheet=ID, exercises=())
    with pytest.raises(HomeworkError, match=r"exercises 1, what = .*has 121 characters; at most 120"):
        sheet_of({"sheet": ID, "exercises": [{"what": "x" * 121}]})
    with pytest.raises(HomeworkError, match="write it like 2026-03-01"):
        sheet_of({"sheet": ID, "until": "1.3.2026", "exercises": [{"what": "x"}]})


# ------------------------------------------------------------------ reading back


def test_the_text_written_by_hand_is_read() -> None:
    # CRC-32 of the first three lines, taken with gzip.
    assert as_text(Returned(sheet=ID, entries=(ENTRY,))) == TEXT.format("B176D960")
    assert read_back(TEXT.format("B176D960")) == Returned(sheet=ID, entries=(ENTRY,))


def test_the_text_may_come_by_mail_or_be_typed() -> None:
    text = as_text(Returned(sheet=ID, entries=(ENTRY,)))
    wanted = Returned(sheet=ID, entries=(ENTRY,))
    assert read_back("Bonjour,\n\n" + text.replace("\n", "\r\n") + "\nBien à vous") == wanted
    assert read_back("".join(f"> {line}\n" for line in text.splitlines())) == wanted
    assert read_back(text.replace(" | ", "\u00a0 | ")) == wanted
    assert (
        read_back(text.replace("SHEET 7KQ4-M2XD-90PT", "sheet 7kq4 m2xd 9opt").replace("CHECK", "check"))
        == wanted
    )
    assert read_back(text.replace("é", "e\u0301")) == wanted, "letters taken apart by another system"


def test_no_character_of_an_entry_can_be_lost_or_changed_unseen() -> None:
    text = as_text(Returned(sheet=ID, entries=(ENTRY,)))
    start, end = text.index("1 | 2026"), text.index("\nCHECK")
    for place in range(start, end):
        if text[place] == " ":
            continue
        for changed in (text[:place] + text[place + 1 :], text[:place] + "7" + text[place + 1 :]):
            if changed != text:
                assert reason(changed) is HomeworkReason.DAMAGED
    assert reason(text[:end]) is HomeworkReason.DAMAGED, "the end is missing"
    assert reason(text.replace("7KQ4", "7KQ5")) is HomeworkReason.DAMAGED


def test_another_patients_sheet_is_not_taken() -> None:
    assert read_back(as_json(), {ID}).sheet == ID
    assert reason(as_json(), {"0" * 12}) is HomeworkReason.OTHER_SHEET
    assert reason(as_json(), set()) is HomeworkReason.OTHER_SHEET


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", HomeworkReason.NOT_A_SHEET),
        ("hello", HomeworkReason.NOT_A_SHEET),
        ("{", HomeworkReason.NOT_A_SHEET),
        ("[" * 100_000, HomeworkReason.NOT_A_SHEET),
        ('{"a":' * 40_000, HomeworkReason.NOT_A_SHEET),
        ("{}", HomeworkReason.NOT_A_SHEET),
        (b"\xff\xfe\x00", HomeworkReason.NOT_A_SHEET),
        ("x" * (LARGEST + 1), HomeworkReason.TOO_LARGE),
        (as_json(format=2), HomeworkReason.NEWER),
        ("PALIER HOMEWORK 2\nSHEET 7KQ4-M2XD-90PT\nCHECK 00000000", HomeworkReason.NEWER),
        (as_json(format="1"), HomeworkReason.BAD_ENTRY),
        (as_json(format=0), HomeworkReason.BAD_ENTRY),
        (as_json(sheet="../../etc"), HomeworkReason.BAD_ENTRY),
        (as_json(extra=1), HomeworkReason.BAD_ENTRY),
        (as_json({"before": 101}), HomeworkReason.BAD_ENTRY),
        (as_json({"before": -1}), HomeworkReason.BAD_ENTRY),
        (as_json({"before": 1.5}), HomeworkReason.BAD_ENTRY),
        (as_json({"before": "40"}), HomeworkReason.BAD_ENTRY),
        (as_json({"before": True}), HomeworkReason.BAD_ENTRY),
        (as_json({"exercise": 7}), HomeworkReason.BAD_ENTRY),
        (as_json({"stayed": "forever"}), HomeworkReason.BAD_ENTRY),
        (as_json({"date": "2026-02-30"}), HomeworkReason.BAD_ENTRY),
        (as_json({"date": "20260301"}), HomeworkReason.BAD_ENTRY),
        (as_json({"learned": "x" * 301}), HomeworkReason.BAD_ENTRY),
        (as_json({"name": "Anna"}), HomeworkReason.BAD_ENTRY),
        (as_json(*[{}] * 61), HomeworkReason.BAD_ENTRY),
        (as_json({"before": float("nan")}), HomeworkReason.NOT_A_SHEET),
        (as_json({"before": 8}).replace("8", "1e999"), HomeworkReason.BAD_ENTRY),
    ],
)  # fmt: skip
def test_what_no_page_writes_is_refused_with_its_reason(given: bytes | str, told: HomeworkReason) -> None:
    assert reason(given) is told


def test_a_wrong_value_is_told_with_its_place() -> None:
    with pytest.raises(HomeworkError, match=r"entries 2, peak = 400: must be less than or equal to 100"):
        read_back(as_json({}, {"peak": 400}))


def test_a_hostile_file_is_text() -> None:
    found = read_back(as_json({"situation": HOSTILE, "learned": "=cmd()"}))
    assert (found.entries[0].situation, found.entries[0].learned) == (HOSTILE, "=cmd()")


NOTE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)
RATING = st.none() | st.integers(0, 100)
ENTRIES = st.lists(
    st.builds(
        Entry, exercise=st.integers(0, 6), date=st.sampled_from(["", "2026-03-02"]), situation=NOTE, before=RATING,
        peak=RATING, after=RATING, stayed=st.sampled_from(["", "eased", "planned", "left"]), learned=NOTE,
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(ENTRIES)
def test_whatever_is_written_is_read_back(entries: list[Entry]) -> None:
    from unicodedata import normalize

    whole = Returned(sheet=ID, entries=tuple(entries))
    assert read_back(whole.model_dump_json()) == whole

    def typed(text: str) -> str:
        return " ".join(normalize("NFC", text.replace("|", "/")).split())

    plain = [
        one.model_copy(update={"situation": typed(one.situation), "learned": typed(one.learned)})
        for one in entries
    ]
    assert read_back(as_text(whole)).entries == tuple(plain)


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=60)
    | st.text(string.printable, max_size=80).map(lambda text: ("PALIER HOMEWORK 1\nSHEET " + text).encode())
)
def test_no_bytes_at_all_are_anything_but_a_sheet_or_a_told_reason(raw: bytes) -> None:
    assert isinstance(reason(raw), HomeworkReason)


def test_grouped_ids_are_read_again() -> None:
    assert plain_id(grouped(ID)) == ID
