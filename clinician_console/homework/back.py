"""Reading a filled sheet back: from the page's file (JSON), or from its text, which can be copied, sent or typed.

The text::

    PALIER HOMEWORK 1
    SHEET 7KQ4-M2XD-90PT
    1 | 2026-03-02 | 40 | 80 | 30 | eased | supermarket, at noon | It eased by itself.
    CHECK 3F2A91C0

One line an entry: exercise, date, distress before, at its peak and after, how long (``eased``, ``planned``, ``left``),
situation, what was learned; an empty field is nothing. The check is the CRC-32 of the lines above it, as
:func:`check_of` takes it: case of the first words, spaces and the signs that mail programs put in front do not matter.

What comes from outside is data: it is held against :class:`~clinician_console.homework.sheet.Returned` and shown as
text, nothing in it is ever run.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Collection, Sequence
from typing import Any, NoReturn

from pydantic import ValidationError

from clinician_console.homework.errors import HomeworkError, HomeworkReason
from clinician_console.homework.sheet import FORMAT, LETTERS, Entry, Returned, plain_id
from vr_runtime.protocol.files.wrong import lines_of

LARGEST = 256 * 1024
"""Bytes of a filled sheet; sixty entries with long texts in any script are less."""

FIELDS = ("exercise", "date", "before", "peak", "after", "stayed", "situation", "learned")
_SIGNS = re.compile(r"^[\s>]+")


def read_back(given: bytes | str, known: Collection[str] | None = None) -> Returned:
    """A filled sheet from its file or its text.

    ``known``: ids of the sheets that it may belong to; None: any.

    Raises:
        HomeworkError: see :class:`HomeworkReason`; the message says what to do.
    """
    text = _text(given)
    found = _from_json(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else _from_text(text)
    if known is not None and found.sheet not in known:
        raise HomeworkError(
            HomeworkReason.OTHER_SHEET,
            f"this is sheet {grouped(found.sheet)}, which was not made for this patient: open the patient it belongs to",
        )
    return found


def grouped(sheet: str) -> str:
    """``7KQ4-M2XD-90PT``."""
    return "-".join(sheet[start : start + 4] for start in range(0, len(sheet), 4))


def check_of(lines: Sequence[str]) -> str:
    """Eight hex digits that tell a text from one with a character lost: CRC-32 of the lines in NFC, each with its runs
    of white space as one space, joined by line feeds, as UTF-8."""
    plain = "\n".join(_spaced(line) for line in lines)
    return f"{zlib.crc32(plain.encode('utf-8', 'surrogatepass')):08X}"


def as_text(returned: Returned) -> str:
    """A filled sheet as text, as the patient's page writes it (vertical bars in texts become slashes)."""
    lines = [f"PALIER HOMEWORK {FORMAT}", f"SHEET {grouped(returned.sheet)}"]
    for entry in returned.entries:
        values = ["" if value is None else str(value) for value in (getattr(entry, name) for name in FIELDS)]
        lines.append(_spaced(" | ".join(value.replace("|", "/") for value in values)))
    return "\n".join([*lines, f"CHECK {check_of(lines)}", ""])


def _spaced(line: str) -> str:
    return " ".join(unicodedata.normalize("NFC", line).split())


def _text(given: bytes | str) -> str:
    if len(given) > LARGEST:
        raise HomeworkError(
            HomeworkReason.TOO_LARGE,
            f"larger than {LARGEST // 1024} KiB: this is no filled sheet; choose the file that the page saved",
        )
    if isinstance(given, str):
        return given
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError:
        _not_a_sheet()


def _not_a_sheet() -> NoReturn:
    raise HomeworkError(
        HomeworkReason.NOT_A_SHEET,
        "this is neither the file that the page saved (.json) nor its text (from PALIER HOMEWORK to CHECK)",
    )


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _from_json(text: str) -> Returned:
    try:
        data = json.loads(text.lstrip("\ufeff"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        _not_a_sheet()
    if not isinstance(data, dict) or data.get("palier") != "homework":
        _not_a_sheet()
    _known_format(data.get("format"))
    return _returned(data)


def _from_text(text: str) -> Returned:
    lines = [line for line in (_spaced(_SIGNS.sub("", each)) for each in text.splitlines()) if line]
    heads = [place for place, line in enumerate(lines) if line.upper().startswith("PALIER HOMEWORK")]
    if not heads:
        _not_a_sheet()
    lines = lines[heads[0] :]
    end = next((place for place, line in enumerate(lines) if line.upper().startswith("CHECK ")), None)
    if end is None or end < 2 or not lines[1].upper().startswith("SHEET "):
        raise HomeworkError(
            HomeworkReason.DAMAGED,
            "the text is cut: copy it whole, from PALIER HOMEWORK to the line with CHECK",
        )
    number = lines[0].split()[-1]
    _known_format(int(number) if re.fullmatch(r"[0-9]{1,6}", number) else None)
    sheet = plain_id(lines[1].split(" ", 1)[1])
    whole = [f"PALIER HOMEWORK {FORMAT}", f"SHEET {grouped(sheet)}", *lines[2:end]]
    check = plain_id(lines[end].split(" ", 1)[1])
    if check != check_of(whole):
        raise HomeworkError(
            HomeworkReason.DAMAGED,
            "the check does not fit: a character was lost or mistyped. Copy the text again, or compare it line by line",
        )
    entries = [_entry(line, place) for place, line in enumerate(lines[2:end], 1)]
    return _returned({"format": FORMAT, "palier": "homework", "sheet": sheet, "entries": entries})


def _entry(line: str, place: int) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != len(FIELDS):
        raise HomeworkError(
            HomeworkReason.BAD_ENTRY,
            f"line {place} of the entries has {len(parts)} fields, {len(FIELDS)} are wanted ({', '.join(FIELDS)})",
        )
    entry: dict[str, Any] = dict(zip(FIELDS, parts, strict=True))
    for name in ("exercise", "before", "peak", "after"):
        typed = entry[name]
        entry[name] = int(typed) if re.fullmatch(r"[0-9]{1,4}", typed) else (typed or None)
    if entry["exercise"] is None:
        entry["exercise"] = 0
    return entry


def _known_format(number: object) -> None:
    if isinstance(number, int) and not isinstance(number, bool) and number > FORMAT:
        raise HomeworkError(
            HomeworkReason.NEWER,
            f"written by a newer version (format {str(number)[:9]}): update this console",
        )


def _returned(data: dict[str, Any]) -> Returned:
    try:
        return Returned.model_validate(data)
    except ValidationError as problem:
        raise HomeworkError(
            HomeworkReason.BAD_ENTRY, "; ".join(lines_of(problem, Returned, data)[:5])
        ) from None


__all__ = ["FIELDS", "LARGEST", "LETTERS", "Entry", "Returned", "as_text", "check_of", "grouped", "read_back"]
