"""What can keep an export from being made; each has a reason for code and a message that says what to do."""

from __future__ import annotations

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class ExportReason(Enum):
    EXISTS = "exists"
    """Something of that name lies there already; nothing is overwritten."""
    NOT_WRITTEN = "not_written"
    NOTHING = "nothing"
    """There is nothing to export: no session with a record, nobody with consent."""
    BAD_NAME = "bad_name"
    NOT_HERE = "not_here"
    """A record that belongs into the export does not lie where the clinic's data say, or does not open."""


class ExportError(PalierError):
    """An export was not made, and nothing of it was left; ``reason`` is an :class:`ExportReason`."""
