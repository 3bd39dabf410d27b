"""What the virtual patient means to do: the truth that measures are held against in tests."""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.patient.conduct import Gaze, Going
from vr_runtime.patient.eyes import Intention


class Intentions(NamedTuple):
    """What it is about to do now."""

    going: Going
    gaze: Gaze
    touching: bool
    """The right hand is to go out and touch."""
    rubbing: bool
    silent: bool
    """It keeps still, and answers nothing."""
    headset_on: bool
    sight: Intention | None
    """With eyes and lids; None without ``eye_tracking``."""
