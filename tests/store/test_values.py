"""Whatever is given, a value is kept as it was meant or refused with a reason; nothing crashes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as any_of

from clinician_console.clinic.entries import Patient
from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import values
from clinician_console.store.sealing import DataSeal

TEXT = any_of.text(any_of.characters(), max_size=80)
JSON = any_of.recursive(
    any_of.none() | any_of.booleans() | any_of.integers() | any_of.floats() | TEXT | any_of.just(object()),
    lambda inner: (
        any_of.lists(inner, max_size=4) | any_of.dictionaries(TEXT | any_of.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


def kept_or_refused(keep: Callable[..., Any], *given_to_it: object) -> Any:
    """None where it was refused, with a reason."""
    try:
        return keep(*given_to_it)
    except StoreError as problem:
        if problem.reason is not StoreReason.BAD_VALUE:
            raise
        return None


@given(TEXT)
def test_what_is_kept_as_a_pseudonym_can_be_seen_and_found(text: str) -> None:
    kept = kept_or_refused(values.pseudonym, text)
    if kept is None:
        return
    assert values.pseudonym(kept) == kept
    assert kept == kept.strip()
    assert not {unicodedata.category(letter) for letter in kept} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    folded = values.folded(kept)
    assert folded
    assert values.folded(kept.upper()) == values.folded(kept.upper().lower()) or not kept.isascii()
    assert values.folded(folded) == folded


@given(any_of.dictionaries(TEXT, JSON, max_size=4))
def test_json_reads_back_as_it_was_or_is_refused(value: dict[str, Any]) -> None:
    kept = kept_or_refused(values.json_object, value, "it")
    if kept is None:
        return
    assert kept == value
    assert json.loads(values.json_text(kept, "it")) == kept


@given(TEXT | any_of.datetimes(timezones=any_of.timezones()).map(lambda at: at.isoformat()))
def test_a_time_is_in_utc_with_seconds_or_refused(text: str) -> None:
    kept = kept_or_refused(values.moment, text, "it")
    if kept is None:
        return
    assert kept.endswith("+00:00")
    assert len(kept) == len("2026-03-01T09:30:00+00:00")
    assert values.moment(kept, "it") == kept


@given(any_of.dates(), any_of.integers(1, 200))
def test_the_first_day_that_is_kept_is_so_many_years_ago(today: date, years: int) -> None:
    limit = values.retention_limit(str(years), today.isoformat())
    if today.year > years:
        assert int(limit[:4]) == today.year - years
        assert date.fromisoformat(limit) <= today
    else:
        assert limit == ""


@given(any_of.sampled_from(["id", "pseudonym", "notes", "language", "cleared", "version"]), JSON)
def test_a_patient_of_anything_is_refused_or_whole(field: str, value: Any) -> None:
    kept = kept_or_refused(values.patient, Patient(**({"id": "", "pseudonym": "Fox"} | {field: value})))
    assert kept is None or values.patient(kept) == kept


@given(TEXT)
def test_a_sealed_text_opens_to_what_it_was(text: str) -> None:
    seal = DataSeal(bytes(32))
    try:
        text.encode()
    except UnicodeEncodeError:
        return  # refused before
    for given_text in (text, text * 20):
        assert seal.open(seal.close(given_text, "t", 1), "t", 1) == given_text
