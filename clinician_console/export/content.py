"""What an export tells of an event: everything but free text, unless that is asked for."""

from __future__ import annotations

import json
import math
from typing import Any

from vr_runtime.protocol import events as ev
from vr_runtime.protocol.commands import Note

LEFT_OUT = "(left out)"


def kind_of(event: ev.Event) -> str:
    return str(getattr(event.body, "kind", ""))


def content_of(event: ev.Event, *, with_notes: bool) -> dict[str, Any]:
    """The event's fields without its kind, ready for JSON.

    Without ``with_notes`` the text of notes is left out, and so is all text of a newer software's event that says
    of itself that it is identifying.
    """
    body = event.body
    if isinstance(body, ev.Unknown):
        return dict(body.data) if with_notes or not body.data.get("identifying") else _without_text(body.data)
    content = body.model_dump(mode="json", exclude={"kind"})
    if not with_notes:
        if isinstance(body, ev.NoteTaken):
            content["text"] = LEFT_OUT
        elif isinstance(body, ev.CommandReceived) and isinstance(body.command.body, Note):
            content["command"]["body"]["text"] = LEFT_OUT
    return content


def strict_json(value: Any) -> str:
    """JSON that every reader takes: a number that is none (NaN, infinite) becomes the text of its name."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_named(value), ensure_ascii=False, separators=(",", ":"))


def _without_text(value: Any) -> Any:
    match value:
        case str():
            return LEFT_OUT
        case dict():
            return {key: _without_text(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_without_text(inner) for inner in value]
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
