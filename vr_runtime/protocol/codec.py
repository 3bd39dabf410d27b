"""Models to bytes and back, as pure functions: no sockets here, so that every corner can be tested.

Canonical form of an event in the record: UTF-8 JSON ``{"frame":…,"cause":…,"body":{…}}`` without spaces, fields
in the order of the model. The chain hash covers these bytes as they stand; they are never re-encoded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from vr_runtime.protocol.answers import Answer, Telemetry, ToConsole, ToRuntime
from vr_runtime.protocol.commands import Command
from vr_runtime.protocol.errors import ProtocolError, ProtocolReason
from vr_runtime.protocol.events import KNOWN_KINDS, Event, EventBody, KnownBodyAdapter, Unknown

MAX_COMMAND_BYTES = 16_384
"""Largest message that a console may send; the sockets enforce it as well."""

CHUNK_PREFIX = "chunk:"
"""An entry of the record whose kind starts so holds a chunk of the stream named after it, not an event."""

_to_runtime: TypeAdapter[ToRuntime] = TypeAdapter(ToRuntime)
_to_console: TypeAdapter[ToConsole] = TypeAdapter(ToConsole)

T = TypeVar("T")


def encode(message: BaseModel) -> bytes:
    """A message as UTF-8 JSON, fields in the order of the model."""
    return message.model_dump_json().encode()


def decode_command(data: bytes) -> Command:
    """Raises ProtocolError (MALFORMED, TOO_LARGE) with a message that names the field."""
    return _decode(data, Command.model_validate_json, "command")


def decode_answer(data: bytes) -> Answer:
    return _decode(data, Answer.model_validate_json, "answer", limit=None)


def decode_to_runtime(data: bytes) -> ToRuntime:
    return _decode(data, _to_runtime.validate_json, "control message")


def decode_to_console(data: bytes) -> ToConsole:
    return _decode(data, _to_console.validate_json, "control message", limit=None)


def decode_telemetry(data: bytes) -> Telemetry:
    return _decode(data, Telemetry.model_validate_json, "telemetry", limit=None)


def encode_event_body(body: EventBody, frame: int, cause: str | None) -> bytes:
    """The bytes of an event as the record keeps them (sequence number, time and kind stand beside them)."""
    fields = body.data if isinstance(body, Unknown) else body.model_dump(mode="json")
    payload = {"frame": frame, "cause": cause, "body": fields}
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def decode_event(seq: int, t_ns: int, kind: str, data: bytes) -> Event:
    """An event from its entry in the record; a kind that is not known here becomes ``Unknown``.

    Raises:
        ProtocolError: MALFORMED, where the bytes are not such an event.
    """
    try:
        payload: dict[str, Any] = json.loads(data)
        fields = payload["body"]
        if kind in KNOWN_KINDS:
            body: EventBody = KnownBodyAdapter.validate_python({**fields, "kind": kind})
        else:
            body = Unknown(kind=kind, data=fields)
        return Event(seq=seq, t_ns=t_ns, frame=payload["frame"], cause=payload.get("cause"), body=body)
    except (ValueError, KeyError, TypeError) as problem:
        raise ProtocolError(
            ProtocolReason.MALFORMED, f"entry {seq} ({kind}) is not an event: {_first_problem(problem)}"
        ) from None


def _decode(data: bytes, parse: Callable[[bytes], T], what: str, limit: int | None = MAX_COMMAND_BYTES) -> T:
    if limit is not None and len(data) > limit:
        raise ProtocolError(
            ProtocolReason.TOO_LARGE, f"a {what} of {len(data)} bytes; at most {limit} are taken"
        )
    try:
        return parse(data)
    except ValidationError as problem:
        raise ProtocolError(
            ProtocolReason.MALFORMED, f"not a {what} of this protocol: {_first_problem(problem)}"
        ) from None


def _first_problem(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return str(problem)
