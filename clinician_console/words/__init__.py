"""Every text that people read, in English and French: one folder of TOML files a language, the same keys in both."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "fr")

DASH = "–"
NO_BREAK = "\u00a0"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of a language under dotted keys."""
    texts: dict[str, str] = {}
    for file in sorted((files(__name__) / language).iterdir(), key=lambda file: file.name):
        more = dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))
        if twice := texts.keys() & more.keys():
            raise ValueError(f"{language}/{file.name}: {sorted(twice)} are in another file already")
        texts |= more
    if language == "fr":
        # In French a space stands before these signs; no line may break there.
        return {key: re.sub(r" (?=[:;?!»%])|(?<=«) ", NO_BREAK, text) for key, text in texts.items()}
    return texts


def _flat(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            found.extend(_flat(value, f"{prefix}{key}."))
        else:
            found.append((prefix + key, str(value)))
    return found


class Words:
    """Texts and numbers as a language writes them."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._texts = catalogue(language)

    def __call__(self, key: str, **fields: object) -> str:
        """The text under ``key``; numbers among the fields are written as the language writes them."""
        text = self._texts[key]
        if not fields:
            return text
        return text.format(**{name: self._field(value) for name, value in fields.items()})

    def known(self, key: str, otherwise: str) -> str:
        """The text under ``key``, or ``otherwise`` where there is none (an id of a newer runtime)."""
        return self._texts.get(key, otherwise)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Rounded; a dash where there is none."""
        if value is None:
            return DASH
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if self.language == "fr" else text

    def value(self, value: float | str) -> str:
        """A parameter's value with as few digits as say it (three decimals at most)."""
        if isinstance(value, str):
            return value
        text = f"{value:.3f}".rstrip("0").rstrip(".")
        text = "0" if text in ("-0", "") else text
        return text.replace(".", ",") if self.language == "fr" else text

    def age(self, seconds: float | None) -> str:
        """``<1 s``, ``12 s``, ``3 min``: no finer, so that a figure which is as it should be stands still."""
        if seconds is None:
            return DASH
        if seconds < 1:
            return "<1 s"
        return f"{int(seconds)} s" if seconds < 100 else f"{int(seconds / 60)} min"

    def clock(self, seconds: float | None) -> str:
        """``4:07`` or ``1:02:09``."""
        if seconds is None:
            return DASH
        whole = max(0, int(seconds))
        hours, rest = divmod(whole, 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"

    def date(self, day: datetime) -> str:
        """``3 March 2026``."""
        return self("date.long", day=str(day.day), month=self(f"months.{day.month}"), year=str(day.year))

    def when(self, utc: str) -> str:
        """A time of day in UTC (ISO 8601) as this machine's date and time; what is none is given back as it is."""
        try:
            moment = datetime.fromisoformat(utc).astimezone()
        except ValueError:
            return utc
        return f"{self.date(moment)}, {moment:%H:%M}"

    def day(self, written: str) -> str:
        """The day of a date (``2026-03-03``) or of a time in UTC; what is none is given back as it is."""
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            return written
        return self.date(moment.astimezone() if moment.tzinfo else moment)

    def _field(self, value: object) -> object:
        if isinstance(value, float):
            return self.value(value)
        return value
