"""Ratings and the one prompt that may be open. A missed rating is an event, never a zero."""

from __future__ import annotations

import math

from vr_runtime.protocol.answers import PromptState
from vr_runtime.protocol.commands import AskRating, Rating
from vr_runtime.protocol.events import (
    EventBody,
    PatientAnswered,
    RatingGiven,
    RatingMissed,
    RatingPrompted,
)
from vr_runtime.protocol.words import Rated, Reporter, Scale
from vr_runtime.session.asking import Ask

Caused = tuple[EventBody, str | None]
"""An event with the id of the command that caused it."""


class Prompts:
    """``open`` is the prompt that waits for an answer. Every call returns what happened, in order."""

    def __init__(self) -> None:
        self.open: PromptState | None = None
        self._asked_by: str | None = None
        self._scheduled = 0

    def ask(self, body: AskRating, command_id: str, now_ns: int) -> list[Caused]:
        """Open a prompt; one that was open counts as missed."""
        events = self.close()
        until_ns = now_ns + round(body.wait_s * 1e9)
        self.open = PromptState(
            id=f"rating-{command_id}", what=body.what, scale=body.scale, until_ns=until_ns
        )
        self._asked_by = command_id
        prompted = RatingPrompted(
            prompt=self.open.id, what=body.what, scale=body.scale, until_ns=self.open.until_ns
        )
        return [*events, (prompted, command_id)]

    def ask_on_schedule(self, ask: Ask, now_ns: int) -> list[Caused]:
        """Open a prompt that nobody commanded: the protocol's. None is open."""
        self._scheduled += 1
        self.open = PromptState(
            id=f"rating-scheduled-{self._scheduled}",
            what=ask.what,
            scale=ask.scale,
            until_ns=now_ns + round(ask.wait_s * 1e9),
        )
        self._asked_by = None
        prompted = RatingPrompted(
            prompt=self.open.id, what=ask.what, scale=ask.scale, until_ns=self.open.until_ns
        )
        return [(prompted, None)]

    def rate(self, body: Rating, command_id: str, step: int) -> list[Caused]:
        """A rating typed by the therapist; it answers an open prompt for the same thing."""
        prompt: str | None = None
        if self.open is not None and self.open.what is body.what:
            prompt = self.open.id
            self.open = None
        given = _given(body.what, body.scale, body.raw, body.reported_by, step, prompt)
        return [(given, command_id)]

    def answer(self, answered: PatientAnswered, step: int) -> list[Caused]:
        """An answer from the headset. One for another prompt, or off the scale, is passed over."""
        prompt = self.open
        if prompt is None or prompt.id != answered.prompt:
            return []
        if not (math.isfinite(answered.raw) and 0.0 <= answered.raw <= prompt.scale.top):
            return []
        self.open = None
        given = _given(prompt.what, prompt.scale, answered.raw, answered.reported_by, step, prompt.id)
        return [(given, self._asked_by)]

    def expire(self, now_ns: int) -> list[Caused]:
        return self.close() if self.open is not None and now_ns >= self.open.until_ns else []

    def close(self) -> list[Caused]:
        """Close an open prompt as missed."""
        prompt, self.open = self.open, None
        return [] if prompt is None else [(RatingMissed(prompt=prompt.id, what=prompt.what), self._asked_by)]


def _given(
    what: Rated, scale: Scale, raw: float, reported_by: Reporter, step: int, prompt: str | None
) -> RatingGiven:
    value = raw / scale.top * 100.0
    return RatingGiven(
        what=what, scale=scale, raw=raw, value=value, reported_by=reported_by, step=step, prompt=prompt
    )
