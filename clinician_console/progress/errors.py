"""Why a course cannot be shown, and what to do."""

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class ProgressReason(Enum):
    NOTHING = "nothing"
    BAD_VALUE = "bad_value"
    NEWER = "newer"


class ProgressError(PalierError):
    """A summary that cannot be taken or read."""
