"""Typing a rating from 0 to 100 in two strokes. Pure: time is passed in."""

from __future__ import annotations

FORGET_S = 4.0
"""A digit that nothing follows is dropped: nothing is sent by accident."""
HUNDRED_S = 0.8
"""After 1 and 0 a further 0 may make it 100."""


class RatingEntry:
    """Two digits are a value at once (``4`` ``5``: 45); one digit and Enter are tens (``7`` Enter: 70). ``1`` ``0``
    waits a moment for the third digit of 100. Each method gives the value that is complete now, or None."""

    def __init__(self) -> None:
        self.digits = ""
        self._since = 0.0

    def stroke(self, digit: int, now: float) -> int | None:
        done = self.tick(now)
        if done is not None:  # a 10 that was still waiting comes first; this stroke begins the next rating
            self._begin(digit, now)
            return done
        if self.digits == "10":
            if digit == 0:
                return self._take(100)
            return self._take(10, digit, now)
        if not self.digits:
            self._begin(digit, now)
            return None
        self.digits += str(digit)
        self._since = now
        return None if self.digits == "10" else self._take(int(self.digits))

    def enter(self) -> int | None:
        if not self.digits:
            return None
        return self._take(int(self.digits) * 10 if len(self.digits) == 1 else int(self.digits))

    def hundred(self) -> int:
        return self._take(100)

    def cancel(self) -> None:
        self.digits = ""

    def tick(self, now: float) -> int | None:
        if self.digits == "10" and now - self._since >= HUNDRED_S:
            return self._take(10)
        if len(self.digits) == 1 and now - self._since >= FORGET_S:
            self.digits = ""
        return None

    def _begin(self, digit: int, now: float) -> None:
        self.digits, self._since = str(digit), now

    def _take(self, value: int, following: int | None = None, now: float = 0.0) -> int:
        self.digits = ""
        if following is not None:
            self._begin(following, now)
        return value
