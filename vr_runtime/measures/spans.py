"""Stretches of time in which something holds, and shares of time: what most measures of the body are made of."""

from __future__ import annotations


class Span:
    """One kind of stretch. It counts from ``least_s`` on; after one that counted, none begins for ``rest_s``.

    Hysteresis is the caller's: it asks ``open`` and holds the looser threshold against what is under way.
    """

    __slots__ = ("_last_ns", "_least_ns", "_quiet_ns", "_rest_ns", "since_ns", "total_s")

    def __init__(self, least_s: float, rest_s: float = 0.0) -> None:
        self._least_ns = round(least_s * 1e9)
        self._rest_ns = round(rest_s * 1e9)
        self._quiet_ns: int | None = None
        self._last_ns = 0
        self.since_ns: int | None = None
        self.total_s = 0.0
        """Of the stretches that counted; the caller sets it back."""

    @property
    def open(self) -> bool:
        return self.since_ns is not None

    def see(self, t_ns: int, holds: bool) -> tuple[int, int] | None:
        """One frame, joined to the one before; begin and end of the stretch that ends with it and counts."""
        since = self.since_ns
        if holds:
            self._last_ns = t_ns
            if since is None and (self._quiet_ns is None or t_ns >= self._quiet_ns):
                self.since_ns = t_ns
            return None
        if since is None:
            return None
        ended = self._end(since, t_ns)
        if ended is not None:
            self._quiet_ns = t_ns + self._rest_ns
        return ended

    def interrupt(self) -> tuple[int, int] | None:
        """What is looked at was lost, or the step is over: the stretch ends with the last frame in which it held."""
        since = self.since_ns
        self._quiet_ns = None
        return None if since is None else self._end(since, self._last_ns)

    def _end(self, since: int, end_ns: int) -> tuple[int, int] | None:
        self.since_ns = None
        if end_ns - since < max(1, self._least_ns):
            return None
        self.total_s += (end_ns - since) / 1e9
        return since, end_ns


class Watched:
    """How long something was to be watched in a step, and how long it could be."""

    __slots__ = ("exposed_s", "onset_ns", "tracked_s")

    def __init__(self) -> None:
        self.begin_step()

    def begin_step(self) -> None:
        self.onset_ns: int | None = None
        self.exposed_s = 0.0
        self.tracked_s = 0.0

    def see(self, t_ns: int, dt_s: float, tracked: bool) -> None:
        """A frame in which a stimulus is shown."""
        if self.onset_ns is None:
            self.onset_ns = t_ns
        self.exposed_s += dt_s
        if tracked:
            self.tracked_s += dt_s

    @property
    def quality(self) -> float:
        """The tracked share of the time, 0 to 1."""
        return self.tracked_s / self.exposed_s if self.exposed_s > 0.0 else 0.0

    def share(self, seconds: float) -> float:
        """Of the tracked time, 0 to 1."""
        return min(1.0, seconds / self.tracked_s) if self.tracked_s > 0.0 else 0.0
