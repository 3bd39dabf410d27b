"""What becomes of buttons over time. Pure: time is passed in."""

from __future__ import annotations

END_AFTER_NS = 2_000_000_000
"""How long both STOP buttons are held to end the session."""
PINCH_STOP_AFTER_NS = 1_000_000_000
"""How long both hands are pinched to stop without a button."""
PINCHED_M = 0.016
"""Bare hands: thumb and forefinger nearer than this are pinched ..."""
OPENED_M = 0.028
"""... until they are further apart than this."""


class Press:
    """Tells the moment in which a button goes down."""

    def __init__(self) -> None:
        self._down = False

    def went_down(self, down: bool) -> bool:
        before, self._down = self._down, down
        return down and not before


class Long:
    """Tells, once a press, the moment in which something has been held for ``after_ns``."""

    def __init__(self, after_ns: int) -> None:
        self._after_ns = after_ns
        self._since_ns: int | None = None
        self._told = False

    def completed(self, held: bool, now_ns: int) -> bool:
        """``now_ns`` never falls; a letting go of a single frame starts the time anew."""
        if not held:
            self._since_ns, self._told = None, False
            return False
        if self._since_ns is None:
            self._since_ns = now_ns
        if self._told or now_ns - self._since_ns < self._after_ns:
            return False
        self._told = True
        return True


class Pinch:
    """Thumb on forefinger, from the distance (m) of their tips; None: the hand is not seen."""

    def __init__(self) -> None:
        self._pinched = False

    def pinched(self, apart_m: float | None) -> bool:
        limit = OPENED_M if self._pinched else PINCHED_M
        self._pinched = apart_m is not None and apart_m < limit
        return self._pinched


def further(left: tuple[float, float] | None, right: tuple[float, float] | None) -> tuple[float, float]:
    """The stick that is pushed further; nothing pushed: (0, 0)."""
    best = (0.0, 0.0)
    for stick in (left, right):
        if stick is not None and stick[0] ** 2 + stick[1] ** 2 > best[0] ** 2 + best[1] ** 2:
            best = stick
    return best
