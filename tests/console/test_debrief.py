"""What is asked after a session: what can be kept, what comes back, what is left out without the notes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.clinic.debrief import (
    Debrief,
    DebriefError,
    DebriefReason,
    cautions,
    from_json,
    open_points,
    to_json,
    without_words,
)

EVENT = {"what": "dizzy", "severity": "mild", "relation": "possible", "action": "sat down", "resolved": "yes"}
FULL: dict[str, Any] = {
    "version": 1, "when": "2026-03-01T10:10:00+00:00", "by": "Dr Typed",
    "expectancy": {
        "feared": "typed fear", "belief_before": 80, "happened": "no", "belief_after": 20, "surprise": 60,
        "learned": "typed lesson",
    },
    "end_distress": 20, "sickness": 3, "adverse": [EVENT], "safe_to_go": True, "leaving": "well", "note": "typed note",
}  # fmt: skip

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    feared=texts, note=texts, sickness=st.none() | st.floats(0, 20), distress=st.none() | st.floats(0, 100)
)
def test_what_was_kept_comes_back(
    feared: str, note: str, sickness: float | None, distress: float | None
) -> None:
    given = {
        **FULL,
        "expectancy": {"feared": feared},
        "note": note,
        "sickness": sickness,
        "end_distress": distress,
    }
    debrief = from_json(given)
    assert from_json(to_json(debrief)) == debrief
    assert (debrief.expectancy.feared, debrief.note) == (feared, note)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sickness": 21}, {"sickness": float("nan")}, {"end_distress": -1}, {"end_distress": float("inf")},
        {"expectancy": {"belief_after": 101}}, {"adverse": [{"what": "", "severity": "mild"}]},
        {"none_adverse": True}, {"safe_to_go": False}, {"leaving": "flew"}, {"unknown": 1}, {"version": 0},
        {"note": "x" * 2001}, {"adverse": [EVENT] * 21},
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_word(wrong: dict[str, Any]) -> None:
    with pytest.raises(DebriefError) as caught:
        from_json({**FULL, **wrong})
    assert caught.value.reason is DebriefReason.BAD_VALUE
    assert "cannot be taken" in str(caught.value)


def test_a_newer_debrief_is_left_alone() -> None:
    with pytest.raises(DebriefError, match="newer version") as caught:
        from_json({"version": 2, "feelings": []})
    assert caught.value.reason is DebriefReason.NEWER


def test_what_was_not_asked_is_open_and_not_made_up() -> None:
    assert from_json({}) == Debrief()
    assert Debrief().empty
    assert open_points(Debrief()) == (
        "expectancy", "end_distress", "sickness", "adverse", "safe_to_go", "leaving",
    )  # fmt: skip
    assert open_points(from_json(FULL)) == ()


def test_what_asks_for_care_is_said() -> None:
    ongoing = {**EVENT, "severity": "severe", "resolved": "ongoing"}
    sick = from_json({**FULL, "sickness": 12, "adverse": [ongoing], "safe_to_go": False, "leaving": "stays"})
    assert cautions(sick) == ("not_safe", "serious", "unresolved", "sickness")
    assert cautions(from_json(FULL)) == ()


def test_without_words_nothing_typed_is_left() -> None:
    left = str(to_json(without_words(from_json(FULL))))
    for typed in ("typed", "Dr", "dizzy", "sat down"):
        assert typed in str(FULL)
        assert typed not in left
    assert "'severity': 'mild'" in left
