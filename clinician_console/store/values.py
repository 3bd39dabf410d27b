"""What may be kept: every value is looked at before anything is written.

Nothing is put right silently but the spelling of a time: it is kept in UTC with seconds. Texts are kept as they were
typed, without spaces around pseudonyms and titles.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast, get_args

from clinician_console.clinic.entries import (
    Act,
    Answers,
    Homework,
    Json,
    Patient,
    Session,
    SessionState,
    StoredPlan,
)
from clinician_console.clinic.port import StoreError, StoreReason
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.words import AgeBand

LONGEST_PSEUDONYM = 64
LONGEST_TEXT = 200_000
LARGEST_JSON = 4_000_000
"""Characters of one JSON value."""
DEEPEST_JSON = 40
KINDS = ("patient", "plan", "session", "answers", "homework", "study", "store")

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SETTING = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Unicode's control and format characters (direction overrides, zero-width marks), halves of pairs, private letters,
line and paragraph separators: what makes two pseudonyms look alike, or one look like another."""
_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def folded(text: str) -> str:
    """As it is looked for: small letters without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(letters.translate(_LIGATURES).split())[:256]


def pseudonym(text: str) -> str:
    """Raises StoreError BAD_VALUE, as everything here."""
    given = name(text, "a pseudonym", LONGEST_PSEUDONYM)
    if not any(letter.isalnum() for letter in folded(given)):
        raise bad("a pseudonym needs a letter or a digit: give it one")
    return given


def name(text: object, what: str, longest: int = LONGEST_PSEUDONYM) -> str:
    """One line, 1 to ``longest`` characters, all of them visible."""
    given = unicodedata.normalize("NFC", _text(text, what)).strip()
    if not 1 <= len(given) <= longest:
        raise bad(f"{what} has 1 to {longest} characters, this one {len(given)}")
    if any(unicodedata.category(letter) in _UNSEEN for letter in given):
        raise bad(f"{what} may not hold control characters or marks that turn the direction of writing")
    return given


def line(text: object, what: str, longest: int) -> str:
    """As :func:`name`, or empty."""
    return "" if text == "" else name(text, what, longest)


def free_text(text: object, what: str) -> str:
    """As it was typed. NUL and halves of surrogate pairs are no text."""
    given = _text(text, what)
    if len(given) > LONGEST_TEXT:
        raise bad(f"{what} has {len(given)} characters; at most {LONGEST_TEXT} are kept: shorten it")
    if "\0" in given:
        raise bad(f"{what} holds a NUL character: type it anew")
    return given


def identifier(text: object, what: str, *, empty: bool = False) -> str:
    if empty and text == "":
        return ""
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise bad(f"{what} is no id: 1 to 64 letters, digits, hyphens, dots or underscores")
    return text


def moment(text: object, what: str, *, empty: bool = False) -> str:
    """A time with its offset from UTC, as ``2026-03-01T09:30:00+00:00``."""
    if empty and text == "":
        return ""
    try:
        read = datetime.fromisoformat(_text(text, what))
        if read.tzinfo is None:
            raise ValueError
        return read.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        raise bad(f"{what} is no time: write it as 2026-03-01T09:30:00+00:00") from None


def day(text: object, what: str) -> str:
    """A date as ``2026-03-01``; of a time, its date."""
    given = _text(text, what)
    try:
        if not _DATE.fullmatch(given):
            return moment(given, what)
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise bad(f"{what} is no date: write it as 2026-03-01") from None


def json_text(value: object, what: str) -> str:
    """JSON that reads back as the same value: no NaN, no keys but texts.

    Lists may come as tuples. What is nested deeper than 40 levels or longer than 4 million characters is refused.
    """
    _check_json(value, what, 0)
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    if len(text) > LARGEST_JSON:
        raise bad(f"{what} is too large to be kept ({len(text)} characters; at most {LARGEST_JSON})")
    return text


def json_object(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        raise bad(f"{what} is no JSON object")
    return cast(Json, json.loads(json_text(cast(object, value), what)))


def setting(key: object, value: object) -> tuple[str, str]:
    if not isinstance(key, str) or not _SETTING.fullmatch(key):
        raise bad("a setting's name has 1 to 64 small letters, digits, dots, hyphens or underscores")
    text = free_text(value, f"the setting {key}")
    if (
        key == "retention_years"
        and text
        and not (text.isascii() and text.isdigit() and 1 <= int(text) <= 200)
    ):
        raise bad("retention_years is a whole number of years from 1 to 200, or empty: kept without end")
    return key, text


def act(done: object, kind: object, what: object, detail: object) -> tuple[Act, str, str, str]:
    if done not in get_args(Act):
        raise bad(f"the audit trail knows no act of this name; it knows {', '.join(get_args(Act))}")
    if kind not in KINDS:
        raise bad(f"the audit trail knows no kind of this name; it knows {', '.join(KINDS)}")
    return (
        cast(Act, done),
        cast(str, kind),
        identifier(what, "what was touched", empty=True),
        line(detail, "a detail", 200),
    )


def patient(entry: Patient) -> Patient:
    shift = _whole(entry.date_shift_days, "date_shift_days")
    if abs(shift) > 36_525:
        raise bad("date_shift_days is at most a hundred years, 36525 days")
    if not isinstance(entry.age_band, AgeBand) or not (
        entry.posture is None or isinstance(entry.posture, Posture)
    ):
        raise bad("age_band and posture are words of the protocol")
    if entry.language not in ("en", "fr"):
        raise bad("language is en or fr")
    return replace(
        entry,
        id=identifier(entry.id, "id", empty=True),
        pseudonym=pseudonym(entry.pseudonym),
        cleared=_flags(entry.cleared),
        notes=free_text(entry.notes, "notes"),
        consent_research=_yes_no(entry.consent_research, "consent_research"),
        date_shift_days=shift,
        practice=_yes_no(entry.practice, "practice"),
        archived=_yes_no(entry.archived, "archived"),
        version=_version(entry.version),
    )


def plan(entry: StoredPlan) -> StoredPlan:
    return replace(
        entry,
        id=identifier(entry.id, "id", empty=True),
        patient=identifier(entry.patient, "patient", empty=True),
        title=line(entry.title, "a title", 200),
        body=json_object(entry.body, "the plan"),
        version=_version(entry.version),
    )


def session(entry: Session) -> Session:
    if entry.state not in get_args(SessionState):
        raise bad(f"state is one of {', '.join(get_args(SessionState))}")
    started, ended = moment(entry.started, "started"), moment(entry.ended, "ended", empty=True)
    if ended and ended < started:
        raise bad("the session ends before it starts: look at the clock of this computer")
    return replace(
        entry,
        id=identifier(entry.id, "id"),
        patient=identifier(entry.patient, "patient"),
        plan=identifier(entry.plan, "plan", empty=True),
        started=started,
        ended=ended,
        record=line(entry.record, "the record's folder", 4096),
        treatment=line(entry.treatment, "treatment", 200),
        last_hash=line(entry.last_hash, "last_hash", 128),
        summary=json_object(entry.summary, "the summary"),
        debrief=json_object(entry.debrief, "the debrief"),
        version=_version(entry.version),
    )


def answers(entry: Answers) -> Answers:
    items = json_object(entry.items, "items")
    if any(isinstance(value, bool) or not isinstance(value, int | str | None) for value in items.values()):
        raise bad("an answer is a whole number, a text, or nothing")
    return replace(
        entry,
        id=identifier(entry.id, "id", empty=True),
        patient=identifier(entry.patient, "patient"),
        instrument=identifier(entry.instrument, "instrument"),
        instrument_version=name(entry.instrument_version, "instrument_version"),
        language=identifier(entry.language, "language"),
        date=day(entry.date, "date"),
        respondent=line(entry.respondent, "respondent", 64),
        items=items,
        scores=json_object(entry.scores, "scores"),
        session=identifier(entry.session, "session", empty=True),
        version=_version(entry.version),
    )


def homework(entry: Homework) -> Homework:
    return replace(
        entry,
        id=identifier(entry.id, "id", empty=True),
        patient=identifier(entry.patient, "patient"),
        created=moment(entry.created, "created", empty=True),
        body=json_object(entry.body, "the homework"),
        returned=json_object(entry.returned, "what came back"),
        version=_version(entry.version),
    )


CHECKS: dict[type, Callable[[Any], Any]] = {
    Patient: patient,
    StoredPlan: plan,
    Session: session,
    Answers: answers,
    Homework: homework,
}
"""By the class of the entry."""


def retention_limit(years: str, today: str) -> str:
    """The first day that is still kept; empty where everything is (``years`` empty)."""
    on = date.fromisoformat(day(today, "today")[:10])
    if not years:
        return ""
    if on.year - int(years) < 1:
        return ""
    try:
        return on.replace(year=on.year - int(years)).isoformat()
    except ValueError:  # 29 February
        return on.replace(year=on.year - int(years), day=28).isoformat()


def bad(message: str) -> StoreError:
    return StoreError(StoreReason.BAD_VALUE, message)


# ------------------------------------------------------------------ parts


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise bad(f"{what} is no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad(f"{what} holds half a character: type it anew") from None
    return value


def _flags(value: object) -> tuple[str, ...]:
    if not isinstance(value, tuple | list):
        raise bad("content flags are a list")
    return tuple(identifier(flag, "a content flag") for flag in cast(list[object], value))


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad(f"{what} is no whole number")
    return value


def _version(value: object) -> int:
    if not 0 <= (number := _whole(value, "version")) < 2**31:
        raise bad("version is what the store gave")
    return number


def _yes_no(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise bad(f"{what} is true or false")
    return value


def _check_json(value: object, what: str, depth: int) -> None:
    if depth > DEEPEST_JSON:
        raise bad(f"{what} is nested too deeply to be kept")
    match value:
        case None | bool() | int():
            return
        case float():
            if value != value or value in (float("inf"), float("-inf")):
                raise bad(f"{what} holds a number that is none (NaN or infinite): leave it out")
        case str():
            _text(value, what)
        case dict():
            for key, inner in cast(dict[object, object], value).items():
                _text(key, what)
                _check_json(inner, what, depth + 1)
        case list() | tuple():
            for inner in cast(list[object], value):
                _check_json(inner, what, depth + 1)
        case _:
            raise bad(f"{what} holds a {type(value).__name__}, which cannot be kept")
