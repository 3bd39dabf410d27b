"""Start checks: what is asked before a session begins, and which answer speaks against it.

A gap (an item unanswered, or answered against the session) keeps the session from starting until it is answered
otherwise or a clinician overrides it by name and with a reason. Both are recorded.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from vr_runtime.protocol.base import Identifier, Strict
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.words import AgeBand


class CheckItem(Strict):
    """One question. ``yes_no``: ``wanted`` is the answer that lets the session start. ``number``: it must lie from
    ``at_least`` to ``at_most``. ``choice``: ``stops`` are the choices that speak against the session. ``info``:
    any answer will do, but one is wanted."""

    id: Identifier
    ask: Text
    why: Text | None = Field(default=None, description="why it is asked; shown on request")
    kind: Literal["yes_no", "number", "choice", "info"] = "yes_no"
    wanted: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    choices: tuple[Identifier, ...] = ()
    labels: dict[Identifier, Text] = {}
    stops: tuple[Identifier, ...] = ()
    may_override: bool = True
    ages: tuple[AgeBand, ...] = Field(
        default=(), description="asked for these age bands only; none given: for all"
    )
    optional: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> CheckItem:
        match self.kind:
            case "yes_no" if self.wanted is None:
                raise ValueError(
                    f"{self.id}: a yes_no item says with wanted = true or false which answer is well"
                )
            case "number" if self.at_least is None and self.at_most is None:
                raise ValueError(f"{self.id}: a number item wants at_least, at_most or both")
            case "choice" if len(self.choices) < 2 or not set(self.stops) <= set(self.choices):
                raise ValueError(f"{self.id}: a choice item wants two choices or more, and stops among them")
            case _:
                pass
        if self.kind != "choice" and (self.choices or self.stops):
            raise ValueError(f'{self.id}: choices and stops belong to kind = "choice"')
        return self

    def problem(self, value: bool | float | str) -> str | None:
        """Why a value is no answer to this question at all, or None. The value itself is not repeated: it may have been
        typed, and the record keeps the refusal's words."""
        match self.kind:
            case "yes_no":
                return None if isinstance(value, bool) else f"{self.id} wants true or false"
            case "number":
                number = isinstance(value, int | float) and not isinstance(value, bool)
                return None if number else f"{self.id} wants a number"
            case "choice":
                known = value in self.choices
                return None if known else f"{self.id} wants one of {', '.join(self.choices)}"
            case "info":
                return None if isinstance(value, str) and value.strip() else f"{self.id} wants a text"

    def speaks_against(self, value: bool | float | str) -> bool:
        """Whether this answer keeps the session from starting."""
        match self.kind:
            case "yes_no":
                return value is not self.wanted
            case "number":
                number = float(value)
                low = -float("inf") if self.at_least is None else self.at_least
                high = float("inf") if self.at_most is None else self.at_most
                return not low <= number <= high
            case "choice":
                return value in self.stops
            case "info":
                return False


class Checklist(Strict):
    """A whole checklist file."""

    id: Identifier
    version: int = Field(ge=1, le=9999)
    names: Text
    items: tuple[CheckItem, ...] = Field(max_length=100)

    @model_validator(mode="after")
    def _consistent(self) -> Checklist:
        ids = [item.id for item in self.items]
        if len(set(ids)) != len(ids):
            raise ValueError("an item's id stands twice: " + ", ".join(ids))
        return self

    def item(self, name: str) -> CheckItem | None:
        return next((item for item in self.items if item.id == name), None)
