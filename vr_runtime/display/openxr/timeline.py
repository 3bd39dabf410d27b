"""From predicted display times to the loop's frames: numbered, strictly rising, missed ones counted. Pure."""

from __future__ import annotations

from typing import Final

from vr_runtime.display.port import Frame

MISSED: Final = 1.5
"""A display time that lies this many periods after the one before: at least one in between was missed."""


class Timeline:
    """Makes frames of what the runtime predicts, or of what the clock says while there is no runtime."""

    def __init__(self) -> None:
        self._index = 0
        self._display_ns = -1
        self._now_ns = -1
        self._predicted_ns: int | None = None
        self.missed = 0
        """Display times that went by without a frame of ours, where the runtime wanted one."""

    def predicted(self, now_ns: int, display_ns: int, period_ns: int, *, wanted: bool) -> Frame:
        """The next frame of a running session.

        Args:
            now_ns: when it begins, on the runtime's clock.
            display_ns: the predicted display time on the same clock.
            period_ns: between two display times.
            wanted: the runtime shows frames (``shouldRender``); it may skip as it likes while it does not.
        """
        before, self._predicted_ns = self._predicted_ns, display_ns if wanted else None
        late = False
        if wanted and before is not None and period_ns > 0 and display_ns - before > MISSED * period_ns:
            late = True
            self.missed += round((display_ns - before) / period_ns) - 1
        return self._frame(now_ns, display_ns, late)

    def clocked(self, frame: Frame) -> Frame:
        """The next frame while there is no session: paced by the clock."""
        self._predicted_ns = None
        return self._frame(frame.now_ns, frame.display_ns, frame.late)

    def _frame(self, now_ns: int, display_ns: int, late: bool) -> Frame:
        self._index += 1
        self._now_ns = max(now_ns, self._now_ns)
        # a runtime whose prediction stands still or lies in the past must not bend the record's time
        self._display_ns = max(display_ns, self._display_ns + 1, self._now_ns + 1)
        return Frame(self._index, self._now_ns, self._display_ns, late)
