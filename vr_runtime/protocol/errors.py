"""One root for every error that Palier raises on purpose.

Each error has a ``reason`` (an enum, for code) and a message (for a person) that says what to do.
"""

from __future__ import annotations

from enum import Enum


class PalierError(Exception):
    """Root of Palier's errors. ``exit_status`` is what a command line ends with when nobody handles it."""

    exit_status = 1

    def __init__(self, reason: Enum, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ProtocolReason(Enum):
    MALFORMED = "malformed"
    """The bytes are not a message: not JSON, or not of the form that the protocol says."""
    VERSION = "version"
    """The other side speaks another major version of the protocol."""
    TOO_LARGE = "too_large"


class ProtocolError(PalierError):
    """A message that cannot be understood."""


class FileReason(Enum):
    NOT_FOUND = "not_found"
    UNREADABLE = "unreadable"
    INVALID = "invalid"


class FileError(PalierError):
    """A manifest, plan, script or other input file that cannot be used; the message names file and place."""

    exit_status = 2
