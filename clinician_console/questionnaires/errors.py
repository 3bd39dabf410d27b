"""What can be wrong with answers to a questionnaire."""

from __future__ import annotations

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class AnswerReason(Enum):
    UNKNOWN_ITEM = "unknown_item"
    BAD_VALUE = "bad_value"
    """No answer that the instrument offers."""


class AnswerError(PalierError):
    """Answers that do not belong to the instrument; they are refused as a whole, never mended."""
