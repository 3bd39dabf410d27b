"""What is to be played and for whom, as one program hands it to another on its standard input: nothing of it is on a
command line, which every user of a machine may read, or on a disk."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal, cast

from pydantic import Field, model_validator

from vr_runtime.protocol.base import Identifier, Strict
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.events import PastRating
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.toml import LARGEST, validate
from vr_runtime.protocol.words import AgeBand

STANDARD_INPUT = Path("-")


class SessionOrder(Strict):
    """A plan or a scene's own hierarchy; and of the patient what ``vr-runtime run`` takes of it, no more: a pseudonym,
    what decides what may be shown, and what the forecast begins with."""

    plan: Plan | None = None
    scene: Identifier | None = Field(default=None, description="its own hierarchy, in the place of a plan")
    pseudonym: str = Field(default="", max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
    language: Literal["en", "fr"] = "en"
    age: AgeBand = AgeBand.UNKNOWN
    posture: Posture | None = None
    cleared: tuple[Identifier, ...] = Field(default=(), max_length=64)
    history: tuple[PastRating, ...] = Field(default=(), max_length=1000)

    @model_validator(mode="after")
    def _one_of_two(self) -> SessionOrder:
        if (self.plan is None) == (self.scene is None):
            raise ValueError("give either a plan or a scene")
        return self


def hand_over(order: SessionOrder, stream: IO[bytes]) -> None:
    """Write it to a program's standard input, which ends with it. May block until that program reads. One that has
    ended before it read all says so by its exit status."""
    with suppress(OSError), stream:
        stream.write(order.model_dump_json().encode())


def order_of(raw: bytes) -> SessionOrder:
    """An order from its JSON.

    Raises:
        FileError: UNREADABLE or INVALID.
    """
    try:
        data: object = json.loads(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise FileError(
            FileReason.UNREADABLE,
            f"{STANDARD_INPUT}: an order as a JSON object was expected on the standard input",
        )
    return validate(cast("dict[str, object]", data), STANDARD_INPUT, SessionOrder, "order")
