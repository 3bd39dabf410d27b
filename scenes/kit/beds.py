"""Ambience that does not begin anew: a bed of sound is its file twice, the second layer a little slower."""

from __future__ import annotations

from math import sqrt
from typing import Final

from vr_runtime.stage.scene import SoundCue

SLOWER: Final = 0.93
"""The second layer's rate. Of a file of 24 s the two then meet in the same place every 40 minutes only, and no swell of
one comes back in the company that it had."""


def bed(key: str, file: str, gain: float, slower: float = SLOWER) -> tuple[SoundCue, SoundCue]:
    """Both layers, together as loud as the file alone at ``gain``: what comes from different places of a file adds up
    by its power.

    The layers' keys are ``key`` and ``key, slower``, so each begins somewhere else.
    """
    share = gain / sqrt(2.0)
    return (
        SoundCue(key, file, share, True),
        SoundCue(f"{key}, slower", file, share, True, rate=slower),
    )
