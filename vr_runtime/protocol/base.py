"""The two kinds of models: strict ones that refuse what they do not know, tolerant ones that pass over it."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Strict(BaseModel):
    """Frozen; unknown fields, infinities and NaN are errors. For commands and files, where a typo must be heard."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Tolerant(BaseModel):
    """Frozen; unknown fields are passed over, so that a newer peer's events can still be read."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


Nanoseconds = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A time or a duration on the runtime's monotonic clock, in ns; times count from the opening of the record."""

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_\-]*$")]
"""A name in a file: lower-case letters, digits, ``_`` and ``-``."""

MessageId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_\-]+$")]
"""A random identifier of a message (hex of 128 random bits by custom)."""


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("true and false are no values of a parameter: write a number, or one of its choices")
    return value


Value = Annotated[float | str, BeforeValidator(_no_truth)]
"""A parameter's value: a number in the parameter's unit, or one of its choices."""
