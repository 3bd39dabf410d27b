"""What an export tells of an event: everything but free text that may identify a person, unless that is asked for."""

from __future__ import annotations

import enum
import json
import math
from typing import Any, Literal, get_origin

from vr_runtime.protocol import events as ev

LEFT_OUT = "(left out)"

OURS = frozenset({"kind", "trial", "window", "gap", "item", "proposal"})
"""Fields of an identifying body that hold words of the software (ids, kinds) and nothing that a person has typed."""


def kind_of(event: ev.Event) -> str:
    return str(getattr(event.body, "kind", ""))


def content_of(event: ev.Event, *, with_notes: bool) -> dict[str, Any]:
    """The event's fields without its kind, ready for JSON.

    Without ``with_notes`` one rule holds for all: of a body that says of itself that it is identifying, every text is
    left out that may have been typed; words of the protocol (:func:`words_of`), figures and ids stay. What a newer
    software marks so loses all of its text. Commands name the fields that are typed (``TYPED``).
    """
    body = event.body
    if isinstance(body, ev.Unknown):
        return dict(body.data) if with_notes or not body.data.get("identifying") else without_text(body.data)
    content = body.model_dump(mode="json", exclude={"kind"})
    if with_notes:
        return content
    if isinstance(body, ev.CommandReceived):
        typed = body.command.body.TYPED
        content["command"]["body"] = {
            name: without_text(value) if name in typed else value
            for name, value in content["command"]["body"].items()
        }
    elif getattr(body, "identifying", False):
        known = words_of(body) | OURS
        content = {name: value if name in known else without_text(value) for name, value in content.items()}
    return content


def words_of(body: Any) -> frozenset[str]:
    """Fields of a body whose values are words of the protocol: enumerations and fixed words, nothing that is typed."""
    known: set[str] = set()
    for name, field in type(body).model_fields.items():
        if isinstance(getattr(body, name), enum.Enum) or get_origin(field.annotation) is Literal:
            known.add(name)
    return frozenset(known)


def strict_json(value: Any) -> str:
    """JSON that every reader takes: a number that is none (NaN, infinite) becomes the text of its name."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_named(value), ensure_ascii=False, separators=(",", ":"))


def without_text(value: Any) -> Any:
    match value:
        case str():
            return LEFT_OUT if value else value
        case dict():
            return {key: without_text(inner) for key, inner in value.items()}
        case list() | tuple():
            return [without_text(inner) for inner in value]
        case _:
            return value


def _named(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {key: _named(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_named(inner) for inner in value]
        case _:
            return value
