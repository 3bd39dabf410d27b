"""A scripted therapist: what to do and when. Read by ``vr-runtime run --drive`` and ``clinician-console drive``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vr_runtime.protocol.base import Strict
from vr_runtime.protocol.commands import AnyCommandBody
from vr_runtime.protocol.words import Refusal


class ScriptStep(Strict):
    """One act: ``after`` seconds from the act before (the first: from the start of the session).

    ``expect`` says how the command must be answered; another answer ends the script with an error.
    ``label`` names the moment (and the picture that is taken of it).
    """

    after: float = Field(ge=0, le=7200)
    do: AnyCommandBody
    expect: Literal["accepted", "refused", "any"] = "accepted"
    reason: Refusal | None = Field(default=None, description="with expect = refused: the reason wanted")
    label: str = Field(default="", max_length=64)


class Script(Strict):
    title: str = Field(min_length=1, max_length=200)
    steps: tuple[ScriptStep, ...] = Field(min_length=1, max_length=2000)
    linger_s: float = Field(default=1.0, ge=0, le=600, description="how long to stay after the last act")

    def times(self) -> tuple[float, ...]:
        """Seconds from the start at which each act is due."""
        due = 0.0
        times: list[float] = []
        for step in self.steps:
            due += step.after
            times.append(due)
        return tuple(times)
