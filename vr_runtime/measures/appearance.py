"""A stimulus comes, stays and goes: onset, offset, and the minutes since."""

from __future__ import annotations

MINUTE_NS = 60_000_000_000


class Appearance:
    """From the onset to the offset. What is hidden for less than ``onset_hidden_s`` has not gone."""

    def __init__(self, hidden_s: float) -> None:
        self._hidden_ns = round(hidden_s * 1e9)
        self.onset_ns: int | None = None
        self.last_ns = 0
        """When it was last visible."""

    def gone(self, t_ns: int) -> bool:
        """It was there, and has been hidden for long enough by now."""
        return self.onset_ns is not None and t_ns - self.last_ns >= self._hidden_ns

    @property
    def lasted_s(self) -> float:
        return 0.0 if self.onset_ns is None else (self.last_ns - self.onset_ns) / 1e9


class Minute:
    """The minute since the onset that is being added up: time that counts, and time of it spent in some way."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._first_ns: int | None = None
        self.number = 1
        self._clear()

    def _clear(self) -> None:
        self.visible_s = self.tracked_s = self.view_s = self.spent_s = self.away_s = 0.0
        self.times = 0.0

    @property
    def begun(self) -> bool:
        return self._first_ns is not None

    def begin(self, onset_ns: int) -> None:
        self._first_ns = onset_ns

    def over(self, t_ns: int) -> bool:
        return self._first_ns is not None and t_ns >= self._first_ns + self.number * MINUTE_NS

    def span(self, t_ns: int) -> tuple[int, int]:
        """Begin and end, no later than ``t_ns``."""
        first_ns = self._first_ns or 0
        begin_ns = first_ns + (self.number - 1) * MINUTE_NS
        return begin_ns, max(begin_ns, min(t_ns, begin_ns + MINUTE_NS))

    def next(self, t_ns: int) -> None:
        """The minute in which ``t_ns`` lies."""
        self._clear()
        if self._first_ns is not None:
            self.number = 1 + max(0, t_ns - self._first_ns) // MINUTE_NS
