"""What can be wrong with a heart source."""

from __future__ import annotations

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class SensorReason(Enum):
    UNKNOWN_SOURCE = "unknown_source"
    NOT_FOUND = "not_found"
    UNREADABLE = "unreadable"
    INVALID = "invalid"
    """The file holds something that is no RR interval; a stream, something that cannot be used."""
    NEEDS_REAL_TIME = "needs_real_time"
    """The source is heard as time passes, and the run's time is not real."""
    NO_LIBRARY = "no_library"
    """What would be needed to hear it is not installed."""
    AMBIGUOUS = "ambiguous"
    """More than one is meant."""


class SensorError(PalierError):
    """A heart source that cannot be used; the message says what to do."""

    exit_status = 2
