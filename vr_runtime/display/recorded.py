"""A display that plays a record: the same frames, poses and flags again, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vr_runtime.display.port import Frame, Glimpse, Perception, Sensed
from vr_runtime.protocol.events import EventBody
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.streams import LEFT, RIGHT, FrameFlag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vr_runtime.stage.picture import Picture

Rows = NDArray[np.void]
_POSE = ["x", "y", "z", "qx", "qy", "qz", "qw"]


class RecordedDisplay:
    """Args are the record's streams as structured arrays (columns of ``protocol.streams``), each in the order of
    its frames. Poses come back as they were recorded, after any recentring: :meth:`recentre` does nothing.

    It renders nothing; pictures of a record are taken by ``display.snapshot``.
    """

    name = "recorded"
    graphics = None
    guard_tripped = False

    def __init__(
        self,
        frames: Rows,
        head: Rows,
        hands: Rows,
        eye: Rows | None,
        rate_hz: float,
        eyelid: Rows | None = None,
    ) -> None:
        self.rate_hz = rate_hz
        self._frames = frames
        self._heads = _Stream(head)
        left = hands["hand"] == LEFT if len(hands) else np.zeros(0, dtype=bool)
        right = hands["hand"] == RIGHT if len(hands) else np.zeros(0, dtype=bool)
        self._left, self._right = _Stream(hands[left]), _Stream(hands[right])
        self._eyes = _Stream(eye if eye is not None else head[:0])
        self._openness: dict[int, float] = (
            {}
            if eyelid is None
            else dict(zip(eyelid["frame"].tolist(), eyelid["openness"].tolist(), strict=True))
        )
        self._next = 0
        self._last_head = Pose(z=1.6)
        self._open = True

    def prepare(self, pictures: Iterable[Picture]) -> None:
        """Nothing is drawn."""

    def begin(self) -> Frame | None:
        if not self._open or self._next >= len(self._frames):
            return None
        row = self._frames[self._next]
        self._next += 1
        late = bool(int(row["flags"]) & FrameFlag.LATE)
        return Frame(int(row["frame"]), int(row["t_ns"]), int(row["display_ns"]), late)

    def sense(self, frame: Frame) -> Sensed:
        flags = int(self._frames[self._next - 1]["flags"]) if self._next else 0
        self._last_head = self._heads.at(frame.index) or self._last_head
        return Sensed(
            head=self._last_head,
            hands=Hands(self._left.at(frame.index, valid=True), self._right.at(frame.index, valid=True)),
            eye=self._eyes.at(frame.index, valid=True),
            tracking=bool(flags & FrameFlag.TRACKING),
            headset_on=bool(flags & FrameFlag.HEADSET_ON),
            display_ok=bool(flags & FrameFlag.DISPLAY_OK),
            openness=self._openness.get(frame.index),
        )

    def inputs(self) -> tuple[EventBody, ...]:
        """None: the loop feeds the recorded inputs itself."""
        return ()

    def perceive(self, perception: Perception) -> None:
        pass

    def recentre(self) -> None:
        pass

    def show(self, frame: Frame, picture: Picture | None) -> None:
        pass

    def capture(self) -> NDArray[np.uint8] | None:
        return None

    def glimpse(self) -> Glimpse | None:
        return None

    def close(self) -> None:
        self._open = False


class _Stream:
    """A stream of poses read by rising frame numbers; a frame may have no row."""

    def __init__(self, rows: Rows) -> None:
        self._frames: Sequence[int] = rows["frame"].tolist()
        self._valid: Sequence[int] = rows["valid"].tolist()
        self._poses: Sequence[Sequence[float]] = list(
            zip(*(rows[name].tolist() for name in _POSE), strict=True)
        )
        self._at = 0

    def at(self, frame: int, *, valid: bool = False) -> Pose | None:
        """The pose of a frame; with ``valid``, None where it was not valid."""
        while self._at < len(self._frames) and self._frames[self._at] < frame:
            self._at += 1
        if self._at == len(self._frames) or self._frames[self._at] != frame:
            return None
        if valid and not self._valid[self._at]:
            return None
        return Pose(*self._poses[self._at])
