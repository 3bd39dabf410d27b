"""What stands between the patient and the place: the neutral shell, the blink, and how loud it is.

Each is a small function of the time that has passed since the frame before. None of them knows why.
"""

from __future__ import annotations

BLINK_PERIOD_S = 0.5
"""Least time from one blink to the next, whatever the limits say: a slider that is dragged must not flash."""


class Shell:
    """The opaque neutral shell. 0: away; 1: nothing behind it can be seen.

    It closes while the place shown is not the one wanted, and opens when they agree. :meth:`slam` closes it at
    once and keeps it closed for a moment.
    """

    __slots__ = ("_open_from_ns", "_slam_open_s", "opacity")

    def __init__(self) -> None:
        self.opacity = 0.0
        self._open_from_ns = 0
        self._slam_open_s: float | None = None

    def slam(self, now_ns: int, keep_s: float, open_s: float) -> None:
        """Opaque now, for ``keep_s``; then open within ``open_s``."""
        self.opacity = 1.0
        self._open_from_ns = now_ns + round(keep_s * 1e9)
        self._slam_open_s = open_s

    def update(self, now_ns: int, elapsed_s: float, leaving: bool, fade_s: float) -> bool:
        """Let ``elapsed_s`` pass. True in the frame in which the place behind the shell is to be changed."""
        if now_ns < self._open_from_ns:
            return False
        if leaving:
            if self.opacity < 1.0:
                self._slam_open_s = None
                self.opacity = min(1.0, self.opacity + elapsed_s / fade_s)
                if self.opacity < 1.0:
                    return False
                self._open_from_ns = now_ns
            self._open(now_ns, elapsed_s, fade_s)
            return True
        if self.opacity > 0.0:
            self._open(now_ns, elapsed_s, fade_s)
        return False

    def _open(self, now_ns: int, elapsed_s: float, fade_s: float) -> None:
        open_s = fade_s if self._slam_open_s is None else self._slam_open_s
        passed_s = min(elapsed_s, (now_ns - self._open_from_ns) / 1e9)
        self.opacity = max(0.0, self.opacity - passed_s / open_s)


class Blink:
    """A short neutral veil at whose darkest moment the viewpoint and the choices change."""

    __slots__ = ("_closing", "_next_ns", "opacity")

    def __init__(self) -> None:
        self.opacity = 0.0
        self._closing = False
        self._next_ns = 0

    def reset(self) -> None:
        """Away at once: the shell is opaque."""
        self.opacity = 0.0
        self._closing = False

    def update(self, now_ns: int, elapsed_s: float, wanted: bool, half_s: float) -> bool:
        """Let ``elapsed_s`` pass. True at the darkest moment: now change what is to change."""
        if self._closing and not wanted:
            self._closing = False
        if self._closing:
            return self._close(elapsed_s, half_s)
        if self.opacity > 0.0:
            self.opacity = max(0.0, self.opacity - elapsed_s / half_s)
            return False
        if wanted and now_ns >= self._next_ns:
            self._next_ns = now_ns + round(BLINK_PERIOD_S * 1e9)
            self._closing = True
            return self._close(elapsed_s, half_s)
        return False

    def _close(self, elapsed_s: float, half_s: float) -> bool:
        self.opacity = min(1.0, self.opacity + elapsed_s / half_s)
        if self.opacity < 1.0:
            return False
        self._closing = False
        return True


class Sound:
    """Gain of everything but the calm place: quick down, slow up."""

    __slots__ = ("gain",)

    def __init__(self) -> None:
        self.gain = 1.0

    def update(self, elapsed_s: float, target: float, down_s: float, up_s: float) -> None:
        if target < self.gain:
            self.gain = max(target, self.gain - elapsed_s / down_s)
        elif target > self.gain:
            self.gain = min(target, self.gain + elapsed_s / up_s)
