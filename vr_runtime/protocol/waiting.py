"""What a console says to a machine that waits for a session (``vr-runtime wait``), and what it answers.

A protocol of its own beside the link's, with a version of its own: the link belongs to a session, and here there is
none yet. Two requests: look at what is there, and begin a session. Stopping, steering and all else are the session's
own link's business. docs/protocol.md tells the bytes.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from vr_runtime.protocol.base import MessageId, Strict, Tolerant
from vr_runtime.protocol.errors import ProtocolError, ProtocolReason
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.order import SessionOrder

WAITING_VERSION = "1.0"
MAX_REQUEST_BYTES = 256 * 1024
"""A plan of 200 steps with long texts fits; the socket enforces it as well."""
MAX_ANSWER_BYTES = 1024 * 1024
MOST_DETAILS = 50

# ------------------------------------------------------------------ console to the waiting machine


class Look(Strict):
    """What is there? With ``headset`` the headset is looked for anew, unless a session is on; that takes seconds, and
    the answer does not wait for it."""

    kind: Literal["look"] = "look"
    headset: bool = False


class Begin(Strict):
    """Begin a session. The request's id makes it idempotent: asked twice, it begins once.

    ``waiting`` names the waiting process that was looked at, so that nothing begins which was meant for an earlier one.
    """

    kind: Literal["begin"] = "begin"
    waiting: MessageId
    order: SessionOrder
    display: Literal["headset", "window"]
    practice: bool = Field(default=False, description="with the virtual patient; nobody wears the headset")


class Request(Strict):
    version: str = Field(min_length=1, max_length=16)
    id: MessageId
    body: Annotated[Look | Begin, Field(discriminator="kind")]


# ------------------------------------------------------------------ the waiting machine to the console


class SessionState(str, Enum):
    NONE = "none"
    STARTING = "starting"
    """Its process was started; no console can reach it yet."""
    RUNNING = "running"
    """It is ready: its own link answers."""
    ENDED = "ended"


class Found(Tolerant):
    """One thing that ``vr-runtime doctor`` looked for."""

    what: str
    good: bool
    found: str
    remedy: str = ""


class SceneThere(Tolerant):
    id: str
    version: str


class SessionThere(Tolerant):
    """The session of now, or the last one. ``died``: its process ended with a failure; ``why`` is what it said last,
    told to the console that asked for it and to no other."""

    state: SessionState = SessionState.NONE
    request: MessageId | None = Field(default=None, description="of the Begin that began it")
    epoch: str = Field(default="", description="names the run, on its link and in its record")
    died: bool = False
    exit_status: int | None = None
    why: str = ""


class There(Tolerant):
    """Answer to Look."""

    kind: Literal["there"] = "there"
    software: str
    waiting: MessageId
    session: SessionThere
    taken: bool = Field(default=False, description="a session that somebody started by hand is on")
    looking: bool = Field(default=False, description="the headset is being looked for")
    displays: tuple[Found, ...] = ()
    scenes: tuple[SceneThere, ...] = ()


class Begun(Tolerant):
    """Answer to Begin: the session that this request began, now (``repeated``) or before."""

    kind: Literal["begun"] = "begun"
    session: SessionThere
    repeated: bool = False


class WhyNot(str, Enum):
    """Why no session was begun, or a request was not served."""

    VERSION = "version"
    MALFORMED = "malformed"
    TOO_MANY = "too_many"
    """More requests a second than are looked at."""
    BUSY = "busy"
    """A session that was begun here is on."""
    TAKEN = "taken"
    """A session that somebody started by hand is on."""
    ENDING = "ending"
    """The waiting process is being ended."""
    OTHER_WAIT = "other_wait"
    """Meant for a waiting process before this one: look again."""
    ID_USED = "id_used"
    """The id belongs to another request."""
    SCENES_MISSING = "scenes_missing"
    PLAN_INVALID = "plan_invalid"
    """The plan does not fit the scenes that are installed there; ``details`` has every problem."""
    NOT_STARTED = "not_started"
    """The process could not be made."""


class NotBegun(Tolerant):
    """``message`` says to a person what to do; ``details`` are in the runtime's own words."""

    kind: Literal["not_begun"] = "not_begun"
    reason: WhyNot
    message: Text
    details: tuple[str, ...] = ()


class Answer(Tolerant):
    version: str = Field(max_length=16)
    to: str = Field(default="", max_length=64, description="the request's id, where it could be read")
    body: Annotated[There | Begun | NotBegun, Field(discriminator="kind")]


# ------------------------------------------------------------------ bytes


class _Head(Tolerant):
    """What every version of a request has."""

    version: str = Field(min_length=1, max_length=16)
    id: MessageId


def encode(message: BaseModel) -> bytes:
    """UTF-8 JSON."""
    return message.model_dump_json().encode()


def decode_request(data: bytes) -> Request:
    """Raises ProtocolError (TOO_LARGE, VERSION, MALFORMED); the message names the field, and no value."""
    head = head_of(data)
    if head is not None and major(head.version) != major(WAITING_VERSION):
        raise ProtocolError(
            ProtocolReason.VERSION,
            f"the other side speaks version {head.version} of waiting, this side {WAITING_VERSION}",
        )
    return _decode(data, Request, MAX_REQUEST_BYTES)


def decode_answer(data: bytes) -> Answer:
    """Raises ProtocolError (TOO_LARGE, MALFORMED)."""
    return _decode(data, Answer, MAX_ANSWER_BYTES)


def head_of(data: bytes) -> _Head | None:
    """Version and id of a request that may be of another version; None where it has none."""
    try:
        return None if len(data) > MAX_REQUEST_BYTES else _Head.model_validate_json(data)
    except ValidationError:
        return None


def major(version: str) -> int | None:
    """None where it is no version."""
    first = version.partition(".")[0]
    return int(first) if first.isascii() and first.isdigit() else None


M = TypeVar("M", bound=BaseModel)


def _decode(data: bytes, model: type[M], most: int) -> M:
    if len(data) > most:
        raise ProtocolError(
            ProtocolReason.TOO_LARGE, f"a message of {len(data)} bytes; at most {most} are taken"
        )
    try:
        return model.model_validate_json(data)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProtocolError(ProtocolReason.MALFORMED, f"{place or 'message'}: {first['msg']}"[:400]) from None
