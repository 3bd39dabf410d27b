"""Rendering under the flash guard's eyes: what every display with graphics shows frames through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vr_runtime.display.graphics import Graphics, Where
from vr_runtime.display.port import Frame
from vr_runtime.display.tracked import turn_deg
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.flash import FlashGuard
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings


class Watched:
    """Graphics whose every frame the flash guard sees, one frame after it was shown.

    Raises:
        DisplayError: see :class:`Graphics`.
    """

    def __init__(self, settings: GraphicsSettings, where: Where) -> None:
        self.graphics = Graphics(settings, where)
        self._guard = FlashGuard()
        self._before: tuple[int, Pose] | None = None

    @property
    def tripped(self) -> bool:
        return self._guard.tripped

    def show(self, frame: Frame, picture: Picture) -> None:
        """Render the picture; the guard looks at the one before."""
        self.graphics.render(picture)
        glance = self.graphics.glance()
        if self._before is not None and glance is not None:
            shown_ns, head = self._before
            seconds = max(1e-3, (frame.display_ns - shown_ns) / 1e9)
            self._guard.see(shown_ns / 1e9, glance, turn_deg(head, picture.head) / seconds)
        self._before = (frame.display_ns, picture.head)

    def capture(self) -> NDArray[np.uint8] | None:
        return self.graphics.capture()

    def close(self) -> None:
        self.graphics.close()
