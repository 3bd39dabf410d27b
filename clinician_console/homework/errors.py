"""Why a sheet could not be made or read back."""

from __future__ import annotations

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class HomeworkReason(Enum):
    NOT_A_SHEET = "not_a_sheet"
    """Neither a sheet's file nor its text."""
    TOO_LARGE = "too_large"
    NEWER = "newer"
    """Written by a newer page than this console knows."""
    DAMAGED = "damaged"
    """The text's check does not fit: a character was lost or mistyped."""
    OTHER_SHEET = "other_sheet"
    """A sheet, but not one of this patient's."""
    BAD_ENTRY = "bad_entry"
    """A value that no page writes; the message names it."""


class HomeworkError(PalierError):
    """A sheet that cannot be used. Nothing of it was kept."""
