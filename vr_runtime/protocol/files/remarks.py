"""Remarks on a file that is valid: what whoever wrote it may want to look at once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from pydantic import BaseModel

from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.manifest import Text

SAME_LENGTH = 12
"""Words up to this many letters may well read the same in both languages: "bus", "horn 2"."""


def untranslated(file: BaseModel) -> list[str]:
    """Texts of some length that read the same in English and French, by their place in the file."""
    return [
        f"{place}: reads the same in en and fr: translate one of them"
        for place, text in texts_of(file)
        if text.en.strip() == text.fr.strip() and len(text.en) > SAME_LENGTH
    ]


def texts_of(node: object, place: str = "") -> Iterator[tuple[str, Text]]:
    """Every text in a file, with its place."""
    if isinstance(node, Text):
        yield place, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from texts_of(getattr(node, name), f"{place}.{name}" if place else name)
    elif isinstance(node, Mapping):
        for key, value in cast("Mapping[object, object]", node).items():
            yield from texts_of(value, f"{place}.{key}")
    elif isinstance(node, tuple | list):
        for number, value in enumerate(cast("Sequence[object]", node), 1):
            name = getattr(value, "id", "")
            yield from texts_of(
                value, f"{place} {number}" + (f" ({name})" if isinstance(name, str) and name else "")
            )


def remarks_on_checklist(checklist: Checklist) -> list[str]:
    found: list[str] = []
    for number, item in enumerate(checklist.items, 1):
        where = f"items {number} ({item.id})"
        if item.why is None and item.kind != "info":
            found.append(f"{where}: why is not given; it is shown to whoever asks what the question is for")
        if missing := [choice for choice in item.choices if choice not in item.labels]:
            found.append(f"{where}: labels are missing for {', '.join(missing)}; the ids are shown")
    if all(item.may_override for item in checklist.items):
        found.append(
            "items: every answer may be overridden; may_override = false is for what nobody should take on"
        )
    return found
